// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package machine

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// TestDescendantTime: a child's child that is at work counts, though nobody has waited for it.
func TestDescendantTime(t *testing.T) {
	c := exec.Command("sh", "-c", "sh -c 'while :; do :; done' & wait")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		_ = c.Wait()
	}()
	before := descendantTime(os.Getpid())
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if ran := descendantTime(os.Getpid()) - before; ran >= 0.1 {
			return
		} else if time.Now().After(end) {
			t.Fatalf("after 10 s a loop in a child's child has run %v s, want 0.1", ran)
		}
	}
}
