// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
)

// even returns penalties that are the same whatever the walk.
func even(penalty float64) func(walk) float64 { return func(walk) float64 { return penalty } }

func TestAnswers(t *testing.T) {
	one := penaltySeries("diffusion", "c", even(3), 128, 512)
	two := append(penaltySeries("ols", "go", even(1.9), 64), penaltySeries("ols", "c", even(7), 32, 64)...)
	parallel := penaltySeries("diffusion", "c-omp", even(99), 128)
	padded := func(of map[int][2]float64) (all []measure.Series) { // by side: of lines a power of two apart, and padded
		for n, penalties := range of {
			all = append(all, penaltySeries("diffusion", "c", func(w walk) float64 { return penalties[map[bool]int{true: 1}[w.LD == PaddedLD]] }, n)...)
		}
		return all
	}
	const sets = "Lines a power of two apart share few sets of a cache. Pad each line by one cache line, and the penalty of diffusion in c "
	for _, c := range []struct {
		series         []measure.Series
		loops, padding string
	}{
		{nil, "", ""},
		{parallel, "", ""},
		{one, "In diffusion, interchanged loops take 3.0x (c, row-major 128²) the time of matched ones at worst; in c they take twice as long or more from 128² on.",
			sets + "goes from 3.0x to 3.0x at 512²."},
		{two, "In ols, interchanged loops take 1.90x (go, row-major 64²) to 7.0x (c, row-major 32²) the time of matched ones at worst; in c they take twice as long or more from 32² on.", ""},
		{two[:len(walks([]string{"ols"}, 64))], "In ols, interchanged loops take 1.90x (go, row-major 64²) the time of matched ones at worst.", ""},
		{padded(map[int][2]float64{512: {41, 3.2}}), "In diffusion, interchanged loops take 41x (c, row-major 512²) the time of matched ones at worst; in c they take twice as long or more from 512² on.",
			sets + "falls from 41x to 3.2x at 512²."},
		{padded(map[int][2]float64{512: {41, 3.2}, 2048: {25, 9.8}, 64: {1, 1}}), "In diffusion, interchanged loops take 41x (c, row-major 512²) the time of matched ones at worst; in c they take twice as long or more from 512² on.",
			sets + "falls from 41x to 3.2x at 512² and from 25x to 9.8x at 2048²."},
		{append(padded(map[int][2]float64{512: {41, 3.2}, 2048: {1, 1.5}}), two...),
			"In diffusion, interchanged loops take 41x (c, row-major 512²) the time of matched ones at worst. " +
				"In ols, interchanged loops take 1.90x (go, row-major 64²) to 7.0x (c, row-major 32²) the time of matched ones at worst; in c they take twice as long or more from 32² on.",
			sets + "goes from 41x to 3.2x at 512² and from 1.00x to 1.50x at 2048²."},
	} {
		p := pagetest.PrinterOf(pagetest.Written(t, nil, append(c.series, pagetest.One("Other/op=x/lang=c/via=cgo", nil, 1))))
		if got := answerLoops(p); got != c.loops {
			t.Errorf("the loops' answer is\n%s\nwant\n%s", got, c.loops)
		}
		if got := answerPadding(p); got != c.padding {
			t.Errorf("the padding's answer is\n%s\nwant\n%s", got, c.padding)
		}
	}
}

func TestJudgeOrder(t *testing.T) {
	judged := func(series ...measure.Series) (all []string) {
		for _, f := range judgeOrder(pagetest.PrinterOf(pagetest.Written(t, nil, append(series, pagetest.One("Other/op=x/lang=c/via=cgo", nil, 1))))) {
			all = append(all, f.Of+" "+f.Found+": "+f.Verdict)
		}
		return all
	}
	for _, c := range []struct {
		series []measure.Series
		want   []string
	}{
		{nil, nil},
		{penaltySeries("diffusion", "c-omp", even(3), 128), nil},
		{penaltySeries("diffusion", "c", even(3), 128, 512), []string{
			"(diffusion in c) power of two: up to 3.0x (row-major 128²), at least twice as long from 128² on; padded: up to 3.0x (row-major 128²), at least twice as long from 128² on: holds"}},
		{penaltySeries("ols", "go", func(w walk) float64 { return map[string]float64{UnitLD: 2, PaddedLD: 1.5}[w.LD] }, 64), []string{
			"(ols in go) power of two: up to 2.0x (row-major 64²), at least twice as long from 64² on; padded: up to 1.50x (row-major 64²), never twice as long from a size on: holds"}},
		{penaltySeries("ols", "go", func(w walk) float64 { return map[int]float64{64: 5, 128: 1.9}[w.N] }, 64, 128), []string{
			"(ols in go) power of two: up to 5.0x (row-major 64²), never twice as long from a size on; padded: up to 5.0x (row-major 64²), never twice as long from a size on: does not hold"}},
		{append(penaltySeries("ols", "go", even(1), 64), penaltySeries("ols", "c", even(4), 64)...), []string{
			"(ols in go) power of two: up to 1.00x (row-major 64²), never twice as long from a size on; padded: up to 1.00x (row-major 64²), never twice as long from a size on: does not hold",
			"(ols in c) power of two: up to 4.0x (row-major 64²), at least twice as long from 64² on; padded: up to 4.0x (row-major 64²), at least twice as long from 64² on: holds"}},
	} {
		got := judged(c.series...)
		if len(got) != len(c.want) {
			t.Errorf("judged is\n%q\nwant\n%q", got, c.want)
			continue
		}
		for k := range got {
			if got[k] != c.want[k] {
				t.Errorf("judged is\n%s\nwant\n%s", got[k], c.want[k])
			}
		}
	}
}
