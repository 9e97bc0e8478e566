// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package scale

import (
	"fmt"
	"math"
	"slices"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

var answers = []page.Question{
	{Text: "What does Dask cost a task?", Answer: answerCost},
	{Text: "How large must a task be?", Answer: answerSize},
	{Text: "How near to twice one process do two workers come?", Answer: answerRate},
	{Text: "From how many workers on does the scheduler hold them up?", Answer: answerWorkers},
}

func answerCost(p *page.Page) string {
	rows := p.Rows(benchmark)
	start, task := record.First(rows, "/op:start /via:dask /n:2"), record.First(rows, "/op:task /via:dask /n:2")
	if start == nil || task == nil {
		return ""
	}
	return fmt.Sprintf("A cluster of 2 workers is there after %s. Then a task that does nothing takes %s: %s tasks a second.",
		page.Nanoseconds(wall(start)), page.Nanoseconds(wall(task)), page.Significant(1e9/wall(task)))
}

// border is the share of a task that an engine may take.
const border = 0.01

func answerSize(p *page.Page) string {
	rows := p.Rows(benchmark)
	for _, of := range engines(rows) {
		if m, ok := modelOf(rows, of); ok && m.engine == "dask" && m.workers == 2 && m.cost > 0 {
			return fmt.Sprintf("A task costs a worker of Dask %s beside its work, so the engine takes 1 %% of a task of %s. That is %s million fits of 14 days that are not written.",
				page.Nanoseconds(m.cost), page.Nanoseconds(m.cost/border), page.Significant(m.cost/border/m.work*float64(2000*windows)/1e6))
		}
	}
	return ""
}

func answerRate(p *page.Page) string {
	rows := p.Rows(benchmark)
	largest := slices.Max(sizes)
	alone := find(rows, "none", "1", largest)
	small := find(rows, "none", "1", sizes[0])
	if alone == nil || small == nil {
		return ""
	}
	share := func(engine string, size int, of *record.Row) (measure.Interval, bool) {
		r := find(rows, engine, "2", size)
		if r == nil {
			return measure.Interval{}, false
		}
		return shareOf(r, of)
	}
	dask, ok := share("dask", largest, alone)
	local, ok2 := share("local", largest, alone)
	least, ok3 := share("dask", sizes[0], small)
	if !ok || !ok2 || !ok3 {
		return ""
	}
	return fmt.Sprintf("With tasks of %d blocks, 2 workers of Dask reach %s of twice one process's rate, and 2 processes without Dask %s. With tasks of 1 block, Dask reaches %s.",
		largest, page.Share(dask.Median), page.Share(local.Median), page.Share(least.Median))
}

func answerWorkers(p *page.Page) string {
	s, ok := saturationOf(p.Rows(benchmark))
	if !ok {
		return ""
	}
	says := fmt.Sprintf("With tasks of %s, the model says from %.0f workers on.", page.Nanoseconds(s.nap), math.Ceil(s.full()))
	if from, to, ok := s.stops(); ok {
		says += fmt.Sprintf(" Measured, throughput stops growing between %.0f and %.0f workers, at %s tasks a second.", from, to, page.Significant(s.most()))
	} else {
		says += fmt.Sprintf(" Measured, it grows up to %s workers.", s.rows[len(s.rows)-1].N)
	}
	return says + fmt.Sprintf(" With tasks of %s it would be ten times as many.", page.Nanoseconds(10*s.nap))
}
