// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package advise

import (
	"toll/goside/cost"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// Enough reports whether an advice can be made from a record.
func Enough(r *record.Record) bool { return len(cost.New(r).Crossings) > 0 }

// Data is an advice for other programs. The keys of its JSON stay as they are.
type Data struct {
	Record   string         `json:"record"`
	Question QuestionData   `json:"question"`
	Ranking  []RankedData   `json:"ranking"` // cheapest first
	Excluded []ExcludedData `json:"excluded"`
	Says     []string       `json:"says"`
	Error    ErrorData      `json:"error"`
}

// QuestionData is what was asked.
type QuestionData struct {
	Rate       page.Number `json:"rate"` // calls a second; 0: one after another
	In         page.Number `json:"in"`
	Out        page.Number `json:"out"`
	WorkNS     page.Number `json:"work_ns"`
	Goroutines int         `json:"goroutines"`
	Callbacks  int         `json:"callbacks"`
}

// IntervalData is a prediction with its interval.
type IntervalData struct {
	Median page.Number `json:"median"`
	Lo     page.Number `json:"lo"`
	Hi     page.Number `json:"hi"`
}

// RankedData is a mechanism that will do.
type RankedData struct {
	Mechanism        string        `json:"mechanism"`
	Crossing         string        `json:"crossing"`
	NS               IntervalData  `json:"ns"`
	BorderNS         IntervalData  `json:"border_ns"`
	Core             page.Number   `json:"share_of_core"`
	Workers          int           `json:"workers"` // 0: it takes any number of calls at once
	Batch            []page.Number `json:"batch"`   // calls from which the border is below 10, 5 and 1 %
	CopiesFrom       page.Number   `json:"copies_from"`
	CopiesBeyondWork page.Number   `json:"copies_beyond_work"`
	Alike            bool          `json:"not_told_apart"` // from the first
	Measured         bool          `json:"measured"`       // by toll try
}

// ExcludedData is a mechanism that will not do.
type ExcludedData struct {
	Mechanism string `json:"mechanism"`
	Reason    string `json:"reason"`
}

// ErrorData is how far predictions are right.
type ErrorData struct {
	Points  int         `json:"points"`       // that the record has
	Right   int         `json:"winner_right"` // of them
	Median  page.Number `json:"median"`       // of the points, as a part
	HeldOut page.Number `json:"held_out"`     // of what was held out of the model
}

// Data returns the advice for other programs.
func (a *Advice) Data(source string) *Data {
	interval := func(i measure.Interval) IntervalData {
		return IntervalData{page.Number(i.Median), page.Number(i.Lo), page.Number(i.Hi)}
	}
	d := &Data{Record: source, Ranking: []RankedData{}, Excluded: []ExcludedData{}, Says: a.words(), Question: QuestionData{page.Number(a.wish.Rate),
		page.Number(a.wish.In), page.Number(a.wish.Out), page.Number(a.job.Work), a.wish.Goroutines, a.wish.Callbacks}}
	for k := range a.ranking {
		r := &a.ranking[k]
		one := RankedData{r.name, r.crossing.Name(), interval(r.call), interval(r.cost.Border()), page.Number(r.core), r.lanes, nil,
			page.Number(r.beyond), page.Number(r.working), r.call.Lo <= a.ranking[0].call.Hi, r.crossing.Measured()}
		for _, calls := range r.batch {
			one.Batch = append(one.Batch, page.Number(calls))
		}
		d.Ranking = append(d.Ranking, one)
	}
	for _, e := range a.excluded {
		d.Excluded = append(d.Excluded, ExcludedData{e.name, e.reason})
	}
	v := cost.Judge(a.points)
	d.Error = ErrorData{v.Points, v.Right, page.Number(record.MiddleOf(v.Errors)), page.Number(record.MiddleOf(a.heldOut))}
	return d
}
