// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command toolchain times the calls whose cost is Go's own, each written in place. It prints the version of Go that
// built it, then a line for each call: "noop/cgo ns=21.3 bytes=0 allocs=0". Its batches are interleaved, and a line
// holds the median one.
package main

/*
#include "calls.h"

extern int64_t step(uintptr_t context, int64_t x);
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// step is called back by C.
//
//export step
func step(context C.uintptr_t, x C.int64_t) C.int64_t { return x + C.int64_t(context) }

//go:noinline
func not(x int64) int64 { return ^x }

const (
	batches = 5
	batch   = 3 * time.Millisecond
)

// calls are functions that make n calls and return their result; want is the right one.
var calls = []struct {
	name      string
	run, want func(n int64) int64
}{
	{"not/direct", func(n int64) int64 {
		x := int64(5)
		for range n {
			x = not(x)
		}
		return x
	}, complement},
	{"noop/cgo", func(n int64) int64 {
		for range n {
			C.toll_calls_noop()
		}
		return n
	}, func(n int64) int64 { return n }},
	{"not/cgo", func(n int64) int64 {
		x := C.int64_t(5)
		for range n {
			x = C.toll_calls_not(x)
		}
		return int64(x)
	}, complement},
	{"callback/cgo", func(n int64) int64 {
		x := C.int64_t(5)
		for range n {
			x = C.toll_calls_callback((*C.toll_callback)(C.step), 3, x, 1)
		}
		return int64(x)
	}, func(n int64) int64 { return 5 + 3*n }},
}

// complement returns 5, complemented n times.
func complement(n int64) int64 {
	if n%2 == 1 {
		return ^5
	}
	return 5
}

type sample struct{ ns, bytes, allocs float64 }

func main() {
	debug.SetGCPercent(-1)
	fmt.Println(runtime.Version())
	counts := make([]int64, len(calls))
	for k := range calls {
		counts[k] = 100
		for {
			ns := timed(k, counts[k]).ns * float64(counts[k])
			if ns >= float64(batch) {
				break
			}
			counts[k] = int64(float64(counts[k]) * min(1.1*float64(batch)/max(ns, 1), 100))
		}
	}
	samples := make([][]sample, len(calls))
	for b := range batches {
		for k := range calls {
			k = (k + b) % len(calls)
			samples[k] = append(samples[k], timed(k, counts[k]))
		}
	}
	for k := range calls {
		slices.SortFunc(samples[k], func(a, b sample) int {
			switch {
			case a.ns < b.ns:
				return -1
			case a.ns > b.ns:
				return 1
			}
			return 0
		})
		s := samples[k][batches/2]
		fmt.Printf("%s ns=%.4f bytes=%.4f allocs=%.4f\n", calls[k].name, s.ns, s.bytes, s.allocs)
	}
}

// timed makes n calls of calls[k] and ends the program if their result is wrong.
func timed(k int, n int64) sample {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	got := calls[k].run(n)
	elapsed := time.Since(start)
	runtime.ReadMemStats(&after)
	if want := calls[k].want(n); got != want {
		fmt.Fprintf(os.Stderr, "toolchain: %s called %d times gives %d, want %d\n", calls[k].name, n, got, want)
		os.Exit(1)
	}
	return sample{
		float64(elapsed) / float64(n),
		float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
		float64(after.Mallocs-before.Mallocs) / float64(n),
	}
}
