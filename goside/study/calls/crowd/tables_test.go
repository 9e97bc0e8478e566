// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"fmt"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
)

func crowdRow(kernel, lang, via string, n int, wall, p50, p99, p999, longest, ran, threads float64) measure.Series {
	name := fmt.Sprintf("Concurrency/kernel=%s/lang=%s/via=%s/n=%d", kernel, lang, via, n)
	return pagetest.Eight(name, wall, p50, "p50-ns", p99, "p99-ns", p999, "p999-ns", longest, "max-ns", ran, "goroutines-run", threads, "threads")
}

func loadRow(name string, wall, p99, longest, cut, stop, gc, gcCut, threads float64) measure.Series {
	return pagetest.Eight("Neighbours/kernel="+name, wall, p99, "tick-p99-ns", longest, "tick-max-ns", cut, "tick-cut",
		20e3, "work-p50-ns", 30e3, "work-p99-ns", stop/2, "gc-pause-p50-ns", stop, "gc-pause-max-ns", gc, "gc-wall-ns",
		gcCut, "gc-cut", threads, "threads")
}

func TestConcurrencySection(t *testing.T) {
	one, again := crowdRow("not", "go", "direct", 1, 2, 30, 40, 50, 1e5, 1, 5), crowdRow("not", "go-again", "direct", 1, 2, 30, 40, 50, 1e5, 1, 5)
	for k := range again.Samples {
		again.Samples[k].Wall *= 1.05
	}
	text := pagetest.Printed(t, ConcurrencyTables, one, again,
		crowdRow("not", "go", "direct", 100, 2.06, 30, 40, 50, 1e5, 6, 5),
		crowdRow("not", "c", "cgo", 1, 30, 50, 90, 200, 1e5, 1, 6),
		crowdRow("not", "c", "cgo", 100, 15, 50, 90, 300, 2e7, 7, 9),
		crowdRow("not", "c", "purego", 1, 300, 50, 90, 400, 1e5, 1, 6),
		crowdRow("not", "c", "purego", 100, 600, 50, 90, 300, 2e7, 7, 8),
		crowdRow("clock", "go", "direct", 1, 60, 31, 41, 51, 1e6, 1, 5))
	pagetest.Mentions(t, text, "noise floor, 5 %,",
		"| cgo, 1 goroutine | 32.2 | 31.1 ns ± 3% | 1.00x | 50.0 ns | 90.0 ns | 200 ns | 100 µs | 1 | 6 | 40 B, 3 |",
		"| cgo, 100 goroutines | 64.4 | 15.5 ns ± 3% | 2.00x | 50.0 ns | 90.0 ns | 300 ns | 20.0 ms | 7 | 9 | 40 B, 3 |",
		"| plain Go, 100 goroutines | 469 | 2.13 ns ± 3% | ~0.97x |",
		"| clock alone, 1 goroutine | – | – | – | 31.0 ns | 41.0 ns | 51.0 ns | 1.00 ms | 1 | 5 | – |",
		"With 100 goroutines, against 1, calls made in a second are: plain Go 0.97 times, not told apart from as many (0.97 to 0.97), "+
			"cgo 2.00 times (2.00 to 2.00) and purego's RegisterFunc 0.50 times (0.50 to 0.50).",
		"by plain Go it is not told apart (50.0 ns, 50.0 ns), by cgo it is longer (200 ns, 300 ns) and by purego's RegisterFunc it is shorter (400 ns, 300 ns).",
		"5 by plain Go, 9 by cgo and 8 by purego's RegisterFunc.")
	if n := strings.Count(text, "| plain Go, 1 goroutine |"); n != 1 {
		t.Errorf("%d rows for what was entered twice, want 1:\n%s", n, text)
	}

	text = pagetest.Printed(t, ConcurrencyTables, crowdRow("not", "c", "cgo", 1, 30, 50, 90, 200, 1e5, 1, 6))
	pagetest.Mentions(t, text, "noise floor, unknown here,", "nothing can be said of scaling")
	if text := pagetest.Printed(t, ConcurrencyTables, loadRow("idle/lang=go/via=direct/n=0", 1e5, 2e5, 3e5, 0, 1e5, 1e6, 0, 5)); text != "" {
		t.Errorf("without rows of the study it prints %s", text)
	}
}

func TestNeighboursSection(t *testing.T) {
	text := pagetest.Printed(t, NeighbourTables,
		loadRow("idle/lang=go/via=direct/n=0", 100e3, 200e3, 300e3, 0, 100e3, 1e6, 0, 5),
		loadRow("idle/lang=go-again/via=direct/n=0", 110e3, 200e3, 300e3, 0, 100e3, 1e6, 0, 5),
		loadRow("spin/lang=go/via=direct/n=2/call=1us", 20e6, 30e6, 40e6, 1, 5e6, 90e6, 1, 6),
		loadRow("spin/lang=c/via=cgo/n=2/call=1us", 105e3, 200e3, 300e3, 0, 200e3, 2e6, 0, 7),
		loadRow("sleep/lang=go/via=direct/n=100/call=100ms", 100e3, 200e3, 300e3, 0, 100e3, 1e6, 0, 6),
		loadRow("sleep/lang=c/via=cgo/n=100/call=100ms", 300e3, 400e3, 500e3, 0, 100e3, 1e6, 0, 105))
	pagetest.Mentions(t, text, "noise floor, 10 %,",
		"| idle program | 104 µs ± 3% | 1.00x | 200 µs | 300 µs | 20.0 µs | 30.0 µs | 50.0 µs | 100 µs | 1.00 ms | 5 |",
		"| 2 × 1 µs busy, plain Go | ≥ 20.7 ms ± 3% | 200.00x | ≥ 30.0 ms | ≥ 40.0 ms | ≥ 20.0 µs | ≥ 30.0 µs | 2.50 ms | 5.00 ms | ≥ 90.0 ms | 6 |",
		"| 2 × 1 µs busy, cgo | 109 µs ± 3% | ~1.05x |",
		"| 100 × 100 ms asleep, cgo | 310 µs ± 3% | 3.00x | 400 µs |",
		"The idle program's tick is 104 µs late at the median and 200 µs at P99; the P99 is beyond that, with intervals apart, "+
			"under 1 of 2 loads by plain Go and 1 of 2 loads by cgo.",
		"Against the same load in plain Go, the median tick comes sooner by cgo under 1 of 2 loads and later under 1.",
		"The tick is latest, ≥ 30.0 ms at P99, beside 2 × 1 µs busy, plain Go.",
		"is 100 µs in the idle program and at most 5.00 ms, beside 2 × 1 µs busy, plain Go; runtime.GC takes 1.00 ms there and longest, ≥ 90.0 ms, beside 2 × 1 µs busy, plain Go.",
		"Most threads are made by 100 × 100 ms asleep: 6 by plain Go and 105 by cgo, where the idle program has 5.")
	if n := strings.Count(text, "| idle program |"); n != 1 {
		t.Errorf("%d rows for what was entered twice, want 1:\n%s", n, text)
	}
	if text := pagetest.Printed(t, NeighbourTables, crowdRow("not", "c", "cgo", 1, 30, 50, 90, 200, 1e5, 1, 6)); text != "" {
		t.Errorf("without rows of the study it prints %s", text)
	}
}
