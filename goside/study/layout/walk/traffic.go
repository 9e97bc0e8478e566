// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"toll/goside/kernel"
)

// cacheSize is a cache as far as [walk.lines] needs to know it.
type cacheSize struct{ Bytes, Line int }

// pageSize is the size of a page of memory, in bytes, for [walk.pages].
const pageSize = 4096

// lines returns how many lines a walk has to bring into a cache for each element visited, once it has gone on for a while:
// what arithmetic on sizes and strides says, before anything is measured. Lines that were written go back besides.
//
// A cache of c.Bytes is taken to hold what was used last; of lines that lie a stride apart it holds fewer, if the
// stride is even: what a power of two in it divides the sets by. That is as far as the low 12 bits of an address go, since of
// pages no more is known. A walk that needs more than that holds brings a line in each time, one that needs less
// uses all numbers of a line.
func (w *walk) lines(c cacheSize) float64 {
	perLine := float64(c.Line) / 8
	lines, n := float64(c.Bytes/c.Line), float64(w.N)
	// Those lines of the cache that have a place for addresses a stride apart.
	apart := lines
	if stride := 8 * w.elements(); stride%c.Line == 0 {
		sets := pageSize / c.Line
		apart /= float64(gcd(stride/c.Line, sets))
	}
	square := n * n / perLine // of one matrix
	switch {
	case w.Kernel == "diffusion" && 2*square < lines, w.Kernel == "ols" && square < lines:
		return 0
	case w.Kernel == "diffusion" && !w.Interchanged:
		if 4*n/perLine < lines { // three lines of one matrix, and one of the other, last until the next line
			return 2 / perLine
		}
		return 4 / perLine
	case w.Kernel == "diffusion":
		if 2*n < apart { // a sweep's lines of both last until the next sweep
			return 2 / perLine
		}
		// Two of perLine neighbours along the line lie in another one of the cache's.
		return 2 + 2/perLine
	case w.Interchanged && w.Layout == kernel.Row:
		// Down the columns twice: in pairs, which takes two of the cache's lines from each row, and for the mean.
		return swept(2*n, apart, perLine) + swept(n, apart, perLine)
	case w.Interchanged:
		// Along each row twice, before the next begins.
		if n < apart {
			return 1 / perLine
		}
		return 2
	case w.Layout == kernel.Row && n/perLine < lines, w.Layout == kernel.Col && n*olsBlock/perLine < lines:
		return 1 / perLine
	}
	return 2 / perLine
}

// swept returns the cache lines for each element of sweeps across a number of lines, in a cache that holds a number of them.
func swept(across, holds, perLine float64) float64 {
	if across < holds {
		return 1 / perLine
	}
	return 1
}

// olsBlock is how many rows the column-major kernels of ols take at a time.
const olsBlock = 256

// pages returns, in the same way, how many pages' addresses must be looked up for each element visited because a TLB with that
// number of entries does not hold them. It is taken to hold those that were used last.
func (w *walk) pages(entries int) float64 {
	matrices, visits := 1.0, 2.0
	if w.Kernel == "diffusion" {
		matrices, visits = 2, 1
	}
	stride, n := float64(8*w.elements()), float64(w.N)
	whole := matrices * max(1, n*stride/pageSize)
	if whole <= float64(entries) {
		return 0
	}
	if !w.Interchanged || matrices*n*min(1, stride/pageSize) <= float64(entries) {
		return visits * matrices * 8 / pageSize
	}
	return visits * matrices * min(1, stride/pageSize)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
