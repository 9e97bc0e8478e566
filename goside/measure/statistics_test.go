// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMedian(t *testing.T) {
	var hundred []float64
	for k := range 100 {
		hundred = append(hundred, float64(99-k))
	}
	for _, c := range []struct {
		values []float64
		want   Interval
	}{
		{[]float64{5}, Interval{5, math.Inf(-1), math.Inf(1)}},
		{[]float64{3, 1, 2, 5, 4}, Interval{3, math.Inf(-1), 5}}, // five samples reach only 94 %
		{[]float64{6, 3, 1, 2, 5, 4}, Interval{3.5, 1, 6}},
		{[]float64{1, 1, 1, 1, 1, 1, 100}, Interval{1, 1, 100}},
		{hundred, Interval{49.5, 39, 59}}, // the 40th and the 60th, by the binomial distribution
	} {
		before := slices.Clone(c.values)
		if got := Median(c.values); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.values, got, c.want)
		}
		if !slices.Equal(before, c.values) {
			t.Error("the samples were sorted in place")
		}
	}
}

// TestRatio: a drift common to both series leaves their ratio exact, though each alone is unstable.
func TestRatio(t *testing.T) {
	var a, b []float64
	for k := range 41 {
		drift := 1 + float64(k*k%17)
		a, b = append(a, 3*drift), append(b, 2*drift)
	}
	if got := Ratio(a, b); got != (Interval{1.5, 1.5, 1.5}) {
		t.Errorf("ratio %v, want 1.5 exactly", got)
	}
	if !Median(a).Unstable() {
		t.Error("a series that drifts manifold is called stable")
	}
}

func TestDiffers(t *testing.T) {
	again := Interval{1.002, 0.99, 1.03}
	floor := again.Floor()
	if math.Abs(floor-0.03) > 1e-15 {
		t.Errorf("floor %v, want 0.03, the farthest that it may be from 1", floor)
	}
	for _, c := range []struct {
		ratio Interval
		want  bool
	}{
		{Interval{1.02, 1.01, 1.03}, false}, // clear of 1, below the floor
		{Interval{1.05, 0.99, 1.11}, false}, // beyond the floor, not clear of 1
		{Interval{1.05, 1.04, 1.06}, true},
		{Interval{0.95, 0.94, 0.96}, true},
		{Interval{1.05, math.Inf(-1), math.Inf(1)}, false},
	} {
		if got := c.ratio.Differs(floor); got != c.want {
			t.Errorf("%v differs: %v, want %v", c.ratio, got, c.want)
		}
	}
	if (Interval{100, 96, 104}).Unstable() || !(Interval{100, 94, 106}).Unstable() || !(Interval{1, math.Inf(-1), math.Inf(1)}).Unstable() {
		t.Error("unstable means an interval beyond 5 %")
	}
}

// TestIntervalEdges: what lies exactly on an edge is no difference, and not unstable.
func TestIntervalEdges(t *testing.T) {
	for _, c := range []struct {
		ratio Interval
		floor float64
		want  bool
	}{
		{Interval{1.25, 1.125, 1.5}, 0.25, false},
		{Interval{1.25, 1.125, 1.5}, 0.125, true},
		{Interval{0.75, 0.5, 0.875}, 0.25, false},
		{Interval{0.75, 0.5, 0.875}, 0.125, true},
		{Interval{1.5, 1, 2}, 0, false},
		{Interval{0.5, 0.25, 1}, 0, false},
	} {
		if got := c.ratio.Differs(c.floor); got != c.want {
			t.Errorf("%v differs beyond %v: %v, want %v", c.ratio, c.floor, got, c.want)
		}
	}
	for _, c := range []struct {
		ratio Interval
		want  float64
	}{{Interval{1, 0.75, 1.125}, 0.25}, {Interval{1, 0.875, 1.5}, 0.5}, {Interval{2, 1.5, 3}, 2}, {Interval{0.5, 0.25, 0.75}, 0.75}} {
		if got := c.ratio.Floor(); got != c.want {
			t.Errorf("the floor of %v is %v, want %v", c.ratio, got, c.want)
		}
	}
	if half := (Interval{4, 3, 6}).Half(); half != 0.375 {
		t.Errorf("half width %v, want 0.375", half)
	}
	if (Interval{10, 9.5, 10.5}).Unstable() || !(Interval{10, 9.5, 10.6}).Unstable() {
		t.Error("5 % is stable, and more is not")
	}
}

// TestCoverage: with skewed noise, the intervals must contain the true median 95 times in 100.
func TestCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	held := 0
	const trials = 2000
	for range trials {
		values := make([]float64, 41)
		for k := range values {
			values[k] = math.Exp(rng.NormFloat64()) // median 1
		}
		if i := Median(values); i.Lo <= 1 && 1 <= i.Hi {
			held++
		}
	}
	if held < trials*94/100 {
		t.Errorf("%d of %d intervals hold the median, want 95 %%", held, trials)
	}
}

// runs returns the rows of two runs of one build: groups of rows, each with a drift of its own. The noise is like that
// of a machine with neighbours: slow phases that affect a group's rows alike, and skewed noise of each row with a few
// bursts.
func runs(rng *rand.Rand, rounds int) []Pair {
	noise := func() float64 {
		x := math.Exp(0.03 * rng.NormFloat64())
		if rng.Float64() < 0.1 {
			x *= 1 + rng.ExpFloat64()
		}
		return x
	}
	phases := func() []float64 {
		slow, all := false, make([]float64, rounds)
		for k := range all {
			if slow != (rng.Float64() < 0.2) {
				slow = !slow
			}
			if all[k] = 1; slow {
				all[k] = 1.5
			}
		}
		return all
	}
	var pairs []Pair
	for group, rows := range []int{7, 7, 10, 10, 13, 19, 19, 13} {
		drift := math.Exp(0.1 * rng.NormFloat64())
		before, after := phases(), phases()
		for row := range rows {
			p := Pair{Group: fmt.Sprint(group)}
			for k := range rounds {
				p.Old = append(p.Old, 100*float64(row+1)*noise()*before[k])
				p.New = append(p.New, 100*float64(row+1)*noise()*after[k]*drift)
			}
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// TestCompareAlike: between two runs of one build, at least 95 % of the rows must show no difference in each of many
// comparisons, and most comparisons must show none at all.
func TestCompareAlike(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, rounds := range []int{7, 31} {
		clean := 0
		for range 100 {
			changed := 0
			changes := Compare(runs(rng, rounds))
			for _, c := range changes {
				if c.Slower() || c.Faster() {
					changed++
				}
			}
			if changed*20 > len(changes) {
				t.Errorf("%d rounds: %d of %d rows changed, want at most 5 %%", rounds, changed, len(changes))
			}
			if changed == 0 {
				clean++
			}
		}
		if clean < 85 {
			t.Errorf("%d rounds: %d of 100 comparisons found nothing, want nearly all", rounds, clean)
		}
	}
}

// TestCompareFinds: one row is made 10 % slower among rows that drift. It alone must be found, and its change must not
// include the drift.
func TestCompareFinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	exactly := 0
	for trial := range 100 {
		pairs := runs(rng, 31)
		slowed := trial % len(pairs)
		for k := range pairs[slowed].New {
			pairs[slowed].New[k] *= 1.10
		}
		found, others := false, 0
		for k, c := range Compare(pairs) {
			switch {
			case k == slowed:
				found = c.Slower()
				if c.Own < 1.02 || c.Own > 1.18 {
					t.Errorf("trial %d: 10 %% slower is told as %v", trial, c.Own)
				}
			case c.Slower() || c.Faster():
				others++
			}
		}
		if found && others == 0 {
			exactly++
		}
	}
	if exactly < 85 {
		t.Errorf("exactly the slowed row was found %d times of 100, want nearly always", exactly)
	}
}

// TestCompareScatter: a group whose rows scatter widens its own noise, and half as much that of a calm group.
func TestCompareScatter(t *testing.T) {
	flat := func(x float64) []float64 { return slices.Repeat([]float64{x}, 10) }
	var pairs []Pair
	for _, change := range []float64{-0.02, -0.01, 0, 0.01, 0.02} {
		pairs = append(pairs, Pair{Group: "uneven", Old: flat(10), New: flat(10 * math.Exp(change))})
	}
	for range 3 {
		pairs = append(pairs, Pair{Group: "calm", Old: flat(10), New: flat(30)})
	}
	// Half widths are the finest, a millionth. Distances from the group are 0, 10,000 and 20,000 of them: in the median 10,000
	// in the uneven group, and 5000 in all rows. In eight comparisons 2.7344 standard deviations are noise.
	for k, got := range Compare(pairs) {
		want := math.Expm1(0.01 * 2.7344 / 0.67449)
		if pairs[k].Group == "calm" {
			want = math.Expm1(0.005 * 2.7344 / 0.67449)
		}
		if math.Abs(got.Noise-want) > 1e-5 {
			t.Errorf("row %d, %s: noise %v, want %v", k, pairs[k].Group, got.Noise, want)
		}
	}
}

// TestCompareKnown: without noise, all figures can be computed by hand.
func TestCompareKnown(t *testing.T) {
	flat := func(x float64) []float64 { return slices.Repeat([]float64{x}, 10) }
	pairs := []Pair{
		{Group: "a", Old: flat(10), New: flat(20)}, {Group: "a", Old: flat(1), New: flat(2)},
		{Group: "a", Old: flat(3), New: flat(6), Floor: 0.07}, {Group: "a", Old: flat(5), New: flat(10)},
		{Group: "a", Old: flat(100), New: flat(220), Floor: 0.07},
		{Group: "b", Old: flat(10), New: flat(11)},               // too few rows for a drift
		{Group: "b", Old: flat(10), New: flat(9.5), Floor: 0.07}, // within the floor
	}
	want := []Change{{2, 2, 1, 0}, {2, 2, 1, 0}, {2, 2, 1, 0.07}, {2, 2, 1, 0}, {2.2, 2, 1.1, 0.07}, {1.1, 1, 1.1, 0}, {0.95, 1, 0.95, 0.07}}
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-5 }
	for k, got := range Compare(pairs) {
		w := want[k]
		if !near(got.Ratio, w.Ratio) || !near(got.Drift, w.Drift) || !near(got.Own, w.Own) || !near(got.Noise, w.Noise) {
			t.Errorf("row %d: %+v, want %+v", k, got, w)
		}
		if slower := k == 4 || k == 5; got.Slower() != slower {
			t.Errorf("row %d slower: %v, want %v", k, got.Slower(), slower)
		}
	}
	// A common slowdown in a round leaves nothing; a row's own deviation stays.
	rows := [][]float64{{1, 1, 5, 1, 1}, {2, 2, 6, 2, 2}, {3, 3, 7, 3.5, 3}, {4, 4, 8, 4, 4}}
	polish(rows)
	for k, want := range [][]float64{{1, 1, 1, 1, 1}, {2, 2, 2, 2, 2}, {3, 3, 3, 3.5, 3}, {4, 4, 4, 4, 4}} {
		if !slices.Equal(rows[k], want) {
			t.Errorf("polished to %v, want %v", rows[k], want)
		}
	}
	uneven := [][]float64{{1, 2, 3}, {4, 5}, {6, 7}}
	if polish(uneven); !slices.Equal(uneven[0], []float64{1, 2, 3}) {
		t.Errorf("rows without common rounds were polished to %v", uneven)
	}
	if got := Compare(nil); len(got) != 0 {
		t.Errorf("nothing compared gave %v", got)
	}
}
