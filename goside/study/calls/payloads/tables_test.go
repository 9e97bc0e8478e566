// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study/calls"
)

// Made says how the times of a made-up crossing come about, in ns.
type Made struct {
	Call, argument, result, read, written, copied, Callback float64
	fits                                                    bool // by SyscallN: no floating-point numbers, no structs
}

func (m Made) time(c calls.Cost) float64 {
	return m.Call + m.argument*float64(c.Ints+c.Doubles) + m.result*float64(c.Results) + m.read*float64(c.Read) +
		m.written*float64(c.Written) + m.copied*float64(c.Copied) + m.Callback*float64(c.Callbacks)
}

var MadeCrossings = map[string]Made{
	"direct": {2, 0.1, 0.1, 0.1, 0.05, 0.1, 2, false},
	"cgo":    {30, 0.5, 1, 0.1, 0.01, 0.3, 50, false},
	"purego": {160, 40, 90, 0.1, 0.01, 4, 400, false},
}

// phases are how much slower the machine was than at its best, in each round; the reference suffers alike.
var phases = []float64{1, 1.4, 1, 1.5, 1.2, 1, 1.3, 1.1, 1.4}

func PayloadSeries(crossings map[string]Made, change func(p *calls.Payload, via string, ns float64) float64) []measure.Series {
	var all []measure.Series
	add := func(p *calls.Payload, lang, via string, ns float64) {
		facts := []measure.Fact{{Key: "problem", Value: p.Kernel}, {Key: "group", Value: p.Group}}
		for key, value := range map[string]int{"ints": p.Cost.Ints, "doubles": p.Cost.Doubles, "results": p.Cost.Results, "read": p.Cost.Read,
			"written": p.Cost.Written, "copied": p.Cost.Copied, "callbacks": p.Cost.Callbacks} {
			facts = append(facts, measure.Fact{Key: key, Value: fmt.Sprint(value)})
		}
		s := measure.Series{Subject: &measure.Subject{
			Name:  fmt.Sprintf("%s/kernel=%s/lang=%s/via=%s/n=%d", benchmark, p.Kernel, lang, via, p.N),
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
				add(p, lang+record.Reference, via, 30)
				add(p, lang+record.Again, via, ns)
			}
			add(p, lang, via, ns)
		}
	}
	return all
}

// TestReferenceSteadies holds that what the machine's phases do to a call and to the reference alike is taken off.
func TestReferenceSteadies(t *testing.T) {
	p := pagetest.PrinterOf(pagetest.CallsRecord(t, PayloadSeries(MadeCrossings, nil)...))
	q := PayloadOf(p, "ints", "7")
	want := MadeCrossings["purego"].time(calls.Cost{Ints: 7, Results: 1}) * 1.2 // the usual phase
	for _, ns := range q.Wall(q.Rows["purego"]) {
		if math.Abs(ns/want-1) > 1e-4 {
			t.Errorf("a time is %g ns, want %g", ns, want)
		}
	}
	// What does not suffer would only get noisier.
	steady := q.Rows["cgo"]
	for k := range steady.Samples {
		steady.Samples[k].Wall = 100
	}
	for _, ns := range q.Wall(steady) {
		if ns != 100 {
			t.Errorf("a steady time became %g ns, want 100", ns)
		}
	}
}

func TestModelFindsItsCoefficients(t *testing.T) {
	p := pagetest.PrinterOf(pagetest.CallsRecord(t, PayloadSeries(MadeCrossings, nil)...))
	fits := fits(p)
	if len(fits) != 2 {
		t.Fatalf("%d crossings have a model, want cgo and purego", len(fits))
	}
	for _, f := range fits {
		m := MadeCrossings[f.via]
		want := []float64{m.Call, m.argument, m.result, m.read, m.written, m.copied, m.Callback}
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
	rec := pagetest.CallsRecord(t, PayloadSeries(MadeCrossings, func(p *calls.Payload, via string, ns float64) float64 {
		r := &record.Row{Kernel: p.Kernel, Facts: map[string]string{"group": p.Group}}
		if !modelled(r) || via == "direct" {
			return ns
		}
		at[via]++
		if via == "cgo" {
			return ns * []float64{1, 5, 2, 9}[at[via]%4] // what no sum of its terms makes
		}
		return ns
	})...)
	for _, f := range fits(pagetest.PrinterOf(rec)) {
		middle := record.MiddleOf(f.errors)
		if good := middle < acceptable; good != (f.via == "purego") {
			t.Errorf("%s is missed by %g in the median", f.via, middle)
		}
	}
	var b bytes.Buffer
	calls.Print(&b, rec, page.Style{})
	if !strings.Contains(b.String(), "1 of 2 crossings stay within 20 %") {
		t.Errorf("the failure is not said:\n%s", b.String())
	}
}
