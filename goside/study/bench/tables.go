// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/level"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var texts string

var prose = page.NewProse(texts)

// column is a problem's rows, in one unit.
type column struct {
	name, per string  // per: what an operation is
	unit      string  // of time, without the operation
	scale     float64 // ns in a unit
	rows      []*record.Row
	loop      *record.Row // the empty loop, whose time in each round is taken off; nil if nothing is
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
	if c.loop != nil && len(c.loop.Samples) == len(wall) {
		for k := range wall {
			wall[k] -= c.loop.Samples[k].Wall
		}
	}
	return wall
}

func (c *column) floor() float64 { return record.FloorBy(c.rows, c.wall) }

// floorText shows the noise floor: "±0.9%".
func (c *column) floorText() string {
	floor := c.floor()
	if math.IsInf(floor, 0) {
		return "unknown"
	}
	return fmt.Sprintf("±%.1f%%", 100*floor)
}

// twice returns the rows that the noise floor is made from: both entries of a route, and the loop.
func (c *column) twice() []*record.Row {
	for _, r := range c.rows {
		if r.Again() {
			return []*record.Row{r, c.find(r.Route()), c.loop}
		}
	}
	return nil
}

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
			c = &column{name: strings.TrimSpace(row.What() + " " + row.Layout), per: per, unit: "ns", scale: 1}
			if study == "Call" {
				c.loop = limits.Find("loop", "go", "", "")
			}
			if measure.Median(row.Wall()).Median > 10_000 {
				c.unit, c.scale = "ms", 1e6
			}
			index[row.Problem()] = c
			all = append(all, c)
		}
		c.rows = append(c.rows, row)
	}
	return all
}

// tables prints, for the plain languages and for the tuned ones, a row for each route and a column for each problem: times, and
// their ratios to the baseline, or the speed-up over the plain language and over Python; then shares of the machine's limits and,
// in a page, the rates and the cores kept busy; or what calls allocate.
func tables(p *page.Page) {
	if !slices.ContainsFunc(p.Record.Rows, func(r record.Row) bool { return r.Route() == p.Baseline }) {
		p.Baseline = p.Record.Rows[0].Route()
	}
	for _, name := range studies(p.Record) {
		for _, m := range newMatrices(p, name) {
			if p.HTML != nil {
				m.list()
			} else {
				m.tables()
			}
		}
	}
}

// tables prints the tables of a matrix.
func (m *matrix) tables() {
	m.print("time", true, m.time)
	if len(m.routes) > 1 && m.relates() {
		m.print("time relative to "+m.Baseline, false, m.ratio, append(page.Words("noise floor"), m.floors()...))
	}
	if m.tuned {
		m.print("speed-up over the plain language", false, m.overPlain)
		m.print("speed-up over the fastest binding of Python", false, m.overPython)
	}
	switch {
	case m.Brief:
	case m.study == "Call":
		m.print("allocated on Go's heap, bytes", false, m.bytes)
		m.print("allocated on Go's heap, objects", false, m.objects)
	default:
		m.print("share of the limit", false, m.share)
		if m.Markdown {
			m.print("rate", false, m.rate)
			m.print("cores busy", false, m.cores)
		}
	}
}

// matrix prints tables of routes by problems.
type matrix struct {
	*page.Page
	study   string
	columns []*column // of all routes
	routes  []string
	tuned   bool // they are to tuned languages
}

// newMatrices returns the matrix of a benchmark's routes, or those of kernels in plain and in tuned languages.
func newMatrices(p *page.Page, study string) []*matrix {
	all := columns(p.Record, study, p.Limits)
	families := []*matrix{{Page: p, study: study, columns: all}, {Page: p, study: study, columns: all, tuned: true}}
	for _, r := range p.Rows(study) {
		m := families[0]
		if _, tuned := level.Plain(r.Lang); tuned && study == "Kernels" {
			m = families[1]
		}
		m.routes = record.AppendNew(m.routes, r.Route())
	}
	return slices.DeleteFunc(families, func(m *matrix) bool { return m.routes == nil })
}

// title is what the matrix is headed by.
func (m *matrix) title() string {
	switch {
	case m.tuned:
		return m.study + ", tuned"
	case m.study == "Call" && m.HTML != nil:
		return "Calls"
	}
	return m.study
}

// relates reports whether ratios to the baseline are shown: those of tuned languages only if it is one of them.
func (m *matrix) relates() bool { return !m.tuned || slices.Contains(m.routes, m.Baseline) }

// print prints a table of what cell makes of each row, unless it makes nothing of any, and of more lines below.
func (m *matrix) print(title string, units bool, cell func(*column, *record.Row) page.Cell, below ...[]page.Cell) {
	header := []string{"route"}
	between := ", "
	if !m.Markdown { // a terminal is narrower than a page
		between = "\n"
	}
	for _, c := range m.columns {
		name := c.name
		if units {
			name += between + c.unit + "/" + c.per
		}
		header = append(header, name)
	}
	var lines [][]page.Cell
	filled := false
	for _, route := range m.routes {
		line := page.Words(route)
		for _, c := range m.columns {
			figure := page.Cell{}
			if r := c.find(route); r != nil {
				figure = cell(c, r)
			}
			filled = filled || figure.Text != ""
			line = append(line, figure)
		}
		lines = append(lines, line)
	}
	if !filled {
		return
	}
	m.Grid(m.title()+": "+title, header, append(lines, below...))
}

// list prints, in a page in HTML, a line for each problem and route, which a reader sorts and filters.
func (m *matrix) list() {
	type cells struct {
		header string
		cell   func(*column, *record.Row) page.Cell
	}
	first, more := "kernel", []cells{{"time", func(c *column, r *record.Row) page.Cell {
		return page.Figure(page.TimeAndSpread(measure.Median(c.wall(r))), r, c.loop)
	}}}
	if m.relates() {
		more = append(more, cells{"relative to " + m.Baseline, m.ratio})
	}
	if m.tuned {
		more = append(more, cells{"speed-up over the plain language", m.overPlain}, cells{"speed-up over Python", m.overPython})
	}
	switch {
	case m.study == "Call":
		first, more = "function", append(more, cells{"bytes on Go's heap", m.bytes}, cells{"objects there", m.objects})
	case m.Limits.Moves():
		more = append(more, cells{"share of the limit", m.share})
	}
	more = append(more, cells{"verified", verdict})
	m.Heading(m.title())
	m.Tell(prose, "list", struct {
		Operations, Baseline, Floors, Loop, Python string
		Shares, Relates, Tuned                     bool
	}{m.operations(), m.Baseline, m.floorsText(), m.loopText(), fastestBindings(m.columns), m.study != "Call" && m.Limits.Moves(), m.relates(), m.tuned})
	header := []string{first, "language", "crossing"}
	for _, of := range more {
		header = append(header, of.header)
	}
	var lines [][]page.Cell
	for _, c := range m.columns {
		for _, route := range m.routes {
			r := c.find(route)
			if r == nil {
				continue
			}
			line := page.Words(c.name, r.Lang, r.Via)
			for _, of := range more {
				line = append(line, of.cell(c, r))
			}
			lines = append(lines, line)
		}
	}
	m.Table(&page.Table{Header: header, Lines: lines, Left: 3, Filter: true})
}

// operations returns what the problems' times are of: "a diffusion step, a julia image".
func (m *matrix) operations() string {
	var all []string
	for _, c := range m.columns {
		all = record.AppendNew(all, page.WithArticle(c.rows[0].What()+" "+c.per))
	}
	return page.Joined(all)
}

// floorsText returns the problems' noise floors in words.
func (m *matrix) floorsText() string {
	var all []string
	for _, c := range m.columns {
		all = append(all, c.floorText()+" for "+c.name)
	}
	return page.Joined(all)
}

// loopText returns the time of the empty loop if it is subtracted, or "".
func (m *matrix) loopText() string {
	if loop := m.columns[0].loop; loop != nil {
		return page.Nanoseconds(measure.Median(loop.Wall()).Median)
	}
	return ""
}

// verdict returns the mark of how a row was verified before it was timed.
func verdict(_ *column, r *record.Row) page.Cell {
	mark := "–"
	if v := r.Verdict(); v != "" {
		mark = "✓ " + v
	}
	return page.Figure(mark, r)
}

func (m *matrix) time(c *column, r *record.Row) page.Cell {
	wall := measure.Median(c.wall(r))
	return page.Figure(page.WithSpread(page.Significant(wall.Median/c.scale), wall), r, c.loop)
}

// ratio shows a row's time relative to the baseline's, taken within rounds.
func (m *matrix) ratio(c *column, r *record.Row) page.Cell {
	base := c.find(m.Baseline)
	switch {
	case base == nil || len(base.Samples) != len(r.Samples):
		return page.Cell{}
	case r == base:
		return page.Figure("1", r)
	}
	ratio := measure.Ratio(c.wall(r), c.wall(base))
	return page.Figure(page.Relative(ratio, ratio.Differs(c.floor())), r, base, c.loop)
}

// overPlain shows how many times as fast a row is as that of its plain language through the same crossing.
func (m *matrix) overPlain(c *column, r *record.Row) page.Cell {
	plain, _ := level.Plain(r.Lang)
	return c.speedUp(r, c.find(plain+"/"+r.Via))
}

// overPython shows how many times as fast a row is as the fastest binding of Python.
func (m *matrix) overPython(c *column, r *record.Row) page.Cell {
	return c.speedUp(r, c.fastestBinding())
}

// speedUp shows the time of another row, which may be nil, relative to a row's.
func (c *column) speedUp(r, other *record.Row) page.Cell {
	if other == nil || len(other.Samples) != len(r.Samples) {
		return page.Cell{}
	}
	ratio := measure.Ratio(c.wall(other), c.wall(r))
	return page.Figure(page.Relative(ratio, ratio.Differs(c.floor())), r, other)
}

// fastestBinding returns the row of a Python language with the least time, or nil.
func (c *column) fastestBinding() *record.Row {
	var fastest *record.Row
	for _, r := range c.rows {
		if python(r) && r.Entry == "" && (fastest == nil || record.MiddleOf(c.wall(r)) < record.MiddleOf(c.wall(fastest))) {
			fastest = r
		}
	}
	return fastest
}

// python reports whether a row is of a language that Python calls.
func python(r *record.Row) bool {
	return r.Via == "cpython" || strings.HasPrefix(r.Lang, "python") || strings.HasPrefix(r.Lang, "pypy")
}

// fastestBindings returns the fastest bindings of Python in words, or "": "numba (julia, ols row) and numpy (ols col)".
func fastestBindings(columns []*column) string {
	var bindings []string
	problems := map[string][]string{}
	for _, c := range columns {
		if r := c.fastestBinding(); r != nil {
			bindings = record.AppendNew(bindings, r.Lang)
			problems[r.Lang] = append(problems[r.Lang], c.name)
		}
	}
	for k, lang := range bindings {
		bindings[k] = fmt.Sprintf("%s (%s)", lang, strings.Join(problems[lang], ", "))
	}
	return page.Joined(bindings)
}

// floors returns the noise floor of each column.
func (m *matrix) floors() []page.Cell {
	all := make([]page.Cell, len(m.columns))
	for k, c := range m.columns {
		all[k] = page.Figure(c.floorText(), c.twice()...)
	}
	return all
}

func (m *matrix) bytes(_ *column, r *record.Row) page.Cell {
	bytes, _ := r.Allocated()
	return page.Figure(fmt.Sprintf("%.0f", bytes), r)
}

func (m *matrix) objects(_ *column, r *record.Row) page.Cell {
	_, objects := r.Allocated()
	return page.Figure(fmt.Sprintf("%.0f", objects), r)
}

func (m *matrix) share(_ *column, r *record.Row) page.Cell {
	share, limit, ok := m.Limits.Share(r)
	if !ok {
		return page.Cell{}
	}
	cell := page.Figure(page.ShareText(share), r, limit.Row)
	cell.Bar = share.Median
	return cell
}

func (m *matrix) rate(_ *column, r *record.Row) page.Cell {
	wall := measure.Median(r.Wall())
	switch _, limit, ok := m.Limits.Share(r); {
	case !ok:
		return page.Cell{}
	case limit.Bytes > 0:
		return page.Figure(page.WithSpread(page.Significant(limit.Bytes/wall.Median), wall)+" GB/s", r)
	default:
		return page.Figure(page.WithSpread(page.Significant(limit.Flops/wall.Median), wall)+" Gflop/s", r)
	}
}

func (m *matrix) cores(_ *column, r *record.Row) page.Cell {
	busy := make([]float64, len(r.Samples))
	for k, s := range r.Samples {
		busy[k] = s.CPU / s.Wall
	}
	cores := measure.Median(busy)
	return page.Figure(page.WithSpread(fmt.Sprintf("%.2f", cores.Median), cores), r)
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
		Parallel           string // how parallel languages are told
		Limits, Moves      bool
		Relative           bool // to another route
		Tuned              bool // some are
		Python             string
	}{Page: p, Moves: p.Limits.Moves(), Limits: p.Limits.Any() && !p.Brief, Python: fastestBindings(columns(p.Record, "Kernels", p.Limits))}
	var sizes []string
	parallel := []string{"-par", "-omp"}
	for k := range p.Record.Rows {
		r := &p.Record.Rows[k]
		data.Rounds = max(data.Rounds, len(r.Samples))
		if r.Study != record.LimitsName && r.N != "1" {
			sizes = record.AppendNew(sizes, r.What()+" "+r.N)
		}
		if r.Study == record.LimitsName {
			continue
		}
		data.Relative = data.Relative || r.Route() != p.Baseline
		_, tuned := level.Plain(r.Lang)
		data.Tuned = data.Tuned || tuned
		if r.Parallel() && !slices.ContainsFunc(parallel, func(end string) bool { return strings.HasSuffix(r.Lang, end) }) {
			parallel = append(parallel, r.Lang)
		}
	}
	data.Parallel = strings.Join(parallel, ", ")
	data.Sizes = strings.Join(sizes, ", ")
	data.Good, data.Rows = verified(p.Record)
	if p.Limits.Loop != nil {
		data.Loop = page.Significant(measure.Median(p.Limits.Loop).Median) + " ns"
	}
	if p.HTML != nil {
		p.Heading("Legend, machine and builds")
	}
	p.Tell(prose, "legend", data)
	p.Tell(prose, "machine", p.Record)
	builds(p)
	p.End() // warnings are in no section that may be folded
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
