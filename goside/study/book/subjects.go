// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
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

// Operations that are no kernel.
const (
	compileOp   = "compile"   // a language's compilation of itself
	startOp     = "start"     // a process that fits lines starts: the interpreter, its imports, and its cluster if it has one
	callOp      = "call"      // a process fits a line for each thread: what a call costs besides its lines
	roundTripOp = "roundtrip" // a Julia set's arguments go to a process and the counts come back; nothing is iterated
)

// Why compilations and starts are not judged like what is measured in rounds.
const (
	seenOnce    = "a compilation is seen once"
	startedOnce = "a start is seen once"
)

// What the fact "missing" says of a route that did what is wrong, and of one that lacks the kernel; of one that cannot be
// had it says why. separator stands between two routes.
const (
	failed     = string(conform.Failed)
	notOffered = "not offered"
	separator  = " | "
)

// subjects verifies the routes on the book's own problems, in one run of the whole each, or of a tenth if the route is slow
// and lab does not run in full. It returns what is to be timed. The fact "missing" of a problem names the routes that do not
// hold or cannot be had, the fact "tenth" those that were verified on a tenth. If lab is to stop, the error is
// measure.ErrStopped.
//
// A route whose run took longer than a second is timed on a part of the problem, unless lab runs in full. The name's part is
// then the share of the whole problem's work in an operation. In diffusion an operation is a step of the whole grid all
// the same; runs have fewer steps, the name's steps. The baseline is timed at every size that is. All subjects of a
// problem and size share its memory.
//
// A process's round trip is timed besides: see roundTripOp. compiled are the times in which languages compiled themselves
// before their first use, a series each. wrong says which routes gave wrong results.
func subjects(routes []*seam.Route, lab *study.Lab) (all []measure.Subject, compiled []measure.Series, wrong, err error) {
	problems, err := problemsOfTables()
	if err != nil {
		return nil, nil, nil, err
	}
	long := longest
	if lab.Full {
		long = 0
		for k := range problems {
			problems[k].tenth = kernel.Case{}
		}
	}
	lab.Progress.Begin("compiling")                                 // which takes seconds, and the timer microseconds
	if compiled, err = compile(problems, routes, lab); err != nil { // first, or some would compile in the run that verifies
		return nil, nil, nil, err
	}
	lab.Progress.Begin("verifying")
	all, wrong, err = subjectsOf(problems, routes, long, lab)
	if err == nil {
		all = append(all, roundTrips(all, routes)...)
		all = append(all, calls(all, routes, lab.Threads)...)
	}
	return all, compiled, wrong, err
}

// roundTrips returns the Julia set without an iteration, for the processes among what is timed.
func roundTrips(timed []measure.Subject, routes []*seam.Route) []measure.Subject {
	var trips []measure.Subject
	for _, r := range routes {
		if r.Via != "process" || !slices.ContainsFunc(timed, func(s measure.Subject) bool {
			name := record.ParseName(s.Name)
			return name.Kernel == "julia" && name.Route() == r.Name()
		}) {
			continue
		}
		library, err := r.Open()
		if err != nil {
			continue // it was timed, so it is open
		}
		a := kernel.NewJulia(kernel.JuliaSize, 0, study.SerialPar)
		name := record.Name{Study: benchmark, Op: roundTripOp, Lang: r.Lang, Via: r.Via, N: strconv.Itoa(kernel.JuliaSize)}
		trips = append(trips, measure.Subject{
			Name:  name.String(),
			Facts: facts(name, "image"),
			Group: name.Problem(),
			Run:   study.Passes(1, func() error { return library.Julia(a) }),
			Least: 1,
			Parks: study.Parks(r),
		})
	}
	return trips
}

// calls returns fits of as many lines as there are threads, for the processes among what is timed that fit lines.
func calls(timed []measure.Subject, routes []*seam.Route, threads int) []measure.Subject {
	var all []measure.Subject
	for _, r := range routes {
		if !fitsOnly(r) || !slices.ContainsFunc(timed, func(s measure.Subject) bool {
			name := record.ParseName(s.Name)
			return name.Route() == r.Name()
		}) {
			continue
		}
		library, err := r.Open()
		if err != nil {
			continue // it was timed, so it is open
		}
		a := kernel.NewOLS(threads, kernel.OLSDays, kernel.Row, kernel.Par{Threads: threads, Schedule: kernel.Static})
		name := record.Name{Study: benchmark, Op: callOp, Lang: r.Lang, Via: r.Via, N: strconv.Itoa(threads)}
		all = append(all, measure.Subject{
			Name:  name.String(),
			Facts: facts(name, "call"),
			Group: name.Problem(),
			Run:   study.Passes(1, func() error { return library.OLS(a) }),
			Least: 1,
			Parks: study.Parks(r),
		})
	}
	return all
}

// fitsOnly reports whether a route is a process of data frames.
func fitsOnly(r *seam.Route) bool {
	return r.Via == "process" && slices.Contains(studied[lines].routes, r.Name())
}

// facts returns what the record says of a problem: its name, and what an operation is.
func facts(name record.Name, item string) []measure.Fact {
	return []measure.Fact{{Key: "problem", Value: name.Problem()}, {Key: "per", Value: item}}
}

// subjectsOf is subjects of any problems; what takes longer than long, unless that is 0, is timed in part.
func subjectsOf(problems []problem, routes []*seam.Route, long time.Duration, lab *study.Lab) (subjects []measure.Subject, wrong, err error) {
	problems = slices.DeleteFunc(slices.Clone(problems), func(p problem) bool { // nothing but its denominator was asked for
		return !slices.ContainsFunc(p.of(routes), func(r *seam.Route) bool { return r.Name() != registry.Baseline })
	})
	all, done := 0, 0
	for k := range problems {
		all += len(problems[k].of(routes))
	}
	for k := range problems {
		p := &problems[k]
		if lab.Stopped() {
			return nil, wrong, measure.ErrStopped
		}
		ran := p.verify(p.of(routes), &conform.Watch{Done: lab.Done, Progress: func(_, _ int, on string) {
			lab.Progress.On(on)
			lab.Progress.Step(done, all)
			done++
		}})
		if lab.Stopped() {
			return nil, wrong, measure.ErrStopped
		}
		for _, run := range ran {
			if run.wrong() {
				wrong = errors.Join(wrong, fmt.Errorf("book: %s: %s", strings.TrimSpace(p.kernel+" "+p.layout), run.missing()))
			}
		}
		more, err := p.subjects(ran, long, lab.Threads)
		if err != nil {
			return nil, wrong, err
		}
		subjects = append(subjects, more...)
		runtime.GC() // what verification leaves is much, and nothing is to be collected while the clock runs
	}
	return subjects, wrong, nil
}

// of returns the routes that the problem's tables name, in their order.
func (p *problem) of(routes []*seam.Route) []*seam.Route {
	var all []*seam.Route
	for _, name := range p.routes {
		if at := slices.IndexFunc(routes, func(r *seam.Route) bool { return r.Name() == name }); at >= 0 {
			all = append(all, routes[at])
		}
	}
	return all
}

// firstRun is what was seen of a route on a whole problem.
type firstRun struct {
	route   *seam.Route
	result  conform.Result
	elapsed time.Duration
	tenth   bool // it was verified on a tenth
	sum     int  // of a Julia set's counts
}

// verify runs the whole problem once on each route, or a tenth if the route is slow. Where the
// book prints the sum of the counts, all counts are to be the reference's, also on a route that has a bound for other points.
func (p *problem) verify(routes []*seam.Route, watch *conform.Watch) []*firstRun {
	var runs []*firstRun
	var observed, whole, tenth []*seam.Route
	for _, r := range routes {
		run := &firstRun{route: r}
		runs = append(runs, run)
		observe := run.observed(p.sum != 0)
		observed = append(observed, observe)
		if r.Slow && p.tenth.New != nil && !slices.Contains(undivided, r.Name()) {
			tenth = append(tenth, observe)
		} else {
			whole = append(whole, observe)
		}
	}
	results := conform.Verify(whole, []kernel.Case{p.whole}, watch)
	if tenth != nil {
		results = append(results, conform.Verify(tenth, []kernel.Case{p.tenth}, watch)...)
	}
	for _, result := range results {
		run := runs[slices.Index(observed, result.Route)]
		run.result = result
		if slices.Contains(tenth, result.Route) {
			run.elapsed *= 10
			run.tenth = true
		}
		if result.Holds() && p.sum != 0 && run.sum != p.sum {
			run.result.Failures = append(run.result.Failures, fmt.Errorf("the counts add up to %d, want %d", run.sum, p.sum))
		}
	}
	return runs
}

// observed returns the route with its runs noted, and without its bound if its results are to be the reference's exactly.
func (run *firstRun) observed(exactly bool) *seam.Route {
	r := seam.NewRoute(run.route.Lang, run.route.Via, func() (*seam.Library, error) {
		library, err := run.route.Open()
		if err != nil {
			return nil, err
		}
		noted := *library
		f := &noted.Funcs
		f.Run = observe(run, f.Run)
		f.OLS = observe(run, f.OLS)
		f.Julia = observe(run, f.Julia)
		if julia := f.Julia; julia != nil {
			f.Julia = func(a *kernel.Julia) error {
				err := julia(a)
				run.sum = sumOf(a.Out)
				return err
			}
		}
		return &noted, nil
	})
	if !exactly {
		r.Bound = run.route.Bound
	}
	return r
}

func observe[A any](run *firstRun, f func(*A) error) func(*A) error {
	if f == nil {
		return nil
	}
	return func(a *A) error {
		start := time.Now()
		err := f(a)
		run.elapsed = time.Since(start)
		return err
	}
}

// offered reports whether the route has the kernel, as far as one can tell.
func (run *firstRun) offered() bool { return run.result.Err != nil || run.result.Cases > 0 }

// wrong reports whether the route did what is wrong; to lack the kernel is not.
func (run *firstRun) wrong() bool { return run.offered() && run.result.Verdict() == conform.Failed }

// missing returns why the route is not timed, in a line.
func (run *firstRun) missing() string {
	r := &run.result
	if !run.offered() {
		return run.route.Name() + ": " + notOffered
	}
	reason := r.Reason()
	if len(r.Failures) > 0 {
		reason = r.Failures[0] // there is one case only
	}
	why, _, _ := strings.Cut(strings.TrimPrefix(reason.Error(), run.route.Name()+": "), "\n")
	why = strings.ReplaceAll(why, separator, " ")
	if run.wrong() {
		why = failed + ": " + why
	}
	return run.route.Name() + ": " + why
}

// subjects returns what is timed of the problem.
func (p *problem) subjects(runs []*firstRun, long time.Duration, threads int) ([]measure.Subject, error) {
	var missing []string
	sized := make([][]*firstRun, len(p.sizes))
	for _, run := range runs {
		if !run.result.Holds() {
			missing = append(missing, run.missing())
			continue
		}
		size := p.size(run, long)
		for k := range sized {
			if k == size || run.route.Name() == registry.Baseline {
				sized[k] = append(sized[k], run)
			}
		}
	}
	var all []measure.Subject
	for k, runs := range sized {
		onlyBaseline := len(runs) == 1 && runs[0].route.Name() == registry.Baseline
		if len(runs) == 0 || k > 0 && onlyBaseline {
			continue
		}
		more, err := p.sized(&p.sizes[k], runs, missing, threads)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// size returns the index of the size at which a route is timed.
func (p *problem) size(run *firstRun, long time.Duration) int {
	if slices.Contains(undivided, run.route.Name()) {
		return 0
	}
	size, most := 0, float64(long)
	for long > 0 && size < len(p.sizes)-1 {
		s := &p.sizes[size]
		if operation := float64(run.elapsed) / float64(p.items); operation*s.part*float64(s.least) <= most {
			break
		}
		size, most = size+1, float64(long)/2
	}
	return size
}

// sized returns the subjects of a size.
func (p *problem) sized(s *size, runs []*firstRun, missing []string, threads int) ([]measure.Subject, error) {
	name := p.name(s)
	var results []conform.Result
	var tenth []string
	for _, run := range runs {
		results = append(results, run.result)
		if run.tenth {
			tenth = append(tenth, run.route.Name())
		}
	}
	verified := study.Verification(&kernel.Problem{Study: benchmark, Kernel: p.kernel, Layout: p.layout}, results)
	facts := append(facts(name, p.item), measure.Fact{Key: "verified", Value: verified})
	if tenth != nil {
		facts = append(facts, measure.Fact{Key: "tenth", Value: strings.Join(tenth, " ")})
	}
	if missing != nil {
		facts = append(facts, measure.Fact{Key: "missing", Value: strings.Join(missing, separator)})
	}
	run, reset := s.new(threads)
	var all []measure.Subject
	for _, r := range runs {
		library, err := r.route.Open()
		if err != nil {
			return nil, err
		}
		name.Lang, name.Via = r.route.Lang, r.route.Via
		all = append(all, measure.Subject{
			Name:  name.String(),
			Facts: facts,
			Group: name.Problem(),
			Reset: reset,
			Run:   study.Passes(s.least, func() error { return run(&library.Funcs) }),
			Least: s.least,
			Parks: study.Parks(r.route),
		})
	}
	return all, nil
}

// compile has the problems' Python languages compile that do so themselves, and say how long it took: the function
// compile_seconds of their modules. It also times the start of processes that fit lines.
func compile(problems []problem, routes []*seam.Route, lab *study.Lab) ([]measure.Series, error) {
	var series []measure.Series
	asked := map[string]bool{}
	for k := range problems {
		for _, r := range problems[k].of(routes) {
			if r.Via != "cpython" && !fitsOnly(r) || asked[r.Lang] {
				continue
			}
			asked[r.Lang] = true
			if lab.Stopped() {
				return nil, measure.ErrStopped
			}
			lab.Progress.On(r.Name())
			start := time.Now()
			if _, err := r.Open(); err != nil {
				continue // said to be missing
			}
			if r.Via != "cpython" {
				series = append(series, once(startOp, r, "process", startedOnce, time.Since(start).Seconds()))
				continue
			}
			seconds, ok, err := compileSeconds(r)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			series = append(series, once(compileOp, r, "module", seenOnce, seconds))
		}
	}
	return series, nil
}

// once returns the series of what is seen once.
func once(op string, r *seam.Route, item, why string, seconds float64) measure.Series {
	name := record.Name{Study: benchmark, Op: op, Lang: r.Lang, Via: r.Via, N: "1"}
	facts := append(facts(name, item), measure.Fact{Key: "unjudged", Value: why})
	return measure.Series{
		Subject: &measure.Subject{Name: name.String(), Facts: facts, Group: name.Problem()},
		N:       1,
		Samples: []measure.Sample{{Wall: 1e9 * seconds}},
	}
}

// compileSeconds has a route's language compile itself; ok is false if it does not do so, or fails, as its kernels will say.
func compileSeconds(r *seam.Route) (seconds float64, ok bool, err error) {
	in, err := cpython.Default()
	if err != nil {
		return 0, false, err
	}
	function, err := in.Import(cpython.Module(r.Lang), "compile_seconds")
	var raised *cpython.Error
	if errors.As(err, &raised) && raised.Type == "AttributeError" {
		return 0, false, nil
	} else if err != nil {
		return 0, false, fmt.Errorf("book: %s: %w", r.Name(), err)
	}
	object := function.Object()
	if object == nil {
		return 0, false, fmt.Errorf("book: %s: compile_seconds is no function, want one", r.Name())
	}
	defer object.Release()
	if value, err := object.Call(); err == nil {
		return value.Float(), true, nil
	}
	return 0, false, nil
}
