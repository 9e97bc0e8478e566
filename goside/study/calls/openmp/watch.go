// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// watch is what was seen of another process's threads.
type watch struct {
	looks   int
	running int // threads that ran or wanted to, of all looks together
	most    int // threads
	bound   int // most threads that may run on fewer CPUs than the process had at its start
}

// watchEvery is how often a process is looked at: seldom enough to take little of its cores.
const watchEvery = 2 * time.Millisecond

// begin looks at a process until end is called, which returns what was seen. cores are those that it had at its start.
func begin(pid, cores int) (end func() (watch, error)) {
	stop, done := make(chan struct{}), make(chan struct{})
	var seen watch
	var failed error
	go func() {
		defer close(done)
		ticker := time.NewTicker(watchEvery)
		defer ticker.Stop()
		for {
			if failed = seen.look(pid, cores); failed != nil {
				return
			}
			select {
			case <-ticker.C:
			case <-stop:
				return
			}
		}
	}()
	return func() (watch, error) {
		close(stop)
		<-done
		return seen, failed
	}
}

// look looks once. A thread that ends meanwhile is not counted.
func (w *watch) look(pid, cores int) error {
	folder := fmt.Sprintf("/proc/%d/task", pid)
	threads, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("openmp: threads of the process: %w", err)
	}
	bound := 0
	for _, t := range threads {
		text, err := os.ReadFile(filepath.Join(folder, t.Name(), "stat"))
		if err != nil {
			continue
		}
		if wantsToRun(string(text)) {
			w.running++
		}
		var cpus unix.CPUSet
		if tid, err := strconv.Atoi(t.Name()); err == nil && unix.SchedGetaffinity(tid, &cpus) == nil && cpus.Count() < cores {
			bound++
		}
	}
	w.looks++
	w.most, w.bound = max(w.most, len(threads)), max(w.bound, bound)
	return nil
}

// wantsToRun reports whether a thread runs or waits for a core, by its line in the file stat of /proc. The thread's name stands
// in parentheses, and may hold some itself.
func wantsToRun(stat string) bool {
	_, rest, _ := strings.Cut(stat[strings.LastIndexByte(stat, ')')+1:], " ")
	return strings.HasPrefix(rest, "R")
}
