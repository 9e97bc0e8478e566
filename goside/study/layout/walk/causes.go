// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// causeSizes are the sides that causes are shown of, those that a record has.
var causeSizes = []int{64, 184, 512, 728, 1448, 2048, 5800, 8192}

// missTitles are what counters or a simulator say of a walk, in the order of the table.
var missTitles = []struct{ unit, title string }{
	{l1Misses, "L1"}, {llMisses, "last level"}, {tlbMisses, "TLB"},
}

// causes is what a record tells of why walks in the baseline's language take as long as they do.
type causes struct {
	*page.Page
	walks     *Table
	levels    []string // of the caches that the record names
	caches    map[string]cacheSize
	entries   int // of the TLB; 0: not known
	misses    map[walk]*record.Row
	counted   []int // of missTitles
	simulated bool
}

func causeTables(p *page.Page) {
	c := causes{Page: p, walks: NewTable(p.Record, true)}
	c.levels, c.caches = cacheGeometry(p)
	if len(c.walks.Kernels) == 0 || len(c.levels) == 0 {
		return
	}
	var sources []string
	c.misses, sources = missRows(p)
	for k := range missTitles {
		for _, r := range c.misses {
			if _, ok := missesOf(r, k); ok {
				c.counted = append(c.counted, k)
				break
			}
		}
	}
	c.simulated = slices.ContainsFunc(sources, func(s string) bool { return strings.Contains(s, "simulation") })
	if entries, err := strconv.Atoi(p.Record.Get("tlb")); err == nil && entries > 0 {
		c.entries = entries
	}
	if c.counted == nil {
		sources = nil
	}
	p.Heading("The cause")
	p.Tell(prose, "causes", struct {
		Line, Page, Entries int
		Sources             string
		Simulated           bool
	}{c.caches[c.levels[0]].Line, pageSize, c.entries, page.Joined(sources), c.simulated})
	for k, kernel := range c.walks.Kernels {
		c.lineTable(kernel)
		c.busiestTable(kernel, k == 0)
		if said := c.sayDearest(kernel); said != "" {
			p.Say("%s", said)
		}
	}
}

// cacheGeometry returns the levels of caches that a record names, and their sizes.
func cacheGeometry(p *page.Page) (levels []string, caches map[string]cacheSize) {
	line, err := strconv.Atoi(p.Record.Get("cache-line"))
	if err != nil || line < 8 {
		line = 64
	}
	caches = map[string]cacheSize{}
	for _, level := range []string{"L1", "L2", "L3"} {
		if bytes := p.Limits.Caches[level]; bytes > 0 {
			levels = append(levels, level)
			caches[level] = cacheSize{Bytes: int(bytes), Line: line}
		}
	}
	return levels, caches
}

// missRows returns what was counted or simulated of walks in C, and the sources of that, in the record's order.
func missRows(p *page.Page) (all map[walk]*record.Row, sources []string) {
	all = map[walk]*record.Row{}
	rows := p.Rows(missesName)
	for _, r := range rows {
		w, err := walkOf(&r.Name)
		if err != nil || r.Lang != "c" {
			continue
		}
		// What the machine itself counted comes before what a simulator says.
		if old := all[w]; old == nil || r.Get("by") == byCounters {
			all[w] = r
		}
	}
	for _, r := range rows {
		if w, err := walkOf(&r.Name); err == nil && all[w] == r {
			sources = record.AppendNew(sources, r.Facts["source"])
		}
	}
	return all, sources
}

// missesOf returns the misses of one of missTitles, if the row has them.
func missesOf(r *record.Row, k int) (float64, bool) {
	if r == nil || !slices.ContainsFunc(r.Samples, func(s measure.Sample) bool {
		return slices.ContainsFunc(s.More, func(v measure.Value) bool { return v.Unit == missTitles[k].unit })
	}) {
		return 0, false
	}
	return r.More(missTitles[k].unit).Median, true
}

// shown returns the walks of a kernel that causes are shown of.
func (c *causes) shown(kernel string) []walk {
	var all []walk
	for _, n := range causeSizes {
		for _, ld := range []string{UnitLD, PaddedLD} {
			for _, interchanged := range []bool{false, true} {
				w := walk{Kernel: kernel, Interchanged: interchanged, LD: ld, N: n}
				if c.row(&w) != nil {
					all = append(all, w)
				}
			}
		}
	}
	return all
}

// label is what begins the line of a walk.
func label(w *walk) string {
	return fmt.Sprintf("%s, %s, %s", page.Squares(w.N), LDNames[w.LD], w.loops())
}

// agreement counts in how many rows computed and found misses agree.
type agreement struct{ rows, within int }

func (a *agreement) add(computed, found float64) {
	a.rows++
	if math.Abs(found-computed) <= 0.02+0.25*computed {
		a.within++
	}
}

func (a *agreement) String() string {
	return fmt.Sprintf("%d of %s", a.within, page.Count(fmt.Sprint(a.rows), "row"))
}

// lineTable prints what must come into each cache for an element, and what was found to.
func (c *causes) lineTable(kernel string) {
	header := []string{c.walks.baseline + ", row-major"}
	for _, level := range c.levels {
		header = append(header, "into "+level)
	}
	if c.entries > 0 {
		header = append(header, "pages")
	}
	for _, k := range c.counted {
		header = append(header, "misses, "+missTitles[k].title)
	}
	var lines [][]page.Cell
	var first, last agreement // of the levels of caches
	for _, w := range c.shown(kernel) {
		line := page.Words(label(&w))
		for _, level := range c.levels {
			line = append(line, page.Word(page.PerElement(w.lines(c.caches[level])))) // computed from no row
		}
		if c.entries > 0 {
			line = append(line, page.Word(page.PerElement(w.pages(c.entries))))
		}
		for _, k := range c.counted {
			var cell page.Cell
			if misses, ok := missesOf(c.misses[w], k); ok {
				cell = page.Figure(page.PerElement(misses), c.misses[w])
				switch {
				case missTitles[k].unit == l1Misses:
					first.add(w.lines(c.caches[c.levels[0]]), misses)
				case missTitles[k].unit == llMisses && len(c.levels) > 1:
					last.add(w.lines(c.caches[c.levels[len(c.levels)-1]]), misses)
				}
			}
			line = append(line, cell)
		}
		lines = append(lines, line)
	}
	if lines == nil {
		return
	}
	p := c.Page
	p.Grid(kernel+": cache lines and pages an element", header, lines)
	if said := sayAgreement(c.levels[0], first, last, c.simulated); said != "" {
		p.Say("%s", said)
	}
}

// sayAgreement says in how many rows computed and found misses agree, of the first level and of the last.
func sayAgreement(level string, first, last agreement, simulated bool) string {
	said := ""
	switch {
	case first.rows > 0 && last.rows > 0:
		said = fmt.Sprintf("Computed lines and misses of %s agree within a quarter in %v, those of the last level in %v.", level, &first, &last)
	case first.rows > 0:
		said = fmt.Sprintf("Computed lines and misses of %s agree within a quarter in %v.", level, &first)
	case last.rows > 0:
		said = fmt.Sprintf("Computed lines and misses of the last level agree within a quarter in %v.", &last)
	}
	if simulated && last.within < last.rows {
		said += " The simulator places lines by addresses that the machine scatters over pages of its own choice."
	}
	return said
}

// busiest is the border between two levels of memory that a walk's lines keep busiest.
type busiest struct {
	from        string  // the level from which lines are brought; "": not known
	rate, share float64 // bytes a ns, and the part of what was measured of that level
	limit       *record.Row
}

func (c *causes) busiest(w *walk) (b busiest) {
	limit := "copy"
	if w.Kernel == "ols" {
		limit = "read"
	}
	wall := c.wall(w)
	for k, level := range c.levels {
		from := "memory"
		if k+1 < len(c.levels) {
			from = c.levels[k+1]
		}
		rate := w.lines(c.caches[level]) * float64(c.caches[level].Line) / wall
		if bandwidth := c.Limits.Bandwidth(limit, record.SerialLang, from); bandwidth > 0 && rate/bandwidth > b.share {
			b = busiest{from, rate, rate / bandwidth, c.Limits.Find(limit, record.SerialLang, "level", from)}
		}
	}
	return b
}

// row returns that of a walk in the baseline's language, nil if there is none.
func (c *causes) row(w *walk) *record.Row { return c.walks.find(c.walks.baseline, *w) }

// wall returns the time of a walk in the baseline's language, 0 if there is none.
func (c *causes) wall(w *walk) float64 {
	if r := c.row(w); r != nil {
		return measure.Median(r.Wall()).Median
	}
	return 0
}

// busiestTable prints each walk's time, and what its busiest border moves.
func (c *causes) busiestTable(kernel string, explained bool) {
	var lines [][]page.Cell
	some := false
	for _, w := range c.shown(kernel) {
		row, b := c.row(&w), c.busiest(&w)
		line := []page.Cell{page.Word(label(&w)), page.Figure(page.Significant(c.wall(&w)), row), page.Word("–"), {}, {}}
		if b.from != "" {
			some = true
			share := page.Figure(page.Share(b.share), row, b.limit)
			share.Bar = b.share
			line[2], line[3], line[4] = page.Figure(b.from, row, b.limit), page.Figure(page.Significant(b.rate), row), share
		}
		lines = append(lines, line)
	}
	if !some {
		return
	}
	if explained {
		c.Tell(prose, "busiest", nil)
	}
	c.Grid(kernel+": the busiest border", []string{c.walks.baseline + ", row-major", "ns", "from", "GB/s", "share"}, lines)
}

// sayDearest says, of the largest square without padding, what interchanged loops bring into the first cache, and cost.
func (c *causes) sayDearest(kernel string) string {
	first, level := c.caches[c.levels[0]], c.levels[0]
	said, leaves := "", false
	for _, w := range c.shown(kernel) {
		leaves = leaves || w.lines(first) > 0
		matched := w
		matched.Interchanged = false
		more, longer := w.lines(first)/matched.lines(first), c.wall(&w)/c.wall(&matched)
		if !w.Interchanged || w.LD != UnitLD || math.IsNaN(more+longer) || math.IsInf(more+longer, 0) {
			continue
		}
		said = fmt.Sprintf("At %s, unpadded, interchanged loops bring %sx as many lines into %s and take %sx as long.",
			page.Squares(w.N), page.Factor(more), level, page.Factor(longer))
		if b := c.busiest(&w); b.from != "" {
			said += fmt.Sprintf(" The busiest border, from %s, moves %s of what it can.", b.from, page.Share(b.share))
		}
	}
	if said == "" && !leaves && c.shown(kernel) != nil {
		return "Nothing here leaves " + level + "."
	}
	return said
}
