// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// batched is what a record has of many calls in one crossing, and of the same as so many crossings.
type batched struct {
	*passed
	single  *payload
	batches []*payload
	counts  []float64 // of the calls in each
}

// newBatched returns what a record has; false if it has nothing.
func newBatched(s *passed) (batched, bool) {
	b := batched{passed: s, single: s.find("add", "1"), batches: s.groupOf("batches")}
	for _, q := range b.batches {
		k, err := strconv.ParseFloat(q.n, 64)
		if err != nil || k < 1 {
			return b, false
		}
		b.counts = append(b.counts, k)
	}
	return b, len(b.batches) > 0
}

// largest returns the largest batch.
func (b *batched) largest() (q *payload, calls float64) {
	return b.batches[len(b.batches)-1], b.counts[len(b.counts)-1]
}

// one returns the row and the times of a single call; of a crossing for slices alone they are those of the crossing that it
// belongs to.
func (b *batched) one(via string) (*record.Row, measure.Interval) {
	via = strings.TrimSuffix(via, inMemory)
	i, _ := b.single.time(via)
	return b.single.row(via), i
}

// paysFrom returns from how many calls on, at least two, one crossing takes less time than one for each: by the line through the times of
// the smallest and the largest batch, +Inf if from none on; false if the crossing has not all of them.
func (b *batched) paysFrom(via string) (calls float64, ok bool) {
	large, most := b.largest()
	least, of, all := b.counts[0], b.batches[0].median(via), large.median(via)
	_, i := b.one(via)
	one := i.Median
	each := (all - of) / (most - least)
	if math.IsNaN(each + one) {
		return 0, false
	}
	if each >= one {
		return math.Inf(1), true
	}
	return max(2, math.Floor((of-least*each)/(one-each))+1), true
}

// gain returns how many times as long a call takes as one in the largest batch; false if the crossing has not both.
func (b *batched) gain(via string) (measure.Interval, bool) {
	large, calls := b.largest()
	one, _ := b.one(via)
	all := large.row(via)
	if one == nil || all == nil || len(one.Samples) != len(all.Samples) {
		return measure.Interval{}, false
	}
	i := measure.Ratio(b.single.steadied(one), large.steadied(all))
	return measure.Interval{Median: i.Median * calls, Lo: i.Lo * calls, Hi: i.Hi * calls}, true
}

// thousands shows a number of calls: "10,000".
func thousands(n float64) string {
	text := fmt.Sprintf("%.0f", n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// batchTables prints what one of many calls in a crossing takes.
func batchTables(p *page.Page) {
	b, ok := newBatched(newPassed(p))
	if !ok {
		return
	}
	p.Heading("Many calls in one crossing")
	p.Tell(prose, "batches", nil)
	_, most := b.largest()
	header := []string{"Crossing", "a call each"}
	for _, k := range b.counts {
		header = append(header, "of "+thousands(k))
	}
	header = append(header, "pays from", "gain at "+thousands(most))
	var lines [][]page.Cell
	for _, via := range b.offering(b.batches) {
		line := page.Words(shortName(via), missing)
		one, i := b.one(via)
		if one != nil {
			line[1] = page.Figure(page.TimeAndSpread(i), one, b.single.reference)
		}
		for k, q := range b.batches {
			cell := page.Word(missing)
			if i, ok := q.time(via); ok {
				cell = page.Figure(page.WithSpread(page.Nanoseconds(i.Median/b.counts[k]), i), q.row(via), q.reference)
			}
			line = append(line, cell)
		}
		large, _ := b.largest()
		from, gain := page.Word(missing), page.Word(missing)
		if calls, ok := b.paysFrom(via); ok {
			from = page.Figure(pays(calls), one, b.batches[0].row(via), large.row(via))
		}
		if i, ok := b.gain(via); ok {
			gain = page.Figure(page.WithSpread(page.Factor(i.Median)+"x", i), one, large.row(via))
		}
		lines = append(lines, append(line, from, gain))
	}
	p.Wide("Time of one of the calls, in a batch of so many", header, lines)
	if said := b.say(); said != "" {
		p.Say("%s", said)
	}
}

// pays says from how many calls on a batch does.
func pays(calls float64) string {
	if math.IsInf(calls, 0) {
		return "never"
	}
	return page.Count(thousands(calls), "call")
}

// say says from where on batching pays, and how much.
func (b *batched) say() string {
	_, most := b.largest()
	said := sentence("One crossing with several calls takes less time than a crossing for each: %s.", b.through(func(via string) string {
		switch calls, ok := b.paysFrom(via); {
		case !ok:
			return ""
		case math.IsInf(calls, 0):
			return "never"
		default:
			return "from " + pays(calls) + " on"
		}
	}))
	return strings.Join(append(said, sentence("Where each of "+thousands(most)+" calls is a crossing, they take this many times as long: %s.", b.through(func(via string) string {
		i, ok := b.gain(via)
		if !ok {
			return ""
		}
		return page.Factor(i.Median)
	}))...), " ")
}

func answerBatches(p *page.Page) string {
	if b, ok := newBatched(newPassed(p)); ok {
		return b.say()
	}
	return ""
}
