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

func answerTranspose(p *page.Page) string {
	t := newWayTable(p)
	route := "c/cgo"
	if routes := t.routes("diffusion", Interchanged); !slices.Contains(routes, route) && slices.Contains(routes, "c/purego") {
		route = "c/purego"
	}
	var parts []string
	for _, of := range []struct{ kernel, what string }{{"diffusion", "diffusion steps"}, {"ols", "fits of one matrix"}} {
		var some []string
		for _, n := range []int{64, 512, 728, 2048} {
			if steps, ok := t.even(of.kernel, route, n); ok {
				some = append(some, fmt.Sprintf("%s at %s", stepsText(steps), page.Squares(n)))
			}
		}
		if some != nil {
			parts = append(parts, fmt.Sprintf("after this many %s: %s", of.what, strings.Join(some, ", ")))
		}
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("Through %s, transposing there and back pays for itself %s. A kernel with loops for both layouts needs neither.", route, strings.Join(parts, "; "))
}

func answerTransposers(p *page.Page) string {
	rows := record.Find(p.Rows(transposeName), "/ld:%s", walk.UnitLD)
	var sentences []string
	for _, n := range []string{"512", "2048"} {
		var best *record.Row
		for _, r := range record.Find(rows, "/n:%s -/how:%s", n, howCopy) {
			if best == nil || measure.Median(r.Wall()).Median < measure.Median(best.Wall()).Median {
				best = r
			}
		}
		naive := record.First(rows, "/n:%s /lang:c /how:%s", n, howNaive)
		ratio, ok := record.WallRatio(naive, best)
		if !ok {
			continue
		}
		said := fmt.Sprintf("At %s², %s %s is fastest: %s ns an element", n, best.Route(), best.Get("how"), page.Significant(measure.Median(best.Wall()).Median))
		if best != naive {
			said += fmt.Sprintf(", %sx as fast as C's naive loop", page.Factor(ratio.Median))
		}
		sentences = append(sentences, said+".")
	}
	return strings.Join(sentences, " ")
}

func answerFortran(p *page.Page) string {
	ratio, ok := walk.NewTable(p.Record, true).FortranOverC("diffusion", 512)
	if !ok {
		return ""
	}
	lead := "No."
	if walk.FortranSlower(ratio) {
		lead = "No, but without a copy it is slow."
	}
	said := fmt.Sprintf("%s Fortran with loops in the other order reads a row-major 512² in place, in %sx C's time.", lead, page.Factor(ratio.Median))
	if copies, ok := newWayTable(p).copies(512); ok {
		said += fmt.Sprintf(" With f2py's silent copies, a step takes %sx as long as without.", page.Factor(copies.Median))
	}
	return said
}
