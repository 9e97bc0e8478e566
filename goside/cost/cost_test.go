// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package cost_test

import (
	"math"
	"strings"
	"testing"

	"toll/goside/cost"
	"toll/goside/cost/costtest"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

func modelOf(t *testing.T, series ...[]measure.Series) (*cost.Model, *record.Record) {
	t.Helper()
	var all []measure.Series
	for _, s := range series {
		all = append(all, s...)
	}
	r := pagetest.CallsRecord(t, all...)
	return cost.New(r), r
}

func near(a, b float64) bool { return math.Abs(a-b) <= 0.002*math.Abs(b)+0.01 }

// TestPredict: what a call takes can be computed by hand.
func TestPredict(t *testing.T) {
	m, _ := modelOf(t, costtest.Calls(true))
	for _, c := range []struct {
		lang, via string
		job       cost.Job
		want      float64
	}{
		{"c", "cgo", cost.Job{}, 40},
		{"c", "cgo", cost.Job{In: 1 << 20, Out: 1 << 20, Work: 1000}, 1040}, // memory that both reach
		{"c", "trampoline", cost.Job{Callbacks: 10}, 30 + 10*35},
		{"c", "shm", cost.Job{In: 100_000, Work: 2000}, 5000 + 0.1*100_000 + 2000},
		{"c", "process", cost.Job{In: 4000, Out: 1000}, 10_000 + 0.5*5000},
		{"c", "process", cost.Job{In: 8 << 20}, 10_000 + 0.5*(8<<20)}, // beyond what was measured
		{"c", "process", cost.Job{Rate: 1000}, 16_000},
		{"c", "process", cost.Job{Rate: 10}, 16_000},
		{"c", "process", cost.Job{Rate: 10_000}, 13_000}, // in the middle, by the logarithm
		{"c", "process", cost.Job{Rate: 99_999}, 10_000},
		{"c", "process", cost.Job{Rate: 2000, Work: 1e6}, 1_010_000}, // the next call is there before it ends
		{"c", "wasm", cost.Job{In: 10_000}, 50 + 200},
		{"c", "wasm-memory", cost.Job{In: 10_000}, 50},
		{"go", "grpc", cost.Job{Out: 1000}, 95_000},
	} {
		found := m.Find(c.lang, c.via)
		if found == nil {
			t.Errorf("the model lacks %s/%s", c.lang, c.via)
			continue
		}
		predicted := found.Predict(c.job)
		if got := predicted.Total(); !near(got.Median, c.want) || got.Lo > got.Median || got.Hi < got.Median {
			t.Errorf("%s: %+v takes %v ns, want %v", found.Name(), c.job, got, c.want)
		}
	}
	slower := m.Find("c", "wasm").Slower()
	if !near(slower.Median, 3) || !near(slower.Lo, 1) || !near(slower.Hi, 3) {
		t.Errorf("work in WebAssembly is slower by %v, want 3 of 1 to 3", slower)
	}
	work := m.Find("c", "wasm").Predict(cost.Job{Work: 100}).Work
	if !near(work.Median, 300) || !near(work.Lo, 100) {
		t.Errorf("100 ns of work take %v in WebAssembly, want 300 from 100 on", work)
	}
}

// TestSlowerByKernels: where the record has kernels, work is slower by what they are.
func TestSlowerByKernels(t *testing.T) {
	kernels := []measure.Series{}
	for name, ns := range map[string]float64{
		"Copies/kernel=ols/lang=c/via=cgo/layout=row/n=10/place=reached": 100, "Copies/kernel=ols/lang=c/via=wasm/layout=row/n=10/place=in-place": 150,
		"Copies/kernel=ols/lang=c/via=wasm/layout=row/n=10/place=copied": 900, "Copies/kernel=diffusion/lang=c/via=cgo/layout=row/n=32/place=reached/steps=1": 10,
		"Copies/kernel=diffusion/lang=c/via=cgo/layout=row/n=32/place=reached/steps=10": 100, "Copies/kernel=diffusion/lang=c/via=wasm/layout=row/n=32/place=in-place/steps=1": 90,
	} {
		kernels = append(kernels, pagetest.One(name, pagetest.Problem("copies", "call", "", "", "", ""), pagetest.Times(ns)...))
	}
	m, _ := modelOf(t, costtest.Calls(false), kernels)
	if got := m.Find("c", "wasm").Slower(); !near(got.Lo, 1.5) || !near(got.Hi, 9) {
		t.Errorf("work in WebAssembly is slower by %v, want 1.5 to 9", got)
	}
}

func TestHeldOut(t *testing.T) {
	m, _ := modelOf(t, costtest.Calls(true))
	errors := m.HeldOut()
	if len(errors) < 40 || record.MiddleOf(errors) > 0.01 {
		t.Errorf("what is held out of straight lines is predicted with the errors %v, want none", errors)
	}
	// A batch that takes twice what its bytes and its work do is seen.
	all := costtest.Calls(true)
	for k := range all {
		if n := all[k].Subject.Name; strings.Contains(n, "via=process") && strings.Contains(n, "op=batch") && strings.HasSuffix(n, "n=100") {
			for at := range all[k].Samples {
				all[k].Samples[at].Wall *= 2
			}
		}
	}
	m, _ = modelOf(t, all)
	if errors := m.HeldOut(); !near(errors[len(errors)-1], 0.5) {
		t.Errorf("a batch of twice the time gives the largest error %v, want 0.5", errors[len(errors)-1])
	}
}

func TestCheck(t *testing.T) {
	m, r := modelOf(t, costtest.Calls(true), costtest.Points(2))
	points := m.Check(r)
	if len(points) != 7 {
		t.Fatalf("%d points, want 7", len(points))
	}
	for _, p := range points[:6] {
		if same, within := p.Right(); !same || !within || record.MiddleOf(p.Errors()) > 0.01 || p.Predicted().Crossing.Name() != "c/trampoline" {
			t.Errorf("%s of %v at %v: predicted %s, errors %v, want the trampoline and none", p.Op, p.N, p.Rate, p.Predicted().Crossing.Name(), p.Errors())
		}
	}
	if e := points[6].Errors(); len(e) != 1 || !near(e[0], 0.5) {
		t.Errorf("a call of twice the time is predicted with the errors %v, want 0.5", e)
	}
	v := cost.Judge(points)
	if v.Points != 7 || v.Same != 7 || v.Right != 7 || v.Loss != 0 || !near(v.Errors[len(v.Errors)-1], 0.5) {
		t.Errorf("all together are %+v", v)
	}
}

// TestWrongWinner: a winner that is wrong by far is no winner.
func TestWrongWinner(t *testing.T) {
	points := costtest.Points(1)
	for k := range points {
		if strings.Contains(points[k].Subject.Name, "via=shm") {
			for at := range points[k].Samples {
				points[k].Samples[at].Wall = 1
			}
		}
	}
	m, r := modelOf(t, costtest.Calls(true), points)
	v := cost.Judge(m.Check(r))
	if v.Right != 1 || v.Same != 1 || v.Loss < 25 { // the one that no other was measured for
		t.Errorf("where shm is measured to be fastest everywhere, all together are %+v", v)
	}
}

// TestCloseWinners: a predicted winner that takes little more than the measured one is right by the intervals of what was
// measured, and not without any, whatever the model's own.
func TestCloseWinners(t *testing.T) {
	for _, c := range []struct {
		rounds, right int
		spread        float64
	}{{7, 7, 0.2}, {7, 1, 0.001}, {5, 1, 0.2}} {
		points := costtest.Points(1)
		for k := range points {
			s := &points[k]
			s.Samples = s.Samples[:c.rounds]
			for at := range s.Samples {
				s.Samples[at].Wall *= 1 + c.spread*float64((at+k)%c.rounds)
				if strings.Contains(s.Subject.Name, "via=trampoline") {
					s.Samples[at].Wall *= 1.4
				}
			}
		}
		m, r := modelOf(t, costtest.Calls(true), points)
		if v := cost.Judge(m.Check(r)); v.Right != c.right {
			t.Errorf("with a spread of %v in %d rounds %d are right, want %d: %+v", c.spread, c.rounds, v.Right, c.right, v)
		}
	}
}

func TestNothing(t *testing.T) {
	m, r := modelOf(t, []measure.Series{pagetest.One("Payload/op=noop/lang=c/via=cgo/n=1", nil, 1, 2)})
	if len(m.Crossings) != 0 || m.Check(r) != nil || m.HeldOut() != nil {
		t.Errorf("a record with too little makes the crossings %v", m.Crossings)
	}
	if _, err := m.Try(r, ""); err == nil || !strings.Contains(err.Error(), "toll try") {
		t.Errorf("a record of toll calls as one of toll try gives the error %v", err)
	}
}

func TestTry(t *testing.T) {
	m, _ := modelOf(t, costtest.Calls(true))
	two := pagetest.CallsRecord(t, append(costtest.Tried("norm"), costtest.Tried("other")...)...)
	for op, want := range map[string]string{"": "norm, other", "sqrt": "norm, other"} {
		if _, err := m.Try(two, op); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("function %q gives the error %v, want %q", op, err, want)
		}
	}
	of, err := m.Try(two, "norm")
	if err != nil || of.Op != "norm" || of.N != "8" || of.By != "cgo" || !near(of.Work.Median, 500) {
		t.Fatalf("the function tried is %+v, error %v", of, err)
	}
	for name, want := range map[string][2]float64{"native/cgo": {545, 45}, "native/purego": {730, 230}, "native/process": {20_500, 20_000}, "go/direct": {900, 0}} {
		lang, via, _ := strings.Cut(name, "/")
		c := m.Find(lang, via)
		if c == nil || !c.Measured() {
			t.Errorf("%s is not as it was tried", name)
			continue
		}
		predicted := c.Predict(cost.Job{In: 1e6, Work: 500})
		if !near(predicted.Total().Median, want[0]) || !near(predicted.Border().Median, want[1]) {
			t.Errorf("%s takes %v, of which the border %v, want %v", name, predicted.Total(), predicted.Border(), want)
		}
		if at := c.Predict(cost.Job{Rate: 1000, Work: 500}); via == "process" && !near(at.Total().Median, 26_500) {
			t.Errorf("%s takes %v a thousand times a second, want 26,500", name, at.Total())
		}
	}
	if m.Find("c", "cgo") != nil || m.Find("c", "shm") == nil || m.Find("c", "trampoline") != nil {
		t.Error("what was tried must stand instead of what was not, and the rest stay")
	}
	var calls []measure.Series
	for _, s := range costtest.Tried("norm") {
		if strings.HasPrefix(s.Subject.Name, "Try/") {
			calls = append(calls, s)
		}
	}
	if _, err := m.Try(pagetest.CallsRecord(t, calls...), ""); err == nil || !strings.Contains(err.Error(), "TryBorder") {
		t.Errorf("a record without borders gives the error %v", err)
	}
}
