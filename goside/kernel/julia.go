// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"

	"toll/goside/via/mem"
)

// Julia asks for the escape counts of the points Lo <= k < Hi:
//
//	z = zs[k]; i = 0
//	while i < maxiter and zr*zr + zi*zi < 4: z = z*z + cs[k]; i++
//	out[k] = i
//
// with zr' = (zr*zr - zi*zi) + cr and zi' = 2*(zr*zi) + ci. Zs and Cs may share memory.
type Julia struct {
	Out     []int32
	Zs, Cs  []complex128 // of equal length; Out at least as long
	Lo, Hi  int
	MaxIter int32
	Par     Par
}

// JuliaSplit is [Julia] with the real and imaginary parts of points in separate slices of equal length. They may share
// memory.
type JuliaSplit struct {
	Out            []int32 // at least as long
	Zr, Zi, Cr, Ci []float64
	Lo, Hi         int
	MaxIter        int32
	Par            Par
}

// A point has its z, c and count. An iteration has three operations in its test, two for the real part and three for
// the imaginary part; the last test of an escaping point is not counted.
var (
	JuliaPoint     = Work{Reads: 32, Writes: 4}
	juliaIteration = Work{Flops: 8}
)

// iterations returns the number of iterations of all points of a.
func iterations(a *Julia) int {
	escapes(a, 0, len(a.Zs))
	sum := 0
	for _, n := range a.Out {
		sum += int(n)
	}
	return sum
}

// escaping returns the number of iterations of the points of a that escape; a.Out has the counts.
func escaping(a *Julia) int {
	sum := 0
	for _, n := range a.Out {
		if n < a.MaxIter {
			sum += int(n)
		}
	}
	return sum
}

// Check returns the error with which every route refuses a.
func (a *Julia) Check() error {
	const k = "julia"
	n := len(a.Zs)
	if n < 1 {
		return refuse(k, ErrShape, "zs is empty, want at least 1 point")
	}
	if err := refuse(k, ErrShape, badRange(a.Lo, a.Hi, n)); err != nil {
		return err
	}
	if err := refuse(k, ErrShort, tooShort("out", len(a.Out), n), tooShort("cs", len(a.Cs), n)); err != nil {
		return err
	}
	if err := refuse(k, ErrAlign, misaligned("out", mem.Aligned(a.Out, 4), 4),
		misaligned("zs", mem.Aligned(a.Zs, 8), 8), misaligned("cs", mem.Aligned(a.Cs, 8), 8)); err != nil {
		return err
	}
	if err := refuse(k, ErrOverlap, overlapping("out", "zs", mem.Overlap(a.Out[:n], a.Zs)),
		overlapping("out", "cs", mem.Overlap(a.Out[:n], a.Cs[:n]))); err != nil {
		return err
	}
	if a.MaxIter < 0 {
		return refuse(k, ErrArg, fmt.Sprintf("maxiter is %d, want at least 0", a.MaxIter))
	}
	return refuse(k, ErrArg, badPar(a.Par))
}

// Check returns the error with which every route refuses a.
func (a *JuliaSplit) Check() error {
	const k = "julia"
	n := len(a.Zr)
	if n < 1 {
		return refuse(k, ErrShape, "zr is empty, want at least 1 point")
	}
	if err := refuse(k, ErrShape, badRange(a.Lo, a.Hi, n)); err != nil {
		return err
	}
	if err := refuse(k, ErrShort, tooShort("out", len(a.Out), n), tooShort("zi", len(a.Zi), n),
		tooShort("cr", len(a.Cr), n), tooShort("ci", len(a.Ci), n)); err != nil {
		return err
	}
	if err := refuse(k, ErrAlign, misaligned("out", mem.Aligned(a.Out, 4), 4),
		misaligned("zr", mem.Aligned(a.Zr, 8), 8), misaligned("zi", mem.Aligned(a.Zi, 8), 8),
		misaligned("cr", mem.Aligned(a.Cr, 8), 8), misaligned("ci", mem.Aligned(a.Ci, 8), 8)); err != nil {
		return err
	}
	out := a.Out[:n]
	if err := refuse(k, ErrOverlap, overlapping("out", "zr", mem.Overlap(out, a.Zr)), overlapping("out", "zi", mem.Overlap(out, a.Zi[:n])),
		overlapping("out", "cr", mem.Overlap(out, a.Cr[:n])), overlapping("out", "ci", mem.Overlap(out, a.Ci[:n]))); err != nil {
		return err
	}
	if a.MaxIter < 0 {
		return refuse(k, ErrArg, fmt.Sprintf("maxiter is %d, want at least 0", a.MaxIter))
	}
	return refuse(k, ErrArg, badPar(a.Par))
}

func goJulia(a *Julia) error {
	escapes(a, a.Lo, a.Hi)
	return nil
}

func goParJulia(a *Julia) error {
	a.Par.Each(a.Lo, a.Hi, 64, func(lo, hi int) { escapes(a, lo, hi) })
	return nil
}

func escapes(a *Julia, lo, hi int) {
	out, zs, cs := a.Out[lo:hi], a.Zs[lo:hi], a.Cs[lo:hi]
	for k, z := range zs {
		out[k] = escape(real(z), imag(z), real(cs[k]), imag(cs[k]), a.MaxIter)
	}
}

func goJuliaSplit(a *JuliaSplit) error {
	escapesSplit(a, a.Lo, a.Hi)
	return nil
}

func goParJuliaSplit(a *JuliaSplit) error {
	a.Par.Each(a.Lo, a.Hi, 64, func(lo, hi int) { escapesSplit(a, lo, hi) })
	return nil
}

func escapesSplit(a *JuliaSplit, lo, hi int) {
	out, zr := a.Out[lo:hi], a.Zr[lo:hi]
	zi, cr, ci := a.Zi[lo:hi], a.Cr[lo:hi], a.Ci[lo:hi]
	for k := range out {
		out[k] = escape(zr[k], zi[k], cr[k], ci[k], a.MaxIter)
	}
}

func escape(zr, zi, cr, ci float64, maxiter int32) int32 {
	var i int32
	for i < maxiter && float64(zr*zr)+float64(zi*zi) < 4 {
		zr, zi = (float64(zr*zr)-float64(zi*zi))+cr, float64(2*float64(zr*zi))+ci
		i++
	}
	return i
}

// The book's Julia problem: 1000 x 1000 points over [-1.8, 1.8]² with one c. JuliaSum is the sum of its counts, as the
// book prints it.
const (
	JuliaSize    = 1000
	JuliaMaxIter = 300
	JuliaSum     = 33219980
	JuliaC       = complex(-0.62772, -0.42193)
)

// JuliaPoints returns the book's points for a side of n, row by row from the top, and c as often. As in the book, the
// coordinates come from repeated addition, rounding included.
func JuliaPoints(n int) (zs, cs []complex128) {
	width := 3.6 / float64(n)
	var xs, ys []float64
	for x := -1.8; x < 1.8; x += width {
		xs = append(xs, x)
	}
	for y := 1.8; y > -1.8; y -= width {
		ys = append(ys, y)
	}
	zs, cs = make([]complex128, 0, len(xs)*len(ys)), make([]complex128, 0, len(xs)*len(ys))
	for _, y := range ys {
		for _, x := range xs {
			zs = append(zs, complex(x, y))
			cs = append(cs, JuliaC)
		}
	}
	return zs, cs
}
