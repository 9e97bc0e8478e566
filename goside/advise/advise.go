// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package advise ranks the ways to call native code for a program, from what a record measured.
package advise

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"toll/goside/cost"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
)

// Wish is what a program needs.
type Wish struct {
	Rate       float64 // calls a second, of all goroutines
	In, Out    float64 // bytes
	Work       float64 // ns of a call, natively
	Goroutines int
	Callbacks  int // from a call

	NoCompiler bool // there is no C compiler
	Cross      bool // the program is compiled for another system
	Contain    bool // a crash of the native code must leave the program running

	Try      *record.Record // of toll try, or nil
	Function string         // of it; "": the only one
}

// check returns an error that says what is not allowed.
func (w *Wish) check() error {
	for _, of := range []struct {
		flag  string
		value float64
	}{{"rate", w.Rate}, {"in", w.In}, {"out", w.Out}, {"work", w.Work}, {"callbacks", float64(w.Callbacks)}} {
		if !(of.value >= 0) || math.IsInf(of.value, 0) {
			return seam.Usagef("advise: %s is %v, want a number of at least 0", of.flag, of.value)
		}
	}
	switch {
	case w.Goroutines < 1:
		return seam.Usagef("advise: goroutines is %d, want at least 1", w.Goroutines)
	case w.Try != nil && w.Work > 0:
		return seam.Usagef("advise: work is %v ns and toll try measured it, too: want one of the two", w.Work)
	case w.Try == nil && w.Function != "":
		return seam.Usagef("advise: function is %q, want a record of toll try that has it", w.Function)
	}
	return nil
}

// mechanism is what a crossing is called, and what it needs.
type mechanism struct {
	lang, via, name string
}

// mechanisms are those that are ranked. Workers in other languages than C are left out: they show languages, not ways.
var mechanisms = []mechanism{
	{"go", "direct", "rewritten in Go"}, {"c", "cgo", "cgo"}, {"c", "trampoline", "trampoline"}, {"c", "purego", "purego RegisterFunc"},
	{"c", "syscalln", "purego SyscallN"}, {"c", "libffi", "libffi"}, {"c", "wasm", "WebAssembly"}, {"c", "wasm-memory", "WebAssembly in place"},
	{"c", "shm-spin", "process by spinning shm"}, {"c", "shm", "process by shm"}, {"c", "shm-memory", "process by shm in place"},
	{"c", "process", "process by pipe"}, {"c", "socket", "process by socket"}, {"go", "grpc", "process by gRPC"},
}

// ranked is a mechanism that will do.
type ranked struct {
	mechanism
	crossing *cost.Crossing
	cost     cost.Cost
	call     measure.Interval // all that a call takes
	core     float64          // share of a core
	lanes    int              // workers or instances that the rate needs, 0: it takes any number of calls at once
	batch    []float64        // for each of overheads: the calls of a batch from which it is less; +Inf: none
	beyond   float64          // bytes from which copying takes longer than the rest of the border; +Inf: none
	working  float64          // bytes from which copying takes longer than the work
}

// overheads are the shares of the border in a call that batches are made for.
var overheads = []float64{0.10, 0.05, 0.01}

// excluded is a mechanism that will not do.
type excluded struct{ name, reason string }

// Advice is a ranking.
type Advice struct {
	wish     Wish
	record   *record.Record
	tried    cost.Tried
	job      cost.Job
	ranking  []ranked // cheapest first
	excluded []excluded
	points   []*cost.Point
	heldOut  []float64
	unrated  []string // of which it is not known what a rate adds
}

// New makes an advice from a record of toll calls.
func New(r *record.Record, w Wish) (*Advice, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	model := cost.New(r)
	if len(model.Crossings) == 0 {
		return nil, seam.Usagef("advise: the record has no calls through native crossings (Payload, of the functions add, sum and fill), want one of toll calls --part 'payloads,beside,points'")
	}
	a := &Advice{wish: w, record: r, points: model.Check(r), heldOut: model.HeldOut(),
		job: cost.Job{In: w.In, Out: w.Out, Work: w.Work, Callbacks: float64(w.Callbacks), Rate: w.Rate}}
	if w.Try != nil {
		var err error
		if a.tried, err = model.Try(w.Try, w.Function); err != nil {
			return nil, seam.UsageError{Err: err}
		}
		a.job.Work = a.tried.Work.Median
	}
	for _, of := range mechanisms {
		if a.silent(of) {
			continue
		}
		c := find(model, of)
		if reason := a.excludes(of, c); reason != "" {
			a.excluded = append(a.excluded, excluded{of.name, reason})
		} else {
			a.ranking = append(a.ranking, a.rank(of, c))
		}
	}
	slices.SortStableFunc(a.ranking, func(x, y ranked) int { return cmp.Compare(x.call.Median, y.call.Median) })
	return a, nil
}

// find returns the crossing of a mechanism, or nil. What toll try measured calls the user's language.
func find(m *cost.Model, of mechanism) *cost.Crossing {
	for _, c := range m.Crossings {
		if c.Via == of.via && (c.Measured() || c.Lang == of.lang) {
			return c
		}
	}
	return nil
}

// excludes returns why a mechanism will not do, "" if it will.
func (a *Advice) excludes(of mechanism, c *cost.Crossing) string {
	switch {
	case of.via == "direct" && (c == nil || !c.Measured()):
		return "toll try --go-package measures that, and --try shows it"
	case of.via == "direct" && a.wish.Contain:
		return "a crash is the program's own"
	case a.wish.Contain && !of.apart():
		return "a crash ends the whole program"
	case of.via == "cgo" && a.wish.NoCompiler:
		return "it needs a C compiler"
	case of.via == "cgo" && a.wish.Cross:
		return "it needs a C compiler for the other system"
	case c == nil && a.wish.Try != nil && slices.Contains(cost.Tries, of.via):
		return "toll try has no call through it"
	case c == nil && of.process():
		return "not in this record; toll calls --part beside measures it"
	case c == nil:
		return "not in this record"
	case a.wish.Callbacks > 0 && of.via != "direct" && !c.CallsBack():
		return "it passes no callbacks"
	}
	return ""
}

func (m *mechanism) apart() bool {
	c := cost.Crossing{Lang: m.lang, Via: m.via}
	return c.Apart()
}

func (m *mechanism) process() bool {
	c := cost.Crossing{Lang: m.lang, Via: m.via}
	return c.Process()
}

// silent reports whether a mechanism is left out without a word, since another line stands for it.
func (a *Advice) silent(of mechanism) bool {
	return (of.via == "wasm-memory" || of.via == "shm-memory") && a.wish.In+a.wish.Out == 0
}

// rank returns what a mechanism takes.
func (a *Advice) rank(of mechanism, c *cost.Crossing) ranked {
	r := ranked{mechanism: of, crossing: c, cost: c.Predict(a.job)}
	r.call = c.Likely(r.cost)
	r.core = a.wish.Rate * r.call.Median / 1e9
	if c.Apart() && a.wish.Rate > 0 { // one call at a time
		r.lanes = max(1, int(math.Ceil(r.core)))
	}
	for _, share := range overheads {
		r.batch = append(r.batch, a.batchFor(c, share))
	}
	r.beyond = sizeFrom(c, a.job, func(now cost.Cost) float64 { return now.Border().Median - now.Bytes.Median })
	r.working = sizeFrom(c, a.job, func(now cost.Cost) float64 { return now.Work.Median })
	if a.wish.Rate > 0 && c.Process() && !c.Rated {
		a.unrated = append(a.unrated, of.name)
	}
	return r
}

// manyCalls are the most of a batch that is looked for.
const manyCalls = 1e9

// batchFor returns from how many calls in one crossing on the border is less than a share of what they take.
func (a *Advice) batchFor(c *cost.Crossing, share float64) float64 {
	over := func(calls float64) bool {
		all := a.job
		all.In, all.Out, all.Callbacks = a.job.In*calls, a.job.Out*calls, a.job.Callbacks*calls
		all.Rate /= calls
		all.Work = a.job.Work * calls
		now := c.Predict(all)
		border, work := now.Border().Median, now.Work.Median
		return border > share*(border+work)
	}
	if over(manyCalls) {
		return math.Inf(1)
	}
	return firstWhere(manyCalls, func(calls float64) bool { return !over(calls) })
}

// firstWhere returns the least whole number up to most from which a condition holds.
func firstWhere(most float64, holds func(x float64) bool) float64 {
	low, high := 0.0, most // it does not hold at low and holds at high
	for high-low > 1 {
		if middle := math.Floor((low + high) / 2); holds(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// manyBytes are the most that are looked for.
const manyBytes = 1 << 40

// sizeFrom returns from how many bytes on copying them takes longer than something else; NaN if nothing is copied, +Inf if none are
// enough. Bytes go out if more do than in.
func sizeFrom(c *cost.Crossing, job cost.Job, than func(cost.Cost) float64) float64 {
	if !c.Copies() {
		return math.NaN()
	}
	longer := func(bytes float64) bool {
		j := job
		if job.Out > job.In {
			j.In, j.Out = 0, bytes
		} else {
			j.In, j.Out = bytes, 0
		}
		now := c.Predict(j)
		return now.Bytes.Median > than(now)
	}
	if !longer(manyBytes) {
		return math.Inf(1)
	}
	return firstWhere(manyBytes, longer)
}

// alike returns the first of the ranking, and all that cannot be told from it.
func (a *Advice) alike() (some []ranked) {
	for k := range a.ranking {
		if k == 0 || a.ranking[k].call.Lo <= a.ranking[0].call.Hi {
			some = append(some, a.ranking[k])
		}
	}
	return some
}

// origin says what the work is known by.
func (a *Advice) origin() string {
	if a.wish.Try == nil {
		return ""
	}
	what := a.tried.Op
	if a.tried.N != "" {
		what += " of n=" + a.tried.N
	}
	return fmt.Sprintf("toll try measured %s: its work is known by %s", what, a.tried.By)
}
