// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package conform verifies routes. It gives each route the problems of [kernel.Cases] and compares all memory that the
// route was given, including guards, padding and inputs, with the reference's result for the same problem.
//
// Equal means equal bits, except that a computed NaN may have any sign and payload, since IEEE 754 leaves them open. If
// a route declares a [seam.Bound] on a kernel, sums must lie within it around the true result ([kernel.Exact]), and
// counts may differ only where a point came near enough to the limit. Elements without a bound must be written and must
// not affect the others. Bad arguments must be refused with the right kind of error and leave all memory unchanged;
// native libraries must do so also without the checks in Go.
//
// Caveat: reference and route share a thread, and so its rounding mode and treatment of subnormals. If both are wrong
// alike, no comparison finds it. So all cases of a route run on one OS thread, and known constants test its
// floating-point environment before and after each case; a route that changes it has failed.
package conform

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime/debug"

	"github.com/google/go-cmp/cmp"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// Result is the outcome of one route's kernel in one layout or, with Err, of a route that did not open.
type Result struct {
	Route    *seam.Route
	Kernel   string
	Layout   string
	Cases    int     // run
	Worst    float64 // largest distance from the reference, in units of [seam.Bound]
	Failures []error // one for each case that failed
	Err      error   // why the route did not open
	Stopped  bool    // before all its cases were run
}

// Verdict is a result in a word.
type Verdict string

// A result with Err is Unavailable or Failed; one without is one of the others.
const (
	Identical   Verdict = "bit-identical"
	Bounded     Verdict = "within bound"
	Failed      Verdict = "failed"
	Unavailable Verdict = "unavailable"
	Stopped     Verdict = "stopped" // before a case failed, and before all were run
)

// Verdict returns the result in a word.
func (r *Result) Verdict() Verdict {
	switch {
	case errors.Is(r.Err, seam.ErrUnavailable):
		return Unavailable
	case r.Err != nil, len(r.Failures) > 0:
		return Failed
	case r.Stopped:
		return Stopped
	case r.Cases == 0:
		return Failed
	case r.Route.BoundOn(r.Kernel) != nil:
		return Bounded
	}
	return Identical
}

// Holds reports whether the result is a good one.
func (r *Result) Holds() bool {
	v := r.Verdict()
	return v == Identical || v == Bounded
}

// Reason returns why the result is not a good one: the error, or the number of failed cases and the first failure. It
// is nil for a good result.
func (r *Result) Reason() error {
	switch {
	case r.Err != nil:
		return fmt.Errorf("%s: %w", r.Route.Name(), r.Err)
	case len(r.Failures) > 0:
		return fmt.Errorf("%s: %s failed, the first: %w", r.Route.Name(), r.Failed(), r.Failures[0])
	case r.Stopped:
		return fmt.Errorf("conform: %s: stopped after %d cases, before all were run", r.Route.Name(), r.Cases)
	case r.Cases == 0:
		return fmt.Errorf("conform: %s: no case was run, want at least one", r.Route.Name())
	}
	return nil
}

// Failed returns how many cases failed, as "2 of 107 cases".
func (r *Result) Failed() string { return fmt.Sprintf("%d of %d cases", len(r.Failures), r.Cases) }

// one runs a case on a library; want is its answer, and got what the library made of it.
func one(library *seam.Library, bound *seam.Bound, c *kernel.Case, want *kernel.Job) (got *kernel.Job, worst float64, err error) {
	forms := []*kernel.Funcs{&library.Funcs}
	if c.Want != kernel.OK && c.Native && library.Native {
		forms = append(forms, &library.Raw)
	}
	for k, f := range forms {
		got = c.New()
		if err = run(got, f); errors.Is(err, kernel.ErrNotOffered) {
			return nil, 0, err
		}
		switch {
		case c.Want == kernel.OK && err != nil:
			return nil, 0, fmt.Errorf("refused: %w", err)
		case c.Want != kernel.OK && !errors.Is(err, c.Want):
			found := "no error"
			if err != nil {
				found = err.Error()
			}
			return nil, 0, fmt.Errorf("%s answered with %s, want %w", [...]string{"the route", "native code"}[k], found, c.Want)
		}
		for b := range want.Buffers {
			w, err := Compare(&want.Buffers[b], &got.Buffers[b], bound)
			worst = max(worst, w)
			if err != nil {
				return got, worst, err
			}
		}
	}
	return got, worst, nil
}

func run(job *kernel.Job, f *kernel.Funcs) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return job.Run(f)
}

// Compare returns the largest distance in units of bound, and an error if any element is wrong. Without a bound all bits are
// wanted, but for those of a NaN that is not the canary.
func Compare(want, got *kernel.Buffer, bound *seam.Bound) (worst float64, err error) {
	if want.Len != got.Len {
		return 0, fmt.Errorf("%s has %d elements, want %d", got.Name, got.Len, want.Len)
	}
	if want.Identical(got) {
		return 0, nil
	}
	first, wrong := -1, 0
	for k := range want.Len {
		if want.Same(got, k) {
			continue
		}
		if bound != nil {
			distance, ok := off(want, got, k, bound)
			worst = max(worst, distance)
			if ok {
				continue
			}
		}
		if wrong == 0 {
			first = k
		}
		wrong++
	}
	if wrong == 0 {
		return worst, nil
	}
	return worst, fmt.Errorf("%s: got %s, want %s, %s apart; %d of %d elements differ (-want +got):\n%s",
		want.At(first), got.Text(first), want.Text(first), Apart(want, got, first), wrong, want.Len,
		cmp.Diff(window(want, first), window(got, first)))
}

// off returns the distance of element k from the wanted one, in units of bound, and whether bound allows it.
func off(want, got *kernel.Buffer, k int, bound *seam.Bound) (distance float64, ok bool) {
	w, g := want.Value(k), got.Value(k)
	switch {
	case want.Near != nil:
		distance = want.Near(k, g)
	case want.Scale != nil:
		scale, held := want.Scale(k, bound.Normwise)
		switch {
		case held && math.IsInf(scale, 1): // no bound holds on this element
			return 0, got.Bits(k) != canary && (finite(w) || !finite(g))
		case !held || !finite(g):
			return 0, false
		}
		distance = math.Abs(g-w) / (math.Nextafter(scale, math.Inf(1)) - scale)
	default:
		return 0, false
	}
	return distance, distance <= bound.Within(want.Observations)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

var canary, nan = math.Float64bits(kernel.Canary), uint64(0x7ff8_0000_0000_0000)

// Sum returns the SHA-256 of all memory of a job, element by element, little-endian. A NaN that is not the canary counts as
// one and the same.
func Sum(job *kernel.Job) (sum [sha256.Size]byte) {
	h := sha256.New()
	var block []byte
	for b := range job.Buffers {
		buffer := &job.Buffers[b]
		block = binary.LittleEndian.AppendUint64(block[:0], uint64(buffer.Len))
		for k := range buffer.Len {
			bits := buffer.Bits(k)
			if !buffer.Integer && bits != canary && math.IsNaN(buffer.Value(k)) {
				bits = nan
			}
			if block = binary.LittleEndian.AppendUint64(block, bits); len(block) >= 1<<15 {
				_, _ = h.Write(block)
				block = block[:0]
			}
		}
		_, _ = h.Write(block)
	}
	h.Sum(sum[:0])
	return sum
}

// Apart says how far element k is off.
func Apart(want, got *kernel.Buffer, k int) string {
	w, g := want.Value(k), got.Value(k)
	switch {
	case want.Integer:
		return fmt.Sprint(math.Abs(g - w))
	case math.IsNaN(w) || math.IsNaN(g):
		return "NaN and number"
	}
	return fmt.Sprintf("%d ULP", kernel.ULPs(w, g))
}

// window returns the elements around element k.
func window(b *kernel.Buffer, k int) []string {
	var lines []string
	for i := max(0, k-2); i < min(b.Len, k+4); i++ {
		lines = append(lines, b.At(i)+" = "+b.Text(i))
	}
	return lines
}
