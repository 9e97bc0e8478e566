// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package copies

import (
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

func series(of problem, lang, via, place, entry string, wall float64) measure.Series {
	name := of.name(place)
	name.Lang, name.Via, name.Entry = lang, via, entry
	return pagetest.One(name.String(), nil, pagetest.Times(wall)...)
}

func made() (all []measure.Series) {
	for k, of := range []problem{problems[0], problems[6]} {
		unit := []float64{1e6, 1e3}[k]
		all = append(all, series(of, "c", "cgo", reached, "", 10*unit), series(of, "c", "cgo", reached, record.EntryAgain, 10.3*unit),
			series(of, "c", "wasm", copied, "", 62*unit), series(of, "c", "wasm", inPlace, "", 60*unit),
			series(of, "c", "shm", copied, "", 15*unit), series(of, "c", "shm", inPlace, "", 10.1*unit))
	}
	return all
}

func TestTables(t *testing.T) {
	text := pagetest.PrintedSection(t, tables, made()...)
	pagetest.Holds(t, text, "Copied, and in place", "10 steps of diffusion on 512²", "10 fits",
		"| c/cgo | | 10.0 ms ±0% | | | 1 |", "| c/wasm | 62.0 ms ±0% | 60.0 ms ±0% | +2.00 ms | 6.20 ±0% | 6.00 ±0% |",
		"| c/shm | 15.0 µs ±0% | 10.1 µs ±0% | +4.90 µs | 1.50 ±0% | ~1.01 ±0% |")
	pagetest.Lacks(t, text, "again", "Julia")

	same := []measure.Series{series(problems[6], "c", "wasm", copied, "", 60), series(problems[6], "c", "wasm", inPlace, "", 60)}
	pagetest.Holds(t, pagetest.PrintedSection(t, tables, same...), "| c/wasm | 60.0 ns ±0% | 60.0 ns ±0% | – | – | – |")
	if text := pagetest.PrintedSection(t, tables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}

func TestAnswer(t *testing.T) {
	const want = "Through c/wasm a large call takes, relative to c/cgo: diffusion 6.2x with copies, 6.0x in place; ols 6.2x with copies, 6.0x in place. " +
		"Through c/shm a large call takes, relative to c/cgo: diffusion 1.50x with copies, 1.01x in place; ols 1.50x with copies, 1.01x in place."
	if got := answer(pagetest.PrinterOf(pagetest.Written(t, nil, made()))); got != want {
		t.Errorf("the answer is\n%s\nwant\n%s", got, want)
	}
	if got := answer(pagetest.PrinterOf(pagetest.Written(t, nil, made()[:2]))); got != "" {
		t.Errorf("without a route with memory the answer is %q, want none", got)
	}
}
