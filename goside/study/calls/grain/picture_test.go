// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"errors"
	"image/color"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
)

func TestPicture(t *testing.T) {
	record := testRecord(t)
	drawn := func() (*chart.Picture, error) { return draw(record) }
	pixels, _ := charttest.DrawnPixels(t, drawn)
	colors := map[color.RGBA]int{}
	for c, n := range pixels {
		if max(c.R, c.G, c.B)-min(c.R, c.G, c.B) > 0x80 {
			colors[c] = n
		}
	}
	lines := 0
	for _, pixels := range colors {
		if pixels > 100 {
			lines++
		}
	}
	if lines < 4 {
		t.Errorf("the picture has %d colours of a line's length, want one for each of 4 crossings", lines)
	}

	texts := charttest.DrawnText(t, drawn)
	charttest.WantTexts(t, texts, 1, "julia")
	for _, want := range []string{"checked c/cgo", "c/cgo", "c/far", "c/near", "points per call", "ns per point"} {
		if len(texts[want]) == 0 {
			t.Errorf("the picture lacks %q", want)
		}
	}

	if _, err := draw(other(t)); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("for a record without the study the error is %v, want %v", err, chart.ErrNothing)
	}
}
