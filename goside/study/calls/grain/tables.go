// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// grains is a kernel's rows of the study of grains.
type grains struct {
	kernel, op string
	sizes      []int // items in a crossing, ascending
	routes     []string
	baseline   string                         // the route that was entered twice, else the first
	rows       map[string]map[int]*record.Row // by route, as [Row.Route] has it, and size; second entries too
}

// grainsOf returns what a record has of each kernel, in the record's order.
func grainsOf(r *record.Record) []*grains {
	var all []*grains
	index := map[string]*grains{}
	for k := range r.Rows {
		row := &r.Rows[k]
		if row.Study != GrainName {
			continue
		}
		g := index[row.What()]
		if g == nil {
			g = &grains{kernel: row.What(), op: row.Facts["per"], rows: map[string]map[int]*record.Row{}}
			index[row.What()] = g
			all = append(all, g)
		}
		size := int(row.Number("grain"))
		if size < 1 {
			continue // a record that something else wrote
		}
		if !slices.Contains(g.sizes, size) {
			g.sizes = append(g.sizes, size)
		}
		if g.rows[row.Route()] == nil {
			g.rows[row.Route()] = map[int]*record.Row{}
			if row.Again() {
				g.baseline = strings.TrimSuffix(row.Lang, record.Again) + "/" + row.Via
			} else {
				g.routes = append(g.routes, row.Route())
			}
		}
		g.rows[row.Route()][size] = row
	}
	for _, g := range all {
		slices.Sort(g.sizes)
		if g.baseline == "" && g.routes != nil {
			g.baseline = g.routes[0]
		}
	}
	return all
}

// column returns all rows of one size.
func (g *grains) column(size int) *record.Column {
	c := &record.Column{Scale: 1}
	for _, rows := range g.rows {
		if r := rows[size]; r != nil {
			c.Rows = append(c.Rows, r)
		}
	}
	return c
}

// best returns the row of the size at which the route is fastest.
func (g *grains) best(route string) *record.Row {
	var best *record.Row
	least := math.Inf(1)
	for _, size := range g.sizes {
		if r := g.rows[route][size]; r != nil {
			if wall := measure.Median(r.Wall()).Median; wall < least {
				best, least = r, wall
			}
		}
	}
	return best
}

// share returns the part of a row's time that the route saves at its best size, NaN if rounds are missing.
func (g *grains) share(r *record.Row) float64 {
	best := g.best(r.Route())
	if len(best.Samples) != len(r.Samples) {
		return math.NaN()
	}
	return max(0, 1-measure.Ratio(best.Wall(), r.Wall()).Median) // noise makes it less than none
}

// ratio shows the ratio of a row of the column c to the baseline's, or "".
func (g *grains) ratio(c *record.Column, r *record.Row) string {
	base := c.Find(g.baseline)
	if base == nil || len(base.Samples) != len(r.Samples) {
		return ""
	}
	ratio, mark := measure.Ratio(r.Wall(), base.Wall()), ""
	if floor, _ := c.Floor(); r != base && !ratio.Differs(floor) {
		mark = "~"
	}
	return fmt.Sprintf("%s%.2fx", mark, ratio.Median)
}

// grainLine is what the time of a crossing is made of: overhead + item*size. The overhead is all that a call costs
// beside its items: the crossing, native code's look at the arguments, the start of the kernel's loop.
type grainLine struct {
	overhead, item measure.Interval // ns
	even           measure.Interval // items at which half the time is overhead: overhead/item
	off            float64          // the farthest that a size's median time lies from the line, as a part of it
}

// fit returns the line through the times of a route's crossings. It is fitted in each round, so that the
// intervals are those of rounds, by least squares of the relative errors: weights are 1/time². ok is false if there
// are not two sizes, or if rounds are missing.
func (g *grains) fit(route string) (l grainLine, ok bool) {
	var sizes []float64
	var times [][]float64 // of one crossing, by size and round
	for _, size := range g.sizes {
		r := g.rows[route][size]
		if r == nil {
			continue
		}
		sizes = append(sizes, float64(size))
		times = append(times, r.Wall())
		for k := range times[len(times)-1] {
			times[len(times)-1][k] *= float64(size)
		}
	}
	if len(sizes) < 2 {
		return grainLine{}, false
	}
	var overheads, items, evens []float64
	for k := range times[0] {
		var time, weights []float64
		for _, of := range times {
			if len(of) != len(times[0]) {
				return grainLine{}, false
			}
			time = append(time, of[k])
			weights = append(weights, 1/(of[k]*of[k]))
		}
		overhead, item := stat.LinearRegression(sizes, time, weights, false)
		overheads, items, evens = append(overheads, overhead), append(items, item), append(evens, overhead/item)
	}
	l = grainLine{overhead: measure.Median(overheads), item: measure.Median(items), even: measure.Median(evens)}
	for k, size := range sizes {
		on := l.overhead.Median + l.item.Median*size
		l.off = max(l.off, math.Abs(measure.Median(times[k]).Median/on-1))
	}
	return l, true
}

// resolved reports whether the overhead is told from none.
func (l *grainLine) resolved() bool {
	return l.overhead.Lo > 0 && !math.IsInf(l.overhead.Hi, 0) && l.item.Median > 0
}

// grainShares are the parts of a call's time that break-evens are shown for.
var grainShares = []float64{0.5, 0.1, 0.01}

// grainTimes returns how many times the overhead the native work is, if the overhead is a share of both.
func grainTimes(share float64) float64 { return 1/share - 1 }

// Tables prints the study of how much work one crossing carries.
func Tables(p *page.Page) {
	all := grainsOf(p.Record)
	if len(all) == 0 {
		return
	}
	p.Heading("Grain: how much work one crossing carries")
	p.Explain("The same work in calls of few items or many. Go does not check the calls, except through a crossing that is " +
		"named -checked, which is what the safe functions are; native code looks at its arguments always. Overhead is " +
		"all that a call costs beside its items, that look and the start of a loop included. No garbage is " +
		"collected while the clock runs, so what a crossing allocates costs more in a program. ~ is no difference beyond " +
		"the noise.")
	if p.Markdown {
		fmt.Fprintf(p, "![Time per item over the items of a crossing, for each kernel](grain.png)\n\nThe picture is made by "+
			"`build/bin/toll draw grain %s -o %s`.\n\n", p.Source, path.Join(path.Dir(p.Source), "grain.png"))
	}
	for _, g := range all {
		grainTable(p, g)
	}
	grainAllocations(p, all)
	grainEven(p, all)
}

func grainTable(p *page.Page, g *grains) {
	header := append([]string{g.op + "s a crossing"}, g.routes...)
	var lines [][]string
	for _, size := range g.sizes {
		c := g.column(size)
		line := []string{grainLabel(c.Rows[0], size)}
		for _, route := range g.routes {
			r := g.rows[route][size]
			if r == nil {
				line = append(line, "")
				continue
			}
			cell := fmt.Sprintf("%s %s %6s", page.Significant(grainWall(r)), page.Spread(measure.Median(r.Wall())), g.ratio(c, r))
			cell = fmt.Sprintf("%s %5s", cell, page.GrainPercent(g.share(r)))
			if p.Markdown {
				cell = strings.Join(strings.Fields(cell), " ")
			}
			line = append(line, cell)
		}
		lines = append(lines, line)
	}
	p.Grid(fmt.Sprintf("%s: ns a %s; x: ratio to %s at the same grain; %%: overhead, the share that the crossing's best grain saves",
		g.kernel, g.op, g.baseline), header, lines)

	first, last := g.sizes[0], g.sizes[len(g.sizes)-1]
	span := func(size int) string {
		var fast, slow *record.Row
		for _, route := range g.routes {
			if r := g.rows[route][size]; r != nil {
				if fast == nil || grainWall(r) < grainWall(fast) {
					fast = r
				}
				if slow == nil || grainWall(r) > grainWall(slow) {
					slow = r
				}
			}
		}
		if fast == slow {
			return fmt.Sprintf("%s through %s", page.Nanoseconds(grainWall(fast)), fast.Route())
		}
		return fmt.Sprintf("from %s (%s) to %s (%s)", page.Nanoseconds(grainWall(fast)), fast.Route(), page.Nanoseconds(grainWall(slow)), slow.Route())
	}
	var from, never []string
	for _, route := range g.routes {
		at := slices.IndexFunc(g.sizes, func(size int) bool {
			r := g.rows[route][size]
			return r != nil && g.share(r) <= 0.1
		})
		if at < 0 {
			never = append(never, route)
		} else {
			from = append(from, fmt.Sprintf("%s %d", route, g.sizes[at]))
		}
	}
	said := fmt.Sprintf("A %s takes %s at %s a crossing, and %s at %s.", g.op,
		span(first), grainCount(first, g.op), span(last), grainCount(last, g.op))
	if len(from) > 0 {
		said += fmt.Sprintf(" Overhead is first 10%% or less at these %ss a crossing: %s.", g.op, strings.Join(from, ", "))
	}
	if len(never) > 0 {
		said += fmt.Sprintf(" It is not known for %s.", strings.Join(never, ", "))
	}
	p.Say("%s", said)
}

// grainAllocations shows what one crossing allocates, at the finest grain, where it shows most.
func grainAllocations(p *page.Page, all []*grains) {
	routes := grainRoutes(all)
	header := append([]string{"one crossing of"}, routes...)
	var lines [][]string
	most := map[string]float64{}
	for _, g := range all {
		line := []string{g.kernel}
		for _, route := range routes {
			r := g.rows[route][g.sizes[0]]
			if r == nil {
				line = append(line, "")
				continue
			}
			size := float64(g.sizes[0])
			bytes := size * measure.Median(r.Values(func(s *measure.Sample) float64 { return s.Bytes })).Median
			objects := size * measure.Median(r.Values(func(s *measure.Sample) float64 { return s.Allocs })).Median
			line = append(line, fmt.Sprintf("%.0f B, %.0f", bytes, objects))
			most[route] = max(most[route], math.Round(objects))
		}
		lines = append(lines, line)
	}
	p.Grid("Allocated on Go's heap by a crossing of the finest grain, bytes and objects", header, lines)
	var some, none []string
	for _, route := range routes {
		if most[route] > 0 {
			some = append(some, fmt.Sprintf("%s up to %.0f", route, most[route]))
		} else {
			none = append(none, route)
		}
	}
	switch {
	case some == nil:
		p.Say("No crossing allocates.")
	case none == nil:
		p.Say("Every crossing allocates: objects a call, %s.", strings.Join(some, ", "))
	default:
		p.Say("Objects a call: %s; none through %s.", strings.Join(some, ", "), strings.Join(none, ", "))
	}
}

// grainEven shows where overhead is how much of a call's time.
func grainEven(p *page.Page, all []*grains) {
	header := []string{"kernel, crossing", "overhead a call", "work an item", "fit off by"}
	for _, share := range grainShares {
		header = append(header, fmt.Sprintf("%.0f%% overhead", 100*share))
	}
	type span struct{ lo, hi float64 }
	spans := map[string]*span{}
	var lines [][]string
	var unresolved []string
	worst, worstOf := 0.0, ""
	for _, g := range all {
		for _, route := range g.routes {
			name := g.kernel + " " + route
			l, ok := g.fit(route)
			if !ok {
				unresolved = append(unresolved, name)
				continue
			}
			cells := []string{name}
			show := l.overhead.Median
			if l.resolved() {
				cells = append(cells, page.Nanoseconds(show)+" "+strings.TrimSpace(page.Spread(l.overhead)))
				if s := spans[route]; s == nil {
					spans[route] = &span{show, show}
				} else {
					s.lo, s.hi = min(s.lo, show), max(s.hi, show)
				}
			} else {
				upper := "none"
				if l.overhead.Hi > 0 {
					upper = "< " + grainUpper(l.overhead.Hi, page.Nanoseconds)
				}
				cells = append(cells, upper)
				unresolved = append(unresolved, name)
			}
			cells = append(cells, page.Nanoseconds(l.item.Median)+" "+strings.TrimSpace(page.Spread(l.item)), page.GrainPercent(l.off))
			for k, share := range grainShares {
				times, within := grainTimes(share), ""
				if k == 0 {
					within = " " + strings.TrimSpace(page.Spread(l.even))
				}
				if l.resolved() {
					cells = append(cells, fmt.Sprintf("%s%s, %s", grainItems(times*l.even.Median, g.op), within, page.Nanoseconds(times*show)))
				} else {
					cells = append(cells, "< "+grainUpper(times*l.even.Hi, func(x float64) string { return grainItems(x, g.op) }))
				}
			}
			lines = append(lines, cells)
			if l.off > worst {
				worst, worstOf = l.off, name
			}
		}
	}
	if lines == nil {
		return
	}
	p.Grid("Break-even: what one call must carry, in items and in time of work, for overhead to be that share of its time", header, lines)
	var needs []string
	for _, route := range grainRoutes(all) {
		if s := spans[route]; s != nil {
			times := grainTimes(0.1)
			lo, hi := page.Nanoseconds(times*s.lo), page.Nanoseconds(times*s.hi)
			if lo != hi {
				lo += " to " + hi
			}
			needs = append(needs, route+" "+lo)
		}
	}
	said := ""
	if needs != nil {
		said = fmt.Sprintf("For 10%% overhead a call must carry work of: %s; for 1%% eleven times that. ", strings.Join(needs, ", "))
	}
	said += fmt.Sprintf("A call is taken to cost its overhead + items x work an item, which misses the times measured by up to %s (%s).",
		page.GrainPercent(worst), worstOf)
	if unresolved != nil {
		said += " Not told from no overhead at all: " + strings.Join(unresolved, ", ") + "."
	}
	p.Say("%s", said)
}

// grainRoutes returns the routes of all kernels.
func grainRoutes(all []*grains) []string {
	var routes []string
	for _, g := range all {
		for _, route := range g.routes {
			if !slices.Contains(routes, route) {
				routes = append(routes, route)
			}
		}
	}
	return routes
}

// grainLabel returns "510 (row)".
func grainLabel(r *record.Row, size int) string {
	if per := r.Facts["per"]; per != "" {
		return fmt.Sprintf("%d (%s)", size, per)
	}
	return fmt.Sprint(size)
}

func grainWall(r *record.Row) float64 { return measure.Median(r.Wall()).Median }

// grainItems shows a number of items that a call needs at least: a whole one, rounded up.
func grainItems(n float64, op string) string {
	n = max(math.Ceil(n-1e-9), 1)
	if n >= 1000 { // to three digits
		step := math.Pow(10, math.Floor(math.Log10(n))-2)
		n = math.Ceil(n/step-1e-9) * step
	}
	return grainCount(int(n), op)
}

func grainCount(n int, op string) string {
	if n == 1 {
		return "1 " + op
	}
	return fmt.Sprintf("%d %ss", n, op)
}

// grainUpper shows an upper bound, which few samples leave open.
func grainUpper(x float64, show func(float64) string) string {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return "?"
	}
	return show(x)
}
