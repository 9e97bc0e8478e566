// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/cpuid/v2"

	"toll/goside/conform"
	"toll/goside/level"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

// withLevel runs the command with an environment that forces a level, and returns its exit code.
func withLevel(t *testing.T, forced string, args ...string) (code int, out, said string) {
	t.Helper()
	cmd := exec.Command(build(t), args...)
	cmd.Env = append(os.Environ(), level.Variable+"="+forced)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// TestWrongLevel: what is no level is wrong usage, by flag or by variable, but for commands that open no route.
func TestWrongLevel(t *testing.T) {
	const says = `"sse9" is no level, want baseline, avx2 or avx512`
	for _, args := range [][]string{{"list"}, {"verify", "--route", "go/direct"}, {"bench", "--route", "go/direct"}, {"calls"}, {"draw", "julia"}} {
		code, out, said := withLevel(t, "sse9", args...)
		if code != exitUsage || out != "" || said != "toll: TOLL_SIMD: "+says+"\n" {
			t.Errorf("toll %v with TOLL_SIMD=sse9 ends with %d and says %q and %q, want %d and why", args, code, out, said, exitUsage)
		}
		code, out, said = withLevel(t, "", append(args, "--simd", "sse9")...)
		if code != exitUsage || out != "" || !strings.Contains(said, "--simd") || !strings.Contains(said, says) {
			t.Errorf("toll %v --simd sse9 ends with %d and says %q and %q, want %d and why", args, code, out, said, exitUsage)
		}
	}
	record := filepath.Join("..", "..", "..", "docs", "bench.txt.gz")
	if code, _, said := withLevel(t, "sse9", "show", record, "--brief"); code != 0 {
		t.Errorf("toll show with TOLL_SIMD=sse9 ends with %d and says %q, want it to show the record", code, said)
	}
	if code, _, said := withLevel(t, "", "show", record, "--simd", "avx2"); code != exitUsage {
		t.Errorf("toll show --simd avx2 ends with %d and says %q, want it to have no such flag", code, said)
	}
}

// TestListOfLevels: levels are not listed as routes.
func TestListOfLevels(t *testing.T) {
	t.Setenv(level.Variable, "baseline")
	out, err := run(t, listCommand())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{"c-simd/cgo", "Levels of the tuned languages (-simd, -fast): baseline, avx2, avx512; this processor has " +
		strings.Join(level.Had(), ", ") + ". They run, as --simd or TOLL_SIMD says, at baseline."} {
		if !strings.Contains(text, want) {
			t.Errorf("the list lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(text, "c-simd-avx2/") || strings.Contains(text, "rung") {
		t.Errorf("the list has levels or rungs:\n%s", out)
	}
	for _, r := range registry.Tuned() {
		for k, l := range openLevels(r) {
			if l.Level != level.Names[k] || (l.Build == nil) == (l.Error == "") || l.Build != nil && !level.Has(l.Level) {
				t.Errorf("%s: level %d is %+v, want %s, and its build or why there is none", r.Name(), k, l, level.Names[k])
			}
		}
	}
	var long bytes.Buffer
	printLevels(&long, []listed{
		{Lang: "gone-simd", Via: "cgo", Levels: []listedLevel{{Level: "avx2", Error: "nowhere"}}},
		{Lang: "c-simd", Via: "cgo", Levels: []listedLevel{{Level: "baseline", Error: "nowhere"}}},
		{Lang: "c-simd", Via: "purego", Levels: []listedLevel{{Level: "avx2", Build: &seam.Build{Compiler: "GCC"}}, {Level: "avx512", Error: "unavailable: no AVX-512"}}},
		{Lang: "c-simd", Via: "syscalln", Levels: []listedLevel{{Level: "avx2", Build: &seam.Build{Compiler: "again"}}}},
	})
	for _, want := range []string{"│ c-simd-avx2   │ GCC ", "│ c-simd-avx512 │ unavailable: no AVX-512 │"} {
		if !strings.Contains(long.String(), want) {
			t.Errorf("at length, the list of levels lacks %q:\n%s", want, long.String())
		}
	}
	if strings.Contains(long.String(), "nowhere") || strings.Contains(long.String(), "again") {
		t.Errorf("at length, a level is listed more than once, or of a crossing that has none:\n%s", long.String())
	}
}

// TestVerifyLevels: without a pattern each level is verified, and one that the processor lacks is a row that says so.
func TestVerifyLevels(t *testing.T) {
	all, err := toVerify(nil)
	if err != nil || len(all) != len(registry.All()) {
		t.Errorf("without a pattern %d routes are verified (error %v), want all %d", len(all), err, len(registry.All()))
	}
	some, err := toVerify([]string{"*/*"})
	if err != nil || len(some) != len(registry.Routes()) {
		t.Errorf("of */* %d routes are verified (error %v), want the %d that users choose from", len(some), err, len(registry.Routes()))
	}
	lacking := func(lang, why string) *seam.Route {
		return seam.NewRoute(lang, "x", func() (*seam.Library, error) { return nil, fmt.Errorf("abi: %w: %s", seam.ErrUnavailable, why) })
	}
	results, err := study.Verify([]*seam.Route{
		lacking("c-simd-avx512", "no AVX-512"), lacking("c-simd-omp-avx512", "no AVX-512"), lacking("rust-simd-avx512", "not built"), lacking("c", "not built"),
	}, []string{"call"})
	if err != nil {
		t.Fatal(err)
	}
	if err := outcome(results, false); !errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("the outcome is %v, want unavailable", err)
	}
	var out bytes.Buffer
	printResults(&out, results)
	for _, want := range []string{"c-simd-avx512/x", "│ unavailable: no AVX-512 │", "│ unavailable             │", "rust-simd-avx512/x, c/x: abi: unavailable: not built\n", "4 unavailable\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
	if n := strings.Count(out.String(), "no AVX-512"); n != 2 {
		t.Errorf("%d times no AVX-512, want it in two rows alone:\n%s", n, out.String())
	}
}

// TestLackedLevels: levels that the processor lacks fail a run only if they were asked for. Without AVX2 it has none but the
// baseline.
func TestLackedLevels(t *testing.T) {
	if cpuid.CPU.Disable(cpuid.AVX2) {
		t.Cleanup(func() { cpuid.CPU.Enable(cpuid.AVX2) })
	}
	var routes []*seam.Route
	for _, lang := range []string{"go-fast-avx2", "go-fast-par-avx512"} { // not registry's, which other tests may have opened
		routes = append(routes, seam.NewRoute(lang, "x", func() (*seam.Library, error) {
			return nil, fmt.Errorf("abi: %w: %s", seam.ErrUnavailable, level.Lacking(lang))
		}))
	}
	results, err := study.Verify(routes, []string{"ols"})
	if err != nil {
		t.Fatal(err)
	}
	if err := outcome(results, false); err != nil {
		t.Errorf("without levels that the processor lacks the outcome is %v, want none", err)
	}
	if err := outcome(results, true); !errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("of levels that were asked for, and that the processor lacks, the outcome is %v, want unavailable", err)
	}
	for _, lang := range []string{"c", "c-simd", "c-simd-baseline"} {
		missing := conform.Result{Route: seam.NewRoute(lang, "x", nil), Err: seam.ErrUnavailable}
		if err := outcome(append(results, missing), false); !errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("without %s the outcome is %v, want unavailable", lang, err)
		}
	}
}

// TestBenchAtLevel: the flag goes before the variable, and a record says at which level the tuned languages ran. At one that the
// processor lacks, they are left out.
func TestBenchAtLevel(t *testing.T) {
	for _, name := range level.Names {
		file := filepath.Join(t.TempDir(), "record.txt")
		code, _, said := withLevel(t, "baseline", "bench", "--simd", name, "--route", "go/direct,c-simd/purego", "--kernel", "call", "--rounds", "1", "--limits=false", "-o", file)
		if code != 0 {
			t.Fatalf("exit code %d, said:\n%s", code, said)
		}
		rec, err := record.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, build, says := "", "", "toll: left out: c-simd/purego: abi: unavailable: "+level.Lacking("c-simd-"+name)
		if level.Has(name) {
			routes, err := registry.Match([]string{"c-simd-" + name + "/purego"})
			if err != nil {
				t.Fatal(err)
			}
			library, err := routes[0].Open()
			studytest.Available(t, err)
			want, build, says = name, library.Build.String(), ""
		}
		if rec.Get("simd") != want || rec.Get("build-c-simd") != build || !strings.Contains(said, says) {
			t.Errorf("with --simd %s the record says %q, built %q, want %q and %q; said, where %q was wanted:\n%s",
				name, rec.Get("simd"), rec.Get("build-c-simd"), want, build, says, said)
		}
	}
}
