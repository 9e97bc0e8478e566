// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/purego"
)

// TestFirstCallOfThread compares the results of a thread's first call of a library, for each function on each route, on
// threads older than many libraries with thread-local data. At such a call the C library enlarges the thread's table of
// that data inside __tls_get_addr, and uses vector registers for it. Nothing may have been opened before, so each order
// of events is tried in a process of its own.
func TestFirstCallOfThread(t *testing.T) {
	const variable = "TOLL_TEST_FIRST_CALL"
	if order := os.Getenv(variable); order != "" {
		firstCalls(t, strings.Split(order, ", "))
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	seeLibraries(t)
	for _, order := range []string{
		"routes, threads, libraries",
		"threads, libraries, routes",
		"libraries, threads, libraries, routes", // the table is larger, and leaves another part of it in a register
		"libraries, threads, python, routes",
	} {
		t.Run(order, func(t *testing.T) {
			child := exec.Command(program, "-test.run=^TestFirstCallOfThread$", "-test.v", "-test.timeout=10m")
			child.Env = append(os.Environ(), variable+"="+order)
			out, err := child.CombinedOutput()
			switch {
			case err != nil:
				t.Errorf("%v\n%s", err, out)
			case strings.Contains(string(out), "--- SKIP"):
				t.Skipf("%s", out)
			default:
				t.Logf("%s", out)
			}
		})
	}
}

func throughPython(r *seam.Route) bool { return r.Via == "cpython" }

// beside reports whether a route's code runs in another process.
func beside(r *seam.Route) bool {
	return slices.Contains([]string{"process", "socket", "shm", "shm-spin"}, r.Via)
}

// seeLibraries stats the libraries that the children open, so that go test takes no result from its cache once one
// changed.
func seeLibraries(t *testing.T) {
	path, err := seam.FindLibrary("libtoll_c.so")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.so"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, err := os.Stat(file); err != nil {
			t.Fatal(err)
		}
	}
}

// firstCalls takes the steps, then makes the calls.
func firstCalls(t *testing.T, steps []string) {
	chosen := slices.Clone(routes(t))
	if !slices.Contains(steps, "python") {
		chosen = slices.DeleteFunc(chosen, func(r *seam.Route) bool { return throughPython(r) || beside(r) })
	}
	cases := firstCases()
	var waiting threads
	loaded := 0
	for _, step := range steps {
		switch step {
		case "threads":
			waiting = newThreads(len(chosen) * len(cases))
		case "libraries":
			const batch = 20 // the C library keeps room for 14
			for range batch {
				loaded++
				if err := purego.Load(fmt.Sprintf("tls/libtoll_tls_%d.so", loaded)); err != nil {
					t.Fatal(err)
				}
			}
		case "python":
			python := slices.DeleteFunc(slices.Clone(chosen), func(r *seam.Route) bool { return !throughPython(r) })
			if err := open(t, python); err != nil {
				if slices.ContainsFunc(python, func(r *seam.Route) bool { return required(r.Name()) }) {
					t.Fatalf("required by TOLL_REQUIRE=%q: %v", os.Getenv("TOLL_REQUIRE"), err)
				}
				t.Skip(err)
			}
		case "routes":
			if err := open(t, chosen); err != nil {
				t.Fatal(err)
			}
		}
	}

	suites := make([]*conform.Suite, len(cases))
	for k := range cases {
		suites[k] = conform.NewSuite(cases[k : k+1])
	}
	calls := 0
	var wrong []string
	for _, r := range chosen {
		if _, err := r.Open(); err != nil {
			continue // TestRoutes judges it
		}
		for _, s := range suites {
			var results []conform.Result
			waiting.run(func() { results = s.VerifyHere([]*seam.Route{r}) })
			if results[0].Kernel == "" { // not offered
				continue
			}
			calls++
			if err := results[0].Reason(); err != nil {
				wrong = append(wrong, err.Error())
			}
		}
	}
	if calls == 0 {
		t.Error("no first call was made")
	}
	if len(wrong) > 0 {
		t.Errorf("%d of %d first calls were wrong:\n%s", len(wrong), calls, strings.Join(wrong, "\n"))
	}
	t.Logf("%d first calls", calls)
}

// open opens the routes. If none opens, the error is that of the last.
func open(t *testing.T, routes []*seam.Route) error {
	err, opened := seam.ErrUnavailable, 0
	for _, r := range routes {
		switch _, e := r.Open(); {
		case e == nil:
			opened++
		case errors.Is(e, seam.ErrUnavailable):
			err = e
		default:
			t.Error(e)
		}
	}
	if opened == 0 {
		return err
	}
	return nil
}

// firstCases returns a case for each function in each layout: among the small ones, the one that writes most.
func firstCases() []kernel.Case {
	const small = 20_000 // elements
	type key struct {
		function int
		layout   string
	}
	var keys []key
	best := map[key]kernel.Case{}
	most := map[key]int{}
	reference := reflect.ValueOf(kernel.Go())
	for _, c := range kernel.Cases() {
		if c.Want != kernel.OK || strings.Contains(c.Name, "book's") {
			continue
		}
		job := c.New()
		if elements(job) > small {
			continue
		}
		for function := range reference.NumField() {
			var only kernel.Funcs
			reflect.ValueOf(&only).Elem().Field(function).Set(reference.Field(function))
			if job.Run(&only) != nil { // not offered
				continue
			}
			k := key{function, c.Layout}
			if _, known := best[k]; !known {
				keys = append(keys, k)
			}
			if n := written(c.New(), job); n >= most[k] {
				best[k], most[k] = c, n
			}
			break
		}
	}
	cases := make([]kernel.Case, len(keys))
	for n, k := range keys {
		cases[n] = best[k]
	}
	return cases
}

func elements(job *kernel.Job) (n int) {
	for _, b := range job.Buffers {
		n += b.Len
	}
	return n
}

func written(before, after *kernel.Job) (n int) {
	for k := range after.Buffers {
		for i := range after.Buffers[k].Len {
			if before.Buffers[k].Bits(i) != after.Buffers[k].Bits(i) {
				n++
			}
		}
	}
	return n
}

// threads are OS threads, made together; each runs one function and ends.
type threads chan func()

func newThreads(n int) threads {
	work, ready := make(threads), make(chan bool)
	for range n {
		go func() {
			runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
			ready <- true
			(<-work)()
		}()
	}
	for range n {
		<-ready
	}
	return work
}

func (t threads) run(f func()) {
	done := make(chan bool)
	t <- func() { defer close(done); f() }
	<-done
}
