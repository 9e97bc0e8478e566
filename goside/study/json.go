// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"encoding/json"
	"fmt"
	"io"

	"gonum.org/v1/gonum/stat"

	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
)

// WriteJSON writes a value as programs read it.
func WriteJSON(w io.Writer, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}

// Data returns what a record of the study shows, for other programs.
func (s *Study) Data(r *record.Record) *page.Data {
	var answers []page.Question
	var claims []page.Claim
	for _, part := range s.Parts {
		answers, claims = append(answers, part.Answers...), append(claims, part.Claims...)
	}
	return page.New(io.Discard, r, page.Style{Baseline: registry.Baseline}).Data(s.Name, answers, claims)
}

// ComparisonData is a comparison for other programs. The keys of its JSON stay as they are. Changes and noise are parts: 0.05
// is 5 % slower, or more.
type ComparisonData struct {
	Differ    []string      `json:"differ"` // what the records say differently of machine and build
	Problems  []ProblemData `json:"problems"`
	Rows      []ChangedData `json:"rows"`
	Slower    int           `json:"slower"`
	Faster    int           `json:"faster"`
	Change    page.Number   `json:"change"` // of all rows, geometric mean
	Own       page.Number   `json:"own"`
	Limits    *page.Number  `json:"limits"` // change of the machine's limits; null if a record has none
	OnlyInOld int           `json:"only_in_old"`
	OnlyInNew int           `json:"only_in_new"`
}

// ProblemData is the rows of a problem together.
type ProblemData struct {
	Problem string      `json:"problem"`
	Rows    int         `json:"rows"`
	Change  page.Number `json:"change"` // geometric mean
	Drift   page.Number `json:"drift"`  // null if the rows are too few to tell, or counts
	Slower  int         `json:"slower"`
	Faster  int         `json:"faster"`
}

// ChangedData is a row in both records.
type ChangedData struct {
	Problem string      `json:"problem"`
	Route   string      `json:"route"`
	Name    string      `json:"name"` // as the record has it, with "Benchmark" before
	Unit    string      `json:"unit"`
	Old     page.Number `json:"old"` // median
	New     page.Number `json:"new"`
	Change  page.Number `json:"change"` // of the medians
	Own     page.Number `json:"own"`    // relative to the others of the problem
	Noise   page.Number `json:"noise"`
	Verdict Verdict     `json:"verdict"`
}

// Data returns the comparison for other programs.
func (c *Comparison) Data() *ComparisonData {
	change := func(ratio float64) page.Number { return page.Number(ratio - 1) }
	ratio, own := c.means()
	d := &ComparisonData{Differ: append([]string{}, c.Differ...), Problems: []ProblemData{}, Rows: []ChangedData{},
		Change: change(ratio), Own: change(own), OnlyInOld: c.OnlyOld, OnlyInNew: c.Only}
	if c.Limits > 0 {
		limits := change(c.Limits)
		d.Limits = &limits
	}
	for _, p := range c.problems() {
		d.Problems = append(d.Problems, ProblemData{p.name, len(p.ratios), change(stat.GeometricMean(p.ratios, nil)), change(p.drift), p.slower, p.faster})
		d.Slower, d.Faster = d.Slower+p.slower, d.Faster+p.faster
	}
	for k := range c.Rows {
		r := &c.Rows[k]
		before, _ := figures(r.Old)
		after, unit := figures(r.New)
		if unit == "" {
			unit = "ns/op"
		}
		d.Rows = append(d.Rows, ChangedData{groupName(r.New), r.New.Route(), "Benchmark" + key(r.New), unit, page.Number(record.MiddleOf(before)),
			page.Number(record.MiddleOf(after)), change(r.Ratio), change(r.Own), page.Number(r.Noise), r.Verdict()})
	}
	return d
}
