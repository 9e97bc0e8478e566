// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/measure"
	"toll/goside/study"
)

// Style is how tables are shown.
type Style struct {
	Baseline string // route that ratios are taken to; the record's first if that is not in it
	Markdown bool
	Brief    bool   // only the times, or the answers in short
	Source   string // file of the record, as it is to be named
}

// Tables prints a record's tables, a row for each route and a column for each problem: times; the rates they
// make, with the share of the machine's limits, or what calls allocate; the limits; and what may be wrong with
// it all.
func Tables(w io.Writer, record *Record, style Style) {
	if !slices.ContainsFunc(record.Rows, func(r Row) bool { return r.Route() == style.Baseline }) {
		style.Baseline = record.Rows[0].Route()
	}
	p := &printer{w, style, record, record.limits()}
	for _, name := range record.studies() {
		columns := record.columns(name, p.limits)
		p.table(name+": time", columns, func(c *column, r *Row) string { return p.time(c, r) }, func(c *column) string {
			floor, ok := c.floor()
			switch {
			case !ok:
				return ""
			case math.IsInf(floor, 0):
				return "?"
			}
			return fmt.Sprintf("± %.1f%%", 100*floor)
		})
		switch {
		case p.Brief:
		case name == "Call":
			p.table(name+": allocated on Go's heap, bytes and objects", columns, func(_ *column, r *Row) string { return allocations(r) }, nil)
		default:
			p.table(name+": rate, share of the limit, cores busy", columns, func(c *column, r *Row) string { return p.rate(c, r) }, nil)
		}
	}
	if !p.Brief {
		p.printLimits()
	}
	p.legend()
	p.warnings()
}

type printer struct {
	io.Writer
	Style
	record *Record
	limits *limits
}

// column is a problem's rows, in one unit.
type column struct {
	name, unit string
	scale      float64 // ns in a unit
	rows       []*Row
	loop       []float64 // time of the empty loop in each round, to be taken off; nil if nothing is
}

func (c *column) find(route string) *Row {
	for _, r := range c.rows {
		if r.Route() == route {
			return r
		}
	}
	return nil
}

// wall returns the wall times of r, which is in c, in ns an operation.
func (c *column) wall(r *Row) []float64 {
	wall := r.Wall()
	if len(c.loop) == len(wall) {
		for k := range wall {
			wall[k] -= c.loop[k]
		}
	}
	return wall
}

// floor returns the noise floor, if a route was entered twice.
func (c *column) floor() (float64, bool) {
	for _, again := range c.rows {
		if lang, ok := strings.CutSuffix(again.Lang, study.Again); ok {
			if r := c.find(lang + "/" + again.Via); r != nil && len(r.Samples) == len(again.Samples) {
				return measure.Ratio(c.wall(again), c.wall(r)).Floor(), true
			}
		}
	}
	return 0, false
}

// studies returns what is shown as a matrix of routes.
func (r *Record) studies() []string {
	var all []string
	for k := range r.Rows {
		if name := r.Rows[k].Study; name != study.LimitsName && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

func (r *Record) columns(study string, limits *limits) []*column {
	var all []*column
	index := map[string]*column{}
	for k := range r.Rows {
		row := &r.Rows[k]
		if row.Study != study {
			continue
		}
		c := index[row.Problem()]
		if c == nil {
			op := row.Facts["op"]
			if op == "" {
				op = "op"
			}
			c = &column{name: strings.TrimSpace(row.Kernel + " " + row.Layout), unit: "ns/" + op, scale: 1}
			if study == "Call" {
				c.loop = limits.loop
			}
			if measure.Median(row.Wall()).Median > 10_000 {
				c.unit, c.scale = "ms/"+op, 1e6
			}
			index[row.Problem()] = c
			all = append(all, c)
		}
		c.rows = append(c.rows, row)
	}
	return all
}

// table prints a row for each route of the columns, with what cell makes of each; last, if any, makes the cells
// of the last row, the noise floor.
func (p *printer) table(title string, columns []*column, cell func(*column, *Row) string, last func(*column) string) {
	t := p.newTable()
	header := table.Row{"route"}
	configs := []table.ColumnConfig{}
	for k, c := range columns {
		name := c.name
		if last != nil && p.Markdown {
			name += ", " + c.unit
		} else if last != nil {
			name += "\n" + c.unit
		}
		header = append(header, name)
		configs = append(configs, table.ColumnConfig{Number: k + 2, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.AppendHeader(header)
	t.SetColumnConfigs(configs)
	var routes []string
	for _, c := range columns {
		for _, r := range c.rows {
			if !slices.Contains(routes, r.Route()) && !r.again() {
				routes = append(routes, r.Route())
			}
		}
	}
	for _, route := range routes {
		line := table.Row{route}
		for _, c := range columns {
			text := ""
			if r := c.find(route); r != nil {
				text = cell(c, r)
			}
			if p.Markdown { // which needs nothing lined up
				text = strings.Join(strings.Fields(text), " ")
			}
			line = append(line, text)
		}
		t.AppendRow(line)
	}
	if last != nil {
		line := table.Row{"noise floor"}
		for _, c := range columns {
			line = append(line, last(c))
		}
		t.AppendSeparator()
		t.AppendRow(line)
	}
	p.render(title, t)
}

func (p *printer) newTable() table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	return t
}

func (p *printer) render(title string, t table.Writer) {
	switch {
	case p.Markdown && title == "":
		fmt.Fprintf(p, "%s\n\n", t.RenderMarkdown())
	case p.Markdown:
		fmt.Fprintf(p, "**%s**\n\n%s\n\n", title, t.RenderMarkdown())
	case title == "":
		fmt.Fprintf(p, "%s\n\n", t.Render())
	default:
		fmt.Fprintf(p, "%s\n%s\n\n", title, t.Render())
	}
}

// time shows a row's median and half its 95 % interval in per cent, and the same of its ratio to the baseline,
// taken within rounds.
func (p *printer) time(c *column, r *Row) string {
	wall := c.wall(r)
	s := measure.Median(wall)
	out := significant(s.Median/c.scale) + " " + spread(s)
	base := c.find(p.Baseline)
	switch {
	case base == nil || len(base.Samples) != len(r.Samples):
		return out
	case r == base:
		return out + "   1.00x     "
	}
	ratio, same := measure.Ratio(wall, c.wall(base)), " "
	if floor, _ := c.floor(); !ratio.Differs(floor) {
		same = "~"
	}
	return fmt.Sprintf("%s %s%5.2fx %s", out, same, ratio.Median, strings.TrimRight(spread(ratio), "! "))
}

// spread returns "± 3% ", half the interval in per cent, with a mark for an unstable one: "±13%!".
func spread(i measure.Interval) string {
	half := i.Half()
	switch {
	case math.IsInf(half, 0) || math.IsNaN(half): // too few samples
		return "± ?% "
	case i.Unstable():
		return fmt.Sprintf("±%2.0f%%!", 100*half)
	}
	return fmt.Sprintf("±%2.0f%% ", 100*half)
}

func allocations(r *Row) string {
	bytes, allocs := r.allocated()
	return fmt.Sprintf("%.0f B, %.0f", bytes, allocs)
}

// rate shows the rate of a row's work, its share of the limit, and how many cores were kept busy.
func (p *printer) rate(_ *column, r *Row) string {
	wall := measure.Median(r.Wall()).Median
	busy := make([]float64, len(r.Samples))
	for k, s := range r.Samples {
		busy[k] = s.CPU / s.Wall
	}
	cores := fmt.Sprintf("%.2f", measure.Median(busy).Median)
	share, limit, ok := p.limits.share(r)
	switch {
	case !ok:
		return cores
	case limit.bytes > 0:
		return fmt.Sprintf("%s GB/s %11s  %s", significant(limit.bytes/wall), shareText(share), cores)
	}
	return fmt.Sprintf("%s Gflop/s %11s  %s", significant(limit.flops/wall), shareText(share), cores)
}

// significant returns x with three significant digits, without an exponent.
func significant(x float64) string {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return fmt.Sprint(x)
	}
	return fmt.Sprintf("%.*f", max(0, 2-int(math.Floor(math.Log10(math.Abs(x))))), x)
}

// verified returns how many of the rows were verified, and how many there are.
func (r *Record) verified() (good, rows int) {
	for k := range r.Rows {
		if r.Rows[k].Study == study.LimitsName || r.Rows[k].again() {
			continue
		}
		rows++
		if r.Rows[k].verified() {
			good++
		}
	}
	return good, rows
}

// legend says what the tables show and where they were measured.
func (p *printer) legend() {
	rounds := 0
	var sizes []string
	for k := range p.record.Rows {
		r := &p.record.Rows[k]
		rounds = max(rounds, len(r.Samples))
		if size := r.Kernel + " " + r.N; r.Study != study.LimitsName && r.N != "1" && !slices.Contains(sizes, size) {
			sizes = append(sizes, size)
		}
	}
	good, rows := p.record.verified()
	get := p.record.Get
	say := func(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }
	say("Time: median of %d interleaved rounds ± half its 95%% interval (!: beyond 5%%); x: ratio to %s, median of the", rounds, p.Baseline)
	say("ratios within rounds ± half its interval; ~: no difference beyond the noise floor, which is what a route differs")
	say("from itself by, entered twice.")
	if p.limits.loop != nil {
		say("The empty loop, %s ns, is taken off the times of calls.", significant(measure.Median(p.limits.loop).Median))
	}
	switch {
	case !p.limits.any() || p.Brief:
	case p.limits.moves():
		say("Share: the time that the work would take at the limit over the time it took, within rounds ± half its interval. The")
		say("limit is that of moving the same bytes in as large a set, or of the operations, on as many threads or one.")
		say("^: above 100%%, beyond the interval.")
	default:
		say("No shares: this record holds no limit of its problems' own sets.")
	}
	say("Sizes: %s. Parallel languages (-par, -omp) on %s.", strings.Join(sizes, ", "), p.record.threads())
	say("Rows verified before they were timed: %d of %d.", good, rows)
	say("Machine: %s, %s cores, %s; %s. Toll %s.", get("cpu"), get("cores"), get("os"), get("go"), get("revision"))
	if p.Markdown {
		say("")
	}
	// Languages that were built alike share a line.
	var said []string
	for _, f := range p.record.Facts {
		if !strings.HasPrefix(f.Key, "build-") || slices.Contains(said, f.Value) {
			continue
		}
		said = append(said, f.Value)
		var langs []string
		for _, same := range p.record.Facts {
			if lang, ok := strings.CutPrefix(same.Key, "build-"); ok && same.Value == f.Value {
				langs = append(langs, lang)
			}
		}
		if p.Markdown {
			fmt.Fprint(p, "- ")
		}
		say("%s: %s.", strings.Join(langs, ", "), f.Value)
	}
}
