// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/study"
)

// errNothing is the cause when a record holds nothing that a picture could show.
var errNothing = errors.New("the record holds no such result, want a record of toll layout")

// LayoutPictures draws all pictures of loop order, layout and transposition that the record has results for, each as
// svg and as png, into a folder that there is. It returns their paths.
func LayoutPictures(record *Record, folder string) ([]string, error) {
	var paths []string
	draw := func(name string, picture func(path string) error) error {
		for _, extension := range []string{".svg", ".png"} {
			path := filepath.Join(folder, name+extension)
			switch err := picture(path); {
			case errors.Is(err, errNothing):
				return nil
			case err != nil:
				return err
			}
			paths = append(paths, path)
		}
		return nil
	}
	for _, k := range study.LoopKernels {
		if err := draw("layout-"+k, func(path string) error { return LoopsPicture(record, k, path) }); err != nil {
			return nil, err
		}
	}
	if err := draw("layout-penalty", func(path string) error { return PenaltyPicture(record, path) }); err != nil {
		return nil, err
	}
	if err := draw("layout-transpose", func(path string) error { return TransposePicture(record, path) }); err != nil {
		return nil, err
	}
	if paths == nil {
		return nil, fmt.Errorf("report: pictures of %s and %s: %w", study.LoopsName, study.TransposeName, errNothing)
	}
	return paths, nil
}

// pictured returns a row's time as a picture shows it, 0 if a logarithmic axis has no place for it.
func pictured(r *Row) float64 {
	if len(r.Samples) == 0 {
		return 0
	}
	wall := measure.Median(r.Wall()).Median
	if !(wall > 1e-9 && wall < 1e15) { // from less than a cycle to days
		return 0
	}
	return wall
}

// walkColors are of the lines by leading dimension: cold if the loops match, warm if they are interchanged. The first
// is of rows, the second, darker, of columns: so a dashed line is seen that lies on its solid one.
var walkColors = map[bool]map[string][2]color.RGBA{
	false: {
		study.UnitLD:   {{76, 132, 222, 255}, {16, 60, 140, 255}},
		study.PaddedLD: {{96, 200, 206, 255}, {8, 110, 122, 255}},
		study.PowerLD:  {{165, 170, 180, 255}, {80, 86, 98, 255}},
	},
	true: {
		study.UnitLD:   {{245, 90, 70, 255}, {150, 10, 10, 255}},
		study.PaddedLD: {{250, 190, 50, 255}, {170, 105, 0, 255}},
		study.PowerLD:  {{224, 110, 205, 255}, {120, 10, 110, 255}},
	},
}

var dashed = []vg.Length{vg.Points(5), vg.Points(3)}

// walkStyle returns how the line of a walk looks.
func walkStyle(w study.Walk) draw.LineStyle {
	if w.Layout == kernel.Col {
		return draw.LineStyle{Color: walkColors[w.Interchanged][w.LD][1], Width: vg.Points(1.3), Dashes: dashed}
	}
	style := draw.LineStyle{Color: walkColors[w.Interchanged][w.LD][0], Width: vg.Points(2)}
	if w.LD == study.PowerLD { // which is the line without padding at some sizes, and is to be seen beside it
		style.Width = vg.Points(4)
	}
	return style
}

// LoopsPicture draws a kernel's walks: a panel for each language, with the time of a cell or an observation against
// the side of the square, and a line for each layout, loop order and leading dimension. The file's extension says its
// format.
func LoopsPicture(record *Record, kernelName, path string) error {
	w := record.walks(false)
	if !slices.Contains(w.kernels, kernelName) {
		return fmt.Errorf("report: picture of %s of %s: %w", study.LoopsName, kernelName, errNothing)
	}
	matrices, op, of := 2.0, "cell", "the two matrices fill"
	if kernelName == "ols" {
		matrices, op, of = 1, "observation", "the matrix fills"
	}
	s := &sides{marks: record.sideMarks(matrices, matrices)}
	for _, lang := range w.langs {
		if p := w.panel(s, kernelName, lang); p != nil {
			s.panels = append(s.panels, p)
		}
	}
	var keys legend
	for _, interchanged := range []bool{false, true} {
		line := []key{{text: "matched loops, leading dimension"}}
		if interchanged {
			line = []key{{text: "interchanged loops, leading dimension"}}
		}
		for _, ld := range leadingDimensions {
			if w.measured(kernelName, ld, w.langs...) {
				line = append(line, key{line: walkStyle(study.Walk{Interchanged: interchanged, LD: ld}), text: map[string]string{
					study.UnitLD: "unit (the side n)", study.PaddedLD: "padded", study.PowerLD: "pow2 (the next power of two)",
				}[ld]})
			}
		}
		keys = append(keys, line)
	}
	keys = append(keys, []key{{text: "layout"},
		{text: "row-major", line: draw.LineStyle{Color: color.Gray{120}, Width: vg.Points(2)}},
		{text: "column-major", line: draw.LineStyle{Color: color.Gray{40}, Width: vg.Points(1.3), Dashes: dashed}}})
	return s.save(path, kernelName+": ns per "+op+" in a square of side n, by loop order, layout and leading dimension", keys, "from here on "+of+" that cache")
}

// panel draws a kernel in one language, or returns nil if there is nothing.
func (w *walks) panel(s *sides, kernelName, lang string) *plot.Plot {
	p := s.panel(lang)
	drawn := false
	for _, interchanged := range []bool{false, true} {
		for _, ld := range slices.Backward(leadingDimensions) { // the wide line below the one that it partly is
			if !w.measured(kernelName, ld, lang) {
				continue // else the line without padding would be drawn again
			}
			for _, layout := range bothLayouts {
				walk := study.Walk{Kernel: kernelName, Layout: layout, Interchanged: interchanged, LD: ld}
				var points, own plotter.XYs
				for _, walk.N = range w.sizes {
					row := w.find(lang, walk)
					if row == nil {
						continue
					}
					points = append(points, s.point(walk.N, pictured(row)))
					if row.Facts["ld"] == ld {
						own = append(own, points[len(points)-1])
					}
				}
				if points != nil {
					drawn = true
					glyph := draw.GlyphStyle{Shape: draw.CircleGlyph{}, Radius: vg.Points(2)}
					addLine(p, points, own, walkStyle(walk), glyph)
				}
			}
		}
	}
	if !drawn {
		return nil
	}
	return p
}

// addLine adds a line, and marks, of its colour, at those points that are its own.
func addLine(p *plot.Plot, points, own plotter.XYs, style draw.LineStyle, glyph draw.GlyphStyle) {
	glyph.Color = style.Color
	p.Add(&plotter.Line{XYs: points, LineStyle: style}, &plotter.Scatter{XYs: own, GlyphStyle: glyph})
}

// sides makes panels of times against the side of a square. All have the same axes, so that they can be compared.
type sides struct {
	marks       []sideMark
	panels      []*plot.Plot
	sizes       []int
	least, most float64
}

// point returns a point of a line, for which the axes make room.
func (s *sides) point(n int, wall float64) plotter.XY {
	if len(s.sizes) == 0 {
		s.least, s.most = wall, wall
	}
	if !slices.Contains(s.sizes, n) {
		s.sizes = append(s.sizes, n)
	}
	s.least, s.most = min(s.least, wall), max(s.most, wall)
	return plotter.XY{X: float64(n), Y: wall}
}

// textStyle returns a font without serifs, which is read better where it is small or projected.
func textStyle(size float64) draw.TextStyle {
	return draw.TextStyle{
		Color:   color.Black,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)},
		Handler: plot.DefaultTextHandler,
	}
}

// panel returns an empty panel.
func (s *sides) panel(title string) *plot.Plot {
	p := plot.New()
	small := textStyle(12).Font
	p.Title.Text, p.Title.TextStyle.Font = title, textStyle(15).Font
	p.Title.Padding = vg.Points(18) // the marks' labels are below it
	// Short labels: on a logarithmic axis package plot takes a label to be beyond the middle, and makes room there.
	p.X.Label.Text, p.X.Label.TextStyle.Font = "side n", small
	p.Y.Label.Text, p.Y.Label.TextStyle.Font = "ns", small
	p.X.Tick.Label.Font, p.Y.Tick.Label.Font = small, small
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{232}, color.Gray{232}
	p.Add(grid, sideMarks(s.marks))
	return p
}

// width returns the picture's: the legend and the title need some of it even below a single panel.
func (s *sides) width() vg.Length {
	return max(vg.Length(min(len(s.panels), 2))*6.8*vg.Inch, 11.5*vg.Inch)
}

// save draws the panels below a title and above a legend; cache says what the marks of caches mean.
func (s *sides) save(path, title string, keys legend, cache string) error {
	slices.Sort(s.sizes)
	for _, p := range s.panels {
		p.X.Min, p.X.Max = float64(s.sizes[0])/1.06, float64(s.sizes[len(s.sizes)-1])*1.06
		p.X.Tick.Marker = plot.TickerFunc(s.ticks)
		p.Y.Min, p.Y.Max = rounded(s.least/1.05, false), rounded(s.most*1.05, true)
		p.Y.Tick.Marker = plot.TickerFunc(timeTicks)
	}
	t := tile(s.panels)
	t.PadTop, t.PadBottom = vg.Points(12), vg.Points(10)
	const head = 30 // points
	caption := s.caption(cache)
	foot := vg.Points(keyHeight*float64(len(keys)+len(caption)) + 8)
	return savePicture(path, s.width(), vg.Length(t.Rows)*4.4*vg.Inch+vg.Points(head)+foot, func(c draw.Canvas) {
		whiten(c)
		heading := textStyle(17)
		heading.XAlign, heading.YAlign = draw.XCenter, draw.YTop
		c.FillText(heading, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(10)}, title)
		t.draw(draw.Crop(c, 0, 0, foot, -vg.Points(head)))
		y := c.Min.Y + foot - vg.Points(keyHeight)/2
		keys.draw(c, y)
		caption.draw(c, y-vg.Points(keyHeight*float64(len(keys))))
	})
}

// whiten gives a canvas a white ground: panels have one, but not what is between them.
func whiten(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
}

// ticks returns ticks at powers of two, with their numbers, and at the other sizes without.
func (s *sides) ticks(least, most float64) []plot.Tick {
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
		return logTicks(least, most, 1)
	}
	return logTicks(least, most, 1, 2, 5)
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

// sideMark is a side of the square from which on something in the machine is too small.
type sideMark struct {
	name string
	n    float64
}

// sideMarks returns the marks of so many matrices without padding, and of sweeps across the lines of so many, ascending.
func (r *Record) sideMarks(matrices, swept float64) []sideMark {
	const element, page = 8, 4096 // bytes
	var marks []sideMark
	caches := r.limits().caches
	for _, level := range []string{"L1", "L2", "L3"} {
		if bytes := caches[level]; bytes > 0 {
			marks = append(marks, sideMark{level, math.Sqrt(bytes / (matrices * element))})
		}
	}
	if tlb, _, _ := strings.Cut(r.Get("tlb"), " "); tlb != "" {
		if entries, err := strconv.ParseFloat(tlb, 64); err == nil && entries > 0 && !math.IsInf(entries, 0) {
			n := entries / swept
			if n < page/element { // several lines in a page
				n = math.Sqrt(n * page / element)
			}
			marks = append(marks, sideMark{"TLB", n})
		}
	}
	slices.SortStableFunc(marks, func(a, b sideMark) int {
		switch {
		case a.n < b.n:
			return -1
		case a.n > b.n:
			return 1
		}
		return 0
	})
	return marks
}

// caption says what those marks are that are seen; cache says it of caches.
func (s *sides) caption(cache string) legend {
	var caches, tlb bool
	for _, m := range s.marks {
		if len(s.sizes) == 0 || m.n < float64(slices.Min(s.sizes)) || m.n > float64(slices.Max(s.sizes)) {
			continue
		}
		tlb = tlb || m.name == "TLB"
		caches = caches || m.name != "TLB"
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
	return legend{{{text: strings.Join(phrases, ". "), line: markStyle}}}
}

// sideMarks are drawn as lines from the bottom to the top of a panel, with their names above it.
type sideMarks []sideMark

var markStyle = draw.LineStyle{Color: color.Gray{110}, Width: vg.Points(0.9), Dashes: []vg.Length{vg.Points(2), vg.Points(3)}}

func (all sideMarks) Plot(c draw.Canvas, p *plot.Plot) {
	toX, _ := p.Transforms(&c)
	style := textStyle(11.5)
	style.Color, style.YAlign = color.Gray{70}, draw.YBottom
	free := c.Min.X - vg.Points(20)
	for _, m := range all {
		if m.n < p.X.Min || m.n > p.X.Max {
			continue
		}
		x := toX(m.n)
		c.StrokeLine2(markStyle, x, c.Min.Y, x, c.Max.Y+vg.Points(3))
		left := max(x-style.Width(m.name)/2, free) // beside a mark that is near
		c.FillText(style, vg.Point{X: left, Y: c.Max.Y + vg.Points(4)}, m.name)
		free = left + style.Width(m.name) + vg.Points(4)
	}
}

// key is an entry of a legend: text alone, or after a line, with a glyph on it if it has one.
type key struct {
	text  string
	line  draw.LineStyle
	glyph *draw.GlyphStyle
}

const keyLine, keyGap, keyBetween, keyHeight = 30, 6, 18, 19 // points

var keyText = textStyle(12.5)

func (k *key) width() vg.Length {
	width := keyText.Width(k.text)
	if k.line.Width > 0 {
		width += vg.Points(keyLine + keyGap)
	}
	return width
}

func (k *key) draw(c draw.Canvas, x, y vg.Length) {
	if k.line.Width > 0 {
		c.StrokeLine2(k.line, x, y, x+vg.Points(keyLine), y)
		if k.glyph != nil {
			c.DrawGlyphNoClip(*k.glyph, vg.Point{X: x + vg.Points(keyLine)/2, Y: y})
		}
		x += vg.Points(keyLine + keyGap)
	}
	style := keyText
	style.YAlign = draw.YCenter
	c.FillText(style, vg.Point{X: x, Y: y}, k.text)
}

// legend is keys in lines, below each other in columns.
type legend [][]key

// flow returns a legend of all keys, in as many columns as have room.
func flow(keys []key, room vg.Length) legend {
	for columns := len(keys); ; columns-- {
		var l legend
		for line := range slices.Chunk(keys, max(1, columns)) {
			l = append(l, line)
		}
		if _, width := l.columns(); width <= room || columns <= 1 {
			return l
		}
	}
}

// columns returns the columns' widths, but for those of a single key, which is as wide as it likes, and their sum.
func (l legend) columns() (widths []vg.Length, all vg.Length) {
	for _, line := range l {
		for k := range line {
			if k == len(widths) {
				widths = append(widths, 0)
			}
			if len(line) > 1 || len(l) == 1 {
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
func (l legend) draw(c draw.Canvas, y vg.Length) {
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

// penalties returns how many times as long the interchanged loops take as those that match. A layout's languages are
// together, so that it is seen where the layouts differ.
func (w *walks) penalties() []penalty {
	var all []penalty
	for _, k := range w.kernels {
		for _, layout := range bothLayouts {
			for _, lang := range w.langs {
				for _, ld := range leadingDimensions {
					if !w.measured(k, ld, lang) {
						continue
					}
					line, some := penalty{k, lang, layout, ld, make([]float64, len(w.sizes))}, false
					for at, n := range w.sizes {
						if i, ok := w.penalty(lang, study.Walk{Kernel: k, Layout: layout, LD: ld, N: n}); ok {
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

// PenaltyPicture draws how many times as long interchanged loops take as those that match the layout: a line for each
// kernel, layout, language and leading dimension, a column for each side of the square.
func PenaltyPicture(record *Record, path string) error {
	w := record.walks(false)
	lines := w.penalties()
	if lines == nil {
		return fmt.Errorf("report: picture of penalties: %w", errNothing)
	}
	limit := 2.0 // so that what is hardly more than noise hardly has a colour
	least := 1.0
	labels := vg.Length(0)
	style := textStyle(12.5)
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
	cell := vg.Point{X: min(max((vg.Points(1050)-left)/vg.Length(len(w.sizes)), vg.Points(40)), vg.Points(72)), Y: min(max(vg.Points(860)/vg.Length(len(lines)), vg.Points(16)), vg.Points(21))}
	gaps := 0
	for k := range lines[1:] {
		gaps += lines[k+1].apart(&lines[k])
	}
	width := max(left+vg.Length(len(w.sizes))*cell.X+vg.Points(pad), vg.Points(760)) // the title's, at least
	height := vg.Points(head+foot+gap*float64(gaps)) + vg.Length(len(lines))*cell.Y
	return savePicture(path, width, height, func(c draw.Canvas) {
		whiten(c)
		title := textStyle(17)
		title.XAlign, title.YAlign = draw.XCenter, draw.YTop
		c.FillText(title, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(10)},
			"Interchanged loops: how many times as long as matched ones")
		title.Font.Size, title.Color = vg.Points(12), color.Gray{70}
		c.FillText(title, vg.Point{X: c.Center().X, Y: c.Max.Y - vg.Points(34)},
			"median of the ratios in each round; row and col: how the square lies; pow2 is unit where n is a power of two")
		style, middle := style, style
		style.XAlign, style.YAlign = draw.XRight, draw.YCenter
		middle.XAlign, middle.YAlign = draw.XCenter, draw.YCenter
		y := c.Max.Y - vg.Points(head)
		c.FillText(style, vg.Point{X: c.Min.X + left - vg.Points(pad)/2, Y: y + vg.Points(11)}, "side n")
		for k, n := range w.sizes {
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
	})
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

// penaltyBar draws along the bottom what the colours mean, from as many halvings as occur to the limit's doublings.
func penaltyBar(c draw.Canvas, halvings, limit float64) {
	width, height := vg.Points(380), vg.Points(14)
	left, y := c.Center().X-width/2, c.Min.Y+vg.Points(28)
	x := func(power float64) vg.Length { return left + vg.Length((power+halvings)/(limit+halvings))*width }
	const steps = 16 // a doubling
	for power := -halvings; power < limit; power += 1.0 / steps {
		c.SetColor(penaltyColor((power + 0.5/steps) / limit))
		c.Fill(vg.Rectangle{Min: vg.Point{X: x(power), Y: y}, Max: vg.Point{X: left + width, Y: y + height}}.Path()) // to the end, so that no seam is seen
	}
	style := textStyle(11.5)
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

// transposer is a way to transpose: a line in the pictures of transposition.
type transposer struct{ route, how string }

func (t *transposer) String() string { return t.route + " " + t.how }

// TransposePicture draws the time of an element of a transposition against the side of the square: a panel for each
// leading dimension, since one with all lines could not be read, and in it a line for each route and way.
func TransposePicture(record *Record, path string) error {
	type result struct {
		transposer
		ld string
		n  int
	}
	times := map[result]float64{}
	var all []transposer
	var routes []string
	var sizes []int
	for k := range record.Rows {
		row := &record.Rows[k]
		n, err := strconv.Atoi(row.N)
		if row.Study != study.TransposeName || row.again() || row.Parallel() || err != nil || n < 1 || pictured(row) == 0 {
			continue
		}
		way := transposer{row.Route(), row.Facts["how"]}
		times[result{way, row.Facts["ld"], n}] = pictured(row)
		all, sizes = with(all, way), with(sizes, n)
		if way.how != study.HowCopy {
			routes = with(routes, way.route)
		}
	}
	slices.Sort(sizes)
	slices.SortStableFunc(all, func(a, b transposer) int { // a route's ways together
		return slices.Index(routes, a.route) - slices.Index(routes, b.route)
	})
	s := &sides{marks: record.sideMarks(2, 1)}
	drawn := map[transposer]bool{}
	for _, ld := range []struct{ name, title string }{
		{study.UnitLD, "leading dimension n"}, {study.PaddedLD, "leading dimension padded to an odd number of cache lines"},
	} {
		p := s.panel(ld.title)
		some := false
		for _, way := range all {
			var points plotter.XYs
			for _, n := range sizes {
				if wall, ok := times[result{way, ld.name, n}]; ok {
					points = append(points, s.point(n, wall))
				}
			}
			if points != nil {
				line, glyph := way.style(routes)
				addLine(p, points, points, line, glyph)
				drawn[way], some = true, true
			}
		}
		if some {
			s.panels = append(s.panels, p)
		}
	}
	if s.panels == nil {
		return fmt.Errorf("report: picture of %s: %w", study.TransposeName, errNothing)
	}
	var keys []key
	for _, way := range all {
		if drawn[way] {
			line, glyph := way.style(routes)
			glyph.Color = line.Color
			keys = append(keys, key{way.String(), line, &glyph})
		}
	}
	return s.save(path, "transpose: ns per element of a square of side n", flow(keys, s.width()-vg.Points(30)), "from here on the two matrices fill that cache")
}

// style returns how the line of a way looks: its colour and glyph say the route, its dashes how.
func (t *transposer) style(routes []string) (draw.LineStyle, draw.GlyphStyle) {
	line := draw.LineStyle{Width: vg.Points(1.6)}
	glyph := draw.GlyphStyle{Radius: vg.Points(3)}
	switch t.how {
	case study.HowBlocked, study.HowCopyto:
	case study.HowCopy: // the bound, of no way's colour
		line.Color, line.Width, line.Dashes = color.Gray{110}, vg.Points(2.5), []vg.Length{vg.Points(2), vg.Points(2)}
		glyph.Shape = draw.CircleGlyph{}
		return line, glyph
	case study.HowNaive, study.HowFresh:
		line.Dashes = dashed
	default:
		line.Dashes = []vg.Length{vg.Points(8), vg.Points(3), vg.Points(2), vg.Points(3)}
	}
	k := max(0, slices.Index(routes, t.route))
	line.Color, glyph.Shape = plotutil.DarkColors[k%len(plotutil.DarkColors)], plotutil.Shape(k+k/len(plotutil.DarkColors))
	return line, glyph
}
