// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package record

import (
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
)

// Limits are the machine's limits as a record has them.
type Limits struct {
	Rows    []*Row
	Loop    []float64 // times of the empty loop; nil if the record lacks it
	Threads float64   // of a parallel language
	Caches  map[string]float64
}

// The languages of limits.
const (
	SerialLang   = "c"     // on one thread
	ParallelLang = "c-par" // on all threads
)

// Limits returns the limits that a record has.
func (r *Record) Limits() *Limits {
	l := &Limits{Threads: 1, Caches: map[string]float64{}}
	if threads, err := strconv.ParseFloat(r.Get("threads"), 64); err == nil {
		l.Threads = threads
	}
	for cache := range strings.SplitSeq(r.Get("caches"), ", ") {
		level, size, _ := strings.Cut(cache, " ")
		if bytes, err := strconv.ParseFloat(size, 64); err == nil {
			l.Caches[strings.TrimSuffix(level, "d")] = bytes
		}
	}
	l.Rows = r.Of(LimitsName)
	if loop := l.Find("loop", "go", "", ""); loop != nil {
		l.Loop = loop.Wall()
	}
	return l
}

// Any reports whether the record has the processor's peak.
func (l *Limits) Any() bool { return l.Find("muladd", SerialLang, "width", "vector") != nil }

// Find returns the limit of an operation in a language, with that value of a key unless key is "", or nil.
func (l *Limits) Find(op, lang, key, value string) *Row {
	for _, r := range l.Rows {
		if r.Op == op && r.Lang == lang && (key == "" || r.Get(key) == value) {
			return r
		}
	}
	return nil
}

// Moves reports whether the record has limits of moving data as its problems do.
func (l *Limits) Moves() bool {
	return slices.ContainsFunc(l.Rows, func(r *Row) bool { return r.Op == MoveName })
}

// Bandwidth returns the bytes a ns that op (read, write or copy) moves at a level, on all threads together; 0 if it was not
// measured.
func (l *Limits) Bandwidth(op, lang, level string) float64 {
	return l.rate(l.Find(op, lang, "level", level), "reads", "writes")
}

// Peak returns the floating-point operations a ns; width is scalar, half or vector.
func (l *Limits) Peak(lang, width string) float64 {
	return l.rate(l.Find("muladd", lang, "width", width), "flops")
}

func (l *Limits) rate(r *Row, keys ...string) float64 {
	if r == nil {
		return 0
	}
	work := 0.0
	for _, key := range keys {
		work += r.Number(key)
	}
	if r.Lang == ParallelLang {
		work *= l.Threads
	}
	return work / measure.Median(r.Wall()).Median
}

// Limit is the least time, in ns in each round, that a row's operation could take, with the work that binds it.
type Limit struct {
	Row          *Row // that it was measured as
	Bytes, Flops float64
	times        []float64
}

// binding returns the limit that binds a row: moving its bytes once, or its floating-point operations. There is
// none if the row has no work, or if the record does not hold what all of its work is held against: a move of the
// same traffic, and the processor's peak, in as many rounds.
//
// A parallel row is held against the faster of as many threads and of one: where the other cores are taken away
// meanwhile, threads are no help.
func (l *Limits) binding(r *Row) (Limit, bool) {
	moving, computing := Limit{Bytes: r.Number("reads") + r.Number("writes")}, Limit{Flops: r.Number("flops")}
	for _, lang := range []string{SerialLang, ParallelLang} {
		threads := 1.0
		if lang == ParallelLang {
			threads = l.Threads
		}
		if lang == ParallelLang && !r.Parallel() {
			continue
		}
		moving.consider(l.Move(lang, r), r, 1)
		for _, width := range []string{"scalar", "half", "vector"} {
			if peak := l.Find("muladd", lang, "width", width); peak != nil {
				computing.consider(peak, r, computing.Flops/(threads*peak.Number("flops")))
			}
		}
	}
	switch {
	case moving.Bytes+computing.Flops == 0, moving.Bytes > 0 && moving.times == nil, computing.Flops > 0 && computing.times == nil:
		return Limit{}, false
	case moving.Bytes == 0, computing.Flops > 0 && MiddleOf(computing.times) > MiddleOf(moving.times):
		return computing, true
	}
	return moving, true
}

// consider makes l that of so many operations of m, if m was measured in r's rounds and they take less.
func (l *Limit) consider(m, r *Row, operations float64) {
	if m == nil || len(m.Samples) != len(r.Samples) {
		return
	}
	times := m.Wall()
	for k := range times {
		times[k] *= operations
	}
	if l.times == nil || MiddleOf(times) < MiddleOf(l.times) {
		l.Row, l.times = m, times
	}
}

// Traffic returns what an operation of a row moves, as the row's name or its problem's facts say.
func (r *Row) Traffic() [3]float64 {
	return [3]float64{r.Number("set"), r.Number("reads"), r.Number("writes")}
}

// Move returns the fastest form of moving what a row moves, on the threads of lang; nil if the record has none.
func (l *Limits) Move(lang string, of *Row) *Row {
	var best *Row
	for _, r := range l.Rows {
		if r.Op == MoveName && r.Lang == lang && r.Traffic() == of.Traffic() &&
			(best == nil || MiddleOf(r.Wall()) < MiddleOf(best.Wall())) {
			best = r
		}
	}
	return best
}

// Share returns which part of its time a row would take at its limit, with the limit, if there is one.
func (l *Limits) Share(r *Row) (measure.Interval, Limit, bool) {
	bound, ok := l.binding(r)
	if !ok {
		return measure.Interval{}, Limit{}, false
	}
	return measure.Ratio(bound.times, r.Wall()), bound, true
}

// Beyond reports whether a share is above 100 % with its whole interval: then what was measured is no limit.
func Beyond(share measure.Interval) bool { return share.Lo > 1 }
