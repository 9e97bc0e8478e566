// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/browsertest"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/report"
	"toll/goside/study"
)

// made is a study whose records hold calls.
var made = &study.Study{
	Name: "made", Title: "Made up", Lead: "made",
	Parts: []study.Part{{
		Name: "part",
		Sections: []func(*page.Page){func(p *page.Page) {
			p.Heading("Calls & costs")
			p.Explain("Each `call` passes <nothing>; see [the method](METHODOLOGY.md) and [a study](https://example.org/).")
			var lines [][]page.Cell
			for k := range p.Record.Rows {
				r := &p.Record.Rows[k]
				wall := measure.Median(r.Wall())
				lines = append(lines, []page.Cell{page.Word(r.Route()), page.Figure(page.TimeAndSpread(wall), r), page.Figure("~1.00", r, &p.Record.Rows[0])})
			}
			p.Table(&page.Table{Title: "Time of a call", Header: []string{"route", "a call", "relative"}, Lines: lines, Left: 1, Filter: true})
		}},
		Answers: []page.Question{{Text: "How long?", Answer: func(*page.Page) string { return "Not *long*." }}},
		Pictures: []study.Picture{{Name: "made", Alt: "A white picture", Draw: func(*record.Record) (*chart.Picture, error) {
			return &chart.Picture{Width: 300, Height: 100, Paint: chart.Whiten}, nil
		}}},
	}},
	Board: func(p *page.Page) *study.Board {
		b := &study.Board{Floor: 0.02, Says: []string{"A call through `cgo` takes 30 ns."}}
		for k := range p.Record.Rows[:2] {
			r := &p.Record.Rows[k]
			b.Crossings = append(b.Crossings, study.Toll{Crossing: r.Route(), Row: r, Call: measure.Median(r.Wall())})
		}
		return b
	},
}

// calls returns the text of a record of calls on ten routes.
func calls(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	var series []measure.Series
	for k, lang := range []string{"go", "c", "fortran", "rust", "zig"} {
		for j, via := range []string{"cgo", "purego"} {
			series = append(series, pagetest.Eight(fmt.Sprintf("Made/op=noop/lang=%s/via=%s/n=1", lang, via), float64(10*k+300*j+7)))
		}
	}
	facts := []measure.Fact{{Key: "cpu", Value: "A <CPU>"}, {Key: "date", Value: "2026-01-02T03:04:05Z"}}
	if err := record.Write(&b, facts, record.ProblemFacts, 2, series); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// source returns a text as a record of the made study.
func source(t *testing.T, file string, text []byte) report.Source {
	t.Helper()
	r, err := record.Read(bytes.NewReader(text), file)
	if err != nil {
		t.Fatal(err)
	}
	return report.Source{File: file, Text: text, Record: r, Study: made}
}

// written returns the file of a page of sources.
func written(t *testing.T, sources ...report.Source) string {
	t.Helper()
	var b bytes.Buffer
	says, err := report.Write(&b, sources, "go/cgo", "# Method\n\nHow.\n\n## Weaknesses\n\nMany.\n")
	if err != nil {
		t.Fatal(err)
	}
	if board := sources[0].Study.Board != nil; board != (len(says) == 1) {
		t.Errorf("of a study with a board (%v) the page says %q", board, says)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestPage: what a record holds is on the page, escaped, also where scripts are switched off.
func TestPage(t *testing.T) {
	file := written(t, source(t, "made-<1>.txt.gz", calls(t)))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "data-r="); n != 22 {
		t.Errorf("%d figures say their rows, want 20 and two of the board", n)
	}
	for _, part := range []string{"<CPU>", "METHODOLOGY.md", "ZgotmplZ", "--inks:", `src=`} {
		if strings.Contains(string(text), part) {
			t.Errorf("the page's source holds %q", part)
		}
	}
	tab := browsertest.Start(t).Open(t, file, browsertest.Options{Width: 900, NoScripts: true})
	tab.OpenDetails()
	pagetest.Holds(t, strings.Join(tab.Text("body"), "\n"), "A <CPU>", "Calls & costs", "passes <nothing>; see the method and a study", "Not long.", "made-<1>.txt.gz",
		"A white picture", "Weaknesses", "No row says that it was verified; 10 more have nothing to verify, or do not say")
	if got := tab.Text(`a[href="https://example.org/"], em, h3`); len(got) != 5 {
		t.Errorf("of a link, an emphasis and three titles there are %q", got)
	}
	if got := tab.Text("#made [data-r]"); len(got) != 20 || got[0] != "7.25 ns ±3%" {
		t.Errorf("without scripts the figures are %q, want 20 and the first of 7.25 ns", got)
	}
	if got := tab.Text(".save, select, th button"); len(got) != 0 {
		t.Errorf("without scripts there are the controls %q, which do nothing", got)
	}
}

// TestUse sorts, filters, and asks where a figure comes from, by mouse and by keyboard.
func TestUse(t *testing.T) {
	tab := browsertest.Start(t).Open(t, written(t, source(t, "made.txt.gz", calls(t))), browsertest.Options{Width: 900})
	tab.OpenDetails()
	routes := func() []string { return tab.Text("#made .grid tbody th") }
	tab.Click("#made .grid th:nth-child(2) button")
	if got := routes(); got[0] != "go/cgo" || got[4] != "zig/cgo" || got[5] != "go/purego" {
		t.Errorf("by time the routes are %q", got)
	}
	tab.Click("#made .grid th:nth-child(2) button")
	if got := routes(); got[0] != "zig/purego" || got[9] != "go/cgo" {
		t.Errorf("by time, longest first, the routes are %q", got)
	}
	tab.Choose("select[data-key=lang]", "rust")
	if got := routes(); !slices.Equal(got, []string{"rust/purego", "rust/cgo"}) {
		t.Errorf("of rust the routes are %q", got)
	}
	tab.Choose("select[data-key=via]", "cgo")
	if got := routes(); !slices.Equal(got, []string{"rust/cgo"}) {
		t.Errorf("of rust and cgo the routes are %q", got)
	}
	if got := tab.Text(".filter [role=status]"); !slices.Equal(got, []string{"1 of 10 lines"}) {
		t.Errorf("the filter says %q", got)
	}
	tab.Hover("#made tr:not([hidden]) [data-r]")
	wall := measure.Median(source(t, "made.txt", calls(t)).Record.Rows[6].Wall())
	says := func(want ...string) {
		t.Helper()
		browsertest.Eval[bool](tab, `new Promise(done => { const wait = () => tip.hidden ? setTimeout(wait, 5) : done(true); wait(); })`)
		pagetest.Holds(t, strings.Join(tab.Text("#tip"), " "), want...)
	}
	says("BenchmarkMade/op=noop/lang=rust/via=cgo/n=1-2", fmt.Sprintf("8 samples, median %.4g ns, 95 %% interval %.4g ns to %.4g ns", wall.Median, wall.Lo, wall.Hi), "Search for the name in made.txt.gz")
	tab.Focus("#made .scroll[aria-label^=Table]")
	tab.Press("\u0303") // see kb.ArrowRight
	says("lang=rust/via=cgo")
}

// TestRecordsComeBack: the page gives back the text of any record, byte for byte.
func TestRecordsComeBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var noisy strings.Builder
	for _, format := range []string{"%.6g", "%.3f", "%d.5", "1e+%02.0f"} {
		for k := range 12 {
			number := fmt.Sprintf(format, 1e6*rng.ExpFloat64())
			if strings.Contains(format, "d") {
				number = fmt.Sprintf(format, rng.IntN(1<<40))
			}
			fmt.Fprintf(&noisy, "BenchmarkNoisy/format=%q/lang=c/via=cgo/n=%d 7 %s ns/op %s cpu-ns/op 0 B/op %d allocs/op\n",
				strings.Trim(format, "%"), k/6, number, fmt.Sprintf("%.6g", 1e6*rng.ExpFloat64()), k%2)
		}
	}
	one := "BenchmarkX/op=a/lang=c/via=cgo/n=1 1 %s ns/op\n"
	texts := [][]byte{calls(t), []byte(noisy.String())}
	for _, values := range [][]string{
		{"1", "2", "10000000"}, {"0.5", "12", "0.25"}, {"1e+06", "1.5e+06"}, {"1e+06", "2e+07"}, {"00.5", "1"}, {"1.50", "2"}, {"999999999999", "0.00000000001"},
		{"4503599627370495", "1"}, {"-3", "4"}, {"NaN", "1"}, {"1", "1", "1"}, {"7"},
	} {
		var b strings.Builder
		for _, v := range values {
			fmt.Fprintf(&b, one, v)
		}
		texts = append(texts, []byte(b.String()))
	}
	texts = append(texts,
		[]byte("key: ünïcode <&> \\u0041\n\n"+fmt.Sprintf(one, "1")+"\nother: 1\n"+fmt.Sprintf(one, "2")+"BenchmarkX/op=a/lang=c/via=cgo/n=1 1 3 ns/op"),
		[]byte("BenchmarkX/op=a/lang=c/via=cgo/n=1  1   3 ns/op\r\nPASS\nok  \tpkg\t0.1s\n"))
	var sources []report.Source
	for k, text := range texts {
		s := source(t, "first.txt", texts[0])
		s.File, s.Text = fmt.Sprintf("record-%d.txt", k), text
		sources = append(sources, s)
	}
	tab := browsertest.Start(t).Open(t, written(t, sources...), browsertest.Options{Width: 900})
	for k, text := range texts {
		got := browsertest.Eval[string](tab, fmt.Sprintf("record(%d).then(record => record.text)", k))
		if got != string(text) {
			t.Errorf("record %d comes back as\n%q\nwant\n%q", k, got, text)
		}
	}
	if got := tab.Text(".save"); len(got) != len(texts) || got[0] != "Download record-0.txt" {
		t.Errorf("the buttons are %q, want one for each of %d records", got, len(texts))
	}
	if found := tab.Messages(); len(found) > 0 {
		t.Errorf("the page says %q", found)
	}
}

// TestSeveral: records of one study stand beside each other, and what no record has is absent.
func TestSeveral(t *testing.T) {
	text := calls(t)
	file, err := os.ReadFile(written(t, source(t, "first.txt", text), source(t, "second.txt", text)))
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[string]int{"<strong>first.txt</strong>": 1, "<strong>second.txt</strong>": 1, "id=made-1-calls-costs": 1, "id=made-2-calls-costs": 1, "id=made-title": 1} {
		if n := strings.Count(string(file), part); n != want {
			t.Errorf("the page holds %q %d times, want %d", part, n, want)
		}
	}
	none := source(t, "none.txt", text)
	without := *made
	without.Board, without.Lead, without.Parts = nil, "", nil
	none.Study = &without
	file, err = os.ReadFile(written(t, none))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(file), "A &lt;CPU>; 2026-01-02T03:04:05Z") {
		t.Error("without a board the page does not say the machine")
	}
	for _, part := range []string{"A call that does nothing", "<svg", "class=grid", "<table"} {
		if strings.Contains(string(file), part) {
			t.Errorf("without a board, pictures and parts the page holds %q", part)
		}
	}
}

// TestOrder: what a column is sorted by is the number in the smallest unit, whatever stands around it.
func TestOrder(t *testing.T) {
	tab := browsertest.Start(t).Open(t, written(t, source(t, "made.txt", calls(t))), browsertest.Options{Width: 900})
	valueOf := func(cell string) string {
		return browsertest.Eval[string](tab, fmt.Sprintf("String(valueOf(%q))", cell))
	}
	for cell, want := range map[string]float64{
		"1": 1, "0 ns": 0, "0.286 ns": 0.286, "24.5 ns ±1%": 24.5, "268 µs ±18%!": 268e3, "94.4 ms ±2%": 94.4e6, "2.50 s ±0%": 2.5e9,
		"~1.00 ±1%": 1, "182.94 ±7%!": 182.94, "~2.00 ±?%": 2, "46% ±1%": 46, "125% ±0%^": 125, "0.42%": 0.42, "<0.1 ns": 0.1,
		"±0.9%": 0.9, "+3.2% ±1.1%": 3.2, "~-0.5% ±2.0%": -0.5, "−16.1 ns": -16.1, "~0.0%": 0, "0 B": 0, "600 B": 600,
		"4 MiB": 4 << 20, "7.812 KiB": 7.812 * 1024, "21.7 kB": 21.7e3, "41.2×": 41.2, "512²": 512, "43.0 ±2% GB/s": 43,
		"100 instructions/op ±0%": 100, "1e-05": 1e-5,
	} {
		if got, err := strconv.ParseFloat(valueOf(cell), 64); err != nil || math.Abs(got-want) > 1e-9 {
			t.Errorf("the value of %q is %v (%v), want %v", cell, got, err, want)
		}
	}
	for _, cell := range []string{"", "unknown", "✓ bit-identical", "–", "?", "Inf", "NaN", "c-omp", "diffusion row", "L1, 16 KiB", "no difference"} {
		if got := valueOf(cell); got != "undefined" {
			t.Errorf("the value of %q is %v, want none", cell, got)
		}
	}
}
