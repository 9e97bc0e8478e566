// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// tables prints a row for each route and a column for each problem: times; then the rates they make, with the share of the
// machine's limits, or what calls allocate.
func tables(p *page.Page) {
	if !slices.ContainsFunc(p.Record.Rows, func(r record.Row) bool { return r.Route() == p.Baseline }) {
		p.Baseline = p.Record.Rows[0].Route()
	}
	for _, name := range studies(p.Record) {
		columns := columns(p.Record, name, p.Limits)
		matrix(p, name+": time", columns, func(c *record.Column, r *record.Row) string { return took(p, c, r) }, func(c *record.Column) string {
			floor, ok := c.Floor()
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
			matrix(p, name+": allocated on Go's heap, bytes and objects", columns, func(_ *record.Column, r *record.Row) string { return page.Allocations(r) }, nil)
		default:
			matrix(p, name+": rate, share of the limit, cores busy", columns, func(c *record.Column, r *record.Row) string { return rate(p, c, r) }, nil)
		}
	}
}

// studies returns what is shown as a matrix of routes.
func studies(r *record.Record) []string {
	var all []string
	for k := range r.Rows {
		if name := r.Rows[k].Study; name != record.LimitsName && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

func columns(r *record.Record, study string, limits *record.Limits) []*record.Column {
	var all []*record.Column
	index := map[string]*record.Column{}
	for k := range r.Rows {
		row := &r.Rows[k]
		if row.Study != study {
			continue
		}
		c := index[row.Problem()]
		if c == nil {
			op := row.Facts["per"]
			if op == "" {
				op = "op"
			}
			c = &record.Column{Name: strings.TrimSpace(row.What() + " " + row.Layout), Unit: "ns/" + op, Scale: 1}
			if study == "Call" {
				c.Loop = limits.Loop
			}
			if measure.Median(row.Wall()).Median > 10_000 {
				c.Unit, c.Scale = "ms/"+op, 1e6
			}
			index[row.Problem()] = c
			all = append(all, c)
		}
		c.Rows = append(c.Rows, row)
	}
	return all
}

// matrix prints a row for each route of the columns, with what cell makes of each; last, if any, makes the cells
// of the last row, the noise floor.
func matrix(p *page.Page, title string, columns []*record.Column, cell func(*record.Column, *record.Row) string, last func(*record.Column) string) {
	t := p.NewTable()
	header := table.Row{"route"}
	configs := []table.ColumnConfig{}
	for k, c := range columns {
		name := c.Name
		if last != nil && p.Markdown {
			name += ", " + c.Unit
		} else if last != nil {
			name += "\n" + c.Unit
		}
		header = append(header, name)
		configs = append(configs, table.ColumnConfig{Number: k + 2, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.AppendHeader(header)
	t.SetColumnConfigs(configs)
	var routes []string
	for _, c := range columns {
		for _, r := range c.Rows {
			if !slices.Contains(routes, r.Route()) && !r.Again() {
				routes = append(routes, r.Route())
			}
		}
	}
	for _, route := range routes {
		line := table.Row{route}
		for _, c := range columns {
			text := ""
			if r := c.Find(route); r != nil {
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
	p.Render(title, t)
}

// took shows a row's median and half its 95 % interval in per cent, and the same of its ratio to the baseline,
// taken within rounds.
func took(p *page.Page, c *record.Column, r *record.Row) string {
	wall := c.Wall(r)
	s := measure.Median(wall)
	out := page.Significant(s.Median/c.Scale) + " " + page.Spread(s)
	base := c.Find(p.Baseline)
	switch {
	case base == nil || len(base.Samples) != len(r.Samples):
		return out
	case r == base:
		return out + "   1.00x     "
	}
	ratio, same := measure.Ratio(wall, c.Wall(base)), " "
	if floor, _ := c.Floor(); !ratio.Differs(floor) {
		same = "~"
	}
	return fmt.Sprintf("%s %s%5.2fx %s", out, same, ratio.Median, strings.TrimRight(page.Spread(ratio), "! "))
}

// rate shows the rate of a row's work, its share of the limit, and how many cores were kept busy.
func rate(p *page.Page, _ *record.Column, r *record.Row) string {
	wall := measure.Median(r.Wall()).Median
	busy := make([]float64, len(r.Samples))
	for k, s := range r.Samples {
		busy[k] = s.CPU / s.Wall
	}
	cores := fmt.Sprintf("%.2f", measure.Median(busy).Median)
	share, limit, ok := p.Limits.Share(r)
	switch {
	case !ok:
		return cores
	case limit.Bytes > 0:
		return fmt.Sprintf("%s GB/s %11s  %s", page.Significant(limit.Bytes/wall), page.ShareText(share), cores)
	}
	return fmt.Sprintf("%s Gflop/s %11s  %s", page.Significant(limit.Flops/wall), page.ShareText(share), cores)
}

// countVerified returns how many of the rows were verified, and how many there are.
func countVerified(r *record.Record) (good, rows int) {
	for k := range r.Rows {
		if r.Rows[k].Study == record.LimitsName || r.Rows[k].Again() {
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
	rounds := 0
	var sizes []string
	for k := range p.Record.Rows {
		r := &p.Record.Rows[k]
		rounds = max(rounds, len(r.Samples))
		if size := r.What() + " " + r.N; r.Study != record.LimitsName && r.N != "1" && !slices.Contains(sizes, size) {
			sizes = append(sizes, size)
		}
	}
	good, rows := countVerified(p.Record)
	get := p.Record.Get
	say := func(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }
	say("Time: median of %d interleaved rounds ± half its 95%% interval (!: beyond 5%%); x: ratio to %s, median of the", rounds, p.Baseline)
	say("ratios within rounds ± half its interval; ~: no difference beyond the noise floor, which is what a route differs")
	say("from itself by, entered twice.")
	if p.Limits.Loop != nil {
		say("The empty loop, %s ns, is taken off the times of calls.", page.Significant(measure.Median(p.Limits.Loop).Median))
	}
	switch {
	case !p.Limits.Any() || p.Brief:
	case p.Limits.Moves():
		say("Share: the time that the work would take at the limit over the time it took, within rounds ± half its interval. The")
		say("limit is that of moving the same bytes in as large a set, or of the operations, on as many threads or one.")
		say("^: above 100%%, beyond the interval.")
	default:
		say("No shares: this record holds no limit of its problems' own sets.")
	}
	say("Sizes: %s. Parallel languages (-par, -omp) on %s.", strings.Join(sizes, ", "), p.Record.Threads())
	say("Rows verified before they were timed: %d of %d.", good, rows)
	say("Machine: %s, %s cores, %s; %s. Toll %s.", get("cpu"), get("cores"), get("os"), get("go"), get("revision"))
	if p.Markdown {
		say("")
	}
	// Languages that were built alike share a line.
	var said []string
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
		if p.Markdown {
			fmt.Fprint(p, "- ")
		}
		say("%s: %s.", strings.Join(langs, ", "), f.Value)
	}
}
