// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"

	"toll/goside/measure"
	"toll/goside/try/prototype"
	"toll/goside/via/thread"
)

// visits is how many batches of a subject a round takes.
const visits = 3

// The names of rows.
const (
	nameCall   = "Try"
	nameBorder = "TryBorder"
	nameCrowd  = "TryCrowd"
)

// row returns the name of a row: "Try/op=norm/lang=c/via=cgo/n=1000".
func (s *session) row(study, lang, via string, set int, more string) string {
	name := fmt.Sprintf("%s/op=%s/lang=%s/via=%s", study, s.function.Name, lang, via)
	if n := s.Plan.N(set); n != "" {
		name += "/n=" + n
	}
	return name + more
}

// reference is the language of the rows of the further function.
const reference = "reference"

// subject is what is timed.
type subject struct {
	name     string
	crossing string
	set      int
	frame    *Frame
	calls    Calls
}

// measure times all crossings and sets together.
func (s *session) measure() error {
	var workers pool
	defer workers.close()
	var subjects []subject
	for _, set := range s.Sets {
		more, err := s.subjects(set, &workers)
		if err != nil {
			return err
		}
		subjects = append(subjects, more...)
	}
	var err error
	thread.Do(func() { err = s.firstCalls(subjects) })
	if err != nil {
		return err
	}
	watch := watcher{session: s, noted: map[string]bool{}}
	timed := make([]measure.Subject, len(subjects))
	for k := range subjects {
		timed[k] = watch.subject(&subjects[k])
	}
	plan := measure.Plan{Rounds: s.Rounds, Batch: time.Duration(s.Batch), Visits: visits, Seed: s.Seed,
		Clock: measure.MachineClock(), Done: s.report.done}
	run, err := measure.Measure(plan, timed, func(done, all int) { watch.done, watch.all = done, all })
	if run != nil {
		s.sendTimed(run.Series)
	}
	watch.look(watch.current)
	if notes := slices.Concat(watch.notes, thread.Notes()); len(notes) > 0 {
		s.report.send(Event{Notes: notes})
	}
	return err
}

func (s *session) sendTimed(series []measure.Series) {
	var all []Timed
	for _, one := range series {
		all = append(all, Timed{Name: one.Subject.Name, N: one.N, Samples: one.Samples})
	}
	s.report.send(Event{Timed: all})
}

// subjects returns those of a set. They share a frame, so that all calls have the same memory.
func (s *session) subjects(set int, workers *pool) (all []subject, err error) {
	values, err := s.Plan.Values(set, 0)
	if err != nil {
		return nil, err
	}
	frame, err := s.frame(values, ordinary)
	if err != nil {
		return nil, err
	}
	add := func(name, crossing string, address uintptr) error {
		calls, err := s.freed(crossing, address)
		all = append(all, subject{name, crossing, set, frame, calls})
		return err
	}
	for k, crossing := range s.Crossings {
		lang := s.lang(crossing)
		if crossing == process && frame.worker == nil {
			if err := workers.start(s, 1); err != nil {
				return nil, err
			}
			frame.worker = workers.next()
		}
		err = add(s.row(nameCall, lang, crossing, set, ""), crossing, s.address)
		if err == nil && k == 0 {
			err = add(s.row(nameCall, lang, crossing, set, "/entry=again"), crossing, s.address)
		}
		if err == nil && k == 0 && s.Reference != nil {
			err = add(s.row(nameCall, reference, crossing, set, ""), crossing, s.reference)
		}
		if err == nil && lang != "go" && !s.resultInMemory() {
			err = add(s.row(nameBorder, lang, crossing, set, ""), crossing, noop)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// resultInMemory reports whether the function puts its result where the caller says, which a function that does nothing leaves
// as it was.
func (s *session) resultInMemory() bool {
	return s.function.Result != nil && s.function.Result.Kind == prototype.Struct && s.function.Result.Size > 16
}

// freed returns what makes calls and frees the result of each, if the plan says by what: through the same crossing, if the program
// can do that. At the function that does nothing, both calls are of it. A worker frees by itself.
func (s *session) freed(crossing string, address uintptr) (Calls, error) {
	calls, err := s.open(crossing, address)
	if err != nil || s.free == 0 || crossing == process {
		return calls, err
	}
	by := s.free
	if address == noop {
		by = noop
	}
	free := func(f *Frame, _ int) { purego.SyscallN(by, uintptr(*(*unsafe.Pointer)(f.Argument(0)))) }
	if open, err := s.opener(crossing, s.Plan.Free); err == nil {
		if free, err = open(by); err != nil {
			return nil, fmt.Errorf("harness: %s through %s: %w", s.Plan.Free, crossing, err)
		}
	}
	return func(f *Frame, n int) {
		for range n {
			calls(f, 1)
			if *f.freed = f.pointer(); *f.freed != nil || by == noop {
				free(f.freeing, 1)
			}
		}
	}, nil
}

// firstCalls makes a call of each subject, so that one that crashes is known.
func (s *session) firstCalls(subjects []subject) error {
	before := thread.Children()
	for k := range subjects {
		one := &subjects[k]
		one.frame.restore()
		s.report.send(Event{Calling: &Calling{Crossing: one.crossing, Set: one.set, Memory: s.placed(one.frame)}})
		err := caught(one.name, func() { one.calls(one.frame, 1) })
		endCopy()
		_, _ = thread.Settle()
		if err != nil {
			return err
		}
		was, now := &state{children: before}, &state{children: thread.Children()}
		if made := was.born(now); len(made) > 0 {
			return fmt.Errorf("harness: %s is not timed: %s", s.function.Name, made[0])
		}
	}
	return nil
}

// placed says where the memory of a frame lies that is not between guard pages.
func (s *session) placed(f *Frame) (all []Placed) {
	for k, p := range f.parameters {
		if p.Memory && !p.Nil {
			at := uintptr(unsafe.Pointer(unsafe.SliceData(p.memory)))
			all = append(all, Placed{Name: s.function.Params[k].Name, Address: uint64(at), Size: uint64(len(p.memory))})
		}
	}
	return all
}

// watcher looks at subjects between their batches: it says which one is on, and what became of its numbers.
type watcher struct {
	*session
	current   *subject
	done, all int
	noted     map[string]bool
	notes     []string
}

func (w *watcher) subject(one *subject) measure.Subject {
	return measure.Subject{
		Name: one.name, Group: "set " + strconv.Itoa(one.set), Least: 1, Parks: one.crossing == process,
		Reset: func() {
			w.look(w.current)
			w.on(one)
			one.frame.restore()
		},
		Run: func(n int) error {
			if w.current != one { // an untimed run: a timed one comes after Reset
				w.look(w.current)
				w.on(one)
			}
			return caught(one.name, func() { one.calls(one.frame, n) })
		},
	}
}

func (w *watcher) on(one *subject) {
	endCopy()
	w.current = one
	w.report.send(Event{Step: &Step{On: one.name, Done: w.done, All: w.all}})
	w.report.hear()
}

// look notes the numbers that became infinite, not a number or subnormal in the batch of a subject: they may cost more than others.
func (w *watcher) look(one *subject) {
	if one == nil || len(w.notes) >= 100 {
		return
	}
	for k := range one.frame.parameters {
		p := &one.frame.parameters[k]
		if !p.written() {
			continue
		}
		t := w.function.Params[k].Type.Elem
		if t == nil || t.Kind != prototype.Float {
			continue
		}
		key := fmt.Sprint(one.set, " ", k)
		if w.noted[key] {
			continue
		}
		if what := became(p.Bytes, p.memory, int(t.Size)); what != "" {
			w.noted[key] = true
			n := w.Plan.N(one.set)
			if n != "" {
				n = " with n=" + n
			}
			w.notes = append(w.notes, fmt.Sprintf("%s%s: %s within a batch of calls", w.function.Params[k].Name, n, what))
		}
	}
}
