// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package wasm

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"toll/goside/kernel"
	"toll/goside/seam"
)

var one = kernel.Par{Threads: 1}

// TestWrongModules opens modules that are wrong on purpose. The words are those of the other crossings.
func TestWrongModules(t *testing.T) {
	for file, want := range map[string]string{
		"no_symbol":     "has no function toll_c_table, want it",
		"other_version": "has interface version 5, want 4",
		"other_size":    "has table size 96, want 104",
		"other_header":  "has header hash 0123456789abcdef, want ",
		"null_slot":     "has call_noop NULL, want a function",
	} {
		file := "wrong/" + file + ".wasm"
		_, err := Open(file, "c")
		if err == nil {
			t.Errorf("%s opened, want an error: %s", file, want)
			continue
		}
		for _, want := range []string{want, file, "run " + seam.Mend} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %q lacks %q", file, err, want)
			}
		}
		if errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("%s: error %q is ErrUnavailable, want a failure", file, err)
		}
	}
	if _, _, err := openCalls("toll_c.wasm"); err == nil || !strings.Contains(err.Error(), "has no function toll_calls_header_hash, want it") {
		t.Errorf("a module of kernels for one of calls: got %v, want it refused", err)
	}
	if _, err := Open("toll_c.wasm", "c-simd128"); err == nil || !strings.Contains(err.Error(), "has no function toll_c_simd128_table") {
		t.Errorf("another language: got %v, want it refused", err)
	}
}

// TestMissingModule: only a module that is not there may be skipped.
func TestMissingModule(t *testing.T) {
	for name, prepare := range map[string]func(path string) error{
		"absent":       func(string) error { return nil },
		"not a module": func(path string) error { return os.WriteFile(path, []byte("text"), 0o600) },
		"empty":        func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"no memory":    func(path string) error { return os.WriteFile(path, []byte("\x00asm\x01\x00\x00\x00"), 0o600) },
		"a folder":     func(path string) error { return os.Mkdir(path, 0o755) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := prepare(filepath.Join(dir, "toll_c.wasm")); err != nil {
				t.Fatal(err)
			}
			t.Setenv("TOLL_LIB", dir)
			if _, err := Open("toll_c.wasm", "c"); err == nil || errors.Is(err, seam.ErrUnavailable) != (name == "absent") || !strings.Contains(err.Error(), "toll_c.wasm") {
				t.Errorf("got %v, want an error naming toll_c.wasm, and ErrUnavailable only of one that is absent", err)
			}
		})
	}
}

// panics returns the error that f panics with.
func panics(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}

// TestTraps calls functions that trap. Each is an error with the function's name, nothing is written, and later calls are
// right.
func TestTraps(t *testing.T) {
	l, err := Open("wrong/traps.wasm", "c")
	if err != nil {
		t.Fatal(err)
	}
	out, in := kernel.NewGrid(4, 4, 0, kernel.Row), kernel.NewGrid(4, 4, 0, kernel.Row)
	column := kernel.NewGrid(4, 4, 0, kernel.Col)
	zs := make([]complex128, 3)
	for name, call := range map[string]func() error{
		"call_noop": func() error { return panics(l.Noop) },
		"call_sum":  func() error { return panics(func() { l.Sum([]float64{1}) }) },
		"diffusion_step_row": func() error {
			return l.Step(&kernel.DiffusionStep{Out: out, In: in, Lo: 0, Hi: 4, D: 1, Dt: 0.1, Par: one})
		},
		"diffusion_step_col": func() error {
			return l.Step(&kernel.DiffusionStep{Out: column, In: kernel.NewGrid(4, 4, 0, kernel.Col), Lo: 0, Hi: 4, D: 1, Dt: 0.1, Par: one})
		},
		"diffusion_run_row": func() error {
			return l.Run(&kernel.DiffusionRun{A: out, B: in, Steps: 1, D: 1, Dt: 0.1, Par: one})
		},
		"diffusion_run_row_interchanged": func() error {
			return l.RunInterchanged(&kernel.DiffusionRun{A: out, B: in, Steps: 1, D: 1, Dt: 0.1, Par: one})
		},
		"julia": func() error {
			return l.Julia(&kernel.Julia{Out: make([]int32, 3), Zs: zs, Cs: zs, Hi: 3, Par: one})
		},
		"ols_row":   func() error { return l.OLS(kernel.NewOLS(3, 4, kernel.Row, one)) },
		"transpose": func() error { return l.Transpose(&kernel.Transpose{Out: column, In: in, Par: one}) },
	} {
		err := call()
		if err == nil || !strings.Contains(err.Error(), name+" of wrong/traps.wasm trapped: wasm error: ") {
			t.Errorf("%s: got %v, want an error that names it", name, err)
		}
		if e := (*kernel.Error)(nil); errors.As(err, &e) && !errors.Is(err, kernel.ErrPanic) {
			t.Errorf("%s: got %v, want ErrPanic", name, err)
		}
		if l.Not(5) != ^5 || l.Add(1, 2) != 3 {
			t.Errorf("after %s a call is wrong", name)
		}
	}
	if out.Data[0] != 0 {
		t.Errorf("out[0] is %v after a trap, want it as it was", out.Data[0])
	}
	split := &kernel.JuliaSplit{Out: make([]int32, 1), Zr: []float64{0}, Zi: []float64{0}, Cr: []float64{0}, Ci: []float64{0}, Hi: 1, Par: one}
	if err := l.JuliaSplit(split); !errors.Is(err, kernel.ErrPanic) || strings.Contains(err.Error(), "trapped") {
		t.Errorf("a status: got %v, want ErrPanic and no trap", err)
	}
}

// TestTrapInMemory traps on an instance that slices lie in. They stay until they are freed; a call with them is refused.
func TestTrapInMemory(t *testing.T) {
	l, err := Open("wrong/traps.wasm", "c")
	if err != nil {
		t.Fatal(err)
	}
	p, q := alloc(t, l.Memory, 3), alloc(t, l.Memory, 3)
	p[2] = 7
	if err := panics(func() { l.Sum(p) }); err == nil || !strings.Contains(err.Error(), "call_sum of wrong/traps.wasm trapped") {
		t.Fatalf("got %v, want a trap", err)
	}
	if p[2] != 7 {
		t.Errorf("p[2] is %v after the trap, want 7", p[2])
	}
	for _, s := range [][]float64{p, q} {
		err := panics(func() { l.Sum(s) })
		if err == nil || !strings.Contains(err.Error(), "lies in the memory of an instance that is no more: wasm: call_sum") {
			t.Errorf("a second call: got %v, want it refused", err)
		}
	}
	r := alloc(t, l.Memory, 3)
	m := l.Memory.(*memory)
	if m.at(unsafe.Pointer(&r[0])) == m.at(unsafe.Pointer(&p[0])) {
		t.Error("a slice allocated after the trap lies in the same instance, want another")
	}
	two := &kernel.OLS{Slope: p, Intercept: r, Y: kernel.NewGrid(3, 2, 0, kernel.Row), Hi: 3, Par: one}
	if err := l.OLS(two); err == nil || !strings.Contains(err.Error(), "two linear memories, want one") {
		t.Errorf("arguments in two memories: got %v, want them refused", err)
	}
	l.Memory.Free(p)
	l.Memory.Free(q)
	if n := len(*m.in.Load()); n != 1 {
		t.Errorf("%d instances are left, want 1", n)
	}
	l.Memory.Free(r)
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "slice of 2 numbers to be freed lies elsewhere") {
			t.Errorf("Free of another slice: got %q, want a panic that says so", text)
		}
	}()
	l.Memory.Free(make([]float64, 2))
}

func alloc(t *testing.T, memory kernel.Memory, n int) []float64 {
	t.Helper()
	p, err := memory.Alloc(n)
	if err != nil {
		t.Fatal(err)
	}
	if uintptr(unsafe.Pointer(unsafe.SliceData(p)))%64 != 0 {
		t.Fatalf("%d numbers lie at %p, want a multiple of 64", n, p)
	}
	if slices.ContainsFunc(p, func(x float64) bool { return x != 0 }) {
		t.Fatalf("%d numbers are not all 0", n)
	}
	return p
}

// TestPlaces runs a step with each matrix in Go's memory or in linear memory, with padding: all bits are the reference's, and
// a matrix in linear memory is not copied.
func TestPlaces(t *testing.T) {
	l, err := Open("toll_c.wasm", "c")
	if err != nil {
		t.Fatal(err)
	}
	for _, layout := range []kernel.Layout{kernel.Row, kernel.Col} {
		for place := range 4 {
			grid := func(there bool) kernel.Grid {
				g := kernel.NewGrid(9, 7, 3, layout)
				for k := range g.Data {
					g.Data[k] = 1 / float64(k+1)
				}
				if there {
					p := alloc(t, l.Memory, len(g.Data))
					copy(p, g.Data)
					g.Data = p
				}
				return g
			}
			step := func(there bool) *kernel.DiffusionStep {
				return &kernel.DiffusionStep{Out: grid(there && place&1 != 0), In: grid(there && place&2 != 0), Lo: 2, Hi: 6, D: 1, Dt: 0.1, Par: one}
			}
			want, got := step(false), step(true)
			if err := errors.Join(kernel.Go().Step(want), l.Step(got)); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Out.Data, want.Out.Data) || !slices.Equal(got.In.Data, want.In.Data) {
				t.Errorf("%v, place %d: got %v, want %v", layout, place, got.Out.Data, want.Out.Data)
			}
			b := matrix(&got.Out, 0, 9)
			in, err := l.Memory.(*memory).of.enter(&b)
			if err != nil {
				t.Fatal(err)
			}
			if inPlace := &in.bytes(b.at, 1)[0] == &b.data[0]; inPlace != (place&1 != 0) {
				t.Errorf("%v, place %d: out is passed in place: %v", layout, place, inPlace)
			}
			l.Memory.(*memory).of.leave(in)
		}
	}
}

// TestTooLarge opens a module with a small memory. What does not fit is refused with its size, and later calls are right.
func TestTooLarge(t *testing.T) {
	l, err := open("toll_c.wasm", "c", 64)
	if err != nil {
		t.Fatal(err)
	}
	large := kernel.NewOLS(100_000, 14, kernel.Row, one)
	if err := l.OLS(large); !errors.Is(err, kernel.ErrPanic) || !strings.Contains(err.Error(), "12800000 bytes do not fit in linear memory") ||
		!strings.Contains(err.Error(), "at most 4194304") {
		t.Errorf("got %v, want an error with the sizes", err)
	}
	if large.Slope[0] != 0 {
		t.Errorf("slope[0] is %v, want it as it was", large.Slope[0])
	}
	for _, n := range []int{-1, 1 << 19, 1 << 20, 1 << 62} {
		if _, err := l.Memory.Alloc(n); err == nil || !strings.Contains(err.Error(), "not fit in linear memory") {
			t.Errorf("Alloc(%d): got %v, want an error with the room", n, err)
		}
	}
	p := alloc(t, l.Memory, 1<<17)
	defer l.Memory.Free(p)
	beyond := unsafe.Slice(&p[0], 1<<20)
	if err := panics(func() { l.Sum(beyond) }); err == nil || !strings.Contains(err.Error(), "out of linear memory, which has") {
		t.Errorf("a slice that ends out of linear memory: got %v, want it refused", err)
	}
	part := kernel.NewOLS(100_000, 14, kernel.Row, one)
	part.Lo, part.Hi = 5000, 6000
	want := kernel.NewOLS(100_000, 14, kernel.Row, one)
	if err := errors.Join(l.OLS(part), kernel.Go().OLS(want)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(part.Slope[5000:6000], want.Slope[5000:6000]) || part.Slope[4999] != 0 || part.Slope[6000] != 0 {
		t.Error("a part that fits is wrong")
	}
}

// TestPool calls from many goroutines, in memory and not. No more instances are kept than the pool has room for.
func TestPool(t *testing.T) {
	l, err := Open("toll_c.wasm", "c")
	if err != nil {
		t.Fatal(err)
	}
	want := kernel.NewOLS(200, 9, kernel.Row, one)
	if err := kernel.Go().OLS(want); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	failures := make(chan error, 32)
	for k := range 32 {
		group.Go(func() {
			for range 50 {
				a := kernel.NewOLS(200, 9, kernel.Row, one)
				if k%2 == 0 {
					p, err := l.Memory.Alloc(200)
					if err != nil {
						failures <- err
						return
					}
					a.Slope = p
				}
				err := l.OLS(a)
				if err == nil && !slices.Equal(a.Slope, want.Slope) {
					err = fmt.Errorf("goroutine %d: slopes are wrong", k)
				}
				if k%2 == 0 {
					l.Memory.Free(a.Slope)
				}
				if err != nil {
					failures <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
}

// TestCallbacks nests calls in callbacks, grows the stack in them, and panics in one.
func TestCallbacks(t *testing.T) {
	f, err := OpenCalls()
	if err != nil {
		t.Fatal(err)
	}
	var deep func(n int, x int64) int64
	deep = func(n int, x int64) int64 {
		var frame [512]int64
		if n == 0 {
			return f.Callback(func(x int64) int64 { return f.Not(x) + 1 }, x, 1)
		}
		frame[n%512] = deep(n-1, x)
		return frame[n%512]
	}
	if got := f.Callback(func(x int64) int64 { return deep(100, x) }, 5, 3); got != -5 {
		t.Errorf("got %d, want -5", got)
	}
	defer func() {
		if v := recover(); v != "on purpose" {
			t.Errorf("the callback's panic is %v, want the one on purpose", v)
		}
		if got := f.Next(1, 2); got != 3 {
			t.Errorf("after the panic got %d, want 3", got)
		}
	}()
	f.Callback(func(int64) int64 { panic("on purpose") }, 1, 2)
}
