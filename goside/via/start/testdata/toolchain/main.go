// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command toolchain times the calls whose cost is Go's own, each written in place. It prints the version of Go that
// built it and the names of its calls, a line each. Then it answers a line "noop/cgo 100000" with what so many calls take,
// "2130000 0 0 0": nanoseconds, bytes and objects on Go's heap, and a digest of what a single call gave.
package main

/*
#include "calls.h"

extern int64_t step(uintptr_t context, int64_t x);
*/
import "C"

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// step is called back by C.
//
//export step
func step(context C.uintptr_t, x C.int64_t) C.int64_t { return x + C.int64_t(context) }

//go:noinline
func not(x int64) int64 { return ^x }

// numbers are 4 KiB.
var numbers = make([]float64, 512)

// call is what is timed.
type call struct {
	name   string
	reset  func()              // before a batch, untimed; may be nil
	run    func(n int64) int64 // makes n calls and returns their result
	want   func(n int64) int64 // returns the right one; nil if it is unknown
	digest func() uint64       // of what a single call gave; may be nil
}

// calls may have more in another file.
var calls = []call{
	{name: "not/direct", run: func(n int64) int64 {
		x := int64(5)
		for k := int64(0); k < n; k++ {
			x = not(x)
		}
		return x
	}, want: complement},
	{name: "noop/cgo", run: func(n int64) int64 {
		for k := int64(0); k < n; k++ {
			C.toll_calls_noop()
		}
		return n
	}, want: func(n int64) int64 { return n }},
	{name: "not/cgo", run: func(n int64) int64 {
		x := C.int64_t(5)
		for k := int64(0); k < n; k++ {
			x = C.toll_calls_not(x)
		}
		return int64(x)
	}, want: complement},
	{name: "first/cgo", run: func(n int64) int64 {
		x := C.double(0)
		for k := int64(0); k < n; k++ {
			x += C.toll_calls_first((*C.double)(&numbers[0]), C.int64_t(len(numbers)))
		}
		return int64(x)
	}, want: func(n int64) int64 { return n }},
	{name: "sum/cgo", run: func(n int64) int64 {
		x := C.double(0)
		for k := int64(0); k < n; k++ {
			x += C.toll_calls_sum((*C.double)(&numbers[0]), C.int64_t(len(numbers)))
		}
		return int64(x)
	}, want: func(n int64) int64 { return int64(len(numbers)) * n }},
	{name: "callback/cgo", run: func(n int64) int64 {
		x := C.int64_t(5)
		for k := int64(0); k < n; k++ {
			x = C.toll_calls_callback((*C.toll_callback)(C.step), 3, x, 1)
		}
		return int64(x)
	}, want: func(n int64) int64 { return 5 + 3*n }},
}

// complement returns 5, complemented n times.
func complement(n int64) int64 {
	if n%2 == 1 {
		return ^5
	}
	return 5
}

func main() {
	debug.SetGCPercent(-1)
	for k := range numbers {
		numbers[k] = 1
	}
	names := make([]string, len(calls))
	for k, c := range calls {
		names[k] = c.name
	}
	fmt.Println(runtime.Version())
	fmt.Println(strings.Join(names, " "))
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var name string
		var n int64
		if _, err := fmt.Sscan(lines.Text(), &name, &n); err != nil {
			fail("asked for %q, want a call and a number: %v", lines.Text(), err)
		}
		found := false
		for _, c := range calls {
			if c.name == name {
				found = true
				fmt.Println(timed(c, n))
			}
		}
		if !found {
			fail("asked for %s, want one of %s", name, strings.Join(names, ", "))
		}
	}
}

// enough is how much garbage is left before a batch.
const enough = 64 << 20

// timed makes n calls and returns the answer. It ends the program if their result is wrong.
func timed(c call, n int64) string {
	if c.reset != nil {
		c.reset()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if before.HeapAlloc > enough {
		runtime.GC()
		runtime.ReadMemStats(&before)
	}
	start := time.Now()
	got := c.run(n)
	elapsed := time.Since(start)
	runtime.ReadMemStats(&after)
	if c.want != nil && got != c.want(n) {
		fail("%s called %d times gives %d, want %d", c.name, n, got, c.want(n))
	}
	digest := uint64(0)
	if c.digest != nil && n == 1 {
		digest = c.digest()
	}
	return fmt.Sprint(elapsed.Nanoseconds(), after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs, digest)
}

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, "toolchain: "+format+"\n", args...)
	os.Exit(1)
}
