// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

// casesOf returns the cases of a kernel whose names have the prefix.
func casesOf(t *testing.T, name, prefix string) []kernel.Case {
	t.Helper()
	var cases []kernel.Case
	for _, c := range kernel.Cases() {
		if c.Kernel == name && strings.HasPrefix(c.Name, prefix) {
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		t.Fatalf("there is no case of %s whose name begins with %q", name, prefix)
	}
	return cases
}

// settable are the environments that this processor can be put in, with their descriptions.
func settable() map[thread.Float]string {
	switch runtime.GOARCH {
	case "amd64", "arm64":
		return map[thread.Float]string{
			thread.FlushToZero | thread.DenormalsAreZero: "it flushes subnormal results to zero, takes subnormal operands for zero",
			thread.Upward:     "it rounds upward",
			thread.TowardZero: "it rounds toward zero",
		}
	}
	return nil
}

// TestLeavesAnotherEnvironment: a route returns the right result but leaves the thread in another floating-point
// environment. It has failed, by name; the next route is verified as if nothing had happened.
func TestLeavesAnotherEnvironment(t *testing.T) {
	for f, says := range settable() {
		leaves := kernel.Go()
		leaves.Not = func(x int64) int64 { thread.SetFloat(f); return ^x }
		after, seen := kernel.Go(), false
		after.Not = func(x int64) int64 { seen = seen || thread.Now() != 0; return ^x }
		results := conform.Verify([]*seam.Route{
			seam.NewRoute("leaves", "x", func() (*seam.Library, error) { return seam.NewLibrary(leaves, false, seam.Build{}), nil }),
			seam.NewRoute("after", "x", func() (*seam.Library, error) { return seam.NewLibrary(after, false, seam.Build{}), nil }),
		}, casesOf(t, "call", "not"), nil)
		if r := &results[0]; r.Verdict() != conform.Failed || !strings.Contains(r.Reason().Error(), "leaves/x: ") || !strings.Contains(r.Reason().Error(), says) {
			t.Errorf("%v: %s, want it failed because %s", r.Reason(), r.Verdict(), says)
		}
		if r := &results[1]; !r.Holds() || seen {
			t.Errorf("the route after one because of which %s: %s (%v), computed in that environment: %t", says, r.Verdict(), r.Reason(), seen)
		}
		called := calls.Go()
		called.Not = leaves.Not
		if _, wrong := conform.VerifyCalls(called); len(wrong) == 0 || !strings.Contains(wrong[0].Error(), says) {
			t.Errorf("calls after which %s: got %v, want an error that says so", says, wrong)
		}
	}
}

// TestOpensInAnotherEnvironment: if opening a route changes the thread, this is undone before the route is verified,
// and noted.
func TestOpensInAnotherEnvironment(t *testing.T) {
	for f, says := range settable() {
		lang := "sets-" + strconv.Itoa(int(f))
		route := seam.NewRoute(lang, "x", func() (*seam.Library, error) {
			thread.SetFloat(f)
			return seam.NewLibrary(kernel.Go(), false, seam.Build{}), nil
		})
		for _, r := range conform.Verify([]*seam.Route{route}, casesOf(t, "call", "add"), nil) {
			if !r.Holds() {
				t.Error(r.Reason())
			}
		}
		if notes := strings.Join(thread.Notes(), "\n"); !strings.Contains(notes, lang+"/x: "+strings.TrimPrefix(says, "it ")) {
			t.Errorf("the notes do not say of %s that %s:\n%s", lang, says, notes)
		}
	}
}

// TestVerifiesInTheRightEnvironment, whatever the caller's is.
func TestVerifiesInTheRightEnvironment(t *testing.T) {
	for f, says := range settable() {
		func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			defer thread.SetFloat(0)
			thread.SetFloat(f)
			var seen thread.Float
			looks := kernel.Go()
			looks.Not = func(x int64) int64 { seen |= thread.Now(); return ^x }
			route := seam.NewRoute("looks", "x", func() (*seam.Library, error) { return seam.NewLibrary(looks, false, seam.Build{}), nil })
			thread.SetFloat(f) // again, in case opening put it back
			for _, r := range conform.Verify([]*seam.Route{route}, casesOf(t, "call", "not"), nil) {
				if !r.Holds() || seen != 0 {
					t.Errorf("called where %s: %s (%v), and was called where it %v", says, r.Verdict(), r.Reason(), seen)
				}
			}
		}()
	}
}

// processThreads returns how many threads the process has.
func processThreads(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(seam.ErrUnavailable, err)
	}
	_, after, _ := strings.Cut(string(text), "\nThreads:")
	n, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPoolsEnd: libgomp keeps a pool of threads for each calling thread until that ends. Many goroutines, each locked
// to a thread of its own that stays, verify and measure in turn. Afterwards the process may have at most extra threads
// more than before, beside theirs.
func TestPoolsEnd(t *testing.T) {
	const goroutines, extra = 32, 12
	routes, err := registry.Match([]string{"c-omp/cgo", "c-omp/purego"})
	if err != nil {
		t.Fatal(err)
	}
	route := routes[0]
	library, err := route.Open()
	if errors.Is(err, seam.ErrUnavailable) {
		route = routes[1]
		library, err = route.Open()
	}
	if err != nil {
		t.Fatal(err)
	}
	cases := casesOf(t, "diffusion", "step 11 x 13")
	before := processThreads(t)
	var release []chan struct{}
	for range goroutines {
		done, stay := make(chan struct{}), make(chan struct{})
		release = append(release, stay)
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for _, r := range conform.Verify([]*seam.Route{route}, cases, nil) {
				if !r.Holds() {
					t.Error(r.Reason())
				}
			}
			a := kernel.NewDiffusionRun(16, 1, kernel.Row, kernel.Par{Threads: 7})
			_, err := measure.Measure(measure.Plan{Rounds: 1, Visits: 1, Clock: measure.MachineClock()}, []measure.Subject{{
				Group: "team",
				Name:  "c-omp", Least: 1, Run: func(int) error { return library.Run(a) },
			}}, func(int, int) {})
			if err != nil {
				t.Error(err)
			}
			close(done)
			<-stay
		}()
		<-done
	}
	now := 0
	for start := time.Now(); time.Since(start) < 20*time.Second; time.Sleep(10 * time.Millisecond) {
		if now = processThreads(t); now <= before+goroutines+extra {
			break
		}
	}
	if now > before+goroutines+extra {
		t.Errorf("%d threads before, now %d, want at most %d for the goroutines and %d more", before, now, goroutines, extra)
	}
	for _, stay := range release {
		close(stay)
	}
}
