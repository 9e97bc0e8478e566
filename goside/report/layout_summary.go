// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/study"
)

// layoutSummary prints the answers to what is asked most, those that the record has.
func layoutSummary(p *printer) {
	p.answers([]question{
		{"What does the wrong loop order cost?", answerLoops},
		{"Is it the order, or where the lines lie?", answerPadding},
		{"Transpose first, or walk the wrong way?", answerTranspose},
		{"And with what?", answerTransposers},
		{"Must a C array be copied for Fortran?", answerFortran},
		{"What becomes of a transposed view?", answerView},
		{"How should Go hold a matrix?", answerMatrix},
	})
}

func answerLoops(p *printer) string {
	t := p.record.walks(true)
	var parts []string
	for _, kernel := range t.kernels {
		least, most, leastAt, mostAt := math.Inf(1), 0.0, "", ""
		for _, lang := range t.serial() {
			worst, at, ok := t.worst(kernel, lang, study.PowerLD)
			if ok && worst < least {
				least, leastAt = worst, fmt.Sprintf("%s (%s)", lang, where(at))
			}
			if ok && worst > most {
				most, mostAt = worst, fmt.Sprintf("%s (%s)", lang, where(at))
			}
		}
		if mostAt == "" {
			continue
		}
		text := fmt.Sprintf("%s at worst %s times as long in %s", kernel, factor(most), mostAt)
		if leastAt != mostAt {
			text += fmt.Sprintf(" and %s in %s", factor(least), leastAt)
		}
		if from, ok := t.from(kernel, t.baseline, study.UnitLD, majorPenalty); ok {
			text += fmt.Sprintf(", in %s twice as long or more from %s on", t.baseline, squares(from))
		}
		parts = append(parts, text)
	}
	if parts == nil {
		return ""
	}
	return "Walked across the lines instead of along them, " + strings.Join(parts, "; ") + "."
}

func answerPadding(p *printer) string {
	t := p.record.walks(true)
	var parts []string
	for _, n := range []int{512, 2048, 8192} {
		power, _, ok := t.larger("diffusion", t.baseline, study.PowerLD, n)
		padded, _, okPadded := t.larger("diffusion", t.baseline, study.PaddedLD, n)
		if ok && okPadded {
			parts = append(parts, fmt.Sprintf("%s times at %s becomes %s", factor(power), squares(n), factor(padded)))
		}
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("Lines a power of two apart share few places in a cache. A cache line of padding behind each, and in %s %s, of the time of matched loops.", t.baseline, joined(parts))
}

func answerTranspose(p *printer) string {
	t := p.wayRows()
	route := "c/cgo"
	if routes := t.routes("diffusion", study.WayInterchanged); !slices.Contains(routes, route) && slices.Contains(routes, "c/purego") {
		route = "c/purego"
	}
	var parts []string
	for _, kernel := range []string{"diffusion", "ols"} {
		var some []string
		for _, n := range []int{64, 512, 728, 2048} {
			if steps, ok := t.even(kernel, route, n); ok {
				some = append(some, fmt.Sprintf("%s at %s", stepsText(steps), squares(n)))
			}
		}
		if some != nil {
			parts = append(parts, map[string]string{"diffusion": "steps of diffusion, there and back: ", "ols": "fits of one matrix: "}[kernel]+strings.Join(some, ", "))
		}
	}
	if parts == nil {
		return ""
	}
	return "By " + route + " transposing first wins from so many " + strings.Join(parts, "; so many ") + ". With loops for both layouts there is nothing to decide."
}

func answerTransposers(p *printer) string {
	var parts []string
	for _, n := range []string{"512", "2048"} {
		var best, naive *Row
		for _, r := range p.rows(study.TransposeName) {
			if r.N != n || r.again() || r.Facts["ld"] != study.UnitLD || r.Facts["how"] == study.HowCopy {
				continue
			}
			if best == nil || measure.Median(r.Wall()).Median < measure.Median(best.Wall()).Median {
				best = r
			}
			if r.Lang == "c" && r.Facts["how"] == study.HowNaive {
				naive = r
			}
		}
		if best == nil || naive == nil || len(best.Samples) != len(naive.Samples) {
			continue
		}
		parts = append(parts, fmt.Sprintf("at %s² %s %s, with %s ns an element, %s times as fast as C's naive loop", n, best.Route(), best.Facts["how"],
			significant(measure.Median(best.Wall()).Median), factor(measure.Ratio(naive.Wall(), best.Wall()).Median)))
	}
	if parts == nil {
		return ""
	}
	return "Fastest are " + joined(parts) + "."
}

func answerFortran(p *printer) string {
	t, w := p.record.walks(true), p.wayRows()
	ratio, ok := t.fortran("diffusion", 512)
	if !ok {
		return ""
	}
	lead := "No."
	if fortranSlower(ratio) {
		lead = "It can be left, but that is slow."
	}
	text := fmt.Sprintf("%s Fortran whose loops are in the other order reads a row-major 512² where it lies, in %s times C's time", lead, factor(ratio.Median))
	if copied, plain := w.find("diffusion", "f2py-copy/cpython", 512, study.WayCopied, 1), w.find("diffusion", "f2py/cpython", 512, study.WayMatched, 1); copied != nil && plain != nil && len(copied.Samples) == len(plain.Samples) {
		text += fmt.Sprintf("; left to f2py's silent copies, a step takes %s times as long", factor(measure.Ratio(copied.Wall(), plain.Wall()).Median))
	}
	return text + "."
}

func answerView(p *printer) string {
	t := p.frame()
	var parts []string
	for _, route := range []string{"go/direct", "c/cgo", "numpy/cpython", "f2py-copy/cpython", "lapack-nrhs/netlib"} {
		if ratio, ok := t.ratio("ols", route, "100000"); ok {
			text := fmt.Sprintf("%s %s", route, factor(ratio.Median))
			if !ratio.Differs(t.floor("ols", "100000")) {
				text += " (not told from 1)"
			}
			parts = append(parts, text)
		}
	}
	if parts == nil {
		return ""
	}
	return "Of the book's 100,000 lines, seen through a transposed view instead of lying in rows, the fits take so many times as long: " + strings.Join(parts, ", ") + "."
}

func answerMatrix(p *printer) string {
	t := p.matrixRows()
	sizes := t.sizes()
	if len(sizes) == 0 {
		return ""
	}
	n := "512"
	if !slices.Contains(sizes, n) {
		n = sizes[len(sizes)-1]
	}
	route := t.border(n)
	text := t.sayAdded(route, n)
	if text == "" {
		return ""
	}
	if step, flat := t.find(route, n, "rows", "table-kept", "1"), t.find(route, n, "flat", "pointer", "1"); step != nil && flat != nil && len(step.Samples) == len(flat.Samples) {
		if _, err := strconv.Atoi(n); err == nil {
			text += fmt.Sprintf(" A step on rows by themselves takes %s times as long as on a flat slice, once the table is made.", factor(measure.Ratio(step.Wall(), flat.Wall()).Median))
		}
	}
	return "In one slice, with a stride. " + text
}
