// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"os"
	"runtime"
	"testing"
	"time"
)

func TestWantsToRun(t *testing.T) {
	for stat, want := range map[string]bool{
		"12 (toll) R 1 2 3":      true,
		"12 (toll) S 1 2 3":      false,
		"12 (a) R (b) S 1 2 3":   false,
		"12 (a) S (b c) R 1 2 3": true,
		"":                       false,
	} {
		if got := wantsToRun(stat); got != want {
			t.Errorf("a thread with the line %q wants to run: %v, want %v", stat, got, want)
		}
	}
}

// TestWatch: a process that computes is seen to run; on fewer CPUs than one expects, all of its threads are bound.
func TestWatch(t *testing.T) {
	stop := make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
		}
	}()
	end := begin(os.Getpid(), runtime.NumCPU()+1)
	time.Sleep(5 * watchEvery)
	seen, err := end()
	close(stop)
	if err != nil || seen.looks < 1 || seen.running < 1 || seen.most < 2 || seen.bound < 1 {
		t.Errorf("saw %+v of this process, error %v, want looks, running threads, 2 threads or more, and bound ones", seen, err)
	}
	end = begin(os.Getpid(), 1)
	if seen, err := end(); err != nil || seen.looks < 1 || seen.bound != 0 {
		t.Errorf("saw %+v of this process, which has 1 CPU at least, error %v, want a look and none bound", seen, err)
	}
	end = begin(1<<30, 1)
	if _, err := end(); err == nil {
		t.Error("a process that is not there is seen")
	}
}
