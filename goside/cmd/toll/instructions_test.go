// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/conform"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/instructions"
	"toll/goside/valgrind"
)

// needValgrind skips the test without valgrind, and fails it where scripts/test.sh demands all. The program that
// it returns is the command, built: of a test's program, go test strips the symbols that callgrind needs.
func needValgrind(t *testing.T) *valgrind.Valgrind {
	t.Helper()
	v, err := valgrind.FindValgrind()
	switch {
	case err != nil && os.Getenv("TOLL_REQUIRE") != "":
		t.Fatalf("required by TOLL_REQUIRE=%q: %v", os.Getenv("TOLL_REQUIRE"), err)
	case err != nil:
		t.Skip(err)
	}
	v.Program = filepath.Join(t.TempDir(), "toll")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", v.Program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return v
}

// TestInstructions counts twice, and holds counts against each other, never against numbers.
func TestInstructions(t *testing.T) {
	v := needValgrind(t)
	routes, err := registry.Match([]string{"go/direct", "c/cgo", "c/purego"})
	if err != nil {
		t.Fatal(err)
	}
	results, err := study.Verify(routes, []string{"call"})
	if err != nil {
		t.Fatal(err)
	}
	var counts [2]map[string]float64
	var order []string // of the routes, by what a call should cost
	for k := range counts {
		tallies, leftOut, err := instructions.NewTallies(results)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range leftOut {
			if r.Verdict() != conform.Unavailable || r.Route.Via != "cgo" {
				t.Fatal(r.Reason())
			}
		}
		if err := instructions.Count(v, tallies, instructions.FewProcesses, func(int, int) {}); err != nil {
			t.Fatal(err)
		}
		counts[k], order = map[string]float64{}, nil
		for _, i := range countsToJSON(tallies, nil, v) {
			order = append(order, i.Route)
			for function, n := range i.Least {
				counts[k][i.Route+" "+function] = n
			}
		}
	}
	if len(order) < 2 || len(counts[0]) != 4*len(order) {
		t.Fatalf("counted %v, want 4 functions of go/direct, c/purego and, if there, c/cgo", counts[0])
	}
	for name, first := range counts[0] {
		within := 0.01
		if strings.HasPrefix(name, "c/purego") {
			within = 0.03 // so few processes need not meet with the same seeds, which are worth 1.3% a level
		}
		if second := counts[1][name]; !(math.Abs(second/first-1) < within) {
			t.Errorf("%s: counted %.1f, then %.1f, want the same within %g%%", name, first, second, 100*within)
		}
	}
	last := 0.0
	for _, route := range order {
		noop, sum := counts[0][route+" noop"], counts[0][route+" sum"]
		if noop <= last {
			t.Errorf("%s: counted %.1f for noop, want more than %.1f, since %v is the order", route, noop, last, order)
		}
		if sum < noop+1000 {
			t.Errorf("%s: counted %.1f for noop and %.1f for sum, want 1000 more for 1000 elements", route, noop, sum)
		}
		last = noop
	}

	out, err := exec.Command(v.Program, "instructions", "--route", "go/direct").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"│ route ", "│ noop │", "│ sum 1000 │", "│ go/direct │", v.Version, "GOMAXPROCS=1"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

// TestInstructionsLeavesOut: a route that is not there, and one that is wrong.
func TestInstructionsLeavesOut(t *testing.T) {
	route := func(lang string) *seam.Route { return seam.NewRoute(lang, "x", nil) }
	results := []conform.Result{
		{Route: route("a"), Err: fmt.Errorf("x: %w: nowhere", seam.ErrUnavailable)},
		{Route: route("b"), Kernel: "call", Cases: 7, Failures: []error{errors.New("got 0, want -1"), errors.New("got 1, want 2")}},
	}
	tallies, leftOut, err := instructions.NewTallies(results)
	if err != nil || len(tallies) != 0 || len(leftOut) != 2 {
		t.Fatalf("got %v, %v and %v, want two left out", tallies, leftOut, err)
	}
	all := countsToJSON(tallies, leftOut, &valgrind.Valgrind{})
	if len(all) != 2 || all[0].Error != "a/x: x: unavailable: nowhere" || all[1].Error != "b/x: 2 of 7 cases failed, the first: got 0, want -1" {
		t.Errorf("got %+v, want why each is left out", all)
	}
}

// TestInstructionsFail runs under programs that take valgrind's place.
func TestInstructionsFail(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"absent", "", "apt-get install valgrind"},
		{"broken", "exit 1", "valgrind does not run"},
		{"unknown instruction", `echo "vex amd64->IR: unhandled instruction bytes: 0x62 0xF1" >&2; kill -ILL $$`,
			"go/direct under valgrind-0: signal: illegal instruction: it met an instruction that valgrind does not know"},
		{"fails", "echo why >&2; exit 3", "exit status 3; the last it said:\nwhy"},
		{"counts nothing", "exit 0", "callgrind.out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if c.script != "" {
				script := "#!/bin/sh\n" + c.script + "\n"
				if c.name != "broken" {
					script = "#!/bin/sh\nif [ $1 = --version ]; then echo valgrind-0; exit; fi\n" + c.script + "\n"
				}
				if err := os.WriteFile(filepath.Join(dir, "valgrind"), []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", dir)
			_, err := run(t, instructionsCommand(), "--route", "go/direct")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
	if _, err := run(t, repeatCommand(), "go/direct", "fft"); err == nil {
		t.Error("a function that does not exist was called")
	}
}
