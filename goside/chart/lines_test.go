// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/chart/charttest"
)

func TestFits(t *testing.T) {
	three := Fits{Title: "title", X: "day", Y: "hours", All: []Fit{
		{"rising", 0.5, 0, []float64{0, 0.4, 1.1}}, {"level", 0, 0.5, []float64{0.5, 0.5, 0.5}}, {"falling", -0.5, 1, []float64{1, 0.5, 0}},
	}}
	save := func(path string) error {
		picture, err := three.Encode(strings.ToLower(filepath.Ext(path)[1:]))
		if err != nil {
			return err
		}
		return os.WriteFile(path, picture, 0o666)
	}
	charttest.WantTexts(t, charttest.DrawnText(t, save), 1, "title", "day", "hours", "rising", "level", "falling", "0", "1", "2")
	pixels, _ := charttest.DrawnPixels(t, save)
	for _, style := range fitStyles {
		if pixels[style.colour.(color.RGBA)] < 300 {
			t.Errorf("%d pixels have the colour %v, want a line's and its observations'", pixels[style.colour.(color.RGBA)], style.colour)
		}
	}

	if _, err := (&Fits{}).Encode("svg"); err == nil || !strings.Contains(err.Error(), "0 lines in a picture, want 1 to 3") {
		t.Errorf("no lines: error %v", err)
	}
	if _, err := three.Encode("xyz"); err == nil {
		t.Error("a picture was made in the format xyz")
	}
	for _, bad := range []Fit{{"bad", math.NaN(), 0, []float64{1, 2}}, {"bad", 1, math.Inf(1), []float64{1, 2}}, {"bad", 0, 1, []float64{1, math.NaN()}}, {"bad", 0, 1, nil}} {
		if _, err := (&Fits{All: []Fit{bad}}).Encode("svg"); err == nil || !strings.Contains(err.Error(), "chart: the line bad") {
			t.Errorf("%+v: error %v, want one that names the line", bad, err)
		}
	}
}

func TestWholeTicks(t *testing.T) {
	for most, want := range map[float64]int{1.3: 2, 13.3: 14, 27.3: 14, 365.3: 15} {
		ticks := wholeTicks(-0.3, most)
		if len(ticks) != want || ticks[0].Label != "0" || ticks[len(ticks)-1].Value > most {
			t.Errorf("to %v there are %d ticks, %v, want %d", most, len(ticks), ticks, want)
		}
	}
}
