// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package borders studies the two borders of Go, CPython and native code: what Go pays to call Python, and what Python pays
// to call compiled code by each binding.
package borders

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/cpython"
)

// benchmark is the name of the benchmark.
const benchmark = "Python"

// The crossings of its rows, beside those of routes, say where the loop around what is timed runs.
const (
	fromGo     = "cpython" // in Go, which calls into Python each time
	fromPython = "python"  // in Python: one call from Go does all
)

// Part is both borders.
var Part = study.Part{
	Name:        "borders",
	Experiments: []study.Experiment{{Name: "python", Free: true, Quick: 25 * time.Second, Full: 90 * time.Second, Run: run}},
	Benchmarks:  []string{benchmark},
	Sections:    []func(*page.Page){printTables},
	Answers:     []page.Question{{Text: "And through Python?", Answer: answer}},
	Pictures:    []study.Picture{{Name: "borders", Alt: alt, Draw: drawBars}},
}

// bindings are the languages whose binding is timed: those that reach compiled code.
var bindings = []string{"ctypes", "cffi-abi", "cffi-api", "capi", "f2py", "f2py-copy", "pyo3", "cython-memoryview", "numba", "pythran"}

// processes are the languages that are reached in a process of their own.
var processes = []string{"python", "pypy"}

// run times calls through Python.
func run(lab *study.Lab) ([]measure.Series, error) {
	lab.SayPython()
	patterns := append([]string{registry.Baseline}, study.OnCPython(bindings...)...)
	results, err := lab.Match(patterns, "call", "diffusion")
	if err != nil {
		return nil, err
	}
	patterns = nil
	for _, lang := range processes {
		patterns = append(patterns, lang+"/process")
	}
	more, err := lab.Match(patterns, "call") // no kernel's work is asked of them
	if err != nil {
		return nil, err
	}
	all, err := subjects(append(results, more...))
	if err != nil {
		return nil, err
	}
	series, err := lab.Measure(all, study.CallBatch, 15, 3)
	if err != nil {
		return series, err
	}
	lab.Progress.BeginTimed("measuring contention")
	contended, err := contention(lab)
	return append(series, contended...), err
}

// subjects returns what a call costs on each of the two borders, apart and together. Subjects of one problem
// have the same Facts:
//
//   - "python call": Go into Python. lang=c rows are parts of the way: the crossing into the library, and the GIL,
//     taken with the thread's kept state (op=gil-kept), by PyGILState_Ensure (gil-ensure), with a thread state
//     made for it (gil-made). lang=python rows call a Python function that does nothing, by vectorcall, and with
//     a tuple (how=tuple); not takes an int, add two floats, text a string; array is a matrix that is passed and not
//     touched, also copied (how=copied), or a vector (n=8). lang=c via=cgo is the plain cgo call.
//   - "python binding noop", "not", "add", "array" (512 x 512, not touched) and "step" (on no rows, rows=0, with all its
//     arguments and checks): Python into native code, looped in Python, for each binding; lang=python is a Python function
//     that does nothing with them, lang=loop the loop alone.
//   - "python step n=512": both borders and the kernel, for each binding; lang=python is a Python function of the same
//     arguments that does nothing; c/cgo has no Python on its way.
//   - "python process": to a process (via=process) instead: noop, and array, a step on no rows, for which 512 x 512
//     cells go there and back.
//
// verified says which routes hold; others are left out. Without an interpreter the error is seam.ErrUnavailable.
func subjects(verified []conform.Result) ([]measure.Subject, error) {
	in, err := cpython.Default()
	if err != nil {
		return nil, err
	}
	b := &borders{in: in, verified: verified}
	b.goToPython()
	b.pythonToNative()
	b.both()
	b.process()
	return b.subjects, b.err
}

// borders collects subjects, and the first error.
type borders struct {
	in       *cpython.Interpreter
	verified []conform.Result
	problem  string // of the subjects that are added
	parks    bool   // they wait for another process
	subjects []measure.Subject
	err      error
}

// function looks up a function of module toll._borders; the error is kept.
func (b *borders) function(name string) *cpython.Object {
	if b.err != nil {
		return nil
	}
	v, err := b.in.Import("toll._borders", name)
	if err != nil {
		b.err = fmt.Errorf("borders: toll._borders.%s: %w", name, err)
	}
	return v.Object()
}

// add adds a subject, after one call to see that it works.
func (b *borders) add(name record.Name, run func(n int) error) {
	if b.err != nil {
		return
	}
	if err := run(1); err != nil {
		b.err = fmt.Errorf("borders: %v: %w", name, err)
		return
	}
	b.subjects = append(b.subjects, measure.Subject{
		Name: name.String(), Facts: facts(b.problem), Group: b.problem, Run: run, Least: 1, Parks: b.parks,
	})
}

// each adds a subject that does something n times.
func (b *borders) each(name record.Name, do func() error) { b.add(name, study.Passes(1, do)) }

func facts(problem string) []measure.Fact {
	return []measure.Fact{{Key: "problem", Value: problem}, {Key: "per", Value: "call"}}
}

// rowName returns the name of an operation's row.
func rowName(op, lang, via string, n int) record.Name {
	return record.Name{Study: benchmark, Op: op, Lang: lang, Via: via, N: strconv.Itoa(n)}
}

// stepName returns the name of a row of a diffusion step.
func stepName(lang, via string) record.Name {
	name := rowName("step", lang, via, kernel.DiffusionSize)
	name.Kernel = "diffusion"
	return name
}

// keyed returns a name with another key.
func keyed(name record.Name, key, value string) record.Name {
	name.Keys = []record.Key{{Key: key, Value: value}}
	return name
}

func (b *borders) goToPython() {
	b.problem = "python call"
	if library := b.held("c/cgo"); library != nil {
		b.each(rowName("noop", "c", "cgo", 1), func() error {
			library.Noop()
			return nil
		})
	}
	for _, p := range []struct {
		op    string
		probe cpython.Probe
	}{
		{"crossing", cpython.ProbeNothing}, {"gil-kept", cpython.ProbeKept},
		{"gil-ensure", cpython.ProbeEnsure}, {"gil-made", cpython.ProbeMade},
	} {
		b.each(rowName(p.op, "c", fromGo, 1), func() error { return b.in.Probe(p.probe) })
	}
	noop, not, add, grid := b.function("noop"), b.function("not_"), b.function("add"), b.function("grid")
	if b.err != nil {
		return
	}
	call := func(name record.Name, f *cpython.Object, arguments ...cpython.Value) {
		b.add(name, func(n int) error {
			for range n {
				if _, err := f.Call(arguments...); err != nil {
					return err
				}
			}
			return nil
		})
	}
	python := func(op string, n int) record.Name { return rowName(op, "python", fromGo, n) }
	call(python("noop", 1), noop)
	again := python("noop", 1)
	again.Entry = record.EntryAgain
	call(again, noop)
	b.each(keyed(python("noop", 1), "how", "tuple"), func() error {
		_, err := noop.CallByTuple()
		return err
	})
	call(python("not", 1), not, cpython.Int(1))
	call(python("add", 1), add, cpython.Float(1), cpython.Float(2))
	call(python("text", 16), grid, cpython.Text("sixteen letters."))
	const n = kernel.DiffusionSize
	a := kernel.NewGrid(n, n, 0, kernel.Row)
	b.each(python("array", n), func() error {
		_, err := grid.Call(cpython.Matrix(a.Data, n, n, n, kernel.Row))
		return err
	})
	b.each(keyed(python("array", n), "how", "copied"), func() error {
		_, err := grid.Call(cpython.Matrix(a.Data, n, n, n, kernel.Row).Copied())
		return err
	})
	b.each(python("array", 8), func() error {
		_, err := grid.Call(cpython.Vector(a.Data[:8]))
		return err
	})
}

// looped are the functions that Python's loops call, with the names of their rows but for the language.
var looped = []struct {
	function, loop string // the loop of module toll._borders that calls a function of that name
	name           record.Name
}{
	{"noop", "loop_noop", rowName("noop", "", fromPython, 1)},
	{"not_", "loop_not", rowName("not", "", fromPython, 1)},
	{"add", "loop_add", rowName("add", "", fromPython, 1)},
	{"grid", "loop_grid", rowName("array", "", fromPython, kernel.DiffusionSize)},
	{"step", "loop_step", keyed(stepName("", fromPython), "rows", "0")},
}

func (b *borders) pythonToNative() {
	for _, l := range looped {
		b.problem = "python binding " + l.name.Op
		empty, loop, nothing := b.function("loop"), b.function(l.loop), b.function(l.function)
		if b.err != nil {
			return
		}
		row := func(lang string, loop, callee *cpython.Object) {
			name := l.name
			name.Lang = lang
			b.add(name, func(n int) error {
				_, err := loop.Call(cpython.Of(callee), cpython.Int(int64(n)))
				return err
			})
		}
		row("loop", empty, nothing)
		row("python", loop, nothing)
		for _, lang := range bindings {
			if b.held(lang+"/cpython") == nil {
				continue
			}
			v, err := b.in.Import(cpython.Module(lang), l.function)
			var raised *cpython.Error
			if errors.As(err, &raised) && raised.Type == "AttributeError" {
				continue // not every binding has all
			} else if err != nil {
				b.err = err
				return
			}
			row(lang, loop, v.Object())
		}
	}
}

func (b *borders) both() {
	b.problem = fmt.Sprintf("python step n=%d", kernel.DiffusionSize)
	run := kernel.NewDiffusionRun(kernel.DiffusionSize, 1, kernel.Row, study.SerialPar)
	a := &kernel.DiffusionStep{Out: run.B, In: run.A, Hi: kernel.DiffusionSize, D: run.D, Dt: run.Dt, Par: run.Par}
	row := func(lang, via string, do func(*kernel.DiffusionStep) error) {
		b.each(stepName(lang, via), func() error { return do(a) })
	}
	if library := b.held("c/cgo"); library != nil {
		row("c", "cgo", library.Raw.Step)
	}
	nothing := b.function("step")
	if b.err != nil {
		return
	}
	f := cpython.Functions(func(name string) *cpython.Object {
		if name == "step" {
			return nothing
		}
		return nil
	})
	row("python", fromGo, f.Step)
	for _, lang := range bindings {
		if library := b.held(lang + "/cpython"); library != nil && library.Raw.Step != nil {
			row(lang, fromGo, library.Raw.Step)
		}
	}
}

func (b *borders) process() {
	b.problem, b.parks = "python process", true
	run := kernel.NewDiffusionRun(kernel.DiffusionSize, 1, kernel.Row, study.SerialPar)
	a := &kernel.DiffusionStep{Out: run.B, In: run.A, D: run.D, Dt: run.Dt, Par: run.Par}
	for _, lang := range processes {
		library := b.held(lang + "/process")
		if library == nil {
			continue
		}
		b.each(rowName("noop", lang, "process", 1), func() error {
			library.Noop()
			return nil
		})
		b.each(rowName("array", lang, "process", kernel.DiffusionSize), func() error { return library.Raw.Step(a) })
	}
}

// held returns the library of a route of which all that was verified holds, else nil.
func (b *borders) held(route string) *seam.Library {
	for _, r := range study.Holding(b.verified) {
		if r.Name() == route {
			if library, err := r.Open(); err == nil {
				return library
			}
		}
	}
	return nil
}

// contention measures what a Python no-op costs when others want the GIL, too.
//
// op=contended: n goroutines call as fast as they can; an operation's time is the wall time over the calls of all.
// op=busy: one goroutine calls once a millisecond, while a Python loop computes in another, which gives the GIL up only
// when CPython's switch interval, 5 ms by default, has passed; an operation's time is what a call waits and takes, max-ns
// the longest of a sample's.
func contention(lab *study.Lab) ([]measure.Series, error) {
	in, err := cpython.Default()
	if err != nil {
		return nil, err
	}
	b := &borders{in: in}
	g := &gil{noop: b.function("noop"), spin: b.function("spin"), spinning: b.function("spinning"), stop: b.function("stop"),
		clock: measure.MachineClock(), pass: 40 * time.Millisecond}
	if b.err != nil {
		return nil, b.err
	}
	rounds := 7
	if lab.Full {
		rounds, g.pass = study.FullRounds, 100*time.Millisecond
	}
	var cells []measure.LiveSubject
	add := func(op string, n int, take func() (measure.Sample, int, error)) {
		problem := fmt.Sprintf("python %s n=%d", op, n)
		cells = append(cells, measure.LiveSubject{
			Subject: &measure.Subject{Name: rowName(op, "python", fromGo, n).String(), Facts: facts(problem), Group: problem},
			Take:    take,
		})
	}
	for _, goroutines := range []int{1, 2, 8, 64, 1000} {
		add("contended", goroutines, func() (measure.Sample, int, error) { return g.contended(goroutines) })
	}
	add("busy", 1, g.busy)
	return measure.Live(measure.Plan{Rounds: rounds, Seed: lab.Seed, Done: lab.Done}, cells, lab.Progress.Step)
}

// gil is what the calls need that others keep waiting.
type gil struct {
	noop, spin, spinning, stop *cpython.Object
	clock                      measure.Clock
	pass                       time.Duration // of goroutines that call as fast as they can
}

// contended has that many goroutines call a Python no-op.
func (g *gil) contended(goroutines int) (measure.Sample, int, error) {
	made, errs := make([]int, goroutines), make([]error, goroutines)
	cpu, wall := g.clock.CPU(), g.clock.Wall()
	end := time.Now().Add(g.pass)
	var group sync.WaitGroup
	for k := range goroutines {
		group.Go(func() {
			for time.Now().Before(end) {
				for range measure.Stride {
					if _, err := g.noop.Call(); err != nil {
						errs[k] = err
						return
					}
				}
				made[k] += measure.Stride
			}
		})
	}
	group.Wait()
	elapsed, worked := g.clock.Wall()-wall, g.clock.CPU()-cpu
	n := 0
	for _, calls := range made {
		n += calls
	}
	err := errors.Join(errs...)
	if err == nil && n == 0 {
		err = fmt.Errorf("borders: no call in %v, want at least one", g.pass)
	}
	per := float64(max(n, 1))
	return measure.Sample{Wall: float64(elapsed) / per, CPU: float64(worked) / per}, n, err
}

// busy calls a Python no-op while a Python loop computes.
func (g *gil) busy() (measure.Sample, int, error) {
	done := make(chan error, 1)
	go func() {
		_, err := g.spin.Call()
		done <- err
	}()
	for {
		if v, err := g.spinning.Call(); err != nil {
			return measure.Sample{}, 0, err
		} else if v.Int() == 1 {
			break
		}
	}
	var err error
	var waited, longest time.Duration
	const calls = 20
	for range calls {
		time.Sleep(time.Millisecond) // so that the loop has the GIL again
		start := time.Now()
		_, failed := g.noop.Call()
		elapsed := time.Since(start)
		waited, longest, err = waited+elapsed, max(longest, elapsed), errors.Join(err, failed)
	}
	_, stopped := g.stop.Call()
	s := measure.Sample{Wall: float64(waited) / calls, More: []measure.Value{{Value: float64(longest), Unit: "max-ns"}}}
	return s, calls, errors.Join(err, stopped, <-done)
}
