// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package study turns verified routes and problems into what package measure times: the experiments. toll
// bench and go test -bench time the same subjects.
package study

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/level"
	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
)

// OnCPython returns the routes of the languages through CPython.
func OnCPython(langs ...string) []string {
	var routes []string
	for _, lang := range langs {
		routes = append(routes, lang+"/cpython")
	}
	return routes
}

// Cores returns on how many cores work is worth to be shared out, see [machine.Cores].
func Cores() int { return machine.Cores() }

// Squares returns those of the sides of squares, smallest first, that there is memory for, and says in the record which others are
// left out. A study that keeps the subjects of all its squares takes some 16 numbers for each element of the largest, and may take
// two thirds of the memory that the process may use.
func (lab *Lab) Squares(of string, sides []int) []int {
	b := machine.Bound()
	fitting, note := squares(sides, b.Usable())
	if note != "" {
		lab.Say("left-out-"+of, note)
		fmt.Fprintf(lab.Stderr, "toll: %s: %s\n", of, note)
	}
	return fitting
}

func squares(sides []int, memory int) (fitting []int, note string) {
	for k, n := range sides {
		if needs := 16 * 8 * n * n; memory > 0 && needs > memory/3*2 {
			return sides[:k], fmt.Sprintf("squares from %d on are left out: they take %s and more, and the process may use %s", n, machine.Bytes(needs), machine.Bytes(memory))
		}
	}
	return sides, ""
}

// SerialPar is how a serial language is asked to work.
var SerialPar = kernel.Par{Threads: 1, Schedule: kernel.Static}

// Nothing does nothing, and is called to do it.
//
//go:noinline
func Nothing() {}

// HandOff has two goroutines pass control to each other n times in all.
func HandOff(n int) {
	c := make(chan struct{})
	go func() {
		for range n / 2 {
			<-c
			c <- struct{}{}
		}
	}()
	for range n / 2 {
		c <- struct{}{}
		<-c
	}
}

// Walker is a language that can walk.
type Walker struct {
	Route *seam.Route
	Funcs *kernel.Funcs
}

// Walkers returns the first route that offers all loop orders of each language, serial or parallel.
func Walkers(routes []*seam.Route, parallel bool) ([]Walker, error) {
	var all []Walker
	for _, r := range routes {
		if record.ParallelLanguage(r.Lang) != parallel || slices.ContainsFunc(all, func(w Walker) bool { return w.Route.Lang == r.Lang }) {
			continue
		}
		library, err := r.Open()
		switch {
		case errors.Is(err, seam.ErrUnavailable):
			continue
		case err != nil:
			return nil, fmt.Errorf("study: %s: %w", r.Name(), err)
		case library.RunInterchanged == nil || library.OLSInterchanged == nil || library.Run == nil:
			continue
		}
		all = append(all, Walker{r, &library.Funcs})
	}
	if len(all) == 0 {
		return nil, errors.New("study: no route offers loops in both orders, want at least one")
	}
	return all, nil
}

// VerifiedFact says that the languages gave the reference's bits in so many cases.
func VerifiedFact(cases int, languages []Walker) measure.Fact {
	var names []string
	for _, l := range languages {
		names = append(names, l.Route.Name())
	}
	return measure.Fact{Key: "verified", Value: fmt.Sprintf("bit-identical in %d cases: %s", cases, strings.Join(names, " "))}
}

// OfRoutes are the studies that toll bench makes.
var OfRoutes = []string{"Kernels", "Call"}

// Verifies reports whether the result is of the cases that verify the problem.
func Verifies(r *conform.Result, p *kernel.Problem) bool {
	return r.Kernel == p.Verified() && strings.Trim(r.Layout, "-") == p.Layout
}

// Verification returns how each route's rows of a problem were verified: "bit-identical in 60 cases: c/cgo
// rust/cgo; within bound in 20 cases: blas/netlib". Routes without it are not named.
func Verification(p *kernel.Problem, verified []conform.Result) string {
	var verdicts []string
	routes := map[string][]string{}
	for k := range verified {
		r := &verified[k]
		if !Verifies(r, p) {
			continue
		}
		verdict := fmt.Sprintf("%s in %d cases", r.Verdict(), r.Cases)
		if len(r.Failures) > 0 {
			verdict = fmt.Sprintf("%s in %s", r.Verdict(), r.Failed())
		}
		if routes[verdict] == nil {
			verdicts = append(verdicts, verdict)
		}
		routes[verdict] = append(routes[verdict], r.Route.Name())
	}
	for k, verdict := range verdicts {
		verdicts[k] = verdict + ": " + strings.Join(routes[verdict], " ")
	}
	return strings.Join(verdicts, "; ")
}

// Passes returns what does so many operations at a time.
func Passes(operations int, do func() error) func(n int) error {
	return func(n int) error {
		for range n / operations {
			if err := do(); err != nil {
				return err
			}
		}
		return nil
	}
}

// Collector collects subjects, problem by problem, until the run is to stop.
type Collector struct {
	Lab      *Lab
	Subjects []measure.Subject
	facts    []measure.Fact
	verified []string
	first    int // subject of the problem
	last     record.Name
}

// Begin begins with a problem, after what it has verified of the last was noted.
func (w *Collector) Begin(facts []measure.Fact) {
	if w.facts != nil {
		facts := append(slices.Clone(w.facts), measure.Fact{Key: "verified", Value: "bit-identical in 1 cases: " + strings.Join(w.verified, " ")})
		for k := w.first; k < len(w.Subjects); k++ {
			w.Subjects[k].Facts, w.Subjects[k].Group = facts, facts[0].Value
		}
	}
	w.facts, w.verified, w.first = facts, nil, len(w.Subjects)
}

// Add adds a subject of that name on a route, whose operations are done that many at a time, after check was called: it does
// them once, and returns an error if what they made is wrong. If the run is to stop, the error is measure.ErrStopped.
func (w *Collector) Add(name record.Name, route string, operations int, do, check func() error) error {
	if w.Lab.Stopped() {
		return measure.ErrStopped
	}
	w.Lab.Progress.On(route)
	name.Lang, name.Via, _ = strings.Cut(route, "/")
	if err := check(); err != nil {
		return fmt.Errorf("study: %v: %w", name, err)
	}
	if !slices.Contains(w.verified, route) {
		w.verified = append(w.verified, route)
	}
	w.last = name
	w.Subjects = append(w.Subjects, measure.Subject{Name: name.String(), Run: Passes(operations, do), Least: operations})
	return nil
}

// Again enters the last subject once more, see record.EntryAgain.
func (w *Collector) Again() {
	s := w.Subjects[len(w.Subjects)-1]
	name := w.last
	name.Entry = record.EntryAgain
	s.Name = name.String()
	w.Subjects = append(w.Subjects, s)
}

// Opened returns the libraries of the routes that are there, by name.
func Opened(routes []*seam.Route, names []string) (map[string]*kernel.Funcs, error) {
	all := map[string]*kernel.Funcs{}
	for _, r := range routes {
		if !slices.Contains(names, r.Name()) {
			continue
		}
		library, err := r.Open()
		switch {
		case errors.Is(err, seam.ErrUnavailable):
		case err != nil:
			return nil, fmt.Errorf("study: %s: %w", r.Name(), err)
		default:
			all[r.Name()] = &library.Funcs
		}
	}
	return all, nil
}

// SameBits returns an error that names the first difference.
func SameBits(got, want []float64) error {
	for k, x := range want {
		if math.Float64bits(got[k]) != math.Float64bits(x) {
			return fmt.Errorf("element %d is %v, want %v, bit for bit", k, got[k], x)
		}
	}
	return nil
}

// Holding returns the routes of which all that was verified holds.
func Holding(verified []conform.Result) []*seam.Route {
	bad := map[*seam.Route]bool{}
	var routes []*seam.Route
	for k := range verified {
		r := &verified[k]
		bad[r.Route] = bad[r.Route] || !r.Holds()
		if !slices.Contains(routes, r.Route) {
			routes = append(routes, r.Route)
		}
	}
	return slices.DeleteFunc(routes, func(r *seam.Route) bool { return bad[r] })
}

// Parks reports whether a call on that route waits for other goroutines, or for another process.
func Parks(r *seam.Route) bool {
	plain, _ := level.Plain(r.Lang)
	return plain == "go-par" || slices.Contains([]string{"process", "socket", "shm", "shm-spin"}, r.Via)
}

// Name returns the name of a problem's benchmark on a route.
func Name(p *kernel.Problem, lang, via string) record.Name {
	name := record.Name{Study: p.Study, Kernel: p.Kernel, Lang: lang, Via: via, Layout: p.Layout, N: p.N}
	if p.Verified() == "call" {
		name.Kernel, name.Op = "", p.Kernel
	}
	return name
}

// FactsFor is [Facts] with the work that a problem is to a language: a tuned one may do less.
func FactsFor(p *kernel.Problem, timed *kernel.Timed, lang string) []measure.Fact {
	if _, tuned := level.Plain(lang); tuned && !level.Brute(lang) {
		skipping := *timed
		skipping.Work = timed.Skipping
		timed = &skipping
	}
	return Facts(p, timed)
}

// Facts returns what the record says of a problem: which it is, what an operation is, the bytes of memory that it is
// done on, and the work in one.
func Facts(p *kernel.Problem, timed *kernel.Timed) []measure.Fact {
	problem := p.Kernel
	if p.Layout != "" {
		problem += " " + p.Layout
	}
	facts := []measure.Fact{{Key: "problem", Value: problem + " n=" + p.N}, {Key: "per", Value: p.Op}}
	for _, w := range []struct {
		key   string
		value float64
	}{{"set", float64(timed.Set)}, {"reads", timed.Work.Reads}, {"writes", timed.Work.Writes}, {"flops", timed.Work.Flops}} {
		if w.value > 0 {
			facts = append(facts, measure.Fact{Key: w.key, Value: strconv.FormatFloat(w.value, 'f', -1, 64)})
		}
	}
	return facts
}
