// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/studies"
	"toll/goside/study"
)

func showCommand() *cobra.Command {
	var markdown, brief, headline, asJSON bool
	var into string
	c := &cobra.Command{
		Use:   "show RECORD",
		Short: "Print the tables of a record again",
		Long: `Show prints the tables of a record again. With --into it puts them, as Markdown, into a file instead, between the
lines "<!-- toll STUDY: begin -->" and "<!-- toll STUDY: end -->", where STUDY is the record's: bench, calls, layout or book.

--json prints study, facts (of the run), rows, answers (question, answer), claims (claim, of, title, url, found, verdict) and
warnings. A row has name, benchmark, kernel or op, lang, via, layout, n, entry, keys, facts (of its problem), verified, ns (median,
lo, hi: the 95 % interval), bytes, allocs, more (by unit) and samples (ns, cpu_ns, bytes, allocs, more); what its name
lacks is left out. A figure is of one operation. An interval that is not known is null.`,
		Example: `  toll show docs/layout.txt.gz
  toll show --brief docs/overhead.txt.gz
  toll show --headline --into README.md docs/overhead.txt.gz
  toll show --json docs/python.txt.gz > python.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := readRecord(args[0])
			if err != nil {
				return err
			}
			s, err := studies.Of(r)
			if err != nil {
				return seam.UsageError{Err: err}
			}
			if asJSON {
				return study.WriteJSON(cmd.OutOrStdout(), s.Data(r))
			}
			style := page.Style{Baseline: registry.Baseline, Markdown: markdown || into != "", Brief: brief, Headline: headline, Source: args[0]}
			if into == "" {
				return s.Print(cmd.OutOrStdout(), r, style)
			}
			out, err := study.OpenOutput(cmd.OutOrStdout(), cmd.ErrOrStderr(), into)
			if err != nil {
				return err
			}
			var tables bytes.Buffer
			if err := s.Print(&tables, r, style); err != nil {
				return err
			}
			return splice(out, into, s.Name, tables.Bytes())
		},
	}
	c.Flags().BoolVar(&markdown, "markdown", false, "print a page in Markdown")
	c.Flags().BoolVar(&brief, "brief", false, "print only the answers, or of toll bench the times")
	c.Flags().BoolVar(&headline, "headline", false, "print only the table for a first screen, of toll calls")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().StringVar(&into, "into", "", "Markdown file to put the tables into")
	for _, other := range []string{"markdown", "brief", "headline", "into"} {
		c.MarkFlagsMutuallyExclusive("json", other)
	}
	return c
}

// readRecord reads a record that the user names.
func readRecord(file string) (*record.Record, error) {
	r, err := record.ReadFile(file)
	if err != nil {
		return nil, seam.UsageError{Err: err}
	}
	return r, nil
}

// splice replaces what stands between the two marks of a study in a file.
func splice(out *study.Output, file, name string, text []byte) error {
	begin, end := fmt.Sprintf("<!-- toll %s: begin -->\n", name), fmt.Sprintf("<!-- toll %s: end -->\n", name)
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, rest, ok := bytes.Cut(old, []byte(begin))
	_, tail, ended := bytes.Cut(rest, []byte(end))
	if !ok || !ended {
		return seam.Usagef("%s lacks the lines %q and %q, in this order", file, begin[:len(begin)-1], end[:len(end)-1])
	}
	return out.Write(bytes.Join([][]byte{head, []byte(begin + "\n"), text, []byte("\n" + end), tail}, nil))
}
