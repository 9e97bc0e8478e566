// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"

	"toll/goside/chart"
	"toll/goside/page"
	"toll/goside/record"
)

// alt says what the picture shows.
const alt = "Time of a call by what it passes, from nothing to a callback, with a dot for each crossing on a logarithmic scale"

// drawn are the payloads of the picture: of each kind few enough to be read.
var drawn = []struct{ op, n string }{
	{"noop", "1"}, {"not", "1"}, {"add", "1"}, {"batch", "1000"}, {"ints", "5"}, {"ints", "15"},
	{"length", "4096"}, {"sum", "64"}, {"sum", "4096"}, {"fill", "4096"},
	{"pair", "16"}, {"pair_at", "16"}, {"mixed", "40"}, {"mixed_at", "40"},
	{"text_length", ""}, {"text_into", ""}, {"text_new", ""},
	{"status_refused", "1"}, {"errno_set", "1"}, {"handle", "1"},
	{"next", "1"}, {"callback", "1"}, {"thread", "1"},
}

// draw draws a line for each payload, with a dot for each crossing.
func draw(r *record.Record) (*chart.Picture, error) {
	s := newPassed(page.New(io.Discard, r, page.Style{}))
	var things []chart.Dotted
	for _, of := range drawn {
		q := s.find(of.op, of.n)
		times := make([]float64, len(s.vias))
		for k, via := range s.vias {
			times[k] = q.median(via)
		}
		if slices.ContainsFunc(times, func(ns float64) bool { return !math.IsNaN(ns) }) {
			things = append(things, chart.Dotted{Name: q.label(), Times: times})
		}
	}
	if things == nil {
		return nil, chart.ErrNothing
	}
	names := make([]string, len(s.vias))
	for k, via := range s.vias {
		names[k] = page.CrossingName(via)
	}
	return chart.Dots(things, names, 7.5*vg.Inch), nil
}
