// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package instructions counts the machine instructions of a call under valgrind's callgrind: those of a longer run less those
// of a shorter one. Unlike times they repeat, whatever else the machine does.
package instructions

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/valgrind"
)

//go:embed head.md
var head string

// Study is toll instructions.
var Study = study.Study{
	Name:  "instructions",
	Title: "Instructions of a call",
	Short: "Count the machine instructions of a call, a second opinion to the times",
	About: fmt.Sprintf(`Instructions counts the machine instructions of a call under valgrind's callgrind: those of a longer run less those of a
shorter one. Unlike times they repeat, whatever else the machine does. It counts the call family, on each route that is
verified and offers it; by default go/direct and the serial languages over all crossings, since threads have no part in a
call.

A count is the least of %d processes, or of %d where these disagree. By purego they do, by a percent or two: it calls by
reflection, which looks types up in a hash map, and that has another seed in each process.`, fewProcesses, mostProcesses),
	Example: `  toll instructions --route go/direct
  toll instructions --route c/cgo --json > instructions.json`,
	Page:  "INSTRUCTIONS.md",
	Head:  head,
	Parts: []study.Part{Part},
}

// Part is the call family.
var Part = study.Part{
	Name:        "instructions",
	Experiments: []study.Experiment{{Name: "instructions", Free: true, Quick: time.Minute, Full: time.Minute, Run: run}},
	Benchmarks:  []string{Name},
	Sections:    []func(*page.Page){tables},
	Children:    []study.Child{{Name: "repeat", Run: repeat}},
}

// Name is that of the benchmarks. A sample is what a process took; its time is 0.
const Name = "Instructions"

// The figures of a sample: those of a call, and of a whole short and long run.
const (
	PerCall = "instructions/op"
	short   = "short-run-instructions"
	long    = "long-run-instructions"
)

// How instructions are counted. What differs from one time to the next only adds: what the runtime does in the
// background, and how deep a hash map of random seed holds an entry. The first differs within a process, so each
// makes short runs again and again; the second between processes. The least of all is taken: of few processes
// where these agree, else of as many as make it likely that one of them met with neither.
const (
	repeats                     = 3
	fewProcesses, mostProcesses = 6, 16
	agreeWithin                 = 0.003
)

// lengths returns the lengths of a short and of a long run of a function on n elements. The long one is not long either:
// every 100,000 jumps valgrind lets another of the runtime's threads run, and what that does is counted.
func lengths(n string) (short, long int) {
	if n == "1" {
		return 100, 1100
	}
	return 5, 55
}

// callProblems returns the functions whose instructions are counted.
func callProblems() []kernel.Problem {
	return slices.DeleteFunc(kernel.Problems(), func(p kernel.Problem) bool { return p.Study != "Call" })
}

// tally is what was counted on a route.
type tally struct {
	route     *seam.Route
	functions []kernel.Problem // that it offers
	runs      [][]took         // of each process, by function
}

// took is the instructions that a short and a long run of a function took.
type took struct{ short, long int64 }

// run counts. What fails verification is an error beside the counts of the others.
func run(lab *study.Lab) ([]measure.Series, error) {
	v, err := valgrind.Find()
	if err != nil {
		return nil, err
	}
	routes, err := registry.Match(lab.Routes)
	if err != nil {
		return nil, err
	}
	results, err := lab.Verify(routes, []string{"call"})
	if err != nil {
		return nil, err
	}
	tallies, wrong := newTallies(lab, results)
	lab.Progress.Begin("counting")
	lab.Progress.Step(0, fewProcesses*len(tallies))
	err = count(study.UntilDone(lab.Done), v, tallies, mostProcesses, lab.Progress.Step)
	if err != nil && !errors.Is(err, measure.ErrStopped) {
		return nil, errors.Join(wrong, err)
	}
	lab.Say("valgrind", v.Version+" --tool=callgrind, with "+strings.Join(valgrind.Settings, " "))
	return series(tallies, results), errors.Join(wrong, err)
}

// newTallies returns a tally for each route that holds. It says which are left out, and returns an error of those that are wrong.
func newTallies(lab *study.Lab, results []conform.Result) (tallies []*tally, wrong error) {
	problems := callProblems()
	for k := range results {
		r := &results[k]
		if !r.Holds() {
			wrong = errors.Join(wrong, lab.Available(r.Reason()))
			continue
		}
		library, err := r.Route.Open()
		if err != nil {
			wrong = errors.Join(wrong, err)
			continue
		}
		t := &tally{route: r.Route}
		for _, p := range problems {
			timed := p.New(1)
			switch err := timed.Run(&library.Funcs, timed.Least); {
			case err == nil:
				t.functions = append(t.functions, p)
			case !errors.Is(err, kernel.ErrNotOffered):
				wrong = errors.Join(wrong, fmt.Errorf("%s on %s: %w", p.Kernel, r.Route.Name(), err))
			}
		}
		tallies = append(tallies, t)
	}
	return tallies, wrong
}

// agrees reports whether the processes do.
func (t *tally) agrees() bool {
	for k := range t.functions {
		least, most := t.runs[0][k].long, t.runs[0][k].long
		for _, runs := range t.runs {
			least, most = min(least, runs[k].long), max(most, runs[k].long)
		}
		if float64(most)/float64(least)-1 > agreeWithin {
			return false
		}
	}
	return true
}

// count fills the tallies, each by a few processes, or most where these disagree. When ctx ends, the error is
// measure.ErrStopped, and each tally keeps what as many processes counted, so that none has more than another.
func count(ctx context.Context, v *valgrind.Tool, tallies []*tally, most int, progress func(done, all int)) error {
	var mu sync.Mutex
	done, all := 0, 0
	round := func(tallies []*tally, processes int) error {
		all += len(tallies) * processes
		return valgrind.Parallel(len(tallies)*processes, func(k int) error {
			t := tallies[k%len(tallies)]
			runs, err := t.process(ctx, v)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				return err
			}
			t.runs = append(t.runs, runs)
			done++
			progress(done, all)
			return nil
		})
	}
	err := round(tallies, fewProcesses)
	if err == nil {
		disagreeing := slices.DeleteFunc(slices.Clone(tallies), (*tally).agrees)
		err = round(disagreeing, most-fewProcesses)
	}
	if ctx.Err() == nil {
		return err
	}
	whole := fewProcesses
	for _, t := range tallies {
		whole = min(whole, len(t.runs))
	}
	for _, t := range tallies {
		t.runs = t.runs[:whole]
	}
	return measure.ErrStopped
}

// process returns what the functions of a tally take in a process of its own.
func (t *tally) process(ctx context.Context, v *valgrind.Tool) ([]took, error) {
	args := []string{"child", "repeat", t.route.Name()}
	for _, p := range t.functions {
		args = append(args, p.Kernel)
	}
	text, _, err := v.Callgrind(ctx, nil, nil, args...)
	if err != nil {
		return nil, err
	}
	runs, err := readRuns(text, len(t.functions))
	if err != nil {
		return nil, fmt.Errorf("%s under %s: %w", t.route.Name(), v.Version, err)
	}
	return runs, nil
}

// repeat runs under callgrind, on a route. Of each function it makes a part that holds what came before and a
// call that opens and warms up all that needs it; then short and long runs in turn, each a part.
func repeat(_ io.Writer, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("child repeat has the arguments %q, want a route and functions", args)
	}
	routes, err := registry.Match(args[:1])
	if err != nil {
		return err
	}
	library, err := routes[0].Open()
	if err != nil {
		return err
	}
	problems := callProblems()
	for _, function := range args[1:] {
		k := slices.IndexFunc(problems, func(p kernel.Problem) bool { return p.Kernel == function })
		if k < 0 {
			return fmt.Errorf("function %q, want one that toll instructions shows", function)
		}
		timed := problems[k].New(1)
		short, long := lengths(problems[k].N)
		for _, n := range append([]int{timed.Least}, slices.Repeat([]int{short, long}, repeats)...) {
			if err := timed.Run(&library.Funcs, n); err != nil {
				return err
			}
			valgrind.CountFromHere()
		}
	}
	return nil
}

// readRuns returns the least short and long run of each function, from a file of callgrind: [repeat] made its
// parts, and the last is the process's end.
func readRuns(text string, functions int) ([]took, error) {
	dump, err := valgrind.ReadDump(text)
	if err != nil {
		return nil, err
	}
	const parts = 1 + 2*repeats
	if err := dump.Want(functions*parts + 1); err != nil {
		return nil, err
	}
	var totals []int64
	for k := range functions * parts {
		totals = append(totals, dump.Count(k, "Ir"))
	}
	var runs []took
	for part := range slices.Chunk(totals, parts) {
		r := took{part[1], part[2]}
		for k := 1; k < parts; k += 2 {
			r = took{min(r.short, part[k]), min(r.long, part[k+1])}
		}
		if r.short <= 0 || r.long <= r.short {
			return nil, fmt.Errorf("counted %d instructions in a short run and %d in a long one, want more in the long one",
				r.short, r.long)
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// series returns what was counted, all routes of a function together: a sample of each process.
func series(tallies []*tally, results []conform.Result) []measure.Series {
	var all []measure.Series
	for _, p := range callProblems() {
		facts := append(study.Facts(&p, &kernel.Timed{}), measure.Fact{Key: "verified", Value: study.Verification(&p, results)})
		least, most := lengths(p.N)
		for _, t := range tallies {
			at := slices.IndexFunc(t.functions, func(f kernel.Problem) bool { return f.Kernel == p.Kernel })
			if at < 0 || len(t.runs) == 0 {
				continue
			}
			name := study.Name(&p, t.route.Lang, t.route.Via)
			name.Study = Name
			s := measure.Series{Subject: &measure.Subject{Name: name.String(), Facts: facts}, N: most}
			for _, runs := range t.runs {
				r := runs[at]
				s.Samples = append(s.Samples, measure.Sample{More: []measure.Value{
					{Value: float64(r.long-r.short) / float64(most-least), Unit: PerCall},
					{Value: float64(r.short), Unit: short},
					{Value: float64(r.long), Unit: long},
				}})
			}
			all = append(all, s)
		}
	}
	return all
}
