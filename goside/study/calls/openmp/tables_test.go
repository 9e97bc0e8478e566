// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// gridRow returns a row of so many callers on that many threads each, with a time and the most threads.
func gridRow(kernel, grain string, n int, lang string, threads, procs, callers int, by, entry string, wall, most, running float64) measure.Series {
	j := job{kernel: kernel, grain: grain, n: n}
	name := j.name(gridName)
	name.Lang, name.Via, name.Entry = lang, "cgo", entry
	for _, k := range []struct {
		key   string
		value int
	}{{"threads", threads}, {"procs", procs}, {"callers", callers}} {
		name.Keys = append(name.Keys, record.Key{Key: k.key, Value: strconv.Itoa(k.value)})
	}
	name.Keys = append(name.Keys, record.Key{Key: "by", Value: by})
	return pagetest.Eight(name.String(), wall, 6.0, "threads-before", most, "threads-most", most-1, "threads-after", running, "running", 0.0, "bound")
}

func gridSeries() []measure.Series {
	return []measure.Series{
		gridRow("diffusion", "step", 256, "c-omp", 1, 2, 1, byEach, "", 40e3, 6, 0.5),
		gridRow("diffusion", "step", 256, "c-omp", 2, 2, 1, byEach, "", 25e3, 8, 1.25),
		gridRow("diffusion", "step", 256, "c-omp", 2, 2, 16, byEach, "", 50e3, 39, 4.5),
		gridRow("diffusion", "step", 256, "c-omp", 2, 2, 32, byEach, "", 50e3, 66, 8.5),
		gridRow("diffusion", "step", 256, "c-omp", 2, 2, 16, byOne, "", 25.5e3, 9, 1.5),
		gridRow("diffusion", "step", 256, "c-omp", 2, 2, 32, byOne, "", 26e3, 10, 1.5),
		gridRow("diffusion", "step", 256, "go-par", 2, 2, 1, byEach, "", 30e3, 7, 1),
		gridRow("ols", "matrix", 10000, "c-omp", 2, 2, 1, byEach, "", 100e3, 8, 1),
		gridRow("diffusion", "step", 256, "c-omp", 2, 2, 16, byEach, record.EntryAgain, 52e3, 39, 4.5),
	}
}

func settingRow(n, callers int, variable, value, entry string, wall, bound float64) measure.Series {
	j := job{kernel: "diffusion", grain: "step", n: n}
	name := j.name(settingsName)
	name.Lang, name.Via, name.Entry = "c-omp", "cgo", entry
	name.Keys = append(name.Keys, record.Key{Key: "callers", Value: strconv.Itoa(callers)}, record.Key{Key: "variable", Value: variable}, record.Key{Key: "value", Value: value})
	s := pagetest.Eight(name.String(), wall, 6.0, "threads-before", 15.0, "threads-most", 15.0, "threads-after", 2.0, "running", bound, "bound")
	for k := range s.Samples {
		s.Samples[k].CPU = 1.5 * s.Samples[k].Wall
	}
	return s
}

func settingSeries() []measure.Series {
	return []measure.Series{
		settingRow(16, 1, "", "", "", 2e3, 0), settingRow(16, 1, "", "", record.EntryAgain, 2.04e3, 0),
		settingRow(16, 1, "OMP_NUM_THREADS", "1", "", 2.02e3, 0),
		settingRow(16, 1, "OMP_PROC_BIND", "true", "", 2e3, 2),
		settingRow(16, 1, "OMP_PROC_BIND", "close", "", 2e3, 1),
		settingRow(16, 1, "OMP_WAIT_POLICY", "passive", "", 8e3, 0),
		settingRow(16, 4, "", "", "", 3e3, 0),
		settingRow(16, 4, "OMP_WAIT_POLICY", "passive", "", 1.5e3, 0),
		settingRow(256, 1, "", "", "", 30e3, 0),
		settingRow(256, 1, "OMP_WAIT_POLICY", "passive", "", 30e3, 0),
	}
}

func TestGridTables(t *testing.T) {
	series := gridSeries()
	text := pagetest.Printed(t, gridTables, series...)
	pagetest.Holds(t, text, "Calls of diffusion step 256² on 2 threads each, GOMAXPROCS=2, and threads of the process", "Every figure is of 8 rounds", "noise floor of 4%,",
		"| c-omp, 1 caller | 38.6 ±3% | 1 | 6 | 8 | 7 | 1.25 |",
		"| c-omp, 16 callers | 19.3 ±3% | 0.50 ±0% | 6 | 39 | 38 | 4.50 |",
		"| c-omp, 16 callers, from one thread | 37.9 ±3% | ~0.98 ±0% | 6 | 9 | 8 | 1.50 |",
		"| go-par, 1 caller | 32.2 ±3% | 1 |",
		"Calls of ols matrix 10000 on 2 threads each, GOMAXPROCS=2, and threads of the process",
		"the process has at most this many threads: 8 with 1, 39 with 16 and 66 with 32; of the last, 65 are left when the callers have ended. "+
			"With calls from one thread: 9 with 16 and 10 with 32.",
		"1000 calls/s, diffusion step 256² by c-omp",
		"| threads a call, GOMAXPROCS | 1 caller | 16 callers | 32 callers |",
		"| 1, 2 | 24.2 ±3% | | |",
		"| 2, 2 | 38.6 ±3% | 19.3 ±3% | 19.3 ±3% |",
		"| 2, 2 | 8; 1.25 | 39; 4.50 | 66; 8.50 |")
	pagetest.Lacks(t, text, "by go-par", "ols matrix 10000 by") // of one number of threads, and of GOMAXPROCS
	fits(t, gridTables, series...)

	alone := pagetest.Printed(t, gridTables, series[1])
	pagetest.Holds(t, alone, "noise floor of unknown size,")
	pagetest.Lacks(t, alone, "this many threads")
	if text := pagetest.Printed(t, gridTables, settingSeries()...); text != "" {
		t.Errorf("without rows of the benchmark it prints %s", text)
	}
}

func TestSettingsTables(t *testing.T) {
	series := settingSeries()
	text := pagetest.Printed(t, settingsTables, series...)
	pagetest.Holds(t, text, "the noise floor of these calls", "Figures are of 8 rounds",
		"Time per call, diffusion step 16²",
		"| | 1 caller | relative | 4 callers | relative |",
		"| none | 2.07 µs ±3% | 1 | 3.10 µs ±3% | 1 |",
		"| OMP_NUM_THREADS=1 | 2.09 µs ±3% | ~1.01 ±0% | | |",
		"| OMP_WAIT_POLICY=passive | 8.28 µs ±3% | 4.00 ±0% | 1.55 µs ±3% | 0.50 ±0% |",
		"| OMP_PROC_BIND=true | 1.50 | 15 | 2 | | | |",
		"Time per call, diffusion step 256²",
		"| OMP_WAIT_POLICY=passive | 31.1 µs ±3% | ~1.00 ±0% |",
		"Warning: threads are bound under OMP_PROC_BIND=true and OMP_PROC_BIND=close: at most 2 threads, among them",
		"OMP_NUM_THREADS makes no difference that can be told from noise. OMP_PROC_BIND makes no difference that can be told from noise. "+
			"OMP_WAIT_POLICY changes the time of a call to: passive 4.0x (diffusion step 16², 1 caller); passive 0.50x (diffusion step 16², 4 callers).")
	fits(t, settingsTables, series...)
	free := pagetest.Printed(t, settingsTables, series[0], series[2])
	pagetest.Holds(t, free, "No setting bound a thread to fewer CPUs than the process has.", "| ~1.01 ±0% |")
	pagetest.Lacks(t, free, "Warning", "depends on the process")
	slow := settingRow(16, 1, "", "", "", 2e3, 0)
	slow.Samples[0].Wall *= 20
	pagetest.Holds(t, pagetest.Printed(t, settingsTables, slow),
		"the time of a call depends on the process: 2.02 µs to 40.0 µs (diffusion step 16², 1 caller).")
	if text := pagetest.Printed(t, settingsTables, gridSeries()...); text != "" {
		t.Errorf("without rows of the benchmark it prints %s", text)
	}
}

func TestAnswers(t *testing.T) {
	answer := func(of func(*page.Page) string, series ...measure.Series) string {
		return of(pagetest.PrinterOf(pagetest.CallsRecord(t, series...)))
	}
	want := "With 16 callers on 2 threads each, the process has 39 threads at most, where one caller makes it 8; 4.50 threads want each core. " +
		"Throughput of a diffusion step 256², relative to one caller: 0.50x (0.50 to 0.50). With all calls from one locked thread, " +
		"the process has 9 threads, and throughput relative to calls by the callers themselves is 1.96x (1.96 to 1.96)."
	if got := answer(answerCallers, gridSeries()...); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for without, series := range map[string][]measure.Series{"calls from one thread": gridSeries()[:4], "one caller": gridSeries()[2:6], "rows": settingSeries()} {
		if got := answer(answerCallers, series...); got != "" {
			t.Errorf("without %s: %q, want nothing", without, got)
		}
	}
	if got := answer(answerSettings, settingSeries()...); !strings.HasSuffix(got, "passive 0.50x (diffusion step 16², 4 callers).") {
		t.Errorf("%q, want what the section says", got)
	}
	if got := answer(answerSettings, gridSeries()...); got != "" {
		t.Errorf("without settings: %q, want nothing", got)
	}
}

func TestPicture(t *testing.T) {
	of := pagetest.CallsRecord(t, gridSeries()...)
	drawn := func() (*chart.Picture, error) { return drawCallers(of) }
	pixels, _ := charttest.DrawnPixels(t, drawn)
	for k := range lines[:3] { // the made-up record has no row of the last
		if n := pixels[chart.Colors[k+1]]; n < 30 {
			t.Errorf("%s has %d pixels", lines[k].name, n)
		}
	}
	texts := charttest.DrawnText(t, drawn)
	charttest.WantTexts(t, texts, 1, "threads of the process, at most", "calls a second, diffusion step 256²", "c-omp, from one thread", "go-par")
	if len(texts["rust-par"]) > 0 {
		t.Error("the legend names rust-par, of which the record has nothing")
	}
	for what, series := range map[string][]measure.Series{"other rows": settingSeries(), "no calls from one thread": gridSeries()[:4]} {
		if _, err := drawCallers(pagetest.CallsRecord(t, series...)); !errors.Is(err, chart.ErrNothing) {
			t.Errorf("for a record of %s the error is %v, want %v", what, err, chart.ErrNothing)
		}
	}
}

// TestFullFits: what a full run measures fits a terminal, on few cores and on many.
func TestFullFits(t *testing.T) {
	for _, cores := range []int{1, 2, 64} {
		var grid, settings []measure.Series
		for k, s := range gridSubjects("purego", cores, true, 1, 1) {
			grid = append(grid, pagetest.Eight(s.name.String(), 1e4*float64(k+1), 10.0, "threads-before", 1000.0, "threads-most", 1000.0, "threads-after", 123.4, "running", 0.0, "bound"))
		}
		for k, s := range settingSubjects("purego", cores, true, 1, 1) {
			settings = append(settings, pagetest.Eight(s.name.String(), 1e4*float64(k+1), 10.0, "threads-before", 1000.0, "threads-most", 1000.0, "threads-after", 123.4, "running", 999.0, "bound"))
		}
		fits(t, gridTables, grid...)
		fits(t, settingsTables, settings...)
		text := pagetest.Printed(t, gridTables, grid...)
		pagetest.Holds(t, text, "1000 calls/s, julia image 100² by c-omp", "| threads a call, GOMAXPROCS | 1 caller | 2 callers | 4 callers | 16 callers |")
	}
}

// fits fails the test if what a section prints does not fit a terminal, or a figure does not say its rows.
func fits(t *testing.T, section func(*page.Page), series ...measure.Series) {
	t.Helper()
	var b bytes.Buffer
	section(page.New(&b, pagetest.CallsRecord(t, series...), page.Style{}))
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
	b.Reset()
	drawNothing := func(string) (string, error) { return "", nil }
	section(page.New(&b, pagetest.CallsRecord(t, series...), page.Style{Markdown: true, HTML: &page.HTML{ID: "x", Draw: drawNothing}}))
	pagetest.Sourced(t, b.String())
}
