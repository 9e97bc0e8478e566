// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package fuzz compares all routes with the reference on inputs that nobody thought of. Any bytes are an input: they decide
// the shape, leading dimension, range, numbers, threads and schedule of a kernel's arguments, where these lie, and what is
// wrong with them. Each buffer ends at a page without access, and then begins behind one, so that what a route reads or
// writes beyond it is a fault. Around it lie canaries.
//
// A route does a case if it does what the reference does, to the bit, or refuses what that refuses, for the same reason,
// and if it leaves inputs, padding, canaries and the thread's floating-point environment as they were. The rules for NaNs
// and for routes with a bound are those of package conform.
//
// One bytes-to-case function serves Go's own fuzzing engine, which looks for inputs by coverage, and [Loop], which draws
// them at random, hundreds of times as fast.
package fuzz

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"strings"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/guard"
	"toll/goside/via/process"
	"toll/goside/via/thread"
)

// Target is a function that is fuzzed.
type Target struct {
	Name, Kernel string
	Function     string // of [kernel.Functions]
	offered      func(*kernel.Funcs) bool
	arguments    func() arguments
	flat         bool // it has no memory that a guard could lie at
}

// Targets are all of them. The no-op alone has nothing to compare.
var Targets = targets()

func targets() []*Target {
	all := []*Target{
		{Name: "Not", Function: "not", flat: true, arguments: func() arguments { return &not{} }},
		{Name: "Add", Function: "add", flat: true, arguments: func() arguments { return &add{} }},
		{Name: "Sum", Function: "sum", arguments: func() arguments { return &sum{} }},
		{Name: "Step", Function: "step", arguments: func() arguments { return &step{} }},
		{Name: "Run", Function: "run", arguments: func() arguments {
			return &run{of: func(f *kernel.Funcs) func(*kernel.DiffusionRun) error { return f.Run }}
		}},
		{Name: "RunInterchanged", Function: "run-interchanged", arguments: func() arguments {
			return &run{of: func(f *kernel.Funcs) func(*kernel.DiffusionRun) error { return f.RunInterchanged }}
		}},
		{Name: "Julia", Function: "julia", arguments: func() arguments { return &julia{} }},
		{Name: "JuliaSplit", Function: "julia-split", arguments: func() arguments { return &juliaSplit{} }},
		{Name: "OLS", Function: "ols", arguments: func() arguments {
			return &ols{of: func(f *kernel.Funcs) func(*kernel.OLS) error { return f.OLS }}
		}},
		{Name: "OLSInterchanged", Function: "ols-interchanged", arguments: func() arguments {
			return &ols{of: func(f *kernel.Funcs) func(*kernel.OLS) error { return f.OLSInterchanged }}
		}},
		{Name: "Transpose", Function: "transpose", arguments: func() arguments {
			return &transpose{of: func(f *kernel.Funcs) func(*kernel.Transpose) error { return f.Transpose }}
		}},
		{Name: "TransposeNaive", Function: "transpose-naive", arguments: func() arguments {
			return &transpose{of: func(f *kernel.Funcs) func(*kernel.Transpose) error { return f.TransposeNaive }}
		}},
	}
	for _, t := range all {
		for _, f := range kernel.Functions {
			if f.Name == t.Function {
				t.Kernel, t.offered = f.Kernel, f.Offered
			}
		}
	}
	return all
}

// Find returns the target of that name, or nil.
func Find(name string) *Target {
	for _, t := range Targets {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Class says what a case by a route costs, and so how many inputs it gets.
type Class int

// The classes.
const (
	Near   Class = iota // within this process, at a microsecond or less
	Python              // through the interpreter, of which one call at a time is made
	Frames              // a data frame or more for each call: milliseconds
	Beside              // by another process
	classes
)

// Subject is a route that is open.
type Subject struct {
	Route   *seam.Route
	Class   Class
	library *seam.Library
	id      uint64 // see nameOf
	salt    uint64 // of the choice of inputs
	quiets  bool   // it may return a NaN that signals as the quiet one of the same payload
}

// Open opens the routes. It omits those of which any call takes long, and those that are not available here; missing names the
// latter.
func Open(routes []*seam.Route) (all []*Subject, missing []string, err error) {
	for _, route := range routes {
		if route.Sampled {
			continue
		}
		library, err := route.Open()
		switch {
		case errors.Is(err, seam.ErrUnavailable):
			missing = append(missing, route.Name())
			continue
		case err != nil:
			return nil, missing, fmt.Errorf("fuzz: %s: %w", route.Name(), err)
		}
		// OpenBLAS transposes by products by 1, which make a signalling NaN a quiet one.
		quiets := route.Via == "netlib"
		all = append(all, &Subject{route, ClassOf(route), library, nameOf(route), hash([]byte(route.Name())), quiets})
	}
	return all, missing, nil
}

// ClassOf returns a route's class.
func ClassOf(route *seam.Route) Class {
	switch frames := route.Slow || strings.HasPrefix(route.Lang, "lstsq"); {
	case frames:
		return Frames
	case route.Via == "cpython":
		return Python
	case route.Via == process.Pipe, route.Via == process.Socket, route.Via == process.Shm, route.Via == process.ShmSpin:
		return Beside
	}
	return Near
}

// Failure is a case that a route does not do.
type Failure struct {
	Target *Target
	Route  string
	Side   guard.Side
	Input  []byte
	What   string // the input, for a reader
	Err    error
}

func (f *Failure) Error() string {
	return fmt.Sprintf("fuzz: %s by %s, guard %s: %s: %v", f.Target.Name, f.Route, f.Side, f.What, f.Err)
}

func (f *Failure) Unwrap() error { return f.Err }

const (
	slack  = 128     // bytes around a buffer on the side that has no guard
	guards = 1 << 20 // bytes of one
	room   = 16*most + 4096
)

// image is what a buffer holds, with slack on both sides.
type image []byte

func (m image) memory() []byte { return m[slack : len(m)-slack : len(m)-slack] }

// Lane does cases on one thread, in memory of its own. The caller's goroutine is locked to the thread.
type Lane struct {
	Every [classes]uint64 // of so many inputs a route of each class gets one; 0: none
	Limit [classes]int    // the work up to which such a route gets it in any case

	subjects  []*Subject
	cases     [][]uint64 // done, of each target by each subject
	inputs    []uint64   // of each target
	worst     []float64  // the largest distance of each subject with a bound, in its units
	reference kernel.Funcs
	exact     kernel.Funcs
	arguments []arguments

	arenas [5]*guard.Arena
	notice *guard.Notice // nil: it does not say what it does
	text   []byte

	// Of the case at hand:
	target  int
	input   []byte
	hash    uint64
	plan    plan
	args    arguments
	status  kernel.Status
	initial [5]image
	wanted  [5]image
	truth   [5]image // of bounded routes
	known   bool     // the truth is
	rooms   [5]guard.Room
	memory  [5][]byte
	side    guard.Side
}

// NewLane returns a lane for cases by these subjects.
func NewLane(subjects []*Subject) (*Lane, error) {
	l := &Lane{subjects: subjects, reference: kernel.Go().Checked(), exact: kernel.Exact().Checked(),
		cases: make([][]uint64, len(Targets)), inputs: make([]uint64, len(Targets)),
		worst: make([]float64, len(subjects))}
	for c := range classes {
		l.Every[c], l.Limit[c] = 1, 4096
	}
	l.Limit[Python], l.Limit[Frames] = 1024, 256
	for k, t := range Targets {
		l.cases[k] = make([]uint64, len(subjects))
		l.arguments = append(l.arguments, t.arguments())
	}
	for k := range l.arenas {
		arena, err := guard.New(room, guards)
		if err != nil {
			return nil, err
		}
		l.arenas[k] = arena
	}
	return l, nil
}

// Say has the lane say what it does, see [Tell].
func (l *Lane) Say() { l.notice = notice() }

// Done says that the lane does nothing.
func (l *Lane) Done() {
	if l.notice != nil {
		l.notice.Begin(nil)
	}
}

// Close gives the lane's memory back.
func (l *Lane) Close() error {
	var err error
	for _, a := range l.arenas {
		if a != nil {
			err = errors.Join(err, a.Close())
		}
	}
	return err
}

// longestInput is how many bytes of an input are looked at.
const longestInput = 1024

// Do does the cases of an input by all subjects, and returns those that failed.
func (l *Lane) Do(t *Target, input []byte) (failures []*Failure) {
	input = input[:min(len(input), longestInput)]
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	l.prepare(t, input)
	sides := 2
	if t.flat {
		sides = 1
	}
	for side := range sides {
		l.side = guard.Side(side)
		if err := l.place(); err != nil {
			panic(err) // an arena has room for whatever is planned
		}
		for k, s := range l.subjects {
			if !t.offered(&s.library.Funcs) || !l.chosen(s) || side > 0 && s.Class == Beside {
				continue
			}
			if err := l.try(k, s); err != nil {
				failures = append(failures, &Failure{t, s.Route.Name(), l.side, bytes.Clone(input), l.args.String(), err})
				l.restore(true)
			}
		}
	}
	return failures
}

// index returns the place of a target.
func index(t *Target) int {
	for k := range Targets {
		if Targets[k] == t {
			return k
		}
	}
	panic("fuzz: no such target")
}

// Describe says what an input is, for a reader.
func Describe(t *Target, input []byte) string {
	a := t.arguments()
	a.decode(&reader{input[:min(len(input), longestInput)]}, new(plan))
	return a.String()
}

// prepare decodes an input, fills its buffers, and has the reference do it.
func (l *Lane) prepare(t *Target, input []byte) {
	l.target, l.input, l.hash = index(t), input, hash(input)
	l.inputs[l.target]++
	l.args, l.known = l.arguments[l.target], false
	if l.notice != nil {
		l.text = append(append(append(l.text[:0], byte(l.target)), input...), 0)
		l.notice.Begin(l.text[:len(l.text)-1])
	}
	p := &l.plan
	*p = plan{}
	r := reader{input}
	l.args.decode(&r, p)
	v := r.values()
	for k := range p.n {
		b := &p.buffers[k]
		if b.host != k {
			continue
		}
		size := b.bytes()
		for g := range p.n {
			if guest := &p.buffers[g]; guest.host == k {
				size = max(size, guest.shift+guest.bytes())
			}
		}
		if b.size > 4 {
			size = (size + 7) &^ 7 // so that a guest of smaller elements does not misalign it
		}
		l.initial[k] = grown(l.initial[k], size+2*slack)
		words := guard.As[uint64](l.initial[k])
		for j := range words {
			words[j] = canary
		}
		clear(l.initial[k][8*len(words):])
	}
	l.lie(&l.initial)
	l.args.fill(&v, l.memory[:p.n])
	l.answer(&l.wanted, &l.reference)
}

// grown returns an image of that size; its content is not defined.
func grown(m image, size int) image {
	if cap(m) < size {
		return make(image, size)
	}
	return m[:size]
}

// lie says that the buffers lie in images.
func (l *Lane) lie(images *[5]image) {
	for k := range l.plan.n {
		b := &l.plan.buffers[k]
		l.memory[k] = images[b.host].memory()[b.shift:][:b.bytes()]
	}
}

// answer has the functions do the case in images of their own. If they refuse it, the images stay as they were.
func (l *Lane) answer(images *[5]image, f *kernel.Funcs) {
	p := &l.plan
	for k := range p.n {
		if p.buffers[k].host == k {
			images[k] = grown(images[k], len(l.initial[k]))
			copy(images[k], l.initial[k])
		}
	}
	l.lie(images)
	p.null = false
	l.args.bind(l.memory[:p.n])
	l.status = statusOf(l.args.check())
	if l.status != kernel.OK {
		return
	}
	if err := l.args.call(f); err != nil {
		panic(fmt.Sprintf("fuzz: the reference refused what its check allows: %v", err))
	}
}

func statusOf(err error) kernel.Status {
	if e, ok := errors.AsType[*kernel.Error](err); ok {
		return e.Status
	}
	return kernel.OK
}

// place lays the buffers at guards on a side, as they are before a call, and binds the arguments.
func (l *Lane) place() error {
	p := &l.plan
	for k := range p.n {
		b := &p.buffers[k]
		if b.host != k {
			continue
		}
		r, err := l.arenas[k].Place(l.side, len(l.initial[k])-2*slack, b.apart*min(b.size, 8), slack)
		if err != nil {
			return err
		}
		l.rooms[k] = r
	}
	l.restore(true)
	l.bind()
	return nil
}

// bind binds the arguments to the rooms.
func (l *Lane) bind() {
	p := &l.plan
	for k := range p.n {
		b := &p.buffers[k]
		l.memory[k] = l.rooms[b.host].Memory()[b.shift:][:b.bytes()]
	}
	p.null = false
	l.args.bind(l.memory[:p.n])
}

// window returns the part of an image that lies in the room of buffer k.
func (l *Lane) window(images *[5]image, k int) []byte {
	r := &l.rooms[k]
	return images[k][slack-r.Before:][:len(r.Around)]
}

// restore makes the buffers what they are before a call: all, or those that a call writes.
func (l *Lane) restore(all bool) {
	p := &l.plan
	for k := range p.n {
		if b := &p.buffers[k]; b.host == k && (all || b.output) {
			copy(l.rooms[k].Around, l.window(&l.initial, k))
		}
	}
}

// chosen reports whether a subject gets the input at hand. It depends on the input alone, so that a failure comes again.
func (l *Lane) chosen(s *Subject) bool {
	every := l.Every[s.Class]
	if every == 0 {
		return false
	}
	work, limit := l.plan.work, l.Limit[s.Class]
	// With a bound the truth takes longer than the routes, and a result is looked at in memory of its own.
	if s.Route.BoundOn(Targets[l.target].Kernel) != nil && (work > 1<<13 || l.plan.shared) {
		return false
	}
	if s.Class != Near && work > 64*limit {
		return false
	}
	x := random(l.hash ^ s.salt)
	if every > 1 && x.next()%every != 0 {
		return false
	}
	// Of larger problems as few routes get one as keeps the work the same, but one in 16.
	return work <= limit || x.below(1<<16) < max(1<<12, limit<<16/work)
}

// try does the case by a subject: as others call it, and if it is to be refused once more without the checks in Go.
func (l *Lane) try(k int, s *Subject) error {
	target := Targets[l.target]
	forms := [...]*kernel.Funcs{&s.library.Funcs, nil}
	if l.status != kernel.OK && s.library.Native && l.seen(s) {
		forms[1] = &s.library.Raw
	}
	bound := s.Route.BoundOn(target.Kernel)
	for form, f := range forms {
		if f == nil {
			continue
		}
		if l.notice != nil {
			l.notice.Mark(s.id, uint64(l.side)<<1|uint64(form))
		}
		l.cases[l.target][k]++
		err := l.safely(f)
		if changed := thread.Now(); changed != 0 {
			_, _ = thread.Settle()
			return fmt.Errorf("the call left the thread so that it %v, want its floating-point environment as found", changed)
		}
		switch by := [...]string{"the route", "native code"}[form]; {
		case l.status == kernel.OK && err != nil:
			return fmt.Errorf("refused: %w", err)
		case form == 1 && s.Class == Python && l.status == kernel.ErrShape && errors.Is(err, kernel.ErrShort):
			// The host knows how long a slice is, and finds that a bad shape does not fit before the module finds it bad.
		case l.status != kernel.OK && !errors.Is(err, l.status):
			found := "no error"
			if err != nil {
				found = err.Error()
			}
			return fmt.Errorf("%s answered with %s, want %w", by, found, l.status)
		}
		if err := l.compare(bound, s.quiets, &l.worst[k]); err != nil {
			return err
		}
		l.restore(false)
	}
	return nil
}

// seen reports whether native code can see what is wrong: of a slice it knows the start alone.
func (l *Lane) seen(s *Subject) bool {
	p := &l.plan
	return !p.blind && (l.status != kernel.ErrShort || p.null) && (!p.lone || s.Class != Python)
}

// safely calls a function; a fault in Go code is an error.
func (l *Lane) safely(f *kernel.Funcs) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return l.args.call(f)
}

// compare looks for a difference of the rooms from what is wanted.
func (l *Lane) compare(bound *seam.Bound, quiets bool, most *float64) error {
	p := &l.plan
	if bound != nil && l.status != kernel.OK {
		bound = nil
	}
	images := &l.wanted
	if bound != nil && Targets[l.target].Function == "ols" {
		if !l.known {
			l.answer(&l.truth, &l.exact)
			l.bind()
			l.known = true
		}
		images = &l.truth
	}
	for k := range p.n {
		b := &p.buffers[k]
		if b.host != k {
			continue
		}
		want, got := l.window(images, k), l.rooms[k].Around
		if bytes.Equal(want, got) || b.output && b.size == 8 && !b.exact && onlyNaNs(guard.As[float64](want), guard.As[float64](got)) {
			continue
		}
		before, n := l.rooms[k].Before, l.rooms[k].Size
		w, g := show(b, want, before, n), show(b, got, before, n)
		if b.output {
			bounded(l.args, k, &w, before/min(b.size, 8))
		} else {
			bound = nil
		}
		worst, err := conform.Compare(&w, &g, bound)
		*most = max(*most, worst)
		if err != nil {
			return err
		}
		if (b.exact || !b.output) && !(quiets && b.output && onlyQuiet(guard.As[float64](want), guard.As[float64](got))) {
			return fmt.Errorf("%s: a NaN has other bits, want it unchanged", b.name)
		}
	}
	return nil
}

// onlyNaNs reports whether two arrays differ only in the bits of NaNs that were computed.
func onlyNaNs(want, got []float64) bool {
	for k, w := range want {
		u, v := math.Float64bits(w), math.Float64bits(got[k])
		if u != v && (w == w || got[k] == got[k] || u == canary || v == canary) {
			return false
		}
	}
	return true
}

// onlyQuiet reports whether two arrays differ only in that some NaNs of the second do not signal.
func onlyQuiet(want, got []float64) bool {
	for k, w := range want {
		u, v := math.Float64bits(w), math.Float64bits(got[k])
		if u != v && (w == w || u|1<<51 != v) {
			return false
		}
	}
	return true
}

// show returns a buffer, element by element.
func show(b *buffer, memory []byte, before, n int) kernel.Buffer {
	if b.size == 4 {
		return kernel.Integers(b.name, guard.As[int32](memory), before/4, n/4, nil)
	}
	return kernel.Floats(b.name, guard.As[float64](memory), before/8, n/8, b.at)
}
