// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"toll/goside/kernel"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/studies"
	"toll/goside/study"
)

func run(t *testing.T, command *cobra.Command, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	command.SetArgs(append([]string{}, args...)) // nil would be the test program's own
	command.SetOut(&out)
	command.SilenceErrors, command.SilenceUsage = true, true
	err := command.Execute()
	return out.String(), err
}

// command returns the command that runs a study.
func command(t *testing.T, name string) *cobra.Command {
	t.Helper()
	for _, s := range studies.All {
		if s.Name == name {
			return studyCommand(s)
		}
	}
	t.Fatalf("there is no study %s", name)
	return nil
}

func TestMain(m *testing.M) {
	findLibraries()
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(filepath.Dir(built))
	}
	os.Exit(code)
}

// findLibraries says where the libraries are to the command that build builds: outside of the tree it does not know.
func findLibraries() {
	if os.Getenv("TOLL_LIB") != "" {
		return
	}
	lib, err := filepath.Abs(filepath.Join("..", "..", "..", "build", "lib"))
	if err == nil {
		_, err = os.Stat(lib)
	}
	if err == nil {
		err = os.Setenv("TOLL_LIB", lib)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "without libraries:", err)
	}
}

var (
	built     string // by buildOnce
	buildOnce = sync.OnceValue(func() error {
		folder, err := os.MkdirTemp("", "toll-")
		if err != nil {
			return err
		}
		built = filepath.Join(folder, "toll")
		return study.Build(filepath.Join("..", "..", ".."), built)
	})
)

// build returns the command, built: some of what it does is done by main, or to the whole process.
func build(t *testing.T) string {
	t.Helper()
	if err := buildOnce(); err != nil {
		t.Fatal(err)
	}
	return built
}

func TestList(t *testing.T) {
	out, err := run(t, listCommand(), "--json")
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != len(registry.Routes()) {
		t.Errorf("listed %d routes, want %d", len(all), len(registry.Routes()))
	}
	for k, l := range all {
		functions, _, err := registry.Routes()[k].Glance()
		if l.Error == "" && (err != nil || !slices.Equal(functions, l.Functions)) {
			t.Errorf("%s: at a glance it offers %v, error %v; open, it offers %v", l.Route, functions, err, l.Functions)
		}
		_, failed := registry.Routes()[k].Open()
		if errors.Is(failed, seam.ErrUnavailable) != errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("%s: at a glance the error is %v, of opening it is %v; want both unavailable or none", l.Route, err, failed)
		}
		if (l.Error == "") != (l.Build != nil && l.Build.Compiler != "" && len(l.Functions) > 0) {
			t.Errorf("%+v: want a build and functions, or why there are none", l)
		}
	}
	for _, args := range [][]string{nil, {"--long"}} {
		out, err := run(t, listCommand(), args...)
		if err != nil || strings.Count(out, "\n") < len(all) {
			t.Errorf("error %v, output:\n%s", err, out)
		}
		for line := range strings.Lines(out) {
			if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 120 {
				t.Errorf("list %v: a line has %d columns, want at most 120: %s", args, width, line)
			}
		}
	}
}

func TestVerify(t *testing.T) {
	out, err := run(t, verifyCommand(), "--route", "go/direct", "--kernel", "[tc]*")
	if err != nil {
		t.Fatal(err)
	}
	if want := "3 bit-identical, 0 within declared bound, 0 failed, 0 unavailable\n"; !strings.HasSuffix(out, want) {
		t.Errorf("ends with %q, want %q", out[max(0, len(out)-100):], want)
	}
	out, err = run(t, verifyCommand(), "--route", "go*/direct", "--kernel", "ols", "--json")
	var all []verified
	if err := errors.Join(err, json.Unmarshal([]byte(out), &all)); err != nil {
		t.Fatal(err)
	}
	if len(all) != 8 || all[0].Verdict != "bit-identical" || all[0].Cases < 50 {
		t.Errorf("got %+v, want 8 rows with many cases", all)
	}
}

// TestVerifyFails: a route that is not there, one that is not as it should be, and one that is wrong.
func TestVerifyFails(t *testing.T) {
	wrong := kernel.Go()
	wrong.Not = func(x int64) int64 { return x }
	wrong.Add = func(x, y float64) float64 { return x - y }
	routes := []*seam.Route{
		seam.NewRoute("a", "x", func() (*seam.Library, error) { return nil, fmt.Errorf("x: %w: nowhere", seam.ErrUnavailable) }),
		seam.NewRoute("b", "x", func() (*seam.Library, error) { return nil, errors.New("x: version 7, want 1") }),
		seam.NewRoute("c", "x", func() (*seam.Library, error) { return seam.NewLibrary(wrong, false, seam.Build{}), nil }),
	}
	results, err := study.Verify(routes, []string{"call"})
	if err != nil {
		t.Fatal(err)
	}
	if study.Good(results) {
		t.Error("all of it is called good")
	}
	if err := outcome(results, true); !errors.Is(err, study.ErrReported) {
		t.Errorf("the outcome is %v, want one that is reported", err)
	}
	if err := outcome(results[:1], false); !errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("the outcome of what is not there is %v, want unavailable", err)
	}
	if hold := study.Holding(results); len(hold) != 0 {
		t.Errorf("%d of the routes would be timed, want none", len(hold))
	}
	var out bytes.Buffer
	printResults(&out, results)
	for _, want := range []string{"nowhere", "version 7, want 1", "c/x: 2 of 9 cases failed, the first: call/-/not: results[0]: got 0, want -1", "│ 2 of 9 cases failed │",
		"0 bit-identical, 0 within declared bound, 2 failed, 1 unavailable\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
	out.Reset()
	printResults(&printer{to: &out, colour: true}, results)
	for _, want := range []string{"\x1b[31m2 of 9 cases failed\x1b[0m", "\x1b[31m2 failed\x1b[0m", "\x1b[33m1 unavailable\x1b[0m", " 0 within declared bound,"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("on a terminal: no %q in:\n%s", want, out.String())
		}
	}
	if c := toJSON(results)[2]; c.Failed != 2 || c.Cases != 9 || len(c.Reasons) != 2 {
		t.Errorf("as JSON %+v, want 2 of 9 cases failed, and why", c)
	}
	if reason := results[2].Reason(); !errors.Is(reason, results[2].Failures[0]) {
		t.Errorf("%v does not wrap the first failure", reason)
	}
}

func TestBadPatterns(t *testing.T) {
	for _, args := range [][]string{{"--route", "cobol/*"}, {"--route", "["}, {"--kernel", "fft"}, {"--kernel", "["},
		{"--route", "go-par/direct", "--kernel", "call"}} {
		if _, err := run(t, verifyCommand(), args...); err == nil || errors.Is(err, study.ErrReported) {
			t.Errorf("%v: got %v, want an error that says why", args, err)
		}
	}
}

func TestBench(t *testing.T) {
	record := filepath.Join(t.TempDir(), "sub", "record.txt")
	printed, err := run(t, command(t, "bench"), "--route", "go/direct", "--rounds", "2", "--threads", "2", "-o", record)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := run(t, showCommand(), record)
	if err != nil {
		t.Fatal(err)
	}
	if want := shown + "Record: " + record + "\n"; printed != want {
		t.Errorf("toll bench printed:\n%s\ntoll show prints of its record:\n%s", printed, shown)
	}
	if !strings.Contains(strings.Join(strings.Fields(shown), " "), "Rows verified before they were timed: 9 of 9.") {
		t.Errorf("not all rows verified:\n%s", shown)
	}
	t.Run("limits", func(t *testing.T) { testBenchLimits(t, record) })
	page := filepath.Join(t.TempDir(), "page.md")
	text := "before\n<!-- toll bench: begin -->\nstale\n<!-- toll bench: end -->\nafter\n"
	if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, showCommand(), record, "--into", page); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	if err != nil || strings.Contains(string(got), "stale") || !strings.Contains(string(got), "| go/direct |") ||
		!strings.HasPrefix(string(got), "before\n") || !strings.HasSuffix(string(got), "after\n") {
		t.Errorf("error %v, page:\n%s", err, got)
	}
	if _, err := run(t, showCommand(), record, "--into", record); err == nil {
		t.Error("a file without marks was written")
	}
	for _, args := range [][]string{{"--rounds", "0"}, {"--threads", "0"}, {"--kernel", "fft"}, {"--route", "cobol/*"}} {
		if _, err := run(t, command(t, "bench"), append(args, "-o", record)...); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
	brief, err := run(t, showCommand(), record, "--brief")
	if err != nil || !strings.Contains(brief, "Kernels: time") || strings.Contains(brief, ": rate") {
		t.Errorf("error %v, briefly:\n%s", err, brief)
	}
}

// twoRecords writes old.txt and new.txt into a folder: julia in four languages, and in the second rust is slower by a fifth.
func twoRecords(t *testing.T, folder string) (before, after string) {
	t.Helper()
	write := func(name, slowed string) string {
		var b strings.Builder
		for _, lang := range []string{"c", "go", "rust", "fortran"} {
			ns := 1000
			if lang == slowed {
				ns = 1200
			}
			for k := range 9 {
				fmt.Fprintf(&b, "BenchmarkKernels/kernel=julia/lang=%s/via=x/n=1 1 %d ns/op\n", lang, ns+k)
			}
		}
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("old.txt", ""), write("new.txt", "rust")
}

// TestCompare: the exit code is for CI, and only on demand.
func TestCompare(t *testing.T) {
	before, after := twoRecords(t, t.TempDir())
	for _, c := range []struct {
		args []string
		want string // in the error
	}{
		{[]string{before, after}, ""},
		{[]string{before, after, "--fail-over", "25%"}, ""},
		{[]string{before, after, "--fail-over", "5%"}, "1 rows became slower beyond noise by more than 5%"},
		{[]string{after, before, "--fail-over", "0%"}, ""}, // faster is no failure
		{[]string{before, after, "--fail-over", "5"}, "want a percentage"},
		{[]string{before, after, "--fail-over", "-5%"}, "want a percentage"},
		{[]string{before, after, "--fail-over", "NaN%"}, "want a percentage"},
		{[]string{before, after + "x"}, "no such file"},
	} {
		out, err := run(t, compareCommand(), c.args...)
		if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: got error %v, want %q", c.args[2:], err, c.want)
		}
		if err == nil && c.args[0] == before && !strings.Contains(out, "Beyond noise: 1 slower, 0 faster.") {
			t.Errorf("%v: output:\n%s", c.args[2:], out)
		}
	}
}

func TestDraw(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sub", "julia.png")
	if _, err := run(t, drawCommand(), "julia", "--size", "64", "-o", file); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Dx(); got < 64 || got > 65 {
		t.Errorf("picture is %d wide, want 64", got)
	}
	for _, args := range [][]string{{"julia", "--size", "1"}, {"julia", "--maxiter", "-1"}, {"julia", "--route", "blas/*"}} {
		if _, err := run(t, drawCommand(), append(args, "-o", file)...); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
