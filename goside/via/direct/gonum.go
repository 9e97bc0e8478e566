// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package direct

import (
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"toll/goside/kernel"
)

// Gonum transposes as users of gonum's mat.Dense would: it copies the transposed view of a matrix.
func Gonum() kernel.Funcs {
	return kernel.Funcs{Transpose: func(a *kernel.Transpose) error {
		var out, in mat.Dense
		out.SetRawMatrix(general(&a.Out))
		in.SetRawMatrix(general(&a.In))
		out.Copy(in.T())
		return nil
	}}
}

// general returns g as a row-major matrix; a column-major g becomes its transpose. The data end with the last element, since
// gonum panics if what is behind it overlaps.
func general(g *kernel.Grid) blas64.General {
	m := blas64.General{Rows: g.Rows, Cols: g.Cols, Stride: g.LD, Data: g.Span()}
	if g.Layout == kernel.Col {
		m.Rows, m.Cols = g.Cols, g.Rows
	}
	return m
}
