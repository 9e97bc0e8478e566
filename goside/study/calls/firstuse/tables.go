// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/via/process"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// firstUseTables prints what a crossing costs before it is used for the second time: at start, in the file and in
// building, and whether it cross-compiles.
func firstUseTables(p *page.Page) {
	rows := p.Rows(firstUseName)
	start := record.Find(rows, "/op:start")
	if len(start) == 0 {
		return
	}
	p.Heading("First use")
	startTable(p, start)
	stepTable(p, start)
	sizeTable(p, start)
	buildTable(p, start, rows)
	crossTable(p, start)
}

// The tables' rows are those of the programs; the first is the plain Go program.

// startTable prints how long programs take to start and to end.
func startTable(p *page.Page, rows []*record.Row) {
	var lines [][]page.Cell
	var added []ofProgram
	for _, r := range rows {
		wall := measure.Median(r.Wall())
		cell, figures := addedTo(rows[0], r, (*record.Row).Wall, page.Nanoseconds)
		added = append(added, figures...)
		lines = append(lines, []page.Cell{
			page.Word(r.Via), page.Figure(page.TimeAndSpread(wall), r), cell, page.Figure(page.Nanoseconds(r.More("exit-ns").Median), r),
			page.Figure(page.Nanoseconds(r.More("total-ns").Median), r),
		})
	}
	p.Grid("A small program's start and end", []string{"program", "start", "added", "exit", "in all"}, lines)
	p.Tell(prose, "start", map[string]string{"Rounds": page.InRounds(rows[0])})
	if added != nil {
		p.Say("Time to start: %s.", addedText(added, page.Nanoseconds))
	}
}

// stepTable prints the steps up to a later call.
func stepTable(p *page.Page, rows []*record.Row) {
	preparing := []string{"dlopen-ns", "dlsym-ns", "register-ns"}
	var lines [][]page.Cell
	var before, first []ofProgram
	for _, r := range rows {
		line := page.Words(r.Via)
		var ready float64
		for _, unit := range append(slices.Clone(preparing), "call1-ns", "call2-ns", "call1000-ns") {
			ns, ok := step(r, unit)
			cell := ""
			if ok && ns.Median == 0 {
				cell = "~0"
			} else if ok {
				cell = page.Nanoseconds(ns.Median)
			}
			if slices.Contains(preparing, unit) {
				ready += ns.Median
			}
			line = append(line, page.Figure(cell, r))
		}
		if ready > 0 {
			before = append(before, ofProgram{r.Via, measure.Interval{Median: ready}})
		}
		call, _ := step(r, "call1-ns")
		later, _ := step(r, "call1000-ns")
		first = append(first, ofProgram{r.Via, measure.Interval{Median: call.Median - later.Median}})
		bytes, objects := r.Allocated()
		lines = append(lines, append(line, page.Figure(fmt.Sprintf("%.0f", bytes), r), page.Figure(fmt.Sprintf("%.0f", objects), r)))
	}
	p.Grid("First steps and first calls", []string{
		"program", "dlopen", "lookup", "registration", "first call", "second", "1000th", "B", "objects",
	}, lines)
	clock := page.Nanoseconds(rows[0].More("clock-ns").Median)
	p.Tell(prose, "steps", map[string]string{"Rounds": page.InRounds(rows[0]), "Clock": clock})
	said := "First call beyond the 1000th: " + leastToMost(first, page.Nanoseconds) + "."
	if before != nil {
		said = "To load, look up and register one function: " + leastToMost(before, page.Nanoseconds) + ". " + said
	}
	p.Explain(said)
}

// sizeTable prints what the files hold.
func sizeTable(p *page.Page, rows []*record.Row) {
	var lines [][]page.Cell
	var added []ofProgram
	for _, r := range rows {
		line := page.Words(r.Via)
		for _, unit := range []string{"size-bytes", "loaded-bytes"} {
			cell, figures := addedTo(rows[0], r, valuesOf(unit), page.Megabytes)
			line = append(line, page.Figure(page.Megabytes(r.More(unit).Median), r), cell)
			if unit == "loaded-bytes" {
				added = append(added, figures...)
			}
		}
		lines = append(lines, append(line, page.Figure(r.Facts["needs"], r)))
	}
	p.Grid("Size of the program", []string{"program", "file", "added", "loaded", "added", "shared libraries"}, lines)
	p.Tell(prose, "size", nil)
	if added != nil {
		p.Say("Loaded size: %s.", addedText(added, page.Megabytes))
	}
}

// valuesOf returns a function that takes a figure from each sample of a row.
func valuesOf(unit string) func(*record.Row) []float64 {
	return func(r *record.Row) []float64 {
		return r.Values(func(s *measure.Sample) float64 { return s.Get(unit) })
	}
}

// buildTable prints how long building takes.
func buildTable(p *page.Page, programs, rows []*record.Row) {
	header := []string{"program"}
	lines := map[string][]page.Cell{}
	var said []string
	for _, kind := range []struct{ op, title string }{
		{"link", "Link"}, {"compile", "Compile and link"}, {"cold", "All, empty cache"},
	} {
		builds := record.Find(rows, "/op:%s", kind.op)
		if len(builds) == 0 {
			continue
		}
		header = append(header, kind.title, "added")
		var added []ofProgram
		for _, r := range builds {
			cell, figures := addedTo(builds[0], r, (*record.Row).Wall, page.Nanoseconds)
			added = append(added, figures...)
			lines[r.Via] = append(lines[r.Via], page.Figure(page.Nanoseconds(measure.Median(r.Wall()).Median), r), cell)
		}
		about := fmt.Sprintf("%s (%s)", kind.title, page.InRounds(builds[0]))
		switch {
		case len(builds[0].Samples) == 1:
			about += ": too few to tell a difference from noise"
		case added != nil:
			about += ": " + addedText(added, page.Nanoseconds)
		}
		said = append(said, about)
	}
	var table [][]page.Cell
	for _, r := range programs {
		if line := lines[r.Via]; len(line) == 2*len(said) && len(said) > 0 {
			table = append(table, append(page.Words(r.Via), line...))
		}
	}
	if table == nil {
		return
	}
	p.Grid("Time to build the program", header, table)
	p.Tell(prose, "build", nil)
	p.Explain(strings.Join(said, ". ") + ".")
}

// crossTable prints for what the programs could be compiled.
func crossTable(p *page.Page, rows []*record.Row) {
	var keys []string
	for key := range rows[0].Facts {
		if strings.HasPrefix(key, "cross-") {
			keys = append(keys, key)
		}
	}
	if keys == nil {
		return
	}
	slices.Sort(keys)
	header := []string{"program"}
	for _, key := range keys {
		header = append(header, strings.ReplaceAll(strings.TrimPrefix(key, "cross-"), "-", "/"))
	}
	var lines [][]page.Cell
	var everywhere, said []string
	for _, r := range rows {
		line, fails := page.Words(r.Via), false
		for _, key := range keys {
			cell, failed := crossCell(r.Facts[key])
			line = append(line, page.Figure(cell, r))
			if !failed {
				continue
			}
			fails = true
			if text := r.Via + ": “" + r.Facts[key] + "”"; !slices.Contains(said, text) {
				said = append(said, text)
			}
		}
		if !fails {
			everywhere = append(everywhere, r.Via)
		}
		lines = append(lines, line)
	}
	p.Grid("Cross-compiled by go build with GOOS and GOARCH alone", header, lines)
	sentence := "No program cross-compiles for all targets."
	if everywhere != nil {
		sentence = fmt.Sprintf("These cross-compile for all targets: %s.", strings.Join(everywhere, ", "))
	}
	if said != nil {
		sentence += " The go command says of the others, " + strings.Join(said, "; ") + "."
	}
	p.Explain(sentence)
}

// crossCell shows whether a program cross-compiles, and whether it failed.
func crossCell(result string) (cell string, failed bool) {
	switch {
	case result == "ok":
		return "ok", false
	case strings.HasPrefix(result, "this machine"):
		return "not crossed", false
	case strings.HasPrefix(result, "unknown"):
		return "unknown", true
	}
	return "no", true
}

// openingTable prints what opening a crossing takes, and the calls after it.
func openingTable(p *page.Page) {
	rows := record.Find(p.Rows(firstUseName), "/op:open")
	if len(rows) == 0 {
		return
	}
	var lines [][]page.Cell
	for _, r := range rows {
		label := page.CrossingLabel(r.Via)
		if toProcess(r) {
			label = r.Lang + "/" + r.Via
		}
		line := page.Words(label)
		for _, values := range []func(*record.Row) []float64{opened, called("call1-ns"), called("call2-ns"), valuesOf("warm-ns")} {
			cell := "~0"
			if ns := measure.Median(values(r)); ns.Median > 0 {
				cell = page.TimeAndSpread(ns)
			}
			line = append(line, page.Figure(cell, r))
		}
		lines = append(lines, append(line, page.Figure(page.Significant(worth(r)), r)))
	}
	p.Heading("Opening a crossing, and its first calls")
	p.Lines("", []string{"crossing", "opening", "first call", "second", "warm", "in warm calls"}, lines)
	p.Tell(prose, "opening", map[string]string{
		"Rounds": page.InRounds(rows[0]), "Calls": fmt.Sprint(warmCalls), "Clock": page.Nanoseconds(rows[0].More("clock-ns").Median),
	})
}

// toProcess reports whether a row is of a crossing to another process.
func toProcess(r *record.Row) bool {
	return slices.ContainsFunc(process.Calls(), func(c process.Opener) bool { return c.Lang == r.Lang && c.Via == r.Via })
}

// opened returns what opening took, the clock's cost taken off.
func opened(r *record.Row) []float64 {
	return r.Values(func(s *measure.Sample) float64 { return max(0, s.Wall-s.Get("clock-ns")) })
}

// called returns a function that returns what a call took, the clock's cost taken off.
func called(unit string) func(*record.Row) []float64 {
	return func(r *record.Row) []float64 {
		return r.Values(func(s *measure.Sample) float64 { return max(0, s.Get(unit)-s.Get("clock-ns")) })
	}
}

// worth returns how many warm calls opening and the first call take together.
func worth(r *record.Row) float64 {
	return record.MiddleOf(r.Values(func(s *measure.Sample) float64 {
		return (s.Wall + s.Get("call1-ns") - 2*s.Get("clock-ns")) / s.Get("warm-ns")
	}))
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

// addedTo shows what a row has more than the plain program's, and returns that figure; an empty cell and none for the plain
// program itself, or one of other rounds.
func addedTo(plain, r *record.Row, values func(*record.Row) []float64, show func(float64) string) (page.Cell, []ofProgram) {
	if r == plain || len(r.Samples) != len(plain.Samples) {
		return page.Cell{}, nil
	}
	difference := record.Differences(values(r), values(plain))
	cell := page.WithSign(difference.Median, show)
	if !record.Certain(difference) {
		cell = "~" + cell
	}
	return page.Figure(cell, r, plain), []ofProgram{{r.Via, difference}}
}

// addedText says between what the programs add, whether the ends of that are told apart, and which are indistinguishable
// from the plain program.
func addedText(added []ofProgram, show func(float64) string) string {
	var sure []ofProgram
	var unsure []string
	for _, f := range added {
		if record.Certain(f.Interval) {
			sure = append(sure, f)
		} else {
			unsure = append(unsure, f.program)
		}
	}
	if sure == nil {
		return "no crossing makes a measurable difference"
	}
	slices.SortStableFunc(sure, func(a, b ofProgram) int { return cmp.Compare(b.Median, a.Median) })
	most, least := sure[0], sure[len(sure)-1]
	text := fmt.Sprintf("%s adds %s", most.program, page.WithSign(most.Median, show))
	if len(sure) > 1 {
		text = fmt.Sprintf("the crossings add from %s (%s) to %s (%s)", page.WithSign(least.Median, show), least.program,
			page.WithSign(most.Median, show), most.program)
		if least.Hi >= most.Lo {
			text += ", which are indistinguishable"
		}
	}
	if unsure != nil {
		text += "; " + page.Joined(unsure) + " makes no measurable difference"
		if len(unsure) > 1 {
			text = strings.TrimSuffix(text, "makes no measurable difference") + "make no measurable difference"
		}
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
