// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// TestElement: what is drawn, from the bottom up, is there from the top down.
func TestElement(t *testing.T) {
	red, blue := color.RGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 128}
	at := func(x, y vg.Length) vg.Point { return vg.Point{X: x, Y: y} }
	line := func(points ...vg.Point) vg.Path {
		var p vg.Path
		for k, to := range points {
			if k == 0 {
				p.Move(to)
			} else {
				p.Line(to)
			}
		}
		return p
	}
	circle := func(center vg.Point, radius vg.Length) vg.Path {
		p := line(at(center.X+radius, center.Y))
		p.Arc(center, radius, 0, 2*math.Pi)
		p.Close()
		return p
	}
	bold := TextStyle(12.5)
	bold.Font.Weight, bold.Font.Style = xfont.WeightBold, xfont.StyleItalic
	for _, c := range []struct {
		name  string
		paint func(draw.Canvas)
		want  string
	}{
		{"nothing", func(draw.Canvas) {}, ""},
		{"lines", func(c draw.Canvas) {
			c.SetLineWidth(0.75)
			c.SetColor(red)
			c.Stroke(line(at(1, 2), at(4, 2), at(4, 2.5), at(3.04, 1.04)))
			c.Stroke(line(at(0, 0), at(-1, 0.32), at(-1.06, 0.32)))
			c.SetLineWidth(0)
			c.Stroke(line(at(0, 0), at(1, 1)))
		}, `<path style="fill:none;stroke:var(--ink-FF0000);stroke-width:0.75" d="M1 98h3v-.5l-1 1.5M0 100l-1-.3h-.1"/>`},
		{"dashed, and through them what is below", func(c draw.Canvas) {
			c.SetLineWidth(2)
			c.SetLineDash([]vg.Length{5, 2.5}, 1)
			c.SetColor(blue)
			for range 2 {
				c.Stroke(line(at(0, 0), at(1, 0)))
			}
		}, strings.Repeat(`<path style="fill:none;stroke:var(--ink-0000FF);stroke-opacity:0.502;stroke-width:2;stroke-dasharray:5,2.5;stroke-dashoffset:1" d="M0 100h1"/>`, 2)},
		{"shapes", func(c draw.Canvas) {
			c.SetColor(nil)
			c.Fill(vg.Rectangle{Min: at(1, 1), Max: at(3, 2)}.Path())
			p := line(at(2, 0))
			p.Arc(at(0, 0), 2, 0, math.Pi/2)
			p.QuadTo(at(0, 1), at(0, 0))
			p.CubeTo(at(1, 0), at(1, 1), at(2, 2))
			p.Close()
			p.Line(at(3, 3)) // from where it began
			c.Fill(p)
		}, `<g style="fill:var(--ink-000000)"><path d="M1 99h2v-1h-2z"/><path d="M2 100a2 2 0 0 0 -.6-1.4a2 2 0 0 0 -1.4-.6q0 1 0 2c1 0 1-1 2-2zl1-3"/></g>`},
		{"circles", func(c draw.Canvas) {
			c.SetColor(red)
			c.Fill(circle(at(3, 3), 1.5))
			c.Fill(circle(at(5, 4), 1.5))
			c.Stroke(circle(at(5, 4), 1.5))
		}, `<path style="fill:none;stroke:var(--ink-FF0000);stroke-width:3;stroke-linecap:round" d="M3 97h0M5 96h0"/>` +
			`<path style="fill:none;stroke:var(--ink-FF0000);stroke-width:1" d="M6.5 96a1.5 1.5 0 0 0 -3 0a1.5 1.5 0 0 0 3 0z"/>`},
		{"texts", func(c draw.Canvas) {
			c.FillText(TextStyle(12), at(1, 2), "a < b, c") // its foot, not its line, is there
			c.FillText(TextStyle(12), at(1.25, 3), "c")
			c.FillText(bold, at(1, 2), "d")
		}, `<g style="font-size:12px;fill:var(--ink-000000)">` +
			`<text x="1" y="96.9" textLength="39.7" lengthAdjust="spacingAndGlyphs">a &lt; b, c</text>` +
			`<text x="1.3" y="95.9">c</text></g>` +
			`<g style="font-size:12.5px;font-weight:700;font-style:italic;fill:var(--ink-000000)">` +
			`<text x="1" y="96.8">d</text></g>`},
		{"turned, and back as it was", func(c draw.Canvas) {
			c.SetColor(red)
			c.Push()
			c.SetColor(blue)
			c.Rotate(math.Pi / 2)
			c.Translate(at(1, 2))
			c.Scale(2, 3)
			c.SetColor(color.Black)
			c.Fill(line(at(0, 0), at(1, 0)))
			c.Pop()
			c.Fill(line(at(0, 0), at(1, 0)))
		}, `<g transform="rotate(-90 0 100)"><g transform="translate(1 -2)"><g transform="translate(0 100) scale(2 3) translate(0 -100)">` +
			`<g style="fill:var(--ink-000000)"><path d="M0 100h1"/></g></g></g></g><g style="fill:var(--ink-FF0000)"><path d="M0 100h1"/></g>`},
	} {
		picture := &Picture{Width: 200, Height: 100, Paint: c.paint}
		got, err := picture.Element()
		if err != nil {
			t.Fatal(err)
		}
		if want := `<svg viewBox="0 0 200 100" style="max-width:267px" aria-hidden="true">` + c.want + "</svg>"; got != want {
			t.Errorf("%s: drawn is\n%s\nwant\n%s", c.name, got, want)
		}
	}

	of := func(width int) string {
		picture := &Picture{Width: 200, Height: 100, Paint: func(c draw.Canvas) {
			c.DrawImage(vg.Rectangle{Min: at(10, 20), Max: at(30, 50)}, image.NewGray(image.Rect(0, 0, width, 1)))
		}}
		got, err := picture.Element()
		if (err == nil) != (width > 0) {
			t.Errorf("an image %d wide: error %v", width, err)
		}
		return got
	}
	if got, want := of(1), `<image x="10" y="50" width="20" height="30" preserveAspectRatio="none" href="data:image/png;base64,iVBOR`; !strings.Contains(got, want) {
		t.Errorf("an image is\n%s\nwant\n%s", got, want)
	}
	of(0)
}
