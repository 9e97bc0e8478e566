// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"fmt"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// each returns what say says of the groups that sentences speak of: of each function, the least and the greatest size.
func each(r *record.Record, say func(g *group) string) string {
	all := groups(r)
	function := func(g *group) string { name, _, _ := strings.Cut(g.name, " "); return name }
	var said []string
	for k, g := range all {
		if k > 0 && k+1 < len(all) && function(all[k-1]) == function(g) && function(all[k+1]) == function(g) {
			continue
		}
		if text := say(g); text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, " ")
}

// answerHow says which crossing is the fastest, and what the others take.
func answerHow(p *page.Page) string {
	return each(p.Record, func(g *group) string {
		best := g.preferred()
		if best == nil {
			return ""
		}
		said := fmt.Sprintf("Call %s through %s: %s", g.name, phrase(best), page.InWords(measure.Median(best.Wall()), page.Nanoseconds))
		if border := at(p.Rows(borderName), best); border != nil {
			said += fmt.Sprintf(", of which %s are the border", page.InWords(measure.Median(border.Wall()), page.Nanoseconds))
		}
		said += "."
		var same, longer []string
		for _, r := range g.own() {
			ratio, ok := record.WallRatio(r, best)
			switch {
			case r == best || !ok:
			case ratio.Differs(g.floor) && ratio.Median > 1:
				longer = append(longer, fmt.Sprintf("%s (%s times)", phrase(r), page.Factor(ratio.Median)))
			default:
				same = append(same, phrase(r))
			}
		}
		if same != nil {
			said += " Indistinguishable from it: " + page.Joined(same) + "."
		}
		if longer != nil {
			said += " A call takes longer through " + page.Joined(longer) + "."
		}
		return said
	})
}

// answerGo says what the Go function takes beside the fastest crossing.
func answerGo(p *page.Page) string {
	return each(p.Record, func(g *group) string {
		best, direct := g.preferred(), g.via(directName)
		ratio, ok := record.WallRatio(direct, best)
		if !ok {
			return ""
		}
		begin := fmt.Sprintf("The Go function of %s takes %s", g.name, page.InWords(measure.Median(direct.Wall()), page.Nanoseconds))
		switch {
		case !ratio.Differs(g.floor):
			return fmt.Sprintf("%s: indistinguishable from the library's through %s.", begin, phrase(best))
		case ratio.Median > 1:
			return fmt.Sprintf("%s, %s times as long as the library's through %s.", begin, page.Factor(ratio.Median), phrase(best))
		}
		return fmt.Sprintf("%s; the library's takes %s times as long through %s.", begin, page.Factor(1/ratio.Median), phrase(best))
	})
}

// answerProcess says what a call to a process takes.
func answerProcess(p *page.Page) string {
	said := each(p.Record, func(g *group) string {
		best, process := g.preferred(), g.via(processName)
		if process == nil {
			return ""
		}
		said := fmt.Sprintf("Through a process a call of %s takes %s", g.name, page.InWords(measure.Median(process.Wall()), page.Nanoseconds))
		if ratio, ok := record.WallRatio(process, best); ok && ratio.Differs(g.floor) {
			said += fmt.Sprintf(", %s times as long as through %s", page.Factor(ratio.Median), phrase(best))
		}
		return said + "."
	})
	if said != "" {
		said += " A crash of the function then ends that process only."
	}
	return said
}

// answerHolds says through how many crossings a function was verified, and what failed.
func answerHolds(p *page.Page) string {
	said := map[string]bool{} // one reason is said once
	return each(p.Record, func(g *group) string {
		var held, failed []string
		calls := 0.0
		for _, h := range g.held {
			switch {
			case h.Facts["failed"] != "":
				if why := h.Facts["failed"]; !said[g.name+why] {
					said[g.name+why] = true
					failed = append(failed, fmt.Sprintf("by %s it %s", phrase(h), why))
				}
			case h.Facts["left"] == "" && h.Verified():
				held = append(held, phrase(h))
				calls = max(calls, h.More(callsUnit).Median)
			}
		}
		text := fmt.Sprintf("%s was not verified", g.name)
		if strings.HasPrefix(g.facts()["of-all"], notDeterministic) {
			text = fmt.Sprintf("%s is not deterministic, so what it returns was not compared", g.name)
		}
		if held != nil {
			text = fmt.Sprintf("%s: bit-identical in %.0f calls through %s", g.name, calls, page.Joined(held))
		}
		if failed != nil {
			text += "; " + strings.Join(failed, "; ")
		}
		return text + "."
	})
}
