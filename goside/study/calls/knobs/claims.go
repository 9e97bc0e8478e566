// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"fmt"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// The claims are quoted, or cut to their figures. Their sources were read in November 2026.
var claims = []page.Claim{
	{
		Text:  "“#cgo noescape cFunctionName tells the compiler that memory passed to the C function … does not escape.”",
		Title: "Go 1.24 release notes, 2025",
		URL:   "https://go.dev/doc/go1.24",
		Here:  doesNotEscape,
	},
	{
		Text:  "With nocallback “these preparations [for a callback] are not necessary”.",
		Title: "cmd/cgo's documentation",
		URL:   "https://pkg.go.dev/cmd/cgo#hdr-Optimizing_calls_of_C_code",
		Here:  savesPreparations,
	},
	{
		Text:  "cgocheck=1, the default, “implements reasonably cheap dynamic checks”.",
		Title: "cmd/cgo's documentation",
		URL:   "https://pkg.go.dev/cmd/cgo#hdr-Passing_pointers",
		Here:  checksCheaply,
	},
	{
		Text:  "“Reusing a Pinner is safe, and in fact encouraged, to avoid the cost of initializing new Pinners on first use.”",
		Title: "package runtime's documentation",
		URL:   "https://pkg.go.dev/runtime#Pinner",
		Here:  reusedPinner,
	},
	{
		Text:  "Calls from a goroutine that is locked to its thread by LockOSThread: “I believe this can dramatically improve mattn library performance in most benchmarks.”",
		Title: "cvilsmeier/go-sqlite-bench, issue 11, 2024",
		URL:   "https://github.com/cvilsmeier/go-sqlite-bench/issues/11",
		Here:  fasterLocked,
	},
	{
		Text:  "“The upshot is significantly faster transitions into C/C++”: 4.63 ns on the system stack, 60.1 ns by cgo.",
		Title: "petermattis/fastcgo, README",
		URL:   "https://github.com/petermattis/fastcgo",
		Here:  fasterLeaf,
	},
	{
		Text:  "“The goroutine executing a fastcgo call will never be interrupted and will delay the starting or completion of GC until it finishes.”",
		Title: "petermattis/fastcgo, README",
		URL:   "https://github.com/petermattis/fastcgo",
		Here:  delaysCollection,
	},
	{
		Text:  "Calling asmcgocall directly, without the scheduler, “achieves ‘single-digit ns’ FFI cost”.",
		Title: "go-webgpu/goffi, issue 36, of Stoolap's driver, 2026",
		URL:   "https://github.com/go-webgpu/goffi/issues/36",
		Here:  singleDigit,
	},
}

func doesNotEscape(p *page.Page) (found, verdict string) {
	s := newRows(p)
	local := plain("first").but(choice{memory: "stack"})
	none, alone := s.of[local], s.of[local.but(choice{directives: "noescape"})]
	both := s.of[local.but(choice{directives: "both"})]
	if none == nil || alone == nil || both == nil {
		return "", ""
	}
	_, a := allocates(none)
	_, b := allocates(alone)
	_, c := allocates(both)
	found = fmt.Sprintf("objects allocated for a local array: %.0f without, %.0f with noescape, %.0f with noescape and nocallback", a, b, c)
	switch {
	case b < a:
		return found, "holds"
	case c < a:
		return found, "holds only together with nocallback"
	}
	return found, "does not hold"
}

func savesPreparations(p *page.Page) (found, verdict string) {
	noop := plain("noop")
	e, ok := newRows(p).effect(noop.but(choice{directives: "nocallback"}), noop)
	if !ok {
		return "", ""
	}
	found = fmt.Sprintf("a no-op with nocallback takes %.2f times one without%s", e.Ratio.Median, page.Between(e.Ratio))
	switch {
	case !e.Differs:
		return found, "saves no time by itself"
	case e.Ratio.Median > 1:
		return found, "costs time by itself"
	}
	return found, "saves time"
}

func checksCheaply(p *page.Page) (found, verdict string) {
	s := newRows(p)
	var parts []string
	dear := false
	for _, of := range []struct{ op, label string }{
		{"first", "an array of numbers"}, {"struct", "a struct with a pointer"}, {"structs", "64 of them"},
	} {
		on, off := s.of[plain(of.op).but(choice{cgocheck: "1"})], s.of[plain(of.op).but(choice{cgocheck: "0"})]
		if on == nil || off == nil {
			return "", ""
		}
		without := record.MiddleOf(off.Wall())
		added := record.MiddleOf(on.Wall()) - without
		dear = dear || added > without
		parts = append(parts, page.WithSign(added, page.Nanoseconds)+" for "+of.label)
	}
	if dear {
		return page.Joined(parts), "holds where what is passed has no pointers in it"
	}
	return page.Joined(parts), "holds"
}

func reusedPinner(p *page.Page) (found, verdict string) {
	s := newRows(p)
	array := plain("first")
	reused, fresh := array.but(choice{memory: "pinned-each"}), array.but(choice{memory: "pinned-new"})
	if s.of[array] == nil || s.of[reused] == nil || s.of[fresh] == nil {
		return "", ""
	}
	base := record.MiddleOf(s.of[array].Wall())
	found = fmt.Sprintf("pinning for each call adds %s with a Pinner that is used again, %s with a new one",
		page.Nanoseconds(record.MiddleOf(s.of[reused].Wall())-base), page.Nanoseconds(record.MiddleOf(s.of[fresh].Wall())-base))
	e, ok := s.effect(fresh, reused)
	switch {
	case !ok:
		return found, ""
	case !e.Differs:
		return found, "no difference here"
	case e.Ratio.Median > 1:
		return found, "holds"
	}
	return found, "the other way round here"
}

// publishedLeaf is the ratio that a claim gives.
const publishedLeaf = 60.1 / 4.63

// timesAsFast says how many times as fast a row is as another, beside what was published.
func timesAsFast(fast, slow *record.Row, published, floor float64) (ratio, verdict string) {
	e, ok := record.EffectOf(slow, fast, floor)
	switch {
	case !ok:
		return "", ""
	case !e.Differs || e.Ratio.Median < 1:
		verdict = "does not hold"
	case e.Ratio.Hi < published:
		verdict = fmt.Sprintf("holds, but by less: %s times as fast, not %s", page.Factor(e.Ratio.Median), page.Factor(published))
	default:
		verdict = "holds"
	}
	return page.Factor(e.Ratio.Median), verdict
}

func fasterLeaf(p *page.Page) (found, verdict string) {
	rows := p.Rows(leafName)
	leaf, byCgo := leafRow(rows, "noop", "trampoline", formLeaf), leafRow(rows, "noop", "cgo", formUsual)
	ratio, verdict := timesAsFast(leaf, byCgo, publishedLeaf, record.Floor(rows))
	if ratio == "" {
		return "", ""
	}
	return fmt.Sprintf("a no-op takes %s as a leaf and %s by cgo: %s times as fast", page.Nanoseconds(record.MiddleOf(leaf.Wall())),
		page.Nanoseconds(record.MiddleOf(byCgo.Wall())), ratio), verdict
}

func delaysCollection(p *page.Page) (found, verdict string) {
	leaf, usual := stallOf(p.Rows(stallName))
	if leaf == nil {
		return "", ""
	}
	took := leaf.More("call-ns").Median
	collection := record.MiddleOf(leaf.Wall())
	found = fmt.Sprintf("beside a leaf call of %s runtime.GC takes %s, beside a usual call %s", page.Nanoseconds(took),
		page.Nanoseconds(collection), page.Nanoseconds(record.MiddleOf(usual.Wall())))
	return found, page.Verdict(collection > took/2)
}

func singleDigit(p *page.Page) (found, verdict string) {
	leaf := leafRow(p.Rows(leafName), "noop", "trampoline", formLeaf)
	if leaf == nil {
		return "", ""
	}
	took := measure.Median(leaf.Wall())
	return "a leaf call without argument, by Toll's own assembly, takes " + page.Nanoseconds(took.Median), page.Verdict(took.Median < 10)
}
