// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package compilers

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

// beside makes a folder of builds beside a folder of the libraries, which is $TOLL_LIB for the test, and returns it.
func beside(t *testing.T, table string) string {
	t.Helper()
	library, err := seam.FindLibrary("libtoll_c.so")
	studytest.Available(t, err)
	folder := t.TempDir()
	if err := os.Symlink(filepath.Dir(library), filepath.Join(folder, "lib")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TOLL_LIB", filepath.Join(folder, "lib"))
	builds := filepath.Join(folder, "compilers")
	if err := os.Mkdir(builds, 0o755); err != nil {
		t.Fatal(err)
	}
	if table != "" {
		if err := os.WriteFile(filepath.Join(builds, "builds.tsv"), []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return builds
}

func TestBuilt(t *testing.T) {
	beside(t, "")
	all, err := built([]string{"c", "go"})
	if len(all) != 2 || err == nil || !strings.Contains(err.Error(), "run scripts/compilers.sh") {
		t.Errorf("without other builds: %v, error %v; want the two defaults, and what makes others", all, err)
	}
	beside(t, "gcc-14\tc\tbuilt\tkeeps\tGCC 14\t-O3\t\nold\trust\tfails\tkeeps\trustc 1\t-C opt-level=3\ttoo old\n")
	all, err = built([]string{"c", "rust", "go"})
	var names []string
	for _, b := range all {
		names = append(names, b.lang+" "+b.name+" "+b.status)
	}
	if got, want := strings.Join(names, ", "), "c default built, c gcc-14 built, rust default built, rust old fails, go default built"; err != nil || got != want {
		t.Errorf("got %s, error %v; want %s", got, err, want)
	}
	beside(t, "gcc-14\tc\n")
	if _, err := built([]string{"c"}); err == nil || !strings.Contains(err.Error(), "2 fields, want 7") {
		t.Errorf("error %v, want one that says what the line lacks", err)
	}
}

// TestFused: a build that contracts is found by its results, and is timed beside the default; what does not compile is said.
func TestFused(t *testing.T) {
	wrong, err := seam.FindLibrary("wrong/libfused.so")
	studytest.Available(t, err)
	builds := beside(t, "fused\tc\tbuilt\tbreaks\tgcc\t-ffp-contract=fast\t\nold\tc\tfails\tkeeps\tgcc-4 4.9.0\t-O3\tno such flag\nabsent\tc\tmissing\tkeeps\tgcc-99\t-O3\tapt-get install gcc-99\n")
	if err := os.Mkdir(filepath.Join(builds, "fused"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(wrong, filepath.Join(builds, "fused", "fused-c.so")); err != nil {
		t.Fatal(err)
	}
	lab := &study.Lab{Settings: study.Settings{Rounds: 1, Visits: 1, Seed: 1}, Stderr: io.Discard}
	routes, missing := open(lab, []string{"c"}, "diffusion")
	if len(routes) != 2 || missing != nil {
		t.Fatalf("%d routes, error %v; want 2", len(routes), missing)
	}
	for k, r := range routes {
		if differs := first(r.results); (differs == "") != (k == 0) {
			t.Errorf("%s: the first failure is %q", r.name, differs)
		}
		if got := bits(r.results, "diffusion"); strings.HasPrefix(got, "0 of ") != (k == 0) {
			t.Errorf("%s differs in %s cases of diffusion", r.name, got)
		}
	}
	p := &problems[0]
	timed, err := p.in(nil)
	if err != nil {
		t.Fatal(err)
	}
	subjects, err := routes[0].subjects(p, timed)
	if err != nil || len(subjects) != 2 || !strings.HasSuffix(subjects[1].Name, "/build=default/entry=again") {
		t.Errorf("error %v, subjects %v; want the default twice", err, subjects)
	}
}

// madeUp returns rows of a build of C, whose times are so many times as long as the default's.
func madeUp(name, compiler, flags, rule string, ratio float64, wrong int) []measure.Series {
	var all []measure.Series
	for k, p := range problems {
		n := record.Name{Study: benchmark, Kernel: p.Kernel, Lang: "c", Via: "trampoline", Layout: p.Layout, N: p.N, Keys: []record.Key{{Key: "build", Value: name}}}
		verdict := "bit-identical in 100 cases: c/trampoline"
		facts := []measure.Fact{{Key: "compiler", Value: compiler}, {Key: "flags", Value: flags}, {Key: "rule", Value: rule}}
		if wrong > 0 && k == 1 {
			verdict = fmt.Sprintf("failed in %d of 100 cases: c/trampoline", wrong)
			facts = append(facts, measure.Fact{Key: "bits", Value: fmt.Sprintf("%d of 100", wrong)})
		} else {
			facts = append(facts, measure.Fact{Key: "bits", Value: "0 of 100"})
		}
		if wrong > 0 {
			facts = append(facts, measure.Fact{Key: "differs", Value: "counts: got 3, want 4"})
		}
		s := pagetest.Eight(n.String(), 1e6*float64(k+1)*ratio)
		s.Subject.Facts = append([]measure.Fact{{Key: "problem", Value: p.Kernel}, {Key: "per", Value: p.Op}, {Key: "verified", Value: verdict}}, facts...)
		all = append(all, s)
		if name == standard {
			n.Entry = record.EntryAgain
			again := pagetest.Eight(n.String(), 1.001e6*float64(k+1)*ratio)
			again.Subject.Facts = s.Subject.Facts
			all = append(all, again)
		}
	}
	return all
}

// pageOf returns the page of the series, its blanks made one each.
func pageOf(t *testing.T, style page.Style, series ...[]measure.Series) string {
	t.Helper()
	var all []measure.Series
	for _, s := range series {
		all = append(all, s...)
	}
	if _, err := record.Sound(Study.Facts(), all); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := Study.Print(&b, pagetest.Written(t, []measure.Fact{{Key: "not-compiled-c", Value: "c old (GCC 4.9.0, -O3): no such flag"}, {Key: "missing-go", Value: "go later"}}, all), style); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestPage(t *testing.T) {
	standards := madeUp(standard, "GCC 12.2.0", "-O3 -ffp-contract=off -march=native", keeps, 1, 0)
	newer := madeUp("gcc-14", "GCC 14.2.0", "-O3 -march=native -ffp-contract=off", keeps, 0.5, 0)
	breaker := madeUp("clang-22", "Debian Clang 22.1.0 (1)", "-O3 -march=x86-64-v3", breaks, 0.8, 7)
	mender := madeUp("clang-22-off", "Debian Clang 22.1.0 (1)", "-O3 -march=x86-64-v3 -ffp-contract=off", mends+"clang-22", 0.9, 0)
	harmless := madeUp("clang-13", "Debian Clang 13.0.1 (1)", "-O3 -march=x86-64-v3", breaks, 0.8, 0)
	style := page.Style{Markdown: true, Source: "docs/compilers.txt.gz"}
	text := pageOf(t, style, standards, newer, breaker, mender, harmless)
	pagetest.Holds(t, text, "Made by `build/bin/toll show --markdown docs/compilers.txt.gz > docs/COMPILERS.md`",
		"All 2 such builds return the reference's bits in all cases. They are by 2 releases of compilers: GCC 12.2.0, GCC 14.2.0.",
		"changes bits by Clang 22.1.0; -ffp-contract=off (in GCC also -std=c11) mends 1 of 1 builds. No bit changes by Clang 13.0.1 with -O3 -march=x86-64-v3.",
		"diffusion takes 0.50 to 0.50 times as long as the default", "diffusion 1.13 to 1.13 times as long, the most beside Clang 22.1.0 with -O3 -march=x86-64-v3",
		"| GCC 12.2.0 | `-O3 -march=native` | = 1.04 ms", "| GCC 14.2.0 | `-O3 -march=native` | = 0.50 ±0% | = 0.50 ±0% | = 0.50 ±0% |",
		"| Clang 22.1.0 | `-O3 -march=x86-64-v3` | breaks | = 0.80 ±0% | ≠ 0.80 ±0% |", "| mends | = 0.90 ±0% | = 0.90 ±0% |",
		"For example: Clang 22.1.0 with -O3 -march=x86-64-v3: julia differs in 7 of 100 cases. The first: counts: got 3, want 4.", "| 0 of 100 | 7 of 100 | 0 of 100 |", "c old (GCC 4.9.0, -O3): no such flag", "missing for these builds: go later")
	pagetest.Lacks(t, text, "NaN", "Inf", "%!", "<no value>")

	// A build that keeps the rule and is wrong comes first of all.
	newer = madeUp("gcc-14", "GCC 14.2.0", "-O3 -march=native -ffp-contract=off", keeps, 0.5, 7)
	pagetest.Holds(t, pageOf(t, style, standards, newer), "No. Of 2 builds whose flags keep the rule, 1 return other bits: C by GCC 14.2.0 with -O3 -march=native.",
		"| GCC 14.2.0 | `-O3 -march=native` | = 0.50 ±0% | ≠ 0.50 ±0% |")

	// The defaults alone.
	text = pageOf(t, page.Style{}, standards)
	pagetest.Holds(t, text, "BUILDS THAT KEEP THE RULE")
	pagetest.Lacks(t, text, "Do all compilers return the same bits?", "FLAGS THAT BREAK THE RULE")
}

func TestShortened(t *testing.T) {
	for said, want := range map[string]string{
		"GCC 12.2.0": "GCC 12.2.0", "GCC version 14.2.0": "GCC 14.2.0", "Debian Clang 13.0.1": "Clang 13.0.1", "go1.27.4": "Go 1.27.4",
		"GNU Fortran (Debian 12.2.0-14+deb12u1) 12.2.0": "GCC 12.2.0",
		"flang version 22.1.0":                          "Flang 22.1.0",
		"rustc 1.95.0 (59807616e 2026-04-14)":           "rustc 1.95.0",
		"rustc 1.98.0-nightly (e2b2dd1 2026-05-19)":     "rustc 1.98.0 nightly",
		"gccgo-12 (Debian 12.2.0-14+deb12u1) 12.2.0":    "gccgo 12.2.0",
		"another": "another",
		"Debian flang-new version 16.0.6 (15~deb12u1)":                     "Flang 16.0.6",
		"gcc-15 (Debian 15.3.0-4) 15.3.0":                                  "GCC 15.3.0",
		"Clang 22.1.2 (https://example.org/llvm 1ab49a973e210e97d61e5db6)": "Clang 22.1.2",
	} {
		if got := shortened(said); got != want {
			t.Errorf("%q is shortened to %q, want %q", said, got, want)
		}
	}
}
