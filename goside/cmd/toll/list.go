// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"toll/goside/registry"
	"toll/goside/seam"
)

// listed is a route as toll list --json prints it.
type listed struct {
	Route     string      `json:"route"`
	Lang      string      `json:"lang"`
	Via       string      `json:"via"`
	Functions []string    `json:"functions,omitempty"`
	Build     *seam.Build `json:"build,omitempty"`
	Error     string      `json:"error,omitempty"` // why it is unavailable
}

func listCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List every route, how it was built, or why it is unavailable",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all := []listed{}
			for _, r := range registry.Routes() {
				l := listed{Route: r.Name(), Lang: r.Lang, Via: r.Via}
				if library, err := r.Open(); err != nil {
					l.Error = err.Error()
				} else {
					l.Build = &library.Build
					for _, f := range library.Offered() {
						l.Functions = append(l.Functions, f.Name)
					}
				}
				all = append(all, l)
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), all)
			}
			t := newTable(cmd.OutOrStdout(), "route", "functions", "build")
			t.SetColumnConfigs([]table.ColumnConfig{ // so that the whole fits in 120 columns
				{Number: 2, WidthMax: 46, WidthMaxEnforcer: text.WrapSoft}, {Number: 3, WidthMax: 40, WidthMaxEnforcer: text.WrapSoft},
			})
			t.Style().Options.SeparateRows = true
			for _, l := range all {
				if l.Error != "" {
					t.AppendRow(table.Row{l.Route, "-", l.Error})
				} else {
					t.AppendRow(table.Row{l.Route, strings.Join(l.Functions, " "), l.Build.String()})
				}
			}
			t.Render()
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func newTable(w io.Writer, header ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(header)
	return t
}

func writeJSON(w io.Writer, v any) error {
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", out)
	return err
}
