// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package layout

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study/bench"
	"toll/goside/study/layout/held"
	"toll/goside/study/layout/walk"
	"toll/goside/study/layout/ways"
)

func TestLayoutPictures(t *testing.T) {
	all := append(walk.LayoutSeries(walk.LoopKernels, 32, 40), ways.TransposeSeries(walk.PaddedLD)...)
	for _, c := range []struct {
		series []measure.Series
		want   []string
	}{
		{all, []string{"diffusion", "ols", "penalty", "transpose"}},
		{walk.LayoutSeries([]string{"ols"}, 40), []string{"ols", "penalty"}},
		{ways.TransposeSeries(walk.UnitLD), []string{"transpose"}},
	} {
		folder := t.TempDir()
		paths, err := LayoutPictures(pagetest.Written(t, walk.LayoutFacts, c.series), folder)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, name := range c.want {
			want = append(want, filepath.Join(folder, "layout-"+name+".svg"), filepath.Join(folder, "layout-"+name+".png"))
		}
		if !slices.Equal(paths, want) {
			t.Errorf("wrote %v, want %v", paths, want)
		}
		for _, path := range want {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
			} else if strings.HasSuffix(path, ".svg") != strings.Contains(string(text), "<svg") {
				t.Errorf("%s is of another format", path)
			}
		}
	}
	if _, err := LayoutPictures(pagetest.Written(t, walk.LayoutFacts, bench.Series()), t.TempDir()); !errors.Is(err, chart.ErrNothing) || !strings.Contains(err.Error(), walk.LoopsName) {
		t.Errorf("for a record without the study the error is %v, want one that names it", err)
	}
	if _, err := LayoutPictures(pagetest.Written(t, walk.LayoutFacts, all), filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("pictures were written into a folder that there is not")
	}

	// Whatever is left of a record, what is there is drawn.
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 8 {
		var some []measure.Series
		for _, s := range all {
			if rng.IntN(1<<(1+round)) == 0 {
				some = append(some, s)
			}
		}
		for _, s := range []string{"kernel=diffusion/lang=c/via=cgo/layout=row/n=2/loops=matched/ld=unit", "n=64", "kernel=ols/lang=go/via=direct/n=x"} {
			some = append(some, pagetest.One(walk.LoopsName+"/"+s, nil, pagetest.Times(1)...), pagetest.One(ways.TransposeName+"/"+s, nil, pagetest.Times(1)...))
		}
		some = append(some, walk.WalkSeries("zig", walk.Walk{Kernel: "ols", LD: walk.UnitLD, N: 8}, []float64{1e-300, 1e300, 3}[round%3]))
		record, path := pagetest.Written(t, walk.LayoutFacts, some), filepath.Join(t.TempDir(), "some.svg")
		for _, err := range []error{walk.LoopsPicture(record, "diffusion", path), walk.LoopsPicture(record, "ols", path),
			walk.PenaltyPicture(record, path), ways.TransposePicture(record, path)} {
			if err != nil && !errors.Is(err, chart.ErrNothing) {
				t.Error(err)
			}
		}
	}
}

// printedLayout returns what Layout prints of a record, with single spaces.
func printedLayout(record *record.Record, style page.Style) string {
	var b bytes.Buffer
	Print(&b, record, style)
	return strings.Join(strings.Fields(b.String()), " ")
}

// claimSeries returns what the claims are judged by: diffusion in C and Fortran, which takes so many times as long, and
// f2py with copies that make a step take so many times as long.
func claimSeries(penalty, fortran float64, copies map[int]float64) []measure.Series {
	one := walk.ByLayout(map[int]float64{128: penalty, 512: penalty}, map[int]float64{128: 1, 512: 1})
	all := walk.PenaltySeries("diffusion", "c", one, 128, 512)
	for _, s := range walk.PenaltySeries("diffusion", "fortran", one, 128, 512) {
		for k := range s.Samples {
			s.Samples[k].Wall *= fortran
		}
		all = append(all, s)
	}
	for n, times := range copies {
		all = append(all, ways.WaySeries("diffusion", "f2py/cpython", n, ways.wayMatched, 1, 1000), ways.WaySeries("diffusion", "f2py-copy/cpython", n, ways.WayCopied, 1, 1000*times))
	}
	return all
}

func TestLayoutClaims(t *testing.T) {
	const order, reads, copies = "| The wrong loop order costs a major performance penalty. | diffusion in c |", "| Fortran is column-major, so that C arrays must be copied. |", "| f2py silently copies a C-ordered array. |"
	text := pagetest.PrintedSection(t, layoutClaims, claimSeries(3, 1, map[int]float64{512: 1.5, 728: 4})...)
	pagetest.Holds(t, text,
		order+" power of two: up to 3.0 times (row-major 128²); padded: up to 3.0 times (row-major 128²) | power of two: 128²; padded: 128² | holds |",
		reads+" diffusion, a row-major array where it lies | Fortran takes 1.00 (128²) and 1.00 (512²) times C's time | - | does not hold: Fortran reads it",
		copies+" diffusion, a step by f2py | with its copies 1.50 (512²) and 4.0 (728²) times as long as without | 728² | holds |",
		"Of these 4 rows, the claim holds in 3.")

	text = pagetest.PrintedSection(t, layoutClaims, claimSeries(1.9, 2, map[int]float64{512: 4, 728: 1.5})...)
	pagetest.Holds(t, text,
		order+" power of two: up to 1.90 times (row-major 128²); padded: up to 1.90 times (row-major 128²) | power of two: not up to 512²; padded: not up to 512² | does not hold |",
		"Fortran takes 2.0 (128²) and 2.0 (512²) times C's time | - | holds |",
		"with its copies 4.0 (512²) and 1.50 (728²) times as long as without | - | does not hold |",
		"Of these 4 rows, the claim holds in 1.")

	text = pagetest.PrintedSection(t, layoutClaims, claimSeries(3, 1, nil)...)
	pagetest.Lacks(t, text, "f2py")
	if text := pagetest.PrintedSection(t, layoutClaims); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
}

// layoutQuestions are what layoutSummary answers, with what it takes to.
var layoutQuestions = []struct {
	text string
	of   []string // studies
}{
	{"What does the wrong loop order cost?", []string{walk.LoopsName}},
	{"Is it the order, or where the lines lie?", []string{walk.LoopsName}},
	{"Transpose first, or walk the wrong way?", []string{ways.WaysName}},
	{"And with what?", []string{ways.TransposeName}},
	{"Must a C array be copied for Fortran?", []string{walk.LoopsName}},
	{"What becomes of a transposed view?", []string{held.FrameName}},
	{"How should Go hold a matrix?", []string{held.MatricesName}},
}

// wholeLayout returns a record's series of every study of toll layout.
func wholeLayout() []measure.Series {
	all := walk.LayoutSeries(walk.LoopKernels, 64, 184, 512)
	for _, k := range walk.LoopKernels {
		all = append(all, walk.PenaltySeries(k, "fortran", walk.ByLayout(map[int]float64{512: 5}, map[int]float64{512: 7}), 512)...)
	}
	for _, n := range []int{64, 512} {
		all = append(all, ways.WaysSeries("diffusion", "c/cgo", n, 1, 100, 10, 180)...)
		all = append(all, ways.WaysSeries("diffusion", "c/cgo", n, ways.WaySteps, 1000, 100, 180)...)
		all = append(all, ways.WaysSeries("ols", "c/cgo", n, 0, 100, 10, 180)...)
	}
	all = append(all, ways.WaySeries("call", "c/cgo", 1, ways.PartNoop, 0, 2), ways.WaySeries("diffusion", "f2py/cpython", 512, ways.wayMatched, 1, 10),
		ways.WaySeries("diffusion", "f2py-copy/cpython", 512, ways.WayCopied, 1, 30), ways.WaySeries("diffusion", "f2py-copy/cpython", 512, ways.kernelPart, 1, 10))
	for _, n := range []string{"64", "512"} {
		for k, how := range []string{ways.HowCopy, ways.HowBlocked, ways.HowNaive} {
			all = append(all, pagetest.One(ways.TransposeName+"/kernel=transpose/lang=c/via=cgo/layout=row/n="+n+"/how="+how+"/ld=unit", nil, pagetest.Times(1+float64(k))...))
		}
	}
	all = append(all, held.ViewSeries(100000, map[string][2]float64{"c/cgo": {10, 20}, "c-again/cgo": {10.1, 20}, "numpy/cpython": {30, 15}})...)
	all = append(all, held.MatrixSeries(64)...)
	all = append(all, held.PointSeries("c", 500, 1, 2, 3), held.PointSeries("c", 500, 1, 2, 3))
	all = append(all, walk.MissSeries(walk.Walk{Kernel: "diffusion", LD: walk.UnitLD, N: 64, Interchanged: true}, walk.ByCachegrind, 2.3, 0.5))
	return append(all, walk.Bandwidths...)
}

func TestLayoutSummary(t *testing.T) {
	whole := wholeLayout()
	style := page.Style{Brief: true, Markdown: true}
	text := printedLayout(pagetest.Written(t, walk.LayoutFacts, whole), style)
	for _, q := range layoutQuestions {
		pagetest.Holds(t, text, "- **"+q.text+"** ")
	}
	pagetest.Holds(t, text,
		"diffusion at worst 60 times as long in go (column-major 184²) and 7.0 in fortran (column-major 512²), in c twice as long or more from 64² on; ols at worst",
		"and in c 48 times at 512² becomes 1.20, of the time of matched loops.",
		"By c/cgo transposing first wins from so many steps of diffusion, there and back: 2 at 64², 2 at 512²; so many fits of one matrix: 2 at 64², 2 at 512².",
		"Fastest are at 512² c/cgo blocked, with 2.00 ns an element, 1.50 times as fast as C's naive loop.",
		"It can be left, but that is slow. Fortran whose loops", "in 10 times C's time; left to f2py's silent copies, a step takes 3.0 times as long.",
		"the fits take so many times as long: c/cgo 2.0, numpy/cpython 0.50.",
		"In one slice, with a stride. At 64 x 64 by c/cgo, a mat.Dense and a slice of one add")
	// Only the answers: no title, no table, no machine.
	pagetest.Lacks(t, text, "#", "|", "Machine", "Caches", "![")
	plain := printedLayout(pagetest.Written(t, walk.LayoutFacts, whole), page.Style{Brief: true})
	pagetest.Holds(t, plain, "What does the wrong loop order cost? Walked across")
	pagetest.Lacks(t, plain, "│", "==", "Machine", "IN SHORT")

	for _, missing := range layoutStudies {
		rest := slices.DeleteFunc(slices.Clone(whole), func(s measure.Series) bool { return strings.HasPrefix(s.Subject.Name, missing+"/") })
		text := printedLayout(pagetest.Written(t, walk.LayoutFacts, rest), style)
		for _, q := range layoutQuestions {
			if answered := strings.Contains(text, q.text); answered == slices.Contains(q.of, missing) {
				t.Errorf("without rows of %s, %q is answered: %v", missing, q.text, answered)
			}
		}
	}
	equal := claimSeries(3, 1, nil)
	pagetest.Holds(t, printedLayout(pagetest.Written(t, nil, equal), style), "diffusion at worst 3.0 times as long in c (row-major 128²), in c twice as long or more from 128² on.",
		"** No. Fortran whose loops are in the other order reads a row-major 512² where it lies, in 1.00 times C's time.")
}

// TestLayoutPages: what is a page begins with its document and has pictures; what is not ends with the answers.
func TestLayoutPages(t *testing.T) {
	record := pagetest.Written(t, walk.LayoutFacts, wholeLayout())
	if !OfLayout(record) || OfLayout(pagetest.Written(t, pagetest.Facts, bench.Series())) {
		t.Error("the record is of toll layout, and the other is not")
	}
	text := printedLayout(record, page.Style{Markdown: true, Source: "docs/layout.txt"})
	titles := []string{"# Row- against column-major", "**And with what?**", "## The wrong loop order", "## Two claims of the book", "## The cause", "## Transpose first,",
		"## What to transpose with", "## What each route makes", "## How to hold a matrix", "## Complex numbers"}
	last := -1
	for _, title := range titles {
		at := strings.Index(text, title)
		if at <= last {
			t.Errorf("%q is at %d, after what is at %d", title, at, last)
		}
		last = at
	}
	pagetest.Holds(t, text, "](layout-diffusion.svg)", "](layout-penalty.svg)", "](layout-transpose.svg)", "show --markdown docs/layout.txt > docs/LAYOUT.md")
	plain := printedLayout(record, page.Style{})
	pagetest.Lacks(t, plain, "![", "##")
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
			garbage = append(garbage, pagetest.One(name+rest, nil, pagetest.Times(3)...))
		}
		garbage = append(garbage, pagetest.One(name+"/kernel=diffusion/lang=c/via=cgo/layout=row/n=64/loops=matched/ld=unit", nil, 0, 1e300))
	}
	check := func(name string, facts []measure.Fact, series []measure.Series, wrongs ...string) {
		t.Helper()
		record := pagetest.Written(t, append(slices.Clone(machine), facts...), append(slices.Clone(series), pagetest.One("Other/kernel=x/lang=c/via=cgo/n=1", nil, pagetest.Times(1)...)))
		for _, style := range []page.Style{{}, {Markdown: true}, {Brief: true}, {Brief: true, Markdown: true}} {
			text := printedLayout(record, style)
			for _, wrong := range append(wrongs, "%!", "MISSING", "EXTRA") {
				if strings.Contains(text, wrong) {
					t.Fatalf("%s: %q is in\n%s", name, wrong, text)
				}
			}
		}
	}
	wrongs := []string{"NaN", "Inf", ".. ", "()", " ,", ": .", "(,"}
	check("garbage", walk.LayoutFacts, garbage)
	check("nothing", walk.LayoutFacts, nil, wrongs...)
	check("all", walk.LayoutFacts, whole, wrongs...)
	check("no facts", nil, whole, wrongs...)
	check("a strange machine", []measure.Fact{{Key: "caches", Value: "L1d 8, L2 big, L3 -1"}, {Key: "tlb", Value: "-1"}, {Key: "cache-line", Value: "0"}}, whole, wrongs...)
	for _, name := range layoutStudies {
		only := slices.DeleteFunc(slices.Clone(whole), func(s measure.Series) bool { return !strings.HasPrefix(s.Subject.Name, name+"/") })
		check("only "+name, walk.LayoutFacts, only, wrongs...)
	}
	for k := range garbage {
		check("only "+garbage[k].Subject.Name, walk.LayoutFacts, garbage[k:k+1])
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
		check(fmt.Sprintf("round %d", round), walk.LayoutFacts, some, wrongs...)
	}
}
