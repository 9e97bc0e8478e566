// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/record"
)

// TestSubjects holds that each payload is a group of its own, with a reference beside it and the baseline twice, and that a
// crossing lacks only what it does not offer.
func TestSubjects(t *testing.T) {
	lacking := calls.Go()
	lacking.Add = nil
	all, err := subjects([]calls.Crossing{{Name: "direct", Lang: "go", Funcs: calls.Go()}, {Name: "cgo", Lang: "c", Funcs: calls.Go()}, {Name: "purego", Lang: "c", Funcs: lacking}}, []int{5, 6, 7})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	entries := map[string][]string{}
	for k, s := range all {
		if names[s.Name] {
			t.Errorf("two subjects are named %s", s.Name)
		}
		names[s.Name] = true
		n := record.ParseName(s.Name)
		if n.String() != s.Name || n.Study != benchmark || n.Kernel != "" || n.Op == "" || n.N == "" {
			t.Errorf("%s is no name of a payload", s.Name)
		}
		if k > 0 && s.Group != all[k-1].Group && entries[s.Group] != nil {
			t.Errorf("%s does not stand beside the others of %s", s.Name, s.Group)
		}
		entries[s.Group] = append(entries[s.Group], n.Via+n.Entry)
		for _, f := range s.Facts {
			if !slices.Contains(append(slices.Clone(record.ProblemFacts), Part.Facts...), f.Key) {
				t.Errorf("%s states the fact %s, which the part does not declare", s.Name, f.Key)
			}
		}
		if s.Parks != (n.Via == "direct") {
			t.Errorf("%s parks: %v", s.Name, s.Parks)
		}
		if err := s.Run(2 * s.Least); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if len(entries) != len(calls.Payloads()) {
		t.Errorf("%d groups, want one for each of the %d payloads", len(entries), len(calls.Payloads()))
	}
	for group, got := range entries {
		want := []string{"direct", "cgoreference", "cgo", "cgoagain", "purego"}
		if group == "add n=1" {
			want = want[:4]
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", group, got, want)
		}
	}
}

// foreign is memory of Go's that stands for the other side's.
type foreign struct{ taken int }

func (f *foreign) Alloc(n int) ([]float64, error) { f.taken++; return make([]float64, n), nil }
func (f *foreign) Free([]float64)                 { f.taken-- }

// TestSubjectsInMemory: a crossing with memory of the other side is timed with slices alone, and they lie there.
func TestSubjectsInMemory(t *testing.T) {
	memory := &foreign{}
	funcs := calls.Go()
	funcs.Memory = memory
	all, err := subjects([]calls.Crossing{{Name: "cgo", Lang: "c", Funcs: calls.Go()}, {Name: "wasm" + inMemory, Lang: "c", Funcs: funcs}}, []int{5, 5})
	if err != nil {
		t.Fatal(err)
	}
	var there, want []string
	for _, s := range all {
		if n := record.ParseName(s.Name); n.Via == "wasm"+inMemory {
			there = append(there, n.Op+n.N)
		}
	}
	for _, p := range calls.Payloads() {
		if p.Group == "slices" || p.Group == "batches" {
			want = append(want, fmt.Sprint(p.Kernel, p.N))
		}
	}
	if !slices.Equal(there, want) || memory.taken != 1 {
		t.Errorf("%v lie in the memory, which was taken %d times; want %v and once", there, memory.taken, want)
	}
}

func TestSubjectsAreVerified(t *testing.T) {
	wrong := calls.Go()
	wrong.Add = func(x, y float64) float64 { return x }
	if _, err := subjects([]calls.Crossing{{Name: "cgo", Lang: "c", Funcs: wrong}}, []int{1}); err == nil || !strings.Contains(err.Error(), "add") {
		t.Errorf("of a wrong function the error is %v", err)
	}
}

func TestSlots(t *testing.T) {
	rounds := 0
	all, err := fillSlotsIn("sh", []string{"-c", "echo 2000 8000 purego: no  room"}, 3, nil, func(done, of int) { rounds++ })
	if err != nil || len(all) != 1 || rounds != 3 {
		t.Fatalf("%d series after %d rounds and the error %v, want 1 after 3", len(all), rounds, err)
	}
	s := all[0]
	if len(s.Samples) != 3 || s.Samples[0].Wall != 4 || s.Samples[2].Get("slots") != 2000 || s.Subject.Facts[2].Value != "purego: no room" {
		t.Errorf("got %+v of %+v", s, s.Subject)
	}
	for script, want := range map[string]string{"exit 1": "exit status 1", "echo none": `printed "none`, "echo 0 5 x": "want slots"} {
		if _, err := fillSlotsIn("sh", []string{"-c", script}, 1, nil, func(int, int) {}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got the error %v, want one with %q", script, err, want)
		}
	}
	for after := range 3 { // told to stop after as many rounds
		done := make(chan struct{})
		if after == 0 {
			close(done)
		}
		all, err := fillSlotsIn("sh", []string{"-c", "echo 2000 8000 no room"}, 3, done, func(round, _ int) {
			if round == after {
				close(done)
			}
		})
		if !errors.Is(err, measure.ErrStopped) || len(all) != min(after, 1) || after > 0 && len(all[0].Samples) != after {
			t.Errorf("stopped after %d rounds: got %+v and %v, want as many samples and %v", after, all, err, measure.ErrStopped)
		}
	}
}
