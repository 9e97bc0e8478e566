// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package soak

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// series returns n points of half an hour.
func series(n int, f func(hours float64, k int) float64) (points []Point) {
	for k := range n {
		hours := 0.5 * float64(k) / float64(n-1)
		points = append(points, Point{hours, f(hours, k)})
	}
	return points
}

func TestTrend(t *testing.T) {
	var rng *rand.Rand
	var walk float64
	noise := func(x float64) float64 { return x * rng.NormFloat64() }
	for _, c := range []struct {
		name string
		flat bool
		f    func(hours float64, k int) float64
	}{
		{"constant", true, func(float64, int) float64 { return 500 }},
		{"zero", true, func(float64, int) float64 { return 0 }},
		{"noise", true, func(float64, int) float64 { return 500 + noise(20) }},
		{"falling", true, func(h float64, _ int) float64 { return 500 - 100*h + noise(5) }},
		{"growing less than it may", true, func(h float64, _ int) float64 { return 500 + 10*h + noise(1) }},
		{"outliers", true, func(_ float64, k int) float64 { return 500 + 4000*float64(k%17/16) + noise(1) }},
		{"outliers at the end", true, func(h float64, _ int) float64 { return 500 + 4000*math.Floor(h/0.49) + noise(1) }},
		{"a walk about a level", true, func(float64, int) float64 { walk = 0.5*walk + noise(5); return 500 + walk }},
		{"growing", false, func(h float64, _ int) float64 { return 500 + 60*h + noise(3) }},
		{"growing in noise", false, func(h float64, _ int) float64 { return 500 + 200*h + noise(20) }},
		{"growing by steps", false, func(h float64, _ int) float64 { return 500 + 40*math.Floor(6*h) + noise(1) }},
		{"a count that grows", false, func(h float64, _ int) float64 { return math.Floor(12 + 100*h) }},
		{"growing faster and faster", false, func(h float64, _ int) float64 { return 500 * math.Exp(h) }},
		{"growing, with falls between", false, func(h float64, k int) float64 { return 500 + 200*h - 10*float64(k%5) }},
	} {
		for _, n := range []int{24, 60, 162} {
			rng, walk = rand.New(rand.NewPCG(1, 5)), 0
			trend := trendOf(series(n, c.f), Allowance{Absolute: 2, Share: 0.02})
			if trend.Flat() != c.flat {
				t.Errorf("%s, %d points: flat is %v, want %v: %+v", c.name, n, trend.Flat(), c.flat, trend)
			}
			if !(trend.Low <= trend.Slope && trend.Slope <= trend.High) {
				t.Errorf("%s, %d points: the slope %v is not in [%v, %v]", c.name, n, trend.Slope, trend.Low, trend.High)
			}
		}
	}
}

// TestTrendOfLine: the slope of a line is its slope, whatever else single points have.
func TestTrendOfLine(t *testing.T) {
	for _, n := range []int{fewest, 7, 30, 31, 100, 101} {
		trend := trendOf(series(n, func(h float64, _ int) float64 { return 3*h + 1 }), Allowance{})
		if math.Abs(trend.Slope-3) > 1e-9 || math.Abs(trend.Low-3) > 1e-9 || math.Abs(trend.High-3) > 1e-9 || math.Abs(trend.Growth-1.5) > 1e-9 {
			t.Errorf("%d points: %+v, want a slope of 3 and a growth of 1.5", n, trend)
		}
	}
}

// TestWarmed: what is judged begins after a tenth of the time, or after the least warm-up, but has half of the points.
func TestWarmed(t *testing.T) {
	points := series(61, func(float64, int) float64 { return 0 }) // a point every half minute
	for _, c := range []struct {
		warm time.Duration
		want int
	}{{0, 55}, {time.Minute, 55}, {6 * time.Minute, 49}, {15 * time.Minute, 31}, {time.Hour, 31}} {
		if got := len(warmed(points, c.warm)); got != c.want {
			t.Errorf("after a warm-up of %v %d points are judged, want %d", c.warm, got, c.want)
		}
	}
}

// TestInterval: of noise alone, the interval has 0 in it about 95 times in a hundred.
func TestInterval(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 5))
	const runs = 400
	for _, n := range []int{fewest, 20, 30, 150} {
		without := 0
		for range runs {
			trend := trendOf(series(n, func(float64, int) float64 { return rng.NormFloat64() }), Allowance{})
			if trend.Low > 0 || trend.High < 0 {
				without++
			}
		}
		if share := float64(without) / runs; share > 0.09 {
			t.Errorf("%d points: %.3f of the intervals lack 0, want about 0.05", n, share)
		}
	}
}
