// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fuzz_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"toll/goside/fuzz"
	"toll/goside/level"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

// TestMain runs the tests in a child, since a fault in native code ends the process: its parent then says in which case, and
// keeps the input. Go's fuzzing engine has processes of its own, and does the same.
func TestMain(m *testing.M) {
	engine := slices.ContainsFunc(os.Args, func(s string) bool { return strings.HasPrefix(strings.TrimLeft(s, "-"), "test.fuzz") })
	switch {
	case os.Getenv("TOLL_FUZZ_CHILD") != "":
		if err := fuzz.Tell(os.NewFile(3, "notices")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case !engine:
		code, doing, err := child(os.Stdout, os.Args[1:]...)
		if err != nil {
			fmt.Fprintln(os.Stderr, "fuzz:", err)
		}
		report(doing)
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// child runs this program with these arguments. It returns its exit code, and what its lanes were doing as it ended.
func child(output *os.File, arguments ...string) (code int, doing []*fuzz.Failure, err error) {
	file, err := os.CreateTemp("", "toll-fuzz")
	if err != nil {
		return 1, nil, err
	}
	defer func() { _ = file.Close() }()
	if err := os.Remove(file.Name()); err != nil {
		return 1, nil, err
	}
	runtime.LockOSThread() // the child ends with the thread
	defer runtime.UnlockOSThread()
	cmd := exec.Command(os.Args[0], arguments...)
	// Threads of OpenMP that spin would take the cores from the other lane.
	cmd.Env = append(os.Environ(), "TOLL_FUZZ_CHILD=1", "OMP_WAIT_POLICY=passive")
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = output, output, []*os.File{file}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Run(); err == nil {
		return 0, nil, nil
	} else if cmd.ProcessState == nil {
		return 1, nil, err
	}
	doing, err = fuzz.Told(file)
	return max(1, cmd.ProcessState.ExitCode()), doing, err
}

// report says which case ended the child, and keeps its input. Of several that were under way it is the one that ends a
// process alone; if none does, all are kept.
func report(doing []*fuzz.Failure) {
	complain := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "fuzz:", err)
		}
	}
	quiet, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	complain(err)
	complain(os.Setenv("TOLL_FUZZ_ALL", "1"))
	type kept struct {
		*fuzz.Failure
		name, path string
		alone      bool
	}
	var all []kept
	for _, f := range doing {
		name, path, err := keep(f, "crash")
		complain(err)
		_, again, err := child(quiet, "-test.run=^"+name+"$", "-test.timeout=10m")
		complain(err)
		all = append(all, kept{f, name, path, len(again) > 0})
	}
	culprit := slices.ContainsFunc(all, func(k kept) bool { return k.alone })
	for _, k := range all {
		if culprit && !k.alone {
			complain(os.Remove(k.path))
			continue
		}
		alone := ""
		if !k.alone {
			alone = "; alone, in the routes of the registry, it does not end a process"
		}
		fmt.Fprintf(os.Stderr, "%v%s. The input is kept in goside/fuzz/%s. To do it again:\n\tTOLL_FUZZ_ALL=1 go test -run '^%s$' ./goside/fuzz\n",
			k.Failure, alone, k.path, k.name)
	}
}

// keep writes the input of a failure to the corpus, and returns the name of the test that does it again.
func keep(f *fuzz.Failure, kind string) (name, path string, err error) {
	sum := uint64(14695981039346656037)
	for _, b := range f.Input {
		sum = (sum ^ uint64(b)) * 1099511628211
	}
	file := fmt.Sprintf("%s-%016x", kind, sum)
	folder := filepath.Join("testdata", "fuzz", "Fuzz"+f.Target.Name)
	path = filepath.Join(folder, file)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", "", err
	}
	text := fmt.Sprintf("go test fuzz v1\n[]byte(%q)\n", f.Input)
	return "Fuzz" + f.Target.Name + "$/^" + file, path, os.WriteFile(path, []byte(text), 0o644)
}

// whole says that routes of all classes are wanted: those of Python and of other processes take seconds to open.
func whole() bool { return os.Getenv("TOLL_FUZZ") != "" || os.Getenv("TOLL_FUZZ_ALL") != "" }

// subjects are the open routes: all, or those that match a pattern of $TOLL_ROUTES.
var subjects = sync.OnceValues(func() ([]*fuzz.Subject, error) {
	routes := registry.All()
	if patterns := strings.Fields(os.Getenv("TOLL_ROUTES")); len(patterns) > 0 {
		chosen, err := registry.Match(patterns)
		if err != nil {
			return nil, err
		}
		routes = chosen
	}
	routes = slices.DeleteFunc(slices.Clone(routes), func(r *seam.Route) bool {
		return level.Lacks(r.Lang) || !whole() && fuzz.ClassOf(r) != fuzz.Near
	})
	all, missing, err := fuzz.Open(routes)
	if err == nil && len(missing) > 0 && whole() {
		fmt.Fprintf(os.Stderr, "fuzz: not available here, and so left out: %s\n", strings.Join(missing, " "))
	}
	return all, err
})

func mustSubjects(t testing.TB) []*fuzz.Subject {
	t.Helper()
	all, err := subjects()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// seeds returns the inputs that are kept of a target.
func seeds(t testing.TB, target *fuzz.Target) (all [][]byte) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "fuzz", "Fuzz"+target.Name, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, quoted, _ := strings.Cut(strings.TrimSpace(string(text)), "\n[]byte(")
		input, err := strconv.Unquote(strings.TrimSuffix(quoted, ")"))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, []byte(input))
	}
	return all
}

func corpus(t testing.TB) map[string][][]byte {
	all := map[string][][]byte{}
	for _, target := range fuzz.Targets {
		all[target.Name] = seeds(t, target)
	}
	return all
}

// TestRandom does cases with inputs drawn at random: a few or, with TOLL_FUZZ=10m, for that time, by all routes.
func TestRandom(t *testing.T) {
	o := fuzz.Options{Seed: 1, Inputs: 30, Corpus: corpus(t)}
	if text := os.Getenv("TOLL_FUZZ"); text != "" {
		duration, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("TOLL_FUZZ is %q, want a time such as 10m", text)
		}
		o.Time, o.Seed = duration, uint64(time.Now().UnixNano())
	}
	if text := os.Getenv("TOLL_FUZZ_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("TOLL_FUZZ_SEED is %q, want a number", text)
		}
		o.Seed = seed
	}
	for name := range strings.FieldsSeq(os.Getenv("TOLL_FUZZ_TARGETS")) {
		target := fuzz.Find(name)
		if target == nil {
			t.Fatalf("TOLL_FUZZ_TARGETS has %q, want names such as Step", name)
		}
		o.Targets = append(o.Targets, target)
	}
	r, err := fuzz.Loop(mustSubjects(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", r)
	if o.Time > 0 {
		t.Logf("\n%s", r.Routes())
	}
	for k, f := range r.Failures {
		if k > 20 {
			t.Errorf("and %d more failures", len(r.Failures)-k)
			break
		}
		name, path, err := keep(f, "found")
		t.Errorf("%v\nThe input is kept in goside/fuzz/%s (%v). To do it again:\n\tTOLL_FUZZ_ALL=1 go test -run '^%s$' ./goside/fuzz", f, path, err, name)
	}
	for _, target := range r.Options.Targets {
		if cases, _ := r.Totals(target); cases == 0 && os.Getenv("TOLL_ROUTES") == "" {
			t.Errorf("no case was done of %s", target.Name)
		}
	}
}

// one is the lane that Go's fuzzing engine uses.
var one struct {
	sync.Mutex
	*fuzz.Lane
}

func fuzzTarget(f *testing.F, name string) {
	target := fuzz.Find(name)
	all := mustSubjects(f)
	f.Fuzz(func(t *testing.T, input []byte) {
		one.Lock()
		defer one.Unlock()
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if _, err := thread.Settle(); err != nil {
			t.Fatal(err)
		}
		if one.Lane == nil {
			lane, err := fuzz.NewLane(all)
			if err != nil {
				t.Fatal(err)
			}
			lane.Say()
			one.Lane = lane
		}
		for _, failure := range one.Do(target, input) {
			t.Error(failure)
		}
		one.Done()
	})
}

func FuzzNot(f *testing.F)             { fuzzTarget(f, "Not") }
func FuzzAdd(f *testing.F)             { fuzzTarget(f, "Add") }
func FuzzSum(f *testing.F)             { fuzzTarget(f, "Sum") }
func FuzzStep(f *testing.F)            { fuzzTarget(f, "Step") }
func FuzzRun(f *testing.F)             { fuzzTarget(f, "Run") }
func FuzzRunInterchanged(f *testing.F) { fuzzTarget(f, "RunInterchanged") }
func FuzzJulia(f *testing.F)           { fuzzTarget(f, "Julia") }
func FuzzJuliaSplit(f *testing.F)      { fuzzTarget(f, "JuliaSplit") }
func FuzzOLS(f *testing.F)             { fuzzTarget(f, "OLS") }
func FuzzOLSInterchanged(f *testing.F) { fuzzTarget(f, "OLSInterchanged") }
func FuzzTranspose(f *testing.F)       { fuzzTarget(f, "Transpose") }
func FuzzTransposeNaive(f *testing.F)  { fuzzTarget(f, "TransposeNaive") }
