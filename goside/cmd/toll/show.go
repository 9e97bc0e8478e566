// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"toll/goside/registry"
	"toll/goside/report"
)

func showCommand() *cobra.Command {
	var markdown, brief bool
	var into string
	c := &cobra.Command{
		Use:   "show RECORD",
		Short: "Print the tables of a record again",
		Long: `Show prints the tables of a record again. With --into it puts them, as Markdown, into a file instead,
between the lines "<!-- toll show: begin -->" and "<!-- toll show: end -->"; those of a record of toll calls
between "<!-- toll calls: begin -->" and "<!-- toll calls: end -->", and of toll layout and toll book alike.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			record, err := readRecord(args[0])
			if err != nil {
				return err
			}
			if into == "" {
				report.Print(cmd.OutOrStdout(), record, report.Style{Baseline: registry.Baseline, Markdown: markdown, Brief: brief, Source: args[0]})
				return nil
			}
			out, err := openOutput(cmd, into)
			if err != nil {
				return err
			}
			var tables bytes.Buffer
			report.Print(&tables, record, report.Style{Baseline: registry.Baseline, Markdown: true, Brief: brief, Source: args[0]})
			what := "show"
			if report.OfBook(record) {
				what = "book"
			} else if report.OfLayout(record) {
				what = "layout"
			} else if report.OfCalls(record) {
				what = "calls"
			}
			return splice(out, what, tables.Bytes())
		},
	}
	c.Flags().BoolVar(&markdown, "markdown", false, "print the tables as Markdown")
	c.Flags().BoolVar(&brief, "brief", false, "print only the times, or, of toll calls, layout and book, what they show in short")
	c.Flags().StringVar(&into, "into", "", "Markdown file to put the tables into")
	return c
}

// splice replaces what stands between the two marks of a command in a file.
func splice(out *output, command string, text []byte) error {
	file := out.path
	begin, end := fmt.Sprintf("<!-- toll %s: begin -->\n", command), fmt.Sprintf("<!-- toll %s: end -->\n", command)
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, rest, ok := bytes.Cut(old, []byte(begin))
	_, tail, ended := bytes.Cut(rest, []byte(end))
	if !ok || !ended {
		return fmt.Errorf("%s lacks the lines %q and %q, in this order", file, begin[:len(begin)-1], end[:len(end)-1])
	}
	return out.write(bytes.Join([][]byte{head, []byte(begin + "\n"), text, []byte("\n" + end), tail}, nil))
}
