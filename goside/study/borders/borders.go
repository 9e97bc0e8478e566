// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package borders

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/cpython"
)

// run times calls through Python.
func run(lab *study.Lab) ([]measure.Series, error) {
	lab.SayPython()
	patterns := []string{registry.Baseline}
	for _, lang := range PythonBindings {
		patterns = append(patterns, lang+"/cpython")
	}
	results, err := study.Match(patterns, "call", "diffusion")
	if err != nil {
		return nil, err
	}
	var processes []string
	for _, lang := range PythonProcesses {
		processes = append(processes, lang+"/process")
	}
	more, err := study.Match(processes, "call") // no kernel's work is asked of them
	if err != nil {
		return nil, err
	}
	results = append(results, more...)
	subjects, err := Subjects(results)
	if err != nil {
		return nil, err
	}
	series, err := lab.Measure(subjects, study.CallBatch, 15, 3)
	if err != nil {
		return series, err
	}
	contention, err := Contention(lab.Full, lab.Seed, lab.Progress)
	return append(series, contention...), err
}

// PythonName is the study of the two borders on the way from Go through CPython into native code.
const PythonName = "Python"

// The ways of its rows, besides those of routes: where the loop around what is timed runs.
const (
	FromGo     = "cpython" // in Go, which calls into Python each time
	FromPython = "python"  // in Python: one call from Go does all
)

// PythonBindings are the languages whose binding PythonBorders times: those that reach compiled code.
var PythonBindings = []string{"ctypes", "cffi-abi", "cffi-api", "capi", "f2py", "f2py-copy", "pyo3", "cython-memoryview", "numba", "pythran"}

// PythonProcesses are the languages that it reaches in a process of their own.
var PythonProcesses = []string{"python", "pypy"}

// Subjects returns what a call costs on each of the two borders, apart and together. Subjects of one problem
// have the same Facts:
//
//   - "python call": Go into Python. lang=c rows are parts of the way: the crossing into the library, and the GIL,
//     taken with the thread's kept state (kernel=gil-kept), by PyGILState_Ensure (gil-ensure), with a thread state
//     made for it (gil-made). lang=python rows call a Python function that does nothing, by vectorcall, and with
//     a tuple (noop-tuple); add takes two floats and not an int, and return one; array is a 512 x 512 matrix
//     that is passed and not touched, array-copy the same copied, array-8 one of 8 elements. lang=c via=cgo is
//     the plain cgo call.
//   - "python binding noop", "not", "add", "grid" (a 512 x 512 array that is not touched) and "step" (on no rows, with all its
//     arguments and checks): Python into native code, looped in Python, for each binding; lang=python is a Python function
//     that does nothing with them, lang=loop the loop alone.
//   - "python step n=512": both borders and the kernel, for each binding; lang=python a Python function of the same
//     arguments that does nothing; c/cgo, without Python.
//   - "python process": the same kernel's other way, to a process (via=process): kernel=noop, and kernel=array, a step on no
//     rows, for which 512 x 512 cells go there and back.
//
// verified says which routes hold; others are left out. Without an interpreter the error is seam.ErrUnavailable.
func Subjects(verified []conform.Result) ([]measure.Subject, error) {
	in, err := cpython.Default()
	if err != nil {
		return nil, err
	}
	b := &borders{in: in}
	b.goToPython(verified)
	b.pythonToNative(verified)
	b.both(verified)
	b.process(verified)
	return b.subjects, b.err
}

// borders collects subjects, and the first error.
type borders struct {
	in       *cpython.Interpreter
	subjects []measure.Subject
	err      error
}

// function looks up a function of a module of the package toll; the error is kept.
func (b *borders) function(module, name string) *cpython.Object {
	if b.err != nil {
		return nil
	}
	v, err := b.in.Import(module, name)
	if err != nil {
		b.err = fmt.Errorf("study: %s.%s: %w", module, name, err)
	}
	return v.Object()
}

// add adds a subject, after one call to see that it works.
func (b *borders) add(name string, facts []measure.Fact, run func(n int) error) {
	if b.err != nil {
		return
	}
	if err := run(1); err != nil {
		b.err = fmt.Errorf("study: %s: %w", name, err)
		return
	}
	b.subjects = append(b.subjects, measure.Subject{Name: PythonName + "/" + name, Facts: facts, Run: run, Least: 1})
}

// each adds a subject that does something n times.
func (b *borders) each(name string, facts []measure.Fact, do func() error) {
	b.add(name, facts, func(n int) error {
		for range n {
			if err := do(); err != nil {
				return err
			}
		}
		return nil
	})
}

const bordersModule = "toll._borders"

func bordersFacts(problem, op string) []measure.Fact {
	return []measure.Fact{{Key: "problem", Value: problem}, {Key: "per", Value: op}}
}

func (b *borders) goToPython(verified []conform.Result) {
	facts := bordersFacts("python call", "call")
	if library := held(verified, "c/cgo"); library != nil {
		b.each("kernel=noop/lang=c/via=cgo/n=1", facts, func() error {
			library.Noop()
			return nil
		})
	}
	for _, p := range []struct {
		kernel string
		probe  cpython.Probe
	}{{"crossing", cpython.ProbeNothing}, {"gil-kept", cpython.ProbeKept}, {"gil-ensure", cpython.ProbeEnsure}, {"gil-made", cpython.ProbeMade}} {
		b.each("kernel="+p.kernel+"/lang=c/via=cpython/n=1", facts, func() error { return b.in.Probe(p.probe) })
	}
	noop, not, add, grid := b.function(bordersModule, "noop"), b.function(bordersModule, "not_"), b.function(bordersModule, "add"), b.function(bordersModule, "grid")
	if b.err != nil {
		return
	}
	call := func(kernel, n string, f *cpython.Object, arguments ...cpython.Value) {
		b.add("kernel="+kernel+"/lang=python/via=cpython/n="+n, facts, func(n int) error {
			for range n {
				if _, err := f.Call(arguments...); err != nil {
					return err
				}
			}
			return nil
		})
	}
	call("noop", "1", noop)
	call("noop"+record.Again, "1", noop)
	b.each("kernel=noop-tuple/lang=python/via=cpython/n=1", facts, func() error {
		_, err := noop.CallByTuple()
		return err
	})
	call("not", "1", not, cpython.Int(1))
	call("add", "1", add, cpython.Float(1), cpython.Float(2))
	call("text", "16", grid, cpython.Text("sixteen letters."))
	const n = kernel.DiffusionSize
	a := kernel.NewGrid(n, n, 0, kernel.Row)
	b.each("kernel=array/lang=python/via=cpython/n=512", facts, func() error {
		_, err := grid.Call(cpython.Matrix(a.Data, n, n, n, kernel.Row))
		return err
	})
	b.each("kernel=array-copy/lang=python/via=cpython/n=512", facts, func() error {
		_, err := grid.Call(cpython.Matrix(a.Data, n, n, n, kernel.Row).Copied())
		return err
	})
	b.each("kernel=array/lang=python/via=cpython/n=8", facts, func() error {
		_, err := grid.Call(cpython.Vector(a.Data[:8]))
		return err
	})
}

func (b *borders) pythonToNative(verified []conform.Result) {
	for _, loop := range []string{"noop", "not", "add", "grid", "step"} {
		facts := bordersFacts("python binding "+loop, "call")
		f := b.function(bordersModule, "loop_"+loop)
		row := func(lang string, loop, callee *cpython.Object, kernel string) {
			b.add("kernel="+kernel+"/lang="+lang+"/via="+FromPython+"/n=1", facts, func(n int) error {
				_, err := loop.Call(cpython.Of(callee), cpython.Int(int64(n)))
				return err
			})
		}
		name := loop
		if loop == "not" {
			name = "not_"
		}
		empty, nothing := b.function(bordersModule, "loop"), b.function(bordersModule, name)
		if b.err != nil {
			return
		}
		row("loop", empty, nothing, loop)
		row("python", f, nothing, loop)
		for _, lang := range PythonBindings {
			if held(verified, lang+"/cpython") == nil {
				continue
			}
			v, err := b.in.Import(cpython.Module(lang), name)
			var raised *cpython.Error
			if errors.As(err, &raised) && raised.Type == "AttributeError" {
				continue // not every binding has all
			} else if err != nil {
				b.err = err
				return
			}
			row(lang, f, v.Object(), loop)
		}
	}
}

func (b *borders) both(verified []conform.Result) {
	run := kernel.NewDiffusionRun(kernel.DiffusionSize, 1, kernel.Row, kernel.Par{Threads: 1})
	a := &kernel.DiffusionStep{Out: run.B, In: run.A, Hi: kernel.DiffusionSize, D: run.D, Dt: run.Dt, Par: run.Par}
	facts := bordersFacts("python step n=512", "step")
	row := func(lang, via string, step func(*kernel.DiffusionStep) error) {
		b.each("kernel=step/lang="+lang+"/via="+via+"/n=512", facts, func() error { return step(a) })
	}
	if library := held(verified, "c/cgo"); library != nil {
		row("c", "cgo", library.Raw.Step)
	}
	nothing := b.function(bordersModule, "step")
	if b.err != nil {
		return
	}
	f := cpython.Functions(func(name string) *cpython.Object {
		if name == "step" {
			return nothing
		}
		return nil
	})
	row("python", FromGo, f.Step)
	for _, lang := range PythonBindings {
		if library := held(verified, lang+"/cpython"); library != nil && library.Raw.Step != nil {
			row(lang, FromGo, library.Raw.Step)
		}
	}
}

func (b *borders) process(verified []conform.Result) {
	run := kernel.NewDiffusionRun(kernel.DiffusionSize, 1, kernel.Row, kernel.Par{Threads: 1})
	a := &kernel.DiffusionStep{Out: run.B, In: run.A, D: run.D, Dt: run.Dt, Par: run.Par}
	facts := bordersFacts("python process", "call")
	first := len(b.subjects)
	defer func() {
		for k := range b.subjects[first:] {
			b.subjects[first+k].Parks = true
		}
	}()
	for _, lang := range PythonProcesses {
		library := held(verified, lang+"/process")
		if library == nil {
			continue
		}
		b.each("kernel=noop/lang="+lang+"/via=process/n=1", facts, func() error {
			library.Noop()
			return nil
		})
		b.each("kernel=array/lang="+lang+"/via=process/n=512", facts, func() error { return library.Raw.Step(a) })
	}
}

// held returns the library of a route of which all that was verified holds, else nil.
func held(verified []conform.Result, route string) *seam.Library {
	for _, r := range study.Holding(verified) {
		if r.Name() == route {
			if library, err := r.Open(); err == nil {
				return library
			}
		}
	}
	return nil
}

// Contention measures what a Python no-op costs when others want the GIL, too.
//
// kernel=contended: n goroutines call as fast as they can; an operation's time is the wall time over the calls of all,
// as in [Concurrency]. kernel=busy: one goroutine calls once a millisecond, while a Python loop computes in
// another, which gives the GIL up only when CPython's switch interval, 5 ms by default, has passed; an operation's time is
// what a call waits and takes, max-ns the longest of a sample's.
func Contention(full bool, seed uint64, progress func(done, all int)) ([]measure.Series, error) {
	in, err := cpython.Default()
	if err != nil {
		return nil, err
	}
	b := &borders{in: in}
	noop, spin, spinning, stop := b.function(bordersModule, "noop"), b.function(bordersModule, "spin"), b.function(bordersModule, "spinning"), b.function(bordersModule, "stop")
	if b.err != nil {
		return nil, b.err
	}
	rounds, pass := 7, 40*time.Millisecond
	if full {
		rounds, pass = 31, 100*time.Millisecond
	}
	clock := measure.MachineClock()
	var cells []measure.LiveCell
	add := func(kernel string, n int, take func() (measure.Sample, int, error)) {
		cells = append(cells, measure.LiveCell{&measure.Subject{
			Name:  fmt.Sprintf("%s/kernel=%s/lang=python/via=cpython/n=%d", PythonName, kernel, n),
			Facts: bordersFacts(fmt.Sprintf("python %s n=%d", kernel, n), "call"),
		}, take})
	}
	timed := func(calls func() (int, error)) (measure.Sample, int, error) {
		cpu, wall := clock.CPU(), clock.Wall()
		n, err := calls()
		elapsed, worked := clock.Wall()-wall, clock.CPU()-cpu
		if err == nil && n == 0 {
			err = fmt.Errorf("study: no call in %v, want at least one", pass)
		}
		return measure.Sample{Wall: float64(elapsed) / float64(max(n, 1)), CPU: float64(worked) / float64(max(n, 1))}, n, err
	}
	for _, goroutines := range []int{1, 2, 8, 64, 1000} {
		add("contended", goroutines, func() (measure.Sample, int, error) {
			return timed(func() (int, error) {
				made, errs := make([]int, goroutines), make([]error, goroutines)
				end := time.Now().Add(pass)
				var group sync.WaitGroup
				for g := range goroutines {
					group.Go(func() {
						for time.Now().Before(end) {
							for range measure.Stride {
								if _, err := noop.Call(); err != nil {
									errs[g] = err
									return
								}
							}
							made[g] += measure.Stride
						}
					})
				}
				group.Wait()
				all := 0
				for _, n := range made {
					all += n
				}
				return all, errors.Join(errs...)
			})
		})
	}
	add("busy", 1, func() (measure.Sample, int, error) {
		done := make(chan error, 1)
		go func() {
			_, err := spin.Call()
			done <- err
		}()
		for {
			if v, err := spinning.Call(); err != nil {
				return measure.Sample{}, 0, err
			} else if v.Int() == 1 {
				break
			}
		}
		var waited, longest time.Duration
		const calls = 20
		for range calls {
			time.Sleep(time.Millisecond) // so that the loop has the GIL again
			start := time.Now()
			_, failed := noop.Call()
			elapsed := time.Since(start)
			waited, longest, err = waited+elapsed, max(longest, elapsed), errors.Join(err, failed)
		}
		_, stopped := stop.Call()
		s := measure.Sample{Wall: float64(waited) / calls, More: []measure.Value{{Value: float64(longest), Unit: "max-ns"}}}
		return s, calls, errors.Join(err, stopped, <-done)
	})
	return measure.VisitLive(cells, rounds, seed, progress)
}
