// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// show prints what a record shows.
func show(t *testing.T, text *bytes.Buffer, r *record.Record, style page.Style) {
	t.Helper()
	if err := Study.Print(text, r, style); err != nil {
		t.Fatal(err)
	}
}

// TestTables: rust-par took 1.5 times as long as c in each round, whatever the rounds were like. Of julia's
// work the 32e6 operations bind, which take 2e6 ns at 16 a ns, and 4/3e6 ns on three threads; of ols's the bytes,
// whatever the level of memory that they fit in: 1e5 ns at the fastest, and 5e4 on three threads.
func TestTables(t *testing.T) {
	var text bytes.Buffer
	show(t, &text, pagetest.Written(t, pagetest.Facts, pagetest.Routes()), page.Style{Baseline: "c/cgo", Markdown: true})
	for _, want := range []string{
		"| route | julia, ms/image | ols row, ms/matrix |",
		"| c/cgo | 5.00 ±60%! | 1.04 ±0% |",
		"| rust-par/cgo | 7.50 ±60%! | 1.00 ±0% |",
		"| c/cgo | 1 | 1 |",
		"| rust-par/cgo | 1.50 ±0% | ~0.96 ±0% |", // 4 % off, below the floor of 5 %
		"| noise floor | ±5.0% | ±5.0% |",
		"| c/cgo | 40% ± 38% | 10% ± 0% |",
		"| rust-par/cgo | 18% ± 17% | 5% ± 0% |",
		"| c/cgo | 6.40 ±60%! Gflop/s | 0.962 ±0% GB/s |",
		"| rust-par/cgo | 4.27 ±60%! Gflop/s | 1.00 ±0% GB/s |",
		"| c/cgo | 2.00 ±0% | 2.00 ±0% |",
		"| c/cgo | 23.0 ±43%! |", // the loop's 0.5 ns taken off
		"| rust-par/cgo | 46.0 ±43%! |",
		"| rust-par/cgo | ~2.00 ±0% |", // no floor of calls is known
		"| c/cgo | 24 |",
		"| c/cgo | 2 |",
		"| 1 | 16.0 ±0% | 16.0 ±0% | 8.00 ±0% |",
		"| 3 | 24.0 ±0% | 24.0 ±0% | 12.0 ±0% |",
		"| julia | 585.9 KiB | 488.3 KiB | 97.66 KiB | 1 | 200 ±0% | plain |",
		"| julia | 585.9 KiB | 488.3 KiB | 97.66 KiB | 3 | 300 ±0% | plain |",
		"| ols row | 976.6 KiB | 781.2 KiB | 195.3 KiB | 1 | 10.0 ±0% | plain |",
		"| ols row | 976.6 KiB | 781.2 KiB | 195.3 KiB | 3 | 20.0 ±0% | streams |",
		"Share: the time that the limit allows",
		"The time of the empty loop, 0.500 ns, is subtracted",
		"3 of 6 rows were verified before they were timed.",
		"Time: median of 7 interleaved rounds",
		"Parallel languages (-par, -omp) use 3 threads.",
		"Sizes: julia 1000, ols 100.",
		"- c, rust-par: GCC.\n- c-omp: GCC -fopenmp.\n",
		"- Warning: 4 of 6 series are unstable",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in:\n%s", want, text.String())
		}
	}
	text.Reset()
	show(t, &text, pagetest.Written(t, pagetest.Facts, pagetest.Routes()[:1]), page.Style{Baseline: "x/y", Markdown: true}) // no limits, no second entry, nothing to compare
	if got := text.String(); strings.Contains(got, "Share: ") || strings.Contains(got, "noise floor |") || !strings.Contains(got, "1 of 1 rows were verified") {
		t.Errorf("a record without limits shows:\n%s", text.String())
	}
	text.Reset()
	withoutCaches := slices.DeleteFunc(pagetest.Routes(), func(s measure.Series) bool {
		return strings.Contains(s.Subject.Name, "op=move") || strings.Contains(s.Subject.Name, "level=L2") && !strings.Contains(s.Subject.Name, "op=read/lang=c-par")
	})
	show(t, &text, pagetest.Written(t, pagetest.Facts, withoutCaches), page.Style{Baseline: "c/cgo"})
	if got := text.String(); strings.Contains(got, "GB/s") || !strings.Contains(got, "widest vectors │       3 │  24.0 ±0% │ Gflop/s │") ||
		!strings.Contains(strings.Join(strings.Fields(got), " "), "There are no shares: this record has no limits of its problems' own sets.") {
		t.Errorf("a record without bandwidths shows:\n%s", got)
	}
	text.Reset()
	show(t, &text, pagetest.Written(t, pagetest.Facts, pagetest.Routes()), page.Style{Baseline: "c/cgo", Brief: true})
	if got := text.String(); strings.Count(got, "┌") != 4 || strings.Contains(got, "Share") || !strings.Contains(got, "Machine: ") {
		t.Errorf("the brief form shows more or less than the times and their ratios:\n%s", got)
	}
}
