// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"

	"toll/goside/via/thread"
)

// executor covers the items lo <= k < hi by calls of f on disjoint ranges. Except under Static, each range but the last
// has at least chunk items.
type executor func(lo, hi, chunk int, f func(lo, hi int))

func serial(lo, hi, _ int, f func(lo, hi int)) { f(lo, hi) }

// Each is the executor of the language go-par: p.Threads goroutines under p.Schedule. Each goroutine is locked to an OS
// thread and settles it first, since an older thread of Go may be in another floating-point environment than the
// caller's. It panics if settling fails.
func (p Par) Each(lo, hi, chunk int, f func(lo, hi int)) {
	if lo >= hi {
		return
	}
	var next atomic.Int64
	next.Store(int64(lo))
	var wg sync.WaitGroup
	var unsettled atomic.Pointer[error]
	for t := range p.Threads {
		wg.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			if _, err := thread.Settle(); err != nil {
				unsettled.Store(&err)
				return
			}
			if p.Schedule == Static {
				n := hi - lo
				f(lo+n*t/p.Threads, lo+n*(t+1)/p.Threads)
				return
			}
			for {
				from := int(next.Load())
				if from >= hi {
					return
				}
				n := chunk
				if p.Schedule == Guided {
					n = max(n, (hi-from)/p.Threads)
				}
				to := min(from+n, hi)
				if next.CompareAndSwap(int64(from), int64(to)) {
					f(from, to)
				}
			}
		})
	}
	wg.Wait()
	if err := unsettled.Load(); err != nil {
		panic(*err)
	}
}
