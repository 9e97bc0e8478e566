// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"testing"
)

func TestJuliaPicture(t *testing.T) {
	img, err := JuliaPicture([]int32{0, 1, 5, 300}, 2, 300)
	if err != nil {
		t.Fatal(err)
	}
	luminance := func(x, y int) uint32 { r, g, b, _ := img.At(x, y).RGBA(); return r + g + b }
	if luminance(0, 0) >= luminance(1, 0) || luminance(1, 0) >= luminance(0, 1) || luminance(0, 1) >= luminance(1, 1) {
		t.Error("higher counts are not lighter")
	}
	if _, err := JuliaPicture([]int32{0, 1}, 2, 300); err == nil {
		t.Error("2 counts made a square of side 2")
	}
}
