// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study/layout/walk"
)

// stepsText shows a number of steps that it takes at least.
func stepsText(steps float64) string {
	if steps > 1e6 {
		return "never"
	}
	return fmt.Sprint(max(1, int(math.Ceil(steps-1e-9))))
}

func Tables(p *page.Page) {
	t := wayRows(p)
	if len(t.rows) == 0 {
		return
	}
	p.Heading("Transpose first, or walk the wrong way?")
	p.Explain("The caller's matrix is row-major, without padding. Matched is a call of the kernel that has loops for that: nothing needs to be done, if there is one. Else one can " +
		"walk the wrong way, by the kernel whose loops are interchanged; or transpose by the same language through the same crossing, call the kernel for the other layout, and " +
		"transpose the result back; or leave it to a binding that copies unasked. Times are of a whole call, from and to the caller's layout; of the crossing alone, of the " +
		"transpositions alone, and of the kernel for the other layout, each measured by itself. The borders of Python are crossed once for each transposition, too.")
	splitTable(p, t)
	for _, kernel := range []string{"diffusion", "ols"} {
		evenTable(p, t, kernel)
	}
}

// splitTable shows what the time of a call is made of.
func splitTable(p *page.Page, t *wayTable) {
	const kernel = "diffusion"
	sum, worst := 0, 0.0
	worstAt := ""
	for _, n := range t.sizes(kernel) {
		if n != 512 && n != 728 && n != 2048 {
			continue
		}
		var lines [][]string
		var dearest, cheapest struct {
			ns   float64
			name string
		}
		for _, route := range slices.Concat(WayRoutes, WayPython) {
			crossing := t.crossing(route)
			type oneWay struct{ name, by, what, moved string }
			all := []oneWay{
				{WayMatched, "", "matched", ""}, {WayInterchanged, "", "the wrong way", ""},
				{WayTransposed, "", "transposed first, and back", PartTranspose}, {WayCopied, "", "copied by f2py, and back", ""},
			}
			for _, by := range wayTransposers {
				all = append(all, oneWay{WayTransposed, by.Name, "the same by " + by.Route + " " + by.How, PartTranspose})
			}
			for _, way := range all {
				r := t.index[wayRow{kernel, route, n, way.name, way.by, 1}]
				if r == nil {
					continue
				}
				total := measure.Median(r.Wall()).Median
				across := 0.0
				line := []string{route, way.what, "", "", "", ""}
				if crossing != nil {
					across = measure.Median(crossing.Wall()).Median
					line[2] = page.Nanoseconds(across)
				}
				other := t.find(kernel, route, n, PartKernel)
				switch {
				case way.moved != "" && other != nil:
					if there := t.index[wayRow{kernel, route, n, way.moved, way.by, 1}]; there != nil {
						moved, rest := measure.Median(there.Wall()).Median, measure.Median(other.Wall()).Median
						line[3], line[4] = page.Nanoseconds(moved), page.Nanoseconds(max(0, rest-across))
						off := math.Abs(moved+rest-total) / total
						sum++
						if off > worst {
							worst, worstAt = off, fmt.Sprintf("%s, %s, at %s", route, way.what, page.Squares(n))
						}
					}
				case way.name == WayCopied && other != nil:
					rest := measure.Median(other.Wall()).Median
					line[3], line[4] = page.Nanoseconds(max(0, total-rest)), page.Nanoseconds(max(0, rest-across))
				default:
					line[4] = page.Nanoseconds(max(0, total-across))
				}
				line[5] = page.Nanoseconds(total) + " " + strings.TrimSpace(page.Spread(measure.Median(r.Wall())))
				lines = append(lines, line)
				if dearest.name == "" || total > dearest.ns {
					dearest.ns, dearest.name = total, route+", "+way.what
				}
				if cheapest.name == "" || total < cheapest.ns {
					cheapest.ns, cheapest.name = total, route+", "+way.what
				}
			}
		}
		if lines == nil {
			continue
		}
		p.Grid(fmt.Sprintf("One step of diffusion on a row-major square of %s", page.Squares(n)), []string{"route", "way", "crossing", "copy or transposition", "kernel", "all"}, lines)
		p.Say("Of these, %s takes least, %s; and %s most, %s times as long.", cheapest.name, page.Nanoseconds(cheapest.ns), dearest.name, page.Factor(dearest.ns/cheapest.ns))
	}
	var copies []string
	for _, n := range t.sizes(kernel) {
		copied, plain := t.find(kernel, "f2py-copy/cpython", n, WayCopied), t.find(kernel, "f2py-copy/cpython", n, PartKernel)
		if copied != nil && plain != nil && len(copied.Samples) == len(plain.Samples) {
			copies = append(copies, fmt.Sprintf("%s steps at %s", page.Factor(measure.Ratio(record.Minus(copied.Wall(), plain.Wall()), plain.Wall()).Median), page.Squares(n)))
		}
	}
	if copies != nil {
		p.Say("What f2py copies in a call, without being asked, takes as long as %s.", page.Joined(copies))
	}
	if sum > 0 {
		p.Say("The parts of transposing first, measured apart, make up the whole within %s in %d rows; furthest off is %s.", page.Percentage(worst), sum, worstAt)
	}
}

// evenTable shows from how many steps on transposing first wins.
func evenTable(p *page.Page, t *wayTable, kernel string) {
	what := map[string]string{"diffusion": "steps", "ols": "fits of one matrix"}[kernel]
	sizes := t.sizes(kernel)
	header := []string{"route"}
	for _, n := range sizes {
		header = append(header, page.Squares(n))
	}
	var lines [][]string
	var said []string
	for _, route := range t.routes(kernel, WayInterchanged) {
		line := []string{route}
		least, any := 0, false
		for _, n := range sizes {
			steps, ok := t.even(kernel, route, n)
			if !ok {
				line = append(line, "")
				continue
			}
			line, any = append(line, stepsText(steps)), true
			if least == 0 && steps <= 1 {
				least = n
			}
		}
		if !any {
			continue
		}
		lines = append(lines, line)
		if least > 0 {
			said = append(said, fmt.Sprintf("%s %s", route, page.Squares(least)))
		} else {
			said = append(said, route+" at no size measured")
		}
	}
	if lines == nil {
		return
	}
	p.Grid(fmt.Sprintf("Break-even, %s: %s in one call from which transposing first wins against walking the wrong way", kernel, what), header, lines)
	text := "A single one is enough at first at: " + strings.Join(said, ", ") + "."
	if checked := checkEven(p, t, kernel); checked != "" {
		text += " " + checked
	}
	p.Say("%s", text)
}

// checkEven compares a longer run, transposed first, with the sum of its parts.
func checkEven(p *page.Page, t *wayTable, kernel string) string {
	worst, rows := 0.0, 0
	for _, n := range t.sizes(kernel) {
		const route = "c/cgo"
		whole, part, there := t.index[wayRow{kernel, route, n, WayTransposed, "", WaySteps}], t.index[wayRow{kernel, route, n, PartKernel, "", WaySteps}], t.index[wayRow{kernel, route, n, PartTranspose, "", WaySteps}]
		if kernel != "diffusion" || whole == nil || part == nil || there == nil {
			continue
		}
		rows++
		total := measure.Median(whole.Wall()).Median
		worst = max(worst, math.Abs(measure.Median(part.Wall()).Median+measure.Median(there.Wall()).Median-total)/total)
	}
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf("Runs of %d steps by c/cgo, timed whole, are the sum of their parts within %s at %d sizes.", WaySteps, page.Percentage(worst), rows)
}

// TransposerTables shows what transposes, and how fast.
func TransposerTables(p *page.Page) {
	rows := p.Rows(TransposeName)
	if len(rows) == 0 {
		return
	}
	type key struct{ name, ld string }
	var names []key
	var sizes []int
	find := map[key]map[int]*record.Row{}
	for _, r := range rows {
		n, err := strconv.Atoi(r.N)
		if err != nil || r.Again() {
			continue
		}
		k := key{r.Route() + " " + r.Facts["how"], r.Facts["ld"]}
		if find[k] == nil {
			find[k] = map[int]*record.Row{}
			names = append(names, k)
		}
		find[k][n] = r
		if !slices.Contains(sizes, n) {
			sizes = append(sizes, n)
		}
	}
	slices.Sort(sizes)
	p.Heading("What to transpose with")
	p.Explain("Squares copied into the other layout. Naive writes one line of the result after another; blocked goes by squares of 16; gonum is mat.Dense's Copy of a transpose; blas is " +
		"OpenBLAS's domatcopy; copyto and ascontiguousarray are NumPy's, from Go through CPython, the latter into new memory each time. The first row only copies, line by line into the same layout.")
	p.Picture("layout-transpose", "Time of an element over the side of the square, for what transposes")
	for _, ld := range []string{walk.UnitLD, walk.PaddedLD} {
		header := []string{"ns an element, " + walk.LdNames[ld]}
		for _, n := range sizes {
			header = append(header, page.Squares(n))
		}
		var lines [][]string
		var best []string
		fastest := make([]string, len(sizes))
		least := slices.Repeat([]float64{math.Inf(1)}, len(sizes))
		for _, k := range names {
			if k.ld != ld {
				continue
			}
			line := []string{k.name}
			for at, n := range sizes {
				cell := ""
				if r := find[k][n]; r != nil {
					wall := measure.Median(r.Wall()).Median
					cell = page.Significant(wall)
					if r.Facts["how"] != HowCopy && wall < least[at] {
						least[at], fastest[at] = wall, k.name
					}
				}
				line = append(line, cell)
			}
			lines = append(lines, line)
		}
		if lines == nil {
			continue
		}
		for at, n := range sizes {
			if fastest[at] != "" {
				best = append(best, fmt.Sprintf("%s at %s", fastest[at], page.Squares(n)))
			}
		}
		p.Grid("", header, lines)
		if best == nil {
			continue
		}
		p.Say("Fastest, of those that transpose: %s.", strings.Join(best, ", "))
	}
}
