// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

func Series() []measure.Series {
	julia := pagetest.Problem("julia n=1000", "image", "500000", "100000", "32e6", "bit-identical in 60 cases: c/cgo; within bound in 9 cases: rust-par/cgo")
	ols := pagetest.Problem("ols row n=100", "matrix", "8e5", "2e5", "", "bit-identical in 60 cases: rust-par/cgo; failed in 60 cases: c/cgo")
	julia, ols = append(julia, measure.Fact{Key: "set", Value: "600000"}), append(ols, measure.Fact{Key: "set", Value: "1000000"})
	noop := pagetest.Problem("noop n=1", "call", "", "", "", "")
	read := pagetest.Problem("read", "pass", "16000", "", "", "")
	return []measure.Series{
		pagetest.One("Kernels/kernel=julia/lang=c/via=cgo/n=1000", julia, 2e6, 4e6, 8e6, 3e6, 5e6, 6e6, 7e6),
		pagetest.One("Kernels/kernel=julia/lang=rust-par/via=cgo/n=1000", julia, 3e6, 6e6, 12e6, 4.5e6, 7.5e6, 9e6, 10.5e6),
		pagetest.One("Kernels/kernel=julia/lang=c-again/via=cgo/n=1000", julia, 2.1e6, 4e6, 8e6, 3e6, 5e6, 6e6, 6.9e6),
		pagetest.One("Kernels/kernel=ols/lang=rust-par/via=cgo/layout=row/n=100", ols, pagetest.Times(1e6)...),
		pagetest.One("Kernels/kernel=ols/lang=c/via=cgo/layout=row/n=100", ols, pagetest.Times(1.04e6)...),
		pagetest.One("Kernels/kernel=ols/lang=rust-par-again/via=cgo/layout=row/n=100", ols, pagetest.Times(1.05e6)...),
		pagetest.One("Call/kernel=noop/lang=c/via=cgo/n=1", noop, 20.5, 30.5, 40.5, 21.5, 22.5, 23.5, 24.5),
		pagetest.One("Call/kernel=noop/lang=rust-par/via=cgo/n=1", noop, 40.5, 60.5, 80.5, 42.5, 44.5, 46.5, 48.5),
		// 16 bytes a ns on one thread, 3 times 8 on three; copies at half of it.
		pagetest.One("Limits/kernel=read/lang=c/via=purego/n=L2", read, pagetest.Times(1000)...),
		pagetest.One("Limits/kernel=read/lang=c-par/via=purego/n=L2", read, pagetest.Times(2000)...),
		pagetest.One("Limits/kernel=write/lang=c/via=purego/n=L2", pagetest.Problem("write", "pass", "", "16000", "", ""), pagetest.Times(1000)...),
		pagetest.One("Limits/kernel=write/lang=c-par/via=purego/n=L2", pagetest.Problem("write", "pass", "", "16000", "", ""), pagetest.Times(2000)...),
		pagetest.One("Limits/kernel=copy/lang=c/via=purego/n=L2", pagetest.Problem("copy", "pass", "8000", "8000", "", ""), pagetest.Times(2000)...),
		pagetest.One("Limits/kernel=copy/lang=c-par/via=purego/n=L2", pagetest.Problem("copy", "pass", "8000", "8000", "", ""), pagetest.Times(4000)...),
		// What julia moves takes less than its operations; ols moves 1e6 bytes at 10 a ns, on three threads at 20.
		pagetest.One("Limits/kernel=move/lang=c/via=purego/form=plain/reads=500000/writes=100000/n=600000", moved("plain", 600000, 500000, 100000), pagetest.Times(3000)...),
		pagetest.One("Limits/kernel=move/lang=c-par/via=purego/form=plain/reads=500000/writes=100000/n=600000", moved("plain", 600000, 500000, 100000), pagetest.Times(2000)...),
		pagetest.One("Limits/kernel=move/lang=c/via=purego/form=plain/reads=800000/writes=200000/n=1000000", moved("plain", 1000000, 800000, 200000), pagetest.Times(1e5)...),
		pagetest.One("Limits/kernel=move/lang=c/via=purego/form=streams/reads=800000/writes=200000/n=1000000", moved("streams", 1000000, 800000, 200000), pagetest.Times(2e5)...),
		pagetest.One("Limits/kernel=move/lang=c-par/via=purego/form=plain/reads=800000/writes=200000/n=1000000", moved("plain", 1000000, 800000, 200000), pagetest.Times(7e4)...),
		pagetest.One("Limits/kernel=move/lang=c-par/via=purego/form=streams/reads=800000/writes=200000/n=1000000", moved("streams", 1000000, 800000, 200000), pagetest.Times(5e4)...),
		pagetest.One("Limits/kernel=muladd/lang=c/via=purego/n=vector", pagetest.Problem("muladd", "round", "", "", "16", ""), pagetest.Times(1)...),
		pagetest.One("Limits/kernel=muladd/lang=c-par/via=purego/n=vector", pagetest.Problem("muladd", "round", "", "", "16", ""), pagetest.Times(2)...),
		pagetest.One("Limits/kernel=loop/lang=go/via=direct/n=1", pagetest.Problem("loop", "turn", "", "", "", ""), pagetest.Times(0.5)...),
	}
}

// TestTables: rust-par took 1.5 times as long as c in each round, whatever the rounds were like. Of julia's
// work the 32e6 operations bind, which take 2e6 ns at 16 a ns, and 4/3e6 ns on three threads; of ols's the bytes,
// whatever the level of memory that they fit in: 1e5 ns at the fastest, and 5e4 on three threads.
func TestTables(t *testing.T) {
	var text bytes.Buffer
	Tables(&text, pagetest.Written(t, pagetest.Facts, Series()), page.Style{Baseline: "c/cgo", Markdown: true})
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
	Tables(&text, pagetest.Written(t, pagetest.Facts, Series()[:1]), page.Style{Baseline: "x/y"}) // no limits, no second entry, nothing to compare
	if strings.Contains(text.String(), "Share") || !strings.Contains(text.String(), ": rate, share") {
		t.Errorf("a record without limits shows:\n%s", text.String())
	}
	text.Reset()
	withoutCaches := slices.DeleteFunc(Series(), func(s measure.Series) bool {
		return strings.Contains(s.Subject.Name, "kernel=move") || strings.Contains(s.Subject.Name, "n=L2") && !strings.Contains(s.Subject.Name, "kernel=read/lang=c-par")
	})
	Tables(&text, pagetest.Written(t, pagetest.Facts, withoutCaches), page.Style{Baseline: "c/cgo"})
	if got := text.String(); strings.Contains(got, "GB/s") || !strings.Contains(got, "widest vectors 16.0 / 24.0") ||
		!strings.Contains(got, "No shares: this record holds no limit") {
		t.Errorf("a record without bandwidths shows:\n%s", got)
	}
	text.Reset()
	Tables(&text, pagetest.Written(t, pagetest.Facts, Series()), page.Style{Baseline: "c/cgo", Brief: true})
	if got := text.String(); strings.Count(got, "┌") != 2 || strings.Contains(got, "Share") || !strings.Contains(got, "Machine: ") {
		t.Errorf("the brief form shows more or less than the times:\n%s", got)
	}
}

// twoRuns returns two records of nine routes whose noise is 1 %; in the second, all are 20 % slower, as by a
// machine that changed, and those whose names are given by a tenth more.
func twoRuns(t *testing.T, slowed ...string) (before, after *record.Record) {
	rng := rand.New(rand.NewPCG(1, 1))
	run := func(scale float64, slowed []string) *record.Record {
		var all []measure.Series
		for _, kernel := range []string{"julia", "diffusion"} {
			for _, lang := range []string{"go", "c", "rust", "fortran", "ada", "c-omp", "rust-par", "go-par", "ada-omp", "c-again"} {
				by := scale
				if slices.Contains(slowed, kernel+" "+lang) {
					by *= 1.1
				}
				var ns []float64
				for range 41 {
					ns = append(ns, by*1e5*(1+0.01*rng.NormFloat64()))
				}
				all = append(all, pagetest.One("Kernels/kernel="+kernel+"/lang="+lang+"/via=cgo/n=1", pagetest.Problem(kernel, "step", "", "", "", ""), ns...))
			}
		}
		all = append(all, pagetest.One("Limits/kernel=call/lang=go/via=direct/n=1", nil, pagetest.Times(scale)...))
		return pagetest.Written(t, []measure.Fact{{Key: "cpu", Value: "x"}, {Key: "seed", Value: "1"}}, all)
	}
	return run(1, nil), run(1.2, slowed)
}

func TestCompare(t *testing.T) {
	before, after := twoRuns(t, "julia rust")
	c, err := Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	for k := range c.Rows {
		r := &c.Rows[k]
		if slowed := r.New.Kernel == "julia" && r.New.Lang == "rust"; r.Slower() != slowed || r.Faster() {
			t.Errorf("%s: %+v, want only rust's julia slower", key(r.New), r.Change)
		}
	}
	if worse := c.Worse(0.05); len(worse) != 1 || worse[0].New.Lang != "rust" {
		t.Errorf("%d rows are worse by 5 %%, want rust's julia", len(worse))
	}
	if worse := c.Worse(0.15); len(worse) != 0 {
		t.Errorf("%d rows are worse by 15 %%, want none", len(worse))
	}
	var text bytes.Buffer
	c.Print(&text, false)
	for _, want := range []string{
		"│ julia               │    5 │", "│ julia, parallel     │    4 │", "│ rust/cgo │", "slower │",
		"limits, whose code is the same: +20.0% time", "All 18 rows in geometric mean: +2", "Beyond noise: 1 slower, 0 faster.",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in:\n%s", want, text.String())
		}
	}
	text.Reset()
	c.Print(&text, true)
	if got := strings.Count(text.String(), "/cgo "); got != 18 {
		t.Errorf("%d rows listed, want all 18:\n%s", got, text.String())
	}
	same, err := Compare(before, before)
	if err != nil {
		t.Fatal(err)
	}
	if worse := same.Worse(0); len(worse) != 0 || len(same.Differ) != 0 {
		t.Errorf("a record differs from itself: %v, %v", worse, same.Differ)
	}
}

// TestCompareOthers: what cannot be compared is said.
func TestCompareOthers(t *testing.T) {
	before, after := twoRuns(t)
	after.Facts[0].Value = "y"
	after.Facts[1].Value = "2" // another seed is no difference
	after.Rows = after.Rows[3:]
	c, err := Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"cpu: x, now y"}, c.Differ); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if c.OnlyOld != 3 || c.Only != 0 {
		t.Errorf("%d rows only old, %d only new, want 3 and 0", c.OnlyOld, c.Only)
	}
	var text bytes.Buffer
	c.Print(&text, false)
	for _, want := range []string{"Warning: the records differ in cpu: x, now y.", "      ? │", "Not compared: 3 rows that only the old, 0 that only the new"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in:\n%s", want, text.String())
		}
	}
	after.Rows[0].Samples = after.Rows[0].Samples[:5]
	if _, err := Compare(before, after); err == nil || !strings.Contains(err.Error(), "want at least 6") {
		t.Errorf("5 samples gave %v, want an error that says how many", err)
	}
	after.Rows = nil
	if _, err := Compare(before, after); err == nil {
		t.Error("records without a common row were compared")
	}
}

// TestBenchstat: benchstat prints a matrix for each problem, and finds nothing mixed up in a cell.
func TestBenchstat(t *testing.T) {
	var b bytes.Buffer
	if err := record.Write(&b, pagetest.Facts, 2, Series()); err != nil {
		t.Fatal(err)
	}
	record := filepath.Join(t.TempDir(), "record.txt")
	if err := os.WriteFile(record, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "tool", "benchstat", "-row", "/lang", "-col", "/via", record).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{
		"problem: julia n=1000", "verified: bit-identical in 60 cases: c/cgo;",
		"│ cgo │ │ sec/op │ c 5.000m ± 60% rust-par 7.500m ± 60% c-again 5.000m ± 60%", "│ cgo │ │ cpu-sec/op │", "│ cgo │ │ B/op │",
		"problem: ols row n=100", "rust-par 1.000m ± 0%", "c 23.50n ±",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if strings.Contains(text, "vary in") {
		t.Errorf("different things share a cell:\n%s", out)
	}
}

func TestThreads(t *testing.T) {
	for want, facts := range map[string][]measure.Fact{
		"3 threads": {{Key: "threads", Value: "3"}, {Key: "team-c-omp", Value: "3"}},
		"3 threads, but c-omp on 1, fortran-omp on 2": {{Key: "threads", Value: "3"}, {Key: "team-c-omp", Value: "1"}, {Key: "team-rust-par", Value: "3"}, {Key: "team-fortran-omp", Value: "2"}},
	} {
		if got := (&record.Record{Facts: facts}).Threads(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
