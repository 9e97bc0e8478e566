// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/kernel"
	"toll/goside/record"
)

const penaltyName = "layout-penalty"

// The sizes of the picture of penalties, in points: 750 are 1,000 pixels of a screen.
const (
	heatWidth = 750
	heatPad   = 10
	heatHead  = 46 // above the first kernel
	heatFoot  = 92 // below the last
	heatRow   = 14
	heatSplit = 15 // a line of marks, of sides or of a layout's name
)

// penalty is a line of the picture of penalties.
type penalty struct {
	kernel, lang string
	layout       kernel.Layout
	ld           string
	ratios       []float64 // by size; 0 where there is none
}

// label is what stands before a line. Above it are its kernel and its layout.
func (p *penalty) label() string { return p.lang + " " + p.ld }

// penalties returns the penalties of all walks. The languages of a layout are together, so that a reader sees where the layouts
// differ.
func (t *Table) penalties() []penalty {
	var all []penalty
	for _, k := range t.Kernels {
		for _, layout := range layouts {
			for _, lang := range t.langs {
				for _, ld := range leadingDimensions {
					if !t.measured(k, ld, lang) {
						continue
					}
					line, some := penalty{k, lang, layout, ld, make([]float64, len(t.Sizes))}, false
					for at, n := range t.Sizes {
						if i, ok := t.penalty(lang, walk{Kernel: k, Layout: layout, LD: ld, N: n}); ok {
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

// heatMap is the picture of penalties: a block for each kernel, which has its own marks on the axis of sides; in it a line for
// each layout, language and leading dimension, and a column for each side.
type heatMap struct {
	sizes           []int
	lines           []penalty
	marks           map[string][]chart.SideMark // by kernel
	halvings, limit float64                     // that the colours go to: below 1x, and doublings above
	left, cell      vg.Length                   // where the columns begin, and how wide one is
}

// heatText is small, but still read where the picture is scaled to 900 pixels.
var heatText = chart.TextStyle(10.5)

// penaltyPicture draws the time of interchanged loops relative to matched ones.
func penaltyPicture(record *record.Record) (*chart.Picture, error) {
	w := NewTable(record, false)
	h := &heatMap{sizes: w.Sizes, lines: w.penalties(), halvings: 1, limit: 2} // so that what is hardly more than noise hardly has a colour
	if h.lines == nil {
		return nil, fmt.Errorf("walk: picture of penalties: %w", chart.ErrNothing)
	}
	h.marks = map[string][]chart.SideMark{"diffusion": SideMarks(record, 2, 2), "ols": SideMarks(record, 1, 1)}
	height := vg.Points(heatHead + heatFoot)
	for k := range h.lines {
		h.left = max(h.left, heatText.Width(h.lines[k].label())+vg.Points(2*heatPad))
		for _, ratio := range h.lines[k].ratios {
			if ratio > 0 {
				h.limit, h.halvings = max(h.limit, math.Ceil(math.Log2(ratio))), max(h.halvings, math.Ceil(-math.Log2(ratio)))
			}
		}
		height += h.above(k) + vg.Points(heatRow)
	}
	h.cell = min((vg.Points(heatWidth-heatPad)-h.left)/vg.Length(len(h.sizes)), vg.Points(60))
	return &chart.Picture{Width: vg.Points(heatWidth), Height: height, Paint: h.paint}, nil
}

// above returns the room above a line.
func (h *heatMap) above(k int) vg.Length {
	switch p := &h.lines[k]; {
	case h.first(k):
		return vg.Points(3*heatSplit + 8)
	case p.layout != h.lines[k-1].layout:
		return vg.Points(heatSplit + 6)
	case p.lang != h.lines[k-1].lang:
		return vg.Points(3)
	}
	return 0
}

// first reports whether a line is its kernel's first.
func (h *heatMap) first(k int) bool { return k == 0 || h.lines[k].kernel != h.lines[k-1].kernel }

func (h *heatMap) paint(c draw.Canvas) {
	chart.Whiten(c)
	title := chart.TextStyle(17)
	title.XAlign, title.YAlign = draw.XCenter, draw.YTop
	c.FillText(title, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(8)}, "Time of interchanged loops, relative to matched ones")
	title.Font.Size, title.Color = vg.Points(11.5), color.Gray{70}
	c.FillText(title, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(31)},
		"median of the ratios within rounds; unit, padded, pow2: the leading dimension; pow2 equals unit where n is a power of two")
	tops := make([]vg.Length, len(h.lines))
	y := c.Max.Y - vg.Points(heatHead)
	for k := range h.lines {
		y -= h.above(k)
		tops[k] = y
		y -= vg.Points(heatRow)
	}
	h.cells(c, tops)
	h.labels(c, tops)
	for k := range h.lines {
		if h.first(k) {
			last := k
			for last+1 < len(h.lines) && !h.first(last+1) {
				last++
			}
			h.mark(c, h.marks[h.lines[k].kernel], tops[k]+vg.Points(2*heatSplit), tops[last]-vg.Points(heatRow))
		}
	}
	h.scale(c)
	h.caption(c)
}

// x returns where a column begins.
func (h *heatMap) x(c draw.Canvas, column int) vg.Length {
	return c.Min.X + h.left + vg.Length(column)*h.cell
}

// cells draws those of one colour together: a page is the smaller for it.
func (h *heatMap) cells(c draw.Canvas, tops []vg.Length) {
	var colors []color.RGBA
	paths := map[color.RGBA]vg.Path{}
	for k, top := range tops {
		for at, ratio := range h.lines[k].ratios {
			if ratio == 0 {
				continue
			}
			box := vg.Rectangle{Min: vg.Point{X: h.x(c, at), Y: top - vg.Points(heatRow-1)}, Max: vg.Point{X: h.x(c, at+1) - vg.Points(1), Y: top}}
			ground := penaltyColor(math.Log2(ratio), h.limit)
			colors, paths[ground] = record.AppendNew(colors, ground), append(paths[ground], box.Path()...)
		}
	}
	for _, ground := range colors {
		c.SetColor(ground)
		c.Fill(paths[ground])
	}
}

// labels writes what the cells, the lines and the columns are.
func (h *heatMap) labels(c draw.Canvas, tops []vg.Length) {
	label, middle, faint := heatText, heatText, heatText
	label.XAlign, label.YAlign = draw.XRight, draw.YCenter
	middle.XAlign, middle.YAlign = draw.XCenter, draw.YCenter
	faint.XAlign, faint.YAlign, faint.Color = draw.XRight, draw.YCenter, color.Gray{70}
	name := label
	name.Font.Size = vg.Points(13)
	right := c.Min.X + h.left - vg.Points(heatPad)/2
	for k, top := range tops {
		p, y := &h.lines[k], top-vg.Points(heatRow)/2
		if above := top + vg.Points(heatSplit)/2; h.first(k) {
			c.FillText(name, vg.Point{X: right, Y: above + vg.Points(2*heatSplit)}, p.kernel)
			c.FillText(label, vg.Point{X: right, Y: above + vg.Points(heatSplit)}, "side n")
			for at, n := range h.sizes {
				c.FillText(middle, vg.Point{X: h.x(c, at) + h.cell/2, Y: above + vg.Points(heatSplit)}, fmt.Sprint(n))
			}
		}
		if h.first(k) || p.layout != h.lines[k-1].layout {
			c.FillText(faint, vg.Point{X: right, Y: top + vg.Points(heatSplit)/2}, layoutNames[p.layout])
		}
		c.FillText(label, vg.Point{X: right, Y: y}, p.label())
		for at, ratio := range p.ratios {
			if ratio > 0 {
				c.FillText(middle, vg.Point{X: h.x(c, at) + (h.cell-vg.Points(1))/2, Y: y}, timesAsLong(ratio))
			}
		}
	}
}

// column returns that of the first side which is not below the mark, and whether the mark is between two sides.
func (h *heatMap) column(m chart.SideMark) (int, bool) {
	at := slices.IndexFunc(h.sizes, func(n int) bool { return float64(n) >= m.N })
	return at, at > 0
}

var heatMark = draw.LineStyle{Color: color.Gray{40}, Width: vg.Points(1.2)}

// mark draws a line before the first column that is not below a mark, from top to bottom, with the mark's name above it.
func (h *heatMap) mark(c draw.Canvas, marks []chart.SideMark, top, bottom vg.Length) {
	style := heatText
	style.YAlign = draw.YBottom
	free := c.Min.X + h.left
	for k := 0; k < len(marks); k++ {
		at, ok := h.column(marks[k])
		if !ok {
			continue
		}
		names := []string{marks[k].Name}
		for k+1 < len(marks) { // of what begins at one column, the names are beside each other
			if next, ok := h.column(marks[k+1]); !ok || next != at {
				break
			}
			k++
			names = append(names, marks[k].Name)
		}
		name := strings.Join(names, ", ")
		x := h.x(c, at) - vg.Points(0.5)
		c.StrokeLine2(heatMark, x, bottom, x, top+vg.Points(1))
		left := max(x-style.Width(name)/2, free)
		c.FillText(style, vg.Point{X: left, Y: top + vg.Points(2)}, name)
		free = left + style.Width(name) + vg.Points(4)
	}
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

// penaltyStops are the colours from white at 1x on, to slower and to faster: Brewer's RdBu, as far as black can be read on it,
// and in a dark page what is shown for black on what is shown for it.
var penaltyStops = map[bool][]color.RGBA{
	true:  {{255, 255, 255, 255}, {253, 219, 199, 255}, {244, 165, 130, 255}, {214, 96, 77, 255}},
	false: {{255, 255, 255, 255}, {209, 229, 240, 255}, {146, 197, 222, 255}, {107, 174, 214, 255}},
}

// penaltySteps are the colours for a doubling: more could not be told from each other.
const penaltySteps = 8

// penaltyColor returns the colour of a power of two, of a scale that goes to a limit on both sides of 1x.
func penaltyColor(power, limit float64) color.RGBA {
	share := math.Round(power*penaltySteps) / penaltySteps / limit
	stops := penaltyStops[share >= 0]
	at := min(math.Abs(share), 1) * float64(len(stops)-1)
	k := min(int(at), len(stops)-2)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*(at-float64(k)))) }
	a, b := stops[k], stops[k+1]
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// scale draws along the bottom what the colours mean.
func (h *heatMap) scale(c draw.Canvas) {
	width, height := vg.Points(340), vg.Points(14)
	left, y := c.Center().X-width/2, c.Min.Y+vg.Points(60)
	x := func(power float64) vg.Length {
		return left + vg.Length((max(power, -h.halvings)+h.halvings)/(h.limit+h.halvings))*width
	}
	for power := -h.halvings; power <= h.limit; power += 1.0 / penaltySteps {
		c.SetColor(penaltyColor(power, h.limit))
		from := x(power - 0.5/penaltySteps)
		c.Fill(vg.Rectangle{Min: vg.Point{X: from, Y: y}, Max: vg.Point{X: left + width, Y: y + height}}.Path()) // to the end, so that no seam is seen
	}
	style := heatText
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	every := math.Ceil((h.limit + h.halvings) / 10)
	for power := -math.Floor(h.halvings/every) * every; power <= h.limit; power += every {
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

// caption says below all else what those marks mean that are seen.
func (h *heatMap) caption(c draw.Canvas) {
	var caches, tlb bool
	for k := range h.lines {
		for _, m := range h.marks[h.lines[k].kernel] {
			if _, ok := h.column(m); ok {
				tlb = tlb || m.Name == "TLB"
				caches = caches || m.Name != "TLB"
			}
		}
	}
	var texts []string
	if caches {
		texts = append(texts, "L1, L2, L3: from this line on the matrices fill that cache: two of diffusion, one of ols.")
	}
	if tlb {
		texts = append(texts, "TLB: from this line on one sweep across the lines touches more 4 KiB pages than it holds.")
	}
	style := heatText
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for k, text := range texts {
		c.FillText(style, vg.Point{X: c.Center().X, Y: c.Min.Y + vg.Points(26-16*float64(k))}, text)
	}
}
