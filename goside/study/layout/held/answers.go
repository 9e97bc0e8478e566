// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package held

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
)

func AnswerView(p *page.Page) string {
	t := frameOf(p)
	var parts []string
	for _, route := range []string{"go/direct", "c/cgo", "numpy/cpython", "f2py-copy/cpython", "lapack-nrhs/netlib"} {
		if ratio, ok := t.ratio("ols", route, "100000"); ok {
			text := fmt.Sprintf("%s %s", route, page.Factor(ratio.Median))
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

func AnswerMatrix(p *page.Page) string {
	t := matrixRows(p)
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
			text += fmt.Sprintf(" A step on rows by themselves takes %s times as long as on a flat slice, once the table is made.", page.Factor(measure.Ratio(step.Wall(), flat.Wall()).Median))
		}
	}
	return "In one slice, with a stride. " + text
}
