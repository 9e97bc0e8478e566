// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// toolNames are the tools as tables name them.
var toolNames = map[string]string{
	alone: "no profiler", cprofile: "cProfile", lineProfiler: "line_profiler", memProfiler: "memory_profiler", pyspy: "py-spy",
	pyspyNative: "py-spy --native", scalene: "Scalene", perf: "perf", goPprof: "pprof", goResolved: "pprof with native frames",
}

func toolName(tool string) string {
	if name := toolNames[tool]; name != "" {
		return name
	}
	return tool
}

func toolOf(r *record.Row) string { return r.Get("tool") }

// goRows and pythonRows return the rows of the known share.
func goRows(p *page.Page) []*record.Row {
	return slices.DeleteFunc(p.Rows(shareName), func(r *record.Row) bool { return r.Via == onPython })
}

func pythonRows(p *page.Page) []*record.Row {
	rows := slices.DeleteFunc(p.Rows(shareName), func(r *record.Row) bool { return r.Via != onPython })
	first := names(rows)
	slices.SortStableFunc(rows, func(a, b *record.Row) int {
		return slices.Index(first, programName(a)) - slices.Index(first, programName(b))
	})
	return rows
}

// names returns the names of the rows' programs, each once.
func names(rows []*record.Row) (all []string) {
	for _, r := range rows {
		all = record.AppendNew(all, programName(r))
	}
	return all
}

// programName names the program of a row: its route, or the binding.
func programName(r *record.Row) string {
	if r.Via == onPython {
		return r.Lang
	}
	return r.Route()
}

// middle returns the median of a figure over the rounds.
func middle(r *record.Row, unit string) float64 { return r.More(unit).Median }

func inPercent(x float64) string { return fmt.Sprintf("%.0f%%", math.Abs(x)) } // never -0%

// points shows a difference of two per cents.
func points(x float64) string {
	if text := fmt.Sprintf("%+.0f", x); text != "-0" {
		return text
	}
	return "+0"
}

// nameError and nativeError are what a profiler is off by, in points: with what it names, and with what it puts at the call, too.
func nameError(r *record.Row) float64   { return middle(r, namedShare) - middle(r, trueShare) }
func nativeError(r *record.Row) float64 { return nameError(r) + middle(r, callShare) }

// shareSection prints what profilers say of the known share.
func shareSection(p *page.Page) {
	shares(p, goRows(p), "Go programs: what profilers say", "go", goTools)
	shares(p, pythonRows(p), "Python programs: what profilers say", "python", pythonTools)
}

func shares(p *page.Page, rows []*record.Row, title, block string, tools []string) {
	if len(rows) == 0 {
		return
	}
	p.Heading(title)
	p.Tell(prose, block, map[string]string{"Kernel": rows[0].Kernel, "Samples": samplesText(rows)})
	p.Picture(block, altOf[block])
	var lines [][]page.Cell
	for _, r := range rows {
		line := []page.Cell{page.Word(programName(r) + ", " + toolName(toolOf(r)))}
		for _, unit := range []string{trueShare, namedShare, callShare, ownShare, outsideShare, lostShare} {
			line = append(line, page.Figure(inPercent(middle(r, unit)), r))
		}
		lines = append(lines, append(line, page.Figure(points(nameError(r)), r), page.Figure(points(nativeError(r)), r)))
	}
	p.Wide("Shares of the program's time, and errors in points", []string{"program, profiler", "true", "named", "at the call", "own work", "elsewhere", "lost",
		"error, named", "error, native"}, lines)
	p.Tell(prose, "columns", map[string]string{"Rounds": runsOf(rows)})
	for k := range notes[block] {
		p.Tell(prose, fmt.Sprintf("%s notes %d", block, k+1), nil)
	}
	lacking(p, tools)
}

// notes is how many notes there are below each table.
var notes = map[string]int{"go": 3, "python": 1}

// samplesText says how many samples the shares come from.
func samplesText(rows []*record.Row) string {
	least, most := math.Inf(1), 0.0
	for _, r := range rows {
		if n := middle(r, samplesTaken); n > 0 {
			least, most = min(least, n), max(most, n)
		}
	}
	if most == 0 {
		return "no samples"
	}
	return fmt.Sprintf("%.0f to %.0f samples", least, most)
}

// runsOf says how many runs a figure is of.
func runsOf(rows []*record.Row) string {
	least, most := len(rows[0].Samples), 0
	for _, r := range rows {
		least, most = min(least, len(r.Samples)), max(most, len(r.Samples))
	}
	switch {
	case most == 1:
		return "of one run"
	case least == 1:
		return fmt.Sprintf("of one run, or the median of %d where samples are taken", most)
	}
	return fmt.Sprintf("the median of %d runs", most)
}

// lacking says which tools are missing, and why.
func lacking(p *page.Page, tools []string) {
	for _, tool := range tools {
		if why := p.Record.Get("lacks-" + tool); why != "" {
			p.Explain(fmt.Sprintf("%s is not in this table: %s.", toolName(tool), why))
		}
	}
}

// bookSection prints the book's profiles.
func bookSection(p *page.Page) {
	rows := p.Rows(costName)
	if len(rows) == 0 {
		return
	}
	p.Heading("The book's profiles")
	p.Tell(prose, "book", nil)
	costs(p, rows)
	p.Tell(prose, "costs", nil)
	for _, kernel := range []string{"julia", "ols"} {
		linesOf(p, kernel)
	}
	p.Tell(prose, "lines", nil)
	lacking(p, bookTools)
}

// programs are the columns of the costs: what is profiled, with its size.
var programs = []struct{ kernel, n, title string }{
	{"julia", "20", "Julia 20²"}, {"julia", "300", "Julia 300²"}, {"julia", "1000", "Julia 1000²"}, {"ols", "500", "OLS 500"},
}

// costs prints how many times as long each program takes under each tool.
func costs(p *page.Page, rows []*record.Row) {
	header := []string{""}
	find := func(kernel, n, tool string) *record.Row {
		for _, r := range rows {
			if r.Kernel == kernel && r.N == n && toolOf(r) == tool {
				return r
			}
		}
		return nil
	}
	var used []int
	for k, of := range programs {
		if find(of.kernel, of.n, alone) != nil {
			used, header = append(used, k), append(header, of.title)
		}
	}
	var lines [][]page.Cell
	for _, tool := range bookTools {
		line, some := []page.Cell{page.Word(toolName(tool))}, false
		for _, k := range used {
			of := programs[k]
			r, base := find(of.kernel, of.n, tool), find(of.kernel, of.n, alone)
			ratio, ok := record.WallRatio(r, base)
			switch {
			case r == nil || !ok:
				line = append(line, page.Word(""))
				continue
			case tool == alone:
				line = append(line, page.Figure(page.Nanoseconds(measure.Median(r.Wall()).Median), r))
			default:
				line = append(line, page.Figure(page.Factor(ratio.Median)+"x", r, base))
			}
			some = true
		}
		if some {
			lines = append(lines, line)
		}
	}
	p.Grid("Time without a profiler, and how many times as long with one", header, lines)
}

// linesOf prints the functions or lines of a program to which each tool gives most.
func linesOf(p *page.Page, kernel string) {
	var lines [][]page.Cell
	for _, r := range p.Rows(lineName) {
		if r.Kernel != kernel {
			continue
		}
		amount := func(unit string, show func(float64) string) page.Cell {
			x := middle(r, unit)
			if x == 0 {
				return page.Word("")
			}
			return page.Figure(show(x), r)
		}
		lines = append(lines, []page.Cell{
			page.Word(toolName(toolOf(r)) + ": " + strings.TrimSuffix(r.Facts["code"], ":")), amount(shareUnit, inPercent),
			amount(callsUnit, func(x float64) string { return fmt.Sprintf("%.0f", x) }), amount(mibUnit, page.Significant),
		})
	}
	if lines == nil {
		return
	}
	title := map[string]string{"julia": "What each says of the Julia program", "ols": "What each says of the OLS program"}[kernel]
	p.Grid(title, []string{"function or line", "share", "times", "MiB"}, lines)
}
