// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pprof "github.com/google/pprof/profile"

	"toll/goside/seam"
	"toll/goside/study/studytest"
)

// same compares what a profiler saw, in ms.
func same(t *testing.T, of string, got *sees, err error, want sees) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", of, err)
	}
	for _, p := range []struct {
		name      string
		got, want float64
	}{{"named", got.named, want.named}, {"call", got.call, want.call}, {"own", got.own, want.own}, {"outside", got.outside, want.outside}} {
		if math.Abs(p.got-1e6*p.want) > 1 {
			t.Errorf("%s: %s is %v ms, want %v", of, p.name, p.got/1e6, p.want)
		}
	}
}

// TestKernelNamed: the names that compilers give to a kernel's function, and some that only look like it.
func TestKernelNamed(t *testing.T) {
	for kernel, names := range map[string][]string{
		"julia": {
			"toll_c_julia", "toll_c_omp_julia._omp_fn.0", "__pyx_pw_4toll_17cython_memoryview_5julia", "_ZN9toll_rust5julia5julia17h34fb7ad318932b7dE",
			"<built-in method toll.capi.julia>", "toll_c_julia_split",
		},
		"ols": {"toll_c_ols_row", "_cffi_f_toll_c_ols", "_ZN9toll_rust3ols3row17h0E"},
	} {
		for _, name := range names {
			if !kernelNamed(kernel).MatchString(name) {
				t.Errorf("%s is no name of %s, want it to be one", name, kernel)
			}
		}
	}
	for _, name := range []string{"symbols", "tools_run", "pools17", ""} {
		if kernelNamed("ols").MatchString(name) {
			t.Errorf("%q is a name of ols, want it not to be", name)
		}
	}
}

// TestSample: what was not seen is lost, and more than there was is no loss.
func TestSample(t *testing.T) {
	of := &truth{Native: 60, Total: 100, NativeWall: 80, Wall: 200}
	s := (&sees{named: 30, call: 20, own: 30, outside: 10}).sample(of, false, 9)
	for unit, want := range map[string]float64{trueShare: 60, namedShare: 30, callShare: 20, ownShare: 30, outsideShare: 10, lostShare: 10, samplesTaken: 9} {
		if got := s.Get(unit); got != want {
			t.Errorf("%s is %v, want %v", unit, got, want)
		}
	}
	s = (&sees{own: 100}).sample(of, true, 0)
	if got := s.Get(trueShare); got != 40 {
		t.Errorf("by the wall clock the true share is %v, want 40", got)
	}
	s = (&sees{named: 150, own: 50}).sample(of, false, 0)
	if s.Get(namedShare) != 75 || s.Get(lostShare) != 0 {
		t.Errorf("of 200 ms in 100, named are %v %% and lost %v %%, want 75 and 0", s.Get(namedShare), s.Get(lostShare))
	}
}

// goProfile is a CPU profile: a sample for each stack, the innermost function first; "" is native, at an address of the mapping.
func goProfile(t *testing.T, file string, address uint64, stacks ...[]string) []byte {
	t.Helper()
	m := &pprof.Mapping{ID: 1, Start: 0x7f0000000000, Limit: 0x7f0000100000, Offset: 0, File: file}
	p := &pprof.Profile{
		SampleType: []*pprof.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		PeriodType: &pprof.ValueType{Type: "cpu", Unit: "nanoseconds"}, Period: 1e7, Mapping: []*pprof.Mapping{m},
	}
	for _, stack := range stacks {
		s := &pprof.Sample{Value: []int64{1, 1e7}}
		for _, name := range stack {
			id := uint64(len(p.Function) + 1)
			f := &pprof.Function{ID: id, Name: name}
			l := &pprof.Location{ID: id, Line: []pprof.Line{{Function: f}}}
			if name == "" {
				l.Mapping, l.Address = m, m.Start+address
			}
			p.Function, p.Location, s.Location = append(p.Function, f), append(p.Location, l), append(s.Location, l)
		}
		p.Sample = append(p.Sample, s)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestReadPprof: stacks as Go's profiler makes them.
func TestReadPprof(t *testing.T) {
	const in = "toll/goside/study/profile."
	text := goProfile(t, "/no/such/file", 0x11e0,
		[]string{"runtime.cgocall", "toll/goside/via/cgo.julia", in + "callNative", in + "(*order).loop"},
		[]string{"", "runtime.cgocall", in + "callNative"},
		[]string{"toll_c_julia", "runtime.cgocall", in + "callNative"},
		[]string{"runtime.asyncPreempt", in + "ownWork", in + "(*order).loop"},
		[]string{"runtime._ExternalCode"},
		[]string{"toll/goside/kernel.escapes", "toll/goside/kernel.Go.func1", in + "callNative"})
	got, samples, err := readPprof(bytes.NewReader(text), "julia", true, &symbols{})
	same(t, "a native kernel", got, err, sees{named: 10, call: 30, own: 10, outside: 10})
	if samples != 6 {
		t.Errorf("there are %d samples, want 6", samples)
	}
	got, _, err = readPprof(bytes.NewReader(text), "julia", false, nil)
	same(t, "a kernel in Go", got, err, sees{named: 10, call: 30, own: 10, outside: 10})
	if _, _, err := readPprof(strings.NewReader("no profile"), "julia", true, nil); err == nil {
		t.Error("what is no profile was read, want an error")
	}
}

// TestSymbols: an address of a library gets its function's name, by the library's own symbols.
func TestSymbols(t *testing.T) {
	library, err := seam.FindLibrary("libtoll_c.so")
	studytest.Available(t, err)
	s := &symbols{}
	all := readSymbols(library)
	for _, of := range all {
		if of.name != "toll_c_julia" {
			continue
		}
		if got := s.find(library, of.from+1); got != of.name {
			t.Errorf("behind the begin of toll_c_julia is %q, want toll_c_julia", got)
		}
		got, _, err := readPprof(bytes.NewReader(goProfile(t, library, of.from+1, []string{"", "runtime.cgocall"})), "julia", true, s)
		same(t, "a profile of the library", got, err, sees{named: 10})
	}
	if got := s.find(library, 0); len(all) == 0 || got != "" {
		t.Errorf("of %d symbols, at the begin of the file is %q, want some and none", len(all), got)
	}
	if got := s.find("/no/such/file", 1); got != "" {
		t.Errorf("a file that is not there has the function %q, want none", got)
	}
}

const perfText = `  25846 60008.374046561:  ffffffff812491a0 x64_sys_call ([kernel.kallsyms])
25846/25848 60009.000000001:      7f19b4f609b4 toll_c_julia (/opt/toll/build/lib/libtoll_c.so)
  25846 60009.000000002:            93b4e6 toll/goside/study/profile.ownWork (/opt/toll/build/bin/toll)
  25846 60009.000000003:            93b4e6 runtime.cgocall (/opt/toll/build/bin/toll)
  25846 60009.000000004:      7f19b4f609b4 [unknown] (//anon)

  25846 60009.000000009:            93b4e6 toll/goside/study/profile.ownWork (/opt/toll/build/bin/toll)
`

// TestReadPerf: samples before and after the loop do not count.
func TestReadPerf(t *testing.T) {
	of := &truth{Start: 60_009_000_000_000, End: 60_009_000_000_005}
	got, samples, err := readPerf(perfText, of, placeGo(kernelNamed("julia"), true))
	const each = 1e3 / perfRate
	same(t, "perf of a Go program", got, err, sees{named: each, call: each, own: each, outside: each})
	if samples != 4 {
		t.Errorf("there are %d samples, want 4", samples)
	}
	if _, _, err := readPerf("no sample", of, placeGo(kernelNamed("julia"), true)); err == nil || !strings.Contains(err.Error(), `"no sample"`) {
		t.Errorf("reading no sample gave the error %v, want one that shows it", err)
	}
	if _, _, err := readPerf(perfText, &truth{}, placeGo(kernelNamed("julia"), true)); err == nil {
		t.Error("samples of another time were read, want an error")
	}
	place := placePython(kernelNamed("julia"))
	for _, c := range []struct{ function, file, want string }{
		{"toll_c_julia", "/x/site-packages/toll/capi.so", "named"},
		{"_PyEval_EvalFrameDefault", "/usr/lib/libpython3.11.so.1.0", "own"},
		{"something", "/venv/lib/python3.11/site-packages/toll/capi.so", "call"},
		{"ffi_call", "/usr/lib/libffi.so.8", "call"},
		{"[unknown]", "//anon", "outside"},
	} {
		s := &sees{}
		*place(s, c.function, c.file)++
		if got := map[float64]string{s.named: "named", s.call: "call", s.own: "own", s.outside: "outside"}[1]; got != c.want {
			t.Errorf("%s of %s is %s, want %s", c.function, c.file, got, c.want)
		}
	}
}

const pyspyText = `<module> (shares.py:90);main (shares.py:80);job (shares.py:60) 7
<module> (shares.py:90);main (toll-profile-12/shares.py:81);loop (shares.py:40);call_native (shares.py:20);call (shares.py:64);julia (toll/ctypes.py:194);toll_c_julia (libtoll_c.so) 6
<module> (shares.py:90);main (shares.py:81);loop (shares.py:40);call_native (shares.py:20);call (shares.py:64);julia (toll/ctypes.py:194) 2
<module> (shares.py:90);main (shares.py:81);loop (shares.py:43);own_work (shares.py:25) 4
<module> (shares.py:90);main (shares.py:81);loop (shares.py:44) 1
`

// TestPyspy: only stacks of the loop count, and a Python function of the kernel's name is not the native one.
func TestPyspy(t *testing.T) {
	all, err := readPyspy(pyspyText)
	if err != nil {
		t.Fatal(err)
	}
	got, samples, err := seenByPyspy(all, kernelNamed("julia"))
	same(t, "py-spy", got, err, sees{named: 60, call: 20, own: 40, outside: 10})
	if samples != 13 {
		t.Errorf("there are %d samples, want 13", samples)
	}
	parts := counted(all, false)
	if len(parts) != 4 || parts[0].code != "job (shares.py:60)" || math.Abs(parts[0].share-35) > 1e-9 {
		t.Errorf("the innermost frames are %+v, want job with 35 %% first of 4", parts)
	}
	parts = counted(all, true)
	if len(parts) != 4 || parts[0].code != "loop (shares.py)" || math.Abs(parts[0].share-65) > 1e-9 {
		t.Errorf("the functions are %+v, want loop with 65 %% first of 4", parts)
	}
	if _, err := readPyspy("one_frame (x.py:1) many\n"); err == nil {
		t.Error("a stack without a number was read, want an error")
	}
	if _, _, err := seenByPyspy(nil, kernelNamed("julia")); err == nil {
		t.Error("no stacks were taken for a profile, want an error")
	}
}

const cprofileText = `[{"file": "shares.py", "line": 30, "function": "loop", "calls": 1, "own": 2e6, "all": 100e6},
{"file": "shares.py", "line": 18, "function": "call_native", "calls": 50, "own": 1e6, "all": 60e6},
{"file": "shares.py", "line": 22, "function": "own_work", "calls": 40, "own": 38e6, "all": 38e6},
{"file": "~", "line": 0, "function": "<built-in method toll.capi.julia>", "calls": 51, "own": 58e6, "all": 58e6},
{"file": "ctypes.py", "line": 190, "function": "julia", "calls": 0, "own": 5e6, "all": 5e6}]`

func TestCprofile(t *testing.T) {
	all, err := readEntries(cprofileText)
	if err != nil {
		t.Fatal(err)
	}
	got, err := seenByCprofile(all, kernelNamed("julia"))
	same(t, "cProfile", got, err, sees{named: 58, call: 2, own: 38, outside: 2})
	if _, err := seenByCprofile(all[1:], kernelNamed("julia")); err == nil {
		t.Error("a profile without the loop was read, want an error")
	}
	parts, err := partsOf(cprofile, cprofileText, false)
	if err != nil || len(parts) != most || parts[0].code != "built-in method toll.capi.julia" || parts[1].code != "own_work (shares.py:22)" {
		t.Errorf("the functions are %+v, error %v, want the built-in one and own_work first", parts, err)
	}
	parts, err = partsOf(cprofile, cprofileText, true)
	if err != nil || parts[0].code != "call_native (shares.py:18)" {
		t.Errorf("the functions with what they call are %+v, error %v, want call_native first, since loop is above 90 %%", parts, err)
	}
	if _, err := readEntries("no list"); err == nil {
		t.Error("what is no list was read, want an error")
	}
}

const lineText = `[{"file": "shares.py", "line": 40, "function": "loop", "calls": 50, "own": 60e6, "code": "call_native(call)  # call"},
{"file": "shares.py", "line": 43, "function": "loop", "calls": 40, "own": 39e6, "code": "own_work(10_000)  # own"},
{"file": "shares.py", "line": 44, "function": "loop", "calls": 90, "own": 1e6, "code": "total = now - began"}]`

const scaleneText = `{"elapsed_time_sec": 2, "max_footprint_mb": 40, "files": {"/x/shares.py": {"lines": [
{"lineno": 12, "line": "import numpy as np\n", "n_cpu_percent_python": 5, "n_cpu_percent_c": 20, "n_sys_percent": 0, "n_malloc_mb": 3},
{"lineno": 24, "line": "    for _ in range(steps):  # own\n", "n_cpu_percent_python": 9, "n_cpu_percent_c": 6, "n_sys_percent": 1, "n_malloc_mb": 0},
{"lineno": 62, "line": "            binding.julia(outs[0])  # call\n", "n_cpu_percent_python": 20, "n_cpu_percent_c": 14, "n_sys_percent": 1, "n_malloc_mb": 0},
{"lineno": 63, "line": "    while abs(z) \\u003c 2:\n", "n_cpu_percent_python": 1, "n_cpu_percent_c": 0, "n_sys_percent": 0, "n_malloc_mb": 0}]}}}`

func TestLines(t *testing.T) {
	all, err := readEntries(lineText)
	if err != nil {
		t.Fatal(err)
	}
	got, err := seenByLines(all)
	same(t, "line_profiler", got, err, sees{call: 60, own: 39, outside: 1})
	all, peak, err := readScalene(scaleneText)
	if err != nil || peak != 40 {
		t.Fatalf("Scalene's peak is %v MiB, error %v, want 40", peak, err)
	}
	got, err = seenByLines(all)
	same(t, "Scalene", got, err, sees{call: 700, own: 320})
	parts, err := partsOf(scalene, scaleneText, false)
	if err != nil || len(parts) != 3 || parts[0].code != "line 62: binding.julia(outs[0])" || parts[2].code != "line 63: while abs(z) < 2:" {
		t.Errorf("the lines are %+v, error %v, want the call first and the import left out", parts, err)
	}
	for _, text := range []string{"{}", "no JSON"} {
		if _, _, err := readScalene(text); err == nil {
			t.Errorf("%q was read as a profile of Scalene, want an error", text)
		}
	}
	if _, err := seenByLines(nil); err == nil {
		t.Error("no lines were taken for a profile, want an error")
	}
}

const memoryText = `Filename: julia.py

Line #    Mem usage    Increment  Occurrences   Line Contents
=============================================================
    15   23.914 MiB   23.914 MiB           1   @_program.by_line
    16                                         def escape_counts(maxiter, zs, cs):
    17   23.918 MiB    0.004 MiB           1       output = [0] * len(zs)
    22   23.922 MiB    0.000 MiB       13423           while abs(z) < 2 and n < maxiter:
    38  187.672 MiB  187.672 MiB           1       first = frame.apply(by_sklearn, axis=1, raw=True)
`

func TestMemory(t *testing.T) {
	all, err := readMemory(memoryText)
	if err != nil || len(all) != 2 || all[0].MiB != 0.004 || all[1].Calls != 13423 || all[1].Code != "while abs(z) < 2 and n < maxiter:" {
		t.Errorf("the lines are %+v, error %v, want lines 17 and 22", all, err)
	}
	if parts, err := partsOf(memProfiler, memoryText, false); err != nil || len(parts) != 1 || parts[0].mib != 0.004 {
		t.Errorf("the lines that take memory are %+v, error %v, want line 17", parts, err)
	}
	if _, err := readMemory("killed"); err == nil {
		t.Error("what is no table was read, want an error")
	}
}

// TestMissing: a tool that is not there is unavailable, and the error says which.
func TestMissing(t *testing.T) {
	empty := &python{bin: filepath.Join(t.TempDir(), "bin"), folder: t.TempDir()}
	for _, tool := range []string{pyspy, pyspyNative, lineProfiler, memProfiler, scalene, perf} {
		if err := empty.has(tool); !errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), strings.TrimSuffix(tool, "-native")) {
			t.Errorf("%s in an empty folder: %v, want unavailable, with its name", tool, err)
		}
	}
	if err := empty.has(cprofile); err != nil {
		t.Errorf("cProfile, which is of the standard library: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := perfTool(context.Background()); !errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("perf without a PATH: %v, want unavailable", err)
	}
	t.Setenv("TOLL_LIB", t.TempDir())
	if _, err := newPython(t.TempDir()); !errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("the environment of profilers beside an empty folder: %v, want unavailable", err)
	}
}

// ordering is the argument of a child.
func ordering(t *testing.T, o order) string {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestChildRefuses(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "want an order"},
		{ordering(t, order{Route: "go/direct", Kernel: "julia", Share: 1}), "between 0 and 1"},
		{ordering(t, order{Route: "go/direct", Kernel: "call", Share: 0.5}), "want julia or ols"},
		{ordering(t, order{Route: "no/route", Kernel: "julia", Share: 0.5}), "no/route"},
	} {
		if err := child(&bytes.Buffer{}, []string{c.args}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("child %s: %v, want an error with %q", c.args, err, c.want)
		}
	}
	if err := child(&bytes.Buffer{}, nil); err == nil {
		t.Error("a child without an argument ran, want an error")
	}
}

// TestPythonProgram runs one Python program under cProfile, and finds the kernel by name; and the book's under it.
func TestPythonProgram(t *testing.T) {
	p, err := newPython(t.TempDir())
	studytest.Available(t, err)
	ctx := context.Background()
	s, err := p.share(ctx, cprofile, "capi", "julia", 200*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	// How much it names of so short a run depends on who else runs: it counts the time that it waits for the processor.
	if named, at := s.Get(namedShare), s.Get(callShare); named <= at {
		t.Errorf("cProfile names %v %% and puts %v %% at the call, want more named", named, at)
	}
	said := &said{}
	if _, err := p.book(ctx, cprofile, "julia", 50, said); err != nil {
		t.Fatal(err)
	}
	if series := said.series(); len(series) != most || !strings.Contains(series[0].Subject.Name, "n=50/tool=cprofile/rank=1") {
		t.Errorf("of the book's program there are %d functions, want %d", len(series), most)
	}
}

func TestRight(t *testing.T) {
	for _, c := range []struct {
		kernel string
		n      int
		sum    int64
		off    float64
		holds  bool
	}{
		{"julia", 1000, bookSum, 0, true}, {"julia", 1000, bookSum + 1, 0, false}, {"julia", 300, 3004102, 0, true}, {"julia", 300, 0, 0, false},
		{"ols", 500, 0, 1e-15, true}, {"ols", 500, 0, 1, false}, {"ols", 500, 0, math.NaN(), false},
	} {
		if err := right(c.kernel, c.n, c.sum, c.off); (err == nil) != c.holds {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
