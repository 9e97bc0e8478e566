// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"maps"
	"math"
	"slices"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// rows are those of a record, by what was chosen.
type rows struct {
	all []*record.Row
	of  map[choice]*record.Row
}

func newRows(p *page.Page) *rows {
	s := &rows{all: p.Rows(benchmark), of: map[choice]*record.Row{}}
	for _, r := range s.all {
		s.of[named(&r.Name)] = r
	}
	return s
}

// floor returns the noise floor of a call: what it differs from itself by.
func (s *rows) floor(c choice) float64 {
	first, again := s.of[c], s.of[c.but(choice{entry: record.EntryAgain})]
	if first == nil || again == nil {
		return math.Inf(1)
	}
	return record.Floor([]*record.Row{first, again})
}

// effect returns what a call differs from another by, beyond the noise floor of an operation's plain call; ok is false if
// the two are one, or if one is not there.
func (s *rows) effect(to, from choice) (e record.Effect, ok bool) {
	if to == from {
		return e, false
	}
	return record.EffectOf(s.of[to], s.of[from], s.floor(plain(from.op)))
}

// pair is a row and the one that it is compared with.
type pair struct{ row, base *record.Row }

// pooled returns what the rows of pairs take together: in each round the median of
// their ratios, which a disturbance of a few does not move. differs is as for one pair, with the floor of all
// plain calls together.
func (s *rows) pooled(pairs []pair) (ratio measure.Interval, differs bool) {
	var same []pair
	for _, op := range slices.Sorted(maps.Keys(plainMemory)) {
		if first, again := s.of[plain(op)], s.of[plain(op).but(choice{entry: record.EntryAgain})]; first != nil && again != nil {
			same = append(same, pair{again, first})
		}
	}
	floor := math.Inf(1)
	if same != nil {
		floor = together(same).Floor()
	}
	ratio = together(pairs)
	return ratio, ratio.Differs(floor)
}

func together(pairs []pair) measure.Interval {
	rounds := math.MaxInt
	for _, p := range pairs {
		rounds = min(rounds, len(p.row.Samples), len(p.base.Samples))
	}
	middles := make([]float64, rounds)
	for round := range middles {
		var ratios []float64
		for _, p := range pairs {
			ratios = append(ratios, p.row.Samples[round].Wall/p.base.Samples[round].Wall)
		}
		middles[round] = record.MiddleOf(ratios)
	}
	return measure.Median(middles)
}

// slowed returns, for each round, how many times its time a call takes while the collector runs; nil if that was not
// measured.
func (s *rows) slowed(c choice) []float64 {
	idle, hard := s.of[c.but(choice{gc: "idle"})], s.of[c.but(choice{gc: "hard"})]
	if idle == nil || hard == nil || len(idle.Samples) != len(hard.Samples) {
		return nil
	}
	factors := hard.Wall()
	for k, ns := range idle.Wall() {
		factors[k] /= ns
	}
	return factors
}

// collectorFloor returns the noise floor of how many times its time a call takes while the collector runs.
func (s *rows) collectorFloor() float64 {
	hard := plain("work").but(choice{gc: "hard"})
	first, again := s.of[hard], s.of[hard.but(choice{entry: record.EntryAgain})]
	if first == nil || again == nil {
		return math.Inf(1)
	}
	return record.FloorBy([]*record.Row{first, again}, func(r *record.Row) []float64 { return s.slowed(named(&r.Name)) })
}

// allocates returns what a row allocates in a call, in whole bytes and objects: rests come from what is allocated
// once in a batch.
func allocates(r *record.Row) (bytes, objects float64) {
	bytes, objects = r.Allocated()
	return math.Round(bytes), math.Round(objects)
}
