// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package machine

import (
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"syscall"
	"testing"
	"time"
)

func TestFacts(t *testing.T) {
	facts := map[string]string{}
	for _, f := range Facts() {
		if facts[f.Key] = f.Value; f.Value == "" {
			t.Errorf("%s is empty, want a value or unknown", f.Key)
		}
	}
	for key, pattern := range map[string]string{
		"go":        `^` + regexp.QuoteMeta(runtime.Version()) + `$`,
		"cores":     `^\d+$`,
		"affinity":  `^(unknown|[\d,-]+)$`,
		"omp":       `^(none|G?OMP_.*)$`,
		"caches":    `^(unknown|L1d \d+(, L2 \d+)?(, L3 \d+)?)$`,
		"load":      `^(unknown|[\d.]+ [\d.]+ [\d.]+)$`,
		"libraries": `^(unknown|.*github.com/ebitengine/purego v.*)$`,
	} {
		if !regexp.MustCompile(pattern).MatchString(facts[key]) {
			t.Errorf("%s is %q, want %s", key, facts[key], pattern)
		}
	}
}

// TestOthers: this process's own work does not count as others'.
func TestOthers(t *testing.T) {
	others := Others()
	if got := others(); got != unknown {
		t.Errorf("at once: %q, want unknown, since no time has passed", got)
	}
	for start := time.Now(); time.Since(start) < 1200*time.Millisecond; {
	}
	if _, err := os.Stat("/proc/stat"); err != nil {
		if got := others(); got != unknown {
			t.Errorf("%q without /proc/stat, want unknown", got)
		}
		return
	}
	got := regexp.MustCompile(`^([\d.]+)% others, ([\d.]+)% host$`).FindStringSubmatch(others())
	if got == nil {
		t.Fatal("no shares")
	}
	if got[1] == "100.0" {
		t.Errorf("others took all of the time that this test spent")
	}
}

// TestDescendantTime: a child's child that is at work counts, though nobody has waited for it.
func TestDescendantTime(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("there is no /proc")
	}
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
