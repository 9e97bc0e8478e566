// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package record_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

func TestRecordRoundTrip(t *testing.T) {
	got := pagetest.Written(t, pagetest.Facts, pagetest.Routes())
	wantFacts := slices.Clone(pagetest.Facts)
	wantFacts[0].Value = "A CPU, of some make"
	if diff := cmp.Diff(wantFacts, got.Facts); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(got.Rows) != len(pagetest.Routes()) {
		t.Fatalf("%d rows, want %d", len(got.Rows), len(pagetest.Routes()))
	}
	near := cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })
	for k, s := range pagetest.Routes() {
		r := got.Rows[k]
		if diff := cmp.Diff(s.Samples, r.Samples, near); diff != "" {
			t.Errorf("row %d: -want +got:\n%s", k, diff)
		}
		facts := map[string]string{}
		for _, f := range s.Subject.Facts {
			facts[f.Key] = f.Value
		}
		for part := range strings.SplitSeq(s.Subject.Name, "/") { // what the name says of the problem
			if key, value, _ := strings.Cut(part, "="); slices.Contains([]string{"form", "reads", "writes", "level", "width"}, key) {
				facts[key] = value
			}
		}
		if diff := cmp.Diff(facts, r.Facts); diff != "" {
			t.Errorf("row %d: -want +got:\n%s", k, diff)
		}
	}
	r := &got.Rows[3]
	if r.Study != "Kernels" || r.Kernel != "ols" || r.Route() != "rust-par/cgo" || r.Layout != "row" || r.N != "100" || !r.Parallel() {
		t.Errorf("the fourth row reads %+v", r)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":    "",
		"prose":    "this is no record\n",
		"no ns/op": "BenchmarkX 1 5 widgets\n",
	} {
		if _, err := record.Read(strings.NewReader(text), "file.txt"); err == nil || !strings.Contains(err.Error(), "file.txt") {
			t.Errorf("%s: got %v, want an error naming the file", name, err)
		}
	}
}

// TestReadRefusesParts cuts a record behind each of its bytes: no part of it passes for the whole.
func TestReadRefusesParts(t *testing.T) {
	var b bytes.Buffer
	series := pagetest.Routes()[:2]
	if err := record.Write(&b, pagetest.Facts, pagetest.Stated(series), 2, series); err != nil {
		t.Fatal(err)
	}
	text := b.Bytes()
	for n := range text {
		if r, err := record.Read(bytes.NewReader(text[:n]), "file.txt"); err == nil {
			t.Fatalf("%d of %d bytes read as a record of %d rows, up to\n%s", n, len(text), len(r.Rows), text[max(0, n-100):n])
		}
	}
	if _, err := record.Read(bytes.NewReader(text), "file.txt"); err != nil {
		t.Error(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	for k, line := range lines {
		if !bytes.HasPrefix(line, []byte("Benchmark")) {
			continue
		}
		without := bytes.Join(append(slices.Clone(lines[:k]), lines[k+1:]...), nil)
		if _, err := record.Read(bytes.NewReader(without), "file.txt"); err == nil || !strings.Contains(err.Error(), "file.txt is cut short, or was changed") {
			t.Fatalf("without line %d: error %v, want one that says so", k, err)
		}
	}
}

// TestReadRefusesTwo: one record behind another is not one run of more rounds.
func TestReadRefusesTwo(t *testing.T) {
	write := func(facts []measure.Fact, series []measure.Series) string {
		var b bytes.Buffer
		if err := record.Write(&b, facts, pagetest.Stated(series), 2, series); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	date := func(date string) []measure.Fact {
		return append([]measure.Fact{{Key: "date", Value: date}}, pagetest.Facts...)
	}
	first := write(date("2026-01-01"), pagetest.Routes())
	lines := strings.Count(first, "\n")
	slower := slices.Clone(pagetest.Facts)
	slower[1].Value += " and another"
	verified := pagetest.Routes()
	for k := range verified {
		s := *verified[k].Subject
		s.Facts = append(slices.Clone(s.Facts[:1]), measure.Fact{Key: "verified", Value: "failed in 1 of 60 cases: c/cgo"})
		verified[k].Subject = &s
	}
	for _, c := range []struct{ name, text, want string }{
		{"another", first + write(date("2026-02-02"), pagetest.Routes()[:2]), fmt.Sprintf("line %d (date: 2026-02-02)", lines+1)},
		{"itself", first + first, fmt.Sprintf("line %d (date: 2026-01-01)", lines+1)},
		{"what is measured elsewhere", first + write(date("2026-02-02"), []measure.Series{pagetest.One("Other/op=x/n=1", nil, 1)}), "date: 2026-02-02"},
		{"a head", write(date("2026-01-01"), pagetest.Routes()[:1]) + "date: 2026-02-02\n", "(date: 2026-02-02)"},
		{"another machine, no date", write(pagetest.Facts, pagetest.Routes()) + write(slower, pagetest.Routes()), "(" + pagetest.Facts[1].Key + ": " + pagetest.Facts[1].Value + " and another)"},
		{"other facts of a problem, no date", write(pagetest.Facts, pagetest.Routes()) + write(nil, verified), "(per: "},
		{"one", first, ""},
		{"packages, by go test", "goos: linux\npkg: a\nBenchmarkX 1 5 ns/op\ngoos: linux\npkg: b\nBenchmarkY 1 5 ns/op\n", ""},
		{"rounds, by go test", strings.Repeat("goos: linux\nBenchmarkX 1 5 ns/op\nBenchmarkY 1 5 ns/op\n", 3), ""},
	} {
		_, err := record.Read(strings.NewReader(c.text), "file.txt")
		if c.want == "" && err == nil {
			continue
		}
		if err == nil || c.want == "" || !strings.Contains(err.Error(), "file.txt holds two records, the second begins at ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want one that names the second record: %q", c.name, err, c.want)
		}
	}
}

func TestThreads(t *testing.T) {
	for want, facts := range map[string][]measure.Fact{
		"3 threads": {{Key: "threads", Value: "3"}, {Key: "team-c-omp", Value: "3"}},
		"3 threads, but c-omp on 1, fortran-omp on 2": {{Key: "threads", Value: "3"}, {Key: "team-c-omp", Value: "1"}, {Key: "team-rust-par", Value: "3"}, {Key: "team-fortran-omp", Value: "2"}},
	} {
		if got := (&record.Record{Facts: facts}).Threads(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestFactsAreDeclared: a fact that nobody declared is an error when the record is written, and so is one that is not where
// it belongs; then nothing is written.
func TestFactsAreDeclared(t *testing.T) {
	fact := func(key string) []measure.Fact { return []measure.Fact{{Key: key, Value: "some"}} }
	for _, c := range []struct {
		name         string
		run, problem []measure.Fact
		want         string
	}{
		{"declared", fact("cpu"), fact("color"), ""},
		{"of any study", nil, fact("per"), ""},
		{"undeclared", nil, fact("colour"), `record: X/op=y/n=1 states the fact "colour", want one that its part declares: `},
		{"of a problem, by the run", fact("color"), nil, `record: the run states the fact "color", want it of problems only`},
	} {
		var b bytes.Buffer
		err := record.Write(&b, c.run, append(slices.Clone(record.ProblemFacts), "color"), 2, []measure.Series{pagetest.One("X/op=y/n=1", c.problem, 5)})
		if c.want == "" {
			r, unread := record.Read(&b, "test")
			if err != nil || unread != nil {
				t.Errorf("%s: %v, %v", c.name, err, unread)
			} else if got := len(r.Rows[0].Facts); got != len(c.problem) {
				t.Errorf("%s: read back are %d facts of the problem, want %d", c.name, got, len(c.problem))
			}
		} else if err == nil || !strings.HasPrefix(err.Error(), c.want) || b.Len() > 0 {
			t.Errorf("%s: error %v and %d bytes, want %q and none", c.name, err, b.Len(), c.want)
		}
	}
}

// TestVerdict: a row is as its route was verified, which no other route's verdict stands for.
func TestVerdict(t *testing.T) {
	verified := "bit-identical in 60 cases: c/cgo rust/cgo; within bound in 9 cases: blas/netlib; failed in 2 of 9 cases: ada/cgo"
	for route, want := range map[string]string{"c/cgo": "bit-identical", "rust/cgo": "bit-identical", "blas/netlib": "within bound", "ada/cgo": "", "c/purego": ""} {
		r := record.Row{Facts: map[string]string{"verified": verified}}
		r.Lang, r.Via, _ = strings.Cut(route, "/")
		if got := r.Verdict(); got != want || r.Verified() != (want != "") {
			t.Errorf("%s: the verdict is %q and verified %v, want %q", route, got, r.Verified(), want)
		}
	}
}

// TestVerified: limits, second entries, and rows whose problem says nothing of it are no rows that were to be verified.
func TestVerified(t *testing.T) {
	row := func(study, lang, entry, verified string) record.Row {
		return record.Row{Name: record.Name{Study: study, Lang: lang, Via: "cgo", Entry: entry}, Facts: map[string]string{"verified": verified}}
	}
	const held = "bit-identical in 60 cases: c/cgo"
	r := &record.Record{Rows: []record.Row{
		row("Kernels", "c", "", held), row("Kernels", "c", record.EntryAgain, held), row("Kernels", "ada", "", held),
		row("FirstUse", "c", "", ""), row(record.LimitsName, "c", "", held),
	}}
	if good, rows, silent := r.Verified(); good != 1 || rows != 2 || silent != 2 {
		t.Errorf("%d of %d rows are verified and %d silent, want 1 of 2 and 2", good, rows, silent)
	}
}

// TestParallelLanguage: bindings of Python that work on several threads are held against as many.
func TestParallelLanguage(t *testing.T) {
	for lang, want := range map[string]bool{
		"c": false, "c-omp": true, "rust-par": true, "rust-simd-par-avx2": true, "c-simd-omp": true, "c-simd": false, "c-simd-avx512": false,
		"numba": false, "numba-prange": true, "cython-static": true, "cython-guided": true, "cython-memoryview": false, "lstsq-engine-par": true, "": false,
	} {
		if got := record.ParallelLanguage(lang); got != want {
			t.Errorf("%s is parallel: %v, want %v", lang, got, want)
		}
	}
}

// TestConfined: only what is a limit is said of a run's.
func TestConfined(t *testing.T) {
	for _, c := range []struct{ memory, cpu, want string }{
		{"", "", ""}, {"none", "none", ""}, {"unknown", "unknown", ""},
		{"2 GiB (cgroup memory.max)", "none", "2 GiB of memory"},
		{"unknown", "1.5 (cgroup cpu.max)", "1.5 s of processor time a second"},
		{"2 GiB (cgroup memory.max)", "1.5 (cgroup cpu.max)", "2 GiB of memory and 1.5 s of processor time a second"},
	} {
		r := &record.Record{Facts: []measure.Fact{{Key: "memory-limit", Value: c.memory}, {Key: "cpu-limit", Value: c.cpu}}}
		if got := r.Confined(); got != c.want {
			t.Errorf("memory %q and cpu %q: %q, want %q", c.memory, c.cpu, got, c.want)
		}
	}
}
