// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

func medianOf(r *record.Row) measure.Interval { return measure.Median(r.Wall()) }

// through makes a sentence's list: what figure says of each crossing but plain Go, unless that is "". Crossings that it says
// the same of stand together.
func (s *passed) through(figure func(via string) string) string {
	var texts []string
	names := map[string][]string{}
	for _, via := range s.vias {
		if via == "direct" {
			continue
		}
		if text := figure(via); text != "" {
			texts = record.AppendNew(texts, text)
			names[text] = append(names[text], page.CrossingName(via))
		}
	}
	for k, text := range texts {
		texts[k] += " through " + page.Joined(names[text])
	}
	return page.Joined(texts)
}

// timesOf lists the times of a payload: "28.1 ns through cgo and 171 ns through purego's RegisterFunc".
func (s *passed) timesOf(q *payload) string {
	return s.through(func(via string) string { return nanoseconds(q.median(via)) })
}

// nanoseconds shows a time, "" if there is none.
func nanoseconds(ns float64) string {
	if math.IsNaN(ns) {
		return ""
	}
	return page.Nanoseconds(ns)
}

// nothing is what a difference is called that is not seen.
const nothing = "nothing measurable"

// added says what q takes more than another, a part of it each, on all crossings: "0.508 ns through cgo".
func (s *passed) added(q, other *payload, parts float64) string {
	return s.through(func(via string) string {
		d, ok := q.moreThan(other, via)
		switch {
		case !ok:
			return ""
		case !d.certain:
			return nothing
		}
		return d.each(parts)
	})
}

// each shows a part of a difference.
func (d difference) each(parts float64) string {
	if d.ns < 0 {
		return "−" + page.Nanoseconds(-d.ns/parts)
	}
	return page.Nanoseconds(d.ns / parts)
}

// sentence returns a sentence that ends in a list, none if the list is empty.
func sentence(format, list string) []string {
	if list == "" {
		return nil
	}
	return []string{fmt.Sprintf(format, list)}
}

// passesNothing says what a call takes that passes nothing.
func (s *passed) passesNothing() string {
	noop := s.find("noop", "1")
	var parts []string
	if ns := nanoseconds(noop.median("direct")); ns != "" {
		parts = append(parts, ns+" in plain Go")
	}
	if list := s.timesOf(noop); list != "" {
		parts = append(parts, list)
	}
	if parts == nil {
		return ""
	}
	return "A call that passes nothing takes " + strings.Join(parts, ", ")
}

func sayScalars(s *passed, all []*payload) []string {
	var said []string
	if text := s.passesNothing(); text != "" {
		said = append(said, text+".")
	}
	said = append(said, sentence("Relative to "+baseline+", that is %s.", s.through(func(via string) string {
		ratio, differs, ok := s.find("noop", "1").toBaseline(via)
		switch {
		case !ok || via == baseline:
			return ""
		case !differs:
			return "indistinguishable"
		}
		return page.Factor(ratio.Median) + " times"
	}))...)
	two := slices.DeleteFunc(slices.Clone(all), func(q *payload) bool { return q.op == "noop" || q.op == "not" })
	return append(said, sentence("Two arguments take %s.", s.span(two, argumentType))...)
}

// span lists from what to what the times of some payloads go on each crossing.
func (s *passed) span(some []*payload, kind func(*payload) string) string {
	return s.through(func(via string) string {
		var low, high *payload
		for _, q := range some {
			if q.row(via) == nil {
				continue
			}
			if low == nil || q.median(via) < low.median(via) {
				low = q
			}
			if high == nil || q.median(via) > high.median(via) {
				high = q
			}
		}
		switch {
		case low == nil:
			return ""
		case low == high || page.Nanoseconds(low.median(via)) == page.Nanoseconds(high.median(via)):
			return page.Nanoseconds(low.median(via))
		}
		return fmt.Sprintf("%s (%s) to %s (%s)", page.Nanoseconds(low.median(via)), kind(low), page.Nanoseconds(high.median(via)), kind(high))
	})
}

// argumentType returns the type of a payload's two arguments.
func argumentType(q *payload) string {
	of, _, _ := strings.Cut(strings.TrimPrefix(q.label(), "two "), " ")
	return of
}

func saySlices(s *passed, all []*payload) []string {
	last := all[len(all)-1].n
	small, large := s.find("length", "8"), s.find("length", last)
	untouched := s.through(func(via string) string {
		switch share := large.median(via) / small.median(via); {
		case math.IsNaN(share):
			return ""
		case share >= 2:
			return page.Factor(share) + " times"
		default:
			return page.Share(share)
		}
	})
	said := sentence("A call that is passed a slice of "+page.BytesOf(last)+" and does not touch it takes, relative to one of 8 B: %s.", untouched)
	return append(said, sentence("A call that reads its slice takes more than twice the time of one that does not touch it: %s.",
		s.through(func(via string) string {
			for _, q := range all {
				if q.op == "sum" && q.median(via) > 2*s.find("length", q.n).median(via) {
					return "from " + page.BytesOf(q.n) + " on"
				}
			}
			return ""
		}))...)
}

// perCallback lists what a further callback adds.
func (s *passed) perCallback(op string) string {
	return s.added(s.find(op, "1000"), s.find(op, "0"), 1000)
}

// firstOnThread says what the first callback from a thread of C's adds to making the thread, by the intervals of
// the two times; "" if the record cannot tell.
func (s *passed) firstOnThread(via string) string {
	with, ok := s.find("thread", "1").time(via)
	without, also := s.find("thread", "0").time(via)
	switch {
	case !ok || !also:
		return ""
	case !record.Above(with, without):
		return nothing
	}
	return page.Nanoseconds(with.Median - without.Median)
}

func sayCallbacks(s *passed, _ []*payload) []string {
	return sentence("On a thread made by C, the first callback adds to making the thread: %s.", s.through(s.firstOnThread))
}
