// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strconv"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// inline is a canvas that writes SVG for a page, in a quarter of the bytes of package vgsvg, which writes a file that stands
// alone: y goes down as it does in SVG, so that no text must be turned round; what has the same style, one after the other, is
// in one element; points are relative and in tenths, which no eye tells from more.
type inline struct {
	b           strings.Builder
	height      vg.Length
	open, close string // the element that is being drawn in, and its end
	pen         pen
	pushed      []pen
	err         error // of the first image that could not be written
}

// pen is what [inline.Push] keeps.
type pen struct {
	color  color.Color
	width  vg.Length
	dashes string
	groups int // opened since
}

func newInline(height vg.Length) *inline {
	s := &inline{height: height}
	vg.Initialize(s)
	return s
}

// svg returns what was drawn.
func (s *inline) svg() (string, error) {
	s.in("", "")
	return s.b.String(), s.err
}

// in makes what is drawn next stand in an element: the one that is open, if it is the same.
func (s *inline) in(open, end string) {
	if s.open != open {
		s.b.WriteString(s.close + open)
		s.open, s.close = open, end
	}
}

func (s *inline) SetLineWidth(w vg.Length) { s.pen.width = w }

// SetColor takes none for black, as the canvases of files do.
func (s *inline) SetColor(c color.Color) {
	if c == nil {
		c = color.Black
	}
	s.pen.color = c
}

func (s *inline) SetLineDash(dashes []vg.Length, offset vg.Length) {
	s.pen.dashes = ""
	if len(dashes) > 0 {
		lengths := make([]string, len(dashes))
		for k, d := range dashes {
			lengths[k] = number(d)
		}
		s.pen.dashes = ";stroke-dasharray:" + strings.Join(lengths, ",")
	}
	if offset != 0 {
		s.pen.dashes += ";stroke-dashoffset:" + number(offset)
	}
}

func (s *inline) Push() {
	s.pushed = append(s.pushed, s.pen)
	s.pen.groups = 0
}

func (s *inline) Pop() {
	if s.pen.groups > 0 {
		s.in("", "")
		s.b.WriteString(strings.Repeat("</g>", s.pen.groups))
	}
	s.pen, s.pushed = s.pushed[len(s.pushed)-1], s.pushed[:len(s.pushed)-1]
}

func (s *inline) Rotate(angle float64) {
	s.group("rotate(%.5g 0 %s)", -angle*180/math.Pi, number(s.height))
}

func (s *inline) Translate(to vg.Point) { s.group("translate(%s %s)", number(to.X), number(-to.Y)) }

func (s *inline) Scale(x, y float64) {
	s.group("translate(0 %s) scale(%.5g %.5g) translate(0 %s)", number(s.height), x, y, number(-s.height))
}

func (s *inline) group(transform string, args ...any) {
	s.in("", "")
	fmt.Fprintf(&s.b, `<g transform="`+transform+`">`, args...)
	s.pen.groups++
}

// Stroke draws a line. Lines of the same style are one path.
func (s *inline) Stroke(path vg.Path) {
	if s.pen.width <= 0 {
		return
	}
	s.in(fmt.Sprintf(`<path style="fill:none;%s;stroke-width:%.3g%s" d="`, s.ink("stroke"), s.pen.width.Points(), s.pen.dashes), `"/>`)
	s.path(path)
	s.apart()
}

// apart ends the element if what it holds lets through what is below.
func (s *inline) apart() {
	if opacity(s.pen.color) < 1 {
		s.in("", "")
	}
}

func (s *inline) Fill(path vg.Path) {
	if len(path) == 3 && path[1].Type == vg.ArcComp && math.Abs(path[1].Angle) >= 2*math.Pi {
		// A filled circle, of which there is one for each point of a line, is shorter as a line's round ends.
		at := path[1].Pos
		s.in(fmt.Sprintf(`<path style="fill:none;%s;stroke-width:%.3g;stroke-linecap:round" d="`, s.ink("stroke"), 2*path[1].Radius.Points()), `"/>`)
		fmt.Fprintf(&s.b, "M%s %sh0", number(at.X), number(s.height-at.Y))
		s.apart()
		return
	}
	s.in(`<g style="`+s.ink("fill")+`">`, "</g>")
	s.b.WriteString(`<path d="`)
	s.path(path)
	s.b.WriteString(`"/>`)
}

// FillString writes a text. A longer one keeps the width that it was laid out for: the reader's font may be wider.
func (s *inline) FillString(f font.Face, at vg.Point, text string) {
	style := fmt.Sprintf("font-size:%.3gpx", f.Font.Size.Points())
	if f.Font.Weight != xfont.WeightNormal {
		style += fmt.Sprintf(";font-weight:%d", 400+100*int(f.Font.Weight))
	}
	if f.Font.Style != xfont.StyleNormal {
		style += ";font-style:italic"
	}
	s.in(`<g style="`+style+";"+s.ink("fill")+`">`, "</g>")
	const long = 8 // bytes: of a shorter text the difference is small
	width := ""
	if len(text) >= long {
		width = fmt.Sprintf(` textLength="%s" lengthAdjust="spacingAndGlyphs"`, number(f.Width(text)))
	}
	fmt.Fprintf(&s.b, `<text x="%s" y="%s"%s>%s</text>`, number(at.X), number(s.height-at.Y), width, html.EscapeString(text))
}

func (s *inline) DrawImage(rect vg.Rectangle, img image.Image) {
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil && s.err == nil {
		s.err = err
	}
	s.in("", "")
	fmt.Fprintf(&s.b, `<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none" href="data:image/png;base64,%s"/>`, number(rect.Min.X),
		number(s.height-rect.Max.Y), number(rect.Size().X), number(rect.Size().Y), base64.StdEncoding.EncodeToString(file.Bytes()))
}

// ink returns the style of what is filled, or stroked, in the pen's colour, as the page's variable.
func (s *inline) ink(what string) string {
	style := what + ":var(--ink-" + inkOf(s.pen.color) + ")"
	if share := opacity(s.pen.color); share < 1 {
		style += fmt.Sprintf(";%s-opacity:%.3g", what, share)
	}
	return style
}

// inkOf returns a colour as RRGGBB.
func inkOf(of color.Color) string {
	c := color.NRGBAModel.Convert(of).(color.NRGBA)
	return fmt.Sprintf("%02X%02X%02X", c.R, c.G, c.B)
}

func opacity(of color.Color) float64 {
	_, _, _, a := of.RGBA()
	return float64(a) / 0xffff
}

// path writes one. Distances are between rounded points, so that no errors add up.
func (s *inline) path(path vg.Path) {
	var from [2]int // in tenths
	tenths := func(p vg.Point) [2]int { return [2]int{tenth(p.X), tenth(s.height - p.Y)} }
	write := func(command string, points ...vg.Point) {
		s.b.WriteString(command)
		to := from
		for k, p := range points {
			to = tenths(p)
			for axis := range to {
				text := decimal(to[axis] - from[axis])
				if k+axis > 0 && text[0] != '-' {
					s.b.WriteByte(' ')
				}
				s.b.WriteString(text)
			}
		}
		from = to
	}
	line := func(p vg.Point) {
		to := tenths(p)
		switch {
		case to[1] == from[1]:
			s.b.WriteString("h" + decimal(to[0]-from[0]))
			from = to
		case to[0] == from[0]:
			s.b.WriteString("v" + decimal(to[1]-from[1]))
			from = to
		default:
			write("l", p)
		}
	}
	start := from
	for _, c := range path {
		switch c.Type {
		case vg.MoveComp:
			from = [2]int{}
			write("M", c.Pos)
			start = from
		case vg.LineComp:
			line(c.Pos)
		case vg.CurveComp:
			write(map[int]string{1: "q", 2: "c"}[len(c.Control)], append(slices.Clip(c.Control), c.Pos)...)
		case vg.ArcComp:
			on := func(angle float64) vg.Point {
				return vg.Point{X: c.Pos.X + c.Radius*vg.Length(math.Cos(angle)), Y: c.Pos.Y + c.Radius*vg.Length(math.Sin(angle))}
			}
			if first := on(c.Start); tenths(first) != from {
				line(first)
			}
			sweep := map[bool]string{true: "0", false: "1"}[c.Angle > 0]
			for _, part := range []float64{0.5, 1} { // an arc ends elsewhere than it begins, which a circle does not
				write("a"+number(c.Radius)+" "+number(c.Radius)+" 0 0 "+sweep+" ", on(c.Start+part*c.Angle))
			}
		case vg.CloseComp:
			s.b.WriteString("z")
			from = start
		}
	}
}

// tenth returns a length in tenths of a point.
func tenth(x vg.Length) int { return int(math.Round(10 * x.Points())) }

// number writes a length, to a tenth of a point.
func number(x vg.Length) string { return decimal(tenth(x)) }

// decimal writes tenths as shortly as SVG reads them: "12", "-3.5", ".5".
func decimal(tenths int) string {
	text := strconv.FormatFloat(float64(tenths)/10, 'f', -1, 64)
	if tenths > -10 && tenths < 10 && tenths != 0 {
		return strings.Replace(text, "0.", ".", 1)
	}
	return text
}
