// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"bytes"
	"strings"
	"testing"

	"toll/goside/record"
)

// TestValueOf: what a column is sorted by is the number in the smallest unit, whatever stands around it.
func TestValueOf(t *testing.T) {
	for cell, want := range map[string]float64{
		"1": 1, "0 ns": 0, "0.286 ns": 0.286, "24.5 ns ±1%": 24.5, "268 µs ±18%!": 268e3, "94.4 ms ±2%": 94.4e6, "2.50 s ±0%": 2.5e9,
		"~1.00 ±1%": 1, "182.94 ±7%!": 182.94, "~2.00 ±?%": 2, "46% ±1%": 46, "125% ±0%^": 125, "0.42%": 0.42, "<0.1 ns": 0.1,
		"±0.9%": 0.9, "+3.2% ±1.1%": 3.2, "~-0.5% ±2.0%": -0.5, "−16.1 ns": -16.1, "~0.0%": 0, "0 B": 0, "600 B": 600,
		"4 MiB": 4 << 20, "7.812 KiB": 7.812 * 1024, "21.7 kB": 21.7e3, "41.2×": 41.2, "512²": 512, "43.0 ±2% GB/s": 43,
		"100 instructions/op ±0%": 100, "1e-05": 1e-5,
	} {
		if got, ok := valueOf(cell); !ok || got < want-1e-9 || got > want+1e-9 {
			t.Errorf("the value of %q is %v (%v), want %v", cell, got, ok, want)
		}
	}
	for _, cell := range []string{"", "unknown", "✓ bit-identical", "–", "?", "Inf", "NaN", "c-omp", "diffusion row", "L1, 16 KiB", "no difference"} {
		if got, ok := valueOf(cell); ok {
			t.Errorf("the value of %q is %v, want none", cell, got)
		}
	}
}

// TestTableInHTML: figures say which rows of which record they are made from, lines what their figures have in common.
func TestTableInHTML(t *testing.T) {
	row := func(kernel, lang, via string) record.Row {
		return record.Row{Name: record.Name{Study: "Kernels", Kernel: kernel, Layout: "row", Lang: lang, Via: via}}
	}
	mine := &record.Record{Rows: []record.Row{row("ols", "c", "cgo"), row("ols", "go", "direct"), row("julia", "c", "cgo")}}
	other := &record.Record{Rows: []record.Row{row("ols", "c", "cgo"), {Name: record.Name{Study: record.LimitsName, Op: "read", Lang: "c", Via: "purego"}}}}
	printed := func(records []*record.Record, line ...Cell) string {
		var b bytes.Buffer
		New(&b, mine, Style{Markdown: true, HTML: &HTML{Records: records}}).Grid("", []string{"", "", "", ""}, [][]Cell{append(Words("what"), line...)})
		return b.String()
	}
	for _, c := range []struct {
		records []*record.Record
		line    []Cell
		want    string
	}{
		{nil, []Cell{Figure("2.00", &mine.Rows[1], &mine.Rows[0], &mine.Rows[1], nil)},
			`<tr data-kernel="ols row" data-lang="go" data-via="direct"><th scope="row">what</th><td class="n" data-r="0:1 0:0" data-v="2">2.00</td>`},
		{nil, []Cell{Figure("2.00", &other.Rows[0])}, `<td class="n" data-v="2">2.00</td>`}, // it is not in the page
		{[]*record.Record{other, mine}, []Cell{Figure("2.00", &mine.Rows[1]), Figure("3.00", &other.Rows[0])},
			`<tr data-kernel="ols row"><th scope="row">what</th><td class="n" data-r="1:1" data-v="2">2.00</td><td class="n" data-r="0:0" data-v="3">3.00</td>`},
		{nil, []Cell{Figure("2.00", &mine.Rows[0]), Figure("3.00", &mine.Rows[2]), Word("4")},
			`<tr data-lang="c" data-via="cgo"><th scope="row">what</th><td class="n" data-r="0:0" data-v="2">2.00</td><td class="n" data-r="0:2" data-v="3">3.00</td><td class="n" data-v="4">4</td>`},
		{[]*record.Record{other, mine}, []Cell{Figure("2.00", &other.Rows[1])}, `<tr><th scope="row">what</th><td class="n" data-r="0:1" data-v="2">2.00</td>`},
		{nil, []Cell{{Text: "150% ±1%^", From: []*record.Row{&mine.Rows[0]}, Bar: 1.5}},
			`data-v="150"><span class="bar"><span style="width:100%"></span></span>150% ±1%^</td>`},
		{nil, []Cell{Figure("~1.00 ±1%", &mine.Rows[0])}, `data-v="1"><span class="same">~1.00 ±1%</span></td>`},
	} {
		if got := printed(c.records, c.line...); !strings.Contains(got, c.want) {
			t.Errorf("this does not hold %s:\n%s", c.want, got)
		}
	}
}
