// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"math"
	"slices"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// passed is what a record holds of payloads.
type passed struct {
	all  []*payload // in the record's order, but the sizes of one function together
	vias []string   // crossings, in the record's order
}

// payload is the rows of one payload.
type payload struct {
	op, n, group string
	rows         []*record.Row // with the second entry and the reference
	reference    *record.Row
	usual        float64 // time of the reference over the whole record, 0 if it has none
}

// newPassed returns the payloads of a record.
func newPassed(p *page.Page) *passed {
	s := &passed{}
	index := map[string]*payload{}
	var ops []string
	var references []float64
	for _, r := range p.Rows(benchmark) {
		problem := r.Problem()
		q := index[problem]
		if q == nil {
			q = &payload{op: r.Op, n: r.N, group: r.Facts["group"]}
			index[problem] = q
			s.all = append(s.all, q)
		}
		q.rows = append(q.rows, r)
		if r.Entry == record.EntryReference {
			q.reference = r
			references = append(references, r.Wall()...)
		}
		s.vias, ops = record.AppendNew(s.vias, r.Via), record.AppendNew(ops, r.Op)
	}
	slices.SortStableFunc(s.all, func(a, b *payload) int { return slices.Index(ops, a.op) - slices.Index(ops, b.op) })
	if references != nil {
		usual := record.MiddleOf(references)
		for _, q := range s.all {
			q.usual = usual
		}
	}
	return s
}

// groupOf returns the payloads of a group.
func (s *passed) groupOf(group string) []*payload {
	var some []*payload
	for _, q := range s.all {
		if q.group == group {
			some = append(some, q)
		}
	}
	return some
}

// find returns a payload, one without rows if it is not there; n is "" for the smallest.
func (s *passed) find(op, n string) *payload {
	for _, q := range s.all {
		if q.op == op && (q.n == n || n == "") {
			return q
		}
	}
	return &payload{op: op, n: n}
}

// row returns the first entry of a crossing, or nil.
func (q *payload) row(via string) *record.Row {
	for _, r := range q.rows {
		if r.Via == via && r.Entry == "" {
			return r
		}
	}
	return nil
}

// steadied returns the times of a call, of which the machine's changes of speed are taken off: each is divided by
// that of the reference, a call that passes nothing which was made beside it in the same round, and multiplied by
// what that usually takes. Work that such changes do not touch gets noisier by it; it keeps the times as they were.
func (q *payload) steadied(r *record.Row) []float64 {
	raw := r.Wall()
	if q.reference == nil || len(q.reference.Samples) != len(r.Samples) || q.usual == 0 {
		return raw
	}
	steady := make([]float64, len(raw))
	for k, ns := range q.reference.Wall() {
		steady[k] = raw[k] / ns * q.usual
	}
	if measure.Median(raw).Half() < measure.Median(steady).Half() {
		return raw
	}
	return steady
}

// time returns the time of a call; false if the crossing has none.
func (q *payload) time(via string) (measure.Interval, bool) {
	r := q.row(via)
	if r == nil {
		return measure.Interval{Median: math.NaN()}, false
	}
	return measure.Median(q.steadied(r)), true
}

// median returns the median time of a call, NaN if the crossing has none.
func (q *payload) median(via string) float64 {
	i, _ := q.time(via)
	return i.Median
}

// allocated returns what a call allocates on Go's heap; false if the crossing has no such row.
func (q *payload) allocated(via string) (bytes, objects float64, ok bool) {
	r := q.row(via)
	if r == nil {
		return 0, 0, false
	}
	bytes, objects = r.Allocated()
	return bytes, objects, true
}

// toBaseline returns the ratio of a crossing's time to the baseline's; ok is false if either is not there.
func (q *payload) toBaseline(via string) (ratio measure.Interval, differs, ok bool) {
	ratio, ok = record.WallRatio(q.row(via), q.row(baseline))
	return ratio, ok && ratio.Differs(record.Floor(q.rows)), ok
}

// difference is what one payload takes more than another on a crossing.
type difference struct {
	ns      float64
	certain bool // other than 0 beyond its interval; also if there is none
}

// moreThan returns what q takes more than another payload on a crossing; false if the crossing has not both.
func (q *payload) moreThan(other *payload, via string) (difference, bool) {
	a, b := q.row(via), other.row(via)
	if a == nil || b == nil {
		return difference{}, false
	}
	d := difference{q.median(via) - other.median(via), true}
	if len(a.Samples) == len(b.Samples) {
		i := record.Differences(q.steadied(a), other.steadied(b))
		d.certain = record.Certain(i) || math.IsInf(i.Hi, 0)
	}
	return d, true
}
