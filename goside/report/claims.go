// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"math"
	"strings"

	"toll/goside/measure"
	"toll/goside/study"
)

// claim is something published about the cost of calls.
type claim struct {
	text, title, url string
	// here returns what this record says of it, and a verdict; "" if it has not what is needed.
	here func(p *printer) (found, verdict string)
}

// The claims are quoted, or cut to their figures. Their sources were read in November 2026.
var claims = []claim{
	{"“The baseline runtime overhead of cgo calls has been reduced by ~30%.”", "Go 1.26 release notes, 2026", "https://go.dev/doc/go1.26",
		func(p *printer) (string, string) {
			older, newer := p.toolchainRow("1.25"), p.toolchainRow("1.26")
			if older == nil || newer == nil || len(older.Samples) != len(newer.Samples) {
				return "", ""
			}
			ratio := measure.Ratio(newer.Wall(), older.Wall())
			found := fmt.Sprintf("a no-op takes %s by Go %s, %s by %s: %s (%s to %s)", nanoseconds(measure.Median(older.Wall()).Median), older.Facts["go"],
				nanoseconds(measure.Median(newer.Wall()).Median), newer.Facts["go"], percent(ratio.Median), percent(ratio.Lo), percent(ratio.Hi))
			return found, nearly(ratio, 0.7, 0.1)
		}},
	{"A call of an empty C function takes 171 ns.", "Cockroach Labs, The Cost and Complexity of Cgo, 2015", "https://www.cockroachlabs.com/blog/the-cost-and-complexity-of-cgo/",
		func(p *printer) (string, string) { return p.noopAgainst("cgo", 171, 171) }},
	{"“Cgo calls take about 40ns” (Go 1.21).", "S. Hansen, CGO Performance In Go 1.21, 2023", "https://shane.ai/posts/cgo-performance-in-go1.21/",
		func(p *printer) (string, string) { return p.noopAgainst("cgo", 40, 40) }},
	{"“CGO call: 100-200 nanoseconds”", "golangperf.com, undated", "https://golangperf.com/docs/compiler/cgo-performance",
		func(p *printer) (string, string) { return p.noopAgainst("cgo", 100, 200) }},
	{"cgo “~140-170 ns/op”, purego “~100-150 ns/op (similar approach)”", "goffi, docs/PERFORMANCE.md, 2026", "https://github.com/go-webgpu/goffi/blob/main/docs/PERFORMANCE.md",
		func(p *printer) (string, string) {
			var found []string
			least, most := math.Inf(1), 0.0
			for _, of := range []struct{ kernel, n string }{{"noop", "1"}, {"add", "1"}, {"ints", "15"}} {
				q := p.payload(of.kernel, of.n)
				if r, ok := q.ratio("purego", "cgo"); ok {
					least, most = min(least, r.Median), max(most, r.Median)
					found = append(found, fmt.Sprintf("%.1f times cgo for %s", r.Median, q.label()))
				}
			}
			switch {
			case found == nil:
				return "", ""
			case most <= 2:
				return "purego takes " + joined(found), "holds"
			case least > 2:
				return "purego takes " + joined(found), "does not hold: not the same range"
			}
			return "purego takes " + joined(found), "holds for some calls only"
		}},
	{"“Purego will not out-perform Cgo because it uses the same slow mechanism for calling into C code.”", "purego's maintainer, issue 202, 2024", "https://github.com/ebitengine/purego/issues/202",
		func(p *printer) (string, string) {
			rows, faster := 0, 0
			for _, q := range p.payloads("") {
				for _, via := range []string{"purego", "syscalln"} {
					if r, ok := q.ratio(via, "cgo"); ok {
						rows++
						if r.Differs(q.floor()) && r.Median < 1 {
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
	{"purego's RegisterFunc allocates 40 B in 3 for 1 argument, 176 B in 7 for 5, 512 B in 17 for 15.", "purego, pull request 365, 2025", "https://github.com/ebitengine/purego/pull/365",
		func(p *printer) (string, string) {
			var found []string
			same := true
			for _, of := range []struct {
				n           string
				bytes, objs float64
			}{{"1", 40, 3}, {"5", 176, 7}, {"15", 512, 17}} {
				r := p.payload("ints", of.n).rows["purego"]
				if r == nil {
					return "", ""
				}
				bytes, objects := r.allocated()
				same = same && math.Round(bytes) == of.bytes && math.Round(objects) == of.objs
				found = append(found, fmt.Sprintf("%.0f B in %.0f", bytes, objects))
			}
			if same {
				return joined(found), "holds"
			}
			return joined(found), "other figures here"
		}},
	{"The arguments of SyscallN are a slice that “is heap-allocated even for small, short-lived call sites”.", "purego, pull request 445, 2026", "https://github.com/ebitengine/purego/pull/445",
		func(p *printer) (string, string) {
			one, many := p.payload("ints", "1").rows["syscalln"], p.payload("ints", "15").rows["syscalln"]
			if one == nil || many == nil {
				return "", ""
			}
			oneBytes, oneObjects := one.allocated()
			manyBytes, manyObjects := many.allocated()
			return fmt.Sprintf("%.0f B in %.0f for 1 argument, %.0f B in %.0f for 15", oneBytes, oneObjects, manyBytes, manyObjects),
				verdict(math.Round(oneObjects) == 1 && math.Round(manyObjects) == 1)
		}},
	{"Calls from C to Go on threads made by C took “~1-3 microseconds”, and take “~100-200 nanoseconds per call” since.", "Go 1.21 release notes, 2023", "https://go.dev/doc/go1.21",
		func(p *printer) (string, string) {
			later := (p.payload("thread", "1000").time("cgo") - p.payload("thread", "1").time("cgo")) / 999
			own := p.perCallback("next", "cgo")
			if math.IsNaN(later) {
				return "", ""
			}
			found := fmt.Sprintf("by cgo %s on such a thread after its first, which adds %s to making the thread; %s on the thread that Go called C on",
				nanoseconds(later), p.firstOnThread("cgo"), nanoseconds(own))
			switch {
			case later > 250:
				return found, "slower here"
			case later < 75:
				return found, "faster here"
			}
			return found, "holds after the first call"
		}},
	{"“#cgo noescape cFunctionName tells the compiler that memory passed to the C function … does not escape.”", "Go 1.24 release notes, 2025", "https://go.dev/doc/go1.24",
		func(p *printer) (string, string) {
			none, alone, both := p.knob("first", "stack", "none"), p.knob("first", "stack", "noescape"), p.knob("first", "stack", "both")
			if none == nil || alone == nil || both == nil {
				return "", ""
			}
			_, a := none.allocated()
			_, b := alone.allocated()
			_, c := both.allocated()
			found := fmt.Sprintf("a local array costs %.0f allocation without, %.0f with noescape, %.0f with noescape and nocallback", a, b, c)
			switch {
			case math.Round(b) < math.Round(a):
				return found, "holds"
			case math.Round(c) < math.Round(a):
				return found, "holds only together with nocallback"
			}
			return found, "does not hold"
		}},
	{"With nocallback “these preparations [for a callback] are not necessary”.", "cmd/cgo's documentation", "https://pkg.go.dev/cmd/cgo#hdr-Optimizing_calls_of_C_code",
		func(p *printer) (string, string) {
			none, alone := p.knob("noop", "none", "none"), p.knob("noop", "none", "nocallback")
			if none == nil || alone == nil || len(none.Samples) != len(alone.Samples) {
				return "", ""
			}
			ratio := measure.Ratio(alone.Wall(), none.Wall())
			found := fmt.Sprintf("a no-op with nocallback takes %.2f (%.2f to %.2f) times one without", ratio.Median, ratio.Lo, ratio.Hi)
			switch {
			case !ratio.Differs(p.knobTables().floor("noop")):
				return found, "saves no time by itself"
			case ratio.Median > 1:
				return found, "costs time by itself"
			}
			return found, "saves time"
		}},
	{"cgocheck=1, the default, “implements reasonably cheap dynamic checks”.", "cmd/cgo's documentation", "https://pkg.go.dev/cmd/cgo#hdr-Passing_pointers",
		func(p *printer) (string, string) {
			var found []string
			dear := false
			for _, of := range []struct{ kernel, label string }{{"first", "an array of numbers"}, {"struct", "a struct with a pointer"}, {"structs", "64 of them"}} {
				on, off := p.knobTables().find(of.kernel, "cgocheck=1"), p.knobTables().find(of.kernel, "cgocheck=0")
				if on == nil || off == nil {
					return "", ""
				}
				added := measure.Median(on.Wall()).Median - measure.Median(off.Wall()).Median
				dear = dear || added > measure.Median(off.Wall()).Median
				found = append(found, signed(added)+" for "+of.label)
			}
			if dear {
				return joined(found), "holds where what is passed has no pointers in it"
			}
			return joined(found), "holds"
		}},
	{"“Reusing a Pinner is safe, and in fact encouraged, to avoid the cost of initializing new Pinners on first use.”", "package runtime's documentation", "https://pkg.go.dev/runtime#Pinner",
		func(p *printer) (string, string) {
			plain, reused, fresh := p.knob("first", "go-heap", "none"), p.knob("first", "pinned-each", "none"), p.knob("first", "pinned-new", "none")
			if plain == nil || reused == nil || fresh == nil {
				return "", ""
			}
			base := measure.Median(plain.Wall()).Median
			found := fmt.Sprintf("pinning for each call adds %s with a Pinner that is used again, %s with a new one", nanoseconds(measure.Median(reused.Wall()).Median-base),
				nanoseconds(measure.Median(fresh.Wall()).Median-base))
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
	{"“At least 2000 callbacks can always be created.”", "purego's documentation of NewCallback", "https://pkg.go.dev/github.com/ebitengine/purego#NewCallback",
		func(p *printer) (string, string) {
			rows := p.rows(study.SlotsName)
			if len(rows) == 0 {
				return "", ""
			}
			n := rows[0].more("slots").Median
			return fmt.Sprintf("%.0f, then a panic", n), verdict(n >= 2000)
		}},
}

func verdict(holds bool) string {
	if holds {
		return "holds"
	}
	return "does not hold"
}

// nearly says whether a ratio is the published one, or within so much of it.
func nearly(ratio measure.Interval, published, within float64) string {
	switch {
	case math.Abs(ratio.Median-published) <= within || ratio.Lo <= published && published <= ratio.Hi:
		return "holds"
	case ratio.Lo > 1 || ratio.Hi > 1 && ratio.Median > 1:
		return "does not hold"
	case ratio.Median > published:
		return "less than that here"
	}
	return "more than that here"
}

// noopAgainst says how a call that passes nothing stands to published times, in ns.
func (p *printer) noopAgainst(via string, low, high float64) (string, string) {
	q := p.payload("noop", "1")
	r := q.rows[via]
	if r == nil {
		return "", ""
	}
	ns := measure.Median(q.wall(r))
	found := "a no-op takes " + timeAndSpread(ns)
	switch {
	case ns.Median < low/1.5:
		return found, fmt.Sprintf("does not hold: %.1f times too high", low/ns.Median)
	case ns.Median > high*1.5:
		return found, fmt.Sprintf("does not hold: %.1f times too low", ns.Median/high)
	}
	return found, "holds"
}

func (p *printer) toolchainRow(version string) *Row {
	for _, r := range p.rows(study.ToolchainsName) {
		if r.Kernel == "noop" && r.Via == "cgo" && !r.again() && strings.HasPrefix(r.Facts["go"], version) {
			return r
		}
	}
	return nil
}

// knobTables returns what finds rows of the study of knobs.
func (p *printer) knobTables() *knobTables { return &knobTables{p, p.rows(study.KnobsName)} }

// knob returns a call by cgo's static symbol from a free goroutine, nil if it is not there.
func (p *printer) knob(kernel, memory, directives string) *Row {
	return p.knobTables().find(kernel, "memory="+memory, "directives="+directives)
}

// allocated returns what an operation allocates on Go's heap.
func (r *Row) allocated() (bytes, objects float64) {
	return measure.Median(r.values(func(s *measure.Sample) float64 { return s.Bytes })).Median,
		measure.Median(r.values(func(s *measure.Sample) float64 { return s.Allocs })).Median
}

func published(p *printer) {
	var lines [][]string
	count := map[bool]int{}
	for _, c := range claims {
		found, verdict := c.here(p)
		if found == "" {
			continue
		}
		count[strings.HasPrefix(verdict, "holds")]++
		source := c.title
		if p.Markdown {
			source = fmt.Sprintf("[%s](%s)", c.title, c.url)
		}
		lines = append(lines, []string{c.text, source, found, verdict})
	}
	if lines == nil {
		return
	}
	p.heading("Published claims")
	p.texts([]string{"claim", "source", "here", "verdict"}, lines)
	rest := ""
	if missing := len(claims) - len(lines); missing > 0 {
		rest = fmt.Sprintf(" To judge %d more, this record lacks what is needed.", missing)
	}
	p.say("Of %d published claims that this record can judge, %d hold here, some of them with a restriction, and %d do not.%s", len(lines),
		count[true], count[false], rest)
}
