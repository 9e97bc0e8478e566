// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
	"image"
	"image/gif"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/moreland"
)

// Heat is what the pictures of a grid's states have in common. Numbers have colours from black to white by their logarithm,
// from three decades below Most on: much of the grid is far cooler than its hottest cell.
type Heat struct {
	Title string
	Side  int // of the square
	Most  float64
}

// Picture shows a state, row by row from the top. Numbers beyond the scale have the colour of its end, and NaNs are grey.
func (h *Heat) Picture(values []float64, caption string) (*image.Paletted, error) {
	if h.Side < 1 || len(values) != h.Side*h.Side {
		return nil, fmt.Errorf("chart: %d values for a square of side %d, want %d", len(values), h.Side, h.Side*h.Side)
	}
	if !(h.Most > 0) || math.IsInf(h.Most, 1) {
		return nil, fmt.Errorf("chart: the scale ends at %v, want a finite number above 0", h.Most)
	}
	palette, err := colours(moreland.ExtendedBlackBody(), 0)
	if err != nil {
		return nil, err
	}
	const decades = 3
	level := func(x float64) float64 { return 1 + math.Log10(max(x, 0)/h.Most)/decades }
	var ticks []plot.Tick
	for _, tick := range LogTicks(h.Most*math.Pow10(-decades), h.Most, 1, 2, 5) {
		if tick.Label != "" {
			tick.Label = strings.TrimRight(fmt.Sprintf("%.10f", tick.Value), "0")
		}
		ticks = append(ticks, plot.Tick{Value: level(tick.Value), Label: tick.Label})
	}
	state := block{width: h.Side, cells: make([]uint8, len(values))}
	for k, x := range values {
		state.cells[k] = grey
		if !math.IsNaN(x) {
			state.cells[k] = shade(level(x))
		}
	}
	p := cells{palette: palette, title: h.Title, caption: []string{caption}, blocks: []block{state}, bar: &bar{ticks: ticks}}
	return p.draw(), nil
}

// Animation returns pictures of one size as a film that repeats. It rests on the last one.
func Animation(frames []*image.Paletted) *gif.GIF {
	const each, last = 10, 200 // hundredths of a second
	g := &gif.GIF{Image: frames}
	for range frames {
		g.Delay = append(g.Delay, each)
	}
	if len(frames) > 0 {
		g.Delay[len(frames)-1] = last
		g.Config = image.Config{ColorModel: frames[0].Palette, Width: frames[0].Rect.Dx(), Height: frames[0].Rect.Dy()}
	}
	return g
}
