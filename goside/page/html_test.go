// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"bytes"
	"strings"
	"testing"

	"toll/goside/record"
)

// TestTableInHTML: figures say which rows of which record they are made from, lines what their figures have in common.
func TestTableInHTML(t *testing.T) {
	row := func(kernel, lang, via string) record.Row {
		return record.Row{Name: record.Name{Study: "Kernels", Kernel: kernel, Layout: "row", Lang: lang, Via: via}}
	}
	mine := &record.Record{Rows: []record.Row{row("ols", "c", "cgo"), row("ols", "go", "direct"), row("julia", "c", "cgo")}}
	other := &record.Record{Rows: []record.Row{row("ols", "c", "cgo"), {Name: record.Name{Study: record.LimitsName, Op: "read", Lang: "c", Via: "purego"}}}}
	printed := func(records []*record.Record, line ...Cell) string {
		var b bytes.Buffer
		New(&b, mine, Style{Markdown: true, HTML: &HTML{Records: records}}).Table(&Table{Header: []string{"", "", "", ""}, Lines: [][]Cell{append(Words("what"), line...)}, Left: 1, Filter: true})
		return b.String()
	}
	for _, c := range []struct {
		records []*record.Record
		line    []Cell
		want    string
	}{
		{nil, []Cell{Figure("2.00", &mine.Rows[1], &mine.Rows[0], &mine.Rows[1], nil)},
			`<tr data-kernel="ols row" data-lang="go" data-via="direct"><th>what</th><td data-r="1 0">2.00</td>`},
		{nil, []Cell{Figure("2.00", &other.Rows[0])}, `<td>2.00</td>`}, // it is not in the page
		{[]*record.Record{other, mine}, []Cell{Figure("2.00", &mine.Rows[1]), Figure("3.00", &other.Rows[0])},
			`<tr data-kernel="ols row"><th>what</th><td data-r="1">2.00</td><td data-r="0:0">3.00</td>`},
		{nil, []Cell{Figure("2.00", &mine.Rows[0]), Figure("3.00", &mine.Rows[2]), Word("4")},
			`<tr data-lang="c" data-via="cgo"><th>what</th><td data-r="0">2.00</td><td data-r="2">3.00</td><td>4</td>`},
		{[]*record.Record{other, mine}, []Cell{Figure("2.00", &other.Rows[1])}, `<tr><th>what</th><td data-r="0:1">2.00</td>`},
		{nil, []Cell{{Text: "150% ±1%^", From: []*record.Row{&mine.Rows[0]}, Bar: 1.5}},
			`<td data-r="0"><span class="bar"><span style="width:100%"></span></span>150% ±1%^</td>`},
		{[]*record.Record{mine, other}, []Cell{Figure("2.00", &mine.Rows[0], &mine.Rows[1], &other.Rows[0], &mine.Rows[2], &other.Rows[1])}, `<td data-r="0 1 1:0 +2">2.00`},
		{nil, []Cell{Figure("~1.00 ±1%", &mine.Rows[0])}, `<td data-r="0"><span class="same">~1.00 ±1%</span></td>`},
	} {
		if got := printed(c.records, c.line...); !strings.Contains(got, c.want) {
			t.Errorf("this does not hold %s:\n%s", c.want, got)
		}
	}
}
