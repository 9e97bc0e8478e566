// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import "runtime"

// The call family in Go. Inlining is off: what is measured is a call.

//go:noinline
func goNoop() {}

//go:noinline
func goNot(x int64) int64 { return ^x }

//go:noinline
func goAdd(x, y float64) float64 { return x + y }

//go:noinline
func goSum(p []float64) float64 {
	var sum float64
	for _, x := range p {
		sum += x
	}
	return sum
}

var sumElement = Work{Reads: 8, Flops: 1}

// Go returns the reference: the language go.
func Go() Funcs {
	return Funcs{goNoop, goNot, goAdd, goSum, goStep, goRun, goJulia, goOLS,
		goRunInterchanged, goOLSInterchanged, goJuliaSplit, goTranspose, goTransposeNaive, Alone}
}

// GoPar returns the language go-par: the same loops, distributed over goroutines. A call has nothing to distribute, so
// go-par does not offer the call family.
func GoPar() Funcs {
	return Funcs{Step: goParStep, Run: goParRun, Julia: goParJulia, OLS: goParOLS,
		RunInterchanged: goParRunInterchanged, OLSInterchanged: goParOLSInterchanged, JuliaSplit: goParJuliaSplit,
		Transpose: goParTranspose, TransposeNaive: goParTransposeNaive, Team: goParTeam}
}

// Alone is [Funcs.Team] of a serial language.
func Alone(threads int) int { return min(goParTeam(threads), 1) }

// goParTeam returns how many of the goroutines that go-par starts, one for each thread asked for, run at once.
func goParTeam(threads int) int {
	if badPar(Par{Threads: threads}) != "" {
		return 0
	}
	return min(threads, runtime.GOMAXPROCS(0))
}
