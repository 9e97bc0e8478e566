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
		"| c/cgo | 5.00 ±60%! 1.00x | 1.04 ± 0% 1.00x |",
		"| rust-par/cgo | 7.50 ±60%! 1.50x ± 0% | 1.00 ± 0% ~ 0.96x ± 0% |", // 4 % off, below the floor of 5 %
		"| noise floor | ± 5.0% | ± 5.0% |",
		"| c/cgo | 6.40 Gflop/s 40% ± 38% 2.00 | 0.962 GB/s 10% ± 0% 2.00 |",
		"| rust-par/cgo | 4.27 Gflop/s 18% ± 17% 2.00 | 1.00 GB/s 5% ± 0% 2.00 |",
		"| c/cgo | 23.0 ±43%! 1.00x |", // the loop's 0.5 ns taken off
		"| rust-par/cgo | 46.0 ±43%! 2.00x ± 0% |",
		"| c/cgo | 24 B, 2 |",
		"| read | 16.0 / 24.0 |",
		"| julia | 585.9 KiB | 488.3 KiB | 97.66 KiB | 200 / 300 | plain / plain |",
		"| ols row | 976.6 KiB | 781.2 KiB | 195.3 KiB | 10.0 / 20.0 | plain / streams |",
		"Share: the time that the work would take at the limit",
		"The empty loop, 0.500 ns, is taken off",
		"Rows verified before they were timed: 3 of 6.",
		"Time: median of 7 interleaved rounds",
		"Parallel languages (-par, -omp) on 3 threads.",
		"Sizes: julia 1000, ols 100.",
		"- c, rust-par: GCC.\n- c-omp: GCC -fopenmp.\n",
		"- Warning: 4 of 6 series are unstable",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in:\n%s", want, text.String())
		}
	}
	text.Reset()
	show(t, &text, pagetest.Written(t, pagetest.Facts, pagetest.Routes()[:1]), page.Style{Baseline: "x/y"}) // no limits, no second entry, nothing to compare
	if strings.Contains(text.String(), "Share") || !strings.Contains(text.String(), ": rate, share") {
		t.Errorf("a record without limits shows:\n%s", text.String())
	}
	text.Reset()
	withoutCaches := slices.DeleteFunc(pagetest.Routes(), func(s measure.Series) bool {
		return strings.Contains(s.Subject.Name, "op=move") || strings.Contains(s.Subject.Name, "level=L2") && !strings.Contains(s.Subject.Name, "op=read/lang=c-par")
	})
	show(t, &text, pagetest.Written(t, pagetest.Facts, withoutCaches), page.Style{Baseline: "c/cgo"})
	if got := text.String(); strings.Contains(got, "GB/s") || !strings.Contains(got, "widest vectors 16.0 / 24.0") ||
		!strings.Contains(got, "No shares: this record holds no limit") {
		t.Errorf("a record without bandwidths shows:\n%s", got)
	}
	text.Reset()
	show(t, &text, pagetest.Written(t, pagetest.Facts, pagetest.Routes()), page.Style{Baseline: "c/cgo", Brief: true})
	if got := text.String(); strings.Count(got, "┌") != 2 || strings.Contains(got, "Share") || !strings.Contains(got, "Machine: ") {
		t.Errorf("the brief form shows more or less than the times:\n%s", got)
	}
}
