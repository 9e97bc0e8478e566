// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"toll/goside/kernel"
	"toll/goside/level"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
)

// listed is a route as toll list --json prints it.
type listed struct {
	Route     string      `json:"route"`
	Lang      string      `json:"lang"`
	Via       string      `json:"via"`
	Functions []string    `json:"functions,omitempty"`
	Build     *seam.Build `json:"build,omitempty"`
	Error     string      `json:"error,omitempty"` // why it is unavailable

	Levels []listedLevel `json:"levels,omitempty"` // of a tuned language
}

// listedLevel is a level of a tuned language.
type listedLevel struct {
	Level string      `json:"level"`
	Build *seam.Build `json:"build,omitempty"`
	Error string      `json:"error,omitempty"` // why it is unavailable
}

func listCommand() *cobra.Command {
	var asJSON, long bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List every route, what it offers, and whether it is available",
		Long: `List shows what each route offers and whether it is available. Of the routes through Python it looks only whether
their files are there and the interpreter's library loads, since to open them takes seconds: some compile. With --long
and --json it opens every route; what was found may then still fail, and the error says why. They also say of each level
of the tuned languages how it was built, or what the processor lacks.

--json prints a list of routes: route, lang, via, functions, build (compiler, flags), error, levels (level, build, error).`,
		Example: `  toll list
  toll list --json > routes.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			switch {
			case asJSON:
				return study.WriteJSON(out, openAll())
			case long:
				printLong(out, openAll())
			default:
				printMarks(out, registry.Routes())
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&long, "long", false, "open every route; print how it was built, or why it does not open")
	return c
}

// openAll opens all routes.
func openAll() []listed {
	all := []listed{}
	for _, r := range registry.Routes() {
		l := listed{Route: r.Name(), Lang: r.Lang, Via: r.Via, Levels: openLevels(r)}
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
	return all
}

// openLevels opens the levels of a route's language, if it has any.
func openLevels(r *seam.Route) []listedLevel {
	var all []listedLevel
	for _, of := range registry.All() {
		plain, name := level.Split(of.Lang)
		if name == "" || plain != r.Lang || of.Via != r.Via {
			continue
		}
		l := listedLevel{Level: name}
		if library, err := of.Open(); err != nil {
			l.Error = err.Error()
		} else {
			l.Build = &library.Build
		}
		all = append(all, l)
	}
	return all
}

func printLong(w io.Writer, all []listed) {
	t := newTable(w, "route", "functions", "build")
	t.SetColumnConfigs([]table.ColumnConfig{ // so that the whole fits in 120 columns
		{Number: 2, WidthMax: 45, WidthMaxEnforcer: text.WrapSoft}, {Number: 3, WidthMax: 35, WidthMaxEnforcer: text.WrapSoft},
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
	printLevels(w, all)
}

// printLevels prints a line for each level of each tuned language, by the first crossing that has one.
func printLevels(w io.Writer, all []listed) {
	t := newTable(w, "level", "build")
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 2, WidthMax: 85, WidthMaxEnforcer: text.WrapSoft}})
	var seen []string
	for _, l := range all {
		if slices.Contains(seen, l.Lang) || !slices.ContainsFunc(l.Levels, func(l listedLevel) bool { return l.Build != nil }) {
			continue
		}
		seen = append(seen, l.Lang)
		for _, at := range l.Levels {
			build := at.Error
			if at.Build != nil {
				build = at.Build.String()
			}
			t.AppendRow(table.Row{level.Join(l.Lang, at.Level), build})
		}
	}
	if seen != nil {
		t.Render()
	}
}

// printMarks prints a line for each route, and a mark for each function.
func printMarks(w io.Writer, routes []*seam.Route) {
	var kernels, reasons []string
	functions := map[string][]string{} // by kernel
	for _, f := range kernel.Functions {
		if functions[f.Kernel] == nil {
			kernels = append(kernels, f.Kernel)
		}
		functions[f.Kernel] = append(functions[f.Kernel], f.Name)
	}
	header := []any{"route"}
	for _, k := range kernels {
		header = append(header, k)
	}
	t := newTable(w, append(header, "available")...)
	lacking := map[string][]string{} // routes, by the reason
	for _, r := range routes {
		offered, opened, err := r.Glance()
		row := table.Row{r.Name()}
		for _, k := range kernels {
			var marks []rune
			for _, f := range functions[k] {
				mark := '·'
				if slices.Contains(offered, f) {
					mark = '●'
				}
				marks = append(marks, mark)
			}
			row = append(row, string(marks))
		}
		switch {
		case err != nil:
			reason := err.Error()
			if lacking[reason] == nil {
				reasons = append(reasons, reason)
			}
			lacking[reason] = append(lacking[reason], r.Name())
			row = append(row, "no")
		case opened:
			row = append(row, "yes")
		default:
			row = append(row, "found")
		}
		t.AppendRow(row)
	}
	t.Render()
	say := func(format string, args ...any) {
		for line := range strings.SplitSeq(text.WrapSoft(fmt.Sprintf(format, args...), 118), "\n") {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
		}
	}
	for _, reason := range reasons {
		say("Not available: %s: %s", strings.Join(lacking[reason], ", "), reason)
	}
	for k, name := range kernels {
		kernels[k] = name + ": " + strings.Join(functions[name], " ")
	}
	say("Marks: ● offered, · not; one for each function, in this order. %s.", strings.Join(kernels, "; "))
	say("Available: yes: opened; found: its files are there, and --long opens it.")
	forced := ""
	if level.Forced() != "" {
		forced = ", as --simd or " + level.Variable + " says,"
	}
	say("Levels of the tuned languages (-simd, -fast): %s; this processor has %s. They run%s at %s. Each level is a language, too, such as c-simd-%s.",
		strings.Join(level.Names, ", "), strings.Join(level.Had(), ", "), forced, level.Chosen(), level.Names[0])
}

func newTable(w io.Writer, header ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(header)
	return t
}
