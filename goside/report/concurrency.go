// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/study"
)

// crowded is the rows of a crossing in one of the studies of goroutines, in the record's order; that of one
// entered again is left out.
type crowded struct {
	via  string
	rows []*Row
}

// crowdedBy splits rows by crossing, and returns the one that was entered again with that entry, if any.
func crowdedBy(rows []*Row) (all []*crowded, entered, again *Row) {
	for _, r := range rows {
		if r.again() {
			again = r
		}
	}
	for _, r := range rows {
		if r.again() {
			continue
		}
		if again != nil && r.Problem() == again.Problem() && r.Route() == strings.TrimSuffix(again.Lang, study.Again)+"/"+again.Via {
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

// wallRatio returns the ratio of a's times to b's, within rounds; false if they are not of the same rounds.
func wallRatio(a, b *Row) (measure.Interval, bool) {
	if a == nil || b == nil || len(a.Samples) != len(b.Samples) {
		return measure.Interval{}, false
	}
	return measure.Ratio(a.Wall(), b.Wall()), true
}

// noise returns the floor that two entries of one row show, infinite if there are not two, and how a sentence
// says it.
func noise(entered, again *Row) (float64, string) {
	if r, ok := wallRatio(again, entered); ok && !math.IsInf(r.Floor(), 0) {
		return r.Floor(), fmt.Sprintf("%.0f %%", 100*r.Floor())
	}
	return math.Inf(1), "unknown here"
}

// largest returns the largest figure with that unit of all rounds, 0 if there is none.
func (r *Row) largest(unit string) float64 {
	return slices.Max(append(r.values(func(s *measure.Sample) float64 { return s.Get(unit) }), 0))
}

// above reports whether the whole interval a lies above b's.
func above(a, b measure.Interval) bool { return a.Lo > b.Hi }

// between shows a ratio's interval, "" if it has none: " (1.60 to 2.04)".
func between(i measure.Interval) string {
	if math.IsInf(i.Hi, 0) {
		return ""
	}
	return fmt.Sprintf(" (%.2f to %.2f)", i.Lo, i.Hi)
}

// timeAndSpread shows a time and half its interval.
func timeAndSpread(i measure.Interval) string {
	return nanoseconds(i.Median) + " " + strings.TrimSpace(spread(i))
}

// count shows a number of things with its noun: "1 goroutine", "100 goroutines".
func count(n, noun string) string {
	if n == "1" {
		return n + " " + noun
	}
	return n + " " + noun + "s"
}

// concurrency prints what calls made at once by several goroutines take.
func concurrency(p *printer) {
	var calls, clock []*Row
	for _, r := range p.rows("Concurrency") {
		if r.Kernel == "clock" {
			clock = append(clock, r)
		} else {
			calls = append(calls, r)
		}
	}
	if len(calls) == 0 {
		return
	}
	crossings, entered, again := crowdedBy(calls)
	floor, shown := noise(entered, again)
	p.heading("Calls at once")
	p.explain("Goroutines call int64 → int64 as fast as they can, all at once, without collections of garbage. Per call: " +
		"the program's wall time divided by all calls, median ± half its 95 % interval. Scaling: calls a second against those " +
		"of one goroutine, within rounds (~: no difference beyond the noise floor, " + shown + ", which is what a row differs " +
		"from itself by, entered twice). P50 to max: of single calls in a run of its own, each with the two readings of the " +
		"clock around it, which the last rows show around nothing; max is the longest of all rounds, and a goroutine that waits " +
		"in a call for its next turn has it when the run ends. Had a turn: goroutines that made any call. Threads: most that the Go runtime had.")
	var lines [][]string
	line := func(name string, r, one *Row) {
		wall := measure.Median(r.Wall())
		rate, time, scaling, allocated := "–", "–", "–", "–"
		if one != nil {
			rate, time, allocated = significant(1e3/wall.Median), timeAndSpread(wall), allocations(r)
			if s, ok := wallRatio(one, r); ok {
				same := ""
				if r != one && !s.Differs(floor) {
					same = "~"
				}
				scaling = fmt.Sprintf("%s%.2fx", same, s.Median)
			}
		}
		lines = append(lines, []string{
			name + ", " + count(r.N, "goroutine"), rate, time, scaling,
			nanoseconds(r.more("p50-ns").Median), nanoseconds(r.more("p99-ns").Median),
			nanoseconds(r.more("p999-ns").Median), nanoseconds(r.largest("max-ns")),
			fmt.Sprintf("%.0f", r.more("goroutines-run").Median), fmt.Sprintf("%.0f", r.largest("threads")), allocated,
		})
	}
	for _, c := range crossings {
		for _, r := range c.rows {
			line(crossingName(c.via), r, c.rows[0])
		}
	}
	for _, r := range clock {
		line("clock alone", r, nil)
	}
	p.grid("", []string{"", "Mcalls/s", "per call", "scaling", "P50", "P99", "P99.9", "max", "had a turn", "threads", "B, objects"}, lines)
	p.say("%s", sayConcurrency(crossings, floor))
}

func sayConcurrency(crossings []*crowded, floor float64) string {
	var scale, tails, threads []string
	for _, c := range crossings {
		name := crossingName(c.via)
		one, most := c.rows[0], c.rows[len(c.rows)-1]
		if one == most {
			continue
		}
		if r, ok := wallRatio(one, most); ok {
			if r.Differs(floor) {
				scale = append(scale, fmt.Sprintf("%s %.2f times%s", name, r.Median, between(r)))
			} else {
				scale = append(scale, fmt.Sprintf("%s %.2f times, not told apart from as many%s", name, r.Median, between(r)))
			}
		}
		a, b := one.more("p999-ns"), most.more("p999-ns")
		verb := "is not told apart"
		if above(b, a) {
			verb = "is longer"
		} else if above(a, b) {
			verb = "is shorter"
		}
		tails = append(tails, fmt.Sprintf("by %s it %s (%s, %s)", name, verb, nanoseconds(a.Median), nanoseconds(b.Median)))
		threads = append(threads, fmt.Sprintf("%.0f by %s", most.largest("threads"), name))
	}
	if len(scale) == 0 {
		return "Calls were made by one number of goroutines only, so nothing can be said of scaling."
	}
	one, most := crossings[0].rows[0].N, crossings[0].rows[len(crossings[0].rows)-1].N
	return fmt.Sprintf("With %s, against %s, calls made in a second are: %s. The P99.9 of a call against the same: %s. "+
		"The Go runtime then had at most these threads: %s.",
		count(most, "goroutine"), one, joined(scale), joined(tails), joined(threads))
}

// neighbours prints what goroutines in calls do to the rest of the program.
func neighbours(p *printer) {
	var idle *Row
	var loads []*Row
	rows := p.rows("Neighbours")
	_, entered, again := crowdedBy(rows)
	for _, r := range rows {
		switch {
		case r.again():
		case r.Kernel == "idle":
			idle = r
		default:
			loads = append(loads, r)
		}
	}
	if idle == nil || len(loads) == 0 {
		return
	}
	floor, shown := noise(entered, again)
	p.heading("What calls do to the rest of the program")
	p.explain("So many goroutines make calls of that length one after the other, busy on a core or asleep in the kernel " +
		"(in Go: asleep by time.Sleep). Beside them a goroutine sleeps for 1 ms again and again: how late it goes on, then how " +
		"long a fixed piece of work takes it. Then runtime.GC is called: how long the program stands still, and how long the " +
		"call takes. Late: median ± half its 95 % interval, and its ratio to the idle program's, within rounds (~: no difference " +
		"beyond the noise floor, " + shown + ", which is what the idle program differs from itself by, entered twice). P99 and " +
		"P50: median of rounds; max: of all rounds. ≥: cut short, since the load was ended to let it go on. Threads: most that " +
		"the Go runtime had.")
	var lines [][]string
	for _, r := range append([]*Row{idle}, loads...) {
		late := measure.Median(r.Wall())
		against := "1.00x"
		if s, ok := wallRatio(r, idle); ok && r != idle {
			same := ""
			if !s.Differs(floor) {
				same = "~"
			}
			against = fmt.Sprintf("%s%.2fx", same, s.Median)
		}
		lines = append(lines, []string{
			loadName(r) + by(r), r.cut("tick-cut") + timeAndSpread(late), against,
			r.cut("tick-cut") + nanoseconds(r.more("tick-p99-ns").Median), r.everCut("tick-cut") + nanoseconds(r.largest("tick-max-ns")),
			r.cut("tick-cut") + nanoseconds(r.more("work-p50-ns").Median), r.cut("tick-cut") + nanoseconds(r.more("work-p99-ns").Median),
			nanoseconds(r.more("gc-pause-p50-ns").Median), nanoseconds(r.largest("gc-pause-max-ns")),
			r.cut("gc-cut") + nanoseconds(r.more("gc-wall-ns").Median), fmt.Sprintf("%.0f", r.largest("threads")),
		})
	}
	p.grid("", []string{"", "late P50", "to idle", "P99", "max", "work P50", "P99", "GC stop P50", "max", "GC call", "threads"}, lines)
	p.say("%s", sayNeighbours(idle, loads, floor))
}

// cut marks a median of rounds if half of the rounds or more were cut short.
func (r *Row) cut(unit string) string {
	if r.more(unit).Median >= 0.5 {
		return "≥ "
	}
	return ""
}

// everCut marks the largest of all rounds if any was cut short.
func (r *Row) everCut(unit string) string {
	if r.largest(unit) > 0 {
		return "≥ "
	}
	return ""
}

// loadName calls a load of Neighbours, whatever the crossing: "100 × 1 ms asleep".
func loadName(r *Row) string {
	if r.Kernel == "idle" {
		return "idle program"
	}
	how := map[string]string{"spin": "busy", "sleep": "asleep"}[r.Kernel]
	if how == "" {
		how = r.Kernel
	}
	call := r.Facts["call"]
	if n := strings.TrimRight(call, "mnus"); n != "" && n != call {
		call = n + " " + strings.Replace(call[len(n):], "us", "µs", 1)
	}
	return fmt.Sprintf("%s × %s %s", r.N, call, how)
}

// by names the crossing of a load.
func by(r *Row) string {
	if r.Kernel == "idle" {
		return ""
	}
	return ", " + crossingName(r.Via)
}

func sayNeighbours(idle *Row, loads []*Row, floor float64) string {
	crossings, _, _ := crowdedBy(loads)
	own := map[string]*Row{} // Go's own loads
	for _, r := range loads {
		if r.Via == "direct" {
			own[loadName(r)] = r
		}
	}
	idleP99 := idle.more("tick-p99-ns")
	var late, against []string
	for _, c := range crossings {
		worse := 0
		sooner, later, pairs := 0, 0, 0
		for _, r := range c.rows {
			if above(r.more("tick-p99-ns"), idleP99) {
				worse++
			}
			if s, ok := wallRatio(r, own[loadName(r)]); ok && r.Via != "direct" {
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
		late = append(late, fmt.Sprintf("%d of %d loads by %s", worse, len(c.rows), crossingName(c.via)))
		if pairs > 0 {
			against = append(against, fmt.Sprintf("sooner by %s under %d of %d loads and later under %d",
				crossingName(c.via), sooner, pairs, later))
		}
	}
	worst := func(unit string) *Row {
		return slices.MaxFunc(loads, func(a, b *Row) int { return cmp.Compare(a.more(unit).Median, b.more(unit).Median) })
	}
	text := fmt.Sprintf("The idle program's tick is %s late at the median and %s at P99; "+
		"the P99 is beyond that, with intervals apart, under %s.",
		nanoseconds(measure.Median(idle.Wall()).Median), nanoseconds(idleP99.Median), joined(late))
	if len(against) > 0 {
		text += fmt.Sprintf(" Against the same load in plain Go, the median tick comes %s.", joined(against))
	}
	tick, stop, wall := worst("tick-p99-ns"), worst("gc-pause-max-ns"), worst("gc-wall-ns")
	text += fmt.Sprintf(" The tick is latest, %s%s at P99, beside %s%s.",
		tick.cut("tick-cut"), nanoseconds(tick.more("tick-p99-ns").Median), loadName(tick), by(tick))
	text += fmt.Sprintf(" A collection's longest stop, median of rounds, is %s in the idle program and at most %s, beside %s%s;"+
		" runtime.GC takes %s there and longest, %s%s, beside %s%s.",
		nanoseconds(idle.more("gc-pause-max-ns").Median),
		nanoseconds(stop.more("gc-pause-max-ns").Median), loadName(stop), by(stop),
		nanoseconds(idle.more("gc-wall-ns").Median),
		wall.cut("gc-cut"), nanoseconds(wall.more("gc-wall-ns").Median), loadName(wall), by(wall))
	most := slices.MaxFunc(loads, func(a, b *Row) int { return cmp.Compare(a.largest("threads"), b.largest("threads")) })
	var threads []string
	for _, r := range loads {
		if loadName(r) == loadName(most) {
			threads = append(threads, fmt.Sprintf("%.0f by %s", r.largest("threads"), crossingName(r.Via)))
		}
	}
	return text + fmt.Sprintf(" Most threads are made by %s: %s, where the idle program has %.0f.",
		loadName(most), joined(threads), idle.largest("threads"))
}
