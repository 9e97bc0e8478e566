// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package rounding_test

import (
	"errors"
	"testing"

	"toll/goside/kernel"
	"toll/goside/kernel/rounding"
	"toll/goside/seam"
	"toll/goside/via/purego"
)

// cases returns the cases of a kernel that cost at most so much, of all kernels if it is "".
func cases(t *testing.T, name string, most float64) []kernel.Case {
	t.Helper()
	var all []kernel.Case
	for _, c := range kernel.Cases() {
		if (name == "" || c.Kernel == name) && rounding.Cost(&c) <= most {
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		t.Fatalf("found no cases of %s", name)
	}
	return all
}

// TestIEEE: the reference's way returns the reference's bits, and its refusals.
func TestIEEE(t *testing.T) {
	t.Parallel()
	way, reference := rounding.IEEE().Funcs(), kernel.Go()
	if got, want := len(way.Offered()), len(reference.Offered()); got != want {
		t.Errorf("offers %d functions, want %d", got, want)
	}
	checked := reference.Checked()
	n := 0
	for _, c := range cases(t, "", 500_000) {
		got := c.New()
		errGot, errWant := got.Run(&way), c.New().Run(&checked)
		if c.Want != kernel.OK && !errors.Is(errGot, c.Want) || c.Want == kernel.OK && errGot != nil {
			t.Errorf("%v: returned %v, want %v", &c, errGot, errWant)
		}
		want := c.New()
		_ = want.Run(&checked)
		n++
		for b := range want.Buffers {
			w, g := &want.Buffers[b], &got.Buffers[b]
			for k := range w.Len {
				if w.Bits(k) != g.Bits(k) && !(w.Value(k) != w.Value(k) && g.Value(k) != g.Value(k)) {
					t.Fatalf("%v: %s is %s, want %s", &c, w.At(k), g.Text(k), w.Text(k))
				}
			}
		}
	}
	t.Logf("%d cases of %d", n, len(kernel.Cases()))
}

// explain explains what f computes of the cases, and returns how often each cause is found; "in part" and "unknown" are
// some of them.
func explain(t *testing.T, f *kernel.Funcs, all []kernel.Case) map[string]int {
	t.Helper()
	found := map[string]int{}
	for _, c := range all {
		got := c.New()
		if err := got.Run(f); err != nil {
			continue // refused
		}
		name, cause := "unknown", rounding.Explain(&c, got)
		switch {
		case cause.Differ == 0:
			continue
		case cause.All:
			name = cause.Way.Cause
		case cause.Way != nil:
			name = "in part " + cause.Way.Cause
		}
		if found[name]++; found[name] == 1 || !cause.All {
			way := "unknown"
			if cause.Way != nil {
				way = cause.Way.Name
			}
			t.Logf("%v: %d of %d differ by %s: %s; the first is %+v", &c, cause.Explained, cause.Differ, name, way, cause.First)
		}
	}
	t.Log(found)
	return found
}

// onlyCause tells that all of several causes is just one.
func onlyCause(t *testing.T, found map[string]int, want string) {
	t.Helper()
	if len(found) != 1 || found[want] == 0 {
		t.Errorf("found %v, want %q only", found, want)
	}
}

func open(t *testing.T, file string) *seam.Library {
	t.Helper()
	library, err := purego.Open(file, "c")
	if errors.Is(err, seam.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return library
}

// TestFused explains a library that is compiled with fused multiply-add.
func TestFused(t *testing.T) {
	t.Parallel()
	library := open(t, "wrong/libfused.so")
	for _, c := range []struct {
		name  string
		cases []kernel.Case
	}{
		{"diffusion", cases(t, "diffusion", 30_000)},
		{"ols", cases(t, "ols", 30_000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			onlyCause(t, explain(t, &library.Funcs, c.cases), "fused multiply-add")
		})
	}
}
