// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernels

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// testProblem is one of a made-up record. Times are those of an operation, in ns.
type testProblem struct {
	kernel, layout, n, per, item string
	items                        int
	set, reads, writes, flops    float64
	skipping                     float64 // flops of a tuned row, which moves nothing that counts if it is of diffusion
	times                        map[string]float64
}

// testProblems are what a machine of 20 bytes and 50 operations a ns may take.
var testProblems = []testProblem{
	{"julia", "", "1000", "image", "iteration", 32_000_000, 36e6, 32e6, 4e6, 256e6, 20e6, map[string]float64{
		"c": 96e6, "c-simd-rung1": 32e6, "c-simd-rung2": 12.8e6, "c-simd-brute": 6.4e6, "c-simd": 3.2e6,
		"fortran": 98e6, "fortran-simd-brute": 14e6, "fortran-simd": 7e6, "rust": 96e6, "rust-simd-brute": 8e6, "rust-simd": 4e6,
		"go": 100e6, "go-fast-brute": 50e6, "go-fast": 20e6,
		"c-omp": 50e6, "c-simd-omp": 1.6e6, "rust-par": 50e6, "rust-simd-par": 2e6, "go-par": 52e6, "go-fast-par": 11e6,
		"numba-prange": 48e6, "cython-guided": 60e6}},
	{"diffusion", "row", "512", "step", "cell", 250_000, 4e6, 2e6, 2e6, 1.75e6, 1.75e6, map[string]float64{
		"c": 250e3, "c-simd-rung1": 200e3, "c-simd": 100e3, "fortran": 250e3, "fortran-simd": 120e3, "rust": 250e3, "rust-simd": 110e3,
		"go": 300e3, "go-fast": 150e3, "c-omp": 140e3, "c-simd-omp": 62.5e3, "numpy": 2e6, "numba-prange": 125e3}},
	{"diffusion", "row", "4096", "step", "cell", 16_000_000, 268e6, 128e6, 128e6, 112e6, 112e6, map[string]float64{
		"c": 32e6, "c-simd-rung1": 32e6, "c-simd": 8e6, "c-omp": 25e6, "c-simd-omp": 5e6, "pythran": 40e6}},
	{"ols", "row", "100000", "matrix", "row", 100_000, 12.8e6, 11.2e6, 1.6e6, 3.9e6, 3.9e6, map[string]float64{
		"c": 1.92e6, "c-simd-rung1": 0.9e6, "c-simd": 0.8e6}},
	{"ols", "col", "100000", "matrix", "row", 100_000, 12.8e6, 11.2e6, 1.6e6, 3.9e6, 3.9e6, map[string]float64{
		"c": 1.6e6, "c-simd": 0.64e6}},
}

// testSeries returns the record's series; of diffusion at 4096², those in the languages of c.
func testSeries() []measure.Series {
	var all []measure.Series
	add := func(name record.Name, facts []measure.Fact, ns float64) {
		all = append(all, pagetest.One(name.String(), facts, ns, 1.02*ns, 0.98*ns, ns, ns, ns, ns))
	}
	moved := map[string]bool{}
	for _, p := range testProblems {
		var langs []string
		for lang := range p.times {
			langs = append(langs, lang)
		}
		slices.Sort(langs)
		for _, lang := range langs {
			name := record.Name{Study: benchmark, Kernel: p.kernel, Lang: lang, Via: "cgo", Layout: p.layout, N: p.n}
			python := slices.Contains(pythons[p.kernel], lang)
			reads, writes, flops := p.reads, p.writes, p.flops
			if tuned := strings.Contains(lang, "-simd") || strings.Contains(lang, "-fast"); tuned && !strings.Contains(lang, "-brute") && !strings.Contains(lang, "-rung") {
				flops = p.skipping
				if p.kernel == "diffusion" {
					reads, writes = 0, 0
				}
			}
			facts := []measure.Fact{{Key: "problem", Value: p.kernel + p.n + p.layout}, {Key: "per", Value: p.per}, {Key: "item", Value: p.item}, {Key: "items", Value: fmt.Sprint(p.items)}}
			if python {
				name.Via = pythonVia
			} else {
				for _, w := range []struct {
					key   string
					value float64
				}{{"set", p.set}, {"reads", reads}, {"writes", writes}, {"flops", flops}} {
					if w.value > 0 {
						facts = append(facts, measure.Fact{Key: w.key, Value: fmt.Sprintf("%.0f", w.value)})
					}
				}
			}
			if strings.HasPrefix(lang, "go") {
				name.Via = "direct"
			}
			add(name, facts, p.times[lang])
			if lang == plain {
				name.Entry = record.EntryAgain
				add(name, facts, p.times[lang])
			}
		}
		traffic := fmt.Sprint(p.set)
		if moved[traffic] {
			continue
		}
		moved[traffic] = true
		for threads, lang := range []string{record.SerialLang, record.ParallelLang} {
			add(record.Name{Study: record.LimitsName, Op: record.MoveName, Lang: lang, Via: "purego", N: fmt.Sprintf("%.0f", p.set),
				Keys: []record.Key{{Key: "form", Value: "plain"}, {Key: "reads", Value: fmt.Sprintf("%.0f", p.reads)}, {Key: "writes", Value: fmt.Sprintf("%.0f", p.writes)}}},
				pagetest.Moved("plain", int(p.set), int(p.reads), int(p.writes)), (p.reads+p.writes)/20/float64(threads+1))
		}
	}
	for _, lang := range []string{record.SerialLang, record.ParallelLang} {
		add(record.Name{Study: record.LimitsName, Op: "muladd", Lang: lang, Via: "purego", Keys: []record.Key{{Key: "width", Value: "vector"}}},
			pagetest.Problem("muladd", "round", "", "", "50", ""), 1)
	}
	return all
}

var testFacts = []measure.Fact{{Key: "cpu", Value: "A CPU"}, {Key: "threads", Value: "2"}}

// without returns the series without those whose names hold the part.
func without(part string) []measure.Series {
	return slices.DeleteFunc(testSeries(), func(s measure.Series) bool { return strings.Contains(s.Subject.Name, part) })
}

// others is the series of another study.
func others() []measure.Series {
	return []measure.Series{pagetest.One("Other/op=x/lang=c/via=cgo/n=1", nil, 1)}
}

// shown returns what toll kernels shows of the series.
func shown(t *testing.T, series []measure.Series, style page.Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := Study.Print(&b, pagetest.Written(t, testFacts, series), style); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTables(t *testing.T) {
	text := shown(t, testSeries(), page.Style{Markdown: true})
	pagetest.Holds(t, text,
		"## The Julia set", "![", "kernels-julia.svg)", "**Julia 1000²: the ladder**",
		// 256e6 operations at 50 a ns take 5.12 ms, 80 % of 6.4; 36e6 bytes at 20 a ns take 1.8 ms, more than 20e6 operations.
		"| c | the plain loop | 3.00 ns ±2% | 1 |  | 5% ±0% | arithmetic |",
		"| c-simd-rung1 | one vector at a time | 1.00 ns ±2% | 3.00x ±0% | 3.00x ±0% | 16% ±0% | arithmetic |",
		"| c-simd-rung2 | vectors interleaved | 0.400 ns ±2% | 7.50x ±0% | 2.50x ±0% | 40% ±0% | arithmetic |",
		"| c-simd-brute | survivors compacted | 0.200 ns ±2% | 15.0x ±0% | 2.00x ±0% | 80% ±0% | arithmetic |",
		"| c-simd | the certificate | 0.100 ns ±2% | 30.0x ±0% | 2.00x ±0% | 56% ±0% | memory |",
		"| C | 1 | 96.0 ms ±2% | 3.20 ms ±2% | 30.0x ±0% | 15.0x ±0% |  | 56% ±0% |",
		"| C, OpenMP | 2 | 50.0 ms ±2% | 1.60 ms ±2% | 31.2x ±0% |  | 2.00x ±0% |",
		"| Go | 2 | 52.0 ms ±2% | 11.0 ms ±2% | 4.73x ±0% |  | 1.82x ±0% |",
		"| numba-prange/cpython | 48.0 ms ±2% | 30.0x ±0% |",
		"kernels-compaction.svg", "kernels-disc.svg", "**The certificate.**",
		"## Diffusion", "**Diffusion 512²: the ladder**",
		// A plain step moves 4e6 bytes in 200 µs at best; fused, its 1.75e6 operations take 35 µs.
		"| c | the plain loop | 1.00 ns ±2% | 1 |  | 80% ±0% | memory |",
		"| c-simd | steps fused | 0.400 ns ±2% | 2.50x ±0% | 2.00x ±0% | 35% ±0% | arithmetic |",
		"**Diffusion 4096²: the ladder**", "| c-simd-rung1 | neighbours in registers | 2.00 ns ±2% | ~1.00x ±0% | ~1.00x ±0% |",
		"kernels-tiles.svg",
		"## Least squares", "**OLS by rows: the ladder**", "| c | the plain loop | 19.2 ns ±2% |", "**OLS by columns: the ladder**",
		"| c-simd | unrolled, overlapped | 6.40 ns ±2% | 2.50x ±0% | 2.50x ±0% | 100% ±0% | memory |",
		"## Limits of this machine")
	pagetest.Lacks(t, text, "OLS by columns: the fastest from Python", "| Fortran | 1 | | ", "NaN", "Inf")
	if strings.Index(text, "kernels-compaction.svg") > strings.Index(text, "**Survivors compacted.**") {
		t.Error("the sketch of compaction is not above its text")
	}
	for _, part := range []string{"kernel=julia", "kernel=ols"} {
		less := shown(t, without(part), page.Style{Markdown: true})
		if kernel := strings.TrimPrefix(part, "kernel="); strings.Contains(less, "kernels-"+kernel) || strings.Contains(less, strings.ToUpper(kernel)+" by") {
			t.Errorf("without %s there is still something of it:\n%s", part, less)
		}
	}
	if text := shown(t, others(), page.Style{Markdown: true}); strings.Contains(text, "## ") {
		t.Errorf("of another record there is\n%s", text)
	}
}

// TestWide: in a terminal all tables fit, also with the longest figures that are likely.
func TestWide(t *testing.T) {
	series := testSeries()
	for k := range series {
		for at := range series[k].Samples {
			series[k].Samples[at].Wall *= []float64{1, 2.1, 0.7, 1.3, 0.9, 2.4, 0.5}[(at+k)%7]
		}
	}
	for _, series := range [][]measure.Series{testSeries(), series} {
		text := shown(t, series, page.Style{})
		pagetest.Holds(t, text, "THE JULIA SET", "the ladder")
		pagetest.Lacks(t, text, "The certificate.", "kernels-disc")
		for line := range strings.SplitSeq(text, "\n") {
			if n := utf8.RuneCountInString(line); n > 120 {
				t.Errorf("%d columns, want at most 120: %s", n, line)
			}
		}
	}
}

// TestSourced: each figure of the page in HTML says its rows.
func TestSourced(t *testing.T) {
	pagetest.Sourced(t, shown(t, testSeries(), page.Style{Markdown: true, HTML: &page.HTML{}}))
}

func TestAnswers(t *testing.T) {
	text := strings.Join(strings.Fields(shown(t, testSeries(), page.Style{Markdown: true, Brief: true})), " ")
	pagetest.Holds(t, text,
		"as fast as plain C: Julia 1000² 30.0x, from 3.00 ns to 0.100 ns an iteration; diffusion 512² 2.50x, from 1.00 ns to 0.400 ns a cell; "+
			"diffusion 4096² 4.00x, from 2.00 ns to 0.500 ns a cell; OLS by rows 2.40x, from 19.2 ns to 8.00 ns a row;",
		"the largest step: Julia 1000² 3.00x (one vector at a time); diffusion 512² 2.00x (steps fused); diffusion 4096² 4.00x (steps fused);",
		"Julia 1000²: c 5% (arithmetic), c-simd-brute 80% (arithmetic) and c-simd 56% (memory); diffusion 512²: c 80% (memory) and c-simd",
		"take this many times as long as those in C, from problem to problem: fortran-simd 1.20 to 2.2x, rust-simd 1.10 to 1.25x and go-fast 1.50 to 6.2x.",
		"With 2 threads, tuned C is this many times as fast as with one: Julia 1000² 2.00x; diffusion 512² 1.60x; diffusion 4096² 1.60x.",
		"fastest of the Python routes timed here: Julia 1000² 30.0x (numba-prange takes 48.0 ms); diffusion 512² 2.00x (numba-prange takes 125 µs); diffusion 4096² 8.00x (pythran takes 40.0 ms).")
	p := pagetest.PrinterOf(pagetest.Written(t, testFacts, others()))
	for _, q := range answers {
		if got := q.Answer(p); got != "" {
			t.Errorf("%q is answered by %q, without a row", q.Text, got)
		}
	}
	// What does not differ beyond noise is no gain.
	same := pagetest.PrinterOf(pagetest.Written(t, testFacts, slices.DeleteFunc(without("lang=c-simd/"), func(s measure.Series) bool { return !strings.Contains(s.Subject.Name, "4096") })))
	if got := answerTricks(same); got != "" {
		t.Errorf("a rung that changes nothing is said to: %s", got)
	}
}
