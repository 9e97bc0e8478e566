// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"fmt"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study/layout/walk"
)

func AnswerTranspose(p *page.Page) string {
	t := wayRows(p)
	route := "c/cgo"
	if routes := t.routes("diffusion", WayInterchanged); !slices.Contains(routes, route) && slices.Contains(routes, "c/purego") {
		route = "c/purego"
	}
	var parts []string
	for _, kernel := range []string{"diffusion", "ols"} {
		var some []string
		for _, n := range []int{64, 512, 728, 2048} {
			if steps, ok := t.even(kernel, route, n); ok {
				some = append(some, fmt.Sprintf("%s at %s", stepsText(steps), page.Squares(n)))
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

func AnswerTransposers(p *page.Page) string {
	var parts []string
	for _, n := range []string{"512", "2048"} {
		var best, naive *record.Row
		for _, r := range p.Rows(TransposeName) {
			if r.N != n || r.Again() || r.Facts["ld"] != walk.UnitLD || r.Facts["how"] == HowCopy {
				continue
			}
			if best == nil || measure.Median(r.Wall()).Median < measure.Median(best.Wall()).Median {
				best = r
			}
			if r.Lang == "c" && r.Facts["how"] == HowNaive {
				naive = r
			}
		}
		if best == nil || naive == nil || len(best.Samples) != len(naive.Samples) {
			continue
		}
		parts = append(parts, fmt.Sprintf("at %s² %s %s, with %s ns an element, %s times as fast as C's naive loop", n, best.Route(), best.Facts["how"],
			page.Significant(measure.Median(best.Wall()).Median), page.Factor(measure.Ratio(naive.Wall(), best.Wall()).Median)))
	}
	if parts == nil {
		return ""
	}
	return "Fastest are " + page.Joined(parts) + "."
}

func AnswerFortran(p *page.Page) string {
	t, w := walk.WalksOf(p.Record, true), wayRows(p)
	ratio, ok := t.Fortran("diffusion", 512)
	if !ok {
		return ""
	}
	lead := "No."
	if walk.FortranSlower(ratio) {
		lead = "It can be left, but that is slow."
	}
	text := fmt.Sprintf("%s Fortran whose loops are in the other order reads a row-major 512² where it lies, in %s times C's time", lead, page.Factor(ratio.Median))
	if copied, plain := w.find("diffusion", "f2py-copy/cpython", 512, WayCopied), w.find("diffusion", "f2py/cpython", 512, WayMatched); copied != nil && plain != nil && len(copied.Samples) == len(plain.Samples) {
		text += fmt.Sprintf("; left to f2py's silent copies, a step takes %s times as long", page.Factor(measure.Ratio(copied.Wall(), plain.Wall()).Median))
	}
	return text + "."
}
