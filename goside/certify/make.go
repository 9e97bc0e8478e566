// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package certify

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/kernel/rounding"
	"toll/goside/measure"
	"toll/goside/seam"
)

// affordable is the cost of a problem whose cause is looked for, see [rounding.Cost]: a second or two.
const affordable = 200_000

// Maker makes a certificate of what a suite runs. [Maker.Ran] looks on, as a [conform.Watch] has it.
type Maker struct {
	mu       sync.Mutex
	problems map[string]*problem
	routes   map[*seam.Route]*made
}

type problem struct {
	once sync.Once
	sum  Sum
}

// made is what a route did. One goroutine at a time uses it.
type made struct {
	cases       int
	differences []Difference
	worst       map[string]*candidate // by kernel, the problem to look for the cause on
}

type candidate struct {
	c       *kernel.Case
	got     *kernel.Job
	differs int
}

// Ran notes what a route made of a case.
func (m *Maker) Ran(route *seam.Route, c *kernel.Case, got, reference *kernel.Job) {
	m.mu.Lock()
	if m.problems == nil {
		m.problems, m.routes = map[string]*problem{}, map[*seam.Route]*made{}
	}
	p, r := m.problems[c.String()], m.routes[route]
	if p == nil {
		p = &problem{}
		m.problems[c.String()] = p
	}
	if r == nil {
		r = &made{worst: map[string]*candidate{}}
		m.routes[route] = r
	}
	m.mu.Unlock()
	p.once.Do(func() { p.sum = conform.Sum(reference) })
	r.cases++
	if route.BoundOn(c.Kernel) != nil || same(got, reference) {
		return
	}
	differs, of, first := differing(got, reference)
	r.differences = append(r.differences, Difference{c.String(), conform.Sum(got),
		fmt.Sprintf("%s; %d of %d elements differ", first, differs, of)})
	w := r.worst[c.Kernel]
	if w == nil {
		w = &candidate{}
		r.worst[c.Kernel] = w
	}
	if differs > w.differs && rounding.Cost(c) <= affordable {
		*w = candidate{c, got, differs}
	}
}

func same(got, want *kernel.Job) bool {
	for b := range want.Buffers {
		if _, err := conform.Compare(&want.Buffers[b], &got.Buffers[b], nil); err != nil {
			return false
		}
	}
	return true
}

// differing returns how many elements differ, and says which is the first.
func differing(got, want *kernel.Job) (n, of int, first string) {
	for b := range want.Buffers {
		w, g := &want.Buffers[b], &got.Buffers[b]
		of += w.Len
		for k := range w.Len {
			if w.Same(g, k) {
				continue
			}
			if n++; n == 1 {
				first = fmt.Sprintf("%s: %s, not %s: %s", w.At(k), g.Text(k), w.Text(k), conform.Apart(w, g, k)+" apart")
			}
		}
	}
	return n, of, first
}

// Certificate returns the certificate of a run with these results.
func (m *Maker) Certificate(facts []measure.Fact, results []conform.Result) *Certificate {
	c := &Certificate{Facts: facts}
	for _, of := range kernel.Cases() {
		if p := m.problems[of.String()]; p != nil {
			c.Problems = append(c.Problems, Problem{of.String(), p.sum})
		}
	}
	var seen []*seam.Route
	for k := range results {
		route := results[k].Route
		if !slices.Contains(seen, route) {
			seen = append(seen, route)
			c.Routes = append(c.Routes, m.route(route, results))
		}
	}
	return c
}

func (m *Maker) route(route *seam.Route, results []conform.Result) Route {
	out := Route{Name: route.Name(), State: Same}
	var wrong error
	for k := range results {
		r := &results[k]
		if r.Route != route {
			continue
		}
		switch r.Verdict() {
		case conform.Unavailable:
			out.State, out.Says = Unavailable, unavailable(r.Err)
			return out
		case conform.Failed, conform.Stopped:
			wrong = errors.Join(wrong, r.Reason())
		case conform.Bounded:
			out.State = Bounded
		}
	}
	if library, err := route.Open(); err == nil {
		out.Says = library.Build.String()
	}
	r := m.routes[route]
	if r == nil {
		r = &made{}
	}
	out.Cases, out.Differences = r.cases, r.differences
	if wrong == nil && r.differences == nil {
		return out
	}
	out.State = Differs
	for _, name := range sorted(r.worst) {
		w := r.worst[name]
		if w.c == nil {
			out.Causes = append(out.Causes, Cause{name, "unknown cause: each problem that differs is too large to look for it"})
			continue
		}
		out.Causes = append(out.Causes, Cause{name, says(rounding.Explain(w.c, w.got)) + ", on " + w.c.String()})
	}
	if r.differences == nil { // refused, or its surroundings were changed
		first, _, _ := strings.Cut(wrong.Error(), "\n")
		out.Causes = append(out.Causes, Cause{"-", first})
	}
	return out
}

// notBuilt matches what says that a file is missing: where it was looked for is of one machine only.
var notBuilt = regexp.MustCompile(`(\S+) is not in .*`)

// unavailable returns the reason in a line, without the names of folders.
func unavailable(err error) string {
	says, _, _ := strings.Cut(err.Error(), "\n")
	if _, after, ok := strings.Cut(says, seam.ErrUnavailable.Error()+": "); ok {
		says = after
	}
	return notBuilt.ReplaceAllString(says, "$1 is not built")
}

// says returns a cause in a line.
func says(c *rounding.Cause) string {
	switch {
	case c.Way == nil:
		return fmt.Sprintf("unknown cause: none that is known explains more than half of %d elements", c.Differ)
	case c.Way.Cause == "":
		return "the reference is off, and this route has what exact arithmetic gives"
	}
	found := strings.Join(append([]string{c.Way.Cause}, c.Also...), ", or ")
	if c.All {
		return fmt.Sprintf("%s: with %s all of %d elements that differ come out the same", found, c.Way.Name, c.Differ)
	}
	return fmt.Sprintf("likely %s: with %s %d of %d elements that differ come out the same", found, c.Way.Name, c.Explained, c.Differ)
}
