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
	var lines [][]string
	for _, r := range l.Rows {
		if r.Op != "read" || r.Lang != record.SerialLang {
			continue
		}
		level := r.Get("level")
		for _, team := range teams(l) {
			line := []string{fmt.Sprintf("%s, %s", level, page.Binary(r.Number("set"))), team.threads}
			for _, op := range []string{"read", "write", "copy"} {
				cell := ""
				if at := l.Find(op, team.lang, "level", level); at != nil {
					cell = page.WithSpread(page.Significant(l.Bandwidth(op, team.lang, level)), measure.Median(at.Wall()))
				}
				line = append(line, cell)
			}
			if strings.Join(line[2:], "") != "" {
				lines = append(lines, line)
			}
		}
	}
	if lines != nil {
		p.Grid("Bandwidth, GB/s", []string{"memory", "threads", "read", "write", "copy"}, page.Lines(lines))
	}
}

// printMoves prints the limits of moving data that shares are of, if the record has them.
func printMoves(p *page.Page) {
	l := p.Limits
	var lines [][]string
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
			lines = append(lines, []string{strings.Join(problems, ", "),
				page.Binary(traffic[0]), page.Binary(traffic[1]), page.Binary(traffic[2]), team.threads,
				page.WithSpread(page.Significant((traffic[1]+traffic[2])/wall.Median), wall), best.Get("form")})
		}
	}
	if lines != nil {
		p.Grid("Moving data as the problems do, GB/s: the fastest of several loops",
			[]string{"as", "set", "read", "written", "threads", "GB/s", "fastest loop"}, page.Lines(lines))
	}
}

func printSteps(p *page.Page) {
	l := p.Limits
	var lines [][]string
	for _, width := range []struct{ name, what string }{
		{"scalar", "multiplications and additions, scalar"}, {"vector", "multiplications and additions, widest vectors"},
	} {
		for _, team := range teams(l) {
			if r := l.Find("muladd", team.lang, "width", width.name); r != nil {
				peak := page.Significant(l.Peak(team.lang, width.name))
				lines = append(lines, []string{width.what, team.threads, page.WithSpread(peak, measure.Median(r.Wall())), "Gflop/s"})
			}
		}
	}
	for _, step := range []struct{ op, lang, what string }{
		{"loop", "go", "a turn of an empty loop"}, {"call", "go", "a Go call, with its loop"}, {"call", "c", "a C call from C, with its loop"},
		{"atomic", "go", "an atomic addition, with its loop"}, {"switch", "go", "a goroutine switch"},
	} {
		if r := l.Find(step.op, step.lang, "", ""); r != nil {
			wall := measure.Median(r.Wall())
			lines = append(lines, []string{step.what, "1", page.WithSpread(page.Significant(wall.Median), wall), "ns"})
		}
	}
	p.Grid("Arithmetic, and the smallest steps of a program", []string{"", "threads", "here", "unit"}, page.Lines(lines))
}
