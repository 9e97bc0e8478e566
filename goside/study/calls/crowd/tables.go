// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// crowded is the rows of a crossing in one of the studies of goroutines, in the record's order; that of one
// entered again is left out.
type crowded struct {
	via  string
	rows []*record.Row
}

// crowdedBy splits rows by crossing, and returns the one that was entered again with that entry, if any.
func crowdedBy(rows []*record.Row) (all []*crowded, entered, again *record.Row) {
	for _, r := range rows {
		if r.Again() {
			again = r
		}
	}
	for _, r := range rows {
		if r.Again() {
			continue
		}
		if again != nil && r.Problem() == again.Problem() && r.Route() == strings.TrimSuffix(again.Lang, record.Again)+"/"+again.Via {
			entered = r
		}
		at := slices.IndexFunc(all, func(c *crowded) bool { return c.via == r.Via })
		if at < 0 {
			at = len(all)
			all = append(all, &crowded{via: r.Via})
		}
		all[at].rows = append(all[at].rows, r)
	}
	return all, entered, again
}

// ConcurrencyTables prints what calls made at once by several goroutines take.
func ConcurrencyTables(p *page.Page) {
	var calls, clock []*record.Row
	for _, r := range p.Rows("Concurrency") {
		if r.What() == "clock" {
			clock = append(clock, r)
		} else {
			calls = append(calls, r)
		}
	}
	if len(calls) == 0 {
		return
	}
	crossings, entered, again := crowdedBy(calls)
	floor, shown := record.Noise(entered, again)
	p.Heading("Calls at once")
	p.Explain("Goroutines call int64 → int64 as fast as they can, all at once, without collections of garbage. Per call: " +
		"the program's wall time divided by all calls, median ± half its 95 % interval. Scaling: calls a second against those " +
		"of one goroutine, within rounds (~: no difference beyond the noise floor, " + shown + ", which is what a row differs " +
		"from itself by, entered twice). P50 to max: of single calls in a run of its own, each with the two readings of the " +
		"clock around it, which the last rows show around nothing; max is the longest of all rounds, and a goroutine that waits " +
		"in a call for its next turn has it when the run ends. Had a turn: goroutines that made any call. Threads: most that the Go runtime had.")
	var lines [][]string
	line := func(name string, r, one *record.Row) {
		wall := measure.Median(r.Wall())
		rate, time, scaling, allocated := "–", "–", "–", "–"
		if one != nil {
			rate, time, allocated = page.Significant(1e3/wall.Median), page.TimeAndSpread(wall), page.Allocations(r)
			if s, ok := record.WallRatio(one, r); ok {
				same := ""
				if r != one && !s.Differs(floor) {
					same = "~"
				}
				scaling = fmt.Sprintf("%s%.2fx", same, s.Median)
			}
		}
		lines = append(lines, []string{
			name + ", " + page.Count(r.N, "goroutine"), rate, time, scaling,
			page.Nanoseconds(r.More("p50-ns").Median), page.Nanoseconds(r.More("p99-ns").Median),
			page.Nanoseconds(r.More("p999-ns").Median), page.Nanoseconds(r.Largest("max-ns")),
			fmt.Sprintf("%.0f", r.More("goroutines-run").Median), fmt.Sprintf("%.0f", r.Largest("threads")), allocated,
		})
	}
	for _, c := range crossings {
		for _, r := range c.rows {
			line(page.CrossingName(c.via), r, c.rows[0])
		}
	}
	for _, r := range clock {
		line("clock alone", r, nil)
	}
	p.Grid("", []string{"", "Mcalls/s", "per call", "scaling", "P50", "P99", "P99.9", "max", "had a turn", "threads", "B, objects"}, lines)
	p.Say("%s", sayConcurrency(crossings, floor))
}

func sayConcurrency(crossings []*crowded, floor float64) string {
	var scale, tails, threads []string
	for _, c := range crossings {
		name := page.CrossingName(c.via)
		one, most := c.rows[0], c.rows[len(c.rows)-1]
		if one == most {
			continue
		}
		if r, ok := record.WallRatio(one, most); ok {
			if r.Differs(floor) {
				scale = append(scale, fmt.Sprintf("%s %.2f times%s", name, r.Median, page.Between(r)))
			} else {
				scale = append(scale, fmt.Sprintf("%s %.2f times, not told apart from as many%s", name, r.Median, page.Between(r)))
			}
		}
		a, b := one.More("p999-ns"), most.More("p999-ns")
		verb := "is not told apart"
		if record.Above(b, a) {
			verb = "is longer"
		} else if record.Above(a, b) {
			verb = "is shorter"
		}
		tails = append(tails, fmt.Sprintf("by %s it %s (%s, %s)", name, verb, page.Nanoseconds(a.Median), page.Nanoseconds(b.Median)))
		threads = append(threads, fmt.Sprintf("%.0f by %s", most.Largest("threads"), name))
	}
	if len(scale) == 0 {
		return "Calls were made by one number of goroutines only, so nothing can be said of scaling."
	}
	one, most := crossings[0].rows[0].N, crossings[0].rows[len(crossings[0].rows)-1].N
	return fmt.Sprintf("With %s, against %s, calls made in a second are: %s. The P99.9 of a call against the same: %s. "+
		"The Go runtime then had at most these threads: %s.",
		page.Count(most, "goroutine"), one, page.Joined(scale), page.Joined(tails), page.Joined(threads))
}

// NeighbourTables prints what goroutines in calls do to the rest of the program.
func NeighbourTables(p *page.Page) {
	var idle *record.Row
	var loads []*record.Row
	rows := p.Rows("Neighbours")
	_, entered, again := crowdedBy(rows)
	for _, r := range rows {
		switch {
		case r.Again():
		case r.What() == "idle":
			idle = r
		default:
			loads = append(loads, r)
		}
	}
	if idle == nil || len(loads) == 0 {
		return
	}
	floor, shown := record.Noise(entered, again)
	p.Heading("What calls do to the rest of the program")
	p.Explain("So many goroutines make calls of that length one after the other, busy on a core or asleep in the kernel " +
		"(in Go: asleep by time.Sleep). Beside them a goroutine sleeps for 1 ms again and again: how late it goes on, then how " +
		"long a fixed piece of work takes it. Then runtime.GC is called: how long the program stands still, and how long the " +
		"call takes. Late: median ± half its 95 % interval, and its ratio to the idle program's, within rounds (~: no difference " +
		"beyond the noise floor, " + shown + ", which is what the idle program differs from itself by, entered twice). P99 and " +
		"P50: median of rounds; max: of all rounds. ≥: cut short, since the load was ended to let it go on. Threads: most that " +
		"the Go runtime had.")
	var lines [][]string
	for _, r := range append([]*record.Row{idle}, loads...) {
		late := measure.Median(r.Wall())
		against := "1.00x"
		if s, ok := record.WallRatio(r, idle); ok && r != idle {
			same := ""
			if !s.Differs(floor) {
				same = "~"
			}
			against = fmt.Sprintf("%s%.2fx", same, s.Median)
		}
		lines = append(lines, []string{
			loadName(r) + by(r), cut(r, "tick-cut") + page.TimeAndSpread(late), against,
			cut(r, "tick-cut") + page.Nanoseconds(r.More("tick-p99-ns").Median), everCut(r, "tick-cut") + page.Nanoseconds(r.Largest("tick-max-ns")),
			cut(r, "tick-cut") + page.Nanoseconds(r.More("work-p50-ns").Median), cut(r, "tick-cut") + page.Nanoseconds(r.More("work-p99-ns").Median),
			page.Nanoseconds(r.More("gc-pause-p50-ns").Median), page.Nanoseconds(r.Largest("gc-pause-max-ns")),
			cut(r, "gc-cut") + page.Nanoseconds(r.More("gc-wall-ns").Median), fmt.Sprintf("%.0f", r.Largest("threads")),
		})
	}
	p.Grid("", []string{"", "late P50", "to idle", "P99", "max", "work P50", "P99", "GC stop P50", "max", "GC call", "threads"}, lines)
	p.Say("%s", sayNeighbours(idle, loads, floor))
}

// cut marks a median of rounds if half of the rounds or more were cut short.
func cut(r *record.Row, unit string) string {
	if r.More(unit).Median >= 0.5 {
		return "≥ "
	}
	return ""
}

// everCut marks the largest of all rounds if any was cut short.
func everCut(r *record.Row, unit string) string {
	if r.Largest(unit) > 0 {
		return "≥ "
	}
	return ""
}

// loadName calls a load of Neighbours, whatever the crossing: "100 × 1 ms asleep".
func loadName(r *record.Row) string {
	if r.What() == "idle" {
		return "idle program"
	}
	how := map[string]string{"spin": "busy", "sleep": "asleep"}[r.What()]
	if how == "" {
		how = r.What()
	}
	call := r.Facts["call"]
	if n := strings.TrimRight(call, "mnus"); n != "" && n != call {
		call = n + " " + strings.Replace(call[len(n):], "us", "µs", 1)
	}
	return fmt.Sprintf("%s × %s %s", r.N, call, how)
}

// by names the crossing of a load.
func by(r *record.Row) string {
	if r.What() == "idle" {
		return ""
	}
	return ", " + page.CrossingName(r.Via)
}

func sayNeighbours(idle *record.Row, loads []*record.Row, floor float64) string {
	crossings, _, _ := crowdedBy(loads)
	own := map[string]*record.Row{} // Go's own loads
	for _, r := range loads {
		if r.Via == "direct" {
			own[loadName(r)] = r
		}
	}
	idleP99 := idle.More("tick-p99-ns")
	var late, against []string
	for _, c := range crossings {
		worse := 0
		sooner, later, pairs := 0, 0, 0
		for _, r := range c.rows {
			if record.Above(r.More("tick-p99-ns"), idleP99) {
				worse++
			}
			if s, ok := record.WallRatio(r, own[loadName(r)]); ok && r.Via != "direct" {
				pairs++
				switch {
				case !s.Differs(floor):
				case s.Median < 1:
					sooner++
				default:
					later++
				}
			}
		}
		late = append(late, fmt.Sprintf("%d of %d loads by %s", worse, len(c.rows), page.CrossingName(c.via)))
		if pairs > 0 {
			against = append(against, fmt.Sprintf("sooner by %s under %d of %d loads and later under %d",
				page.CrossingName(c.via), sooner, pairs, later))
		}
	}
	worst := func(unit string) *record.Row {
		return slices.MaxFunc(loads, func(a, b *record.Row) int { return cmp.Compare(a.More(unit).Median, b.More(unit).Median) })
	}
	text := fmt.Sprintf("The idle program's tick is %s late at the median and %s at P99; "+
		"the P99 is beyond that, with intervals apart, under %s.",
		page.Nanoseconds(measure.Median(idle.Wall()).Median), page.Nanoseconds(idleP99.Median), page.Joined(late))
	if len(against) > 0 {
		text += fmt.Sprintf(" Against the same load in plain Go, the median tick comes %s.", page.Joined(against))
	}
	tick, stop, wall := worst("tick-p99-ns"), worst("gc-pause-max-ns"), worst("gc-wall-ns")
	text += fmt.Sprintf(" The tick is latest, %s%s at P99, beside %s%s.",
		cut(tick, "tick-cut"), page.Nanoseconds(tick.More("tick-p99-ns").Median), loadName(tick), by(tick))
	text += fmt.Sprintf(" A collection's longest stop, median of rounds, is %s in the idle program and at most %s, beside %s%s;"+
		" runtime.GC takes %s there and longest, %s%s, beside %s%s.",
		page.Nanoseconds(idle.More("gc-pause-max-ns").Median),
		page.Nanoseconds(stop.More("gc-pause-max-ns").Median), loadName(stop), by(stop),
		page.Nanoseconds(idle.More("gc-wall-ns").Median),
		cut(wall, "gc-cut"), page.Nanoseconds(wall.More("gc-wall-ns").Median), loadName(wall), by(wall))
	most := slices.MaxFunc(loads, func(a, b *record.Row) int { return cmp.Compare(a.Largest("threads"), b.Largest("threads")) })
	var threads []string
	for _, r := range loads {
		if loadName(r) == loadName(most) {
			threads = append(threads, fmt.Sprintf("%.0f by %s", r.Largest("threads"), page.CrossingName(r.Via)))
		}
	}
	return text + fmt.Sprintf(" Most threads are made by %s: %s, where the idle program has %.0f.",
		loadName(most), page.Joined(threads), idle.Largest("threads"))
}
