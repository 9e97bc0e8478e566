// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package advise

import (
	_ "embed"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"toll/goside/cost"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// Print prints an advice; source is the record's file.
func (a *Advice) Print(w io.Writer, source string) {
	p := page.New(w, a.record, page.Style{})
	p.Say("%s", a.question(source))
	header := []string{"", "a call", "±", "border", "of it", "core"}
	for _, share := range overheads {
		header = append(header, "<"+page.Share(share))
	}
	header = append(header, "copies>rest", ">work")
	var lines [][]page.Cell
	for k := range a.ranking {
		lines = append(lines, a.line(k))
	}
	if lines != nil {
		p.Grid("", header, lines)
	}
	for _, said := range a.words() {
		p.Say("%s", said)
	}
}

// line returns a mechanism's line.
func (a *Advice) line(k int) []page.Cell {
	r := &a.ranking[k]
	border := r.cost.Border().Median
	mark := ""
	if k > 0 && r.call.Lo <= a.ranking[0].call.Hi {
		mark = "~"
	}
	rows := r.crossing.Rows
	line := []page.Cell{page.Word(r.name), page.Figure(mark+page.Nanoseconds(r.call.Median), rows...), page.Figure(spread(r.call), rows...),
		page.Figure(page.Nanoseconds(max(border, 0)), rows...), page.Figure(page.Share(border/r.cost.Total().Median), rows...), page.Figure(a.core(r), rows...)}
	for _, calls := range r.batch {
		line = append(line, page.Figure(batchText(calls), rows...))
	}
	return append(line, page.Figure(sizeText(r.beyond), rows...), page.Figure(sizeText(r.working), rows...))
}

// spread shows half an interval.
func spread(i measure.Interval) string {
	half := i.Half()
	if math.IsInf(half, 0) || math.IsNaN(half) || half > 9.99 {
		return "?"
	}
	return page.Share(half)
}

func (a *Advice) core(r *ranked) string {
	switch {
	case a.wish.Rate == 0:
		return "–"
	case r.core >= 0.995:
		return page.Factor(r.core) + "×"
	}
	return page.Share(r.core)
}

func batchText(calls float64) string {
	if math.IsInf(calls, 0) {
		return "never"
	}
	switch {
	case calls >= 1e6:
		return fmt.Sprintf("%.1fM", calls/1e6)
	case calls >= 1e4:
		return fmt.Sprintf("%.0fk", calls/1e3)
	}
	return count(calls)
}

// count shows a whole number, its thousands apart.
func count(x float64) string {
	text := fmt.Sprintf("%.0f", x)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func sizeText(bytes float64) string {
	switch {
	case math.IsNaN(bytes):
		return "–"
	case math.IsInf(bytes, 0):
		return "never"
	}
	return size(bytes)
}

// size shows bytes, roughly.
func size(bytes float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if bytes >= u.size {
			if bytes < 10*u.size {
				return fmt.Sprintf("%.1f %s", bytes/u.size, u.name)
			}
			return fmt.Sprintf("%.0f %s", bytes/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.0f B", bytes)
}

// question says what was asked, and by which record it is answered.
func (a *Advice) question(source string) string {
	how := "Calls one after another"
	if a.wish.Rate > 0 {
		how = count(a.wish.Rate) + " calls a second"
	}
	if a.wish.Goroutines > 1 {
		how += fmt.Sprintf(" from %d goroutines", a.wish.Goroutines)
	}
	said := fmt.Sprintf("%s, %s in, %s out, %s of work a call", how, page.Binary(a.wish.In), page.Binary(a.wish.Out), page.Nanoseconds(a.job.Work))
	if a.wish.Callbacks > 0 {
		said += ", " + page.Count(fmt.Sprint(a.wish.Callbacks), "callback")
	}
	if origin := a.origin(); origin != "" {
		said += " (" + origin + ")"
	}
	day, _, _ := strings.Cut(a.record.Get("date"), "T")
	return fmt.Sprintf("%s. By %s of %s.", said, source, day)
}

// words says what decides, what cannot be told apart, what is excluded, and how far to trust it.
func (a *Advice) words() (all []string) {
	if a.ranking == nil {
		all = append(all, "Nothing of what this record has will do.")
	} else {
		all = append(all, a.decides()+a.measure())
	}
	if said := a.excludedText(); said != "" {
		all = append(all, "Excluded: "+said+".")
	}
	all = append(all, a.caveats())
	return append(all, prose.Text("columns", nil))
}

// decides says in words what decides.
func (a *Advice) decides() string {
	best := &a.ranking[0]
	total, border := best.cost.Total().Median, max(best.cost.Border().Median, 0)
	data := struct {
		Best, Total, Border, Share, Others, Term, Next string
		Many                                           bool // others
	}{Best: best.name, Total: page.Nanoseconds(total), Border: page.Nanoseconds(border), Share: page.Share(border / total)}
	var near []string
	for k := range a.ranking[1:] {
		r := &a.ranking[k+1]
		if r.cost.Total().Median <= 1.05*total {
			near = append(near, r.name)
		} else if data.Next == "" {
			data.Next = fmt.Sprintf("%s takes %s times as long, %s", r.name, page.Factor(r.cost.Total().Median/total), dearer(r))
		}
	}
	data.Others, data.Term, data.Many = page.Joined(near), reason(&best.cost), len(near) > 1
	switch {
	case best.crossing.Via == "direct":
		return prose.Text("go", data)
	case border < 0.05*total, best.crossing.Wasm() && best.cost.Work.Median > border: // which is slower there
		return prose.Text("work", data)
	case data.Term == asleepTerm:
		return prose.Text("asleep", data)
	case data.Term == bytesTerm:
		return prose.Text("bytes", data)
	}
	return prose.Text("call", data)
}

// The terms of a cost, in a sentence.
const (
	asleepTerm = "what a rate adds"
	bytesTerm  = "the copies"
)

// dearer says what a mechanism's call is spent on.
func dearer(r *ranked) string {
	if r.crossing.Wasm() && r.cost.Work.Median > r.cost.Border().Median {
		return "since work there takes longer"
	}
	return "by " + reason(&r.cost)
}

// reason returns the largest term of a border.
func reason(c *cost.Cost) string {
	terms := []struct {
		name string
		ns   float64
	}{{"the crossing itself", c.Call.Median}, {bytesTerm, c.Bytes.Median}, {asleepTerm, c.Asleep.Median}, {"callbacks", c.Callbacks.Median}}
	most := terms[0]
	for _, t := range terms {
		if t.ns > most.ns {
			most = t
		}
	}
	return most.name
}

// measure says which mechanisms cannot be told from the first, and which batch helps it.
func (a *Advice) measure() string {
	var said string
	var near, wide []string // the others that cannot be told from the first
	for _, r := range a.alike()[1:] {
		if r.call.Median <= 2*a.ranking[0].call.Median {
			near = append(near, r.name)
		} else {
			wide = append(wide, r.name)
		}
	}
	switch len(near) {
	case 0:
	case 1:
		said += fmt.Sprintf(" Measure: these two are not told apart: %s and %s.", a.ranking[0].name, near[0])
	default:
		said += fmt.Sprintf(" Measure: these %d are not told apart: %s.", len(near)+1, page.Joined(append([]string{a.ranking[0].name}, near...)))
	}
	if wide != nil {
		said += fmt.Sprintf(" The interval of %s is so wide that %s may be as fast.", page.Joined(wide), itOrThey(wide))
	}
	best := &a.ranking[0]
	if cores := a.cores(); best.core > cores {
		said += fmt.Sprintf(" No mechanism keeps up: %s needs %s of a core, and there are %.0f.", best.name, page.Share(best.core), cores)
	}
	return said
}

func itOrThey(all []string) string {
	if len(all) == 1 {
		return "it"
	}
	return "they"
}

// cores returns how many cores the goroutines can keep busy.
func (a *Advice) cores() float64 {
	var n float64
	if _, err := fmt.Sscan(a.record.Get("gomaxprocs"), &n); err != nil || n < 1 {
		return float64(a.wish.Goroutines)
	}
	return min(n, float64(a.wish.Goroutines))
}

// excludedText lists what is excluded, by reason.
func (a *Advice) excludedText() string {
	var reasons []string
	names := map[string][]string{}
	for _, e := range a.excluded {
		reasons = record.AppendNew(reasons, e.reason)
		names[e.reason] = append(names[e.reason], e.name)
	}
	for k, reason := range reasons {
		reasons[k] = strings.Join(names[reason], ", ") + " (" + reason + ")"
	}
	return strings.Join(reasons, "; ")
}

// rated reports whether it is known of any mechanism what a rate adds.
func (a *Advice) rated() bool {
	return slices.ContainsFunc(a.ranking, func(r ranked) bool { return r.crossing.Rated })
}

// caveats says how far to trust the predictions.
func (a *Advice) caveats() string {
	var said []string
	if len(a.points) > 0 {
		v := cost.Judge(a.points)
		parts := ""
		if len(v.Within) > 0 && len(v.Process) > 0 {
			parts = fmt.Sprintf(" (%s within the process, %s to another process)", page.Share(record.MiddleOf(v.Within)), page.Share(record.MiddleOf(v.Process)))
		}
		said = append(said, fmt.Sprintf("Error of the model: of %d calls that it was not made from, the predicted cost is within %s of the measured one in the median%s; "+
			"the predicted winner is the measured one, or not told from it, in %d.", v.Points, page.Share(record.MiddleOf(v.Errors)), parts, v.Right))
	} else if len(a.heldOut) > 0 {
		said = append(said, fmt.Sprintf("Error of the model: what was held out of it, sizes and whole batches, is predicted within %s in the median, and within %s in 90 %%.",
			page.Share(record.MiddleOf(a.heldOut)), page.Share(a.heldOut[int(0.9*float64(len(a.heldOut)))])))
	}
	if a.wish.Try != nil && a.wish.In+a.wish.Out == 0 && slices.ContainsFunc(a.ranking, func(r ranked) bool { return r.crossing.Copies() }) {
		said = append(said, "What toll try did not measure is predicted as if no bytes were copied: --in and --out say how many are.")
	}
	if a.unrated != nil {
		unknown := fmt.Sprintf("What a rate adds is not known of %s, which may take longer", page.Joined(a.unrated))
		if !a.rated() {
			unknown += ": toll calls --part 'payloads,beside,points' measures it"
		}
		said = append(said, unknown+".")
	}
	wasm := slices.IndexFunc(a.ranking, func(r ranked) bool { return r.crossing.Wasm() })
	if wasm >= 0 && a.job.Work > 0 {
		slower := a.ranking[wasm].crossing.Slower()
		said = append(said, fmt.Sprintf("Work in WebAssembly is taken for %s times as long (%s to %s, by this record's kernels or functions); yours may differ.",
			page.Factor(slower.Median), page.Factor(slower.Lo), page.Factor(slower.Hi)))
	}
	if a.wish.Cross && slices.ContainsFunc(a.ranking, func(r ranked) bool { return !r.crossing.Apart() }) {
		said = append(said, "A cross compiler brings cgo back; what else is named needs the library for the other system there, at run time.")
	}
	return strings.Join(said, " ")
}
