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
	for line := range strings.Lines(shown(t, pagetest.Facts, series, page.Style{Baseline: "c/syscalln"})) {
		if n := len([]rune(strings.TrimSpace(line))); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
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
	withoutLimits := shown(t, pagetest.Facts, pagetest.Routes()[:3], page.Style{Baseline: "c/cgo", Markdown: true, HTML: &page.HTML{ID: "x"}})
	pagetest.Sourced(t, withoutLimits)
	pagetest.Lacks(t, withoutLimits, "share of the limit", "Share", "x-calls", "loop")
}

// TestBenchstat: benchstat prints a matrix for each problem, and finds nothing mixed up in a cell.
func TestBenchstat(t *testing.T) {
	series := pagetest.Routes()
	var b bytes.Buffer
	if err := record.Write(&b, pagetest.Facts, Study.Facts(), 2, series); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "record.txt")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	benchstat := func(row, filter string) string {
		out, err := exec.Command("go", "tool", "benchstat", "-row", row, "-col", "/via", "-filter", filter, file).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		text := strings.Join(strings.Fields(string(out)), " ")
		pagetest.Lacks(t, text, "vary in") // else different things share a cell
		return text
	}
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
