// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/traceback"
)

// ordered is the share of its CPU time that a program spends in the kernel, as near as whole calls come to it.
const ordered = 0.6

// goRoutes are those of the Go programs.
var goRoutes = []string{"go/direct", "c/cgo", "c/trampoline", "c/purego", "c/wasm", "capi/cpython", "c-omp/cgo", "c/shm", "c/process"}

// goTools are the profilers of Go programs.
var goTools = []string{goPprof, goResolved, perf}

// bindings are those of the Python programs, and their modules.
var bindings = []struct{ name, module string }{
	{"capi", "capi"}, {"ctypes", "ctypes"}, {"cffi-api", "cffi_api"}, {"f2py", "f2py"}, {"pyo3", "pyo3"},
	{"cython-memoryview", "cython_memoryview"}, {"numba", "numba"},
}

// pythonTools are the profilers of Python programs.
var pythonTools = []string{cprofile, lineProfiler, pyspy, pyspyNative, scalene, perf}

// onPython is the crossing of Python programs, in names.
const onPython = "python"

// pace is how long programs run, and how often.
type pace struct {
	of     time.Duration
	rounds int
}

func goPace(full bool) pace {
	if full {
		return pace{time.Second, 2}
	}
	return pace{500 * time.Millisecond, 1}
}

func pythonPace(full bool) pace {
	if full {
		return pace{time.Second, 2}
	}
	return pace{500 * time.Millisecond, 1}
}

// kernelOf returns the kernel whose calls the programs share their time with.
func kernelOf(lab *study.Lab) string {
	if len(lab.Kernels) > 0 {
		return lab.Kernels[0]
	}
	return "julia"
}

// lack says in the record why a tool is not used.
func lack(lab *study.Lab, tool string, why error) error {
	if errors.Is(why, seam.ErrUnavailable) {
		said := strings.ReplaceAll(strings.TrimPrefix(why.Error(), "profile: "), seam.ErrUnavailable.Error()+": ", "")
		lab.Say("lacks-"+tool, said)
	}
	return lab.Available(why)
}

// findPerf returns the command perf, "" if it cannot be used.
func findPerf(lab *study.Lab) (string, error) {
	path, err := perfTool(study.UntilDone(lab.Done))
	if err != nil {
		return "", lack(lab, perf, err)
	}
	return path, nil
}

func nameOf(study, kernel, lang, via, tool string, keys ...record.Key) record.Name {
	return record.Name{Study: study, Kernel: kernel, Lang: lang, Via: via, Keys: append([]record.Key{{Key: "tool", Value: tool}}, keys...)}
}

// few is what records say of rows that are not judged like those of many rounds.
var few = measure.Fact{Key: "unjudged", Value: "a program is run once or a few times under a profiler"}

func factsOf(kernel, route string) []measure.Fact {
	return []measure.Fact{
		{Key: "problem", Value: kernel + ", called for a share of the time"}, {Key: "per", Value: "run"},
		{Key: "verified", Value: "bit-identical, in each run: " + route}, few,
	}
}

// runGo profiles Go programs.
func runGo(lab *study.Lab) ([]measure.Series, error) {
	kernel, p := kernelOf(lab), goPace(lab.Full)
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "toll-profile-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	perfPath, err := findPerf(lab)
	if err != nil {
		return nil, err
	}
	resolves := lack(lab, goResolved, traceback.Can())
	if resolves != nil {
		return nil, resolves
	}
	routes, err := registry.Match(goRoutes)
	if err != nil {
		return nil, err
	}
	var subjects []subject
	for _, want := range goRoutes {
		for _, r := range routes {
			if r.Name() != want {
				continue
			}
			if _, _, err := r.Glance(); err != nil {
				if err := lab.Available(err); err != nil {
					return nil, err
				}
				continue
			}
			for _, tool := range goTools {
				if tool == perf && perfPath == "" || tool == goResolved && traceback.Can() != nil {
					continue
				}
				g := &goProgram{exe: exe, folder: folder, perf: perfPath, tool: tool, order: order{Route: want, Kernel: kernel, Share: ordered, For: p.of}}
				subjects = append(subjects, subject{nameOf(shareName, kernel, r.Lang, r.Via, tool), factsOf(kernel, want), p.rounds, g.run})
			}
		}
	}
	return measureAll(lab, subjects)
}

// goProgram is a Go program under a profiler.
type goProgram struct {
	order
	exe, folder, perf, tool string
}

// run runs it once.
func (g *goProgram) run(ctx context.Context) (measure.Sample, error) {
	o := g.order
	file := filepath.Join(g.folder, "profile")
	if g.tool != perf {
		o.Profile, o.Resolve = file, g.tool == goResolved
	}
	told, err := json.Marshal(o)
	if err != nil {
		return measure.Sample{}, err
	}
	command := []string{g.exe, "child", "profile", string(told)}
	if g.tool == perf {
		command = append([]string{g.perf}, perfRecord(file, command...)...)
	}
	// Threads that wait by spinning, of OpenMP and of OpenBLAS, would be in nobody's call.
	out, err := runIn(ctx, g.folder, command, "OMP_WAIT_POLICY=passive", "OPENBLAS_NUM_THREADS=1")
	if err != nil {
		return measure.Sample{}, err
	}
	var t truth
	if err := json.Unmarshal([]byte(out), &t); err != nil {
		return measure.Sample{}, fmt.Errorf("profile: the program printed %.60q, want what it knows: %w", out, err)
	}
	seen, samples, err := g.read(ctx, file, &t)
	if err != nil {
		return measure.Sample{}, err
	}
	return seen.sample(&t, false, samples), nil
}

// read returns what the profile says.
func (g *goProgram) read(ctx context.Context, file string, t *truth) (*sees, int, error) {
	native := !strings.HasPrefix(g.Route, "go/")
	if g.tool == perf {
		text, err := runIn(ctx, g.folder, append([]string{g.perf}, perfScript(file)...))
		if err != nil {
			return nil, 0, err
		}
		return readPerf(text, t, placeGo(kernelNamed(g.Kernel), native))
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	var s *symbols
	if g.tool == goResolved {
		s = &symbols{}
	}
	return readPprof(f, g.Kernel, native, s)
}

// runPython profiles Python programs.
func runPython(lab *study.Lab) ([]measure.Series, error) {
	kernel, p := kernelOf(lab), pythonPace(lab.Full)
	folder, err := os.MkdirTemp("", "toll-profile-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	py, err := newPython(folder)
	if err != nil {
		return nil, err
	}
	if py.perf, err = findPerf(lab); err != nil {
		return nil, err
	}
	var subjects []subject
	for _, tool := range pythonTools {
		if err := py.has(tool); err != nil {
			if err := lack(lab, tool, err); err != nil {
				return nil, err
			}
			continue
		}
		length, rounds := p.of, p.rounds
		if tool == cprofile || tool == lineProfiler { // these count all, and need no samples
			length, rounds = 400*time.Millisecond, 1
		}
		for _, b := range bindings {
			run := func(ctx context.Context) (measure.Sample, error) {
				return py.share(ctx, tool, b.module, kernel, length)
			}
			subjects = append(subjects, subject{nameOf(shareName, kernel, b.name, onPython, tool), factsOf(kernel, b.name+"/"+onPython), rounds, run})
		}
	}
	return measureAll(lab, subjects)
}

// share runs a program that calls a kernel by a binding, under a tool.
func (p *python) share(ctx context.Context, tool, module, kernel string, length time.Duration) (measure.Sample, error) {
	result := p.file("result")
	if err := os.Remove(p.out(tool)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return measure.Sample{}, err
	}
	seconds := strconv.FormatFloat(length.Seconds(), 'f', -1, 64)
	command := p.command(tool, false, "shares.py", result, module, kernel, strconv.FormatFloat(ordered, 'f', -1, 64), seconds)
	if _, err := p.run(ctx, command); err != nil {
		return measure.Sample{}, err
	}
	told, err := os.ReadFile(result)
	if err != nil {
		return measure.Sample{}, err
	}
	var t struct {
		truth
		Right bool `json:"right"`
	}
	if err := json.Unmarshal(told, &t); err != nil {
		return measure.Sample{}, fmt.Errorf("profile: the program wrote %.60q, want what it knows: %w", told, err)
	}
	if !t.Right {
		return measure.Sample{}, fmt.Errorf("profile: the result of %s by %s is not that of Python's own loop", kernel, module)
	}
	text, err := p.profile(ctx, tool)
	if err != nil {
		return measure.Sample{}, err
	}
	seen, samples, err := seenByPython(tool, text, kernelNamed(kernel), &t.truth)
	if err != nil {
		return measure.Sample{}, err
	}
	return seen.sample(&t.truth, tool != perf, samples), nil
}

// seenByPython returns what a tool's profile says of the loop, and its number of samples, 0 if it takes none or does not say.
func seenByPython(tool, text string, named *regexp.Regexp, t *truth) (seen *sees, samples int, err error) {
	switch tool {
	case cprofile, lineProfiler:
		all, err := readEntries(text)
		if err != nil {
			return nil, 0, err
		}
		if tool == cprofile {
			seen, err = seenByCprofile(all, named)
		} else {
			seen, err = seenByLines(all)
		}
		return seen, 0, err
	case pyspy, pyspyNative:
		all, err := readPyspy(text)
		if err != nil {
			return nil, 0, err
		}
		return seenByPyspy(all, named)
	case scalene:
		all, _, err := readScalene(text)
		if err != nil {
			return nil, 0, err
		}
		seen, err = seenByLines(all)
		return seen, 0, err
	}
	return readPerf(text, t, placePython(named))
}

// joined says which are unavailable, and joins the others.
func joined(lab *study.Lab, all []error) error {
	var failed error
	for _, err := range all {
		failed = errors.Join(failed, lab.Available(err))
	}
	return failed
}
