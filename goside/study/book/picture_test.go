// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"bytes"
	"errors"
	"image/color"
	"regexp"
	"strings"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/page"
	"toll/goside/page/pagetest"
)

func TestPicture(t *testing.T) {
	r := pagetest.Written(t, nil, bookSeries())
	drawn := func() (*chart.Picture, error) { return drawTables(r) }
	texts := charttest.DrawnText(t, drawn)
	charttest.WantTexts(t, texts, 1, "Cython, expanded math", "0.23 s", "115 ms", "5.80 s", "11.6 s", "0.90 s", "unavailable", "failed",
		"published as 7 x raw=True, here 8.00 x", "24.8 s", "1.14x", "0.1", published[0].title, published[1].title, published[2].title)
	charttest.WantTexts(t, texts, 2, "CPython") // in both tables of Julia sets
	charttest.WantTexts(t, texts, 3, "C by cgo", "here / published")
	charttest.WantTexts(t, texts, 0, "Go", "NumPy, in place", "closed form, C by ctypes", published[3].title)
	// The smaller of the two times is to the left of its mark, on either side of the other.
	if faster, slower := texts["115 ms"][0], texts["0.23 s"][0]; faster >= slower {
		t.Errorf("115 ms stand at %v and 0.23 s at %v, want the first to the left", faster, slower)
	}
	if was, is := texts["5.80 s"][0], texts["11.6 s"][0]; was >= is {
		t.Errorf("5.80 s stand at %v and 11.6 s at %v, want the first to the left", was, is)
	}
	pixels, width := charttest.DrawnPixels(t, drawn)
	for _, of := range []color.Color{ring.Color, dot.Color, square.Color} {
		if n := pixels[color.RGBAModel.Convert(of).(color.RGBA)]; n < 50 || width > 900 {
			t.Errorf("of a width of %d pixels, %d are of colour %v, want at most 900, and at least 50", width, n, of)
		}
	}

	few := bookSeries()
	for k := range few {
		few[k].Samples = few[k].Samples[:1]
	}
	charttest.DrawnText(t, func() (*chart.Picture, error) { return drawTables(pagetest.Written(t, nil, few)) })
	if _, err := drawTables(pagetest.Written(t, nil, others())); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("without the tables the error is %v, want %v", err, chart.ErrNothing)
	}
}

// TestSources: in a page each figure that was measured says which rows it is made from, and what was published says none.
func TestSources(t *testing.T) {
	var b bytes.Buffer
	printTables(page.New(&b, pagetest.Written(t, pagetest.Facts, bookSeries()), page.Style{Baseline: "c/cgo", Markdown: true, HTML: &page.HTML{ID: "x"}}))
	wasPublished := regexp.MustCompile(`<td[^>]*>([\d.]+ s|7 x raw=True)<`)
	for _, cell := range wasPublished.FindAllString(b.String(), -1) {
		if strings.Contains(cell, " data-r=") {
			t.Errorf("%s says rows", cell)
		}
	}
	pagetest.Sourced(t, wasPublished.ReplaceAllString(b.String(), "<td><"))
	for _, want := range []string{
		`data-r="[\d:]+ [\d:]+">1.14x`, // a multiple of another's time, over the published one
		`data-r="[\d:]+ [\d:]+">72.5 ±0%`,
		`data-r="[\d:]+">2.00x`,
	} {
		if !regexp.MustCompile(want).MatchString(b.String()) {
			t.Errorf("the page does not hold %s:\n%s", want, b.String())
		}
	}
}
