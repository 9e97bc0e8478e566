// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"encoding/json"
	"maps"
	"math"
	"strconv"

	"toll/goside/measure"
	"toll/goside/record"
)

// Number is a number in JSON, to twelve digits, since a record has six and the rest is from the conversion of units. One that
// JSON does not have, infinite or none, is null.
type Number float64

// MarshalJSON returns the number, or null.
func (n Number) MarshalJSON() ([]byte, error) {
	x := float64(n)
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return []byte("null"), nil
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	if err != nil {
		return nil, err
	}
	return json.Marshal(rounded)
}

// Data is what a record shows, for other programs. The keys of its JSON stay as they are.
type Data struct {
	Study    string            `json:"study"`
	Facts    map[string]string `json:"facts"` // of the run
	Rows     []RowData         `json:"rows"`
	Answers  []AnswerData      `json:"answers"`
	Claims   []ClaimData       `json:"claims"`
	Warnings []string          `json:"warnings"`
}

// RowData is a row of a record. What its name does not have is left out.
type RowData struct {
	Name      string            `json:"name"` // as the record has it, with "Benchmark" before
	Benchmark string            `json:"benchmark"`
	Kernel    string            `json:"kernel,omitempty"`
	Op        string            `json:"op,omitempty"`
	Lang      string            `json:"lang,omitempty"`
	Via       string            `json:"via,omitempty"`
	Layout    string            `json:"layout,omitempty"`
	N         *Number           `json:"n,omitempty"`
	Entry     string            `json:"entry,omitempty"`
	Keys      map[string]string `json:"keys,omitempty"` // what else varies
	Facts     map[string]string `json:"facts"`          // of its problem
	Verified  bool              `json:"verified"`
	NS        IntervalData      `json:"ns"`     // an operation
	Bytes     Number            `json:"bytes"`  // that an operation allocates on Go's heap, median
	Allocs    Number            `json:"allocs"` // median
	// More is what was measured beside times, by unit.
	More    map[string]IntervalData `json:"more,omitempty"`
	Samples []SampleData            `json:"samples"`
}

// IntervalData is a median with its 95 % interval.
type IntervalData struct {
	Median Number `json:"median"`
	Lo     Number `json:"lo"`
	Hi     Number `json:"hi"`
}

// SampleData is what was measured in one round, an operation.
type SampleData struct {
	NS     Number            `json:"ns"`
	CPUNS  Number            `json:"cpu_ns"`
	Bytes  Number            `json:"bytes"`
	Allocs Number            `json:"allocs"`
	More   map[string]Number `json:"more,omitempty"`
}

// AnswerData is a question that the record answers.
type AnswerData struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// ClaimData is what the record says of a published claim.
type ClaimData struct {
	Claim   string `json:"claim"`
	Of      string `json:"of,omitempty"` // the thing that it is judged for
	Title   string `json:"title"`
	URL     string `json:"url,omitempty"`
	Found   string `json:"found"`
	Verdict string `json:"verdict"`
}

// Data returns what the page's record shows, with the answers and claims of its study.
func (p *Page) Data(study string, questions []Question, claims []Claim) *Data {
	d := &Data{Study: study, Facts: map[string]string{}, Rows: []RowData{}, Answers: []AnswerData{}, Claims: []ClaimData{}, Warnings: []string{}}
	for _, f := range p.Record.Facts {
		d.Facts[f.Key] = f.Value
	}
	for k := range p.Record.Rows {
		d.Rows = append(d.Rows, rowData(&p.Record.Rows[k]))
	}
	for _, q := range questions {
		if answer := q.Answer(p); answer != "" {
			d.Answers = append(d.Answers, AnswerData{q.Text, answer})
		}
	}
	for _, c := range claims {
		for _, f := range c.findings(p) {
			d.Claims = append(d.Claims, ClaimData{c.Text, f.Of, c.Title, c.URL, f.Found, f.Verdict})
		}
	}
	d.Warnings = append(d.Warnings, Warnings(p.Record)...)
	return d
}

func rowData(r *record.Row) RowData {
	bytes, allocs := r.Allocated()
	more := map[string]IntervalData{}
	d := RowData{
		Name: "Benchmark" + r.Name.String(), Benchmark: r.Study, Kernel: r.Kernel, Op: r.Op, Lang: r.Lang, Via: r.Via, Layout: r.Layout,
		Entry: r.Entry, Keys: map[string]string{}, Facts: maps.Clone(r.Facts), Verified: r.Verified(),
		NS: intervalData(measure.Median(r.Wall())), Bytes: Number(bytes), Allocs: Number(allocs), More: more,
	}
	if n, err := strconv.ParseFloat(r.N, 64); err == nil {
		d.N = (*Number)(&n)
	}
	for _, k := range r.Keys {
		d.Keys[k.Key] = k.Value
		if d.Facts[k.Key] == k.Value { // a row's facts hold these, too
			delete(d.Facts, k.Key)
		}
	}
	for k := range r.Samples {
		s := &r.Samples[k]
		sample := SampleData{NS: Number(s.Wall), CPUNS: Number(s.CPU), Bytes: Number(s.Bytes), Allocs: Number(s.Allocs), More: map[string]Number{}}
		for _, v := range s.More {
			sample.More[v.Unit] = Number(v.Value)
			if _, has := more[v.Unit]; !has {
				more[v.Unit] = intervalData(r.More(v.Unit))
			}
		}
		d.Samples = append(d.Samples, sample)
	}
	return d
}

func intervalData(i measure.Interval) IntervalData {
	return IntervalData{Number(i.Median), Number(i.Lo), Number(i.Hi)}
}
