// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
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
	at := func(k int) string { return fmt.Sprintf("number %d", k) }
	picture := func(want string, all ...Differences) *image.Paletted {
		t.Helper()
		img, said, err := DifferencePicture("title", "problem", "units", all...)
		if err != nil || said != want {
			t.Fatalf("said is %q, error %v, want %q", said, err, want)
		}
		return img.(*image.Paletted)
	}
	img := picture("7 of 262144 differ, 1 of them by NaN (the first: number 6007)", Differences{"", leastSide, apart, at})
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

	picture("8 of 9 differ, the worst by 700 units (number 3)", Differences{"a", 3, []uint64{1, 2, 0}, at}, Differences{"b", 3, []uint64{1, 2, 3, 700, 700, 1}, at})
	picture("1 of 3 differ, the worst by 1 unit (number 2)", Differences{"", 3, []uint64{0, 0, 1}, at})
	clear(apart)
	same := picture("0 of 262144 differ", Differences{"", leastSide, apart, at})
	for k := range uint8(shades) {
		if count(same, same.Rect, k) > 0 {
			t.Fatalf("nothing differs, and there is colour %d", k)
		}
	}
	if two := picture("0 of 524288 differ", Differences{"a", leastSide, apart, at}, Differences{"b", leastSide, apart, at}); two.Rect.Dx() < 2*leastSide || two.Rect.Dy() <= same.Rect.Dy() {
		t.Errorf("two results have a picture of %v, one of %v", two.Rect, same.Rect)
	}
	if _, _, err := DifferencePicture("", "", "", Differences{Width: 3}); err == nil || !strings.Contains(err.Error(), "0 elements in rows of 3, want at least one") {
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
