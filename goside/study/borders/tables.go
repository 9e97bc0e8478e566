// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package borders

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// Tables prints the study of the two borders on the way from Go through CPython into native code.
func Tables(p *page.Page) {
	t := tablesOf(p)
	if len(t.rows) == 0 {
		return
	}
	p.Heading("Two borders: Go, CPython, native code")
	p.Explain("Go that uses compiled code through Python crosses two borders: from Go into the CPython inside its process, where a call " +
		"takes the GIL and makes Python objects of its arguments, and from Python into native code, by one of the bindings. Here they are " +
		"measured apart, then together with a kernel behind them. Time: median ± half its 95 % interval; differences, ratios and shares are " +
		"taken within rounds (~: no difference beyond the noise floor, " + t.shown + ", which is what a Python no-op called from Go differs " +
		"from itself by, entered twice).")
	t.fromGo()
	t.contended()
	t.fromPython()
	t.both()
	t.process()
}

// pythonTables prints the tables. Whatever the record lacks is left out of them.
type pythonTables struct {
	*page.Page
	rows  []*record.Row
	noise float64 // the floor
	shown string  // the same, for a sentence
}

func tablesOf(p *page.Page) *pythonTables {
	t := &pythonTables{Page: p, rows: p.Rows(PythonName)}
	t.noise, t.shown = record.Noise(t.row(pythonNoop), t.row("noop"+record.Again+" python/cpython 1"))
	return t
}

// process prints what the way to a process takes, which crosses no border but copies all.
func (t *pythonTables) process() {
	var lines [][]string
	var said []string
	for _, lang := range PythonProcesses {
		noop, array := t.row("noop "+lang+"/process 1"), t.row("array "+lang+"/process 512")
		line := []string{lang + "/process", "", "", ""}
		if noop != nil {
			line[1], line[2] = page.TimeAndSpread(measure.Median(noop.Wall())), t.times(noop, t.row(pythonNoop))
		}
		if array != nil {
			line[3] = page.TimeAndSpread(measure.Median(array.Wall()))
		}
		if noop != nil && array != nil {
			said = append(said, fmt.Sprintf("%s, %s", lang, page.Nanoseconds(measure.Median(noop.Wall()).Median)))
		}
		lines = append(lines, line)
	}
	if t.Lines("A process instead, by a pipe: round trips",
		[]string{"", "no-op", "to a Python no-op in this process", "512 x 512 there and back"}, lines) && said != nil {
		t.Say("A round trip to another process takes, for a request and a response of a few bytes: %s. Arrays are copied through the pipe, twice in each direction.",
			strings.Join(said, "; "))
	}
}

// row returns the row that is called "kernel lang/via n", or nil.
func (t *pythonTables) row(name string) *record.Row {
	for _, r := range t.rows {
		if r.What()+" "+r.Route()+" "+r.N == name {
			return r
		}
	}
	return nil
}

// walls returns the times of the row of that name, nil if it is not there.
func (t *pythonTables) walls(name string) []float64 {
	if r := t.row(name); r != nil {
		return r.Wall()
	}
	return nil
}

// rest shows what is left of a time that others were taken off, which noise may make less than nothing.
func rest(i measure.Interval) string {
	switch {
	case i.Median > 0:
		return page.TimeAndSpread(i)
	case i.Hi >= 0:
		return "~0"
	}
	return page.Signed(i.Median)
}

// times shows the ratio of a row's time to another's.
func (t *pythonTables) times(r, to *record.Row) string {
	e, ok := record.EffectOf(r, to, t.noise)
	switch {
	case !ok:
		return ""
	case e.Differs || r == to:
		return fmt.Sprintf("%.2fx", e.Ratio.Median)
	}
	return fmt.Sprintf("~%.2fx", e.Ratio.Median)
}

// adds says what a row takes more than another: "39.9 ns"; "" if that is not known.
func (t *pythonTables) adds(name, to string) string {
	e, ok := record.EffectOf(t.row(name), t.row(to), t.noise)
	switch {
	case !ok:
		return ""
	case !e.Differs:
		return "no time that shows"
	case e.Ns.Median < 0:
		return page.Signed(e.Ns.Median)
	}
	return page.Nanoseconds(e.Ns.Median)
}

// Names of rows, as [pythonTables.row] has them.
const (
	pythonCgo      = "noop c/cgo 1"
	pythonCrossing = "crossing c/cpython 1"
	pythonKept     = "gil-kept c/cpython 1"
	pythonEnsure   = "gil-ensure c/cpython 1"
	pythonMade     = "gil-made c/cpython 1"
	pythonNoop     = "noop python/cpython 1"
	pythonTuple    = "noop-tuple python/cpython 1"
	pythonArray    = "array python/cpython 512"
	pythonCopy     = "array-copy python/cpython 512"
	pythonStep     = "step python/cpython 512"
	pythonWithout  = "step c/cgo 512"
)

// pythonParts are the parts of a call from Go into Python, each with the one that it extends.
var pythonParts = []struct{ name, label, on string }{
	{pythonCgo, "plain cgo call", ""},
	{pythonCrossing, "crossing into the host library", pythonCgo},
	{pythonKept, "GIL, thread state kept", pythonCrossing},
	{pythonEnsure, "GIL, PyGILState", pythonCrossing},
	{pythonMade, "GIL, thread state made each time", pythonCrossing},
	{pythonNoop, "Python no-op", pythonKept},
	{pythonTuple, "Python no-op, through a tuple", pythonKept},
	{"not python/cpython 1", "int → int", pythonNoop},
	{"add python/cpython 1", "two floats → float", pythonNoop},
	{"text python/cpython 16", "text of 16 letters", pythonNoop},
	{"array python/cpython 8", "array of 8", pythonNoop},
	{pythonArray, "array of 512 x 512", pythonNoop},
	{pythonCopy, "array of 512 x 512, copied", pythonNoop},
}

func (t *pythonTables) fromGo() {
	labels := map[string]string{}
	var lines [][]string
	for _, part := range pythonParts {
		labels[part.name] = part.label
		line := []string{part.label, "", "", "", ""}
		if r := t.row(part.name); r != nil {
			line[1], line[4] = page.TimeAndSpread(measure.Median(r.Wall())), t.times(r, t.row(pythonCgo))
			if e, ok := record.EffectOf(r, t.row(part.on), t.noise); ok {
				line[2], line[3] = page.Signed(e.Ns.Median), labels[part.on]
				if !e.Differs {
					line[2] = "~" + line[2]
				}
			}
		}
		lines = append(lines, line)
	}
	if !t.Lines("From Go into Python, the GIL free",
		[]string{"", "per call", "adds", "on top of", "to plain cgo"}, lines) {
		return
	}
	var said []string
	if text := t.sayNoop(); text != "" {
		said = append(said, "With the GIL free, a "+text)
	}
	if made := t.adds(pythonMade, pythonCrossing); made != "" {
		text := "A thread state made for each call would take " + made
		if kept := t.adds(pythonKept, pythonCrossing); kept != "" {
			text += ", where the kept one takes " + kept
		}
		said = append(said, text)
	}
	if said != nil {
		t.Say("%s.", strings.Join(said, ". "))
	}
}

// sayNoop says what a Python no-op costs from Go, and what an array adds; "" if the record has no no-op.
func (t *pythonTables) sayNoop() string {
	r := t.row(pythonNoop)
	if r == nil {
		return ""
	}
	text := "Python no-op costs " + page.Nanoseconds(measure.Median(r.Wall()).Median) + " from Go"
	crossing, gil, call := t.row(pythonCrossing), t.adds(pythonKept, pythonCrossing), t.adds(pythonNoop, pythonKept)
	if crossing != nil && gil != "" && call != "" {
		text += fmt.Sprintf(" (the crossing %s, the GIL %s, the call %s)", page.Nanoseconds(measure.Median(crossing.Wall()).Median), gil, call)
	}
	var arrays []string
	if array := t.adds(pythonArray, pythonNoop); array != "" {
		arrays = append(arrays, array+" without a copy")
	}
	if array := t.adds(pythonCopy, pythonNoop); array != "" {
		arrays = append(arrays, array+" copied")
	}
	if arrays != nil {
		text += "; a 512 x 512 array adds " + page.Joined(arrays)
	}
	return text
}

func (t *pythonTables) contended() {
	var calls []*record.Row
	for _, r := range t.rows {
		if r.What() == "contended" {
			calls = append(calls, r)
		}
	}
	busy := t.row("busy python/cpython 1")
	var lines [][]string
	for _, r := range calls {
		wall := measure.Median(r.Wall())
		lines = append(lines, []string{page.Count(r.N, "goroutine"), page.TimeAndSpread(wall), page.Significant(1e3 / wall.Median),
			t.times(calls[0], r), ""})
	}
	if busy != nil {
		lines = append(lines, []string{"beside a Python loop that computes", page.TimeAndSpread(measure.Median(busy.Wall())), "", "",
			page.Nanoseconds(busy.Largest("max-ns"))})
	}
	if !t.Lines("When the GIL is not free: a Python no-op from Go (by several at once: wall time over the calls of all)",
		[]string{"", "per call", "Mcalls/s", "scaling", "longest"}, lines) {
		return
	}
	var said []string
	if len(calls) > 1 {
		one, most := calls[0], calls[len(calls)-1]
		if s, ok := record.WallRatio(one, most); ok {
			text := fmt.Sprintf("The GIL lets one call in at a time: with %s against %s, calls made in a second are %.2f times as many%s",
				page.Count(most.N, "goroutine"), one.N, s.Median, page.Between(s))
			if !s.Differs(t.noise) {
				text += ", which is not told apart from as many"
			}
			said = append(said, text)
		}
	}
	if busy != nil {
		said = append(said, fmt.Sprintf("Beside a Python loop that computes, a call waits and takes %s in the mean and %s at the longest, since CPython has a "+
			"thread give the GIL up only when another has waited for its switch interval, 5 ms",
			page.Nanoseconds(measure.Median(busy.Wall()).Median), page.Nanoseconds(busy.Largest("max-ns"))))
	}
	if said != nil {
		t.Say("%s.", strings.Join(said, ". "))
	}
}

// bindings returns the languages whose binding was called by via, in the record's order.
func (t *pythonTables) bindings(via string) []string {
	var all []string
	for _, r := range t.rows {
		if r.Via == via && r.Lang != "c" && r.Lang != "python" && r.Lang != "loop" && !slices.Contains(all, r.Lang) {
			all = append(all, r.Lang)
		}
	}
	return all
}

// copies reports whether a binding copies its arrays, so that its time is not that of a border alone.
func copies(lang string) bool { return strings.HasSuffix(lang, "-copy") }

// native returns the times of a binding's call from Python, less the loop around it.
func (t *pythonTables) native(kernel, lang string) []float64 {
	route := "/" + FromPython + " 1"
	return record.Minus(t.walls(kernel+" "+lang+route), t.walls(kernel+" loop"+route))
}

// bindingFigures are a figure of each of some bindings, by round.
type bindingFigures []bindingFigure

type bindingFigure struct {
	lang   string
	rounds []float64
}

func (f *bindingFigure) median() float64 { return record.MiddleOf(f.rounds) }

// extremes returns those with the least and the greatest figure.
func (all bindingFigures) extremes() (least, most bindingFigure) {
	by := func(a, b bindingFigure) int { return cmp.Compare(a.median(), b.median()) }
	return slices.MinFunc(all, by), slices.MaxFunc(all, by)
}

// span says from what to what the figures go: "from 29.0 ns (capi) to 131 ns (ctypes)".
func (all bindingFigures) span(show func(float64) string) string {
	least, most := all.extremes()
	named := func(f bindingFigure) string { return fmt.Sprintf("%s (%s)", show(f.median()), f.lang) }
	if least.lang == most.lang {
		return named(least)
	}
	return "from " + named(least) + " to " + named(most)
}

// pythonArguments are what bindings are called with from Python.
var pythonArguments = []struct{ kernel, label string }{
	{"noop", "no-op"}, {"not", "int"}, {"add", "two doubles"}, {"grid", "512 x 512 array"}, {"step", "step on no rows"},
}

// borders returns what the bindings that copy nothing take for a call from Python.
func (t *pythonTables) borders(kernel string) bindingFigures {
	var all bindingFigures
	for _, lang := range t.bindings(FromPython) {
		if ns := t.native(kernel, lang); ns != nil && !copies(lang) {
			all = append(all, bindingFigure{lang, ns})
		}
	}
	return all
}

func (t *pythonTables) fromPython() {
	header := []string{""}
	for _, a := range pythonArguments {
		header = append(header, a.label)
	}
	var lines [][]string
	for _, lang := range append([]string{"python"}, t.bindings(FromPython)...) {
		line := []string{lang}
		if lang == "python" {
			line[0] = "a Python function that does nothing"
		}
		for _, a := range pythonArguments {
			cell := ""
			if ns := t.native(a.kernel, lang); ns != nil {
				cell = rest(measure.Median(ns))
			}
			line = append(line, cell)
		}
		lines = append(lines, line)
	}
	if !t.Lines("From Python into native code: a call less the loop around it; the step has all its arguments checked", header, lines) {
		return
	}
	var said []string
	widest, factor := "", 0.0
	for _, a := range pythonArguments {
		all := t.borders(a.kernel)
		if len(all) < 2 {
			continue
		}
		least, most := all.extremes()
		text := a.label + " " + all.span(page.Nanoseconds)
		// Without a time above none there is no factor.
		if len(least.rounds) == len(most.rounds) && measure.Median(least.rounds).Lo > 0 {
			times := measure.Ratio(most.rounds, least.rounds).Median
			text += fmt.Sprintf(", %.1f times as much", times)
			if times > factor {
				factor, widest = times, a.label
			}
		}
		said = append(said, text)
	}
	if said == nil {
		return
	}
	text := "From the cheapest binding to the dearest, of those that copy nothing: " + strings.Join(said, "; ") + "."
	if widest != "" {
		text += " They differ most in the column " + widest + "."
	}
	t.Say("%s", text)
}

// pythonSplit is a step through both borders and what it is made of, by round; nil is not known.
type pythonSplit struct{ total, first, second, borders, kernel []float64 }

// split splits the step of a binding that Go called.
func (t *pythonTables) split(lang string) pythonSplit {
	s := pythonSplit{total: t.walls("step " + lang + "/" + FromGo + " 512"), first: t.walls(pythonStep), second: t.native("step", lang)}
	if s.first != nil && len(s.first) == len(s.second) && len(s.first) == len(s.total) {
		s.kernel = record.Minus(record.Minus(s.total, s.first), s.second)
		s.borders = record.Minus(s.total, s.kernel)
	}
	return s
}

// share returns what part of the whole the borders are, in each round.
func (s *pythonSplit) share() []float64 {
	var all []float64
	for k := range s.borders {
		all = append(all, s.borders[k]/s.total[k])
	}
	return all
}

// part shows a part of the whole, and what share of it that is.
func (s *pythonSplit) part(ns []float64) string {
	if ns == nil {
		return ""
	}
	text := rest(measure.Median(ns))
	if len(ns) == len(s.total) && text != "~0" {
		text += ", " + page.GrainPercent(measure.Ratio(ns, s.total).Median)
	}
	return text
}

// shares returns what part of a step's time both borders take, for each binding that copies nothing.
func (t *pythonTables) shares() bindingFigures {
	var all bindingFigures
	for _, lang := range t.bindings(FromGo) {
		if s := t.split(lang); s.borders != nil && !copies(lang) {
			all = append(all, bindingFigure{lang, s.share()})
		}
	}
	return all
}

func (t *pythonTables) both() {
	without := t.row(pythonWithout)
	var lines [][]string
	if without != nil {
		lines = append(lines, []string{"c/cgo, without Python", "", "", "", page.TimeAndSpread(measure.Median(without.Wall())), t.times(without, without)})
	}
	var copied []string
	for _, lang := range t.bindings(FromGo) {
		s := t.split(lang)
		if s.total == nil {
			continue
		}
		lines = append(lines, []string{lang, s.part(s.first), s.part(s.second), s.part(s.kernel), page.TimeAndSpread(measure.Median(s.total)),
			t.times(t.row("step "+lang+"/"+FromGo+" 512"), without)})
		if copies(lang) && s.second != nil {
			copied = append(copied, fmt.Sprintf("%s copies whole arrays, which have the wrong order for it, however few rows are asked for: "+
				"that is in Python → native, %s; the rows' way back is in its kernel.", lang, page.Nanoseconds(record.MiddleOf(s.second))))
		}
	}
	if !t.Lines("Both borders and the kernel: one diffusion step of 512 x 512, called from Go; %: share of the total",
		[]string{"", "Go → Python", "Python → native", "kernel", "total", "to c/cgo"}, lines) {
		return
	}
	parts := "Go → Python is a call of a Python function that is given the same arguments and does nothing; Python → native the binding's " +
		"step on no rows, as above; the kernel is what is left."
	if ns := t.native("step", "python"); ns != nil {
		parts += fmt.Sprintf(" The first holds that function's own call, %s, which is not of the border.", page.Nanoseconds(record.MiddleOf(ns)))
	}
	t.Explain(parts)
	shares := t.shares()
	var said []string
	if len(shares) > 0 {
		least, most := shares.extremes()
		text := "Of the step's time the two borders take " + shares.span(page.GrainPercent) + ", of the bindings that copy nothing"
		if calls := t.callsForAStep(least.lang); calls != "" {
			text += fmt.Sprintf("; one step in C, called by cgo, takes as long as the borders of %s by %s", calls, least.lang)
			if other := t.callsForAStep(most.lang); other != "" && most.lang != least.lang {
				text += fmt.Sprintf(" or %s by %s", other, most.lang)
			}
		}
		said = append(said, text+".")
	}
	if said = append(said, copied...); len(said) > 0 {
		t.Say("%s", strings.Join(said, " "))
	}
}

// callsForAStep says how many calls' borders take the time of a step without Python: "120 calls".
func (t *pythonTables) callsForAStep(lang string) string {
	without, borders := t.walls(pythonWithout), t.split(lang).borders
	if without == nil || len(without) != len(borders) {
		return ""
	}
	return page.Significant(measure.Ratio(without, borders).Median) + " calls"
}

func AnswerPython(p *page.Page) string {
	t := tablesOf(p)
	var said []string
	if text := t.sayNoop(); text != "" {
		said = append(said, "A "+text)
	}
	if all := t.borders("noop"); len(all) > 0 {
		said = append(said, "From Python, a call of native code that passes nothing takes "+all.span(page.Nanoseconds))
	}
	if all := t.shares(); len(all) > 0 {
		said = append(said, "Of a diffusion step of 512 x 512, called from Go, both borders take "+all.span(page.GrainPercent)+
			", of the bindings that copy nothing")
	}
	if said == nil {
		return ""
	}
	return strings.Join(said, ". ") + "."
}
