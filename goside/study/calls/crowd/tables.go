// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// crossingRows is the first entries of a crossing's rows, in the record's order.
type crossingRows struct {
	via  string
	rows []*record.Row
}

// splitByCrossing splits rows by crossing.
func splitByCrossing(rows []*record.Row) (all []*crossingRows) {
	for _, r := range rows {
		at := slices.IndexFunc(all, func(c *crossingRows) bool { return c.via == r.Via })
		if at < 0 {
			at = len(all)
			all = append(all, &crossingRows{via: r.Via})
		}
		all[at].rows = append(all[at].rows, r)
	}
	return all
}

// concurrencyTables prints what calls made at once by several goroutines take.
func concurrencyTables(p *page.Page) {
	rows := p.Rows(concurrencyName)
	crossings := splitByCrossing(record.Find(rows, "/op:not"))
	if len(crossings) == 0 {
		return
	}
	floor := record.Floor(rows)
	p.Heading("Calls at once")
	p.Tell(prose, "concurrency", nil)
	var throughput, single [][]page.Cell
	for _, c := range crossings {
		for _, r := range c.rows {
			throughput = append(throughput, throughputLine(r, c.rows[0], floor))
			bytes, objects := r.Allocated()
			line := singleCallLine(crowdName(r), r)
			single = append(single, append(line, page.Figure(fmt.Sprintf("%.0f", bytes), r), page.Figure(fmt.Sprintf("%.0f", objects), r)))
		}
	}
	for _, r := range record.Find(rows, "/op:clock") {
		single = append(single, append(singleCallLine("clock alone, "+page.Count(r.N, "goroutine"), r), page.Words("–", "–")...))
	}
	p.Grid("Throughput", []string{"", "million calls a second", "per call", "relative"}, throughput)
	p.Tell(prose, "throughput", page.FloorText(floor))
	p.Grid("Single calls", []string{"", "P50", "P99", "P99.9", "max", "had a turn", "threads", "B", "objects"}, single)
	p.Tell(prose, "single calls", nil)
	p.Explain(sayConcurrency(crossings, floor))
}

// crowdName names a row of calls at once: "cgo, 2 goroutines".
func crowdName(r *record.Row) string {
	return page.CrossingName(r.Via) + ", " + page.Count(r.N, "goroutine")
}

// throughputLine shows a row, and its throughput relative to that of one goroutine.
func throughputLine(r, one *record.Row, floor float64) []page.Cell {
	wall := measure.Median(r.Wall())
	relative := page.Word("–")
	if r == one {
		relative = page.Figure("1", r)
	} else if ratio, ok := record.WallRatio(one, r); ok {
		relative = page.Figure(page.Relative(ratio, ratio.Differs(floor)), one, r)
	}
	return []page.Cell{page.Word(crowdName(r)), page.Figure(page.Significant(1e3/wall.Median), r), page.Figure(page.TimeAndSpread(wall), r), relative}
}

func singleCallLine(name string, r *record.Row) []page.Cell {
	var figures []string
	for _, unit := range []string{"p50-ns", "p99-ns", "p999-ns"} {
		figures = append(figures, page.Nanoseconds(r.More(unit).Median))
	}
	figures = append(figures, page.Nanoseconds(r.Largest("max-ns")), fmt.Sprintf("%.0f", r.More("goroutines-run").Median),
		fmt.Sprintf("%.0f", r.Largest("threads")))
	return lineOf(name, figures, r)
}

// lineOf returns a line of figures that are all made from one row.
func lineOf(name string, figures []string, r *record.Row) []page.Cell {
	line := page.Words(name)
	for _, figure := range figures {
		line = append(line, page.Figure(figure, r))
	}
	return line
}

// sayConcurrency says how each crossing scales from its first number of goroutines to its last.
func sayConcurrency(crossings []*crossingRows, floor float64) string {
	var throughput, tails, threads []string
	var least, most string // goroutines
	for _, c := range crossings {
		name := page.CrossingName(c.via)
		one, all := c.rows[0], c.rows[len(c.rows)-1]
		ratio, ok := record.WallRatio(one, all)
		if one == all || !ok {
			continue
		}
		least, most = one.N, all.N
		same := ""
		if !ratio.Differs(floor) {
			same = ", indistinguishable from 1"
		}
		throughput = append(throughput, fmt.Sprintf("%s %.2fx%s%s", name, ratio.Median, page.Between(ratio), same))
		a, b := one.More("p999-ns"), all.More("p999-ns")
		against := "indistinguishable from"
		if record.Above(b, a) {
			against = "longer than"
		} else if record.Above(a, b) {
			against = "shorter than"
		}
		tails = append(tails, fmt.Sprintf("%s %s, %s %s", name, page.Nanoseconds(b.Median), against, page.Nanoseconds(a.Median)))
		threads = append(threads, fmt.Sprintf("%s %.0f", name, all.Largest("threads")))
	}
	if throughput == nil {
		return "The record holds calls by one number of goroutines only, so it says nothing of scaling."
	}
	most = page.Count(most, "goroutine")
	return fmt.Sprintf("Throughput of %s relative to %s: %s. P99.9 of a single call with %s, beside the one with %s: %s. "+
		"Most threads of the Go runtime with %s: %s.", most, least, strings.Join(throughput, "; "),
		most, least, strings.Join(tails, "; "), most, strings.Join(threads, "; "))
}

// neighbourTables prints what goroutines in calls do to the rest of the program.
func neighbourTables(p *page.Page) {
	rows := p.Rows(neighboursName)
	idle, loads := record.First(rows, "/op:idle"), record.Find(rows, "-/op:idle")
	if idle == nil || len(loads) == 0 {
		return
	}
	floor := record.Floor(rows)
	p.Heading("What calls do to the rest of the program")
	p.Tell(prose, "neighbours", nil)
	var ticks, collections [][]page.Cell
	for _, r := range append([]*record.Row{idle}, loads...) {
		ticks = append(ticks, tickLine(r, idle, floor))
		collections = append(collections, lineOf(loadOnCrossing(r), []string{
			median(r, "work-p50-ns", "tick-cut"), median(r, "work-p99-ns", "tick-cut"),
			median(r, "gc-pause-p50-ns", ""), page.Nanoseconds(r.Largest("gc-pause-max-ns")),
			median(r, "gc-wall-ns", "gc-cut"), fmt.Sprintf("%.0f", r.Largest("threads")),
		}, r))
	}
	p.Grid("How late the tick is", []string{"", "late", "relative", "P99", "max"}, ticks)
	p.Tell(prose, "tick", page.FloorText(floor))
	p.Grid("Work, collections and threads",
		[]string{"", "work P50", "work P99", "stop P50", "longest", "GC", "threads"}, collections)
	p.Tell(prose, "collections", nil)
	p.Explain(sayTicks(idle, loads, floor) + " " + sayCollections(idle, loads))
}

// tickLine shows how late the tick is beside a load, also relative to the idle program.
func tickLine(r, idle *record.Row, floor float64) []page.Cell {
	late := measure.Median(r.Wall())
	relative := page.Word("–")
	if r == idle {
		relative = page.Figure("1", r)
	} else if ratio, ok := record.WallRatio(r, idle); ok {
		relative = page.Figure(page.Relative(ratio, ratio.Differs(floor)), r, idle)
	}
	longest := page.Nanoseconds(r.Largest("tick-max-ns"))
	if r.Largest("tick-cut") > 0 {
		longest = "≥ " + longest
	}
	return []page.Cell{
		page.Word(loadOnCrossing(r)), page.Figure(bound(r, "tick-cut")+page.TimeAndSpread(late), r), relative,
		page.Figure(median(r, "tick-p99-ns", "tick-cut"), r), page.Figure(longest, r),
	}
}

// median shows the median of a row's rounds, as a lower bound if that many were cut short as cut tells.
func median(r *record.Row, unit, cut string) string {
	return bound(r, cut) + page.Nanoseconds(r.More(unit).Median)
}

// bound marks a median of rounds if half of the rounds or more were cut short.
func bound(r *record.Row, cut string) string {
	if r.More(cut).Median >= 0.5 {
		return "≥ "
	}
	return ""
}

// loadName names a load, whatever the crossing: "100 × 1 ms asleep".
func loadName(r *record.Row) string {
	if r.Op == "idle" {
		return "idle program"
	}
	how := map[string]string{"spin": "busy", "sleep": "asleep"}[r.Op]
	call := r.Get("call")
	if n := strings.TrimRight(call, "mnus"); n != "" && n != call {
		call = n + " " + strings.Replace(call[len(n):], "us", "µs", 1)
	}
	return fmt.Sprintf("%s × %s %s", r.N, call, cmp.Or(how, r.Op))
}

// loadOnCrossing names a load and its crossing.
func loadOnCrossing(r *record.Row) string {
	if r.Op == "idle" {
		return loadName(r)
	}
	return loadName(r) + ", " + page.CrossingName(r.Via)
}

// worst returns the row with the largest median of a figure.
func worst(rows []*record.Row, unit string) *record.Row {
	return slices.MaxFunc(rows, func(a, b *record.Row) int { return cmp.Compare(a.More(unit).Median, b.More(unit).Median) })
}

// sayTicks says under how many loads the tick is later than in the idle program, and than beside plain Go.
func sayTicks(idle *record.Row, loads []*record.Row, floor float64) string {
	plain := map[string]*record.Row{}
	for _, r := range record.Find(loads, "/via:direct") {
		plain[loadName(r)] = r
	}
	idleP99 := idle.More("tick-p99-ns")
	var beyond, against []string
	for _, c := range splitByCrossing(loads) {
		name := page.CrossingName(c.via)
		longer, sooner, later, pairs := 0, 0, 0, 0
		for _, r := range c.rows {
			if record.Above(r.More("tick-p99-ns"), idleP99) {
				longer++
			}
			ratio, ok := record.WallRatio(r, plain[loadName(r)])
			if !ok || c.via == "direct" {
				continue
			}
			pairs++
			switch {
			case !ratio.Differs(floor):
			case ratio.Median < 1:
				sooner++
			default:
				later++
			}
		}
		beyond = append(beyond, fmt.Sprintf("%s %d of %s", name, longer, page.Count(strconv.Itoa(len(c.rows)), "load")))
		if pairs > 0 {
			against = append(against, fmt.Sprintf("%s sooner under %d of %s, later under %d",
				name, sooner, page.Count(strconv.Itoa(pairs), "load"), later))
		}
	}
	said := fmt.Sprintf("In the idle program the tick is %s late at the median and %s at P99. "+
		"Loads whose P99 is longer, with intervals apart: %s.",
		page.Nanoseconds(measure.Median(idle.Wall()).Median), page.Nanoseconds(idleP99.Median), strings.Join(beyond, "; "))
	if against != nil {
		said += fmt.Sprintf(" Median tick relative to the same load in plain Go: %s.", strings.Join(against, "; "))
	}
	latest := worst(loads, "tick-p99-ns")
	return said + fmt.Sprintf(" The tick is latest beside %s: %s at P99.",
		loadOnCrossing(latest), median(latest, "tick-p99-ns", "tick-cut"))
}

// sayCollections says beside which load a collection takes longest, and which makes the most threads.
func sayCollections(idle *record.Row, loads []*record.Row) string {
	stop, wall := worst(loads, "gc-pause-max-ns"), worst(loads, "gc-wall-ns")
	most := slices.MaxFunc(loads, func(a, b *record.Row) int {
		return cmp.Compare(a.Largest("threads"), b.Largest("threads"))
	})
	var threads []string
	for _, r := range loads {
		if loadName(r) == loadName(most) {
			threads = append(threads, fmt.Sprintf("%s %.0f", page.CrossingName(r.Via), r.Largest("threads")))
		}
	}
	return fmt.Sprintf("A round's longest stop by a collection is %s in the idle program, and longest beside %s: %s. "+
		"runtime.GC takes %s in the idle program, and longest beside %s: %s. The idle program has %s; %s makes the most: %s.",
		median(idle, "gc-pause-max-ns", ""), loadOnCrossing(stop), median(stop, "gc-pause-max-ns", ""),
		median(idle, "gc-wall-ns", "gc-cut"), loadOnCrossing(wall), median(wall, "gc-wall-ns", "gc-cut"),
		page.Count(fmt.Sprintf("%.0f", idle.Largest("threads")), "thread"), loadName(most), strings.Join(threads, "; "))
}
