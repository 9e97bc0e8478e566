// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package borders

import (
	"bytes"
	"errors"
	"image/color"
	"regexp"
	"strings"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
)

func drawn(t *testing.T, series []measure.Series) func() (*chart.Picture, error) {
	t.Helper()
	r := pagetest.Written(t, nil, series)
	return func() (*chart.Picture, error) { return drawBars(r) }
}

// pixels returns how many pixels of a picture of the series have the colour.
func pixels(t *testing.T, series []measure.Series, of color.RGBA) int {
	t.Helper()
	all, _ := charttest.DrawnPixels(t, drawn(t, series))
	return all[of]
}

func TestPicture(t *testing.T) {
	texts := charttest.DrawnText(t, drawn(t, studySeries()))
	// The no-op is 150 ns and the binding's 100 or 20; the step's borders are 600 ns and 5 µs, or 200 ns.
	charttest.WantTexts(t, texts, 1, "250 ns", "170 ns", "5.60 µs (5%)", "800 ns (0.79%)", "2.00 ms (100%)", "taking the GIL while it is free: 38.0 ns",
		"Dashed: the step by cgo without Python, 100 µs.", "f2py-copy also copies arrays in its kernel.", "f2py-copy")
	charttest.WantTexts(t, texts, 2, "ctypes", "capi", "ns", "100 µs") // the kernel of both bindings

	for what, of := range map[string]color.RGBA{"first": firstColor, "GIL": gilColor, "second": secondColor, "kernel": kernelColor} {
		all, width := charttest.DrawnPixels(t, drawn(t, studySeries()))
		if all[of] < 100 || width > 900 {
			t.Errorf("of a width of %d pixels, %d are of the %s part, want at most 900, and at least 100", width, all[of], what)
		}
	}
	// Without what tells of the GIL, the first border's part is as long as its part and the GIL's together were.
	if less, most := pixels(t, studySeries(), firstColor), pixels(t, without("gil-kept"), firstColor); less >= most {
		t.Errorf("the first border is drawn in %d pixels without the GIL, and in %d with it, want fewer", less, most)
	}
	if n := pixels(t, without("gil-kept"), gilColor); n > 0 {
		t.Errorf("an unknown time of the GIL is drawn in %d pixels", n)
	}
	charttest.WantTexts(t, charttest.DrawnText(t, drawn(t, without("op=noop"))), 0, "A no-op: both borders")
	if _, err := drawn(t, without("op=step"))(); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("without a step the error is %v, want %v", err, chart.ErrNothing)
	}
	// Samples that are fewer than an interval takes, and a kernel of which noise leaves nothing.
	for _, rounds := range []int{1, 3} {
		few := studySeries()
		for k := range few {
			few[k].Samples = few[k].Samples[:rounds]
		}
		if _, err := drawn(t, few)(); err != nil {
			t.Errorf("of %d rounds: %v", rounds, err)
		}
		charttest.DrawnText(t, drawn(t, few))
	}
}

// TestCut: the kernel of a binding that copies is cut, since else it would be the only bar to be seen.
func TestCut(t *testing.T) {
	series := studySeries()
	for k := range series {
		if name := series[k].Subject.Name; strings.Contains(name, "lang=f2py-copy/via=cpython") {
			for j := range series[k].Samples {
				series[k].Samples[j].Wall *= 2
			}
		}
	}
	texts := charttest.DrawnText(t, drawn(t, series))
	charttest.WantTexts(t, texts, 1, "1.99 ms", "160")
	charttest.WantTexts(t, texts, 0, "1000", "2000") // ticks, in µs
}

// TestSources: in a page each figure says which rows it is made from.
func TestSources(t *testing.T) {
	var b bytes.Buffer
	r := pagetest.Written(t, nil, studySeries())
	printTables(page.New(&b, r, page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}}))
	pagetest.Sourced(t, b.String())
	if empty := regexp.MustCompile(`<td[^>]*data-r[^>]*></td>`).FindString(b.String()); empty != "" {
		t.Errorf("%s says rows, and has no figure", empty)
	}
}
