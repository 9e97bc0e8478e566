// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart_test

import (
	"image/color"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
)

var someTolls = []chart.Toll{
	{Name: "first", Median: 2.5, Lo: 1.7, Hi: 2.6},
	{Name: "the second of them", Median: 26.14, Lo: 26, Hi: 26.3},
	{Name: "unknown", Median: 999.96, Lo: math.Inf(-1), Hi: math.Inf(1)},
	{Name: "last", Median: 16800, Lo: 14000, Hi: 19000},
}

// TestTolls: each toll has its name and its figure within the picture, longer ones farther to the right, at any width.
func TestTolls(t *testing.T) {
	for _, width := range []vg.Length{540, 255} {
		texts := charttest.DrawnText(t, func() (*chart.Picture, error) { return chart.Tolls(someTolls, 0.004, width), nil })
		figures := []string{"2.50 ns", "26.1 ns", "1.00 µs", "16.8 µs"}
		charttest.WantTexts(t, texts, 1, figures...)
		charttest.WantTexts(t, texts, 1, "first", "the second of them", "unknown", "last", "95 % interval", "noise: one call timed twice, ±0.4 %", "1 ns", "10 µs")
		var places []float64
		for _, figure := range figures {
			places = append(places, texts[figure]...)
		}
		if !slices.IsSorted(places) {
			t.Errorf("%v wide, the figures begin at %v, want one after the other", width, places)
		}
		for text, places := range texts {
			if right := vg.Length(places[0]) + chart.TextStyle(10.5).Width(text); places[0] < 0 || right > width {
				t.Errorf("%v wide, %q reaches from %v to %v", width, text, places[0], right)
			}
		}
	}
}

// TestTollsFit: on a noisy machine, too, each figure is within the picture.
func TestTollsFit(t *testing.T) {
	for _, floor := range []float64{0.42, 4.5, 100} {
		for _, width := range []vg.Length{540, 255} {
			texts := charttest.DrawnText(t, func() (*chart.Picture, error) { return chart.Tolls(someTolls, floor, width), nil })
			for _, figure := range []string{"2.50 ns", "26.1 ns", "1.00 µs", "16.8 µs"} {
				if right := vg.Length(texts[figure][0]) + chart.TextStyle(12.5).Width(figure); right > width {
					t.Errorf("noise of %v, %v wide: %q reaches to %v", floor, width, figure, right)
				}
			}
		}
	}
}

// TestTollsNoise: the band is as wide as the noise, and seen if there is little; where it is unknown, there is none.
func TestTollsNoise(t *testing.T) {
	band := func(floor float64) int {
		pixels, _ := charttest.DrawnPixels(t, func() (*chart.Picture, error) { return chart.Tolls(someTolls, floor, 540), nil })
		return pixels[color.RGBA{0xf2, 0xc4, 0x6d, 0xff}]
	}
	key := band(0) // and lines as thin as can be
	if little, much := band(0.001), band(0.3); little != key || much < little+500 {
		t.Errorf("the bands have %d pixels without noise, %d with little and %d with much", key, little, much)
	}
	if none := band(math.Inf(1)); none != 0 {
		t.Errorf("bands of unknown noise have %d pixels", none)
	}
}
