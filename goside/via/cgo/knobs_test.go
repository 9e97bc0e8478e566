// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package cgo

import (
	"errors"
	"fmt"
	"testing"

	"toll/goside/calls"
	"toll/goside/seam"
)

// choice names a knob.
func choice(k *calls.Knob) string {
	return fmt.Sprint(k.Kernel, " ", k.Directives, " ", k.Memory, " ", k.Thread, " ", k.Symbol, " ", k.N)
}

func TestKnobs(t *testing.T) {
	knobs, err := Knobs()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, k := range knobs {
		if seen[choice(&k)] {
			t.Errorf("there are two %s", choice(&k))
		}
		seen[choice(&k)] = true
		for _, n := range []int{0, 1, 1000} {
			if err := k.Run(n); err != nil {
				t.Errorf("%s: %v", choice(&k), err)
			}
		}
	}
	for _, directives := range []string{"none", "noescape", "nocallback", "both"} {
		for _, memory := range []string{"go-heap", "c-heap", "stack", "pinned-once", "pinned-each", "pinned-new"} {
			for _, kernel := range []string{"first", "struct"} {
				want := fmt.Sprint(kernel, " ", directives, " ", memory, " free static 8")
				if !seen[want] && want != "struct "+directives+" go-heap free static 8" { // cgo refuses it
					t.Errorf("there is no %s", want)
				}
			}
		}
		for _, symbol := range []string{"static", "pointer", "dlopen"} {
			for _, want := range []string{"noop " + directives + " none free " + symbol + " 1",
				"first " + directives + " go-heap free " + symbol + " 8"} {
				if !seen[want] {
					t.Errorf("there is no %s", want)
				}
			}
		}
	}
}

// TestKnobsAllocate: what a directive is said to save is there to be saved.
func TestKnobsAllocate(t *testing.T) {
	knobs, err := Knobs()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range knobs {
		const n = 100
		got := testing.AllocsPerRun(10, func() {
			if err := k.Run(n); err != nil {
				t.Error(err)
			}
		})
		want := 0.0
		switch {
		case k.Memory != "stack" || k.Directives == "both":
		case k.Directives == "none":
			want = n
		default: // what one directive alone does is the toolchain's affair
			continue
		}
		if got < want || got > want+10 { // a Pinner or a closure now and then
			t.Errorf("%s: %v allocations in %d calls, want %v", choice(&k), got, n, want)
		}
	}
}

// TestKnobsSeeWrongResults: with other numbers in memory the same loops return an error.
func TestKnobsSeeWrongResults(t *testing.T) {
	memory := knobsInC()
	knobs, err := Knobs()
	if err != nil {
		t.Fatal(err)
	}
	memory.numbers[0] = 2 * calls.First
	defer func() { memory.numbers[0] = calls.First }()
	wrong := 0
	for _, k := range knobs {
		if k.Memory == "c-heap" {
			wrong++
			if k.Run(3) == nil {
				t.Errorf("%s does not notice a wrong result", choice(&k))
			}
		}
	}
	if wrong == 0 {
		t.Error("there is no knob in C's memory")
	}
}

func TestKnobsWithoutLibrary(t *testing.T) {
	t.Setenv("TOLL_LIB", t.TempDir())
	knobs, err := Knobs()
	if !errors.Is(err, seam.ErrUnavailable) || len(knobs) == 0 {
		t.Errorf("%d knobs and the error %v, want those of the archive and %v", len(knobs), err, seam.ErrUnavailable)
	}
	for _, k := range knobs {
		if k.Symbol == "dlopen" {
			t.Errorf("there is %s", choice(&k))
		}
	}
}
