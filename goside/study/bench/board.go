// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"toll/goside/level"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/study"
)

// board returns what a call that passes nothing costs through each crossing, by the first language that it reaches; the cheapest is first.
func board(p *page.Page) *study.Board {
	var calls *column
	for _, c := range columns(p.Record, "Call", p.Limits) {
		if c.name == "noop" {
			calls = c
		}
	}
	if calls == nil {
		return nil
	}
	b := &study.Board{Floor: calls.floor()}
	var seen []string
	for _, r := range calls.rows {
		if r.Entry == "" && !slices.Contains(seen, r.Via) {
			seen = append(seen, r.Via)
			b.Crossings = append(b.Crossings, study.Toll{Crossing: page.CrossingLabel(r.Via), Row: r, Call: measure.Median(calls.wall(r))})
		}
	}
	slices.SortStableFunc(b.Crossings, func(x, y study.Toll) int { return cmp.Compare(x.Call.Median, y.Call.Median) })
	kernels := columns(p.Record, "Kernels", p.Limits)
	for _, says := range []string{sayCalls(b.Crossings), sayCrossings(kernels), sayLanguages(kernels)} {
		if says != "" {
			b.Says = append(b.Says, says)
		}
	}
	return b
}

// sayCalls says what a call takes through each crossing.
func sayCalls(tolls []study.Toll) string {
	var data struct {
		Native []string
		Direct string
	}
	for _, toll := range tolls {
		time := page.InWords(toll.Call, page.Nanoseconds)
		if toll.Row.Via == "direct" {
			data.Direct = time
		} else {
			data.Native = append(data.Native, time+" through "+page.CrossingName(toll.Row.Via))
		}
	}
	if data.Native == nil {
		return ""
	}
	return prose.Text("calls", map[string]string{"Native": page.Joined(data.Native), "Direct": data.Direct})
}

// factor is a row's time relative to another's.
type factor struct {
	problem string
	row     *record.Row
	ratio   measure.Interval
	floor   float64
}

// value returns the ratio, which is 1 if it does not differ from that beyond noise.
func (f factor) value() float64 {
	if f.ratio.Differs(f.floor) {
		return f.ratio.Median
	}
	return 1
}

func (f factor) change() float64 { return math.Abs(math.Log(f.value())) }

// noise returns what the ratio must differ from 1 by.
func (f factor) noise() float64 { return max(f.ratio.Half(), f.floor) }

// factors returns the times of first entries relative to those of the routes that base names, where the noise floor is known.
func factors(all []*column, base func(r *record.Row) string) []factor {
	var found []factor
	for _, c := range all {
		floor := c.floor()
		for _, r := range c.rows {
			to := c.find(base(r))
			if to == nil || r.Entry != "" || len(to.Samples) != len(r.Samples) || math.IsInf(floor, 0) {
				continue
			}
			found = append(found, factor{c.name, r, measure.Ratio(c.wall(r), c.wall(to)), floor})
		}
	}
	return found
}

// sayCrossings says to how many kernels it makes a difference that they are not reached through cgo.
func sayCrossings(kernels []*column) string {
	all := factors(kernels, func(r *record.Row) string {
		if r.Via == "cgo" || r.Via == "direct" {
			return ""
		}
		return r.Lang + "/cgo"
	})
	if all == nil {
		return ""
	}
	data := struct {
		Work, Largest, Of, Noise string
		Rows, Differ             int
	}{Rows: len(all)}
	work := math.Inf(1)
	var noise []float64
	for _, f := range all {
		work = min(work, record.MiddleOf(f.row.Wall()))
		noise = append(noise, f.noise())
		if f.change() > 0 {
			data.Differ++
		}
	}
	largest := slices.MaxFunc(all, func(a, b factor) int { return cmp.Compare(a.change(), b.change()) })
	data.Work, data.Noise = page.Nanoseconds(work), page.Share(record.MiddleOf(noise))
	data.Largest, data.Of = page.Change(largest.value()), largest.problem+" of "+largest.row.Route()
	return prose.Text("crossings", data)
}

// sayLanguages says how long the serial kernels of other plain languages take, relative to C through cgo.
func sayLanguages(kernels []*column) string {
	direct := factors(kernels, func(r *record.Row) string {
		if r.Route() == "go/direct" {
			return registry.Baseline
		}
		return ""
	})
	others := factors(kernels, func(r *record.Row) string {
		if _, tuned := level.Plain(r.Lang); tuned || r.Via != "cgo" || r.Route() == registry.Baseline || r.Parallel() {
			return ""
		}
		return registry.Baseline
	})
	var names []string
	for _, f := range others {
		names = record.AppendNew(names, strings.ToUpper(f.row.Lang[:1])+f.row.Lang[1:])
	}
	if direct == nil && others == nil {
		return ""
	}
	data := map[string]string{"Go": span(direct), "Others": span(others), "Names": page.Joined(names)}
	return prose.Text("languages", data)
}

// span returns the least and the largest of ratios: "0.95 (julia) to 3.9 times (ols col) as long".
func span(all []factor) string {
	if all == nil {
		return ""
	}
	byValue := func(a, b factor) int { return cmp.Compare(a.value(), b.value()) }
	least, most := slices.MinFunc(all, byValue), slices.MaxFunc(all, byValue)
	shown := func(f factor, times string) string {
		about := ""
		if f.ratio.Unstable() && f.value() != 1 {
			about = "about "
		}
		return about + page.Factor(f.value()) + times + " (" + f.problem + ")"
	}
	switch {
	case least.change() == 0 && most.change() == 0:
		return "as long, within noise"
	case least.value() == most.value():
		return shown(most, " times") + " as long"
	}
	return shown(least, "") + " to " + shown(most, " times") + " as long"
}
