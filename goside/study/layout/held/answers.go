// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package held

import (
	"fmt"
	"slices"
	"strings"

	"toll/goside/page"
	"toll/goside/record"
)

// answerView says what the book's view costs the fits, on routes of each kind.
func answerView(p *page.Page) string {
	t := newFrame(p)
	var parts []string
	for _, route := range []string{"go/direct", "c/cgo", "numpy/cpython", "f2py-copy/cpython", "lapack-nrhs/netlib"} {
		if ratio, ok := t.ratio("ols", route, "100000"); ok {
			part := fmt.Sprintf("%s %sx", route, page.Factor(ratio.Median))
			if !ratio.Differs(t.floor("ols", "100000")) {
				part += " (indistinguishable)"
			}
			parts = append(parts, part)
		}
	}
	if parts == nil {
		return ""
	}
	return "Fitting the book's 100,000 lines through a transposed view, relative to row-major storage, takes: " + strings.Join(parts, ", ") + "."
}

// answerMatrix says what holding a matrix otherwise than in one slice costs.
func answerMatrix(p *page.Page) string {
	t := newMatrixTable(p)
	sizes := t.sizes()
	if len(sizes) == 0 {
		return ""
	}
	n := "512"
	if !slices.Contains(sizes, n) {
		n = sizes[len(sizes)-1]
	}
	route := t.border(n)
	said := t.sayAdded(route, n)
	if said == "" {
		return ""
	}
	if ratio, ok := record.WallRatio(t.find(route, n, "rows", "table-kept", "1"), t.find(route, n, "flat", "pointer", "1")); ok {
		said += fmt.Sprintf(" With a table that is kept, one step takes %sx as long as on a flat slice.", page.Factor(ratio.Median))
	}
	return "In one slice, with a stride. " + said
}
