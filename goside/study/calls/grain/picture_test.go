// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
)

func TestPicture(t *testing.T) {
	record := testRecord(t)
	drawn := func() (*chart.Picture, error) { return drawAll(record) }
	pixels, _ := charttest.DrawnPixels(t, drawn)
	for k, crossing := range []string{"c/cgo", "c/far", "c/near", "checked c/cgo"} {
		if n := pixels[chart.Colors[k]]; n < 100 {
			t.Errorf("the line of %s has %d pixels", crossing, n)
		}
	}

	texts := charttest.DrawnText(t, drawn)
	charttest.WantTexts(t, texts, 1, "julia: ns per point", "50 % of the time is overhead", "10 % of it")
	for _, want := range []string{"checked c/cgo", "c/cgo", "c/far", "c/near", "points per call"} {
		if len(texts[want]) == 0 {
			t.Errorf("the picture lacks %q", want)
		}
	}

	if _, err := drawAll(other(t)); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("for a record without the study the error is %v, want %v", err, chart.ErrNothing)
	}
}

// TestPictureOfTuned: plain and tuned code share a panel, and a record without tuned code has no such picture.
func TestPictureOfTuned(t *testing.T) {
	record := testTuned(t)
	texts := charttest.DrawnText(t, func() (*chart.Picture, error) { return drawTuned(record) })
	charttest.WantTexts(t, texts, 1, "julia: ns per point", "50 % of the time is overhead")
	for _, want := range []string{"c/cgo", "c-simd/cgo", "c/purego", "c-simd/purego"} {
		if len(texts[want]) == 0 {
			t.Errorf("the picture lacks %q", want)
		}
	}
	if _, err := drawTuned(testRecord(t)); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("for a record without tuned code the error is %v, want %v", err, chart.ErrNothing)
	}
}

// TestEvenMarks: a call that costs as much as 50 items, at 2 ns, has half and nine tenths of its time in them from 50 and 450 items
// on. What is beyond its grains is not marked, and nothing is of one whose overhead is not told from none.
func TestEvenMarks(t *testing.T) {
	g := grainsOf(testRecord(t))[0]
	for _, c := range []struct {
		crossing string
		last     float64
		want     []string
	}{{"c/cgo", 1e4, []string{"50 4.00", "450 2.22"}}, {"c/cgo", 400, []string{"50 4.00"}}, {"c/far", 1e4, []string{"500 4.00", "4500 2.22"}}, {"c/near", 1e4, nil}} {
		var got []string
		for _, mark := range g.evenMarks(c.crossing, 1, c.last, draw.GlyphStyle{}) {
			at := mark.(*plotter.Scatter).XYs[0]
			if text := fmt.Sprintf("%.0f %.2f", at.X, at.Y); !slices.Contains(got, text) {
				got = append(got, text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s up to %.0f is marked at %q, want %q", c.crossing, c.last, got, c.want)
		}
	}
}
