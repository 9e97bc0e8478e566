// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"math"
	"testing"

	"toll/goside/kernel"
)

// lru is a cache; each of its sets drops what was used longest ago.
type lru struct {
	line, ways, misses int
	sets               [][]int // of each the lines' addresses, the last used first
}

func newLRU(bytes, ways, line int) *lru {
	return &lru{line: line, ways: ways, sets: make([][]int, bytes/line/ways)}
}

func (c *lru) touch(address int) {
	line := address / c.line
	set := &c.sets[line%len(c.sets)]
	for k, l := range *set {
		if l == line {
			copy((*set)[1:k+1], (*set)[:k])
			(*set)[0] = line
			return
		}
	}
	c.misses++
	if len(*set) < c.ways {
		*set = append(*set, 0)
	}
	copy((*set)[1:], *set)
	(*set)[0] = line
}

// trace touches, in the order of toll.h's loops, what a walk reads and writes, but for ols's results.
func (w *walk) trace(touch func(address int)) (elements int) {
	n, ld := w.N, w.elements()
	second := 8 * (n*ld + 4096) // where another matrix begins, on a page of its own
	second -= second % pageSize
	at := func(line, k int) int { return 8 * (line*ld + k) }
	if w.Kernel == "diffusion" {
		visit := func(line, k int) {
			for _, near := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {0, 0}} {
				touch(at(line+near[0], k+near[1]))
			}
			touch(second + at(line, k))
		}
		for x := 1; x < n-1; x++ {
			for y := 1; y < n-1; y++ {
				if w.Interchanged {
					visit(y, x)
				} else {
					visit(x, y)
				}
			}
		}
		return (n - 2) * (n - 2)
	}
	// A fit's observation is in a line where row-major, across them where column-major.
	row := func(i, j int) {
		if w.Layout == kernel.Row {
			touch(at(i, j))
		} else {
			touch(at(j, i))
		}
	}
	half, odd := n/2, n%2
	fits := func(lo, hi int, byRow bool) {
		if byRow {
			for i := lo; i < hi; i++ {
				for k := range half {
					row(i, half+odd+k)
					row(i, half-1-k)
				}
				for j := range n {
					row(i, j)
				}
			}
			return
		}
		for k := range half {
			for i := lo; i < hi; i++ {
				row(i, half+odd+k)
				row(i, half-1-k)
			}
		}
		for j := range n {
			for i := lo; i < hi; i++ {
				row(i, j)
			}
		}
	}
	switch {
	case (w.Layout == kernel.Row) != w.Interchanged: // matched rows, interchanged columns: one fit after another
		fits(0, n, true)
	case w.Interchanged:
		fits(0, n, false)
	default:
		for lo := 0; lo < n; lo += olsBlock {
			fits(lo, min(lo+olsBlock, n), false)
		}
	}
	return n * n
}

// TestLines holds the arithmetic to a cache that is gone through address by address, on walks that are not within a
// factor of two of what the cache holds, where a formula without the order of accesses cannot tell.
func TestLines(t *testing.T) {
	compared := 0
	for _, cache := range []struct{ bytes, ways int }{{32 << 10, 8}, {8 << 10, 8}, {128 << 10, 32}} {
		c := cacheSize{cache.bytes, 64}
		for _, n := range []int{24, 64, 72, 128, 136, 184, 256, 264, 360, 512} {
			for _, w := range walks(kernels, n) {
				want := w.lines(c)
				sure := true
				for _, bytes := range []int{c.Bytes / 2, c.Bytes * 2} {
					sure = sure && w.lines(cacheSize{bytes, 64}) == want
				}
				if !sure {
					continue
				}
				found := newLRU(cache.bytes, cache.ways, 64)
				w.trace(found.touch)
				found.misses = 0
				elements := w.trace(found.touch)
				compared++
				got := float64(found.misses) / float64(elements)
				if math.Abs(got-want) > 0.03+0.15*want {
					t.Errorf("%v, %d bytes of %d ways: %.3f lines an element, want %.3f", &w, cache.bytes, cache.ways, got, want)
				}
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d walks compared", compared)
	}
	t.Logf("%d walks compared", compared)
}

// TestPages holds the other half to a TLB that is gone through page by page.
func TestPages(t *testing.T) {
	compared := 0
	for _, entries := range []int{16, 64} {
		for _, n := range []int{64, 128, 256, 520, 728} {
			for _, w := range walks(kernels, n) {
				want := w.pages(entries)
				if w.pages(entries/2) != want || w.pages(entries*2) != want || w.Kernel == "ols" && !w.Interchanged {
					continue // ols's matched walks visit a page's elements twice, in lines or blocks that a TLB may hold
				}
				found := newLRU(entries*pageSize, entries, pageSize)
				w.trace(found.touch)
				found.misses = 0
				elements := w.trace(found.touch)
				compared++
				got := float64(found.misses) / float64(elements)
				if got < want/2-0.01 || got > want*1.5+0.01 {
					t.Errorf("%v, %d entries: %.4f pages an element, want about %.4f", &w, entries, got, want)
				}
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d walks compared", compared)
	}
	t.Logf("%d walks compared", compared)
}
