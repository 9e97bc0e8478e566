// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"fmt"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/study/layout/walk"
)

// The claims are the book's.
var claims = []page.Claim{
	{Text: "Fortran is column-major, so that C arrays must be copied.", Title: "High Performance Python, Compiling to C", Each: judgeFortran},
	{Text: "f2py silently copies a C-ordered array.", Title: "High Performance Python, Compiling to C", Here: judgeF2py},
}

// judgeFortran says how long Fortran takes on a row-major array where it lies, for each kernel.
func judgeFortran(p *page.Page) []page.Finding {
	var all []page.Finding
	t := walk.WalksOf(p.Record, true)
	for _, kernel := range t.Kernels {
		var by []string
		slower := false
		for _, n := range t.Sizes {
			ratio, ok := t.Fortran(kernel, n)
			if !ok || n != 128 && n != 512 && n != 2048 && n != 8192 {
				continue
			}
			by = append(by, fmt.Sprintf("%sx at %s", page.Factor(ratio.Median), page.Squares(n)))
			slower = slower || walk.FortranSlower(ratio)
		}
		if by == nil {
			continue
		}
		verdict := "does not hold: Fortran reads it in place, by loops in the other order"
		if slower {
			verdict = "holds"
		}
		all = append(all, page.Finding{Of: "(" + kernel + ")", Found: "a row-major array in place, relative to C: " + strings.Join(by, ", "), Verdict: verdict})
	}
	return all
}

// judgeF2py says how long a step of diffusion takes by f2py with its copies, relative to one without.
func judgeF2py(p *page.Page) (found, verdict string) {
	w := wayRows(p)
	var by []string
	from := 0 // the side from which on it is major
	for _, n := range w.sizes("diffusion") {
		copied, plain := w.find("diffusion", "f2py-copy/cpython", n, WayCopied), w.find("diffusion", "f2py/cpython", n, WayMatched)
		if copied == nil || plain == nil || len(copied.Samples) != len(plain.Samples) {
			continue
		}
		ratio := measure.Ratio(copied.Wall(), plain.Wall())
		by = append(by, fmt.Sprintf("%sx at %s", page.Factor(ratio.Median), page.Squares(n)))
		switch {
		case ratio.Median < walk.MajorPenalty:
			from = 0
		case from == 0:
			from = n
		}
	}
	if by == nil {
		return "", ""
	}
	return "a step of diffusion with f2py's copies, relative to one without: " + strings.Join(by, ", "), page.Verdict(from > 0)
}
