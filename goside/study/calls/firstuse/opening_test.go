// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/registry"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

// TestOpenOne opens every crossing that is here, and reads what that prints.
func TestOpenOne(t *testing.T) {
	crossings, _, err := registry.Crossings()
	if err != nil {
		t.Fatal(err)
	}
	beside, _, err := registry.Beside()
	if err != nil {
		t.Fatal(err)
	}
	crossings = append(crossings, beside...)
	for _, c := range crossings {
		var out bytes.Buffer
		if err := openOne(&out, []string{c.Lang, c.Name}); err != nil {
			t.Error(err)
			continue
		}
		var sample measure.Sample
		if err := parseOpening(out.String(), &sample); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		var units []string
		for _, v := range sample.More {
			units = append(units, v.Unit)
		}
		if got, want := strings.Join(units, " "), "call1-ns call2-ns warm-ns clock-ns"; got != want {
			t.Errorf("%s has the figures %s, want %s", c.Name, got, want)
		}
	}
}

func TestOpenOneRefuses(t *testing.T) {
	for _, args := range [][]string{nil, {"cgo"}, {"c", "cgo", "purego"}, {"go", "cgo"}, {"c", "carrier-pigeon"}} {
		var out bytes.Buffer
		if err := openOne(&out, args); err == nil || out.Len() > 0 {
			t.Errorf("given %q it printed %q, error %v: want only an error", args, &out, err)
		}
	}
}

func TestParseOpening(t *testing.T) {
	const right = "open=50 call1=40 call2=30 warm=2.5 clock=20\n"
	var sample measure.Sample
	if err := parseOpening(right, &sample); err != nil || sample.Wall != 50 || sample.Get("warm-ns") != 2.5 || sample.Get("clock-ns") != 20 {
		t.Errorf("%q is read as %v, error %v", right, sample, err)
	}
	for _, wrong := range []string{
		"", "open=50 call1=40 call2=30 warm=2.5", "open=50 call2=30 call1=40 warm=2.5 clock=20", "open=x call1=40 call2=30 warm=2.5 clock=20",
		"open=50 call1=-1 call2=30 warm=2.5 clock=20", "open=0 call1=40 call2=30 warm=2.5 clock=20", right + "more",
	} {
		if err := parseOpening(wrong, new(measure.Sample)); err == nil {
			t.Errorf("%q is read without an error", wrong)
		}
	}
}

// TestOpenings has processes made up: each crossing once in each round, complete rounds kept when it is told to stop.
func TestOpenings(t *testing.T) {
	crossings := []*built{{program: program{via: "cgo", lang: "c"}}, {program: program{via: "purego", lang: "c"}}}
	for _, c := range []struct{ stopAt, rounds int }{{0, 3}, {5, 2}, {1, 0}} {
		done := make(chan struct{})
		visits := 0
		lab := &study.Lab{Done: done, Progress: studytest.Stepping(func(int, int) {})}
		series, err := openings(lab, crossings, 3, func(context.Context, *built) (measure.Sample, error) {
			if visits++; visits == c.stopAt {
				close(done)
				return measure.Sample{}, errors.New("killed")
			}
			return measure.Sample{Wall: 1}, nil
		})
		if (c.stopAt > 0) != errors.Is(err, measure.ErrStopped) {
			t.Errorf("stopped at visit %d: error %v", c.stopAt, err)
		}
		if c.rounds == 0 {
			if len(series) != 0 {
				t.Errorf("stopped at visit %d: %d series, want none", c.stopAt, len(series))
			}
			continue
		}
		for k, want := range []string{"FirstUse/op=open/lang=c/via=cgo", "FirstUse/op=open/lang=c/via=purego"} {
			if series[k].Subject.Name != want || len(series[k].Samples) != c.rounds {
				t.Errorf("stopped at visit %d: %s has %d rounds, want %s to have %d", c.stopAt, series[k].Subject.Name, len(series[k].Samples), want, c.rounds)
			}
		}
	}
	failed := errors.New("no such crossing")
	if _, err := openings(&study.Lab{Progress: studytest.Stepping(func(int, int) {})}, crossings, 3, func(context.Context, *built) (measure.Sample, error) {
		return measure.Sample{}, failed
	}); !errors.Is(err, failed) {
		t.Errorf("a process that fails: got %v, want %v", err, failed)
	}
}

// openRow returns a series of seven openings that all have these figures, and of clocks that cost 20 ns.
func openRow(lang, via string, open, call1, call2, warm float64) measure.Series {
	s := pagetest.One("FirstUse/op=open/lang="+lang+"/via="+via, nil, pagetest.Times(open)...)
	for k := range s.Samples {
		if err := parseOpening(fmt.Sprintf("open=%g call1=%g call2=%g warm=%g clock=20", open, call1, call2, warm), &s.Samples[k]); err != nil {
			panic(err)
		}
	}
	return s
}

func TestOpeningTable(t *testing.T) {
	if text := pagetest.PrintedSection(t, openingTable); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
	series := []measure.Series{
		openRow("go", "direct", 2020, 320, 20, 2),
		openRow("c", "cgo", 10020, 1020, 220, 25),
		openRow("c", "libffi", 900020, 3020, 200, 200),
		openRow("c", "socket", 2e6+20, 90020, 30020, 10000),
		openRow("python", "socket", 3e8+20, 190020, 30020, 20000),
	}
	text := pagetest.PrintedSection(t, openingTable, series...)
	pagetest.Holds(t, text, "## Opening a crossing, and its first calls",
		"| crossing | opening | first call | second | warm | in warm calls |",
		"| plain Go | 2.00 µs ±0% | 300 ns ±0% | ~0 | 2.00 ns ±0% | 1150 |",
		"| cgo | 10.0 µs ±0% | 1.00 µs ±0% | 200 ns ±0% | 25.0 ns ±0% | 440 |",
		"| libffi | 900 µs ±0% | 3.00 µs ±0% | 180 ns ±0% | 200 ns ±0% | 4515 |",
		"| c/socket | 2.00 ms ±0% | 90.0 µs ±0% | 30.0 µs ±0% | 10.0 µs ±0% | 209 |",
		"| python/socket | 300 ms ±0% |",
		"Median of 7 rounds", "batches of 100 calls", "own cost, 20.0 ns, is taken off")
	answer := answerOpening(pagetest.PrinterOf(pagetest.CallsRecord(t, series...)))
	const want = "Opening a crossing takes 10.0 µs (cgo) to 900 µs (libffi), and its first call takes longer than a warm one by 975 ns (cgo) to 2.80 µs (libffi). " +
		"To another process, opening takes 2.00 ms (c/socket) to 300 ms (python/socket)."
	if answer != want {
		t.Errorf("the answer is %q, want %q", answer, want)
	}
	if answer := answerOpening(pagetest.PrinterOf(pagetest.CallsRecord(t, series[0]))); answer != "" {
		t.Errorf("without crossings to other languages there is the answer %q, want none", answer)
	}
}
