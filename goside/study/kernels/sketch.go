// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernels

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/chart"
	"toll/goside/kernel"
	"toll/goside/record"
	"toll/goside/study"
)

// sketch is a picture of how a rung works. It is made of the problem, not of the record's times.
type sketch struct {
	name, alt    string
	kernel, lang string // of the rung
	draw         func() (*chart.Picture, error)
}

var (
	compaction = sketch{"compaction", "256 points of the Julia set in groups of 32, after each eight iterations: in their places nearly empty groups go on, compacted the survivors fill few groups",
		"julia", "c-simd-brute", drawCompaction}
	disc = sketch{"disc", "The filled Julia set of the benchmark, the seven points of its attracting cycle with the discs around them that map into each other, and an orbit that enters one",
		"julia", "c-simd", drawDisc}
	tiles = sketch{"tiles", "Fused steps: a tile of columns needs a halo that shrinks by a column a step, and the rows of each step follow those of the step before",
		"diffusion", "c-simd", drawTiles}
)

// picture returns the sketch for records that have its kernel.
func (s *sketch) picture() study.Picture {
	return study.Picture{Name: s.name, Alt: s.alt, Draw: func(r *record.Record) (*chart.Picture, error) {
		if !slices.ContainsFunc(r.Of(benchmark), func(row *record.Row) bool { return row.Kernel == s.kernel }) {
			return nil, chart.ErrNothing
		}
		return s.draw()
	}}
}

// Colours of cells and lines.
var (
	aliveColor = color.RGBA{0x1B, 0x4F, 0x8A, 0xFF}
	deadColor  = color.RGBA{0xF2, 0xC4, 0x6D, 0xFF}
	keptColor  = color.RGBA{0x8F, 0xB7, 0xE3, 0xFF}
	restColor  = color.RGBA{0xE6, 0xE6, 0xE6, 0xFF}
	discColor  = color.RGBA{0xD5, 0x5E, 0x00, 0xFF}
	discGround = color.RGBA{0xF9, 0xD9, 0xBD, 0xFF}
	orbitColor = color.RGBA{0x14, 0x2B, 0x47, 0xFF}
)

// rectangle fills one.
func rectangle(c draw.Canvas, x, y, width, height vg.Length, of color.Color) {
	c.FillPolygon(of, []vg.Point{{X: x, Y: y}, {X: x + width, Y: y}, {X: x + width, Y: y + height}, {X: x, Y: y + height}})
}

// text writes a text whose middle is at y.
func text(c draw.Canvas, size float64, x, y vg.Length, align draw.XAlignment, s string) {
	style := chart.TextStyle(size)
	style.XAlign, style.YAlign = align, draw.YCenter
	c.FillText(style, vg.Point{X: x, Y: y}, s)
}

// swatches writes keys in a line, each behind a square of its colour.
func swatches(c draw.Canvas, x, y vg.Length, keys ...swatch) {
	style := chart.TextStyle(11)
	for _, key := range keys {
		rectangle(c, x, y-vg.Points(4.5), vg.Points(9), vg.Points(9), key.of)
		text(c, 11, x+vg.Points(14), y, draw.XLeft, key.text)
		x += vg.Points(14+22) + style.Width(key.text)
	}
}

type swatch struct {
	of   color.Color
	text string
}

// Of the sketch of compaction: points beside each other in the book's image that begin at one of a row, the points of vectors that
// are interleaved, and the iterations between two compactions.
const (
	listed              = 256
	firstRow, firstLeft = 568, 448
	together            = 32
	between             = 8
)

// passes returns how many groups of points go into each pass of iterations: in their places, a group as long as one of its points is
// left; compacted, those that the points left over fill.
func passes(counts []int32, pass int) (inPlace, compacted int) {
	left := 0
	for group := range slices.Chunk(counts, together) {
		alive := 0
		for _, n := range group {
			if int(n) > pass*between {
				alive++
			}
		}
		if left += alive; alive > 0 {
			inPlace++
		}
	}
	return inPlace, (left + together - 1) / together
}

func drawCompaction() (*chart.Picture, error) {
	a := kernel.NewJulia(kernel.JuliaSize, kernel.JuliaMaxIter, study.SerialPar)
	if err := kernel.Go().Julia(a); err != nil {
		return nil, err
	}
	var all [2]int // groups of the whole image, in all passes
	for pass := range (kernel.JuliaMaxIter + between - 1) / between {
		inPlace, compacted := passes(a.Out, pass)
		all[0], all[1] = all[0]+inPlace, all[1]+compacted
	}
	counts := a.Out[firstRow*kernel.JuliaSize+firstLeft:][:listed]
	const width, point, line, shown, head, foot, left = 675, 1.15, 9, 12, 58, 34, 26 // points, but for shown
	return &chart.Picture{Width: width, Height: vg.Points(head + foot + shown*line), Paint: func(c draw.Canvas) {
		chart.Whiten(c)
		text(c, 13, c.Center().X, c.Max.Y-vg.Points(14), draw.XCenter, fmt.Sprintf("%d points of the image in groups of %d (four vectors of eight): a line for each %d iterations", listed, together, between))
		for k, what := range []string{"in their places", "survivors compacted"} {
			x0 := c.Min.X + vg.Points(left+float64(k)*(width-left)/2)
			text(c, 11.5, x0, c.Max.Y-vg.Points(36), draw.XLeft, fmt.Sprintf("%s: %s groups for the whole image", what, grouped(all[k])))
			for pass := range shown {
				y := c.Max.Y - vg.Points(head+line*float64(pass+1))
				if k == 0 {
					text(c, 8.5, x0-vg.Points(5), y+vg.Points(line/2-1), draw.XRight, fmt.Sprint(pass*between))
				}
				bars(k == 1, counts, pass, func(from, to int, of color.Color) {
					gap := vg.Points(1.2 * float64(from/together)) // between groups
					rectangle(c, x0+gap+vg.Points(point*float64(from)), y, vg.Points(point*float64(to-from)), vg.Points(line-2), of)
				})
			}
		}
		swatches(c, c.Min.X+vg.Points(left), c.Min.Y+vg.Points(14), swatch{aliveColor, "points that are iterated"}, swatch{deadColor, "points that have escaped, iterated for nothing"})
	}}, nil
}

// grouped shows a large number: "224,219".
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// bars calls bar for each stretch of points alike that a pass iterates, within a group.
func bars(compacted bool, counts []int32, pass int, bar func(from, to int, of color.Color)) {
	var colors []color.Color
	for group := range slices.Chunk(counts, together) {
		of := make([]color.Color, len(group))
		alive := false
		for k, n := range group {
			of[k] = deadColor
			if int(n) > pass*between {
				of[k], alive = aliveColor, true
			}
		}
		if !alive {
			of = make([]color.Color, len(group)) // nothing is iterated
		}
		colors = append(colors, of...)
	}
	if compacted {
		colors = slices.DeleteFunc(colors, func(of color.Color) bool { return of != aliveColor })
		for len(colors)%together != 0 {
			colors = append(colors, deadColor)
		}
	}
	for from := 0; from < len(colors); {
		to := from + 1
		for to < len(colors) && colors[to] == colors[from] && to%together != 0 {
			to++
		}
		if colors[from] != nil {
			bar(from, to, colors[from])
		}
		from = to
	}
}

// cycle is an attracting one, with discs around its points: z -> z²+c maps each into the next, and the last into the first.
type cycle struct {
	points []complex128
	radii  []float64
}

// rounding is more than what rounding moves a point by in one iteration, closes more than what a cycle's last point is beside its
// first.
const rounding, closes = 1e-14, 1e-9

// cycleOf returns the cycle that the orbit of 0 comes to, from its point with the largest disc on; false if that escapes or comes
// to none of at most 64 points.
func cycleOf(c complex128) (cycle, bool) {
	z := complex(0, 0)
	for range 5000 {
		if z = z*z + c; cmplx.Abs(z) >= 2 {
			return cycle{}, false
		}
	}
	orbit := []complex128{z}
	for z = z*z + c; cmplx.Abs(z-orbit[0]) >= closes; z = z*z + c {
		if orbit = append(orbit, z); len(orbit) > 64 {
			return cycle{}, false
		}
	}
	var best cycle
	for first := range orbit {
		points := slices.Concat(orbit[first:], orbit[:first])
		for r := 0.5; r > 1e-4; r *= 0.99 {
			if radii := trapped(points, r); radii != nil {
				if best.radii == nil || r > best.radii[0] {
					best = cycle{points, radii}
				}
				break
			}
		}
	}
	return best, best.radii != nil
}

// trapped returns the radii of the discs that a first one of radius r maps into, or nil if the last does not map into the first:
// by |(p+h)² - p²| <= (2|p| + |h|)|h|.
func trapped(points []complex128, r float64) []float64 {
	var radii []float64
	rho := r
	for _, p := range points {
		if cmplx.Abs(p)+rho >= 2 {
			return nil
		}
		radii = append(radii, rho)
		rho = (2*cmplx.Abs(p)+rho)*rho + rounding
	}
	if rho+closes > r {
		return nil
	}
	return radii
}

// enters returns after how many iterations the orbit of z is in the cycle's first disc, or most.
func (of *cycle) enters(z, c complex128, most int) int {
	for k := range most {
		if cmplx.Abs(z-of.points[0]) <= of.radii[0] {
			return k
		}
		z = z*z + c
	}
	return most
}

func drawDisc() (*chart.Picture, error) {
	of, ok := cycleOf(kernel.JuliaC)
	if !ok {
		return nil, fmt.Errorf("kernels: the orbit of 0 comes to no cycle for c = %v", kernel.JuliaC)
	}
	const side = 300 // points of the set that is drawn
	a := kernel.NewJulia(side, kernel.JuliaMaxIter, study.SerialPar)
	if err := kernel.Go().Julia(a); err != nil {
		return nil, err
	}
	var inside []complex128 // that never escape, by when they enter
	for k, z := range a.Zs {
		if a.Out[k] == kernel.JuliaMaxIter {
			inside = append(inside, z)
		}
	}
	if inside == nil {
		return nil, fmt.Errorf("kernels: every point of the Julia set escapes for c = %v", kernel.JuliaC)
	}
	enters := func(z complex128) int { return of.enters(z, kernel.JuliaC, kernel.JuliaMaxIter) }
	slices.SortFunc(inside, func(a, b complex128) int {
		return cmp.Or(cmp.Compare(enters(a), enters(b)), cmp.Compare(real(a), real(b)))
	})
	half, most := enters(inside[len(inside)/2]), enters(inside[len(inside)*99/100])
	start := inside[len(inside)/2] // the rightmost of those that enter after as many iterations
	for _, z := range inside {
		if enters(z) == half && real(z) > real(start) {
			start = z
		}
	}
	const width, plane, high = 675, 400, 272 // points
	const span = 1.62                        // of the plane, from 0 to the left and the right
	return &chart.Picture{Width: width, Height: high, Paint: func(c draw.Canvas) {
		chart.Whiten(c)
		scale := plane / (2 * span)
		at := func(z complex128) vg.Point {
			return vg.Point{X: c.Min.X + vg.Points(4+plane/2+real(z)*scale), Y: c.Min.Y + vg.Points(high/2+imag(z)*scale)}
		}
		pixel := vg.Points(3.6 / side * scale)
		for row := range side {
			for k := row * side; k < (row+1)*side; k++ {
				if a.Out[k] < kernel.JuliaMaxIter {
					continue
				}
				from := k
				for k+1 < (row+1)*side && a.Out[k+1] == kernel.JuliaMaxIter {
					k++
				}
				corner := at(a.Zs[from])
				rectangle(c, corner.X, corner.Y-pixel, pixel*vg.Length(k-from+1), pixel*1.3, restColor)
			}
		}
		for k, p := range of.points {
			circle(c, at(p), vg.Points(of.radii[k]*scale), discGround, discColor, k == 0)
		}
		link := draw.LineStyle{Color: discColor, Width: vg.Points(0.7), Dashes: chart.Dashed}
		for k, p := range of.points {
			next := at(of.points[(k+1)%len(of.points)])
			c.StrokeLine2(link, at(p).X, at(p).Y, next.X, next.Y)
			c.DrawGlyph(draw.GlyphStyle{Color: discColor, Radius: vg.Points(2), Shape: draw.CircleGlyph{}}, at(p))
		}
		z := start
		for k := range half + 1 {
			radius := 1.7
			if k == 0 || k == half {
				radius = 3
				text(c, 10.5, at(z).X+vg.Points(6), at(z).Y+vg.Points(5), draw.XLeft, fmt.Sprint(k))
			}
			c.DrawGlyph(draw.GlyphStyle{Color: orbitColor, Radius: vg.Points(radius), Shape: draw.CircleGlyph{}}, at(z))
			z = z*z + kernel.JuliaC
		}
		x, y := c.Min.X+vg.Points(plane+14), c.Max.Y-vg.Points(24)
		for _, said := range []string{
			fmt.Sprintf("c = −%.5g − %.5gi", -real(kernel.JuliaC), -imag(kernel.JuliaC)),
			"",
			"Grey: the points that never escape. The orbit of 0",
			fmt.Sprintf("comes to a cycle of %d points, one after the other", len(of.points)),
			"along the dashed lines.",
			"",
			"z² + c maps each disc into the next, and the last into",
			fmt.Sprintf("the first (the largest, of radius %.2g).", of.radii[0]),
			"",
			fmt.Sprintf("Dark: an orbit that enters the largest disc after %d", half),
			"iterations. It never leaves the discs again, so its",
			fmt.Sprintf("count is maxiter, %d.", kernel.JuliaMaxIter),
			"",
			"Of the points that never escape, half have entered",
			fmt.Sprintf("it after %d iterations, and 99 %% after %d.", half, most),
		} {
			text(c, 11, x, y, draw.XLeft, said)
			y -= vg.Points(16)
		}
	}}, nil
}

// circle draws a disc with its border.
func circle(c draw.Canvas, at vg.Point, radius vg.Length, ground, border color.Color, bold bool) {
	var path vg.Path
	path.Move(vg.Point{X: at.X + radius, Y: at.Y})
	path.Arc(at, radius, 0, 2*math.Pi)
	path.Close()
	c.SetColor(ground)
	c.Fill(path)
	width := 0.9
	if bold {
		width = 2
	}
	c.SetLineStyle(draw.LineStyle{Color: border, Width: vg.Points(width)})
	c.Stroke(path)
}

func drawTiles() (*chart.Picture, error) {
	const width, high = 675, 226 // points
	const deep, columns, cell = 5, 12, 13.0
	return &chart.Picture{Width: width, Height: high, Paint: func(c draw.Canvas) {
		chart.Whiten(c)
		square := func(x0, y0 vg.Length, x, step int, of color.Color) {
			rectangle(c, x0+vg.Points(cell*float64(x)), y0+vg.Points(1.5*cell*float64(step)), vg.Points(cell-1), vg.Points(cell-1), of)
		}
		bottom, top := c.Min.Y+vg.Points(66), c.Max.Y-vg.Points(14)
		x0 := c.Min.X + vg.Points(56)
		text(c, 12, x0, top, draw.XLeft, fmt.Sprintf("Across: %d steps of a tile of %d columns", deep, columns))
		for step := range deep + 1 {
			text(c, 10, x0-vg.Points(6), bottom+vg.Points(1.5*cell*float64(step)+cell/2), draw.XRight, fmt.Sprintf("step %d", step))
			for x := step; x < columns+2*deep-step; x++ {
				of := aliveColor
				switch inside := x >= deep && x < columns+deep; {
				case step == 0 && inside:
					of = keptColor
				case step == 0 || !inside:
					of = deadColor
				}
				square(x0, bottom, x, step, of)
			}
		}
		x1 := c.Min.X + vg.Points(400)
		text(c, 12, x1, top, draw.XLeft, "Down: each step is a row behind the one before")
		const rows, now = 18, 15 // now: the row that step 1 is at
		for step := range deep + 1 {
			for row := range rows {
				at := now + 1 - step // that this step is at; step 0 is what was there
				of := restColor
				switch {
				case step < deep && row >= at-2 && row < at, step == 0 && row == at:
					of = keptColor
				case row == at:
					of = aliveColor
				case row > at:
					continue
				}
				square(x1, bottom, row, step, of)
			}
		}
		text(c, 10, x1, bottom-vg.Points(10), draw.XLeft, "row 0, 1, 2, …")
		swatches(c, x0, c.Min.Y+vg.Points(34), swatch{aliveColor, "computed"}, swatch{keptColor, "read, or kept in a ring of rows"}, swatch{deadColor, "halo, computed by the neighbour, too"},
			swatch{restColor, "done"})
	}}, nil
}
