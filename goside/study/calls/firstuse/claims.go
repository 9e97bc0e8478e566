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

// The claims are quoted, or cut to their figures. Their sources were read in November 2026.
var claims = []page.Claim{
	{Text: "“The baseline runtime overhead of cgo calls has been reduced by ~30%.”",
		Title: "Go 1.26 release notes, 2026", URL: "https://go.dev/doc/go1.26",
		Here: func(p *page.Page) (string, string) {
			older, newer := toolchainRow(p, "1.25"), toolchainRow(p, "1.26")
			ratio, ok := record.WallRatio(newer, older)
			if !ok {
				return "", ""
			}
			found := fmt.Sprintf("a no-op takes %s with Go %s and %s with %s: %s (%s to %s)",
				page.Nanoseconds(measure.Median(older.Wall()).Median), older.Get("go"),
				page.Nanoseconds(measure.Median(newer.Wall()).Median), newer.Get("go"),
				page.Percent(ratio.Median), page.Percent(ratio.Lo), page.Percent(ratio.Hi))
			return found, page.Nearly(ratio, publishedRatio, 0.1)
		}},
}

// toolchainRow returns the no-op by cgo of a program built by that release of Go, or nil.
func toolchainRow(p *page.Page, release string) *record.Row {
	for _, r := range record.Find(p.Rows(toolchainsName), "/op:noop /via:cgo") {
		if strings.HasPrefix(r.Get("go"), release) {
			return r
		}
	}
	return nil
}
