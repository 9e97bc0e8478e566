// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study/layout/walk"
)

// waySeries returns a row of the study of ways; steps is 0 for what has none.
func waySeries(kernel, route string, n int, way string, steps int, wall float64) measure.Series {
	return bySeries(kernel, route, n, way, "", steps, wall)
}

func bySeries(kernel, route string, n int, way, by string, steps int, wall float64) measure.Series {
	name := record.Name{Study: waysName, Kernel: kernel, Layout: "row", N: strconv.Itoa(n), Keys: []record.Key{{Key: "way", Value: way}, {Key: "by", Value: by}}}
	if steps > 0 {
		name.Keys = append(name.Keys, record.Key{Key: "steps", Value: strconv.Itoa(steps)})
	}
	name.Lang, name.Via, _ = strings.Cut(route, "/")
	return pagetest.One(name.String(), nil, pagetest.Times(wall)...)
}

// crossingSeries returns the row of a call that does nothing.
func crossingSeries(route string, wall float64) measure.Series {
	name := record.Name{Study: waysName, Op: "noop", N: "1"}
	name.Lang, name.Via, _ = strings.Cut(route, "/")
	return pagetest.One(name.String(), nil, pagetest.Times(wall)...)
}

// evenSeries returns what a break-even is made of: a run the wrong way, one on the other layout, and the transpositions;
// and the sum of the latter two.
func evenSeries(kernel, route string, n, steps int, wrong, right, there float64) []measure.Series {
	return []measure.Series{
		waySeries(kernel, route, n, Interchanged, steps, wrong), waySeries(kernel, route, n, kernelPart, steps, right),
		waySeries(kernel, route, n, TransposePart, steps, there), waySeries(kernel, route, n, Transposed, steps, right+there),
	}
}

func TestLayoutEven(t *testing.T) {
	var all []measure.Series
	for n, there := range map[int]float64{64: 180, 88: 181, 128: 90, 184: 9} {
		all = append(all, evenSeries("diffusion", "c/cgo", n, 1, 100, 10, there)...)
	}
	all = append(all, evenSeries("diffusion", "c/cgo", 256, 1, 9, 10, 5)...)
	all = append(all, evenSeries("diffusion", "go/direct", 64, 1, 100, 10, 900)...)
	all = append(all, waySeries("diffusion", "rust/cgo", 64, Interchanged, 1, 100)) // nothing can be said of it
	all = append(all, evenSeries("ols", "c/cgo", 64, 0, 100, 10, 450)...)
	text := pagetest.PrintedSection(t, tables, all...)
	pagetest.Holds(t, text,
		"Break-even of diffusion: steps in one call from which transposing first beats",
		"| c/cgo | 2 | 3 | 1 | 1 | never |", "| go/direct | 10 | | | | |",
		"The smallest square at which one step is enough: c/cgo 128², go/direct none.",
		"Break-even of ols: fits in one call", "| c/cgo | 5 |", "at which one fit is enough: c/cgo none.")
	pagetest.Lacks(t, text, "rust/cgo", "Runs of 10 steps")

	// A run of 10 steps, timed whole, is off from 60 + 50 by 10%.
	long := func(n int) []measure.Series {
		return []measure.Series{waySeries("diffusion", "c/cgo", n, kernelPart, waySteps, 60),
			waySeries("diffusion", "c/cgo", n, TransposePart, waySteps, 50), waySeries("diffusion", "c/cgo", n, Transposed, waySteps, 100)}
	}
	all = append(evenSeries("diffusion", "c/cgo", 64, 1, 100, 10, 180), long(64)...)
	pagetest.Holds(t, pagetest.PrintedSection(t, tables, all...), "| c/cgo | 2 |", "Runs of 10 steps through c/cgo, timed whole, equal the sum of their parts within 10% at 1 size.")
	pagetest.Holds(t, pagetest.PrintedSection(t, tables, append(all, long(128)...)...), "within 10% at 2 sizes.")
	if text := pagetest.PrintedSection(t, tables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}

func TestLayoutSplit(t *testing.T) {
	matched := waySeries("diffusion", "c/cgo", 512, wayMatched, 1, 11e3)
	all := []measure.Series{
		crossingSeries("c/cgo", 1000),
		matched,
		waySeries("diffusion", "c/cgo", 512, Interchanged, 1, 110e3),
		waySeries("diffusion", "c/cgo", 512, TransposePart, 1, 30e3),
		waySeries("diffusion", "c/cgo", 512, kernelPart, 1, 12e3),
		waySeries("diffusion", "c/cgo", 512, Transposed, 1, 40e3), // 42 apart
		bySeries("diffusion", "c/cgo", 512, TransposePart, "c-naive", 1, 50e3),
		bySeries("diffusion", "c/cgo", 512, Transposed, "c-naive", 1, 62e3),
		bySeries("diffusion", "c/cgo", 512, Transposed, "go-blocked", 1, 63e3), // whose transposition is not there
		waySeries("diffusion", "go/direct", 512, TransposePart, 1, 30e3),
		waySeries("diffusion", "go/direct", 512, kernelPart, 1, 70e3),
		waySeries("diffusion", "go/direct", 512, Transposed, 1, 101e3), // 100 apart
		crossingSeries("f2py/cpython", 2000),
		waySeries("diffusion", "f2py-copy/cpython", 512, kernelPart, 1, 15e3),
		waySeries("diffusion", "f2py-copy/cpython", 512, wayCopied, 1, 55e3),
		waySeries("diffusion", "rust/cgo", 728, kernelPart, 1, 1), // a part of nothing
	}
	text := pagetest.PrintedSection(t, tables, all...)
	pagetest.Holds(t, text,
		"One step of diffusion on a row-major square of 512²", "| route, way | crossing | copy, transpose | kernel | all |",
		"| c/cgo, matched | 1.00 µs | | 10.0 µs | 11.0 µs ±0% |", "| c/cgo, the wrong way | 1.00 µs | | 109 µs | 110 µs ±0% |",
		"| c/cgo, transposed | 1.00 µs | 30.0 µs | 11.0 µs | 40.0 µs ±0% |", "| c/cgo, transposed by c-naive | 1.00 µs | 50.0 µs | 11.0 µs | 62.0 µs ±0% |",
		"| c/cgo, transposed by go-blocked | 1.00 µs | | | 63.0 µs ±0% |",
		"| go/direct, transposed | | 30.0 µs | 70.0 µs | 101 µs ±0% |",
		"| f2py-copy/cpython, copied by f2py | 2.00 µs | 40.0 µs | 13.0 µs | 55.0 µs ±0% |",
		"Fastest: c/cgo, matched: 11.0 µs. Slowest: c/cgo, the wrong way: 10x as long.",
		"f2py's silent copies take as long as 2.7 steps at 512².",
		"add up to the whole within 5% in 3 rows; furthest off is c/cgo, transposed, at 512².",
		"So a no-op in plain Go takes longer here than in the tables of `toll bench`")
	pagetest.Lacks(t, text, "square of 728²")

	text = pagetest.PrintedSection(t, tables, append(evenSeries("diffusion", "rust/cgo", 728, 1, 9, 5, 5), matched)...)
	pagetest.Holds(t, text, "add up to the whole within 0% in 1 row; furthest off is rust/cgo, transposed, at 728².", "Fastest: rust/cgo, the wrong way: 9.00 ns. Slowest: rust/cgo, transposed: 1.11x as long.")
	pagetest.Lacks(t, text, "silent copies", "Fastest: c/cgo") // of one way, none is fastest
	both := []measure.Series{waySeries("diffusion", "f2py-copy/cpython", 64, kernelPart, 1, 10), waySeries("diffusion", "f2py-copy/cpython", 64, wayCopied, 1, 20),
		waySeries("diffusion", "f2py-copy/cpython", 88, kernelPart, 1, 10), waySeries("diffusion", "f2py-copy/cpython", 88, wayCopied, 1, 50)}
	pagetest.Holds(t, pagetest.PrintedSection(t, tables, both...), "take as long as 1.00 steps at 64² and 4.0 steps at 88².")
}

func TestLayoutTransposers(t *testing.T) {
	text := pagetest.PrintedSection(t, transposerTables, transposerSeries(walk.UnitLD)...)
	pagetest.Holds(t, text, "| ns an element, unpadded | 32² | 64² | 728² |", "| go/direct copy | 1.00 | 1.00 | 1.00 |", "| c/cgo naive | 3.00 | 3.00 | 3.00 |",
		"Fastest to transpose: c/cgo blocked at 32², 64² and 728².")
	pagetest.Lacks(t, text, "again", ", padded |")
	two := append(transposerSeries(walk.PaddedLD), transposerOne("rust/cgo", howBlocked, walk.PaddedLD, 64, 0.5))
	pagetest.Holds(t, pagetest.PrintedSection(t, transposerTables, two...), "| ns an element, padded |", "| rust/cgo blocked | | 0.500 | |",
		"Fastest to transpose: c/cgo blocked at 32² and 728²; rust/cgo blocked at 64².")
	only := transposerOne("go/direct", howCopy, walk.UnitLD, 64, 1)
	pagetest.Lacks(t, pagetest.PrintedSection(t, transposerTables, only), "Fastest")
}

// loopSeries returns the row of a row-major walk along the lines, as the part walk names it.
func loopSeries(lang string, n int, wall float64) measure.Series {
	name := record.Name{Study: "Loops", Kernel: "diffusion", Lang: lang, Via: "cgo", Layout: "row", N: strconv.Itoa(n),
		Keys: []record.Key{{Key: "loops", Value: "matched"}, {Key: "ld", Value: walk.UnitLD}}}
	return pagetest.One(name.String(), nil, pagetest.Times(wall)...)
}

// copySeries returns a step by f2py with copies that make it that many times as long, and without.
func copySeries(n int, times float64) []measure.Series {
	return []measure.Series{waySeries("diffusion", "f2py/cpython", n, wayMatched, 1, 1000), waySeries("diffusion", "f2py-copy/cpython", n, wayCopied, 1, 1000*times)}
}

func TestAnswers(t *testing.T) {
	var many []measure.Series
	for _, n := range []int{64, 512, 100} {
		many = append(many, evenSeries("diffusion", "c/cgo", n, 1, 100, 10, 180)...)
		many = append(many, evenSeries("ols", "c/cgo", n, 0, 100, 10, 90)...)
	}
	fortran := []measure.Series{loopSeries("fortran", 512, 10), loopSeries("c", 512, 10)}
	slow := []measure.Series{loopSeries("fortran", 512, 20), loopSeries("c", 512, 10)}
	transposers := []measure.Series{transposerOne("c/cgo", howNaive, walk.UnitLD, 512, 3), transposerOne("c/cgo", howBlocked, walk.UnitLD, 512, 2),
		transposerOne("go/direct", howCopy, walk.UnitLD, 512, 1), transposerOne("go/direct", howBlocked, walk.PaddedLD, 512, 1)}
	const needs = " A kernel with loops for both layouts needs neither."
	for _, c := range []struct {
		series                         []measure.Series
		transpose, transposer, inPlace string
	}{
		{nil, "", "", ""},
		{many, "Through c/cgo, transposing there and back pays for itself after this many diffusion steps: 2 at 64², 2 at 512²; after this many fits of one matrix: 1 at 64², 1 at 512²." + needs, "", ""},
		{evenSeries("ols", "c/cgo", 64, 0, 9, 10, 5), "Through c/cgo, transposing there and back pays for itself after this many fits of one matrix: never at 64²." + needs, "", ""},
		{evenSeries("diffusion", "c/purego", 64, 1, 100, 10, 180), "Through c/purego, transposing there and back pays for itself after this many diffusion steps: 2 at 64²." + needs, "", ""},
		{transposers, "", "At 512², c/cgo blocked is fastest: 2.00 ns an element, 1.50x as fast as C's naive loop.", ""},
		{transposers[:1], "", "At 512², c/cgo naive is fastest: 3.00 ns an element.", ""},
		{transposers[1:], "", "", ""},
		{append(transposers[:2:2], transposerOne("c/cgo", howNaive, walk.UnitLD, 2048, 4), transposerOne("rust/cgo", howBlocked, walk.UnitLD, 2048, 1)), "",
			"At 512², c/cgo blocked is fastest: 2.00 ns an element, 1.50x as fast as C's naive loop. At 2048², rust/cgo blocked is fastest: 1.00 ns an element, 4.0x as fast as C's naive loop.", ""},
		{fortran, "", "", "No. Fortran with loops in the other order reads a row-major 512² in place, in 1.00x C's time."},
		{append(slow, copySeries(512, 3)...), "", "", "No, but without a copy it is slow. Fortran with loops in the other order reads a row-major 512² in place, in 2.0x C's time. " +
			"With f2py's silent copies, a step takes 3.0x as long as without."},
		{copySeries(512, 3), "", "", ""},
	} {
		p := pagetest.PrinterOf(pagetest.Written(t, nil, slices.Concat(c.series, []measure.Series{pagetest.One("Other/op=x/lang=c/via=cgo", nil, 1)})))
		for _, a := range []struct{ got, want string }{{answerTranspose(p), c.transpose}, {answerTransposers(p), c.transposer}, {answerFortran(p), c.inPlace}} {
			if a.got != a.want {
				t.Errorf("the answer is\n%s\nwant\n%s", a.got, a.want)
			}
		}
	}
}

func TestClaims(t *testing.T) {
	const inPlace = "a row-major array in place, relative to C: "
	const reads, copies = "does not hold: Fortran reads it in place, by loops in the other order", "a step of diffusion with f2py's copies, relative to one without: "
	for _, c := range []struct {
		series                  []measure.Series
		fortran, f2py, verdicts string
	}{
		{nil, "", "", ""},
		{[]measure.Series{loopSeries("fortran", 512, 10), loopSeries("c", 512, 10), loopSeries("fortran", 64, 10), loopSeries("c", 64, 1)}, inPlace + "1.00x at 512²", "", reads},
		{[]measure.Series{loopSeries("fortran", 512, 10), loopSeries("c", 512, 10), loopSeries("fortran", 128, 20), loopSeries("c", 128, 10)}, inPlace + "2.0x at 128², 1.00x at 512²", "", "holds"},
		{append(copySeries(512, 1.5), copySeries(728, 4)...), "", copies + "1.50x at 512², 4.0x at 728²", "holds"},
		{append(copySeries(512, 4), copySeries(728, 1.5)...), "", copies + "4.0x at 512², 1.50x at 728²", "does not hold"},
		{copySeries(64, 2), "", copies + "2.0x at 64²", "holds"},
	} {
		p := pagetest.PrinterOf(pagetest.Written(t, nil, slices.Concat(c.series, []measure.Series{pagetest.One("Other/op=x/lang=c/via=cgo", nil, 1)})))
		found, verdict := judgeF2py(p)
		fortran := ""
		for _, f := range judgeFortran(p) {
			if fortran, verdict = f.Found, f.Verdict; f.Of != "(diffusion)" {
				t.Errorf("Fortran is judged of %s, want (diffusion)", f.Of)
			}
		}
		if got, want := fmt.Sprint(fortran, "|", found, "|", verdict), fmt.Sprint(c.fortran, "|", c.f2py, "|", c.verdicts); got != want {
			t.Errorf("judged is\n%s\nwant\n%s", got, want)
		}
	}
}
