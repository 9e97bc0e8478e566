// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study/bench"
)

// KnobSeries returns a series of a median of ns a call, in rounds of which some are slow for all.
func KnobSeries(name string, ns float64, bytes, objects float64) measure.Series {
	_, rest, _ := strings.Cut(name, "kernel=")
	kernel, _, _ := strings.Cut(rest, "/")
	s := measure.Series{
		Subject: &measure.Subject{Name: name, Facts: []measure.Fact{{Key: "problem", Value: "knobs " + kernel}, {Key: "per", Value: "call"}}},
		N:       100,
	}
	for _, slow := range []float64{1, 1.1, 0.9, 1, 1, 1.2, 0.95, 1} {
		s.Samples = append(s.Samples, measure.Sample{Wall: ns * slow, CPU: ns * slow, Bytes: bytes + 0.01, Allocs: objects + 0.001})
	}
	return s
}

func byCgo(kernel, lang, directives, memory, thread, symbol, setting string) string {
	return "Knobs/kernel=" + kernel + "/lang=" + lang + "/via=cgo/directives=" + directives + "/memory=" + memory +
		"/thread=" + thread + "/symbol=" + symbol + setting + "/n=8"
}

// knobRecord is a study in which both directives save what noescape is said to save.
func knobRecord(noescapeObjects float64) []measure.Series {
	const plain = "Knobs/kernel=noop/lang=c/via="
	return []measure.Series{
		KnobSeries(byCgo("first", "c", "none", "go-heap", "free", "static", ""), 30, 0, 0),
		KnobSeries(byCgo("first", "c-again", "none", "go-heap", "free", "static", ""), 30.3, 0, 0),
		KnobSeries(byCgo("first", "c", "noescape", "go-heap", "free", "static", ""), 30.2, 0, 0),
		KnobSeries(byCgo("first", "c", "nocallback", "go-heap", "free", "static", ""), 33, 0, 0),
		KnobSeries(byCgo("first", "c", "both", "go-heap", "free", "static", ""), 33, 0, 0),
		KnobSeries(byCgo("first", "c", "none", "stack", "free", "static", ""), 50, 64, 1),
		KnobSeries(byCgo("first", "c", "noescape", "stack", "free", "static", ""), 50, 64*noescapeObjects, noescapeObjects),
		KnobSeries(byCgo("first", "c", "both", "stack", "free", "static", ""), 35, 0, 0),
		KnobSeries(byCgo("first", "c", "none", "pinned-once", "free", "static", ""), 30, 0, 0),
		KnobSeries(byCgo("first", "c", "none", "pinned-each", "free", "static", ""), 75, 0, 0),
		KnobSeries(byCgo("noop", "c", "none", "none", "free", "static", ""), 20, 0, 0),
		KnobSeries(byCgo("noop", "c", "none", "none", "locked", "static", ""), 20, 0, 0),
		KnobSeries(byCgo("noop", "c", "none", "none", "each", "static", ""), 25, 0, 0),
		KnobSeries(byCgo("noop", "c", "none", "none", "free", "pointer", ""), 20, 0, 0),
		KnobSeries(plain+"syscalln/directives=none/memory=none/thread=free/symbol=dlopen/n=1", 60, 0, 0),
		KnobSeries("Knobs/kernel=switch/lang=go/via=direct/thread=free/n=1", 100, 0, 0),
		KnobSeries("Knobs/kernel=switch/lang=go/via=direct/thread=locked/n=1", 5000, 0, 0),
		KnobSeries(byCgo("first", "c", "none", "go-heap", "free", "static", "/cgocheck=0"), 30, 0, 0),
		KnobSeries(byCgo("first", "c", "none", "go-heap", "free", "static", "/cgocheck=1"), 30, 0, 0),
		KnobSeries(byCgo("struct", "c", "none", "pinned-once", "free", "static", "/cgocheck=0"), 30, 0, 0),
		KnobSeries(byCgo("struct", "c", "none", "pinned-once", "free", "static", "/cgocheck=1"), 52, 0, 0),
		KnobSeries(plain+"purego/directives=none/memory=none/thread=free/symbol=dlopen/cgocheck=1/n=1", 100, 0, 0),
		KnobSeries(plain+"purego/directives=none/memory=none/thread=free/symbol=dlopen/cgo=0/n=1", 120, 0, 0),
		KnobSeries("Knobs/kernel=call/lang=go/via=direct/thread=free/cgocheck=1/n=1", 1.5, 0, 0),
		KnobSeries("Knobs/kernel=call/lang=go/via=direct/thread=free/cgo=0/n=1", 1.5, 0, 0),
		KnobSeries("Knobs/kernel=work/lang=go/via=direct/thread=free/gc=idle/n=1", 30, 0, 0),
		KnobSeries("Knobs/kernel=work/lang=go/via=direct/thread=free/gc=hard/n=1", 45, 0, 0),
		KnobSeries(byCgo("first", "c", "none", "go-heap", "free", "static", "/gc=idle"), 30, 0, 0),
		KnobSeries(byCgo("first", "c", "none", "go-heap", "free", "static", "/gc=hard"), 45, 0, 0),
		KnobSeries(byCgo("struct", "c", "none", "pinned-each", "free", "static", "/gc=idle"), 90, 0, 0),
		KnobSeries(byCgo("struct", "c", "none", "pinned-each", "free", "static", "/gc=hard"), 270, 0, 0),
	}
}

// printKnobs returns what is printed of the series, with a space for every run of space and rules.
func printKnobs(t *testing.T, style page.Style, series []measure.Series) string {
	var text bytes.Buffer
	record := pagetest.Written(t, pagetest.Facts, series)
	Tables(&page.Page{&text, style, record, record.Limits()})
	return strings.Join(strings.FieldsFunc(text.String(), func(r rune) bool { return strings.ContainsRune(" \n│|", r) }), " ")
}

func TestKnobs(t *testing.T) {
	for _, style := range []page.Style{{}, {Markdown: true}} {
		got := printKnobs(t, style, knobRecord(1))
		for _, want := range []string{
			"array in a local variable 50.0 ±10%! 64 B, 1 50.0 ±10%! 64 B, 1 35.0 ±10%!",
			"#cgo noescape alone saves no allocation; all 2 lines together show no difference beyond noise.",
			"#cgo nocallback alone saves no allocation; all 1 lines together take 1.10 times their time, by themselves 1 of them differ, by +3.0 ns.",
			"Both together save 1 allocation of 64 B a call (array in a local variable: 15.0 ns less); the other 1 lines together take 1.10 times",
			"Pinning the array takes, against not pinning it: no difference beyond noise if once for all calls and 45.0 ns more if for each call.",
			"Of 9 single changes 4 make no difference beyond noise; the dearest is pinned for each call (array), 2.50 times the plain call.",
			"#cgo noescape 30.2 ±10%! ~1.01x",
			"static symbol by cgo: function pointer by cgo (no difference beyond noise for no argument) and SyscallN by purego (no argument 40.0 ns more).",
			"A call from a goroutine that is locked to its thread takes, against one from a free one: no difference beyond noise; locked and unlocked for each call: 5.00 ns more;",
			"4.90 µs more, which is 50 times its time.",
			"Against cgocheck=0, cgocheck=1 takes: struct with a pointer 22.0 ns more, no difference beyond noise for array.",
			"against the same built with it: purego RegisterFunc (no argument) 20.0 ns more, no difference beyond noise for Go: call of an empty function.",
			"Go's own work takes 1.50 times its time; the factor does not differ from that beyond noise for cgo (array); it is for cgo (struct, its target pinned for each call) 2.00 times that.",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%+v: there is no\n%s\nin\n%s", style, want, got)
			}
		}
	}
}

// TestKnobsFollowTheFigures: where noescape alone saves the allocation, that is said.
func TestKnobsFollowTheFigures(t *testing.T) {
	got := printKnobs(t, page.Style{}, knobRecord(0))
	want := "#cgo noescape alone saves 1 allocation of 64 B a call (array in a local variable: no difference beyond noise); the other 1 lines together show no difference beyond noise"
	if !strings.Contains(got, want) {
		t.Errorf("there is no\n%s\nin\n%s", want, got)
	}
}

// TestKnobsMatrix: of the whole matrix, each choice in all pairs; not if only single choices were measured.
func TestKnobsMatrix(t *testing.T) {
	const title = "The whole matrix"
	if got := printKnobs(t, page.Style{}, knobRecord(1)); strings.Contains(got, title) {
		t.Errorf("of single choices is printed\n%s\nwant no %s", got, title)
	}
	got := printKnobs(t, page.Style{}, append(knobRecord(1),
		KnobSeries(byCgo("first", "c", "none", "go-heap", "locked", "static", ""), 30, 0, 0),
		KnobSeries(byCgo("first", "c", "both", "go-heap", "locked", "static", ""), 66, 0, 0)))
	for _, want := range []string{
		title,
		// Locked are noop, first, and first with both directives; these on a free goroutine take 20, 30 and 33 ns.
		"goroutine locked to its thread 3 ~1.00x 1.00x 2.00x 1",
		"both directives 3 1.10x 0.70x 2.20x 3",
		"#cgo noescape 2 ~1.00x 1.00x 1.01x 0",
		"both directives: 1.10 times the time (3 of 3 pairs differ by themselves)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %s in\n%s", want, got)
		}
	}
}

// TestKnobsOfPart: of a record that lacks most, what there is; of one that lacks all, nothing.
func TestKnobsOfPart(t *testing.T) {
	all := knobRecord(1)
	for k := range all {
		if got := printKnobs(t, page.Style{}, all[k:k+1]); !strings.HasPrefix(got, "KNOBS") {
			t.Errorf("of %s alone is printed %q, want a heading", all[k].Subject.Name, got)
		}
	}
	if got := printKnobs(t, page.Style{}, bench.Series()); got != "" {
		t.Errorf("of another study is printed %q, want nothing", got)
	}
}

func TestSeriesOfRecord(t *testing.T) {
	want := knobRecord(1)
	for _, procs := range []int{1, 2} {
		var b bytes.Buffer
		if err := record.Write(&b, pagetest.Facts, procs, want); err != nil {
			t.Fatal(err)
		}
		record, err := record.Read(&b, "child")
		if err != nil {
			t.Fatal(err)
		}
		got := record.Series()
		near := cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })
		ignored := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Run" || p.Last().String() == ".Reset" }, cmp.Ignore())
		if diff := cmp.Diff(want, got, near, ignored); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
