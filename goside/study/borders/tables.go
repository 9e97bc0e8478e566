// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package borders

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var texts string

var prose = page.NewProse(texts)

// Names of rows.
var (
	plainCgo    = rowName("noop", "c", "cgo", 1)
	crossing    = rowName("crossing", "c", fromGo, 1)
	gilKept     = rowName("gil-kept", "c", fromGo, 1)
	gilEnsure   = rowName("gil-ensure", "c", fromGo, 1)
	gilMade     = rowName("gil-made", "c", fromGo, 1)
	pythonNoop  = rowName("noop", "python", fromGo, 1)
	pythonTuple = keyed(pythonNoop, "how", "tuple")
	pythonArray = rowName("array", "python", fromGo, kernel.DiffusionSize)
	pythonCopy  = keyed(pythonArray, "how", "copied")
	busyNoop    = rowName("busy", "python", fromGo, 1)
)

// tables prints the tables. Whatever the record lacks is left out of them.
type tables struct {
	*page.Page
	rows   []*record.Row
	byName map[string]*record.Row
	floor  float64
}

func tablesOf(p *page.Page) *tables {
	t := &tables{Page: p, rows: p.Rows(benchmark), byName: map[string]*record.Row{}}
	for _, r := range t.rows {
		t.byName[r.String()] = r
	}
	t.floor = record.Floor(t.rows)
	return t
}

// row returns the row of that name, or nil.
func (t *tables) row(name record.Name) *record.Row { return t.byName[name.String()] }

// spent is a time in each round, nil if it is not known, and the rows that it is made from.
type spent struct {
	rounds []float64
	from   []*record.Row
}

// took returns what the row of that name takes.
func (t *tables) took(name record.Name) spent {
	if r := t.row(name); r != nil {
		return spent{r.Wall(), []*record.Row{r}}
	}
	return spent{}
}

func (s spent) minus(o spent) spent {
	return spent{record.Minus(s.rounds, o.rounds), slices.Concat(s.from, o.from)}
}

func (s spent) median() float64 { return record.MiddleOf(s.rounds) }

// cell shows a time, or what is left of one.
func (s spent) cell() page.Cell {
	if s.rounds == nil {
		return page.Cell{}
	}
	return page.Figure(leftOver(s.rounds), s.from...)
}

// timeCell shows the time of a row.
func timeCell(r *record.Row) page.Cell {
	return page.Figure(page.TimeAndSpread(measure.Median(r.Wall())), r)
}

// printTables prints the study of the two borders on the way from Go through CPython into native code.
func printTables(p *page.Page) {
	t := tablesOf(p)
	if len(t.rows) == 0 {
		return
	}
	p.Heading("Two borders: Go, CPython, native code")
	p.Tell(prose, "about", page.FloorText(t.floor))
	t.goToPython()
	t.contended()
	t.pythonToNative()
	t.both()
	t.process()
}

// ratio shows the ratio of a row's time to another's.
func (t *tables) ratio(r, to *record.Row) page.Cell {
	e, ok := record.EffectOf(r, to, t.floor)
	if !ok {
		return page.Cell{}
	}
	text := fmt.Sprintf("%.2fx", e.Ratio.Median)
	if !e.Differs && r != to {
		text = "~" + text
	}
	return page.Figure(text, r, to)
}

// adds says what a row takes more than another: "39.9 ns"; "" if that is not known.
func (t *tables) adds(name, to record.Name) string {
	e, ok := record.EffectOf(t.row(name), t.row(to), t.floor)
	switch {
	case !ok:
		return ""
	case !e.Differs:
		return "no measurable time"
	case e.Ns.Median < 0:
		return page.WithSign(e.Ns.Median, page.Nanoseconds)
	}
	return page.Nanoseconds(e.Ns.Median)
}

// parts are the parts of a call from Go into Python, each with the one that it extends.
var parts = []struct {
	name  record.Name
	label string
	on    record.Name
}{
	{plainCgo, "plain cgo call", record.Name{}},
	{crossing, "crossing into the host library", plainCgo},
	{gilKept, "GIL, thread state kept", crossing},
	{gilEnsure, "GIL, PyGILState", crossing},
	{gilMade, "GIL, thread state made each time", crossing},
	{pythonNoop, "Python no-op", gilKept},
	{pythonTuple, "Python no-op, through a tuple", gilKept},
	{rowName("not", "python", fromGo, 1), "int → int", pythonNoop},
	{rowName("add", "python", fromGo, 1), "two floats → float", pythonNoop},
	{rowName("text", "python", fromGo, 16), "text of 16 letters", pythonNoop},
	{rowName("array", "python", fromGo, 8), "array of 8", pythonNoop},
	{pythonArray, "array of 512 x 512", pythonNoop},
	{pythonCopy, "array of 512 x 512, copied", pythonNoop},
}

func (t *tables) goToPython() {
	labels := map[string]string{}
	var lines [][]page.Cell
	for _, part := range parts {
		labels[part.name.String()] = part.label
		line := page.Words(part.label, "", "", "", "")
		if r := t.row(part.name); r != nil {
			line[1], line[4] = timeCell(r), t.ratio(r, t.row(plainCgo))
			on := t.row(part.on)
			if e, ok := record.EffectOf(r, on, t.floor); ok {
				adds := page.WithSign(e.Ns.Median, page.Nanoseconds)
				if !e.Differs {
					adds = "~" + adds
				}
				line[2], line[3] = page.Figure(adds, r, on), page.Word(labels[part.on.String()])
			}
		}
		lines = append(lines, line)
	}
	if !t.Lines("From Go into Python, the GIL free",
		[]string{"", "per call", "adds", "on top of", "x plain cgo"}, lines) {
		return
	}
	if t.row(plainCgo) != nil {
		t.Tell(prose, "plain", nil)
	}
	var said []string
	if text := t.saidNoop(); text != "" {
		said = append(said, "With the GIL free, "+text)
	}
	if made := t.adds(gilMade, crossing); made != "" {
		text := "Making a thread state for each call takes " + made
		if kept := t.adds(gilKept, crossing); kept != "" {
			text += "; keeping one takes " + kept
		}
		said = append(said, text+".")
	}
	if said != nil {
		t.Say("%s", strings.Join(said, " "))
	}
}

// saidNoop says what a Python no-op takes from Go, and what an array adds; "" if the record has no no-op.
func (t *tables) saidNoop() string {
	r := t.row(pythonNoop)
	if r == nil {
		return ""
	}
	text := "a Python no-op called from Go takes " + page.Nanoseconds(record.MiddleOf(r.Wall()))
	cross, gil, call := t.took(crossing), t.adds(gilKept, crossing), t.adds(pythonNoop, gilKept)
	if cross.rounds != nil && gil != "" && call != "" {
		text += fmt.Sprintf(": %s for the crossing, %s for the GIL and %s for the call",
			page.Nanoseconds(cross.median()), gil, call)
	}
	text += "."
	passed, copied := t.adds(pythonArray, pythonNoop), t.adds(pythonCopy, pythonNoop)
	switch {
	case passed != "" && copied != "":
		text += fmt.Sprintf(" Passing a 512 x 512 array adds %s; passing a copy of it adds %s.", passed, copied)
	case passed != "":
		text += fmt.Sprintf(" Passing a 512 x 512 array adds %s.", passed)
	case copied != "":
		text += fmt.Sprintf(" Passing a copy of a 512 x 512 array adds %s.", copied)
	}
	return text
}

func (t *tables) contended() {
	calls := record.Find(t.rows, "/op:contended")
	busy := t.row(busyNoop)
	var lines [][]page.Cell
	for _, r := range calls {
		lines = append(lines, []page.Cell{page.Word(page.Count(r.N, "goroutine")), timeCell(r),
			page.Figure(page.Significant(1e3/record.MiddleOf(r.Wall())), r), t.ratio(calls[0], r), {}})
	}
	if busy != nil {
		lines = append(lines, []page.Cell{page.Word("beside a Python loop that computes"), timeCell(busy), {}, {},
			page.Figure(page.Nanoseconds(busy.Largest("max-ns")), busy)})
	}
	if !t.Lines("When the GIL is not free: a Python no-op from Go",
		[]string{"", "per call", "Mcalls/s", "scaling", "longest"}, lines) {
		return
	}
	if calls != nil && t.row(pythonNoop) != nil {
		t.Tell(prose, "contended", nil)
	}
	var said []string
	if text := t.saidScaling(calls); text != "" {
		said = append(said, text)
	}
	if busy != nil {
		said = append(said, prose.Text("busy", map[string]string{
			"Mean": page.Nanoseconds(record.MiddleOf(busy.Wall())), "Longest": page.Nanoseconds(busy.Largest("max-ns")),
		}))
	}
	if said != nil {
		t.Say("%s", strings.Join(said, " "))
	}
}

// saidScaling says how the calls per second of the most goroutines compare with those of the fewest.
func (t *tables) saidScaling(calls []*record.Row) string {
	if len(calls) < 2 {
		return ""
	}
	fewest, most := calls[0], calls[len(calls)-1]
	scale, ok := record.WallRatio(fewest, most)
	if !ok {
		return ""
	}
	text := fmt.Sprintf("The GIL lets in one call at a time: with %s, throughput is %.2fx%s that of %s",
		page.Count(most.N, "goroutine"), scale.Median, page.Between(scale), page.Count(fewest.N, "goroutine"))
	if !scale.Differs(t.floor) {
		text += ", an indistinguishable difference"
	}
	return text + "."
}

// copies reports whether a binding copies its arrays, so that its time is not that of a border alone.
func copies(lang string) bool { return strings.HasSuffix(lang, "-copy") }

// languagesVia returns the bindings that were called through a crossing, in the record's order.
func (t *tables) languagesVia(via string) []string {
	var all []string
	for _, r := range t.rows {
		if r.Via == via && r.Lang != "c" && r.Lang != "python" && r.Lang != "loop" {
			all = record.AppendNew(all, r.Lang)
		}
	}
	return all
}

// native returns the times of a binding's call from Python, less the loop around it.
func (t *tables) native(name record.Name, lang string) spent {
	name.Lang = lang
	binding := t.took(name)
	name.Lang = "loop"
	return binding.minus(t.took(name))
}

// figures are those of some bindings.
type figures []figure

type figure struct {
	lang   string
	rounds []float64
}

func (f *figure) median() float64 { return record.MiddleOf(f.rounds) }

// extremes returns those with the least and the greatest figure.
func (all figures) extremes() (least, most figure) {
	byMedian := func(a, b figure) int { return cmp.Compare(a.median(), b.median()) }
	return slices.MinFunc(all, byMedian), slices.MaxFunc(all, byMedian)
}

// span says from what to what the figures go: "29.0 ns (capi) to 131 ns (ctypes)".
func (all figures) span(show func(float64) string) string {
	least, most := all.extremes()
	named := func(f figure) string { return fmt.Sprintf("%s (%s)", show(f.median()), f.lang) }
	if least.lang == most.lang {
		return named(least)
	}
	return named(least) + " to " + named(most)
}

// labels are those of the arguments in looped.
var labels = map[string]string{
	"noop": "no-op", "not": "int", "add": "two doubles", "array": "512 x 512 array", "step": "step on no rows",
}

// borders returns what the bindings that copy nothing take for a call from Python.
func (t *tables) borders(name record.Name) figures {
	var all figures
	for _, lang := range t.languagesVia(fromPython) {
		if ns := t.native(name, lang).rounds; ns != nil && !copies(lang) {
			all = append(all, figure{lang, ns})
		}
	}
	return all
}

func (t *tables) pythonToNative() {
	header := []string{""}
	for _, l := range looped {
		header = append(header, labels[l.name.Op])
	}
	var lines [][]page.Cell
	for _, lang := range append([]string{"python"}, t.languagesVia(fromPython)...) {
		line := page.Words(lang)
		if lang == "python" {
			line[0].Text = "empty Python function"
		}
		for _, l := range looped {
			line = append(line, t.native(l.name, lang).cell())
		}
		lines = append(lines, line)
	}
	if !t.Lines("From Python into native code: a call less the loop around it; the step has all its arguments checked", header, lines) {
		return
	}
	if text := t.saidBindings(); text != "" {
		t.Say("%s", text)
	}
}

// leftOver shows what is left of a time that others were taken off, which noise may make less than nothing.
func leftOver(ns []float64) string {
	switch i := measure.Median(ns); {
	case i.Median > 0:
		return page.TimeAndSpread(i)
	case i.Hi >= 0:
		return "~0"
	default:
		return page.WithSign(i.Median, page.Nanoseconds)
	}
}

// saidBindings compares the cheapest with the dearest binding, for each kind of argument.
func (t *tables) saidBindings() string {
	var said []string
	widest, factor := "", 0.0
	for _, l := range looped {
		all := t.borders(l.name)
		if len(all) < 2 {
			continue
		}
		label := labels[l.name.Op]
		text := label + " " + all.span(page.Nanoseconds)
		// Without a time above none there is no factor.
		least, most := all.extremes()
		if len(least.rounds) == len(most.rounds) && measure.Median(least.rounds).Lo > 0 {
			times := measure.Ratio(most.rounds, least.rounds).Median
			text += fmt.Sprintf(", %.1fx", times)
			if times > factor {
				factor, widest = times, label
			}
		}
		said = append(said, text)
	}
	if said == nil {
		return ""
	}
	text := "From the cheapest to the dearest binding, without those that copy: " + strings.Join(said, "; ") + "."
	if widest != "" {
		text += " They differ most in the column " + widest + "."
	}
	return text
}

// split is a step through both borders and what it is made of.
type split struct{ total, first, second, borders, kernel spent }

// split splits the step of a binding that Go called.
func (t *tables) split(lang string) split {
	s := split{
		total: t.took(stepName(lang, fromGo)), first: t.took(stepName("python", fromGo)),
		second: t.native(keyed(stepName("", fromPython), "rows", "0"), lang),
	}
	s.kernel = s.total.minus(s.first).minus(s.second)
	s.borders = s.total.minus(s.kernel)
	return s
}

// share shows what part of the whole a part is.
func (s *split) share(part spent) page.Cell {
	if part.rounds == nil || len(part.rounds) != len(s.total.rounds) || part.median() <= 0 {
		return page.Cell{}
	}
	return page.Figure(page.Share(measure.Ratio(part.rounds, s.total.rounds).Median), append(slices.Clone(part.from), s.total.from...)...)
}

// shares returns what part of a step's time both borders take, for each binding that copies nothing.
func (t *tables) shares() figures {
	var all figures
	for _, lang := range t.languagesVia(fromGo) {
		s := t.split(lang)
		if s.borders.rounds == nil || copies(lang) {
			continue
		}
		rounds := make([]float64, len(s.total.rounds))
		for k := range rounds {
			rounds[k] = s.borders.rounds[k] / s.total.rounds[k]
		}
		all = append(all, figure{lang, rounds})
	}
	return all
}

func (t *tables) both() {
	without := t.row(stepName("c", "cgo"))
	var times, shares [][]page.Cell
	if without != nil {
		times = append(times, []page.Cell{page.Word("c/cgo, without Python"), {}, {}, {}, timeCell(without), t.ratio(without, without)})
	}
	for _, lang := range t.languagesVia(fromGo) {
		s := t.split(lang)
		r := t.row(stepName(lang, fromGo))
		if r == nil {
			continue
		}
		times = append(times, []page.Cell{page.Word(lang), s.first.cell(), s.second.cell(), s.kernel.cell(), timeCell(r), t.ratio(r, without)})
		shares = append(shares, []page.Cell{page.Word(lang), s.share(s.first), s.share(s.second), s.share(s.kernel)})
	}
	if !t.Lines("Both borders and the kernel: one diffusion step of 512 x 512, called from Go",
		[]string{"", "Go → Python", "Python → native", "kernel", "total", "x c/cgo"}, times) {
		return
	}
	if _, steps := t.bars(); steps != nil {
		t.Picture("borders", alt)
	}
	t.Lines("Share of the total", []string{"", "Go → Python", "Python → native", "kernel"}, shares)
	own := ""
	if ns := t.native(keyed(stepName("", fromPython), "rows", "0"), "python"); ns.rounds != nil {
		own = page.Nanoseconds(ns.median())
	}
	t.Tell(prose, "split", own)
	if said := t.saidShares(); said != "" {
		t.Say("%s", said)
	}
}

// saidShares says what share of a step the borders take, and which bindings copy.
func (t *tables) saidShares() string {
	var said []string
	if shares := t.shares(); len(shares) > 0 {
		said = append(said, fmt.Sprintf("Without the bindings that copy, the two borders take %s of the step's time.",
			shares.span(page.Share)))
		least, most := shares.extremes()
		if calls := t.callsForAStep(least.lang); calls != "" {
			text := fmt.Sprintf("One step in C, called by cgo, takes as long as the borders of %s through %s", calls, least.lang)
			if other := t.callsForAStep(most.lang); other != "" && most.lang != least.lang {
				text += fmt.Sprintf(", or of %s through %s", other, most.lang)
			}
			said = append(said, text+".")
		}
	}
	for _, lang := range t.languagesVia(fromGo) {
		if s := t.split(lang); copies(lang) && s.total.rounds != nil && s.second.rounds != nil {
			said = append(said, prose.Text("copies", map[string]string{
				"Binding": lang, "Time": page.Nanoseconds(s.second.median()),
			}))
		}
	}
	return strings.Join(said, " ")
}

// callsForAStep says how many calls' borders take the time of a step without Python: "120 calls".
func (t *tables) callsForAStep(lang string) string {
	without, borders := t.took(stepName("c", "cgo")).rounds, t.split(lang).borders.rounds
	if without == nil || len(without) != len(borders) {
		return ""
	}
	return page.Count(page.Significant(measure.Ratio(without, borders).Median), "call")
}

// process prints what the way to a process takes, which crosses no border but copies all.
func (t *tables) process() {
	var lines [][]page.Cell
	var said []string
	for _, lang := range processes {
		noop, array := t.row(rowName("noop", lang, "process", 1)), t.row(rowName("array", lang, "process", kernel.DiffusionSize))
		line := page.Words(lang+"/process", "", "", "")
		if noop != nil {
			line[1], line[2] = timeCell(noop), t.ratio(noop, t.row(pythonNoop))
		}
		if array != nil {
			line[3] = timeCell(array)
		}
		if noop != nil && array != nil {
			said = append(said, fmt.Sprintf("%s to %s", page.Nanoseconds(record.MiddleOf(noop.Wall())), lang))
		}
		lines = append(lines, line)
	}
	if t.Lines("A process instead, by a pipe: round trips",
		[]string{"", "no-op", "x Python no-op here", "512 x 512 there and back"}, lines) && said != nil {
		t.Say("A round trip of a few bytes takes %s. Arrays are copied through the pipe, twice in each direction.", page.Joined(said))
	}
}
