// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package fast holds the kernels as fast as Go allows, with no border to cross: in Go alone, or with assembly for the
// vectors of x86-64 (not with the build tag noasm). The results have the same bits as those of [kernel.Go]: as there,
// products are wrapped in float64(), so that nothing is fused.
package fast

import (
	"toll/goside/kernel"
	"toll/goside/level"
)

// A Level is what the loops use: Go alone at the baseline, vectors of the processor above.
type Level struct {
	row, col func(out, before, at, after []float64, ddt float64) // compute a part of a line of diffusion
	fit      func(a *kernel.OLS, lo, hi int) int                 // fits some of the first rows, and returns how many
	group    int                                                 // of points in a pass of Julia; 0 if there are no vectors
}

var baseline = Level{row: rowLine, col: colLine, fit: func(*kernel.OLS, int, int) int { return 0 }}

// At returns the level of this name in package level, or false if the processor or this build lacks it. The name "" stands
// for the level that the environment forces, or else for the best one.
func At(name string) (*Level, bool) {
	if name == "" {
		name = level.Forced()
	}
	if name == "" {
		for _, better := range level.Names {
			if has(better) {
				name = better
			}
		}
	}
	l, ok := levels[name]
	return &l, ok && has(name)
}

// Go returns the language go-fast.
func (l *Level) Go() kernel.Funcs {
	plain := kernel.Go()
	return kernel.Funcs{Noop: plain.Noop, Not: plain.Not, Add: plain.Add, Sum: plain.Sum,
		Step:       func(a *kernel.DiffusionStep) error { return l.step(a, serial) },
		Run:        l.run,
		Julia:      func(a *kernel.Julia) error { return l.julia(together(a), a.Lo, a.Hi, true) },
		JuliaSplit: func(a *kernel.JuliaSplit) error { return l.julia(apart(a), a.Lo, a.Hi, true) },
		OLS:        func(a *kernel.OLS) error { return l.ols(a, serial) },
		Team:       kernel.Alone}
}

// GoPar returns the language go-fast-par: the same, distributed over goroutines.
func (l *Level) GoPar() kernel.Funcs {
	return kernel.Funcs{
		Step:       func(a *kernel.DiffusionStep) error { return l.step(a, a.Par.Each) },
		Run:        l.parRun,
		Julia:      func(a *kernel.Julia) error { return l.parJulia(together(a), a.Lo, a.Hi, a.Par) },
		JuliaSplit: func(a *kernel.JuliaSplit) error { return l.parJulia(apart(a), a.Lo, a.Hi, a.Par) },
		OLS:        func(a *kernel.OLS) error { return l.ols(a, a.Par.Each) },
		Team:       kernel.GoPar().Team}
}

// Brute returns the language go-fast-brute: go-fast without the trapping disc. It does each iteration and test of each point.
func (l *Level) Brute() kernel.Funcs {
	return kernel.Funcs{
		Julia:      func(a *kernel.Julia) error { return l.julia(together(a), a.Lo, a.Hi, false) },
		JuliaSplit: func(a *kernel.JuliaSplit) error { return l.julia(apart(a), a.Lo, a.Hi, false) },
		Team:       kernel.Alone}
}
