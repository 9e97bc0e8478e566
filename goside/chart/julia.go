// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/palette/moreland"
)

// JuliaStyles are the ways to colour escape counts, the default first.
var JuliaStyles = []string{"heat", "false-grey", "grey"}

// JuliaPicture shows escape counts, side points to a row.
//
// In the style heat the rows are from the top, and a point is the lighter the later it escapes, in steps of the count's
// logarithm, from black (at once) to white (maxiter, or never).
//
// The others are show_false_greyscale and show_greyscale of the code of High Performance Python, 2nd edition, for its
// figures 2-1 and 2-3 (https://github.com/mynameisfiber/high_performance_python_2e, 02_profiling/julia1.py). As there, the
// largest count has the last shade, whatever maxiter is, and the rows are from the bottom.
func JuliaPicture(counts []int32, side int, maxiter int32, style string) (image.Image, error) {
	if side < 1 || len(counts) != side*side {
		return nil, fmt.Errorf("chart: %d counts for a square of side %d, want %d", len(counts), side, side*side)
	}
	if least, most := slices.Min(counts), slices.Max(counts); least < 0 || most > maxiter {
		return nil, fmt.Errorf("chart: counts are %d to %d, want 0 to %d", least, most, maxiter)
	}
	var palette []color.Color
	var err error
	upwards := true
	most := slices.Max(counts)
	switch style {
	case "heat":
		palette, err = heat(maxiter)
		upwards = false
	case "false-grey":
		palette = shadesOf(most, falseGrey)
	case "grey":
		palette = shadesOf(most, func(shade uint32) color.Color { return color.Gray{uint8(shade)} })
	default:
		err = fmt.Errorf("chart: style is %q, want one of %q", style, JuliaStyles)
	}
	if err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for k, n := range counts {
		y := k / side
		if upwards {
			y = side - 1 - y
		}
		img.Set(k%side, y, palette[n])
	}
	return img, nil
}

// heat returns the colours of the counts up to maxiter.
func heat(maxiter int32) ([]color.Color, error) {
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
	return palette, nil
}

// shadesOf returns the colours of the counts up to most, which the book divides into shades 0 to 255.
func shadesOf(most int32, colour func(shade uint32) color.Color) []color.Color {
	palette := make([]color.Color, most+1)
	for n := range palette {
		palette[n] = colour(uint32(float64(n) / float64(max(most, 1)) * 255))
	}
	return palette
}

// falseGrey turns 256 shades of grey into 16 runs of 16 steps: the book multiplies the pixel as one number by 16. What a
// colour overflows by is carried into the next one, so the shades are slightly tinted.
func falseGrey(shade uint32) color.Color {
	pixel := (shade + shade<<8 + shade<<16) * 16
	return color.RGBA{uint8(pixel), uint8(pixel >> 8), uint8(pixel >> 16), 255}
}
