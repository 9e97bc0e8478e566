// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package limits

import (
	"fmt"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// Print prints the limits, if the record has any.
func Print(p *page.Page) {
	if p.Brief || !p.Limits.Any() {
		return
	}
	p.Heading("Limits of this machine")
	p.Explain("The limits were measured in the same rounds as the routes. On several threads, each thread reads, writes and " +
		"copies memory of its own. A move is shared out among the threads, as a problem is.")
	printBandwidths(p)
	printMoves(p)
	printSteps(p)
}

// teams are the languages of limits, and what their threads are called.
func teams(l *record.Limits) []struct{ lang, threads string } {
	return []struct{ lang, threads string }{{record.SerialLang, "1"}, {record.ParallelLang, fmt.Sprintf("%.0f", l.Threads)}}
}

func printBandwidths(p *page.Page) {
	l := p.Limits
	var lines [][]page.Cell
	for _, r := range l.Rows {
		if r.Op != "read" || r.Lang != record.SerialLang {
			continue
		}
		level := r.Get("level")
		for _, team := range teams(l) {
			var rows []*record.Row
			var figures []page.Cell
			for _, op := range []string{"read", "write", "copy"} {
				figure := page.Cell{}
				if at := l.Find(op, team.lang, "level", level); at != nil {
					rows = append(rows, at)
					figure = page.Figure(page.WithSpread(page.Significant(l.Bandwidth(op, team.lang, level)), measure.Median(at.Wall())), at)
				}
				figures = append(figures, figure)
			}
			if rows != nil {
				what := page.Word(fmt.Sprintf("%s, %s", level, page.Binary(r.Number("set"))))
				lines = append(lines, append([]page.Cell{what, page.Figure(team.threads, rows...)}, figures...))
			}
		}
	}
	if lines != nil {
		p.Grid("Bandwidth, GB/s", []string{"memory", "threads", "read", "write", "copy"}, lines)
	}
}

// printMoves prints the limits of moving data that shares are of, if the record has them.
func printMoves(p *page.Page) {
	l := p.Limits
	var lines [][]page.Cell
	var shown [][3]float64
	for _, m := range l.Rows {
		traffic := m.Traffic()
		if m.Op != record.MoveName || slices.Contains(shown, traffic) {
			continue
		}
		shown = append(shown, traffic)
		var problems []string
		for k := range p.Record.Rows {
			if r := &p.Record.Rows[k]; r.Study != record.LimitsName && r.Traffic() == traffic {
				problems = record.AppendNew(problems, strings.TrimSpace(r.What()+" "+r.Layout))
			}
		}
		for _, team := range teams(l) {
			best := l.Move(team.lang, m)
			if best == nil {
				continue
			}
			wall := measure.Median(best.Wall())
			line := page.Words(strings.Join(problems, ", "))
			for _, figure := range []string{page.Binary(traffic[0]), page.Binary(traffic[1]), page.Binary(traffic[2]), team.threads,
				page.WithSpread(page.Significant((traffic[1]+traffic[2])/wall.Median), wall), best.Get("form")} {
				line = append(line, page.Figure(figure, best))
			}
			lines = append(lines, line)
		}
	}
	if lines != nil {
		p.Grid("Moving data as the problems do, GB/s: the fastest of several loops",
			[]string{"as", "set", "read", "written", "threads", "GB/s", "fastest loop"}, lines)
	}
}

func printSteps(p *page.Page) {
	l := p.Limits
	var lines [][]page.Cell
	add := func(r *record.Row, what, threads string, figure float64, unit string) {
		here := page.WithSpread(page.Significant(figure), measure.Median(r.Wall()))
		lines = append(lines, []page.Cell{page.Word(what), page.Figure(threads, r), page.Figure(here, r), page.Word(unit)})
	}
	for _, width := range []struct{ name, what string }{
		{"scalar", "multiplications and additions, scalar"}, {"half", "multiplications and additions, vectors of half the width"},
		{"vector", "multiplications and additions, widest vectors"},
	} {
		for _, team := range teams(l) {
			if r := l.Find("muladd", team.lang, "width", width.name); r != nil {
				add(r, width.what, team.threads, l.Peak(team.lang, width.name), "Gflop/s")
			}
		}
	}
	for _, step := range []struct{ op, lang, what string }{
		{"loop", "go", "a turn of an empty loop"}, {"call", "go", "a Go call, with its loop"}, {"call", "c", "a C call from C, with its loop"},
		{"atomic", "go", "an atomic addition, with its loop"}, {"switch", "go", "a goroutine switch"},
	} {
		if r := l.Find(step.op, step.lang, "", ""); r != nil {
			add(r, step.what, "1", measure.Median(r.Wall()).Median, "ns")
		}
	}
	p.Grid("Arithmetic, and the smallest steps of a program", []string{"", "threads", "here", "unit"}, lines)
}
