// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/palette/moreland"
)

// JuliaPicture shows escape counts, row by row from the top, side points to a row: the later a point escapes
// the lighter, in steps of the count's logarithm, from black (at once) to white (maxiter, or never).
func JuliaPicture(counts []int32, side int, maxiter int32) (image.Image, error) {
	if side < 1 || len(counts) != side*side {
		return nil, fmt.Errorf("chart: %d counts for a square of side %d, want %d", len(counts), side, side*side)
	}
	colors := moreland.ExtendedBlackBody()
	colors.SetMin(0)
	colors.SetMax(1)
	palette := make([]color.Color, maxiter+1)
	for n := range palette {
		c, err := colors.At(math.Log1p(float64(n)) / math.Log1p(float64(max(maxiter, 1))))
		if err != nil {
			return nil, err
		}
		palette[n] = c
	}
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for k, n := range counts {
		img.Set(k%side, k/side, palette[n])
	}
	return img, nil
}
