// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"image"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/moreland"
)

// TestCells: cells are enlarged to whole pixels of one colour, within a picture that has room for all of its text.
func TestCells(t *testing.T) {
	palette, err := colours(moreland.BlackBody(), 0)
	if err != nil {
		t.Fatal(err)
	}
	b := block{width: 3, cells: []uint8{0, 50, 100, 150, 200}} // one is missing
	alone := (&cells{palette: palette, blocks: []block{b}}).draw()
	const zoom = leastSide / 2
	left, top := corner(t, alone, 3*zoom)
	for y := range 2 * zoom {
		for x := range 3 * zoom {
			want := uint8(white)
			if k := y/zoom*3 + x/zoom; k < len(b.cells) {
				want = b.cells[k]
			}
			if got := alone.ColorIndexAt(left+x, top+y); got != want {
				t.Fatalf("the pixel %d, %d has colour %d, want %d", x, y, got, want)
			}
		}
	}
	if ink := count(alone, alone.Rect, black); ink > 0 {
		t.Errorf("without text %d pixels are black", ink)
	}

	long := "a caption that is much longer than the picture of six cells would be wide, and so makes it wider than it was without it, by far, so that all of it can be read"
	whole := (&cells{palette: palette, title: "title", caption: []string{"one", long}, blocks: []block{b, b},
		bar: &bar{label: "unit", ticks: []plot.Tick{{Value: 0, Label: "0"}, {Value: 1, Label: "a long label"}}}}).draw()
	left, top = corner(t, whole, 3*zoom)
	right, bottom := left+6*zoom, top+2*zoom
	for name, r := range map[string]image.Rectangle{
		"title":   image.Rect(0, 0, right, top),
		"caption": image.Rect(0, bottom, whole.Rect.Max.X, whole.Rect.Max.Y),
		"labels":  image.Rect(right+20, top, whole.Rect.Max.X, bottom),
	} {
		if count(whole, r, black) == 0 {
			t.Errorf("there is no black pixel of the %s", name)
		}
	}
	for x := range whole.Rect.Max.X {
		if whole.ColorIndexAt(x, 0) != white || whole.ColorIndexAt(x, whole.Rect.Max.Y-1) != white {
			t.Fatalf("text reaches the picture's edge at %d", x)
		}
	}
	for y := range whole.Rect.Max.Y {
		if whole.ColorIndexAt(0, y) != white || whole.ColorIndexAt(whole.Rect.Max.X-1, y) != white {
			t.Fatalf("text reaches the picture's edge at line %d", y)
		}
	}
}

// corner returns where the first block begins, found by its first line.
func corner(t *testing.T, img *image.Paletted, width int) (x, y int) {
	t.Helper()
	for y := range img.Rect.Max.Y {
		run := 0
		for x := range img.Rect.Max.X {
			if img.ColorIndexAt(x, y) == white {
				run = 0
			} else if run++; run == width {
				return x + 1 - width, y
			}
		}
	}
	t.Fatalf("there is no block of width %d", width)
	return 0, 0
}

func count(img *image.Paletted, r image.Rectangle, colour uint8) int {
	found := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if img.ColorIndexAt(x, y) == colour {
				found++
			}
		}
	}
	return found
}
