// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// entry is a function or a line in a Python profile.
type entry struct {
	File     string
	Line     int
	Function string
	Calls    float64 // of the function, or how often the line was run
	Own, All float64 // ns: in itself, and with what it calls
	Code     string  // of a line
	MiB      float64 // that it allocated, or that the process grew by
}

// readEntries reads what report.py makes of a profile.
func readEntries(text string) ([]entry, error) {
	var all []entry
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("profile: report.py printed %.60q, want a list of entries: %w", text, err)
	}
	return all, nil
}

// builtin is the file of cProfile's entries that are not written in Python.
const builtin = "~"

// seenByCprofile returns what cProfile says of the loop: a kernel has a name where it is a built-in function.
func seenByCprofile(all []entry, named *regexp.Regexp) (*sees, error) {
	whole := func(function string) (ns float64) {
		for _, e := range all {
			if e.Function == function {
				ns += e.All
			}
		}
		return ns
	}
	loop, call, own := whole(pyLoop), whole(pyCall), whole(pyOwn)
	if loop == 0 || call == 0 || own == 0 {
		return nil, fmt.Errorf("profile: cProfile has no time in one of %s, %s and %s, want some in each", pyLoop, pyCall, pyOwn)
	}
	seen := &sees{own: own, outside: max(0, loop-call-own)}
	for _, e := range all {
		if e.File == builtin && named.MatchString(e.Function) {
			seen.named += e.Own
		}
	}
	seen.named = min(seen.named, call) // another call, before the loop, is in it
	seen.call = call - seen.named
	return seen, nil
}

// seenByLines returns what a profiler of lines says, by the comments that mark the lines of calls and of own work. Lines
// without a mark are outside.
func seenByLines(all []entry) (*sees, error) {
	seen := &sees{}
	for _, e := range all {
		switch {
		case strings.HasSuffix(e.Code, "# call"):
			seen.call += e.Own
		case strings.HasSuffix(e.Code, "# own"):
			seen.own += e.Own
		case e.Function == pyLoop: // another function's are of another time
			seen.outside += e.Own
		}
	}
	if seen.call == 0 || seen.own == 0 {
		return nil, fmt.Errorf("profile: of %d lines those marked # call took %v ns and those marked # own %v, want more than 0", len(all), seen.call, seen.own)
	}
	return seen, nil
}

// readScalene reads a profile of Scalene. What a line takes is that of Python, of native code and of the system together.
func readScalene(text string) (all []entry, peak float64, err error) {
	type line struct {
		Number int     `json:"lineno"`
		Text   string  `json:"line"`
		Python float64 `json:"n_cpu_percent_python"`
		Native float64 `json:"n_cpu_percent_c"`
		System float64 `json:"n_sys_percent"`
		MiB    float64 `json:"n_malloc_mb"`
	}
	var p struct {
		Elapsed float64 `json:"elapsed_time_sec"`
		Peak    float64 `json:"max_footprint_mb"`
		Files   map[string]struct {
			Lines []line `json:"lines"`
		} `json:"files"`
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return nil, 0, fmt.Errorf("profile: Scalene wrote %.60q, want its profile in JSON: %w", text, err)
	}
	if len(p.Files) == 0 {
		return nil, 0, fmt.Errorf("profile: Scalene's profile has no files, want the program's")
	}
	for file, of := range p.Files {
		for _, l := range of.Lines {
			ns := (l.Python + l.Native + l.System) / 100 * p.Elapsed * 1e9
			if ns == 0 && l.MiB == 0 {
				continue
			}
			code := scalenesEscapes.Replace(strings.TrimSpace(l.Text))
			all = append(all, entry{File: file, Line: l.Number, Own: ns, Code: code, MiB: l.MiB})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	return all, p.Peak, nil
}

// scalenesEscapes are what Scalene writes into its texts for a page in HTML.
var scalenesEscapes = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

// pyspyRate is how many samples a second py-spy takes, by default.
const pyspyRate = 100

// stack is one that py-spy saw, the innermost frame last, and how often.
type stack struct {
	frames []string
	count  int
}

// copied is the folder that the programs were copied into.
var copied = regexp.MustCompile(`toll-profile-\d+/`)

// readPyspy reads stacks as py-spy writes them: "main (shares.py:80);loop (shares.py:40) 12".
func readPyspy(text string) ([]stack, error) {
	var all []stack
	scan := bufio.NewScanner(strings.NewReader(text))
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		at := strings.LastIndexByte(scan.Text(), ' ')
		if at < 0 {
			return nil, fmt.Errorf("profile: py-spy wrote %q, want frames and a number", scan.Text())
		}
		count, err := strconv.Atoi(scan.Text()[at+1:])
		if err != nil {
			return nil, fmt.Errorf("profile: py-spy wrote %q, want frames and a number: %w", scan.Text(), err)
		}
		all = append(all, stack{strings.Split(copied.ReplaceAllString(scan.Text()[:at], ""), ";"), count})
	}
	return all, scan.Err()
}

// seenByPyspy returns what py-spy says of the loop, and its number of samples there.
func seenByPyspy(all []stack, named *regexp.Regexp) (*sees, int, error) {
	seen, samples := &sees{}, 0
	for _, of := range all {
		has := func(match func(function, file string) bool) bool {
			return slices.ContainsFunc(of.frames, func(frame string) bool {
				function, file, _ := strings.Cut(frame, " (")
				return match(function, file)
			})
		}
		is := func(name string) bool { return has(func(function, _ string) bool { return function == name }) }
		if !is(pyLoop) {
			continue
		}
		place := &seen.outside
		switch {
		case has(func(function, file string) bool {
			return !strings.Contains(file, ".py:") && named.MatchString(function)
		}):
			place = &seen.named
		case is(pyCall):
			place = &seen.call
		case is(pyOwn):
			place = &seen.own
		}
		*place += float64(of.count) * 1e9 / pyspyRate
		samples += of.count
	}
	if samples == 0 {
		return nil, 0, fmt.Errorf("profile: none of py-spy's %d stacks has the function %s, want some", len(all), pyLoop)
	}
	return seen, samples, nil
}

// memoryLine is a line of memory_profiler's table: its number, the memory then, the increment, how often it ran, and its code.
var memoryLine = regexp.MustCompile(`^ +(\d+) +([\d.]+) MiB +(-?[\d.]+) MiB +(\d+) +(.*)$`)

// readMemory reads the tables that memory_profiler prints. It leaves out lines that the whole memory of the process is given to:
// the first of a function, and one that calls another function of the profile.
func readMemory(text string) ([]entry, error) {
	var all []entry
	for line := range strings.Lines(text) {
		found := memoryLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if found == nil || found[2] == found[3] || strings.HasPrefix(found[5], "@") {
			continue
		}
		number, _ := strconv.Atoi(found[1])
		grown, _ := strconv.ParseFloat(found[3], 64)
		calls, _ := strconv.ParseFloat(found[4], 64)
		all = append(all, entry{Line: number, Calls: calls, MiB: grown, Code: strings.TrimSpace(found[5])})
	}
	if all == nil {
		return nil, fmt.Errorf("profile: memory_profiler printed %.60q, want a table of lines", text)
	}
	return all, nil
}
