// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"math"
	"slices"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
)

// penaltySeries returns all walks of a kernel through squares of these sides in a language: matched ones take 10 ns,
// interchanged ones penalty times that.
func penaltySeries(kernel, lang string, penalty func(walk) float64, sizes ...int) []measure.Series {
	var all []measure.Series
	for _, n := range sizes {
		for _, w := range walks([]string{kernel}, n) {
			wall := 10.0
			if w.Interchanged {
				wall *= penalty(w)
			}
			all = append(all, walkSeries(lang, w, wall))
		}
	}
	return all
}

// byLayout returns penalties of row- and column-major squares, by side.
func byLayout(row, col map[int]float64) func(walk) float64 {
	return func(w walk) float64 {
		return map[kernel.Layout]map[int]float64{kernel.Row: row, kernel.Col: col}[w.Layout][w.N]
	}
}

func TestLayoutPenalties(t *testing.T) {
	var all []measure.Series
	all = append(all, penaltySeries("ols", "rust-par", byLayout(map[int]float64{64: 99, 128: 0.4, 184: 1}, map[int]float64{64: 1, 128: 1, 184: 1}), 64, 128, 184)...)
	all = append(all, penaltySeries("ols", "c", func(w walk) float64 {
		switch {
		case w.Layout == kernel.Col:
			return map[string]float64{UnitLD: 8, PaddedLD: 5, powerLD: 27}[w.LD]
		case w.LD == PaddedLD:
			return 0.5
		}
		return map[int]float64{64: 1.04, 128: 1.06, 184: 3.2}[w.N]
	}, 64, 128, 184)...)
	for _, n := range []int{64, 128, 184} { // which is off by 5 %
		all = append(all, walkSeries("c-again", walk{Kernel: "ols", LD: UnitLD, N: n}, 10.5))
	}
	all = append(all, penaltySeries("ols", "go", byLayout(map[int]float64{64: 0.8, 184: 16}, map[int]float64{64: 1.3, 184: 1.7}), 64, 184)...)
	text := pagetest.PrintedSection(t, tables, all...)
	pagetest.Holds(t, text,
		"| language, layout, leading dimension | 64² | 128² | 184² |",
		"| c, row-major, unpadded | ~1.04 | 1.06 | ░ 3.2 |", "| c, row-major, padded | 0.50 | 0.50 | 0.50 |", "| c, row-major, power of two | ~1.04 | 1.06 | ░ 3.2 |",
		"| c, column-major, unpadded | ▓ 8.0 | ▓ 8.0 | ▓ 8.0 |", "| c, column-major, padded | ▒ 5.0 | ▒ 5.0 | ▒ 5.0 |",
		"| c, column-major, power of two | ▓ 8.0 | ▓ 8.0 | █ 27 |",
		"| go, row-major, unpadded | 0.80 | | █ 16 |", "| go, column-major, unpadded | 1.30 | | 1.70 |",
		"With a leading dimension that is a power of two, interchanged loops take up to 27x in c (column-major 184²) and 16x in go (row-major 184²). "+
			"With a padded one, they take up to 5.0x in c (column-major 64²) and 16x in go (row-major 184²).",
		"On a row-major matrix, interchanged loops are faster at some sizes: in c up to 2.0x (64², padded), in go up to 1.25x (64², unpadded). "+
			"A matched sum is one chain of additions,",
		"| c, interchanged, padded | 5.00 | 5.00 | 5.00 |", "In c, an element takes 5.00 ns to 32.0 ns, by side,",
		"| rust-par, row-major, unpadded | █ 99 |")
	pagetest.Lacks(t, text, "again", "in rust-par")
	if strings.Index(text, "| rust-par, row-major") < strings.Index(text, "| go, column-major, power of two") {
		t.Errorf("parallel languages are not after the serial ones in\n%s", text)
	}

	again := func(kernel string, wall float64) measure.Series {
		return walkSeries("c-again", walk{Kernel: kernel, LD: UnitLD, N: 64}, wall)
	}
	slow := append(penaltySeries("ols", "c", byLayout(map[int]float64{64: 1.1}, map[int]float64{64: 0.5}), 64), again("ols", 10))
	pagetest.Lacks(t, pagetest.PrintedSection(t, tables, slow...), "are faster at some sizes")
	quick := penaltySeries("diffusion", "c", byLayout(map[int]float64{64: 0.5}, map[int]float64{64: 2}), 64)
	text = pagetest.PrintedSection(t, tables, append(slices.Clone(quick), again("diffusion", 10))...)
	pagetest.Holds(t, text, "at some sizes: in c up to 2.0x (64², unpadded).", "| c, row-major, unpadded | 0.50 |", "interchanged loops take up to 2.0x in c (column-major 64²).")
	pagetest.Lacks(t, text, "one chain")
	noisy := append(slices.Clone(quick), again("diffusion", 20))
	pagetest.Lacks(t, pagetest.PrintedSection(t, tables, noisy...), "are faster at some sizes")
	text = pagetest.PrintedSection(t, tables, quick...) // without a second entry, nothing differs
	pagetest.Holds(t, text, "| c, row-major, unpadded | ~0.50 |", "| c, column-major, padded | ~░ 2.0 |")
	pagetest.Lacks(t, text, "are faster at some sizes")
	text = pagetest.PrintedSection(t, tables, all[0]) // and no table of penalties
	pagetest.Holds(t, text, "| rust-par, matched, unpadded | 10.0 |", "In rust-par, an element takes 10.0 ns.")
	pagetest.Lacks(t, text, "interchanged over matched")
}

// TestSayPenalty: of leading dimensions that there are not, nothing is said.
func TestSayPenalty(t *testing.T) {
	var padded, unpadded []measure.Series
	for _, s := range penaltySeries("ols", "c", byLayout(map[int]float64{64: 3}, map[int]float64{64: 2}), 64) {
		if strings.Contains(s.Subject.Name, "ld="+PaddedLD) {
			padded = append(padded, s)
		} else {
			unpadded = append(unpadded, s)
		}
	}
	for want, series := range map[string][]measure.Series{
		"With a padded leading dimension, interchanged loops take up to 3.0x in c (row-major 64²).":                 padded,
		"With a leading dimension that is a power of two, interchanged loops take up to 3.0x in c (row-major 64²).": unpadded,
		"The record has too few walks to tell.": penaltySeries("ols", "rust-par", byLayout(map[int]float64{64: 3}, map[int]float64{64: 2}), 64),
	} {
		if said := NewTable(pagetest.Written(t, nil, series), true).sayPenalty("ols"); said != want {
			t.Errorf("it says %q, want %q", said, want)
		}
	}
}

func TestLayoutWalks(t *testing.T) {
	row, col := map[int]float64{32: 3, 64: 1, 128: 1, 256: 1}, map[int]float64{32: 1, 64: 3, 128: 2, 256: 2.5}
	all := penaltySeries("ols", "c", byLayout(row, col), 256, 32, 64, 128)
	elsewhere := walkSeries("c", walk{Kernel: "ols", LD: UnitLD, N: 32}, 1000)
	elsewhere.Subject.Name = strings.Replace(elsewhere.Subject.Name, "via=cgo", "via=purego", 1)
	w := NewTable(pagetest.Written(t, nil, append(all, elsewhere)), true)
	if most, at, ok := w.worst("ols", "c", powerLD); !ok || math.Abs(most-3) > 1e-9 || at != (walk{Kernel: "ols", Layout: kernel.Row, LD: powerLD, N: 32}) {
		t.Errorf("the worst is %v of %v, %v, want 3 of row-major 32", most, at, ok)
	}
	for _, c := range []struct {
		least float64
		from  int
		ok    bool
	}{{2, 32, true}, {2.2, 256, true}, {2.6, 0, false}, {4, 0, false}} {
		if from, ok := w.from("ols", "c", UnitLD, c.least); from != c.from || ok != c.ok {
			t.Errorf("at least %v is from %d on, %v, want %d, %v", c.least, from, ok, c.from, c.ok)
		}
	}
	col[64] = 1
	w = NewTable(pagetest.Written(t, nil, penaltySeries("ols", "c", byLayout(row, col), 32, 64, 128, 256)), true)
	if from, ok := w.from("ols", "c", UnitLD, 2); from != 128 || !ok {
		t.Errorf("twice as long is from %d on, %v, want 128: neither layout has it at 64", from, ok)
	}
	for _, n := range []int{16, 33} {
		if most, at, ok := w.larger("ols", "c", UnitLD, n); ok {
			t.Errorf("at %d, that was not measured, there is %v of %v", n, most, at)
		}
	}
	if _, _, ok := w.worst("ols", "zig", UnitLD); ok {
		t.Error("a language that was not measured has a worst penalty")
	}
	if _, _, ok := w.fastest("ols", "c"); ok {
		t.Error("loops that take at least as long are faster")
	}
	if w := NewTable(pagetest.Written(t, nil, penaltySeries("ols", "go", byLayout(row, col), 32)), true); w.baseline != "go" {
		t.Errorf("the baseline is %q, want go where there is no c", w.baseline)
	}
}
