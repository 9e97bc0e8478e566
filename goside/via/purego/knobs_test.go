// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package purego

import (
	"errors"
	"slices"
	"testing"

	"toll/goside/seam"
)

func TestKnobs(t *testing.T) {
	knobs, err := Knobs()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, k := range knobs {
		names = append(names, k.Kernel+" "+k.Via+" "+k.Memory)
		for _, n := range []int{0, 1, 1000} {
			if err := k.Run(n); err != nil {
				t.Errorf("%s by %s: %v", k.Kernel, k.Via, err)
			}
		}
	}
	want := []string{"noop purego none", "noop syscalln none", "first purego go-heap", "first purego stack"}
	if !slices.Equal(names, want) {
		t.Errorf("knobs are %q, want %q", names, want)
	}
}

func TestKnobsWithoutLibrary(t *testing.T) {
	t.Setenv("TOLL_LIB", t.TempDir())
	if knobs, err := Knobs(); knobs != nil || !errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("%d knobs and the error %v, want none and %v", len(knobs), err, seam.ErrUnavailable)
	}
}
