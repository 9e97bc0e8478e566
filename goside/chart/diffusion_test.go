// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"bytes"
	"image"
	"image/gif"
	"math"
	"strings"
	"testing"
)

// TestHeat: the scale is logarithmic, and what lies beyond it or is no number has a colour, too.
func TestHeat(t *testing.T) {
	h := Heat{Title: "title", Side: 3, Most: 0.005}
	values := []float64{0.005, 0.0005, 0.00005, 0.000005, 0, -1, 7, math.NaN(), math.Inf(1)}
	want := []uint8{shades - 1, 159, 80, 0, 0, 0, shades - 1, grey, shades - 1}
	img, err := h.Picture(values, "caption")
	if err != nil {
		t.Fatal(err)
	}
	zoom := int(math.Round(leastSide / 3.0))
	left, top := corner(t, img, 3*zoom)
	for k, c := range want {
		if got := img.ColorIndexAt(left+k%3*zoom+zoom/2, top+k/3*zoom+zoom/2); got != c {
			t.Errorf("%v has colour %d, want %d", values[k], got, c)
		}
	}
	for c := range uint8(shades) {
		if count(img, image.Rect(left+3*zoom, 0, img.Rect.Max.X, img.Rect.Max.Y), c) == 0 {
			t.Errorf("the scale lacks colour %d", c)
		}
	}
	for want, bad := range map[string]Heat{
		"9 values for a square of side 2, want 4":              {Side: 2, Most: 1},
		"9 values for a square of side 0, want 0":              {Side: 0, Most: 1},
		"the scale ends at 0, want a finite number above 0":    {Side: 3},
		"the scale ends at NaN, want a finite number above 0":  {Side: 3, Most: math.NaN()},
		"the scale ends at +Inf, want a finite number above 0": {Side: 3, Most: math.Inf(1)},
	} {
		if _, err := bad.Picture(values, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one that says %q", bad, err, want)
		}
	}
}

// TestAnimation: what was encoded is decoded again.
func TestAnimation(t *testing.T) {
	h := Heat{Title: "title", Side: 2, Most: 1}
	var frames []*image.Paletted
	for k := range 3 {
		frame, err := h.Picture([]float64{1, 0.1, 0.01, float64(k)}, strings.Repeat("i", k))
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, frame)
	}
	var film bytes.Buffer
	if err := gif.EncodeAll(&film, Animation(frames)); err != nil {
		t.Fatal(err)
	}
	got, err := gif.DecodeAll(&film)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Image) != 3 || got.LoopCount != 0 || got.Delay[0] >= got.Delay[2] {
		t.Errorf("%d frames, loop %d, delays %v; want 3 that repeat for ever, and a rest on the last", len(got.Image), got.LoopCount, got.Delay)
	}
	for k, frame := range got.Image {
		if !bytes.Equal(frame.Pix, frames[k].Pix) {
			t.Errorf("frame %d has other pixels than it was made of", k)
		}
	}
}
