// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"image/color"
	"strings"
	"testing"
)

func TestJuliaPicture(t *testing.T) {
	img, err := JuliaPicture([]int32{0, 1, 5, 300}, 2, 300, "heat")
	if err != nil {
		t.Fatal(err)
	}
	luminance := func(x, y int) uint32 { r, g, b, _ := img.At(x, y).RGBA(); return r + g + b }
	if luminance(0, 0) >= luminance(1, 0) || luminance(1, 0) >= luminance(0, 1) || luminance(0, 1) >= luminance(1, 1) {
		t.Error("higher counts are not lighter")
	}
	for _, c := range []struct {
		counts []int32
		style  string
		want   string
	}{
		{[]int32{0, 1}, "heat", "2 counts for a square of side 2, want 4"},
		{[]int32{0, 1, 5, 301}, "heat", "counts are 0 to 301, want 0 to 300"},
		{[]int32{0, 1, 5, -1}, "grey", "counts are -1 to 5, want 0 to 300"},
		{[]int32{0, 1, 5, 300}, "pink", `style is "pink", want one of ["heat" "false-grey" "grey"]`},
	} {
		if _, err := JuliaPicture(c.counts, 2, 300, c.style); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v in %s: error %v, want one that says %q", c.counts, c.style, err, c.want)
		}
	}
}

// TestJuliaPictureAsTheBooks: the wanted colours were made by the book's code, whose pictures begin with the last row.
func TestJuliaPictureAsTheBooks(t *testing.T) {
	counts := []int32{0, 4, 18, 19, 20, 150, 299, 300, 0}
	for style, want := range map[string][]color.RGBA{
		"grey":       {{0, 0, 0, 255}, {3, 3, 3, 255}, {15, 15, 15, 255}, {16, 16, 16, 255}, {17, 17, 17, 255}, {127, 127, 127, 255}, {254, 254, 254, 255}, {255, 255, 255, 255}, {0, 0, 0, 255}},
		"false-grey": {{0, 0, 0, 255}, {48, 48, 48, 255}, {240, 240, 240, 255}, {0, 1, 1, 255}, {16, 17, 17, 255}, {240, 247, 247, 255}, {224, 239, 239, 255}, {240, 255, 255, 255}, {0, 0, 0, 255}},
	} {
		for _, maxiter := range []int32{300, 1000} { // does not matter
			img, err := JuliaPicture(counts, 3, maxiter, style)
			if err != nil {
				t.Fatal(err)
			}
			for k, c := range want {
				if got := color.RGBAModel.Convert(img.At(k%3, 2-k/3)); got != c {
					t.Errorf("%s, maxiter %d: the count %d has the colour %v, want %v", style, maxiter, counts[k], got, c)
				}
			}
		}
	}
}
