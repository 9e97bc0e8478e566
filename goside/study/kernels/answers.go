// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernels

import (
	"fmt"
	"math"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// tuned is the language that ladders end at.
const tuned = "c-simd"

var answers = []page.Question{
	{Text: "How much faster is a kernel that is written for the hardware?", Answer: answerFaster},
	{Text: "Which trick gives the most?", Answer: answerTricks},
	{Text: "How near is that to the machine's limits?", Answer: answerLimits},
	{Text: "Must it be written in C?", Answer: answerLanguages},
	{Text: "What do more threads add?", Answer: answerThreads},
	{Text: "How much faster is it than the fastest way from Python?", Answer: answerPython},
}

// each joins what say returns of each problem of the record, without what is "".
func each(p *page.Page, say func(g *group) string) string {
	var all []string
	for _, g := range groupsOf(p, "") {
		if said := say(g); said != "" {
			all = append(all, said)
		}
	}
	return strings.Join(all, "; ")
}

func answerFaster(p *page.Page) string {
	said := each(p, func(g *group) string {
		r, old := g.find(tuned), g.find(plain)
		x, ok := g.gain(r, old)
		switch {
		case !ok:
			return ""
		case !x.differs:
			return g.name() + " no difference beyond noise"
		}
		return fmt.Sprintf("%s %s, from %s to %s %s", g.name(), x.short(), itemText(old), itemText(r), page.WithArticle(r.Facts["item"]))
	})
	if said == "" {
		return ""
	}
	return "On one thread, tuned C is this many times as fast as plain C: " + said + ". The bits are the same."
}

// answerTricks names for each problem the rung that is the most times as fast as the one before.
func answerTricks(p *page.Page) string {
	said := each(p, func(g *group) string {
		var best gain
		var adds string
		var before *record.Row
		for _, step := range ladders[g.rows[0].Kernel] {
			r := g.find(step.lang)
			if r == nil {
				continue
			}
			if x, ok := g.gain(r, before); ok && x.differs && x.Median > best.Median {
				best, adds = x, step.adds
			}
			before = r
		}
		if adds == "" {
			return ""
		}
		return fmt.Sprintf("%s %s (%s)", g.name(), best.short(), adds)
	})
	if said == "" {
		return ""
	}
	return "Each rung of the ladder is compared with the one before; the largest step: " + said + "."
}

func answerLimits(p *page.Page) string {
	said := each(p, func(g *group) string {
		var all []string
		for _, lang := range []string{plain, tuned + "-brute", tuned} {
			if share, limit, ok := g.share(g.find(lang)); ok {
				all = append(all, fmt.Sprintf("%s %s (%s)", lang, inPercent(share), limitName(limit)))
			}
		}
		if all == nil {
			return ""
		}
		return g.name() + ": " + page.Joined(all)
	})
	if said == "" {
		return ""
	}
	return "On one thread, kernels in C reach these shares of the limit; in brackets is what limits them. " + said +
		". The limit is the least time for the work that a kernel cannot leave out, at the rates measured in the same rounds."
}

func inPercent(share measure.Interval) string { return page.InWords(share, page.Share) }

// answerLanguages compares the tuned kernels of the other languages with those of C, on one thread.
func answerLanguages(p *page.Page) string {
	var all []string
	for _, f := range families[1:] {
		least, most := math.Inf(1), 0.0
		for _, g := range groupsOf(p, "") {
			if ratio, ok := record.WallRatio(g.find(f.tuned), g.find(tuned)); ok && f.alone == "" {
				least, most = min(least, ratio.Median), max(most, ratio.Median)
			}
		}
		if most > 0 {
			all = append(all, f.tuned+" "+page.InWords(measure.Interval{Median: (least + most) / 2, Lo: least, Hi: most}, page.Factor)+"x")
		}
	}
	if all == nil {
		return ""
	}
	return fmt.Sprintf("On one thread, tuned kernels in other languages take this many times as long as those in C, from problem to problem: %s.", page.Joined(all))
}

func answerThreads(p *page.Page) string {
	said := each(p, func(g *group) string {
		x, ok := g.gain(g.find(parallelC), g.find(tuned))
		if !ok {
			return ""
		}
		return g.name() + " " + x.short()
	})
	if said == "" {
		return ""
	}
	return fmt.Sprintf("With %s, tuned C is this many times as fast as with one: %s.", p.Record.Threads(), said)
}

func answerPython(p *page.Page) string {
	said := each(p, func(g *group) string {
		pythons := g.pythons()
		if pythons == nil {
			return ""
		}
		x, ok := g.gain(g.find(parallelC), pythons[0])
		if !ok {
			return ""
		}
		return fmt.Sprintf("%s %s (%s takes %s)", g.name(), x.short(), pythons[0].Lang, page.Nanoseconds(record.MiddleOf(pythons[0].Wall())))
	})
	if said == "" {
		return ""
	}
	return fmt.Sprintf("With %s, %s is this many times as fast as the fastest of the Python routes timed here: %s.", p.Record.Threads(), parallelC, said)
}
