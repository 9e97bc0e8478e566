// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// TestRounds checks what the sampler does, not how long it takes.
func TestRounds(t *testing.T) {
	var visits []string
	resets := 0
	var subjects []Subject
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		subjects = append(subjects, Subject{Name: name, Least: 3, Reset: func() { resets++ }, Run: func(n int) error {
			if n%3 != 0 {
				t.Errorf("%s was to do %d operations, want a multiple of 3", name, n)
			}
			visits = append(visits, name)
			return nil
		}})
	}
	calibrating := 0
	run := func(seed uint64) ([]Series, []string) {
		visits, resets, calibrating = nil, 0, 0
		series, err := Measure(Plan{Rounds: 20, Seed: seed}, subjects, func(done, all int) {
			if done == 0 {
				calibrating = len(visits)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return series, visits[calibrating:]
	}
	series, order := run(1)
	for _, s := range series {
		if len(s.Samples) != 20 {
			t.Errorf("%s has %d samples, want 20", s.Subject.Name, len(s.Samples))
		}
	}
	if want := calibrating + 100; resets != want {
		t.Errorf("%d resets, want one for each of %d samples", resets, want)
	}
	orders := map[string]bool{}
	for round := range slices.Chunk(order, 5) {
		key := ""
		for _, name := range round {
			key += name
		}
		orders[key] = true
		slices.Sort(round)
		if !slices.Equal(round, []string{"a", "b", "c", "d", "e"}) {
			t.Errorf("a round visited %v, want each once", round)
		}
	}
	if len(orders) < 5 {
		t.Errorf("20 rounds had %d different orders, want random ones", len(orders))
	}
	_, first := run(7)
	first = slices.Clone(first)
	if _, again := run(7); !slices.Equal(first, again) {
		t.Error("one seed gave two orders")
	}
}

// fakeClock makes time stand still but for what the returned function adds to it.
func fakeClock(t *testing.T) (pass func(time.Duration)) {
	at := time.Unix(0, 0)
	now = func() time.Time { return at }
	t.Cleanup(func() { now = time.Now })
	return func(d time.Duration) { at = at.Add(d) }
}

func TestCalibrate(t *testing.T) {
	pass := fakeClock(t)
	for _, c := range []struct {
		op    time.Duration
		least int
	}{{1, 1}, {30, 1}, {100 * time.Microsecond, 1}, {9 * time.Millisecond, 7}, {10 * time.Millisecond, 1}, {time.Second, 50}} {
		s := Subject{Name: "x", Least: c.least, Run: func(n int) error {
			pass(time.Duration(n) * c.op)
			return nil
		}}
		n, err := calibrate(&s, 10*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		length := time.Duration(n) * c.op
		if n%c.least != 0 || length < 10*time.Millisecond || (n > c.least && length > 12*time.Millisecond) {
			t.Errorf("%d operations of %v, least %d: %v, want just over 10 ms", n, c.op, c.least, length)
		}
	}
}

// TestSamples: a sample holds its operations and nothing else.
func TestSamples(t *testing.T) {
	pass := fakeClock(t)
	s := Subject{Name: "x", Least: 2, Reset: func() { pass(time.Hour) }, Run: func(n int) error {
		pass(time.Duration(n) * 50 * time.Microsecond)
		return nil
	}}
	series, err := Measure(Plan{Rounds: 3, Sample: time.Millisecond}, []Subject{s}, func(int, int) { pass(time.Minute) })
	if err != nil {
		t.Fatal(err)
	}
	for _, ns := range series[0].Samples {
		if ns != 50_000 {
			t.Errorf("sample of %v ns an operation, want 50000", ns)
		}
	}
}

func TestError(t *testing.T) {
	want := errors.New("no")
	_, err := Measure(Plan{Rounds: 1}, []Subject{{Name: "x", Least: 1, Run: func(int) error { return want }}}, func(int, int) {})
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
