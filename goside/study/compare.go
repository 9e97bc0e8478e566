// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

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
	floors := floorsOf(before, after)
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
			return nil, fmt.Errorf("study: %s has %d and %d samples, want at least %d in both records for an interval",
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
		before, _ := figures(old)
		after, unit := figures(r)
		if unit != "" { // no machine drifts in its counts: a change that a problem's rows have in common is their own
			group = key(r)
		}
		pairs = append(pairs, measure.Pair{Group: group, Old: before, New: after, Floor: floors[r.Problem()]})
		c.Rows = append(c.Rows, Changed{Old: old, New: r})
	}
	for k := range before.Rows {
		if r := &before.Rows[k]; r.Study != record.LimitsName && !r.Again() && !r.Incidental() {
			c.OnlyOld++
		}
	}
	c.OnlyOld -= common
	if common == 0 {
		return nil, fmt.Errorf("study: the records have no row in common")
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

// floorsOf returns the larger noise floor of each problem. Where it is unknown, the samples' own scatter must do.
func floorsOf(records ...*record.Record) map[string]float64 {
	floors := map[string]float64{}
	for _, rec := range records {
		problems := map[string][]*record.Row{}
		for k := range rec.Rows {
			if r := &rec.Rows[k]; r.Study != record.LimitsName {
				problems[r.Problem()] = append(problems[r.Problem()], r)
			}
		}
		for problem, rows := range problems {
			if floor := record.Floor(rows); !math.IsInf(floor, 0) {
				floors[problem] = max(floors[problem], floor)
			}
		}
	}
	return floors
}

// figures returns what a row is compared by: times, or the first of what else was measured where nothing was timed, with its
// unit.
func figures(r *record.Row) (values []float64, unit string) {
	values = r.Wall()
	if len(r.Samples) == 0 || slices.Max(values) > 0 || r.Samples[0].More == nil {
		return values, ""
	}
	unit = r.Samples[0].More[0].Unit
	return r.Values(func(s *measure.Sample) float64 { return s.Get(unit) }), unit
}

// shown returns the median of a row's figures.
func shown(r *record.Row) string {
	values, unit := figures(r)
	middle := measure.Median(values).Median
	if unit == "" {
		return page.Nanoseconds(middle)
	}
	return page.Significant(middle) + " " + unit
}

// machineFacts are the keys of facts that should be alike for times to be compared, beside those of builds and teams.
var machineFacts = []string{"goarch", "go", "os", "cpu", "cores", "affinity", "omp", "caches", "governor", "hugepages", "gomaxprocs",
	"memory-limit", "cpu-limit", "threads", "simd", "libraries", "batch", "visits"}

// differ returns what two records say differently of what should be alike for times to be compared.
func differ(before, after *record.Record) []string {
	var all []string
	for _, f := range after.Facts {
		alike := slices.Contains(machineFacts, f.Key) || strings.HasPrefix(f.Key, "build-") || strings.HasPrefix(f.Key, "team-")
		if old := before.Get(f.Key); alike && old != "" && old != f.Value {
			all = append(all, fmt.Sprintf("%s: %s, now %s", f.Key, old, f.Value))
		}
	}
	if old, now := completeness(before), completeness(after); old != whole || now != whole {
		all = append(all, fmt.Sprintf("completeness: %s, now %s", old, now))
	}
	return all
}

const whole = "complete"

// completeness says whether a record's run came to its end.
func completeness(r *record.Record) string {
	if interrupted := r.Get("interrupted"); interrupted != "" {
		return "cut short " + interrupted
	}
	return whole
}

// Worse returns the rows that became slower beyond noise, and by more than that part.
func (c *Comparison) Worse(over float64) []Changed {
	return slices.DeleteFunc(slices.Clone(c.Rows), func(r Changed) bool { return !r.Slower() || r.Own <= 1+over })
}

// Verdict is what a comparison says of a row.
type Verdict string

// The verdicts.
const (
	Slower Verdict = "slower"
	Faster Verdict = "faster"
	Same   Verdict = "same" // within noise
)

// Verdict returns whether a row became slower or faster beyond noise.
func (r *Changed) Verdict() Verdict {
	switch {
	case r.Slower():
		return Slower
	case r.Faster():
		return Faster
	}
	return Same
}

// Print prints what changed: each problem's rows together, then the rows that changed beyond noise, or all, each with its
// verdict as word shows it.
func (c *Comparison) Print(w io.Writer, all bool, word func(Verdict) string) {
	for _, d := range c.Differ {
		fmt.Fprintf(w, "Warning: the records differ in %s.\n", d)
	}
	slower, faster := c.printProblems(w)
	c.printRows(w, all, word)
	fmt.Fprintln(w, `Geomean: new to old, as measured. Drift: the median change of a problem's rows, taken for the machine's ("?": too few
rows to tell; "none": counts, not times). Old, new: medians. Own: how a row changed relative to the others of its
problem, round by round; a count, by itself. Slower, faster: the own change is beyond the row's noise.`)
	if c.Limits > 0 {
		fmt.Fprintf(w, "The machine's limits, whose code is the same: %s time in geometric mean.\n", page.Change(c.Limits))
	}
	if c.Only > 0 || c.OnlyOld > 0 {
		fmt.Fprintf(w, "Rows not compared: %d of the old record only, %d of the new one only.\n", c.OnlyOld, c.Only)
	}
	ratio, own := c.means()
	fmt.Fprintf(w, "Rows compared: %d, in geometric mean: %s; relative to their problems: %s. Beyond noise: %d slower, %d faster.\n",
		len(c.Rows), page.Change(ratio), page.Change(own), slower, faster)
}

// means returns the geometric means of how all rows changed, and of their own changes.
func (c *Comparison) means() (ratio, own float64) {
	var ratios, owns []float64
	for _, r := range c.Rows {
		ratios, owns = append(ratios, r.Ratio), append(owns, r.Own)
	}
	return stat.GeometricMean(ratios, nil), stat.GeometricMean(owns, nil)
}

// problem is the rows of a problem together, those of parallel languages apart.
type problem struct {
	name           string
	counts         bool    // not times
	drift          float64 // NaN if the rows are too few to tell, or counts
	ratios         []float64
	slower, faster int
}

func (c *Comparison) problems() []*problem {
	var all []*problem
	index := map[string]*problem{}
	for k := range c.Rows {
		r := &c.Rows[k]
		name := groupName(r.New)
		p := index[name]
		if p == nil {
			_, unit := figures(r.New)
			p = &problem{name: name, counts: unit != "", drift: r.Drift}
			index[name] = p
			all = append(all, p)
		}
		p.ratios = append(p.ratios, r.Ratio)
		switch r.Verdict() {
		case Slower:
			p.slower++
		case Faster:
			p.faster++
		}
	}
	for _, p := range all {
		if p.counts || len(p.ratios) < measure.FewestRows {
			p.drift = math.NaN()
		}
	}
	return all
}

// printProblems prints each problem's rows together, and returns how many became slower and faster.
func (c *Comparison) printProblems(w io.Writer) (slower, faster int) {
	var lines [][]string
	for _, p := range c.problems() {
		drift := "?"
		switch {
		case p.counts:
			drift = "none"
		case !math.IsNaN(p.drift):
			drift = page.Change(p.drift)
		}
		lines = append(lines, []string{p.name, fmt.Sprint(len(p.ratios)), page.Change(stat.GeometricMean(p.ratios, nil)), drift,
			fmt.Sprint(p.slower), fmt.Sprint(p.faster)})
		slower, faster = slower+p.slower, faster+p.faster
	}
	(&page.Page{Writer: w}).Grid("", []string{"problem", "rows", "geomean", "drift", "slower", "faster"}, page.Lines(lines))
	return slower, faster
}

// problemName returns the name of a row's problem.
func problemName(r *record.Row) string {
	if name := r.Facts["problem"]; name != "" {
		return name
	}
	return r.Problem()
}

// groupName returns the name of the rows that a machine affects alike: a problem's, of parallel languages apart.
func groupName(r *record.Row) string {
	if r.Parallel() {
		return problemName(r) + ", parallel"
	}
	return problemName(r)
}

// printRows prints the rows that changed beyond noise, or all.
func (c *Comparison) printRows(w io.Writer, all bool, word func(Verdict) string) {
	var lines [][]string
	for k := range c.Rows {
		r := &c.Rows[k]
		verdict, shows := r.Verdict(), ""
		if verdict != Same {
			shows = word(verdict)
		}
		if all || verdict != Same {
			lines = append(lines, []string{groupName(r.New), r.New.Route(), shown(r.Old), shown(r.New),
				page.Change(r.Ratio), page.Change(r.Own), fmt.Sprintf("±%.1f%%", 100*r.Noise), shows})
		}
	}
	if lines != nil {
		(&page.Page{Writer: w}).Grid("", []string{"problem", "route", "old", "new", "change", "own", "noise", ""}, page.Lines(lines))
	}
}
