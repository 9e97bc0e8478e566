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
	Group    string    // the machine affects the rows of one group alike: same problem, same number of threads
	Old, New []float64 // wall times, in the order of rounds
	Floor    float64   // noise floor within the runs, see [Interval.Floor]
}

// Change is the change of a row from one run to the next. Ratios are new to old.
type Change struct {
	Ratio float64 // of the medians
	Drift float64 // the common change of the group's rows
	Own   float64 // the row's change relative to its group
	Noise float64 // the difference of Own from 1 that counts as a change
}

// Slower reports a change for the worse beyond noise.
func (c Change) Slower() bool { return c.Own > 1+c.Noise }

// Faster reports a change for the better beyond noise.
func (c Change) Faster() bool { return c.Own < 1/(1+c.Noise) }

// FewestRows is the least size of a group with a drift. In a smaller group the drift cannot be told from a change of
// one row.
const FewestRows = 3

// finest is the least half width: no clock resolves times better, whatever the samples suggest.
const finest = 1e-6

// Compare returns the change of each pair.
//
// The machine drifts, between runs and within them: its host lends it a slower core, or a neighbour that shares its
// caches falls silent. This moves the rows of a group together. Therefore the common effect of each round on a group is
// removed ([polish]), and then the group's common change from run to run: a change common to most of a group cannot be
// told from the machine's.
//
// The rest of a row's change counts as noise up to the combined half widths of the 95 % intervals of the row in both
// runs and of the drift. This is widened by how much farther the rows scatter than the intervals explain, in the group
// or in all rows, whichever is more. It is widened again for the number of rows, so that in twenty comparisons one row
// of all is expected beyond it (Bonferroni). Noise is never less than the floor.
func Compare(pairs []Pair) []Change {
	groups := map[string][]int{}
	for k, p := range pairs {
		groups[p.Group] = append(groups[p.Group], k)
	}
	changes := make([]Change, len(pairs))
	halves := make([]float64, len(pairs)) // of the change relative to the group, as a logarithm
	scatters := map[string]float64{}
	var scatter []float64 // of the rows relative to their groups, in half widths
	for name, group := range groups {
		var before, after [][]float64
		var ratios, own []float64
		for _, k := range group {
			before, after = append(before, logarithms(pairs[k].Old)), append(after, logarithms(pairs[k].New))
			ratios = append(ratios, Median(pairs[k].New).Median/Median(pairs[k].Old).Median)
		}
		enough := len(group) >= FewestRows
		if enough {
			polish(before)
			polish(after)
		}
		var widths []float64
		for at := range group {
			a, b := Median(before[at]), Median(after[at])
			own = append(own, b.Median-a.Median)
			widths = append(widths, math.Hypot(a.Hi-a.Lo, b.Hi-b.Lo)/2)
		}
		drift, common, uncertain := 1.0, 0.0, 0.0
		if enough {
			drift, common = middleOf(ratios), middleOf(own)
			// The error of a median of n values is sqrt(pi/2/n) times that of one.
			uncertain = middleOf(widths) * math.Sqrt(math.Pi/2/float64(len(group)))
		}
		var mine []float64
		for at, k := range group {
			halves[k] = max(math.Hypot(widths[at], uncertain), finest)
			changes[k] = Change{Ratio: ratios[at], Drift: drift, Own: math.Exp(own[at] - common)}
			if enough {
				mine = append(mine, math.Abs(own[at]-common)/halves[k])
			}
		}
		if len(mine) > 0 {
			scatters[name] = middleOf(mine)
		}
		scatter = append(scatter, mine...)
	}
	standard := distuv.UnitNormal.Quantile(1 - 0.05/2)
	all := 0.0
	if len(scatter) > 0 {
		all = middleOf(scatter)
	}
	for k, p := range pairs {
		widen := distuv.UnitNormal.Quantile(1-0.05/2/float64(len(pairs))) / standard
		// The median distance is 0.6745 standard deviations; a half width is 1.96 of these.
		widen *= max(1, max(all, scatters[p.Group])*standard/distuv.UnitNormal.Quantile(0.75))
		changes[k].Noise = max(math.Expm1(widen*halves[k]), p.Floor)
	}
	return changes
}

func logarithms(values []float64) []float64 {
	logs := make([]float64, len(values))
	for k, v := range values {
		logs[k] = math.Log(v)
	}
	return logs
}

// polish removes from the rows their common effect in each round, by Tukey's median polish: the round's median over the
// rows, less their own medians. Rows of different lengths have no rounds in common and stay as they are.
func polish(rows [][]float64) {
	for _, r := range rows {
		if len(r) != len(rows[0]) {
			return
		}
	}
	const times = 5 // more change next to nothing
	for range times {
		level := make([]float64, len(rows))
		for k, r := range rows {
			level[k] = middleOf(r)
		}
		for round := range rows[0] {
			var above []float64
			for k, r := range rows {
				above = append(above, r[round]-level[k])
			}
			common := middleOf(above)
			for _, r := range rows {
				r[round] -= common
			}
		}
	}
}

func middleOf(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
