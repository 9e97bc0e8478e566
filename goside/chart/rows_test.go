// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"math"
	"strings"
	"testing"
)

func TestEvenTicks(t *testing.T) {
	for most, want := range map[float64]string{
		10: "0 1 2 3 4 5 6 7 8 9 10", 259: "0 50 100 150 200 250", 5200: "0 1000 2000 3000 4000 5000", 0.9: "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9",
	} {
		var labels []string
		for _, tick := range EvenTicks(0, most) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != want {
			t.Errorf("up to %v the ticks are %q, want %q", most, got, want)
		}
	}
}

// TestWhiskers: an interval that is not known has none, and the others stay in their rows.
func TestWhiskers(t *testing.T) {
	bars := Whiskers([]Span{{10, 9, 12}, {}, {5, math.Inf(-1), math.Inf(1)}, {7, 6, 8}})
	if len(bars.XYs) != 2 || bars.XYs[1].X != 7 || bars.XYs[1].Y != 3 || bars.XErrors[0].Low != 1 || bars.XErrors[0].High != 2 {
		t.Errorf("the whiskers are at %v, %v, want them at 10 in row 0 and at 7 in row 3", bars.XYs, bars.XErrors)
	}
}

// TestRows: the first row is the uppermost.
func TestRows(t *testing.T) {
	p := Rows("title", "ns", []string{"a", "b", "c"})
	if first, last := p.Y.Norm(0), p.Y.Norm(2); first <= last || first > 1 || last < 0 {
		t.Errorf("of a panel's height, the first row is at %v and the last at %v, want the first above the last", first, last)
	}
}
