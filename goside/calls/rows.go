// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package calls

import (
	"fmt"
	"runtime"

	"toll/goside/kernel"
)

// Rows is a matrix held as [][]float64, prepared for C: a table of pointers to its rows. The rows are pinned, since cgo
// demands this of memory that passed memory points to. The zero value is ready to be set. Do not copy a Rows.
type Rows struct {
	Table  []*float64 // a pointer to each row's first element
	cols   int
	rows   [][]float64
	pinner runtime.Pinner
}

// Set takes m, pins its rows, and makes the table anew. It refuses rows of different lengths. It does not check that
// rows share no memory, with each other or with another matrix of the call; the caller guarantees that.
func (r *Rows) Set(m [][]float64) error {
	r.Unpin()
	if len(m) == 0 || len(m[0]) == 0 {
		return &kernel.Error{Kernel: "diffusion", Status: kernel.ErrShape, Detail: "a matrix of rows is empty, want at least 1 x 1"}
	}
	for i, row := range m {
		if len(row) != len(m[0]) {
			return &kernel.Error{Kernel: "diffusion", Status: kernel.ErrShape,
				Detail: fmt.Sprintf("row %d has %d elements, want %d, as row 0", i, len(row), len(m[0]))}
		}
	}
	r.rows, r.cols = m, len(m[0])
	r.Table = r.Table[:0]
	for _, row := range m {
		r.pinner.Pin(&row[0])
		r.Table = append(r.Table, &row[0])
	}
	return nil
}

// Unpin unpins the rows. The matrix must be set again before it is passed.
func (r *Rows) Unpin() {
	r.pinner.Unpin()
	r.Table, r.rows, r.cols = r.Table[:0], nil, 0
}

// Shape returns the extents, or the error with which every crossing refuses a and b.
func Shape(a, b *Rows) (rows, cols int, err error) {
	if len(a.rows) == 0 || len(a.rows) != len(b.rows) || a.cols != b.cols {
		return 0, 0, &kernel.Error{Kernel: "diffusion", Status: kernel.ErrShape,
			Detail: fmt.Sprintf("a is %d x %d and b %d x %d, want them alike, and set", len(a.rows), a.cols, len(b.rows), b.cols)}
	}
	return len(a.rows), a.cols, nil
}

func runRows(a, b *Rows, steps int, d, dt float64) error {
	if _, _, err := Shape(a, b); err != nil {
		return err
	}
	kernel.RunRows(a.rows, b.rows, steps, d*dt)
	return nil
}
