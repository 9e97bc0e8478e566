// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/layout/walk"
	"toll/goside/via/cpython"
)

// transposeName is the study of ways to copy a matrix into the other layout.
const transposeName = "Transpose"

// The ways of its rows: the name's how.
const (
	howCopy      = "copy" // no transposition at all: line by line into the same layout
	howBlocked   = "blocked"
	howNaive     = "naive"
	howDenseCopy = "dense-copy"        // gonum's mat.Dense.Copy of a transpose
	howDomatcopy = "domatcopy"         // OpenBLAS's
	howCopyto    = "copyto"            // numpy.copyto, into an array of the other order
	howFresh     = "ascontiguousarray" // numpy.ascontiguousarray, which makes the array that it copies into
)

// libraryHow is the how of languages whose only way is a library's own.
var libraryHow = map[string]string{"gonum": howDenseCopy, "blas": howDomatcopy}

// transposeSizes returns the sides of the squares.
func transposeSizes(full bool) []int {
	if full {
		return []int{32, 64, 128, 256, 512, 728, 1024, 1448, 2048, 2904, 4096, 8192}
	}
	return []int{64, 128, 256, 512, 1024, 2048}
}

// transposeSubjects returns what transposes squares: each route that offers it, and NumPy if CPython is there, beside a plain
// copy. An operation is an element. Subjects of one side and leading dimension use the same memory. Each is first run and compared.
func transposeSubjects(lab *study.Lab, routes []*seam.Route, sizes []int) ([]measure.Subject, error) {
	numpy, err := newNumPy()
	if err != nil && !errors.Is(err, seam.ErrUnavailable) {
		return nil, err
	}
	var subjects []measure.Subject
	for _, n := range sizes {
		for _, ld := range []string{walk.UnitLD, walk.PaddedLD} {
			if lab.Stopped() {
				return nil, measure.ErrStopped
			}
			lab.Progress.On(fmt.Sprintf("side %d", n))
			t := newTransposition(n, ld)
			if err := errors.Join(t.plain(), t.byRoutes(routes), t.byNumPy(numpy)); err != nil {
				return nil, err
			}
			facts := append(slices.Clone(t.facts), measure.Fact{Key: "verified", Value: "bit-identical in 1 cases: " + strings.Join(t.verified, " ")})
			for k := range t.subjects {
				t.subjects[k].Facts = facts
			}
			subjects = append(subjects, t.subjects...)
		}
	}
	return subjects, nil
}

// transposition is the subjects of one side and leading dimension, and what they work on.
type transposition struct {
	n        int
	ld       string
	in, out  kernel.Grid
	facts    []measure.Fact
	subjects []measure.Subject
	verified []string // routes
}

func newTransposition(n int, ld string) *transposition {
	t := &transposition{n: n, ld: ld, in: kernel.Grid{Rows: n, Cols: n, LD: walk.Leading(ld, n), Layout: kernel.Row}}
	t.in.Data = make([]float64, (n-1)*t.in.LD+n)
	for k := range t.in.Data {
		t.in.Data[k] = float64(k)
	}
	t.out = t.in
	t.out.Layout, t.out.Data = kernel.Col, make([]float64, len(t.in.Data))
	t.facts = study.Facts(&kernel.Problem{Kernel: "transpose " + ld, N: strconv.Itoa(n), Op: "element"}, &kernel.Timed{Work: kernel.TransposeElement})
	return t
}

// add adds a subject after it was run once; check says whether out must then be in, transposed.
func (t *transposition) add(lang, via, how, entry string, check bool, do func() error) error {
	if err := transposes(&t.out, &t.in, check, do); err != nil {
		return fmt.Errorf("ways: %s by %s/%s, side %d: %w", how, lang, via, t.n, err)
	}
	name := record.Name{Study: transposeName, Kernel: "transpose", Lang: lang, Via: via, Layout: t.in.Layout.String(), N: strconv.Itoa(t.n),
		Keys: []record.Key{{Key: "how", Value: how}, {Key: "ld", Value: t.ld}}, Entry: entry}
	t.verified = record.AppendNew(t.verified, name.Route())
	elements := t.n * t.n
	t.subjects = append(t.subjects, measure.Subject{Name: name.String(), Group: t.facts[0].Value, Run: study.Passes(elements, do), Least: elements})
	return nil
}

// plain adds a copy without transposing.
func (t *transposition) plain() error {
	return t.add("go", "direct", howCopy, "", false, func() error {
		for line := range t.n {
			at := line * t.in.LD
			copy(t.out.Data[at:at+t.n], t.in.Data[at:at+t.n])
		}
		return nil
	})
}

// byRoutes adds what the routes offer; C's blocked way is entered twice.
func (t *transposition) byRoutes(routes []*seam.Route) error {
	a := &kernel.Transpose{Out: t.out, In: t.in, Par: study.SerialPar}
	for _, r := range routes {
		library, err := r.Open()
		if err != nil || record.ParallelLanguage(r.Lang) {
			continue
		}
		for _, f := range []struct {
			how string
			do  func(*kernel.Transpose) error
		}{{howBlocked, library.Transpose}, {howNaive, library.TransposeNaive}} {
			if f.do == nil {
				continue
			}
			if how := libraryHow[r.Lang]; how != "" {
				f.how = how
			}
			entries := []string{""}
			if r.Lang == "c" && f.how == howBlocked {
				entries = append(entries, record.EntryAgain)
			}
			for _, entry := range entries {
				if err := t.add(r.Lang, r.Via, f.how, entry, true, func() error { return f.do(a) }); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// byNumPy adds what NumPy offers; numpy is nil if it is not there.
func (t *transposition) byNumPy(numpy *numPy) error {
	if numpy == nil {
		return nil
	}
	return errors.Join(t.add("numpy", "cpython", howCopyto, "", true, func() error { return numpy.copyTo(&t.out, &t.in) }),
		t.add("numpy", "cpython", howFresh, "", false, func() error { return numpy.contiguous(&t.in) }))
}

// transposes does it once, and compares out with in if check says so.
func transposes(out, in *kernel.Grid, check bool, do func() error) error {
	for k := range out.Data {
		out.Data[k] = math.NaN()
	}
	if err := do(); err != nil || !check {
		return err
	}
	for i := range in.Rows {
		for j := range in.Cols {
			if got, want := out.Data[out.At(i, j)], in.Data[in.At(i, j)]; math.Float64bits(got) != math.Float64bits(want) {
				return fmt.Errorf("out[%d][%d] is %v, want %v", i, j, got, want)
			}
		}
	}
	return nil
}

// numPy are the functions of NumPy that copy.
type numPy struct{ copyto, ascontiguousarray, asfortranarray *cpython.Object }

func newNumPy() (*numPy, error) {
	in, err := cpython.Default()
	if err != nil {
		return nil, err
	}
	var p numPy
	for name, to := range map[string]**cpython.Object{
		"copyto": &p.copyto, "ascontiguousarray": &p.ascontiguousarray, "asfortranarray": &p.asfortranarray,
	} {
		v, err := in.Import("numpy", name)
		if err != nil {
			return nil, fmt.Errorf("ways: numpy.%s: %w", name, err)
		}
		*to = v.Object()
	}
	return &p, nil
}

func array(g *kernel.Grid) cpython.Value {
	return cpython.Matrix(g.Data, g.Rows, g.Cols, g.LD, g.Layout)
}

func (p *numPy) copyTo(out, in *kernel.Grid) error {
	_, err := p.copyto.Call(array(out).Writable(), array(in))
	return err
}

// contiguous makes a new array of g's other layout, and drops it.
func (p *numPy) contiguous(g *kernel.Grid) error {
	f := p.asfortranarray
	if g.Layout == kernel.Col {
		f = p.ascontiguousarray
	}
	v, err := f.Call(array(g))
	if o := v.Object(); o != nil {
		o.Release()
	}
	return err
}
