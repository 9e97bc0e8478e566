// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"gonum.org/v1/gonum/stat"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// Comparison is what became of the rows that two records have in common.
type Comparison struct {
	Rows          []Changed
	OnlyOld, Only int      // rows that only the old, only the new record has
	Differ        []string // what the records say differently of machine and build
	Limits        float64  // new to old time of the machine's limits, geometric mean; 0 if the records lack them
}

// Changed is a row in both records.
type Changed struct {
	Old, New *record.Row
	measure.Change
}

// Compare compares two records row by row.
func Compare(before, after *record.Record) (*Comparison, error) {
	c := &Comparison{Differ: differ(before, after)}
	index := map[string]*record.Row{}
	for k := range before.Rows {
		index[key(&before.Rows[k])] = &before.Rows[k]
	}
	floors := map[string]float64{}
	for _, rec := range []*record.Record{before, after} {
		for _, name := range studies(rec) {
			for _, column := range columns(rec, name, &record.Limits{}) {
				floor, _ := column.Floor()
				problem := column.Rows[0].Problem()
				floors[problem] = max(floors[problem], floor)
			}
		}
	}
	var pairs []measure.Pair
	var machine []float64
	common := 0
	for k := range after.Rows {
		r := &after.Rows[k]
		old := index[key(r)]
		switch {
		case r.Incidental():
			continue
		case old == nil && (r.Again() || r.Study == record.LimitsName):
			continue
		case old == nil:
			c.Only++
			continue
		case len(r.Samples) < record.Fewest || len(old.Samples) < record.Fewest:
			return nil, fmt.Errorf("report: %s has %d and %d samples, want at least %d in both records for an interval",
				key(r), len(old.Samples), len(r.Samples), record.Fewest)
		case r.Study == record.LimitsName:
			machine = append(machine, measure.Median(r.Wall()).Median/measure.Median(old.Wall()).Median)
			continue
		}
		if !r.Again() {
			common++
		}
		group := r.Problem()
		if r.Parallel() {
			group += " parallel"
		}
		pairs = append(pairs, measure.Pair{Group: group, Old: old.Wall(), New: r.Wall(), Floor: floors[r.Problem()]})
		c.Rows = append(c.Rows, Changed{Old: old, New: r})
	}
	for k := range before.Rows {
		if r := &before.Rows[k]; r.Study != record.LimitsName && !r.Again() && !r.Incidental() {
			c.OnlyOld++
		}
	}
	c.OnlyOld -= common
	if common == 0 {
		return nil, fmt.Errorf("report: the records have no row in common")
	}
	for k, change := range measure.Compare(pairs) {
		c.Rows[k].Change = change
	}
	// A second entry helped to tell the machine's drift, and is no row of its own.
	c.Rows = slices.DeleteFunc(c.Rows, func(r Changed) bool { return r.New.Again() })
	if machine != nil {
		c.Limits = stat.GeometricMean(machine, nil)
	}
	return c, nil
}

// key returns what identifies a row in its record.
func key(r *record.Row) string { return r.Name.String() }

// differ returns what two records say differently of what should be alike for times to be compared.
func differ(before, after *record.Record) []string {
	var all []string
	for _, f := range after.Facts {
		alike := slices.Contains([]string{"goarch", "go", "os", "cpu", "cores", "affinity", "omp", "caches", "governor", "hugepages", "gomaxprocs", "threads", "libraries", "batch", "visits"}, f.Key) ||
			strings.HasPrefix(f.Key, "build-") || strings.HasPrefix(f.Key, "team-")
		if old := before.Get(f.Key); alike && old != "" && old != f.Value {
			all = append(all, fmt.Sprintf("%s: %s, now %s", f.Key, old, f.Value))
		}
	}
	return all
}

// Worse returns the rows that became slower beyond noise, and by more than that part.
func (c *Comparison) Worse(over float64) []Changed {
	return slices.DeleteFunc(slices.Clone(c.Rows), func(r Changed) bool { return !r.Slower() || r.Own <= 1+over })
}

// Print prints what changed: each problem's rows together, then the rows that changed beyond noise, or all.
func (c *Comparison) Print(w io.Writer, all bool) {
	newTable := func(header ...any) table.Writer {
		t := (&page.Page{}).NewTable()
		t.AppendHeader(header)
		return t
	}
	right := func(columns ...int) []table.ColumnConfig {
		var configs []table.ColumnConfig
		for _, n := range columns {
			configs = append(configs, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
		return configs
	}
	summary := newTable("problem", "rows", "geomean", "drift", "slower", "faster")
	summary.SetColumnConfigs(right(2, 3, 4, 5, 6))
	rows := newTable("problem", "route", "old", "new", "change", "own", "noise", "")
	rows.SetColumnConfigs(right(3, 4, 5, 6, 7))
	slower, faster, shown := 0, 0, 0
	var groups [][]Changed
	for k, r := range c.Rows {
		if k == 0 || r.New.Problem() != c.Rows[k-1].New.Problem() {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], r)
	}
	for _, group := range groups {
		for _, parallel := range []bool{false, true} {
			var ratios []float64
			s, f := 0, 0
			drift := ""
			name := group[0].New.Facts["problem"]
			if name == "" {
				name = group[0].New.Problem()
			}
			for _, r := range group {
				if r.New.Parallel() != parallel {
					continue
				}
				ratios = append(ratios, r.Ratio)
				drift = page.Percent(r.Drift)
				word := ""
				switch {
				case r.Slower():
					s++
					word = "slower"
				case r.Faster():
					f++
					word = "faster"
				}
				if all || word != "" {
					shown++
					rows.AppendRow(table.Row{name, r.New.Route(), page.Nanoseconds(measure.Median(r.Old.Wall()).Median), page.Nanoseconds(measure.Median(r.New.Wall()).Median), page.Percent(r.Ratio), page.Percent(r.Own),
						fmt.Sprintf("± %.1f%%", 100*r.Noise), word})
				}
			}
			if ratios == nil {
				continue
			}
			if len(ratios) < measure.FewestRows {
				drift = "?"
			}
			if parallel {
				name += ", parallel"
			}
			summary.AppendRow(table.Row{name, len(ratios), page.Percent(stat.GeometricMean(ratios, nil)), drift, s, f})
			slower, faster = slower+s, faster+f
		}
	}
	for _, d := range c.Differ {
		fmt.Fprintf(w, "Warning: the records differ in %s.\n", d)
	}
	fmt.Fprintln(w, summary.Render())
	if shown > 0 {
		fmt.Fprintln(w, rows.Render())
	}
	fmt.Fprintln(w, `Geomean: of new to old, as measured. Drift: the median change of a problem's rows, taken for the machine's ("?": too
few rows to tell). Own: what a row changed by beside the others of its problem, round by round. Slower, faster: rows
whose own change is beyond their noise.`)
	if c.Limits > 0 {
		fmt.Fprintf(w, "The machine's limits, whose code is the same: %s time in geometric mean.\n", page.Percent(c.Limits))
	}
	if c.Only > 0 || c.OnlyOld > 0 {
		fmt.Fprintf(w, "Not compared: %d rows that only the old, %d that only the new record has.\n", c.OnlyOld, c.Only)
	}
	var ratios, own []float64
	for _, r := range c.Rows {
		ratios, own = append(ratios, r.Ratio), append(own, r.Own)
	}
	fmt.Fprintf(w, "All %d rows in geometric mean: %s, their own %s. Beyond noise: %d slower, %d faster.\n",
		len(c.Rows), page.Percent(stat.GeometricMean(ratios, nil)), page.Percent(stat.GeometricMean(own, nil)), slower, faster)
}
