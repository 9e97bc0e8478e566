// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"errors"
	"slices"
	"testing"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/seam"
)

func routeOf(lang string, f kernel.Funcs) *seam.Route {
	return seam.NewRoute(lang, "x", func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil })
}

// TestWatch is told of each case before it is run.
func TestWatch(t *testing.T) {
	f := kernel.Funcs{Noop: func() {}}
	routes := []*seam.Route{routeOf("a", f), routeOf("b", f)}
	cases := slices.Concat(casesOf(t, "call", "noop"), casesOf(t, "call", "add"))
	told := 0
	results := conform.Verify(routes, cases, &conform.Watch{Progress: func(done, all int, on string) {
		if done != told || all != 2*len(cases) || on != []string{"a/x call", "b/x call"}[done%2] {
			t.Errorf("told of %d of %d, on %s, want %d of %d", done, all, on, told, 2*len(cases))
		}
		told++
	}})
	if told != 2*len(cases) || len(results) != 2 || !results[0].Holds() || !results[1].Holds() {
		t.Errorf("told %d times, want %d; results %+v", told, 2*len(cases), results)
	}
}

// TestStopped: what was not run is neither good nor bad, what failed has failed, and no row is made of what is not offered.
func TestStopped(t *testing.T) {
	for _, c := range []struct {
		name  string
		wrong bool  // an earlier case failed
		err   error // of the case in which it is stopped
		want  map[string]conform.Verdict
	}{
		{"while a case succeeds", false, nil, map[string]conform.Verdict{"call": conform.Identical, "julia": conform.Stopped, "ols": ""}},
		{"while a case fails for it", false, errors.New("its process was killed"), map[string]conform.Verdict{"call": conform.Identical, "julia": conform.Stopped}},
		{"after a failure", true, nil, map[string]conform.Verdict{"call": conform.Failed, "julia": conform.Stopped}},
	} {
		t.Run(c.name, func(t *testing.T) {
			done := make(chan struct{})
			good := kernel.Go()
			f := kernel.Funcs{Not: good.Not, Julia: func(a *kernel.Julia) error {
				select {
				case <-done:
					t.Error("a case was run after the stop")
				default:
					close(done)
				}
				return errors.Join(c.err, good.Julia(a))
			}}
			if c.wrong {
				f.Not = func(x int64) int64 { return x }
			}
			cases := slices.DeleteFunc(kernel.Cases(), func(k kernel.Case) bool { return k.Kernel != "call" && k.Kernel != "julia" && k.Kernel != "ols" })
			got := map[string]conform.Verdict{}
			for _, r := range conform.Verify([]*seam.Route{routeOf("made", f)}, cases, &conform.Watch{Done: done}) {
				got[r.Kernel] = r.Verdict()
				if r.Holds() != (r.Reason() == nil) {
					t.Errorf("%s holds: %t, and the reason is %v", r.Kernel, r.Holds(), r.Reason())
				}
			}
			for kernel, want := range c.want {
				if got[kernel] != want {
					t.Errorf("%s is %q, want %q", kernel, got[kernel], want)
				}
			}
		})
	}
	done := make(chan struct{})
	close(done)
	for _, r := range conform.Verify([]*seam.Route{routeOf("none", kernel.Funcs{})}, casesOf(t, "call", "noop"), &conform.Watch{Done: done}) {
		if r.Verdict() != conform.Stopped {
			t.Errorf("a route without a case, stopped at once, is %q", r.Verdict())
		}
	}
}
