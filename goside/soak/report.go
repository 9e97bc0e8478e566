// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package soak

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Print writes the report.
func (r *Report) Print(w io.Writer) error {
	style := table.StyleLight
	style.Format.Header = text.FormatDefault
	figures, tasks := table.NewWriter(), table.NewWriter()
	for _, t := range []table.Writer{figures, tasks} {
		t.SetStyle(style)
	}
	figures.AppendHeader(table.Row{"at rest", "after warm-up", "at the end", "most, under load", "slope an hour [95 %]", "grew", "may grow", "verdict"})
	for _, l := range r.Figures {
		if !l.Known {
			figures.AppendRow(table.Row{l.name(), "", "", "", "", "", "", "unknown here"})
			continue
		}
		f, t := &l.Figure, &l.Trend
		figures.AppendRow(table.Row{l.name(), f.text(t.First), f.text(t.Last), f.text(l.Most),
			fmt.Sprintf("%s [%s, %s]", f.precise(t.Slope), f.precise(t.Low), f.precise(t.High)), f.precise(t.Growth), f.precise(t.Allowed), l.verdict()})
	}
	tasks.AppendHeader(table.Row{"tasks, each verified", "number"})
	for _, kind := range slices.Sorted(maps.Keys(r.Calls)) {
		tasks.AppendRow(table.Row{kind, r.Calls[kind]})
	}
	var columns []table.ColumnConfig
	for k := range 6 {
		columns = append(columns, table.ColumnConfig{Number: k + 2, Align: text.AlignRight})
	}
	figures.SetColumnConfigs(columns)
	_, err := fmt.Fprintf(w, "%s\n\n%s\n\n%s\n", tasks.Render(), figures.Render(), strings.Join([]string{
		fmt.Sprintf("%d rests in %.1f minutes were judged. The figures after warm-up and at the end are medians of a quarter of them.", r.Rests, 60*r.Hours),
		"A figure is not flat if its slope (Theil-Sen) gives more than it may grow and the slope's interval lies above zero.",
	}, "\n"))
	for _, wrong := range r.Errors {
		if err == nil {
			_, err = fmt.Fprintln(w, "wrong:", wrong)
		}
	}
	return err
}

// Summary is one line.
func (r *Report) Summary() string {
	rising := 0
	for _, l := range r.Figures {
		if !l.Flat() {
			rising++
		}
	}
	return fmt.Sprintf("%d tasks on %d routes, crossings and workers, %d with callbacks: %d wrong; %d of %d figures are not flat",
		sum(r.Routes), len(r.Routes), r.Callbacks, r.Wrong, rising, len(r.Figures))
}

func (l *Line) name() string {
	if l.Figure.Unit != "" {
		return l.Figure.Name + " (" + l.Figure.Unit + ")"
	}
	return l.Figure.Name
}

func (l *Line) verdict() string {
	switch {
	case l.NotZero:
		return "NOT ZERO"
	case !l.Flat():
		return "NOT FLAT"
	}
	return "flat"
}

// precise is text with a digit more, for what may be small.
func (f *Figure) precise(v float64) string {
	if f.Unit == "MiB" {
		return fmt.Sprintf("%.2f", v/mebibyte)
	}
	return fmt.Sprintf("%.1f", v)
}
