// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

var machineFacts = []measure.Fact{{Key: "caches", Value: "L1d 32768, L2 1048576, L3 33554432"}, {Key: "tlb", Value: "3072"}}

// layoutWall returns what a walk takes in layoutSeries, in ns: all that a line is of changes it.
func layoutWall(lang string, w walk) float64 {
	wall := map[string]float64{"go": 2, "c": 1, "c-again": 1.02, "rust-par": 77}[lang]
	if w.Interchanged {
		wall *= map[string]float64{UnitLD: 4, PaddedLD: 0.3, powerLD: 15}[w.LD]
		if w.LD == UnitLD && w.elements()&(w.elements()-1) == 0 {
			wall *= 3
		}
	}
	if w.Interchanged && w.Layout == kernel.Col {
		wall *= 4 // which doubles the geometric mean
	}
	if w.Layout == kernel.Col {
		wall *= 1.6
	}
	return wall * map[string]float64{UnitLD: 1, PaddedLD: 1.3, powerLD: 0.8}[w.LD]
}

// walkSeries returns a row of a walk in a language, which may end with "-again" for a second entry.
func walkSeries(lang string, w walk, wall float64) measure.Series {
	name := w.name()
	name.Lang, name.Via = lang, "cgo"
	if first, ok := strings.CutSuffix(lang, "-again"); ok {
		name.Lang, name.Entry = first, record.EntryAgain
	}
	return pagetest.One(name.String(), []measure.Fact{{Key: "problem", Value: "loops " + w.Kernel}}, pagetest.Times(wall)...)
}

func loopSeries(kernels []string, sizes ...int) []measure.Series {
	var all []measure.Series
	for _, n := range sizes {
		for _, w := range walks(kernels, n) {
			for _, lang := range []string{"go", "c", "c-again", "rust-par"} {
				all = append(all, walkSeries(lang, w, layoutWall(lang, w)))
			}
		}
	}
	return all
}

func TestLoopsPicture(t *testing.T) {
	series := loopSeries([]string{"diffusion"}, 32, 64, 184, 728, 2048)
	record := pagetest.Written(t, machineFacts, series)
	draw := func() (*chart.Picture, error) { return loopsPicture(record, "diffusion") }

	pixels, width := charttest.DrawnPixels(t, draw)
	for interchanged, lds := range walkColors {
		for ld, colors := range lds {
			for k, c := range colors {
				if pixels[c] < 100 {
					t.Errorf("interchanged %v, ld %s, %v: %d pixels of its colour, want a line", interchanged, ld, kernel.Layout(k), pixels[c])
				}
			}
		}
	}
	if width < 1200 || width > 1400 {
		t.Errorf("the picture is %d wide, want what a screen shows", width)
	}

	texts := charttest.DrawnText(t, draw)
	charttest.WantTexts(t, texts, 1, "go", "c", "row-major", "column-major", "matched loops, leading dimension", "interchanged loops, leading dimension")
	charttest.WantTexts(t, texts, 2, "padded", "pow2 (the next power of two)", "L1", "L2", "L3", "TLB", "32", "512", "2048", "ns", "10")
	charttest.WantTexts(t, texts, 0, "c-again", "rust-par", "8192", "184")
	for panel := range texts["L3"] { // the marks are less than a label apart
		if gap := texts["TLB"][panel] - texts["L3"][panel]; gap < float64(chart.TextStyle(11.5).Width("L3")) {
			t.Errorf("TLB begins %.3g after L3 in panel %d, and overlaps it", gap, panel)
		}
	}

	for _, tlb := range []string{"", "unknown", "0"} {
		record := pagetest.Written(t, []measure.Fact{machineFacts[0], {Key: "tlb", Value: tlb}}, series)
		texts := charttest.DrawnText(t, func() (*chart.Picture, error) { return loopsPicture(record, "diffusion") })
		charttest.WantTexts(t, texts, 0, "TLB")
		charttest.WantTexts(t, texts, 1, "L1, L2, L3: from here on the two matrices fill that cache")
	}
	charttest.WantTexts(t, charttest.DrawnText(t, func() (*chart.Picture, error) { return loopsPicture(pagetest.Written(t, nil, series), "diffusion") }), 0, "L1", "L3", "TLB")

	powers := pagetest.Written(t, machineFacts, loopSeries([]string{"ols"}, 64, 128))
	texts = charttest.DrawnText(t, func() (*chart.Picture, error) { return loopsPicture(powers, "ols") })
	charttest.WantTexts(t, texts, 2, "unit (the side n)", "padded", "L1")
	charttest.WantTexts(t, texts, 0, "pow2 (the next power of two)", "L2") // no row, and beyond the sizes
	picture, err := loopsPicture(powers, "ols")
	if err != nil {
		t.Fatal(err)
	}
	svg, err := picture.Element()
	if err != nil {
		t.Fatal(err)
	}
	for _, ld := range leadingDimensions {
		c := walkColors[true][ld][0]
		if drawn := strings.Contains(svg, fmt.Sprintf("stroke:var(--ink-%02X%02X%02X)", c.R, c.G, c.B)); drawn != (ld != powerLD) {
			t.Errorf("without a row of pow2, a line of %s is drawn: %v", ld, drawn)
		}
	}

	if _, err := loopsPicture(record, "ols"); !errors.Is(err, chart.ErrNothing) || !strings.Contains(err.Error(), "ols") {
		t.Errorf("for a kernel that the record lacks the error is %v, want one that names it", err)
	}
}

func TestWalksOfPowers(t *testing.T) {
	w := NewTable(pagetest.Written(t, nil, loopSeries([]string{"diffusion"}, 64, 184)), false)
	if want := []string{"go", "c"}; !slices.Equal(w.langs, want) {
		t.Errorf("languages %v, want %v: neither the noise pair nor parallel ones", w.langs, want)
	}
	for n, want := range map[int]float64{64: 12, 184: 15 * 0.8} {
		row := w.find("c", walk{Kernel: "diffusion", Layout: kernel.Row, Interchanged: true, LD: powerLD, N: n})
		if row == nil || math.Abs(Pictured(row)-want) > 1e-5 {
			t.Errorf("the line of powers of two goes through %v at %d, want %v ns", row, n, want)
		}
	}
	if row := w.find("c", walk{Kernel: "diffusion", Layout: kernel.Row, LD: powerLD, N: 128}); row != nil {
		t.Errorf("at a side that was not measured there is %v", row)
	}
}

func TestSideMarks(t *testing.T) {
	mark := func(name string, n float64) chart.SideMark { return chart.SideMark{Name: name, N: n} }
	for _, c := range []struct {
		matrices, swept float64
		tlb             string
		want            []chart.SideMark
	}{
		{1, 1, "3584", []chart.SideMark{mark("L1", 64), mark("L2", math.Sqrt(1<<17)), mark("L3", 2048), mark("TLB", 3584)}},
		{2, 2, "2048", []chart.SideMark{mark("L1", math.Sqrt(1<<11)), mark("L2", 256), mark("TLB", 1024), mark("L3", math.Sqrt(1<<21))}},
		{2, 1, "3584", []chart.SideMark{mark("L1", math.Sqrt(1<<11)), mark("L2", 256), mark("L3", math.Sqrt(1<<21)), mark("TLB", 3584)}},
		{1, 1, "128", []chart.SideMark{mark("L1", 64), mark("TLB", 256), mark("L2", math.Sqrt(1<<17)), mark("L3", 2048)}}, // 256 lines of 2 KiB
	} {
		record := pagetest.Written(t, []measure.Fact{machineFacts[0], {Key: "tlb", Value: c.tlb}}, pagetest.Routes())
		if got := SideMarks(record, c.matrices, c.swept); !slices.Equal(got, c.want) {
			t.Errorf("of %v matrices with %s pages the marks are %v, want %v", c.matrices, c.tlb, got, c.want)
		}
	}
}
