// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Pair is one row in two runs.
type Pair struct {
	Group    string    // rows of one group suffer alike from the machine: same problem, same number of threads
	Old, New []float64 // wall times
	Floor    float64   // noise floor within the runs, see [Interval.Floor]
}

// Change is what became of a row from one run to the next. Ratios are new to old.
type Change struct {
	Ratio float64 // of the medians
	Drift float64 // of the group: what its rows changed by together
	Own   float64 // Ratio without Drift
	Noise float64 // what Own must differ from 1 by to be told from noise
}

// Slower and Faster report a change beyond noise.
func (c Change) Slower() bool { return c.Own > 1+c.Noise }
func (c Change) Faster() bool { return c.Own < 1/(1+c.Noise) }

// FewestRows is the size of a group from which its drift is told: from fewer rows one could not tell the
// drift from a change of one of them.
const FewestRows = 3

// Compare returns the change of each pair.
//
// The machine drifts between runs: its host lends it a slower core, or a neighbour its caches are shared with
// falls silent. That moves the rows of a group together, so the median change of the group's rows is taken
// for the machine's (a change common to most of a group cannot be told from it). What remains of a row's
// change counts as noise up to the combined half widths of the two medians' 95 % intervals and the drift's own
// error, widened twice: by how much farther the rows of all groups scatter than such intervals explain, and,
// since the more rows are looked at the more will stray, so that one of all rows together strays beyond it
// once in twenty comparisons (Bonferroni). It is never taken to be less than the floor.
func Compare(pairs []Pair) []Change {
	type row struct{ change, half float64 } // logarithms
	rows := make([]row, len(pairs))
	groups := map[string][]int{}
	for k, p := range pairs {
		before, after := Median(p.Old), Median(p.New)
		width := func(i Interval) float64 { return (math.Log(i.Hi) - math.Log(i.Lo)) / 2 }
		rows[k] = row{math.Log(after.Median / before.Median), math.Hypot(width(before), width(after))}
		groups[p.Group] = append(groups[p.Group], k)
	}
	drifts := make([]float64, len(pairs))
	var scatter []float64 // of the rows about their group's drift, in half widths
	for _, group := range groups {
		if len(group) < FewestRows {
			continue
		}
		var changes, halves []float64
		for _, k := range group {
			changes = append(changes, rows[k].change)
			halves = append(halves, rows[k].half)
		}
		drift := middleOf(changes)
		// The error of a median of n values is sqrt(pi/2/n) times that of one.
		uncertain := middleOf(halves) * math.Sqrt(math.Pi/2/float64(len(group)))
		for _, k := range group {
			drifts[k] = drift
			rows[k].half = math.Hypot(rows[k].half, uncertain)
			if rows[k].half > 0 {
				scatter = append(scatter, math.Abs(rows[k].change-drift)/rows[k].half)
			}
		}
	}
	standard := distuv.UnitNormal.Quantile(1 - 0.05/2)
	widen := distuv.UnitNormal.Quantile(1-0.05/2/float64(max(1, len(pairs)))) / standard
	if len(scatter) > 0 { // the median distance is 0.6745 standard deviations, of which a half width is 1.96
		widen *= max(1, middleOf(scatter)*standard/distuv.UnitNormal.Quantile(0.75))
	}
	changes := make([]Change, len(pairs))
	for k, p := range pairs {
		changes[k] = Change{
			Ratio: math.Exp(rows[k].change),
			Drift: math.Exp(drifts[k]),
			Own:   math.Exp(rows[k].change - drifts[k]),
			Noise: max(math.Expm1(widen*rows[k].half), p.Floor),
		}
	}
	return changes
}

// Geomean returns the geometric mean of ratios.
func Geomean(ratios []float64) float64 {
	sum := 0.0
	for _, r := range ratios {
		sum += math.Log(r)
	}
	return math.Exp(sum / float64(len(ratios)))
}

func middleOf(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
