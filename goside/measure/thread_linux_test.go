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

// TestOneThread: all batches run on one thread, which is not the caller's. If another subject parks, a batch still ends
// on the thread that it began on.
func TestOneThread(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	yield := func() {
		for range 3 { // an unlocked goroutine would move
			time.Sleep(time.Millisecond)
			runtime.Gosched()
		}
	}
	seen, moved := map[int]bool{}, false
	stays := func(int) error {
		id := unix.Gettid()
		yield()
		seen[id], moved = true, moved || unix.Gettid() != id
		return nil
	}
	subjects := []Subject{{Name: "a", Group: "g", Least: 1, Run: stays}, {Name: "b", Group: "g", Least: 1, Run: stays}}
	if _, err := Measure(Plan{Rounds: 5, Visits: 1, Clock: MachineClock()}, subjects, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen[unix.Gettid()] || moved {
		t.Errorf("batches ran on threads %v, want one, and not the caller's, %d", seen, unix.Gettid())
	}
	subjects = append(subjects, Subject{Name: "parks", Group: "g", Least: 1, Parks: true, Run: func(int) error { yield(); return nil }})
	if _, err := Measure(Plan{Rounds: 5, Visits: 1, Clock: MachineClock()}, subjects, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if seen[unix.Gettid()] || moved {
		t.Error("beside a subject that parks, a batch went from one thread to another")
	}
}

// TestBatchesPutBack: a subject that leaves the thread in another floating-point environment does not affect the next,
// and is noted.
func TestBatchesPutBack(t *testing.T) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return // the environment cannot be set here
	}
	var seen thread.Float
	subjects := []Subject{
		{Name: "leaves", Group: "g", Least: 1, Run: func(int) error { time.Sleep(time.Millisecond); thread.SetFloat(thread.Upward); return nil }},
		{Name: "looks", Group: "g", Least: 1, Run: func(int) error { time.Sleep(time.Millisecond); seen |= thread.Now(); return nil }},
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
