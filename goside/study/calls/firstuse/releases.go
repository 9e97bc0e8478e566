// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study/releases"
)

// publishedRatio is the ratio that the release notes of Go 1.26 give: "The baseline runtime overhead of cgo calls has
// been reduced by ~30%" (https://go.dev/doc/go1.26).
const publishedRatio = 0.70

// releaseTables prints what calls cost in a program built by an older and by a newer Go.
func releaseTables(p *page.Page) {
	rows := p.Rows(toolchainsName)
	if len(rows) == 0 {
		return
	}
	p.Heading("Versions of Go")
	if releases.Base(rows) != "" {
		releases.Table(p, rows)
		return
	}
	pairTables(p, rows)
}

// pairTables prints what a record of an older and a newer release shows, in which no release is said to be in use.
func pairTables(p *page.Page, rows []*record.Row) {
	var versions []string
	for _, r := range rows {
		versions = record.AppendNew(versions, r.Get("go"))
	}
	older, newer := versions[0], versions[len(versions)-1]
	header, heapHeader := []string{"call"}, []string{"call"}
	for _, release := range versions {
		header, heapHeader = append(header, "Go "+release), append(heapHeader, "B, Go "+release, "objects")
	}
	if older != newer {
		header = append(header, "change", "noise floor")
	}
	var lines, heap [][]page.Cell
	var said []string
	for _, r := range record.Find(rows, "/go:%q", older) {
		line, heapLine := page.Words(r.Op+" "+r.Route()), page.Words(r.Op+" "+r.Route())
		for _, release := range versions {
			built := ofRelease(rows, r, release)
			if built == nil {
				line, heapLine = append(line, page.Cell{}), append(heapLine, page.Words("", "")...)
				continue
			}
			wall := measure.Median(built.Wall())
			bytes, objects := built.Allocated()
			line = append(line, page.Figure(page.TimeAndSpread(wall), built))
			heapLine = append(heapLine, page.Figure(fmt.Sprintf("%.0f", bytes), built), page.Figure(fmt.Sprintf("%.0f", objects), built))
		}
		if ratio, ok := record.WallRatio(ofRelease(rows, r, newer), r); ok && older != newer {
			call := ofCall(rows, r)
			floor := record.Floor(call)
			change, noise := changeText(ratio, floor)
			line = append(line, page.Figure(change, ofRelease(rows, r, newer), r), page.Figure(noise, call...))
			said = append(said, r.Op+" "+r.Route()+": "+changed(ratio, floor)+claimed(r, older, newer, ratio))
		}
		lines, heap = append(lines, line), append(heap, heapLine)
	}
	p.Grid("Time of a call, by the release that built the program", header, lines)
	p.Tell(prose, "releases", page.InRounds(rows[0]))
	p.Grid("Go's heap, by a call", heapHeader, heap)
	var sentences []string
	if said != nil {
		sentences = append(sentences, fmt.Sprintf("Go %s relative to Go %s: %s.", newer, older, strings.Join(said, "; ")))
	}
	if missing := rows[0].Facts["missing"]; missing != "" {
		sentences = append(sentences, "Missing: "+missing+".")
	}
	if sentences != nil {
		p.Explain(strings.Join(sentences, " "))
	}
}

// ofCall returns the rows of the same call, built by any release, both entries.
func ofCall(rows []*record.Row, like *record.Row) []*record.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r *record.Row) bool {
		return r.Op != like.Op || r.Route() != like.Route()
	})
}

// ofRelease returns the row of the same call, built by that release, or nil.
func ofRelease(rows []*record.Row, like *record.Row, release string) *record.Row {
	return record.First(rows, "/op:%q /lang:%q /via:%q /go:%q", like.Op, like.Lang, like.Via, release)
}

// changeText shows a ratio of times as a change, and the noise floor.
func changeText(ratio measure.Interval, floor float64) (change, noise string) {
	noise = "unknown"
	if !math.IsInf(floor, 0) {
		noise = fmt.Sprintf("± %.1f%%", 100*floor)
	}
	if math.IsInf(ratio.Hi, 0) || math.IsInf(ratio.Lo, 0) {
		return page.Change(ratio.Median) + " (too few rounds)", noise
	}
	return fmt.Sprintf("%s (%s to %s)", page.Change(ratio.Median), page.Change(ratio.Lo), page.Change(ratio.Hi)), noise
}

// changed says what a ratio of times shows.
func changed(ratio measure.Interval, floor float64) string {
	switch {
	case math.IsInf(ratio.Hi, 0) || math.IsInf(ratio.Lo, 0):
		return "too few rounds to say"
	case math.IsInf(floor, 0):
		return "a noise floor of unknown size, so no difference can be told"
	case !ratio.Differs(floor):
		return "no measurable difference"
	case ratio.Median < 1:
		return fmt.Sprintf("%.0f%% less time", 100*(1-ratio.Median))
	}
	return fmt.Sprintf("%.0f%% more time", 100*(ratio.Median-1))
}

// claimed says how the change of a no-op by cgo from Go 1.25 to 1.26 stands to the published one; nothing of
// other calls and releases, or of too few rounds.
func claimed(r *record.Row, older, newer string, ratio measure.Interval) string {
	if r.Op != "noop" || r.Via != "cgo" || !strings.HasPrefix(older, "1.25") || !strings.HasPrefix(newer, "1.26") ||
		math.IsInf(ratio.Hi, 0) || math.IsInf(ratio.Lo, 0) {
		return ""
	}
	published := page.Change(publishedRatio)
	switch {
	case ratio.Lo > publishedRatio:
		return fmt.Sprintf(" (a smaller change than the published %s, which is outside its interval)", published)
	case ratio.Hi < publishedRatio:
		return fmt.Sprintf(" (a greater change than the published %s, which is outside its interval)", published)
	}
	return fmt.Sprintf(" (its interval contains the published %s)", published)
}
