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
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

// TestAsToll is toll itself, in a process that [asToll] starts.
func TestAsToll(*testing.T) {
	if args := os.Getenv("TOLL_TEST_ARGS"); args != "" {
		os.Args = append(os.Args[:1], strings.Split(args, "\n")...)
		main()
	}
}

// asToll runs toll with these arguments in an environment with more variables, under the command wrap if that is not nil.
func asToll(t *testing.T, env, wrap []string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	words := slices.Concat(wrap, []string{os.Args[0], "-test.run=^TestAsToll$"})
	child := exec.CommandContext(t.Context(), words[0], words[1:]...)
	for _, variable := range os.Environ() {
		if !regexp.MustCompile(`^(G?OMP_|GOMAXPROCS=)`).MatchString(variable) {
			child.Env = append(child.Env, variable)
		}
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
	if required := os.Getenv("TOLL_REQUIRE"); required != "" {
		t.Fatalf("required by TOLL_REQUIRE=%q: %v", required, seam.ErrUnavailable)
	}
	t.Skip(seam.ErrUnavailable)
	return ""
}

// firstCPU returns the first of those that this process may run on, and whether there are others.
func firstCPU(t *testing.T) (cpu string, more bool) {
	t.Helper()
	var cpus unix.CPUSet
	if err := unix.SchedGetaffinity(0, &cpus); err != nil {
		t.Fatal(err)
	}
	for k := range 1024 {
		if cpus.IsSet(k) {
			return fmt.Sprint(k), cpus.Count() > 1
		}
	}
	t.Fatal("this process may run on no CPU of the first 1024")
	return "", false
}

// TestHad: whatever takes threads or CPUs away, the record says what was had, and a warning names what took them.
func TestHad(t *testing.T) {
	cores, affinity := fmt.Sprint(runtime.NumCPU()), thread.Affinity()
	first, more := firstCPU(t)
	for name, c := range map[string]struct {
		env, wrap []string
		facts     map[string]string
		warns     string
		shows     string
	}{
		"nothing": {facts: map[string]string{"cores": cores, "affinity": affinity, "team-c-omp": "3", "omp": "none"},
			shows: "(-par, -omp) use 3 threads."},
		"thread limit": {env: []string{"OMP_THREAD_LIMIT=1"},
			facts: map[string]string{"cores": cores, "affinity": affinity, "team-c-omp": "1", "omp": "OMP_THREAD_LIMIT=1"},
			warns: "toll: c-omp works on 1 of the 3 threads that were asked for: OMP_THREAD_LIMIT=1\n",
			shows: "(-par, -omp) use 3 threads, but c-omp on 1."},
		"bound": {env: []string{"OMP_PROC_BIND=true"},
			facts: map[string]string{"cores": cores, "affinity": affinity, "team-c-omp": "3", "omp": "OMP_PROC_BIND=true"},
			warns: "toll: OMP_PROC_BIND=true binds the threads of the OpenMP languages to CPUs; Toll keeps its own on " + affinity + "\n"},
		"places": {env: []string{"OMP_PROC_BIND=close", "OMP_PLACES=cores"},
			facts: map[string]string{"cores": cores, "affinity": affinity, "team-c-omp": "3", "omp": "OMP_PLACES=cores OMP_PROC_BIND=close"},
			warns: "toll: OMP_PLACES=cores binds the threads"},
		"one CPU": {wrap: []string{"taskset", "-c", first},
			facts: map[string]string{"cores": "1", "affinity": first, "team-c-omp": "3", "omp": "none"}},
		"one CPU, bound": {wrap: []string{"taskset", "-c", first}, env: []string{"OMP_PROC_BIND=true"},
			facts: map[string]string{"cores": "1", "affinity": first, "team-c-omp": "3", "omp": "OMP_PROC_BIND=true"},
			warns: "Toll keeps its own on " + first + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.wrap != nil && !more {
				return // it changes nothing
			}
			record := filepath.Join(t.TempDir(), "record.txt")
			stdout, stderr, err := asToll(t, c.env, c.wrap, "bench", "--rounds", "1", "--limits=false", "--threads", "3",
				"--route", "c-omp/"+ompVia(t), "--kernel", "call", "-o", record)
			if err != nil {
				t.Fatalf("%v\n%s%s", err, stdout, stderr)
			}
			text, err := os.ReadFile(record)
			if err != nil {
				t.Fatal(err)
			}
			for key, want := range c.facts {
				if line := "\n" + key + ": " + want + "\n"; !strings.Contains("\n"+string(text), line) {
					found := regexp.MustCompile(`(?m)^` + key + `: .*$`).FindString(string(text))
					t.Errorf("the record says %q, want %q", found, strings.TrimSpace(line))
				}
			}
			if !strings.Contains(stderr, c.warns) || c.warns == "" && strings.Contains(stderr, "toll:") {
				t.Errorf("warned:\n%s\nwant %q", stderr, c.warns)
			}
			if !strings.Contains(strings.Join(strings.Fields(stdout), " "), c.shows) {
				t.Errorf("no %q in:\n%s", c.shows, stdout)
			}
		})
	}
}

// TestPreloaded: a library that puts the first thread, and so all others, in another floating-point environment is put
// right before anything is computed, is warned of, and is in the record.
func TestPreloaded(t *testing.T) {
	for file, does := range map[string]string{"libflushes.so": "flushes subnormal results to zero", "libupward.so": "rounds upward"} {
		library, err := seam.FindLibrary("wrong/" + file)
		if err != nil {
			t.Fatal(err)
		}
		env := []string{"LD_PRELOAD=" + library}
		stdout, stderr, err := asToll(t, env, nil, "verify", "--kernel", "diffusion", "--route", "go/direct,go-par/direct,c/"+ompVia(t))
		if err != nil || !strings.Contains(stdout, "6 bit-identical, 0 within declared bound, 0 failed, 0 unavailable\n") {
			t.Errorf("%s: %v\n%s", file, err, stdout)
		}
		if want := "toll: the process started in a floating-point environment that " + does; strings.Count(stderr, want) != 1 {
			t.Errorf("%s: warned:\n%s\nwant once %q", file, stderr, want)
		}
		record := filepath.Join(t.TempDir(), "record.txt")
		stdout, stderr, err = asToll(t, env, nil, "bench", "--rounds", "1", "--limits=false", "--kernel", "call", "--route", "go/direct", "-o", record)
		if err != nil {
			t.Fatalf("%s: %v\n%s%s", file, err, stdout, stderr)
		}
		text, err := os.ReadFile(record)
		if want := "\nfp-environment: the process started in a floating-point environment that " + does; err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: no %q in the record, error %v", file, want, err)
		}
	}
}
