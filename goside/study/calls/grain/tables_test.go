// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study/bench"
)

// grainSeries returns a route's times at the sizes, in seven rounds; call gives that of one crossing, in ns.
func grainSeries(kernel, lang, via string, allocs float64, sizes []int, call func(size float64, round int) float64) []measure.Series {
	var all []measure.Series
	for _, size := range sizes {
		facts := []measure.Fact{{Key: "problem", Value: fmt.Sprint(kernel, size)}, {Key: "per", Value: "point"}, {Key: "group", Value: kernel}}
		name := fmt.Sprintf("Grain/kernel=%s/lang=%s/via=%s/n=100000/grain=%d", kernel, lang, via, size)
		if size == 1 {
			name += "/per=pixel"
		}
		s := measure.Series{Subject: &measure.Subject{Name: name, Facts: facts}, N: 100000}
		for round := range 7 {
			s.Samples = append(s.Samples, measure.Sample{Wall: call(float64(size), round) / float64(size), Allocs: allocs / float64(size)})
		}
		all = append(all, s)
	}
	return all
}

var grainTestSizes = []int{1, 10, 100, 1000, 10000}

// grainRecord holds a kernel through four crossings: c/cgo costs 100 ns and 2 ns a point, c/far 1000 ns; of c/near
// the overhead is as often above zero as below; c-again/cgo is off by 1 %.
func grainRecord(t *testing.T) *record.Record {
	cost := func(overhead float64) func(float64, int) float64 {
		return func(size float64, _ int) float64 { return overhead + 2*size }
	}
	all := grainSeries("julia", "c", "cgo", 0, grainTestSizes, cost(100))
	all = append(all, grainSeries("julia", "c", "far", 3, grainTestSizes, cost(1000))...)
	all = append(all, grainSeries("julia", "c", "near", 0, grainTestSizes, func(size float64, round int) float64 {
		return float64(round-3)/10 + 2*size
	})...)
	all = append(all, grainSeries("julia", "c-again", "cgo", 0, grainTestSizes, func(size float64, _ int) float64 {
		return 1.01 * (100 + 2*size)
	})...)
	return pagetest.Written(t, nil, all)
}

func printGrain(r *record.Record, markdown bool) string {
	var b bytes.Buffer
	Tables(&page.Page{&b, page.Style{Markdown: markdown}, r, r.Limits()})
	return b.String()
}

func TestGrainTables(t *testing.T) {
	text := printGrain(grainRecord(t), true)
	for _, want := range []string{
		"| points a crossing | c/cgo | c/far | c/near |",
		// 102 ns a point, of which the best grain, 10000, saves all but 2.01.
		"| 1 (pixel) | 102 ± 0% 1.00x 98% | 1002 ± 0% 9.82x 100% | 2.00 ±15%! 0.02x ",
		"| 10000 | 2.01 ± 0% 1.00x 0% | 2.10 ± 0% 1.04x 0% | 2.00 ± 0% ~1.00x ",
		"A point takes from 2.00 ns (c/near) to 1.00 µs (c/far) at 1 point a crossing, and from 2.00 ns (c/near) to 2.10 ns (c/far) at 10000 points.",
		"Overhead is first 10% or less at these points a crossing: c/cgo 1000, c/far 10000, c/near 1.",
		"| julia | 0 B, 0 | 0 B, 3 | 0 B, 0 |",
		"Objects a call: c/far up to 3; none through c/cgo, c/near.",
		"| julia c/cgo | 100 ns ± 0% | 2.00 ns ± 0% | 0% | 50 points ± 0%, 100 ns | 450 points, 900 ns | 4950 points, 9.90 µs |",
		"| julia c/far | 1.00 µs ± 0% | 2.00 ns ± 0% | 0% | 500 points ± 0%, 1.00 µs | 4500 points, 9.00 µs | 49500 points, 99.0 µs |",
		"| julia c/near | < 0.300 ns | 2.00 ns ± 0% | 0% | < 1 point | < 2 points | < 15 points |",
		"For 10% overhead a call must carry work of: c/cgo 900 ns, c/far 9.00 µs; for 1% eleven times that.",
		"Not told from no overhead at all: julia c/near.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "again") {
		t.Errorf("the second entry of a route is shown in\n%s", text)
	}
	if plain := printGrain(grainRecord(t), false); !strings.Contains(plain, "│ julia c/far ") {
		t.Errorf("there is no row of julia c/far in\n%s", plain)
	}
	if text := printGrain(pagetest.Written(t, pagetest.Facts, bench.Series()), false); text != "" {
		t.Errorf("a record without the study prints\n%s", text)
	}
}

// TestGrainFit: a large size that is a little off must not decide what a small one's overhead is.
func TestGrainFit(t *testing.T) {
	sizes := []int{1, 10, 100, 1000, 10000, 100000}
	r := pagetest.Written(t, nil, grainSeries("ols", "c", "cgo", 0, sizes, func(size float64, round int) float64 {
		call := 50 + 10*size
		if size == 100000 {
			call *= 1.02
		}
		return call * (1 + float64(round-3)/1000)
	}))
	l, ok := grainsOf(r)[0].fit("c/cgo")
	near := func(i measure.Interval, want float64) bool {
		return math.Abs(i.Median/want-1) < 0.05 && i.Lo < i.Median && i.Median < i.Hi
	}
	if !ok || !near(l.overhead, 50) || !near(l.item, 10) || !near(measure.Interval{Median: l.even.Median, Lo: 0, Hi: 99}, 5) {
		t.Errorf("the line is %+v, %t, want an overhead of 50 ns, 10 ns an item, and half of each at 5 items", l, ok)
	}
	if l.off < 0.005 || l.off > 0.02 {
		t.Errorf("the line is off by %v, want some of the 2 %% that the largest size is off", l.off)
	}
	if _, ok := grainsOf(r)[0].fit("c/gone"); ok {
		t.Error("a line goes through no sizes at all")
	}
	one := pagetest.Written(t, nil, grainSeries("ols", "c", "cgo", 0, []int{10}, func(size float64, _ int) float64 { return size }))
	if _, ok := grainsOf(one)[0].fit("c/cgo"); ok {
		t.Error("a line goes through one size")
	}
	if text := printGrain(one, false); strings.Contains(text, "Break-even") || !strings.Contains(text, "ols: ns a point") {
		t.Errorf("one size prints\n%s\nwant its times and no break-even", text)
	}
}

func TestGrainItems(t *testing.T) {
	for n, want := range map[float64]string{-3: "1 point", 0.2: "1 point", 1: "1 point", 1.1: "2 points", 99.2: "100 points",
		450.0000000001: "450 points", 12345: "12400 points", 1234567: "1240000 points"} {
		if got := grainItems(n, "point"); got != want {
			t.Errorf("%v is shown as %q, want %q", n, got, want)
		}
	}
}
