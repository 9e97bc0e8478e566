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

func TestCalibrate(t *testing.T) {
	var longest int
	s := Subject{Name: "sleep", Least: 1, Run: func(n int) error {
		longest = max(longest, n)
		time.Sleep(time.Duration(n) * 100 * time.Microsecond)
		return nil
	}}
	n, err := calibrate(&s, 5*time.Millisecond)
	if err != nil || n < 2 || n > 50 || n != longest {
		t.Errorf("calibrated to %d operations of at least 0.1 ms for 5 ms (%v), want 2 to 50", n, err)
	}
}

func TestError(t *testing.T) {
	want := errors.New("no")
	_, err := Measure(Plan{Rounds: 1}, []Subject{{Name: "x", Least: 1, Run: func(int) error { return want }}}, func(int, int) {})
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
