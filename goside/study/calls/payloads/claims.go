// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"math"

	"toll/goside/measure"
	"toll/goside/page"
)

// The claims are quoted, or cut to their figures. Their sources were read in November 2026.
var claims = []page.Claim{
	{Text: "A call of an empty C function takes 171 ns.", Title: "Cockroach Labs, The Cost and Complexity of Cgo, 2015", URL: "https://www.cockroachlabs.com/blog/the-cost-and-complexity-of-cgo/",
		Here: func(p *page.Page) (string, string) { return noopAgainst(p, "cgo", 171, 171) }},
	{Text: "“Cgo calls take about 40ns” (Go 1.21).", Title: "S. Hansen, CGO Performance In Go 1.21, 2023", URL: "https://shane.ai/posts/cgo-performance-in-go1.21/",
		Here: func(p *page.Page) (string, string) { return noopAgainst(p, "cgo", 40, 40) }},
	{Text: "“CGO call: 100-200 nanoseconds”", Title: "golangperf.com, undated", URL: "https://golangperf.com/docs/compiler/cgo-performance",
		Here: func(p *page.Page) (string, string) { return noopAgainst(p, "cgo", 100, 200) }},
	{Text: "cgo “~140-170 ns/op”, purego “~100-150 ns/op (similar approach)”", Title: "goffi, docs/PERFORMANCE.md, 2026", URL: "https://github.com/go-webgpu/goffi/blob/main/docs/PERFORMANCE.md",
		Here: func(p *page.Page) (string, string) {
			var found []string
			least, most := math.Inf(1), 0.0
			for _, of := range []struct{ kernel, n string }{{"noop", "1"}, {"add", "1"}, {"ints", "15"}} {
				q := PayloadOf(p, of.kernel, of.n)
				if r, ok := q.Ratio("purego", "cgo"); ok {
					least, most = min(least, r.Median), max(most, r.Median)
					found = append(found, fmt.Sprintf("%.1f times cgo for %s", r.Median, q.Label()))
				}
			}
			switch {
			case found == nil:
				return "", ""
			case most <= 2:
				return "purego takes " + page.Joined(found), "holds"
			case least > 2:
				return "purego takes " + page.Joined(found), "does not hold: not the same range"
			}
			return "purego takes " + page.Joined(found), "holds for some calls only"
		}},
	{Text: "“Purego will not out-perform Cgo because it uses the same slow mechanism for calling into C code.”", Title: "purego's maintainer, issue 202, 2024", URL: "https://github.com/ebitengine/purego/issues/202",
		Here: func(p *page.Page) (string, string) {
			rows, faster := 0, 0
			for _, q := range PayloadsOf(p, "") {
				for _, via := range []string{"purego", "syscalln"} {
					if r, ok := q.Ratio(via, "cgo"); ok {
						rows++
						if r.Differs(q.Floor()) && r.Median < 1 {
							faster++
						}
					}
				}
			}
			if rows == 0 {
				return "", ""
			}
			verdict := "holds"
			if faster > rows/20 { // so many may stray
				verdict = "does not hold everywhere"
			}
			return fmt.Sprintf("of %d payloads by RegisterFunc or SyscallN, %d take less time than by cgo", rows, faster), verdict
		}},
	{Text: "purego's RegisterFunc allocates 40 B in 3 for 1 argument, 176 B in 7 for 5, 512 B in 17 for 15.", Title: "purego, pull request 365, 2025", URL: "https://github.com/ebitengine/purego/pull/365",
		Here: func(p *page.Page) (string, string) {
			var found []string
			same := true
			for _, of := range []struct {
				n           string
				bytes, objs float64
			}{{"1", 40, 3}, {"5", 176, 7}, {"15", 512, 17}} {
				r := PayloadOf(p, "ints", of.n).Rows["purego"]
				if r == nil {
					return "", ""
				}
				bytes, objects := r.Allocated()
				same = same && math.Round(bytes) == of.bytes && math.Round(objects) == of.objs
				found = append(found, fmt.Sprintf("%.0f B in %.0f", bytes, objects))
			}
			if same {
				return page.Joined(found), "holds"
			}
			return page.Joined(found), "other figures here"
		}},
	{Text: "The arguments of SyscallN are a slice that “is heap-allocated even for small, short-lived call sites”.", Title: "purego, pull request 445, 2026", URL: "https://github.com/ebitengine/purego/pull/445",
		Here: func(p *page.Page) (string, string) {
			one, many := PayloadOf(p, "ints", "1").Rows["syscalln"], PayloadOf(p, "ints", "15").Rows["syscalln"]
			if one == nil || many == nil {
				return "", ""
			}
			oneBytes, oneObjects := one.Allocated()
			manyBytes, manyObjects := many.Allocated()
			return fmt.Sprintf("%.0f B in %.0f for 1 argument, %.0f B in %.0f for 15", oneBytes, oneObjects, manyBytes, manyObjects),
				page.Verdict(math.Round(oneObjects) == 1 && math.Round(manyObjects) == 1)
		}},
	{Text: "Calls from C to Go on threads made by C took “~1-3 microseconds”, and take “~100-200 nanoseconds per call” since.", Title: "Go 1.21 release notes, 2023", URL: "https://go.dev/doc/go1.21",
		Here: func(p *page.Page) (string, string) {
			later := (PayloadOf(p, "thread", "1000").Time("cgo") - PayloadOf(p, "thread", "1").Time("cgo")) / 999
			own := PerCallback(p, "next", "cgo")
			if math.IsNaN(later) {
				return "", ""
			}
			found := fmt.Sprintf("by cgo %s on such a thread after its first, which adds %s to making the thread; %s on the thread that Go called C on",
				page.Nanoseconds(later), FirstOnThread(p, "cgo"), page.Nanoseconds(own))
			switch {
			case later > 250:
				return found, "slower here"
			case later < 75:
				return found, "faster here"
			}
			return found, "holds after the first call"
		}},
	{Text: "“At least 2000 callbacks can always be created.”", Title: "purego's documentation of NewCallback", URL: "https://pkg.go.dev/github.com/ebitengine/purego#NewCallback",
		Here: func(p *page.Page) (string, string) {
			rows := p.Rows(SlotsName)
			if len(rows) == 0 {
				return "", ""
			}
			n := rows[0].More("slots").Median
			return fmt.Sprintf("%.0f, then a panic", n), page.Verdict(n >= 2000)
		}},
}

// noopAgainst says how a call that passes nothing stands to published times, in ns.
func noopAgainst(p *page.Page, via string, low, high float64) (string, string) {
	q := PayloadOf(p, "noop", "1")
	r := q.Rows[via]
	if r == nil {
		return "", ""
	}
	ns := measure.Median(q.Wall(r))
	found := "a no-op takes " + page.TimeAndSpread(ns)
	switch {
	case ns.Median < low/1.5:
		return found, fmt.Sprintf("does not hold: %.1f times too high", low/ns.Median)
	case ns.Median > high*1.5:
		return found, fmt.Sprintf("does not hold: %.1f times too low", ns.Median/high)
	}
	return found, "holds"
}
