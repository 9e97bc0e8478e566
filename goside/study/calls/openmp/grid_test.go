// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study/studytest"
)

// childDoes says what this program does if it is run as a child.
const childDoes = "TOLL_TEST_OPENMP"

// TestMain makes this program the child of its own tests.
func TestMain(m *testing.M) {
	if len(os.Args) < 4 || os.Args[1] != "child" {
		os.Exit(m.Run())
	}
	switch os.Getenv(childDoes) {
	case "babble":
		fmt.Println("hello")
		time.Sleep(time.Hour)
	case "end early":
		fmt.Println(watchNow)
	case "lie":
		fmt.Println(watchNow)
		fmt.Println("{}")
	case "hang":
		time.Sleep(time.Hour)
	case "settings":
		fmt.Fprintf(os.Stderr, "%s, GOMAXPROCS=%d, OMP_DYNAMIC=%q", os.Getenv("OMP_WAIT_POLICY"), runtime.GOMAXPROCS(0), os.Getenv("OMP_DYNAMIC"))
		os.Exit(3)
	default:
		if err := child(os.Stdout, os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// testPlan returns a plan whose children are this program.
func testPlan(t *testing.T) *plan {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &plan{Plan: measure.Plan{Rounds: 2, Seed: 1, Clock: measure.MachineClock()}, exe: exe, cores: runtime.NumCPU()}
}

// inGo returns the subjects of go-par, which needs no native library.
func inGo() []subject {
	all := gridSubjects("cgo", 2, false, time.Millisecond, 5*time.Millisecond)
	return slices.DeleteFunc(all, func(s subject) bool { return s.Route != "go-par/direct" || s.Kernel != "diffusion" })
}

// TestMeasure has processes carry out orders, and looks at what is seen of them.
func TestMeasure(t *testing.T) {
	before := runtime.NumGoroutine()
	subjects := inGo()
	series, err := testPlan(t).measure(subjects, studytest.Counted(t, 2*len(subjects)))
	if err != nil {
		t.Fatal(err)
	}
	if len(series) != 4 {
		t.Errorf("%d series, want one of one caller and of many, for steps and runs", len(series))
	}
	for _, s := range series {
		if len(s.Samples) != 2 || s.N < 1 {
			t.Errorf("%s: %d samples of %d calls, want 2 of 1 or more", s.Subject.Name, len(s.Samples), s.N)
		}
		for _, sample := range s.Samples {
			var units []string
			for _, v := range sample.More {
				units = append(units, v.Unit)
			}
			if want := []string{"threads-before", "threads-most", "threads-after", "running", "bound"}; !slices.Equal(units, want) {
				t.Errorf("%s: units %q, want %q", s.Subject.Name, units, want)
			}
			if sample.Wall <= 0 || sample.Get("threads-before") < 2 || sample.Get("threads-most") < sample.Get("threads-after") {
				t.Errorf("%s: %+v, want a time, and the most threads as the largest number of them", s.Subject.Name, sample)
			}
		}
		if !slices.ContainsFunc(s.Subject.Facts, func(f measure.Fact) bool {
			return f.Key == "verified" && strings.HasPrefix(f.Value, "bit-identical in ") && strings.HasSuffix(f.Value, ": go-par/direct")
		}) {
			t.Errorf("%s: facts %v do not say that it was verified", s.Subject.Name, s.Subject.Facts)
		}
	}
	studytest.GoroutinesBack(t, before)
}

// TestChildFails: a child that babbles, ends early, lies or fails is an error that says what it did.
func TestChildFails(t *testing.T) {
	before := runtime.NumGoroutine()
	s := inGo()[0]
	for does, want := range map[string]string{
		"babble":    `the process printed "hello\n" first`,
		"end early": `the process printed ""`,
		"lie":       "0 calls in 0 ns, want at least one",
		"settings":  fmt.Sprintf("passive, GOMAXPROCS=%d, OMP_DYNAMIC=\"\"", s.procs),
	} {
		t.Setenv("OMP_DYNAMIC", "true") // of this process's caller, and none of its children's
		s.env = []string{childDoes + "=" + does, "OMP_WAIT_POLICY=passive"}
		_, _, err := testPlan(t).take(&s)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "openmp: OpenMP/kernel=diffusion/lang=go-par") {
			t.Errorf("a child that does %q: error %v, want one with %q", does, err, want)
		}
	}
	studytest.GoroutinesBack(t, before)
}

// TestStop: a child that hangs is ended when the run is to stop.
func TestStop(t *testing.T) {
	before := runtime.NumGoroutine()
	subjects := inGo()[:1]
	subjects[0].env = []string{childDoes + "=hang"}
	p := testPlan(t)
	done := make(chan struct{})
	p.Done = done
	time.AfterFunc(10*time.Millisecond, func() { close(done) })
	if series, err := p.measure(subjects, studytest.Silent); !errors.Is(err, measure.ErrStopped) || series != nil {
		t.Errorf("%d series, error %v, want none and %v", len(series), err, measure.ErrStopped)
	}
	studytest.GoroutinesBack(t, before)
}

// TestSubjects: names are unique, a short run measures part of what a full one does, and all numbers are there.
func TestSubjects(t *testing.T) {
	of := func(all []subject) map[string]bool {
		found := map[string]bool{}
		again := 0
		for _, s := range all {
			name := s.name.String()
			if found[name] {
				t.Errorf("two subjects are named %s", name)
			}
			found[name] = true
			if s.name.Entry == record.EntryAgain {
				again++
				first := s.name
				first.Entry = ""
				if !found[first.String()] {
					t.Errorf("%s is there again, but not before", name)
				}
			}
			if s.name.Route() != s.Route {
				t.Errorf("%s is on the route %s", name, s.Route)
			}
			if _, err := jobNamed(s.Kernel, s.Grain, s.N); err != nil {
				t.Error(err)
			}
		}
		if again == 0 {
			t.Error("nothing is there again")
		}
		return found
	}
	for _, cores := range []int{1, 2, 8} {
		quick, full := of(gridSubjects("cgo", cores, false, 1, 1)), of(gridSubjects("cgo", cores, true, 1, 1))
		for name := range quick {
			if !full[name] {
				t.Errorf("%d cores: %s is in a short run only", cores, name)
			}
		}
		if !full[fmt.Sprintf("OpenMP/kernel=julia/lang=c-omp/via=cgo/n=100/grain=image/threads=%d/procs=1/callers=16/by=each", 2*cores)] {
			t.Errorf("%d cores: a full run has no more threads than cores", cores)
		}
	}
	quick, full := of(settingSubjects("cgo", 2, false, 1, 1)), of(settingSubjects("cgo", 2, true, 1, 1))
	for name := range quick {
		if !full[name] {
			t.Errorf("%s is in a short run only", name)
		}
	}
	if len(quick) != 3*10 || len(full) != 6*10 {
		t.Errorf("%d and %d settings, want 30 and 60", len(quick), len(full))
	}
	for _, s := range settingSubjects("cgo", 2, true, 1, 1) {
		if want := s.name.Get("variable") + "=" + s.name.Get("value"); len(s.env) == 1 && s.env[0] != want || len(s.env) == 0 && want != "=" {
			t.Errorf("%v is given %q", s.name, s.env)
		}
	}
}

// TestGridOfTwoCores: what the grid of two cores is made of.
func TestGridOfTwoCores(t *testing.T) {
	count := func(full bool, lang, by string) int {
		n := 0
		for _, s := range gridSubjects("cgo", 2, full, 1, 1) {
			if s.name.Lang == lang && s.By == by {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		full     bool
		lang, by string
		want     int
	}{
		{true, "c-omp", byEach, 4*3*3*4 + 2}, // jobs, threads, GOMAXPROCS, callers; 32 callers, and the second entry
		{true, "c-omp", byOne, 4*4 + 1},
		{true, "go-par", byEach, 4 * 4},
		{true, "rust-par", byEach, 4 * 4},
		{false, "c-omp", byEach, 4 + 2 + 2 + 3*2 + 2}, // the first job: all callers, on one thread, at GOMAXPROCS=1
		{false, "c-omp", byOne, 4 + 1},
		{false, "go-par", byEach, 4 * 2},
	} {
		if got := count(c.full, c.lang, c.by); got != c.want {
			t.Errorf("full %v: %d subjects of %s by %s, want %d", c.full, got, c.lang, c.by, c.want)
		}
	}
}
