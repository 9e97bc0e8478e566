// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// A picture of cells has 256 colours, as many as a GIF can have: those of the numbers, then the greys of its text.
const shades, greys = 240, 16

// black and white are the first and the last grey; grey is one between, of a cell that is no number.
const black, grey, white = shades, shades + greys/2, shades + greys - 1

// colours returns the colours of the numbers, taken from a map's part from least to 1, and the greys.
func colours(m palette.ColorMap, least float64) (color.Palette, error) {
	m.SetMin(0)
	m.SetMax(1)
	all := make(color.Palette, 0, shades+greys)
	for k := range shades {
		c, err := m.At(least + (1-least)*float64(k)/(shades-1))
		if err != nil {
			return nil, fmt.Errorf("chart: colour %d of %d: %w", k, shades, err)
		}
		all = append(all, c)
	}
	for k := range greys {
		all = append(all, color.Gray{uint8(255 * k / (greys - 1))})
	}
	return all, nil
}

// shade returns the colour of a number between 0 and 1; what lies beyond has the nearest one.
func shade(x float64) uint8 {
	return uint8(math.Round(min(max(x, 0), 1) * (shades - 1)))
}

// block is cells, row by row from the top, each a colour of the palette. The last row may be shorter.
type block struct {
	title string
	width int
	cells []uint8
}

func (b *block) height() int { return (len(b.cells) + b.width - 1) / b.width }

// cells is a picture: blocks beside each other below a title and above a caption, and the bar of their colours.
type cells struct {
	palette color.Palette
	title   string
	caption []string
	blocks  []block
	bar     *bar
	marked  bool // rows and columns that are not all black have marks at the left of the block and below it
}

// bar is a scale of colours. Ticks are at 0 to 1.
type bar struct {
	label string
	ticks []plot.Tick
}

// leastSide is about how many pixels the smaller side of a block has, if cells must be enlarged for that.
const leastSide = 512

// draw returns the picture. All cells have the same whole number of pixels, so that none is lost or blurred.
func (p *cells) draw() *image.Paletted {
	const mark, markGrey = 6, shades + greys/3
	width, height := 0, 0
	for _, b := range p.blocks {
		width, height = max(width, b.width), max(height, b.height())
	}
	zoom := max(1, int(math.Round(leastSide/float64(min(width, height)))))
	width, height = zoom*width, zoom*height

	// Lengths are in points, of which each is a pixel here. Text grows with the cells: a large picture is shown smaller.
	size := 14 * max(1, float64(height)/900)
	text := TextStyle(size)
	heading := TextStyle(1.2 * size)
	line := int(1.5 * size)
	margin := int(size)
	top := margin + int(1.8*size)
	if p.blocks[0].title != "" || p.bar != nil && p.bar.label != "" {
		top += line
	}
	right := margin
	if p.bar != nil {
		labels := text.Width(p.bar.label) - vg.Length(2*size)
		for _, tick := range p.bar.ticks {
			labels = max(labels, text.Width(tick.Label))
		}
		right += margin + int(2*size) + int(labels)
	}
	titles := line * 2 / 3 // above the blocks
	field := len(p.blocks)*(width+margin) - margin
	whole := margin + field + right
	for _, s := range p.caption {
		whole = max(whole, 2*margin+int(text.Width(s)))
	}
	whole = max(whole, 2*margin+int(heading.Width(p.title)))
	below := top + height + margin
	tall := below + len(p.caption)*line + margin/2

	canvas := vgimg.NewWith(vgimg.UseWH(vg.Length(whole), vg.Length(tall)), vgimg.UseDPI(72))
	c := draw.New(canvas)
	write := func(style draw.TextStyle, x, y int, s string) { // at x, y pixels from the left and the top
		c.FillText(style, vg.Point{X: vg.Length(x), Y: vg.Length(tall - y)}, s)
	}
	heading.YAlign, text.YAlign = draw.YCenter, draw.YCenter
	write(heading, margin, margin+int(0.6*size), p.title)
	for k := range p.blocks {
		write(text, margin+k*(width+margin), top-titles, p.blocks[k].title)
	}
	for k, s := range p.caption {
		write(text, margin, below+line*k+line/2, s)
	}
	var scale image.Rectangle
	if p.bar != nil {
		x := margin + field + margin
		scale = image.Rect(x, top, x+int(1.2*size), top+height)
		style := draw.LineStyle{Color: color.Black, Width: 1}
		for _, tick := range p.bar.ticks {
			y := scale.Max.Y - 1 - int(math.Round(tick.Value*float64(height-1)))
			c.StrokeLine2(style, vg.Length(scale.Max.X), vg.Length(tall-y)-0.5, vg.Length(scale.Max.X)+vg.Length(size*0.4), vg.Length(tall-y)-0.5)
			write(text, scale.Max.X+int(size*0.7), y, tick.Label)
		}
		write(text, x, top-titles, p.bar.label)
	}

	img := image.NewPaletted(image.Rect(0, 0, whole, tall), p.palette)
	for k := range img.Pix { // all of it is grey so far
		r, _, _, _ := canvas.Image().At(k%whole, k/whole).RGBA()
		img.Pix[k] = uint8(shades + (r*(greys-1)+0x7fff)/0xffff)
	}
	for k, b := range p.blocks {
		corner := image.Pt(margin+k*(width+margin), top)
		for i, cell := range b.cells {
			at := corner.Add(image.Pt(i%b.width*zoom, i/b.width*zoom))
			fill(img, image.Rectangle{at, at.Add(image.Pt(zoom, zoom))}, cell)
			if p.marked && cell != black {
				fill(img, image.Rect(corner.X-2-mark, at.Y, corner.X-2, at.Y+zoom), markGrey)
				fill(img, image.Rect(at.X, corner.Y+height+2, at.X+zoom, corner.Y+height+2+mark), markGrey)
			}
		}
	}
	fill(img, scale, grey) // a frame, since its last colour may be as white as the ground
	for y := scale.Min.Y; y < scale.Max.Y; y++ {
		row := image.Rect(scale.Min.X+1, max(y, scale.Min.Y+1), scale.Max.X-1, min(y+1, scale.Max.Y-1))
		fill(img, row, shade(float64(scale.Max.Y-1-y)/float64(max(1, height-1))))
	}
	return img
}

func fill(img *image.Paletted, r image.Rectangle, colour uint8) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		line := img.Pix[img.PixOffset(r.Min.X, y):][:r.Dx()]
		for k := range line {
			line[k] = colour
		}
	}
}
