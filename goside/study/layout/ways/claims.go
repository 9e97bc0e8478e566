// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"fmt"
	"slices"
	"strings"

	"toll/goside/page"
	"toll/goside/study/layout/walk"
)

// The claims are the book's.
var claims = []page.Claim{
	{Text: "Fortran is column-major, so that C arrays must be copied.", Title: "High Performance Python, Compiling to C", Each: judgeFortran},
	{Text: "f2py silently copies a C-ordered array.", Title: "High Performance Python, Compiling to C", Here: judgeF2py},
}

// judgedSizes are the sides that Fortran is judged at.
var judgedSizes = []int{128, 512, 2048, 8192}

// judgeFortran says how long Fortran takes on a row-major array in place, for each kernel.
func judgeFortran(p *page.Page) []page.Finding {
	var all []page.Finding
	t := walk.NewTable(p.Record, true)
	for _, kernel := range t.Kernels {
		var ratios []string
		slower := false
		for _, n := range t.Sizes {
			ratio, ok := t.FortranOverC(kernel, n)
			if !ok || !slices.Contains(judgedSizes, n) {
				continue
			}
			ratios = append(ratios, fmt.Sprintf("%sx at %s", page.Factor(ratio.Median), page.Squares(n)))
			slower = slower || walk.FortranSlower(ratio)
		}
		if ratios == nil {
			continue
		}
		verdict := "does not hold: Fortran reads it in place, by loops in the other order"
		if slower {
			verdict = "holds"
		}
		all = append(all, page.Finding{Of: "(" + kernel + ")", Found: "a row-major array in place, relative to C: " + strings.Join(ratios, ", "), Verdict: verdict})
	}
	return all
}

// judgeF2py says how long a step of diffusion takes by f2py with its copies, relative to one without.
func judgeF2py(p *page.Page) (found, verdict string) {
	t := newWayTable(p)
	var ratios []string
	from := 0 // the side from which on it is major
	for _, n := range t.sizes("diffusion") {
		ratio, ok := t.copies(n)
		if !ok {
			continue
		}
		ratios = append(ratios, fmt.Sprintf("%sx at %s", page.Factor(ratio.Median), page.Squares(n)))
		switch {
		case ratio.Median < walk.MajorPenalty:
			from = 0
		case from == 0:
			from = n
		}
	}
	if ratios == nil {
		return "", ""
	}
	return "a step of diffusion with f2py's copies, relative to one without: " + strings.Join(ratios, ", "), page.Verdict(from > 0)
}
