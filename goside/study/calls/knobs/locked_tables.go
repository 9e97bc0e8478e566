// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"fmt"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// lockedPair is a call from a free goroutine and the same from a locked one.
type lockedPair struct {
	label        string
	free, locked *record.Row
	record.Effect
}

// lockedPairs returns the pairs that a record has. The noise floor of each is its own.
func lockedPairs(p *page.Page) (all []lockedPair) {
	rows := p.Rows(lockedName)
	for _, free := range record.Find(rows, "/thread:free") {
		load := free.Get("load")
		locked := record.First(rows, "/op:%s /load:%s /thread:locked", free.Op, load)
		floor := record.Floor(append(record.Find(rows, "/op:%s /load:%s /thread:free /entry:again", free.Op, load), free))
		if e, ok := record.EffectOf(locked, free, floor); ok {
			label := map[string]string{"noop": "no argument", "spin": "busy for 1 µs", "sleep": "asleep for 50 µs"}[free.Op]
			if load == "busy" {
				label += " beside others"
			}
			all = append(all, lockedPair{label, free, locked, e})
		}
	}
	return all
}

// lockedTables prints what calls from a locked goroutine take.
func lockedTables(p *page.Page) {
	pairs := lockedPairs(p)
	if pairs == nil {
		return
	}
	var lines [][]page.Cell
	var effects []labelled
	for _, l := range pairs {
		lines = append(lines, []page.Cell{
			page.Word(l.label), page.Figure(page.TimeAndSpread(measure.Median(l.free.Wall())), l.free),
			page.Figure(page.TimeAndSpread(measure.Median(l.locked.Wall())), l.locked),
			page.Figure(page.Relative(l.Ratio, l.Differs), l.locked, l.free),
		})
		effects = append(effects, labelled{l.label, l.Effect})
	}
	p.Heading("Calls from a goroutine that is locked to its thread")
	p.Tell(prose, "locked", nil)
	p.Grid("A call by cgo", []string{"call", "free", "locked", "relative"}, lines)
	p.Say("Locked, against free: %s.", grouped(effects))
}

// fasterLocked judges that LockOSThread makes calls faster.
func fasterLocked(p *page.Page) (found, verdict string) {
	pairs := lockedPairs(p)
	if pairs == nil {
		return "", ""
	}
	var parts []string
	faster, slower := 0, 0
	best := 1.0
	for _, l := range pairs {
		parts = append(parts, fmt.Sprintf("%s %s", l.label, page.Relative(l.Ratio, l.Differs)))
		switch {
		case !l.Differs:
		case l.Ratio.Median < 1:
			faster++
			best = min(best, l.Ratio.Median)
		default:
			slower++
		}
	}
	found = "time from a locked goroutine, relative to a free one: " + page.Joined(parts)
	switch {
	case faster > len(pairs)/2 && best <= 0.5:
		return found, "holds"
	case faster > 0:
		return found, fmt.Sprintf("does not hold in general: faster for %d of %d, by %.2f times the time at best", faster, len(pairs), best)
	case slower > 0:
		return found, fmt.Sprintf("does not hold: slower for %d of %d, faster for none", slower, len(pairs))
	}
	return found, "no difference beyond noise"
}
