// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/seam"
)

// Limit is one figure of a budget, and what it is to be: "cgo:p99@100<2us".
type Limit struct {
	Source     string
	Crossing   string // "": each
	Key        string // "time", "p50", "p99", "p99.9", "allocs", "bytes", "overhead"
	Goroutines string // of a percentile: "1"
	Operator   string
	Bound      float64 // ns, bytes, objects, or a part of one
}

// units are those of a budget, by the keys that they suit.
var (
	timeUnits  = map[string]float64{"ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9}
	countUnits = map[string]float64{"": 1}
	byteUnits  = map[string]float64{"": 1, "B": 1, "kB": 1e3, "KiB": 1 << 10, "MB": 1e6, "MiB": 1 << 20}
	partUnits  = map[string]float64{"%": 0.01}
)

// budgetKeys are what a budget may limit.
var budgetKeys = []struct {
	name  string
	units map[string]float64
}{
	{"time", timeUnits}, {"p50", timeUnits}, {"p99", timeUnits}, {"p99.9", timeUnits}, {"allocs", countUnits}, {"bytes", byteUnits},
	{"overhead", partUnits},
}

// ParseBudget reads a budget, such as "p99<2us,allocs=0,overhead<5%". An error says at which column what is wrong.
func ParseBudget(s string) ([]Limit, error) {
	var all []Limit
	at := 0
	for part := range strings.SplitSeq(s, ",") {
		l, err := parseLimit(part)
		if err != nil {
			return nil, seam.Usagef("try: budget, column %d: %q: %w", at+1, part, err)
		}
		all = append(all, *l)
		at += len(part) + 1
	}
	return all, nil
}

func parseLimit(part string) (*Limit, error) {
	l := &Limit{Source: strings.TrimSpace(part)}
	from := strings.IndexAny(part, "<=>")
	if from < 0 {
		return nil, fmt.Errorf("has no <, <=, =, >= or >, want a figure such as p99<2us")
	}
	key, bound := strings.TrimSpace(part[:from]), part[from:]
	for _, operator := range []string{"<=", ">=", "<", ">", "="} {
		if after, ok := strings.CutPrefix(bound, operator); ok {
			l.Operator, bound = operator, strings.TrimSpace(after)
			break
		}
	}
	if crossing, after, ok := strings.Cut(key, ":"); ok {
		l.Crossing, key = crossing, after
	}
	key, goroutines, many := strings.Cut(key, "@")
	l.Key = key
	var units map[string]float64
	var known []string
	for _, k := range budgetKeys {
		known = append(known, k.name)
		if k.name == key {
			units = k.units
		}
	}
	percentile := strings.HasPrefix(key, "p")
	switch n, err := strconv.Atoi(goroutines); {
	case units == nil:
		return nil, fmt.Errorf("%q is no figure, want one of %s", key, strings.Join(known, ", "))
	case many && !percentile:
		return nil, fmt.Errorf("%s has no number of goroutines, want @ with p50, p99 or p99.9", key)
	case many && (err != nil || n < 1):
		return nil, fmt.Errorf("%q is no number of goroutines", goroutines)
	case many:
		l.Goroutines = goroutines
	case percentile:
		l.Goroutines = "1"
	}
	digits := strings.TrimRight(bound, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZµ% ")
	unit := strings.TrimSpace(bound[len(digits):])
	x, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
		return nil, fmt.Errorf("%q is no bound, want a number from 0 on", bound)
	}
	scale, ok := units[unit]
	if !ok && x == 0 && unit == "" {
		scale, ok = 1, true
	}
	if !ok {
		var want []string
		for name := range units {
			if name != "" {
				want = append(want, name)
			}
		}
		slices.Sort(want)
		if want == nil {
			return nil, fmt.Errorf("%s has no unit, found %q", key, unit)
		}
		return nil, fmt.Errorf("the unit of %s is %q, want %s", key, unit, strings.Join(want, ", "))
	}
	l.Bound = x * scale
	return l, nil
}

// show shows a figure of the limit.
func (l *Limit) show(x float64) string {
	switch l.Key {
	case "allocs":
		return page.Significant(x)
	case "bytes":
		return page.Binary(x)
	case "overhead":
		return page.Share(x)
	}
	return page.Nanoseconds(x)
}

// holds reports whether a figure is within the limit.
func (l *Limit) holds(x float64) bool {
	switch l.Operator {
	case "<":
		return x < l.Bound
	case "<=":
		return x <= l.Bound
	case ">":
		return x > l.Bound
	case ">=":
		return x >= l.Bound
	}
	return x == l.Bound
}

// figure is one that a limit is of.
type figure struct {
	of string // "norm by c/cgo"
	is measure.Interval
}

// figures returns those that the limit is of. Allocations are whole, as go test shows them: what is left are the runtime's own.
func (l *Limit) figures(r *record.Record) []figure {
	var all []figure
	for _, row := range rowsFor(r, l) {
		f := figure{of: strings.TrimSpace(row.Op+" "+sizeName(row)) + " by " + row.Route()}
		switch l.Key {
		case "time":
			f.is = measure.Median(row.Wall())
		case "allocs":
			f.is = measure.Median(row.Values(func(s *measure.Sample) float64 { return math.Floor(s.Allocs) }))
		case "bytes":
			f.is = measure.Median(row.Values(func(s *measure.Sample) float64 { return math.Floor(s.Bytes) }))
		case "overhead":
			share, ok := shareOf(r, row)
			if !ok {
				continue
			}
			f.is = share
		default:
			f.is = row.More(percentiles[l.Key])
		}
		all = append(all, f)
	}
	return all
}

// percentiles are the units of a budget's.
var percentiles = map[string]string{"p50": "p50-ns", "p99": "p99-ns", "p99.9": "p999-ns"}

// rowsFor returns the rows that a limit is of: the library's function's, and of the Go function if the limit names its crossing.
func rowsFor(r *record.Record, l *Limit) []*record.Row {
	benchmark := callName
	if l.Goroutines != "" {
		benchmark = crowdName
	}
	return slices.DeleteFunc(slices.Clone(r.Of(benchmark)), func(row *record.Row) bool {
		if row.Via != l.Crossing && (l.Crossing != "" || row.Via == directName) {
			return true
		}
		return row.Entry != "" || row.Lang == referenceLang || row.Get("goroutines") != l.Goroutines
	})
}

// Judge judges a record by a budget. broken are the limits that the whole interval of a figure breaks; unsure are those of which
// the median breaks them and the interval does not tell.
func Judge(r *record.Record, budget []Limit) (broken, unsure []string) {
	for k := range budget {
		l := &budget[k]
		figures := l.figures(r)
		if figures == nil {
			broken = append(broken, fmt.Sprintf("%s: nothing was measured that it is of", l.Source))
		}
		for _, f := range figures {
			said := fmt.Sprintf("%s: %s is %s%s, want %s %s", l.Source, f.of, l.show(f.is.Median), l.between(f.is), l.Operator, l.show(l.Bound))
			if math.IsInf(f.is.Lo, 0) || math.IsInf(f.is.Hi, 0) { // of too few rounds
				f.is.Lo, f.is.Hi = f.is.Median, f.is.Median
			}
			switch {
			case l.holds(f.is.Median):
			case l.holds(f.is.Lo) || l.holds(f.is.Hi) || l.Operator == "=" && f.is.Lo <= l.Bound && l.Bound <= f.is.Hi:
				unsure = append(unsure, said+": not told apart")
			default:
				broken = append(broken, said)
			}
		}
	}
	return broken, unsure
}

func (l *Limit) between(i measure.Interval) string {
	if math.IsInf(i.Hi, 0) || math.IsInf(i.Lo, 0) || l.show(i.Lo) == l.show(i.Hi) {
		return ""
	}
	return fmt.Sprintf(" (%s to %s)", l.show(i.Lo), l.show(i.Hi))
}
