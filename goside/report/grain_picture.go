// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"toll/goside/study"
)

// GrainPicture draws the study of grains: a panel for each kernel, with the time of an item against the items in
// one crossing, both in powers of ten, and a line for each crossing. The file's extension says its format: png,
// svg, pdf, jpg and others.
func GrainPicture(record *Record, path string) error {
	all := record.grains()
	if len(all) == 0 {
		return fmt.Errorf("report: picture of grains: the record holds no result of %s, want a record of toll calls", study.GrainName)
	}
	routes := grainRoutes(all) // so that a crossing looks the same in every panel
	var panels []*plot.Plot
	for _, g := range all {
		panel, err := g.panel(routes)
		if err != nil {
			return err
		}
		panels = append(panels, panel)
	}
	t := tile(panels)
	return savePicture(path, vg.Length(t.Cols)*5.5*vg.Inch, vg.Length(t.Rows)*4*vg.Inch, t.draw)
}

// tiling is panels beside and below each other.
type tiling struct {
	draw.Tiles
	panels [][]*plot.Plot // nil where the last line is not full
}

// tile lays panels out two beside each other.
func tile(panels []*plot.Plot) *tiling {
	const columns = 2
	t := &tiling{Tiles: draw.Tiles{
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

func (t *tiling) draw(c draw.Canvas) {
	for i, line := range plot.Align(t.panels, t.Tiles, c) {
		for j, at := range line {
			if t.panels[i][j] != nil {
				t.panels[i][j].Draw(at)
			}
		}
	}
}

// savePicture writes what paint draws, in the format that the path's extension says.
func savePicture(path string, width, height vg.Length, paint func(draw.Canvas)) error {
	canvas, err := draw.NewFormattedCanvas(width, height, strings.ToLower(strings.TrimPrefix(filepath.Ext(path), ".")))
	if err != nil {
		return fmt.Errorf("report: picture %s: %w", path, err)
	}
	paint(draw.New(canvas))
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err = canvas.WriteTo(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("report: picture %s: %w", path, err)
	}
	return nil
}

// panel draws one kernel.
func (g *grains) panel(routes []string) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = g.kernel
	p.Title.TextStyle.Font.Size = vg.Points(13)
	p.X.Label.Text = g.op + "s in one crossing"
	p.Y.Label.Text = "ns a " + g.op
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(grainTicks), plot.TickerFunc(grainTicks)
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	p.Legend.Top, p.Legend.XOffs = true, vg.Points(-6)
	p.Legend.Padding = vg.Points(2)
	least, most := math.Inf(1), 0.0
	for k, route := range routes {
		var points plotter.XYs
		for _, size := range g.sizes {
			if r := g.rows[route][size]; r != nil && grainWall(r) > 0 {
				points = append(points, plotter.XY{X: float64(size), Y: grainWall(r)})
				least, most = min(least, grainWall(r)), max(most, grainWall(r))
			}
		}
		if points == nil {
			continue
		}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, fmt.Errorf("report: picture of %s through %s: %w", g.kernel, route, err)
		}
		line.Color, line.Width = plotutil.DarkColors[k%len(plotutil.DarkColors)], vg.Points(1.3)
		marks.Color, marks.Shape, marks.Radius = line.Color, plotutil.Shape(k), vg.Points(3)
		p.Add(line, marks)
		p.Legend.Add(route, line, marks)
	}
	// Whole powers of ten, so that there are ticks to read, and differences of a few per cent look like it.
	p.X.Min = math.Pow(10, math.Floor(math.Log10(float64(g.sizes[0]))))
	p.X.Max = math.Pow(10, math.Ceil(math.Log10(float64(g.sizes[len(g.sizes)-1]))))
	p.Y.Min, p.Y.Max = math.Pow(10, math.Floor(math.Log10(least))), math.Pow(10, math.Ceil(math.Log10(most)))
	return p, nil
}

// grainTicks returns ticks at the powers of ten, with their numbers, and between them without.
func grainTicks(least, most float64) []plot.Tick { return logTicks(least, most, 1) }

// logTicks returns ticks at the multiples of powers of ten, with numbers at those whose first digit is labelled.
func logTicks(least, most float64, labelled ...float64) []plot.Tick {
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
