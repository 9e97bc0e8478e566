// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"fmt"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

func AnswerFirstUse(p *page.Page) string {
	start := map[string]*record.Row{}
	for _, r := range p.Rows(firstUseName) {
		if r.What() == "start" {
			start[r.Via] = r
		}
	}
	plain := start["go"]
	if plain == nil {
		return ""
	}
	var parts []string
	for _, via := range []string{"cgo", "purego"} {
		r := start[via]
		if r == nil || len(r.Samples) != len(plain.Samples) {
			continue
		}
		later := measure.Ratio(r.Wall(), plain.Wall()).Median - 1
		parts = append(parts, fmt.Sprintf("by %s a small program starts %s later, is %s larger when loaded, and its first call takes %s", via,
			page.Nanoseconds(later*measure.Median(plain.Wall()).Median), page.Megabytes(r.More("loaded-bytes").Median-plain.More("loaded-bytes").Median),
			page.Nanoseconds(r.More("call1-ns").Median)))
	}
	if parts == nil {
		return ""
	}
	return "Beside plain Go, " + strings.Join(parts, "; ") + "."
}
