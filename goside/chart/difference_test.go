// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"image"
	"strings"
	"testing"
)

func TestDifferencePicture(t *testing.T) {
	apart := make([]uint64, leastSide*leastSide)
	lit := []uint64{1, 2, 9, 10, 500, 1000, NotNumber}
	for k, d := range lit {
		apart[1000*k+7] = d
	}
	picture := func(all ...Differences) *image.Paletted {
		t.Helper()
		img, err := DifferencePicture("title", []string{"caption"}, "ULP", all...)
		if err != nil {
			t.Fatal(err)
		}
		return img.(*image.Paletted)
	}
	img := picture(Differences{Width: leastSide, Apart: apart})
	left, top := corner(t, img, leastSide)
	brightness := uint32(0)
	for k, d := range apart {
		got := img.ColorIndexAt(left+k%leastSide, top+k/leastSide)
		if d == 0 {
			if got != black {
				t.Fatalf("element %d is equal and has colour %d, want black", k, got)
			}
			continue
		}
		r, g, b, _ := img.Palette[got].RGBA()
		if r+g+b <= brightness || r < 0x8000 {
			t.Errorf("element %d is %d units off and not brighter than a smaller difference, or dark: %v", k, d, img.Palette[got])
		}
		brightness = r + g + b
		if img.ColorIndexAt(left-4, top+k/leastSide) == white || img.ColorIndexAt(left+k%leastSide, top+leastSide+4) == white {
			t.Errorf("element %d differs, and its row or its column has no mark", k)
		}
	}
	marks := 0
	for k := range leastSide {
		if img.ColorIndexAt(left-4, top+k) != white {
			marks++
		}
	}
	if marks != len(lit) {
		t.Errorf("%d rows have marks, want %d", marks, len(lit))
	}

	clear(apart)
	same := picture(Differences{Width: leastSide, Apart: apart})
	for k := range uint8(shades) {
		if count(same, same.Rect, k) > 0 {
			t.Fatalf("nothing differs, and there is colour %d", k)
		}
	}
	if two := picture(Differences{"a", leastSide, apart}, Differences{"b", leastSide, apart}); two.Rect.Dx() < 2*leastSide || two.Rect.Dy() <= same.Rect.Dy() {
		t.Errorf("two results have a picture of %v, one of %v", two.Rect, same.Rect)
	}
	if _, err := DifferencePicture("", nil, "", Differences{Width: 3}); err == nil || !strings.Contains(err.Error(), "0 elements in rows of 3, want at least one") {
		t.Errorf("a picture of nothing: error %v", err)
	}
}

// TestPowers: a scale from 1 to a power of ten says so if there is more beyond it.
func TestPowers(t *testing.T) {
	for _, c := range []struct {
		decades int
		more    bool
		want    string
	}{{1, false, "1 10"}, {5, false, "1 10 100 1000 10⁴ 10⁵"}, {6, true, "1 10 100 1000 10⁴ 10⁵ ≥ 10⁶"}} {
		var labels []string
		for _, tick := range powers(c.decades, c.more) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%d decades: %s, want %s", c.decades, got, c.want)
		}
	}
}
