// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package layout_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study/layout"
)

// measured returns the published record.
func measured(t *testing.T) *record.Record {
	t.Helper()
	r, err := record.ReadFile("../../../docs/layout.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// benchmarks are those of all parts.
func benchmarks() (all []string) {
	for _, p := range layout.Study.Parts {
		all = append(all, p.Benchmarks...)
	}
	return all
}

// benchmark returns the benchmark that a series is of.
func benchmark(s *measure.Series) string {
	name := record.ParseName(s.Subject.Name)
	return name.Study
}

// unique returns a record of the series, of those of one name only the first.
func unique(t *testing.T, facts []measure.Fact, series ...measure.Series) *record.Record {
	t.Helper()
	seen := map[string]bool{}
	return pagetest.Written(t, facts, slices.DeleteFunc(series, func(s measure.Series) bool {
		had := seen[s.Subject.Name]
		seen[s.Subject.Name] = true
		return had
	}))
}

// printed returns what is printed of a record.
func printed(t *testing.T, r *record.Record, style page.Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := layout.Study.Print(&b, r, style); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// questions are what the study answers, with the benchmarks that it takes to.
var questions = []struct {
	text string
	of   []string
}{
	{"What does the wrong loop order cost?", []string{"Loops"}},
	{"Is it the order, or where the lines lie?", []string{"Loops"}},
	{"Transpose first, or walk the wrong way?", []string{"Ways"}},
	{"And with what?", []string{"Transpose"}},
	{"Must a C array be copied for Fortran?", []string{"Loops"}},
	{"What becomes of a transposed view?", []string{"Frame"}},
	{"How should Go hold a matrix?", []string{"Matrices"}},
}

// TestLayoutSummary: the answers alone are given of what a record has, and of nothing else.
func TestLayoutSummary(t *testing.T) {
	whole := measured(t)
	series := whole.Series()
	brief := page.Style{Brief: true, Markdown: true}
	text := printed(t, whole, brief)
	for _, q := range questions {
		pagetest.Holds(t, text, "- **"+q.text+"** ")
	}
	if lines := strings.Count(strings.TrimSpace(text), "\n") + 1; lines != len(questions) {
		t.Errorf("%d lines, want one for each of %d questions:\n%s", lines, len(questions), text)
	}
	pagetest.Lacks(t, text, "#", "|", "Machine", "Caches", "![") // no title, no table, no machine
	pagetest.Lacks(t, printed(t, whole, page.Style{Brief: true}), "│", "==", "Machine", "IN SHORT", "**")
	needed := []string{"64", "512", "728", "2048", "100000"}
	series = slices.DeleteFunc(series, func(s measure.Series) bool { return !slices.Contains(needed, record.ParseName(s.Subject.Name).N) })
	for _, missing := range benchmarks() {
		rest := slices.DeleteFunc(slices.Clone(series), func(s measure.Series) bool { return benchmark(&s) == missing })
		text := printed(t, pagetest.Written(t, whole.Facts, rest), brief)
		for _, q := range questions {
			if answered := strings.Contains(text, q.text); answered == slices.Contains(q.of, missing) {
				t.Errorf("without rows of %s, %q is answered: %v", missing, q.text, answered)
			}
		}
	}
}

// TestLayoutPages: what is a page begins with its document and has pictures; what is not keeps within a terminal, and ends with
// the answers.
func TestLayoutPages(t *testing.T) {
	whole := measured(t)
	if !layout.Study.Made(whole) || layout.Study.Made(pagetest.Written(t, pagetest.Facts, pagetest.Routes())) {
		t.Error("the record is of toll layout, and the other is not")
	}
	text := printed(t, whole, page.Style{Markdown: true, Source: "docs/layout.txt"})
	last := -1
	for _, title := range []string{"# Row- against column-major", "**And with what?**", "## The wrong loop order", "## The cause", "## Transpose first,",
		"## What to transpose with", "## What each route makes", "## How to hold a matrix", "## Complex numbers", "## Claims of the book"} {
		at := strings.Index(text, title)
		if at <= last {
			t.Errorf("%q is at %d, after what is at %d", title, at, last)
		}
		last = at
	}
	pagetest.Holds(t, text, "](layout-diffusion.svg)", "](layout-penalty.svg)", "](layout-transpose.svg)", "show --markdown docs/layout.txt > docs/LAYOUT.md", "`build/bin/toll draw docs/layout.txt -o docs`")
	plain := printed(t, whole, page.Style{})
	pagetest.Lacks(t, plain, "![", "##")
	if strings.Index(plain, "And with what?") < strings.Index(plain, "COMPLEX NUMBERS") {
		t.Error("the answers are not last")
	}
	plain, _, _ = strings.Cut(plain, "Warning: ")
	for line := range strings.Lines(plain) {
		if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 120 {
			t.Errorf("a line takes %d characters: %s", width, line)
		}
	}
}

// TestLayoutSources: in HTML, each figure of each part's tables says the rows that it is made from, but for what is computed from
// the sizes of caches.
func TestLayoutSources(t *testing.T) {
	whole := measured(t)
	row, cell := regexp.MustCompile(`(?s)<tr[^>]*>.*?</tr>`), regexp.MustCompile(`<t[dh]([^>]*)>(.*?)</t[dh]>`)
	for _, part := range layout.Study.Parts {
		var b strings.Builder
		p := page.New(&b, whole, page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}})
		for _, section := range part.Sections {
			section(p)
		}
		pagetest.Lacks(t, b.String(), "░", "█") // which the colours of the heat map say there
		figures := 0
		var header [][]string
		for _, line := range row.FindAllString(b.String(), -1) {
			cells := cell.FindAllStringSubmatch(line, -1)
			if strings.Contains(line, "<th scope=\"col\"") {
				header = cells
				continue
			}
			for k, c := range cells[1:] {
				title := header[k+1][2]
				if computed := strings.HasPrefix(title, "into ") || title == "pages"; computed || !strings.ContainsAny(c[2], "0123456789") {
					continue
				}
				if figures++; !strings.Contains(c[1], "data-r=") {
					t.Errorf("%s: of %s, the column %s has %s without its rows", part.Name, cells[0][2], title, c[2])
				}
			}
		}
		if figures < 50 {
			t.Errorf("%s: %d figures, want its tables' figures", part.Name, figures)
		}
	}
}

// TestLayoutPicturesOnce: a page in HTML has each picture once, and begins with the heat map.
func TestLayoutPicturesOnce(t *testing.T) {
	text := printed(t, measured(t), page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}})
	for _, part := range layout.Study.Parts {
		for _, picture := range part.Pictures {
			caption := "<figcaption>" + picture.Alt + "</figcaption>"
			if count := strings.Count(text, caption); count != 1 {
				t.Errorf("the page has %s %d times, want once", picture.Name, count)
			}
			if picture.Name == layout.Study.Lead && strings.Index(text, caption) > strings.Index(text, "class=\"section\"") {
				t.Errorf("%s is below the first section", picture.Name)
			}
		}
	}
}

// garbage are rows that nothing of this study measured, or measured wrongly.
func garbage() []measure.Series {
	var all []measure.Series
	for _, name := range benchmarks() {
		for _, rest := range []string{"", "/kernel=diffusion", "/n=64", "/op=noop", "/kernel=diffusion/lang=c/via=cgo/layout=row/n=2/loops=matched/ld=unit",
			"/kernel=ols/lang=go/via=direct/layout=diagonal/n=x", "/kernel=diffusion/lang=c/via=cgo/layout=row/n=512", "/kernel=ols/lang=c/via=cgo/n=-1/way=given/entry=again",
			"/kernel=diffusion/lang=c/via=cgo/layout=row/n=512/way=kernel/steps=x", "/kernel=julia/lang=zig/via=cgo/n=64/points=polar/maxiter=many",
			"/lang=c/via=cgo/n=64/held=up/passed=by/steps=0", "/kernel=transpose/lang=go/via=direct/layout=row/n=64/how=copy/ld=padded",
			"/kernel=zeta/lang=zig/via=cgo/layout=row/n=64/loops=interchanged/ld=pow2"} {
			all = append(all, pagetest.One(name+rest, nil, pagetest.Times(3)...))
		}
		all = append(all, pagetest.One(name+"/kernel=diffusion/lang=c/via=cgo/layout=row/n=64/loops=matched/ld=unit", nil, 0, 1e300))
	}
	return all
}

// nonsense is what no sentence holds.
var nonsense = []string{"NaN", "Inf", ".. ", "()", " ,", ": .", "(,", " 1 rows", " 1 sizes", " 1 cells"}

// sensible fails the test if what is printed of a record in any style holds what is wrong. Warnings name series as they are.
func sensible(t *testing.T, name string, r *record.Record, wrongs ...string) {
	t.Helper()
	for _, style := range []page.Style{{}, {Markdown: true}, {Brief: true}, {Brief: true, Markdown: true}} {
		text := strings.Join(strings.Fields(printed(t, r, style)), " ")
		text, _, _ = strings.Cut(text, "Warning: ")
		for _, wrong := range append(wrongs, "%!(", "%!d", "%!f", "%!s", "%!v", "MISSING", "EXTRA") {
			if at := strings.Index(text, wrong); at >= 0 {
				t.Fatalf("%s: %q is in\n…%s", name, wrong, text[max(0, at-500):min(len(text), at+100)])
			}
		}
	}
}

// TestLayoutLacks: whatever rows a record lacks, or has that nobody asked for, nothing printed is nonsense.
func TestLayoutLacks(t *testing.T) {
	whole := measured(t)
	series := whole.Series()
	other := pagetest.One("Other/op=x/lang=c/via=cgo/n=1", nil, pagetest.Times(1)...)
	facts := func(caches, tlb, line string) []measure.Fact {
		all := slices.DeleteFunc(slices.Clone(whole.Facts), func(f measure.Fact) bool { return slices.Contains([]string{"caches", "tlb", "cache-line"}, f.Key) })
		return append(all, measure.Fact{Key: "caches", Value: caches}, measure.Fact{Key: "tlb", Value: tlb}, measure.Fact{Key: "cache-line", Value: line})
	}
	check := func(name string, facts []measure.Fact, series []measure.Series, wrongs ...string) {
		t.Helper()
		sensible(t, name, unique(t, facts, append(slices.Clone(series), other)...), wrongs...)
	}
	sensible(t, "all", whole, nonsense...)
	check("nothing", whole.Facts, nil, nonsense...)
	check("garbage", whole.Facts, garbage())
	for _, s := range garbage() {
		check("only "+s.Subject.Name, whole.Facts, []measure.Series{s})
	}
	for _, name := range benchmarks() {
		only := slices.DeleteFunc(slices.Clone(series), func(s measure.Series) bool { return benchmark(&s) != name })
		check("only "+name, whole.Facts, only, nonsense...)
		check("only "+name+" on a strange machine", facts("L1d 8, L2 big, L3 -1", "-1", "0"), only, nonsense...)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 24 {
		all, wrongs := series, nonsense
		if round%2 == 1 {
			all, wrongs = append(garbage(), series...), nil
		}
		check(fmt.Sprintf("round %d", round), whole.Facts, someOf(rng, all, 4<<(round/2%6)), wrongs...)
	}
}

// someOf returns some of the series, on average one in many, chosen at random, a few of them with fewer samples.
func someOf(rng *rand.Rand, all []measure.Series, many int) []measure.Series {
	var some []measure.Series
	for _, s := range all {
		if rng.IntN(many) != 0 {
			continue
		}
		if rng.IntN(8) == 0 { // what was measured in fewer rounds is not compared with others
			s.Samples = s.Samples[:1+rng.IntN(len(s.Samples))]
		}
		some = append(some, s)
	}
	return some
}

// TestLayoutElements: in a page, the pictures have the texts and the lines that their files have, at the same places, in fewer
// than half of the bytes.
func TestLayoutElements(t *testing.T) {
	whole := measured(t)
	type text struct {
		text string
		x, y float64
	}
	texts := regexp.MustCompile(`(?s)<text x="([^"]+)" y="([^"]+)"[^>]*>([^<]*)<`)
	read := func(svg string, down float64) (all []text, lines int) {
		for _, match := range texts.FindAllStringSubmatch(svg, -1) {
			one := text{text: match[3]}
			_, err := fmt.Sscan(match[1], &one.x)
			_, too := fmt.Sscan(match[2], &one.y)
			if err := errors.Join(err, too); err != nil {
				t.Fatal(err)
			}
			one.y += down
			all = append(all, one)
		}
		for _, path := range regexp.MustCompile(` d="[^"]*"`).FindAllString(svg, -1) {
			lines += strings.Count(path, "M")
		}
		return all, lines
	}
	for _, part := range layout.Study.Parts {
		for _, picture := range part.Pictures {
			drawn, err := picture.Draw(whole)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "picture.svg")
			if err := drawn.Save(path); err != nil {
				t.Fatal(err)
			}
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			element, err := drawn.Element()
			if err != nil {
				t.Fatal(err)
			}
			got, lines := read(element, 0)
			want, wantLines := read(string(file), drawn.Height.Points()) // there, y goes up
			if lines != wantLines || len(got) != len(want) || lines < 100 || len(got) < 50 {
				t.Errorf("%s has %d lines and %d texts, want %d and %d", picture.Name, lines, len(got), wantLines, len(want))
				continue
			}
			for k := range want {
				if got[k].text != want[k].text || math.Abs(got[k].x-want[k].x) > 0.1 || math.Abs(got[k].y-want[k].y) > 0.1 {
					t.Errorf("%s has the text %v, want %v", picture.Name, got[k], want[k])
				}
			}
			if 2*len(element) > len(file) {
				t.Errorf("%s takes %d bytes in a page, and %d in a file, want half of it at most", picture.Name, len(element), len(file))
			}
		}
	}
}

// TestLayoutPictures: whatever rows a record has, what can be drawn of them is.
func TestLayoutPictures(t *testing.T) {
	whole := measured(t)
	series := whole.Series()
	of := func(benchmarks ...string) *record.Record {
		return pagetest.Written(t, whole.Facts, slices.DeleteFunc(slices.Clone(series), func(s measure.Series) bool { return !slices.Contains(benchmarks, benchmark(&s)) }))
	}
	for _, c := range []struct {
		record *record.Record
		want   []string
	}{
		{of("Loops", "Transpose"), []string{"diffusion", "ols", "penalty", "transpose"}},
		{of("Transpose"), []string{"transpose"}},
		{of("Matrices"), nil},
	} {
		folder := t.TempDir()
		files, err := layout.Study.Draw(c.record, folder)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, name := range c.want {
			want = append(want, filepath.Join(folder, "layout-"+name+".svg"), filepath.Join(folder, "layout-"+name+".png"))
		}
		if !slices.Equal(files, want) {
			t.Errorf("wrote %v, want %v", files, want)
		}
		for _, file := range want {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Error(err)
			} else if strings.HasSuffix(file, ".svg") != strings.Contains(string(text), "<svg") {
				t.Errorf("%s is of another format", file)
			}
		}
	}
	if _, err := layout.Study.Draw(of("Transpose"), filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("pictures were drawn into a folder that there is not")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 8 {
		some := append(garbage(), someOf(rng, series, 4<<round)...)
		drawn := unique(t, whole.Facts, some...)
		for _, part := range layout.Study.Parts {
			for _, picture := range part.Pictures {
				made, err := picture.Draw(drawn)
				if err == nil {
					_, err = made.Element()
				}
				if err != nil && !errors.Is(err, chart.ErrNothing) {
					t.Errorf("%s: %v", picture.Name, err)
				}
			}
		}
	}
}
