// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package calls

import (
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"toll/goside/kernel"
)

// Go returns the functions written in Go: the reference, and the minimum of all costs. It omits what a border forces on
// the other crossings, such as handles and copies of strings.
func Go() *Funcs {
	return &Funcs{
		Noop:       noop,
		Not:        not,
		Add:        add,
		Ints:       ints,
		Doubles:    doubles,
		Bool:       andNot,
		Int8:       narrow[int8],
		Int16:      narrow[int16],
		Int32:      narrow[int32],
		Uint8:      narrow[uint8],
		Uint16:     narrow[uint16],
		Uint32:     narrow[uint32],
		Float:      float,
		Length:     length,
		First:      first,
		Sum:        sum,
		Fill:       fill,
		Batch:      batch,
		Variadic:   variadic,
		RunRows:    runRows,
		PairAt:     pairAt,
		Pair:       pair,
		MixedAt:    mixedAt,
		Mixed:      mixed,
		Longs:      longs,
		Split:      split,
		Triple:     triple,
		TextLength: textLength,
		TextStatic: func() string { return text },
		TextNew:    newText,
		TextInto:   newText,
		TextLive:   func() int64 { return 0 },
		Status:     status,
		Errno:      errno,
		Handle:     func(v any) any { return v },
		Callback:   callback,
		Thread:     thread,
		Next:       func(x, k int64) int64 { return callback(next, x, k) },
		Spin:       spin,
		Sleep:      func(ns int64) { time.Sleep(time.Duration(ns)) },
	}
}

//go:noinline
func noop() {}

//go:noinline
func not(x int64) int64 { return ^x }

//go:noinline
func add(x, y float64) float64 { return x + y }

//go:noinline
func andNot(x, y bool) bool { return x && !y }

//go:noinline
func narrow[T int8 | int16 | int32 | uint8 | uint16 | uint32](x, y T) int64 {
	return int64(x) - 2*int64(y)
}

//go:noinline
func float(x, y float32) float32 { return x - y }

//go:noinline
func length(p []float64) int64 { return int64(len(p)) }

//go:noinline
func first(p []float64) float64 {
	if len(p) == 0 {
		return 0
	}
	return p[0]
}

//go:noinline
func sum(p []float64) float64 {
	s := 0.0
	for _, x := range p {
		s += x
	}
	return s
}

//go:noinline
func fill(p []float64, x float64) {
	for k := range p {
		p[k] = x
	}
}

//go:noinline
func batch(out, x, y []float64) {
	for k := range out {
		out[k] = add(x[k], y[k])
	}
}

//go:noinline
func variadic(a int64, x float64, b int64, y float64) float64 {
	return products(product{a, x}, product{b, y})
}

// product is a pair of variable arguments.
type product struct {
	a int64
	x float64
}

//go:noinline
func products(all ...product) float64 {
	s := 0.0
	for _, p := range all {
		s += float64(float64(p.a) * p.x)
	}
	return s
}

//go:noinline
func longs(p Longs) Longs { return Longs{p.Y, p.X} }

//go:noinline
func split(p Split) Split { return Split{-p.X, -p.Y} }

//go:noinline
func triple(p Triple) Triple { return Triple{p.Z, p.X, p.Y} }

//go:noinline
func pair(p Pair) Pair { return Pair{p.Y, p.X} }

//go:noinline
func pairAt(p *Pair) { *p = Pair{p.Y, p.X} }

//go:noinline
func mixed(m Mixed) Mixed { return Mixed{-m.A, -m.B, -m.C, -m.D, -m.E, -m.F} }

//go:noinline
func mixedAt(m *Mixed) { *m = Mixed{-m.A, -m.B, -m.C, -m.D, -m.E, -m.F} }

const text = "Zoll: 5 €, naïve 数字. "

//go:noinline
func textLength(s string) int64 {
	if k := strings.IndexByte(s, 0); k >= 0 {
		return int64(k)
	}
	return int64(len(s))
}

//go:noinline
func newText(n int64) string {
	if n < 1 {
		return ""
	}
	b := make([]byte, n)
	for k := copy(b, text); k < len(b); {
		k += copy(b[k:], text)
	}
	return string(b)
}

//go:noinline
func status(x int32) error { return kernel.FromNative("call", x) }

//go:noinline
func errno(e int32) (int64, error) {
	if e == 0 {
		return 0, nil
	}
	return -1, syscall.Errno(e)
}

//go:noinline
func callback(f func(int64) int64, x, k int64) int64 {
	for ; k > 0; k-- {
		x = f(x)
	}
	return x
}

//go:noinline
func thread(f func(int64) int64, x, k int64) int64 {
	g := Guarded{F: f}
	done := make(chan int64)
	go func() { done <- callback(g.Call, x, k) }()
	x = <-done
	g.Repanic()
	return x
}

//go:noinline
func next(x int64) int64 { return x + 1 }

func spin(ns int64) {
	for start := time.Now(); time.Since(start) < time.Duration(ns); {
	}
}

// Guarded is a function that C calls back. It stops a panic from passing through C's frames, which would skip their
// clean-up. F must not end its goroutine ([runtime.Goexit]): that cannot be stopped.
type Guarded struct {
	F        func(int64) int64
	panicked atomic.Bool // C may call from another thread than the one that reads
	value    any
}

// Call returns F(x), or 0 if F panics or has panicked before.
func (g *Guarded) Call(x int64) int64 {
	if g.panicked.Load() {
		return 0
	}
	defer func() {
		if v := recover(); v != nil {
			g.value = v
			g.panicked.Store(true)
		}
	}()
	return g.F(x)
}

// Repanic continues F's panic, if there was one. It is for the caller, once C has returned.
func (g *Guarded) Repanic() {
	if g.panicked.Load() {
		panic(g.value)
	}
}
