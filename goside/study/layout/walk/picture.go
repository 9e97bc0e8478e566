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

// penalty is a line of the picture of penalties.
type penalty struct {
	kernel, lang string
	layout       kernel.Layout
	ld           string
	ratios       []float64 // by size; 0 where there is none
}

func (p *penalty) label() string {
	return fmt.Sprintf("%s %s %v %s", p.kernel, p.lang, p.layout, p.ld)
}

// penalties returns the penalties of all walks. The languages of a layout are together, so that a reader sees where the layouts
// differ.
func (w *Table) penalties() []penalty {
	var all []penalty
	for _, k := range w.Kernels {
		for _, layout := range layouts {
			for _, lang := range w.langs {
				for _, ld := range leadingDimensions {
					if !w.measured(k, ld, lang) {
						continue
					}
					line, some := penalty{k, lang, layout, ld, make([]float64, len(w.Sizes))}, false
					for at, n := range w.Sizes {
						if i, ok := w.penalty(lang, walk{Kernel: k, Layout: layout, LD: ld, N: n}); ok {
							line.ratios[at], some = i.Median, true
						}
					}
					if some {
						all = append(all, line)
					}
				}
			}
		}
	}
	return all
}

// penaltyPicture draws the time of interchanged loops relative to matched ones: a line for each kernel, layout, language and
// leading dimension, a column for each side of the square.
func penaltyPicture(record *record.Record) (*chart.Picture, error) {
	w := NewTable(record, false)
	lines := w.penalties()
	if lines == nil {
		return nil, fmt.Errorf("walk: picture of penalties: %w", chart.ErrNothing)
	}
	limit := 2.0 // so that what is hardly more than noise hardly has a colour
	least := 1.0
	labels := vg.Length(0)
	style := chart.TextStyle(12.5)
	for k := range lines {
		labels = max(labels, style.Width(lines[k].label()))
		for _, ratio := range lines[k].ratios {
			if ratio > 0 {
				limit, least = max(limit, math.Ceil(math.Abs(math.Log2(ratio)))), min(least, ratio)
			}
		}
	}
	const pad, head, foot, gap = 14, 84, 64, 5 // points
	left := vg.Points(2*pad) + labels
	cell := vg.Point{X: min(max((vg.Points(1050)-left)/vg.Length(len(w.Sizes)), vg.Points(40)), vg.Points(72)), Y: min(max(vg.Points(860)/vg.Length(len(lines)), vg.Points(16)), vg.Points(21))}
	gaps := 0
	for k := range lines[1:] {
		gaps += lines[k+1].apart(&lines[k])
	}
	width := max(left+vg.Length(len(w.Sizes))*cell.X+vg.Points(pad), vg.Points(760)) // the title's, at least
	height := vg.Points(head+foot+gap*float64(gaps)) + vg.Length(len(lines))*cell.Y
	return &chart.Picture{Width: width, Height: height, Paint: func(c draw.Canvas) {
		chart.Whiten(c)
		title := chart.TextStyle(17)
		title.XAlign, title.YAlign = draw.XCenter, draw.YTop
		c.FillText(title, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(10)},
			"Time of interchanged loops, relative to matched ones")
		title.Font.Size, title.Color = vg.Points(12), color.Gray{70}
		c.FillText(title, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(34)},
			"median of the ratios within rounds; row, col: the layout; pow2 equals unit where n is a power of two")
		style, middle := style, style
		style.XAlign, style.YAlign = draw.XRight, draw.YCenter
		middle.XAlign, middle.YAlign = draw.XCenter, draw.YCenter
		y := c.Max.Y - vg.Points(head)
		c.FillText(style, vg.Point{X: c.Min.X + left - vg.Points(pad)/2, Y: y + vg.Points(11)}, "side n")
		for k, n := range w.Sizes {
			c.FillText(middle, vg.Point{X: c.Min.X + left + (vg.Length(k)+0.5)*cell.X, Y: y + vg.Points(11)}, fmt.Sprint(n))
		}
		for k := range lines {
			if k > 0 {
				y -= vg.Points(gap * float64(lines[k].apart(&lines[k-1])))
			}
			y -= cell.Y
			c.FillText(style, vg.Point{X: c.Min.X + left - vg.Points(pad)/2, Y: y + cell.Y/2}, lines[k].label())
			for at, ratio := range lines[k].ratios {
				if ratio == 0 {
					continue
				}
				box := vg.Rectangle{Min: vg.Point{X: c.Min.X + left + vg.Length(at)*cell.X, Y: y}}
				box.Max = box.Min.Add(cell).Sub(vg.Point{X: vg.Points(1), Y: vg.Points(1)})
				share := math.Log2(ratio) / limit
				ground := penaltyColor(share)
				c.SetColor(ground)
				c.Fill(box.Path())
				text := middle
				if color.GrayModel.Convert(ground).(color.Gray).Y < 125 {
					text.Color = color.White
				}
				c.FillText(text, vg.Point{X: (box.Min.X + box.Max.X) / 2, Y: y + cell.Y/2}, timesAsLong(ratio))
			}
		}
		penaltyBar(c, max(1, math.Ceil(-math.Log2(least))), limit)
	}}, nil
}

// apart returns how many gaps are between a line and the one before.
func (p *penalty) apart(before *penalty) int {
	switch {
	case p.kernel != before.kernel:
		return 4
	case p.layout != before.layout:
		return 3
	case p.lang != before.lang:
		return 1
	}
	return 0
}

// timesAsLong returns a ratio as its place has room for: "15x", "2.4x", "0.9x".
func timesAsLong(ratio float64) string {
	switch {
	case ratio >= 9.95:
		return fmt.Sprintf("%.0fx", ratio)
	case ratio >= 0.095:
		return fmt.Sprintf("%.1fx", ratio)
	}
	return fmt.Sprintf("%.1gx", ratio)
}

// penaltyStops are the colours from white at 1x on, to slower and to faster: Brewer's RdBu.
var penaltyStops = map[bool][]color.RGBA{
	true:  {{255, 255, 255, 255}, {253, 219, 199, 255}, {244, 165, 130, 255}, {214, 96, 77, 255}, {178, 24, 43, 255}},
	false: {{255, 255, 255, 255}, {209, 229, 240, 255}, {146, 197, 222, 255}, {67, 147, 195, 255}, {33, 102, 172, 255}},
}

// penaltyColor returns the colour of a share, from -1 to 1, of the longest way from 1x.
func penaltyColor(share float64) color.RGBA {
	stops := penaltyStops[share >= 0]
	at := min(math.Abs(share), 1) * float64(len(stops)-1)
	k := min(int(at), len(stops)-2)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*(at-float64(k)))) }
	a, b := stops[k], stops[k+1]
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// penaltyBar draws along the bottom what the colours mean, from the halvings that occur to the limit's doublings.
func penaltyBar(c draw.Canvas, halvings, limit float64) {
	width, height := vg.Points(380), vg.Points(14)
	left, y := c.Center().X-width/2, c.Min.Y+vg.Points(28)
	x := func(power float64) vg.Length { return left + vg.Length((power+halvings)/(limit+halvings))*width }
	const steps = 16 // a doubling
	for power := -halvings; power < limit; power += 1.0 / steps {
		c.SetColor(penaltyColor((power + 0.5/steps) / limit))
		c.Fill(vg.Rectangle{Min: vg.Point{X: x(power), Y: y}, Max: vg.Point{X: left + width, Y: y + height}}.Path()) // to the end, so that no seam is seen
	}
	style := chart.TextStyle(11.5)
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	every := math.Ceil((limit + halvings) / 10)
	for power := -math.Floor(halvings/every) * every; power <= limit; power += every {
		text := fmt.Sprintf("%.0fx", math.Exp2(power))
		if power < 0 {
			text = fmt.Sprintf("1/%.0fx", math.Exp2(-power))
		}
		c.StrokeLine2(draw.LineStyle{Color: color.Gray{90}, Width: vg.Points(0.7)}, x(power), y-vg.Points(3), x(power), y)
		c.FillText(style, vg.Point{X: x(power), Y: y - vg.Points(4)}, text)
	}
	style.YAlign, style.XAlign = draw.YCenter, draw.XRight
	c.FillText(style, vg.Point{X: left - vg.Points(12), Y: y + height/2}, "interchanged is faster")
	style.XAlign = draw.XLeft
	c.FillText(style, vg.Point{X: left + width + vg.Points(12), Y: y + height/2}, "interchanged is slower")
}
