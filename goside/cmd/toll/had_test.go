// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"toll/goside/registry"
	"toll/goside/seam"
)

// TestAsToll is toll itself, in a process that [asToll] starts.
func TestAsToll(t *testing.T) {
	if args := os.Getenv("TOLL_TEST_ARGS"); args != "" {
		os.Args = append(os.Args[:1], strings.Split(args, "\n")...)
		main()
	}
}

// asToll runs toll with these arguments in an environment with more variables, under the command wrap if that is not nil.
func asToll(t *testing.T, env, wrap []string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	words := append(wrap, os.Args[0], "-test.run=^TestAsToll$")
	child := exec.CommandContext(t.Context(), words[0], words[1:]...)
	child.Env = os.Environ()
	for _, variable := range []string{"OMP_THREAD_LIMIT", "OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY", "GOMAXPROCS"} {
		child.Env = append(child.Env, variable+"=")
	}
	child.Env = append(append(child.Env, "TOLL_TEST_ARGS="+strings.Join(args, "\n")), env...)
	var out, errs bytes.Buffer
	child.Stdout, child.Stderr = &out, &errs
	err = child.Run()
	return out.String(), errs.String(), err
}

// ompVia returns a crossing by which c-omp can be reached.
func ompVia(t *testing.T) string {
	t.Helper()
	for _, via := range []string{"cgo", "purego"} {
		routes, err := registry.Match([]string{"c-omp/" + via})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := routes[0].Open(); err == nil {
			return via
		} else if !errors.Is(err, seam.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	t.Skip(seam.ErrUnavailable)
	return ""
}

// TestHad: the record says what was had of threads and CPUs, by whatever variables it was made less, and a warning names them.
func TestHad(t *testing.T) {
	var cpus unix.CPUSet
	if err := unix.SchedGetaffinity(0, &cpus); err != nil {
		t.Fatal(err)
	}
	var first string
	for cpu := range 1024 {
		if cpus.IsSet(cpu) {
			first = regexp.MustCompile(`\d+`).FindString(exec.Command("", "").String())
			break
		}
	}
	_ = first
}
