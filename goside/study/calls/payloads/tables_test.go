// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study"
)

// printed returns what all sections print of the series, and what the answers and claims are.
func printed(t *testing.T, style page.Style, all []measure.Series) string {
	t.Helper()
	var b bytes.Buffer
	p := page.New(&b, pagetest.CallsRecord(t, all...), style)
	for _, section := range Part.Sections {
		section(p)
	}
	p.Answers(Part.Answers)
	p.Claims("Claims", Part.Claims)
	return b.String()
}

// TestReferenceSteadies holds that what the machine's phases do to a call and to the reference alike is taken off.
func TestReferenceSteadies(t *testing.T) {
	s := newPassed(pageOf(t, series(madeUp, nil)))
	q := s.find("ints", "7")
	want := madeUp["purego"].time(&calls.Payload{Cost: calls.Cost{Ints: 7, Results: 1}}) * 1.2 // the usual phase
	for _, ns := range q.steadied(q.row("purego")) {
		if math.Abs(ns/want-1) > 1e-4 {
			t.Errorf("a time is %g ns, want %g", ns, want)
		}
	}
	// What does not suffer would only get noisier.
	steady := q.row("cgo")
	for k := range steady.Samples {
		steady.Samples[k].Wall = 100
	}
	for _, ns := range q.steadied(steady) {
		if ns != 100 {
			t.Errorf("a steady time became %g ns, want 100", ns)
		}
	}
}

func TestModelFindsItsCoefficients(t *testing.T) {
	fits := newPassed(pageOf(t, series(madeAll, offered))).fits()
	if len(fits) != 6 {
		t.Fatalf("%d crossings have a model, want all but plain Go and the one for slices alone", len(fits))
	}
	for _, f := range fits {
		m := madeAll[f.via]
		want := []float64{m.call, m.argument, m.stack, m.result, m.read, m.written, m.slice, m.copied, m.callback, m.batched}
		for k, c := range f.coefficients {
			if math.IsNaN(c.Median) != (want[k] == 0) || math.Abs(c.Median/1.2-want[k]) > 1e-3*math.Max(want[k], 1) {
				t.Errorf("%s: %s costs %g ns, want %g", f.via, terms[k].name, c.Median/1.2, want[k])
			}
		}
		if f.largest() > 1e-3 {
			t.Errorf("%s: payloads held out are missed by up to %g, want 0", f.via, f.largest())
		}
		if len(f.fitted) < 2*len(f.errors)-2 || len(f.errors) < 9 {
			t.Errorf("%s: fitted to %d payloads and checked on %d", f.via, len(f.fitted), len(f.errors))
		}
	}
}

// TestModelAdmitsFailure holds that the error is of payloads that the fit has not seen, and is shown.
func TestModelAdmitsFailure(t *testing.T) {
	at := map[string]int{}
	all := series(madeUp, func(p *calls.Payload, via string, ns float64) float64 {
		r := &record.Row{Name: record.Name{Op: p.Kernel}, Facts: map[string]string{"group": p.Group}}
		if !modelled(r) || via == "direct" {
			return ns
		}
		at[via]++
		if via == "cgo" {
			return ns * []float64{1, 5, 2, 9}[at[via]%4] // what no sum of its terms makes
		}
		return ns
	})
	for _, f := range newPassed(pageOf(t, all)).fits() {
		if good := f.median() < acceptable; good != (f.via == "purego") {
			t.Errorf("%s is missed by %g in the median", f.via, f.median())
		}
	}
	pagetest.Holds(t, printed(t, page.Style{Markdown: true}, all), "% (cgo). 1 of 2 crossings stay within 20%.")
}

// TestPrintsWhatThereIs prints records of any part alone, in lines that a terminal holds.
func TestPrintsWhatThereIs(t *testing.T) {
	all := series(madeAll, offered)
	parts := [][]measure.Series{all, all[:3], all[len(all)-3:]}
	for k := 0; k < len(all); k += 7 {
		parts = append(parts, all[k:k+1])
	}
	for _, some := range parts {
		for _, style := range []page.Style{{}, {Markdown: true}} {
			text := printed(t, style, some)
			for _, bad := range []string{"NaN", "Inf", "%!(", "adds .", "takes ."} {
				if strings.Contains(text, bad) {
					t.Errorf("of %d series from %s on is printed %q:\n%s", len(some), some[0].Subject.Name, bad, text)
				}
			}
			if style.Markdown {
				continue
			}
			for line := range strings.Lines(text) {
				if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 120 {
					t.Errorf("a line has %d columns, want at most 120:\n%s", n, line[:min(len(line), 300)])
				}
			}
		}
	}
	if text := printed(t, page.Style{}, []measure.Series{pagetest.One("Other/op=x/lang=c/via=cgo/n=1", nil, 1)}); text != "" {
		t.Errorf("of another study is printed %q, want nothing", text)
	}
}

func TestTables(t *testing.T) {
	all := series(madeUp, nil)
	text := printed(t, page.Style{Markdown: true}, all)
	for _, q := range newPassed(pageOf(t, all)).all {
		if labels[q.op] == "" {
			t.Errorf("%s has no label", q.op)
		}
		if few[q.op] != nil && !slices.Contains(few[q.op], q.n) || q.group == "batches" {
			continue
		}
		if !strings.Contains(text, "| "+q.label()+" | ") {
			t.Errorf("no table has a line %q", q.label())
		}
	}
	pagetest.Holds(t, text,
		"| nothing | 2.40 ns ±0% | 36.0 ns ±0% | 192 ns ±0% |",
		"| nothing | 5.33 ±0% |",
		"| nothing | 40 in 3 | 40 in 3 |",
		"| slice, all written, 8 B to 16 MiB | 40 in 3 | 40 in 3 |",
		"| slices | in place | in place |",
		"| variable arguments | a fixed twin | a fixed twin |",
		"| slice, all read, 4 KiB | ",
		"A call that passes nothing takes 2.40 ns in plain Go, 36.0 ns through cgo and 192 ns through purego's RegisterFunc.",
		"Relative to cgo, that is 5.3 times through purego's RegisterFunc.",
		"Two arguments take 38.4 ns through cgo and 396 ns through purego's RegisterFunc.",
		"| an int64, up to 15 | 0.754 ns | 48.8 ns |",
		"Objects allocated for each: 0 through cgo and purego's RegisterFunc.",
		"takes, relative to one of 8 B: 100% through cgo and purego's RegisterFunc.",
		"A call that reads its slice takes more than twice the time of one that does not touch it: from 512 B on through cgo and from 4 KiB on through purego's RegisterFunc.",
		"| a callback | 60.0 ns | 480 ns |",
		"held-out payloads with a median error of at most 0% (",
		"). 2 of 2 crossings stay within 20%.",
	)
}

// TestCrossings: each crossing has its column where it offers something, and is said to copy, to lack and to stand in.
func TestCrossings(t *testing.T) {
	pagetest.Holds(t, printed(t, page.Style{Markdown: true}, series(madeAll, offered)),
		"| Passed | trampoline | RegisterFunc | SyscallN | libffi | wasm | wasm's memory |",
		"| two float64 → float64 | 0.67 ±0% | 10.31 ±0% | – | ",
		"| Can pass | cgo | trampoline | RegisterFunc | SyscallN | libffi | wasm |",
		"| float64, float32 | yes | yes | yes | – | yes | yes |",
		"| more than 15 arguments | yes | yes | yes | yes, 3 of 6 | yes | yes |",
		"| slices | in place | in place | in place | in place, 8 of 32 | in place | copied |",
		"| variable arguments | a fixed twin | yes | a fixed twin | – | yes | yes |",
		"| Scalars | Go | cgo | trampoline | RegisterFunc | SyscallN | libffi | wasm |",
		"| Slices: pointer and length | Go | cgo | trampoline | RegisterFunc | SyscallN | libffi | wasm | wasm's memory |",
		"A call that is passed a slice of 16 MiB and does not touch it takes, relative to one of 8 B: 100% through cgo, the trampoline, purego's RegisterFunc, "+
			"purego's SyscallN, libffi and WebAssembly in its own memory and 23698 times through WebAssembly.",
		"| a KiB of a slice, not touched | ~0 | ~0 | ~0 | ~0 | ~0 | 61.4 ns |",
		"| an int64, from 16 to 32 | 0.840 ns | 0.840 ns | 49.2 ns | 2.04 ns | 7.68 ns | 3.72 ns |",
		"| a KiB copied | – | – | – | – | – | 61.4 ± 0.0 |",
		"| a KiB of a string in | 369 ns | 369 ns | 4.91 µs | ~0 | 1.23 µs | 369 ns |",
	)
}

// TestBatches holds from where on batching is said to pay, and how much.
func TestBatches(t *testing.T) {
	slow := maps.Clone(madeAll)
	slow["libffi"] = made{call: 10, batched: 11} // a call of a batch takes longer than a crossing
	slow["trampoline"] = made{call: 20, argument: 10, batched: 0.5}
	text := printed(t, page.Style{Markdown: true}, series(slow, offered))
	pagetest.Holds(t, text,
		"| Crossing | a call each | of 1 | of 10 | of 100 | of 1,000 | of 10,000 | pays from | gain at 10,000 |",
		"| Go | 2.76 ns ±0% | 3.60 ns ±0% | 1.01 ns ±0% | 0.749 ns ±0% | 0.723 ns ±0% | 0.720 ns ±0% | 2 calls | 3.8x ±0% |",
		"| cgo | 38.4 ns ±0% | 39.1 ns ±0% | ",
		"| 2 calls | 53x ±0% |",
		"| SyscallN | – | ",
		"| libffi | 12.0 ns ±0% | ",
		"| never | 0.91x ±0% |",
		"| wasm's memory | 42.0 ns ±0% | 49.0 ns ±0% | ",
		"One crossing with several calls takes less time than a crossing for each: from 2 calls on through cgo, the trampoline, purego's RegisterFunc, WebAssembly and WebAssembly in its own memory and never through libffi.",
		"Where each of 10,000 calls is a crossing, they take this many times as long: 53 through cgo, ",
	)
	if text := pagetest.Printed(t, batchTables, series(madeAll, func(p *calls.Payload, _ string, ns float64) float64 {
		if p.Group == "batches" {
			return 0
		}
		return ns
	})...); text != "" {
		t.Errorf("without batches is printed %q", text)
	}
}

// TestFiguresSayTheirRows holds for all tables.
func TestFiguresSayTheirRows(t *testing.T) {
	slots := pagetest.Eight("Slots/op=callback/lang=c/via=purego/n=1", 60, 2000.0, "slots")
	pagetest.Sourced(t, printed(t, page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}}, append(series(madeAll, offered), slots)))
}

// TestSentences holds what is said where things are equal, missing or not told apart.
func TestSentences(t *testing.T) {
	flat := made{call: 140}
	for _, c := range []struct {
		crossings map[string]made
		change    func(p *calls.Payload, via string, ns float64) float64
		want      []string
		lacks     string
	}{
		{map[string]made{"direct": {call: 2}, "cgo": flat, "purego": flat}, nil, []string{
			"Relative to cgo, that is indistinguishable through purego's RegisterFunc.",
			"| an int64, up to 15 | ~0 | ~0 |",
			"| 2 float64 by value, not by pointer | ~0 | ~0 |",
			"| nothing | ~1.00 ±0% |",
		}, "more than twice"},
		{map[string]made{"cgo": madeUp["cgo"]}, nil, []string{
			"A call that passes nothing takes 36.0 ns through cgo. Two arguments take 38.4 ns through cgo.",
			"The model predicts held-out payloads with a median error of 0%.",
		}, "plain Go,"},
		{map[string]made{"direct": {call: 2}}, nil, []string{"A call that passes nothing takes 2.40 ns in plain Go."}, "through"},
		{map[string]made{"cgo": madeUp["cgo"], "syscalln": flat}, func(p *calls.Payload, via string, ns float64) float64 {
			switch {
			case p.Kernel == "float" && via == "cgo":
				return ns + 10
			case via == "syscalln" && p.Group != "others" && p.Kernel != "not":
				return 0
			case p.Kernel == "errno_0" && via == "cgo":
				return 20
			}
			return ns
		}, []string{
			"Two arguments take 38.4 ns (float64) to 50.4 ns (float32) through cgo.",
			"| errno, not set | −13.8 ns | ~0 |",
			"| two float32 → float32 | 50.4 ns ±0% | – |",
		}, "Relative to cgo, that is"},
	} {
		text := printed(t, page.Style{Markdown: true}, series(c.crossings, c.change))
		pagetest.Holds(t, text, c.want...)
		for _, told := range []string{"passed", "batches"} {
			text = strings.ReplaceAll(text, prose.Text(told, nil), "")
		}
		pagetest.Lacks(t, text, c.lacks)
	}
}

func TestSlotTables(t *testing.T) {
	for slots, want := range map[float64]string{
		2000: `purego has room for 2000 callbacks in a process. It refuses the next with a panic that can be caught: "no room".`,
		1:    "purego has room for 1 callback in a process.",
	} {
		s := pagetest.Eight("Slots/op=callback/lang=c/via=purego/n=1", 60, slots, "slots")
		s.Subject.Facts = []measure.Fact{{Key: "refusal", Value: "no room"}}
		text := pagetest.Printed(t, slotTables, s)
		pagetest.Holds(t, text, want, "| purego | ")
	}
}

// TestVerdicts holds the claims against the made-up record.
func TestVerdicts(t *testing.T) {
	pagetest.Holds(t, printed(t, page.Style{Markdown: true}, series(madeUp, nil)),
		"purego takes 5.3 times cgo for nothing",
		"does not hold: not the same range",
		"does not hold: 4.7 times too high", // 171 ns
		"other figures here",                // 40 B in 3 for any number of arguments
	)
}

// TestVerdictsFollowTheFigures holds the same claims against a record that says otherwise.
func TestVerdictsFollowTheFigures(t *testing.T) {
	other := map[string]made{"direct": madeUp["direct"], "cgo": {call: 140, callback: 50}, "purego": {call: 150, callback: 400}}
	p := pageOf(t, series(other, nil))
	wanted := map[string]string{
		"A call of an empty C function takes 171 ns.":                      "holds",
		"“CGO call: 100-200 nanoseconds”":                                  "holds",
		"“Cgo calls take about 40ns” (Go 1.21).":                           "does not hold: 4.2 times too low",
		"cgo “~140-170 ns/op”, purego “~100-150 ns/op (similar approach)”": "holds",
	}
	for _, c := range claims {
		found, verdict := c.Here(p)
		if want := wanted[c.Text]; want != "" && verdict != want {
			t.Errorf("%s: %s: %q, want %q", c.Text, found, verdict, want)
		}
		delete(wanted, c.Text)
	}
	for text := range wanted {
		t.Errorf("there is no claim %q", text)
	}
}

// TestVerdictsOfTheNewer holds the claims about the newer crossings against two records.
func TestVerdictsOfTheNewer(t *testing.T) {
	slow := maps.Clone(madeAll)
	slow["trampoline"], slow["wasm"] = made{call: 150}, made{call: 7000}
	slow["cgo"] = made{call: 1, batched: 0.9}
	for _, c := range []struct {
		crossings map[string]made
		want      []string
	}{
		{madeAll, []string{
			"through cgo, an addition takes 38.4 ns by itself and 0.724 ns in a batch of 10,000, 98% less; rewritten in Go, it takes 2.76 ns | holds |",
			"wazero, the runtime below Extism, takes 33.6 ns ±0% by itself, and 40 B; Extism's layer is not measured here | not the runtime's: it takes 0.45% of that |",
			"RegisterFunc takes 348 ns and 3 objects; the trampoline, whose stubs are typed, 25.1 ns and 0 objects | holds |",
		}},
		{slow, []string{"a batch of 10,000, 10% less; rewritten in Go, it takes 2.76 ns | does not hold |", "Extism's layer is not measured here | holds |", "180 ns and 0 objects | less than that here |"}},
	} {
		all := series(c.crossings, offered)
		for k := range all {
			if strings.Contains(all[k].Subject.Name, "via=trampoline") {
				for n := range all[k].Samples {
					all[k].Samples[n].Bytes, all[k].Samples[n].Allocs = 0, 0
				}
			}
		}
		pagetest.Holds(t, printed(t, page.Style{Markdown: true}, all), c.want...)
	}
}

// TestCompare compares a record with itself: the references, and what states that it is not to be judged, are no rows to
// compare.
func TestCompare(t *testing.T) {
	unjudged := []measure.Fact{{Key: "unjudged", Value: "few rounds"}}
	r := pagetest.CallsRecord(t, append(series(madeUp, nil), pagetest.One("FirstUse/op=link/lang=go/via=go/n=1", unjudged, 1e8, 2e8, 3e8))...)
	c, err := study.Compare(r, r)
	if err != nil {
		t.Fatal(err)
	}
	if want := 3 * len(calls.Payloads()); len(c.Rows) != want || c.Only != 0 || c.OnlyOld != 0 {
		t.Errorf("%d rows compared, %d and %d only in one; want %d, 0 and 0", len(c.Rows), c.OnlyOld, c.Only, want)
	}
}
