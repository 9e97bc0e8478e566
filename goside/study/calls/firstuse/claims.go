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
	{Text: "“The baseline runtime overhead of cgo calls has been reduced by ~30%.”", Title: "Go 1.26 release notes, 2026", URL: "https://go.dev/doc/go1.26",
		Here: func(p *page.Page) (string, string) {
			older, newer := toolchainRow(p, "1.25"), toolchainRow(p, "1.26")
			if older == nil || newer == nil || len(older.Samples) != len(newer.Samples) {
				return "", ""
			}
			ratio := measure.Ratio(newer.Wall(), older.Wall())
			found := fmt.Sprintf("a no-op takes %s by Go %s, %s by %s: %s (%s to %s)", page.Nanoseconds(measure.Median(older.Wall()).Median), older.Facts["go"],
				page.Nanoseconds(measure.Median(newer.Wall()).Median), newer.Facts["go"], page.Percent(ratio.Median), page.Percent(ratio.Lo), page.Percent(ratio.Hi))
			return found, page.Nearly(ratio, 0.7, 0.1)
		}},
}

func toolchainRow(p *page.Page, version string) *record.Row {
	for _, r := range p.Rows(toolchainsName) {
		if r.What() == "noop" && r.Via == "cgo" && !r.Again() && strings.HasPrefix(r.Facts["go"], version) {
			return r
		}
	}
	return nil
}
