// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

// TestToolchains builds with this Go, and with one that does not exist, which only leaves a fact.
func TestToolchains(t *testing.T) {
	root := studytest.SourceTree(t)
	series, err := builtBy(&study.Lab{}, []string{"nonsense", "local"}, root, 1)
	if !hasC() {
		if !errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("without a C compiler: %v, want ErrUnavailable", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range series {
		names[s.Subject.Name] = true
		if len(s.Samples) != 1 || s.Samples[0].Wall <= 0 {
			t.Errorf("%s has the samples %v, want one, longer than 0", s.Subject.Name, s.Samples)
		}
		missing := ""
		for _, f := range s.Subject.Facts {
			if f.Key == "missing" {
				missing = f.Value
			}
		}
		if !strings.Contains(missing, "nonsense") {
			t.Errorf("%s says that %q is missing, want the toolchain that is", s.Subject.Name, missing)
		}
	}
	version := strings.TrimPrefix(strings.Join(strings.Fields(runtime.Version()), "_"), "go")
	for _, call := range []string{"not/lang=go/via=direct", "noop/lang=c/via=cgo", "not/lang=c/via=cgo",
		"callback/lang=c/via=cgo"} {
		for _, entry := range []string{"", "/entry=again"} {
			name := "Toolchains/op=" + call + "/go=" + version + entry
			if !names[name] {
				t.Errorf("there is no %s among %v", name, names)
			}
		}
	}
	if len(names) != 8 {
		t.Errorf("%d series, want 8", len(names))
	}
}

// TestToolchainsStop tells it to stop before it builds, and in its second round.
func TestToolchainsStop(t *testing.T) {
	if !hasC() {
		studytest.Available(t, fmt.Errorf("%w: there is no C compiler, without which nothing is built", seam.ErrUnavailable))
	}
	root := studytest.SourceTree(t)
	for _, c := range []struct{ after, rounds int }{{0, 0}, {4, 1}} {
		done := make(chan struct{})
		if c.after == 0 {
			close(done)
		}
		steps := 0
		series, err := builtBy(&study.Lab{Done: done, Progress: studytest.Stepping(func(int, int) {
			if steps++; steps == c.after {
				close(done)
			}
		})}, []string{"local"}, root, 3)
		if !errors.Is(err, measure.ErrStopped) || len(series) != 8*c.rounds {
			t.Errorf("stopped after %d steps: %d series and %v, want %d and %v", c.after, len(series), err, 8*c.rounds, measure.ErrStopped)
		}
		for _, s := range series {
			if len(s.Samples) != c.rounds {
				t.Errorf("stopped after %d steps: %s has %d samples, want %d", c.after, s.Subject.Name, len(s.Samples), c.rounds)
			}
		}
	}
}

func TestParseCosts(t *testing.T) {
	version, costs, err := parseCosts("go1.26.8 X:some\nnoop/cgo ns=21.5 bytes=0.0000 allocs=0.5000\n")
	if err != nil || version != "1.26.8_X:some" || len(costs) != 1 {
		t.Fatalf("version %q, costs %v, %v", version, costs, err)
	}
	if c := costs[0]; c.op != "noop" || c.via != "cgo" || c.sample.Wall != 21.5 || c.sample.Allocs != 0.5 {
		t.Errorf("the cost reads %+v", c)
	}
	for _, bad := range []string{"", "go1.26.8", "noop/cgo ns=1 bytes=0 allocs=0\nnoop/cgo ns=1 bytes=0 allocs=0",
		"go1\nnoop ns=1 bytes=0 allocs=0", "go1\nnoop/cgo ns=0 bytes=0 allocs=0",
		"go1\nnoop/cgo ns=1 allocs=0 bytes=0", "go1\nnoop/cgo ns=1"} {
		if version, costs, err := parseCosts(bad); err == nil {
			t.Errorf("%q gives %s, %v, want an error", bad, version, costs)
		}
	}
}
