// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"fmt"
	"image/color"
	"slices"
	"strconv"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/record"
	"toll/goside/study/layout/walk"
)

// transposePicture draws the time of an element of a transposition against the side of the square: a panel for each
// leading dimension, since one with all lines could not be read, and in it a line for each route and way.
func transposePicture(rec *record.Record) (*chart.Picture, error) {
	type result struct {
		transposer
		ld string
		n  int
	}
	times := map[result]float64{}
	var all []transposer
	var routes []string
	var sizes []int
	for k := range rec.Rows {
		row := &rec.Rows[k]
		n, err := strconv.Atoi(row.N)
		if row.Study != transposeName || row.Again() || row.Parallel() || err != nil || n < 1 || walk.Pictured(row) == 0 {
			continue
		}
		way := transposer{row.Route(), row.Get("how")}
		times[result{way, row.Get("ld"), n}] = walk.Pictured(row)
		all, sizes = record.AppendNew(all, way), record.AppendNew(sizes, n)
		if way.how != howCopy {
			routes = record.AppendNew(routes, way.route)
		}
	}
	slices.Sort(sizes)
	slices.SortStableFunc(all, func(a, b transposer) int { // a route's ways together
		return slices.Index(routes, a.route) - slices.Index(routes, b.route)
	})
	s := &chart.Sides{Marks: walk.SideMarks(rec, 2, 1)}
	drawn := map[transposer]bool{}
	for _, ld := range []struct{ name, title string }{
		{walk.UnitLD, "leading dimension n"}, {walk.PaddedLD, "leading dimension padded to an odd number of cache lines"},
	} {
		p := s.Panel(ld.title)
		some := false
		for _, way := range all {
			var points plotter.XYs
			for _, n := range sizes {
				if wall, ok := times[result{way, ld.name, n}]; ok {
					points = append(points, s.Point(n, wall))
				}
			}
			if points != nil {
				line, glyph := way.style(routes)
				chart.AddLine(p, points, points, line, glyph)
				drawn[way], some = true, true
			}
		}
		if some {
			s.Panels = append(s.Panels, p)
		}
	}
	if s.Panels == nil {
		return nil, fmt.Errorf("ways: picture of %s: %w", transposeName, chart.ErrNothing)
	}
	var keys []chart.Key
	for _, way := range all {
		if drawn[way] {
			line, glyph := way.style(routes)
			glyph.Color = line.Color
			keys = append(keys, chart.Key{Text: way.String(), Line: line, Glyph: &glyph})
		}
	}
	return s.Picture("transpose: ns per element of a square of side n", chart.Flow(keys, s.Width()-vg.Points(30)), "from here on the two matrices fill that cache"), nil
}

// style returns how the line of a way looks: its colour and glyph say the route, its dashes how.
func (t *transposer) style(routes []string) (draw.LineStyle, draw.GlyphStyle) {
	line := draw.LineStyle{Width: vg.Points(1.6)}
	glyph := draw.GlyphStyle{Radius: vg.Points(3)}
	switch t.how {
	case howBlocked, howCopyto:
	case howCopy: // the bound, of no way's colour
		line.Color, line.Width, line.Dashes = color.Gray{110}, vg.Points(2.5), []vg.Length{vg.Points(2), vg.Points(2)}
		glyph.Shape = draw.CircleGlyph{}
		return line, glyph
	case howNaive, howFresh:
		line.Dashes = chart.Dashed
	default:
		line.Dashes = []vg.Length{vg.Points(8), vg.Points(3), vg.Points(2), vg.Points(3)}
	}
	k := max(0, slices.Index(routes, t.route))
	line.Color, glyph.Shape = plotutil.DarkColors[k%len(plotutil.DarkColors)], plotutil.Shape(k+k/len(plotutil.DarkColors))
	return line, glyph
}
