// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"toll/goside/seam"
)

// perfRate is how many samples a second perf takes of a thread: no divisor of a millisecond, as the loops' turns are.
const perfRate = 997

// perfTool returns the command perf, or an error that is seam.ErrUnavailable and says why it cannot be used.
func perfTool(ctx context.Context) (string, error) {
	path, err := exec.LookPath("perf")
	if err != nil {
		return "", fmt.Errorf("profile: %w: there is no command perf", seam.ErrUnavailable)
	}
	folder, err := os.MkdirTemp("", "toll-perf-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	cmd := exec.CommandContext(ctx, path, perfRecord(filepath.Join(folder, "perf.data"), "true")...)
	if said, err := cmd.CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
		return "", fmt.Errorf("profile: %w: perf record: %w: %s", seam.ErrUnavailable, err, first)
	}
	return path, nil
}

// perfRecord returns perf's arguments for sampling a command by the clock of the CPU: virtual machines often lack the processor's
// own counters.
func perfRecord(file string, command ...string) []string {
	return append([]string{"record", "-q", "-e", "cpu-clock", "-F", strconv.Itoa(perfRate), "-k", "CLOCK_MONOTONIC", "-o", file, "--"}, command...)
}

// perfScript returns perf's arguments for printing what it recorded.
func perfScript(file string) []string {
	return []string{"script", "-i", file, "--ns", "-F", "tid,time,ip,sym,dso"}
}

// perfLine is a sample as perf prints it: thread, time, address, function, and the file that the function is in.
var perfLine = regexp.MustCompile(`^\s*(?:\d+/)?\d+\s+(\d+)\.(\d{9}):\s+[0-9a-f]+\s+(.*) \((.*)\)$`)

// readPerf returns what perf says of the loop of a program, and its number of samples there. place says where a function of a
// file belongs.
func readPerf(text string, t *truth, place func(s *sees, function, file string) *float64) (*sees, int, error) {
	seen, samples, all := &sees{}, 0, 0
	scan := bufio.NewScanner(strings.NewReader(text))
	for scan.Scan() {
		line := scan.Text()
		if strings.TrimSpace(line) == "" {
			continue
		}
		found := perfLine.FindStringSubmatch(line)
		if found == nil {
			return nil, 0, fmt.Errorf("profile: perf script printed %q, want a thread, a time, an address, a function and a file", line)
		}
		all++
		at, _ := strconv.ParseInt(found[1]+found[2], 10, 64)
		if at < t.Start || at > t.End {
			continue
		}
		samples++
		*place(seen, strings.TrimSpace(found[3]), found[4]) += 1e9 / perfRate
	}
	if samples == 0 {
		return nil, 0, fmt.Errorf("profile: perf has %d samples, none of the loop, want some", all)
	}
	return seen, samples, scan.Err()
}

// placeGo returns where a sample of perf in a Go program belongs.
func placeGo(named *regexp.Regexp, native bool) func(s *sees, function, file string) *float64 {
	return func(s *sees, function, _ string) *float64 {
		return s.place(callOf(function), named, native)
	}
}

// callOf returns a function as a stack, in which the one that takes a call across stands for the call.
func callOf(function string) []string {
	if isCrossing(function) {
		return []string{function, goCall}
	}
	return []string{function}
}

// placePython returns where a sample of perf in a Python program belongs: perf sees the interpreter, but not which function it
// interprets, so all of that is the program's own.
func placePython(named *regexp.Regexp) func(s *sees, function, file string) *float64 {
	return func(s *sees, function, file string) *float64 {
		switch {
		case named.MatchString(function):
			return &s.named
		case strings.Contains(file, "python"):
			if strings.Contains(file, "site-packages/toll") {
				return &s.call
			}
			return &s.own
		case strings.Contains(file, "ffi"):
			return &s.call
		}
		return &s.outside
	}
}
