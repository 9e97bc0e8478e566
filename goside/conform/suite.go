// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

// Verify runs the cases over the routes and returns a result for each kernel and layout that a route offers; routes that
// are slow are spared the large cases. A route that offers none of the cases gets one failed result. watch may be nil.
//
// The routes of one crossing are verified in turn, since they would wait for each other at what it goes through, such as
// an interpreter's lock; those of other crossings at the same time, on as many threads as Go uses.
func Verify(routes []*seam.Route, cases []kernel.Case, watch *Watch) []Result {
	s, lanes := NewSuite(cases), inLanes(routes)
	for _, a := range s.answers {
		a.wanted.Store(int32(len(lanes)))
	}
	return s.verify(routes, lanes, watch)
}

// Watch looks on while routes are verified, and may stop that.
type Watch struct {
	// Progress is called, by one goroutine at a time, before a route runs a case: so many of all are done, on comes next.
	Progress func(done, all int, on string)
	// Ran is called after each case that a route ran to its end: what it wrote, and what the reference did. Calls for one route
	// come one after another. It may be nil.
	Ran func(route *seam.Route, c *kernel.Case, got, reference *kernel.Job)
	// Done is closed to stop before the next case. Results that lack cases are then Stopped; one that failed has failed.
	Done <-chan struct{}
}

// watching is a Watch at work.
type watching struct {
	Watch
	mu        sync.Mutex
	done, all int
}

// next says which case of a route comes next, and reports whether it is to be run. w may be nil.
func (w *watching) next(route *seam.Route, c *kernel.Case) bool {
	switch {
	case w == nil:
		return true
	case w.stopped():
		return false
	}
	if w.Progress != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.Progress(w.done, w.all, route.Name()+" "+c.Kernel)
		w.done++
	}
	return true
}

func (w *watching) stopped() bool {
	if w == nil {
		return false
	}
	select {
	case <-w.Done:
		return true
	default:
		return false
	}
}

// Suite is cases, and what the reference makes of each. That is made once, for all verifications, and kept.
type Suite struct {
	cases   []kernel.Case
	answers []*answer
}

// answer is what is wanted of a route: identical bits or, unless it is nil, what a bound is around.
type answer struct {
	identical, exact func() *kernel.Job
	wanted           atomic.Int32 // by so many lanes still; of a kept one 0
}

// NewSuite returns the suite of these cases.
func NewSuite(cases []kernel.Case) *Suite {
	s := &Suite{cases: cases}
	reference, exact := kernel.Go().Checked(), kernel.Exact().Checked()
	for k := range cases {
		s.answers = append(s.answers, &answer{
			identical: sync.OnceValue(func() *kernel.Job { return solve(&cases[k], &reference) }),
			exact:     sync.OnceValue(func() *kernel.Job { return solve(&cases[k], &exact) }),
		})
	}
	return s
}

// Only returns the suite of those cases that are to be kept. The answers are shared.
func (s *Suite) Only(keep func(c *kernel.Case) bool) *Suite {
	only := &Suite{}
	for k := range s.cases {
		if keep(&s.cases[k]) {
			only.cases = append(only.cases, s.cases[k])
			only.answers = append(only.answers, s.answers[k])
		}
	}
	return only
}

// Cases returns the suite's cases, to be read only.
func (s *Suite) Cases() []kernel.Case { return s.cases }

// Verify is [Verify] of the suite's cases.
func (s *Suite) Verify(routes []*seam.Route) []Result { return s.verify(routes, inLanes(routes), nil) }

// VerifyHere is Verify on the caller's own thread, for callers that the age of the thread, or what it did before, is of
// importance to. The goroutine must be locked to it.
func (s *Suite) VerifyHere(routes []*seam.Route) []Result {
	return slices.Concat(s.verifyHere(routes, nil)...)
}

// inLanes parts the routes into groups that can be verified at the same time, and returns their indices.
func inLanes(routes []*seam.Route) [][]int {
	var crossings []string
	of := map[string][]int{}
	for r, route := range routes {
		if of[route.Via] == nil {
			crossings = append(crossings, route.Via)
		}
		of[route.Via] = append(of[route.Via], r)
	}
	slices.SortStableFunc(crossings, func(a, b string) int { return len(of[b]) - len(of[a]) })
	lanes := make([][]int, min(len(crossings), runtime.GOMAXPROCS(0)))
	for _, via := range crossings {
		shortest := 0
		for k := range lanes {
			if len(lanes[k]) < len(lanes[shortest]) {
				shortest = k
			}
		}
		lanes[shortest] = append(lanes[shortest], of[via]...)
	}
	return lanes
}

func (s *Suite) verify(routes []*seam.Route, lanes [][]int, watch *Watch) []Result {
	for _, route := range routes {
		_, _ = route.Open() // here, since some runtimes are bound to the thread that starts them, and those below end
	}
	var w *watching
	if watch != nil {
		w = &watching{Watch: *watch, all: len(routes) * len(s.cases)}
	}
	perRoute := make([][]Result, len(routes))
	var group sync.WaitGroup
	for _, lane := range lanes {
		group.Go(func() {
			thread.Do(func() {
				mine := make([]*seam.Route, len(lane))
				for k, r := range lane {
					mine[k] = routes[r]
				}
				for k, results := range s.verifyHere(mine, w) {
					perRoute[lane[k]] = results
				}
			})
		})
	}
	group.Wait()
	return slices.Concat(perRoute...)
}

// Sampled is of how many cases a route does one that is sampled.
const Sampled = 12

// verifyHere returns the results of each route. It tells w of each case, which may be nil.
func (s *Suite) verifyHere(routes []*seam.Route, w *watching) [][]Result {
	perRoute := make([][]Result, len(routes))
	if _, err := thread.Settle(); err != nil {
		for r, route := range routes {
			perRoute[r] = []Result{{Route: route, Err: fmt.Errorf("conform: %w", err)}}
		}
		return perRoute
	}
	libraries := make([]*seam.Library, len(routes))
	for r, route := range routes {
		library, err := route.Open()
		if err != nil {
			perRoute[r] = []Result{{Route: route, Err: err}}
		}
		libraries[r] = library
	}
	for n := range s.cases {
		c, a := &s.cases[n], s.answers[n]
		for r, library := range libraries {
			on := w.next(routes[r], c)
			if library == nil || c.Large && routes[r].Slow || routes[r].Sampled && n%Sampled != 0 {
				continue
			}
			if !on {
				lacks(&perRoute[r], routes[r], library, c)
				continue
			}
			want, bound := a.identical(), routes[r].BoundOn(c.Kernel)
			if bound != nil {
				if exact := a.exact(); exact != nil {
					want = exact
				}
			}
			var got *kernel.Job
			var worst float64
			var err error
			changed := thread.Guard(func() { got, worst, err = one(library, bound, c, want) })
			if err == nil && changed != 0 {
				err = fmt.Errorf("the call left the thread so that it %v, want its floating-point environment as found", changed)
			}
			if errors.Is(err, kernel.ErrNotOffered) {
				continue
			}
			if err != nil && w.stopped() { // what stopped it may have ended a process that the route needs
				lacks(&perRoute[r], routes[r], library, c)
				continue
			}
			if got != nil && w != nil && w.Ran != nil {
				w.Ran(routes[r], c, got, a.identical())
			}
			result := find(&perRoute[r], routes[r], c)
			result.Cases++
			result.Worst = max(result.Worst, worst)
			if err != nil {
				result.Failures = append(result.Failures, fmt.Errorf("%v: %w", c, err))
			}
		}
		if a.wanted.Load() > 0 && a.wanted.Add(-1) == 0 {
			a.identical, a.exact = nil, nil
		}
	}
	for r := range routes {
		if len(perRoute[r]) == 0 {
			perRoute[r] = []Result{{Route: routes[r], Stopped: w.stopped()}}
		}
	}
	return perRoute
}

// lacks notes that a case was not run, if the route offers a function of its kernel.
func lacks(results *[]Result, route *seam.Route, library *seam.Library, c *kernel.Case) {
	if slices.ContainsFunc(library.Offered(), func(f kernel.Function) bool { return f.Kernel == c.Kernel }) {
		find(results, route, c).Stopped = true
	}
}

// find returns the route's result for the case's kernel and layout, a new one if there is none.
func find(results *[]Result, route *seam.Route, c *kernel.Case) *Result {
	for k := range *results {
		if r := &(*results)[k]; r.Kernel == c.Kernel && r.Layout == c.Layout {
			return r
		}
	}
	*results = append(*results, Result{Route: route, Kernel: c.Kernel, Layout: c.Layout})
	return &(*results)[len(*results)-1]
}

// solve returns a case's job as done by f, or untouched if the case is a refusal; nil if f does not offer it.
func solve(c *kernel.Case, f *kernel.Funcs) *kernel.Job {
	job := c.New()
	if c.Want != kernel.OK {
		return job
	}
	switch err := run(job, f); {
	case errors.Is(err, kernel.ErrNotOffered):
		return nil
	case err != nil:
		panic(fmt.Sprintf("conform: the reference refused %v: %v", c, err))
	}
	return job
}
