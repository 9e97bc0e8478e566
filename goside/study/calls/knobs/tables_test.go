// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// timed returns a series of a median of ns a call, in rounds of which some are slow for all.
func timed(c choice, ns, bytes, objects float64) measure.Series {
	s := measure.Series{Subject: &measure.Subject{Name: c.name(8), Facts: newSubject(c, 8, nil).Facts}, N: 100}
	for _, slow := range []float64{1, 1.1, 0.9, 1, 1, 1.2, 0.95, 1} {
		s.Samples = append(s.Samples, measure.Sample{Wall: ns * slow, CPU: ns * slow, Bytes: bytes + 0.01, Allocs: objects + 0.001})
	}
	return s
}

// fast returns a series of a call that allocates nothing.
func fast(c choice, ns float64) measure.Series { return timed(c, ns, 0, 0) }

// again returns a series of a plain call's second entry.
func again(c choice, ns float64) measure.Series {
	return fast(c.but(choice{entry: record.EntryAgain}), ns)
}

// madeUp is a study in which both directives save what noescape is said to save, and noescape leaves that many objects.
func madeUp(noescapeObjects float64) []measure.Series {
	first, noop, strct := plain("first"), plain("noop"), plain("struct")
	local := first.but(choice{memory: "stack"})
	return []measure.Series{
		fast(first, 30), again(first, 30.3),
		fast(first.but(choice{directives: "noescape"}), 30.2),
		fast(first.but(choice{directives: "nocallback"}), 33),
		fast(first.but(choice{directives: "both"}), 33),
		timed(local, 50, 64, 1),
		timed(local.but(choice{directives: "noescape"}), 50, 64*noescapeObjects, noescapeObjects),
		fast(local.but(choice{directives: "both"}), 35),
		fast(first.but(choice{memory: "pinned-once"}), 30),
		fast(first.but(choice{memory: "pinned-each"}), 75),
		fast(noop, 20), again(noop, 20.1),
		fast(noop.but(choice{thread: "locked"}), 20),
		fast(noop.but(choice{thread: "each"}), 25),
		fast(noop.but(choice{symbol: "pointer"}), 20),
		fast(noop.but(choice{directives: "nocallback"}), 22),
		fast(noop.but(choice{via: "syscalln"}), 60),
		fast(plain("switch"), 100),
		fast(plain("switch").but(choice{thread: "locked"}), 5000),
		fast(first.but(choice{cgocheck: "0"}), 30),
		fast(first.but(choice{cgocheck: "1"}), 30), again(first.but(choice{cgocheck: "1"}), 30.1),
		fast(strct.but(choice{cgocheck: "0"}), 30),
		fast(strct.but(choice{cgocheck: "1"}), 52), again(strct.but(choice{cgocheck: "1"}), 52.1),
		fast(noop.but(choice{via: "purego", cgocheck: "1"}), 100), again(noop.but(choice{via: "purego", cgocheck: "1"}), 100.1),
		fast(noop.but(choice{via: "purego", cgo: "0"}), 120),
		fast(plain("call").but(choice{cgocheck: "1"}), 1.5), again(plain("call").but(choice{cgocheck: "1"}), 1.51),
		fast(plain("call").but(choice{cgo: "0"}), 1.5),
		fast(plain("work").but(choice{gc: "idle"}), 30), again(plain("work").but(choice{gc: "idle"}), 30.1),
		fast(plain("work").but(choice{gc: "hard"}), 45), again(plain("work").but(choice{gc: "hard"}), 45.1),
		fast(first.but(choice{gc: "idle"}), 30),
		fast(first.but(choice{gc: "hard"}), 45),
		fast(strct.but(choice{memory: "pinned-each", gc: "idle"}), 90),
		fast(strct.but(choice{memory: "pinned-each", gc: "hard"}), 270),
	}
}

// raw returns what is printed of the series: tables, answers, claims.
func raw(t *testing.T, style page.Style, series []measure.Series) string {
	t.Helper()
	var b bytes.Buffer
	p := page.New(&b, pagetest.Written(t, pagetest.Facts, series), style)
	for _, section := range Part.Sections {
		section(p)
	}
	p.Answers(Part.Answers)
	p.Claims("Claims", Part.Claims)
	return b.String()
}

// printed returns what is printed with a space for every run of space and rules.
func printed(t *testing.T, style page.Style, series []measure.Series) string {
	t.Helper()
	return strings.Join(strings.FieldsFunc(raw(t, style, series), func(r rune) bool { return strings.ContainsRune(" \n│|", r) }), " ")
}

// without returns the series but for those of the choices.
func without(series []measure.Series, choices ...choice) []measure.Series {
	var left []measure.Series
	for _, s := range series {
		n := record.ParseName(s.Subject.Name)
		keep := true
		for _, c := range choices {
			keep = keep && named(&n) != c
		}
		if keep {
			left = append(left, s)
		}
	}
	return left
}

func TestTables(t *testing.T) {
	for _, style := range []page.Style{{}, {Markdown: true}} {
		pagetest.Holds(t, printed(t, style, madeUp(1)),
			"array in a local variable 50.0 ±10%! 50.0 ±10%! 35.0 ±10%!",
			"array in a local variable no directive 64 1 array in a local variable #cgo noescape 64 1",
			"#cgo noescape alone saves no allocation. All 2 lines together show no difference beyond noise.",
			"#cgo nocallback alone saves no allocation. All 2 lines together take 1.10 times the time. By themselves, 2 of them differ, by +2.0 to +3.0 ns.",
			"Both together save 1 allocation of 64 B a call (array in a local variable: 15.0 ns less). The other line takes 1.10 times the time. "+
				"By itself, it differs by +3.0 ns.",
			"Against an array that is not pinned: pinned once for all calls, no difference beyond noise; pinned for each call, 45.0 ns more.",
			"Of 10 single changes, 4 make no difference beyond noise. The dearest takes 2.50 times the time of the plain call: pinned for each call, array.",
			"#cgo noescape 30.2 ±10%! ~1.01 ±0%",
			"Function pointer by cgo, against a static symbol by cgo: no difference beyond noise (no argument). "+
				"SyscallN by purego, against a static symbol by cgo: 40.0 ns more (no argument).",
			"A call from a goroutine that is locked to its thread, against one from a free one: no difference beyond noise. Locking and unlocking for each call: 5.00 ns more.",
			"A hand-off to or from a locked goroutine takes 50 times the time of one between free ones: 4.90 µs more.",
			"cgocheck=1, against cgocheck=0: 22.0 ns more (struct with a pointer); no difference beyond noise (array).",
			"A call built without cgo, against the same built with it: 20.0 ns more (RegisterFunc without argument); no difference beyond noise (Go: call of an empty function).",
			"Go's own work takes 1.50 times its time. The factor is indistinguishable from that for cgo with an array. "+
				"It is 2.00 times that of Go's own work for cgo with a struct pinned for each call.",
			"noescape alone makes no measurable difference; with nocallback it saves 15.0 ns and 1 allocation. "+
				"When an address on the heap is passed, both together add 3.00 ns. When nothing is passed, nocallback adds 2.00 ns.",
			"Pinning for each call adds 45.0 ns; pinning once for all calls makes no measurable difference.",
		)
	}
	pagetest.Holds(t, printed(t, page.Style{Markdown: true}, madeUp(1)), "holds only together with nocallback", "costs time by itself")
}

// TestSentencesFollowTheFigures holds what is said if other figures are found, or none.
func TestSentencesFollowTheFigures(t *testing.T) {
	first, noop, strct := plain("first"), plain("noop"), plain("struct")
	second := choice{entry: record.EntryAgain}
	for name, c := range map[string]struct {
		series      []measure.Series
		want, lacks []string
	}{
		"noescape alone saves the allocation": {madeUp(0), []string{
			"#cgo noescape alone saves 1 allocation of 64 B a call (array in a local variable: no difference beyond noise). " +
				"The other line shows no difference beyond noise.",
			"noescape alone saves 1 allocation; with nocallback it saves 15.0 ns and 1 allocation.",
		}, nil},
		"of unknown noise nothing differs": {without(madeUp(1), first.but(second), noop.but(second)), []string{
			"Of 10 single changes, 10 make no difference beyond noise.",
			"pinned for each call, no difference beyond noise.",
			"A hand-off to or from a locked goroutine, against one between free ones: no difference beyond noise.",
			"with nocallback it saves 1 allocation.",
			"saves no time by itself",
		}, []string{"The dearest", "The cheapest", "By themselves"}},
		"the work was timed once": {without(madeUp(1), plain("work").but(choice{gc: "hard", entry: record.EntryAgain})), []string{
			"Go's own work takes 1.50 times its time. Its noise floor is unknown, so the factors of calls cannot be told from that.",
		}, []string{"indistinguishable from that", "times that of"}},
		"one change, which saves": {[]measure.Series{fast(noop, 20), again(noop, 20.1), fast(noop.but(choice{directives: "both"}), 10)}, []string{
			"The only single change makes a difference beyond noise. The cheapest takes 0.50 times the time of the plain call: both directives, no argument.",
			"Both together save no allocation. The only line takes 0.50 times the time. By itself, it differs by -10.0 ns.",
		}, []string{"The dearest", "When nothing is passed"}},
		"one change, which does nothing": {[]measure.Series{fast(noop, 20), again(noop, 20.1), fast(noop.but(choice{directives: "both"}), 20)}, []string{
			"The only single change makes no difference beyond noise.",
		}, []string{"The dearest", "The cheapest"}},
		"two allocations are saved": {[]measure.Series{fast(strct, 20), again(strct, 20.1), timed(strct.but(choice{memory: "stack"}), 40, 32, 2),
			fast(strct.but(choice{memory: "stack", directives: "both"}), 20)}, []string{
			"Both together save 2 allocations of 32 B a call (struct in a local variable, its target pinned once: 20.0 ns less).",
		}, []string{"together take"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := printed(t, page.Style{Markdown: true}, c.series)
			pagetest.Holds(t, got, c.want...)
			pagetest.Lacks(t, got, c.lacks...)
		})
	}
}

// TestMatrix: of the whole matrix, each choice in all pairs; not if only single choices were measured.
func TestMatrix(t *testing.T) {
	const title = "The whole matrix"
	pagetest.Lacks(t, printed(t, page.Style{}, madeUp(1)), title)
	locked := plain("first").but(choice{thread: "locked"})
	all := append(madeUp(1), fast(locked, 30), fast(locked.but(choice{directives: "both"}), 66))
	pagetest.Holds(t, printed(t, page.Style{}, all),
		title,
		// Locked are noop, first, and first with both directives; these on a free goroutine take 20, 30 and 33 ns.
		"goroutine locked to its thread 3 ~1.00 ±0% 1.00 2.00 1",
		"both directives 3 1.10 ±0% 0.70 2.20 3",
		"#cgo noescape 2 ~1.00 ±0% 1.00 1.01 0",
		"All pairs together: #cgo noescape, no difference beyond noise; ",
		"both directives, 1.10 times the time;",
	)
	pagetest.Sourced(t, raw(t, page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}}, all))
}

// TestPrintsWhatThereIs: of a record that lacks most, what there is; of one that lacks all, nothing. Its lines fit in a terminal.
func TestPrintsWhatThereIs(t *testing.T) {
	all := madeUp(1)
	parts := [][]measure.Series{all}
	for k := range all {
		parts = append(parts, all[k:k+1])
	}
	for _, some := range parts {
		got := raw(t, page.Style{}, some)
		if !strings.HasPrefix(got, "KNOBS") || strings.Contains(got, "%!(") || strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
			t.Errorf("of %s is printed %q, want a heading, and figures", some[0].Subject.Name, got)
		}
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 120 {
				t.Errorf("a line has %d columns, want at most 120:\n%s", n, line)
			}
		}
	}
	if got := raw(t, page.Style{}, []measure.Series{pagetest.One("Other/op=noop/lang=c/via=cgo/n=1", nil, 1)}); got != "" {
		t.Errorf("of another study is printed %q, want nothing", got)
	}
}

// TestSeriesOfRecord holds that a process's series come out of its record as they went in.
func TestSeriesOfRecord(t *testing.T) {
	want := madeUp(1)
	for _, procs := range []int{1, 2} {
		var b bytes.Buffer
		if err := record.Write(&b, pagetest.Facts, record.ProblemFacts, procs, want); err != nil {
			t.Fatal(err)
		}
		r, err := record.Read(&b, "child")
		if err != nil {
			t.Fatal(err)
		}
		near := cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })
		ignored := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Run" || p.Last().String() == ".Reset" }, cmp.Ignore())
		if diff := cmp.Diff(want, r.Series(), near, ignored); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
