// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import "toll/goside/via/mem"

// DiffusionStep asks for one explicit 5-point step from In to Out, on the interior rows among Lo <= i < Hi:
//
//	lap       = (((in[i+1][j] + in[i-1][j]) + in[i][j+1]) + in[i][j-1]) - 4*in[i][j]
//	out[i][j] = in[i][j] + (D*dt)*lap
//
// In and Out have the same shape, ld and layout. The boundary of Out is left untouched.
type DiffusionStep struct {
	Out, In Grid
	Lo, Hi  int
	D, Dt   float64
	Par     Par
}

// DiffusionRun asks for Steps whole steps, from A to B, from B to A, and so on. The result is in A if Steps is even,
// else in B; the other holds the state one step earlier. The caller sets the boundary of both.
type DiffusionRun struct {
	A, B  Grid
	Steps int
	D, Dt float64
	Par   Par
}

// DiffusionCell is the work of a cell: read its value, write its new one; neighbours are counted at their own cells. It
// takes five additions and subtractions and two products; D*dt is computed once for all cells.
var DiffusionCell = Work{Reads: 8, Writes: 8, Flops: 7}

// Result returns the grid that holds the result.
func (a *DiffusionRun) Result() *Grid {
	if a.Steps%2 == 0 {
		return &a.A
	}
	return &a.B
}

// Check returns the error with which every route refuses a.
func (a *DiffusionStep) Check() error {
	return checkDiffusion("out", "in", &a.Out, &a.In, a.Lo, a.Hi, 0, a.D, a.Dt, a.Par)
}

// Check returns the error with which every route refuses a.
func (a *DiffusionRun) Check() error {
	return checkDiffusion("a", "b", &a.A, &a.B, 0, a.A.Rows, a.Steps, a.D, a.Dt, a.Par)
}

func checkDiffusion(p, q string, a, b *Grid, lo, hi, steps int, d, dt float64, par Par) error {
	const k = "diffusion"
	if err := refuse(k, ErrShape, badGrid(p, a), badGrid(q, b)); err != nil {
		return err
	}
	if a.Rows != b.Rows || a.Cols != b.Cols || a.LD != b.LD || a.Layout != b.Layout {
		return refuse(k, ErrShape, p+" and "+q+" differ in shape, ld or layout, want them alike")
	}
	if err := refuse(k, ErrShape, badRange(lo, hi, a.Rows)); err != nil {
		return err
	}
	if err := refuse(k, ErrShort, gridTooShort(p, a), gridTooShort(q, b)); err != nil {
		return err
	}
	if err := refuse(k, ErrAlign, misaligned(p, mem.Aligned(a.Data, 8), 8), misaligned(q, mem.Aligned(b.Data, 8), 8)); err != nil {
		return err
	}
	if err := refuse(k, ErrOverlap, overlapping(p, q, mem.Overlap(a.Span(), b.Span()))); err != nil {
		return err
	}
	if steps < 0 {
		return refuse(k, ErrArg, "steps is negative, want at least 0")
	}
	return refuse(k, ErrArg, notFinite("D", d), notFinite("dt", dt), badPar(par))
}

func goStep(a *DiffusionStep) error {
	step(&a.Out, &a.In, a.Lo, a.Hi, a.D*a.Dt, serial)
	return nil
}

func goRun(a *DiffusionRun) error {
	run(a, func(out, in *Grid) { step(out, in, 0, in.Rows, a.D*a.Dt, serial) })
	return nil
}

func goRunInterchanged(a *DiffusionRun) error {
	run(a, func(out, in *Grid) { stepInterchanged(out, in, a.D*a.Dt, serial) })
	return nil
}

func goParStep(a *DiffusionStep) error {
	step(&a.Out, &a.In, a.Lo, a.Hi, a.D*a.Dt, a.Par.Each)
	return nil
}

func goParRun(a *DiffusionRun) error {
	run(a, func(out, in *Grid) { step(out, in, 0, in.Rows, a.D*a.Dt, a.Par.Each) })
	return nil
}

func goParRunInterchanged(a *DiffusionRun) error {
	run(a, func(out, in *Grid) { stepInterchanged(out, in, a.D*a.Dt, a.Par.Each) })
	return nil
}

func run(a *DiffusionRun, step func(out, in *Grid)) {
	if a.A.Rows < 3 || a.A.Cols < 3 {
		return
	}
	out, in := &a.B, &a.A
	for range a.Steps {
		step(out, in)
		out, in = in, out
	}
}

func step(out, in *Grid, lo, hi int, ddt float64, each executor) {
	lo, hi = max(lo, 1), min(hi, in.Rows-1)
	if lo >= hi || in.Cols < 3 {
		return
	}
	u, ld := in.Data, in.LD
	if in.Layout == Row {
		each(lo, hi, 1, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				k := i * ld
				stepRow(out.Data[k:k+in.Cols], u[k-ld:], u[k:], u[k+ld:], ddt)
			}
		})
		return
	}
	each(1, in.Cols-1, 1, func(first, last int) {
		for j := first; j < last; j++ {
			k := j*ld + lo
			stepCol(out.Data[k:k+hi-lo], u[k-ld:], u[k-1:], u[k+ld:], ddt)
		}
	})
}

// RunRows does steps steps, from a to b, from b to a and so on, on matrices held as rows; ddt is D*dt. All rows have
// the same length.
func RunRows(a, b [][]float64, steps int, ddt float64) {
	for range steps {
		for i := 1; i < len(a)-1; i++ {
			stepRow(b[i], a[i-1], a[i], a[i+1], ddt)
		}
		a, b = b, a
	}
}

// stepRow computes the interior of row i from rows i-1, i and i+1.
func stepRow(out, before, at, after []float64, ddt float64) {
	n := len(out)
	before, at, after = before[:n], at[:n], after[:n]
	for j := 1; j < n-1; j++ {
		lap := (((after[j] + before[j]) + at[j+1]) + at[j-1]) - float64(4*at[j])
		out[j] = at[j] + float64(ddt*lap)
	}
}

// stepCol computes the cells out of column j from columns j-1, j and j+1; at begins one row above out.
func stepCol(out, before, at, after []float64, ddt float64) {
	n := len(out)
	before, at, after = before[:n], at[:n+2], after[:n]
	for k := range out {
		u := at[k+1]
		lap := (((at[k+2] + at[k]) + after[k]) + before[k]) - float64(4*u)
		out[k] = u + float64(ddt*lap)
	}
}

// stepInterchanged is step on all rows, across the lines: the outer loop runs over k, the inner one over the k-th cells
// of all interior lines.
func stepInterchanged(out, in *Grid, ddt float64, each executor) {
	outer, inner := in.lines()
	row, col := in.LD, 1
	if in.Layout == Col {
		row, col = 1, in.LD
	}
	each(1, inner-1, 1, func(first, last int) {
		for k := first; k < last; k++ {
			stepAcross(out.Data, in.Data, k, outer, in.LD, row, col, ddt)
		}
	})
}

// stepAcross computes the k-th cells of all interior lines. The neighbour in the next row is row elements away, that in
// the next column col elements.
func stepAcross(out, u []float64, k, outer, ld, row, col int, ddt float64) {
	for at := ld + k; at < (outer-1)*ld; at += ld {
		lap := (((u[at+row] + u[at-row]) + u[at+col]) + u[at-col]) - float64(4*u[at])
		out[at] = u[at] + float64(ddt*lap)
	}
}
