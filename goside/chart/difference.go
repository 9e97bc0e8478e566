// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
	"image"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/moreland"
)

// Differences says how far each element of a result lies from the same one of another, row by row from the top: 0 if the
// two are equal, and [NotNumber] if just one of them is NaN. At says where an element is, and what the two are.
type Differences struct {
	Title string
	Width int
	Apart []uint64
	At    func(k int) string
}

// NotNumber is the distance between a number and NaN.
const NotNumber = math.MaxUint64

// mostDecades is where the scale ends at the latest. Around zero two sums may lie any number of units apart, and a scale of
// all of them would show no difference between one unit and a thousand.
const mostDecades = 6

// leastLit is where in the colour map the smallest difference is, so that it stands out from black.
const leastLit = 0.4

// DifferencePicture shows results of one shape beside each other: black where two are equal and lit where not, the
// brighter the more units they are apart, by the logarithm. Marks are at the rows and columns in which something differs. There
// is no scale if nothing does. Below it stands the problem, how many elements differ, and which one most; the latter two are
// also returned.
func DifferencePicture(title, problem, unit string, all ...Differences) (img image.Image, said string, err error) {
	palette, err := colours(moreland.BlackBody(), leastLit)
	if err != nil {
		return nil, "", err
	}
	var differ, total, notNumbers int
	var largest, worst uint64 // the latter among numbers
	var where string
	for _, d := range all {
		if d.Width < 1 || len(d.Apart) == 0 {
			return nil, "", fmt.Errorf("chart: %d elements in rows of %d, want at least one of each", len(d.Apart), d.Width)
		}
		total += len(d.Apart)
		for k, apart := range d.Apart {
			if apart > 0 {
				differ++
			}
			if apart > largest {
				largest, where = apart, d.At(k)
			}
			if apart == NotNumber {
				notNumbers++
			} else {
				worst = max(worst, apart)
			}
		}
	}
	said = fmt.Sprintf("%d of %d differ", differ, total)
	caption := []string{problem, said}
	if differ > 0 {
		most := fmt.Sprintf("the worst by %d %s (%s)", worst, unit, where)
		switch {
		case notNumbers > 0:
			most = fmt.Sprintf("%d of them by NaN (the first: %s)", notNumbers, where)
		case worst == 1:
			most = fmt.Sprintf("the worst by 1 %s (%s)", strings.TrimSuffix(unit, "s"), where)
		}
		caption, said = append(caption, most), said+", "+most
	}

	// From 1 to a power of ten: a scale needs two numbers.
	decades := min(max(1, math.Ceil(math.Log10(float64(worst)))), mostDecades)
	p := cells{palette: palette, title: title, caption: caption, marked: true}
	for _, d := range all {
		b := block{title: d.Title, width: d.Width, cells: make([]uint8, len(d.Apart))}
		for k, apart := range d.Apart {
			switch apart {
			case 0:
				b.cells[k] = black
				continue
			case NotNumber:
				b.cells[k] = white
			default:
				b.cells[k] = shade(math.Log10(float64(apart)) / decades)
			}
			if p.bar == nil {
				p.bar = &bar{label: unit, ticks: powers(int(decades), math.Log10(float64(worst)) > decades)}
			}
		}
		p.blocks = append(p.blocks, b)
	}
	return p.draw(), said, nil
}

// powers returns ticks from 1 to a power of ten; more says that there is more beyond it.
func powers(decades int, more bool) []plot.Tick {
	var ticks []plot.Tick
	for e := range decades + 1 {
		tick := plot.Tick{Value: float64(e) / float64(decades), Label: fmt.Sprint(math.Pow10(e))}
		if e >= 4 {
			tick.Label = "10" + string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[e])
		}
		if more && e == decades {
			tick.Label = "≥ " + tick.Label
		}
		ticks = append(ticks, tick)
	}
	return ticks
}
