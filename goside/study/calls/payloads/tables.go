// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// What a payload's function is given and gives back, as tables call it.
var PayloadLabels = map[string]string{
	"noop":           "nothing",
	"not":            "int64 → int64",
	"add":            "two float64 → float64",
	"float":          "two float32 → float32",
	"bool":           "two bool → bool",
	"int8":           "two int8 → int64",
	"int16":          "two int16 → int64",
	"int32":          "two int32 → int64",
	"uint8":          "two uint8 → int64",
	"uint16":         "two uint16 → int64",
	"uint32":         "two uint32 → int64",
	"ints":           "int64 ×",
	"doubles":        "float64 ×",
	"length":         "slice, not touched,",
	"first":          "slice, first element read,",
	"sum":            "slice, all read,",
	"fill":           "slice, all written,",
	"pair":           "16-byte struct by value, there and back,",
	"pair_at":        "16-byte struct by pointer, changed in place,",
	"mixed":          "40-byte struct by value, there and back,",
	"mixed_at":       "40-byte struct by pointer, changed in place,",
	"text_length":    "string in (copied; the copy freed),",
	"text_static":    "string out, the library's (copied; nobody frees),",
	"text_new":       "string out, allocated by C (copied; freed by a second call),",
	"text_into":      "string out, into Go's buffer (copied; nobody frees),",
	"status_ok":      "status 0 → no error",
	"status_refused": "status ≠ 0 → Go error",
	"errno_0":        "errno, not set",
	"errno_set":      "errno, set → Go error",
	"handle":         "handle to a Go object",
	"next":           "C calls one Go function back, times",
	"callback":       "C calls a closure back by a handle, panics caught, times",
	"thread":         "the same from a thread made by C, times",
}

// payload is the rows of one payload, by crossing.
type payload struct {
	kernel, n string
	Rows      map[string]*record.Row // "direct", "cgo", …; "again" is the second entry of the baseline
	usual     float64                // time of the reference over the whole record, 0 if it has none
}

// Wall returns the times of a call, of which the machine's changes of speed are taken off: each is divided by
// that of the reference, a call that passes nothing which was made beside it in the same round, and multiplied by
// what that usually takes. Work that such changes do not touch gets noisier by it; it keeps the times as they were.
func (p *payload) Wall(r *record.Row) []float64 {
	raw, reference := r.Wall(), p.Rows["reference"]
	if reference == nil || len(reference.Samples) != len(r.Samples) || p.usual == 0 {
		return raw
	}
	steady := make([]float64, len(raw))
	for k, ns := range reference.Wall() {
		steady[k] = raw[k] / ns * p.usual
	}
	if measure.Median(raw).Half() < measure.Median(steady).Half() {
		return raw
	}
	return steady
}

func (p *payload) Label() string {
	label := PayloadLabels[p.kernel]
	switch {
	case label == "":
		label = p.kernel
	case strings.HasSuffix(label, ","):
		return strings.TrimSuffix(label, ",") + ", " + page.BytesOf(p.n)
	case strings.HasSuffix(label, "×"), strings.HasSuffix(label, "times"):
		return label + " " + p.n
	}
	return label
}

// Time returns the median time of a call, NaN if the crossing has no such row.
func (p *payload) Time(via string) float64 {
	if r := p.Rows[via]; r != nil {
		return measure.Median(p.Wall(r)).Median
	}
	return math.NaN()
}

// Ratio returns that of one crossing's time to another's, within rounds; false if either is not there.
func (p *payload) Ratio(via, to string) (measure.Interval, bool) {
	return record.WallRatio(p.Rows[via], p.Rows[to])
}

// Floor returns the noise floor, infinite if it was not measured.
func (p *payload) Floor() float64 {
	if r, ok := p.Ratio("again", PayloadBaseline); ok {
		return r.Floor()
	}
	return math.Inf(1)
}

// PayloadsOf returns those of a group, or all for "", in the record's order.
func PayloadsOf(p *page.Page, group string) []*payload {
	var all []*payload
	index := map[string]*payload{}
	usual := usualReference(p)
	for _, r := range p.Rows(PayloadName) {
		if group != "" && r.Facts["group"] != group {
			continue
		}
		q := index[r.Problem()]
		if q == nil {
			q = &payload{kernel: r.What(), n: r.N, Rows: map[string]*record.Row{}, usual: usual}
			index[r.Problem()] = q
			all = append(all, q)
		}
		via := r.Via
		switch {
		case r.Again():
			via = "again"
		case strings.HasSuffix(r.Lang, record.Reference):
			via = "reference"
		}
		q.Rows[via] = r
	}
	// Sizes of one function together.
	var kernels []string
	for _, q := range all {
		if !slices.Contains(kernels, q.kernel) {
			kernels = append(kernels, q.kernel)
		}
	}
	slices.SortStableFunc(all, func(a, b *payload) int {
		return slices.Index(kernels, a.kernel) - slices.Index(kernels, b.kernel)
	})
	return all
}

// usualReference returns the time of the reference over all payloads and rounds.
func usualReference(p *page.Page) float64 {
	var all []float64
	for _, r := range p.Rows(PayloadName) {
		if strings.HasSuffix(r.Lang, record.Reference) {
			all = append(all, r.Wall()...)
		}
	}
	if all == nil {
		return 0
	}
	return record.MiddleOf(all)
}

// PayloadOf returns one of them, without rows if there is no such.
func PayloadOf(p *page.Page, kernel, n string) *payload {
	for _, q := range PayloadsOf(p, "") {
		if q.kernel == kernel && q.n == n {
			return q
		}
	}
	return &payload{kernel: kernel, n: n}
}

// crossings returns those that have payloads, the baseline of Go first.
func crossings(p *page.Page) []string {
	var all []string
	for _, r := range p.Rows(PayloadName) {
		if !slices.Contains(all, r.Via) {
			all = append(all, r.Via)
		}
	}
	return all
}

func Tables(p *page.Page) {
	if len(p.Rows(PayloadName)) == 0 {
		return
	}
	p.Heading("What is passed")
	p.Explain("Time of one call, made through a function value: median ± half its 95 % interval, and its ratio to cgo's, " +
		"taken within rounds (~: no difference beyond the noise floor, which is what cgo differs from itself by, entered twice). " +
		"What that way of calling costs by itself, plain Go's column shows. Times are steadied by a call that passes nothing, " +
		"made by cgo beside each payload in every round: where it makes the interval narrower, a time is divided by that call's and multiplied by its usual time. Then what a call allocates on Go's heap: bytes, objects. " +
		"Every function's results were compared with Go's before it was timed; a crossing that cannot pass something has no figure.")
	for _, s := range []struct {
		group, title string
		say          func(*page.Page, []*payload) string
	}{
		{"scalars", "Scalars", sayScalars},
		{"arguments", "Number of arguments", sayArguments},
		{"slices", "Slices: pointer and length", saySlices},
		{"structs", "Structs", sayStructs},
		{"text", "Strings, and who frees them", sayTexts},
		{"others", "Errors and handles", sayOthers},
		{"callbacks", "Callbacks from C into Go", sayCallbacks},
	} {
		if payloads := PayloadsOf(p, s.group); len(payloads) > 0 {
			payloadTable(p, s.title, payloads)
			p.Say("%s", s.say(p, payloads))
		}
	}
}

func payloadTable(p *page.Page, title string, payloads []*payload) {
	crossings := crossings(p)
	header := []string{title}
	for _, via := range crossings {
		name := via
		if via == "direct" {
			name = "Go"
		}
		header = append(header, name)
	}
	for _, via := range crossings {
		if via != "direct" {
			header = append(header, via+" B, objects")
		}
	}
	var lines [][]string
	for _, q := range payloads {
		line := []string{q.Label()}
		for _, via := range crossings {
			r := q.Rows[via]
			if r == nil {
				line = append(line, "–")
				continue
			}
			text := page.TimeAndSpread(measure.Median(q.Wall(r)))
			if ratio, ok := q.Ratio(via, PayloadBaseline); ok && via != PayloadBaseline && via != "direct" {
				same := ""
				if !ratio.Differs(q.Floor()) {
					same = "~"
				}
				text += fmt.Sprintf("  %s%.2fx", same, ratio.Median)
			}
			line = append(line, text)
		}
		for _, via := range crossings {
			if via == "direct" {
				continue
			}
			if r := q.Rows[via]; r != nil {
				line = append(line, page.Allocations(r))
			} else {
				line = append(line, "–")
			}
		}
		lines = append(lines, line)
	}
	p.Grid("", header, lines)
}

// over makes a sentence's list: for each crossing but plain Go that has the figure, what text makes of it.
func over(p *page.Page, figure func(via string) float64, text func(via string, x float64) string) string {
	var parts []string
	for _, via := range crossings(p) {
		if x := figure(via); via != "direct" && !math.IsNaN(x) {
			parts = append(parts, text(via, x))
		}
	}
	return page.Joined(parts)
}

func sayScalars(p *page.Page, all []*payload) string {
	noop := PayloadOf(p, "noop", "1")
	text := fmt.Sprintf("A call that passes nothing takes %s in plain Go, %s.", page.Nanoseconds(noop.Time("direct")),
		over(p, noop.Time, func(via string, ns float64) string {
			part := page.Nanoseconds(ns) + " by " + page.CrossingName(via)
			if r, ok := noop.Ratio(via, PayloadBaseline); ok && via != PayloadBaseline {
				part += fmt.Sprintf(" (%.1f times cgo)", r.Median)
			}
			return part
		}))
	// How much the type matters: the dearest of the others against the cheapest with two arguments.
	var widest []string
	for _, via := range crossings(p) {
		low, high, lowest, highest := math.Inf(1), 0.0, "", ""
		for _, q := range all {
			if q.kernel == "noop" || q.kernel == "not" || q.Rows[via] == nil || via == "direct" {
				continue
			}
			if t := q.Time(via); t < low {
				low, lowest = t, q.kernel
			}
			if t := q.Time(via); t > high {
				high, highest = t, q.kernel
			}
		}
		if high > 0 {
			widest = append(widest, fmt.Sprintf("%s for %s to %s for %s by %s", page.Nanoseconds(low), lowest, page.Nanoseconds(high), highest, page.CrossingName(via)))
		}
	}
	return text + " Two arguments take from " + page.Joined(widest) + "."
}

// perArgument returns what a further argument adds, in ns, from the fewest to the most.
func perArgument(p *page.Page, kernel, via string) float64 {
	return (PayloadOf(p, kernel, "15").Time(via) - PayloadOf(p, kernel, "1").Time(via)) / 14
}

func sayArguments(p *page.Page, _ []*payload) string {
	return fmt.Sprintf("From 1 to 15, each further integer adds %s; each further float64 %s.",
		over(p, func(via string) float64 { return perArgument(p, "ints", via) }, func(via string, ns float64) string {
			return fmt.Sprintf("%s by %s", page.Nanoseconds(ns), page.CrossingName(via))
		}),
		over(p, func(via string) float64 { return perArgument(p, "doubles", via) }, func(via string, ns float64) string {
			return fmt.Sprintf("%s by %s", page.Nanoseconds(ns), page.CrossingName(via))
		}))
}

func saySlices(p *page.Page, all []*payload) string {
	last := all[len(all)-1].n
	small, large := PayloadOf(p, "length", "8"), PayloadOf(p, "length", last)
	text := fmt.Sprintf("A slice goes over as it is: one of %s that is not touched takes %s of the time of one of 8 B.", page.BytesOf(last),
		over(p, func(via string) float64 { return large.Time(via) / small.Time(via) }, func(via string, r float64) string {
			return fmt.Sprintf("%.0f %% by %s", 100*r, page.CrossingName(via))
		}))
	// From what size the work hides the call.
	text += " Reading all of it costs as much as the call alone from " + over(p, func(via string) float64 {
		for _, q := range all {
			if q.kernel != "sum" || q.Rows[via] == nil {
				continue
			}
			if q.Time(via) > 2*small.Time(via) {
				size, err := strconv.ParseFloat(q.n, 64)
				if err != nil {
					return math.NaN()
				}
				return size
			}
		}
		return math.NaN()
	}, func(via string, size float64) string {
		return fmt.Sprintf("%s by %s", page.BytesOf(fmt.Sprint(int(size))), page.CrossingName(via))
	}) + " (the first of the sizes here at which the time is twice that of a slice not touched)."
	return text
}

func sayStructs(p *page.Page, _ []*payload) string {
	difference := func(kernel, n string) string {
		return over(p, func(via string) float64 {
			return PayloadOf(p, kernel, n).Time(via) - PayloadOf(p, kernel+"_at", n).Time(via)
		},
			func(via string, ns float64) string {
				word := "more"
				if ns < 0 {
					word = "less"
				}
				return fmt.Sprintf("%s %s by %s", page.Nanoseconds(math.Abs(ns)), word, page.CrossingName(via))
			})
	}
	return fmt.Sprintf("Passed and returned by value instead of changed in place, a struct of 16 bytes takes %s; one of 40 bytes %s.",
		difference("pair", "16"), difference("mixed", "40"))
}

func sayTexts(p *page.Page, _ []*payload) string {
	in := PayloadOf(p, "text_length", "16")
	into, allocated := PayloadOf(p, "text_into", "16"), PayloadOf(p, "text_new", "16")
	not := PayloadOf(p, "not", "1")
	return fmt.Sprintf("A string of 16 bytes takes %s to pass in, of which a call with an integer takes %s. "+
		"Taken out of a buffer of Go's it takes %s; allocated and freed by C %s.",
		over(p, in.Time, func(via string, ns float64) string { return page.Nanoseconds(ns) + " by " + page.CrossingName(via) }),
		over(p, not.Time, func(via string, ns float64) string { return page.Nanoseconds(ns) }),
		over(p, into.Time, func(via string, ns float64) string { return page.Nanoseconds(ns) + " by " + page.CrossingName(via) }),
		over(p, allocated.Time, func(via string, ns float64) string { return page.Nanoseconds(ns) + " by " + page.CrossingName(via) }))
}

func sayOthers(p *page.Page, _ []*payload) string {
	not := PayloadOf(p, "not", "1")
	more := func(kernel string) string {
		q := PayloadOf(p, kernel, "1")
		return over(p, func(via string) float64 { return q.Time(via) - not.Time(via) }, func(via string, ns float64) string {
			return fmt.Sprintf("%s by %s", page.Signed(ns), page.CrossingName(via))
		})
	}
	return fmt.Sprintf("Beside a call that takes and gives an integer, asking for errno costs %s, and an errno that is set %s; a handle that is "+
		"made, passed, looked up and deleted %s.", more("errno_0"), more("errno_set"), more("handle"))
}

// PerCallback returns what a further callback adds, in ns.
func PerCallback(p *page.Page, kernel, via string) float64 {
	return (PayloadOf(p, kernel, "1000").Time(via) - PayloadOf(p, kernel, "0").Time(via)) / 1000
}

// FirstOnThread says what the first callback from a thread of C's adds to making the thread, by the intervals of
// the two times.
func FirstOnThread(p *page.Page, via string) string {
	one, none := PayloadOf(p, "thread", "1"), PayloadOf(p, "thread", "0")
	if one.Rows[via] == nil || none.Rows[via] == nil {
		return ""
	}
	with, without := measure.Median(one.Wall(one.Rows[via])), measure.Median(none.Wall(none.Rows[via]))
	if !record.Above(with, without) {
		return "nothing that shows"
	}
	return page.Nanoseconds(with.Median - without.Median)
}

func sayCallbacks(p *page.Page, _ []*payload) string {
	named := func(via string, ns float64) string { return page.Nanoseconds(ns) + " by " + page.CrossingName(via) }
	return fmt.Sprintf("A callback on the thread that Go called C on takes %s, over 1,000 in one call; with a handle to tell which function is "+
		"meant and a guard against its panics %s. From a thread of C's own the first adds to making the thread %s, "+
		"and later ones take %s.",
		over(p, func(via string) float64 { return PerCallback(p, "next", via) }, named),
		over(p, func(via string) float64 { return PerCallback(p, "callback", via) }, named),
		over(p, PayloadOf(p, "thread", "1").Time, func(via string, _ float64) string { return FirstOnThread(p, via) + " by " + page.CrossingName(via) }),
		over(p, func(via string) float64 {
			return (PayloadOf(p, "thread", "1000").Time(via) - PayloadOf(p, "thread", "1").Time(via)) / 999
		}, named))
}
