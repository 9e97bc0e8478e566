// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
)

// Beyond these a warning is given: the part of all cores' time that others may take, the step of the clock, and
// how many of the worst series are named.
const (
	warnOthers = 5.0 // per cent
	warnStep   = time.Microsecond
	worst      = 3
)

// Warnings says what may be wrong with the figures.
func (p *Page) Warnings() {
	all := Warnings(p.Record)
	if len(all) == 0 {
		return
	}
	for k := range all {
		all[k] = "Warning: " + all[k] + "."
	}
	if p.HTML != nil {
		p.List(all)
		return
	}
	for _, w := range all {
		if p.Markdown {
			fmt.Fprintf(p, "- %s\n", w)
		} else {
			p.Explain(w)
		}
	}
}

// Warnings returns what a record itself says against its figures: an interrupted run, a loaded machine, unstable series, a coarse
// clock, garbage collected while the clock ran.
func Warnings(rec *record.Record) []string {
	var all []string
	warn := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if interrupted := rec.Get("interrupted"); interrupted != "" {
		warn("the run was cut short %s", interrupted)
	}
	// Counts are the same on a loaded machine.
	timed := func(r record.Row) bool { return slices.Max(r.Wall()) > 0 }
	if others := rec.Get("others"); others != "" && slices.ContainsFunc(rec.Rows, timed) {
		for part := range strings.SplitSeq(others, ", ") {
			percent, who, _ := strings.Cut(part, "% ")
			if share, err := strconv.ParseFloat(percent, 64); err == nil && share > warnOthers {
				switch who {
				case "host":
					warn("the host of this virtual machine took %s%% of its cores' time", percent)
				default:
					warn("other processes took %s%% of all cores' time", percent)
				}
			}
		}
	}
	if step, err := time.ParseDuration(rec.Get("clock-step")); err == nil && step > warnStep {
		warn("the clock is coarse, with steps of %v; batches were made as long as %s", step, rec.Get("batch"))
	}
	if collections := rec.Get("collections"); collections != "" && collections != "0" {
		warn("garbage was collected %s times while the clock ran", collections)
	}
	type series struct {
		name string
		half float64
	}
	var unstable []series
	var fast []string // rows faster than their limit
	limits, shares := rec.Limits(), 0
	rows, rounds := 0, record.Fewest
	for k := range rec.Rows {
		r := &rec.Rows[k]
		if r.Study == record.LimitsName || r.Again() || r.Incidental() {
			continue
		}
		rows++
		rounds = min(rounds, len(r.Samples))
		name := strings.TrimSpace(r.What()+" "+r.Layout) + " of " + r.Route()
		if s := measure.Median(r.Wall()); s.Unstable() {
			unstable = append(unstable, series{name, s.Half()})
		}
		if share, _, ok := limits.Share(r); ok {
			shares++
			if record.Beyond(share) {
				fast = append(fast, fmt.Sprintf("%s (%s)", name, ShareText(share)))
			}
		}
	}
	if rounds < record.Fewest {
		warn("%d rounds are too few for intervals, want at least %d", rounds, record.Fewest)
	} else if len(unstable) > 0 {
		slices.SortStableFunc(unstable, func(a, b series) int { return cmp.Compare(b.half, a.half) })
		var named []string
		for _, s := range unstable[:min(worst, len(unstable))] {
			named = append(named, fmt.Sprintf("%s (±%.0f%%)", s.name, 100*s.half))
		}
		warn("%d of %d series are unstable, the worst: %s; more rounds or a quieter machine would help", len(unstable), rows, strings.Join(named, ", "))
	}
	if fast != nil {
		warn("%d of %d shares are above 100 %%, beyond their intervals, so the loops that measured their limits did not reach them: %s", len(fast), shares, strings.Join(fast, ", "))
	}
	return all
}
