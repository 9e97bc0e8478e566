// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"toll"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/report"
	"toll/goside/seam"
	"toll/goside/studies"
	"toll/goside/study"
)

func reportCommand() *cobra.Command {
	var folder string
	var open bool
	c := &cobra.Command{
		Use:   "report RECORD...",
		Short: "Make a page in HTML of records: one file, to look at and to send",
		Long: `Report makes a page in HTML of the records of any studies. The page is one file, DIR/report.html, and needs no network.
Several records of one study stand beside each other.`,
		Example: "  toll report build/results/bench.txt\n  toll report docs/bench.txt.gz docs/overhead.txt.gz -o build/results --open",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := makePage(cmd.OutOrStdout(), cmd.ErrOrStderr(), folder, args)
			if err != nil || !open {
				return err
			}
			return browse(file)
		},
	}
	c.Flags().StringVarP(&folder, "output", "o", study.Results, "folder to write report.html to")
	c.Flags().BoolVar(&open, "open", false, "open the page in the browser")
	return c
}

// makePage makes the page of records in a folder, and says where it is and what it says first.
func makePage(w, stderr io.Writer, folder string, records []string) (file string, err error) {
	file = filepath.Join(folder, "report.html")
	out, err := study.OpenOutput(w, stderr, file)
	if err != nil {
		return "", err
	}
	sources, err := sourcesOf(records)
	if err != nil {
		return "", seam.UsageError{Err: err}
	}
	var html bytes.Buffer
	says, err := report.Write(&html, sources, registry.Baseline, toll.Methodology)
	if err != nil {
		return "", err
	}
	if err := out.Write(html.Bytes()); err != nil {
		return "", err
	}
	fmt.Fprintf(w, "Page: %s\n", file)
	for _, sentence := range says {
		fmt.Fprintln(w, page.Wrapped(sentence))
	}
	return file, nil
}

// sourcesOf reads records, in the order of the list of studies.
func sourcesOf(files []string) ([]report.Source, error) {
	sources := make([]report.Source, len(files))
	for k, file := range files {
		plain, err := record.ReadText(file)
		if err != nil {
			return nil, err
		}
		r, err := record.Read(bytes.NewReader(plain), file)
		if err != nil {
			return nil, err
		}
		s, err := studies.Of(r)
		if err != nil {
			return nil, err
		}
		sources[k] = report.Source{File: file, Text: plain, Record: r, Study: s}
	}
	slices.SortStableFunc(sources, func(a, b report.Source) int {
		return slices.Index(studies.All, a.Study) - slices.Index(studies.All, b.Study)
	})
	return sources, nil
}

// browse opens a file in the system's browser.
func browse(file string) error {
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	}
	if err := exec.Command(program, file).Start(); err != nil { //nolint:gosec // the file is what was just written
		return fmt.Errorf("open %s yourself: %w", file, err)
	}
	return nil
}
