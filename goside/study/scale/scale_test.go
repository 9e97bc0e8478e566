// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package scale

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/fit"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

// The made-up machine: a block of 2 ms, a task's cost on a worker, and a scheduler's.
const (
	ms        = 1e6
	block     = 2 * ms
	cost      = 1.5 * ms
	scheduler = 1 * ms
)

// madeUp returns the samples of a run on it, in so many rounds. Times are off by up to 1 %.
func madeUp(rounds int) *gathered {
	var all gathered
	for round := range rounds {
		off := 1 + 0.002*float64(round)
		for _, u := range units() {
			slots := u.Workers * u.Threads
			add := func(op string, tasks, size int, ns float64) {
				all.add(&sampled{Op: op, Engine: u.Engine, Workers: slots, Size: size, Tasks: tasks, Round: round, Seconds: ns * off * float64(tasks) / 1e9})
			}
			each := map[string]float64{"none": 0, "local": 0.05 * ms, "dask": cost}[u.Engine]
			limit := map[string]float64{"dask": scheduler}[u.Engine]
			if u.Tasks > 0 {
				add("start", 1, 0, 900*ms)
				add("task", u.Tasks, 0, max(limit, each/float64(slots), 50))
			}
			if u.Nap > 0 {
				add("nap", u.Naps, 0, max(limit, (100*ms+each)/float64(slots)))
			}
			for _, size := range u.Sizes {
				add("ols", u.Fits, size, max(limit, (float64(size)*block+each)/float64(slots)))
			}
		}
	}
	return &all
}

func TestSeries(t *testing.T) {
	all := madeUp(7)
	series := all.series()
	names := slices.Concat(unitNames()...)
	if len(series) != len(names) {
		t.Fatalf("%d series, want %d", len(series), len(names))
	}
	for k, s := range series {
		if s.Subject.Name != names[k] || len(s.Samples) != 7 {
			t.Errorf("series %d is %s with %d samples, want %s with 7", k, s.Subject.Name, len(s.Samples), names[k])
		}
	}
	if _, err := record.Sound(Study.Facts(), series); err != nil {
		t.Error(err)
	}
	// A round that was cut short does not count.
	all.add(&sampled{Op: "ols", Engine: "none", Workers: 1, Size: 1, Tasks: 1, Round: 7, Seconds: 1})
	if series := all.series(); len(series[0].Samples) != 7 {
		t.Errorf("with a part of a round more there are %d samples, want 7", len(series[0].Samples))
	}
	if series := (&gathered{}).series(); series != nil {
		t.Errorf("without samples there are %d series", len(series))
	}
}

// written returns the made-up run as a record.
func written(t *testing.T) *record.Record {
	t.Helper()
	return pagetest.CallsRecord(t, madeUp(7).series()...)
}

func TestModel(t *testing.T) {
	rows := written(t).Of(benchmark)
	found := 0
	for _, of := range engines(rows) {
		m, ok := modelOf(rows, of)
		if !ok {
			t.Fatalf("%s has no model", of[0].Name)
		}
		if m.engine != "dask" {
			continue
		}
		found++
		near := func(what string, got, want float64) {
			if math.Abs(got/want-1) > 0.03 {
				t.Errorf("%d workers: the %s is %g, want about %g", m.workers, what, got, want)
			}
		}
		near("cost", m.cost, cost)
		near("work", m.work, block)
		near("scheduler's cost", m.scheduler, scheduler)
		if len(m.errors) != len(sizes)-len(trained) || slices.Max(m.errors) > 0.01 {
			t.Errorf("%d workers: errors %v, want %d of at most 1 %%", m.workers, m.errors, len(sizes)-len(trained))
		}
	}
	if found != 2 {
		t.Errorf("%d models of Dask, want 2", found)
	}
	s, ok := saturationOf(rows)
	if !ok {
		t.Fatal("there is no saturation")
	}
	if full := s.full(); math.Abs(full-101.5) > 2 {
		t.Errorf("the scheduler is at its limit from %g workers on, want 101.5", full)
	}
	if from, to, ok := s.stops(); !ok || from != 128 || to != 256 {
		t.Errorf("throughput ceases to grow between %g and %g, %t, want 128 and 256", from, to, ok)
	}
	if got := s.predicted(16); math.Abs(got-16/0.1015) > 2 {
		t.Errorf("16 workers do %g tasks a second, want %g", got, 16/0.1015)
	}
}

func TestPage(t *testing.T) {
	var b strings.Builder
	if err := Study.Print(&b, written(t), page.Style{Markdown: true, Source: "docs/scale.txt.gz"}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	pagetest.Holds(t, text, "Made by `build/bin/toll show --markdown docs/scale.txt.gz > docs/SCALE.md`", "there after 905 ms",
		"a task that does nothing takes 1.01 ms: 994 tasks a second", "| 32 | 64000 | 64.4 ms", "tasks of 1, 4 and 32 blocks", "tasks of 2, 8 and 16 blocks",
		"| Dask, 2 workers |", "the model says from 101 workers on", "stops growing between 128 and 256 workers")
	pagetest.Lacks(t, text, "NaN", "Inf", "%!")
}

// TestPart: what is missing from a record is left out.
func TestPart(t *testing.T) {
	var few []measure.Series
	for _, s := range madeUp(7).series() {
		if strings.Contains(s.Subject.Name, "op=task") {
			few = append(few, s)
		}
	}
	r := pagetest.CallsRecord(t, few...)
	var b strings.Builder
	if err := Study.Print(&b, r, page.Style{}); err != nil {
		t.Fatal(err)
	}
	pagetest.Holds(t, b.String(), "THE COST OF A TASK")
	pagetest.Lacks(t, b.String(), "THE MODEL", "HOW MANY WORKERS")
	if _, err := drawSaturation(r); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("error %v, want %v", err, chart.ErrNothing)
	}
}

func TestPicture(t *testing.T) {
	texts := charttest.DrawnText(t, func() (*chart.Picture, error) { return drawSaturation(written(t)) })
	charttest.WantTexts(t, texts, 1, "tasks of 100 ms a second", "workers", "256", "the model", "an engine that costs nothing", "measured, with its interval")
	for text := range texts {
		if strings.Contains(text, "Inf") || strings.Contains(text, "NaN") {
			t.Errorf("the picture has %q", text)
		}
	}
}

// TestRun measures a round.
func TestRun(t *testing.T) {
	studytest.AvailableFrames(t, fit.Available())
	lab := &study.Lab{Settings: study.Settings{Rounds: 1, Seed: 1}}
	series, err := run(lab)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(slices.Concat(unitNames()...)); len(series) != want {
		t.Errorf("%d series, want %d", len(series), want)
	}
	for _, s := range series {
		if len(s.Samples) != 1 || s.Samples[0].Wall <= 0 {
			t.Errorf("%s has the samples %v, want one", s.Subject.Name, s.Samples)
		}
	}
	// A run that is told to stop before its first round is complete has nothing.
	done := make(chan struct{})
	close(done)
	lab.Done = done
	if series, err := run(lab); series != nil || err == nil {
		t.Errorf("told to stop: %d series, error %v", len(series), err)
	}
}
