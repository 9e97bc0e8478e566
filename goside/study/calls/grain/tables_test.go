// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// madeUp returns a crossing's times at the grains, in seven rounds; call gives that of one call, in ns. keys follow the
// name's grain.
func madeUp(kernel, lang, via, keys string, allocs float64, sizes []int, call func(size float64, round int) float64) []measure.Series {
	var all []measure.Series
	for _, size := range sizes {
		facts := []measure.Fact{{Key: "problem", Value: fmt.Sprint(kernel, size)}, {Key: "per", Value: "point"}}
		name := fmt.Sprintf("Grain/kernel=%s/lang=%s/via=%s/n=100000/grain=%d", kernel, lang, via, size)
		if size == 1 {
			name += "/chunk=pixel"
		}
		s := measure.Series{Subject: &measure.Subject{Name: name + keys, Facts: facts}, N: 100000}
		for round := range 7 {
			s.Samples = append(s.Samples, measure.Sample{Wall: call(float64(size), round) / float64(size), Bytes: 8 * allocs / float64(size), Allocs: allocs / float64(size)})
		}
		all = append(all, s)
	}
	return all
}

var testSizes = []int{1, 10, 100, 1000, 10000}

// linear returns the times of calls that cost an overhead and 2 ns a point.
func linear(overhead float64) func(float64, int) float64 {
	return func(size float64, _ int) float64 { return overhead + 2*size }
}

// testRecord holds a kernel through four crossings: c/cgo costs 100 ns and 2 ns a point, checked 150 ns, c/far 1000 ns; of
// c/near the overhead is as often above zero as below. The second entry of c/cgo is off by 1 %.
func testRecord(t *testing.T) *record.Record {
	all := madeUp("julia", "c", "cgo", "", 0, testSizes, linear(100))
	all = append(all, madeUp("julia", "c", "far", "", 3, testSizes, linear(1000))...)
	all = append(all, madeUp("julia", "c", "near", "", 0, testSizes, func(size float64, round int) float64 {
		return float64(round-3)/10 + 2*size
	})...)
	all = append(all, madeUp("julia", "c", "cgo", "/form=checked", 0, testSizes, linear(150))...)
	all = append(all, madeUp("julia", "c", "cgo", "/entry=again", 0, testSizes, func(size float64, _ int) float64 {
		return 1.01 * (100 + 2*size)
	})...)
	return pagetest.Written(t, nil, all)
}

func printed(r *record.Record, markdown bool) string {
	var b bytes.Buffer
	tables(page.New(&b, r, page.Style{Markdown: markdown}))
	return b.String()
}

func answered(r *record.Record) string { return answer(page.New(io.Discard, r, page.Style{})) }

func other(t *testing.T) *record.Record {
	return pagetest.Written(t, nil, []measure.Series{pagetest.One("Other/op=x/lang=c/via=cgo/n=1", nil, 1)})
}

func TestTables(t *testing.T) {
	text := printed(testRecord(t), true)
	pagetest.Holds(t, text,
		"| points per call | c/cgo | c/far | c/near | checked c/cgo |",
		// 102 ns a point, of which the best grain, 10000, saves all but 2.01.
		"| 1 (pixel) | 102 ±0% | 1002 ±0% | 2.00 ±15%! | 152 ±0% |", "| 1 (pixel) | 98% | 100% |", "| 1 (pixel) | 1.00x | 9.82x | 0.02x | 1.49x |",
		"| 10000 | 2.01 ±0% | 2.10 ±0% | 2.00 ±0% | 2.02 ±0% |", "| 10000 | 0% | 0% | 0% | 0% |", "| 10000 | 1.00x | 1.04x | ~1.00x | ~1.00x |",
		"At 1 point per call, a point takes 2.00 ns (c/near) to 1.00 µs (c/far). At 10000 points per call, it takes 2.00 ns (c/near) to 2.10 ns (c/far).",
		"Overhead first falls to 10% at this many points per call: c/cgo 1000, c/far 10000, c/near 1, checked c/cgo 1000.",
		"| julia, bytes | 0 | 24 | 0 | 0 |", "| julia, objects | 0 | 3 | 0 | 0 |",
		"Objects per call: c/far up to 3. Calls through c/cgo, c/near and checked c/cgo allocate none.",
		"| julia c/cgo | 100 ns ±0% | 2.00 ns ±0% | 0% |", "| julia c/cgo | 50 points ±0% | 450 points ±0% | 4950 points ±0% |",
		"| julia c/cgo | 100 ns ±0% | 900 ns ±0% | 9.90 µs ±0% |",
		"| julia c/far | 1.00 µs ±0% | 2.00 ns ±0% | 0% |", "| julia c/far | 500 points ±0% | 4500 points ±0% | 49500 points ±0% |",
		"| julia c/near | < 0.300 ns | 2.00 ns ±0% | 0% |", "| julia c/near | < 1 point | < 2 points | < 15 points |",
		"For 10% overhead a call must carry this much work, depending on the kernel: c/cgo 900 ns, c/far 9.00 µs, checked c/cgo 1.35 µs. For 1% it must carry eleven times as much.",
		"Overhead is indistinguishable from zero for: julia c/near.")
	pagetest.Lacks(t, text, "again |", "entry=", "unknown")
	var html bytes.Buffer
	tables(page.New(&html, testRecord(t), page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}}))
	pagetest.Sourced(t, html.String())
	plain := printed(testRecord(t), false)
	pagetest.Holds(t, plain, "│ julia c/far ")
	for line := range strings.SplitSeq(plain, "\n") {
		if n := utf8.RuneCountInString(line); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
	if text := printed(other(t), false) + answered(other(t)); text != "" {
		t.Errorf("a record without the study prints\n%s", text)
	}
}

// TestSentences: what is said of one grain, of equal times, of allocations by all or none, and of rounds that are missing.
func TestSentences(t *testing.T) {
	short := madeUp("julia", "c", "cgo", "", 2, testSizes, linear(100))
	short[4].Samples = short[4].Samples[:3] // of the best grain
	short[0].Samples = short[0].Samples[:5]
	for what, c := range map[string]struct {
		series []measure.Series
		want   []string
		lacks  []string
	}{
		"one grain": {madeUp("julia", "c", "cgo", "", 0, []int{1}, linear(100)),
			[]string{"At 1 point per call, a point takes 102 ns (c/cgo).", "No call allocates.", "Overhead first falls to 10% at this many points per call: c/cgo 1."},
			[]string{"it takes", "Break-even", "must carry"}},
		"an article": {madeUp("julia", "c", "cgo", "", 1, testSizes, linear(0)),
			[]string{"Every crossing allocates. Objects per call: c/cgo up to 1.", "At 10000 points per call, it takes 2.00 ns (c/cgo).",
				"Overhead is indistinguishable from zero for: julia c/cgo.", "The fit misses the measured times by up to 0% (julia c/cgo)."},
			[]string{"a call must carry this"}},
		"rounds missing": {short, []string{"| 1 (pixel) | ? |"}, []string{"Break-even"}},
		"an entry alone": {madeUp("julia", "c", "cgo", "/form=checked", 0, testSizes, linear(100)),
			[]string{"time relative to checked c/cgo at the same grain", "checked c/cgo 900 ns"}, []string{"c/cgo, "}},
		"no second entry": {append(madeUp("julia", "c", "cgo", "", 0, testSizes, linear(100)), madeUp("julia", "c", "far", "", 0, testSizes, linear(1000))...),
			[]string{"| 1 (pixel) | 1.00x | ~9.82x |"}, nil},
	} {
		t.Run(what, func(t *testing.T) {
			text := printed(pagetest.Written(t, nil, c.series), true)
			pagetest.Holds(t, text, c.want...)
			pagetest.Lacks(t, text, append(c.lacks, "NaN", "Inf", "%!")...)
		})
	}
}

func TestAnswer(t *testing.T) {
	two := append(madeUp("julia", "c", "cgo", "", 0, testSizes, linear(100)), madeUp("ols", "c", "cgo", "", 0, testSizes, linear(200))...)
	two = append(two, madeUp("ols", "c", "purego", "", 0, testSizes, linear(1000))...)
	want := "A call through cgo must carry 100 ns to 200 ns of work for 50 % overhead, 900 ns to 1.80 µs for 10 % overhead and 9.90 µs to 19.8 µs for 1 % overhead. " +
		"A call through purego's RegisterFunc must carry 1.00 µs of work for 50 % overhead, 9.00 µs for 10 % overhead and 99.0 µs for 1 % overhead. The ranges are over the kernels."
	if got := answered(pagetest.Written(t, nil, two)); got != want {
		t.Errorf("the answer is\n%s\nwant\n%s", got, want)
	}
	if got := answered(pagetest.Written(t, nil, madeUp("julia", "c", "cgo", "", 0, testSizes, linear(0)))); got != "" {
		t.Errorf("where no overhead is told from none, the answer is %q, want none", got)
	}
}

// TestFit: a large size that is a little off must not decide what a small one's overhead is.
func TestFit(t *testing.T) {
	sizes := []int{1, 10, 100, 1000, 10000, 100000}
	r := pagetest.Written(t, nil, madeUp("ols", "c", "cgo", "", 0, sizes, func(size float64, round int) float64 {
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
	one := pagetest.Written(t, nil, madeUp("ols", "c", "cgo", "", 0, []int{10}, func(size float64, _ int) float64 { return size }))
	if _, ok := grainsOf(one)[0].fit("c/cgo"); ok {
		t.Error("a line goes through one size")
	}
	if text := printed(one, false); strings.Contains(text, "Break-even") || !strings.Contains(text, "ols: ns per point") {
		t.Errorf("one size prints\n%s\nwant its times and no break-even", text)
	}
}

func TestItemsNeeded(t *testing.T) {
	for n, want := range map[float64]string{-3: "1 point", 0.2: "1 point", 1: "1 point", 1.1: "2 points", 99.2: "100 points",
		450.0000000001: "450 points", 12345: "12400 points", 1234567: "1240000 points"} {
		if got := itemsNeeded(n, "point"); got != want {
			t.Errorf("%v is shown as %q, want %q", n, got, want)
		}
	}
}

// testTuned holds a kernel whose points take 2 ns in plain code and 0.2 ns in tuned code, through calls of 100 and 300 ns.
func testTuned(t *testing.T) *record.Record {
	var all []measure.Series
	for via, overhead := range map[string]float64{"cgo": 100, "purego": 300} {
		all = append(all, madeUp("julia", "c", via, "", 0, testSizes, linear(overhead))...)
		all = append(all, madeUp("julia", "c-simd", via, "", 0, testSizes, func(size float64, _ int) float64 { return overhead + 0.2*size })...)
	}
	return pagetest.Written(t, nil, all)
}

// TestTuned: tuned code has tables of its own, and its break-evens stand beside those of plain code.
func TestTuned(t *testing.T) {
	text := printed(testTuned(t), true)
	pagetest.Holds(t, text, "**julia: ns per point**", "**julia, tuned: ns per point**",
		"Tuned code (c-simd) returns the same bits", "(grain-tuned.svg)",
		"| julia, cgo | 2.00 ns ±0% | 0.200 ns ±0% | 450 points ±0% | 4500 points ±0% | 10.0x |",
		"| julia, purego | 2.00 ns ±0% | 0.200 ns ±0% | 1350 points ±0% | 13500 points ±0% | 10.0x |",
		"must carry more items than a call of plain code (c): through cgo 10.0 times as many (julia) and through purego 10.0 times as many (julia).")
	pagetest.Holds(t, answered(testTuned(t)), "must carry more items than a call of plain code")
	pagetest.Lacks(t, printed(testRecord(t), true)+answered(testRecord(t)), "tuned", "Tuned")
}
