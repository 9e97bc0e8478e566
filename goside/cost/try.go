// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package cost

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/record"
)

// The benchmarks of toll try: a call of a user's function, and one of a function that does nothing with the same arguments.
const (
	try       = "Try"
	tryBorder = "TryBorder"
)

// Tries are the crossings that toll try measures if they can pass the function.
var Tries = []string{"cgo", "purego", "syscalln", "libffi", "trampoline", "process"}

// Tried is a function of a record of toll try.
type Tried struct {
	Op, N string
	Work  measure.Interval // ns: what a call takes without the border
	By    string           // the crossing that the work is known by
}

// Try has the model start from what toll try measured: of a function's calls, through the crossings that were tried, nothing is
// predicted but what a rate adds, and the model has no other crossing of those that toll try measures. The work is what a
// call takes more than one of a function that does nothing, through cgo if that was tried. op is "" if the record has but one
// function. Of several sizes it takes the largest.
func (m *Model) Try(r *record.Record, op string) (Tried, error) {
	rows := r.Of(try)
	var ops []string
	for _, row := range rows {
		ops = record.AppendNew(ops, row.Op)
	}
	switch {
	case len(ops) == 0:
		return Tried{}, fmt.Errorf("cost: the record has no call of a function of yours, want one of toll try")
	case op == "" && len(ops) > 1:
		return Tried{}, fmt.Errorf("cost: the record has the functions %s, want one to be chosen", strings.Join(ops, ", "))
	case op == "":
		op = ops[0]
	case !slices.Contains(ops, op):
		return Tried{}, fmt.Errorf("cost: the record has no function %q, want one of %s", op, strings.Join(ops, ", "))
	}
	rows = record.Find(rows, "/op:%q", op)
	of := Tried{Op: op, N: largest(rows)}
	border := map[string]measure.Interval{}
	for _, row := range record.Find(r.Of(tryBorder), "/op:%q", op) {
		if row.N == of.N {
			border[row.Via] = measure.Median(row.Wall())
		}
	}
	var found []*Crossing
	for _, row := range rows {
		if row.N != of.N || row.Lang == "reference" {
			continue
		}
		c := &Crossing{Lang: row.Lang, Via: row.Via, Rows: []*record.Row{row}, call: measure.Median(row.Wall()), slower: exact(1), calls: true, tried: true}
		if known := m.Find("c", row.Via); known != nil {
			c.asleep, c.Rated, c.usual, c.calls = known.asleep, known.Rated, known.usual, known.calls
		}
		if nothing, ok := border[row.Via]; ok && (of.By == "" || row.Via == "cgo") {
			of.Work, of.By = minus(c.call, nothing), row.Via
		}
		found = append(found, c)
	}
	if of.By == "" {
		return Tried{}, errors.New("cost: the record has no call of a function that does nothing (TryBorder), want one, to tell the work from the border")
	}
	work := of.Work.Median
	for _, c := range found {
		switch {
		case c.Via == "direct" && work > 0: // which has no border
			c.call, c.slower = measure.Interval{}, times(c.call, 1/work)
		default:
			c.call = minus(c.call, exact(work))
		}
	}
	others := slices.DeleteFunc(m.Crossings, func(c *Crossing) bool {
		return slices.Contains(Tries, c.Via) || c.Via == "direct"
	})
	m.Crossings = slices.Concat(found, others)
	return of, nil
}

// largest returns the largest size of rows, "" if they have none.
func largest(rows []*record.Row) (n string) {
	most := -1.0
	for _, row := range rows {
		if x, err := strconv.ParseFloat(row.N, 64); err == nil && x > most {
			n, most = row.N, x
		}
	}
	return n
}

// Measured reports whether the crossing's calls were measured by toll try.
func (c *Crossing) Measured() bool { return c.tried }
