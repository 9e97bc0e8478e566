// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// Tables prints the study of what one can choose about a call.
func Tables(p *page.Page) {
	t := &knobTables{p, p.Rows(benchmark)}
	if len(t.rows) == 0 {
		return
	}
	p.Heading("Knobs: what one can choose about a call")
	t.directives()
	t.oneFactor()
	t.symbols()
	t.threads()
	t.matrix()
	t.cgocheck()
	t.withoutCgo()
	t.collector()
}

// knobTables prints the tables. Whatever the record lacks is left out of them.
type knobTables struct {
	*page.Page
	rows []*record.Row
}

// knobLabels say what a kernel of the knobs passes.
var knobLabels = map[string]string{
	"noop": "no argument", "first": "array", "first-void": "array as void *", "struct": "struct with a pointer",
	"structs": "64 structs with a pointer each", "call": "Go: call of an empty function", "store": "Go: pointer stored",
	"work": "Go: work",
}

// knobKeys are what may be chosen, as it stands in the rows' names.
var knobKeys = []string{"lang", "via", "directives", "memory", "thread", "symbol", "cgocheck", "cgo", "gc"}

// Find returns the row of the kernel's plain call with these changes, "memory=stack" say, or nil.
func (t *knobTables) Find(kernel string, changes ...string) *record.Row {
	want := map[string]string{"lang": "c", "via": "cgo", "directives": "none", "memory": plainMemory[kernel],
		"thread": "free", "symbol": "static"}
	if want["memory"] == "" {
		want = map[string]string{"lang": "go", "via": "direct", "thread": "free"}
	}
	for _, change := range changes {
		key, value, _ := strings.Cut(change, "=")
		want[key] = value
		if key == "via" && want["symbol"] != "" && value != "cgo" {
			want["symbol"] = "dlopen" // purego finds its functions so
		}
	}
	for _, r := range t.rows {
		got := func(key string) string {
			switch key {
			case "lang":
				return r.Lang
			case "via":
				return r.Via
			}
			return r.Facts[key]
		}
		if r.What() == kernel && !slices.ContainsFunc(knobKeys, func(key string) bool { return got(key) != want[key] }) {
			return r
		}
	}
	return nil
}

// Floor returns the noise floor of a kernel's calls: what the plain one, made as the changes say, differs from
// itself by. It is 0 if it was entered once.
func (t *knobTables) Floor(kernel string, changes ...string) float64 {
	plain := t.Find(kernel, changes...)
	if plain == nil {
		return 0
	}
	again := t.Find(kernel, append(slices.Clone(changes), "lang="+plain.Lang+record.Again)...)
	if again == nil || len(again.Samples) != len(plain.Samples) {
		return 0
	}
	return measure.Ratio(again.Wall(), plain.Wall()).Floor()
}

// pooled returns what the rows of pairs, each compared with its base, take together: in each round the median of
// their ratios, which a disturbance of a few does not move. differs is as for one pair, with the floor of all
// plain calls together.
func (t *knobTables) pooled(pairs [][2]*record.Row) (ratio measure.Interval, differs bool) {
	together := func(pairs [][2]*record.Row) measure.Interval {
		rounds := math.MaxInt
		for _, p := range pairs {
			rounds = min(rounds, len(p[0].Samples), len(p[1].Samples))
		}
		middles := make([]float64, rounds)
		for round := range middles {
			var ratios []float64
			for _, p := range pairs {
				ratios = append(ratios, p[0].Samples[round].Wall/p[1].Samples[round].Wall)
			}
			middles[round] = measure.Median(ratios).Median
		}
		return measure.Median(middles)
	}
	var same [][2]*record.Row
	for _, kernel := range slices.Sorted(maps.Keys(plainMemory)) {
		if again, plain := t.Find(kernel, "lang=c"+record.Again), t.Find(kernel); again != nil && plain != nil {
			same = append(same, [2]*record.Row{again, plain})
		}
	}
	floor := 0.0
	if same != nil {
		floor = together(same).Floor()
	}
	ratio = together(pairs)
	return ratio, ratio.Differs(floor)
}

// allocates returns what a row allocates in a call, in whole bytes and objects: rests come from what is allocated
// once in a batch.
func allocates(r *record.Row) (bytes, objects float64) {
	bytes = measure.Median(r.Values(func(s *measure.Sample) float64 { return s.Bytes })).Median
	objects = measure.Median(r.Values(func(s *measure.Sample) float64 { return s.Allocs })).Median
	return math.Round(bytes), math.Round(objects)
}

// cell shows a row's time, its ratio to base if that is another, and what it allocates.
func (t *knobTables) cell(r, base *record.Row, floor float64) string {
	if r == nil {
		return ""
	}
	s := measure.Median(r.Wall())
	out := page.Significant(s.Median) + " " + page.Spread(s)
	if e, ok := record.EffectOf(r, base, floor); ok && r != base {
		mark := " "
		if !e.Differs {
			mark = "~"
		}
		out += fmt.Sprintf(" %s%.2fx", mark, e.Ratio.Median)
	}
	if bytes, objects := allocates(r); objects > 0 {
		out += fmt.Sprintf("  %.0f B, %.0f", bytes, objects)
	}
	if t.Markdown {
		return strings.Join(strings.Fields(out), " ")
	}
	return strings.TrimRight(out, " ")
}

// placed is something passed that lies somewhere.
type placed struct{ kernel, memory, label string }

var places = []placed{
	{"noop", "none", "no argument"},
	{"first", "go-heap", "array on Go's heap"},
	{"first", "c-heap", "array on C's heap"},
	{"first", "stack", "array in a local variable"},
	{"first", "pinned-once", "array pinned once"},
	{"first", "pinned-each", "array pinned for each call"},
	{"first", "pinned-new", "array pinned for each call by a new Pinner"},
	{"struct", "pinned-once", "struct, its target pinned once"},
	{"struct", "pinned-each", "struct, its target pinned for each call"},
	{"struct", "pinned-new", "struct, its target pinned for each call by a new Pinner"},
	{"struct", "c-heap", "struct and its target on C's heap"},
	{"struct", "stack", "struct in a local variable, its target pinned once"},
}

func (t *knobTables) directives() {
	columns := []string{"none", "noescape", "nocallback", "both"}
	var lines [][]string
	for _, place := range places {
		line := []string{place.label}
		for _, d := range columns {
			line = append(line, t.cell(t.Find(place.kernel, "memory="+place.memory, "directives="+d), nil, 0))
		}
		lines = append(lines, line)
	}
	header := []string{"passed", "no directive", "#cgo noescape", "#cgo nocallback", "both"}
	if !t.Lines("Directives and memory, by cgo: ns a call; bytes and objects allocated, if any", header, lines) {
		return
	}
	var said []string
	for _, d := range columns[1:] {
		if text := t.directive(d); text != "" {
			said = append(said, text)
		}
	}
	if pins := t.pinning(); pins != "" {
		said = append(said, pins)
	}
	t.Say("%s.", strings.Join(said, ". "))
}

// directive says what directives give, in time and allocations.
func (t *knobTables) directive(d string) string {
	var saved []string
	var others [][2]*record.Row
	differing := 0
	least, most := math.Inf(1), math.Inf(-1)
	for _, place := range places {
		base := t.Find(place.kernel, "memory="+place.memory)
		with := t.Find(place.kernel, "memory="+place.memory, "directives="+d)
		e, ok := record.EffectOf(with, base, t.Floor(place.kernel))
		if !ok {
			continue
		}
		bytes, objects := allocates(base)
		bytesWith, objectsWith := allocates(with)
		if objectsWith < objects {
			noun := "allocation"
			if objects-objectsWith > 1 {
				noun += "s"
			}
			saved = append(saved, fmt.Sprintf("%.0f %s of %.0f B a call (%s: %s)", objects-objectsWith, noun,
				bytes-bytesWith, place.label, page.EffectText(e)))
			continue
		}
		others = append(others, [2]*record.Row{with, base})
		if e.Differs {
			differing++
			least, most = min(least, e.Ns.Median), max(most, e.Ns.Median)
		}
	}
	if others == nil && saved == nil {
		return ""
	}
	text := map[string]string{"noescape": "#cgo noescape alone", "nocallback": "#cgo nocallback alone", "both": "Both together"}[d]
	lines := fmt.Sprintf("all %d lines", len(others))
	if saved == nil {
		text += " save no allocation"
	} else {
		text += " save " + page.Joined(saved)
		lines = fmt.Sprintf("the other %d lines", len(others))
	}
	if d != "both" {
		text = strings.Replace(text, " save ", " saves ", 1)
	}
	if others == nil {
		return text
	}
	if ratio, differs := t.pooled(others); differs {
		text += fmt.Sprintf("; %s together take %.2f times their time", lines, ratio.Median)
	} else {
		text += fmt.Sprintf("; %s together show no difference beyond noise", lines)
	}
	if differing > 0 {
		text += fmt.Sprintf(", by themselves %d of them differ, by %s", differing, page.FromTo(least, most))
	}
	return text
}

// pinning says what pinning costs, without directives.
func (t *knobTables) pinning() string {
	var said []string
	for _, kernel := range []string{"first", "struct"} {
		base := t.Find(kernel)
		var costs []string
		for _, memory := range []struct{ value, when string }{
			{"pinned-once", "once for all calls"}, {"pinned-each", "for each call"}, {"pinned-new", "for each call by a new Pinner"},
		} {
			r := t.Find(kernel, "memory="+memory.value)
			if e, ok := record.EffectOf(r, base, t.Floor(kernel)); ok && r != base {
				costs = append(costs, fmt.Sprintf("%s if %s", page.EffectText(e), memory.when))
			}
		}
		if costs != nil {
			what := map[string]string{"first": "the array takes, against not pinning it: ",
				"struct": "what the struct points to takes, against once for all calls: "}
			said = append(said, what[kernel]+page.Joined(costs))
		}
	}
	if said == nil {
		return ""
	}
	return "Pinning " + strings.Join(said, "; pinning ")
}

func (t *knobTables) oneFactor() {
	kernels := []string{"noop", "first", "struct"}
	choices := []struct{ label, change string }{
		{"the plain call", ""},
		{"#cgo noescape", "directives=noescape"},
		{"#cgo nocallback", "directives=nocallback"},
		{"both directives", "directives=both"},
		{"memory of C's", "memory=c-heap"},
		{"a local variable", "memory=stack"},
		{"pinned once", "memory=pinned-once"},
		{"pinned for each call", "memory=pinned-each"},
		{"pinned by a new Pinner", "memory=pinned-new"},
		{"goroutine locked to its thread", "thread=locked"},
		{"locked for each call", "thread=each"},
		{"through a function pointer", "symbol=pointer"},
		{"through dlsym's address", "symbol=dlopen"},
	}
	var lines [][]string
	type change struct {
		record.Effect
		label string
	}
	var changes []change
	for _, c := range choices {
		line := []string{c.label}
		for _, kernel := range kernels {
			base, r := t.Find(kernel), t.Find(kernel)
			if c.change != "" {
				if r = t.Find(kernel, c.change); r == base {
					r = nil // it is the plain call
				}
			}
			floor := t.Floor(kernel)
			line = append(line, t.cell(r, base, floor))
			if e, ok := record.EffectOf(r, base, floor); ok && r != base {
				changes = append(changes, change{e, c.label + " (" + knobLabels[kernel] + ")"})
			}
		}
		lines = append(lines, line)
	}
	header := []string{"changed"}
	for _, kernel := range kernels {
		header = append(header, knobLabels[kernel])
	}
	if !t.Lines("One choice at a time, by cgo: ns a call, ratio to the plain call, allocated", header, lines) {
		return
	}
	if changes == nil {
		t.Say("There is nothing to compare the plain calls with.")
		return
	}
	byRatio := func(a, b change) int {
		switch {
		case a.Ratio.Median < b.Ratio.Median:
			return -1
		case a.Ratio.Median > b.Ratio.Median:
			return 1
		}
		return 0
	}
	dearest, cheapest := slices.MaxFunc(changes, byRatio), slices.MinFunc(changes, byRatio)
	same := 0
	for _, c := range changes {
		if !c.Differs {
			same++
		}
	}
	text := fmt.Sprintf("Of %d single changes %d make no difference beyond noise", len(changes), same)
	if dearest.Differs && dearest.Ratio.Median > 1 {
		text += fmt.Sprintf("; the dearest is %s, %.2f times the plain call", dearest.label, dearest.Ratio.Median)
	}
	if cheapest.Differs && cheapest.Ratio.Median < 1 {
		text += fmt.Sprintf("; the most is saved by %s, %.2f times the plain call", cheapest.label, cheapest.Ratio.Median)
	}
	t.Say("%s.", text)
}

func (t *knobTables) symbols() {
	ways := []struct{ label, change string }{
		{"static symbol by cgo", "symbol=static"},
		{"function pointer by cgo", "symbol=pointer"},
		{"address from dlsym by cgo", "symbol=dlopen"},
		{"RegisterFunc by purego", "via=purego"},
		{"SyscallN by purego", "via=syscalln"},
	}
	kernels := []string{"noop", "first"}
	var lines [][]string
	var said []string
	for _, way := range ways {
		line := []string{way.label}
		var labels []string
		var effects []record.Effect
		for _, kernel := range kernels {
			base, r := t.Find(kernel), t.Find(kernel, way.change)
			floor := t.Floor(kernel)
			line = append(line, t.cell(r, base, floor))
			if e, ok := record.EffectOf(r, base, floor); ok && r != base {
				labels, effects = append(labels, knobLabels[kernel]), append(effects, e)
			}
		}
		lines = append(lines, line)
		if effects != nil {
			said = append(said, way.label+" ("+grouped(labels, effects)+")")
		}
	}
	header := []string{"found as"}
	for _, kernel := range kernels {
		header = append(header, knobLabels[kernel])
	}
	if t.Lines("How the function is found: ns a call, ratio to cgo's static symbol, allocated", header, lines) {
		if said == nil {
			t.Say("There is nothing to compare the static symbol with.")
			return
		}
		t.Say("What a call takes against one of a static symbol by cgo: %s.", page.Joined(said))
	}
}

func (t *knobTables) threads() {
	free, locked, each := t.Find("noop"), t.Find("noop", "thread=locked"), t.Find("noop", "thread=each")
	lock, hand, handLocked := t.Find("lock"), t.Find("switch"), t.Find("switch", "thread=locked")
	floor := t.Floor("noop")
	if !t.Lines("Threads: ns, ratio", []string{"what", "goroutine free", "locked to its thread", "locked for each call"}, [][]string{
		{"call without argument, by cgo", t.cell(free, nil, 0), t.cell(locked, free, floor), t.cell(each, free, floor)},
		{"Go: LockOSThread and UnlockOSThread", t.cell(lock, nil, 0), "", ""},
		{"Go: hand-off to and from a free goroutine", t.cell(hand, nil, 0), t.cell(handLocked, hand, floor), ""},
	}) {
		return
	}
	var said []string
	if e, ok := record.EffectOf(locked, free, floor); ok {
		said = append(said, fmt.Sprintf("a call from a goroutine that is locked to its thread takes, against one from a free one: %s", page.EffectText(e)))
	}
	if e, ok := record.EffectOf(each, free, floor); ok {
		said = append(said, fmt.Sprintf("locked and unlocked for each call: %s", page.EffectText(e)))
	}
	if e, ok := record.EffectOf(handLocked, hand, floor); ok {
		said = append(said, fmt.Sprintf("a hand-off to or from a locked goroutine, against one between free ones: %s, which is %.3g times its time", page.EffectText(e), e.Ratio.Median))
	}
	if said == nil {
		t.Say("There is nothing to compare.")
		return
	}
	text := strings.Join(said, "; ")
	t.Say("%s.", strings.ToUpper(text[:1])+text[1:])
}

// matrix shows, if the whole matrix was measured, whether a choice does the same whatever else is chosen.
func (t *knobTables) matrix() {
	choices := []struct{ label, key, plain, value string }{
		{"#cgo noescape", "directives", "none", "noescape"},
		{"#cgo nocallback", "directives", "none", "nocallback"},
		{"both directives", "directives", "none", "both"},
		{"goroutine locked to its thread", "thread", "free", "locked"},
		{"function pointer", "symbol", "static", "pointer"},
		{"address from dlsym", "symbol", "static", "dlopen"},
	}
	whole := false
	var lines [][]string
	var said []string
	for _, c := range choices {
		var ratios []float64
		var pairs [][2]*record.Row
		differing := 0
		for _, r := range t.rows {
			if r.Lang != "c" || r.Via != "cgo" || r.Facts[c.key] != c.value || r.Facts["cgocheck"]+r.Facts["gc"] != "" {
				continue
			}
			changes := []string{c.key + "=" + c.plain}
			for _, key := range []string{"directives", "memory", "thread", "symbol"} {
				if key != c.key {
					changes = append(changes, key+"="+r.Facts[key])
				}
			}
			base := t.Find(r.What(), changes...)
			if e, ok := record.EffectOf(r, base, t.Floor(r.What())); ok {
				pairs = append(pairs, [2]*record.Row{r, base})
				ratios = append(ratios, e.Ratio.Median)
				if e.Differs {
					differing++
				}
			}
			whole = whole || r.Facts["thread"] == "locked" && r.Facts["directives"] != "none"
		}
		if pairs == nil {
			continue
		}
		all, differs := t.pooled(pairs)
		mark, effect := "~", "no difference beyond noise"
		if differs {
			mark, effect = "", fmt.Sprintf("%.2f times the time", all.Median)
		}
		lines = append(lines, []string{c.label, fmt.Sprint(len(pairs)), fmt.Sprintf("%s%.2fx", mark, all.Median),
			fmt.Sprintf("%.2fx", slices.Min(ratios)), fmt.Sprintf("%.2fx", slices.Max(ratios)), fmt.Sprint(differing)})
		said = append(said, fmt.Sprintf("%s: %s (%d of %d pairs differ by themselves)", c.label, effect, differing, len(pairs)))
	}
	if !whole {
		return
	}
	t.Grid("The whole matrix, by cgo: pairs of calls that differ in one choice, and the ratio of one to the other",
		[]string{"choice", "pairs", "median", "least", "most", "differ by themselves"}, lines)
	t.Say("Over all else that can be chosen with it, all pairs together, %s.", strings.Join(said, "; "))
}

// grouped says what rows take more or less than others, each under its label, and of which that cannot be told.
func grouped(labels []string, effects []record.Effect) string {
	var same, said []string
	for k, e := range effects {
		if e.Differs {
			said = append(said, labels[k]+" "+page.EffectText(e))
		} else {
			same = append(same, labels[k])
		}
	}
	if same != nil {
		said = append(said, "no difference beyond noise for "+page.Joined(same))
	}
	return strings.Join(said, ", ")
}

func (t *knobTables) cgocheck() {
	settings := []string{"cgocheck=0", "cgocheck=1", "cgocheck=2"}
	kernels := []string{"noop", "first", "first-void", "struct", "structs", "call", "store"}
	var lines [][]string
	labels, effects := make([][]string, len(settings)), make([][]record.Effect, len(settings))
	for _, kernel := range kernels {
		base, floor := t.Find(kernel, settings[0]), t.Floor(kernel, "cgocheck=1")
		line := []string{knobLabels[kernel]}
		for k, setting := range settings {
			r := t.Find(kernel, setting)
			line = append(line, t.cell(r, base, floor))
			if e, ok := record.EffectOf(r, base, floor); ok && r != base {
				labels[k], effects[k] = append(labels[k], knobLabels[kernel]), append(effects[k], e)
			}
		}
		lines = append(lines, line)
	}
	if !t.Lines("Checks of the pointers passed, by cgo: ns a call, ratio to cgocheck=0",
		[]string{"passed", "GODEBUG=cgocheck=0", "cgocheck=1, the default", "GOEXPERIMENT=cgocheck2"}, lines) {
		return
	}
	var said []string
	for k, setting := range settings {
		if effects[k] != nil {
			said = append(said, fmt.Sprintf("Against cgocheck=0, %s takes: %s", setting, grouped(labels[k], effects[k])))
		}
	}
	if said == nil {
		said = []string{"There is nothing to compare"}
	}
	t.Say("%s.", strings.Join(said, ". "))
}

func (t *knobTables) withoutCgo() {
	calls := []struct{ label, kernel, change string }{
		{"purego RegisterFunc (no argument)", "noop", "via=purego"},
		{"purego SyscallN (no argument)", "noop", "via=syscalln"},
		{"purego RegisterFunc (array)", "first", "via=purego"},
		{knobLabels["call"], "call", "via=direct"},
	}
	var lines [][]string
	var labels []string
	var effects []record.Effect
	for _, c := range calls {
		with, without := t.Find(c.kernel, c.change, "cgocheck=1"), t.Find(c.kernel, c.change, "cgo=0")
		if without == nil {
			continue
		}
		floor := t.Floor(c.kernel, c.change, "cgocheck=1")
		lines = append(lines, []string{c.label, t.cell(with, with, 0), t.cell(without, with, floor)})
		if e, ok := record.EffectOf(without, with, floor); ok {
			labels, effects = append(labels, c.label), append(effects, e)
		}
	}
	if !t.Lines("A program built without cgo: ns a call, ratio to one built with it, allocated",
		[]string{"call", "CGO_ENABLED=1", "CGO_ENABLED=0"}, lines) {
		return
	}
	if effects == nil {
		t.Say("There is nothing to compare.")
		return
	}
	t.Say("Built without cgo a call takes, against the same built with it: %s.", grouped(labels, effects))
}

func (t *knobTables) collector() {
	calls := []struct {
		label, kernel string
		changes       []string
	}{
		{knobLabels["work"], "work", nil},
		{"cgo (no argument)", "noop", nil},
		{"cgo (array)", "first", nil},
		{"cgo (array in a local variable)", "first", []string{"memory=stack"}},
		{"cgo (struct, its target pinned for each call)", "struct", []string{"memory=pinned-each"}},
		{"purego RegisterFunc (no argument)", "noop", []string{"via=purego"}},
	}
	var lines [][]string
	var own []float64 // ratios of Go's own work
	var as, beyond []string
	for _, c := range calls {
		idle := t.Find(c.kernel, append(slices.Clone(c.changes), "gc=idle")...)
		hard := t.Find(c.kernel, append(slices.Clone(c.changes), "gc=hard")...)
		lines = append(lines, []string{c.label, t.cell(idle, idle, 0), t.cell(hard, idle, 0)})
		if _, ok := record.EffectOf(hard, idle, 0); !ok {
			continue
		}
		ratios := hard.Wall()
		for k, ns := range idle.Wall() {
			ratios[k] /= ns
		}
		switch {
		case c.kernel == "work":
			own = ratios
		case len(own) != len(ratios):
		default:
			if ratio := measure.Ratio(ratios, own); ratio.Differs(0) {
				beyond = append(beyond, fmt.Sprintf("%s %.2f times that", c.label, ratio.Median))
			} else {
				as = append(as, c.label)
			}
		}
	}
	if !t.Lines("Garbage collected all the time, on a live heap of 32 MiB: ns a call, ratio to an idle collector, allocated",
		[]string{"call", "collector idle", "collector running"}, lines) {
		return
	}
	if own == nil {
		t.Say("There is no work of Go's own to compare the calls with.")
		return
	}
	text := fmt.Sprintf("While garbage is collected Go's own work takes %.2f times its time", measure.Median(own).Median)
	if as != nil {
		text += fmt.Sprintf("; the factor does not differ from that beyond noise for %s", page.Joined(as))
	}
	if beyond != nil {
		text += "; it is for " + page.Joined(beyond)
	}
	t.Say("%s.", text)
}
