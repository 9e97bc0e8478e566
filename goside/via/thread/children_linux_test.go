// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package thread

import (
	"os/exec"
	"slices"
	"sync"
	"testing"
)

// A child is found while the thread that made it ends and passes it to another, of many.
func TestChildrenOfAnEndingThread(t *testing.T) {
	var others sync.WaitGroup
	defer others.Wait()
	over := make(chan struct{})
	defer close(over)
	for range 100 {
		ready := make(chan struct{})
		others.Go(func() {
			Do(func() {
				close(ready)
				<-over
			})
		})
		<-ready
	}
	for range 100 {
		child := exec.Command("sleep", "60")
		end := make(chan struct{})
		started := make(chan error)
		go Do(func() {
			started <- child.Start()
			<-end
		})
		if err := <-started; err != nil {
			t.Fatal(err)
		}
		close(end)
		all := Children()
		if !slices.Contains(all, child.Process.Pid) {
			t.Errorf("children are %d, want %d among them", all, child.Process.Pid)
		}
		_ = child.Process.Kill()
		_ = child.Wait()
		if all := Children(); slices.Contains(all, child.Process.Pid) {
			t.Errorf("children are %d, and %d has ended", all, child.Process.Pid)
		}
	}
}
