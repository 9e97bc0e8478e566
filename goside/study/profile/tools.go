// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// The tools, as tables and records name them.
const (
	alone        = "none"
	cprofile     = "cprofile"
	lineProfiler = "line_profiler"
	memProfiler  = "memory_profiler"
	pyspy        = "py-spy"
	pyspyNative  = "py-spy-native"
	scalene      = "scalene"
	perf         = "perf"
	goPprof      = "pprof"
	goResolved   = "pprof-resolved"
)

// modules are the files that a tool of Python's has in its environment; cProfile is of the standard library.
var modules = map[string]string{lineProfiler: "line_profiler", memProfiler: "memory_profiler.py", scalene: "scalene"}

// python is the environment of the profilers, and copies of the programs.
type python struct {
	bin, folder string // of commands; of the copies
	perf        string // the command, "" if it cannot be used
}

// newPython finds the environment and copies the programs into a folder: Scalene leaves out what lies among installed packages.
func newPython(folder string) (*python, error) {
	library, err := seam.FindLibrary("libtoll_py.so")
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	build := filepath.Join(filepath.Dir(library), "..")
	p := &python{bin: filepath.Join(build, "venv-frames", "bin"), folder: folder}
	if _, err := os.Stat(filepath.Join(p.bin, "python")); err != nil {
		return nil, fmt.Errorf("profile: %w: there is no environment of profilers: %w: run %s", seam.ErrUnavailable, err, seam.Mend)
	}
	scripts, err := filepath.Glob(filepath.Join(build, "venv", "lib", "python3*", "site-packages", "toll", "profile", "*.py"))
	if err != nil || len(scripts) == 0 {
		return nil, fmt.Errorf("profile: %w: there are no programs toll/profile in the virtual environment: run %s", seam.ErrUnavailable, seam.Mend)
	}
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(p.file(filepath.Base(script)), text, 0o600); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *python) file(name string) string { return filepath.Join(p.folder, name) }

// has returns an error that is seam.ErrUnavailable if a tool is not installed.
func (p *python) has(tool string) error {
	switch tool {
	case perf:
		if p.perf == "" {
			return fmt.Errorf("profile: %w: perf cannot be used", seam.ErrUnavailable)
		}
	case pyspy, pyspyNative:
		if _, err := os.Stat(filepath.Join(p.bin, pyspy)); err != nil {
			return fmt.Errorf("profile: %w: %w: run %s", seam.ErrUnavailable, err, seam.Mend)
		}
	}
	if module := modules[tool]; module != "" {
		if found, _ := filepath.Glob(filepath.Join(p.bin, "..", "lib", "python3*", "site-packages", module)); len(found) == 0 {
			return fmt.Errorf("profile: %w: %s is not in the environment of profilers: run %s", seam.ErrUnavailable, tool, seam.Mend)
		}
	}
	return nil
}

// out is the file that a tool writes its profile into; Scalene wants this ending.
func (p *python) out(tool string) string { return p.file(tool + ".json") }

// command returns how a program runs under a tool. memory says that Scalene looks at memory, too.
func (p *python) command(tool string, memory bool, program string, args ...string) []string {
	interpreter := filepath.Join(p.bin, "python")
	run := append([]string{p.file(program)}, args...)
	own := append([]string{interpreter}, run...)
	with := func(command ...string) []string { return append(command, run...) }
	switch tool {
	case cprofile:
		return with(interpreter, p.file("run_cprofile.py"), p.out(tool))
	case lineProfiler:
		return with(interpreter, "-m", "kernprof", "-l", "-o", p.out(tool))
	case memProfiler:
		return with(interpreter, "-m", "memory_profiler")
	case pyspy:
		return append([]string{filepath.Join(p.bin, pyspy), "record", "--format", "raw", "-o", p.out(tool), "--"}, own...)
	case pyspyNative:
		return append([]string{filepath.Join(p.bin, pyspy), "record", "--native", "--format", "raw", "-o", p.out(tool), "--"}, own...)
	case scalene:
		kind := "--cpu-only"
		if memory {
			kind = "--memory"
		}
		return with(interpreter, "-m", "scalene", "run", kind, "-o", p.out(tool))
	case perf:
		return append([]string{p.perf}, perfRecord(p.out(tool), own...)...)
	}
	return own
}

// run runs a command in the folder of the programs, and returns what it printed.
func (p *python) run(ctx context.Context, command []string) (string, error) {
	return runIn(ctx, p.folder, command)
}

// patience is how long a program may take under a profiler: many times as long as it should.
const patience = 5 * time.Minute

func runIn(ctx context.Context, folder string, command []string, env ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), env...)
	_, out, err := study.RunCommand(cmd)
	if err != nil {
		return "", fmt.Errorf("profile: %s: %w", strings.Join(command[:min(4, len(command))], " "), err)
	}
	return out, nil
}

// profile returns what a tool wrote, as text: report.py or perf script reads what is none.
func (p *python) profile(ctx context.Context, tool string) (string, error) {
	switch tool {
	case cprofile, lineProfiler:
		return p.run(ctx, []string{filepath.Join(p.bin, "python"), p.file("report.py"), tool, p.out(tool)})
	case perf:
		return p.run(ctx, append([]string{p.perf}, perfScript(p.out(tool))...))
	}
	text, err := os.ReadFile(p.out(tool))
	return string(text), err
}

// subject is a program under a profiler, run once in each of some rounds.
type subject struct {
	name   record.Name
	facts  []measure.Fact
	rounds int
	run    func(ctx context.Context) (measure.Sample, error)
}

// measureAll runs the subjects in rounds, in an order drawn anew in each. One that fails is an error, and is not run again; the others
// go on.
func measureAll(lab *study.Lab, subjects []subject) ([]measure.Series, error) {
	random := rand.New(rand.NewPCG(lab.Seed, 0))
	series := make([]measure.Series, len(subjects))
	failed := make([]error, len(subjects))
	rounds, all, done := 0, 0, 0
	for k, s := range subjects {
		series[k] = measure.Series{Subject: &measure.Subject{Name: s.name.String(), Facts: s.facts}, N: 1}
		rounds, all = max(rounds, s.rounds), all+s.rounds
	}
	ctx := study.UntilDone(lab.Done)
	lab.Progress.BeginTimed("profiling")
	for round := range rounds {
		for _, k := range random.Perm(len(subjects)) {
			if s := &subjects[k]; round < s.rounds && failed[k] == nil {
				lab.Progress.On(s.name.What() + " " + s.name.Route() + " under " + s.name.Get("tool"))
				sample, err := s.run(ctx)
				if lab.Stopped() {
					return complete(series), measure.ErrStopped
				}
				if err != nil {
					failed[k] = fmt.Errorf("%s under %s: %w", s.name.Route(), s.name.Get("tool"), err)
				} else {
					series[k].Samples = append(series[k].Samples, sample)
				}
			}
			if round < subjects[k].rounds {
				done++
				lab.Progress.Step(done, all)
			}
		}
	}
	return complete(series), joined(lab, failed)
}

// complete returns the series that have samples.
func complete(all []measure.Series) []measure.Series {
	var some []measure.Series
	for _, s := range all {
		if len(s.Samples) > 0 {
			some = append(some, s)
		}
	}
	return some
}
