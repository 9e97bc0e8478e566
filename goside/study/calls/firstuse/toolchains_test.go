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
	"toll/goside/study/releases"
	"toll/goside/study/studytest"
)

// inUse returns the releases that a test builds with: the one in use only, since others take long to build for the first time.
func inUse(t *testing.T) []releases.Release {
	t.Helper()
	r := releases.Named("go", strings.TrimPrefix(runtime.Version(), "go"))
	r.Toolchain, r.From = "local", []string{releases.InUse}
	return []releases.Release{r}
}

// TestToolchains builds with this Go, and with one that does not exist, which only leaves a fact.
func TestToolchains(t *testing.T) {
	root := studytest.SourceTree(t)
	found := append(inUse(t), releases.Named("go", "nonsense"))
	series, err := builtBy(&study.Lab{Settings: study.Settings{Rounds: 1, Visits: 1}}, found, []error{errors.New("no gccgo")}, root)
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
		if len(s.Samples) != 1 || s.Samples[0].Wall <= 0 || s.Samples[0].CPU != 0 {
			t.Errorf("%s has the samples %v, want one, longer than 0, without the time of this process", s.Subject.Name, s.Samples)
		}
		facts := map[string]string{}
		for _, f := range s.Subject.Facts {
			facts[f.Key] = f.Value
		}
		for _, part := range []string{"nonsense", "no gccgo"} {
			if !strings.Contains(facts["missing"], part) {
				t.Errorf("%s says that %q is missing, want also %s", s.Subject.Name, facts["missing"], part)
			}
		}
	}
	version := strings.TrimPrefix(strings.Join(strings.Fields(runtime.Version()), "_"), "go")
	for _, call := range []string{"not/lang=go/via=direct", "noop/lang=c/via=cgo", "not/lang=c/via=cgo", "first/lang=c/via=cgo",
		"sum/lang=c/via=cgo", "callback/lang=c/via=cgo"} {
		for _, entry := range []string{"", "/entry=again"} {
			name := "Toolchains/op=" + call + "/go=" + version + entry
			if !names[name] {
				t.Errorf("there is no %s among %v", name, names)
			}
		}
	}
	if len(names) != 12 {
		t.Errorf("%d series, want 12", len(names))
	}
}

// TestToolchainsStop tells it to stop before it builds, and in its second round.
func TestToolchainsStop(t *testing.T) {
	if !hasC() {
		studytest.Available(t, fmt.Errorf("%w: there is no C compiler, without which nothing is built", seam.ErrUnavailable))
	}
	root := studytest.SourceTree(t)
	const series = 12
	for _, c := range []struct{ after, rounds int }{{0, 0}, {1 + series + series + 1, 1}} { // built, calibrated, a round
		done := make(chan struct{})
		if c.after == 0 {
			close(done)
		}
		steps := 0
		got, err := builtBy(&study.Lab{Settings: study.Settings{Rounds: 3, Visits: 1}, Done: done, Progress: studytest.Stepping(func(int, int) {
			if steps++; steps == c.after {
				close(done)
			}
		})}, inUse(t), nil, root)
		if !errors.Is(err, measure.ErrStopped) || len(got) != series*c.rounds {
			t.Errorf("stopped after %d steps: %d series and %v, want %d and %v", c.after, len(got), err, series*c.rounds, measure.ErrStopped)
		}
		for _, s := range got {
			if len(s.Samples) != c.rounds {
				t.Errorf("stopped after %d steps: %s has %d samples, want %d", c.after, s.Subject.Name, len(s.Samples), c.rounds)
			}
		}
	}
}
