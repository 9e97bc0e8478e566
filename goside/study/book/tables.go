// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var texts string

var prose = page.NewProse(texts)

// printTables prints the book's tables.
func printTables(p *page.Page) {
	rows := p.Rows(benchmark)
	if len(rows) == 0 {
		return
	}
	p.Heading("The book's tables on this machine")
	p.Tell(prose, "about", map[string]string{"Rounds": page.InRounds(rows[0]), "Threads": p.Record.Threads()})
	if _, err := drawTables(p.Record); err == nil {
		p.Picture("book", alt)
	}
	for k := range published {
		published[k].print(p, rows)
	}
	if _, err := drawReturns(p.Record); err == nil {
		p.Subheading("Diminishing returns")
		p.Tell(prose, "returns", nil)
		p.Picture("returns", altReturns)
	}
	p.Tell(prose, "figures", nil)
}

func (t *bookTable) print(p *page.Page, rows []*record.Row) {
	python, native := t.figures(p, rows)
	if python == nil {
		return
	}
	marked := markParts(p.Baseline, python)
	p.Subheading(t.title)
	if said := t.said(python, native); said != "" {
		p.Say("%s", said)
	}
	t.grid(p, python, native)
	p.List(append(marked, notes(slices.Concat(python, native), rows)...))
}

// figure is a row of a table with what the record has of it.
type figure struct {
	tableRow
	route   string
	row     *record.Row      // nil if it was not timed
	base    *record.Row      // the baseline's of the same problem and size, nil if there is none
	time    measure.Interval // of the whole problem, or of what a time is of, in ns
	mark    string           // "†" say, if it was timed on a part
	missing string           // why it was not timed, if that was tried
}

// figures returns the table's rows that the record has, or that were published: those through Python, and Toll's without.
// There are none if nothing of the table was tried.
func (t *bookTable) figures(p *page.Page, rows []*record.Row) (python, others []figure) {
	for _, b := range t.rows {
		f := figureOf(p.Baseline, rows, t.kernel, b.layout(t.kernel), b.route())
		f.tableRow = b
		if f.tried() || b.published != "" {
			python = append(python, f)
		}
	}
	if !slices.ContainsFunc(python, func(f figure) bool { return f.tried() }) {
		return nil, nil
	}
	for _, route := range native {
		for _, columns := range []bool{false, true} {
			b := tableRow{what: nativeNames[route], columns: columns}
			if columns && t.kernel != "diffusion" {
				continue
			} else if columns {
				b.what = "the same, column-major"
			}
			f := figureOf(p.Baseline, rows, t.kernel, b.layout(t.kernel), route)
			f.tableRow = b
			if f.tried() {
				others = append(others, f)
			}
		}
	}
	return python, others
}

// figureOf returns what was measured of a route on a problem: on the whole, else on a part.
func figureOf(baseline string, rows []*record.Row, kernel, layout, route string) figure {
	f := figure{route: route}
	for _, r := range rows {
		if r.Kernel != kernel || r.Layout != layout {
			continue
		}
		if r.Route() == route && (f.row == nil || inPart(f.row)) {
			f.row = r
		}
		for why := range strings.SplitSeq(r.Facts["missing"], separator) {
			if of, text, _ := strings.Cut(why, ": "); of == route {
				f.missing = text
			}
		}
	}
	if f.row == nil {
		return f
	}
	for _, r := range rows {
		if r.Route() == baseline && r.Problem() == f.row.Problem() && len(r.Samples) == len(f.row.Samples) {
			f.base = r
		}
	}
	f.time = measure.Median(f.row.Wall())
	if part := f.row.Number("part"); part > 0 {
		f.time = measure.Interval{Median: f.time.Median / part, Lo: f.time.Lo / part, Hi: f.time.Hi / part}
	}
	return f
}

// inPart reports whether a row's operations are not, or not in runs as long as, the whole problem's.
func inPart(r *record.Row) bool { return r.Get("part") != "" || r.Get("steps") != "" }

// tried reports whether the record says anything of the route.
func (f *figure) tried() bool { return f.row != nil || f.missing != "" }

// named returns the route, with the layout if it is not the book's.
func (f *figure) named() string {
	if f.columns {
		return f.route + ", column-major"
	}
	return f.route
}

// over returns the ratio of two rows' times: of their rounds' ratios, if they were timed on the same problem.
func (f *figure) over(g *figure) measure.Interval {
	if f.row.Problem() == g.row.Problem() {
		if ratio, ok := record.WallRatio(f.row, g.row); ok {
			return ratio
		}
	}
	return measure.Interval{Median: f.time.Median / g.time.Median, Lo: f.time.Lo / g.time.Hi, Hi: f.time.Hi / g.time.Lo}
}

// distinct reports whether a ratio is known to differ from 1.
func distinct(ratio measure.Interval) bool { return !math.IsNaN(ratio.Lo) && ratio.Differs(0) }

// unsure reports whether there were too few rounds for an interval.
func (f *figure) unsure() bool { return math.IsInf(f.time.Lo, 0) || math.IsInf(f.time.Hi, 0) }

// multiple returns the time over that of the row as whose multiple it is published, and that row, nil unless both were timed.
func (f *figure) multiple(all []figure) (float64, *record.Row) {
	at := slices.IndexFunc(all, func(g figure) bool { return g.lang == f.against && g.row != nil })
	if f.times == 0 || f.row == nil || at < 0 {
		return 0, nil
	}
	return f.over(&all[at]).Median, all[at].row
}

// grid prints the table: Python's rows, and below a line those of native routes.
func (t *bookTable) grid(p *page.Page, python, others []figure) {
	header := []string{"", "route", "published", "here", "of published", "x " + p.Baseline}
	if t.each != "" {
		header = []string{"", "route", "here, per " + t.each, "x " + p.Baseline}
	}
	var lines [][]page.Cell
	for _, part := range [][]figure{python, others} {
		if lines != nil && part != nil {
			lines = append(lines, nil)
		}
		for _, f := range part {
			line := page.Words(f.what, f.route)
			if t.each == "" {
				line = append(line, page.Word(f.publishedCell()), page.Figure(f.timeCell(), f.row), f.ofPublished(python), f.ratioCell())
			} else {
				line = append(line, page.Figure(f.timeCell(), f.row), f.ratioCell())
			}
			lines = append(lines, line)
		}
	}
	p.Table(&page.Table{Header: header, Lines: lines, Left: 2})
}

func (f *figure) publishedCell() string {
	switch {
	case f.times > 0:
		return fmt.Sprintf("%g x %s", f.times, f.beside)
	case f.published != "":
		return f.published + " s"
	}
	return ""
}

// timeCell shows the time, or in a word or two why there is none.
func (f *figure) timeCell() string {
	if f.row != nil {
		return strings.TrimSpace(page.WithSpread(page.Nanoseconds(f.time.Median), f.time) + " " + f.mark)
	}
	for _, why := range []string{failed, notOffered} {
		if strings.HasPrefix(f.missing, why) {
			return why
		}
	}
	if f.missing == "" {
		return "not asked for"
	}
	return "unavailable"
}

// ofPublished shows the time here over the published one; for a row published as a multiple of another, the multiple
// here over that.
func (f *figure) ofPublished(all []figure) page.Cell {
	if s, ok := f.seconds(); ok && f.row != nil {
		return page.Figure(fmt.Sprintf("%.2fx", f.time.Median/1e9/s), f.row)
	}
	if x, of := f.multiple(all); of != nil {
		return page.Figure(fmt.Sprintf("%.2fx", x/f.times), f.row, of)
	}
	return page.Cell{}
}

// ratioCell shows the time over the baseline's.
func (f *figure) ratioCell() page.Cell {
	switch f.base {
	case nil:
		return page.Cell{}
	case f.row:
		return page.Figure("1.00", f.row)
	}
	x := measure.Ratio(f.row.Wall(), f.base.Wall())
	return page.Figure(page.WithSpread(page.Significant(x.Median), x), f.row, f.base)
}

// marks are as many as a problem has parts that may be timed, or more.
var marks = []string{"†", "‡", "§"}

// markParts marks the figures that were timed on a part, and returns what the marks mean.
func markParts(baseline string, all []figure) []string {
	var parts []string
	for k := range all {
		r := all[k].row
		if r == nil || !inPart(r) {
			continue
		}
		share := fmt.Sprintf("%.3g%%", 100*r.Number("part"))
		part := prose.Text("part", map[string]string{"N": r.N, "Share": share, "Baseline": baseline})
		if steps := r.Get("steps"); steps != "" {
			part = prose.Text("steps", map[string]string{"Steps": page.Count(steps, "step"), "Baseline": baseline})
		}
		parts = record.AppendNew(parts, part)
		all[k].mark = marks[slices.Index(parts, part)%len(marks)]
	}
	for k := range parts {
		parts[k] = marks[k%len(marks)] + " " + parts[k]
	}
	return parts
}

// notes returns what a table's rows need said below it.
func notes(all []figure, rows []*record.Row) []string {
	var said, missing, compiled, started, trips, calls []string
	var held verdicts
	for k := range all {
		f := &all[k]
		if f.row == nil {
			if f.missing != "" {
				missing = append(missing, f.named()+": "+f.missing)
			}
			continue
		}
		held.count(f)
		for _, r := range rows {
			if r.Route() != f.route {
				continue
			}
			time := page.Nanoseconds(measure.Median(r.Wall()).Median)
			switch {
			case r.Op == compileOp && !f.columns:
				compiled = append(compiled, time+" for "+f.route)
			case r.Op == startOp:
				started = append(started, time+" for "+f.route)
			case r.Op == callOp:
				calls = append(calls, time+" of "+f.route)
			case r.Op == roundTripOp:
				trips = append(trips, time+" of "+f.route)
			}
		}
	}
	if compiled != nil {
		said = append(said, "Compiled once, before; the times do not include it: "+page.Joined(compiled)+".")
	}
	if trips != nil {
		said = append(said, "The times include the round trip through the pipe. With all points and counts but no iteration, it takes "+
			page.Joined(trips)+".")
	}
	if started != nil {
		said = append(said, prose.Text("started", map[string]string{"Times": page.Joined(started)}))
	}
	if calls != nil {
		said = append(said, prose.Text("calls", map[string]string{"Times": page.Joined(calls), "Lines": callLines(rows)}))
	}
	said = append(said, held.said())
	if missing != nil {
		said = append(said, "Not timed: "+strings.Join(missing, "; ")+".")
	}
	return said
}

// callLines returns how many lines the calls of callOp fit.
func callLines(rows []*record.Row) string {
	for _, r := range rows {
		if r.Op == callOp {
			return page.Count(r.N, "line")
		}
	}
	return ""
}

// verdicts counts rows by how their routes were verified.
type verdicts struct{ identical, bounded, not, tenths int }

func (v *verdicts) count(f *figure) {
	switch verdict(f.row) {
	case "bit-identical":
		v.identical++
	case "within bound":
		v.bounded++
	default:
		v.not++
	}
	if slices.Contains(strings.Fields(f.row.Facts["tenth"]), f.route) {
		v.tenths++
	}
}

func (v *verdicts) said() string {
	said := fmt.Sprintf("Verified before, in a run of the whole problem: %s bit-identical", counted(v.identical, "row"))
	if v.bounded > 0 {
		said += fmt.Sprintf(", %d within a declared bound", v.bounded)
	}
	if v.not > 0 {
		said += fmt.Sprintf(", %d not", v.not)
	}
	if v.tenths > 0 {
		said += fmt.Sprintf("; %s of these in a run of a tenth", counted(v.tenths, "row"))
	}
	return said + "."
}

// verdict returns how the record says that the row's route was verified: "bit-identical" or "within bound", else "".
func verdict(r *record.Row) string {
	for verdict := range strings.SplitSeq(r.Facts["verified"], "; ") {
		held, routes, _ := strings.Cut(verdict, ": ")
		how, _, _ := strings.Cut(held, " in ")
		if slices.Contains(strings.Fields(routes), r.Route()) && (how == "bit-identical" || how == "within bound") {
			return how
		}
	}
	return ""
}
