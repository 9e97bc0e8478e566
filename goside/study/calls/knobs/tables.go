// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// tables prints what one can choose about a call.
func tables(p *page.Page) {
	t := &printer{p, newRows(p)}
	if len(t.all) == 0 {
		return
	}
	p.Heading("Knobs: what one can choose about a call")
	p.Tell(prose, "knobs", nil)
	t.directives()
	t.singleChanges()
	t.symbols()
	t.threads()
	t.matrix()
	t.cgocheck()
	t.withoutCgo()
	t.collector()
}

// printer prints the tables. Whatever the record lacks is left out of them.
type printer struct {
	*page.Page
	*rows
}

// labels say what an operation passes.
var labels = map[string]string{
	"noop": "no argument", "first": "array", "first-void": "array as void *", "struct": "struct with a pointer",
	"structs": "64 structs with a pointer each", "call": "Go: call of an empty function", "store": "Go: pointer stored",
	"work": "Go: work",
}

// time shows the time of a call, nothing if there is none.
func (t *printer) time(c choice) page.Cell {
	r := t.of[c]
	if r == nil {
		return page.Cell{}
	}
	i := measure.Median(r.Wall())
	return page.Figure(page.WithSpread(page.Significant(i.Median), i), r)
}

// relative shows an effect as the ratio of a call's time to another's, nothing if there is none.
func (t *printer) relative(e record.Effect, ok bool, to, from choice) page.Cell {
	if !ok {
		return page.Cell{}
	}
	return page.Figure(page.Relative(e.Ratio, e.Differs), t.of[to], t.of[from])
}

// allocated shows the bytes and objects that a call allocates.
func (t *printer) allocated(c choice) (bytes, objects page.Cell) {
	r := t.of[c]
	if r == nil {
		return bytes, objects
	}
	b, n := allocates(r)
	return page.Figure(fmt.Sprintf("%.0f", b), r), page.Figure(fmt.Sprintf("%.0f", n), r)
}

// place is something that is passed and lies somewhere.
type place struct{ op, memory, label string }

var places = []place{
	{"noop", "none", "no argument"},
	{"first", "go-heap", "array on Go's heap"},
	{"first", "c-heap", "array on C's heap"},
	{"first", "stack", "array in a local variable"},
	{"first", "pinned-once", "array pinned once"},
	{"first", "pinned-each", "array pinned for each call"},
	{"first", "pinned-new", "array pinned for each call, new Pinner"},
	{"struct", "pinned-once", "struct, its target pinned once"},
	{"struct", "pinned-each", "struct, its target pinned for each call"},
	{"struct", "pinned-new", "struct, its target pinned for each call, new Pinner"},
	{"struct", "c-heap", "struct and its target on C's heap"},
	{"struct", "stack", "struct in a local variable, its target pinned once"},
}

// choice returns the call that passes it, under a choice of directives.
func (p *place) choice(directives string) choice {
	return plain(p.op).but(choice{memory: p.memory, directives: directives})
}

// directives are the choices of them, as columns name them.
var directives = []struct{ value, label string }{
	{"none", "no directive"}, {"noescape", "#cgo noescape"}, {"nocallback", "#cgo nocallback"}, {"both", "both"},
}

func (t *printer) directives() {
	header := []string{"passed"}
	for _, d := range directives {
		header = append(header, d.label)
	}
	var lines, allocating [][]page.Cell
	for _, place := range places {
		line := page.Words(place.label)
		for _, d := range directives {
			c := place.choice(d.value)
			line = append(line, t.time(c))
			if bytes, objects := t.allocated(c); objects.Text != "" && objects.Text != "0" {
				allocating = append(allocating, []page.Cell{page.Word(place.label), page.Word(d.label), bytes, objects})
			}
		}
		lines = append(lines, line)
	}
	if !t.Lines("Directives and memory, through cgo: ns a call", header, lines) {
		return
	}
	if allocating != nil {
		t.Grid("Of these, the calls that allocate on Go's heap", []string{"passed", "directives", "B", "objects"}, allocating)
	}
	t.say(t.sayDirectives())
}

func (t *printer) singleChanges() {
	ops := []string{"noop", "first", "struct"}
	header := []string{"changed"}
	for _, op := range ops {
		header = append(header, strings.TrimSuffix(labels[op], " with a pointer"), "relative")
	}
	var lines [][]page.Cell
	var effects []labelled
	for _, change := range []struct {
		label  string
		choice choice
	}{
		{"the plain call", choice{}},
		{"#cgo noescape", choice{directives: "noescape"}},
		{"#cgo nocallback", choice{directives: "nocallback"}},
		{"both directives", choice{directives: "both"}},
		{"memory of C's", choice{memory: "c-heap"}},
		{"a local variable", choice{memory: "stack"}},
		{"pinned once", choice{memory: "pinned-once"}},
		{"pinned for each call", choice{memory: "pinned-each"}},
		{"pinned by a new Pinner", choice{memory: "pinned-new"}},
		{"goroutine locked to its thread", choice{thread: "locked"}},
		{"locked for each call", choice{thread: "each"}},
		{"through a function pointer", choice{symbol: "pointer"}},
		{"through dlsym's address", choice{symbol: "dlopen"}},
	} {
		line := page.Words(change.label)
		for _, op := range ops {
			c := plain(op).but(change.choice)
			if c == plain(op) && change.choice != (choice{}) { // it has this choice already
				line = append(line, page.Words("", "")...)
				continue
			}
			e, ok := t.effect(c, plain(op))
			line = append(line, t.time(c), t.relative(e, ok, c, plain(op)))
			if ok {
				effects = append(effects, labelled{change.label + ", " + labels[op], e})
			}
		}
		lines = append(lines, line)
	}
	if t.Lines("One choice at a time, through cgo: ns a call, relative to the plain call", header, lines) {
		t.say(saySingleChanges(effects))
	}
}

func (t *printer) symbols() {
	ops := []string{"noop", "first"}
	header := []string{"found as"}
	for _, op := range ops {
		header = append(header, labels[op], "relative", "B", "objects")
	}
	var lines [][]page.Cell
	var said []string
	for _, way := range []struct {
		label  string
		choice choice
	}{
		{"static symbol by cgo", choice{}},
		{"function pointer by cgo", choice{symbol: "pointer"}},
		{"address from dlsym by cgo", choice{symbol: "dlopen"}},
		{"RegisterFunc by purego", choice{via: "purego"}},
		{"SyscallN by purego", choice{via: "syscalln"}},
	} {
		line := page.Words(way.label)
		var effects []labelled
		for _, op := range ops {
			c := plain(op).but(way.choice)
			e, ok := t.effect(c, plain(op))
			bytes, objects := t.allocated(c)
			line = append(line, t.time(c), t.relative(e, ok, c, plain(op)), bytes, objects)
			if ok {
				effects = append(effects, labelled{labels[op], e})
			}
		}
		lines = append(lines, line)
		if effects != nil {
			said = append(said, fmt.Sprintf("%s, against a static symbol by cgo: %s.",
				strings.ToUpper(way.label[:1])+way.label[1:], grouped(effects)))
		}
	}
	if t.Lines("How the function is found: ns a call, relative to cgo's static symbol, allocated on Go's heap", header, lines) {
		t.say(said)
	}
}

func (t *printer) threads() {
	free, handOff := plain("noop"), plain("switch")
	locked, each := free.but(choice{thread: "locked"}), free.but(choice{thread: "each"})
	lockedHandOff := handOff.but(choice{thread: "locked"})
	// A hand-off is not timed twice: a call's noise has to do for it.
	shownAgainst := func(to, from choice) page.Cell {
		e, ok := t.effect(to, from)
		return t.relative(e, ok, to, from)
	}
	between, ok := record.EffectOf(t.of[lockedHandOff], t.of[handOff], t.floor(free))
	header := []string{"what", "free", "locked", "relative", "each time", "relative"}
	if !t.Lines("Threads: ns, relative to a free goroutine", header, [][]page.Cell{
		{page.Word("call without argument, through cgo"), t.time(free), t.time(locked), shownAgainst(locked, free),
			t.time(each), shownAgainst(each, free)},
		{page.Word("Go: LockOSThread and UnlockOSThread"), t.time(plain("lock")), {}, {}, {}, {}},
		{page.Word("Go: hand-off to and from a free goroutine"), t.time(handOff), t.time(lockedHandOff),
			t.relative(between, ok, lockedHandOff, handOff), {}, {}},
	}) {
		return
	}
	var said []string
	if e, ok := t.effect(locked, free); ok {
		said = append(said, "A call from a goroutine that is locked to its thread, against one from a free one: "+page.EffectText(e)+".")
	}
	if e, ok := t.effect(each, free); ok {
		said = append(said, "Locking and unlocking for each call: "+page.EffectText(e)+".")
	}
	switch {
	case ok && between.Differs:
		said = append(said, fmt.Sprintf("A hand-off to or from a locked goroutine takes %.3g times the time of one between free ones: %s.",
			between.Ratio.Median, page.EffectText(between)))
	case ok:
		said = append(said, "A hand-off to or from a locked goroutine, against one between free ones: "+page.EffectText(between)+".")
	}
	t.say(said)
}

// matrix shows, if the whole matrix was measured, whether a choice does the same whatever else is chosen.
func (t *printer) matrix() {
	whole := slices.ContainsFunc(t.all, func(r *record.Row) bool {
		c := named(&r.Name)
		return c.thread == "locked" && c.directives != "none" && c.lang == "c" && c.cgocheck == ""
	})
	if !whole {
		return
	}
	var lines [][]page.Cell
	var said []string
	for _, change := range []struct {
		label    string
		from, to choice
	}{
		{"#cgo noescape", choice{directives: "none"}, choice{directives: "noescape"}},
		{"#cgo nocallback", choice{directives: "none"}, choice{directives: "nocallback"}},
		{"both directives", choice{directives: "none"}, choice{directives: "both"}},
		{"goroutine locked to its thread", choice{thread: "free"}, choice{thread: "locked"}},
		{"function pointer", choice{symbol: "static"}, choice{symbol: "pointer"}},
		{"address from dlsym", choice{symbol: "static"}, choice{symbol: "dlopen"}},
	} {
		var pairs []pair
		var ratios []float64
		differing := 0
		for _, r := range t.all {
			c := named(&r.Name)
			base := c.but(change.from)
			if c.via != "cgo" || c.cgocheck+c.gc+c.entry != "" || c == base || c != base.but(change.to) {
				continue
			}
			if e, ok := t.effect(c, base); ok {
				pairs, ratios = append(pairs, pair{r, t.of[base]}), append(ratios, e.Ratio.Median)
				if e.Differs {
					differing++
				}
			}
		}
		if pairs == nil {
			continue
		}
		ratio, differs := t.pooled(pairs)
		effect := "no difference beyond noise"
		if differs {
			effect = fmt.Sprintf("%.2f times the time", ratio.Median)
		}
		var of []*record.Row
		for _, p := range pairs {
			of = append(of, p.row, p.base)
		}
		line := page.Words(change.label)
		for _, figure := range []string{fmt.Sprint(len(pairs)), page.Relative(ratio, differs),
			fmt.Sprintf("%.2f", slices.Min(ratios)), fmt.Sprintf("%.2f", slices.Max(ratios)), fmt.Sprint(differing)} {
			line = append(line, page.Figure(figure, of...))
		}
		lines = append(lines, line)
		said = append(said, change.label+", "+effect)
	}
	t.Grid("The whole matrix, through cgo: pairs of calls that differ in one choice, and the ratio of one to the other",
		[]string{"choice", "pairs", "together", "least", "most", "differ by themselves"}, lines)
	t.Say("All pairs together: %s.", strings.Join(said, "; "))
}

func (t *printer) cgocheck() {
	settings := []choice{{cgocheck: "1"}, {cgocheck: "2"}}
	names := []string{"cgocheck=1", "cgocheck2"}
	effects := make([][]labelled, len(settings))
	var lines [][]page.Cell
	for _, op := range []string{"noop", "first", "first-void", "struct", "structs", "call", "store"} {
		base := plain(op).but(choice{cgocheck: "0"})
		floor := t.floor(plain(op).but(choice{cgocheck: "1"}))
		line := []page.Cell{page.Word(labels[op]), t.time(base)}
		for k, setting := range settings {
			c := plain(op).but(setting)
			e, ok := record.EffectOf(t.of[c], t.of[base], floor)
			line = append(line, t.time(c), t.relative(e, ok, c, base))
			if ok {
				effects[k] = append(effects[k], labelled{labels[op], e})
			}
		}
		lines = append(lines, line)
	}
	if !t.Lines("Checks of the pointers passed, through cgo: ns a call, relative to cgocheck=0 (default: 1; cgocheck2: GOEXPERIMENT)",
		[]string{"passed", "cgocheck=0", "cgocheck=1", "relative", "cgocheck2", "relative"}, lines) {
		return
	}
	var said []string
	for k, all := range effects {
		if all != nil {
			said = append(said, fmt.Sprintf("%s, against cgocheck=0: %s.", names[k], grouped(all)))
		}
	}
	t.say(said)
}

func (t *printer) withoutCgo() {
	var lines [][]page.Cell
	var effects []labelled
	for _, call := range []struct {
		label  string
		choice choice
	}{
		{"RegisterFunc without argument", plain("noop").but(choice{via: "purego"})},
		{"SyscallN without argument", plain("noop").but(choice{via: "syscalln"})},
		{"RegisterFunc with an array", plain("first").but(choice{via: "purego"})},
		{labels["call"], plain("call")},
	} {
		with, without := call.choice.but(choice{cgocheck: "1"}), call.choice.but(choice{cgo: "0"})
		if t.of[without] == nil {
			continue
		}
		e, ok := record.EffectOf(t.of[without], t.of[with], t.floor(with))
		bytes, objects := t.allocated(with)
		bytesWithout, objectsWithout := t.allocated(without)
		lines = append(lines, []page.Cell{page.Word(call.label), t.time(with), bytes, objects,
			t.time(without), t.relative(e, ok, without, with), bytesWithout, objectsWithout})
		if ok {
			effects = append(effects, labelled{call.label, e})
		}
	}
	if t.Lines("A program built without cgo: ns a call, relative to one built with it, allocated on Go's heap",
		[]string{"call", "CGO_ENABLED=1", "B", "objects", "CGO_ENABLED=0", "relative", "B", "objects"}, lines) && effects != nil {
		t.Say("A call built without cgo, against the same built with it: %s.", grouped(effects))
	}
}

func (t *printer) collector() {
	calls := []struct {
		label  string
		choice choice
	}{
		{labels["work"], plain("work")},
		{"cgo without argument", plain("noop")},
		{"cgo with an array", plain("first")},
		{"cgo with an array in a local variable", plain("first").but(choice{memory: "stack"})},
		{"cgo with a struct pinned for each call", plain("struct").but(choice{memory: "pinned-each"})},
		{"RegisterFunc without argument", plain("noop").but(choice{via: "purego"})},
	}
	own, floor := t.slowed(plain("work")), t.collectorFloor()
	var lines [][]page.Cell
	var as, beyond []string
	for k, call := range calls {
		idle, hard := call.choice.but(choice{gc: "idle"}), call.choice.but(choice{gc: "hard"})
		bytes, objects := t.allocated(idle)
		factors, ratio := t.slowed(call.choice), page.Cell{}
		if factors != nil {
			i := measure.Median(factors)
			ratio = page.Figure(page.WithSpread(fmt.Sprintf("%.2f", i.Median), i), t.of[hard], t.of[idle])
		}
		lines = append(lines, []page.Cell{page.Word(call.label), t.time(idle), t.time(hard), ratio, bytes, objects})
		if k == 0 || factors == nil || len(own) != len(factors) {
			continue
		}
		if beside := measure.Ratio(factors, own); beside.Differs(floor) {
			beyond = append(beyond, fmt.Sprintf("%.2f times that of Go's own work for %s", beside.Median, call.label))
		} else {
			as = append(as, call.label)
		}
	}
	if !t.Lines("Garbage collected all the time, on a live heap of 32 MiB: ns a call, relative to an idle collector",
		[]string{"call", "collector idle", "running", "relative", "B", "objects"}, lines) || own == nil {
		return
	}
	said := []string{fmt.Sprintf("While garbage is collected, Go's own work takes %.2f times its time.", measure.Median(own).Median)}
	switch {
	case math.IsInf(floor, 0):
		said = append(said, "Its noise floor is unknown, so the factors of calls cannot be told from that.")
	case as != nil:
		said = append(said, "The factor is indistinguishable from that for "+page.Joined(as)+".")
	}
	if beyond != nil {
		said = append(said, "It is "+page.Joined(beyond)+".")
	}
	t.say(said)
}
