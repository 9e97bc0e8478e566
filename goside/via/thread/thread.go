// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package thread is what an OS thread carries from one call to the next without Go's seeing it: its floating-point
// environment and the CPUs that it may run on. Native code changes both, a library already when it is loaded, and a
// thread inherits them from the one that makes it. Results that are compared were computed under the same hidden state,
// so comparing them cannot show it: it is looked at by itself, and put back.
//
// What will surprise: a goroutine moves between threads unless it is locked to one. All functions here but [Do] and
// [Guard], which see to it themselves, are of use to a goroutine that is.
package thread

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Do runs f on an OS thread of its own, settled (see [Settle]), and waits for it. The thread ends with f, and with it what
// native code keeps for a thread, such as libgomp's pool.
func Do(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: so the runtime ends the thread
		_, _ = Settle()        // where it cannot be, f finds that out for itself
		f()
	}()
	<-done
}

// Guard settles the thread and runs f on it. Then it puts back what f changed of the thread, and returns what that was of
// the floating-point environment.
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

// Settle puts the thread in the floating-point environment that toll.h asks for, and returns in which it was. The error is
// of a processor whose environment this package cannot set.
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

// Opening runs open, which loads native code of that name, under [Guard], and notes what it changes.
func Opening(name string, open func()) {
	if changed := Guard(open); changed != 0 {
		note(fmt.Sprintf("%s: %v on the thread that opens it; put back", name, changed))
	}
}

// Noted notes that what is named left the thread in that environment, unless that is the one asked for.
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

// Notes returns what has been found wrong with floating-point environments, and put back, since the process started.
func Notes() []string {
	noted.Lock()
	defer noted.Unlock()
	return slices.Clone(noted.lines)
}

var atStart = affinity()

// The first thread is settled as early as Go code can. Threads that the runtime made before are as they are, so whoever
// computes settles his own.
func init() {
	was, _ := Settle() // an init function is locked to the first thread
	started(was)
}

func started(was Float) {
	if was != 0 {
		note(fmt.Sprintf("the process started in a floating-point environment that %v: a preloaded or linked library does this; put back", was))
	}
}

// Started tells what a constructor of the program found, and put back, before Go's runtime started: the control word of the
// floating-point environment, see [FromControl].
func Started(control uint64) { started(FromControl(control)) }

// Affinity returns the CPUs that the process was started on, as taskset lists them: "0-1,4"; or "unknown".
func Affinity() string { return atStart.String() }
