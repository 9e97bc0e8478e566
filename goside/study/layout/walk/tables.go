// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
)

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

const shades = "░ from 2, ▒ from 4, ▓ from 8, █ from 16"

var LdNames = map[string]string{UnitLD: "unpadded", PaddedLD: "padded", PowerLD: "power of two"}

func Tables(p *page.Page) {
	t := WalksOf(p.Record, true)
	if len(t.Kernels) == 0 {
		return
	}
	p.Heading("The wrong loop order")
	p.Explain("Squares that lie row- or column-major, walked by loops that are matched, the inner one along a line of memory, or interchanged, so that each of its steps goes " +
		"on by a whole leading dimension. That is the line's length (unpadded), the next odd number of cache lines (padded), or the next power of two. Sides that are powers of two " +
		"are themselves one, so there unpadded and power of two are the same. The kernels are those of the other studies, and each walk gives their bits.")
	for _, kernel := range t.Kernels {
		p.Picture("layout-"+kernel, "Time of an element of "+kernel+" over the side of the square, for each language and each walk")
	}
	p.Picture("layout-penalty", "How many times as long the interchanged loops take, as a heat map")
	if p.Markdown {
		fmt.Fprintf(p, "The pictures, these and the one below, are made by `build/bin/toll draw layout %s -o %s`.\n\n", p.Source, path.Dir(p.Source))
	}
	for _, kernel := range t.Kernels {
		penaltyTable(p, t, kernel)
		walkTimes(p, t, kernel)
	}
}

func penaltyTable(p *page.Page, t *walkTable, kernel string) {
	header := []string{"language, layout, leading dimension"}
	for _, n := range t.Sizes {
		header = append(header, page.Squares(n))
	}
	var lines [][]string
	for _, lang := range t.langs {
		for _, layout := range bothLayouts {
			for _, ld := range leadingDimensions {
				line, any := []string{fmt.Sprintf("%s, %s, %s", lang, layoutNames[layout], LdNames[ld])}, false
				for _, n := range t.Sizes {
					cell := ""
					if i, ok := t.penalty(lang, Walk{Kernel: kernel, Layout: layout, LD: ld, N: n}); ok {
						cell, any = shade(i.Median), true
						if !i.Differs(t.floor(kernel, n)) {
							cell = "~" + cell
						}
					}
					line = append(line, cell)
				}
				if any {
					lines = append(lines, line)
				}
			}
		}
	}
	if lines == nil {
		return
	}
	p.Grid(fmt.Sprintf("%s: how many times as long interchanged loops take (%s; ~: no difference)", kernel, shades), header, lines)
	p.Say("%s", t.sayPenalty(kernel))
	if said := t.sayFaster(kernel); said != "" {
		p.Say("%s", said)
	}
}

// sayPenalty says what the table of penalties shows.
func (t *walkTable) sayPenalty(kernel string) string {
	var said []string
	for _, lang := range t.Serial() {
		worst, at, ok := t.Worst(kernel, lang, PowerLD)
		padded, atPadded, okPadded := t.Worst(kernel, lang, PaddedLD)
		if ok && okPadded {
			said = append(said, fmt.Sprintf("in %s %s times (%s) and %s (%s)", lang, page.Factor(worst), Where(at), page.Factor(padded), Where(atPadded)))
		}
	}
	if said == nil {
		return "The record has too few walks to tell."
	}
	return "The wrong order takes at worst so many times as long, first where the leading dimension is a power of two, then where it is padded: " + strings.Join(said, "; ") + "."
}

// fasterWhy says, of kernels of which it is known, why interchanged loops may be the faster ones.
var fasterWhy = map[string]string{
	"ols": " There a matched sum is one chain of additions, each waiting for the last; interchanged loops sum many rows at once.",
}

// sayFaster says how much faster interchanged loops are where a matrix is row-major, or nothing if they never are.
func (t *walkTable) sayFaster(kernel string) string {
	var said []string
	for _, lang := range t.Serial() {
		if times, at, ok := t.fastest(kernel, lang); ok {
			said = append(said, fmt.Sprintf("in %s up to %s times as fast (%s, %s)", lang, page.Factor(times), page.Squares(at.N), LdNames[at.LD]))
		}
	}
	if said == nil {
		return ""
	}
	return "Where the matrix is row-major, interchanged loops are faster at some sizes: " + strings.Join(said, "; ") + "." + fasterWhy[kernel]
}

// walkTimes prints the times themselves: of the baseline's language, or in a page of all.
func walkTimes(p *page.Page, t *walkTable, kernel string) {
	header := []string{"ns, row-major"}
	for _, n := range t.Sizes {
		header = append(header, page.Squares(n))
	}
	op := "element"
	var lines [][]string
	fastest, slowest := math.Inf(1), 0.0
	for _, lang := range t.langs {
		if lang != t.baseline && !p.Markdown {
			continue
		}
		for _, interchanged := range []bool{false, true} {
			for _, ld := range leadingDimensions {
				line, any := []string{""}, false
				for _, n := range t.Sizes {
					w := Walk{Kernel: kernel, Interchanged: interchanged, LD: ld, N: n}
					cell := ""
					if r := t.find(lang, w); r != nil {
						wall := measure.Median(r.Wall()).Median
						cell, any = page.Significant(wall), true
						if said := r.Facts["per"]; said != "" {
							op = said
						}
						if lang == t.baseline {
							fastest, slowest = min(fastest, wall), max(slowest, wall)
						}
					}
					line = append(line, cell)
					line[0] = fmt.Sprintf("%s, %s, %s", lang, w.Loops(), LdNames[ld])
				}
				if any {
					lines = append(lines, line)
				}
			}
		}
	}
	if lines == nil {
		return
	}
	p.Grid(fmt.Sprintf("%s: ns %s; small squares are walked often enough in a call that the crossing hardly counts", kernel, page.WithArticle(op)), header, lines)
	if slowest == 0 { // of the baseline's language there is only the other layout
		return
	}
	p.Say("In %s %s takes between %s and %s, by where it lies and how one comes to it.", t.baseline, page.WithArticle(op), page.Nanoseconds(fastest), page.Nanoseconds(slowest))
}

// Fortran returns how many times as long Fortran takes as C on a row-major matrix where it lies.
func (t *walkTable) Fortran(kernel string, n int) (measure.Interval, bool) {
	walk := Walk{Kernel: kernel, LD: UnitLD, N: n}
	fortran, c := t.find("fortran", walk), t.find("c", walk)
	if fortran == nil || c == nil || len(fortran.Samples) != len(c.Samples) {
		return measure.Interval{}, false
	}
	return measure.Ratio(fortran.Wall(), c.Wall()), true
}

// FortranSlower reports whether Fortran is so much slower than C that a copy may be worth it.
func FortranSlower(ratio measure.Interval) bool { return ratio.Lo > 1.5 }

// cacheGeometry returns the levels of caches that a record names, and their line.
func cacheGeometry(p *page.Page) (levels []string, caches map[string]Cache) {
	line, err := strconv.Atoi(p.Record.Get("cache-line"))
	if err != nil || line < 8 {
		line = 64
	}
	caches = map[string]Cache{}
	for _, level := range []string{"L1", "L2", "L3"} {
		if bytes := p.Limits.Caches[level]; bytes > 0 {
			levels = append(levels, level)
			caches[level] = Cache{Bytes: int(bytes), Line: line}
		}
	}
	return levels, caches
}
