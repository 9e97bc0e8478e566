// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package chart draws on gonum/plot what the studies' pictures have in common: panels side by side, legends, ticks of logarithmic
// axes, and times against the side of a square. Its other files draw what kernels compute: the Julia set, states of a grid, fitted
// lines, and how two results differ. It knows no study and no record.
package chart

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Tiling is panels beside and below each other.
type Tiling struct {
	draw.Tiles
	panels [][]*plot.Plot // nil where the last line is not full
}

// Tile lays panels out two beside each other.
func Tile(panels []*plot.Plot) *Tiling {
	const columns = 2
	t := &Tiling{Tiles: draw.Tiles{
		Cols: min(columns, len(panels)), Rows: (len(panels) + columns - 1) / columns,
		PadX: vg.Points(18), PadY: vg.Points(14),
		PadTop: vg.Points(8), PadBottom: vg.Points(8), PadLeft: vg.Points(8), PadRight: vg.Points(14),
	}}
	t.panels = make([][]*plot.Plot, t.Rows)
	for k := range t.panels {
		t.panels[k] = make([]*plot.Plot, t.Cols)
	}
	for k, panel := range panels {
		t.panels[k/columns][k%columns] = panel
	}
	return t
}

// Draw draws the panels, with their axes aligned.
func (t *Tiling) Draw(c draw.Canvas) {
	for i, line := range plot.Align(t.panels, t.Tiles, c) {
		for j, at := range line {
			if t.panels[i][j] != nil {
				t.panels[i][j].Draw(at)
			}
		}
	}
}

// LogTicks returns ticks at the multiples of powers of ten, with numbers at those whose first digit is labelled.
func LogTicks(least, most float64, labelled ...float64) []plot.Tick {
	var ticks []plot.Tick
	for e := math.Floor(math.Log10(least) + 1e-9); ; e++ {
		for digit := 1.0; digit < 10; digit++ {
			value := digit * math.Pow(10, e)
			if value > most*(1+1e-9) {
				return ticks
			}
			if value < least*(1-1e-9) {
				continue
			}
			label := ""
			switch {
			case digit == 1 && value >= 1e4 && e < 10:
				label = "10" + string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[int(e)])
			case slices.Contains(labelled, digit):
				label = fmt.Sprintf("%.4g", value)
			}
			ticks = append(ticks, plot.Tick{Value: value, Label: label})
		}
	}
}

// ErrNothing is the cause when a record holds nothing that a picture could show.
var ErrNothing = errors.New("the record holds no result that it shows")

// Dashed is how a dashed line is drawn.
var Dashed = []vg.Length{vg.Points(5), vg.Points(3)}

// AddLine adds a line, and marks, of its colour, at those points that are its own.
func AddLine(p *plot.Plot, points, own plotter.XYs, style draw.LineStyle, glyph draw.GlyphStyle) {
	glyph.Color = style.Color
	p.Add(&plotter.Line{XYs: points, LineStyle: style}, &plotter.Scatter{XYs: own, GlyphStyle: glyph})
}

// Sides makes panels of times against the side of a square. All have the same axes, so that they can be compared.
type Sides struct {
	Marks       []SideMark
	Panels      []*plot.Plot
	sizes       []int
	least, most float64
}

// Point returns a point of a line, for which the axes make room.
func (s *Sides) Point(n int, wall float64) plotter.XY {
	if len(s.sizes) == 0 {
		s.least, s.most = wall, wall
	}
	if !slices.Contains(s.sizes, n) {
		s.sizes = append(s.sizes, n)
	}
	s.least, s.most = min(s.least, wall), max(s.most, wall)
	return plotter.XY{X: float64(n), Y: wall}
}

// TextStyle returns a font without serifs, which is read better where it is small or projected.
func TextStyle(size float64) draw.TextStyle {
	return draw.TextStyle{
		Color:   color.Black,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)},
		Handler: plot.DefaultTextHandler,
	}
}

// Panel returns an empty panel.
func (s *Sides) Panel(title string) *plot.Plot {
	p := plot.New()
	small := TextStyle(12).Font
	p.Title.Text, p.Title.TextStyle.Font = title, TextStyle(15).Font
	p.Title.Padding = vg.Points(18) // the marks' labels are below it
	// Short labels: on a logarithmic axis package plot takes a label to be beyond the middle, and makes room there.
	p.X.Label.Text, p.X.Label.TextStyle.Font = "side n", small
	p.Y.Label.Text, p.Y.Label.TextStyle.Font = "ns", small
	p.X.Tick.Label.Font, p.Y.Tick.Label.Font = small, small
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{232}, color.Gray{232}
	p.Add(grid, sideMarks(s.Marks))
	return p
}

// Width returns the picture's: the legend and the title need some of it even below a single panel.
func (s *Sides) Width() vg.Length {
	return max(vg.Length(min(len(s.Panels), 2))*6.8*vg.Inch, 11.5*vg.Inch)
}

// Picture returns the panels below a title and above a legend; cache says what the marks of caches mean.
func (s *Sides) Picture(title string, keys Legend, cache string) *Picture {
	slices.Sort(s.sizes)
	for _, p := range s.Panels {
		p.X.Min, p.X.Max = float64(s.sizes[0])/1.06, float64(s.sizes[len(s.sizes)-1])*1.06
		p.X.Tick.Marker = plot.TickerFunc(s.ticks)
		p.Y.Min, p.Y.Max = rounded(s.least/1.05, false), rounded(s.most*1.05, true)
		p.Y.Tick.Marker = plot.TickerFunc(timeTicks)
	}
	t := Tile(s.Panels)
	t.PadTop, t.PadBottom = vg.Points(12), vg.Points(10)
	const head = 30 // points
	caption := s.caption(cache)
	foot := vg.Points(keyHeight*float64(len(keys)+len(caption)) + 8)
	return &Picture{s.Width(), vg.Length(t.Rows)*4.4*vg.Inch + vg.Points(head) + foot, func(c draw.Canvas) {
		Whiten(c)
		heading := TextStyle(17)
		heading.XAlign, heading.YAlign = draw.XCenter, draw.YTop
		c.FillText(heading, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(10)}, title)
		t.Draw(draw.Crop(c, 0, 0, foot, -vg.Points(head)))
		y := c.Min.Y + foot - vg.Points(keyHeight)/2
		keys.draw(c, y)
		caption.draw(c, y-vg.Points(keyHeight*float64(len(keys))))
	}}
}

// Whiten gives a canvas a white ground: panels have one, but not what is between them.
func Whiten(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
}

// ticks returns ticks at powers of two, with their numbers, and at the other sizes without.
func (s *Sides) ticks(least, most float64) []plot.Tick {
	var ticks []plot.Tick
	for n := 1.0; n <= most; n *= 2 {
		if n >= least {
			ticks = append(ticks, plot.Tick{Value: n, Label: fmt.Sprint(n)})
		}
	}
	for _, n := range s.sizes {
		if n&(n-1) != 0 {
			ticks = append(ticks, plot.Tick{Value: float64(n)})
		}
	}
	return ticks
}

// timeTicks returns ticks with few enough numbers to be read.
func timeTicks(least, most float64) []plot.Tick {
	if most/least > 2000 {
		return LogTicks(least, most, 1)
	}
	return LogTicks(least, most, 1, 2, 5)
}

// rounded returns x rounded down or up to 1, 2 or 5 times a power of ten.
func rounded(x float64, up bool) float64 {
	ten := math.Pow(10, math.Floor(math.Log10(x)))
	below := ten
	for _, digit := range []float64{1, 2, 5, 10} {
		if up && digit*ten >= x*(1-1e-9) {
			return digit * ten
		}
		if digit*ten <= x*(1+1e-9) {
			below = digit * ten
		}
	}
	return below
}

// SideMark is a side of the square from which on something in the machine is too small.
type SideMark struct {
	Name string
	N    float64
}

// caption says what those marks are that are seen; cache says it of caches.
func (s *Sides) caption(cache string) Legend {
	var caches, tlb bool
	for _, m := range s.Marks {
		if len(s.sizes) == 0 || m.N < float64(slices.Min(s.sizes)) || m.N > float64(slices.Max(s.sizes)) {
			continue
		}
		tlb = tlb || m.Name == "TLB"
		caches = caches || m.Name != "TLB"
	}
	var phrases []string
	if caches {
		phrases = append(phrases, "L1, L2, L3: "+cache)
	}
	if tlb {
		phrases = append(phrases, "TLB: one sweep across the lines touches more 4 KiB pages than it holds")
	}
	if phrases == nil {
		return nil
	}
	return Legend{{{Text: strings.Join(phrases, ". "), Line: markStyle}}}
}

// sideMarks are drawn as lines from the bottom to the top of a panel, with their names above it.
type sideMarks []SideMark

var markStyle = draw.LineStyle{Color: color.Gray{110}, Width: vg.Points(0.9), Dashes: []vg.Length{vg.Points(2), vg.Points(3)}}

func (all sideMarks) Plot(c draw.Canvas, p *plot.Plot) {
	toX, _ := p.Transforms(&c)
	style := TextStyle(11.5)
	style.Color, style.YAlign = color.Gray{70}, draw.YBottom
	free := c.Min.X - vg.Points(20)
	for _, m := range all {
		if m.N < p.X.Min || m.N > p.X.Max {
			continue
		}
		x := toX(m.N)
		c.StrokeLine2(markStyle, x, c.Min.Y, x, c.Max.Y+vg.Points(3))
		left := max(x-style.Width(m.Name)/2, free) // beside a mark that is near
		c.FillText(style, vg.Point{X: left, Y: c.Max.Y + vg.Points(4)}, m.Name)
		free = left + style.Width(m.Name) + vg.Points(4)
	}
}

// Key is an entry of a legend: text alone, or after a line, a glyph, or a line with a glyph on it.
type Key struct {
	Text  string
	Line  draw.LineStyle
	Glyph *draw.GlyphStyle
}

const keyLine, keyGap, keyBetween, keyHeight = 30, 6, 18, 19 // points

var keyText = TextStyle(12.5)

func (k *Key) width() vg.Length {
	return keyText.Width(k.Text) + k.sample()
}

// sample returns the room that the line or the glyph takes before the text.
func (k *Key) sample() vg.Length {
	switch {
	case k.Line.Width > 0:
		return vg.Points(keyLine + keyGap)
	case k.Glyph != nil:
		return 2*k.Glyph.Radius + vg.Points(keyGap)
	}
	return 0
}

func (k *Key) draw(c draw.Canvas, x, y vg.Length) {
	if k.Line.Width > 0 {
		c.StrokeLine2(k.Line, x, y, x+vg.Points(keyLine), y)
	}
	if k.Glyph != nil {
		c.DrawGlyphNoClip(*k.Glyph, vg.Point{X: x + (k.sample()-vg.Points(keyGap))/2, Y: y})
	}
	style := keyText
	style.YAlign = draw.YCenter
	c.FillText(style, vg.Point{X: x + k.sample(), Y: y}, k.Text)
}

// Legend is keys in lines, below each other in columns.
type Legend [][]Key

// Flow returns a legend of all keys, in as many columns as have room.
func Flow(keys []Key, room vg.Length) Legend {
	for columns := len(keys); ; columns-- {
		var l Legend
		for line := range slices.Chunk(keys, max(1, columns)) {
			l = append(l, line)
		}
		if _, width := l.columns(); width <= room || columns <= 1 {
			return l
		}
	}
}

// columns returns the columns' widths, and their sum. A single key below others is as wide as it likes.
func (l Legend) columns() (widths []vg.Length, all vg.Length) {
	for _, line := range l {
		for k := range line {
			if k == len(widths) {
				widths = append(widths, 0)
			}
			if len(line) > 1 || len(l[0]) == 1 {
				widths[k] = max(widths[k], line[k].width())
			}
		}
	}
	for _, width := range widths {
		all += width
	}
	return widths, all + vg.Points(keyBetween*float64(max(0, len(widths)-1)))
}

// draw draws the legend from y down, in the middle of the canvas.
func (l Legend) draw(c draw.Canvas, y vg.Length) {
	widths, all := l.columns()
	for _, line := range l {
		x := c.Center().X - all/2
		for k := range line {
			line[k].draw(c, x, y)
			x += widths[k] + vg.Points(keyBetween)
		}
		y -= vg.Points(keyHeight)
	}
}
