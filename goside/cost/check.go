// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package cost

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"toll/goside/measure"
	"toll/goside/record"
)

// heldOut returns the relative errors of a crossing's model for what was measured: each size of a slice, without what was
// measured of that size, and each batch, which the terms of bytes are not made from, without what its work was measured by.
func (m *Model) heldOut(c *Crossing) (errors []float64) {
	for _, kind := range []string{reading, writing, batched} {
		measured := m.curveOf(c.Lang, c.Via, kind)
		for at := 1; at+1 < len(measured); at++ {
			size := measured[at].at
			without := *c
			without.work = maps.Clone(c.work)
			without.work[kind] = c.work[kind].without(size)
			without.in, without.out = c.in.without(size), c.out.without(size)
			ns := measured[at].ns.Median
			errors = append(errors, math.Abs(without.Predict(jobOf(kind, size, 0)).total()-ns)/ns)
		}
	}
	return errors
}

func (c Cost) total() float64 { return c.Total().Median }

// jobOf returns what a call of one of package calls' functions is.
func jobOf(op string, n, rate float64) Job {
	j := Job{kind: op, size: n, Rate: rate}
	switch op {
	case reading:
		j.In = n
	case writing:
		j.Out = n
	case batched:
		j.In, j.Out = 16*n, 8*n
	case waiting:
		j.Work = n
	default:
		j.kind = ""
	}
	return j
}

// HeldOut returns the relative errors of the predictions for what was held out, of all crossings.
func (m *Model) HeldOut() (errors []float64) {
	for _, c := range m.Crossings {
		errors = append(errors, m.heldOut(c)...)
	}
	slices.Sort(errors)
	return errors
}

// Likely returns what a call takes in all, no narrower than by half of the model's usual error there.
func (c *Crossing) Likely(cost Cost) measure.Interval { return c.widened(cost.Total()) }

func (c *Crossing) widened(i measure.Interval) measure.Interval {
	if c.usual > 0 {
		i.Lo, i.Hi = min(i.Lo, i.Median*(1-c.usual)), max(i.Hi, i.Median*(1+c.usual))
	}
	i.Lo = max(i.Lo, 0)
	return i
}

// Point is a call that no model was made from, and what it was measured and predicted to take.
type Point struct {
	Op   string
	N    float64
	Rate float64
	Each []Checked // a crossing each

	rows []*record.Row // with second entries
}

// Checked is a point through one crossing.
type Checked struct {
	Crossing  *Crossing
	Row       *record.Row
	Measured  measure.Interval
	Predicted measure.Interval
}

// Error returns that of the prediction, relative to what was measured.
func (c *Checked) Error() float64 {
	return math.Abs(c.Predicted.Median-c.Measured.Median) / c.Measured.Median
}

// Errors returns those of all crossings.
func (p *Point) Errors() (all []float64) {
	for k := range p.Each {
		all = append(all, p.Each[k].Error())
	}
	return all
}

// Measured returns the crossing that took least, Predicted the one that was to.
func (p *Point) Measured() *Checked {
	return p.least(func(c *Checked) float64 { return c.Measured.Median })
}

// Predicted returns the crossing that was predicted to take least.
func (p *Point) Predicted() *Checked {
	return p.least(func(c *Checked) float64 { return c.Predicted.Median })
}

func (p *Point) least(of func(*Checked) float64) *Checked {
	best := &p.Each[0]
	for k := range p.Each {
		if of(&p.Each[k]) < of(best) {
			best = &p.Each[k]
		}
	}
	return best
}

// Right reports whether the predicted winner is the measured one, or cannot be told from it by what was measured: their ratio
// within rounds is 1 but for noise, or their times' intervals overlap. That the model itself does not tell them apart is no excuse.
func (p *Point) Right() (same, within bool) {
	a, b := p.Predicted(), p.Measured()
	if a == b {
		return true, true
	}
	ratio, ok := record.WallRatio(a.Row, b.Row)
	if known := a.Measured.Hi - b.Measured.Lo; math.IsInf(known, 0) { // too few rounds for intervals
		return false, false
	}
	return false, ok && !ratio.Differs(p.floor()) || a.Measured.Lo <= b.Measured.Hi
}

// floor returns the noise floor, 0 if it is unknown.
func (p *Point) floor() float64 {
	if floor := record.Floor(p.rows); !math.IsInf(floor, 0) {
		return floor
	}
	return 0
}

// Loss returns by which part the predicted winner takes longer than the measured one, as measured.
func (p *Point) Loss() float64 {
	return p.Predicted().Measured.Median/p.Measured().Measured.Median - 1
}

// Check compares a record's points with what is predicted of them. Plain Go is not among the crossings: its work is another.
func (m *Model) Check(r *record.Record) (points []*Point) {
	index := map[string]*Point{}
	for _, row := range r.Of(Points) {
		c := m.Find(row.Lang, row.Via)
		n, err := strconv.ParseFloat(row.N, 64)
		if err != nil || c == nil || row.Via == "direct" {
			continue
		}
		rate, _ := strconv.ParseFloat(row.Get("rate"), 64) // 0 without one
		p := index[row.Problem()]
		if p == nil {
			p = &Point{Op: row.Op, N: n, Rate: rate}
			index[row.Problem()] = p
			points = append(points, p)
		}
		p.rows = append(p.rows, row)
		if row.Entry != "" {
			continue
		}
		predicted := c.Likely(c.Predict(jobOf(row.Op, n, rate)))
		p.Each = append(p.Each, Checked{c, row, measure.Median(row.Wall()), predicted})
	}
	return points
}

// Verdict is how good predictions of points are.
type Verdict struct {
	Points, Same, Right int       // the predicted winner is the measured one; or cannot be told from it
	Errors              []float64 // of all crossings and points, sorted
	Within, Process     []float64 // those within the process, and those to another one
	Loss                float64   // the largest of the points
}

// Judge sums up points.
func Judge(points []*Point) Verdict {
	v := Verdict{Points: len(points)}
	for _, p := range points {
		same, within := p.Right()
		if same {
			v.Same++
		}
		if within {
			v.Right++
		}
		for k := range p.Each {
			of := &v.Within
			if p.Each[k].Crossing.Process() {
				of = &v.Process
			}
			*of = append(*of, p.Each[k].Error())
		}
		v.Loss = max(v.Loss, p.Loss())
	}
	v.Errors = slices.Concat(v.Within, v.Process)
	slices.Sort(v.Errors)
	return v
}
