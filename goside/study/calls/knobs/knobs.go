// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
	"toll/goside/via/purego"
)

// newSubjects returns the calls to be timed in this process: of cgo, all directives with all places of memory,
// and what else there is to choose one at a time from the plain call, which is also entered once more. full makes it the
// whole matrix: functions called through an address with all directives, and
// everything with the goroutine locked to its thread. Those by purego are for comparison, as are a Go call, a
// pair of LockOSThread and UnlockOSThread, and a hand-off between goroutines.
//
// Without the shared library what needs it is left out, with an error that is seam.ErrUnavailable.
func newSubjects(full bool) ([]measure.Subject, error) {
	knobs, err := allKnobs()
	var all []measure.Subject
	for k := range knobs {
		knob, of := &knobs[k], chosen(&knobs[k])
		if !full && of.symbol != "static" && of.directives != "none" {
			continue
		}
		all = append(all, newSubject(of, knob.N, knob.Run))
		if of.via == "cgo" && of.thread == "free" && (full || of.isPlain() && isVaried(of.op)) {
			all = append(all, newSubject(of.but(choice{thread: "locked"}), knob.N, locked(knob.Run)))
		}
		if of.via == "cgo" && of.isPlain() {
			all = append(all, newSubject(of.but(choice{entry: record.EntryAgain}), knob.N, knob.Run))
		}
	}
	handOff := newSubject(plain("switch"), 1, func(n int) error { study.HandOff(n); return nil })
	handOff.Least = 2
	lockedHandOff := newSubject(plain("switch").but(choice{thread: "locked"}), 1, locked(handOff.Run))
	lockedHandOff.Least = 2
	all = append(all, callInGo(), handOff, lockedHandOff, newSubject(plain("lock"), 1, func(n int) error {
		for range n {
			runtime.LockOSThread()
			runtime.UnlockOSThread()
		}
		return nil
	}))
	return sideBySide(all), err
}

// isVaried reports whether the settings are changed one at a time around the plain call of that operation.
func isVaried(op string) bool { return op == "noop" || op == "first" || op == "struct" }

// childSubjects returns what is to be timed in each of the processes: the plain calls, those by
// purego, a Go call, and a pointer stored, which the strictest setting of cgocheck checks. full makes it all
// that newSubjects returns, but for second entries: a process is entered twice. A program built without cgo has only what
// needs none.
func childSubjects(full bool) ([]measure.Subject, error) {
	store := newSubject(plain("store"), 1, func(n int) error {
		to, value := new(*int), new(int)
		for range n {
			*to = value
		}
		kept.Store(to)
		return nil
	})
	if full {
		all, err := newSubjects(true)
		all = slices.DeleteFunc(all, func(s measure.Subject) bool { return record.ParseName(s.Name).Entry != "" })
		return append(all, store), err
	}
	knobs, err := allKnobs()
	all := []measure.Subject{store, callInGo()}
	for k := range knobs {
		if of := chosen(&knobs[k]); of.isPlain() {
			all = append(all, newSubject(of, knobs[k].N, knobs[k].Run))
		}
	}
	return sideBySide(all), err
}

// kept keeps what is stored from being optimised away.
var kept atomic.Pointer[*int]

// callInGo returns calls of a Go function that does nothing.
func callInGo() measure.Subject {
	return newSubject(plain("call"), 1, func(n int) error {
		for range n {
			study.Nothing()
		}
		return nil
	})
}

func allKnobs() ([]calls.Knob, error) {
	byCgo, err := cgoKnobs()
	byPurego, errPurego := purego.Knobs()
	if err := errors.Join(err, errPurego); err != nil {
		return append(byCgo, byPurego...), fmt.Errorf("knobs: %w", err)
	}
	return append(byCgo, byPurego...), nil
}

// newSubject returns a subject that parks, whatever it does, so that the goroutine is locked to its thread only if the choice
// has it so. Each call passes elements.
func newSubject(of choice, elements int, run func(n int) error) measure.Subject {
	return measure.Subject{
		Name:  of.name(elements),
		Facts: []measure.Fact{{Key: "problem", Value: "knobs " + of.op}, {Key: "per", Value: "call"}},
		Group: of.op,
		Run:   run,
		Least: 1,
		Parks: true,
	}
}

// sideBySide puts the subjects of a group one after another.
func sideBySide(all []measure.Subject) []measure.Subject {
	slices.SortStableFunc(all, func(a, b measure.Subject) int { return cmp.Compare(a.Group, b.Group) })
	return all
}

// locked returns run with its goroutine locked to its thread.
func locked(run func(n int) error) func(n int) error {
	return func(n int) error {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		return run(n)
	}
}
