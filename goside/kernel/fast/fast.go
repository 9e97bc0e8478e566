// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package fast holds the kernels in Go as fast as Go allows, with no border to cross. The results have the same bits as those of
// [kernel.Go], whose form of each product it keeps, float64(x*y), so that nothing is fused.
package fast

import "toll/goside/kernel"

// Go returns the language go-fast.
func Go() kernel.Funcs {
	plain := kernel.Go()
	return kernel.Funcs{Noop: plain.Noop, Not: plain.Not, Add: plain.Add, Sum: plain.Sum,
		Step: func(a *kernel.DiffusionStep) error { return step(a, serial) }, Run: run,
		Julia:      func(a *kernel.Julia) error { return julia(together(a), a.Lo, a.Hi, true) },
		JuliaSplit: func(a *kernel.JuliaSplit) error { return julia(apart(a), a.Lo, a.Hi, true) },
		OLS:        func(a *kernel.OLS) error { return ols(a, serial) },
		Team:       kernel.Alone}
}

// GoPar returns the language go-fast-par: the same, distributed over goroutines.
func GoPar() kernel.Funcs {
	return kernel.Funcs{
		Step: func(a *kernel.DiffusionStep) error { return step(a, a.Par.Each) }, Run: parRun,
		Julia:      func(a *kernel.Julia) error { return parJulia(together(a), a.Lo, a.Hi, a.Par) },
		JuliaSplit: func(a *kernel.JuliaSplit) error { return parJulia(apart(a), a.Lo, a.Hi, a.Par) },
		OLS:        func(a *kernel.OLS) error { return ols(a, a.Par.Each) },
		Team:       kernel.GoPar().Team}
}

// Brute returns the language go-fast-brute: go-fast without the trapping disc, so that it does each iteration and test of each
// point.
func Brute() kernel.Funcs {
	return kernel.Funcs{
		Julia:      func(a *kernel.Julia) error { return julia(together(a), a.Lo, a.Hi, false) },
		JuliaSplit: func(a *kernel.JuliaSplit) error { return julia(apart(a), a.Lo, a.Hi, false) },
		Team:       kernel.Alone}
}
