// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"cmp"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"

	"toll/goside/level"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var texts string

var prose = page.NewProse(texts)

// grains is what a record has of a kernel, plain or tuned: its rows, by crossing and by grain.
type grains struct {
	kernel, item string
	tuned        bool
	sizes        []int    // items per call, ascending
	crossings    []string // as [crossingOf] names them
	baseline     string   // the crossing that was entered twice, else the first
	rows         map[string]map[int]*record.Row
	bySize       map[int][]*record.Row // second entries too
}

// crossingOf names the crossing of a row: "c/cgo", "checked c/cgo".
func crossingOf(r *record.Row) string { return strings.TrimSpace(r.Get("form") + " " + r.Route()) }

// grainsOf returns what a record has of each kernel, in the record's order.
func grainsOf(r *record.Record) []*grains {
	var all []*grains
	index := map[string]*grains{}
	for _, row := range r.Of(benchmark) {
		size := int(row.Number("grain"))
		if size < 1 {
			continue // a record that something else wrote
		}
		kernel := strings.TrimSpace(row.Kernel + " " + row.Op)
		_, tuned := level.Plain(row.Lang)
		key := fmt.Sprint(kernel, tuned)
		g := index[key]
		if g == nil {
			g = &grains{kernel: kernel, item: row.Facts["per"], tuned: tuned, rows: map[string]map[int]*record.Row{}, bySize: map[int][]*record.Row{}}
			index[key] = g
			all = append(all, g)
		}
		g.add(row, size)
	}
	slices.SortStableFunc(all, func(a, b *grains) int { return order(a.tuned) - order(b.tuned) })
	for _, g := range all {
		slices.Sort(g.sizes)
		if g.baseline == "" && g.crossings != nil {
			g.baseline = g.crossings[0]
		}
	}
	return all
}

// order puts the tuned last.
func order(tuned bool) int {
	if tuned {
		return 1
	}
	return 0
}

// title names the kernel, and says whether it is tuned.
func (g *grains) title() string {
	if g.tuned {
		return g.kernel + ", tuned"
	}
	return g.kernel
}

// plainOf returns the same kernel in plain code, or nil.
func (g *grains) plainOf(all []*grains) *grains {
	for _, of := range all {
		if !of.tuned && of.kernel == g.kernel {
			return of
		}
	}
	return nil
}

func (g *grains) add(r *record.Row, size int) {
	g.bySize[size] = append(g.bySize[size], r)
	g.sizes = record.AppendNew(g.sizes, size)
	crossing := crossingOf(r)
	if r.Again() {
		g.baseline = crossing
		return
	}
	if g.rows[crossing] == nil {
		g.rows[crossing] = map[int]*record.Row{}
		g.crossings = append(g.crossings, crossing)
	}
	g.rows[crossing][size] = r
}

func median(r *record.Row) float64 { return measure.Median(r.Wall()).Median }

// best returns the row of the grain at which a crossing is fastest.
func (g *grains) best(crossing string) *record.Row {
	var best *record.Row
	for _, r := range g.rowsOf(crossing) {
		if best == nil || median(r) < median(best) {
			best = r
		}
	}
	return best
}

// rowsOf returns a crossing's rows, by their grain.
func (g *grains) rowsOf(crossing string) []*record.Row {
	var rows []*record.Row
	for _, size := range g.sizes {
		if r := g.rows[crossing][size]; r != nil {
			rows = append(rows, r)
		}
	}
	return rows
}

// share returns the part of a row's time that its crossing saves at its best grain, NaN if rounds are missing.
func (g *grains) share(r *record.Row) float64 {
	ratio, ok := record.WallRatio(g.best(crossingOf(r)), r)
	if !ok {
		return math.NaN()
	}
	return max(0, 1-ratio.Median) // noise makes it less than none
}

// line is what the time of a call is made of: overhead + item*size. The overhead is all that a call costs beside its
// items: the crossing, native code's look at the arguments, the start of the kernel's loop.
type line struct {
	overhead, item measure.Interval // ns
	even           measure.Interval // items at which half the time is overhead: overhead/item
	off            float64          // the farthest that a grain's median time lies from the line, as a part of it
}

// fit returns the line through the times of a crossing's calls. It is fitted in each round, so that the intervals are
// those of rounds, by least squares of the relative errors: weights are 1/time². ok is false if there are not two
// grains, or if rounds are missing.
func (g *grains) fit(crossing string) (l line, ok bool) {
	var sizes []float64
	var times [][]float64 // of a call, by grain and round
	for _, size := range g.sizes {
		r := g.rows[crossing][size]
		if r == nil {
			continue
		}
		call := r.Wall()
		for k := range call {
			call[k] *= float64(size)
		}
		sizes, times = append(sizes, float64(size)), append(times, call)
	}
	if len(sizes) < 2 {
		return line{}, false
	}
	var overheads, items, evens []float64
	for k := range times[0] {
		var time, weights []float64
		for _, of := range times {
			if len(of) != len(times[0]) {
				return line{}, false
			}
			time = append(time, of[k])
			weights = append(weights, 1/(of[k]*of[k]))
		}
		overhead, item := stat.LinearRegression(sizes, time, weights, false)
		overheads, items, evens = append(overheads, overhead), append(items, item), append(evens, overhead/item)
	}
	l = line{overhead: measure.Median(overheads), item: measure.Median(items), even: measure.Median(evens)}
	for k, size := range sizes {
		on := l.overhead.Median + l.item.Median*size
		l.off = max(l.off, math.Abs(measure.Median(times[k]).Median/on-1))
	}
	return l, true
}

// resolved reports whether the overhead is told from none.
func (l *line) resolved() bool {
	return l.overhead.Lo > 0 && !math.IsInf(l.overhead.Hi, 0) && l.item.Median > 0
}

// shares are the parts of a call's time that break-evens are shown for.
var shares = []float64{0.5, 0.1, 0.01}

// workFor returns how many times the overhead the work of a call must be for the overhead to be a share of both.
func workFor(share float64) float64 { return 1/share - 1 }

// tables prints the study of how much work one call carries.
func tables(p *page.Page) {
	all := grainsOf(p.Record)
	if len(all) == 0 {
		return
	}
	p.Heading("Grain: how much work one call carries")
	p.Tell(prose, "about", nil)
	p.Picture("grain", alt)
	for _, g := range all {
		g.times(p)
	}
	// What a call allocates does not depend on the code behind it.
	allocations(p, slices.DeleteFunc(slices.Clone(all), func(g *grains) bool { return g.tuned }))
	evens(p, all)
	compared(p, all)
}

// times prints a kernel's times, and what they show.
func (g *grains) times(p *page.Page) {
	header := append([]string{g.item + "s per call"}, g.crossings...)
	grid := func(title string, cell func(size int, r *record.Row) page.Cell) {
		var lines [][]page.Cell
		for _, size := range g.sizes {
			line := page.Words(g.label(size))
			for _, crossing := range g.crossings {
				var figure page.Cell
				if r := g.rows[crossing][size]; r != nil {
					figure = cell(size, r)
				}
				line = append(line, figure)
			}
			lines = append(lines, line)
		}
		p.Lines(g.title()+": "+title, header, lines)
	}
	grid("ns per "+g.item, func(_ int, r *record.Row) page.Cell {
		return page.Figure(withSpread(measure.Median(r.Wall()), page.Significant), r)
	})
	grid("overhead, the share of the time that the crossing's best grain saves", func(_ int, r *record.Row) page.Cell {
		return page.Figure(page.Share(g.share(r)), r, g.best(crossingOf(r)))
	})
	grid("time relative to "+g.baseline+" at the same grain", func(size int, r *record.Row) page.Cell {
		base := g.rows[g.baseline][size]
		e, ok := record.EffectOf(r, base, record.Floor(g.bySize[size]))
		if !ok {
			return page.Cell{}
		}
		mark := "~"
		if e.Differs || r == base {
			mark = ""
		}
		return page.Figure(fmt.Sprintf("%s%.2fx", mark, e.Ratio.Median), r, base)
	})
	p.Say("%s", g.said())
}

// label returns "510 (row)".
func (g *grains) label(size int) string {
	if chunk := g.bySize[size][0].Get("chunk"); chunk != "" {
		return fmt.Sprintf("%d (%s)", size, chunk)
	}
	return strconv.Itoa(size)
}

// said says what an item takes at the finest and the coarsest grain, and from which grain on overhead is small.
func (g *grains) said() string {
	first, last := g.sizes[0], g.sizes[len(g.sizes)-1]
	said := fmt.Sprintf("At %s per call, %s takes %s.", items(first, g.item), page.WithArticle(g.item), g.span(first))
	if last != first {
		said += fmt.Sprintf(" At %s per call, it takes %s.", items(last, g.item), g.span(last))
	}
	var from, never []string
	for _, crossing := range g.crossings {
		at := slices.IndexFunc(g.sizes, func(size int) bool {
			r := g.rows[crossing][size]
			return r != nil && g.share(r) <= 0.1
		})
		if at < 0 {
			never = append(never, crossing)
		} else {
			from = append(from, fmt.Sprintf("%s %d", crossing, g.sizes[at]))
		}
	}
	if from != nil {
		said += fmt.Sprintf(" Overhead first falls to 10%% at this many %ss per call: %s.", g.item, strings.Join(from, ", "))
	}
	if never != nil {
		said += fmt.Sprintf(" The overhead of %s is unknown.", page.Joined(never))
	}
	return said
}

// span returns the least and the greatest time of an item at a grain, with their crossings.
func (g *grains) span(size int) string {
	var fast, slow *record.Row
	for _, crossing := range g.crossings {
		if r := g.rows[crossing][size]; r != nil {
			if fast == nil || median(r) < median(fast) {
				fast = r
			}
			if slow == nil || median(r) > median(slow) {
				slow = r
			}
		}
	}
	named := func(r *record.Row) string { return fmt.Sprintf("%s (%s)", page.Nanoseconds(median(r)), crossingOf(r)) }
	if fast == slow {
		return named(fast)
	}
	return named(fast) + " to " + named(slow)
}

// allocations shows what one call allocates, at the finest grain, where it shows most.
func allocations(p *page.Page, all []*grains) {
	if len(all) == 0 {
		return
	}
	crossings := crossingsIn(all)
	var lines [][]page.Cell
	most := map[string]float64{}
	for _, g := range all {
		bytes, objects := page.Words(g.kernel+", bytes"), page.Words(g.kernel+", objects")
		for _, crossing := range crossings {
			size := g.sizes[0]
			r := g.rows[crossing][size]
			if r == nil {
				bytes, objects = append(bytes, page.Cell{}), append(objects, page.Cell{})
				continue
			}
			b, n := r.Allocated() // of an item
			b, n = b*float64(size), n*float64(size)
			bytes, objects = append(bytes, page.Figure(fmt.Sprintf("%.0f", b), r)), append(objects, page.Figure(fmt.Sprintf("%.0f", n), r))
			most[crossing] = max(most[crossing], math.Round(n))
		}
		lines = append(lines, bytes, objects)
	}
	p.Lines("Allocated on Go's heap by a call of the finest grain", append([]string{""}, crossings...), lines)
	var some, none []string
	for _, crossing := range crossings {
		if most[crossing] > 0 {
			some = append(some, fmt.Sprintf("%s up to %.0f", crossing, most[crossing]))
		} else {
			none = append(none, crossing)
		}
	}
	switch {
	case some == nil:
		p.Say("No call allocates.")
	case none == nil:
		p.Say("Every crossing allocates. Objects per call: %s.", strings.Join(some, ", "))
	default:
		p.Say("Objects per call: %s. Calls through %s allocate none.", strings.Join(some, ", "), page.Joined(none))
	}
}

// fitted is the line of a kernel's crossing.
type fitted struct {
	line
	name, crossing, unit string // unit: what an item is
	rows                 []*record.Row
}

// evens shows what share of a call's time overhead is.
func evens(p *page.Page, all []*grains) {
	var lines []fitted
	var unresolved []string
	for _, g := range all {
		for _, crossing := range g.crossings {
			name := g.kernel + " " + crossing
			l, ok := g.fit(crossing)
			if ok {
				lines = append(lines, fitted{l, name, crossing, g.item, g.rowsOf(crossing)})
			}
			if !ok || !l.resolved() {
				unresolved = append(unresolved, name)
			}
		}
	}
	if lines == nil {
		return
	}
	var costs, counts, works [][]page.Cell
	for _, l := range lines {
		figure := func(text string) page.Cell { return page.Figure(text, l.rows...) }
		costs = append(costs, []page.Cell{page.Word(l.name), figure(l.overheadText()), figure(withSpread(l.item, page.Nanoseconds)), figure(page.Share(l.off))})
		count, work := page.Words(l.name), page.Words(l.name)
		for _, share := range shares {
			count = append(count, figure(l.itemsText(workFor(share))))
			if l.resolved() {
				work = append(work, figure(withSpread(scaled(l.overhead, workFor(share)), page.Nanoseconds)))
			} else {
				work = append(work, page.Cell{})
			}
		}
		counts, works = append(counts, count), append(works, work)
	}
	p.Picture("grain-ols", altOne)
	header := []string{"kernel, crossing"}
	for _, share := range shares {
		header = append(header, fmt.Sprintf("%.0f%% overhead", 100*share))
	}
	p.Lines("What a call costs: overhead + items x work per item, fitted to the times above",
		[]string{"kernel, crossing", "overhead per call", "work per item", "fit error"}, costs)
	p.Lines("Break-even: the items that a call must carry", header, counts)
	p.Lines("Break-even: the work that a call must carry", header, works)
	p.Say("%s", saidEven(lines, unresolved))
}

// pair is a kernel's crossing in plain and in tuned code.
type pair struct {
	kernel, via  string
	plain, tuned fitted
}

// more returns how many times as many items a call of the tuned kernel must carry.
func (p *pair) more() float64 { return p.tuned.even.Median / p.plain.even.Median }

// pairs returns the crossings whose break-evens are known for plain and for tuned code.
func pairs(all []*grains) []pair {
	var found []pair
	for _, g := range all {
		of := g.plainOf(all)
		if !g.tuned || of == nil {
			continue
		}
		for _, crossing := range g.crossings {
			_, via, _ := strings.Cut(crossing, "/")
			before := plain + "/" + via
			slow, ok := of.fit(before)
			fast, too := g.fit(crossing)
			if !ok || !too || !slow.resolved() || !fast.resolved() {
				continue
			}
			found = append(found, pair{g.kernel, via,
				fitted{slow, g.kernel, before, g.item, of.rowsOf(before)}, fitted{fast, g.kernel, crossing, g.item, g.rowsOf(crossing)}})
		}
	}
	return found
}

// compared shows the break-evens of tuned code beside those of plain code.
func compared(p *page.Page, all []*grains) {
	found := pairs(all)
	if found == nil {
		return
	}
	p.Tell(prose, "tuned", tuned)
	p.Picture("grain-tuned", altTuned)
	var lines [][]page.Cell
	for _, f := range found {
		figure := func(l *fitted, text string) page.Cell { return page.Figure(text, l.rows...) }
		lines = append(lines, []page.Cell{
			page.Word(f.kernel + ", " + f.via),
			figure(&f.plain, withSpread(f.plain.item, page.Nanoseconds)), figure(&f.tuned, withSpread(f.tuned.item, page.Nanoseconds)),
			figure(&f.plain, f.plain.itemsText(workFor(tenth))), figure(&f.tuned, f.tuned.itemsText(workFor(tenth))),
			page.Figure(fmt.Sprintf("%.1fx", f.more()), append(slices.Clone(f.plain.rows), f.tuned.rows...)...),
		})
	}
	p.Lines("Break-even of plain and tuned code: the items that a call must carry for 10 % overhead",
		[]string{"kernel, crossing", "plain: an item", "tuned: an item", "plain: items a call", "tuned: items a call", "times as many"}, lines)
	p.Say("%s", saidMore(found))
}

// tenth is the share of overhead by which plain and tuned code are compared.
const tenth = 0.1

// saidMore says how many times as many items a call of tuned code must carry.
func saidMore(found []pair) string {
	var said []string
	for _, via := range []string{"cgo", "purego"} {
		var least, most *pair
		for k := range found {
			if f := &found[k]; f.via == via {
				if least == nil || f.more() < least.more() {
					least = f
				}
				if most == nil || f.more() > most.more() {
					most = f
				}
			}
		}
		switch least {
		case nil:
		case most:
			said = append(said, fmt.Sprintf("through %s %.1f times as many (%s)", via, most.more(), most.kernel))
		default:
			said = append(said, fmt.Sprintf("through %s %.1f times (%s) to %.1f times (%s) as many",
				via, least.more(), least.kernel, most.more(), most.kernel))
		}
	}
	if said == nil {
		return ""
	}
	return fmt.Sprintf("For the same overhead, a call of tuned code (%s) must carry more items than a call of plain code (c): %s.", tuned, page.Joined(said))
}

// overheadText shows the overhead, or its upper bound.
func (l *line) overheadText() string {
	switch {
	case l.resolved():
		return withSpread(l.overhead, page.Nanoseconds)
	case l.overhead.Hi > 0:
		return "< " + upper(l.overhead.Hi, page.Nanoseconds)
	}
	return "none"
}

// itemsText shows how many items are that many times the overhead.
func (l *fitted) itemsText(times float64) string {
	show := func(n float64) string { return itemsNeeded(n, l.unit) }
	if l.resolved() {
		return withSpread(scaled(l.even, times), show)
	}
	return "< " + upper(times*l.even.Hi, show)
}

// saidEven says how much work a call must carry, how well the fit holds, and where it tells nothing.
func saidEven(lines []fitted, unresolved []string) string {
	var said, needs, crossings []string
	for _, l := range lines {
		crossings = record.AppendNew(crossings, l.crossing)
	}
	worst := slices.MaxFunc(lines, func(a, b fitted) int { return cmp.Compare(a.off, b.off) })
	for _, crossing := range crossings {
		if low, high, ok := overheads(lines, crossing); ok {
			needs = append(needs, crossing+" "+fromTo(workFor(0.1)*low, workFor(0.1)*high))
		}
	}
	if needs != nil {
		said = append(said, fmt.Sprintf("For 10%% overhead a call must carry this much work, depending on the kernel: %s. "+
			"For 1%% it must carry eleven times as much.", strings.Join(needs, ", ")))
	}
	said = append(said, fmt.Sprintf("The fit misses the measured times by up to %s (%s).", page.Share(worst.off), worst.name))
	if unresolved != nil {
		said = append(said, "Overhead is indistinguishable from zero for: "+strings.Join(unresolved, ", ")+".")
	}
	return strings.Join(said, " ")
}

// overheads returns the least and the greatest overhead of a crossing, over the kernels for which it is told from none.
func overheads(lines []fitted, crossing string) (low, high float64, ok bool) {
	low = math.Inf(1)
	for _, l := range lines {
		if l.crossing == crossing && l.resolved() {
			low, high, ok = min(low, l.overhead.Median), max(high, l.overhead.Median), true
		}
	}
	return low, high, ok
}

// crossingsIn returns the crossings of all kernels.
func crossingsIn(all []*grains) []string {
	var crossings []string
	for _, g := range all {
		for _, crossing := range g.crossings {
			crossings = record.AppendNew(crossings, crossing)
		}
	}
	return crossings
}

// fromTo shows the times between two: "310 ns to 383 ns".
func fromTo(low, high float64) string {
	from, to := page.Nanoseconds(low), page.Nanoseconds(high)
	if from == to {
		return to
	}
	return from + " to " + to
}

// withSpread shows a figure and half its interval.
func withSpread(i measure.Interval, show func(float64) string) string {
	return page.WithSpread(show(i.Median), i)
}

func scaled(i measure.Interval, by float64) measure.Interval {
	return measure.Interval{Median: by * i.Median, Lo: by * i.Lo, Hi: by * i.Hi}
}

// itemsNeeded shows a number of items that a call needs at least: a whole one, rounded up.
func itemsNeeded(n float64, item string) string {
	n = max(math.Ceil(n-1e-9), 1)
	if n >= 1000 { // to three digits
		step := math.Pow(10, math.Floor(math.Log10(n))-2)
		n = math.Ceil(n/step-1e-9) * step
	}
	return items(int(n), item)
}

func items(n int, item string) string { return page.Count(strconv.Itoa(n), item) }

// upper shows an upper bound, which few samples leave open.
func upper(x float64, show func(float64) string) string {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return "?"
	}
	return show(x)
}
