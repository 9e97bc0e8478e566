// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
	"toll/goside/via/trampoline"
)

// leafName is the benchmark of calls through ever fewer of the runtime's precautions.
const leafName = "Leaf"

// The forms of a call are the key "form" of its row.
const (
	formUsual = "usual" // of its crossing, through a function value
	formLeaf  = "leaf"  // of the trampoline: on the system stack, and the scheduler is not told
	formNamed = "named" // of cgo: the function is called by its name
	formEased = "eased" // the same, with noescape and nocallback
)

// leafElements is how many numbers a slice has that is passed.
const leafElements = 8

// leafCrossings are the crossings that a leaf call is compared with.
var leafCrossings = []string{"direct", "cgo", "trampoline", "purego", "syscalln"}

// runLeaf times leaf calls beside others, and then what a stopped world waits for beside them.
func runLeaf(lab *study.Lab) ([]measure.Series, error) {
	leaves, err := trampoline.OpenLeaf()
	if err != nil {
		return nil, err
	}
	if _, wrong := conform.VerifyCalls(leaves); len(wrong) > 0 {
		return nil, fmt.Errorf("knobs: a leaf call returns what is wrong, and is not timed: %w", errors.Join(wrong...))
	}
	crossings, _, err := lab.Crossings()
	if err != nil {
		return nil, err
	}
	byName, err := cgoKnobs()
	if err := lab.Available(err); err != nil {
		return nil, err
	}
	series, err := lab.Measure(leafSubjects(crossings, leaves, byName), study.CallBatch, 11, 3)
	if err != nil {
		return series, err
	}
	plan := stallPlan{
		Plan:  measure.Plan{Rounds: record.Fewest, Seed: lab.Seed, Clock: measure.MachineClock(), Done: lab.Done},
		calls: stallCalls,
	}
	if lab.Full {
		plan.Rounds = study.FullRounds
	}
	stalls, err := plan.measure(crossings, leaves, lab.Progress.Step)
	return append(series, stalls...), err
}

// leafSubjects returns calls of the crossings and leaf calls, through function values, and cgo's no-op by its name, with and
// without directives. The leaf's no-op is entered twice.
func leafSubjects(crossings []calls.Crossing, leaves *calls.Funcs, byName []calls.Knob) []measure.Subject {
	var all []measure.Subject
	add := func(name record.Name, form string, n int, run func(n int) error) {
		name.Study, name.N, name.Keys = leafName, strconv.Itoa(n), []record.Key{{Key: "form", Value: form}}
		all = append(all, measure.Subject{
			Name:  name.String(),
			Facts: []measure.Fact{{Key: "problem", Value: "leaf " + name.Op}, {Key: "per", Value: "call"}},
			Group: name.Op, Run: run, Least: 1,
		})
	}
	addFuncs := func(lang, via, form, entry string, f *calls.Funcs) {
		for _, l := range leafLoops(f) {
			if l.run != nil && (entry == "" || l.op == "noop") {
				add(record.Name{Op: l.op, Lang: lang, Via: via, Entry: entry}, form, l.n, l.run)
			}
		}
	}
	for _, c := range crossings {
		if slices.Contains(leafCrossings, c.Name) {
			addFuncs(c.Lang, c.Name, formUsual, "", c.Funcs)
		}
	}
	for _, entry := range []string{"", record.EntryAgain} {
		addFuncs("c", "trampoline", formLeaf, entry, leaves)
	}
	for k := range byName {
		switch chosen(&byName[k]) {
		case plain("noop"):
			add(record.Name{Op: "noop", Lang: "c", Via: "cgo"}, formNamed, 1, byName[k].Run)
		case plain("noop").but(choice{directives: "both"}):
			add(record.Name{Op: "noop", Lang: "c", Via: "cgo"}, formEased, 1, byName[k].Run)
		}
	}
	return sideBySide(all)
}

// leafLoop makes n calls of a function, or is nil.
type leafLoop struct {
	op  string
	n   int // elements
	run func(n int) error
}

// leafLoops returns the loops of a crossing's functions. Each holds the results to what they must be.
func leafLoops(f *calls.Funcs) []leafLoop {
	loops := []leafLoop{{op: "noop", n: 1}, {op: "not", n: 1}, {op: "add", n: 1}, {op: "sum", n: leafElements}}
	if f.Noop != nil {
		loops[0].run = func(n int) error {
			for range n {
				f.Noop()
			}
			return nil
		}
	}
	if f.Not != nil {
		loops[1].run = func(n int) error {
			x := int64(1)
			for range n {
				x = f.Not(x)
			}
			if want := int64(1) ^ -int64(n&1); x != want {
				return fmt.Errorf("knobs: 1, complemented %d times, is %d, want %d", n, x, want)
			}
			return nil
		}
	}
	if f.Add != nil {
		loops[2].run = func(n int) error {
			sum := 0.0
			for range n {
				sum = f.Add(sum, calls.First)
			}
			return calls.CheckFirst(sum, n)
		}
	}
	if f.Sum != nil {
		p := make([]float64, leafElements)
		p[leafElements-1] = calls.First
		loops[3].run = func(n int) error {
			sum := 0.0
			for range n {
				sum += f.Sum(p)
			}
			return calls.CheckFirst(sum, n)
		}
	}
	return loops
}
