// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"fmt"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/study/layout/walk"
)

// WaySeries returns a row of the study of ways; steps is 0 for what has none.
func WaySeries(kernel, route string, n int, way string, steps int, wall float64) measure.Series {
	lang, via, _ := strings.Cut(route, "/")
	name := fmt.Sprintf("%s/kernel=%s/lang=%s/via=%s/layout=row/n=%d/way=%s", WaysName, kernel, lang, via, n, way)
	if steps > 0 {
		name += fmt.Sprintf("/steps=%d", steps)
	}
	return pagetest.One(name, nil, pagetest.Times(wall)...)
}

// WaysSeries returns what a break-even is made of: a run the wrong way, one on the other layout, and the transpositions;
// and the sum of the latter two.
func WaysSeries(kernel, route string, n, steps int, wrong, right, there float64) []measure.Series {
	return []measure.Series{
		WaySeries(kernel, route, n, Interchanged, steps, wrong), WaySeries(kernel, route, n, kernelPart, steps, right),
		WaySeries(kernel, route, n, TransposePart, steps, there), WaySeries(kernel, route, n, Transposed, steps, right+there),
	}
}

func TestLayoutEven(t *testing.T) {
	var all []measure.Series
	for n, there := range map[int]float64{64: 180, 88: 181, 128: 90, 184: 9} {
		all = append(all, WaysSeries("diffusion", "c/cgo", n, 1, 100, 10, there)...)
	}
	all = append(all, WaysSeries("diffusion", "c/cgo", 256, 1, 9, 10, 5)...)
	all = append(all, WaysSeries("diffusion", "go/direct", 64, 1, 100, 10, 900)...)
	all = append(all, WaySeries("diffusion", "rust/cgo", 64, Interchanged, 1, 100)) // of which nothing can be said
	all = append(all, WaysSeries("ols", "c/cgo", 64, 0, 100, 10, 450)...)
	text := pagetest.PrintedSection(t, Tables, all...)
	pagetest.Holds(t, text,
		"Break-even, diffusion: steps in one call from which transposing first wins",
		"| c/cgo | 2 | 3 | 1 | 1 | never |", "| go/direct | 10 | | | | |",
		"A single one is enough at first at: c/cgo 128², go/direct at no size measured.",
		"Break-even, ols: fits of one matrix in one call", "| c/cgo | 5 |", "at first at: c/cgo at no size measured.")
	pagetest.Lacks(t, text, "rust/cgo", "Runs of 10 steps")

	// A run of 10 steps, timed whole, is off from 60 + 50 by 10 %.
	all = append(WaysSeries("diffusion", "c/cgo", 64, 1, 100, 10, 180), WaySeries("diffusion", "c/cgo", 64, kernelPart, WaySteps, 60),
		WaySeries("diffusion", "c/cgo", 64, TransposePart, WaySteps, 50), WaySeries("diffusion", "c/cgo", 64, Transposed, WaySteps, 100))
	pagetest.Holds(t, pagetest.PrintedSection(t, Tables, all...), "| c/cgo | 2 |", "Runs of 10 steps by c/cgo, timed whole, are the sum of their parts within 10 % at 1 sizes.")
	if text := pagetest.PrintedSection(t, Tables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}

func TestLayoutSplit(t *testing.T) {
	all := []measure.Series{
		WaySeries("call", "c/cgo", 1, PartNoop, 0, 1000),
		WaySeries("diffusion", "c/cgo", 512, wayMatched, 1, 11e3),
		WaySeries("diffusion", "c/cgo", 512, Interchanged, 1, 110e3),
		WaySeries("diffusion", "c/cgo", 512, TransposePart, 1, 30e3),
		WaySeries("diffusion", "c/cgo", 512, kernelPart, 1, 12e3),
		WaySeries("diffusion", "c/cgo", 512, Transposed, 1, 40e3), // 42 apart
		WaySeries("diffusion", "go/direct", 512, TransposePart, 1, 30e3),
		WaySeries("diffusion", "go/direct", 512, kernelPart, 1, 70e3),
		WaySeries("diffusion", "go/direct", 512, Transposed, 1, 101e3), // 100 apart
		WaySeries("call", "f2py/cpython", 1, PartNoop, 0, 2000),
		WaySeries("diffusion", "f2py-copy/cpython", 512, kernelPart, 1, 15e3),
		WaySeries("diffusion", "f2py-copy/cpython", 512, WayCopied, 1, 55e3),
		WaySeries("diffusion", "rust/cgo", 728, kernelPart, 1, 1), // a part of nothing
	}
	text := pagetest.PrintedSection(t, Tables, all...)
	pagetest.Holds(t, text,
		"One step of diffusion on a row-major square of 512²",
		"| c/cgo | matched | 1.00 µs | | 10.0 µs | 11.0 µs ± 0% |", "| c/cgo | the wrong way | 1.00 µs | | 109 µs | 110 µs ± 0% |",
		"| c/cgo | transposed first, and back | 1.00 µs | 30.0 µs | 11.0 µs | 40.0 µs ± 0% |",
		"| go/direct | transposed first, and back | | 30.0 µs | 70.0 µs | 101 µs ± 0% |",
		"| f2py-copy/cpython | copied by f2py, and back | 2.00 µs | 40.0 µs | 13.0 µs | 55.0 µs ± 0% |",
		"Of these, c/cgo, matched takes least, 11.0 µs; and c/cgo, the wrong way most, 10 times as long.",
		"make up the whole within 5 % in 2 rows; furthest off is c/cgo, transposed first, and back, at 512².")
	pagetest.Lacks(t, text, "square of 728²")
}

func TestLayoutTransposers(t *testing.T) {
	text := pagetest.PrintedSection(t, TransposerTables, TransposeSeries(walk.UnitLD)...)
	pagetest.Holds(t, text, "| ns an element, unpadded | 32² | 64² | 728² |", "| go/direct copy | 1.00 | 1.00 | 1.00 |", "| c/cgo naive | 3.00 | 3.00 | 3.00 |",
		"Fastest, of those that transpose: c/cgo blocked at 32², c/cgo blocked at 64², c/cgo blocked at 728².")
	pagetest.Lacks(t, text, "again", ", padded |")
	only := pagetest.One(TransposeName+"/kernel=transpose/lang=go/via=direct/layout=row/n=64/how=copy/ld=unit", nil, pagetest.Times(1)...)
	pagetest.Lacks(t, pagetest.PrintedSection(t, TransposerTables, only), "Fastest")
}
