// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/via/mem"
)

// TestMemory runs the suite in the memory of each crossing that has one of its own, in C: the language is not what differs. Arguments
// are copied there as they are, padding included, and back wherever the call changed them.
func TestMemory(t *testing.T) {
	var routes []*seam.Route
	for _, r := range registry.Routes() {
		if r.Lang != "c" {
			continue
		}
		library, err := r.Open()
		if err != nil || library.Memory == nil {
			continue
		}
		routes = append(routes, seam.NewRoute(r.Lang, r.Via+" in its memory", func() (*seam.Library, error) {
			return seam.NewLibrary(inMemory(&library.Raw, library.Memory), false, library.Build), nil
		}))
	}
	if len(routes) == 0 && strings.Contains(os.Getenv("TOLL_REQUIRE"), "*/*") {
		t.Error("no crossing has a memory of its own, want wasm and shm")
	}
	for _, r := range conform.Verify(routes, kernel.Cases(), nil) {
		if r.Cases == 0 {
			t.Errorf("%s: no case, want some", r.Route.Name())
		}
		for _, err := range r.Failures {
			t.Errorf("%s: %v", r.Route.Name(), err)
		}
	}
}

// moved is a place for copies in a crossing's memory.
type moved struct {
	memory kernel.Memory
	freed  [][]float64
	back   []func()
	err    error
}

// floats returns a copy of p there.
func (m *moved) floats(p []float64) []float64 {
	if m.err != nil || p == nil {
		return p
	}
	q, err := m.memory.Alloc(len(p))
	if err != nil {
		m.err = err
		return p
	}
	copy(q, p)
	m.freed = append(m.freed, q)
	m.returns(mem.Bytes(p), mem.Bytes(q))
	return q
}

// returns has what the call changes of a copy be put back. The rest may lie in another argument, too: a slice may be longer than
// what the call is given of it.
func (m *moved) returns(p, q []byte) {
	was := bytes.Clone(q)
	m.back = append(m.back, func() {
		for k := range q {
			if q[k] != was[k] {
				p[k] = q[k]
			}
		}
	})
}

func (m *moved) complexes(p []complex128) []complex128 { return mem.Complexes(m.floats(mem.View(p))) }

func (m *moved) integers(p []int32) []int32 {
	if m.err != nil {
		return p
	}
	room, err := m.memory.Alloc((len(p) + 1) / 2)
	if err != nil {
		m.err = err
		return p
	}
	q := mem.Int32s(room)[:len(p)]
	copy(q, p)
	m.freed = append(m.freed, room)
	m.returns(mem.Bytes(p), mem.Bytes(q))
	return q
}

func (m *moved) grid(g kernel.Grid) kernel.Grid {
	g.Data = m.floats(g.Data)
	return g
}

// inPlace returns f on arguments that move has moved.
func inPlace[A any](memory kernel.Memory, f func(*A) error, move func(*moved, A) A) func(*A) error {
	if f == nil {
		return nil
	}
	return func(a *A) error {
		m := &moved{memory: memory}
		there := move(m, *a)
		defer func() {
			for _, p := range m.freed {
				memory.Free(p)
			}
		}()
		if m.err != nil {
			return m.err
		}
		err := f(&there)
		for _, back := range m.back {
			back()
		}
		return err
	}
}

func inMemory(f *kernel.Funcs, memory kernel.Memory) kernel.Funcs {
	run := func(m *moved, a kernel.DiffusionRun) kernel.DiffusionRun {
		a.A, a.B = m.grid(a.A), m.grid(a.B)
		return a
	}
	ols := func(m *moved, a kernel.OLS) kernel.OLS {
		a.Slope, a.Intercept, a.Y = m.floats(a.Slope), m.floats(a.Intercept), m.grid(a.Y)
		return a
	}
	transpose := func(m *moved, a kernel.Transpose) kernel.Transpose {
		a.Out, a.In = m.grid(a.Out), m.grid(a.In)
		return a
	}
	return kernel.Funcs{
		Team: f.Team,
		Step: inPlace(memory, f.Step, func(m *moved, a kernel.DiffusionStep) kernel.DiffusionStep {
			a.Out, a.In = m.grid(a.Out), m.grid(a.In)
			return a
		}),
		Run:             inPlace(memory, f.Run, run),
		RunInterchanged: inPlace(memory, f.RunInterchanged, run),
		Julia: inPlace(memory, f.Julia, func(m *moved, a kernel.Julia) kernel.Julia {
			a.Out, a.Zs, a.Cs = m.integers(a.Out), m.complexes(a.Zs), m.complexes(a.Cs)
			return a
		}),
		JuliaSplit: inPlace(memory, f.JuliaSplit, func(m *moved, a kernel.JuliaSplit) kernel.JuliaSplit {
			a.Out, a.Zr, a.Zi, a.Cr, a.Ci = m.integers(a.Out), m.floats(a.Zr), m.floats(a.Zi), m.floats(a.Cr), m.floats(a.Ci)
			return a
		}),
		OLS:             inPlace(memory, f.OLS, ols),
		OLSInterchanged: inPlace(memory, f.OLSInterchanged, ols),
		Transpose:       inPlace(memory, f.Transpose, transpose),
		TransposeNaive:  inPlace(memory, f.TransposeNaive, transpose),
	}
}
