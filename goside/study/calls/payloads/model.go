// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// A term of the cost model: the coefficient of one quantity that a payload hands over, in ns times scale.
type term struct {
	name     string
	scale    float64
	unit     string
	quantity func(r *record.Row) float64
}

var terms = []term{
	{"a call", 1, "ns", func(*record.Row) float64 { return 1 }},
	{"an argument", 1, "ns", func(r *record.Row) float64 { return r.Number("ints") + r.Number("doubles") }},
	{"a result", 1, "ns", func(r *record.Row) float64 { return r.Number("results") }},
	{"a KiB read", 1024, "ns", func(r *record.Row) float64 { return r.Number("read") }},
	{"a KiB written", 1024, "ns", func(r *record.Row) float64 { return r.Number("written") }},
	{"a struct's byte", 1, "ns", func(r *record.Row) float64 { return r.Number("copied") }},
	{"a callback", 1, "ns", func(r *record.Row) float64 { return r.Number("callbacks") }},
}

// modelled reports whether the cost model speaks of a payload: those that are one call, without what a crossing
// does beside it (strings and handles take several calls or allocate, errno locks a thread).
func modelled(r *record.Row) bool {
	switch r.Facts["group"] {
	case "scalars", "arguments", "slices", "structs":
		return true
	case "callbacks":
		return r.What() == "next"
	}
	return r.What() == "status_ok"
}

// leftOut reports whether the payload at a place in the record is kept from the fit, to check it: every third.
func leftOut(at int) bool { return at%3 == 2 }

// fit is the cost model of one crossing.
type fit struct {
	via          string
	coefficients []measure.Interval // as terms; Median is NaN for a term that no payload of the crossing has
	fitted       int                // payloads
	errors       []float64          // of the prediction for payloads left out, relative to what was measured; sorted
	worst        string             // the payload of the largest
}

// fitModel fits the cost model to what was measured of payloads on a crossing, once in every round: to
// the times' relative errors, so that short calls count as much as long ones. A coefficient is the median over the
// rounds. It reports false if there is too little to fit.
func fitModel(via string, payloads []*payload) (fit, bool) {
	f := fit{via: via}
	var used []int // terms
	for k, t := range terms {
		if slices.ContainsFunc(payloads, func(q *payload) bool { return t.quantity(q.Rows[via]) != 0 }) {
			used = append(used, k)
		}
	}
	rounds := math.MaxInt
	var seen, out []*payload
	walls := map[*payload][]float64{}
	for at, q := range payloads {
		walls[q] = q.Wall(q.Rows[via])
		rounds = min(rounds, len(walls[q]))
		if leftOut(at) {
			out = append(out, q)
		} else {
			seen = append(seen, q)
		}
	}
	f.fitted = len(seen)
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
				a.Set(at, j, terms[k].quantity(q.Rows[via])/walls[q][round])
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
		e := math.Abs(f.predict(q.Rows[via])-measured) / measured
		if f.errors = append(f.errors, e); e > worst {
			worst, f.worst = e, q.Label()
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
func fits(p *page.Page) []fit {
	var fits []fit
	for _, via := range crossings(p) {
		if via == "direct" { // no crossing
			continue
		}
		var payloads []*payload
		for _, q := range PayloadsOf(p, "") {
			if r := q.Rows[via]; r != nil && modelled(r) {
				payloads = append(payloads, q)
			}
		}
		if f, ok := fitModel(via, payloads); ok {
			fits = append(fits, f)
		}
	}
	return fits
}

func Model(p *page.Page) {
	fits := fits(p)
	if len(fits) == 0 {
		return
	}
	p.Heading("A model of the cost")
	p.Explain("The time of a call as a sum: so much for the call, for each argument, for a result, for what C reads or writes of a slice, for what is " +
		"copied of a struct by value, for each callback. Fitted to relative errors, once in every round; shown is the median of the rounds ± " +
		"half its 95 % interval. Every third payload was left out of the fit and then predicted; the error is relative to what was measured. " +
		"Of strings, handles and errno, which take several calls or allocate, the model does not speak.")
	header := []string{"crossing"}
	for _, t := range terms {
		header = append(header, t.name)
	}
	header = append(header, "fitted to", "left out", "median error", "90 % within", "worst")
	var lines [][]string
	best, most := "", 0.0
	within := 0
	for _, f := range fits {
		line := []string{page.CrossingName(f.via)}
		for k, c := range f.coefficients {
			if math.IsNaN(c.Median) {
				line = append(line, "–")
				continue
			}
			line = append(line, fmt.Sprintf("%s ± %s %s", page.Significant(c.Median*terms[k].scale), page.Significant((c.Hi-c.Lo)/2*terms[k].scale), terms[k].unit))
		}
		middle := record.MiddleOf(f.errors)
		if middle <= acceptable {
			within++
		}
		if middle >= most {
			best, most = page.CrossingName(f.via), middle
		}
		last := f.errors[len(f.errors)-1]
		line = append(line, fmt.Sprint(f.fitted), fmt.Sprint(len(f.errors)), page.Percentage(middle), page.Percentage(f.errors[int(0.9*float64(len(f.errors)))]),
			fmt.Sprintf("%s (%s)", page.Percentage(last), f.worst))
		lines = append(lines, line)
	}
	p.Grid("", header, lines)
	p.Say("The model predicts payloads that it has not seen to within %s in the median, or better (the worst crossing being %s); "+
		"%d of %d crossings stay within %s.", page.Percentage(most), best, within, len(fits), page.Percentage(acceptable))
}

// acceptable is the median error that a model must not exceed to be of use.
const acceptable = 0.2
