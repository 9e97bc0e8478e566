// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

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
var texts string

var prose = page.NewProse(texts)

// column is a problem's rows, in one unit.
type column struct {
	name, unit string
	scale      float64 // ns in a unit
	rows       []*record.Row
	loop       []float64 // time of the empty loop in each round, which is taken off; nil if nothing is
}

// find returns the first entry of a route, or nil.
func (c *column) find(route string) *record.Row {
	for _, r := range c.rows {
		if r.Route() == route && r.Entry == "" {
			return r
		}
	}
	return nil
}

// wall returns the wall times of r, which is in c, in ns an operation.
func (c *column) wall(r *record.Row) []float64 {
	wall := r.Wall()
	if len(c.loop) == len(wall) {
		for k := range wall {
			wall[k] -= c.loop[k]
		}
	}
	return wall
}

func (c *column) floor() float64 { return record.FloorBy(c.rows, c.wall) }

// studies returns the benchmarks that are shown as a matrix of routes.
func studies(r *record.Record) []string {
	var all []string
	for k := range r.Rows {
		if name := r.Rows[k].Study; name != record.LimitsName {
			all = record.AppendNew(all, name)
		}
	}
	return all
}

// columns returns the problems of a benchmark.
func columns(r *record.Record, study string, limits *record.Limits) []*column {
	var all []*column
	index := map[string]*column{}
	for _, row := range r.Of(study) {
		c := index[row.Problem()]
		if c == nil {
			per := row.Facts["per"]
			if per == "" {
				per = "op"
			}
			c = &column{name: strings.TrimSpace(row.What() + " " + row.Layout), unit: "ns/" + per, scale: 1}
			if study == "Call" {
				c.loop = limits.Loop
			}
			if measure.Median(row.Wall()).Median > 10_000 {
				c.unit, c.scale = "ms/"+per, 1e6
			}
			index[row.Problem()] = c
			all = append(all, c)
		}
		c.rows = append(c.rows, row)
	}
	return all
}

// tables prints a row for each route and a column for each problem: times, and their ratios to the baseline; then shares of
// the machine's limits and, in a page, the rates and the cores kept busy; or what calls allocate.
func tables(p *page.Page) {
	if !slices.ContainsFunc(p.Record.Rows, func(r record.Row) bool { return r.Route() == p.Baseline }) {
		p.Baseline = p.Record.Rows[0].Route()
	}
	for _, name := range studies(p.Record) {
		m := newMatrix(p, name)
		m.print(name+": time", true, m.time)
		if len(m.routes) > 1 {
			m.print(name+": time relative to "+p.Baseline, false, m.ratio, m.floors()...)
		}
		switch {
		case p.Brief:
		case name == "Call":
			m.print(name+": allocated on Go's heap, bytes", false, func(_ *column, r *record.Row) string {
				bytes, _ := r.Allocated()
				return fmt.Sprintf("%.0f", bytes)
			})
			m.print(name+": allocated on Go's heap, objects", false, func(_ *column, r *record.Row) string {
				_, objects := r.Allocated()
				return fmt.Sprintf("%.0f", objects)
			})
		default:
			m.print(name+": share of the limit", false, m.share)
			if p.Markdown {
				m.print(name+": rate", false, m.rate)
				m.print(name+": cores busy", false, m.cores)
			}
		}
	}
}

// matrix prints tables of routes by problems.
type matrix struct {
	*page.Page
	columns []*column
	routes  []string
}

func newMatrix(p *page.Page, study string) *matrix {
	m := &matrix{Page: p, columns: columns(p.Record, study, p.Limits)}
	for _, r := range p.Rows(study) {
		m.routes = record.AppendNew(m.routes, r.Route())
	}
	return m
}

// print prints a table of what cell makes of each row, unless it makes nothing of any; the last line, if there is one, has the
// noise floors.
func (m *matrix) print(title string, units bool, cell func(*column, *record.Row) string, floors ...string) {
	header := []string{"route"}
	between := ", "
	if !m.Markdown { // a terminal is narrower than a page
		between = "\n"
	}
	for _, c := range m.columns {
		name := c.name
		if units {
			name += between + c.unit
		}
		header = append(header, name)
	}
	var lines [][]string
	filled := false
	for _, route := range m.routes {
		line := []string{route}
		for _, c := range m.columns {
			text := ""
			if r := c.find(route); r != nil {
				text = cell(c, r)
			}
			filled = filled || text != ""
			line = append(line, text)
		}
		lines = append(lines, line)
	}
	if !filled {
		return
	}
	if floors != nil {
		lines = append(lines, append([]string{"noise floor"}, floors...))
	}
	m.Grid(title, header, page.Lines(lines))
}

func (m *matrix) time(c *column, r *record.Row) string {
	wall := measure.Median(c.wall(r))
	return page.WithSpread(page.Significant(wall.Median/c.scale), wall)
}

// ratio shows a row's time relative to the baseline's, taken within rounds.
func (m *matrix) ratio(c *column, r *record.Row) string {
	base := c.find(m.Baseline)
	switch {
	case base == nil || len(base.Samples) != len(r.Samples):
		return ""
	case r == base:
		return "1"
	}
	ratio, same := measure.Ratio(c.wall(r), c.wall(base)), ""
	if !ratio.Differs(c.floor()) {
		same = "~"
	}
	return same + page.WithSpread(fmt.Sprintf("%.2f", ratio.Median), ratio)
}

// floors returns the noise floor of each column.
func (m *matrix) floors() []string {
	all := make([]string, len(m.columns))
	for k, c := range m.columns {
		all[k] = "unknown"
		if floor := c.floor(); !math.IsInf(floor, 0) {
			all[k] = fmt.Sprintf("±%.1f%%", 100*floor)
		}
	}
	return all
}

func (m *matrix) share(_ *column, r *record.Row) string {
	share, _, ok := m.Limits.Share(r)
	if !ok {
		return ""
	}
	return page.ShareText(share)
}

func (m *matrix) rate(_ *column, r *record.Row) string {
	wall := measure.Median(r.Wall())
	switch _, limit, ok := m.Limits.Share(r); {
	case !ok:
		return ""
	case limit.Bytes > 0:
		return page.WithSpread(page.Significant(limit.Bytes/wall.Median), wall) + " GB/s"
	default:
		return page.WithSpread(page.Significant(limit.Flops/wall.Median), wall) + " Gflop/s"
	}
}

func (m *matrix) cores(_ *column, r *record.Row) string {
	busy := make([]float64, len(r.Samples))
	for k, s := range r.Samples {
		busy[k] = s.CPU / s.Wall
	}
	cores := measure.Median(busy)
	return page.WithSpread(fmt.Sprintf("%.2f", cores.Median), cores)
}

// verified returns how many of the rows were verified, and how many there are.
func verified(r *record.Record) (good, rows int) {
	for k := range r.Rows {
		if r.Rows[k].Study == record.LimitsName || r.Rows[k].Entry != "" {
			continue
		}
		rows++
		if r.Rows[k].Verified() {
			good++
		}
	}
	return good, rows
}

// legend says what the tables show and where they were measured.
func legend(p *page.Page) {
	data := struct {
		*page.Page
		Rounds, Good, Rows int
		Sizes, Loop        string
		Limits, Moves      bool
		Relative           bool // to another route
	}{Page: p, Moves: p.Limits.Moves(), Limits: p.Limits.Any() && !p.Brief}
	var sizes []string
	for k := range p.Record.Rows {
		r := &p.Record.Rows[k]
		data.Rounds = max(data.Rounds, len(r.Samples))
		if r.Study != record.LimitsName && r.N != "1" {
			sizes = record.AppendNew(sizes, r.What()+" "+r.N)
		}
		data.Relative = data.Relative || r.Study != record.LimitsName && r.Route() != p.Baseline
	}
	data.Sizes = strings.Join(sizes, ", ")
	data.Good, data.Rows = verified(p.Record)
	if p.Limits.Loop != nil {
		data.Loop = page.Significant(measure.Median(p.Limits.Loop).Median) + " ns"
	}
	p.Tell(prose, "legend", data)
	p.Tell(prose, "machine", p.Record)
	builds(p)
}

// builds says how each language was built. Languages that were built alike share a line.
func builds(p *page.Page) {
	var said, items []string
	for _, f := range p.Record.Facts {
		if !strings.HasPrefix(f.Key, "build-") || slices.Contains(said, f.Value) {
			continue
		}
		said = append(said, f.Value)
		var langs []string
		for _, same := range p.Record.Facts {
			if lang, ok := strings.CutPrefix(same.Key, "build-"); ok && same.Value == f.Value {
				langs = append(langs, lang)
			}
		}
		items = append(items, fmt.Sprintf("%s: %s.", strings.Join(langs, ", "), f.Value))
	}
	if items != nil {
		p.List(items)
	}
}
