// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// made is a study of experiments that count nothing. Each notes that it ran.
type made struct {
	study.Study
	ran []string
}

// newMade returns a study of two parts, and of an empty one.
func newMade() *made {
	m := &made{}
	series := func(op string) []measure.Series {
		s := measure.Series{Subject: &measure.Subject{Name: record.Name{Study: "Made", Op: op, Lang: "c", Via: "cgo", N: "1"}.String(),
			Facts: []measure.Fact{{Key: "problem", Value: op}, {Key: "color", Value: "red"}}}, N: 1}
		for k := range 7 {
			s.Samples = append(s.Samples, measure.Sample{Wall: 10 + float64(k)/100})
		}
		return []measure.Series{s}
	}
	experiment := func(name string, more func(*study.Lab) ([]measure.Series, error)) study.Experiment {
		return study.Experiment{Name: name, Quick: 10 * time.Second, Full: time.Minute, Run: func(lab *study.Lab) ([]measure.Series, error) {
			m.ran = append(m.ran, name)
			return more(lab)
		}}
	}
	stop := func(lab *study.Lab) {
		_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
		<-lab.Done
	}
	asked := experiment("asked", func(*study.Lab) ([]measure.Series, error) { return series("asked"), nil })
	asked.Asked = true
	free := experiment("free", func(*study.Lab) ([]measure.Series, error) { return series("free"), nil })
	free.Free = true
	m.Study = study.Study{Name: "made", Page: "MADE.md", Prefix: "made-", Head: "# Made on {{.Get \"cpu\"}} from {{.Source}}, as {{.Page}}\n", Parts: []study.Part{
		{
			Name:        "good",
			Facts:       []string{"color"},
			Benchmarks:  []string{"Made"},
			Experiments: []study.Experiment{experiment("first", func(*study.Lab) ([]measure.Series, error) { return series("first"), nil }), free, asked},
			Sections:    []func(*page.Page){func(p *page.Page) { p.Say("%d rows.", len(p.Rows("Made"))) }},
			Answers: []page.Question{
				{Text: "How many?", Answer: func(p *page.Page) string { return fmt.Sprintf("There are %d.", len(p.Rows("Made"))) }},
				{Text: "And else?", Answer: func(p *page.Page) string { return "" }},
			},
			Pictures: []study.Picture{
				{Name: "rows", Alt: "Rows", Draw: func(*record.Record) (*chart.Picture, error) {
					return &chart.Picture{Width: 100, Height: 100, Paint: chart.Whiten}, nil
				}},
				{Name: "nothing", Alt: "Nothing", Draw: func(*record.Record) (*chart.Picture, error) { return nil, chart.ErrNothing }},
			},
		},
		{Name: "empty"},
		{
			Name: "bad",
			Experiments: []study.Experiment{
				experiment("absent", func(*study.Lab) ([]measure.Series, error) {
					return series("absent"), fmt.Errorf("half of it: %w: nowhere", seam.ErrUnavailable)
				}),
				experiment("fails", func(*study.Lab) ([]measure.Series, error) { return nil, errors.New("this is why") }),
				experiment("partly", func(*study.Lab) ([]measure.Series, error) { return series("partly"), errors.New("the rest is wrong") }),
				experiment("stops", func(lab *study.Lab) ([]measure.Series, error) { stop(lab); return series("stops"), measure.ErrStopped }),
				experiment("stops-at-once", func(lab *study.Lab) ([]measure.Series, error) { stop(lab); return nil, measure.ErrStopped }),
				experiment("undeclared", func(*study.Lab) ([]measure.Series, error) {
					all := series("undeclared")
					all[0].Subject.Facts[1].Key = "colour"
					return all, nil
				}),
				experiment("last", func(*study.Lab) ([]measure.Series, error) { return series("last"), nil }),
			},
		},
	}}
	return m
}

// TestRun: what an experiment measured is kept whatever became of it and of others; the error is of what failed.
func TestRun(t *testing.T) {
	for _, c := range []struct {
		name  string
		parts []string
		ran   string
		rows  string // operations of the record, "" if there is none
		err   string // all of it; "reported" if that is ErrReported
		says  []string
		shows []string
	}{
		{"succeed", []string{"good"}, "first free", "first free", "", []string{"2 experiments, about 20s on two cores\n", "1 of 2: first, 0s since the start\n", "2 of 2: free, "}, []string{"2 rows.\n"}},
		{"one", []string{"last"}, "last", "last", "", []string{"last, 0s since"}, nil},
		{"are unavailable", []string{"absent", "last"}, "absent last", "absent last", "", []string{"toll: left out: half of it: unavailable: nowhere\n"}, nil},
		{"fail", []string{"first", "fails", "partly", "last"}, "first fails partly last", "first partly last", "reported",
			[]string{"toll: fails: this is why\npartly: the rest is wrong\n"}, []string{"3 rows.\n"}},
		{"measure nothing", []string{"fails"}, "fails", "", "fails: this is why\nnothing was measured", nil, nil},
		{"are stopped", []string{"first", "stops", "last"}, "first stops", "first stops", "stopped by a signal: interrupt",
			[]string{"toll: interrupt: writing what was measured", "record.txt is whole: it holds all that was complete when stops was stopped; not begun: last\n"}, []string{"Warning: the run was cut short in stops, stopped by a signal: interrupt.\n"}},
		{"are stopped and had failed", []string{"fails", "partly", "stops"}, "fails partly stops", "partly stops", "stopped by a signal: interrupt",
			[]string{"toll: fails: this is why\npartly: the rest is wrong\n"}, nil},
		{"are stopped at once", []string{"stops-at-once", "last"}, "stops-at-once", "", "stopped by a signal: interrupt",
			[]string{"toll: there is no record, since no round was complete when stops-at-once was stopped; not begun: last\n"}, nil},
		{"state what nobody declared", []string{"first", "undeclared"}, "first undeclared", "first", "reported",
			[]string{`record: Made/op=undeclared/lang=c/via=cgo/n=1 states the fact "colour", want one that its part declares: problem, per,`}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMade()
			file := filepath.Join(t.TempDir(), "record.txt")
			var out, said bytes.Buffer
			err := m.Run(&study.Lab{Settings: study.Settings{Output: file, Parts: c.parts, Seed: 7, Threads: 3}, Stdout: &out, Stderr: &said})
			if ran := strings.Join(m.ran, " "); ran != c.ran {
				t.Errorf("run were %q, want %q", ran, c.ran)
			}
			switch {
			case c.err == "reported":
				if !errors.Is(err, study.ErrReported) || strings.TrimSpace(err.Error()) != "" {
					t.Errorf("error %q, want one that was said already", err)
				}
			case (err == nil) != (c.err == "") || err != nil && err.Error() != c.err:
				t.Errorf("error %v, want %q", err, c.err)
			}
			if cut := new(study.Interrupted); strings.Contains(c.err, "signal") && (!errors.As(err, cut) || cut.Signal != syscall.SIGINT) {
				t.Errorf("%#v does not say the signal", err)
			}
			for _, want := range c.says {
				if !strings.Contains(said.String(), want) {
					t.Errorf("said is\n%s\nwant %q", said.String(), want)
				}
			}
			if len(c.says) == 0 && strings.Contains(said.String(), "left out") {
				t.Errorf("said is\n%s", said.String())
			}
			if c.rows == "" {
				if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) || out.Len() > 0 {
					t.Errorf("there is a record (%v), or printed:\n%s", err, out.String())
				}
				return
			}
			r, err := record.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var rows []string
			for k := range r.Rows {
				rows = append(rows, r.Rows[k].Op)
			}
			if got := strings.Join(rows, " "); got != c.rows {
				t.Errorf("the record has %q, want %q", got, c.rows)
			}
			for key, want := range map[string]string{"study": "made", "seed": "7", "threads": "3", "revision": study.Revision, "clock-step": ""} {
				if got := r.Get(key); got != want {
					t.Errorf("the record says %s %q, want %q", key, got, want)
				}
			}
			if date, err := time.Parse(time.RFC3339, r.Get("date")); err != nil || time.Since(date) > time.Hour || r.Get("cpu") == "" || r.Get("others") == "" {
				t.Errorf("the record says date %q, cpu %q and others %q", r.Get("date"), r.Get("cpu"), r.Get("others"))
			}
			if r.Rows[0].Facts["color"] != "red" {
				t.Errorf("facts are %v, want the color of the part's own", r.Rows[0].Facts)
			}
			for _, want := range append(c.shows, "Record: "+file+"\n", "Picture: "+strings.Replace(file, "record.txt", "made-rows.svg", 1)+"\n") {
				if !strings.Contains(out.String(), want) {
					t.Errorf("printed is\n%s\nwant %q", out.String(), want)
				}
			}
		})
	}
}

// TestChoose: patterns choose parts or experiments; what must be asked for is not run otherwise.
func TestChoose(t *testing.T) {
	for _, c := range []struct {
		parts []string
		asked bool
		ran   string
		err   string
	}{
		{[]string{"good"}, true, "first free asked", ""},
		{[]string{"good"}, false, "first free", ""},
		{[]string{"f[ir]*"}, false, "first free", ""},
		{[]string{"last", "first"}, false, "first last", ""},
		{[]string{"asked"}, false, "", `no part matches ["asked"], want one of first, free, absent, `},
		{[]string{"empty"}, false, "", `no part matches ["empty"], want one of first, `},
		{[]string{"["}, false, "", "syntax error in pattern"},
	} {
		m := newMade()
		lab := &study.Lab{Settings: study.Settings{Output: filepath.Join(t.TempDir(), "record.txt"), Parts: c.parts, Asked: map[string]bool{"asked": c.asked}},
			Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
		err := m.Run(lab)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: error %v, want %q", c.parts, err, c.err)
		}
		if ran := strings.Join(m.ran, " "); ran != c.ran {
			t.Errorf("%q: run were %q, want %q", c.parts, ran, c.ran)
		}
	}
}

// TestOutputComesFirst: an output that cannot be written is an error before anything is run.
func TestOutputComesFirst(t *testing.T) {
	m := newMade()
	folder := t.TempDir()
	err := m.Run(&study.Lab{Settings: study.Settings{Output: folder, Parts: []string{"good"}}, Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}})
	if err == nil || !strings.Contains(err.Error(), "the record cannot be written: ") || m.ran != nil {
		t.Errorf("error %v, run were %q; want an error before", err, m.ran)
	}
}

// TestRecordByDefault is in build/results, and compressed if its name says so.
func TestRecordByDefault(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, output := range []string{"", "some/record.txt.gz"} {
		var out bytes.Buffer
		if err := newMade().Run(&study.Lab{Settings: study.Settings{Output: output, Parts: []string{"first"}}, Stdout: &out, Stderr: &bytes.Buffer{}}); err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(out.String(), "Record: ")
		file, _, _ := strings.Cut(rest, "\n")
		if output == "" && !strings.HasPrefix(file, "build/results/made-2") || output != "" && file != output {
			t.Errorf("the record is %q", file)
		}
		if r, err := record.ReadFile(file); err != nil || r.Get("study") != "made" {
			t.Errorf("%s: error %v, record %+v", file, err, r)
		}
		text, err := os.ReadFile(file)
		if packed := bytes.HasPrefix(text, []byte{0x1f, 0x8b}); err != nil || packed != (output != "") {
			t.Errorf("%s: error %v, compressed %t", file, err, packed)
		}
	}
}

func turns(n int) error {
	for range n {
		study.Nothing()
	}
	return nil
}

// TestMeasure: the run's settings come before what an experiment takes by default.
func TestMeasure(t *testing.T) {
	for _, c := range []struct {
		settings       study.Settings
		measure, exact int // rounds
		visits         int
	}{
		{study.Settings{}, 2, 2, 3},
		{study.Settings{Full: true}, study.FullRounds, 2, 3},
		{study.Settings{Rounds: 5}, 5, 5, 3},
		{study.Settings{Rounds: 5, Full: true, Visits: 1}, 5, 5, 1},
	} {
		subject := measure.Subject{Name: "Made/op=x/n=1", Group: "x", Least: 1, Run: turns}
		lab := &study.Lab{Settings: c.settings, Progress: study.NewProgress(io.Discard)}
		for name, rounds := range map[string]int{"Measure": c.measure, "MeasureIn": c.exact} {
			run := lab.Measure
			if name == "MeasureIn" {
				run = lab.MeasureIn
			}
			batches := 0
			lab.Progress.Stepped = func(done, _ int) { batches = done }
			series, err := run([]measure.Subject{subject}, time.Microsecond, 2, 3)
			if err != nil || len(series) != 1 || len(series[0].Samples) != rounds {
				t.Errorf("%s with %+v: error %v, series %+v, want %d rounds", name, c.settings, err, series, rounds)
			}
			if want := rounds * c.visits; batches != want && batches != rounds { // one is enough if other processes made it long
				t.Errorf("%s with %+v: %d batches, want %d", name, c.settings, batches, want)
			}
		}
	}
}

// TestClockIsStated: where something was timed, the record says by which clock, and how often garbage was collected that
// nobody asked for.
func TestClockIsStated(t *testing.T) {
	m := newMade()
	m.Parts = []study.Part{{Name: "timed", Experiments: []study.Experiment{{Name: "timed", Run: func(lab *study.Lab) (series []measure.Series, err error) {
		lab.Say("python", "3.11")
		lab.Say("python", "3.12")
		subject := []measure.Subject{{Name: "Made/op=x/n=1", Group: "x", Least: 1, Run: turns}}
		lab.Collecting(func() { series, err = lab.Measure(subject, time.Microsecond, 2, 1) })
		return series, err
	}}}}}
	file := filepath.Join(t.TempDir(), "record.txt")
	if err := m.Run(&study.Lab{Settings: study.Settings{Output: file}, Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}); err != nil {
		t.Fatal(err)
	}
	r, err := record.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if step, err := time.ParseDuration(r.Get("clock-step")); err != nil || step <= 0 || r.Get("batch") == "" || r.Get("collections") != "0" || r.Get("python") != "3.11" {
		t.Errorf("the record says step %q, batch %q, collections %q, python %q", r.Get("clock-step"), r.Get("batch"), r.Get("collections"), r.Get("python"))
	}
}

// TestPrint: a page has a head, and its answers before the tables; what is printed has them behind; briefly they stand alone.
func TestPrint(t *testing.T) {
	m := newMade()
	file := filepath.Join(t.TempDir(), "record.txt")
	if err := m.Run(&study.Lab{Settings: study.Settings{Output: file, Parts: []string{"good"}}, Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}); err != nil {
		t.Fatal(err)
	}
	r, err := record.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	shown := func(style page.Style) string {
		var b bytes.Buffer
		if err := m.Print(&b, r, style); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	const answer = "- **How many?** There are 2.\n"
	text := shown(page.Style{Markdown: true, Source: "docs/made.txt.gz"})
	head := "# Made on " + r.Get("cpu") + " from docs/made.txt.gz, as docs/MADE.md\n\n"
	if !strings.HasPrefix(text, head) || !strings.Contains(text, answer+"\n2 rows.\n\n") {
		t.Errorf("the page is\n%s\nwant it to begin with %q, and the answer before the table", text, head)
	}
	if strings.Contains(text, "And else?") {
		t.Errorf("a question without an answer is shown:\n%s", text)
	}
	if text = shown(page.Style{}); !strings.HasPrefix(text, "2 rows.\n\n") || !strings.Contains(text, "How many? There are 2.\n") || !strings.Contains(text, "Machine: ") {
		t.Errorf("printed is\n%s\nwant the table, the answer and the machine", text)
	}
	if text = shown(page.Style{Brief: true, Markdown: true}); strings.TrimSpace(text) != strings.TrimSpace(answer) {
		t.Errorf("briefly printed is %q, want the answer alone", text)
	}
	folder := t.TempDir()
	files, err := m.Draw(r, folder)
	if want := []string{filepath.Join(folder, "made-rows.svg"), filepath.Join(folder, "made-rows.png")}; err != nil || !slices.Equal(files, want) {
		t.Errorf("drawn are %q, error %v, want %q", files, err, want)
	}
	m.Parts[0].Sections = []func(*page.Page){func(p *page.Page) { p.Picture("rows", "Rows") }}
	if text = shown(page.Style{Markdown: true}); !strings.Contains(text, "![Rows](made-rows.svg)") {
		t.Errorf("the page is\n%s\nwant it to show the file that is drawn", text)
	}
	m.Parts[0].Pictures[0].Draw = func(*record.Record) (*chart.Picture, error) { return nil, errors.New("no ink") }
	if _, err := m.Draw(r, folder); err == nil || !strings.Contains(err.Error(), "picture rows: no ink") {
		t.Errorf("a picture that fails gives the error %v", err)
	}
	if m.Head = "{{.Nothing}}"; m.Print(&bytes.Buffer{}, r, page.Style{Markdown: true}) == nil {
		t.Error("a head that cannot be made is no error")
	}
}

// TestMade: a record says which study made it; of one that does not, its benchmarks do.
func TestMade(t *testing.T) {
	m := newMade()
	for text, want := range map[string]bool{
		"study: made\nBenchmarkOther/op=x/n=1 1 5 ns/op\n":            true,
		"study: other\nBenchmarkMade/op=x/n=1 1 5 ns/op\n":            false,
		"BenchmarkMade/op=x/n=1 1 5 ns/op\n":                          true,
		"BenchmarkOther/op=x/n=1 1 5 ns/op\n":                         false,
		"BenchmarkOther/n=1 1 5 ns/op\nBenchmarkMade/n=1 1 5 ns/op\n": true,
	} {
		r, err := record.Read(strings.NewReader(text), "test")
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Made(r); got != want {
			t.Errorf("%q is of the study: %t, want %t", text, got, want)
		}
	}
	if facts := m.Facts(); !slices.Equal(facts, append(slices.Clone(record.ProblemFacts), "color")) {
		t.Errorf("facts are %q", facts)
	}
}
