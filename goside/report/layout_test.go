// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/study"
)

// printedLayout returns what Layout prints of a record, with single spaces.
func printedLayout(record *Record, style Style) string {
	var b bytes.Buffer
	Layout(&b, record, style)
	return strings.Join(strings.Fields(b.String()), " ")
}

func lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("this holds %q:\n%s", part, text)
		}
	}
}

// penaltySeries returns all walks of a kernel through squares of these sides in a language: matched ones take 10 ns,
// interchanged ones as many times as long as penalty says.
func penaltySeries(kernel, lang string, penalty func(study.Walk) float64, sizes ...int) []measure.Series {
	var all []measure.Series
	for _, n := range sizes {
		for _, w := range study.Walks([]string{kernel}, n) {
			wall := 10.0
			if w.Interchanged {
				wall *= penalty(w)
			}
			all = append(all, walkSeries(lang, w, wall))
		}
	}
	return all
}

// byLayout returns penalties of row- and column-major squares, by side.
func byLayout(row, col map[int]float64) func(study.Walk) float64 {
	return func(w study.Walk) float64 {
		return map[kernel.Layout]map[int]float64{kernel.Row: row, kernel.Col: col}[w.Layout][w.N]
	}
}

func TestLayoutPenalties(t *testing.T) {
	var all []measure.Series
	all = append(all, penaltySeries("ols", "rust-par", byLayout(map[int]float64{64: 99, 128: 0.4, 184: 1}, map[int]float64{64: 1, 128: 1, 184: 1}), 64, 128, 184)...)
	all = append(all, penaltySeries("ols", "c", func(w study.Walk) float64 {
		switch {
		case w.Layout == kernel.Col:
			return map[string]float64{study.UnitLD: 8, study.PaddedLD: 5, study.PowerLD: 27}[w.LD]
		case w.LD == study.PaddedLD:
			return 0.5
		}
		return map[int]float64{64: 1.04, 128: 1.06, 184: 3.2}[w.N]
	}, 64, 128, 184)...)
	for _, n := range []int{64, 128} { // which is off by 5 %
		all = append(all, walkSeries("c-again", study.Walk{Kernel: "ols", LD: study.UnitLD, N: n}, 10.5))
	}
	all = append(all, penaltySeries("ols", "go", byLayout(map[int]float64{64: 0.8, 184: 16}, map[int]float64{64: 1.3, 184: 1.7}), 64, 184)...)
	text := printedSection(t, loopOrder, all...)
	holds(t, text,
		"| language, layout, leading dimension | 64² | 128² | 184² |",
		"| c, row-major, unpadded | ~1.04 | 1.06 | ░ 3.2 |", "| c, row-major, padded | 0.50 | 0.50 | 0.50 |", "| c, row-major, power of two | ~1.04 | 1.06 | ░ 3.2 |",
		"| c, column-major, unpadded | ▓ 8.0 | ▓ 8.0 | ▓ 8.0 |", "| c, column-major, padded | ▒ 5.0 | ▒ 5.0 | ▒ 5.0 |",
		"| c, column-major, power of two | ▓ 8.0 | ▓ 8.0 | █ 27 |",
		"| go, row-major, unpadded | 0.80 | | █ 16 |", "| go, column-major, unpadded | 1.30 | | 1.70 |",
		"first where the leading dimension is a power of two, then where it is padded: in c 27 times (column-major 184²) and 5.0 (column-major 64²); "+
			"in go 16 times (row-major 184²) and 16 (row-major 184²).",
		"Where the matrix is row-major, interchanged loops are faster at some sizes: in c up to 2.0 times as fast (64², padded); in go up to 1.25 times as fast (64², unpadded). "+
			"There a matched sum is one chain of additions,",
		"| c, interchanged, padded | 5.00 | 5.00 | 5.00 |", "In c an element takes between 5.00 ns and 32.0 ns",
		"| rust-par, row-major, unpadded | █ 99 |")
	lacks(t, text, "again", "in rust-par")
	if strings.Index(text, "| rust-par, row-major") < strings.Index(text, "| go, column-major, power of two") {
		t.Errorf("parallel languages are not after the serial ones in\n%s", text)
	}

	slow := penaltySeries("ols", "c", byLayout(map[int]float64{64: 1.1}, map[int]float64{64: 0.5}), 64)
	lacks(t, printedSection(t, loopOrder, slow...), "are faster at some sizes")
	quick := penaltySeries("diffusion", "c", byLayout(map[int]float64{64: 0.5}, map[int]float64{64: 2}), 64)
	text = printedSection(t, loopOrder, quick...)
	holds(t, text, "in c up to 2.0 times as fast (64², unpadded).")
	lacks(t, text, "one chain")
	noisy := append(quick, walkSeries("c-again", study.Walk{Kernel: "diffusion", LD: study.UnitLD, N: 64}, 20))
	lacks(t, printedSection(t, loopOrder, noisy...), "are faster at some sizes")
	holds(t, printedSection(t, loopOrder, all[0]), "| rust-par, matched, unpadded | 10.0 |") // and no table of penalties
}

func TestLayoutWalks(t *testing.T) {
	row, col := map[int]float64{32: 3, 64: 1, 128: 1, 256: 1}, map[int]float64{32: 1, 64: 3, 128: 2, 256: 2.5}
	all := penaltySeries("ols", "c", byLayout(row, col), 256, 32, 64, 128)
	elsewhere := walkSeries("c", study.Walk{Kernel: "ols", LD: study.UnitLD, N: 32}, 1000)
	elsewhere.Subject.Name = strings.Replace(elsewhere.Subject.Name, "via=cgo", "via=purego", 1)
	w := written(t, nil, append(all, elsewhere)).walks(true)
	if most, at, ok := w.worst("ols", "c", study.PowerLD); !ok || math.Abs(most-3) > 1e-9 || at != (study.Walk{Kernel: "ols", Layout: kernel.Row, LD: study.PowerLD, N: 32}) {
		t.Errorf("the worst is %v of %v, %v, want 3 of row-major 32", most, at, ok)
	}
	for _, c := range []struct {
		least float64
		from  int
		ok    bool
	}{{2, 32, true}, {2.2, 256, true}, {2.6, 0, false}, {4, 0, false}} {
		if from, ok := w.from("ols", "c", study.UnitLD, c.least); from != c.from || ok != c.ok {
			t.Errorf("at least %v is from %d on, %v, want %d, %v", c.least, from, ok, c.from, c.ok)
		}
	}
	col[64] = 1
	w = written(t, nil, penaltySeries("ols", "c", byLayout(row, col), 32, 64, 128, 256)).walks(true)
	if from, ok := w.from("ols", "c", study.UnitLD, 2); from != 128 || !ok {
		t.Errorf("twice as long is from %d on, %v, want 128: neither layout has it at 64", from, ok)
	}
	for _, n := range []int{16, 33} {
		if most, at, ok := w.larger("ols", "c", study.UnitLD, n); ok {
			t.Errorf("at %d, that was not measured, there is %v of %v", n, most, at)
		}
	}
	if _, _, ok := w.worst("ols", "zig", study.UnitLD); ok {
		t.Error("a language that was not measured has a worst penalty")
	}
	if _, _, ok := w.fastest("ols", "c"); ok {
		t.Error("loops that take at least as long are faster")
	}
	if w := written(t, nil, penaltySeries("ols", "go", byLayout(row, col), 32)).walks(true); w.baseline != "go" {
		t.Errorf("the baseline is %q, want go where there is no c", w.baseline)
	}
}

// claimSeries returns what the claims are judged by: diffusion in C and Fortran, which takes so many times as long, and
// f2py with copies that make a step take so many times as long.
func claimSeries(penalty, fortran float64, copies map[int]float64) []measure.Series {
	one := byLayout(map[int]float64{128: penalty, 512: penalty}, map[int]float64{128: 1, 512: 1})
	all := penaltySeries("diffusion", "c", one, 128, 512)
	for _, s := range penaltySeries("diffusion", "fortran", one, 128, 512) {
		for k := range s.Samples {
			s.Samples[k].Wall *= fortran
		}
		all = append(all, s)
	}
	for n, times := range copies {
		all = append(all, waySeries("diffusion", "f2py/cpython", n, study.WayMatched, 1, 1000), waySeries("diffusion", "f2py-copy/cpython", n, study.WayCopied, 1, 1000*times))
	}
	return all
}

func TestLayoutClaims(t *testing.T) {
	const order, reads, copies = "| The wrong loop order costs a major performance penalty. | diffusion in c |", "| Fortran is column-major, so that C arrays must be copied. |", "| f2py silently copies a C-ordered array. |"
	text := printedSection(t, layoutClaims, claimSeries(3, 1, map[int]float64{512: 1.5, 728: 4})...)
	holds(t, text,
		order+" power of two: up to 3.0 times (row-major 128²); padded: up to 3.0 times (row-major 128²) | power of two: 128²; padded: 128² | holds |",
		reads+" diffusion, a row-major array where it lies | Fortran takes 1.00 (128²) and 1.00 (512²) times C's time | - | does not hold: Fortran reads it",
		copies+" diffusion, a step by f2py | with its copies 1.50 (512²) and 4.0 (728²) times as long as without | 728² | holds |",
		"Of these 4 rows, the claim holds in 3.")

	text = printedSection(t, layoutClaims, claimSeries(1.9, 2, map[int]float64{512: 4, 728: 1.5})...)
	holds(t, text,
		order+" power of two: up to 1.90 times (row-major 128²); padded: up to 1.90 times (row-major 128²) | power of two: not up to 512²; padded: not up to 512² | does not hold |",
		"Fortran takes 2.0 (128²) and 2.0 (512²) times C's time | - | holds |",
		"with its copies 4.0 (512²) and 1.50 (728²) times as long as without | - | does not hold |",
		"Of these 4 rows, the claim holds in 1.")

	text = printedSection(t, layoutClaims, claimSeries(3, 1, nil)...)
	lacks(t, text, "f2py")
	if text := printedSection(t, layoutClaims); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}

// layoutQuestions are what layoutSummary answers, with what it takes to.
var layoutQuestions = []struct {
	text string
	of   []string // studies
}{
	{"What does the wrong loop order cost?", []string{study.LoopsName}},
	{"Is it the order, or where the lines lie?", []string{study.LoopsName}},
	{"Transpose first, or walk the wrong way?", []string{study.WaysName}},
	{"And with what?", []string{study.TransposeName}},
	{"Must a C array be copied for Fortran?", []string{study.LoopsName}},
	{"What becomes of a transposed view?", []string{study.FrameName}},
	{"How should Go hold a matrix?", []string{study.MatricesName}},
}

// wholeLayout returns a record's series of every study of toll layout.
func wholeLayout() []measure.Series {
	all := layoutSeries(study.LoopKernels, 64, 184, 512)
	for _, k := range study.LoopKernels {
		all = append(all, penaltySeries(k, "fortran", byLayout(map[int]float64{512: 5}, map[int]float64{512: 7}), 512)...)
	}
	for _, n := range []int{64, 512} {
		all = append(all, waysSeries("diffusion", "c/cgo", n, 1, 100, 10, 180)...)
		all = append(all, waysSeries("diffusion", "c/cgo", n, study.WaySteps, 1000, 100, 180)...)
		all = append(all, waysSeries("ols", "c/cgo", n, 0, 100, 10, 180)...)
	}
	all = append(all, waySeries("call", "c/cgo", 1, study.PartNoop, 0, 2), waySeries("diffusion", "f2py/cpython", 512, study.WayMatched, 1, 10),
		waySeries("diffusion", "f2py-copy/cpython", 512, study.WayCopied, 1, 30), waySeries("diffusion", "f2py-copy/cpython", 512, study.PartKernel, 1, 10))
	for _, n := range []string{"64", "512"} {
		for k, how := range []string{study.HowCopy, study.HowBlocked, study.HowNaive} {
			all = append(all, one(study.TransposeName+"/kernel=transpose/lang=c/via=cgo/layout=row/n="+n+"/how="+how+"/ld=unit", nil, times(1+float64(k))...))
		}
	}
	all = append(all, viewSeries(100000, map[string][2]float64{"c/cgo": {10, 20}, "c-again/cgo": {10.1, 20}, "numpy/cpython": {30, 15}})...)
	all = append(all, matrixSeries(64)...)
	all = append(all, pointSeries("c", 500, 1, 2, 3), pointSeries("c", 500, 1, 2, 3))
	all = append(all, missSeries(study.Walk{Kernel: "diffusion", LD: study.UnitLD, N: 64, Interchanged: true}, study.ByCachegrind, 2.3, 0.5))
	return append(all, bandwidths...)
}

func TestLayoutSummary(t *testing.T) {
	whole := wholeLayout()
	style := Style{Brief: true, Markdown: true}
	text := printedLayout(written(t, layoutFacts, whole), style)
	for _, q := range layoutQuestions {
		holds(t, text, "- **"+q.text+"** ")
	}
	holds(t, text,
		"diffusion at worst 60 times as long in go (column-major 184²) and 7.0 in fortran (column-major 512²), in c twice as long or more from 64² on; ols at worst",
		"and in c 48 times at 512² becomes 1.20, of the time of matched loops.",
		"By c/cgo transposing first wins from so many steps of diffusion, there and back: 2 at 64², 2 at 512²; so many fits of one matrix: 2 at 64², 2 at 512².",
		"Fastest are at 512² c/cgo blocked, with 2.00 ns an element, 1.50 times as fast as C's naive loop.",
		"It can be left, but that is slow. Fortran whose loops", "in 10 times C's time; left to f2py's silent copies, a step takes 3.0 times as long.",
		"the fits take so many times as long: c/cgo 2.0, numpy/cpython 0.50.",
		"In one slice, with a stride. At 64 x 64 by c/cgo, a mat.Dense and a slice of one add")
	// Only the answers: no title, no table, no machine.
	lacks(t, text, "#", "|", "Machine", "Caches", "![")
	plain := printedLayout(written(t, layoutFacts, whole), Style{Brief: true})
	holds(t, plain, "What does the wrong loop order cost? Walked across")
	lacks(t, plain, "│", "==", "Machine", "IN SHORT")

	for _, missing := range layoutStudies {
		rest := slices.DeleteFunc(slices.Clone(whole), func(s measure.Series) bool { return strings.HasPrefix(s.Subject.Name, missing+"/") })
		text := printedLayout(written(t, layoutFacts, rest), style)
		for _, q := range layoutQuestions {
			if answered := strings.Contains(text, q.text); answered == slices.Contains(q.of, missing) {
				t.Errorf("without rows of %s, %q is answered: %v", missing, q.text, answered)
			}
		}
	}
	equal := claimSeries(3, 1, nil)
	holds(t, printedLayout(written(t, nil, equal), style), "diffusion at worst 3.0 times as long in c (row-major 128²), in c twice as long or more from 128² on.",
		"** No. Fortran whose loops are in the other order reads a row-major 512² where it lies, in 1.00 times C's time.")
}

// TestLayoutPages: what is a page begins with its document and has pictures; what is not ends with the answers.
func TestLayoutPages(t *testing.T) {
	record := written(t, layoutFacts, wholeLayout())
	if !OfLayout(record) || OfLayout(written(t, facts, series())) {
		t.Error("the record is of toll layout, and the other is not")
	}
	page := printedLayout(record, Style{Markdown: true, Source: "docs/layout.txt"})
	titles := []string{"# Row- against column-major", "**And with what?**", "## The wrong loop order", "## Two claims of the book", "## The cause", "## Transpose first,",
		"## What to transpose with", "## What each route makes", "## How to hold a matrix", "## Complex numbers"}
	last := -1
	for _, title := range titles {
		at := strings.Index(page, title)
		if at <= last {
			t.Errorf("%q is at %d, after what is at %d", title, at, last)
		}
		last = at
	}
	holds(t, page, "](layout-diffusion.svg)", "](layout-penalty.svg)", "](layout-transpose.svg)", "show --markdown docs/layout.txt > docs/LAYOUT.md")
	plain := printedLayout(record, Style{})
	lacks(t, plain, "![", "##")
	if strings.Index(plain, "And with what?") < strings.Index(plain, "COMPLEX NUMBERS") {
		t.Error("the answers are not last")
	}
}

// TestLayoutLacks: whatever a record lacks, or has that nobody asked for, what is printed makes sense.
func TestLayoutLacks(t *testing.T) {
	whole := wholeLayout()
	var machine []measure.Fact
	for _, key := range []string{"cpu", "cores", "os", "go", "revision", "date", "hugepages"} {
		machine = append(machine, measure.Fact{Key: key, Value: "some"})
	}
	var garbage []measure.Series
	for _, name := range layoutStudies {
		for _, rest := range []string{"", "/kernel=diffusion", "/n=64", "/kernel=diffusion/lang=c/via=cgo/layout=row/n=2/loops=matched/ld=unit",
			"/kernel=ols/lang=go/via=direct/layout=diagonal/n=x", "/kernel=diffusion/lang=c/via=cgo/layout=row/n=512", "/kernel=ols/lang=c-again/via=cgo/n=-1/way=given",
			"/kernel=diffusion/lang=c/via=cgo/layout=row/n=512/way=kernel/steps=x", "/kernel=julia/lang=zig/via=cgo/n=64/points=polar/maxiter=many",
			"/lang=c/via=cgo/n=64/held=up/passed=by/steps=0", "/kernel=transpose/lang=go/via=direct/layout=row/n=64/how=copy/ld=padded",
			"/kernel=zeta/lang=zig/via=cgo/layout=row/n=64/loops=interchanged/ld=pow2"} {
			garbage = append(garbage, one(name+rest, nil, times(3)...))
		}
		garbage = append(garbage, one(name+"/kernel=diffusion/lang=c/via=cgo/layout=row/n=64/loops=matched/ld=unit", nil, 0, 1e300))
	}
	check := func(name string, facts []measure.Fact, series []measure.Series, wrongs ...string) {
		t.Helper()
		record := written(t, append(slices.Clone(machine), facts...), append(slices.Clone(series), one("Other/kernel=x/lang=c/via=cgo/n=1", nil, times(1)...)))
		for _, style := range []Style{{}, {Markdown: true}, {Brief: true}, {Brief: true, Markdown: true}} {
			text := printedLayout(record, style)
			for _, wrong := range append(wrongs, "%!", "MISSING", "EXTRA") {
				if strings.Contains(text, wrong) {
					t.Fatalf("%s: %q is in\n%s", name, wrong, text)
				}
			}
		}
	}
	wrongs := []string{"NaN", "Inf", ".. ", "()", " ,", ": .", "(,"}
	check("garbage", layoutFacts, garbage)
	check("nothing", layoutFacts, nil, wrongs...)
	check("all", layoutFacts, whole, wrongs...)
	check("no facts", nil, whole, wrongs...)
	check("a strange machine", []measure.Fact{{Key: "caches", Value: "L1d 8, L2 big, L3 -1"}, {Key: "tlb", Value: "-1"}, {Key: "cache-line", Value: "0"}}, whole, wrongs...)
	for _, name := range layoutStudies {
		only := slices.DeleteFunc(slices.Clone(whole), func(s measure.Series) bool { return !strings.HasPrefix(s.Subject.Name, name+"/") })
		check("only "+name, layoutFacts, only, wrongs...)
	}
	for k := range garbage {
		check("only "+garbage[k].Subject.Name, layoutFacts, garbage[k:k+1])
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 40 {
		all, wrongs := whole, wrongs
		if round%2 == 1 {
			all, wrongs = append(slices.Clone(whole), garbage...), nil
		}
		var some []measure.Series
		for _, s := range all {
			if rng.IntN(1<<(1+round/2%6)) != 0 {
				continue
			}
			if rng.IntN(8) == 0 { // which were measured in fewer rounds are not compared with others
				s.Samples = s.Samples[:1+rng.IntN(len(s.Samples))]
			}
			some = append(some, s)
		}
		check(fmt.Sprintf("round %d", round), layoutFacts, some, wrongs...)
	}
}
