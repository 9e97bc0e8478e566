// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/kernel"
	"toll/goside/record"
)

// walkColors are of the lines by leading dimension: cold if the loops match, warm if they are interchanged. The first
// is of rows, the second, darker, of columns: so a dashed line is seen that lies on its solid one.
var walkColors = map[bool]map[string][2]color.RGBA{
	false: {
		UnitLD:   {{76, 132, 222, 255}, {16, 60, 140, 255}},
		PaddedLD: {{96, 200, 206, 255}, {8, 110, 122, 255}},
		powerLD:  {{165, 170, 180, 255}, {80, 86, 98, 255}},
	},
	true: {
		UnitLD:   {{245, 90, 70, 255}, {150, 10, 10, 255}},
		PaddedLD: {{250, 190, 50, 255}, {170, 105, 0, 255}},
		powerLD:  {{224, 110, 205, 255}, {120, 10, 110, 255}},
	},
}

// walkStyle returns how the line of a walk looks.
func walkStyle(w walk) draw.LineStyle {
	if w.Layout == kernel.Col {
		return draw.LineStyle{Color: walkColors[w.Interchanged][w.LD][1], Width: vg.Points(1.3), Dashes: chart.Dashed}
	}
	style := draw.LineStyle{Color: walkColors[w.Interchanged][w.LD][0], Width: vg.Points(2)}
	if w.LD == powerLD { // which is the line without padding at some sizes, and is to be seen beside it
		style.Width = vg.Points(4)
	}
	return style
}

// loopsPicture draws a kernel's walks: a panel for each language, with the time of a cell or an observation against
// the side of the square, and a line for each layout, loop order and leading dimension.
func loopsPicture(record *record.Record, kernelName string) (*chart.Picture, error) {
	w := NewTable(record, false)
	if !slices.Contains(w.Kernels, kernelName) {
		return nil, fmt.Errorf("walk: picture of %s of %s: %w", loopsName, kernelName, chart.ErrNothing)
	}
	matrices, op, of := 2.0, "cell", "the two matrices fill"
	if kernelName == "ols" {
		matrices, op, of = 1, "observation", "the matrix fills"
	}
	s := &chart.Sides{Marks: SideMarks(record, matrices, matrices)}
	for _, lang := range w.langs {
		if p := w.panel(s, kernelName, lang); p != nil {
			s.Panels = append(s.Panels, p)
		}
	}
	var keys chart.Legend
	for _, interchanged := range []bool{false, true} {
		line := []chart.Key{{Text: "matched loops, leading dimension"}}
		if interchanged {
			line = []chart.Key{{Text: "interchanged loops, leading dimension"}}
		}
		for _, ld := range leadingDimensions {
			if w.measured(kernelName, ld, w.langs...) {
				line = append(line, chart.Key{Line: walkStyle(walk{Interchanged: interchanged, LD: ld}), Text: map[string]string{
					UnitLD: "unit (the side n)", PaddedLD: "padded", powerLD: "pow2 (the next power of two)",
				}[ld]})
			}
		}
		keys = append(keys, line)
	}
	keys = append(keys, []chart.Key{{Text: "layout"},
		{Text: "row-major", Line: draw.LineStyle{Color: color.Gray{120}, Width: vg.Points(2)}},
		{Text: "column-major", Line: draw.LineStyle{Color: color.Gray{40}, Width: vg.Points(1.3), Dashes: chart.Dashed}}})
	return s.Picture(kernelName+": ns per "+op+" in a square of side n, by loop order, layout and leading dimension", keys, "from here on "+of+" that cache"), nil
}

// panel draws a kernel in one language, or returns nil if there is nothing.
func (w *Table) panel(s *chart.Sides, kernelName, lang string) *plot.Plot {
	p := s.Panel(lang)
	drawn := false
	for _, interchanged := range []bool{false, true} {
		for _, ld := range slices.Backward(leadingDimensions) { // the wide line below the one that it partly is
			if !w.measured(kernelName, ld, lang) {
				continue // else the line without padding would be drawn again
			}
			for _, layout := range layouts {
				order := walk{Kernel: kernelName, Layout: layout, Interchanged: interchanged, LD: ld}
				var points, own plotter.XYs
				for _, order.N = range w.Sizes {
					row := w.find(lang, order)
					if row == nil {
						continue
					}
					points = append(points, s.Point(order.N, Pictured(row)))
					if row.Facts["ld"] == ld {
						own = append(own, points[len(points)-1])
					}
				}
				if points != nil {
					drawn = true
					glyph := draw.GlyphStyle{Shape: draw.CircleGlyph{}, Radius: vg.Points(2)}
					chart.AddLine(p, points, own, walkStyle(order), glyph)
				}
			}
		}
	}
	if !drawn {
		return nil
	}
	return p
}

// SideMarks returns, ascending, the sides at which a number of matrices without padding fill each cache, and at which sweeps across
// the lines of a number of matrices need more pages than the TLB holds.
func SideMarks(r *record.Record, matrices, swept float64) []chart.SideMark {
	const element, page = 8, 4096 // bytes
	var marks []chart.SideMark
	caches := r.Limits().Caches
	for _, level := range []string{"L1", "L2", "L3"} {
		if bytes := caches[level]; bytes > 0 {
			marks = append(marks, chart.SideMark{Name: level, N: math.Sqrt(bytes / (matrices * element))})
		}
	}
	if tlb, _, _ := strings.Cut(r.Get("tlb"), " "); tlb != "" {
		if entries, err := strconv.ParseFloat(tlb, 64); err == nil && entries > 0 && !math.IsInf(entries, 0) {
			n := entries / swept
			if n < page/element { // several lines in a page
				n = math.Sqrt(n * page / element)
			}
			marks = append(marks, chart.SideMark{Name: "TLB", N: n})
		}
	}
	slices.SortStableFunc(marks, func(a, b chart.SideMark) int { return cmp.Compare(a.N, b.N) })
	return marks
}
