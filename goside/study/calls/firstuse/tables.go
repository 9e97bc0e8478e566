// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// StartTables prints what a crossing costs before it is used for the second time: at start, in the file and in
// building, and whether it cross-compiles.
func StartTables(p *page.Page) {
	u := &firstUsePrinter{Page: p, parts: map[string][]*record.Row{}}
	for _, r := range p.Rows(firstUseName) {
		u.parts[r.What()] = append(u.parts[r.What()], r)
	}
	if len(u.parts["start"]) == 0 {
		return
	}
	p.Heading("First use")
	u.start()
	u.size()
	u.build()
	u.cross()
}

type firstUsePrinter struct {
	*page.Page
	parts map[string][]*record.Row // by what was measured; the first of each is the plain Go program
}

// start prints the steps up to a later call.
func (u *firstUsePrinter) start() {
	rows := u.parts["start"]
	header := []string{"program", "start", "added", "dlopen", "lookup", "registration", "first call", "second",
		"1000th", "exit", "in all", "heap per call"}
	units := []string{"dlopen-ns", "dlsym-ns", "register-ns", "call1-ns", "call2-ns", "call1000-ns"}
	var lines [][]string
	var added, before, first []ofProgram
	for _, r := range rows {
		wall := measure.Median(r.Wall())
		line := []string{r.Via, page.Nanoseconds(wall.Median) + " " + strings.TrimSpace(page.Spread(wall))}
		line, added = addedCell(line, added, r, rows[0], r.Wall(), rows[0].Wall(), page.Nanoseconds)
		var ready float64
		for k, unit := range units {
			ns, ok := step(r, unit)
			cell := ""
			if ok {
				cell = page.Nanoseconds(ns.Median)
				if ns.Median == 0 {
					cell = "~0"
				}
			}
			if k < 3 { // before the first call
				ready += ns.Median
			}
			line = append(line, cell)
		}
		if ready > 0 {
			before = append(before, ofProgram{r.Via, measure.Interval{Median: ready}})
		}
		call, _ := step(r, "call1-ns")
		later, _ := step(r, "call1000-ns")
		first = append(first, ofProgram{r.Via, measure.Interval{Median: call.Median - later.Median}})
		lines = append(lines, append(line, page.Nanoseconds(r.More("exit-ns").Median), page.Nanoseconds(r.More("total-ns").Median),
			page.Allocations(r)))
	}
	u.Grid("A small program's start, first steps and first calls", header, lines)
	sentence := fmt.Sprintf("Median of %s. Start: from just before the program is started to its first statement; "+
		"added: to the plain Go program's, within rounds (~: the interval holds 0). The clock's own cost, %s, is "+
		"taken off each step, and ~0 is what then does not show.", page.InRounds(rows[0]), page.Nanoseconds(rows[0].More("clock-ns").Median))
	if len(added) > 0 {
		sentence += " To the start, " + ranked(added, page.Nanoseconds) + "."
	}
	if len(before) > 0 {
		sentence += " To load, look up and register one function takes " + leastToMost(before, page.Nanoseconds) + "."
	}
	u.Say("%s A first call takes longer than the 1000th by %s.", sentence, leastToMost(first, page.Nanoseconds))
}

// size prints what the files hold.
func (u *firstUsePrinter) size() {
	rows := u.parts["start"]
	var lines [][]string
	var added []ofProgram
	plain := rows[0]
	for _, r := range rows {
		line := []string{r.Via}
		for _, unit := range []string{"size-bytes", "loaded-bytes"} {
			of := func(s *measure.Sample) float64 { return s.Get(unit) }
			line = append(line, page.Megabytes(r.More(unit).Median))
			var figures []ofProgram
			line, figures = addedCell(line, nil, r, plain, r.Values(of), plain.Values(of), page.Megabytes)
			if unit == "loaded-bytes" {
				added = append(added, figures...)
			}
		}
		lines = append(lines, append(line, r.Facts["needs"]))
	}
	u.Grid("Size of the program", []string{"program", "file", "added", "loaded", "added", "shared libraries"}, lines)
	sentence := "Loaded is the file without what only debuggers read."
	if len(added) > 0 {
		sentence += " To it, " + ranked(added, page.Megabytes) + "."
	}
	u.Say("%s", sentence)
}

// build prints how long building takes.
func (u *firstUsePrinter) build() {
	kinds := []struct{ kernel, title string }{
		{"link", "linked again"}, {"compile", "compiled and linked again"}, {"cold", "all, cache empty"},
	}
	header := []string{"program"}
	lines := map[string][]string{}
	var said []string
	for _, kind := range kinds {
		rows := u.parts[kind.kernel]
		if len(rows) == 0 {
			continue
		}
		header = append(header, kind.title, "added")
		var added []ofProgram
		for _, r := range rows {
			line := append(lines[r.Via], page.Nanoseconds(measure.Median(r.Wall()).Median))
			lines[r.Via], added = addedCell(line, added, r, rows[0], r.Wall(), rows[0].Wall(), page.Nanoseconds)
		}
		text := fmt.Sprintf("%s (median of %s)", kind.title, page.InRounds(rows[0]))
		switch {
		case len(rows[0].Samples) == 1:
			text += ", too few to tell a difference from noise"
		case len(added) > 0:
			text += ", " + ranked(added, page.Nanoseconds)
		}
		said = append(said, text)
	}
	var table [][]string
	for _, r := range u.parts["start"] {
		if line := lines[r.Via]; len(line) == 2*len(said) && len(said) > 0 {
			table = append(table, append([]string{r.Via}, line...))
		}
	}
	if len(table) == 0 {
		return
	}
	u.Grid("Time to build the program", header, table)
	u.Say("Time of go build: %s. (~: the interval holds 0, or with fewer than six rounds, the two programs' times "+
		"overlap.)", strings.Join(said, "; "))
}

// cross prints for what the programs could be compiled.
func (u *firstUsePrinter) cross() {
	header := []string{"program"}
	var keys []string
	for key := range u.parts["start"][0].Facts {
		if strings.HasPrefix(key, "cross-") {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return
	}
	slices.Sort(keys)
	for _, key := range keys {
		header = append(header, strings.ReplaceAll(strings.TrimPrefix(key, "cross-"), "-", "/"))
	}
	var lines [][]string
	var everywhere, said []string
	for _, r := range u.parts["start"] {
		line, fails := []string{r.Via}, false
		for _, key := range keys {
			result := r.Facts[key]
			switch {
			case result == "ok":
				line = append(line, "ok")
				continue
			case strings.HasPrefix(result, "unknown"):
				line = append(line, "unknown")
			case strings.HasPrefix(result, "this machine"):
				line = append(line, "not crossed")
				continue
			default:
				line = append(line, "no")
			}
			fails = true
			if text := r.Via + ": “" + result + "”"; !slices.Contains(said, text) {
				said = append(said, text)
			}
		}
		if !fails {
			everywhere = append(everywhere, r.Via)
		}
		lines = append(lines, line)
	}
	u.Grid("Cross-compiled by go build with GOOS and GOARCH alone", header, lines)
	names := "None"
	if len(everywhere) > 0 {
		names = strings.Join(everywhere, ", ")
	}
	sentence := fmt.Sprintf("Cross-compiled for all that was tried: %s.", names)
	if len(said) > 0 {
		sentence += " Else the go command says, " + strings.Join(said, "; ") + "."
	}
	u.Say("%s", sentence)
}

// step returns what a step took, the clock's cost taken off, and whether the program has that step.
func step(r *record.Row, unit string) (measure.Interval, bool) {
	if r.More(unit).Median == 0 {
		return measure.Interval{}, false
	}
	return measure.Median(r.Values(func(s *measure.Sample) float64 { return max(0, s.Get(unit)-s.Get("clock-ns")) })), true
}

// ofProgram is a figure of one program.
type ofProgram struct {
	program string
	measure.Interval
}

// addedCell appends a cell with what a row has more than the plain program's, and the figure; an empty cell and
// none for the plain program itself.
func addedCell(line []string, figures []ofProgram, r, plain *record.Row, values, base []float64,
	show func(float64) string) ([]string, []ofProgram) {
	if r == plain || len(values) != len(base) {
		return append(line, ""), figures
	}
	difference := record.Differences(values, base)
	cell := page.WithSign(difference.Median, show)
	if !record.Certain(difference) {
		cell = "~" + cell
	}
	return append(line, cell), append(figures, ofProgram{r.Via, difference})
}

// ranked says between what the programs add, whether the ends of that are told apart, and for which it is not certain
// that they add anything.
func ranked(added []ofProgram, show func(float64) string) string {
	var sure []ofProgram
	var unsure []string
	for _, f := range added {
		if record.Certain(f.Interval) {
			sure = append(sure, f)
		} else {
			unsure = append(unsure, f.program)
		}
	}
	if len(sure) == 0 {
		return "no crossing is seen to make a difference"
	}
	slices.SortStableFunc(sure, func(a, b ofProgram) int { return cmp.Compare(b.Median, a.Median) })
	most, least := sure[0], sure[len(sure)-1]
	text := fmt.Sprintf("%s adds %s", most.program, page.WithSign(most.Median, show))
	if len(sure) > 1 {
		text = fmt.Sprintf("the crossings add %s (%s) to %s (%s)", page.WithSign(least.Median, show), least.program,
			page.WithSign(most.Median, show), most.program)
		if least.Hi >= most.Lo {
			text += ", which are not told apart"
		}
	}
	if len(unsure) > 0 {
		text += ", while no difference is seen for " + strings.Join(unsure, " and ")
	}
	return text
}

// leastToMost returns the least and the greatest figure, and whose they are.
func leastToMost(figures []ofProgram, show func(float64) string) string {
	least := slices.MinFunc(figures, func(a, b ofProgram) int { return cmp.Compare(a.Median, b.Median) })
	most := slices.MaxFunc(figures, func(a, b ofProgram) int { return cmp.Compare(a.Median, b.Median) })
	plain := func(f ofProgram) string {
		if f.Median < 0 {
			return "−" + show(-f.Median)
		}
		return show(f.Median)
	}
	if least.program == most.program {
		return fmt.Sprintf("%s (%s)", plain(most), most.program)
	}
	return fmt.Sprintf("%s (%s) to %s (%s)", plain(least), least.program, plain(most), most.program)
}

// publishedRatio is the ratio that the release notes of Go 1.26 give: "The baseline runtime overhead of cgo calls has
// been reduced by ~30%" (https://go.dev/doc/go1.26).
const publishedRatio = 0.70

// ToolchainTables prints what calls cost in a program built by an older and by a newer Go.
func ToolchainTables(p *page.Page) {
	rows := p.Rows(toolchainsName)
	if len(rows) == 0 {
		return
	}
	p.Heading("Versions of Go")
	var versions []string
	for _, r := range rows {
		if !slices.Contains(versions, r.Facts["go"]) {
			versions = append(versions, r.Facts["go"])
		}
	}
	find := func(like *record.Row, lang, version string) *record.Row {
		for _, r := range rows {
			if r.What() == like.What() && r.Via == like.Via && r.Lang == lang && r.Facts["go"] == version {
				return r
			}
		}
		return nil
	}
	older, newer := versions[0], versions[len(versions)-1]
	header := []string{"call"}
	for _, v := range versions {
		header = append(header, "Go "+v, "heap per call")
	}
	if older != newer {
		header = append(header, "change", "noise floor")
	}
	var lines [][]string
	var said []string
	for _, r := range rows {
		if r.Facts["go"] != older || r.Again() {
			continue
		}
		call := r.What() + " " + r.Route()
		line := []string{call}
		for _, v := range versions {
			built := find(r, r.Lang, v)
			if built == nil {
				line = append(line, "", "")
				continue
			}
			wall := measure.Median(built.Wall())
			line = append(line, page.Nanoseconds(wall.Median)+" "+strings.TrimSpace(page.Spread(wall)), page.Allocations(built))
		}
		if built := find(r, r.Lang, newer); older != newer && built != nil && len(built.Samples) == len(r.Samples) {
			floor := 0.0
			floorCell := ""
			if twice := find(r, r.Lang+record.Again, older); twice != nil && len(twice.Samples) == len(r.Samples) {
				floor = measure.Ratio(twice.Wall(), r.Wall()).Floor()
				floorCell = fmt.Sprintf("± %.1f%%", 100*floor)
			}
			ratio := measure.Ratio(built.Wall(), r.Wall())
			if math.IsInf(ratio.Hi, 0) || math.IsInf(ratio.Lo, 0) {
				line = append(line, page.Percent(ratio.Median)+" (too few rounds)", "")
				said = append(said, call+": too few rounds to say")
			} else {
				line = append(line, fmt.Sprintf("%s (%s to %s)", page.Percent(ratio.Median), page.Percent(ratio.Lo), page.Percent(ratio.Hi)), floorCell)
				said = append(said, call+": "+changed(ratio, floor)+claimed(r, older, newer, ratio))
			}
		}
		lines = append(lines, line)
	}
	p.Grid("Calls written in place, built by each version", header, lines)
	sentence := fmt.Sprintf("Median of %s, in each of which the programs ran in random order.", page.InRounds(rows[0]))
	if len(said) > 0 {
		sentence += fmt.Sprintf(" Go %s beside %s, %s.", newer, older, strings.Join(said, "; "))
	}
	if missing := rows[0].Facts["missing"]; missing != "" {
		sentence += " Missing, " + missing + "."
	}
	p.Say("%s", sentence)
}

// changed says what a ratio of times shows.
func changed(ratio measure.Interval, floor float64) string {
	switch {
	case !ratio.Differs(floor):
		return "no difference beyond noise"
	case ratio.Median < 1:
		return fmt.Sprintf("%.0f%% less time", 100*(1-ratio.Median))
	}
	return fmt.Sprintf("%.0f%% more time", 100*(ratio.Median-1))
}

// claimed says how the change of a no-op by cgo from Go 1.25 to 1.26 stands to the published one; nothing of
// other calls and versions.
func claimed(r *record.Row, older, newer string, ratio measure.Interval) string {
	if r.What() != "noop" || r.Via != "cgo" || !strings.HasPrefix(older, "1.25") || !strings.HasPrefix(newer, "1.26") {
		return ""
	}
	claim := page.Percent(publishedRatio)
	switch {
	case ratio.Lo > publishedRatio:
		return fmt.Sprintf(" (the change is smaller than the published %s, which its interval leaves out)", claim)
	case ratio.Hi < publishedRatio:
		return fmt.Sprintf(" (the change is greater than the published %s, which its interval leaves out)", claim)
	}
	return fmt.Sprintf(" (its interval holds the published %s)", claim)
}
