// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernels

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var texts string

var prose = page.NewProse(texts)

// group is the rows of one problem.
type group struct {
	rows   []*record.Row
	limits *record.Limits
	floor  float64
}

// groupsOf returns those of a kernel's problems, of all kernels' if kernel is "".
func groupsOf(p *page.Page, kernel string) []*group {
	var all []*group
	for _, r := range p.Rows(benchmark) {
		if kernel != "" && r.Kernel != kernel {
			continue
		}
		at := slices.IndexFunc(all, func(g *group) bool { return g.rows[0].Problem() == r.Problem() })
		if at < 0 {
			at = len(all)
			all = append(all, &group{limits: p.Limits})
		}
		all[at].rows = append(all[at].rows, r)
	}
	for _, g := range all {
		g.floor = record.Floor(g.rows)
	}
	return all
}

// name returns what the problem is called.
func (g *group) name() string { return nameOf(g.rows[0]) }

// find returns the row of a language, or nil.
func (g *group) find(lang string) *record.Row {
	for _, r := range g.rows {
		if lang != "" && r.Lang == lang && r.Entry == "" {
			return r
		}
	}
	return nil
}

// gain is how many times as fast a row is as another.
type gain struct {
	measure.Interval
	differs  bool // beyond noise
	row, old *record.Row
}

// gain returns how many times as fast the row is as the old one; ok is false if one is not there.
func (g *group) gain(r, old *record.Row) (x gain, ok bool) {
	ratio, ok := record.WallRatio(old, r)
	return gain{ratio, ratio.Differs(g.floor), r, old}, ok
}

// text shows the gain: "6.51x ±1%", with a mark if it is within noise.
func (x *gain) text() string {
	mark := "~"
	if x.differs {
		mark = ""
	}
	return mark + page.WithSpread(page.Significant(x.Median)+"x", x.Interval)
}

// short shows the gain in a sentence.
func (x *gain) short() string {
	return page.InWords(x.Interval, func(ratio float64) string { return page.Significant(ratio) + "x" })
}

// gainCell shows how many times as fast the row is as the old one, "" if one is not there.
func (g *group) gainCell(r, old *record.Row) page.Cell {
	x, ok := g.gain(r, old)
	switch {
	case !ok:
		return page.Cell{}
	case r == old:
		return page.Figure("1", r)
	}
	return page.Figure(x.text(), r, old)
}

func timeCell(r *record.Row) page.Cell {
	if r == nil {
		return page.Cell{}
	}
	return page.Figure(page.TimeAndSpread(measure.Median(r.Wall())), r)
}

// itemText shows the time of an item.
func itemText(r *record.Row) string { return page.Significant(perItem(r).Median) + " ns" }

// shareCells show the row's share of its limit, and what that is.
func (g *group) shareCells(r *record.Row) []page.Cell {
	share, limit, ok := g.share(r)
	if !ok {
		return []page.Cell{{}, {}}
	}
	cell := page.Figure(page.ShareText(share), r, limit.Row)
	cell.Bar = share.Median
	return []page.Cell{cell, page.Word(limitName(limit))}
}

// share returns the row's share of its limit, if it is there and has one.
func (g *group) share(r *record.Row) (measure.Interval, record.Limit, bool) {
	if r == nil {
		return measure.Interval{}, record.Limit{}, false
	}
	return g.limits.Share(r)
}

// limitName names what a limit is of.
func limitName(limit record.Limit) string {
	if limit.Bytes > 0 {
		return "memory"
	}
	return "arithmetic"
}

func juliaSection(p *page.Page)     { section(p, "julia", "The Julia set", compaction, disc) }
func diffusionSection(p *page.Page) { section(p, "diffusion", "Diffusion", tiles) }
func olsSection(p *page.Page)       { section(p, "ols", "Least squares") }

// section prints what the record has of a kernel: its picture, its ladders, the languages, and how the tricks work.
func section(p *page.Page, kernel, title string, tricks ...sketch) {
	groups := groupsOf(p, kernel)
	if groups == nil {
		return
	}
	p.Heading(title)
	p.Tell(prose, kernel, nil)
	p.Picture(kernel, altOf(kernel))
	for _, g := range groups {
		g.ladder(p, ladders[kernel])
	}
	for _, g := range groups {
		g.languages(p)
	}
	for _, g := range groups {
		g.fromPython(p)
	}
	if !p.Markdown { // a terminal shows figures; a page has room for how they come about
		return
	}
	p.Subheading("How it works")
	for _, step := range ladders[kernel][1:] {
		for _, trick := range tricks {
			if trick.lang == step.lang {
				p.Picture(trick.name, trick.alt)
			}
		}
		p.Tell(prose, kernel+" "+step.lang, nil)
	}
}

// ladder prints a line for each rung.
func (g *group) ladder(p *page.Page, rungs []rung) {
	header := []string{"in C, on one thread", "what it adds", page.WithArticle(g.rows[0].Facts["item"]), "speed-up over plain", "over the rung before",
		"share of its limit", "limit"}
	var lines [][]page.Cell
	var before *record.Row
	for _, step := range rungs {
		r := g.find(step.lang)
		if r == nil {
			continue
		}
		each := page.Figure(page.WithSpread(itemText(r), measure.Median(r.Wall())), r)
		line := append(page.Words(step.lang, step.adds), each, g.gainCell(r, g.find(plain)), g.gainCell(r, before))
		lines = append(lines, append(line, g.shareCells(r)...))
		before = r
	}
	if lines != nil {
		p.Table(&page.Table{Title: title(g.name(), "the ladder"), Header: narrow(p, header), Lines: lines, Left: 2})
	}
}

// narrow breaks the names of columns where there is a terminal's room only.
func narrow(p *page.Page, header []string) []string {
	if p.Markdown {
		return header
	}
	for k, name := range header {
		if words := strings.Fields(name); len(words) > 2 {
			header[k] = strings.Join(words[:2], " ") + "\n" + strings.Join(words[2:], " ")
		}
	}
	return header
}

// title begins with a capital letter.
func title(name, what string) string {
	return string(name[0]&^0x20) + name[1:] + ": " + what
}

// languages prints a line for each family of which there is a tuned row.
func (g *group) languages(p *page.Page) {
	brute := g.rows[0].Kernel == "julia"
	header := []string{"language", "threads", "plain", "tuned", "speed-up over plain"}
	if brute {
		header = append(header, "without the certificate")
	}
	header = append(header, "over one thread", "share of its limit")
	var lines [][]page.Cell
	for _, f := range families {
		r, old := g.find(f.tuned), g.find(f.plain)
		if r == nil {
			continue
		}
		threads := "1"
		if f.alone != "" {
			threads = p.Record.Get("threads")
		}
		line := []page.Cell{page.Word(f.name), page.Figure(threads, r), timeCell(old), timeCell(r), g.gainCell(r, old)}
		if brute {
			line = append(line, g.gainCell(g.find(f.brute), old))
		}
		lines = append(lines, append(line, g.gainCell(r, g.find(f.alone)), g.shareCells(r)[0]))
	}
	if lines != nil {
		p.Table(&page.Table{Title: title(g.name(), page.WithArticle(g.rows[0].Facts["per"])+" in each language"), Header: narrow(p, header), Lines: lines, Left: 1})
	}
}

// fromPython prints a line for each row from Python.
func (g *group) fromPython(p *page.Page) {
	best := g.find(parallelC)
	var lines [][]page.Cell
	for _, r := range g.pythons() {
		lines = append(lines, []page.Cell{page.Word(r.Route()), timeCell(r), g.gainCell(best, r)})
	}
	if lines != nil {
		p.Grid(title(g.name(), "the fastest from Python"), []string{"from Python", "time", "time over that of " + parallelC}, lines)
	}
}

// pythons returns the rows from Python, the fastest first.
func (g *group) pythons() []*record.Row {
	var all []*record.Row
	for _, r := range g.rows {
		if r.Via == pythonVia {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b *record.Row) int {
		return cmp.Compare(record.MiddleOf(a.Wall()), record.MiddleOf(b.Wall()))
	})
	return all
}
