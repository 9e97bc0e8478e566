// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package beside

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study/studytest"
	"toll/goside/via/process"
)

func TestSubjects(t *testing.T) {
	few := &calls.Funcs{Noop: calls.Go().Noop}
	ways := []way{
		wayOf(calls.Crossing{Name: baseline, Lang: "c", Funcs: calls.Go()}, 3),
		wayOf(calls.Crossing{Name: "shm", Lang: "c", Funcs: few}, 1),
		wayOf(calls.Crossing{Name: process.ShmSpin, Lang: "c", Funcs: few}, 1),
	}
	for _, full := range []bool{false, true} {
		all, err := subjects(ways, full)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, s := range all {
			name := record.ParseName(s.Name)
			seen[name.Via+" "+name.Op+" "+name.Entry]++
			if err := s.Run(2); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
			if name.Via == process.ShmSpin {
				continue
			}
			if name.Op == "noop" && name.Via == "shm" { // after the spinning one of the round before
				spinning := all[slices.IndexFunc(all, func(s measure.Subject) bool { return strings.Contains(s.Name, "via="+process.ShmSpin) })]
				begun := time.Now()
				if err := spinning.Run(1); err != nil {
					t.Error(err)
				}
				s.Reset()
				if after := time.Since(begun); after < rest {
					t.Errorf("%s: it is timed %v after a worker has spun, want %v or more", s.Name, after, rest)
				}
			}
			if s.Parks != (name.Via != baseline) {
				t.Errorf("%s: it parks is %t", s.Name, s.Parks)
			}
		}
		sums := len(quickSizes)
		if full {
			sums = len(calls.Sizes)
		}
		for key, want := range map[string]int{"cgo noop ": 1, "cgo noop again": 1, "shm noop ": 1, "shm noop again": 0, "shm add ": 0,
			"cgo sum ": sums, "cgo ints ": 1, "cgo batch ": len(calls.BatchSizes), "cgo handle ": 0} {
			if seen[key] != want {
				t.Errorf("full %t: %d subjects of %q, want %d", full, seen[key], key, want)
			}
		}
	}
	wrong := calls.Go()
	wrong.Add = func(x, y float64) float64 { return x - y }
	if _, err := subjects([]way{wayOf(calls.Crossing{Name: "shm", Lang: "c", Funcs: wrong}, 1)}, false); err == nil || !strings.Contains(err.Error(), "c/shm") {
		t.Errorf("a way that adds wrongly gives the error %v, want one that names it", err)
	}
	gone := errors.New("the worker has ended")
	dead := &calls.Funcs{Noop: func() { panic(gone) }}
	if _, err := subjects([]way{wayOf(calls.Crossing{Name: "shm", Lang: "c", Funcs: dead}, 1)}, false); !errors.Is(err, gone) {
		t.Errorf("a way whose process has ended gives the error %v, want %v", err, gone)
	}
}

func TestPlugin(t *testing.T) {
	for _, protocol := range protocols {
		p, err := startPlugin(protocol)
		studytest.Available(t, err)
		if checked, err := p.verify(); checked < 100 || err != nil {
			t.Errorf("%s: %d calls verified, error %v, want more than 100", protocol, checked, err)
		}
		w := wayOfPlugin(p, 1)
		payloads := calls.Payloads()
		offered := 0
		for k := range payloads {
			of := &payloads[k]
			if !chosen(of, false) {
				continue
			}
			switch err := w.run(of, 1); {
			case err != nil:
				t.Errorf("%s: %s of %d: %v", protocol, of.Kernel, of.N, err)
			case w.elapsed() <= 0:
				t.Errorf("%s: %s of %d took %v, want more than nothing", protocol, of.Kernel, of.N, w.elapsed())
			default:
				offered++
			}
		}
		if offered == 0 {
			t.Errorf("%s offers nothing", protocol)
		}
		if _, err := p.run("handle", 1, 1); !errors.Is(err, kernel.ErrNotOffered) {
			t.Errorf("%s: a handle gives the error %v, want %v", protocol, err, kernel.ErrNotOffered)
		}
		if _, err := p.run("noop", 1, 0); err == nil || !strings.Contains(err.Error(), "want at least 1") {
			t.Errorf("%s: no calls give the error %v, want that of the program", protocol, err)
		}
		if err := p.close(); err != nil {
			t.Errorf("%s: the program ends with %v", protocol, err)
		}
		if _, err := p.run("noop", 1, 1); err == nil || !strings.Contains(err.Error(), "was ended") {
			t.Errorf("%s: a call after the end gives the error %v", protocol, err)
		}
	}
}

func TestMissingProgram(t *testing.T) {
	t.Setenv("TOLL_LIB", t.TempDir())
	if _, err := startPlugin("grpc"); !errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), seam.Mend) {
		t.Errorf("without the program the error is %v, want %v that says %s", err, seam.ErrUnavailable, seam.Mend)
	}
}

// TestBadPrograms starts programs that die, babble or hang.
func TestBadPrograms(t *testing.T) {
	for script, want := range map[string]string{
		"exit 3":     "ends without an answer: EOF\nexit status 3",
		"echo babel": "ends without an answer: invalid character",
		"sleep 60":   "no answer in 300ms",
	} {
		path := filepath.Join(t.TempDir(), "program")
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		limit := time.Minute
		if script == "sleep 60" {
			limit = 300 * time.Millisecond
		}
		if _, err := startProgram(path, "grpc", limit); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a program that does %q gives the error %v, want %q", script, err, want)
		}
	}
}

func TestStarving(t *testing.T) {
	plan := starving{
		Plan: measure.Plan{Rounds: 2, Seed: 1, Clock: measure.MachineClock()},
		pass: 10 * time.Millisecond, busy: []int{2, 0, 1, 2},
		calls: []caller{{idle, "go", "direct", nil}, {"not", "c", "shm", calls.Go().Not}},
	}
	series, err := plan.measure(studytest.Counted(t, 14))
	if err != nil {
		t.Fatal(err)
	}
	studytest.Alike(t, series, 2, []string{"work-a-second", "p50-ns", "p99-ns", "max-ns", "threads"})
	var names []string
	for _, s := range series {
		names = append(names, s.Subject.Name)
		for _, sample := range s.Samples {
			name := record.ParseName(s.Subject.Name)
			if works := sample.Get("work-a-second") > 0; works != (name.N != "0") {
				t.Errorf("%s: work is done is %t", s.Subject.Name, works)
			}
			if calls := sample.Get("max-ns") > 0; calls != (name.Op == "not") {
				t.Errorf("%s: calls are made is %t", s.Subject.Name, calls)
			}
		}
	}
	if len(names) != 7 || names[0] != "Starved/op=not/lang=c/via=shm/n=0" || names[2] != "Starved/op=none/lang=go/via=direct/n=1/entry=again" {
		t.Errorf("the series are %q", names)
	}
	wrong := caller{"not", "c", "shm", func(x int64) int64 { return x + 1 }}
	if _, _, err := plan.take(wrong, 1); err == nil || !strings.Contains(err.Error(), "c/shm") {
		t.Errorf("a wrong Not gives the error %v, want one that names the way", err)
	}
	var stop atomic.Bool
	stop.Store(true)
	if took, _ := timed(calls.Go().Not, &stop); took != nil {
		t.Errorf("%d calls were made after the end", len(took))
	}
}
