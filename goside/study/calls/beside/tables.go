// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package beside

import (
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

// passed is what a record holds of the ways.
type passed struct {
	rows []*record.Row
	ways []string // "c/pipe", in the record's order
}

func newPassed(p *page.Page) *passed {
	s := &passed{rows: p.Rows(benchmark)}
	for _, r := range s.rows {
		s.ways = record.AppendNew(s.ways, r.Lang+"/"+r.Via)
	}
	return s
}

// called is how a way is called: the crossing that is named process is by pipe.
func called(way string) string { return strings.Replace(way, "process", "pipe", 1) }

// row returns what one way takes for a payload, or nil.
func (s *passed) row(way, op, n string) *record.Row {
	lang, via, _ := strings.Cut(way, "/")
	return record.First(s.rows, "/op:%s /lang:%s /via:%s /n:%s", op, lang, via, n)
}

// base returns the baseline's row of a payload, or nil.
func (s *passed) base(op, n string) *record.Row { return s.row("c/"+baseline, op, n) }

// floor returns the noise floor of a payload.
func (s *passed) floor(op, n string) float64 {
	return record.Floor(ofNumber(s.rows, op, n))
}

// ofNumber returns the rows of an operation and a number, with second entries.
func ofNumber(rows []*record.Row, op, n string) (some []*record.Row) {
	for _, r := range rows {
		if r.Op == op && r.N == n {
			some = append(some, r)
		}
	}
	return some
}

// toBaseline returns the ratio of a way's time to the baseline's.
func (s *passed) toBaseline(way, op, n string) (ratio measure.Interval, ok bool) {
	return record.WallRatio(s.row(way, op, n), s.base(op, n))
}

// sizes returns the sizes of a function, in the record's order.
func (s *passed) sizes(op string) (all []string) {
	for _, r := range record.Find(s.rows, "/op:%s", op) {
		all = record.AppendNew(all, r.N)
	}
	return all
}

// payload is a column of a table.
type payload struct{ op, n, label string }

// each returns a column for each size of a function.
func (s *passed) each(op string, label func(n string) string) (all []payload) {
	for _, n := range s.sizes(op) {
		all = append(all, payload{op, n, label(n)})
	}
	return all
}

// tables prints what a call of another process takes.
func tables(p *page.Page) {
	s := newPassed(p)
	if len(s.rows) == 0 {
		return
	}
	p.Heading("A process beside")
	p.Tell(prose, "beside", p.Record.Get("goplugin"))
	p.Picture("beside", alt)
	small := []payload{{"noop", "1", "nothing"}, {"add", "1", "two float64"}, {"ints", "6", "int64 × 6"}}
	strings := func(op, label string) []payload {
		return s.each(op, func(n string) string { return label + page.BytesOf(n) })
	}
	for k, t := range []struct {
		title   string
		columns []payload
	}{
		{"Few numbers", small},
		{"A slice, not touched", s.each("length", page.BytesOf)},
		{"A slice, all read", s.each("sum", page.BytesOf)},
		{"A slice, all written", s.each("fill", page.BytesOf)},
		{"Strings", append(strings("text_length", "in, "), strings("text_into", "out, ")...)},
		{"A batch of calls in one crossing", s.each("batch", func(n string) string { return page.Count(n, "call") })},
	} {
		s.times(p, t.title, t.columns)
		if k == 0 { // the ratios of the others say no more
			s.ratios(p, t.title, t.columns)
		}
	}
	for _, say := range []func() string{s.sayCalls, s.sayBytes, s.sayBatches} {
		if text := say(); text != "" {
			p.Say("%s", text)
		}
	}
}

// missing stands where a way cannot pass something.
const missing = "–"

// grid prints a line for each way that has a figure, of what cell returns.
func (s *passed) grid(p *page.Page, title, first string, columns []payload, cell func(way string, of payload) (page.Cell, bool)) {
	header := []string{first}
	for _, c := range columns {
		header = append(header, c.label)
	}
	var lines [][]page.Cell
	for _, way := range s.ways {
		line, found := page.Words(called(way)), false
		for _, c := range columns {
			figure, ok := cell(way, c)
			if !ok {
				figure = page.Word(missing)
			}
			line, found = append(line, figure), found || ok
		}
		if found {
			lines = append(lines, line)
		}
	}
	if lines != nil {
		p.Wide(title, header, lines)
	}
}

func (s *passed) times(p *page.Page, first string, columns []payload) {
	s.grid(p, "Time of a call", first, columns, func(way string, of payload) (page.Cell, bool) {
		r := s.row(way, of.op, of.n)
		if r == nil {
			return page.Cell{}, false
		}
		return page.Figure(page.TimeAndSpread(measure.Median(r.Wall())), r), true
	})
}

func (s *passed) ratios(p *page.Page, first string, columns []payload) {
	s.grid(p, "Time relative to "+baseline, first, columns, func(way string, of payload) (page.Cell, bool) {
		ratio, ok := s.toBaseline(way, of.op, of.n)
		if !ok || way == "c/"+baseline {
			return page.Cell{}, false
		}
		return page.Figure(relative(ratio, ratio.Differs(s.floor(of.op, of.n))), s.row(way, of.op, of.n), s.base(of.op, of.n)), true
	})
}

// relative shows a ratio to the baseline. Of hundreds no decimals are of interest.
func relative(ratio measure.Interval, differs bool) string {
	if ratio.Median < 99.995 { // which is 100.00 with two decimals
		return page.Relative(ratio, differs)
	}
	return page.WithSpread(multiple(ratio.Median), ratio)
}

// multiple shows how many times as long something takes.
func multiple(x float64) string {
	if x < 99.95 { // which is 100 with three digits
		return page.Significant(x)
	}
	return fmt.Sprintf("%.0f", x)
}

// of lists what some ways take for a payload: "12.3 µs by c/pipe, 10.1 µs by c/socket".
func (s *passed) of(op, n string, ways ...string) (all []string) {
	for _, way := range ways {
		if r := s.row(way, op, n); r != nil {
			all = append(all, fmt.Sprintf("%s by %s", page.Nanoseconds(measure.Median(r.Wall()).Median), called(way)))
		}
	}
	return all
}

// sayCalls compares the ways for a call that passes nothing.
func (s *passed) sayCalls() string {
	base := s.base("noop", "1")
	var parts []string
	for _, way := range s.ways {
		if ratio, ok := s.toBaseline(way, "noop", "1"); ok && way != "c/"+baseline {
			parts = append(parts, fmt.Sprintf("%s %s", called(way), multiple(ratio.Median)))
		}
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("A call that passes nothing takes %s through cgo, and by another process this many times as long: %s.",
		page.Nanoseconds(measure.Median(base.Wall()).Median), strings.Join(parts, "; "))
}

// largest returns the largest size of a function.
func (s *passed) largest(op string) string {
	most := ""
	for _, n := range s.sizes(op) {
		if number(n) > number(most) {
			most = n
		}
	}
	return most
}

func number(n string) int {
	k, _ := strconv.Atoi(n) // a size of the record's names
	return k
}

// sayBytes says what the most bytes take.
func (s *passed) sayBytes() string {
	n := s.largest("sum")
	parts := s.of("sum", n, s.ways...)
	if len(parts) < 2 {
		return ""
	}
	return fmt.Sprintf("To read %s takes %s.", page.BytesOf(n), page.Joined(parts))
}

// sayBatches says from how many calls on a batch takes no longer than as many single calls through the baseline.
func (s *passed) sayBatches() string {
	one := s.base("add", "1")
	if one == nil {
		return ""
	}
	single := measure.Median(one.Wall()).Median
	var parts []string
	for _, way := range s.ways {
		from := ""
		for _, n := range s.sizes("batch") {
			if r := s.row(way, "batch", n); from == "" && r != nil && measure.Median(r.Wall()).Median <= float64(number(n))*single {
				from = n
			}
		}
		switch {
		case way == "c/"+baseline || s.row(way, "batch", s.largest("batch")) == nil:
		case from == "":
			parts = append(parts, called(way)+" never")
		default:
			parts = append(parts, fmt.Sprintf("%s %s", called(way), from))
		}
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("The measured batch from which on one crossing takes no longer than as many single calls of add through cgo: %s.",
		strings.Join(parts, "; "))
}

// starved is what a record holds of calls beside work.
type starved struct {
	rows []*record.Row
	vias []string // of calls
	busy []string // numbers of goroutines that work
}

func newStarved(p *page.Page) *starved {
	s := &starved{rows: p.Rows(starvedName)}
	for _, r := range s.rows {
		s.busy = record.AppendNew(s.busy, r.N)
		if r.Op != idle {
			s.vias = record.AppendNew(s.vias, r.Via)
		}
	}
	slices.SortFunc(s.busy, func(a, b string) int { return number(a) - number(b) })
	return s
}

// call returns the row of calls by a crossing beside that many goroutines, or nil.
func (s *starved) call(via, busy string) *record.Row {
	return record.First(s.rows, "-/op:%s /via:%s /n:%s", idle, via, busy)
}

func workOf(r *record.Row) []float64 {
	return r.Values(func(s *measure.Sample) float64 { return s.Get("work-a-second") })
}

// left returns which part of its work as many goroutines get done beside calls, and whether that differs from all.
func (s *starved) left(via, busy string) (part measure.Interval, differs, ok bool) {
	with, without := s.call(via, busy), s.alone(busy)
	if with == nil || without == nil || len(with.Samples) != len(without.Samples) {
		return part, false, false
	}
	part = measure.Ratio(workOf(with), workOf(without))
	return part, part.Differs(record.FloorBy(ofNumber(s.rows, idle, busy), workOf)), true
}

// alone returns the row of goroutines that work beside no calls, or nil.
func (s *starved) alone(busy string) *record.Row {
	return record.First(s.rows, "/op:%s /n:%s", idle, busy)
}

// starvedTables prints what calls of another process leave of the cores.
func starvedTables(p *page.Page) {
	s := newStarved(p)
	if len(s.rows) == 0 {
		return
	}
	p.Heading("Who spins, starves others")
	p.Tell(prose, "starved", p.Record.Get("gomaxprocs"))
	header := []string{"calls by"}
	for _, n := range s.busy {
		header = append(header, "beside "+n, "P99")
		if s.alone(n) != nil {
			header = append(header, "work left")
		}
	}
	var lines [][]page.Cell
	for _, via := range s.vias {
		line := page.Words(called(via))
		for _, n := range s.busy {
			r := s.call(via, n)
			if r == nil {
				line = append(line, page.Words(missing, missing)...)
			} else {
				line = append(line, page.Figure(page.Nanoseconds(r.More("p50-ns").Median), r), page.Figure(page.Nanoseconds(r.More("p99-ns").Median), r))
			}
			if s.alone(n) != nil {
				cell := page.Word(missing)
				if part, differs, ok := s.left(via, n); ok {
					cell = page.Figure(page.Relative(part, differs), r, s.alone(n))
				}
				line = append(line, cell)
			}
		}
		lines = append(lines, line)
	}
	p.Wide("", header, lines)
	if said := s.say(); said != "" {
		p.Say("%s", said)
	}
}

// say is the experiment in two sentences: what spinning gains alone, and what it loses if all cores are busy.
func (s *starved) say() string {
	if len(s.busy) < 2 {
		return ""
	}
	none, most := s.busy[0], s.busy[len(s.busy)-1]
	var alone, crowded []string
	for _, via := range []string{"shm-spin", "shm", "socket", "process"} {
		a, b := s.call(via, none), s.call(via, most)
		left, _, ok := s.left(via, most)
		if a == nil || b == nil || !ok {
			continue
		}
		alone = append(alone, fmt.Sprintf("%s by %s", page.Nanoseconds(a.More("p50-ns").Median), called(via)))
		crowded = append(crowded, fmt.Sprintf("%s by %s (P99 %s; %s of the work is left)",
			page.Nanoseconds(b.More("p50-ns").Median), called(via), page.Nanoseconds(b.More("p99-ns").Median), page.Share(left.Median)))
	}
	if alone == nil {
		return ""
	}
	verb := "work"
	if most == "1" {
		verb = "works"
	}
	return fmt.Sprintf("The median call takes %s while nobody else works. While %s %s, it takes %s.",
		page.Joined(alone), page.Count(most, "goroutine"), verb, page.Joined(crowded))
}
