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
	Old, New []float64 // wall times, in the order of rounds
	Floor    float64   // noise floor within the runs, see [Interval.Floor]
}

// Change is what became of a row from one run to the next. Ratios are new to old.
type Change struct {
	Ratio float64 // of the medians
	Drift float64 // of the group: what its rows changed by together
	Own   float64 // what the row changed by beside its group
	Noise float64 // what Own must differ from 1 by to be told from noise
}

// Slower reports a change for the worse beyond noise.
func (c Change) Slower() bool { return c.Own > 1+c.Noise }

// Faster reports a change for the better beyond noise.
func (c Change) Faster() bool { return c.Own < 1/(1+c.Noise) }

// FewestRows is the size of a group from which its drift is told: from fewer rows one could not tell the
// drift from a change of one of them.
const FewestRows = 3

// finest is the least half width: no clock tells times finer, whatever the samples pretend.
const finest = 1e-6

// Compare returns the change of each pair.
//
// The machine drifts, between runs and within: its host lends it a slower core, or a neighbour that its caches are
// shared with falls silent. That moves the rows of a group together. So within each run what the rows of a group
// have in common in a round is taken off ([polish]), and then what they changed by together from run to run: a
// change common to most of a group cannot be told from the machine's.
//
// What remains of a row's change counts as noise up to the combined half widths of the 95 % intervals of the row
// in both runs and of the drift, widened twice: by how much farther the rows scatter than such intervals
// explain, those of the group or those of all, whichever more; and, since the more rows are looked at the more
// will stray, so that of all rows together one strays beyond it once in twenty comparisons (Bonferroni). It is
// never taken to be less than the floor.
func Compare(pairs []Pair) []Change {
	groups := map[string][]int{}
	for k, p := range pairs {
		groups[p.Group] = append(groups[p.Group], k)
	}
	changes := make([]Change, len(pairs))
	halves := make([]float64, len(pairs)) // of the change beside the group, as a logarithm
	scatters := map[string]float64{}
	var scatter []float64 // of the rows beside their groups, in half widths
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
		// The median distance is 0.6745 standard deviations, of which a half width is 1.96.
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

// polish takes off the rows what they have in common in each round, by Tukey's median polish: to each round its
// median over the rows, less their own medians. Rows of different lengths are left as they are: they have no
// rounds in common.
func polish(rows [][]float64) {
	for _, r := range rows {
		if len(r) != len(rows[0]) {
			return
		}
	}
	const times = 5 // after which next to nothing changes
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
