// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package soak

import (
	"math"
	"slices"
)

// Point is what a figure was at a time, in hours.
type Point struct{ Hours, Value float64 }

// Allowance is how much a figure may grow in the time that it is watched: so much, and so much of its level.
type Allowance struct{ Absolute, Share float64 }

// Trend is how a figure went.
type Trend struct {
	First, Last float64 // medians of the first and the last quarter of the points
	Slope       float64 // an hour: Theil and Sen's, the median of the slopes between all pairs
	Low, High   float64 // its 95 % interval
	Growth      float64 // of the slope, in the time watched
	Allowed     float64 // growth
}

// Flat is the rule: a figure is not flat if it grows by more than it may, and if its slope is above zero for certain.
func (t *Trend) Flat() bool { return !(t.Growth > t.Allowed && t.Low > 0) }

// blocks are the most points that a trend is made from. Neighbours among many depend on each other, and an interval that takes
// them for independent is too narrow: so the points are merged, by medians, into so many.
const blocks = 30

// fewest is how many points a trend takes. Of fewer, no slope is certain.
const fewest = 6

// trendOf returns the trend of points in order of time. There must be at least [fewest].
func trendOf(points []Point, a Allowance) Trend {
	merged := merge(points, blocks)
	quarter := max(1, len(merged)/4)
	t := Trend{First: medianValue(merged[:quarter]), Last: medianValue(merged[len(merged)-quarter:])}
	var slopes []float64
	for i, p := range merged {
		for _, q := range merged[i+1:] {
			slopes = append(slopes, (q.Value-p.Value)/(q.Hours-p.Hours))
		}
	}
	slices.Sort(slopes)
	t.Slope = median(slopes)
	// Sen (1968): the ranks at which the interval ends, from the variance of Kendall's S.
	n := float64(len(merged))
	half := 1.96 * math.Sqrt(n*(n-1)*(2*n+5)/18)
	rank := func(r float64) float64 { return slopes[min(max(int(math.Round(r)), 0), len(slopes)-1)] }
	t.Low, t.High = rank((float64(len(slopes))-half)/2-1), rank((float64(len(slopes))+half)/2)
	t.Growth = t.Slope * (points[len(points)-1].Hours - points[0].Hours)
	t.Allowed = a.Absolute + a.Share*math.Abs(t.First)
	return t
}

// merge returns at most n points: medians of neighbours.
func merge(points []Point, n int) []Point {
	if len(points) <= n {
		return points
	}
	var merged []Point
	for k := range n {
		part := points[len(points)*k/n : len(points)*(k+1)/n]
		var hours []float64
		for _, p := range part {
			hours = append(hours, p.Hours)
		}
		slices.Sort(hours)
		merged = append(merged, Point{median(hours), medianValue(part)})
	}
	return merged
}

func medianValue(points []Point) float64 {
	var values []float64
	for _, p := range points {
		values = append(values, p.Value)
	}
	slices.Sort(values)
	return median(values)
}

// median returns the median of sorted numbers.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
