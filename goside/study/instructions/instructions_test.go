// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package instructions

import (
	"strings"
	"testing"
)

func TestReadRuns(t *testing.T) {
	text := "# callgrind format\npart: 1\nevents: Ir\nfn=(1) totals\ntotals: 16793542\n\n" +
		"totals: 1130\ntotals: 12130\ntotals: 1125\ntotals: 12500\ntotals: 1130\ntotals: 12125\ntotals: 348\n"
	got, err := readRuns(text, 1)
	if want := (took{1125, 12125}); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %v and %v, want %v", got, err, want)
	}
	for _, c := range []struct{ old, new, want string }{
		{text, "", "has 0 parts, want 8"},
		{"totals: 348\n", "", "has 7 parts, want 8"},
		{"totals: 348\n", "totals: 348\ntotals: 348\n", "has 9 parts, want 8"},
		{"totals: 1125\n", "totals:\n", `has the line "totals:"`},
		{"totals: 1125\n", "totals: 11 25\n", `has the line "totals: 11 25"`},
		{"totals: 1125\n", "totals: 1e3\n", `has the line "totals: 1e3"`},
		{"totals: 1125\n", "totals: 0\n", "counted 0 instructions in a short run"},
		{"totals: 12125\n", "totals: 1125\n", "and 1125 in a long one"},
	} {
		_, err := readRuns(strings.Replace(text, c.old, c.new, 1), 1)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: got %v, want an error with %q", c.new, c.old, err, c.want)
		}
	}
}

func TestTally(t *testing.T) {
	counted := Tally{Functions: CallProblems()[:2]}
	counted.add([]took{{100, 10100}, {3000, 128000}})
	counted.add([]took{{101, 10099}, {3000, 128100}})
	if got := counted.Least[0]; got != (took{100, 10099}) || !counted.agrees() {
		t.Errorf("least is %v, want {100 10099}, in agreement", got)
	}
	if got, want := counted.Least[0].PerCall(&counted.Functions[0]), 9.999; got != want {
		t.Errorf("got %v instructions per call, want %v", got, want)
	}
	counted.add([]took{{100, 10100}, {3000, 129000}})
	if counted.agrees() || counted.Spread(1) != 1.0/128 || counted.Processes != 3 {
		t.Errorf("%+v agrees with a spread of %v, want it to disagree by 1/128", counted, counted.Spread(1))
	}
}
