// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package scale

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"toll/goside/fit"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var texts string

var prose = page.NewProse(texts)

// engineNames are what a reader calls engines.
var engineNames = map[string]string{"none": "none, one process", "local": "processes", "dask": "Dask"}

// starts prints how long a cluster takes to be there.
func starts(p *page.Page) {
	var lines [][]page.Cell
	for _, r := range record.Find(p.Rows(benchmark), "/op:start") {
		if r.Via != "none" && workersOf(r) <= 2 {
			lines = append(lines, []page.Cell{page.Word(engineNames[r.Via]), page.Figure(r.N, r), page.Figure(page.TimeAndSpread(measure.Median(r.Wall())), r)})
		}
	}
	if lines == nil {
		return
	}
	p.Heading("The start of a cluster")
	p.Tell(prose, "start", nil)
	p.Grid("", []string{"engine", "workers", "until all are there"}, lines)
}

// tasks prints what a task that does nothing costs.
func tasks(p *page.Page) {
	var lines [][]page.Cell
	for _, r := range record.Find(p.Rows(benchmark), "/op:task") {
		if r.Via == "none" {
			continue
		}
		each := measure.Median(r.Wall())
		lines = append(lines, []page.Cell{page.Word(engineNames[r.Via]), page.Figure(r.N, r), page.Figure(page.TimeAndSpread(each), r),
			page.Figure(page.Significant(perSecond(each).Median), r), page.Figure(page.Nanoseconds(r.More(cpuUnit).Median), r)})
	}
	if lines == nil {
		return
	}
	p.Heading("The cost of a task")
	p.Tell(prose, "tasks", nil)
	p.Grid("", []string{"engine", "workers", "a task", "tasks/s", "CPU"}, lines)
}

// rates prints how many fits an engine does in a second, by the size of tasks.
func rates(p *page.Page) {
	rows := p.Rows(benchmark)
	all := engines(rows)
	if all == nil {
		return
	}
	header := []string{"blocks", "users", "one process: a task"}
	for _, of := range all {
		if of[0].Via != "none" {
			header = append(header, label(of[0]))
		}
	}
	var lines [][]page.Cell
	for _, size := range sizes {
		alone := find(rows, "none", "1", size)
		if alone == nil {
			continue
		}
		line := []page.Cell{page.Word(fmt.Sprint(size)), page.Word(fmt.Sprint(size * fit.Block)), page.Figure(page.TimeAndSpread(measure.Median(alone.Wall())), alone)}
		for _, of := range all {
			if of[0].Via == "none" {
				continue
			}
			r := find(rows, of[0].Via, of[0].N, size)
			if r == nil {
				line = append(line, page.Cell{})
				continue
			}
			rate := float64(size*fit.Block*windows) / wall(r) * 1e3
			text := fmt.Sprintf("%s M fits/s", page.Significant(rate))
			if share, ok := shareOf(r, alone); ok {
				text += ", " + page.ShareText(share)
			}
			line = append(line, page.Figure(text, r, alone))
		}
		lines = append(lines, line)
	}
	p.Heading("Rates, by the size of tasks")
	p.Tell(prose, "rates", map[string]any{"Windows": windows, "Users": "2,000"})
	p.Grid("", header, lines)
}

// label names an engine with its workers.
func label(r *record.Row) string {
	return engineNames[r.Via] + ", " + page.Count(r.N, "worker")
}

// find returns the row of an engine's tasks of a size, or nil.
func find(rows []*record.Row, engine, workers string, size int) *record.Row {
	return record.First(rows, "/kernel:ols /via:%s /n:%s /blocks:%d", engine, workers, size)
}

// shareOf returns the rate of workers as a share of that of as many processes without an engine.
func shareOf(r, alone *record.Row) (measure.Interval, bool) {
	ratio, ok := record.WallRatio(alone, r)
	n := workersOf(r)
	return measure.Interval{Median: ratio.Median / n, Lo: ratio.Lo / n, Hi: ratio.Hi / n}, ok
}

// models prints what the model has for each engine, and its errors.
func models(p *page.Page) {
	rows := p.Rows(benchmark)
	var lines [][]page.Cell
	for _, of := range engines(rows) {
		m, ok := modelOf(rows, of)
		if !ok || m.engine == "none" {
			continue
		}
		scheduler := "-"
		if m.scheduler > 0 {
			scheduler = page.Nanoseconds(m.scheduler)
		}
		line := []page.Cell{page.Word(label(m.row)), page.Figure(page.Nanoseconds(m.work), of...), page.Figure(page.Nanoseconds(m.cost), of...),
			page.Figure(scheduler, of...), {}, {}}
		if len(m.errors) > 0 {
			line[4] = page.Figure(page.Share(record.MiddleOf(m.errors)), of...)
			line[5] = page.Figure(page.Share(slices.Max(m.errors)), of...)
		}
		lines = append(lines, line)
	}
	if lines == nil {
		return
	}
	var others []int
	for _, size := range sizes {
		if !slices.Contains(trained, size) {
			others = append(others, size)
		}
	}
	p.Heading("The model")
	p.Tell(prose, "model", map[string]string{"Trained": listed(trained), "HeldOut": listed(others)})
	p.Grid("", []string{"engine", "a block's work", "a task's cost", "scheduler", "median error", "largest"}, lines)
}

func listed(numbers []int) string {
	var words []string
	for _, n := range numbers {
		words = append(words, fmt.Sprint(n))
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// saturations prints the throughput by the number of workers, measured and by the model.
func saturations(p *page.Page) {
	s, ok := saturationOf(p.Rows(benchmark))
	if !ok {
		return
	}
	var lines [][]page.Cell
	for _, r := range s.rows {
		each := perSecond(measure.Median(r.Wall()))
		model := s.predicted(workersOf(r))
		lines = append(lines, []page.Cell{page.Figure(r.N, r), page.Figure(page.WithSpread(page.Significant(each.Median), each), r),
			page.Figure(page.Significant(model), r), page.Figure(page.Change(model/each.Median), r)})
	}
	p.Heading("How many workers a scheduler serves")
	p.Tell(prose, "saturation", map[string]string{"Nap": page.Nanoseconds(s.nap), "Cores": p.Record.Get("cores")})
	p.Picture("saturation", alt)
	p.Grid("", []string{"workers", "tasks/s", "by the model", "model off by"}, lines)
}
