// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package report writes the record of a run, in the Go benchmark format
// (https://go.dev/design/14313-benchmark-format), and makes all that is shown from such records: tables,
// comparisons and pictures. What is shown can so be made again, later and elsewhere.
//
// A record begins with what holds for the whole run. Then come the problems, each with its own lines of
// configuration, by which benchstat tells them apart, and its rows.
package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"

	"toll/goside/measure"
	"toll/goside/study"
)

// Write writes a record: what is said of the run, then each series' samples, a line each, in the order of
// rounds. procs is GOMAXPROCS.
func Write(w io.Writer, facts []measure.Fact, procs int, series []measure.Series) error {
	out := benchfmt.NewWriter(w)
	var result benchfmt.Result
	set := func(f measure.Fact) { result.SetConfig(f.Key, strings.Join(strings.Fields(f.Value), " ")) }
	for _, f := range facts {
		set(f)
	}
	var last []measure.Fact
	for at, s := range series {
		if at == 0 || !slices.Equal(last, s.Subject.Facts) {
			for _, f := range last {
				result.SetConfig(f.Key, "")
			}
			last = s.Subject.Facts
			for _, f := range last {
				set(f)
			}
			for k := range result.Config {
				result.Config[k].File = true
			}
		}
		name := s.Subject.Name
		if procs > 1 { // as package testing does
			name += fmt.Sprintf("-%d", procs)
		}
		result.Name = benchfmt.Name(name)
		result.Iters = s.N
		for _, sample := range s.Samples {
			wall, cpu := digits(sample.Wall), digits(sample.CPU)
			result.Values = []benchfmt.Value{
				{Value: wall * 1e-9, Unit: "sec/op", OrigValue: wall, OrigUnit: "ns/op"},
				{Value: cpu * 1e-9, Unit: "cpu-sec/op", OrigValue: cpu, OrigUnit: "cpu-ns/op"},
				{Value: digits(sample.Bytes), Unit: "B/op"},
				{Value: digits(sample.Allocs), Unit: "allocs/op"},
			}
			for _, v := range sample.More {
				result.Values = append(result.Values, benchfmt.Value{Value: digits(v.Value), Unit: v.Unit})
			}
			if err := out.Write(&result); err != nil {
				return err
			}
		}
	}
	return nil
}

// digits rounds to six significant digits: no sample is known better, and records are read by people, too.
func digits(x float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	if err != nil { // not a number
		return x
	}
	return rounded
}

// Record is a record read back.
type Record struct {
	Facts []measure.Fact // of the run
	Rows  []Row
}

// Row is what was measured under one benchmark name.
type Row struct {
	Study                        string
	Kernel, Lang, Via, Layout, N string
	Facts                        map[string]string // of the problem
	Samples                      []measure.Sample  // in the order of rounds

	name       string // without GOMAXPROCS
	facts      []measure.Fact
	iterations int // of the first batch
}

// Route returns "lang/via".
func (r *Row) Route() string { return r.Lang + "/" + r.Via }

// Problem returns what rows that may be compared have in common: the name without language and crossing.
func (r *Row) Problem() string {
	parts := strings.Split(r.name, "/")
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool {
		return strings.HasPrefix(part, "lang=") || strings.HasPrefix(part, "via=")
	}), "/")
}

// Parallel reports whether the row's language uses several threads; a call has nothing to share out.
func (r *Row) Parallel() bool {
	if r.Study == "Call" {
		return false
	}
	lang := strings.TrimSuffix(r.Lang, study.Again)
	return strings.HasSuffix(lang, "-par") || strings.HasSuffix(lang, "-omp")
}

// again reports whether the row is a route's second entry.
func (r *Row) again() bool { return strings.HasSuffix(r.Lang, study.Again) }

// incidental reports whether a row is not judged like the others: the reference beside a payload is no row of its
// own, of first use, where builds take long, there are few rounds, as its tables say, and misses are no times.
func (r *Row) incidental() bool {
	return strings.HasSuffix(r.Lang, study.Reference) || r.Study == study.FirstUseName || r.Study == study.MissesName
}

// Wall returns the samples' wall times, in ns an operation.
func (r *Row) Wall() []float64 {
	return r.values(func(s *measure.Sample) float64 { return s.Wall })
}

func (r *Row) values(of func(*measure.Sample) float64) []float64 {
	values := make([]float64, len(r.Samples))
	for k := range values {
		values[k] = of(&r.Samples[k])
	}
	return values
}

// number returns a fact of the row's problem as a number, 0 if it is not there.
func (r *Row) number(key string) float64 {
	x, err := strconv.ParseFloat(r.Facts[key], 64)
	if err != nil {
		return 0
	}
	return x
}

// verified reports whether the record says that the row's route was verified on its problem.
func (r *Row) verified() bool {
	for verdict := range strings.SplitSeq(r.Facts["verified"], "; ") {
		held, routes, _ := strings.Cut(verdict, ": ")
		route := strings.TrimSuffix(r.Lang, study.Again) + "/" + r.Via
		if slices.Contains(strings.Fields(routes), route) && (strings.HasPrefix(held, "bit-identical") || strings.HasPrefix(held, "within bound")) {
			return true
		}
	}
	return false
}

// Get returns what the record says of the run under that key, or "".
func (r *Record) Get(key string) string {
	for _, f := range r.Facts {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// threads returns how many parallel languages worked on: "2 threads", or "2 threads, but c-omp on 1".
func (r *Record) threads() string {
	asked := r.Get("threads")
	var fewer []string
	for _, f := range r.Facts {
		if lang, ok := strings.CutPrefix(f.Key, "team-"); ok && f.Value != asked {
			fewer = append(fewer, lang+" on "+f.Value)
		}
	}
	if fewer == nil {
		return asked + " threads"
	}
	return asked + " threads, but " + strings.Join(fewer, ", ")
}

// Series returns what the record holds as it was measured.
func (r *Record) Series() []measure.Series {
	series := make([]measure.Series, len(r.Rows))
	for k := range r.Rows {
		row := &r.Rows[k]
		series[k] = measure.Series{Subject: &measure.Subject{Name: row.name, Facts: row.facts}, N: row.iterations, Samples: row.Samples}
	}
	return series
}

// problemKeys are the keys of the facts of package study's subjects: lines that belong to a problem, not to the run.
var problemKeys = []string{
	"problem", "op", "source", "set", "reads", "writes", "flops", "verified",
	"group", "ints", "doubles", "results", "read", "written", "copied", "callbacks", "refusal",
	"needs", "missing", "tenth", "cross-linux-arm64", "cross-windows-amd64", "cross-darwin-arm64",
}

// Read reads a record; name is its name in errors. Two records, one behind the other, are an error: their rounds are
// not to be compared with each other, and what the first says of its run does not hold for the second.
func Read(in io.Reader, name string) (*Record, error) {
	text, err := io.ReadAll(in)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("report: %s is cut short: %w", name, err)
	} else if err != nil {
		return nil, fmt.Errorf("report: %s: %w", name, err)
	}
	two := func(line int, sign string) error {
		return fmt.Errorf("report: %s holds two records, the second begins at line %d (%s): split them", name, line, sign)
	}
	dated, line := false, 0 // which was read
	for text := range bytes.Lines(text) {
		line++
		if bytes.HasPrefix(text, []byte("date:")) {
			if dated {
				return nil, two(line, string(bytes.TrimSpace(text)))
			}
			dated = true
		}
	}
	record := &Record{}
	index := map[string]int{}
	line = 0
	reader := benchfmt.NewReader(bytes.NewReader(text), name)
	for reader.Scan() {
		switch result := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, result
		case *benchfmt.Result:
			wall, ok := result.Value("sec/op")
			if !ok { // of 0 ns the reader makes no seconds
				wall, ok = result.Value("ns/op")
			}
			if !ok {
				return nil, fmt.Errorf("report: %s: %s has no ns/op", name, result.Name)
			}
			full := string(result.Name.Full())
			at, seen := index[full]
			if !seen {
				at = len(record.Rows)
				index[full] = at
				r := row(result.Name)
				r.iterations = result.Iters
				for _, c := range result.Config {
					if slices.Contains(problemKeys, c.Key) {
						r.Facts[c.Key] = string(c.Value)
						r.facts = append(r.facts, measure.Fact{Key: c.Key, Value: string(c.Value)})
					} else if at == 0 {
						record.Facts = append(record.Facts, measure.Fact{Key: c.Key, Value: string(c.Value)})
					}
				}
				record.Rows = append(record.Rows, r)
			}
			if sign := record.contradicts(result, &record.Rows[at]); sign != "" {
				return nil, two(line+1, sign)
			}
			_, line = result.Pos()
			cpu, _ := result.Value("cpu-sec/op")
			bytes, _ := result.Value("B/op")
			allocs, _ := result.Value("allocs/op")
			sample := measure.Sample{Wall: wall * 1e9, CPU: cpu * 1e9, Bytes: bytes, Allocs: allocs}
			for _, v := range result.Values {
				switch {
				case slices.Contains([]string{"sec/op", "cpu-sec/op", "ns/op", "cpu-ns/op", "B/op", "allocs/op"}, v.Unit):
				case v.OrigUnit != "": // such as ns, which the reader makes seconds of
					sample.More = append(sample.More, measure.Value{Value: v.OrigValue, Unit: v.OrigUnit})
				default:
					sample.More = append(sample.More, measure.Value{Value: v.Value, Unit: v.Unit})
				}
			}
			record.Rows[at].Samples = append(record.Rows[at].Samples, sample)
		}
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	if len(record.Rows) == 0 {
		return nil, fmt.Errorf("report: %s holds no benchmark result, want a record that toll bench wrote", name)
	}
	return record, nil
}

// contradicts returns what a result says of its run or its problem that is not what the record says, "" if all is. The
// package may change: the output of go test holds several.
func (r *Record) contradicts(result *benchfmt.Result, row *Row) string {
	for _, c := range result.Config {
		had := r.Get(c.Key)
		if slices.Contains(problemKeys, c.Key) {
			had = row.Facts[c.Key]
		} else if had == "" || c.Key == "pkg" {
			continue
		}
		if had != string(c.Value) {
			return c.Key + ": " + string(c.Value)
		}
	}
	return ""
}

func row(name benchfmt.Name) Row {
	base, parts := name.Parts()
	r := Row{Study: string(base), Facts: map[string]string{}, name: string(base)}
	for _, part := range parts {
		if strings.HasPrefix(string(part), "/") { // not GOMAXPROCS
			r.name += string(part)
		}
		key, value, _ := strings.Cut(strings.TrimPrefix(string(part), "/"), "=")
		switch key {
		case "kernel":
			r.Kernel = value
		case "lang":
			r.Lang = value
		case "via":
			r.Via = value
		case "layout":
			r.Layout = value
		case "n":
			r.N = value
		default:
			if key != "" && value != "" {
				r.Facts[key] = value
			}
		}
	}
	return r
}
