// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// Interval is a median and its 95 % confidence interval, taken from order statistics: it assumes that samples
// are independent, and nothing of how they are distributed. With fewer than six samples there is none, and Lo
// and Hi are infinite.
type Interval struct{ Median, Lo, Hi float64 }

// Median returns the median of values, which it leaves as they are.
func Median(values []float64) Interval {
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), 0.95)
	return Interval{s.Center, s.Lo, s.Hi}
}

// Ratio returns the median of the ratios a[k]/b[k], whose samples were taken within one round.
func Ratio(a, b []float64) Interval {
	ratios := make([]float64, len(a))
	for k := range ratios {
		ratios[k] = a[k] / b[k]
	}
	return Median(ratios)
}

// Half returns half the interval's width as a part of the median.
func (i Interval) Half() float64 { return (i.Hi - i.Lo) / 2 / i.Median }

// Floor returns the noise floor that the ratio of a subject to itself, entered twice, shows: the farthest from
// 1 that the ratio may well lie though nothing differs.
func (i Interval) Floor() float64 { return max(i.Hi-1, 1-i.Lo, 0) }

// Differs reports whether a ratio is other than 1, by more than the floor.
func (i Interval) Differs(floor float64) bool {
	return (i.Lo > 1 || i.Hi < 1) && math.Abs(i.Median-1) > floor
}

// Unstable reports whether a series is too noisy to be trusted to 5 %.
func (i Interval) Unstable() bool { return i.Half() > 0.05 }
