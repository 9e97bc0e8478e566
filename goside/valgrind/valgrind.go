// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package valgrind runs Toll under valgrind's callgrind, and reads what that counted.
package valgrind

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"toll/goside/seam"
)

// Tool is where it is, what it says of itself, and the program to run under it: this one.
type Tool struct{ path, Version, Program string }

// Find returns the valgrind that is installed.
func Find() (*Tool, error) {
	path, err := exec.LookPath("valgrind")
	if err != nil {
		return nil, fmt.Errorf("valgrind is not installed, want it: apt-get install valgrind: %w", err)
	}
	version, err := exec.Command(path, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s does not run: %w", path, err)
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return &Tool{path, strings.TrimSpace(string(version)), program}, nil
}

// Settings make counts repeat: one thread runs Go, no garbage is collected, and no goroutine is interrupted by a
// signal, which callgrind 3.19 does not always survive.
var Settings = []string{"GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1"}

// CountFromHere tells callgrind, which looks out for its name, that another part begins.
//
//go:noinline
func CountFromHere() {}

const mark = "toll/goside/valgrind.CountFromHere"

// Callgrind runs the program with these arguments, of which the third is a route, under valgrind's callgrind with
// these options and, beside the settings, this environment. It returns callgrind's file, see [ReadDump], and what the
// program printed. When ctx ends, so does that.
func (v *Tool) Callgrind(ctx context.Context, options, environment []string, args ...string) (text, printed string, err error) {
	fail := func(err error) (string, string, error) {
		return "", "", fmt.Errorf("%s under %s: %w", args[2], v.Version, err)
	}
	dir, err := os.MkdirTemp("", "toll-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "callgrind.out")
	c := exec.CommandContext(ctx, v.path, slices.Concat([]string{"--command-line-only=yes", "--quiet", "--sigill-diagnostics=yes", "--tool=callgrind",
		"--combine-dumps=yes", "--dump-before=" + mark, "--callgrind-out-file=" + file}, options, []string{v.Program}, args)...)
	c.Env = slices.Concat(os.Environ(), Settings, environment)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		return fail(died(err, stderr.String()))
	}
	all, err := os.ReadFile(file)
	if err != nil {
		return fail(err)
	}
	return string(all), stdout.String(), nil
}

// died returns why a process failed under valgrind, from what it said.
func died(err error, stderr string) error {
	if strings.Contains(stderr, "Unrecognised instruction") || strings.Contains(stderr, "unhandled instruction") {
		return fmt.Errorf("%w: it met an instruction that valgrind does not know, such as one of AVX-512; "+
			"build without them: %s -DTOLL_ARCH=x86-64-v3", err, seam.Mend)
	}
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	return fmt.Errorf("%w; the last it said:\n%s", err, strings.Join(lines[max(0, len(lines)-10):], "\n"))
}

// Dump is what a file of callgrind's says.
type Dump struct {
	Caches map[string]string // that were simulated, by "D1" and "LL", as callgrind describes them
	events []string          // that were counted, such as "Ir", an instruction
	totals [][]int64         // of each part, the events' counts, without those at the end that are 0
}

// ReadDump reads a file of callgrind's. Lines such as "events: Ir Dr" and "totals: 1234 56" belong to each part, which
// ends where [CountFromHere] was called, or the process ended.
func ReadDump(text string) (*Dump, error) {
	d := &Dump{Caches: map[string]string{}}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		fields := strings.Fields(value)
		switch key {
		case "desc":
			if name, cache, ok := strings.Cut(strings.TrimSpace(value), " cache: "); ok {
				d.Caches[name] = cache
			}
		case "events":
			d.events = fields
		case "totals":
			var totals []int64
			for _, f := range fields {
				total, err := strconv.ParseInt(f, 10, 64)
				if err != nil {
					break
				}
				totals = append(totals, total)
			}
			if len(totals) == 0 || len(totals) < len(fields) || len(totals) > len(d.events) {
				return nil, fmt.Errorf("callgrind's file has the line %q, want totals: and a number for each of the events %q",
					strings.TrimSpace(line), d.events)
			}
			d.totals = append(d.totals, totals)
		}
	}
	return d, nil
}

// Want returns an error unless there are so many parts.
func (d *Dump) Want(parts int) error {
	if len(d.totals) != parts {
		return fmt.Errorf("callgrind's file has %d parts, want %d: is the program stripped of its symbols?", len(d.totals), parts)
	}
	return nil
}

// Count returns how often these events, taken together, came about in a part.
func (d *Dump) Count(part int, events ...string) int64 {
	sum := int64(0)
	for k, n := range d.totals[part] {
		if slices.Contains(events, d.events[k]) {
			sum += n
		}
	}
	return sum
}

// Parallel calls f with 0 to n-1, as many at a time as there are cores, until one fails. It returns the error of that.
func Parallel(n int, f func(k int) error) error {
	g, going := errgroup.WithContext(context.Background())
	g.SetLimit(runtime.GOMAXPROCS(0))
	for k := range n {
		if going.Err() != nil {
			break
		}
		g.Go(func() error { return f(k) })
	}
	return g.Wait()
}
