// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study"
)

// sideBySide returns what is printed of the records on the last one's page.
func sideBySide(style page.Style, records ...study.Named) string {
	var text bytes.Buffer
	study.SideBySide(page.New(&text, records[len(records)-1].Record, style), records)
	return text.String()
}

// fact sets what a record says of its run.
func fact(r *record.Record, key, value string) {
	r.Facts = slices.DeleteFunc(r.Facts, func(f measure.Fact) bool { return f.Key == key })
	r.Facts = append(r.Facts, measure.Fact{Key: key, Value: value})
}

// three returns three records of which the second has a slower julia in Rust, and the third an ols that is slower still. It
// lacks julia in Go, which the first has, and has one in Zig, which only the second has, too.
func three(t *testing.T) []study.Named {
	t.Helper()
	first, second := twoRuns(t, "julia rust")
	_, third := twoRuns(t, "julia rust", "diffusion fortran")
	for k := range third.Rows {
		if r := &third.Rows[k]; r.Kernel == "diffusion" && r.Lang == "fortran" {
			for s := range r.Samples {
				r.Samples[s].Wall *= 1.2
			}
		}
	}
	for _, r := range []*record.Record{second, third} {
		zig := r.Rows[0]
		zig.Lang = "zig"
		r.Rows = append(r.Rows, zig)
	}
	third.Rows = third.Rows[1:]
	third.Rows = append(third.Rows, record.Row{Name: record.Name{Study: "Kernels", Kernel: "julia", Lang: "alone", Via: "cgo"}, Samples: third.Rows[0].Samples})
	for k, r := range []*record.Record{first, second, third} {
		fact(r, "date", fmt.Sprintf("2026-11-2%dT05:44:02Z", k))
		fact(r, "go", []string{"go1.26.8", "go1.26.8", "go1.27.0"}[k])
		fact(r, "os", "Linux")
	}
	return []study.Named{{Name: "a.txt", Record: first}, {Name: "b.txt", Record: second}, {Name: "c.txt", Record: third}}
}

func TestSideBySide(t *testing.T) {
	records := three(t)
	text := sideBySide(page.Style{Markdown: true}, records[:2]...)
	pagetest.Holds(t, text,
		"- 2026-11-21 against 2026-11-20: of 18 rows, 1 became slower beyond noise and 0 faster; as measured, the rows changed by +2",
		"| problem and route | 2026-11-20 | 2026-11-21 | own change |\n| --- | ---:| ---:| ---:|\n| julia, rust/cgo | 100 µs ±0% | 132 µs ±0% | +9.", // the largest first
		"a problem of fewer than 3 rows")
	pagetest.Lacks(t, text, "kernel=", "Limits", "differ in", "go1.26.8", "Linux", "zig", "alone")
	if lines, same := strings.Count(text, "/cgo | "), strings.Count(text, "| ~"); lines != 18 || same != 17 {
		t.Errorf("%d lines, of which %d are within noise, want 18 and 17:\n%s", lines, same, text)
	}

	text = sideBySide(page.Style{Markdown: true}, records...)
	pagetest.Holds(t, text,
		"- go1.26.8, 2026-11-21 against go1.26.8, 2026-11-20: of 18 rows, 1 became",
		"- go1.27.0, 2026-11-22 against go1.26.8, 2026-11-20: of 17 rows, 2 became slower beyond noise and 0 faster;",
		"The records differ in go: go1.26.8, now go1.27.0.",
		"| go1.26.8, 2026-11-20 | go1.26.8, 2026-11-21 | own change, go1.26.8, 2026-11-21 | go1.27.0, 2026-11-22 | own change, go1.27.0, 2026-11-22 |\n",
		"---:|\n| diffusion, fortran/cgo | ")
	pagetest.Lacks(t, text, "alone") // is in one record
	line := func(label string) []string {
		_, rest, _ := strings.Cut(text, "| "+label+" | ")
		rest, _, _ = strings.Cut(rest, " |\n")
		return strings.Split(rest, " | ")
	}
	if got := line("julia, zig/cgo"); len(got) != 5 || got[0] != "" || got[2] != "" || got[4] != "" || got[1] == "" || got[1] != got[3] {
		t.Errorf("zig has %q, want its times in the last two records", got)
	}
	if got := line("julia, go/cgo"); len(got) != 5 || got[0] == "" || got[1] == "" || !strings.HasPrefix(got[2], "~") || got[3] != "" || got[4] != "" {
		t.Errorf("go has %q, want times in the first two records", got)
	}
	if got := line("diffusion, fortran/cgo"); len(got) != 5 || !strings.HasPrefix(got[2], "~") || !strings.HasPrefix(got[4], "+3") {
		t.Errorf("fortran has %q, want a change in the third record", got)
	}

	for line := range strings.Lines(sideBySide(page.Style{}, records...)) {
		if n := len([]rune(line)); n > 121 {
			t.Errorf("%d columns, want at most 120: %s", n-1, line)
		}
	}
}

// TestSideBySideSourced: figures are of the rows of whichever record.
func TestSideBySideSourced(t *testing.T) {
	records := three(t)
	own := []*record.Record{records[2].Record, records[0].Record, records[1].Record} // as the page has them
	text := sideBySide(page.Style{Markdown: true, HTML: &page.HTML{ID: "x", Records: own}}, records...)
	pagetest.Sourced(t, text)
	rust := func(k int) string {
		at := slices.IndexFunc(own[k].Rows, func(r record.Row) bool { return r.Kernel == "julia" && r.Lang == "rust" })
		if k == 0 { // the page's own
			return fmt.Sprint(at)
		}
		return fmt.Sprintf("%d:%d", k, at)
	}
	_, line, _ := strings.Cut(text, `<tr data-kernel="julia" data-lang="rust" data-via="cgo"><th>julia, rust/cgo</th>`)
	line, _, _ = strings.Cut(line, "</tr>")
	var got []string
	for _, attribute := range strings.Split(line, ` data-r="`)[1:] {
		rows, _, _ := strings.Cut(attribute, `"`)
		got = append(got, rows)
	}
	if diff := cmp.Diff([]string{rust(1), rust(2), rust(2) + " " + rust(1), rust(0), rust(0) + " " + rust(1)}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestSideBySideTitles: a column says what tells its record from the others, as short as it can.
func TestSideBySideTitles(t *testing.T) {
	for _, c := range []struct {
		dates, revisions []string
		want             string
	}{
		{[]string{"2026-11-20T05:44:02Z", "2026-11-21T05:44:02Z"}, nil, "2026-11-20 | 2026-11-21"},
		{[]string{"2026-11-20T05:44:02Z", "2026-11-20T06:44:02Z"}, nil, "2026-11-20 05:44 | 2026-11-20 06:44"},
		{[]string{"2026-11-20T05:44:02Z", "2026-11-20T05:44:03Z"}, nil, "2026-11-20 05:44:02 | 2026-11-20 05:44:03"},
		{[]string{"2026-11-20T05:44:02Z", "2026-11-20T06:44:02Z"}, []string{"abc", "def"}, "Toll abc | Toll def"},
		{[]string{"2026-11-20T05:44:02Z", "2026-11-20T05:44:02Z"}, nil, "0.txt | 1.txt"},
		{nil, nil, "0.txt | 1.txt"},
		{nil, []string{"abc", ""}, "Toll abc | 1.txt"},
	} {
		var records []study.Named
		for k := range 2 {
			r, _ := twoRuns(t)
			if c.dates != nil {
				fact(r, "date", c.dates[k])
			}
			if c.revisions != nil {
				fact(r, "revision", c.revisions[k])
			}
			records = append(records, study.Named{Name: fmt.Sprintf("%d.txt", k), Record: r})
		}
		pagetest.Holds(t, sideBySide(page.Style{Markdown: true}, records...), "| problem and route | "+c.want+" | own change |")
	}
	var levels []study.Named
	for _, name := range []string{"avx2", "avx512"} {
		r, _ := twoRuns(t)
		fact(r, "simd", name)
		levels = append(levels, study.Named{Name: name + ".txt", Record: r})
	}
	pagetest.Holds(t, sideBySide(page.Style{Markdown: true}, levels...), "| problem and route | tuned at avx2 | tuned at avx512 | own change |")
}

// TestSideBySideLess: too few rounds leave the times, and problems of one name are told apart by all of it.
func TestSideBySideLess(t *testing.T) {
	run := func(seed string, rounds int) study.Named {
		facts := pagetest.Problem("first", "call", "", "", "", "")
		return study.Named{Name: seed, Record: pagetest.Written(t, []measure.Fact{{Key: "revision", Value: seed}}, []measure.Series{
			pagetest.One("Knobs/op=first/lang=c/via=cgo/n=8/memory=new", facts, pagetest.Times(5)[:rounds]...),
			pagetest.One("Knobs/op=first/lang=c/via=cgo/n=8/memory=kept", facts, pagetest.Times(6)[:rounds]...),
			pagetest.One("Knobs/op=last/lang=c/via=cgo/n=8", nil, pagetest.Times(7)[:rounds]...),
		})}
	}
	text := sideBySide(page.Style{Markdown: true}, run("a", 3), run("b", 3))
	pagetest.Holds(t, text, "- Toll b against Toll a: no change can be told: Knobs/op=first/lang=c/via=cgo/n=8/memory=new has 3 and 3 samples, want at least 6 ",
		"| Knobs op=first n=8 memory=new, c/cgo | 5.00 ns ±?% | 5.00 ns ±?% |  |", "| Knobs op=first n=8 memory=kept, c/cgo | 6.00 ns",
		"| Knobs op=last n=8, c/cgo | 7.00 ns")
	pagetest.Holds(t, sideBySide(page.Style{Markdown: true}, run("a", 7), run("b", 7)), "of 3 rows, 0 became slower beyond noise and 0 faster",
		"| 5.00 ns ±0% | 5.00 ns ±0% | ~0.0% ±0.0% |")
	if text := sideBySide(page.Style{}, run("a", 7)); text != "" {
		t.Errorf("one record shows:\n%s", text)
	}
	other := pagetest.CallsRecord(t, pagetest.One("Call/op=noop/lang=c/via=cgo/n=1", nil, pagetest.Times(5)...))
	if text := sideBySide(page.Style{}, run("a", 7), study.Named{Name: "c", Record: other}); text != "" {
		t.Errorf("two records without a row in common show:\n%s", text)
	}
	study.SideBySide(page.New(io.Discard, other, page.Style{}), nil)
}
