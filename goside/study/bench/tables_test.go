// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study"
	"toll/goside/study/limits"
	"toll/goside/study/studytest"
)

// shown returns what the study shows of a record of the series.
func shown(t *testing.T, facts []measure.Fact, series []measure.Series, style page.Style) string {
	t.Helper()
	var text bytes.Buffer
	if err := Study.Print(&text, pagetest.Written(t, facts, series), style); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// lines returns the lines of a table in a page, without those of its header.
func lines(t *testing.T, text, title string) string {
	t.Helper()
	_, table, found := strings.Cut(text, "**"+title+"**\n\n")
	table, _, _ = strings.Cut(table, "\n\n")
	_, table, ruled := strings.Cut(table, ":|\n")
	if !found || !ruled {
		t.Fatalf("no table %q in:\n%s", title, text)
	}
	return table
}

// TestTables: rust-par took 1.5 times as long as c in each round, whatever the rounds were like. Of julia's
// work the 32e6 operations bind, which take 2e6 ns at 16 a ns, and 4/3e6 ns on three threads; of ols's the bytes,
// whatever the level of memory that they fit in: 1e5 ns at the fastest, and 5e4 on three threads.
func TestTables(t *testing.T) {
	text := shown(t, pagetest.Facts, pagetest.Routes(), page.Style{Baseline: "c/cgo", Markdown: true})
	for title, want := range map[string]string{
		"Kernels: time": `
| c/cgo | 5.00 ±60%! | 1.04 ±0% |
| rust-par/cgo | 7.50 ±60%! | 1.00 ±0% |`,
		"Kernels: time relative to c/cgo": `
| c/cgo | 1 | 1 |
| rust-par/cgo | 1.50 ±0% | ~0.96 ±0% |
| noise floor | ±5.0% | ±5.0% |`, // ols is 4 % off, below the floor of 5 %
		"Kernels: share of the limit": `
| c/cgo | 40% ±38% | 10% ±0% |
| rust-par/cgo | 18% ±17% | 5% ±0% |`,
		"Kernels: rate": `
| c/cgo | 6.40 ±60%! Gflop/s | 0.962 ±0% GB/s |
| rust-par/cgo | 4.27 ±60%! Gflop/s | 1.00 ±0% GB/s |`,
		"Kernels: cores busy": `
| c/cgo | 2.00 ±0% | 2.00 ±0% |
| rust-par/cgo | 2.00 ±0% | 2.00 ±0% |`,
		"Call: time": `
| c/cgo | 23.0 ±43%! |
| rust-par/cgo | 46.0 ±43%! |`, // the loop's 0.5 ns subtracted
		"Call: time relative to c/cgo": `
| c/cgo | 1 |
| rust-par/cgo | ~2.00 ±0% |
| noise floor | unknown |`, // no route was entered twice, so nothing is known to differ
		"Call: allocated on Go's heap, bytes":   "\n| c/cgo | 24 |\n| rust-par/cgo | 24 |",
		"Call: allocated on Go's heap, objects": "\n| c/cgo | 2 |\n| rust-par/cgo | 2 |",
	} {
		if got := "\n" + lines(t, text, title); got != want {
			t.Errorf("%s:%s\nwant%s", title, got, want)
		}
	}
	pagetest.Holds(t, text,
		"from the record of `build/bin/toll bench -o RECORD`.\n\n# ",
		"| route | julia, ms/image | ols row, ms/matrix |",
		"| route | noop, ns/call |",
		"\n## Limits of this machine\n",
		"Share: the time that the limit allows",
		"The time of the empty loop, 0.500 ns, is subtracted",
		"Rows verified before they were timed: 3 of 6.",
		"Time: median of 7 interleaved rounds",
		"Parallel languages (-par, -omp) use 3 threads.",
		"Sizes: julia 1000, ols 100.",
		"- c, rust-par: GCC.\n- c-omp: GCC -fopenmp.\n",
		"- Warning: 4 of 6 series are unstable")
}

// TestTablesLess: a record may lack limits, their part or a second route; and a reader may want less.
func TestTablesLess(t *testing.T) {
	one := pagetest.Routes()[:1]
	text := shown(t, pagetest.Facts, one, page.Style{Baseline: "x/y", Markdown: true})
	pagetest.Holds(t, text, "**Kernels: time**", "**Kernels: cores busy**")
	pagetest.Lacks(t, text, "share of the limit", "Share", "shares", "**Kernels: rate**", "relative to", "Relative", "~", "noise floor", "loop", "Limits of")

	withoutCaches := slices.DeleteFunc(pagetest.Routes(), func(s measure.Series) bool {
		name := record.ParseName(s.Subject.Name)
		return name.Op == record.MoveName || name.Get("level") == "L2" && (name.Op != "read" || name.Lang != "c-par")
	})
	text = shown(t, pagetest.Facts, withoutCaches, page.Style{Baseline: "c/cgo"})
	pagetest.Lacks(t, text, "GB/s", "share of the limit", "Share:")
	pagetest.Holds(t, strings.Join(strings.Fields(text), " "), "widest vectors │ 1 │ 16.0 ±0% │ Gflop/s", "There are no shares: this record")

	text = shown(t, pagetest.Facts, pagetest.Routes(), page.Style{Baseline: "c/cgo", Brief: true})
	if strings.Count(text, "┌") != 4 || !strings.Contains(text, "Machine: ") {
		t.Errorf("the brief form shows more or less than times and their ratios:\n%s", text)
	}
	pagetest.Lacks(t, text, "share", "Share", "allocated", "LIMITS")
}

// TestTablesNarrow: what a terminal shows is no wider than 120 columns, with all kernels on routes of long names.
func TestTablesNarrow(t *testing.T) {
	series := pagetest.Routes()
	for _, p := range kernel.Problems() {
		facts := study.Facts(&p, p.New(1))
		for k, lang := range []string{"c", "fortran-omp"} {
			unstable := pagetest.Times(1.234e6 * float64(1+k))
			unstable[0], unstable[1] = 1, 1
			series = append(series, pagetest.One(study.Name(&p, lang, "syscalln").String(), facts, unstable...))
		}
	}
	for _, p := range kernel.Problems() {
		if p.Study != "Kernels" {
			continue
		}
		facts := study.FactsFor(&p, p.New(1), "fortran-simd")
		for k, lang := range []string{"fortran-simd-brute", "rust-simd-par", "cython-memoryview"} {
			unstable := pagetest.Times(1.234e5 * float64(1+20*k))
			unstable[0], unstable[1] = 1, 1
			via := "syscalln"
			if k == 2 {
				via = "cpython"
			}
			series = append(series, pagetest.One(study.Name(&p, lang, via).String(), facts, unstable...))
		}
	}
	for line := range strings.Lines(shown(t, pagetest.Facts, series, page.Style{Baseline: "c/syscalln"})) {
		if n := len([]rune(strings.TrimSpace(line))); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
}

// tuned is the level of a record with tuned languages.
var tuned = measure.Fact{Key: "simd", Value: "avx2"}

// withTuned returns the record of [pagetest.Routes] with tuned languages and two bindings of Python: on julia the tuned c is 10
// times as fast as c in each round, and numba the faster binding.
func withTuned() []measure.Series {
	julia := pagetest.Problem("julia n=1000", "image", "500000", "100000", "32e6",
		"bit-identical in 60 cases: c/cgo numpy/cpython c-simd-brute/cgo c-simd/cgo; within bound in 9 cases: rust-par/cgo numba/cpython")
	skipping := pagetest.Problem("julia n=1000", "image", "500000", "100000", "16e5", julia[5].Value)
	ols := pagetest.Problem("ols row n=100", "matrix", "8e5", "2e5", "", "bit-identical in 60 cases: rust-par/cgo; failed in 60 cases: c/cgo")
	set := measure.Fact{Key: "set", Value: "600000"}
	julia, skipping, ols = append(julia, set), append(skipping, set), append(ols, measure.Fact{Key: "set", Value: "1000000"})
	row := func(name string, facts []measure.Fact, scale float64, ns ...float64) measure.Series {
		for k := range ns {
			ns[k] *= scale
		}
		return pagetest.One("Kernels/kernel="+name, facts, ns...)
	}
	rounds := func() []float64 { return []float64{2e6, 4e6, 8e6, 3e6, 5e6, 6e6, 7e6} }
	all := append(pagetest.Routes(),
		row("julia/lang=c-simd/via=cgo/n=1000", skipping, 0.1, rounds()...),
		row("julia/lang=c-simd/via=purego/n=1000", skipping, 0.1, rounds()...),
		row("julia/lang=c-simd-brute/via=cgo/n=1000", julia, 0.5, rounds()...),
		row("julia/lang=numpy/via=cpython/n=1000", julia, 3, rounds()...),
		row("julia/lang=numba/via=cpython/n=1000", julia, 2, rounds()...),
		row("ols/lang=rust-simd-par/via=cgo/layout=row/n=100", ols, 1, pagetest.Times(1.02e6)...))
	for k := range all { // whose facts are those of the rows above
		if name := record.ParseName(all[k].Subject.Name); name.Kernel == "julia" && all[k].Subject.Facts[4].Value == "32e6" {
			all[k].Subject.Facts = julia
		}
	}
	return all
}

// TestTuned: tuned languages have tables of their own, with how many times as fast each is as its plain language through the same
// crossing and as the fastest binding of Python, and with the share of the limit by its own work. The plain ones' are as without.
func TestTuned(t *testing.T) {
	facts := append(slices.Clone(pagetest.Facts), tuned)
	style := page.Style{Baseline: "c/cgo", Markdown: true}
	text := shown(t, facts, withTuned(), style)
	for title, want := range map[string]string{
		"Kernels: time": `| c/cgo | 5.00 ±60%! | 1.04 ±0% |
| rust-par/cgo | 7.50 ±60%! | 1.00 ±0% |
| numpy/cpython | 15.0 ±60%! |  |
| numba/cpython | 10.0 ±60%! |  |`,
		"Kernels, tuned: time": `| c-simd/cgo | 0.500 ±60%! |  |
| c-simd/purego | 0.500 ±60%! |  |
| c-simd-brute/cgo | 2.50 ±60%! |  |
| rust-simd-par/cgo |  | 1.02 ±0% |`,
		"Kernels, tuned: speed-up over the plain language": `| c-simd/cgo | 10.00 ±0% |  |
| c-simd/purego |  |  |
| c-simd-brute/cgo | 2.00 ±0% |  |
| rust-simd-par/cgo |  | ~0.98 ±0% |`,
		"Kernels, tuned: speed-up over the fastest binding of Python": `| c-simd/cgo | 20.00 ±0% |  |
| c-simd/purego | 20.00 ±0% |  |
| c-simd-brute/cgo | 4.00 ±0% |  |
| rust-simd-par/cgo |  |  |`,
		"Kernels, tuned: share of the limit": `| c-simd/cgo | 20% ±19% |  |
| c-simd/purego | 20% ±19% |  |
| c-simd-brute/cgo | 80% ±75% |  |
| rust-simd-par/cgo |  | 5% ±0% |`,
	} {
		if got := lines(t, text, title); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", title, got, want)
		}
	}
	pagetest.Lacks(t, text, "Kernels, tuned: time relative to")
	pagetest.Holds(t, text, "they ran at the level avx2.", "as the plain language through the same crossing, and as the fastest binding of Python in this record: numba (julia).",
		"A tuned language is held against the work that it cannot leave out. ", "The tuned languages have tables of their own")
	brief := shown(t, facts, withTuned(), page.Style{Baseline: "c/cgo", Markdown: true, Brief: true})
	pagetest.Holds(t, brief, "**Kernels, tuned: speed-up over the plain language**")
	pagetest.Lacks(t, brief, "share of the limit", "A tuned language is held against")
	relative := shown(t, facts, withTuned(), page.Style{Baseline: "c-simd/cgo", Markdown: true})
	pagetest.Holds(t, lines(t, relative, "Kernels, tuned: time relative to c-simd/cgo"), "| c-simd/purego | ~1.00 ±0% |", "| c-simd-brute/cgo | 5.00 ±0% |")

	// Of a record that lacks the plain languages, or Python, or both families, what it has is shown.
	alone := slices.DeleteFunc(withTuned(), func(s measure.Series) bool {
		name := record.ParseName(s.Subject.Name)
		return name.Study != "Kernels" || !strings.HasPrefix(name.Lang, "c-simd")
	})
	text = shown(t, facts, alone, page.Style{Baseline: "c/cgo", Markdown: true})
	pagetest.Holds(t, text, "**Kernels, tuned: time**", "**Kernels, tuned: time relative to c-simd/cgo**")
	pagetest.Lacks(t, text, "Kernels: ", "speed-up over", "binding of Python in this record")
	text = shown(t, pagetest.Facts, pagetest.Routes(), style)
	pagetest.Lacks(t, text, "tuned", "Tuned", "speed-up", "Speed-up", "Python")
}

// TestTunedWork: what skips work is held against what is left of it. A run of diffusion moves nothing that memory limits, a
// language that does all of the work is held against all, and no limit is measured of no traffic.
func TestTunedWork(t *testing.T) {
	get := func(facts []measure.Fact, key string) string {
		for _, f := range facts {
			if f.Key == key {
				return f.Value
			}
		}
		return ""
	}
	for _, p := range kernel.Problems() {
		if p.Study != "Kernels" {
			continue
		}
		timed := p.New(1)
		if p.Kernel == "julia" { // which counts what was computed
			if err := timed.Run(&kernel.Funcs{Julia: kernel.Go().Julia}, 1); err != nil {
				t.Fatal(err)
			}
		}
		plain, brute, skipping := study.FactsFor(&p, timed, "c"), study.FactsFor(&p, timed, "c-simd-brute"), study.FactsFor(&p, timed, "c-simd")
		if !slices.Equal(plain, brute) {
			t.Errorf("%s: the work of c-simd-brute is %v, want that of c: %v", p.Kernel, brute, plain)
		}
		less := map[string][]string{"diffusion": {"reads", "writes"}, "julia": {"flops"}}[p.Kernel]
		for _, key := range []string{"problem", "per", "set", "reads", "writes", "flops"} {
			if differs := get(plain, key) != get(skipping, key); differs != slices.Contains(less, key) {
				t.Errorf("%s: %s is %q for c and %q for c-simd, want that they differ: %v", p.Kernel, key, get(plain, key), get(skipping, key), !differs)
			}
		}
		if p.Kernel == "diffusion" && get(skipping, "reads")+get(skipping, "writes") != "" {
			t.Errorf("diffusion moves %v, want nothing", skipping)
		}
	}
	subjects := []measure.Subject{{Name: "a", Facts: pagetest.Moved("", 4096, 0, 0)}, {Name: "b", Facts: pagetest.Moved("", 4096, 2048, 0)}}
	all, err := limits.Subjects(1, subjects)
	studytest.Available(t, err)
	moves := 0
	for _, s := range all {
		if name := record.ParseName(s.Name); name.Op == record.MoveName {
			moves++
			if get(s.Facts, "reads") != "2048" {
				t.Errorf("%s is a limit of %v, want one of what is moved", s.Name, s.Facts)
			}
		}
	}
	if moves == 0 {
		t.Error("no limit of moving is measured")
	}
}

// TestList: a page in HTML has one table of the kernels and one of the calls, with a line for each problem and route, whose
// figures say their rows and their values.
func TestList(t *testing.T) {
	text := shown(t, pagetest.Facts, pagetest.Routes(), page.Style{Baseline: "c/cgo", Markdown: true, HTML: &page.HTML{ID: "x"}})
	pagetest.Sourced(t, text)
	pagetest.Holds(t, text,
		`id="x-kernels"`, `id="x-calls"`, `id="x-limits-of-this-machine"`, `id="x-legend-machine-and-builds"`,
		"Time: of a julia image and an ols matrix, ±",
		"within the noise floor: ±5.0% for julia and ±5.0% for ols row. Share: ",
		"The time of the empty loop, 0.500 ns, is subtracted.", "within the noise floor: unknown for noop. ✓",
		`<tr data-kernel="julia" data-lang="rust-par" data-via="cgo"><th>julia</th><td class="l">rust-par</td><td class="l">cgo</td>`+
			`<td data-r="1">7.50 ms ±60%!</td><td data-r="1 0">1.50 ±0%</td>`+
			`<td data-r="1 21"><span class="bar"><span style="width:18%"></span></span>18% ±17%</td>`+
			`<td data-r="1">✓ within bound</td></tr>`,
		`<tr data-kernel="ols row" data-lang="c" data-via="cgo"><th>ols row</th><td class="l">c</td><td class="l">cgo</td>`+
			`<td data-r="4">1.04 ms ±0%</td><td data-r="4">1</td>`,
		`<td data-r="4">–</td>`, // it failed
		`<tr data-kernel="noop" data-lang="rust-par" data-via="cgo"><th>noop</th><td class="l">rust-par</td><td class="l">cgo</td>`+
			`<td data-r="7 22">46.0 ns ±43%!</td><td data-r="7 6 22"><span class="same">~2.00 ±0%</span></td>`+
			`<td data-r="7">24</td><td data-r="7">2</td><td data-r="7">–</td></tr>`,
		`</details>
<ul>
<li>Warning: 4 of 6 series are unstable`) // a warning is in no section
	if tables := strings.Count(text, "<table data-sorts>"); tables < 2 {
		t.Errorf("%d tables can be sorted, want those of kernels and calls", tables)
	}
	withTuned := shown(t, append(slices.Clone(pagetest.Facts), tuned), withTuned(), page.Style{Baseline: "c/cgo", Markdown: true, HTML: &page.HTML{ID: "x"}})
	pagetest.Sourced(t, withTuned)
	pagetest.Holds(t, withTuned, `id="x-kernels"`, `id="x-kernels-tuned"`,
		"as fast a row is as the plain language through the same crossing, and as the fastest binding of Python: numba (julia). ~: no difference beyond the noise floor: ±5.0% for julia",
		`<tr data-kernel="julia" data-lang="c-simd" data-via="cgo"><th>julia</th><td class="l">c-simd</td><td class="l">cgo</td>`+
			`<td data-r="23">500 µs ±60%!</td><td data-r="23 0">10.00 ±0%</td><td data-r="23 27">20.00 ±0%</td>`+
			`<td data-r="23 20"><span class="bar"><span style="width:20%"></span></span>20% ±19%</td><td data-r="23">✓ bit-identical</td></tr>`)
	withoutLimits := shown(t, pagetest.Facts, pagetest.Routes()[:3], page.Style{Baseline: "c/cgo", Markdown: true, HTML: &page.HTML{ID: "x"}})
	pagetest.Sourced(t, withoutLimits)
	pagetest.Lacks(t, withoutLimits, "share of the limit", "Share", "x-calls", "loop")
}

// benchstat returns what benchstat prints of a record of the series, of its rows that match a filter, a line for each value of row.
func benchstat(t *testing.T, facts []measure.Fact, series []measure.Series) func(row, filter string) string {
	t.Helper()
	var b bytes.Buffer
	if err := record.Write(&b, facts, Study.Facts(), 2, series); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "record.txt")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return func(row, filter string) string {
		out, err := exec.Command("go", "tool", "benchstat", "-row", row, "-col", "/via", "-filter", filter, file).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		text := strings.Join(strings.Fields(string(out)), " ")
		pagetest.Lacks(t, text, "vary in") // else different things share a cell
		return text
	}
}

// TestBenchstat: benchstat prints a matrix for each problem, and finds nothing mixed up in a cell.
func TestBenchstat(t *testing.T) {
	benchstat := benchstat(t, pagetest.Facts, pagetest.Routes())
	pagetest.Holds(t, benchstat("/lang,/entry", "*"), "c 5.000m ± 60% c again 5.000m ± 60% rust-par 7.500m ± 60%")
	pagetest.Holds(t, benchstat("/lang", "/entry:\"\""),
		"problem: julia n=1000", "verified: bit-identical in 60 cases: c/cgo;",
		"│ cgo │ │ sec/op │ c 5.000m ± 60% rust-par 7.500m ± 60%", "│ cgo │ │ cpu-sec/op │", "│ cgo │ │ B/op │",
		"problem: ols row n=100", "rust-par 1.000m ± 0%", "c 23.50n ±")
	pagetest.Holds(t, benchstat("/lang", "/kernel:julia /entry:again"), "problem: julia n=1000", "│ cgo │ │ sec/op │ c 5.000m ± 60%")
	call := benchstat("/lang", "/op:noop")
	pagetest.Holds(t, call, "problem: noop n=1", "c 23.50n ± 72% rust-par 46.50n ± 73%")
	pagetest.Lacks(t, call, "problem: julia")
}

// TestBenchstatOfTuned: what skips work has other facts, and so a matrix of its own beside that of all others.
func TestBenchstatOfTuned(t *testing.T) {
	text := benchstat(t, append(slices.Clone(pagetest.Facts), tuned), withTuned())("/lang", "/kernel:julia /entry:\"\"")
	pagetest.Holds(t, text, "simd: avx2", "flops: 32e6", "c 5.000m ± 60%", "c-simd-brute 2.500m ± 60%", "numba 10.00m ± 60%", "flops: 16e5", "c-simd 500.0µ ± 60%")
}
