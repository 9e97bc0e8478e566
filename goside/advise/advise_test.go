// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package advise_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"toll/goside/advise"
	"toll/goside/cost/costtest"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/seam"
)

func recordOf(t *testing.T, series ...[]measure.Series) *record.Record {
	t.Helper()
	return pagetest.CallsRecord(t, slices.Concat(series...)...)
}

// adviceOf returns an advice as words, with each run of white space made one space, and as data.
func adviceOf(t *testing.T, r *record.Record, w advise.Wish) (string, *advise.Data) {
	t.Helper()
	if w.Goroutines == 0 {
		w.Goroutines = 1
	}
	a, err := advise.New(r, w)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	a.Print(&b, "calls.txt")
	for line := range strings.Lines(b.String()) {
		if n := len([]rune(strings.TrimSpace(line))); n > 120 {
			t.Errorf("a line of %d columns: %s", n, line)
		}
	}
	return strings.Join(strings.Fields(b.String()), " "), a.Data("calls.txt")
}

func rank(d *advise.Data, crossing string) *advise.RankedData {
	for k := range d.Ranking {
		if d.Ranking[k].Crossing == crossing {
			return &d.Ranking[k]
		}
	}
	return &advise.RankedData{}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 0.01*math.Abs(b)+0.001 }

func TestRanking(t *testing.T) {
	r := recordOf(t, costtest.Calls(true), costtest.Points(1))
	text, d := adviceOf(t, r, advise.Wish{Rate: 100_000, In: 10_000, Work: 2000})
	var order []string
	for _, of := range d.Ranking {
		order = append(order, of.Crossing)
	}
	if want := "c/trampoline c/cgo c/purego c/wasm-memory c/wasm c/shm c/process go/grpc"; strings.Join(order, " ") != want {
		t.Errorf("the order is %v, want %s", order, want)
	}
	for crossing, want := range map[string]struct{ ns, border, core, workers, from, beyond float64 }{
		"c/cgo":     {2040, 40, 0.204, 0, 0, 0},
		"c/wasm":    {6250, 250, 0.625, 1, 2501, 300_001}, // 0.02 ns a byte against 50 and 6,000
		"c/process": {17_000, 15_000, 1.7, 2, 20_001, 4001},
	} {
		got := rank(d, crossing)
		if !near(float64(got.NS.Median), want.ns) || !near(float64(got.BorderNS.Median), want.border) || !near(float64(got.Core), want.core) || got.Workers != int(want.workers) {
			t.Errorf("%s is %+v, want %+v", crossing, got, want)
		}
		if want.from > 0 && (!near(float64(got.CopiesFrom), want.from) || !near(float64(got.CopiesBeyondWork), want.beyond)) {
			t.Errorf("the copies of %s: from %v and %v, want %+v", crossing, got.CopiesFrom, got.CopiesBeyondWork, want)
		}
		if want.from == 0 && !math.IsNaN(float64(got.CopiesFrom)) {
			t.Errorf("%s copies nothing, and it does from %v", crossing, got.CopiesFrom)
		}
	}
	_, d = adviceOf(t, r, advise.Wish{In: 10_000, Work: 2000})
	// 40 ns on 2000: 2 % at once, 1 % of two calls and more. 200 ns on 2000: 9 %, 5 % of 2, 1 % of 10. A byte's copy is no less for many calls.
	for crossing, want := range map[string][]float64{"c/cgo": {1, 1, 2}, "c/purego": {1, 2, 10}, "c/process": {math.Inf(1), math.Inf(1), math.Inf(1)}} {
		for k, got := range rank(d, crossing).Batch {
			if math.Abs(float64(got)-want[k]) > 1 && float64(got) != want[k] {
				t.Errorf("the batches of %s are %v, want %v", crossing, rank(d, crossing).Batch, want)
			}
		}
	}
	pagetest.Holds(t, text, "100,000 calls a second, 9.766 KiB in, 0 B out, 2.00 µs of work a call. By calls.txt", "What decides: the work.",
		"The border of trampoline is 30.0 ns, 1% of a call; cgo costs at most 5 % more", "Excluded: rewritten in Go (toll try --go-package measures that",
		"of 7 calls that it was not made from, the predicted cost is within 0%", "in 7.", "never", "1.70×", "process by spinning shm", "(not in this record)", "process by socket (not in this record; toll calls --part beside measures it)",
		"What a rate adds is not known of process by gRPC, which may take longer.",
		"Work in WebAssembly is taken for 3.0 times as long (1.00 to 3.0")
	if d.Error.Points != 7 || d.Error.Right != 7 || float64(d.Error.Median) > 0.001 {
		t.Errorf("the error is %+v", d.Error)
	}
	pagetest.Lacks(t, text, "process by pipe and process by gRPC, which")
}

func TestWhatDecides(t *testing.T) {
	r := recordOf(t, costtest.Calls(true))
	for name, c := range map[string]struct {
		wish  advise.Wish
		holds []string
	}{
		"the call": {advise.Wish{Work: 10}, []string{"What decides: the crossing itself. The border of trampoline is 30.0 ns, 75% of a call", "cgo takes 1.25 times as long, by the crossing itself",
			"Error of the model: what was held out of it, sizes and whole batches", "Calls one after another"}},
		"the rate":  {advise.Wish{Rate: 900, Work: 10}, []string{"What decides: what a rate adds", "Fewer and larger calls"}},
		"callbacks": {advise.Wish{Callbacks: 20, Work: 100}, []string{"20 callbacks", "process by shm, process by pipe, process by gRPC (it passes no callbacks)", "callback"}},
		"too often": {advise.Wish{Rate: 1e8, Work: 10, Goroutines: 8}, []string{"from 8 goroutines", "No mechanism keeps up: trampoline needs 400% of a core, and there are 2."}},
	} {
		text, _ := adviceOf(t, r, c.wish)
		for _, want := range c.holds {
			if !strings.Contains(text, want) {
				t.Errorf("%s: this does not hold %q:\n%s", name, want, text)
			}
		}
	}
}

// TestCopiesDecide: where nothing but processes will do.
func TestCopiesDecide(t *testing.T) {
	beside := slices.DeleteFunc(costtest.Calls(true), func(s measure.Series) bool { return strings.Contains(s.Subject.Name, "via=wasm") })
	text, _ := adviceOf(t, recordOf(t, beside), advise.Wish{In: 1 << 20, Work: 1000, Contain: true})
	pagetest.Holds(t, text, "What decides: the copies. The border of process by shm is 110 µs, 99% of a call; process by pipe takes 4.8 times as long, by the copies.",
		"Batches do not help")
}

// TestNotToldApart: intervals that overlap are said.
func TestNotToldApart(t *testing.T) {
	all := costtest.Calls(false)
	for k := range all {
		if n := all[k].Subject.Name; strings.Contains(n, "op=add") && strings.Contains(n, "lang=c/via=") {
			for at := range all[k].Samples {
				all[k].Samples[at].Wall *= []float64{0.5, 0.6, 0.8, 1, 1.2, 1.5, 3}[at]
			}
		}
	}
	text, d := adviceOf(t, recordOf(t, all), advise.Wish{Work: 10, Rate: 100})
	pagetest.Holds(t, text, "Measure: these 3 are not told apart: trampoline, cgo and WebAssembly.", "~50.0 ns", "What a rate adds is not known of process by shm, process by pipe and process by gRPC, which may take longer: toll calls")
	if !rank(d, "c/cgo").Alike || rank(d, "c/process").Alike {
		t.Errorf("alike are %+v", d.Ranking)
	}
}

func TestExcluded(t *testing.T) {
	r := recordOf(t, costtest.Calls(true))
	for name, c := range map[string]struct {
		wish         advise.Wish
		reason       string
		gone, stayed []string
	}{
		"no compiler": {advise.Wish{NoCompiler: true}, "cgo (it needs a C compiler)", []string{"c/cgo"}, []string{"c/purego", "c/wasm", "c/shm"}},
		"cross":       {advise.Wish{Cross: true}, "cgo (it needs a C compiler for the other system)", []string{"c/cgo"}, []string{"c/trampoline", "c/wasm"}},
		"contain":     {advise.Wish{Contain: true}, "(a crash ends the whole program)", []string{"c/cgo", "c/trampoline", "c/purego"}, []string{"c/wasm", "c/shm", "go/grpc"}},
		"callbacks":   {advise.Wish{Callbacks: 1}, "(it passes no callbacks)", []string{"c/shm", "go/grpc"}, []string{"c/cgo", "c/wasm"}},
	} {
		text, d := adviceOf(t, r, c.wish)
		if !strings.Contains(text, c.reason) {
			t.Errorf("%s: this does not hold %q:\n%s", name, c.reason, text)
		}
		for _, crossing := range c.gone {
			if rank(d, crossing).Mechanism != "" {
				t.Errorf("%s: %s is ranked", name, crossing)
			}
		}
		for _, crossing := range c.stayed {
			if rank(d, crossing).Mechanism == "" {
				t.Errorf("%s: %s is not ranked", name, crossing)
			}
		}
	}
	few := slices.DeleteFunc(costtest.Calls(true), func(s measure.Series) bool {
		return !strings.Contains(s.Subject.Name, "via=cgo")
	})
	text, d := adviceOf(t, recordOf(t, few), advise.Wish{Contain: true})
	if pagetest.Holds(t, text, "Nothing of what this record has will do."); len(d.Ranking) != 0 {
		t.Errorf("the ranking is %+v, want none", d.Ranking)
	}
}

func TestTry(t *testing.T) {
	r := recordOf(t, costtest.Calls(true))
	text, d := adviceOf(t, r, advise.Wish{Rate: 1000, Try: recordOf(t, costtest.Tried("norm"))})
	pagetest.Holds(t, text, "500 ns of work a call (toll try measured norm of n=8: its work is known by cgo)", "rewritten in Go", "predicted as if no bytes were copied",
		"trampoline, purego SyscallN, libffi (toll try has no call through it)")
	for crossing, ns := range map[string]float64{"native/cgo": 605, "go/direct": 900, "native/process": 26_500, "c/shm": 6500} {
		if got := rank(d, crossing); !near(float64(got.NS.Median), ns) || got.Measured != (crossing != "c/shm") {
			t.Errorf("%s is %+v, want %v ns", crossing, got, ns)
		}
	}
}

func TestWrongWishes(t *testing.T) {
	r := recordOf(t, costtest.Calls(true))
	tried := recordOf(t, costtest.Tried("norm"))
	for name, w := range map[string]advise.Wish{
		"rate is -1":        {Rate: -1, Goroutines: 1},
		"in is NaN":         {In: math.NaN(), Goroutines: 1},
		"out is +Inf":       {Out: math.Inf(1), Goroutines: 1},
		"work is -5":        {Work: -5, Goroutines: 1},
		"callbacks is -2":   {Callbacks: -2, Goroutines: 1},
		"goroutines is 0":   {},
		"want one of the":   {Goroutines: 1, Work: 5, Try: tried},
		"function is \"f":   {Goroutines: 1, Function: "f"},
		"no function \"f\"": {Goroutines: 1, Function: "f", Try: tried},
		"one of toll try":   {Goroutines: 1, Try: r},
	} {
		_, err := advise.New(r, w)
		if _, usage := errors.AsType[seam.UsageError](err); !usage || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v gives the error %v, want one of usage with %q", w, err, name)
		}
	}
	_, err := advise.New(tried, advise.Wish{Goroutines: 1})
	if _, usage := errors.AsType[seam.UsageError](err); !usage || !strings.Contains(err.Error(), "toll calls --part") {
		t.Errorf("a record of toll try gives the error %v, want one of usage that says which record is needed", err)
	}
	if advise.Enough(tried) || !advise.Enough(r) {
		t.Error("an advice can be made of records of toll calls alone")
	}
}

func TestJSON(t *testing.T) {
	_, d := adviceOf(t, recordOf(t, costtest.Calls(true)), advise.Wish{Rate: 10, Work: 5})
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Ranking []struct {
			Batch      []*float64
			CopiesFrom *float64 `json:"copies_from"`
		}
	}
	if err := json.Unmarshal(text, &back); err != nil || len(back.Ranking) == 0 || len(back.Ranking[0].Batch) != 3 || back.Ranking[0].CopiesFrom != nil {
		t.Errorf("the JSON is read back as %+v, error %v", back, err)
	}
}
