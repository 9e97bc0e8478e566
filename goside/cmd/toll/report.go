// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"toll"
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
			file := filepath.Join(folder, "report.html")
			out, err := study.OpenOutput(cmd.OutOrStdout(), cmd.ErrOrStderr(), file)
			if err != nil {
				return err
			}
			sources, err := sourcesOf(args)
			if err != nil {
				return seam.UsageError{Err: err}
			}
			var page bytes.Buffer
			if err := report.Write(&page, sources, registry.Baseline, toll.Methodology); err != nil {
				return err
			}
			if err := out.Write(page.Bytes()); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Page: %s\n", file)
			if !open {
				return nil
			}
			return browse(file)
		},
	}
	c.Flags().StringVarP(&folder, "output", "o", study.Results, "folder to write report.html to")
	c.Flags().BoolVar(&open, "open", false, "open the page in the browser")
	return c
}

// sourcesOf reads records, in the order of the list of studies.
func sourcesOf(files []string) ([]report.Source, error) {
	sources := make([]report.Source, len(files))
	for k, file := range files {
		text, err := record.ReadText(file)
		if err != nil {
			return nil, err
		}
		r, err := record.Read(bytes.NewReader(text), file)
		if err != nil {
			return nil, err
		}
		s, err := studies.Of(r)
		if err != nil {
			return nil, err
		}
		sources[k] = report.Source{File: file, Text: text, Record: r, Study: s}
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
