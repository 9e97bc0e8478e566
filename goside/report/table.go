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
	"golang.org/x/perf/benchmath"

	"toll/goside/kernel"
)

// Tables prints a record's tables: a row for each route, a column for each kernel. Ratios are taken to the
// route baseline, or to the record's first if that is not in it. markdown makes them Markdown.
func Tables(w io.Writer, record *Record, baseline string, markdown bool) {
	if !slices.ContainsFunc(record.Rows, func(r Row) bool { return r.Route() == baseline }) {
		baseline = record.Rows[0].Route()
	}
	for k, study := range studies(record) {
		if k > 0 {
			fmt.Fprintln(w)
		}
		t := table.NewWriter()
		t.SetStyle(table.StyleLight)
		t.Style().Format.Header = text.FormatDefault
		columns := columns(record, study)
		header := table.Row{"route"}
		configs := []table.ColumnConfig{}
		for c, column := range columns {
			header = append(header, column.title(markdown))
			configs = append(configs, table.ColumnConfig{Number: c + 2, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
		header = append(header, "verified")
		configs = append(configs, table.ColumnConfig{Number: len(columns) + 2, Align: text.AlignRight})
		t.AppendHeader(header)
		t.SetColumnConfigs(configs)
		for _, route := range routes(record, study) {
			line := table.Row{route}
			for _, column := range columns {
				cell := column.cell(column.find(route), column.find(baseline))
				if markdown { // which needs no columns lined up
					cell = strings.Join(strings.Fields(cell), " ")
				}
				line = append(line, cell)
			}
			t.AppendRow(append(line, verified(record, study, route)))
		}
		if markdown {
			fmt.Fprintln(w, t.RenderMarkdown())
		} else {
			fmt.Fprintln(w, t.Render())
		}
	}
	if markdown {
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, legend(record, baseline, markdown))
}

// column is a kernel's rows, in one unit.
type column struct {
	name, unit string
	scale      float64 // ns in a unit
	rows       []*Row
}

func (c *column) title(markdown bool) string {
	if markdown {
		return c.name + ", " + c.unit
	}
	return c.name + "\n" + c.unit
}

func (c *column) find(route string) *Row {
	for _, r := range c.rows {
		if r.Route() == route {
			return r
		}
	}
	return nil
}

func studies(record *Record) []string {
	var all []string
	for _, r := range record.Rows {
		if !slices.Contains(all, r.Study) {
			all = append(all, r.Study)
		}
	}
	return all
}

func routes(record *Record, study string) []string {
	var all []string
	for _, r := range record.Rows {
		if r.Study == study && !slices.Contains(all, r.Route()) {
			all = append(all, r.Route())
		}
	}
	return all
}

func columns(record *Record, study string) []*column {
	var all []*column
	for k := range record.Rows {
		r := &record.Rows[k]
		if r.Study != study {
			continue
		}
		name := strings.TrimSpace(r.Kernel + " " + r.Layout)
		at := slices.IndexFunc(all, func(c *column) bool { return c.name == name })
		if at < 0 {
			at = len(all)
			c := &column{name: name, unit: "ns/" + operation(r), scale: 1}
			if median(r.Samples) > 10_000 {
				c.unit, c.scale = "ms/"+operation(r), 1e6
			}
			all = append(all, c)
		}
		all[at].rows = append(all[at].rows, r)
	}
	return all
}

// cell shows a row's median, half its 95 % interval in per cent, and its ratio to the baseline, taken
// within rounds; "~" marks a ratio whose interval holds 1.
func (c *column) cell(r, baseline *Row) string {
	if r == nil {
		return ""
	}
	s := summary(r.Samples)
	spread := " ?" // too few samples for an interval
	if half := 50 * (s.Hi - s.Lo) / s.Center; !math.IsInf(half, 0) {
		spread = fmt.Sprintf("%2.0f", half)
	}
	out := fmt.Sprintf("%s ±%s%%", significant(s.Center/c.scale), spread)
	if baseline == nil || len(baseline.Samples) != len(r.Samples) {
		return out
	}
	ratios := make([]float64, len(r.Samples))
	for k := range ratios {
		ratios[k] = r.Samples[k] / baseline.Samples[k]
	}
	ratio := summary(ratios)
	mark := " "
	if r != baseline && ratio.Lo <= 1 && ratio.Hi >= 1 {
		mark = "~"
	}
	return fmt.Sprintf("%s %s%5.2fx", out, mark, ratio.Center)
}

func summary(samples []float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(samples), &benchmath.DefaultThresholds), 0.95)
}

func median(samples []float64) float64 { return summary(samples).Center }

// significant returns x with three significant digits, without an exponent.
func significant(x float64) string {
	if x <= 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return fmt.Sprint(x)
	}
	return fmt.Sprintf("%.*f", max(0, 2-int(math.Floor(math.Log10(x)))), x)
}

// operation returns what one operation of a row is.
func operation(r *Row) string {
	for _, p := range kernel.Problems() {
		if p.Study == r.Study && p.Kernel == r.Kernel {
			return p.Op
		}
	}
	return "op"
}

// VerifiedKey returns the configuration key under which a record says how a route's kernel was verified.
func VerifiedKey(route, kernel, layout string) string {
	return "verified-" + strings.NewReplacer("/", "-").Replace(strings.TrimRight(route+"/"+kernel+"/"+layout, "/-"))
}

// verified returns how many of the route's rows were verified, "5/5".
func verified(record *Record, study, route string) string {
	rows, good := 0, 0
	for _, r := range record.Rows {
		if (study == "" || r.Study == study) && (route == "" || r.Route() == route) {
			rows++
			kernel := r.Kernel
			if r.Study == "Call" {
				kernel = "call"
			}
			if record.Get(VerifiedKey(r.Route(), kernel, r.Layout)) != "" {
				good++
			}
		}
	}
	return fmt.Sprintf("%d/%d", good, rows)
}

// legend says what the tables show and where they were measured.
func legend(record *Record, baseline string, markdown bool) string {
	rounds := 0
	var sizes []string
	for _, r := range record.Rows {
		rounds = max(rounds, len(r.Samples))
		if size := r.Kernel + " " + r.N; r.N != "1" && !slices.Contains(sizes, size) {
			sizes = append(sizes, size)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Median of %d interleaved rounds ± half its 95%% interval; x: ratio to %s, median of the ratios within rounds;\n", rounds, baseline)
	fmt.Fprintf(&b, "~: the ratio's 95%% interval holds 1. Parallel languages (-par, -omp) on %s threads.\n", record.Get("threads"))
	fmt.Fprintf(&b, "Sizes: %s.\n", strings.Join(sizes, ", "))
	fmt.Fprintf(&b, "Rows verified before they were timed: %s.\n", strings.Replace(verified(record, "", ""), "/", " of ", 1))
	fmt.Fprintf(&b, "Machine: %s, %s cores, %s; %s. Toll %s.\n", record.Get("cpu"), record.Get("cores"), record.Get("os"), record.Get("go"), record.Get("revision"))
	if markdown {
		fmt.Fprintln(&b)
	}
	// Languages that were built alike share a line.
	var said []string
	for _, c := range record.Config {
		if !strings.HasPrefix(c.Key, "build-") || slices.Contains(said, c.Value) {
			continue
		}
		said = append(said, c.Value)
		var langs []string
		for _, same := range record.Config {
			if lang, ok := strings.CutPrefix(same.Key, "build-"); ok && same.Value == c.Value {
				langs = append(langs, lang)
			}
		}
		if markdown {
			fmt.Fprint(&b, "- ")
		}
		fmt.Fprintf(&b, "%s: %s.\n", strings.Join(langs, ", "), c.Value)
	}
	return b.String()
}
