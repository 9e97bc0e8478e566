// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package cost predicts what a call costs through a crossing, from a record of toll calls. Its terms are those of the linear
// model there: a call, bytes in and out, work, callbacks; and, for another process above all, what it adds that the other
// side fell asleep since the last call. A term of bytes is no straight line, because of the caches: it is interpolated between the
// sizes that were measured.
//
// Where both sides reach the same memory, bytes cost nothing. Elsewhere they cost what a function that reads or writes them takes
// more than through a native crossing. Work costs what it costs natively, but for WebAssembly.
package cost

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/record"
)

// The benchmarks of other packages that a model is made from, and what it is checked on.
const (
	payload = "Payload" // calls of what can be passed, within this process
	beside  = "Beside"  // the same, of other processes
	copied  = "Copies"  // kernels with their arguments where they are reached, and in WebAssembly's memory
	Paced   = "Paced"   // calls at a rate
	Points  = "Point"   // no model is made from these
)

// Job is a call, and how often it is made.
type Job struct {
	In, Out   float64 // bytes that the function is given, and that it gives back
	Work      float64 // ns that it works, natively
	Callbacks float64 // that it makes
	Rate      float64 // calls a second; 0: one after another

	kind string  // of work that a record has by its size, instead of Work
	size float64 // bytes, or calls of a batch
}

// Kinds of work that a record has.
const (
	reading = "sum"
	writing = "fill"
	batched = "batch"
	waiting = "spin" // which takes no longer anywhere
)

// Cost is what a call is predicted to take, in ns, by terms.
type Cost struct {
	Call      measure.Interval // of a call with two arguments and a result
	Bytes     measure.Interval // in and out
	Asleep    measure.Interval // what it adds that the last call was long ago
	Callbacks measure.Interval
	Work      measure.Interval
}

// Border returns all but the work.
func (c *Cost) Border() measure.Interval { return plus(c.Call, c.Bytes, c.Asleep, c.Callbacks) }

// Total returns all.
func (c *Cost) Total() measure.Interval { return plus(c.Border(), c.Work) }

// Crossing is the model of one way to call.
type Crossing struct {
	Lang, Via string
	Rows      []*record.Row // that the model is made from
	Rated     bool          // what it adds that the last call was long ago is known

	call     measure.Interval
	copies   bool
	in, out  curve // of bytes, if they are copied
	asleep   curve // of the logarithm of the rate
	callback measure.Interval
	calls    bool // back
	work     map[string]curve
	slower   measure.Interval // factor of other work
	tried    bool             // by toll try, instead of predicted
	usual    float64          // relative error of the predictions for what was held out, in the median
}

// Name returns "c/cgo".
func (c *Crossing) Name() string { return c.Lang + "/" + c.Via }

// Copies reports whether bytes are copied.
func (c *Crossing) Copies() bool { return c.copies }

// CallsBack reports whether callbacks can be passed.
func (c *Crossing) CallsBack() bool { return c.calls }

// Slower returns how many times as long work takes as natively.
func (c *Crossing) Slower() measure.Interval { return c.slower }

// Apart reports whether the other side is not this process's own memory and code, so that a crash there leaves it whole.
func (c *Crossing) Apart() bool { return c.Process() || c.Wasm() }

// Process reports whether it calls another process.
func (c *Crossing) Process() bool { return isBeside(c.Via) }

// Wasm reports whether it calls WebAssembly.
func (c *Crossing) Wasm() bool { return isWasm(c.Via) }

func isWasm(via string) bool { return strings.HasPrefix(via, "wasm") }

func isBeside(via string) bool {
	return slices.Contains([]string{"process", "socket", "shm", "shm-spin", "shm-memory", "grpc", "netrpc"}, via)
}

// exact is an interval of one number.
func exact(x float64) measure.Interval { return measure.Interval{Median: x, Lo: x, Hi: x} }

// plus returns the sum of independent quantities.
func plus(all ...measure.Interval) measure.Interval {
	var sum measure.Interval
	var low, high float64
	for _, i := range all {
		sum.Median += i.Median
		low += (i.Median - i.Lo) * (i.Median - i.Lo)
		high += (i.Hi - i.Median) * (i.Hi - i.Median)
	}
	sum.Lo, sum.Hi = sum.Median-math.Sqrt(low), sum.Median+math.Sqrt(high)
	return sum
}

// minus returns the difference of independent quantities, but none below 0.
func minus(a, b measure.Interval) measure.Interval {
	d := plus(a, measure.Interval{Median: -b.Median, Lo: -b.Hi, Hi: -b.Lo})
	return measure.Interval{Median: max(d.Median, 0), Lo: max(d.Lo, 0), Hi: max(d.Hi, 0)}
}

// times returns a multiple.
func times(i measure.Interval, by float64) measure.Interval {
	return measure.Interval{Median: i.Median * by, Lo: i.Lo * by, Hi: i.Hi * by}
}

// knot is a figure at a place.
type knot struct {
	at float64
	ns measure.Interval
}

// curve is figures between which a straight line leads. It goes on beyond the last knot as it came there; before the first it
// is as there. Where a cache ends between two knots, the line up to its end is that which led to the first of the two.
type curve struct {
	knots []knot // by their places
	cache float64
}

// line returns the value of the line through two knots.
func line(a, b knot, at float64) measure.Interval {
	part := (at - a.at) / (b.at - a.at)
	between := func(x, y float64) float64 {
		if math.IsInf(x, 0) || math.IsInf(y, 0) {
			return x + y
		}
		return x + part*(y-x)
	}
	if part <= 1 {
		return measure.Interval{Median: between(a.ns.Median, b.ns.Median), Lo: between(a.ns.Lo, b.ns.Lo), Hi: between(a.ns.Hi, b.ns.Hi)}
	}
	far := between(a.ns.Median, b.ns.Median) / b.ns.Median
	if math.IsNaN(far) || math.IsInf(far, 0) || far < 1 {
		return b.ns
	}
	return times(b.ns, far)
}

func (c curve) value(at float64) measure.Interval {
	all := c.knots
	switch {
	case len(all) == 0:
		return measure.Interval{}
	case len(all) == 1 || at <= all[0].at:
		return all[0].ns
	}
	k := max(1, min(sort.Search(len(all), func(k int) bool { return all[k].at >= at }), len(all)-1))
	a, b := all[k-1], all[k]
	if k > 1 && a.at < c.cache && c.cache < b.at && at <= b.at {
		end := knot{c.cache, line(all[k-2], a, c.cache)}
		switch {
		case end.ns.Median > line(a, b, c.cache).Median: // what was measured knows of no such end
		case at <= c.cache:
			b = end
		default:
			a = end
		}
	}
	return line(a, b, at)
}

// without returns the curve without its knot at a place.
func (c curve) without(at float64) curve {
	c.knots = slices.DeleteFunc(slices.Clone(c.knots), func(k knot) bool { return k.at == at })
	return c
}

// Model is what predicts.
type Model struct {
	Crossings []*Crossing
	native    *Crossing // by which the work is known
	rows      []*record.Row
	cache     float64 // bytes of the caches' second level
}

// New makes a model of a record. It has no crossings if the record has no calls.
func New(r *record.Record) *Model {
	m := &Model{rows: slices.Concat(r.Of(payload), r.Of(beside)), cache: cacheOf(r)}
	for _, via := range []string{"cgo", "trampoline", "syscalln", "purego", "libffi"} {
		if m.native = m.crossing("c", via, r); m.native != nil {
			break
		}
	}
	if m.native == nil {
		return m
	}
	for _, row := range m.rows {
		if row.Entry != "" || slices.ContainsFunc(m.Crossings, func(c *Crossing) bool { return c.Lang == row.Lang && c.Via == row.Via }) {
			continue
		}
		if c := m.crossing(row.Lang, row.Via, r); c != nil {
			m.Crossings = append(m.Crossings, c)
		}
	}
	for _, c := range m.Crossings {
		c.usual = record.MiddleOf(m.heldOut(c))
	}
	return m
}

// cacheOf returns the bytes of the second level of caches, 0 if the record does not say so.
func cacheOf(r *record.Record) float64 {
	for cache := range strings.SplitSeq(r.Get("caches"), ", ") {
		if size, ok := strings.CutPrefix(cache, "L2 "); ok {
			if bytes, err := strconv.ParseFloat(size, 64); err == nil {
				return bytes
			}
		}
	}
	return 0
}

// bytesOf returns how many bytes a unit of a kind of work's size is.
func bytesOf(kind string) float64 {
	if kind == batched {
		return 24
	}
	return 1
}

// Find returns a crossing, or nil.
func (m *Model) Find(lang, via string) *Crossing {
	for _, c := range m.Crossings {
		if c.Lang == lang && c.Via == via {
			return c
		}
	}
	return nil
}

// curveOf returns what a crossing takes by a function's sizes.
func (m *Model) curveOf(lang, via, op string) (all []knot) {
	for _, r := range m.of(lang, via) {
		n, err := strconv.ParseFloat(r.N, 64)
		if r.Op == op && err == nil && !slices.ContainsFunc(all, func(k knot) bool { return k.at == n }) {
			all = append(all, knot{n, measure.Median(r.Wall())})
		}
	}
	slices.SortFunc(all, func(a, b knot) int { return cmp.Compare(a.at, b.at) })
	return all
}

// of returns the rows of a crossing; those of payloads come first.
func (m *Model) of(lang, via string) (all []*record.Row) {
	for _, r := range m.rows {
		if r.Lang == lang && r.Via == via && r.Entry == "" {
			all = append(all, r)
		}
	}
	return all
}

// less returns knots less what is taken at the same places by another.
func less(all []knot, other func(at float64) measure.Interval) []knot {
	var d []knot
	for _, k := range all {
		d = append(d, knot{k.at, minus(k.ns, other(k.at))})
	}
	return d
}

// crossing makes the model of one crossing, nil if the record has too little of it.
func (m *Model) crossing(lang, via string, r *record.Record) *Crossing {
	c := &Crossing{Lang: lang, Via: via, Rows: m.of(lang, via), slower: exact(1), work: map[string]curve{}}
	inside := strings.TrimSuffix(via, "-memory") // which passes all but slices
	one := m.curveOf(lang, inside, "add")
	if len(one) == 0 { // it passes no floating-point numbers
		one = m.curveOf(lang, inside, "int32")
	}
	sums, fills := m.curveOf(lang, via, reading), m.curveOf(lang, via, writing)
	if slices := len(sums) > 0 && len(fills) > 0; len(one) == 0 || !slices && (m.native == nil || isWasm(via) || isBeside(via)) {
		return nil
	}
	c.call = one[0].ns
	constant := func(float64) measure.Interval { return c.call }
	switch {
	case isWasm(via) || m.native == nil || lang == "go" && via == "direct":
		of := via
		if isWasm(via) {
			of = "wasm-memory"
		}
		for _, kind := range []string{reading, writing, batched} {
			all := m.curveOf(lang, of, kind)
			if len(all) == 0 { // the copies cannot be told from the work
				all = m.curveOf(lang, via, kind)
			}
			c.work[kind] = curve{less(all, constant), m.cache / bytesOf(kind)}
		}
	default:
		c.work = m.native.work
	}
	if isWasm(via) {
		c.slower = m.slowerBy(c, r)
	}
	if via == "wasm" || isBeside(via) {
		need := func(kind string) func(float64) measure.Interval {
			return func(at float64) measure.Interval { return plus(c.call, c.work[kind].value(at)) }
		}
		// A copy has each byte in a cache twice.
		c.in, c.out = curve{less(sums, need(reading)), m.cache / 2}, curve{less(fills, need(writing)), m.cache / 2}
		c.copies = true
	}
	if next := m.curveOf(lang, inside, "next"); len(next) > 1 {
		c.calls = true
		last := next[len(next)-1]
		c.callback = times(minus(last.ns, next[0].ns), 1/(last.at-next[0].at))
	}
	paced := record.Find(r.Of(Paced), "/lang:%s /via:%s", lang, inside)
	closed := measure.Interval{Median: math.NaN()}
	for _, row := range paced {
		if row.Get("rate") == "" {
			closed = measure.Median(row.Wall())
		}
	}
	for _, row := range paced {
		rate, err := strconv.ParseFloat(row.Get("rate"), 64)
		if err != nil || rate <= 0 || math.IsNaN(closed.Median) {
			continue
		}
		c.Rated = true
		c.Rows = append(c.Rows, row)
		all := measure.Median(row.Wall()) // a rate takes nothing off
		c.asleep.knots = append(c.asleep.knots, knot{math.Log(rate), minus(all, closed)})
	}
	slices.SortFunc(c.asleep.knots, func(a, b knot) int { return cmp.Compare(a.at, b.at) })
	return c
}

// slowerBy returns how many times as long kernels take in WebAssembly's memory as natively, from the least to the most; without
// kernels in the record, functions.
func (m *Model) slowerBy(c *Crossing, r *record.Record) measure.Interval {
	var all []float64
	for _, row := range record.Find(r.Of(copied), "/lang:c /via:wasm /place:in-place") {
		if n := record.First(r.Of(copied), "/kernel:%s /n:%s /steps:%q /lang:c /via:cgo /place:reached", row.Kernel, row.N, row.Get("steps")); n != nil {
			all = append(all, record.MiddleOf(row.Wall())/record.MiddleOf(n.Wall()))
		}
	}
	if all == nil {
		for _, kind := range []string{reading, writing, batched} {
			wasm, native := c.work[kind], m.native.work[kind]
			if len(wasm.knots) > 1 && len(native.knots) > 1 {
				at := wasm.knots[len(wasm.knots)/2].at
				all = append(all, max(1, wasm.value(at).Median/native.value(at).Median))
			}
		}
	}
	if all == nil {
		return exact(1)
	}
	return measure.Interval{Median: record.MiddleOf(all), Lo: slices.Min(all), Hi: slices.Max(all)}
}

// Predict returns what a call takes through a crossing.
func (c *Crossing) Predict(j Job) Cost {
	cost := Cost{Call: c.call, Callbacks: times(c.callback, j.Callbacks)}
	if j.In > 0 && c.copies {
		cost.Bytes = plus(cost.Bytes, c.in.value(j.In))
	}
	if j.Out > 0 && c.copies {
		cost.Bytes = plus(cost.Bytes, c.out.value(j.Out))
	}
	switch j.kind {
	case "":
		cost.Work = times(c.slower, j.Work)
	case waiting:
		cost.Work = exact(j.Work)
	default:
		cost.Work = c.work[j.kind].value(j.size)
	}
	if j.Rate > 0 && j.Rate*cost.Total().Median < 1e9 { // else the next call is there when one ends
		cost.Asleep = c.addedAt(j.Rate)
	}
	return cost
}

// addedAt returns what it adds that calls come at a rate.
func (c *Crossing) addedAt(rate float64) measure.Interval {
	all := c.asleep.knots
	if len(all) == 0 {
		return measure.Interval{}
	}
	return c.asleep.value(min(math.Log(rate), all[len(all)-1].at))
}
