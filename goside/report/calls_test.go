// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/study"
)

// made says how the times of a made-up crossing come about, in ns.
type made struct {
	call, argument, result, read, written, copied, callback float64
	fits                                                    bool // by SyscallN: no floating-point numbers, no structs
}

func (m made) time(c calls.Cost) float64 {
	return m.call + m.argument*float64(c.Ints+c.Doubles) + m.result*float64(c.Results) + m.read*float64(c.Read) +
		m.written*float64(c.Written) + m.copied*float64(c.Copied) + m.callback*float64(c.Callbacks)
}

var madeCrossings = map[string]made{
	"direct": {2, 0.1, 0.1, 0.1, 0.05, 0.1, 2, false},
	"cgo":    {30, 0.5, 1, 0.1, 0.01, 0.3, 50, false},
	"purego": {160, 40, 90, 0.1, 0.01, 4, 400, false},
}

// phases are how much slower the machine was than at its best, in each round; the reference suffers alike.
var phases = []float64{1, 1.4, 1, 1.5, 1.2, 1, 1.3, 1.1, 1.4}

func payloadSeries(crossings map[string]made, change func(p *calls.Payload, via string, ns float64) float64) []measure.Series {
	var all []measure.Series
	add := func(p *calls.Payload, lang, via string, ns float64) {
		facts := []measure.Fact{{Key: "problem", Value: p.Kernel}, {Key: "group", Value: p.Group}}
		for key, value := range map[string]int{"ints": p.Cost.Ints, "doubles": p.Cost.Doubles, "results": p.Cost.Results, "read": p.Cost.Read,
			"written": p.Cost.Written, "copied": p.Cost.Copied, "callbacks": p.Cost.Callbacks} {
			facts = append(facts, measure.Fact{Key: key, Value: fmt.Sprint(value)})
		}
		s := measure.Series{Subject: &measure.Subject{
			Name:  fmt.Sprintf("%s/kernel=%s/lang=%s/via=%s/n=%d", study.PayloadName, p.Kernel, lang, via, p.N),
			Facts: facts}, N: 1}
		for _, slow := range phases {
			s.Samples = append(s.Samples, measure.Sample{Wall: ns * slow, Bytes: 40, Allocs: 3})
		}
		all = append(all, s)
	}
	payloads := calls.Payloads()
	for k := range payloads {
		p := &payloads[k]
		for _, via := range []string{"direct", "cgo", "purego"} {
			m, ok := crossings[via]
			if !ok {
				continue
			}
			ns := m.time(p.Cost)
			if change != nil {
				ns = change(p, via, ns)
			}
			lang := "c"
			if via == "direct" {
				lang = "go"
			}
			if via == "cgo" {
				add(p, lang+study.Reference, via, 30)
				add(p, lang+study.Again, via, ns)
			}
			add(p, lang, via, ns)
		}
	}
	return all
}

func callsRecord(t *testing.T, series ...measure.Series) *Record {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, []measure.Fact{{Key: "gomaxprocs", Value: "2"}, {Key: "cpu", Value: "A CPU"}}, 2, series); err != nil {
		t.Fatal(err)
	}
	record, err := Read(&b, "made up")
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func printerOf(record *Record) *printer {
	return &printer{record: record, limits: record.limits()}
}

// TestReferenceSteadies holds that what the machine's phases do to a call and to the reference alike is taken off.
func TestReferenceSteadies(t *testing.T) {
	p := printerOf(callsRecord(t, payloadSeries(madeCrossings, nil)...))
	q := p.payload("ints", "7")
	want := madeCrossings["purego"].time(calls.Cost{Ints: 7, Results: 1}) * 1.2 // the usual phase
	for _, ns := range q.wall(q.rows["purego"]) {
		if math.Abs(ns/want-1) > 1e-4 {
			t.Errorf("a time is %g ns, want %g", ns, want)
		}
	}
	// What does not suffer would only get noisier.
	steady := q.rows["cgo"]
	for k := range steady.Samples {
		steady.Samples[k].Wall = 100
	}
	for _, ns := range q.wall(steady) {
		if ns != 100 {
			t.Errorf("a steady time became %g ns, want 100", ns)
		}
	}
}

func TestModelFindsItsCoefficients(t *testing.T) {
	p := printerOf(callsRecord(t, payloadSeries(madeCrossings, nil)...))
	fits := p.fits()
	if len(fits) != 2 {
		t.Fatalf("%d crossings have a model, want cgo and purego", len(fits))
	}
	for _, f := range fits {
		m := madeCrossings[f.via]
		want := []float64{m.call, m.argument, m.result, m.read, m.written, m.copied, m.callback}
		for k, c := range f.coefficients {
			if math.Abs(c.Median/1.2-want[k]) > 1e-3*math.Max(want[k], 1) {
				t.Errorf("%s: %s costs %g ns, want %g", f.via, terms[k].name, c.Median/1.2, want[k])
			}
		}
		if last := f.errors[len(f.errors)-1]; last > 1e-3 {
			t.Errorf("%s: payloads left out are missed by up to %g, want 0", f.via, last)
		}
		if f.fitted < 2*len(f.errors)-2 || len(f.errors) < 10 {
			t.Errorf("%s: fitted to %d payloads and checked on %d", f.via, f.fitted, len(f.errors))
		}
	}
}

// TestModelAdmitsFailure holds that the error is of payloads that the fit has not seen, and is shown.
func TestModelAdmitsFailure(t *testing.T) {
	at := map[string]int{}
	record := callsRecord(t, payloadSeries(madeCrossings, func(p *calls.Payload, via string, ns float64) float64 {
		r := &Row{Kernel: p.Kernel, Facts: map[string]string{"group": p.Group}}
		if !modelled(r) || via == "direct" {
			return ns
		}
		at[via]++
		if via == "cgo" {
			return ns * []float64{1, 5, 2, 9}[at[via]%4] // what no sum of its terms makes
		}
		return ns
	})...)
	for _, f := range printerOf(record).fits() {
		middle := middleOf(f.errors)
		if good := middle < acceptable; good != (f.via == "purego") {
			t.Errorf("%s is missed by %g in the median", f.via, middle)
		}
	}
	var b bytes.Buffer
	Calls(&b, record, Style{})
	if !strings.Contains(b.String(), "1 of 2 crossings stay within 20 %") {
		t.Errorf("the failure is not said:\n%s", b.String())
	}
}

// TestCallsPrintsWhatThereIs prints records of any part alone, and all tables of payloads.
func TestCallsPrintsWhatThereIs(t *testing.T) {
	all := payloadSeries(madeCrossings, nil)
	for _, series := range [][]measure.Series{all, all[:3], all[len(all)-3:]} {
		for _, style := range []Style{{}, {Markdown: true, Source: "docs/x.txt"}} {
			var b bytes.Buffer
			Print(&b, callsRecord(t, series...), style)
			if text := b.String(); strings.Contains(text, "NaN") || strings.Contains(text, "(MISSING)") || strings.Contains(text, "(EXTRA") {
				t.Errorf("of %d series is printed:\n%s", len(series), text)
			}
		}
	}
	var b bytes.Buffer
	Print(&b, callsRecord(t, all...), Style{Markdown: true, Source: "docs/x.txt"})
	text := b.String()
	if first, _, _ := strings.Cut(text, "\n"); !strings.Contains(first, "toll show --markdown docs/x.txt") {
		t.Errorf("the first line is %q, want the command that makes the page", first)
	}
	for kernel, label := range payloadLabels {
		if strings.HasPrefix(kernel, "thread") {
			continue
		}
		if !strings.Contains(text, "| "+strings.Trim(label, ",")) {
			t.Errorf("there is no row %q", label)
		}
	}
	for _, want := range []string{
		"A call that passes nothing takes 2.40 ns in plain Go, 36.0 ns by cgo and 192 ns by purego's RegisterFunc (5.3 times cgo).",
		"each further integer adds 0.600 ns by cgo and 48.0 ns by purego's RegisterFunc",
		"A callback on the thread that Go called C on takes 60.0 ns by cgo and 480 ns by purego's RegisterFunc",
		"one of 16 MiB that is not touched takes 100 % by cgo and 100 % by purego's RegisterFunc",
		"purego takes 5.3 times cgo for nothing",
		"does not hold: not the same range",
		"does not hold: 4.7 times too high", // 171 ns
		"other figures here",                // 40 B in 3 for any number of arguments
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}

// TestVerdictsFollowTheFigures holds the same claims against a record that says otherwise.
func TestVerdictsFollowTheFigures(t *testing.T) {
	other := map[string]made{"direct": madeCrossings["direct"], "cgo": {call: 140, callback: 50}, "purego": {call: 150, callback: 400}}
	p := printerOf(callsRecord(t, append(payloadSeries(other, nil),
		one("Toolchains/kernel=noop/lang=c/via=cgo/go=1.25.8/n=1", nil, times(40)...),
		one("Toolchains/kernel=noop/lang=c/via=cgo/go=1.26.8/n=1", nil, times(39)...))...))
	for _, c := range claims {
		found, verdict := c.here(p)
		want := map[string]string{
			"A call of an empty C function takes 171 ns.":                            "holds",
			"“CGO call: 100-200 nanoseconds”":                                        "holds",
			"“Cgo calls take about 40ns” (Go 1.21).":                                 "does not hold: 4.2 times too low",
			"cgo “~140-170 ns/op”, purego “~100-150 ns/op (similar approach)”":       "holds",
			"“The baseline runtime overhead of cgo calls has been reduced by ~30%.”": "less than that here",
		}[c.text]
		if want != "" && verdict != want {
			t.Errorf("%s: %s: %q, want %q", c.text, found, verdict, want)
		}
	}
}

// TestCallsCompare compares a record with itself: the references, and builds of few rounds, are no rows to compare.
func TestCallsCompare(t *testing.T) {
	record := callsRecord(t, append(payloadSeries(madeCrossings, nil), one("FirstUse/kernel=link/lang=go/via=go/n=1", nil, 1e8, 2e8, 3e8))...)
	c, err := Compare(record, record)
	if err != nil {
		t.Fatal(err)
	}
	if want := 3 * len(calls.Payloads()); len(c.Rows) != want || c.Only != 0 || c.OnlyOld != 0 {
		t.Errorf("%d rows compared, %d and %d only in one; want %d, 0 and 0", len(c.Rows), c.OnlyOld, c.Only, want)
	}
}
