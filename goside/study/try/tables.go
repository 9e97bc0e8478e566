// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var proseText string

var prose = page.NewProse(proseText)

// overhead is the part of a call that its border may be, where it is said how much work a call must carry.
const overhead = 0.1

// group is the rows of a function with arguments of one size.
type group struct {
	name  string
	held  []*record.Row // how each was verified
	calls []*record.Row // first entries
	floor float64
}

// groups returns those of a record.
func groups(r *record.Record) []*group {
	var all []*group
	find := func(row *record.Row) *group {
		name := strings.TrimSpace(row.Op + " " + sizeName(row))
		at := slices.IndexFunc(all, func(g *group) bool { return g.name == name })
		if at < 0 {
			at = len(all)
			all = append(all, &group{name: name})
		}
		return all[at]
	}
	for _, row := range r.Of(heldName) {
		g := find(row)
		g.held = append(g.held, row)
	}
	entered := map[*group][]*record.Row{}
	for _, row := range r.Of(callName) {
		g := find(row)
		entered[g] = append(entered[g], row)
		if row.Entry == "" {
			g.calls = append(g.calls, row)
		}
	}
	for _, g := range all {
		g.floor = record.Floor(entered[g])
	}
	return all
}

// sizeName says what varies: "n=1000".
func sizeName(r *record.Row) string {
	if r.N == "" {
		return ""
	}
	return "n=" + r.N
}

// facts returns what the record says of a group.
func (g *group) facts() map[string]string {
	for _, rows := range [][]*record.Row{g.held, g.calls} {
		if rows != nil {
			return rows[0].Facts
		}
	}
	return nil
}

// at returns the row of a way in the group, or nil.
func at(rows []*record.Row, like *record.Row) *record.Row {
	for _, r := range rows {
		if r.Entry == "" && r.Op == like.Op && r.N == like.N && r.Route() == like.Route() {
			return r
		}
	}
	return nil
}

// own returns the timed rows of the function itself, inside the process.
func (g *group) own() []*record.Row {
	return slices.DeleteFunc(slices.Clone(g.calls), func(r *record.Row) bool {
		return r.Lang == referenceLang || r.Via == directName || r.Via == processName
	})
}

// preferred returns, of the function's own rows, the first that cannot be told from the fastest, or nil: crossings are in the order
// in which one would rather have them.
func (g *group) preferred() *record.Row {
	best := fastest(g.own())
	for _, r := range g.own() {
		if ratio, ok := record.WallRatio(r, best); ok && !ratio.Differs(g.floor) {
			return r
		}
	}
	return best
}

// via returns the timed row of a crossing, or nil.
func (g *group) via(crossing string) *record.Row {
	for _, r := range g.calls {
		if r.Via == crossing && r.Lang != referenceLang {
			return r
		}
	}
	return nil
}

// fastest returns the row of the least median, or nil.
func fastest(rows []*record.Row) *record.Row {
	var best *record.Row
	for _, r := range rows {
		if best == nil || middle(r) < middle(best) {
			best = r
		}
	}
	return best
}

func middle(r *record.Row) float64 { return record.MiddleOf(r.Wall()) }

// referenceLang is the language of the further function.
const referenceLang = "reference"

// label is how a row is called in tables and pictures.
func label(r *record.Row) string {
	switch {
	case r.Lang == referenceLang:
		return "the reference, " + r.Via
	case r.Via == directName:
		return "the Go function"
	}
	return page.CrossingLabel(r.Via)
}

// phrase is how a row is called in sentences.
func phrase(r *record.Row) string {
	switch {
	case r.Lang == referenceLang:
		return "the reference"
	case r.Via == directName:
		return "the Go function"
	case r.Via == processName:
		return "a process"
	}
	return page.CrossingName(r.Via)
}

// shareOf returns which part of a row's call is its border; false if it was not measured.
func shareOf(r *record.Record, row *record.Row) (measure.Interval, bool) {
	return record.WallRatio(at(r.Of(borderName), row), row)
}

// workOf returns what is left of a row's call without its border.
func workOf(r *record.Record, row *record.Row) (measure.Interval, bool) {
	if row == nil {
		return measure.Interval{}, false
	}
	border := at(r.Of(borderName), row)
	if border == nil || len(border.Samples) != len(row.Samples) {
		return measure.Interval{}, false
	}
	return record.Differences(row.Wall(), border.Wall()), true
}

// callTables prints what a call costs.
func callTables(p *page.Page) {
	all := groups(p.Record)
	if all == nil {
		return
	}
	p.Heading("A call")
	last, told := "", ""
	var floors []float64
	for _, g := range all {
		p.Subheading(g.name)
		if facts := g.facts(); facts["function"] != last {
			last = facts["function"]
			p.Explain(understood(p, facts))
		}
		base := g.via(directName)
		to := "the Go function"
		if base == nil {
			base, to = fastest(g.calls), "the fastest"
		}
		var lines [][]page.Cell
		for _, h := range g.held {
			r := at(g.calls, h)
			if r == nil {
				if h.Facts["left"] == "" {
					lines = append(lines, page.Words(label(h), "–", "–", "–", "–", "–", "failed"))
				}
				continue
			}
			lines = append(lines, callLine(p.Record, r, h, base, g.floor))
		}
		if lines == nil {
			continue
		}
		p.Table(&page.Table{Header: []string{"crossing", "a call", "relative", "border", "B", "objects", "verified"}, Lines: lines, Left: 1})
		if base != nil {
			told, floors = to, append(floors, g.floor)
		}
	}
	if floors != nil {
		p.Tell(prose, "calls", map[string]string{"To": told, "Floor": floorsText(floors)})
	}
}

// floorsText says noise floors in a sentence: "2% to 5%".
func floorsText(floors []float64) string {
	least, most := page.FloorText(slices.Min(floors)), page.FloorText(slices.Max(floors))
	if least == most {
		return most
	}
	return least + " to " + most
}

// understood says what was called, and with what.
func understood(p *page.Page, facts map[string]string) string {
	code := func(s string) string {
		if p.Markdown {
			return "`" + s + "`"
		}
		return s
	}
	said := code(facts["function"])
	if library := p.Record.Get("library"); library != "" {
		said += " of " + code(library)
	}
	if from := facts["from"]; from != "" {
		said += ", by " + from
	}
	if convention := facts["convention"]; convention != "" {
		said += "; " + convention
	}
	if arguments := facts["arguments"]; arguments != "" {
		said += ". Called with " + arguments
	}
	return said + "."
}

// callLine shows a row.
func callLine(rec *record.Record, r, held, base *record.Row, floor float64) []page.Cell {
	wall := measure.Median(r.Wall())
	relative := page.Word("–")
	if r == base {
		relative = page.Figure("1", r)
	} else if ratio, ok := record.WallRatio(r, base); ok {
		relative = page.Figure(page.Relative(ratio, ratio.Differs(floor)), r, base)
	}
	share := page.Word("–")
	if part, ok := shareOf(rec, r); ok {
		share = page.Figure(page.Share(min(part.Median, 1)), r, at(rec.Of(borderName), r))
		share.Bar = min(part.Median, 1)
	}
	bytes, objects := r.Allocated()
	return []page.Cell{page.Word(label(r)), page.Figure(page.TimeAndSpread(wall), r), relative, share, page.Figure(fmt.Sprintf("%.0f", bytes), r),
		page.Figure(fmt.Sprintf("%.0f", objects), r), verified(held)}
}

// verified says how a row was verified.
func verified(held *record.Row) page.Cell {
	switch {
	case held.Facts["differs"] != "":
		return page.Word("differs")
	case held.Facts["failed"] != "":
		return page.Word("failed")
	case held.Verified():
		return page.Figure(fmt.Sprintf("bit-identical, %.0f calls", held.More(callsUnit).Median), held)
	}
	return page.Word("not compared")
}

// crowdTables prints what calls made at once by several goroutines take.
func crowdTables(p *page.Page) {
	rows := slices.DeleteFunc(slices.Clone(p.Rows(crowdName)), func(r *record.Row) bool { return r.Entry != "" })
	if len(rows) == 0 {
		return
	}
	p.Heading("Calls at once")
	var names []string
	tables := map[string][][]page.Cell{}
	var one *record.Row
	for _, r := range rows {
		name := strings.TrimSpace(r.Op + " " + sizeName(r))
		names = record.AppendNew(names, name)
		if one == nil || one.Route() != r.Route() || one.Op != r.Op || one.N != r.N {
			one = r
		}
		relative := page.Word("–")
		if r == one {
			relative = page.Figure("1", r)
		} else if ratio, ok := record.WallRatio(one, r); ok {
			relative = page.Figure(page.WithSpread(fmt.Sprintf("%.2f", ratio.Median), ratio), one, r)
		}
		line := []page.Cell{page.Word(fmt.Sprintf("%s, %s", label(r), page.Count(r.Get("goroutines"), "goroutine"))),
			page.Figure(page.Significant(1e3/middle(r)), r), relative}
		for _, unit := range []string{"p50-ns", "p99-ns", "p999-ns"} {
			line = append(line, page.Figure(page.Nanoseconds(r.More(unit).Median), r))
		}
		tables[name] = append(tables[name], line)
	}
	for _, name := range names {
		p.Grid(name, []string{"", "million calls a second", "relative", "P50", "P99", "P99.9"}, tables[name])
	}
	p.Tell(prose, "crowd", nil)
}

// breakEvenTables prints how much work a call must carry.
func breakEvenTables(p *page.Page) {
	tables := map[string][][]page.Cell{}
	all := groups(p.Record)
	says := map[string]string{}
	withGo, some := false, false
	for _, g := range all {
		best, direct := g.preferred(), g.via(directName)
		withGo = withGo || direct != nil
		work, known := workOf(p.Record, best)
		for _, r := range g.calls {
			border := at(p.Rows(borderName), r)
			if border == nil || !known {
				continue
			}
			some = true
			b, w := middle(border), max(work.Median, 0)
			batch, wins := "?", ""
			if record.Certain(work) {
				batch = count((1 - overhead) / overhead * b / w)
			}
			if direct != nil {
				if wins = "never"; middle(direct) > w {
					wins = count(b / (middle(direct) - w))
				}
			}
			tables[g.name] = append(tables[g.name], []page.Cell{page.Word(label(r)), page.Figure(page.TimeAndSpread(measure.Median(border.Wall())), border),
				page.Figure(page.Nanoseconds((1-overhead)/overhead*b), border), page.Figure(batch, border, best), page.Figure(wins, border, best, direct)})
		}
		if known {
			works := measure.Interval{Median: max(work.Median, 0), Lo: max(work.Lo, 0), Hi: max(work.Hi, 0)} // noise may take more off than there is
			says[g.name] = fmt.Sprintf("%s itself works for %s: what a call through %s takes beside its border.", g.name,
				page.InWords(works, page.Nanoseconds), phrase(best))
		}
	}
	if !some {
		return
	}
	p.Heading("Work that a call must carry")
	header := []string{"crossing", "border", "work for 10 %", "batch"}
	if withGo {
		header = append(header, "batch, Go")
	}
	for _, g := range all {
		lines := tables[g.name]
		for k := range lines {
			lines[k] = lines[k][:len(header)]
		}
		if lines != nil {
			p.Grid(g.name, header, lines)
			p.Explain(says[g.name])
		}
	}
	p.Tell(prose, "break-even", withGo)
}

// count shows a number of calls, rounded up.
func count(x float64) string {
	x = max(math.Ceil(x), 1)
	if x >= 1e6 {
		return page.Significant(x/1e6) + " million"
	}
	return fmt.Sprintf("%.0f", x)
}

// failureList prints what failed, and what was left out.
func failureList(p *page.Page) {
	list(p, "What failed or was left out", func(g *group, add func(begin, why string, of *record.Row)) {
		for _, h := range g.held {
			for _, f := range []struct{ key, begin string }{{"failed", "failed through"}, {"differs", "by"}, {"crowded", "failed through"}, {"left", "was left out of"}} {
				add(f.begin, h.Facts[f.key], h)
			}
		}
	})
}

// noticedList prints what was noticed.
func noticedList(p *page.Page) {
	list(p, "Noticed", func(g *group, add func(begin, why string, of *record.Row)) {
		for _, h := range g.held {
			add("", h.Facts["of-all"], nil)
			add("through", h.Facts["noticed"], h)
		}
	})
}

// list prints what is said of rows under a heading, once for all of which the same is said: "norm failed through cgo and libffi: …".
func list(p *page.Page, heading string, each func(g *group, add func(begin, why string, of *record.Row))) {
	var items []string
	for _, g := range groups(p.Record) {
		type said struct{ begin, why string }
		var order []said
		of := map[said][]string{}
		each(g, func(begin, why string, row *record.Row) {
			if why == "" {
				return
			}
			s := said{begin, why}
			order = record.AppendNew(order, s)
			if row != nil {
				of[s] = append(of[s], phrase(row))
			}
		})
		for _, s := range order {
			item := g.name
			if s.begin != "" {
				item += " " + s.begin + " " + page.Joined(of[s])
			}
			items = append(items, item+": "+s.why+".")
		}
	}
	if items != nil {
		p.Heading(heading)
		p.List(items)
	}
}
