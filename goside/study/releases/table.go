// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package releases

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// titles say what the calls of Toll's own program are.
var titles = map[string]string{
	"not/direct": "plain Go call", "noop/cgo": "no-op", "not/cgo": "integer", "first/cgo": "slice", "sum/cgo": "4 KiB slice",
	"callback/cgo": "callback",
}

// title says what a row's call is.
func title(r *record.Row) string {
	if t, ok := titles[r.Op+"/"+r.Via]; ok && r.Study == Benchmark {
		return t
	}
	return r.Op
}

// Benchmark is what calls of Toll's own functions are named by, in programs that several releases built.
const Benchmark = "Toolchains"

// Base returns the release that the rows' others are held to, "" in a record of before there was one.
func Base(rows []*record.Row) string {
	if len(rows) == 0 {
		return ""
	}
	return rows[0].Facts["go-base"]
}

// inWords names a release in a sentence: "Go 1.26.8", "gccgo-12.2.0".
func inWords(version string) string {
	if strings.HasPrefix(version, gccgo) {
		return version
	}
	return "Go " + version
}

// Change is what a call takes in a program of another release, relative to the one that it is held to.
type Change struct {
	Base, Other *record.Row
	record.Effect
}

// Changes returns those of the rows, call by call.
func Changes(rows []*record.Row) []Change {
	var all []Change
	for _, call := range calls(rows) {
		base := record.First(call, "/go:%q", Base(rows))
		floor := record.Floor(call)
		for _, r := range call {
			if e, ok := record.EffectOf(r, base, floor); ok && r != base && r.Entry == "" {
				all = append(all, Change{base, r, e})
			}
		}
	}
	return all
}

// calls returns the rows by call, each with both entries.
func calls(rows []*record.Row) [][]*record.Row {
	var all [][]*record.Row
	for _, r := range rows {
		same := func(call []*record.Row) bool {
			return call[0].Study == r.Study && call[0].Op == r.Op && call[0].Route() == r.Route() && call[0].N == r.N
		}
		if k := slices.IndexFunc(all, same); k >= 0 {
			all[k] = append(all[k], r)
		} else {
			all = append(all, []*record.Row{r})
		}
	}
	return all
}

// standing says what the release is that others are held to.
func standing(base *record.Row) string {
	if strings.Contains(base.Facts["go-from"], base.Get("go")+" ("+InUse) {
		return InUse
	}
	return "the base"
}

// Table prints what calls take, by release: the time of the release that others are held to, and relative to it. It prints
// nothing of a record that has none.
func Table(p *page.Page, rows []*record.Row) {
	base := Base(rows)
	if base == "" {
		return
	}
	header := []string{"Go"}
	var versions, floors, allocate []string
	for _, call := range calls(rows) {
		header = append(header, title(call[0]))
		floors = append(floors, title(call[0])+" "+page.FloorText(record.Floor(call)))
		for _, r := range call {
			versions = record.AppendNew(versions, r.Get("go"))
			if bytes, objects := r.Allocated(); objects >= 0.5 && r.Entry == "" {
				allocate = append(allocate, fmt.Sprintf("%s with %s %.0f B in %s", title(r), inWords(r.Get("go")), bytes, page.Count(fmt.Sprintf("%.0f", objects), "object")))
			}
		}
	}
	slices.SortFunc(versions, compare)
	changes := Changes(rows)
	lines := make([][]page.Cell, len(versions))
	for k, version := range versions {
		lines[k] = page.Words(version)
		for _, call := range calls(rows) {
			r := record.First(call, "/go:%q", version)
			cell := page.Cell{}
			if version == base && r != nil {
				lines[k][0] = page.Word(version + ", " + standing(r))
				cell = page.Figure(page.TimeAndSpread(measure.Median(r.Wall())), r)
			} else if c := slices.IndexFunc(changes, func(c Change) bool { return c.Other == r }); r != nil && c >= 0 {
				cell = page.Figure(page.Relative(changes[c].Ratio, changes[c].Differs), r, changes[c].Base)
			}
			lines[k] = append(lines[k], cell)
		}
	}
	p.Grid("Time of a call, by the release that built the program", header, lines)
	p.Tell(prose, "table", map[string]any{"Rounds": page.InRounds(rows[0]), "Base": base, "Floors": strings.Join(floors, ", "),
		"From": rows[0].Facts["go-from"], "Allocate": strings.Join(allocate, "; "), "GCC": strings.HasPrefix(versions[len(versions)-1], gccgo), "Missing": rows[0].Facts["missing"]})
}

// Answer says how the releases stand to the one that others are held to, for these operations through cgo. It says nothing of a
// record without.
func Answer(rows []*record.Row, operations ...string) string {
	var sentences []string
	for _, op := range operations {
		var base *record.Row
		var differ, same []string
		for _, c := range Changes(rows) {
			if c.Base.Op != op || c.Base.Via != "cgo" {
				continue
			}
			base = c.Base
			name := inWords(c.Other.Get("go"))
			switch times := page.Factor(c.Ratio.Median) + " times"; {
			case !c.Differs:
				same = append(same, name)
			case differ == nil:
				differ = append(differ, name+" takes "+times+" as long")
			default:
				differ = append(differ, name+" "+times)
			}
		}
		if base == nil {
			continue
		}
		what := title(base)
		if base.Study == Benchmark {
			what = page.WithArticle(what)
		}
		sentences = append(sentences, fmt.Sprintf("With %s, %s takes %s.", inWords(base.Get("go")), what, page.InWords(measure.Median(base.Wall()), page.Nanoseconds)))
		parts := []string{}
		if differ != nil {
			parts = append(parts, page.Joined(differ))
		}
		if len(same) == 1 {
			parts = append(parts, same[0]+" makes no measurable difference")
		} else if same != nil {
			parts = append(parts, page.Joined(same)+" make no measurable difference")
		}
		sentences = append(sentences, strings.Join(parts, "; ")+".")
	}
	return strings.Join(sentences, " ")
}
