// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// Interval is a median and its 95 % confidence interval from order statistics. It assumes independent samples and
// nothing about their distribution. With fewer than six samples there is no interval, and Lo and Hi are infinite.
type Interval struct{ Median, Lo, Hi float64 }

// Median returns the median of values and does not change them.
func Median(values []float64) Interval {
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), 0.95)
	return Interval{s.Center, s.Lo, s.Hi}
}

// Ratio returns the median of the ratios a[k]/b[k]; the two samples of each come from one round.
func Ratio(a, b []float64) Interval {
	ratios := make([]float64, len(a))
	for k := range ratios {
		ratios[k] = a[k] / b[k]
	}
	return Median(ratios)
}

// Half returns half the interval's width, relative to the median.
func (i Interval) Half() float64 { return (i.Hi - i.Lo) / 2 / i.Median }

// Floor returns the noise floor, where i is the ratio of a subject to itself, timed twice. i should contain 1; the
// floor is the distance from 1 to its farther end.
func (i Interval) Floor() float64 { return max(i.Hi-1, 1-i.Lo, 0) }

// Differs reports whether a ratio differs from 1, by more than the floor.
func (i Interval) Differs(floor float64) bool {
	return (i.Lo > 1 || i.Hi < 1) && math.Abs(i.Median-1) > floor
}

// Unstable reports whether a series is too noisy to be trusted to 5 %.
func (i Interval) Unstable() bool { return i.Half() > 0.05 }
