// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package held

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/mem"
)

// matricesName is the study of how Go programs hold a matrix, and what it takes to hand that to C.
const matricesName = "Matrices"

// matrixSizes returns the sides of the squares.
func matrixSizes(full bool) []int {
	if full {
		return []int{8, 64, 512, 2048}
	}
	return []int{64, 512}
}

// matrixWays are how matrices are held, and what is passed: the keys of rows, and what tables and sentences call them, in the
// order in which they are shown.
var matrixWays = []struct{ held, passed, what, name string }{
	{"flat", "pointer", "[]float64, row after row", "a flat slice"},
	{"dense", "pointer", "gonum's mat.Dense: RawMatrix has data and stride", "a mat.Dense"},
	{"dense-slice", "pointer", "a slice of a larger mat.Dense, with its stride", "a slice of one"},
	{"array", "pointer", "[n][n]float64, an array of arrays: one piece of memory", "an array of arrays"},
	{"rows-one", "pointer", "[][]float64 cut from one slice: detected, passed as that", "rows cut from one slice"},
	{"rows", "copy", "[][]float64, separate rows: copied to one slice and back", "a copy of separate rows"},
	{"rows", "table", "the same: pointers and pins made for each call", "a table and pins for each call"},
	{"rows", "table-kept", "the same: pointers and pins made once for all calls", "a table that is kept"},
	{"rows", "as-it-is", "the same, in Go: no border, nothing to do", "rows in Go"},
}

// matrixSubjects returns what it costs to have a diffusion run done on matrices held in each way, by C through each crossing and by
// Go, in runs of no step, which is the border alone, and of one. An operation is a call. What has one piece of memory goes to
// the routes' kernels, a table of rows to the crossings' RunRows. Each is first run, and must give the reference's bits.
// release lets go of pinned memory, and is to be called when all is measured.
func matrixSubjects(
	lab *study.Lab, routes []*seam.Route, crossings []calls.Crossing, sizes []int,
) (subjects []measure.Subject, release func(), err error) {
	var kept []*calls.Rows
	unpin := func() {
		for _, r := range kept {
			r.Unpin()
		}
	}
	defer func() {
		if err != nil {
			unpin()
		}
	}()
	w := study.Collector{Lab: lab}
	for _, n := range sizes {
		for steps := range 2 {
			w.Begin(study.Facts(&kernel.Problem{Kernel: fmt.Sprintf("matrices diffusion steps=%d", steps), N: fmt.Sprint(n), Op: "call"}, &kernel.Timed{}))
			for _, of := range []struct{ route, crossing string }{{"go/direct", "direct"}, {"c/cgo", "cgo"}, {"c/purego", "purego"}} {
				natives, err := study.Opened(routes, []string{of.route})
				if err != nil {
					return nil, nil, err
				}
				k := slices.IndexFunc(crossings, func(c calls.Crossing) bool { return c.Name == of.crossing })
				if natives[of.route] == nil || k < 0 || crossings[k].Funcs.RunRows == nil {
					continue
				}
				m, err := newMatrices(n, steps, natives[of.route], crossings[k].Funcs)
				if err != nil {
					return nil, nil, err
				}
				if err := m.pieces(&w, of.route); err != nil {
					return nil, nil, err
				}
				if of.crossing == "direct" {
					err = m.rowsInGo(&w, of.route)
				} else {
					var tables []*calls.Rows
					tables, err = m.tables(&w, of.route)
					kept = append(kept, tables...)
				}
				if err != nil {
					return nil, nil, err
				}
			}
		}
	}
	w.Begin(nil)
	return w.Subjects, unpin, nil
}

// matrices are the arguments of one side, number of steps and crossing.
type matrices struct {
	n, steps int
	f        *kernel.Funcs
	runRows  func(a, b *calls.Rows, steps int, d, dt float64) error
	start    []float64
	want     []float64 // the result
}

func newMatrices(n, steps int, f *kernel.Funcs, c *calls.Funcs) (*matrices, error) {
	m := &matrices{n: n, steps: steps, f: f, runRows: c.RunRows, start: make([]float64, n*n)}
	for k := range m.start {
		m.start[k] = 1 + math.Sin(float64(k))/2
	}
	a := m.run(m.grid(slices.Clone(m.start), n), m.grid(slices.Clone(m.start), n))
	if err := kernel.Go().Run(a); err != nil {
		return nil, err
	}
	m.want = a.Result().Data
	return m, nil
}

func (m *matrices) grid(p []float64, ld int) kernel.Grid {
	return kernel.Grid{Data: p, Rows: m.n, Cols: m.n, LD: ld, Layout: kernel.Row}
}

func (m *matrices) run(a, b kernel.Grid) *kernel.DiffusionRun {
	return &kernel.DiffusionRun{A: a, B: b, Steps: m.steps, D: kernel.DiffusionD, Dt: kernel.DiffusionDt, Par: study.SerialPar}
}

// subject adds one way of matrixWays. result returns an element of the matrix that then holds the result.
func (m *matrices) subject(w *study.Collector, route, held, passed string, do func() error, result func(i, j int) float64) error {
	n := m.n
	name := record.Name{Study: matricesName, Kernel: "diffusion", Layout: kernel.Row.String(), N: strconv.Itoa(n),
		Keys: []record.Key{{Key: "held", Value: held}, {Key: "passed", Value: passed}, {Key: "steps", Value: strconv.Itoa(m.steps)}}}
	return w.Add(name, route, 1, do, func() error {
		if err := do(); err != nil {
			return err
		}
		for i := range n {
			for j := range n {
				if got, want := result(i, j), m.want[i*n+j]; math.Float64bits(got) != math.Float64bits(want) {
					return fmt.Errorf("[%d][%d] is %v, want %v, bit for bit", i, j, got, want)
				}
			}
		}
		return nil
	})
}

// pieces adds the ways that end in one slice of memory.
func (m *matrices) pieces(w *study.Collector, route string) error {
	n := m.n
	a, b := slices.Clone(m.start), slices.Clone(m.start)
	if err := m.piece(w, route, "flat", func() *kernel.DiffusionRun { return m.run(m.grid(a, n), m.grid(b, n)) }); err != nil {
		return err
	}
	if route == "c/cgo" {
		w.Again()
	}
	da, db := mat.NewDense(n, n, slices.Clone(m.start)), mat.NewDense(n, n, slices.Clone(m.start))
	if err := m.piece(w, route, "dense", func() *kernel.DiffusionRun { return m.dense(da, db) }); err != nil {
		return err
	}
	sliced := func() *mat.Dense {
		part := mat.NewDense(n+2, n+8, nil).Slice(1, n+1, 3, n+3).(*mat.Dense)
		part.Copy(mat.NewDense(n, n, m.start))
		return part
	}
	sa, sb := sliced(), sliced()
	if err := m.piece(w, route, "dense-slice", func() *kernel.DiffusionRun { return m.dense(sa, sb) }); err != nil {
		return err
	}
	if aa, ab := newArray(n), newArray(n); aa != nil {
		copy(aa(), m.start)
		copy(ab(), m.start)
		if err := m.piece(w, route, "array", func() *kernel.DiffusionRun { return m.run(m.grid(aa(), n), m.grid(ab(), n)) }); err != nil {
			return err
		}
	}
	return errors.Join(m.rowsOfOne(w, route), m.rowsCopied(w, route))
}

// piece adds a way whose matrices are one piece of memory each.
func (m *matrices) piece(w *study.Collector, route, held string, run func() *kernel.DiffusionRun) error {
	last := run().Result()
	return m.subject(w, route, held, "pointer", func() error { return m.f.Run(run()) },
		func(i, j int) float64 { return last.Data[last.At(i, j)] })
}

// dense returns a run on the memory of the caller's matrices, so that a Dense costs what it takes to look into it.
func (m *matrices) dense(a, b *mat.Dense) *kernel.DiffusionRun {
	p, q := a.RawMatrix(), b.RawMatrix()
	return m.run(m.grid(p.Data, p.Stride), m.grid(q.Data, q.Stride))
}

// rowsOfOne adds rows that are cut from one slice, which is detected in each call.
func (m *matrices) rowsOfOne(w *study.Collector, route string) error {
	one := func() [][]float64 {
		whole := slices.Clone(m.start)
		rows := make([][]float64, m.n)
		for i := range rows {
			rows[i] = whole[i*m.n : (i+1)*m.n]
		}
		return rows
	}
	a, b := one(), one()
	return m.subject(w, route, "rows-one", "pointer", func() error {
		p, ld, ok := contiguous(a)
		q, other, too := contiguous(b)
		if !ok || !too || ld != other {
			return errors.New("held: the rows lie apart, want them in one slice")
		}
		return m.f.Run(m.run(m.grid(p, ld), m.grid(q, ld)))
	}, m.result(a, b))
}

// rowsCopied adds rows by themselves, which are copied to one slice and back in each call.
func (m *matrices) rowsCopied(w *study.Collector, route string) error {
	n := m.n
	a, b := m.apart(), m.apart()
	scratch := m.run(m.grid(make([]float64, n*n), n), m.grid(make([]float64, n*n), n))
	return m.subject(w, route, "rows", "copy", func() error {
		for i, row := range a {
			copy(scratch.A.Data[i*n:], row)
		}
		// The kernel needs only the boundary of B.
		copy(scratch.B.Data, b[0])
		copy(scratch.B.Data[(n-1)*n:], b[n-1])
		for i, row := range b {
			scratch.B.Data[i*n], scratch.B.Data[i*n+n-1] = row[0], row[n-1]
		}
		if err := m.f.Run(scratch); err != nil {
			return err
		}
		to, from := a, scratch.Result().Data
		if m.steps%2 == 1 {
			to = b
		}
		for i, row := range to {
			copy(row, from[i*n:(i+1)*n])
		}
		return nil
	}, m.result(a, b))
}

// apart returns the start as rows by themselves.
func (m *matrices) apart() [][]float64 {
	rows := make([][]float64, m.n)
	for i := range rows {
		rows[i] = slices.Clone(m.start[i*m.n : (i+1)*m.n])
	}
	return rows
}

// result returns what finds the result's elements in the matrices of a run.
func (m *matrices) result(a, b [][]float64) func(i, j int) float64 {
	if m.steps%2 == 1 {
		a = b
	}
	return func(i, j int) float64 { return a[i][j] }
}

// rowsInGo adds what Go does with rows by themselves.
func (m *matrices) rowsInGo(w *study.Collector, route string) error {
	a, b := m.apart(), m.apart()
	return m.subject(w, route, "rows", "as-it-is", func() error {
		kernel.RunRows(a, b, m.steps, float64(kernel.DiffusionD)*kernel.DiffusionDt)
		return nil
	}, m.result(a, b))
}

// tables adds the ways that pass a table of pointers to rows, and returns what stays pinned.
func (m *matrices) tables(w *study.Collector, route string) (kept []*calls.Rows, err error) {
	ta, tb := m.apart(), m.apart()
	var tableA, tableB calls.Rows
	err = m.subject(w, route, "rows", "table", func() error {
		if err := tableA.Set(ta); err != nil {
			return err
		}
		defer tableA.Unpin()
		if err := tableB.Set(tb); err != nil {
			return err
		}
		defer tableB.Unpin()
		return m.runRows(&tableA, &tableB, m.steps, kernel.DiffusionD, kernel.DiffusionDt)
	}, m.result(ta, tb))
	if err != nil {
		return nil, err
	}
	ka, kb := m.apart(), m.apart()
	keptA, keptB := new(calls.Rows), new(calls.Rows)
	kept = []*calls.Rows{keptA, keptB}
	if err := keptA.Set(ka); err != nil {
		return kept, err
	}
	if err := keptB.Set(kb); err != nil {
		return kept, err
	}
	return kept, m.subject(w, route, "rows", "table-kept", func() error {
		return m.runRows(keptA, keptB, m.steps, kernel.DiffusionD, kernel.DiffusionDt)
	}, m.result(ka, kb))
}

// newArray returns a function that returns the memory of a new [n][n]float64; nil if no such type is here, for n is
// part of it.
func newArray(n int) func() []float64 {
	switch n {
	case 8:
		a := new([8][8]float64)
		return func() []float64 { return mem.Floats(a) }
	case 64:
		a := new([64][64]float64)
		return func() []float64 { return mem.Floats(a) }
	case 512:
		a := new([512][512]float64)
		return func() []float64 { return mem.Floats(a) }
	case 2048:
		a := new([2048][2048]float64)
		return func() []float64 { return mem.Floats(a) }
	}
	return nil
}

// contiguous returns the elements of rows as one slice, with the distance between rows, if they lie in one slice at equal
// distances, ascending, as those of a matrix do that was cut up.
func contiguous(rows [][]float64) (p []float64, ld int, ok bool) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return nil, 0, false
	}
	n := len(rows[0])
	p, ld = rows[0][:cap(rows[0])], n
	if len(rows) > 1 {
		for ld < len(p) && (len(rows[1]) == 0 || &p[ld] != &rows[1][0]) {
			ld++
		}
	}
	if (len(rows)-1)*ld+n > len(p) {
		return nil, 0, false
	}
	for i, row := range rows {
		if len(row) != n || &p[i*ld] != &row[0] {
			return nil, 0, false
		}
	}
	return p[:(len(rows)-1)*ld+n], ld, true
}
