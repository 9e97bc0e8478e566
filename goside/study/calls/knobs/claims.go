// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"fmt"
	"math"

	"toll/goside/measure"
	"toll/goside/page"
)

// The claims are quoted, or cut to their figures. Their sources were read in November 2026.
var claims = []page.Claim{
	{Text: "“#cgo noescape cFunctionName tells the compiler that memory passed to the C function … does not escape.”", Title: "Go 1.24 release notes, 2025", URL: "https://go.dev/doc/go1.24",
		Here: func(p *page.Page) (string, string) {
			none, alone, both := Knob(p, "first", "stack", "none"), Knob(p, "first", "stack", "noescape"), Knob(p, "first", "stack", "both")
			if none == nil || alone == nil || both == nil {
				return "", ""
			}
			_, a := none.Allocated()
			_, b := alone.Allocated()
			_, c := both.Allocated()
			found := fmt.Sprintf("a local array costs %.0f allocation without, %.0f with noescape, %.0f with noescape and nocallback", a, b, c)
			switch {
			case math.Round(b) < math.Round(a):
				return found, "holds"
			case math.Round(c) < math.Round(a):
				return found, "holds only together with nocallback"
			}
			return found, "does not hold"
		}},
	{Text: "With nocallback “these preparations [for a callback] are not necessary”.", Title: "cmd/cgo's documentation", URL: "https://pkg.go.dev/cmd/cgo#hdr-Optimizing_calls_of_C_code",
		Here: func(p *page.Page) (string, string) {
			none, alone := Knob(p, "noop", "none", "none"), Knob(p, "noop", "none", "nocallback")
			if none == nil || alone == nil || len(none.Samples) != len(alone.Samples) {
				return "", ""
			}
			ratio := measure.Ratio(alone.Wall(), none.Wall())
			found := fmt.Sprintf("a no-op with nocallback takes %.2f (%.2f to %.2f) times one without", ratio.Median, ratio.Lo, ratio.Hi)
			switch {
			case !ratio.Differs(TablesOf(p).Floor("noop")):
				return found, "saves no time by itself"
			case ratio.Median > 1:
				return found, "costs time by itself"
			}
			return found, "saves time"
		}},
	{Text: "cgocheck=1, the default, “implements reasonably cheap dynamic checks”.", Title: "cmd/cgo's documentation", URL: "https://pkg.go.dev/cmd/cgo#hdr-Passing_pointers",
		Here: func(p *page.Page) (string, string) {
			var found []string
			dear := false
			for _, of := range []struct{ kernel, label string }{{"first", "an array of numbers"}, {"struct", "a struct with a pointer"}, {"structs", "64 of them"}} {
				on, off := TablesOf(p).Find(of.kernel, "cgocheck=1"), TablesOf(p).Find(of.kernel, "cgocheck=0")
				if on == nil || off == nil {
					return "", ""
				}
				added := measure.Median(on.Wall()).Median - measure.Median(off.Wall()).Median
				dear = dear || added > measure.Median(off.Wall()).Median
				found = append(found, page.Signed(added)+" for "+of.label)
			}
			if dear {
				return page.Joined(found), "holds where what is passed has no pointers in it"
			}
			return page.Joined(found), "holds"
		}},
	{Text: "“Reusing a Pinner is safe, and in fact encouraged, to avoid the cost of initializing new Pinners on first use.”", Title: "package runtime's documentation", URL: "https://pkg.go.dev/runtime#Pinner",
		Here: func(p *page.Page) (string, string) {
			plain, reused, fresh := Knob(p, "first", "go-heap", "none"), Knob(p, "first", "pinned-each", "none"), Knob(p, "first", "pinned-new", "none")
			if plain == nil || reused == nil || fresh == nil {
				return "", ""
			}
			base := measure.Median(plain.Wall()).Median
			found := fmt.Sprintf("pinning for each call adds %s with a Pinner that is used again, %s with a new one", page.Nanoseconds(measure.Median(reused.Wall()).Median-base),
				page.Nanoseconds(measure.Median(fresh.Wall()).Median-base))
			if len(fresh.Samples) != len(reused.Samples) {
				return found, ""
			}
			ratio := measure.Ratio(fresh.Wall(), reused.Wall())
			switch {
			case !ratio.Differs(0.02):
				return found, "no difference here"
			case ratio.Median > 1:
				return found, "holds"
			}
			return found, "the other way round here"
		}},
}
