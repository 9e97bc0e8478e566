// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package libffi

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"toll/goside/calls"
	"toll/goside/seam"
	"toll/goside/via/dl"
)

// TestWithoutLibrary: a machine without libffi lacks this crossing and nothing else; one that is no libffi is a failure.
func TestWithoutLibrary(t *testing.T) {
	if _, err := openFile("libffi.so.none"); !errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), "libffi.so.none") {
		t.Errorf("a library that is not there: got %v, want ErrUnavailable and its name", err)
	}
	other, err := seam.FindLibrary(dl.CallsFile)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openFile(other); err == nil || errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), "has no symbol ffi_prep_cif, want it") {
		t.Errorf("another library: got %v, want a failure that names the symbol", err)
	}
}

// prepared returns libffi, and a binder of calls.h.
func prepared(t *testing.T) *binder {
	t.Helper()
	l, err := open()
	if err != nil {
		t.Fatal(err)
	}
	lookup, err := dl.Calls("libffi")
	if err != nil {
		t.Fatal(err)
	}
	return &binder{l, lookup, nil}
}

// TestRefusals: a signature that libffi cannot pass is an error of preparing it, which names function, argument and crossing.
func TestRefusals(t *testing.T) {
	b := prepared(t)
	address, err := b.lookup("noop")
	if err != nil {
		t.Fatal(err)
	}
	const begins = "libffi: f cannot be called by libffi: "
	empty := structure()
	for _, c := range []struct {
		name      string
		fixed     int // -1: no variable arguments
		result    *typ
		arguments []*typ
		want      string // what the error is; "" if there is none
	}{
		{"an empty struct", -1, &void, []*typ{&double, &sint64, empty, &double}, begins + "argument 3 is void or a struct without fields, want a value"},
		{"an empty result", -1, empty, []*typ{&double}, begins + "its result is a struct without fields"},
		{"a void argument", -1, &void, []*typ{&double, &void}, begins + "argument 2 is void or"},
		{"a struct of an empty one", -1, &void, []*typ{structure(&double, empty)}, begins + "argument 1 is void or"},
		{"a variable float", 1, &void, []*typ{&sint64, &double, &float}, begins + "argument 3, a variable one, has 4 bytes"},
		{"a variable int16", 1, &void, []*typ{&sint64, &sint16}, begins + "argument 2, a variable one, has 2 bytes"},
		{"an empty variable struct", 1, &void, []*typ{&sint64, empty}, begins + "argument 2 is void or"},
		{"a fixed float before variables", 1, &void, []*typ{&float, &double, &sint32}, ""},
		{"a variable struct", 1, &void, []*typ{&sint64, structure(&float, &sint8)}, ""},
		{"nothing", -1, &void, nil, ""},
		{"a hundred arguments", -1, &double, repeated(&float, 100), ""},
	} {
		_, err := b.function("f", address, c.result, c.arguments...)
		if c.fixed >= 0 {
			_, err = b.variadic("f", address, c.fixed, c.result, c.arguments...)
		}
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// TestBinderKeepsFirstError: the crossing fails by the first function that it lacks.
func TestBinderKeepsFirstError(t *testing.T) {
	b := prepared(t)
	b.find("no_such", &void)
	b.find("noop", &void, &void)
	if b.err == nil || !strings.Contains(b.err.Error(), "libffi: libtoll_calls.so has no symbol toll_calls_no_such") {
		t.Errorf("got %v, want an error about toll_calls_no_such", b.err)
	}
}

// TestMemorySurvives calls with memory that nothing else refers to, from stacks that grow, while the collector runs.
func TestMemorySurvives(t *testing.T) {
	f, err := OpenCalls()
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for n := range 500 {
				p := make([]float64, 100)
				for k := range p {
					p[k] = 0.5
				}
				if sum := f.Sum(p); sum != 50 {
					t.Errorf("sum is %v, want 50", sum)
				}
				if m := deeper(n%50, func() calls.Mixed { return f.Mixed(calls.Mixed{A: 1, F: int64(n)}) }); m.A != -1 || m.F != -int64(n) {
					t.Errorf("mixed is %v, want the fields of {1, …, %d} negated", m, n)
				}
				if x := f.Callback(func(x int64) int64 {
					if n%50 == 0 {
						runtime.GC()
					}
					return x + grow(40)
				}, 0, 2); x != 80 {
					t.Errorf("callbacks give %d, want 80", x)
				}
			}
		})
	}
	wait.Wait()
}

// deeper calls f on a stack that so many frames use.
func deeper(frames int, f func() calls.Mixed) calls.Mixed {
	var room [64]int64
	room[frames] = 1
	if frames == 0 {
		return f()
	}
	m := deeper(frames-1, f)
	m.D += int16(room[(frames+1)%64])
	return m
}

// grow returns n after using much stack.
func grow(n int64) int64 {
	var room [128]int64
	room[n] = n
	if n == 0 {
		return 0
	}
	return 1 + grow(n-1) + room[n+1]
}
