// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// A term of the cost model: the coefficient of one quantity that a payload hands over, in ns times scale.
type term struct {
	name     string
	scale    float64
	quantity func(r *record.Row) float64
}

var terms = []term{
	{"a call", 1, func(*record.Row) float64 { return 1 }},
	{"an argument", 1, func(r *record.Row) float64 { return r.Number("ints") + r.Number("doubles") }},
	{"more on the stack", 1, func(r *record.Row) float64 { return onStack(r.Number("ints"), r.Number("doubles")) }},
	{"a result", 1, func(r *record.Row) float64 { return r.Number("results") }},
	{"a KiB read", 1024, func(r *record.Row) float64 { return inSlice(r, r.Number("read")) }},
	{"a KiB written", 1024, func(r *record.Row) float64 { return inSlice(r, r.Number("written")) }},
	{"a KiB copied", 1024, func(r *record.Row) float64 {
		if !copying[r.Via] {
			return 0
		}
		return inSlice(r, sizeOf(r))
	}},
	{"a struct's byte", 1, func(r *record.Row) float64 { return r.Number("copied") }},
	{"a callback", 1, func(r *record.Row) float64 { return r.Number("callbacks") }},
	{"a call of a batch", 1, func(r *record.Row) float64 {
		if r.Facts["group"] != "batches" {
			return 0
		}
		return sizeOf(r)
	}},
}

// onStack returns how many arguments x86-64's convention passes on the stack.
func onStack(ints, doubles float64) float64 { return max(0, ints-6) + max(0, doubles-8) }

// inSlice returns a quantity of a payload that passes a slice for its own sake, else 0.
func inSlice(r *record.Row, quantity float64) float64 {
	if r.Facts["group"] != "slices" {
		return 0
	}
	return quantity
}

// sizeOf returns the size that a row's name says.
func sizeOf(r *record.Row) float64 {
	n, err := strconv.ParseFloat(r.N, 64)
	if err != nil {
		return 0
	}
	return n
}

// modelled reports whether the cost model speaks of a payload: those that are one call, without what a crossing
// does beside it (strings and handles take several calls or allocate, errno locks a thread).
func modelled(r *record.Row) bool {
	switch r.Facts["group"] {
	case "scalars", "arguments", "slices", "batches", "structs":
		return true
	case "callbacks":
		return r.Op == "next"
	}
	return r.Op == "status_ok"
}

// leftOut reports whether the payload at a place in the record is kept from the fit, to check it: every third.
func leftOut(at int) bool { return at%3 == 2 }

// fit is the cost model of one crossing.
type fit struct {
	via          string
	coefficients []measure.Interval // as terms; Median is NaN for a term that no payload of the crossing has
	fitted, out  []*record.Row      // of the payloads that it was fitted to, and of those left out
	errors       []float64          // of the prediction for payloads left out, relative to what was measured; sorted
	worst        *payload           // of the largest
}

// fitModel fits the cost model to what was measured of payloads on a crossing, once in every round: to
// the times' relative errors, so that short calls count as much as long ones. A coefficient is the median over the
// rounds. It reports false if there is too little to fit.
func fitModel(via string, payloads []*payload) (fit, bool) {
	f := fit{via: via}
	var used []int // terms
	for k, t := range terms {
		if slices.ContainsFunc(payloads, func(q *payload) bool { return t.quantity(q.row(via)) != 0 }) {
			used = append(used, k)
		}
	}
	rounds := math.MaxInt
	var seen, out []*payload
	walls := map[*payload][]float64{}
	for at, q := range payloads {
		walls[q] = q.steadied(q.row(via))
		rounds = min(rounds, len(walls[q]))
		if leftOut(at) {
			out, f.out = append(out, q), append(f.out, q.row(via))
		} else {
			seen, f.fitted = append(seen, q), append(f.fitted, q.row(via))
		}
	}
	if len(seen) <= len(used) || len(out) == 0 || rounds < 1 {
		return f, false
	}
	perRound := make([][]float64, len(terms))
	for round := range rounds {
		a := mat.NewDense(len(seen), len(used), nil)
		b := mat.NewVecDense(len(seen), nil)
		for at, q := range seen {
			// Divided by the time, so that what is least is the sum of the squares of relative errors.
			for j, k := range used {
				a.Set(at, j, terms[k].quantity(q.row(via))/walls[q][round])
			}
			b.SetVec(at, 1)
		}
		var x mat.VecDense
		if err := x.SolveVec(a, b); err != nil {
			return f, false
		}
		for j, k := range used {
			perRound[k] = append(perRound[k], x.AtVec(j))
		}
	}
	f.coefficients = make([]measure.Interval, len(terms))
	for k := range terms {
		f.coefficients[k] = measure.Interval{Median: math.NaN()}
		if perRound[k] != nil {
			f.coefficients[k] = measure.Median(perRound[k])
		}
	}
	worst := -1.0
	for _, q := range out {
		measured := record.MiddleOf(walls[q])
		e := math.Abs(f.predict(q.row(via))-measured) / measured
		if f.errors = append(f.errors, e); e > worst {
			worst, f.worst = e, q
		}
	}
	slices.Sort(f.errors)
	return f, true
}

// predict returns the time of a call in ns.
func (f *fit) predict(r *record.Row) float64 {
	t := 0.0
	for k, c := range f.coefficients {
		if !math.IsNaN(c.Median) {
			t += c.Median * terms[k].quantity(r)
		}
	}
	return t
}

// fits returns the cost model of every crossing that has enough payloads for one.
func (s *passed) fits() []fit {
	var fits []fit
	for _, via := range s.vias {
		if via == "direct" || s.find("noop", "1").row(via) == nil { // no crossing, or one for slices alone
			continue
		}
		var some []*payload
		for _, q := range s.all {
			if r := q.row(via); r != nil && modelled(r) {
				some = append(some, q)
			}
		}
		if f, ok := fitModel(via, some); ok {
			fits = append(fits, f)
		}
	}
	return fits
}

func (f *fit) median() float64  { return record.MiddleOf(f.errors) }
func (f *fit) largest() float64 { return f.errors[len(f.errors)-1] }

// ninth returns within what nine tenths of the errors are.
func (f *fit) ninth() float64 { return f.errors[int(0.9*float64(len(f.errors)))] }

// plusMinus shows a figure and half its interval, with as many decimals.
func plusMinus(x, half float64) string {
	text := page.Significant(x)
	_, decimals, _ := strings.Cut(text, ".")
	return fmt.Sprintf("%s ± %.*f", text, len(decimals), half)
}

// acceptable is the median error that a model must not exceed to be of use.
const acceptable = 0.2

// modelTables prints the cost model and how well it predicts.
func modelTables(p *page.Page) {
	fits := newPassed(p).fits()
	if len(fits) == 0 {
		return
	}
	p.Heading("A model of the cost")
	p.Tell(prose, "model", nil)
	header := []string{"term"}
	lines := make([][]page.Cell, len(terms))
	for k, t := range terms {
		lines[k] = page.Words(t.name)
	}
	for _, f := range fits {
		header = append(header, shortName(f.via))
		for k, c := range f.coefficients {
			cell := page.Word(missing)
			if !math.IsNaN(c.Median) {
				scale := terms[k].scale
				cell = page.Figure(plusMinus(c.Median*scale, (c.Hi-c.Lo)/2*scale), f.fitted...)
			}
			lines[k] = append(lines[k], cell)
		}
	}
	p.Wide("Terms, in ns", header, lines)
	var errors [][]page.Cell
	worst, good := &fits[0], 0
	for k := range fits {
		f := &fits[k]
		if f.median() <= acceptable {
			good++
		}
		if f.median() > worst.median() {
			worst = f
		}
		all := slices.Concat(f.out, f.fitted)
		errors = append(errors, []page.Cell{page.Word(shortName(f.via)), page.Figure(fmt.Sprint(len(f.fitted)), f.fitted...),
			page.Figure(fmt.Sprint(len(f.out)), f.out...), page.Figure(page.Share(f.median()), all...), page.Figure(page.Share(f.ninth()), all...),
			page.Figure(page.Share(f.largest()), all...), page.Figure(f.worst.label(), f.worst.row(f.via))})
	}
	p.Grid("Errors of the prediction", []string{"crossing", "fitted to", "held out", "median", "90 % within", "largest", "for"}, errors)
	if len(fits) == 1 {
		p.Say("The model predicts held-out payloads with a median error of %s.", page.Share(worst.median()))
		return
	}
	p.Say("The model predicts held-out payloads with a median error of at most %s (%s). %d of %d crossings stay within %s.",
		page.Share(worst.median()), page.CrossingName(worst.via), good, len(fits), page.Share(acceptable))
}
