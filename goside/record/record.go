// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package record writes and reads the record of a run, in the Go benchmark format
// (https://go.dev/design/14313-benchmark-format). All that is shown is made from a record, so that it can be made
// again, later and elsewhere.
//
// A record begins with the facts of the whole run. Then come its problems. Each has facts of its own, which benchstat
// tells problems apart by, and its rows.
package record

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"

	"toll/goside/level"
	"toll/goside/measure"
)

// More returns the median of what a row's samples hold under a unit beside the time.
func (r *Row) More(unit string) measure.Interval {
	return measure.Median(r.Values(func(s *measure.Sample) float64 { return s.Get(unit) }))
}

// Allocated returns what an operation allocates on Go's heap.
func (r *Row) Allocated() (bytes, objects float64) {
	return measure.Median(r.Values(func(s *measure.Sample) float64 { return s.Bytes })).Median,
		measure.Median(r.Values(func(s *measure.Sample) float64 { return s.Allocs })).Median
}

// Fewest is how many rounds give a median an interval.
const Fewest = 6

// Write writes a record: the facts of the run, then each series' samples, a line each, in the order of rounds. declared are
// the keys of the facts that problems may state; it is an error if a series states another, or one that is the run's, or if two
// series have one name, and then nothing is written. procs is GOMAXPROCS.
func Write(w io.Writer, facts []measure.Fact, declared []string, procs int, series []measure.Series) error {
	if err := stated(facts, declared, series); err != nil {
		return err
	}
	lines := 0
	for _, s := range series {
		lines += len(s.Samples)
	}
	facts = append(slices.Clone(facts), measure.Fact{Key: problemFacts, Value: strings.Join(declared, " ")},
		measure.Fact{Key: resultLines, Value: strconv.Itoa(lines)})
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

// stated returns an error if a fact is not where its key belongs, or if two series have one name: what reads the record would
// take them for one.
func stated(facts []measure.Fact, declared []string, series []measure.Series) error {
	for _, f := range facts {
		if slices.Contains(declared, f.Key) {
			return fmt.Errorf("record: the run states the fact %q, want it of problems only", f.Key)
		}
	}
	_, err := Sound(declared, series)
	return err
}

// Sound returns the series that a record can hold, and an error that names the others: those that state a fact that is not
// declared, or have the name of another.
func Sound(declared []string, series []measure.Series) (sound []measure.Series, err error) {
	names := map[string]bool{}
	for _, s := range series {
		wrong := error(nil)
		if names[s.Subject.Name] {
			wrong = fmt.Errorf("record: two series are named %s, want a name for each", s.Subject.Name)
		}
		names[s.Subject.Name] = true
		for _, f := range s.Subject.Facts {
			if !slices.Contains(declared, f.Key) {
				wrong = fmt.Errorf("record: %s states the fact %q, want one that its part declares: %s", s.Subject.Name, f.Key, strings.Join(declared, ", "))
			}
		}
		if err = errors.Join(err, wrong); wrong == nil {
			sound = append(sound, s)
		}
	}
	return sound, err
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

	declared []string // keys of the facts of its problems
}

// Row is what was measured under one benchmark name.
type Row struct {
	Name
	Facts   map[string]string // of the problem, and what else varies in the name
	Samples []measure.Sample  // in the order of rounds

	facts      []measure.Fact
	iterations int // of the first batch
	result     *benchfmt.Result
}

// Parallel reports whether the row's language uses several threads; a call has nothing to share out.
func (r *Row) Parallel() bool { return r.Study != "Call" && ParallelLanguage(r.Lang) }

// Again reports whether the row is a route's second entry.
func (r *Row) Again() bool { return r.Entry == EntryAgain }

// Incidental reports whether a row is not judged like the others: the reference beside a payload is no row of its
// own, and some problems say that they are not: what is built or compiled takes few rounds, and misses are no times.
func (r *Row) Incidental() bool { return r.Entry == EntryReference || r.Facts[unjudged] != "" }

// unjudged is the key of the fact that says why a problem's rows are not warned of, or compared.
const unjudged = "unjudged"

// Wall returns the samples' wall times, in ns an operation.
func (r *Row) Wall() []float64 {
	return r.Values(func(s *measure.Sample) float64 { return s.Wall })
}

// Values returns a figure of each sample.
func (r *Row) Values(of func(*measure.Sample) float64) []float64 {
	values := make([]float64, len(r.Samples))
	for k := range values {
		values[k] = of(&r.Samples[k])
	}
	return values
}

// Number returns a fact of the row's problem as a number, 0 if it is not there.
func (r *Row) Number(key string) float64 {
	x, err := strconv.ParseFloat(r.Facts[key], 64)
	if err != nil {
		return 0
	}
	return x
}

// Verified reports whether the record says that the row's route was verified on its problem.
func (r *Row) Verified() bool { return r.Verdict() != "" }

// Verdict returns how the record says that the row's route holds on its problem: "bit-identical", "within bound", or "" if it
// does not say so.
func (r *Row) Verdict() string {
	for verdict := range strings.SplitSeq(r.Facts["verified"], "; ") {
		held, routes, _ := strings.Cut(verdict, ": ")
		if !slices.Contains(strings.Fields(routes), r.Route()) {
			continue
		}
		for _, good := range []string{"bit-identical", "within bound"} {
			if strings.HasPrefix(held, good) {
				return good
			}
		}
	}
	return ""
}

// Verified returns how many of the rows whose problem says which routes were verified on it are of one that held, how many such
// rows there are, and how many of other problems: they measure what returns nothing that could be verified, such as limits, or
// do not say. Second entries do not count.
func (r *Record) Verified() (good, rows, silent int) {
	for k := range r.Rows {
		row := &r.Rows[k]
		switch {
		case row.Entry != "":
		case row.Study == LimitsName || row.Facts["verified"] == "":
			silent++
		default:
			rows++
			if row.Verified() {
				good++
			}
		}
	}
	return good, rows, silent
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

// Confined returns to what the run was held by its control group, as far as the record says so: "2 GiB of memory and 1.5 s of
// processor time a second", or "".
func (r *Record) Confined() string {
	var all []string
	for _, limit := range []struct{ key, form string }{{"memory-limit", "%s of memory"}, {"cpu-limit", "%s s of processor time a second"}} {
		amount, _, _ := strings.Cut(r.Get(limit.key), " (")
		if amount != "" && amount != "none" && amount != "unknown" {
			all = append(all, fmt.Sprintf(limit.form, amount))
		}
	}
	return strings.Join(all, " and ")
}

// Threads returns how many parallel languages worked on: "2 threads", or "2 threads, but c-omp on 1".
func (r *Record) Threads() string {
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
		series[k] = measure.Series{Subject: &measure.Subject{Name: row.Name.String(), Facts: row.facts}, N: row.iterations, Samples: row.Samples}
	}
	return series
}

// ProblemFacts are the keys of facts that problems of any study may state: its name, what an operation is, the bytes of
// memory that it is done on, the work in one, and how its routes were verified.
var ProblemFacts = []string{"problem", "per", "set", "reads", "writes", "flops", "verified", unjudged}

// problemFacts is the key under which a record lists the keys of its problems' facts.
const problemFacts = "problem-facts"

// resultLines is the key under which a record says how many results it holds, so that a part of it does not pass for the whole.
const resultLines = "result-lines"

// ReadFile reads a record from a file, which may be compressed.
func ReadFile(file string) (*Record, error) {
	text, err := ReadText(file)
	if err != nil {
		return nil, err
	}
	return Read(bytes.NewReader(text), file)
}

// ReadText returns the text of a record's file, which may be compressed.
func ReadText(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var plain io.Reader = in
	if head, err := in.Peek(2); err == nil && head[0] == 0x1f && head[1] == 0x8b { // what gzip begins with
		if plain, err = gzip.NewReader(in); err != nil {
			return nil, fmt.Errorf("record: %s: %w", file, err)
		}
	}
	return readAll(plain, file)
}

// readAll reads a record's text; name is its name in errors.
func readAll(in io.Reader, name string) ([]byte, error) {
	text, err := io.ReadAll(in)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("record: %s is cut short: %w", name, err)
	} else if err != nil {
		return nil, fmt.Errorf("record: %s: %w", name, err)
	}
	return text, nil
}

// Read reads a record; name is its name in errors. Two records, one behind the other, are an error: their rounds are
// not to be compared with each other, and what the first says of its run does not hold for the second.
func Read(in io.Reader, name string) (*Record, error) {
	text, err := readAll(in, name)
	if err != nil {
		return nil, err
	}
	two := func(line int, sign string) error {
		return fmt.Errorf("record: %s holds two records, the second begins at line %d (%s): split them", name, line, sign)
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
	record := &Record{declared: ProblemFacts}
	index := map[string]int{}
	line = 0
	results, stated := 0, ""
	reader := benchfmt.NewReader(bytes.NewReader(text), name)
	for reader.Scan() {
		switch result := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, result
		case *benchfmt.Result:
			if results++; results == 1 {
				stated = result.GetConfig(resultLines)
			}
			wall, ok := result.Value("sec/op")
			if !ok { // of 0 ns the reader makes no seconds
				wall, ok = result.Value("ns/op")
			}
			if !ok {
				return nil, fmt.Errorf("record: %s: %s has no ns/op", name, result.Name)
			}
			full := string(result.Name.Full())
			at, seen := index[full]
			if len(record.Rows) == 0 {
				if keys := result.GetConfig(problemFacts); keys != "" {
					record.declared = strings.Fields(keys)
				} else if result.GetConfig("problem") != "" && result.GetConfig("per") == "" {
					return nil, fmt.Errorf("record: %s is of an earlier Toll, with other names: show it with that, revision %s", name, result.GetConfig("revision"))
				}
			}
			if !seen {
				at = len(record.Rows)
				index[full] = at
				r := newRow(result)
				r.iterations = result.Iters
				for _, c := range result.Config {
					if slices.Contains(record.declared, c.Key) {
						r.Facts[c.Key] = string(c.Value)
						r.facts = append(r.facts, measure.Fact{Key: c.Key, Value: string(c.Value)})
					} else if at == 0 && c.Key != problemFacts && c.Key != resultLines {
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
		return nil, fmt.Errorf("record: %s holds no benchmark result, want a record that toll bench wrote", name)
	}
	if stated != "" && stated != strconv.Itoa(results) {
		return nil, fmt.Errorf("record: %s is cut short, or was changed: it holds %d of %s results", name, results, stated)
	}
	if stated != "" && text[len(text)-1] != '\n' {
		return nil, fmt.Errorf("record: %s is cut short in its last line", name)
	}
	return record, nil
}

// contradicts returns what a result says of its run or its problem that is not what the record says, "" if all is. The
// package may change: the output of go test holds several.
func (r *Record) contradicts(result *benchfmt.Result, row *Row) string {
	for _, c := range result.Config {
		had := r.Get(c.Key)
		if slices.Contains(r.declared, c.Key) {
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

func newRow(result *benchfmt.Result) Row {
	r := Row{Name: ParseName(string(result.Name)), Facts: map[string]string{}, result: result.Clone()}
	for _, k := range r.Keys {
		r.Facts[k.Key] = k.Value
	}
	return r
}

// MoveName is the kernel, in the record, of a limit that goes through memory as a problem does.
const MoveName = "move"

// ParallelLanguage reports whether a language of that name uses several threads: of Rust, Go or pandas, by OpenMP, by Numba, or
// by one of OpenMP's schedules from Cython.
func ParallelLanguage(lang string) bool {
	lang, _ = level.Split(lang)
	last := lang[strings.LastIndexByte(lang, '-')+1:]
	return slices.Contains([]string{"par", "omp", "prange", "static", "dynamic", "guided"}, last)
}

// LimitsName is the study that is not of routes but of the machine.
const LimitsName = "Limits"
