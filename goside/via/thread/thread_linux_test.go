// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package thread

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// environments are the ones that this processor can be put in.
func environments() []Float {
	switch runtime.GOARCH {
	case "amd64":
		return []Float{FlushToZero, DenormalsAreZero, FlushToZero | DenormalsAreZero, Upward, Downward, TowardZero, Upward | FlushToZero}
	case "arm64":
		return []Float{FlushToZero | DenormalsAreZero, Upward, Downward, TowardZero, Upward | FlushToZero | DenormalsAreZero}
	}
	return nil
}

// TestFloats: a set environment is seen, by the control word and by arithmetic alike, and is put back.
func TestFloats(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer SetFloat(0)
	for _, f := range append(environments(), 0) {
		SetFloat(f)
		word, arithmetic := FromControl(control()), byConstants()
		was, err := Settle()
		if word != f || arithmetic != f || was != f {
			t.Errorf("set to one that %v, the control word says that it %v, arithmetic that it %v, and Settle that it %v", f, word, arithmetic, was)
		}
		if now := Now(); now != 0 || err != nil {
			t.Errorf("after one that %v was put back, with the error %v, it %v", f, err, now)
		}
	}
	if len(environments()) > 0 { // arithmetic cannot see traps
		SetFloat(Traps)
		if was, err := Settle(); was != Traps || err != nil {
			t.Errorf("set to one that traps, it %v, error %v", was, err)
		}
	}
}

func TestGuard(t *testing.T) {
	for _, f := range environments() {
		Do(func() {
			if changed := Guard(func() { SetFloat(f) }); changed != f || Now() != 0 {
				t.Errorf("one that %v: got one that %v, and left it so that it %v", f, changed, Now())
			}
			SetFloat(f) // the earlier one does not count
			if changed := Guard(func() {}); changed != 0 || Now() != 0 {
				t.Errorf("one that %v before: got one that %v, and left it so that it %v", f, changed, Now())
			}
		})
	}
	Opening("a library", func() {})
	if notes := Notes(); strings.Contains(strings.Join(notes, "\n"), "a library") {
		t.Errorf("noted of one that changes nothing: %q", notes)
	}
}

// TestGuardPutsBackCPUs needs two CPUs.
func TestGuardPutsBackCPUs(t *testing.T) {
	Do(func() {
		before := affinity()
		if !before.known || before.set.Count() < 2 {
			return
		}
		Guard(func() {
			var one unix.CPUSet
			for cpu := range 1024 {
				if before.set.IsSet(cpu) {
					one.Set(cpu)
					break
				}
			}
			if err := unix.SchedSetaffinity(0, &one); err != nil {
				t.Error(err)
			}
		})
		if after := affinity(); after != before {
			t.Errorf("CPUs %v, want %v as before", &after, &before)
		}
	})
}

// TestDoEndsThreads: each call has a new thread, and none stays.
func TestDoEndsThreads(t *testing.T) {
	var ids []int
	for range 20 {
		Do(func() { ids = append(ids, unix.Gettid()) })
	}
	left := 0
	for start := time.Now(); time.Since(start) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
		left = 0
		for _, id := range ids {
			if id == os.Getpid() { // the first thread ends with the process only
				continue
			}
			if unix.Tgkill(os.Getpid(), id, 0) == nil {
				left++
			}
		}
		if left == 0 {
			return
		}
	}
	t.Errorf("%d of %d threads have not ended", left, len(ids))
}

func TestDoAfterGoexit(t *testing.T) {
	Do(runtime.Goexit) // as by t.FailNow
}

func TestCPUs(t *testing.T) {
	if got := Affinity(); got == "" {
		t.Error("the affinity at start is empty, want CPUs or unknown")
	}
	for want, list := range map[string][]int{"0": {0}, "0-1": {0, 1}, "1-3,5,7-8": {1, 2, 3, 5, 7, 8}, "1023": {1023}} {
		c := cpus{known: true}
		for _, cpu := range list {
			c.set.Set(cpu)
		}
		if got := c.String(); got != want {
			t.Errorf("CPUs %v are %q, want %q", list, got, want)
		}
	}
	if got := (&cpus{}).String(); got != "unknown" {
		t.Errorf("unknown CPUs are %q", got)
	}
}
