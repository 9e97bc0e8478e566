// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
)

func TestPenaltyPicture(t *testing.T) {
	series := slices.DeleteFunc(loopSeries(kernels, 64, 184), func(s measure.Series) bool {
		return strings.Contains(s.Subject.Name, "ols") && strings.Contains(s.Subject.Name, "lang=go") && strings.Contains(s.Subject.Name, "n=64/loops=matched")
	})
	for _, w := range walks([]string{"ols"}, 728) { // rounds differ, and one layout is missing
		wall := map[bool]float64{false: 1, true: 7}[w.Interchanged]
		c := walkSeries("c", w, wall)
		if w.Interchanged {
			c.Samples = c.Samples[1:]
		}
		series = append(series, c)
		if w.Layout == kernel.Row {
			series = append(series, walkSeries("go", w, wall))
		}
	}
	record := pagetest.Written(t, machineFacts, series)
	draw := func() (*chart.Picture, error) { return penaltyPicture(record) }

	got := map[string][]float64{}
	for _, p := range NewTable(record, false).penalties() {
		got[fmt.Sprintf("%s %s %v %s", p.kernel, p.lang, p.layout, p.ld)] = p.ratios
	}
	for label, want := range map[string][]float64{ // at 64, 184 and 728
		"diffusion c row unit": {12, 4, 0}, "diffusion c row padded": {0.3, 0.3, 0}, "diffusion c row pow2": {12, 15, 0},
		"diffusion c col unit": {48, 16, 0}, "diffusion c col padded": {1.2, 1.2, 0}, "diffusion c col pow2": {48, 60, 0},
		"ols go row unit": {0, 4, 7}, "ols go row pow2": {0, 15, 7}, "ols go col pow2": {0, 60, 0}, "ols c row unit": {12, 4, 0},
	} {
		if len(got[label]) != len(want) {
			t.Errorf("%s: penalties %v, want %v", label, got[label], want)
			continue
		}
		for k := range want {
			if math.Abs(got[label][k]-want[k]) > 1e-5 {
				t.Errorf("%s: penalties %v, want %v", label, got[label], want)
				break
			}
		}
	}

	texts := charttest.DrawnText(t, draw)
	charttest.WantTexts(t, texts, 1, "diffusion", "ols", "1x", "64x", "1/2x")
	charttest.WantTexts(t, texts, 2, "row-major", "column-major", "side n", "64", "184", "728")
	charttest.WantTexts(t, texts, 4, "go unit", "go padded", "c unit", "c pow2", "60x", "15x", "4.0x")
	charttest.WantTexts(t, texts, 5, "16x") // one of them below the colours
	charttest.WantTexts(t, texts, 6, "48x", "12x")
	charttest.WantTexts(t, texts, 7, "0.3x", "1.2x") // and ols go padded at 64 is blank
	charttest.WantTexts(t, texts, 3, "7.0x")
	charttest.WantTexts(t, texts, 0, "c-again unit", "rust-par unit", "0x", "0.0x")
	pixels, width := charttest.DrawnPixels(t, draw)
	for _, ratio := range []float64{0.3, 4, 12, 15, 16, 48, 60} {
		if c := penaltyColor(math.Log2(ratio), 6); pixels[c] < 1500 {
			t.Errorf("%d pixels have the colour of %v times, %v, want a cell", pixels[c], ratio, c)
		}
	}
	if width != 1000 {
		t.Errorf("the picture is %d wide, want 1000", width)
	}

	var none []measure.Series
	for _, s := range series {
		if strings.Contains(s.Subject.Name, "interchanged") {
			none = append(none, s)
		}
	}
	if _, err := penaltyPicture(pagetest.Written(t, nil, none)); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("without matched loops the error is %v, want %v", err, chart.ErrNothing)
	}
}

// TestPenaltyPictureFits: all that a full record has fits a screen.
func TestPenaltyPictureFits(t *testing.T) {
	var all []measure.Series
	for _, n := range loopSizes(true) {
		for _, w := range walks(kernels, n) {
			for _, lang := range []string{"go", "c", "fortran", "rust"} {
				all = append(all, walkSeries(lang, w, map[bool]float64{false: 1, true: 3}[w.Interchanged]))
			}
		}
	}
	record := pagetest.Written(t, nil, all)
	if lines := len(NewTable(record, false).penalties()); lines != 48 {
		t.Errorf("%d lines, want one for each kernel, layout, language and leading dimension", lines)
	}
	picture, err := penaltyPicture(record)
	if err != nil {
		t.Fatal(err)
	}
	// A PNG has 96 dots an inch.
	if width, height := picture.Width.Points()*96/72, picture.Height.Points()*96/72; width > 1000 || height > 1500 {
		t.Errorf("the picture is %.0f x %.0f, want what a page has room for", width, height)
	}
	for _, text := range []string{"99x", "9.9x", "0.01x", "8192"} {
		if room := (picture.Width - vg.Points(100)) / vg.Length(len(loopSizes(true))); heatText.Width(text) > room {
			t.Errorf("%q takes %v, a cell has %v", text, heatText.Width(text), room)
		}
	}
}

// TestPenaltyMarks: a mark is before the first column that is not below it, and its name is there once for both if two are.
func TestPenaltyMarks(t *testing.T) {
	drawn := func(facts []measure.Fact, sizes ...int) map[string][]float64 {
		record := pagetest.Written(t, facts, loopSeries(kernels, sizes...))
		return charttest.DrawnText(t, func() (*chart.Picture, error) { return penaltyPicture(record) })
	}
	// Of diffusion L1 is 45, L2 256, L3 1448.2, TLB 1536; of ols 64, 362, 2048 and 3072.
	texts := drawn(machineFacts, 32, 64, 128, 256, 512, 1448, 2048)
	charttest.WantTexts(t, texts, 2, "L1", "L2")
	charttest.WantTexts(t, texts, 1, "L3, TLB", "L3", "L1, L2, L3: from this line on the matrices fill that cache: two of diffusion, one of ols.",
		"TLB: from this line on one sweep across the lines touches more 4 KiB pages than it holds.")
	charttest.WantTexts(t, texts, 0, "TLB") // of ols it is beyond all sides
	between := func(name string, block int, below, from string) {
		t.Helper()
		if x := texts[name][block]; x <= texts[below][block] || x >= texts[from][block] {
			t.Errorf("%s is at %v, want it between %s at %v and %s at %v", name, x, below, texts[below][block], from, texts[from][block])
		}
	}
	between("L1", 0, "32", "64")
	between("L2", 0, "128", "256")
	between("L3, TLB", 0, "512", "2048")
	between("L1", 1, "32", "64")
	between("L2", 1, "256", "512")
	if texts["L3"][0] <= texts["1448"][1] || texts["L3"][0] >= texts["2048"][1] {
		t.Errorf("L3 of ols is at %v, want it between 1448 at %v and 2048 at %v", texts["L3"][0], texts["1448"][1], texts["2048"][1])
	}

	texts = drawn(machineFacts, 128, 184)
	charttest.WantTexts(t, texts, 0, "L1", "L2", "L3", "TLB", "L3, TLB") // all sides are above the first, and below the second
	texts = drawn([]measure.Fact{machineFacts[0]}, 32, 64)
	charttest.WantTexts(t, texts, 2, "L1")
	texts = drawn(nil, 32, 64)
	charttest.WantTexts(t, texts, 0, "L1")
	for text := range texts {
		if strings.Contains(text, "from this line on") {
			t.Errorf("without marks the picture says %q", text)
		}
	}
}

func TestPenaltyColor(t *testing.T) {
	if got := penaltyColor(0, 6); got != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("1x is %v, want white", got)
	}
	if a, b, c := penaltyColor(2, 6), penaltyColor(2.05, 6), penaltyColor(2.1, 6); a != b || a == c {
		t.Errorf("4x, 4.1x and 4.3x are %v, %v and %v, want the first two alike", a, b, c)
	}
	for power := 0.2; power < 7; power += 0.1 {
		for _, power := range []float64{power, -power} {
			c := penaltyColor(power, 6)
			if power > 0 && (c.R <= c.B || c.R <= c.G) || power < 0 && (c.B <= c.R || c.B <= c.G) {
				t.Errorf("2 to the power of %.3g is %v, want a red if it is slower and else a blue", power, c)
			}
			for _, dark := range []bool{false, true} { // 4.5 is what WCAG wants of small text, for AA
				if contrast := charttest.Contrast(t, color.RGBA{A: 255}, c, dark); contrast < 4.5 {
					t.Errorf("on the colour of 2 to the power of %.3g, %v, text has the contrast %.3g, dark %v, want 4.5", power, c, contrast, dark)
				}
			}
		}
	}
	for ratio, want := range map[float64]string{15.4: "15x", 9.96: "10x", 9.94: "9.9x", 1: "1.0x", 0.94: "0.9x", 0.031: "0.03x"} {
		if got := timesAsLong(ratio); got != want {
			t.Errorf("%v is %s, want %s", ratio, got, want)
		}
	}
}
