// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package machine

import (
	"os"
	"regexp"
	"runtime"
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
