// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"toll/goside/via/thread"
)

// TestOneThread: all batches run on one thread, which is not the caller's; those of a subject that parks on a goroutine
// that is not locked to one.
func TestOneThread(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	seen := map[int]bool{}
	yield := func() {
		for range 3 { // an unlocked goroutine would be moved about
			time.Sleep(time.Millisecond)
			runtime.Gosched()
		}
	}
	var parked []int
	subjects := []Subject{
		{Name: "a", Least: 1, Run: func(int) error { yield(); seen[unix.Gettid()] = true; return nil }},
		{Name: "parks", Least: 1, Parks: true, Run: func(int) error { yield(); parked = append(parked, unix.Gettid()); return nil }},
		{Name: "b", Least: 1, Run: func(int) error { yield(); seen[unix.Gettid()] = true; return nil }},
	}
	if _, err := Measure(Plan{Rounds: 5, Visits: 1, Clock: MachineClock()}, subjects, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen[unix.Gettid()] {
		t.Errorf("batches ran on threads %v, want one, and not the caller's, %d", seen, unix.Gettid())
	}
	for _, id := range parked {
		if seen[id] {
			t.Errorf("a batch of a subject that parks ran on the thread %d of those that do not", id)
		}
	}
}

// TestBatchesPutBack: a subject that leaves the thread in another floating-point environment does not spoil the next, and is
// noted.
func TestBatchesPutBack(t *testing.T) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return // where the environment cannot be set
	}
	var seen thread.Float
	subjects := []Subject{
		{Name: "leaves", Least: 1, Run: func(int) error { time.Sleep(time.Millisecond); thread.SetFloat(thread.Upward); return nil }},
		{Name: "looks", Least: 1, Run: func(int) error { time.Sleep(time.Millisecond); seen |= thread.Now(); return nil }},
	}
	if _, err := Measure(Plan{Rounds: 3, Visits: 1, Clock: MachineClock()}, subjects, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if seen != 0 {
		t.Errorf("another subject ran where the thread %v", seen)
	}
	if notes := strings.Join(thread.Notes(), "\n"); !strings.Contains(notes, "leaves: rounds upward") {
		t.Errorf("the notes do not say that it rounds upward: %s", notes)
	}
}
