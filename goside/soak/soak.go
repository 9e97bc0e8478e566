// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package soak runs random kernels over many routes from many goroutines for a long time, under pressure of memory and of
// garbage collection, while goroutines, threads and workers come and go. It verifies every result, and judges whether what a
// process holds (memory, threads, descriptors, Python's objects and more) stays flat.
//
// The work stops for a moment every few seconds. What is held then, after garbage was collected, is what is judged, see
// [Trend.Flat]: under load the figures go up and down by more than a small leak adds. Once a second all figures are looked at under
// load, too, for the most they reach.
//
// libgomp keeps a pool of threads for each thread that called it, until that ends (docs/FINDINGS.md). So OpenMP is called from a
// few goroutines that stay locked to their threads, and from threads that end after the call. Other code is called from any thread.
package soak

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/kernel/property"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

// Config is what is run.
type Config struct {
	Routes    []*seam.Route
	Crossings []calls.Crossing
	Workers   []Opener                  // opened, used and closed again and again
	Cases     func(c *kernel.Case) bool // which of the suite's are run, of those that are quick; nil: all

	Rounds     int           // of work and rest, at least
	Duration   time.Duration // of all of them, at least
	Load       time.Duration // of work in a round
	Warm       time.Duration // before figures are judged: at least so long and a tenth of all, at most half
	Pypy       int           // tasks of a route of PyPy before all that, which are not counted
	Goroutines int           // that work at once; 0: 32 more than cores
	Seed       uint64
	Patience   time.Duration // for all work to stop; 0: 10 min

	Figures []Figure
	Tidy    func() // before figures are looked at, at rest; may be nil

	Samples  io.Writer         // gets all samples, as a table of tab-separated values; may be nil
	Progress func(line string) // may be nil
}

// Report is what was found.
type Report struct {
	Calls     map[string]int // tasks, by their kind
	Routes    map[string]int // tasks, by route, crossing or worker
	Callbacks int            // verifications that included callbacks
	Wrong     int
	Errors    []error // the first of those
	Rests     int     // that were judged
	Hours     float64 // that they span
	Figures   []Line
}

// Line is a figure's.
type Line struct {
	Figure Figure
	Most   float64 // under load
	Trend  Trend
	NotZero,
	Known bool
}

// Flat reports whether the figure is.
func (l *Line) Flat() bool { return !l.Known || l.Trend.Flat() && !l.NotZero }

// Err returns an error that says what is wrong, or nil.
func (r *Report) Err() error {
	var all []error
	if r.Wrong > 0 {
		all = append(all, fmt.Errorf("soak: %d wrong results, the first: %w", r.Wrong, r.Errors[0]))
	}
	for _, l := range r.Figures {
		if !l.Flat() {
			all = append(all, fmt.Errorf("soak: %s: not flat", l.Figure.Name))
		}
	}
	return errors.Join(all...)
}

// mostErrors is how many errors are kept.
const mostErrors = 20

// run is a soak at work.
type run struct {
	Config
	open []library

	work sync.RWMutex // held to read by who works, to write at rest
	over atomic.Bool

	mu     sync.Mutex
	report Report
	doing  map[int]string // by goroutine
}

// library is an open route.
type library struct {
	route *seam.Route
	*seam.Library
	cases  []*conform.Suite // of one case each
	openMP bool
	slow   bool // an interpreter walks over each element
}

// Run runs c to its end. The error is of a run that could not be made, or that came to a halt.
func Run(c Config) (*Report, error) {
	s := &run{Config: c, doing: map[int]string{}}
	s.report.Calls, s.report.Routes = map[string]int{}, map[string]int{}
	if s.Goroutines == 0 {
		s.Goroutines = runtime.NumCPU() + 32
	}
	if s.Patience == 0 {
		s.Patience = 10 * time.Minute
	}
	if s.Rounds < 2*fewest {
		return nil, fmt.Errorf("soak: %d rounds, want at least %d", s.Rounds, 2*fewest)
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	return s.rounds()
}

// prepare opens the routes and makes their cases. All answers are computed first, since they are kept.
func (s *run) prepare() error {
	cases := slices.DeleteFunc(kernel.Cases(), func(c kernel.Case) bool {
		return c.Large || strings.Contains(c.Name, "book's") || strings.Contains(c.Name, "5000") || s.Cases != nil && !s.Cases(&c)
	})
	suite := conform.NewSuite(cases)
	var all, refusals []*conform.Suite
	for k := range suite.Cases() {
		only := suite.Only(func(c *kernel.Case) bool { return c == &suite.Cases()[k] })
		all = append(all, only)
		if suite.Cases()[k].Want != kernel.OK {
			refusals = append(refusals, only)
		}
	}
	for _, r := range s.Routes {
		if r.Sampled { // its processes come and go as Dask likes
			continue
		}
		opened, err := r.Open()
		if errors.Is(err, seam.ErrUnavailable) {
			continue
		} else if err != nil {
			return fmt.Errorf("%s: %w", r.Name(), err)
		}
		l := library{route: r, Library: opened, cases: all, openMP: openMP(r.Lang), slow: slow(r)}
		if l.slow {
			l.cases = refusals
		}
		s.open = append(s.open, l)
		if r.Via == "cpython" { // some compile at their first calls, which takes many seconds, while others wait for the GIL
			if err := first(&l); err != nil {
				s.wrong(fmt.Errorf("%s: at first: %w", r.Name(), err))
			}
		}
		if strings.HasPrefix(r.Lang, "pypy") && s.Pypy > 0 {
			s.compile(&l)
		}
	}
	if len(s.open) == 0 {
		return fmt.Errorf("soak: none of %d routes is available", len(s.Routes))
	}
	plain := seam.NewRoute("go", "direct", func() (*seam.Library, error) { return seam.NewLibrary(kernel.Go(), false, seam.Build{}), nil })
	bound := *plain
	bound.Bound = &seam.Bound{Kernel: "ols", ULP: math.Inf(1)} // so that the exact answers are made, too
	for _, result := range suite.Verify([]*seam.Route{plain, &bound}) {
		if err := result.Reason(); err != nil {
			return err
		}
	}
	return nil
}

// compile gives a route of PyPy its first tasks. Its compiler goes on for tens of thousands, and keeps what it has compiled: that
// would be hours of the few tasks that one route of many gets.
func (s *run) compile(l *library) {
	t := &turn{run: s, Rand: rand.New(rand.NewPCG(s.Seed, uint64(len(s.open)))), locked: true}
	for range s.Pypy {
		kind, ask := t.pick(l)
		if err := safely(ask); err != nil {
			s.wrong(fmt.Errorf("%s: at first: %s: %w", l.route.Name(), kind, err))
		}
	}
}

// openMP reports whether the language's code may run on OpenMP's threads.
func openMP(lang string) bool {
	return strings.Contains(lang, "-omp") || slices.Contains([]string{"cython", "cython-pure", "cython-static", "cython-dynamic",
		"cython-guided", "numba-prange", "pythran", "sklearn", "lstsq-engine-par"}, lang)
}

// slow reports whether an interpreter walks over each element, or makes a call for each row.
func slow(r *seam.Route) bool {
	return r.Slow || slices.Contains([]string{"python", "python-expanded", "python-numpy", "pypy", "pypy-expanded", "cython-pure",
		"lstsq-numba", "lstsq-engine", "lstsq-engine-par", "polars", "polars-batches"}, r.Lang)
}

// turn is a goroutine's some tasks.
type turn struct {
	*run
	*rand.Rand
	number int
	locked bool // to a thread, which has few others
}

// rounds works and rests by turns.
func (s *run) rounds() (*Report, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	var group sync.WaitGroup
	s.work.Lock()
	const kept = 4 // locked to a thread all the time
	for k := range s.Goroutines {
		group.Go(func() { s.goroutine(k, k < kept) })
	}
	group.Go(func() { s.pressure(s.Goroutines) })
	if len(s.Workers) > 0 {
		group.Go(func() { s.workers(s.Goroutines + 1) })
	}
	samples := newSamples(s.Figures, s.Samples)
	stop := make(chan struct{})
	var looking sync.WaitGroup
	looking.Go(func() { samples.watch(stop) })
	end := func() error {
		s.over.Store(true)
		s.work.Unlock()
		group.Wait()
		close(stop)
		looking.Wait()
		return samples.failed
	}
	start := time.Now()
	said := start
	for round := 1; round <= s.Rounds || time.Since(start) < s.Duration || len(s.uncalled()) > 0 && round <= 20*s.Rounds; round++ {
		s.work.Unlock()
		time.Sleep(s.Load)
		if err := s.rest(); err != nil {
			return nil, err // what hangs goes on
		}
		samples.rest(s.Tidy)
		if s.Progress != nil && time.Since(said) > max(s.Duration/20, 10*time.Second) {
			said = time.Now()
			s.mu.Lock()
			s.Progress(fmt.Sprintf("%v, round %d: %d tasks, %d wrong; %s", time.Since(start).Round(time.Second), round,
				sum(s.report.Routes), s.report.Wrong, samples.line()))
			s.mu.Unlock()
		}
	}
	if err := end(); err != nil {
		return nil, err
	}
	s.report.Figures, s.report.Rests, s.report.Hours = samples.judge(s.Warm)
	for _, name := range s.uncalled() {
		s.wrong(fmt.Errorf("%s: was not called, want every route called: run longer", name))
	}
	return &s.report, nil
}

// uncalled returns the routes that had no task.
func (s *run) uncalled() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.open {
		if s.report.Routes[l.route.Name()] == 0 {
			names = append(names, l.route.Name())
		}
	}
	return names
}

func sum(m map[string]int) (n int) {
	for v := range maps.Values(m) {
		n += v
	}
	return n
}

// rest waits until nobody works.
func (s *run) rest() error {
	resting := make(chan struct{})
	go func() {
		s.work.Lock()
		close(resting)
	}()
	select {
	case <-resting:
		return nil
	case <-time.After(s.Patience):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stacks := make([]byte, 1<<20)
	return fmt.Errorf("soak: work has not stopped for %v: %v\n%s", s.Patience, slices.Sorted(maps.Values(s.doing)),
		stacks[:runtime.Stack(stacks, true)])
}

// goroutine takes turns until the run is over: each in a goroutine of its own, on any thread or on one that ends with it; or all
// in this one, locked to its thread.
func (s *run) goroutine(k int, locked bool) {
	if locked {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		_, _ = thread.Settle()
	}
	rng := rand.New(rand.NewPCG(s.Seed, uint64(k)))
	longest := min(100*time.Millisecond, s.Load/4) // rests wait for the last
	for {
		s.work.RLock()
		if s.over.Load() {
			s.work.RUnlock()
			return
		}
		t := &turn{run: s, Rand: rng, number: k, locked: locked}
		tasks := func() {
			for end := time.Now().Add(time.Duration(t.Int64N(int64(longest)))); time.Now().Before(end); {
				t.task()
			}
		}
		switch {
		case locked:
			tasks()
		case t.IntN(4) == 0:
			t.locked = true
			thread.Do(tasks)
		default:
			done := make(chan struct{})
			go func() {
				defer close(done)
				tasks()
			}()
			<-done
		}
		s.work.RUnlock()
	}
}

// task does one.
func (t *turn) task() {
	if len(t.Crossings) > 0 && t.IntN(12) == 0 {
		c := &t.Crossings[t.IntN(len(t.Crossings))]
		f := *c.Funcs
		f.TextLive = nil // which others' texts are counted in, too
		t.do("functions of calls.h", "calls "+c.Lang+"/"+c.Name, func() error {
			checked, wrong := conform.VerifyCalls(&f)
			if checked == 0 {
				return errors.New("no call was checked")
			}
			if f.Callback != nil {
				t.mu.Lock()
				t.report.Callbacks++
				t.mu.Unlock()
			}
			return errors.Join(wrong...)
		})
		return
	}
	l := &t.open[t.IntN(len(t.open))]
	kind, ask := t.pick(l)
	job := func() { t.do(kind, l.route.Name(), ask) }
	if l.openMP && !t.locked {
		thread.Do(job)
		return
	}
	job()
}

// pick returns a task for the route. It asks for nothing if the route does not offer what was drawn.
func (t *turn) pick(l *library) (kind string, ask func() error) {
	switch t.IntN(10) {
	case 0, 1, 2, 3:
		only := l.cases[t.IntN(len(l.cases))]
		return "cases of the suite", func() (err error) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for _, r := range only.VerifyHere([]*seam.Route{l.route}) {
				if r.Cases > 0 { // else it does not offer the function
					err = errors.Join(err, r.Reason())
				}
			}
			return err
		}
	case 4, 5:
		all := property.All()
		p, seed := &all[t.IntN(len(all))], t.Uint64()
		return "properties", func() error { return offered(l.check(p, seed)) }
	}
	most := 4000
	switch {
	case l.slow:
		most = 300
	case t.IntN(50) == 0:
		most = 90_000
	}
	return "random problems", func() error {
		name, err := random(t.Rand, l.Library, most, func(kernel string) bool { return l.route.BoundOn(kernel) != nil })
		if offered(err) != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
}

// offered returns the error unless it says that a function is not offered.
func offered(err error) error {
	if errors.Is(err, kernel.ErrNotOffered) {
		return nil
	}
	return err
}

// check asks for a property of the route.
func (l *library) check(p *property.Property, seed uint64) error {
	within := property.Within{Quiet: l.route.Quiets != ""}
	if bound := l.route.BoundOn(p.Kernel); bound != nil {
		if p.Bits {
			return kernel.ErrNotOffered
		}
		within.ULP, within.Normwise = bound.ULP, bound.Normwise
	}
	return p.Check(&l.Funcs, seed, within)
}

// first asks a route for all properties, in both layouts.
func first(l *library) (err error) {
	for _, p := range property.All() {
		for seed := range uint64(2) {
			err = errors.Join(err, offered(safely(func() error { return l.check(&p, seed) })))
		}
	}
	return err
}

// do does a task of a route.
func (t *turn) do(kind, route string, ask func() error) {
	t.mu.Lock()
	t.doing[t.number] = route + " " + kind
	t.mu.Unlock()
	err := safely(ask)
	t.mu.Lock()
	delete(t.doing, t.number)
	t.report.Calls[kind]++
	t.report.Routes[route]++
	t.mu.Unlock()
	if err != nil {
		t.wrong(fmt.Errorf("%s: %s: %w", route, kind, err))
	}
}

func (s *run) wrong(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Wrong++
	if len(s.report.Errors) < mostErrors {
		s.report.Errors = append(s.report.Errors, err)
		if s.Progress != nil {
			s.Progress("wrong: " + err.Error())
		}
	}
}

// safely turns a panic into an error.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}
