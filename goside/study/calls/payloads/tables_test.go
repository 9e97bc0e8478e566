// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"bytes"
	"math"
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
	want := madeUp["purego"].time(calls.Cost{Ints: 7, Results: 1}) * 1.2 // the usual phase
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
	fits := newPassed(pageOf(t, series(madeUp, nil))).fits()
	if len(fits) != 2 {
		t.Fatalf("%d crossings have a model, want cgo and purego", len(fits))
	}
	for _, f := range fits {
		m := madeUp[f.via]
		want := []float64{m.call, m.argument, m.result, m.read, m.written, m.copied, m.callback}
		for k, c := range f.coefficients {
			if math.Abs(c.Median/1.2-want[k]) > 1e-3*math.Max(want[k], 1) {
				t.Errorf("%s: %s costs %g ns, want %g", f.via, terms[k].name, c.Median/1.2, want[k])
			}
		}
		if f.largest() > 1e-3 {
			t.Errorf("%s: payloads held out are missed by up to %g, want 0", f.via, f.largest())
		}
		if len(f.fitted) < 2*len(f.errors)-2 || len(f.errors) < 10 {
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
	all := series(madeUp, nil)
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
					t.Errorf("a line has %d columns, want at most 120:\n%s", n, line)
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
		if n := strings.Count(text, "| "+q.label()+" |"); n < 3 {
			t.Errorf("%d tables have a line %q, want those of times, ratios and allocations", n, q.label())
		}
		if labels[q.op] == "" {
			t.Errorf("%s has no label", q.op)
		}
	}
	pagetest.Holds(t, text,
		"| nothing | 2.40 ns ±0% | 36.0 ns ±0% | 192 ns ±0% |",
		"| nothing | 5.33 ±0% |",
		"| nothing | 40 | 3 | 40 | 3 |",
		"| slice, all read, 4 KiB | ",
		"A call that passes nothing takes 2.40 ns in plain Go, 36.0 ns through cgo and 192 ns through purego's RegisterFunc.",
		"Relative to cgo, that is 5.3 times through purego's RegisterFunc.",
		"Two arguments take 38.4 ns through cgo and 396 ns through purego's RegisterFunc.",
		"each further int64 adds 0.600 ns through cgo and 48.0 ns through purego's RegisterFunc.",
		"Objects allocated for each: 0 through cgo and purego's RegisterFunc.",
		"takes, relative to one of 8 B: 100% through cgo and purego's RegisterFunc.",
		"A call that reads its slice takes more than twice the time of one that does not touch it: from 512 B on through cgo and from 4 KiB on through purego's RegisterFunc.",
		"On the thread that Go called C on, a callback takes 60.0 ns through cgo and 480 ns through purego's RegisterFunc, averaged",
		"held-out payloads with a median error of at most 0% (purego's RegisterFunc). 2 of 2 crossings stay within 20%.",
	)
}

// TestFiguresSayTheirRows holds for all tables.
func TestFiguresSayTheirRows(t *testing.T) {
	slots := pagetest.Eight("Slots/op=callback/lang=c/via=purego/n=1", 60, 2000.0, "slots")
	pagetest.Sourced(t, printed(t, page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}}, append(series(madeUp, nil), slots)))
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
			"each further int64 adds nothing measurable through cgo and purego's RegisterFunc.",
			"by value, instead of changing it in place, adds nothing measurable through cgo and purego's RegisterFunc.",
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
			"asking for errno adds −13.8 ns through cgo and nothing measurable through purego's SyscallN.",
			"| two float32 → float32 | 50.4 ns ±0% | – |",
		}, "Relative to cgo, that is"},
	} {
		text := printed(t, page.Style{Markdown: true}, series(c.crossings, c.change))
		pagetest.Holds(t, text, c.want...)
		pagetest.Lacks(t, strings.ReplaceAll(text, prose.Text("passed", nil), ""), c.lacks)
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
