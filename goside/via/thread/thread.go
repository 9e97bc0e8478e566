// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package thread handles the hidden state of an OS thread: its floating-point environment and the CPUs that it may run
// on. A thread carries both from call to call without Go's knowledge. Native code changes them, even while a library
// loads, and a new thread inherits them from its maker. Results that are compared were computed under the same state,
// so comparison cannot reveal it; this package tests it directly and restores it. [Children] are what threads made.
//
// Note: a goroutine moves between threads unless it is locked to one. All functions here need a locked goroutine,
// except [Children], and [Do] and [Guard], which lock it themselves.
package thread

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Do runs f on an OS thread of its own, settled (see [Settle]), and waits for it. The thread ends with f, and so does
// the state that native code keeps for a thread, such as libgomp's pool.
func Do(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlock, so the runtime ends the thread
		_, _ = Settle()        // on failure f will find out for itself
		f()
	}()
	<-done
}

// Guard settles the thread and runs f on it. Then it undoes f's changes of the thread, and returns the change of the
// floating-point environment.
func Guard(f func()) (changed Float) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_, _ = Settle()
	cpus := affinity()
	defer func() {
		changed, _ = Settle()
		cpus.putBack()
	}()
	f()
	return 0
}

// Settle puts the thread in the floating-point environment that toll.h asks for, and returns the previous one. It fails
// on a processor whose environment this package cannot set.
func Settle() (was Float, err error) {
	was = Now()
	if was == 0 {
		return 0, nil
	}
	SetFloat(0)
	if now := Now(); now != 0 {
		return was, fmt.Errorf("thread: the floating-point environment %v, want round to nearest and subnormals kept, and cannot be set on %s",
			now, runtime.GOARCH)
	}
	return was, nil
}

// Opening runs open, which loads native code of that name, under [Guard], and notes its changes.
func Opening(name string, open func()) {
	if changed := Guard(open); changed != 0 {
		note(fmt.Sprintf("%s: %v on the thread that opens it; put back", name, changed))
	}
}

// Noted notes that the named code left the thread in that environment, unless it is the one that toll.h asks for.
func Noted(name string, changed Float) {
	if changed != 0 {
		note(fmt.Sprintf("%s: %v on the thread that calls it; put back", name, changed))
	}
}

var noted struct {
	sync.Mutex
	lines []string
}

func note(line string) {
	noted.Lock()
	defer noted.Unlock()
	if !slices.Contains(noted.lines, line) {
		noted.lines = append(noted.lines, line)
	}
}

// Notes returns all faults of floating-point environments that were found, and put back, since the process started.
func Notes() []string {
	noted.Lock()
	defer noted.Unlock()
	return slices.Clone(noted.lines)
}

var atStart = affinity()

// The first thread is settled as early as Go code can. Threads that the runtime made before are not, so code that
// computes settles its own thread.
func init() {
	was, _ := Settle() // an init function runs locked to the first thread
	started(was)
}

func started(was Float) {
	if was != 0 {
		note(fmt.Sprintf("the process started in a floating-point environment that %v: a preloaded or linked library does this; put back", was))
	}
}

// Started notes what a constructor of the program found, and put back, before Go's runtime started: the control word of
// the floating-point environment, see [FromControl].
func Started(control uint64) { started(FromControl(control)) }

// Affinity returns the CPUs of the process at its start, as taskset lists them: "0-1,4"; or "unknown".
func Affinity() string { return atStart.String() }
