// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Picture is what can be drawn in any format.
type Picture struct {
	Width, Height vg.Length
	Paint         func(draw.Canvas)
}

// Save writes the picture, in the format that the path's extension says.
func (p *Picture) Save(path string) error {
	text, err := p.encode(strings.ToLower(strings.TrimPrefix(filepath.Ext(path), ".")))
	if err != nil {
		return fmt.Errorf("chart: picture %s: %w", path, err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	return nil
}

// Encode returns the picture in a format such as "svg" or "png".
func (p *Picture) Encode(format string) ([]byte, error) {
	file, err := p.encode(strings.ToLower(format))
	if err != nil {
		return nil, fmt.Errorf("chart: picture: %w", err)
	}
	return file, nil
}

func (p *Picture) encode(format string) ([]byte, error) {
	canvas, err := draw.NewFormattedCanvas(p.Width, p.Height, format)
	if err != nil {
		return nil, err
	}
	p.Paint(draw.New(canvas))
	var b bytes.Buffer
	_, err = canvas.WriteTo(&b)
	return b.Bytes(), err
}

// Element returns the picture as an element svg of a page in HTML. It fills the room that it is given, and its colours are the
// page's variables: --ink-RRGGBB where the picture is drawn in RRGGBB. [Inks] defines them. Its texts have the page's font.
func (p *Picture) Element() (string, error) {
	canvas := newInline(p.Height)
	p.Paint(draw.NewCanvas(canvas, p.Width, p.Height))
	drawn, err := canvas.svg()
	if err != nil {
		return "", fmt.Errorf("chart: picture: %w", err)
	}
	return fmt.Sprintf(`<svg viewBox="0 0 %.5g %.5g" style="max-width:%.0fpx" aria-hidden="true">%s</svg>`,
		p.Width.Points(), p.Height.Points(), p.Width.Points()*4/3, drawn), nil
}

// Inks returns the variables for all colours of elements in a page, for one that is light or one that is dark. Dark, a colour
// keeps its hue, and its lightness is turned round.
func Inks(page string, dark bool) string {
	var all []string
	for _, name := range regexp.MustCompile(`--ink-[0-9A-F]{6}`).FindAllString(page, -1) {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	var b strings.Builder
	for _, name := range all {
		color := strings.TrimPrefix(name, "--ink-")
		if dark {
			color = turned(color)
		}
		fmt.Fprintf(&b, "%s:#%s;", name, color)
	}
	return b.String()
}

// turned returns a colour RRGGBB with its lightness turned round: white becomes nearly black, black nearly white.
func turned(color string) string {
	n, err := strconv.ParseUint(color, 16, 24)
	if err != nil {
		return color
	}
	r, g, b := float64(n>>16)/255, float64(n>>8&255)/255, float64(n&255)/255
	most, least := max(r, g, b), min(r, g, b)
	light := (most + least) / 2
	// A ground of 0.08, not black, is what the page has; full saturation glares on it.
	to := 0.08 + 0.86*(1-light)
	scale := 0.0
	if room := 1 - math.Abs(2*light-1); room > 0 {
		scale = 0.85 * (1 - math.Abs(2*to-1)) / room
	}
	hex := func(x float64) uint64 { return uint64(math.Round(255 * min(1, max(0, to+(x-light)*scale)))) }
	return fmt.Sprintf("%06X", hex(r)<<16|hex(g)<<8|hex(b))
}
