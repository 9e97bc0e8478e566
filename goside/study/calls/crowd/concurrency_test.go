// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/study/studytest"
)

func TestConcurrency(t *testing.T) {
	crossings := []calls.Crossing{
		{Name: "direct", Lang: "go", Funcs: calls.Go()},
		{Name: "lacking", Lang: "c", Funcs: &calls.Funcs{}},
		{Name: "wasm-memory", Funcs: calls.Go()},
		{Name: "own", Lang: "c", Funcs: &calls.Funcs{Not: func(x int64) int64 { return ^x }}},
	}
	plan := crowdPlan{
		Plan: measure.Plan{Rounds: 2, Seed: 1, Clock: measure.MachineClock()},
		pass: 20 * time.Millisecond, goroutines: []int{1, 5, 2, 2},
	}
	before := runtime.NumGoroutine()
	series, err := plan.measure(crossings, studytest.Counted(t, 20))
	if err != nil {
		t.Fatal(err)
	}
	studytest.GoroutinesBack(t, before)
	studytest.Alike(t, series, 2, []string{"p50-ns", "p99-ns", "p999-ns", "max-ns", "goroutines-run", "threads"})
	var names []string
	for _, s := range series {
		names = append(names, s.Subject.Name)
		for _, sample := range s.Samples {
			get := sample.Get
			if !(get("p50-ns") <= get("p99-ns") && get("p99-ns") <= get("p999-ns") && get("p999-ns") <= get("max-ns")) {
				t.Errorf("%s: the latencies %v are not in order", s.Subject.Name, sample.More)
			}
			if ran := get("goroutines-run"); ran < 1 || ran > 5 {
				t.Errorf("%s: %v goroutines ran, want 1 to 5", s.Subject.Name, ran)
			}
		}
	}
	var want []string
	for _, n := range []string{"1", "2", "5"} {
		want = append(want, "Concurrency/op=not/lang=go/via=direct/n="+n, "Concurrency/op=not/lang=c/via=own/n="+n,
			"Concurrency/op=clock/lang=go/via=direct/n="+n)
	}
	want = append(want, "Concurrency/op=not/lang=go/via=direct/n=1/entry=again")
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("rows %v, want %v", names, want)
	}
}

func TestConcurrencyRefuses(t *testing.T) {
	plan := crowdPlan{Plan: measure.Plan{Rounds: 1, Clock: measure.MachineClock()}, pass: 20 * time.Millisecond, goroutines: []int{2}}
	before := runtime.NumGoroutine()
	wrong := []calls.Crossing{{Name: "bent", Lang: "c", Funcs: &calls.Funcs{Not: func(x int64) int64 { return x + 1 }}}}
	if _, err := plan.measure(wrong, studytest.Silent); err == nil || !strings.Contains(err.Error(), "bent") {
		t.Errorf("a Not that adds 1: %v, want an error that names its crossing", err)
	}
	studytest.GoroutinesBack(t, before)
	if _, err := plan.measure([]calls.Crossing{{Name: "x", Lang: "c", Funcs: &calls.Funcs{}}}, studytest.Silent); err == nil {
		t.Error("crossings without Not: no error, want one")
	}
}

// TestConcurrencyStops tells it to stop in its second round; what it then returns is the first.
func TestConcurrencyStops(t *testing.T) {
	done := make(chan struct{})
	plan := crowdPlan{
		Plan: measure.Plan{Rounds: 3, Clock: measure.MachineClock(), Done: done},
		pass: 20 * time.Millisecond, goroutines: []int{2},
	}
	before := runtime.NumGoroutine()
	series, err := plan.measure([]calls.Crossing{{Name: "direct", Lang: "go", Funcs: calls.Go()}}, func(at, all int) {
		if at == all/3+1 {
			plan.pass = time.Hour
			time.AfterFunc(20*time.Millisecond, func() { close(done) })
		}
	})
	if !errors.Is(err, measure.ErrStopped) {
		t.Errorf("told to stop: %v, want %v", err, measure.ErrStopped)
	}
	studytest.GoroutinesBack(t, before)
	for _, s := range series {
		if len(s.Samples) != 1 {
			t.Errorf("%s has %d samples, want one of the complete round", s.Subject.Name, len(s.Samples))
		}
	}
	if len(series) != 3 {
		t.Errorf("%d series, want 3", len(series))
	}
}
