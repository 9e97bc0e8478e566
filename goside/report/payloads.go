// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/study"
)

// What a payload's function is given and gives back, as tables call it.
var payloadLabels = map[string]string{
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
	rows      map[string]*Row // "direct", "cgo", …; "again" is the second entry of the baseline
	usual     float64         // time of the reference over the whole record, 0 if it has none
}

// wall returns the times of a call, of which the machine's changes of speed are taken off: each is divided by
// that of the reference, a call that passes nothing which was made beside it in the same round, and multiplied by
// what that usually takes. Work that such changes do not touch gets noisier by it; it keeps the times as they were.
func (p *payload) wall(r *Row) []float64 {
	raw, reference := r.Wall(), p.rows["reference"]
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

func (p *payload) label() string {
	label := payloadLabels[p.kernel]
	switch {
	case label == "":
		label = p.kernel
	case strings.HasSuffix(label, ","):
		return strings.TrimSuffix(label, ",") + ", " + bytesOf(p.n)
	case strings.HasSuffix(label, "×"), strings.HasSuffix(label, "times"):
		return label + " " + p.n
	}
	return label
}

// bytesOf shows a size in bytes: "4 KiB".
func bytesOf(n string) string {
	size, err := strconv.Atoi(n)
	if err != nil {
		return n
	}
	unit := "B"
	for _, larger := range []string{"KiB", "MiB", "GiB"} {
		if size < 1024 || size%1024 != 0 {
			break
		}
		size /= 1024
		unit = larger
	}
	return fmt.Sprintf("%d %s", size, unit)
}

// time returns the median time of a call, NaN if the crossing has no such row.
func (p *payload) time(via string) float64 {
	if r := p.rows[via]; r != nil {
		return measure.Median(p.wall(r)).Median
	}
	return math.NaN()
}

// ratio returns that of one crossing's time to another's, within rounds; false if either is not there.
func (p *payload) ratio(via, to string) (measure.Interval, bool) {
	return wallRatio(p.rows[via], p.rows[to])
}

// floor returns the noise floor, infinite if it was not measured.
func (p *payload) floor() float64 {
	if r, ok := p.ratio("again", study.PayloadBaseline); ok {
		return r.Floor()
	}
	return math.Inf(1)
}

// payloads returns those of a group, or all for "", in the record's order.
func (p *printer) payloads(group string) []*payload {
	var all []*payload
	index := map[string]*payload{}
	usual := p.usualReference()
	for _, r := range p.rows(study.PayloadName) {
		if group != "" && r.Facts["group"] != group {
			continue
		}
		q := index[r.Problem()]
		if q == nil {
			q = &payload{kernel: r.Kernel, n: r.N, rows: map[string]*Row{}, usual: usual}
			index[r.Problem()] = q
			all = append(all, q)
		}
		via := r.Via
		switch {
		case r.again():
			via = "again"
		case strings.HasSuffix(r.Lang, study.Reference):
			via = "reference"
		}
		q.rows[via] = r
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
func (p *printer) usualReference() float64 {
	var all []float64
	for _, r := range p.rows(study.PayloadName) {
		if strings.HasSuffix(r.Lang, study.Reference) {
			all = append(all, r.Wall()...)
		}
	}
	if all == nil {
		return 0
	}
	return middleOf(all)
}

// payload returns one of them, without rows if there is no such.
func (p *printer) payload(kernel, n string) *payload {
	for _, q := range p.payloads("") {
		if q.kernel == kernel && q.n == n {
			return q
		}
	}
	return &payload{kernel: kernel, n: n}
}

// crossings returns those that have payloads, the baseline of Go first.
func (p *printer) crossings() []string {
	var all []string
	for _, r := range p.rows(study.PayloadName) {
		if !slices.Contains(all, r.Via) {
			all = append(all, r.Via)
		}
	}
	return all
}

// crossingName is how a crossing is called in sentences.
func crossingName(via string) string {
	switch via {
	case "direct":
		return "plain Go"
	case "syscalln":
		return "purego's SyscallN"
	case "purego":
		return "purego's RegisterFunc"
	}
	return via
}

func payloadSections(p *printer) {
	if len(p.rows(study.PayloadName)) == 0 {
		return
	}
	p.heading("What is passed")
	p.explain("Time of one call, made through a function value: median ± half its 95 % interval, and its ratio to cgo's, " +
		"taken within rounds (~: no difference beyond the noise floor, which is what cgo differs from itself by, entered twice). " +
		"What that way of calling costs by itself, plain Go's column shows. Times are steadied by a call that passes nothing, " +
		"made by cgo beside each payload in every round: where it makes the interval narrower, a time is divided by that call's and multiplied by its usual time. Then what a call allocates on Go's heap: bytes, objects. " +
		"Every function's results were compared with Go's before it was timed; a crossing that cannot pass something has no figure.")
	for _, s := range []struct {
		group, title string
		say          func(*printer, []*payload) string
	}{
		{"scalars", "Scalars", sayScalars},
		{"arguments", "Number of arguments", sayArguments},
		{"slices", "Slices: pointer and length", saySlices},
		{"structs", "Structs", sayStructs},
		{"text", "Strings, and who frees them", sayTexts},
		{"others", "Errors and handles", sayOthers},
		{"callbacks", "Callbacks from C into Go", sayCallbacks},
	} {
		if payloads := p.payloads(s.group); len(payloads) > 0 {
			p.payloadTable(s.title, payloads)
			p.say("%s", s.say(p, payloads))
		}
	}
}

func (p *printer) payloadTable(title string, payloads []*payload) {
	crossings := p.crossings()
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
		line := []string{q.label()}
		for _, via := range crossings {
			r := q.rows[via]
			if r == nil {
				line = append(line, "–")
				continue
			}
			text := timeAndSpread(measure.Median(q.wall(r)))
			if ratio, ok := q.ratio(via, study.PayloadBaseline); ok && via != study.PayloadBaseline && via != "direct" {
				same := ""
				if !ratio.Differs(q.floor()) {
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
			if r := q.rows[via]; r != nil {
				line = append(line, allocations(r))
			} else {
				line = append(line, "–")
			}
		}
		lines = append(lines, line)
	}
	p.grid("", header, lines)
}

// over makes a sentence's list: for each crossing but plain Go that has the figure, what text makes of it.
func (p *printer) over(figure func(via string) float64, text func(via string, x float64) string) string {
	var parts []string
	for _, via := range p.crossings() {
		if x := figure(via); via != "direct" && !math.IsNaN(x) {
			parts = append(parts, text(via, x))
		}
	}
	return joined(parts)
}

func sayScalars(p *printer, all []*payload) string {
	noop := p.payload("noop", "1")
	text := fmt.Sprintf("A call that passes nothing takes %s in plain Go, %s.", nanoseconds(noop.time("direct")),
		p.over(noop.time, func(via string, ns float64) string {
			part := nanoseconds(ns) + " by " + crossingName(via)
			if r, ok := noop.ratio(via, study.PayloadBaseline); ok && via != study.PayloadBaseline {
				part += fmt.Sprintf(" (%.1f times cgo)", r.Median)
			}
			return part
		}))
	// How much the type matters: the dearest of the others against the cheapest with two arguments.
	var widest []string
	for _, via := range p.crossings() {
		low, high, lowest, highest := math.Inf(1), 0.0, "", ""
		for _, q := range all {
			if q.kernel == "noop" || q.kernel == "not" || q.rows[via] == nil || via == "direct" {
				continue
			}
			if t := q.time(via); t < low {
				low, lowest = t, q.kernel
			}
			if t := q.time(via); t > high {
				high, highest = t, q.kernel
			}
		}
		if high > 0 {
			widest = append(widest, fmt.Sprintf("%s for %s to %s for %s by %s", nanoseconds(low), lowest, nanoseconds(high), highest, crossingName(via)))
		}
	}
	return text + " Two arguments take from " + joined(widest) + "."
}

// perArgument returns what a further argument adds, in ns, from the fewest to the most.
func (p *printer) perArgument(kernel, via string) float64 {
	return (p.payload(kernel, "15").time(via) - p.payload(kernel, "1").time(via)) / 14
}

func sayArguments(p *printer, _ []*payload) string {
	return fmt.Sprintf("From 1 to 15, each further integer adds %s; each further float64 %s.",
		p.over(func(via string) float64 { return p.perArgument("ints", via) }, func(via string, ns float64) string {
			return fmt.Sprintf("%s by %s", nanoseconds(ns), crossingName(via))
		}),
		p.over(func(via string) float64 { return p.perArgument("doubles", via) }, func(via string, ns float64) string {
			return fmt.Sprintf("%s by %s", nanoseconds(ns), crossingName(via))
		}))
}

func saySlices(p *printer, all []*payload) string {
	last := all[len(all)-1].n
	small, large := p.payload("length", "8"), p.payload("length", last)
	text := fmt.Sprintf("A slice goes over as it is: one of %s that is not touched takes %s of the time of one of 8 B.", bytesOf(last),
		p.over(func(via string) float64 { return large.time(via) / small.time(via) }, func(via string, r float64) string {
			return fmt.Sprintf("%.0f %% by %s", 100*r, crossingName(via))
		}))
	// From what size the work hides the call.
	text += " Reading all of it costs as much as the call alone from " + p.over(func(via string) float64 {
		for _, q := range all {
			if q.kernel != "sum" || q.rows[via] == nil {
				continue
			}
			if q.time(via) > 2*small.time(via) {
				size, err := strconv.ParseFloat(q.n, 64)
				if err != nil {
					return math.NaN()
				}
				return size
			}
		}
		return math.NaN()
	}, func(via string, size float64) string {
		return fmt.Sprintf("%s by %s", bytesOf(fmt.Sprint(int(size))), crossingName(via))
	}) + " (the first of the sizes here at which the time is twice that of a slice not touched)."
	return text
}

func sayStructs(p *printer, _ []*payload) string {
	difference := func(kernel, n string) string {
		return p.over(func(via string) float64 { return p.payload(kernel, n).time(via) - p.payload(kernel+"_at", n).time(via) },
			func(via string, ns float64) string {
				word := "more"
				if ns < 0 {
					word = "less"
				}
				return fmt.Sprintf("%s %s by %s", nanoseconds(math.Abs(ns)), word, crossingName(via))
			})
	}
	return fmt.Sprintf("Passed and returned by value instead of changed in place, a struct of 16 bytes takes %s; one of 40 bytes %s.",
		difference("pair", "16"), difference("mixed", "40"))
}

func sayTexts(p *printer, _ []*payload) string {
	in := p.payload("text_length", "16")
	into, allocated := p.payload("text_into", "16"), p.payload("text_new", "16")
	not := p.payload("not", "1")
	return fmt.Sprintf("A string of 16 bytes takes %s to pass in, of which a call with an integer takes %s. "+
		"Taken out of a buffer of Go's it takes %s; allocated and freed by C %s.",
		p.over(in.time, func(via string, ns float64) string { return nanoseconds(ns) + " by " + crossingName(via) }),
		p.over(not.time, func(via string, ns float64) string { return nanoseconds(ns) }),
		p.over(into.time, func(via string, ns float64) string { return nanoseconds(ns) + " by " + crossingName(via) }),
		p.over(allocated.time, func(via string, ns float64) string { return nanoseconds(ns) + " by " + crossingName(via) }))
}

func sayOthers(p *printer, _ []*payload) string {
	not := p.payload("not", "1")
	more := func(kernel string) string {
		q := p.payload(kernel, "1")
		return p.over(func(via string) float64 { return q.time(via) - not.time(via) }, func(via string, ns float64) string {
			return fmt.Sprintf("%s by %s", signed(ns), crossingName(via))
		})
	}
	return fmt.Sprintf("Beside a call that takes and gives an integer, asking for errno costs %s, and an errno that is set %s; a handle that is "+
		"made, passed, looked up and deleted %s.", more("errno_0"), more("errno_set"), more("handle"))
}

func signed(ns float64) string {
	if ns < 0 {
		return "−" + nanoseconds(-ns)
	}
	return "+" + nanoseconds(ns)
}

// perCallback returns what a further callback adds, in ns.
func (p *printer) perCallback(kernel, via string) float64 {
	return (p.payload(kernel, "1000").time(via) - p.payload(kernel, "0").time(via)) / 1000
}

// firstOnThread says what the first callback from a thread of C's adds to making the thread, by the intervals of
// the two times.
func (p *printer) firstOnThread(via string) string {
	one, none := p.payload("thread", "1"), p.payload("thread", "0")
	if one.rows[via] == nil || none.rows[via] == nil {
		return ""
	}
	with, without := measure.Median(one.wall(one.rows[via])), measure.Median(none.wall(none.rows[via]))
	if !above(with, without) {
		return "nothing that shows"
	}
	return nanoseconds(with.Median - without.Median)
}

func sayCallbacks(p *printer, _ []*payload) string {
	named := func(via string, ns float64) string { return nanoseconds(ns) + " by " + crossingName(via) }
	return fmt.Sprintf("A callback on the thread that Go called C on takes %s, over 1,000 in one call; with a handle to tell which function is "+
		"meant and a guard against its panics %s. From a thread of C's own the first adds to making the thread %s, "+
		"and later ones take %s.",
		p.over(func(via string) float64 { return p.perCallback("next", via) }, named),
		p.over(func(via string) float64 { return p.perCallback("callback", via) }, named),
		p.over(p.payload("thread", "1").time, func(via string, _ float64) string { return p.firstOnThread(via) + " by " + crossingName(via) }),
		p.over(func(via string) float64 {
			return (p.payload("thread", "1000").time(via) - p.payload("thread", "1").time(via)) / 999
		}, named))
}
