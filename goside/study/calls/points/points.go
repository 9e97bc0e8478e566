// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package points checks predictions: it measures calls of rates, bytes and work that no model is fitted to, on every crossing,
// and compares them with what package cost predicts from the rest of the record.
package points

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/cost"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/study"
	"toll/goside/via/process"
)

// Part is the check of predictions, and the calls at a rate that they are made from.
var Part = study.Part{
	Name: "points",
	Experiments: []study.Experiment{
		{Name: "points", Free: true, Quick: 40 * time.Second, Full: 4 * time.Minute, Run: run},
	},
	Benchmarks: []string{cost.Points, cost.Paced},
	Sections:   []func(*page.Page){tables},
	Answers:    []page.Question{{Text: "Is a prediction right?", Answer: answer}},
}

// point is a call, and how often it is made.
type point struct {
	op   string // a function of calls.Funcs
	n    int    // bytes of a slice, calls of a batch, ns of work
	rate int    // calls a second, 0: one after another
}

// points are spread over 0 to 1 MiB in, 0 to 64 KiB out, 0 to 100 µs of work, and rates. None is of a size that package calls
// has a payload of, since a model is fitted to those.
var points = []point{
	{"not", 1, 0},
	{"sum", 24, 0}, {"sum", 200, 0}, {"sum", 1536, 0}, {"sum", 12 << 10, 0}, {"sum", 100 << 10, 0}, {"sum", 600 << 10, 0}, {"sum", 1 << 20, 0},
	{"fill", 128, 0}, {"fill", 1 << 10, 0}, {"fill", 10 << 10, 0}, {"fill", 64 << 10, 0},
	{"batch", 30, 0}, {"batch", 300, 0}, {"batch", 2000, 0},
	{"spin", 1_000, 0}, {"spin", 10_000, 0}, {"spin", 100_000, 0},
	{"not", 1, 1_500}, {"not", 1, 7_000}, {"not", 1, 30_000},
	{"sum", 2 << 10, 2_000}, {"sum", 20 << 10, 8_000}, {"sum", 150 << 10, 1_000},
	{"fill", 3 << 10, 5_000}, {"fill", 40 << 10, 2_000},
	{"batch", 50, 15_000}, {"batch", 500, 3_000},
	{"spin", 5_000, 4_000}, {"spin", 50_000, 1_000},
}

// fitted are the rates of the calls that show what waiting adds to a call; they pass two numbers. The first come one after another.
var fitted = []point{{"ints", 2, 0}, {"ints", 2, 1_000}, {"ints", 2, 3_000}, {"ints", 2, 10_000}, {"ints", 2, 40_000}}

func run(lab *study.Lab) ([]measure.Series, error) {
	crossings, _, err := lab.Crossings()
	if err != nil {
		return nil, err
	}
	beside, missing, err := registry.Beside()
	if err != nil {
		return nil, err
	}
	_ = lab.Available(missing)
	for _, c := range beside {
		if c.Lang != "c" && !lab.Full {
			continue
		}
		if _, wrong := conform.VerifyCalls(c.Funcs); wrong != nil {
			return nil, fmt.Errorf("points: %s/%s returns what is wrong, and is not timed: %w", c.Lang, c.Name, errors.Join(wrong...))
		}
		crossings = append(crossings, c)
	}
	timer := &timer{clock: measure.MachineClock()}
	subjects, err := timer.subjects(crossings)
	if err != nil {
		return nil, err
	}
	plan := measure.Plan{Rounds: 7, Seed: lab.Seed, Clock: timer.clock, Done: lab.Done}
	if lab.Full {
		plan.Rounds = study.FullRounds
	}
	if lab.Rounds != 0 {
		plan.Rounds = lab.Rounds
	}
	return measure.Live(plan, subjects, lab.Progress.Step)
}

// timer times points.
type timer struct {
	clock measure.Clock
	spun  time.Duration // when a worker last began to spin
}

// baseline is the crossing that is entered twice.
const baseline = "cgo"

// subjects returns the points, and what predictions of rates are made from, on all crossings that offer them.
func (t *timer) subjects(crossings []calls.Crossing) ([]measure.LiveSubject, error) {
	var all []measure.LiveSubject
	rooms := map[string][]float64{}
	for _, c := range crossings {
		room, err := roomOf(c.Funcs)
		if err != nil {
			return nil, fmt.Errorf("points: %s/%s: %w", c.Lang, c.Name, err)
		}
		rooms[c.Lang+"/"+c.Name] = room
	}
	add := func(study string, p point) error {
		for _, c := range crossings {
			do, err := p.call(c.Funcs, rooms[c.Lang+"/"+c.Name])
			if errors.Is(err, kernel.ErrNotOffered) {
				continue
			} else if err != nil {
				return fmt.Errorf("points: %s/%s: %w", c.Lang, c.Name, err)
			}
			name := record.Name{Study: study, Op: p.op, Lang: c.Lang, Via: c.Name, N: strconv.Itoa(p.n)}
			if p.rate != 0 {
				name.Keys = []record.Key{{Key: "rate", Value: strconv.Itoa(p.rate)}}
			}
			s := measure.LiveSubject{
				Subject: &measure.Subject{Name: name.String(), Facts: []measure.Fact{
					{Key: "problem", Value: fmt.Sprintf("%s n=%d rate=%d", p.op, p.n, p.rate)}, {Key: "per", Value: "call"}}},
				Take: func() (measure.Sample, int, error) { return t.take(p, do, c.Name == process.ShmSpin) },
			}
			all = append(all, s)
			if c.Name == baseline {
				name.Entry = record.EntryAgain
				again := *s.Subject
				again.Name = name.String()
				all = append(all, measure.LiveSubject{Subject: &again, Take: s.Take})
			}
		}
		return nil
	}
	for _, p := range fitted {
		if err := add(cost.Paced, p); err != nil {
			return nil, err
		}
	}
	for _, p := range points {
		if err := add(cost.Points, p); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// roomFor is the bytes of the longest slices, of which a batch needs three.
const roomFor = 1 << 20

// roomOf returns memory for slices where a crossing has them lie.
func roomOf(f *calls.Funcs) ([]float64, error) {
	if f.Memory != nil {
		return f.Memory.Alloc(roomFor / 8)
	}
	return make([]float64, roomFor/8), nil
}

// call returns a call of the point; it is false if what the call returned is wrong.
func (p *point) call(f *calls.Funcs, room []float64) (func() bool, error) {
	offered := map[string]bool{"not": f.Not != nil, "ints": f.Ints[2] != nil, "sum": f.Sum != nil, "fill": f.Fill != nil,
		"batch": f.Batch != nil, "spin": f.Spin != nil}
	wanted, known := offered[p.op]
	switch {
	case !known:
		return nil, fmt.Errorf("points: there is no function %q", p.op)
	case !wanted, f.Memory != nil && !slices.Contains([]string{"sum", "fill", "batch"}, p.op): // the crossing it belongs to has it
		return nil, kernel.ErrNotOffered
	}
	switch p.op {
	case "not":
		return func() bool { return f.Not(5) == ^5 }, nil
	case "ints":
		var a [calls.MaxArity]int64
		a[0], a[1] = 3, 4
		return func() bool { return f.Ints[2](&a) == 11 }, nil
	case "sum":
		s := room[:p.n/8]
		return func() bool { s[0], s[1] = 1, 1.5; return f.Sum(s) >= 2.5 }, nil
	case "fill":
		s := room[:p.n/8]
		return func() bool { f.Fill(s, 0.5); return s[0] == 0.5 && s[len(s)-1] == 0.5 }, nil
	case "batch":
		out, x, y := room[:p.n:p.n], room[p.n:2*p.n:2*p.n], room[2*p.n:3*p.n]
		return func() bool { x[0], y[0] = 3, 0.5; f.Batch(out, x, y); return out[0] == 3.5 }, nil
	default:
		return func() bool { f.Spin(int64(p.n)); return true }, nil
	}
}

const (
	pass  = time.Millisecond     // of calls one after another
	while = 6 * time.Millisecond // of calls at a rate
	least = 8                    // calls at a rate
	rest  = 3 * time.Millisecond // in which a worker that spins gives up
)

// take takes a sample. Of calls at a rate it is the mean of the middle half: the caller waits for each call's turn without sleeping, as
// a program does that has other work, so that what a call takes does not include the caller's own waking.
func (t *timer) take(p point, do func() bool, spins bool) (measure.Sample, int, error) {
	for t.clock.Wall()-t.spun < rest && t.spun != 0 && !spins {
	}
	if spins {
		defer func() { t.spun = t.clock.Wall() }()
	}
	right := do()
	var ns float64
	n := 0
	if p.rate == 0 {
		var passes []float64
		for range 3 {
			begun, calls := t.clock.Wall(), 0
			var took time.Duration
			for step := 1; took < pass; step = min(2*step, 1<<10) {
				for range step {
					right = do() && right
				}
				calls += step
				took = t.clock.Wall() - begun
			}
			passes = append(passes, float64(took)/float64(calls))
			n += calls
		}
		ns = record.MiddleOf(passes)
	} else {
		every := time.Second / time.Duration(p.rate)
		var took []float64
		for next := t.clock.Wall() + every; n < least || time.Duration(n)*every < while; n++ {
			for t.clock.Wall() < next {
			}
			first := t.clock.Wall()
			second := t.clock.Wall()
			right = do() && right
			took = append(took, float64((t.clock.Wall()-second)-(second-first))) // without what looking at the clock takes
			next = max(next+every, t.clock.Wall())
		}
		ns = max(middle(took), 1)
	}
	if !right {
		return measure.Sample{}, 0, fmt.Errorf("points: %s of %d returned a wrong result", p.op, p.n)
	}
	return measure.Sample{Wall: ns, CPU: ns}, n, nil
}

// middle returns the mean of the middle half: a median of calls that take few steps of the clock would be one of these.
func middle(took []float64) float64 {
	slices.Sort(took)
	half := took[len(took)/4 : len(took)-len(took)/4]
	sum := 0.0
	for _, ns := range half {
		sum += ns
	}
	return sum / float64(len(half))
}
