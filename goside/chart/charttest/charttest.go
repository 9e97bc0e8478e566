// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package charttest looks into pictures: which texts they hold, and how much of each colour.
package charttest

import (
	"fmt"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"toll/goside/chart"
)

// DrawnText returns the texts of a picture, drawn as svg, with their places from the left.
func DrawnText(t *testing.T, draw func() (*chart.Picture, error)) map[string][]float64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "picture.svg")
	save(t, draw, path)
	svg, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]float64{}
	for _, match := range regexp.MustCompile(`(?s)<text x="([^"]+)"[^>]*>([^<]*)<`).FindAllSubmatch(svg, -1) {
		x, err := strconv.ParseFloat(string(match[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		texts[string(match[2])] = append(texts[string(match[2])], x)
	}
	return texts
}

// DrawnPixels returns how many pixels of a picture, drawn as png, have each color, and its width.
func DrawnPixels(t *testing.T, draw func() (*chart.Picture, error)) (pixels map[color.RGBA]int, width int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "picture.PNG")
	save(t, draw, path)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	pixels = map[color.RGBA]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			pixels[color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)]++
		}
	}
	return pixels, img.Bounds().Dx()
}

// WantTexts fails the test unless a picture has each of the texts that often.
func WantTexts(t *testing.T, texts map[string][]float64, count int, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if got := len(texts[want]); got != count {
			t.Errorf("the picture has %q %d times, want %d", want, got, count)
		}
	}
}

// Contrast returns that of a text and its ground as WCAG defines it, from 1 to 21, in a page that is light or one that is dark.
func Contrast(t *testing.T, text, ground color.RGBA, dark bool) float64 {
	t.Helper()
	x, y := luminance(t, text, dark), luminance(t, ground, dark)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance returns that of what a page shows a colour as, from 0 to 1.
func luminance(t *testing.T, c color.RGBA, dark bool) float64 {
	t.Helper()
	var name int
	var shown [3]uint8
	defined := chart.Inks(fmt.Sprintf("--ink-%02X%02X%02X", c.R, c.G, c.B), dark)
	if _, err := fmt.Sscanf(defined, "--ink-%06X:#%02X%02X%02X;", &name, &shown[0], &shown[1], &shown[2]); err != nil {
		t.Fatalf("%v is shown as %q: %v", c, defined, err)
	}
	sum := 0.0
	for k, weight := range []float64{0.2126, 0.7152, 0.0722} {
		if x := float64(shown[k]) / 255; x <= 0.04045 {
			sum += weight * x / 12.92
		} else {
			sum += weight * math.Pow((x+0.055)/1.055, 2.4)
		}
	}
	return sum
}

func save(t *testing.T, draw func() (*chart.Picture, error), path string) {
	t.Helper()
	picture, err := draw()
	if err == nil {
		err = picture.Save(path)
	}
	if err != nil {
		t.Fatal(err)
	}
}
