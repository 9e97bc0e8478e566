// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package record

import (
	"math"
	"slices"

	"toll/goside/measure"
)

// WallRatio returns the ratio of a's times to b's, within rounds; false if they are not of the same rounds.
func WallRatio(a, b *Row) (measure.Interval, bool) {
	if a == nil || b == nil || len(a.Samples) != len(b.Samples) {
		return measure.Interval{}, false
	}
	return measure.Ratio(a.Wall(), b.Wall()), true
}

// Floor returns the noise floor of rows: how far from 1 the ratio of a row to itself may lie, by the one among them that was
// entered twice. It is infinite, which means unknown, if there is none in as many rounds, or if these are too few for an
// interval; nothing then differs.
func Floor(rows []*Row) float64 { return FloorBy(rows, (*Row).Wall) }

// FloorBy is Floor of times that wall makes of a row's.
func FloorBy(rows []*Row, wall func(*Row) []float64) float64 {
	for _, again := range rows {
		if again.Entry != EntryAgain {
			continue
		}
		first := again.Name
		first.Entry = ""
		for _, r := range rows {
			if len(r.Samples) == len(again.Samples) && r.Name.String() == first.String() {
				return measure.Ratio(wall(again), wall(r)).Floor()
			}
		}
	}
	return math.Inf(1)
}

// Largest returns the largest figure with that unit of all rounds, 0 if there is none.
func (r *Row) Largest(unit string) float64 {
	return slices.Max(append(r.Values(func(s *measure.Sample) float64 { return s.Get(unit) }), 0))
}

// Above reports whether the whole interval a lies above b's.
func Above(a, b measure.Interval) bool { return a.Lo > b.Hi }

// Differences returns the median of the differences within rounds. With too few rounds for its interval, that is
// of the differences that any two rounds can make; of one round there is none.
func Differences(a, b []float64) measure.Interval {
	all := make([]float64, len(a))
	for k := range all {
		all[k] = a[k] - b[k]
	}
	i := measure.Median(all)
	if len(a) > 1 && (math.IsInf(i.Lo, 0) || math.IsInf(i.Hi, 0)) {
		i.Lo, i.Hi = slices.Min(a)-slices.Max(b), slices.Max(a)-slices.Min(b)
	}
	return i
}

// Certain reports whether a difference is other than 0.
func Certain(i measure.Interval) bool { return i.Lo > 0 || i.Hi < 0 }

// Effect is what a row differs from another by, as seen within rounds.
type Effect struct {
	Ratio, Ns measure.Interval
	Differs   bool // beyond noise
}

// EffectOf compares two rows; ok is false if one is not there.
func EffectOf(r, base *Row, floor float64) (e Effect, ok bool) {
	if r == nil || base == nil || len(r.Samples) != len(base.Samples) {
		return e, false
	}
	a, b := r.Wall(), base.Wall()
	e.Ratio = measure.Ratio(a, b)
	e.Differs = e.Ratio.Differs(floor)
	for k := range a {
		a[k] -= b[k]
	}
	e.Ns = measure.Median(a)
	return e, true
}

// AppendNew returns all with one more, unless it is there.
func AppendNew[T comparable](all []T, one T) []T {
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

// MiddleOf returns the median.
func MiddleOf(values []float64) float64 { return measure.Median(values).Median }

// Minus returns the differences a[k]-b[k], nil if the two are not of the same rounds.
func Minus(a, b []float64) []float64 {
	if len(a) != len(b) {
		return nil
	}
	var all []float64
	for k := range a {
		all = append(all, a[k]-b[k])
	}
	return all
}
