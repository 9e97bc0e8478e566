// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart_test

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
)

func TestFits(t *testing.T) {
	three := chart.Fits{Title: "title", X: "day", Y: "hours", All: []chart.Fit{
		{"rising", 0.5, 0, []float64{0, 0.4, 1.1}}, {"level", 0, 0.5, []float64{0.5, 0.5, 0.5}}, {"falling", -0.5, 1, []float64{1, 0.5, 0}},
	}}
	charttest.WantTexts(t, charttest.DrawnText(t, three.Picture), 1, "title", "day", "hours", "rising", "level", "falling", "0", "1", "2")
	pixels, _ := charttest.DrawnPixels(t, three.Picture)
	for _, colour := range []color.RGBA{{213, 94, 0, 255}, {90, 90, 90, 255}, {0, 114, 178, 255}} {
		if pixels[colour] < 300 {
			t.Errorf("%d pixels have the colour %v, want a line's and its observations'", pixels[colour], colour)
		}
	}

	if _, err := (&chart.Fits{}).Picture(); err == nil || !strings.Contains(err.Error(), "0 lines in a picture, want 1 to 3") {
		t.Errorf("no lines: error %v", err)
	}
	for _, bad := range []chart.Fit{{"bad", math.NaN(), 0, []float64{1, 2}}, {"bad", 1, math.Inf(1), []float64{1, 2}}, {"bad", 0, 1, []float64{1, math.NaN()}}, {"bad", 0, 1, nil}} {
		if _, err := (&chart.Fits{All: []chart.Fit{bad}}).Picture(); err == nil || !strings.Contains(err.Error(), "chart: the line bad") {
			t.Errorf("%+v: error %v, want one that names the line", bad, err)
		}
	}
}
