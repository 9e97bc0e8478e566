// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/measure"
	"toll/goside/study"
)

// Print prints the tables of a record, of whichever command.
func Print(w io.Writer, record *Record, style Style) {
	if OfBook(record) {
		Book(w, record, style)
	} else if OfLayout(record) {
		Layout(w, record, style)
	} else if OfCalls(record) {
		Calls(w, record, style)
	} else {
		Tables(w, record, style)
	}
}

// OfCalls reports whether a record is one of toll calls.
func OfCalls(record *Record) bool {
	return slices.ContainsFunc(record.Rows, func(r Row) bool {
		return r.Study != study.LimitsName && !slices.Contains(study.OfRoutes, r.Study)
	})
}

// Calls prints the tables of a record of toll calls, each with a sentence that says what it shows.
func Calls(w io.Writer, record *Record, style Style) {
	p := &printer{w, style, record, record.limits()}
	if style.Brief {
		summary(p)
		return
	}
	if style.Markdown {
		document(w, record, style.Source)
		summary(p)
	}
	for _, section := range []func(*printer){
		payloadSections, slots, knobs, concurrency, neighbours, grain, model, python, firstUse, toolchains, published,
	} {
		section(p)
	}
	if !style.Markdown { // where what comes last is what one sees
		summary(p)
	}
	p.foot()
}

// foot says where the record was measured, and what may be wrong with it.
func (p *printer) foot() {
	get := p.record.Get
	if !p.Markdown {
		p.explain(fmt.Sprintf("Machine: %s, %s cores, %s; %s. Toll %s.", get("cpu"), get("cores"), get("os"), get("go"), get("revision")))
	}
	p.warnings()
}


// rows returns the rows of a study, in the record's order.
func (p *printer) rows(study string) []*Row {
	var rows []*Row
	for k := range p.record.Rows {
		if p.record.Rows[k].Study == study {
			rows = append(rows, &p.record.Rows[k])
		}
	}
	return rows
}

// heading prints a section's title.
func (p *printer) heading(title string) {
	if p.Markdown {
		fmt.Fprintf(p, "## %s\n\n", title)
	} else {
		fmt.Fprintf(p, "%s\n%s\n\n", strings.ToUpper(title), strings.Repeat("=", len(title)))
	}
}

// grid prints a table: the first column to the left, the others to the right.
// A title of "" leaves none.
func (p *printer) grid(title string, header []string, lines [][]string) {
	t := p.newTable()
	configs := make([]table.ColumnConfig, 0, len(header))
	for k := range header {
		if k > 0 {
			configs = append(configs, table.ColumnConfig{Number: k + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(cells(header))
	for _, line := range lines {
		t.AppendRow(cells(line))
	}
	p.render(title, t)
}

// texts prints a table of prose, whose lines are broken where it is not Markdown.
func (p *printer) texts(header []string, lines [][]string) {
	t := p.newTable()
	if !p.Markdown {
		t.Style().Options.SeparateRows = true
		configs := make([]table.ColumnConfig, len(header))
		for k := range header {
			configs[k] = table.ColumnConfig{Number: k + 1, WidthMax: 36, WidthMaxEnforcer: text.WrapSoft}
		}
		t.SetColumnConfigs(configs)
	}
	t.AppendHeader(cells(header))
	for _, line := range lines {
		t.AppendRow(cells(line))
	}
	p.render("", t)
}

func cells(texts []string) table.Row {
	row := make(table.Row, len(texts))
	for k, text := range texts {
		row[k] = text
	}
	return row
}

// say prints what a table shows: one plain sentence, made from its figures.
func (p *printer) say(format string, args ...any) {
	p.explain(fmt.Sprintf(format, args...))
}

// more returns the median of what a row's samples hold under a unit beside the time.
func (r *Row) more(unit string) measure.Interval {
	return measure.Median(r.values(func(s *measure.Sample) float64 { return s.Get(unit) }))
}

// explain prints what a section's tables hold.
func (p *printer) explain(s string) {
	if !p.Markdown {
		lines := strings.Split(text.WrapSoft(s, 118), "\n")
		for k := range lines {
			lines[k] = strings.TrimRight(lines[k], " ")
		}
		s = strings.Join(lines, "\n")
	}
	fmt.Fprintf(p, "%s\n\n", s)
}

// nanoseconds shows a time with three significant digits in the unit that suits it: "34.1 ns", "1.20 ms".
func nanoseconds(ns float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
		if ns >= u.size {
			return significant(ns/u.size) + " " + u.name
		}
	}
	return significant(ns) + " ns"
}
