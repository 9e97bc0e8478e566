// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import (
	"fmt"
	"sync"
	"syscall"
	"unsafe"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/via/mem"
)

// Opener opens the functions of toll calls in one language through one crossing of this package.
type Opener struct {
	Lang, Via string // "c", "shm"
	Open      func() (*calls.Funcs, error)
}

// Calls returns all of them. Each starts its worker when it is first opened, and always gives the same functions.
func Calls() []Opener { return openers }

// ShmMemory is [Shm] with the worker's memory for slices: they cross without a copy.
const ShmMemory = "shm-memory"

var openers = []Opener{
	opener("c", Pipe), opener("c", Socket), opener("c", Shm), opener("c", ShmSpin), opener("c", ShmMemory),
	opener("go", Pipe), opener("go", Socket), opener("go", Shm), opener("go", ShmSpin),
	opener("python", Pipe), opener("python", Socket),
}

func opener(lang, via string) Opener {
	return Opener{lang, via, sync.OnceValues(func() (*calls.Funcs, error) {
		f, _, err := OpenCalls(lang, via)
		return f, err
	})}
}

// OpenCalls starts a worker and returns its functions of toll calls.
func OpenCalls(lang, via string) (*calls.Funcs, *Worker, error) {
	p, err := find(lang)
	if err != nil {
		return nil, nil, err
	}
	transport := via
	if via == ShmMemory {
		transport = Shm
	}
	w, err := p.start(transport, limit)
	if err != nil {
		return nil, nil, err
	}
	f := w.Calls()
	if lang == "python" {
		f.Errno = nil // it has none to give
	}
	if via == ShmMemory {
		f.Memory = w.via.shares()
	}
	return f, w, nil
}

// Calls returns the functions of toll calls. They lack callbacks and threads, since the worker reaches no function of this
// process, and tables of pointers, which mean nothing to it.
func (w *Worker) Calls() *calls.Funcs {
	f := &calls.Funcs{
		Noop: func() { must(w.ask(fnNoop, 0, nil, nil)) },
		Not:  func(x int64) int64 { return w.integer(fnNot, x) },
		Add:  func(x, y float64) float64 { return w.double(fnAdd, x, y) },
		Bool: func(x, y bool) bool { return w.integer(fnBool, word(x), word(y)) != 0 },

		Int8:   narrow[int8](w, fnInt8),
		Int16:  narrow[int16](w, fnInt16),
		Int32:  narrow[int32](w, fnInt32),
		Uint8:  narrow[uint8](w, fnUint8),
		Uint16: narrow[uint16](w, fnUint16),
		Uint32: narrow[uint32](w, fnUint32),
		Float:  func(x, y float32) float32 { return float32(w.double(fnFloat, float64(x), float64(y))) },

		Length: func(p []float64) int64 { return must(w.ask(fnLength, 0, nil, nil, input(p))).integers[0] },
		First:  func(p []float64) float64 { return must(w.ask(fnFirst, 0, nil, nil, input(p))).doubles[0] },
		Sum:    func(p []float64) float64 { return must(w.ask(fnSum, 0, nil, nil, input(p))).doubles[0] },
		Fill:   func(p []float64, x float64) { must(w.ask(fnFill, 0, nil, []float64{x}, output(p, 0, len(p)))) },
		Batch: func(out, x, y []float64) {
			must(w.ask(fnBatch, 0, nil, nil, output(out, 0, len(out)), input(x[:len(out)]), input(y[:len(out)])))
		},
		Variadic: func(a int64, x float64, b int64, y float64) float64 {
			return must(w.ask(fnVariadic, 0, []int64{a, b}, []float64{x, y})).doubles[0]
		},

		Pair: func(p calls.Pair) calls.Pair {
			a := must(w.ask(fnPair, 0, nil, []float64{p.X, p.Y}))
			return calls.Pair{X: a.doubles[0], Y: a.doubles[1]}
		},
		PairAt:  func(p *calls.Pair) { inPlace(w, fnPairAt, p) },
		MixedAt: func(m *calls.Mixed) { inPlace(w, fnMixedAt, m) },
		Mixed: func(m calls.Mixed) calls.Mixed {
			a := must(w.ask(fnMixed, 0, []int64{int64(m.A), int64(m.C), int64(m.D), m.F}, []float64{m.B, m.E}))
			return calls.Mixed{A: int8(a.integers[0]), B: a.doubles[0], C: int32(a.integers[1]), D: int16(a.integers[2]),
				E: a.doubles[1], F: a.integers[3]}
		},
		Longs: func(p calls.Longs) calls.Longs {
			a := must(w.ask(fnLongs, 0, []int64{p.X, p.Y}, nil))
			return calls.Longs{X: a.integers[0], Y: a.integers[1]}
		},
		Split: func(p calls.Split) calls.Split {
			a := must(w.ask(fnSplit, 0, []int64{p.X}, []float64{p.Y}))
			return calls.Split{X: a.integers[0], Y: a.doubles[0]}
		},
		Triple: func(p calls.Triple) calls.Triple {
			a := must(w.ask(fnTriple, 0, nil, []float64{float64(p.X), float64(p.Y), float64(p.Z)}))
			return calls.Triple{X: float32(a.doubles[0]), Y: float32(a.doubles[1]), Z: float32(a.doubles[2])}
		},

		TextLength: func(s string) int64 {
			b := make([]byte, len(s)+1) // the NUL, too
			copy(b, s)
			return must(w.ask(fnTextLength, 0, nil, nil, array{kind: 'b', bytes: b, in: true})).integers[0]
		},
		TextStatic: func() string { return w.text(fnTextStatic, nil, 256) },
		TextNew:    func(n int64) string { return w.text(fnTextNew, []int64{n}, n) },
		TextInto:   func(n int64) string { return w.text(fnTextInto, []int64{n}, max(n, 0)+1) },
		TextLive:   func() int64 { return w.integer(fnTextLive) },

		Status: func(x int32) error { return kernel.FromNative("call", int32(w.integer(fnStatus, int64(x)))) },
		Errno: func(e int32) (int64, error) {
			a := must(w.ask(fnErrno, 0, []int64{int64(e)}, nil))
			if a.integers[0] == 0 {
				return 0, nil
			}
			return a.integers[0], syscall.Errno(a.integers[1])
		},
		Handle: w.handle(),
		Spin:   func(ns int64) { must(w.ask(fnSpin, 0, []int64{ns}, nil)) },
		Sleep:  func(ns int64) { must(w.ask(fnSleep, 0, []int64{ns}, nil)) },
	}
	for _, k := range calls.Arities {
		f.Ints[k] = func(a *[calls.MaxArity]int64) int64 { return must(w.ask(fnInts, 0, a[:k], nil)).integers[0] }
		f.Doubles[k] = func(a *[calls.MaxArity]float64) float64 { return must(w.ask(fnDoubles, 0, nil, a[:k])).doubles[0] }
	}
	return f
}

func (w *Worker) integer(function uint32, x ...int64) int64 {
	return must(w.ask(function, 0, x, nil)).integers[0]
}

func (w *Worker) double(function uint32, x ...float64) float64 {
	return must(w.ask(function, 0, nil, x)).doubles[0]
}

func word(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func narrow[T int8 | int16 | int32 | uint8 | uint16 | uint32](w *Worker, function uint32) func(x, y T) int64 {
	return func(x, y T) int64 { return w.integer(function, int64(x), int64(y)) }
}

// inPlace sends a struct as it lies in memory, and has it back.
func inPlace[T calls.Pair | calls.Mixed](w *Worker, function uint32, p *T) {
	b := mem.Bytes(unsafe.Slice(p, 1))
	must(w.ask(function, 0, nil, nil, array{kind: 'b', bytes: b, in: true, out: area{0, len(b), 0, 1}}))
}

// text returns a text for which there is so much room.
func (w *Worker) text(function uint32, integers []int64, room int64) string {
	b := make([]byte, max(room, 0))
	a := array{kind: 'b', bytes: b}
	if room > 0 {
		a.out = area{0, len(b), 0, 1}
	}
	n := must(w.ask(function, 0, integers, nil, a)).integers[0]
	if n < 0 || n > int64(len(b)) {
		panic(fmt.Errorf("process: %w: %s is a text of %d bytes, want at most %d", kernel.ErrPanic, functions[function].name, n, len(b)))
	}
	return string(b[:n])
}

// handle returns the function that passes a number for an object.
func (w *Worker) handle() func(v any) any {
	var (
		mu      sync.Mutex
		objects = map[int64]any{}
		last    int64
	)
	return func(v any) any {
		mu.Lock()
		last++
		h := last
		objects[h] = v
		mu.Unlock()
		back := w.integer(fnHandle, h)
		mu.Lock()
		defer mu.Unlock()
		defer delete(objects, h)
		object, ok := objects[back]
		if !ok {
			panic(fmt.Errorf("process: %w: the number %d came back, which stands for nothing, want %d", kernel.ErrPanic, back, h))
		}
		return object
	}
}
