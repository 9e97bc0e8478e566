// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"

	"toll/goside/via/mem"
)

// Transpose asks for a bitwise copy of In in the other layout: out[i][j] = in[i][j] for all i and j. In and Out have
// the same shape and different layouts.
type Transpose struct {
	Out, In Grid
	Par     Par
}

// TransposeElement is the work on an element: it is read and written.
var TransposeElement = Work{Reads: 8, Writes: 8}

// Check returns the error with which every route refuses a.
func (a *Transpose) Check() error {
	const k = "transpose"
	if err := refuse(k, ErrShape, badGrid("out", &a.Out), badGrid("in", &a.In)); err != nil {
		return err
	}
	if a.Out.Rows != a.In.Rows || a.Out.Cols != a.In.Cols {
		return refuse(k, ErrShape, fmt.Sprintf("out is %d x %d and in %d x %d, want them alike",
			a.Out.Rows, a.Out.Cols, a.In.Rows, a.In.Cols))
	}
	if a.Out.Layout == a.In.Layout {
		return refuse(k, ErrShape, fmt.Sprintf("out and in are both %v-major, want one of each", a.In.Layout))
	}
	if err := refuse(k, ErrShort, gridTooShort("out", &a.Out), gridTooShort("in", &a.In)); err != nil {
		return err
	}
	if err := refuse(k, ErrAlign, misaligned("out", mem.Aligned(a.Out.Data, 8), 8),
		misaligned("in", mem.Aligned(a.In.Data, 8), 8)); err != nil {
		return err
	}
	if err := refuse(k, ErrOverlap, overlapping("out", "in", mem.Overlap(a.Out.Span(), a.In.Span()))); err != nil {
		return err
	}
	return refuse(k, ErrArg, badPar(a.Par))
}

// transposeBlock is the side of a square block. Smaller blocks suit lines a power of two apart, since a cache with
// eight ways holds eight of them; larger blocks use all of a line that comes from memory. 16 is the best compromise.
const transposeBlock = 16

func goTranspose(a *Transpose) error {
	transpose(a, serial)
	return nil
}

func goTransposeNaive(a *Transpose) error {
	transposeNaive(a, serial)
	return nil
}

func goParTranspose(a *Transpose) error {
	transpose(a, a.Par.Each)
	return nil
}

func goParTransposeNaive(a *Transpose) error {
	transposeNaive(a, a.Par.Each)
	return nil
}

func transpose(a *Transpose, each executor) {
	lines, n := a.Out.lines()
	blocks := (lines + transposeBlock - 1) / transposeBlock
	each(0, blocks, 1, func(first, last int) {
		for j := first * transposeBlock; j < min(last*transposeBlock, lines); j += transposeBlock {
			for i := 0; i < n; i += transposeBlock {
				transposeLines(a, j, min(j+transposeBlock, lines), i, min(i+transposeBlock, n))
			}
		}
	})
}

func transposeNaive(a *Transpose, each executor) {
	lines, n := a.Out.lines()
	each(0, lines, transposeBlock, func(first, last int) { transposeLines(a, first, last, 0, n) })
}

// transposeLines writes the elements from <= i < to of the lines first <= j < last of Out.
func transposeLines(a *Transpose, first, last, from, to int) {
	in, ld := a.In.Data, a.In.LD
	for j := first; j < last; j++ {
		out := a.Out.Data[j*a.Out.LD+from : j*a.Out.LD+to]
		at := from*ld + j
		for i := range out {
			out[i] = in[at]
			at += ld
		}
	}
}
