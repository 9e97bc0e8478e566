// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart_test

import (
	"math"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
)

// TestDots: each thing has its name, and each series as many dots as it has times.
func TestDots(t *testing.T) {
	drawn := func(times ...float64) func() (*chart.Picture, error) {
		things := []chart.Dotted{{Name: "one", Times: []float64{2, 30}}, {Name: "another", Times: append([]float64{5}, times...)}}
		return func() (*chart.Picture, error) { return chart.Dots(things, []string{"first", "second"}, 400), nil }
	}
	texts := charttest.DrawnText(t, drawn(4000))
	charttest.WantTexts(t, texts, 1, "one", "another", "first", "second", "1 ns", "1 µs")
	dots := func(times ...float64) (all [2]int) {
		pixels, _ := charttest.DrawnPixels(t, drawn(times...))
		for k := range all {
			all[k] = pixels[chart.Colors[k]]
		}
		return all
	}
	both, one := dots(4000), dots(math.NaN())
	if one[0] == 0 || one[1] == 0 || both[0] > one[0]*5/4 || both[1] < one[1]*5/4 {
		t.Errorf("the dots have %v pixels, %v without one of the second series", both, one)
	}
}

// TestPanels: the legends begin a line each, and break where they are too long.
func TestPanels(t *testing.T) {
	keys := make([]chart.Key, 5)
	for k := range keys {
		glyph := chart.Mark(k)
		keys[k] = chart.Key{Text: string(rune('A'+k)) + " is a key of some length", Glyph: &glyph}
	}
	height := func(legends ...[]chart.Key) vg.Length {
		return chart.Panels([]*plot.Plot{plot.New(), plot.New(), plot.New()}, 600, 200, legends...).Height
	}
	line := height(keys[:1]) - height()
	if one, two, broken := height(keys[:3])-height(), height(keys[:1], keys[1:2])-height(), height(keys)-height(); line <= 0 || one != line || two != 2*line || broken != 2*line {
		t.Errorf("legends are %v, %v and %v high, where a line is %v", one, two, broken, line)
	}
}
