// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package scale

import (
	"math"
	"slices"
	"strconv"

	"toll/goside/measure"
	"toll/goside/record"
)

// model is the time of tasks on workers of an engine: T = tasks/workers·(size·work + cost), but at least tasks·scheduler.
type model struct {
	engine     string
	workers    int
	work, cost float64 // ns, of a block, and of a task beside
	scheduler  float64 // ns, of a task; 0: unknown
	row        *record.Row
	errors     []float64 // of the times of sizes that the fit has not seen
}

// worker returns the ns that a worker takes for a task of so many blocks.
func (m *model) worker(size float64) float64 { return size*m.work + m.cost }

// task returns the ns of a task among many.
func (m *model) task(size float64) float64 {
	return max(m.worker(size)/float64(m.workers), m.scheduler)
}

// engines returns the pairs of engine and number of workers that fit, in the record's order.
func engines(rows []*record.Row) [][]*record.Row {
	var all [][]*record.Row
	for _, r := range rows {
		if r.Kernel != "ols" {
			continue
		}
		at := slices.IndexFunc(all, func(of []*record.Row) bool { return of[0].Via == r.Via && of[0].N == r.N })
		if at < 0 {
			at = len(all)
			all = append(all, nil)
		}
		all[at] = append(all[at], r)
	}
	return all
}

// modelOf fits a model to the tasks of some sizes of one engine.
func modelOf(rows, of []*record.Row) (*model, bool) {
	m := &model{engine: of[0].Via, row: of[0]}
	m.workers, _ = strconv.Atoi(of[0].N)
	m.scheduler = schedulerOf(rows, m.engine)
	var x, y []float64
	for _, r := range of {
		if size := int(r.Number("blocks")); slices.Contains(trained, size) {
			x, y = append(x, float64(size)), append(y, wall(r)*float64(m.workers))
		}
	}
	if len(x) < 2 {
		return nil, false
	}
	m.cost, m.work = line(x, y)
	for _, r := range of {
		if size := r.Number("blocks"); !slices.Contains(trained, int(size)) {
			m.errors = append(m.errors, math.Abs(m.task(size)/wall(r)-1))
		}
	}
	return m, m.work > 0
}

// line fits y = a + b·x by least squares of relative errors, since the times span two decades.
func line(x, y []float64) (a, b float64) {
	var s, sx, sy, sxx, sxy float64
	for k := range x {
		w := 1 / (y[k] * y[k])
		s, sx, sy, sxx, sxy = s+w, sx+w*x[k], sy+w*y[k], sxx+w*x[k]*x[k], sxy+w*x[k]*y[k]
	}
	b = (s*sxy - sx*sy) / (s*sxx - sx*sx)
	return max(0, (sy-b*sx)/s), b
}

// schedulerOf returns the ns between tasks that do nothing, where they follow each other fastest: on the most workers; 0 if the
// record does not have it.
func schedulerOf(rows []*record.Row, engine string) float64 {
	least := 0.0
	for _, r := range record.Find(rows, "/op:task") {
		if ns := wall(r); r.Via == engine && engine == "dask" && (least == 0 || ns < least) {
			least = ns
		}
	}
	return least
}

// saturation is what tasks that sleep show.
type saturation struct {
	rows      []*record.Row // by the number of workers
	nap       float64       // ns
	cost      float64       // ns, of a task on a worker
	scheduler float64       // ns
}

func saturationOf(rows []*record.Row) (*saturation, bool) {
	s := &saturation{rows: record.Find(rows, "/op:nap"), scheduler: schedulerOf(rows, "dask")}
	if len(s.rows) == 0 || s.scheduler == 0 {
		return nil, false
	}
	slices.SortFunc(s.rows, func(a, b *record.Row) int { return int(workersOf(a) - workersOf(b)) })
	s.nap = s.rows[0].Number("sleeps-ns")
	for _, of := range engines(rows) {
		if m, ok := modelOf(rows, of); ok && m.engine == "dask" && (s.cost == 0 || m.cost < s.cost) {
			s.cost = m.cost
		}
	}
	return s, true
}

// predicted returns the tasks a second of so many workers.
func (s *saturation) predicted(workers float64) float64 {
	return 1e9 * min(workers/(s.nap+s.cost), 1/s.scheduler)
}

// full returns the number of workers from which on the model has the scheduler at its limit.
func (s *saturation) full() float64 { return (s.nap + s.cost) / s.scheduler }

// stops returns between which numbers of workers the measured throughput ceases to grow: by less than a quarter, though the
// workers doubled.
func (s *saturation) stops() (from, to float64, ok bool) {
	for k := range s.rows[1:] {
		if wall(s.rows[k])/wall(s.rows[k+1]) < 1.25 {
			return workersOf(s.rows[k]), workersOf(s.rows[k+1]), true
		}
	}
	return 0, 0, false
}

// most returns the largest throughput that was measured, in tasks a second.
func (s *saturation) most() (most float64) {
	for _, r := range s.rows {
		most = max(most, 1e9/wall(r))
	}
	return most
}

func workersOf(r *record.Row) float64 {
	n, _ := strconv.ParseFloat(r.N, 64)
	return n
}

func wall(r *record.Row) float64 { return record.MiddleOf(r.Wall()) }

// perSecond returns how many there are in a second of what takes an interval of ns.
func perSecond(ns measure.Interval) measure.Interval {
	return measure.Interval{Median: 1e9 / ns.Median, Lo: 1e9 / ns.Hi, Hi: 1e9 / ns.Lo}
}
