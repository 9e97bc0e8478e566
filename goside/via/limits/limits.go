// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package limits calls, by github.com/ebitengine/purego, the native loops of csrc/limits, which do the most that plain
// loops can do on this machine. Callers time them; they are no route.
//
// Pointers to Go memory are passed for the call only: the native side keeps none, and the slices are kept alive until
// it returns.
package limits

import (
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"

	"toll/goside/level"
	"toll/goside/seam"
	"toll/goside/via/dl"
	"toll/goside/via/mem"
)

// File returns the name of the library for this processor's best level. It does not depend on the level that is forced.
func File() string { return "libtoll_limits_" + level.Best() + ".so" }

// Block divides the length of every slice: TOLL_LIMITS_BLOCK in limits.h.
const Block = 64

// Form is a way to walk through memory: the enumeration of limits.h.
type Form int64

// Forms are all forms, with their names. A form with Stores set differs from plain only in its stores.
var Forms = []struct {
	Name   string
	Form   Form
	Stores bool
}{{"plain", 0, false}, {"streams", 1, false}, {"nontemporal", 2, true}, {"columns", 3, false}}

// Limits is the library. Its methods may be called concurrently.
type Limits struct {
	ScalarFlops, HalfFlops, VectorFlops int // additions and multiplications of single numbers in one round
	VectorBytes                         int // size of a vector

	read                 func(p *float64, n, passes int64) float64
	write                func(p *float64, n, passes int64, x float64)
	copy                 func(q, p *float64, n, passes int64)
	move                 func(p *float64, reads int64, q *float64, writes, passes int64, x float64, form int64) float64
	scalar, half, vector func(n int64, x, y float64) float64
	call                 func(n int64)
}

// Open loads the library. If there is none, the error is seam.ErrUnavailable.
func Open() (*Limits, error) {
	file := File()
	path, err := seam.FindLibrary(file)
	if err != nil {
		return nil, fmt.Errorf("limits: %w", err)
	}
	handle, err := dl.Open(path, false)
	if err != nil {
		return nil, dl.Unloadable("limits", path, err)
	}
	var l Limits
	var scalarFlops, halfFlops, vectorFlops, vectorBytes func() int64
	// The Go types are the prototypes of limits.h.
	for _, f := range []struct {
		name string
		to   any
	}{
		{"read", &l.read}, {"write", &l.write}, {"copy", &l.copy}, {"move", &l.move},
		{"muladd_scalar", &l.scalar}, {"muladd_half", &l.half}, {"muladd_vector", &l.vector},
		{"scalar_flops", &scalarFlops}, {"half_flops", &halfFlops}, {"vector_flops", &vectorFlops},
		{"vector_bytes", &vectorBytes}, {"call", &l.call},
	} {
		symbol, err := dl.Symbol(handle, "toll_limits_"+f.name)
		if err != nil {
			return nil, fmt.Errorf("limits: %s has no symbol toll_limits_%s, want it: run %s (%w)", file, f.name, seam.Mend, err)
		}
		purego.RegisterFunc(f.to, symbol)
	}
	l.ScalarFlops, l.HalfFlops = int(scalarFlops()), int(halfFlops())
	l.VectorFlops, l.VectorBytes = int(vectorFlops()), int(vectorBytes())
	return &l, nil
}

// Read reads all of p in each of passes passes, and returns the exclusive or of the bits of all that it read.
func (l *Limits) Read(p []float64, passes int) (float64, error) {
	if err := check(p); err != nil {
		return 0, err
	}
	// check guarantees the length, and the address is the slice's, so the elements are there.
	sum := l.read(unsafe.SliceData(p), int64(len(p)), int64(passes))
	runtime.KeepAlive(p)
	return sum, nil
}

// Write stores x in all of p, passes times.
func (l *Limits) Write(p []float64, passes int, x float64) error {
	if err := check(p); err != nil {
		return err
	}
	l.write(unsafe.SliceData(p), int64(len(p)), int64(passes), x) // as in Read
	runtime.KeepAlive(p)
	return nil
}

// Copy copies p to q, passes times.
func (l *Limits) Copy(q, p []float64, passes int) error {
	if err := check(p); err != nil {
		return err
	}
	if err := check(q); err != nil {
		return err
	}
	if len(q) != len(p) || mem.Overlap(q, p) {
		return fmt.Errorf("limits: copy of %d elements to %d, overlapping: %t; want equal lengths, no overlap", len(p), len(q),
			mem.Overlap(q, p))
	}
	l.copy(unsafe.SliceData(q), unsafe.SliceData(p), int64(len(p)), int64(passes)) // as in Read, and both as long
	runtime.KeepAlive(q)
	runtime.KeepAlive(p)
	return nil
}

// Move reads all of p and stores x in all of q, interleaved in that form, passes times, and returns the same as Read.
// Either may be empty, and of any length.
func (l *Limits) Move(p, q []float64, passes int, x float64, form Form) (float64, error) {
	if !mem.Aligned(p, unsafe.Alignof(x)) || !mem.Aligned(q, unsafe.Alignof(x)) || mem.Overlap(p, q) {
		return 0, fmt.Errorf("limits: move of %d elements, aligned: %t, and %d, aligned: %t, overlapping: %t; want both aligned, no overlap",
			len(p), mem.Aligned(p, unsafe.Alignof(x)), len(q), mem.Aligned(q, unsafe.Alignof(x)), mem.Overlap(p, q))
	}
	sum := l.move(unsafe.SliceData(p), int64(len(p)), unsafe.SliceData(q), int64(len(q)), int64(passes), x, int64(form)) // as in Read
	runtime.KeepAlive(p)
	runtime.KeepAlive(q)
	return sum, nil
}

// check refuses slices that a loop without a tail would overrun.
func check(p []float64) error {
	if len(p)%Block != 0 || !mem.Aligned(p, unsafe.Alignof(p[0])) {
		return fmt.Errorf("limits: %d elements, aligned: %t; want a multiple of %d, aligned", len(p),
			mem.Aligned(p, unsafe.Alignof(p[0])), Block)
	}
	return nil
}

// MulAddScalar does n rounds of multiplications by x and additions of y, one number at a time. The result depends on
// all of them. limits.h says for which x and y all values stay finite and normal.
func (l *Limits) MulAddScalar(n int, x, y float64) float64 { return l.scalar(int64(n), x, y) }

// MulAddHalf is MulAddScalar with vectors of half the widest ones' size, or of the same if there are none.
func (l *Limits) MulAddHalf(n int, x, y float64) float64 { return l.half(int64(n), x, y) }

// MulAddVector is MulAddScalar with the widest vectors.
func (l *Limits) MulAddVector(n int, x, y float64) float64 { return l.vector(int64(n), x, y) }

// Call makes n calls, in C, of a function that does nothing.
func (l *Limits) Call(n int) { l.call(int64(n)) }
