// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"math"

	"toll/goside/page"
	"toll/goside/record"
)

// The claims are quoted, or cut to their figures. Their sources were read in November 2026.
var claims = []page.Claim{
	{
		Text:  "A call of an empty C function takes 171 ns.",
		Title: "Cockroach Labs, The Cost and Complexity of Cgo, 2015",
		URL:   "https://www.cockroachlabs.com/blog/the-cost-and-complexity-of-cgo/",
		Here:  func(p *page.Page) (string, string) { return noopAgainst(p, 171, 171) },
	},
	{
		Text:  "“Cgo calls take about 40ns” (Go 1.21).",
		Title: "S. Hansen, CGO Performance In Go 1.21, 2023",
		URL:   "https://shane.ai/posts/cgo-performance-in-go1.21/",
		Here:  func(p *page.Page) (string, string) { return noopAgainst(p, 40, 40) },
	},
	{
		Text:  "“CGO call: 100-200 nanoseconds”",
		Title: "golangperf.com, undated",
		URL:   "https://golangperf.com/docs/compiler/cgo-performance",
		Here:  func(p *page.Page) (string, string) { return noopAgainst(p, 100, 200) },
	},
	{
		Text:  "cgo “~140-170 ns/op”, purego “~100-150 ns/op (similar approach)”",
		Title: "goffi, docs/PERFORMANCE.md, 2026",
		URL:   "https://github.com/go-webgpu/goffi/blob/main/docs/PERFORMANCE.md",
		Here:  similarApproach,
	},
	{
		Text:  "“Purego will not out-perform Cgo because it uses the same slow mechanism for calling into C code.”",
		Title: "purego's maintainer, issue 202, 2024",
		URL:   "https://github.com/ebitengine/purego/issues/202",
		Here:  notFaster,
	},
	{
		Text:  "purego's RegisterFunc allocates 40 B in 3 for 1 argument, 176 B in 7 for 5, 512 B in 17 for 15.",
		Title: "purego, pull request 365, 2025",
		URL:   "https://github.com/ebitengine/purego/pull/365",
		Here:  allocatesByArity,
	},
	{
		Text:  "The arguments of SyscallN are a slice that “is heap-allocated even for small, short-lived call sites”.",
		Title: "purego, pull request 445, 2026",
		URL:   "https://github.com/ebitengine/purego/pull/445",
		Here:  allocatesASlice,
	},
	{
		Text:  "Typed closures instead of reflection: a function registered with one argument takes 26 ns instead of 145 ns, and 0 objects instead of 3.",
		Title: "purego, pull request 441, closed, 2026",
		URL:   "https://github.com/ebitengine/purego/pull/441",
		Here:  withoutReflection,
	},
	{
		Text:  "“The transition cost dominates the actual H3 work by ~5×. A single batched entry point that runs the loop on the C side recovers most of that overhead”.",
		Title: "uber/h3-go, issue 113, 2026",
		URL:   "https://github.com/uber/h3-go/issues/113",
		Here:  batchingRecovers,
	},
	{
		Text:  "A no-op in a plugin of Extism takes 7.43 µs, with 70 kB in 23 objects.",
		Title: "extism/go-sdk, issue 85, 2024",
		URL:   "https://github.com/extism/go-sdk/issues/85",
		Here:  runtimeAlone,
	},
	{
		Text:  "Calls from C to Go on threads made by C took “~1-3 microseconds”, and take “~100-200 nanoseconds per call” since.",
		Title: "Go 1.21 release notes, 2023",
		URL:   "https://go.dev/doc/go1.21",
		Here:  onThreadsOfC,
	},
	{
		Text:  "“At least 2000 callbacks can always be created.”",
		Title: "purego's documentation of NewCallback",
		URL:   "https://pkg.go.dev/github.com/ebitengine/purego#NewCallback",
		Here: func(p *page.Page) (string, string) {
			rows := p.Rows(slotsBenchmark)
			if len(rows) == 0 {
				return "", ""
			}
			n := rows[0].More("slots").Median
			return fmt.Sprintf("%.0f, then a panic", n), page.Verdict(n >= 2000)
		},
	},
}

// noopAgainst says how a call through cgo that passes nothing stands to published times, in ns.
func noopAgainst(p *page.Page, low, high float64) (found, verdict string) {
	ns, ok := newPassed(p).find("noop", "1").time("cgo")
	if !ok {
		return "", ""
	}
	found = "a no-op takes " + page.WithSpread(page.Nanoseconds(ns.Median), ns)
	switch {
	case ns.Median < low/1.5:
		return found, fmt.Sprintf("does not hold: %.1f times too high", low/ns.Median)
	case ns.Median > high*1.5:
		return found, fmt.Sprintf("does not hold: %.1f times too low", ns.Median/high)
	}
	return found, "holds"
}

func similarApproach(p *page.Page) (found, verdict string) {
	s := newPassed(p)
	var parts []string
	least, most := math.Inf(1), 0.0
	for _, of := range []struct{ op, n string }{{"noop", "1"}, {"add", "1"}, {"ints", "15"}} {
		q := s.find(of.op, of.n)
		if r, ok := record.WallRatio(q.row("purego"), q.row("cgo")); ok {
			least, most = min(least, r.Median), max(most, r.Median)
			parts = append(parts, fmt.Sprintf("%.1f times cgo for %s", r.Median, q.label()))
		}
	}
	if parts == nil {
		return "", ""
	}
	found = "purego takes " + page.Joined(parts)
	switch {
	case most <= 2:
		return found, "holds"
	case least > 2:
		return found, "does not hold: not the same range"
	}
	return found, "holds for some calls only"
}

func notFaster(p *page.Page) (found, verdict string) {
	rows, faster := 0, 0
	for _, q := range newPassed(p).all {
		floor := record.Floor(q.rows)
		for _, via := range []string{"purego", "syscalln"} {
			if r, ok := record.WallRatio(q.row(via), q.row("cgo")); ok {
				rows++
				if r.Differs(floor) && r.Median < 1 {
					faster++
				}
			}
		}
	}
	if rows == 0 {
		return "", ""
	}
	return fmt.Sprintf("RegisterFunc or SyscallN takes less time than cgo in %d of %s", faster, page.Count(fmt.Sprint(rows), "comparison")),
		map[bool]string{true: "holds", false: "does not hold everywhere"}[faster <= rows/20] // so many may stray
}

func allocatesByArity(p *page.Page) (found, verdict string) {
	s := newPassed(p)
	var parts []string
	same := true
	for _, of := range []struct {
		n              string
		bytes, objects float64
	}{{"1", 40, 3}, {"5", 176, 7}, {"15", 512, 17}} {
		bytes, objects, ok := s.find("ints", of.n).allocated("purego")
		if !ok {
			return "", ""
		}
		same = same && math.Round(bytes) == of.bytes && math.Round(objects) == of.objects
		parts = append(parts, fmt.Sprintf("%.0f B in %.0f", bytes, objects))
	}
	return page.Joined(parts), map[bool]string{true: "holds", false: "other figures here"}[same]
}

func allocatesASlice(p *page.Page) (found, verdict string) {
	s := newPassed(p)
	oneBytes, one, ok := s.find("ints", "1").allocated("syscalln")
	manyBytes, many, also := s.find("ints", "15").allocated("syscalln")
	if !ok || !also {
		return "", ""
	}
	return fmt.Sprintf("%.0f B in %.0f for 1 argument, %.0f B in %.0f for 15", oneBytes, one, manyBytes, many),
		page.Verdict(math.Round(one) == 1 && math.Round(many) == 1)
}

// withoutReflection compares purego's registered functions with the trampoline, whose stubs are typed, too.
func withoutReflection(p *page.Page) (found, verdict string) {
	q := newPassed(p).find("ints", "1")
	ratio, ok := record.WallRatio(q.row("purego"), q.row("trampoline"))
	_, before, also := q.allocated("purego")
	_, after, too := q.allocated("trampoline")
	if !ok || !also || !too {
		return "", ""
	}
	found = fmt.Sprintf("RegisterFunc takes %s and %s; the trampoline, whose stubs are typed, %s and %s", page.Nanoseconds(q.median("purego")),
		page.Count(fmt.Sprintf("%.0f", before), "object"), page.Nanoseconds(q.median("trampoline")), page.Count(fmt.Sprintf("%.0f", after), "object"))
	const published = 145.0 / 26
	switch {
	case math.Round(after) >= math.Round(before) || ratio.Median <= 1:
		return found, "does not hold"
	case ratio.Median < published/1.5:
		return found, "less than that here"
	}
	return found, "holds"
}

func batchingRecovers(p *page.Page) (found, verdict string) {
	b, ok := newBatched(newPassed(p))
	if !ok {
		return "", ""
	}
	gain, ok := b.gain("cgo")
	if !ok {
		return "", ""
	}
	large, most := b.largest()
	found = fmt.Sprintf("through cgo, an addition takes %s by itself and %s in a batch of %s, %s less",
		page.Nanoseconds(b.single.median("cgo")), page.Nanoseconds(large.median("cgo")/most), thousands(most), page.Share(1-1/gain.Median))
	if ns := nanoseconds(b.single.median("direct")); ns != "" {
		found += "; rewritten in Go, it takes " + ns
	}
	return found, page.Verdict(gain.Median > 2)
}

// runtimeAlone says what the WebAssembly runtime under Extism takes.
func runtimeAlone(p *page.Page) (found, verdict string) {
	q := newPassed(p).find("noop", "1")
	ns, ok := q.time("wasm")
	bytes, _, also := q.allocated("wasm")
	if !ok || !also {
		return "", ""
	}
	found = fmt.Sprintf("wazero, the runtime below Extism, takes %s by itself, and %.0f B; Extism's layer is not measured here",
		page.WithSpread(page.Nanoseconds(ns.Median), ns), bytes)
	const published = 7429.0
	if ns.Median > published/2 {
		return found, "holds"
	}
	return found, fmt.Sprintf("not the runtime's: it takes %s of that", page.Share(ns.Median/published))
}

func onThreadsOfC(p *page.Page) (found, verdict string) {
	s := newPassed(p)
	later, ok := s.find("thread", "1000").moreThan(s.find("thread", "1"), "cgo")
	own, also := s.find("next", "1000").moreThan(s.find("next", "0"), "cgo")
	first := s.firstOnThread("cgo")
	if !ok || !also || first == "" {
		return "", ""
	}
	each := later.ns / 999
	found = fmt.Sprintf("through cgo %s on such a thread after its first call; that one adds %s to making the thread; "+
		"%s on the thread that Go called C on", page.Nanoseconds(each), first, page.Nanoseconds(own.ns/1000))
	switch {
	case each > 250:
		return found, "slower here"
	case each < 75:
		return found, "faster here"
	}
	return found, "holds after the first call"
}
