// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	_ "embed"
	"fmt"
	"math"
	"path"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// shade shows a factor behind a mark that is the darker the larger it is.
func shade(x float64) string {
	marks := []struct {
		from float64
		mark string
	}{{16, "█"}, {8, "▓"}, {4, "▒"}, {2, "░"}, {0, " "}}
	for _, m := range marks {
		if x >= m.from {
			return strings.TrimSpace(m.mark + " " + page.Factor(x))
		}
	}
	return page.Factor(x)
}

const shades = "░ from 2x, ▒ 4x, ▓ 8x, █ 16x"

func tables(p *page.Page) {
	t := NewTable(p.Record, true)
	if len(t.Kernels) == 0 {
		return
	}
	p.Heading("The wrong loop order")
	p.Tell(prose, "loops", nil)
	for _, picture := range pictures() {
		p.Picture(picture.Name, picture.Alt)
	}
	if p.Markdown && p.HTML == nil {
		p.Say("The pictures, these and the one below, are made by `build/bin/toll draw %s -o %s`.", p.Source, path.Dir(p.Source))
	}
	for _, kernel := range t.Kernels {
		penaltyTable(p, t, kernel)
		timeTable(p, t, kernel)
	}
}

func sizeHeader(first string, sizes []int) []string {
	header := []string{first}
	for _, n := range sizes {
		header = append(header, page.Squares(n))
	}
	return header
}

func penaltyTable(p *page.Page, t *Table, kernel string) {
	var lines [][]page.Cell
	for _, lang := range t.langs {
		for _, layout := range layouts {
			for _, ld := range leadingDimensions {
				line := page.Words(fmt.Sprintf("%s, %s, %s", lang, layoutNames[layout], LDNames[ld]))
				some := false
				for _, n := range t.Sizes {
					var cell page.Cell
					w := walk{Kernel: kernel, Layout: layout, LD: ld, N: n}
					if i, ok := t.penalty(lang, w); ok {
						figure := shade(i.Median)
						if p.HTML != nil { // above, the picture has colours
							figure = page.Factor(i.Median)
						}
						if !i.Differs(t.floor(kernel, n)) {
							figure = "~" + figure
						}
						interchanged, matched := t.pair(lang, w)
						cell, some = page.Figure(figure, interchanged, matched), true
					}
					line = append(line, cell)
				}
				if some {
					lines = append(lines, line)
				}
			}
		}
	}
	if lines == nil {
		return
	}
	marks := shades + "; ~: indistinguishable"
	if p.HTML != nil {
		marks = "~: indistinguishable"
	}
	p.Wide(fmt.Sprintf("%s: interchanged over matched loops (%s)", kernel, marks),
		sizeHeader("language, layout, leading dimension", t.Sizes), lines)
	p.Say("%s", t.sayPenalty(kernel))
	if said := t.sayFaster(kernel); said != "" {
		p.Say("%s", said)
	}
}

// sayPenalty says what the table of penalties shows.
func (t *Table) sayPenalty(kernel string) string {
	said := map[string][]string{}
	for _, lang := range t.serial() {
		for _, ld := range []string{powerLD, PaddedLD} {
			if worst, at, ok := t.worst(kernel, lang, ld); ok {
				said[ld] = append(said[ld], fmt.Sprintf("%sx in %s (%s)", page.Factor(worst), lang, where(at)))
			}
		}
	}
	var sentences []string
	if all := said[powerLD]; all != nil {
		sentences = append(sentences, "With a leading dimension that is a power of two, interchanged loops take up to "+page.Joined(all)+".")
	}
	if all := said[PaddedLD]; all != nil {
		sentences = append(sentences, "With a padded one, they take up to "+page.Joined(all)+".")
		if said[powerLD] == nil {
			sentences[0] = "With a padded leading dimension, interchanged loops take up to " + page.Joined(all) + "."
		}
	}
	if sentences == nil {
		return "The record has too few walks to tell."
	}
	return strings.Join(sentences, " ")
}

// fasterWhy says why interchanged loops may be the faster ones, for kernels where that is known.
var fasterWhy = map[string]string{
	"ols": " A matched sum is one chain of additions, each waiting for the last; interchanged loops sum many rows at once.",
}

// sayFaster says how much faster interchanged loops are where a matrix is row-major, or nothing if they never are.
func (t *Table) sayFaster(kernel string) string {
	var said []string
	for _, lang := range t.serial() {
		if times, at, ok := t.fastest(kernel, lang); ok {
			said = append(said, fmt.Sprintf("in %s up to %sx (%s, %s)", lang, page.Factor(times), page.Squares(at.N), LDNames[at.LD]))
		}
	}
	if said == nil {
		return ""
	}
	return "On a row-major matrix, interchanged loops are faster at some sizes: " + strings.Join(said, ", ") + "." + fasterWhy[kernel]
}

// timeTable prints the times themselves: of the baseline's language, or in a page of all.
func timeTable(p *page.Page, t *Table, kernel string) {
	per := "element"
	var lines [][]page.Cell
	fastest, slowest := math.Inf(1), 0.0
	for _, lang := range t.langs {
		if lang != t.baseline && !p.Markdown {
			continue
		}
		for _, interchanged := range []bool{false, true} {
			for _, ld := range leadingDimensions {
				w := walk{Kernel: kernel, Interchanged: interchanged, LD: ld}
				line := page.Words(fmt.Sprintf("%s, %s, %s", lang, w.loops(), LDNames[ld]))
				some := false
				for _, w.N = range t.Sizes {
					var cell page.Cell
					if r := t.find(lang, w); r != nil {
						wall := measure.Median(r.Wall()).Median
						cell, some = page.Figure(page.Significant(wall), r), true
						if said := r.Facts["per"]; said != "" {
							per = said
						}
						if lang == t.baseline {
							fastest, slowest = min(fastest, wall), max(slowest, wall)
						}
					}
					line = append(line, cell)
				}
				if some {
					lines = append(lines, line)
				}
			}
		}
	}
	if lines == nil {
		return
	}
	p.Wide(fmt.Sprintf("%s: ns %s; one call walks a small square many times, so that the crossing hardly counts", kernel, page.WithArticle(per)),
		sizeHeader("row-major", t.Sizes), lines)
	switch {
	case slowest == 0: // of the baseline's language there is only the other layout
	case fastest < slowest:
		p.Say("In %s, %s takes %s to %s, by side, loop order and leading dimension.", t.baseline, page.WithArticle(per), page.Nanoseconds(fastest), page.Nanoseconds(slowest))
	default:
		p.Say("In %s, %s takes %s.", t.baseline, page.WithArticle(per), page.Nanoseconds(fastest))
	}
}
