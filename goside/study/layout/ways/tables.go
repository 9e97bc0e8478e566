// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study/layout/walk"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// stepsText shows a number of steps that it takes at least.
func stepsText(steps float64) string {
	if steps > 1e6 {
		return "never"
	}
	return fmt.Sprint(max(1, int(math.Ceil(steps-1e-9))))
}

func tables(p *page.Page) {
	t := newWayTable(p)
	if len(t.rows) == 0 {
		return
	}
	p.Heading("Transpose first, or walk the wrong way?")
	p.Tell(prose, "ways", nil)
	splitTables(p, t)
	for _, kernel := range []string{"diffusion", "ols"} {
		evenTable(p, t, kernel)
	}
}

// splitSizes are the sides that a step's time is split at.
var splitSizes = []int{512, 728, 2048}

// splitTables show what the time of a call is made of.
func splitTables(p *page.Page, t *wayTable) {
	var off deviation
	shown := 0
	for _, n := range t.sizes("diffusion") {
		if !slices.Contains(splitSizes, n) {
			continue
		}
		all := t.splits(n)
		if all == nil {
			continue
		}
		if shown++; shown == 1 {
			p.Tell(prose, "crossing", nil)
		}
		var lines [][]page.Cell
		fastest, slowest := all[0], all[0]
		for _, s := range all {
			lines = append(lines, s.line())
			off.add(&s, n)
			if s.total.Median < fastest.total.Median {
				fastest = s
			}
			if s.total.Median > slowest.total.Median {
				slowest = s
			}
		}
		p.Grid(fmt.Sprintf("One step of diffusion on a row-major square of %s", page.Squares(n)),
			[]string{"route, way", "crossing", "copy, transpose", "kernel", "all"}, lines)
		if len(all) > 1 {
			p.Say("Fastest: %s: %s. Slowest: %s: %sx as long.", fastest.name(), page.Nanoseconds(fastest.total.Median),
				slowest.name(), page.Factor(slowest.total.Median/fastest.total.Median))
		}
	}
	if said := t.sayCopies(); said != "" {
		p.Say("%s", said)
	}
	if off.rows > 0 {
		p.Say("The parts of transposing first, measured separately, add up to the whole within %s in %s; furthest off is %s.",
			page.Share(off.worst), page.Count(fmt.Sprint(off.rows), "row"), off.at)
	}
}

// split is the time of one way, in its parts; of those that there are not it has nothing.
type split struct {
	route, way                string
	crossing, moved, computed *part
	row                       *record.Row
	total                     measure.Interval
	apart                     float64 // the sum of what was measured separately of transposing; 0 if nothing was
}

// part is a time that a row has, or that differences of rows give.
type part struct {
	ns   float64
	from []*record.Row
}

func (s *split) name() string { return s.route + ", " + s.way }

func (s *split) line() []page.Cell {
	line := page.Words(s.name())
	for _, p := range []*part{s.crossing, s.moved, s.computed} {
		var cell page.Cell
		if p != nil {
			cell = page.Figure(page.Nanoseconds(max(0, p.ns)), p.from...)
		}
		line = append(line, cell)
	}
	return append(line, page.Figure(page.TimeAndSpread(s.total), s.row))
}

// deviation is how far sums of parts are from the whole.
type deviation struct {
	rows  int
	worst float64
	at    string
}

func (d *deviation) add(s *split, n int) {
	if s.apart == 0 {
		return
	}
	d.rows++
	if off := math.Abs(s.apart-s.total.Median) / s.total.Median; d.at == "" || off > d.worst {
		d.worst, d.at = off, s.name()+", at "+page.Squares(n)
	}
}

// splits returns the ways of a step of diffusion on a side, by route.
func (t *wayTable) splits(n int) []split {
	type oneWay struct{ way, by, what string }
	all := []oneWay{{wayMatched, "", "matched"}, {Interchanged, "", "the wrong way"}, {Transposed, "", "transposed"}, {wayCopied, "", "copied by f2py"}}
	for _, by := range wayTransposers {
		all = append(all, oneWay{Transposed, by.Name, "transposed by " + by.Name})
	}
	var found []split
	for _, route := range slices.Concat(Routes, wayPython) {
		for _, w := range all {
			if r := t.index[wayRow{"diffusion", route, n, w.way, w.by, 1}]; r != nil {
				found = append(found, t.split(r, w.what))
			}
		}
	}
	return found
}

// split returns the parts of a way in one step of diffusion.
func (t *wayTable) split(r *record.Row, what string) split {
	s := split{route: r.Route(), way: what, row: r, total: measure.Median(r.Wall())}
	middle := func(r *record.Row) *part {
		if r == nil {
			return nil
		}
		return &part{measure.Median(r.Wall()).Median, []*record.Row{r}}
	}
	// minus returns what is left of a part.
	minus := func(whole, less *part) *part {
		if less == nil {
			return whole
		}
		return &part{whole.ns - less.ns, slices.Concat(whole.from, less.from)}
	}
	s.crossing = middle(t.crossing(s.route))
	n, by := int(numberOf(r.N)), r.Get("by")
	other := middle(t.find("diffusion", s.route, n, kernelPart))
	moved := middle(t.index[wayRow{"diffusion", s.route, n, TransposePart, by, 1}])
	rest := middle(r)
	switch way := r.Get("way"); {
	case way == Transposed && (other == nil || moved == nil):
		return s // of what is in it nothing is known
	case way == Transposed:
		s.moved, s.apart, rest = moved, moved.ns+other.ns, other
	case way == wayCopied && other != nil:
		s.moved, rest = minus(rest, other), other
	}
	s.computed = minus(rest, s.crossing)
	return s
}

// sayCopies says what f2py copies unasked, in steps.
func (t *wayTable) sayCopies() string {
	var all []string
	for _, n := range t.sizes("diffusion") {
		copied, plain := t.find("diffusion", "f2py-copy/cpython", n, wayCopied), t.find("diffusion", "f2py-copy/cpython", n, kernelPart)
		if copied != nil && plain != nil && len(copied.Samples) == len(plain.Samples) {
			steps := measure.Ratio(record.Minus(copied.Wall(), plain.Wall()), plain.Wall()).Median
			all = append(all, fmt.Sprintf("%s steps at %s", page.Factor(steps), page.Squares(n)))
		}
	}
	if all == nil {
		return ""
	}
	return "f2py's silent copies take as long as " + page.Joined(all) + "."
}

// evenWords are what a kernel's break-even is counted in.
var evenWords = map[string]string{"diffusion": "step", "ols": "fit"}

// evenTable shows from how many steps on transposing first wins.
func evenTable(p *page.Page, t *wayTable, kernel string) {
	sizes := t.sizes(kernel)
	header := []string{"route"}
	for _, n := range sizes {
		header = append(header, page.Squares(n))
	}
	var lines [][]page.Cell
	var first []string
	for _, route := range t.routes(kernel, Interchanged) {
		line, least, some := page.Words(route), "none", false
		for _, n := range sizes {
			steps, ok := t.even(kernel, route, n)
			if !ok {
				line = append(line, page.Cell{})
				continue
			}
			wrong, right, there := t.parts(kernel, route, n)
			line, some = append(line, page.Figure(stepsText(steps), there, wrong, right)), true
			if least == "none" && steps <= 1 {
				least = page.Squares(n)
			}
		}
		if some {
			lines, first = append(lines, line), append(first, route+" "+least)
		}
	}
	if lines == nil {
		return
	}
	word := evenWords[kernel]
	p.Wide(fmt.Sprintf("Break-even of %s: %ss in one call from which transposing first beats walking the wrong way", kernel, word), header, lines)
	said := fmt.Sprintf("The smallest square at which one %s is enough: %s.", word, strings.Join(first, ", "))
	if checked := checkEven(t, kernel); checked != "" {
		said += " " + checked
	}
	p.Say("%s", said)
}

// checkEven compares longer runs, transposed first, with the sums of their parts.
func checkEven(t *wayTable, kernel string) string {
	const route = "c/cgo"
	worst, sizes := 0.0, 0
	for _, n := range t.sizes(kernel) {
		row := func(way string) *record.Row { return t.index[wayRow{kernel, route, n, way, "", waySteps}] }
		whole, part, there := row(Transposed), row(kernelPart), row(TransposePart)
		if whole == nil || part == nil || there == nil {
			continue
		}
		sizes++
		total := measure.Median(whole.Wall()).Median
		worst = max(worst, math.Abs(measure.Median(part.Wall()).Median+measure.Median(there.Wall()).Median-total)/total)
	}
	if sizes == 0 {
		return ""
	}
	return fmt.Sprintf("Runs of %d steps through %s, timed whole, equal the sum of their parts within %s at %s.",
		waySteps, route, page.Share(worst), page.Count(fmt.Sprint(sizes), "size"))
}

// transposer is a way to transpose: a route, and how.
type transposer struct{ route, how string }

func (t *transposer) String() string { return t.route + " " + t.how }

// transposerTables shows what transposes, and how fast.
func transposerTables(p *page.Page) {
	rows := record.Find(p.Rows(transposeName), "*")
	if len(rows) == 0 {
		return
	}
	p.Heading("What to transpose with")
	p.Tell(prose, "transposers", nil)
	p.Picture(pictures[0].Name, pictures[0].Alt)
	for _, ld := range []string{walk.UnitLD, walk.PaddedLD} {
		transposerTable(p, slices.DeleteFunc(slices.Clone(rows), func(r *record.Row) bool { return r.Get("ld") != ld }), walk.LDNames[ld])
	}
}

// transposerTable shows the transpositions of one leading dimension.
func transposerTable(p *page.Page, rows []*record.Row, name string) {
	type cell struct {
		transposer
		n int
	}
	found := map[cell]*record.Row{}
	wall := func(at cell) float64 { return measure.Median(found[at].Wall()).Median }
	var all []transposer
	var sizes []int
	for _, r := range rows {
		n, err := strconv.Atoi(r.N)
		if err != nil {
			continue
		}
		way := transposer{r.Route(), r.Get("how")}
		all, sizes = record.AppendNew(all, way), record.AppendNew(sizes, n)
		found[cell{way, n}] = r
	}
	if all == nil {
		return
	}
	slices.Sort(sizes)
	header := []string{"ns an element, " + name}
	fastest := map[int]transposer{}
	for _, n := range sizes {
		header = append(header, page.Squares(n))
	}
	var lines [][]page.Cell
	for _, way := range all {
		line := page.Words(way.String())
		for _, n := range sizes {
			at := cell{way, n}
			if found[at] == nil {
				line = append(line, page.Cell{})
				continue
			}
			line = append(line, page.Figure(page.Significant(wall(at)), found[at]))
			if best, ok := fastest[n]; way.how != howCopy && (!ok || wall(at) < wall(cell{best, n})) {
				fastest[n] = way
			}
		}
		lines = append(lines, line)
	}
	p.Wide("", header, lines)
	if said := sayFastest(all, sizes, fastest); said != "" {
		p.Say("%s", said)
	}
}

// sayFastest says what transposes fastest at which sizes, or nothing if nothing transposes.
func sayFastest(all []transposer, sizes []int, fastest map[int]transposer) string {
	var said []string
	for _, way := range all {
		var at []string
		for _, n := range sizes {
			if best, ok := fastest[n]; ok && best == way {
				at = append(at, page.Squares(n))
			}
		}
		if at != nil {
			said = append(said, fmt.Sprintf("%v at %s", &way, page.Joined(at)))
		}
	}
	if said == nil {
		return ""
	}
	return "Fastest to transpose: " + strings.Join(said, "; ") + "."
}
