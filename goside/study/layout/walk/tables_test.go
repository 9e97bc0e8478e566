// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"math"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
)

// PenaltySeries returns all walks of a kernel through squares of these sides in a language: matched ones take 10 ns,
// interchanged ones as many times as long as penalty says.
func PenaltySeries(kernel, lang string, penalty func(Walk) float64, sizes ...int) []measure.Series {
	var all []measure.Series
	for _, n := range sizes {
		for _, w := range Walks([]string{kernel}, n) {
			wall := 10.0
			if w.Interchanged {
				wall *= penalty(w)
			}
			all = append(all, WalkSeries(lang, w, wall))
		}
	}
	return all
}

// ByLayout returns penalties of row- and column-major squares, by side.
func ByLayout(row, col map[int]float64) func(Walk) float64 {
	return func(w Walk) float64 {
		return map[kernel.Layout]map[int]float64{kernel.Row: row, kernel.Col: col}[w.Layout][w.N]
	}
}

func TestLayoutPenalties(t *testing.T) {
	var all []measure.Series
	all = append(all, PenaltySeries("ols", "rust-par", ByLayout(map[int]float64{64: 99, 128: 0.4, 184: 1}, map[int]float64{64: 1, 128: 1, 184: 1}), 64, 128, 184)...)
	all = append(all, PenaltySeries("ols", "c", func(w Walk) float64 {
		switch {
		case w.Layout == kernel.Col:
			return map[string]float64{UnitLD: 8, PaddedLD: 5, PowerLD: 27}[w.LD]
		case w.LD == PaddedLD:
			return 0.5
		}
		return map[int]float64{64: 1.04, 128: 1.06, 184: 3.2}[w.N]
	}, 64, 128, 184)...)
	for _, n := range []int{64, 128} { // which is off by 5 %
		all = append(all, WalkSeries("c-again", Walk{Kernel: "ols", LD: UnitLD, N: n}, 10.5))
	}
	all = append(all, PenaltySeries("ols", "go", ByLayout(map[int]float64{64: 0.8, 184: 16}, map[int]float64{64: 1.3, 184: 1.7}), 64, 184)...)
	text := pagetest.PrintedSection(t, Tables, all...)
	pagetest.Holds(t, text,
		"| language, layout, leading dimension | 64² | 128² | 184² |",
		"| c, row-major, unpadded | ~1.04 | 1.06 | ░ 3.2 |", "| c, row-major, padded | 0.50 | 0.50 | 0.50 |", "| c, row-major, power of two | ~1.04 | 1.06 | ░ 3.2 |",
		"| c, column-major, unpadded | ▓ 8.0 | ▓ 8.0 | ▓ 8.0 |", "| c, column-major, padded | ▒ 5.0 | ▒ 5.0 | ▒ 5.0 |",
		"| c, column-major, power of two | ▓ 8.0 | ▓ 8.0 | █ 27 |",
		"| go, row-major, unpadded | 0.80 | | █ 16 |", "| go, column-major, unpadded | 1.30 | | 1.70 |",
		"first where the leading dimension is a power of two, then where it is padded: in c 27 times (column-major 184²) and 5.0 (column-major 64²); "+
			"in go 16 times (row-major 184²) and 16 (row-major 184²).",
		"Where the matrix is row-major, interchanged loops are faster at some sizes: in c up to 2.0 times as fast (64², padded); in go up to 1.25 times as fast (64², unpadded). "+
			"There a matched sum is one chain of additions,",
		"| c, interchanged, padded | 5.00 | 5.00 | 5.00 |", "In c an element takes between 5.00 ns and 32.0 ns",
		"| rust-par, row-major, unpadded | █ 99 |")
	pagetest.Lacks(t, text, "again", "in rust-par")
	if strings.Index(text, "| rust-par, row-major") < strings.Index(text, "| go, column-major, power of two") {
		t.Errorf("parallel languages are not after the serial ones in\n%s", text)
	}

	slow := PenaltySeries("ols", "c", ByLayout(map[int]float64{64: 1.1}, map[int]float64{64: 0.5}), 64)
	pagetest.Lacks(t, pagetest.PrintedSection(t, Tables, slow...), "are faster at some sizes")
	quick := PenaltySeries("diffusion", "c", ByLayout(map[int]float64{64: 0.5}, map[int]float64{64: 2}), 64)
	text = pagetest.PrintedSection(t, Tables, quick...)
	pagetest.Holds(t, text, "in c up to 2.0 times as fast (64², unpadded).")
	pagetest.Lacks(t, text, "one chain")
	noisy := append(quick, WalkSeries("c-again", Walk{Kernel: "diffusion", LD: UnitLD, N: 64}, 20))
	pagetest.Lacks(t, pagetest.PrintedSection(t, Tables, noisy...), "are faster at some sizes")
	pagetest.Holds(t, pagetest.PrintedSection(t, Tables, all[0]), "| rust-par, matched, unpadded | 10.0 |") // and no table of penalties
}

func TestLayoutWalks(t *testing.T) {
	row, col := map[int]float64{32: 3, 64: 1, 128: 1, 256: 1}, map[int]float64{32: 1, 64: 3, 128: 2, 256: 2.5}
	all := PenaltySeries("ols", "c", ByLayout(row, col), 256, 32, 64, 128)
	elsewhere := WalkSeries("c", Walk{Kernel: "ols", LD: UnitLD, N: 32}, 1000)
	elsewhere.Subject.Name = strings.Replace(elsewhere.Subject.Name, "via=cgo", "via=purego", 1)
	w := WalksOf(pagetest.Written(t, nil, append(all, elsewhere)), true)
	if most, at, ok := w.Worst("ols", "c", PowerLD); !ok || math.Abs(most-3) > 1e-9 || at != (Walk{Kernel: "ols", Layout: kernel.Row, LD: PowerLD, N: 32}) {
		t.Errorf("the worst is %v of %v, %v, want 3 of row-major 32", most, at, ok)
	}
	for _, c := range []struct {
		least float64
		from  int
		ok    bool
	}{{2, 32, true}, {2.2, 256, true}, {2.6, 0, false}, {4, 0, false}} {
		if from, ok := w.From("ols", "c", UnitLD, c.least); from != c.from || ok != c.ok {
			t.Errorf("at least %v is from %d on, %v, want %d, %v", c.least, from, ok, c.from, c.ok)
		}
	}
	col[64] = 1
	w = WalksOf(pagetest.Written(t, nil, PenaltySeries("ols", "c", ByLayout(row, col), 32, 64, 128, 256)), true)
	if from, ok := w.From("ols", "c", UnitLD, 2); from != 128 || !ok {
		t.Errorf("twice as long is from %d on, %v, want 128: neither layout has it at 64", from, ok)
	}
	for _, n := range []int{16, 33} {
		if most, at, ok := w.larger("ols", "c", UnitLD, n); ok {
			t.Errorf("at %d, that was not measured, there is %v of %v", n, most, at)
		}
	}
	if _, _, ok := w.Worst("ols", "zig", UnitLD); ok {
		t.Error("a language that was not measured has a worst penalty")
	}
	if _, _, ok := w.fastest("ols", "c"); ok {
		t.Error("loops that take at least as long are faster")
	}
	if w := WalksOf(pagetest.Written(t, nil, PenaltySeries("ols", "go", ByLayout(row, col), 32)), true); w.baseline != "go" {
		t.Errorf("the baseline is %q, want go where there is no c", w.baseline)
	}
}
