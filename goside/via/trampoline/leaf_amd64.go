// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build linux

package trampoline

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"toll/goside/calls"
	"toll/goside/seam"
)

//go:generate go run toll/goside/cmd/toll-trampoline leaves.go

// OpenLeaf returns Noop, Not, Add, Sum and Spin of calls.h, called on the thread's stack without the scheduler's
// knowledge: a few nanoseconds a call, during which the goroutine keeps its processor and cannot be preempted. A stop
// of the world waits for the call, so a collection of garbage stalls all goroutines for as long. C must not block and
// must not call Go back.
func OpenLeaf() (*calls.Funcs, error) {
	if err := leafChecked(); err != nil {
		return nil, err
	}
	lookup, missing, err := openCalls()
	if err != nil {
		return nil, err
	}
	noop, not, add, sum, spin := lookup("noop"), lookup("not"), lookup("add"), lookup("sum"), lookup("spin")
	return &calls.Funcs{
		Noop: func() { leafNoop(noop) },
		Not:  func(x int64) int64 { return leafNot(not, x) },
		Add:  func(x, y float64) float64 { return leafAdd(add, x, y) },
		Sum:  func(p []float64) float64 { return leafSum(sum, unsafe.SliceData(p), int64(len(p))) },
		Spin: func(ns int64) { leafSpin(spin, ns) },
	}, *missing
}

// leafChecked checks that the runtime is one whose offsets the leaves know.
var leafChecked = sync.OnceValue(func() error {
	if err := knownRuntime(runtime.Version()); err != nil {
		return err
	}
	return checkOffsets(here())
})

// knownRuntime refuses a version of Go that was never tried, whose objects may be smaller than what checkOffsets reads.
func knownRuntime(version string) error {
	for _, known := range []string{"go1.26", "go1.27"} {
		if rest, ok := strings.CutPrefix(version, known); ok && (rest == "" || strings.ContainsAny(rest[:1], ".- r")) {
			return nil
		}
	}
	return fmt.Errorf("trampoline: %w: leaf calls know the runtimes of Go 1.26 and 1.27, found %s", seam.ErrUnavailable, version)
}

// The offsets in a g and in an m, in words, as the generated leaves have them.
const (
	wordG0 = 0 // of an m
	wordM  = 6 // of a g
	wordSP = 7 // of a g, its sched.sp
)

// A place is a thread as assembly sees it: this goroutine's g and, from within runtime.cgocall, g0 and the stack
// pointer, which asmcgocall sets a few words below g0's sched.sp.
type place struct {
	g, g0 *[8]uintptr
	sp    uintptr
}

// getg returns this goroutine's g, probe is a C function for cgocall that fills the rest of a place.
func getg() *[8]uintptr

var probeStub uintptr // set in assembly

func here() (p place) {
	runtime.LockOSThread() // one m for both
	defer runtime.UnlockOSThread()
	p.g = getg()
	cgocall(probeStub, unsafe.Pointer(&p))
	return p
}

// checkOffsets holds the offsets against a place: both g belong to one m, its g0 is the one that was met on the
// thread's stack, and its stack pointer was kept where it was found.
func checkOffsets(p place) error {
	refuse := func(what string) error {
		return fmt.Errorf("trampoline: %w: leaf calls do not know this runtime, %s: %s", seam.ErrUnavailable, runtime.Version(), what)
	}
	switch m := p.g[wordM]; {
	case p.g == p.g0:
		return refuse("found one g on both stacks, want g0 on the thread's")
	case m == 0 || m != p.g0[wordM]:
		return refuse("found two words for g.m and g0.m, want the same")
	case **(**uintptr)(unsafe.Pointer(&p.g[wordM])) != uintptr(unsafe.Pointer(p.g0)):
		return refuse("found another g in m.g0, want that of the thread's stack")
	}
	const most = 256 // what asmcgocall keeps there
	if below := p.g0[wordSP] - p.sp; below == 0 || below > most {
		return refuse(fmt.Sprintf("found g0.sched.sp %d bytes above the stack of a call, want 1 to %d", int64(below), most))
	}
	return nil
}
