// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fuzz

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"toll/goside/via/thread"
)

// Options say how long [Loop] runs, and on what.
type Options struct {
	Seed    uint64
	Targets []*Target // nil: all
	Time    time.Duration
	Inputs  int                 // of each target in each lane, if there is no Time
	Corpus  map[string][][]byte // inputs that are known to be of interest, by the target's name; one in four is like one of them
	Threads int                 // lanes of near routes; 0: as many as cores
	First   bool                // ends with the first failure, whose input stays as it is
}

// Report is what [Loop] did.
type Report struct {
	Options  Options
	Lasted   time.Duration
	Inputs   map[*Target]uint64
	Cases    map[*Target]map[string]uint64 // by route
	Failures []*Failure                    // the first of each target and route
	Failed   map[*Target]uint64            // cases
	Worst    map[string]float64            // the largest distance of each route with a bound, see [seam.Bound]
	classes  map[string]Class
}

// Loop does cases with inputs drawn at random. Near routes have a lane for each core. Python's have one, which takes a
// fifth of a core at most, as does that of other processes.
func Loop(subjects []*Subject, o Options) (*Report, error) {
	if o.Targets == nil {
		o.Targets = Targets
	}
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	r := &Report{Options: o, Inputs: map[*Target]uint64{}, Cases: map[*Target]map[string]uint64{}, Failed: map[*Target]uint64{},
		Worst: map[string]float64{}, classes: map[string]Class{}}
	for _, t := range o.Targets {
		r.Cases[t] = map[string]uint64{}
	}
	for _, s := range subjects {
		r.classes[s.Route.Name()] = s.Class
	}
	of := func(some ...Class) []*Subject {
		return slices.DeleteFunc(slices.Clone(subjects), func(s *Subject) bool { return !slices.Contains(some, s.Class) })
	}
	type plan struct {
		subjects []*Subject
		share    float64 // of a core
	}
	var plans []plan
	for range o.Threads {
		plans = append(plans, plan{of(Near), 1})
	}
	plans = append(plans, plan{of(Python, Frames), 0.2}, plan{of(Beside), 0.2})
	plans = slices.DeleteFunc(plans, func(p plan) bool { return len(p.subjects) == 0 })

	start := time.Now()
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed atomic.Int64
	errs := make([]error, len(plans))
	for k, p := range plans {
		group.Go(func() {
			thread.Do(func() {
				l, err := NewLane(p.subjects)
				if err != nil {
					errs[k] = err
					return
				}
				l.Every[Frames] = 32
				l.loop(&o, uint64(k), p.share, start, func(f *Failure) bool {
					mu.Lock()
					defer mu.Unlock()
					r.Failed[f.Target]++
					if !slices.ContainsFunc(r.Failures, func(g *Failure) bool { return g.Target == f.Target && g.Route == f.Route }) {
						r.Failures = append(r.Failures, f)
					}
					return failed.Add(1) < 1000 && !o.First
				})
				mu.Lock()
				defer mu.Unlock()
				for t, target := range Targets {
					for s, n := range l.cases[t] {
						if n > 0 {
							r.Cases[target][p.subjects[s].Route.Name()] += n
						}
					}
					r.Inputs[target] += l.inputs[t]
				}
				for s, worst := range l.worst {
					if p.subjects[s].Route.Bound != nil {
						name := p.subjects[s].Route.Name()
						r.Worst[name] = max(r.Worst[name], worst)
					}
				}
				errs[k] = l.Close()
			})
		})
	}
	group.Wait()
	r.Lasted = time.Since(start)
	for _, f := range r.Failures {
		if !o.First {
			_ = f.shrinks(subjects) // what does not come again says so
		}
	}
	return r, firstOf(errs)
}

func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// loop does cases until the time or the inputs are over, or failed returns false. Next comes the target with the fewest cases.
func (l *Lane) loop(o *Options, lane uint64, share float64, start time.Time, failed func(*Failure) bool) {
	l.Say()
	defer l.Done()
	x := random(o.Seed ^ lane<<56)
	totals := map[*Target]uint64{}
	targets := slices.DeleteFunc(slices.Clone(o.Targets), func(t *Target) bool {
		return !slices.ContainsFunc(l.subjects, func(s *Subject) bool { return t.offered(&s.library.Funcs) })
	})
	var busy time.Duration
	buffer := make([]byte, longestInput)
	for n := 0; len(targets) > 0; n++ {
		began := time.Now()
		if o.Time > 0 && began.Sub(start) > o.Time || o.Time == 0 && n >= o.Inputs*len(targets) {
			return
		}
		t := slices.MinFunc(targets, func(a, b *Target) int { return cmp.Compare(totals[a], totals[b]) })
		if o.Time == 0 {
			t = targets[n%len(targets)]
		}
		k := index(t)
		for _, f := range l.Do(t, draw(&x, buffer, o.Corpus[t.Name])) {
			if !failed(f) {
				return
			}
		}
		totals[t]++ // so that one that no route is chosen for does not come for ever
		var sum uint64
		for _, c := range l.cases[k] {
			sum += c
		}
		totals[t] = max(totals[t], sum)
		busy += min(time.Since(began), time.Second) // a first call may compile for longer
		if idle := time.Duration(float64(busy)/share) - time.Since(start); share < 1 && o.Time > 0 && idle > 10*time.Millisecond {
			l.Done()
			time.Sleep(min(idle, o.Time-time.Since(start)))
		}
	}
}

// draw returns an input: random bytes or, if there are some to begin with, one of those with some bytes changed.
func draw(x *random, buffer []byte, corpus [][]byte) []byte {
	if len(corpus) > 0 && x.next()%4 == 0 {
		input := buffer[:copy(buffer, corpus[x.below(len(corpus))])]
		for range 1 + x.below(4) {
			if len(input) > 0 {
				input[x.below(len(input))] = byte(x.next())
			}
		}
		return input
	}
	input := buffer[:48+8*x.below(9)]
	for k := 0; k < len(input); k += 8 {
		binary.LittleEndian.PutUint64(input[k:], x.next())
	}
	return input
}

// shrinks makes the input of a failure shorter and simpler while the route fails on it. It returns an error if the failure
// does not come again.
func (f *Failure) shrinks(subjects []*Subject) (err error) {
	k := slices.IndexFunc(subjects, func(s *Subject) bool { return s.Route.Name() == f.Route })
	thread.Do(func() {
		var l *Lane
		if l, err = NewLane(subjects[k : k+1]); err != nil {
			return
		}
		defer func() { err = firstOf([]error{err, l.Close()}) }()
		l.Limit = [classes]int{most * 64, most, most, most}
		fails := func(input []byte) bool {
			again := l.Do(f.Target, input)
			if len(again) > 0 {
				*f = *again[0]
			}
			return len(again) > 0
		}
		if !fails(f.Input) {
			f.Err = fmt.Errorf("%w (alone it does not come again)", f.Err)
			err = f
			return
		}
		deadline := time.Now().Add(10 * time.Second)
		for n := len(f.Input) / 2; n > 0; n /= 2 {
			for len(f.Input) >= n && fails(f.Input[:len(f.Input)-n]) && time.Now().Before(deadline) {
			}
		}
		for j := 0; j < len(f.Input) && time.Now().Before(deadline); j++ {
			for _, b := range []byte{0, f.Input[j] / 2, f.Input[j] - 1} {
				if try := bytes.Clone(f.Input); b < try[j] {
					if try[j] = b; fails(try) {
						break
					}
				}
			}
		}
	})
	return err
}

// Totals returns how many cases were done, by how many routes.
func (r *Report) Totals(t *Target) (cases uint64, routes int) {
	for _, n := range r.Cases[t] {
		cases += n
	}
	return cases, len(r.Cases[t])
}

// String returns a table with a line for each target, and one for each kernel.
func (r *Report) String() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "kernel\tfunction\tinputs\tcases\tnear\tpython\tbeside\troutes\tdifferences\t")
	kernels := map[string]uint64{}
	var order []string
	for _, t := range r.Options.Targets {
		cases, routes := r.Totals(t)
		var by [classes]uint64
		for route, n := range r.Cases[t] {
			by[r.classes[route]] += n
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t\n", t.Kernel, t.Function, thousands(r.Inputs[t]), thousands(cases),
			thousands(by[Near]), thousands(by[Python]+by[Frames]), thousands(by[Beside]), routes, r.Failed[t])
		if _, known := kernels[t.Kernel]; !known {
			order = append(order, t.Kernel)
		}
		kernels[t.Kernel] += cases
	}
	_ = w.Flush()
	var all uint64
	for _, k := range order {
		_, _ = fmt.Fprintf(&text, "%s: %s cases\n", k, thousands(kernels[k]))
		all += kernels[k]
	}
	_, _ = fmt.Fprintf(&text, "%s cases in %v, %s a second; seed %d\n", thousands(all), r.Lasted.Round(time.Millisecond),
		thousands(uint64(float64(all)/r.Lasted.Seconds())), r.Options.Seed)
	return text.String()
}

// Routes returns a table of the cases of each route.
func (r *Report) Routes() string {
	sums := map[string]uint64{}
	for _, routes := range r.Cases {
		for route, n := range routes {
			sums[route] += n
		}
	}
	var names []string
	for route := range r.classes {
		names = append(names, route)
	}
	slices.Sort(names)
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, route := range names {
		_, _ = fmt.Fprintf(w, "%s\t%s\t\n", route, thousands(sums[route]))
	}
	_ = w.Flush()
	for _, route := range slices.Sorted(maps.Keys(r.Worst)) {
		_, _ = fmt.Fprintf(&text, "%s: at most %.3g ULP from what is wanted\n", route, r.Worst[route])
	}
	return text.String()
}

// thousands returns n with commas.
func thousands(n uint64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
