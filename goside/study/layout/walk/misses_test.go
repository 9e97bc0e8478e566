// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/via/perf"
)

func TestParseWalk(t *testing.T) {
	seen, all := map[string]bool{}, 0
	for _, n := range loopSizes(false) {
		for _, w := range walks(kernels, n) {
			seen[w.String()] = true
			all++
			if got, err := parseWalk(w.String()); err != nil || got != w {
				t.Errorf("%v: got %+v and %v, want %+v", &w, got, err, w)
			}
		}
	}
	if len(seen) != all || all == 0 {
		t.Errorf("%d names of %d walks", len(seen), all)
	}
	good := "Loops/kernel=diffusion/layout=col/n=64/loops=interchanged/ld=padded"
	for _, c := range []struct{ old, new string }{
		{good, ""}, {"n=64", "n=2"}, {"n=64", "n=-64"}, {"n=64", "n=064"}, {"n=64", "n=x"}, {"n=64/", ""},
		{"layout=col", "layout=both"}, {"layout=col", "layout="}, {"interchanged", "changed"}, {"/ld=padded", ""},
		{"padded", "padded/ld=padded"}, {"layout=col/n=64", "n=64/layout=col"}, {"loops", "loop"},
		{"diffusion", "julia"}, {"Loops", "Ways"}, {"/layout", "/lang=c/layout"},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if w, err := parseWalk(bad); err == nil || !strings.Contains(err.Error(), "want one such as") {
			t.Errorf("%q: got %+v and %v, want an error that says what a walk looks like", bad, w, err)
		}
	}
}

// TestWalkRuns: what a run visits, and that it leaves numbers about one, of one size in the same memory.
func TestWalkRuns(t *testing.T) {
	f := kernel.Go()
	walks := append(walks(kernels, 32), walks(kernels, 300)...)
	runs := newWalkRuns(walks, &f)
	if len(runs) != len(walks) {
		t.Fatalf("%d runs of %d walks", len(runs), len(walks))
	}
	for k, r := range runs {
		want := map[string]int{"diffusion 32": 64 * 30 * 30, "ols 32": 64 * 32 * 32, "diffusion 300": 298 * 298, "ols 300": 300 * 300}
		problem := fmt.Sprintf("%s %d", r.walk.Kernel, r.walk.N)
		if r.walk != walks[k] || r.Elements != want[problem] {
			t.Errorf("%v visits %d elements, want %v and %d", &r.walk, r.Elements, &walks[k], want[problem])
		}
		if err := r.Run(); err != nil {
			t.Errorf("%v: %v", &r.walk, err)
		}
	}
}

func TestMisses(t *testing.T) {
	w := walk{"ols", kernel.Col, true, PaddedLD, 64}
	s := missSeries(&w, "go", "direct", byCachegrind, "a simulator", 4096, []measure.Sample{{}})
	if want := "Misses/kernel=ols/lang=go/via=direct/layout=col/n=64/loops=interchanged/ld=padded/by=cachegrind"; s.Subject.Name != want {
		t.Errorf("name is %s, want %s", s.Subject.Name, want)
	}
	want := []measure.Fact{{Key: "problem", Value: "misses ols n=64"}, {Key: "per", Value: "observation"}, {Key: "source", Value: "a simulator"},
		{Key: "unjudged", Value: "misses are no times"}}
	if len(s.Subject.Facts) != len(want) {
		t.Fatalf("facts are %v, want %v", s.Subject.Facts, want)
	}
	for k, f := range s.Subject.Facts {
		if f != want[k] {
			t.Errorf("fact is %v, want %v", f, want[k])
		}
	}
}

// TestCounted counts page faults, for which no machine lacks a counter, and then misses if it can.
func TestCounted(t *testing.T) {
	routes, err := registry.Match([]string{"go/direct", "rust/purego"})
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	progress := func(int, int) { done++ }
	series, err := countMisses([]perf.Event{perf.PageFaults}, routes, []int{32, 40}, 1, nil, progress)
	if errors.Is(err, seam.ErrUnavailable) {
		t.Skip(err) // a system that forbids it
	}
	if err != nil {
		t.Fatal(err)
	}
	if want := 16 + 24; len(series) != want || done != countedRounds*want {
		t.Errorf("%d series, %d times progress, want %d and %d", len(series), done, want, countedRounds*want)
	}
	for _, s := range series {
		if !strings.Contains(s.Subject.Name, "/lang=go/via=direct/") || !strings.HasSuffix(s.Subject.Name, "/by=counters") ||
			!strings.HasSuffix(s.Subject.Facts[2].Value, "perf_event_open: page-faults") {
			t.Errorf("got %s %v, want go/direct, by counters, and which", s.Subject.Name, s.Subject.Facts)
		}
		if len(s.Samples) != countedRounds {
			t.Errorf("%s: %d samples, want %d", s.Subject.Name, len(s.Samples), countedRounds)
		}
		for _, sample := range s.Samples {
			if sample.Wall <= 0 || len(sample.More) != 1 || sample.More[0].Value > 0.01 {
				t.Errorf("%s: sample %+v, want a time, and hardly a page fault, for it is warm", s.Subject.Name, sample)
			}
		}
	}

	series, err = counted(routes, []int{32}, 1, nil, progress)
	events, none := countable()
	if none != nil {
		if !errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), "--cachegrind") {
			t.Errorf("got %v, want an error that is seam.ErrUnavailable and names --cachegrind", err)
		}
		return
	}
	if err != nil || len(series) == 0 || len(series[0].Samples[0].More) != len(events) {
		t.Errorf("got %v and %v, want series with %v", series, err, events)
	}
}

// TestCountedStops keeps the complete rounds. It counts nothing, which every system allows.
func TestCountedStops(t *testing.T) {
	routes, err := registry.Match([]string{"go/direct"})
	if err != nil {
		t.Fatal(err)
	}
	const walks = 16
	for _, after := range []int{0, walks - 1, 2*walks + 3} {
		done := make(chan struct{})
		if after == 0 {
			close(done)
		}
		series, err := countMisses(nil, routes, []int{32}, 1, done, func(k, _ int) {
			if k == after {
				close(done)
			}
		})
		rounds := after / walks
		if !errors.Is(err, measure.ErrStopped) || (len(series) == walks) != (rounds > 0) {
			t.Errorf("stopped after %d: %d series, error %v, want %d of %d rounds", after, len(series), err, walks, rounds)
		}
		for _, s := range series {
			if len(s.Samples) != rounds {
				t.Errorf("stopped after %d: %s has %d samples, want %d", after, s.Subject.Name, len(s.Samples), rounds)
			}
		}
	}
}
