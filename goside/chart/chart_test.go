// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package chart

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func TestLogTicks(t *testing.T) {
	for _, c := range []struct {
		least, most float64
		labelled    []float64
		ticks       int
		want        string
	}{
		{1, 10, []float64{1, 5}, 10, "1 5 10"},
		{0.2, 2, []float64{1, 2, 5}, 10, "0.2 0.5 1 2"},
		{3000, 2e5, []float64{1}, 7 + 9 + 2, "10⁴ 10⁵"},
		{4, 4, []float64{1}, 1, ""},
	} {
		var labels []string
		ticks := LogTicks(c.least, c.most, c.labelled...)
		for _, tick := range ticks {
			if tick.Value < c.least*0.999 || tick.Value > c.most*1.001 {
				t.Errorf("from %v to %v there is a tick at %v", c.least, c.most, tick.Value)
			}
			if tick.Label != "" {
				labels = append(labels, tick.Label)
			}
		}
		if got := strings.Join(labels, " "); len(ticks) != c.ticks || got != c.want {
			t.Errorf("from %v to %v: %d ticks, labels %q, want %d, %q", c.least, c.most, len(ticks), got, c.ticks, c.want)
		}
	}
}

func TestRounded(t *testing.T) {
	for x, want := range map[float64][2]float64{1: {1, 1}, 1.1: {1, 2}, 4.9: {2, 5}, 5: {5, 5}, 7: {5, 10}, 0.03: {0.02, 0.05}, 999: {500, 1000}} {
		if down, up := rounded(x, false), rounded(x, true); fmt.Sprintf("%.6g %.6g", down, up) != fmt.Sprintf("%.6g %.6g", want[0], want[1]) {
			t.Errorf("%v is rounded down to %v and up to %v, want %v", x, down, up, want)
		}
	}
}

// TestFlow: a legend has as many columns as have room, and all keys in their order.
func TestFlow(t *testing.T) {
	var keys []Key
	for k := range 7 {
		keys = append(keys, Key{Text: strings.Repeat("w", 5+k), Line: draw.LineStyle{Width: 1}})
	}
	for room, columns := range map[vg.Length]int{10000: 7, 1: 1} {
		if l := Flow(keys, room); len(l[0]) != columns {
			t.Errorf("in %v there are %d columns, want %d", room, len(l[0]), columns)
		}
	}
	for _, room := range []vg.Length{330, 450, 600} {
		l := Flow(keys, room)
		if _, width := l.columns(); width > room || len(l[0]) < 2 {
			t.Errorf("in %v there are %d columns, %v wide", room, len(l[0]), width)
		}
		at := 0
		for _, line := range l {
			for _, key := range line {
				if key.Text != keys[at].Text {
					t.Errorf("key %d is %q, want %q", at, key.Text, keys[at].Text)
				}
				at++
			}
		}
		if at != len(keys) {
			t.Errorf("in %v there are %d keys, want %d", room, at, len(keys))
		}
	}
}

func TestTile(t *testing.T) {
	for panels, want := range map[int][2]int{1: {1, 1}, 2: {1, 2}, 3: {2, 2}, 4: {2, 2}, 5: {3, 2}} {
		all := make([]*plot.Plot, panels)
		for k := range all {
			all[k] = plot.New()
		}
		if got := Tile(all); got.Rows != want[0] || got.Cols != want[1] {
			t.Errorf("%d panels are in %d lines of %d, want %v", panels, got.Rows, got.Cols, want)
		}
	}
}

func TestSaveFails(t *testing.T) {
	white := &Picture{Width: 100, Height: 100, Paint: Whiten}
	if _, err := white.Encode("xyz"); err == nil || !strings.HasPrefix(err.Error(), "chart: picture: ") {
		t.Errorf("in the format xyz: error %v", err)
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "picture.xyz"), filepath.Join(t.TempDir(), "gone", "picture.png")} {
		if err := white.Save(path); err == nil || !strings.HasPrefix(err.Error(), "chart: ") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one that names it", path, err)
		}
	}
}

func TestWholeTicks(t *testing.T) {
	for most, want := range map[float64]int{1.3: 2, 13.3: 14, 27.3: 14, 365.3: 15} {
		ticks := wholeTicks(-0.3, most)
		if len(ticks) != want || ticks[0].Label != "0" || ticks[len(ticks)-1].Value > most {
			t.Errorf("to %v there are %d ticks, %v, want %d", most, len(ticks), ticks, want)
		}
	}
}
