// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"cmp"
	"math"
	"slices"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// leadingDimensions and layouts are those of walks, in the order of tables and pictures.
var (
	leadingDimensions = []string{UnitLD, PaddedLD, powerLD}
	layouts           = []kernel.Layout{kernel.Row, kernel.Col}
)

// layoutNames are what tables and sentences call the layouts.
var layoutNames = map[kernel.Layout]string{kernel.Row: "row-major", kernel.Col: "column-major"}

// LDNames are what tables and sentences call the leading dimensions.
var LDNames = map[string]string{UnitLD: "unpadded", PaddedLD: "padded", powerLD: "power of two"}

// Table is a record's walks.
type Table struct {
	Kernels  []string // in the record's order
	Sizes    []int    // ascending
	rows     map[tableRow]*record.Row
	again    map[tableRow]*record.Row // those of second entries
	langs    []string                 // in the record's order, parallel ones last
	baseline string                   // the language that what concerns one is shown of: C, or else the first
}

type tableRow struct {
	lang string
	walk
}

// NewTable returns the walks that a record has; those of parallel languages only if they are wanted, since pictures have
// no room for them.
func NewTable(r *record.Record, parallel bool) *Table {
	t := &Table{rows: map[tableRow]*record.Row{}, again: map[tableRow]*record.Row{}}
	for _, row := range r.Of(loopsName) {
		w, err := walkOf(&row.Name)
		if err != nil || row.Parallel() && !parallel || Pictured(row) == 0 { // or a record that something else wrote
			continue
		}
		at := tableRow{row.Lang, w}
		switch {
		case row.Again():
			t.again[at] = row
		case t.rows[at] == nil: // else it is the language through another crossing
			t.rows[at] = row
			t.Kernels, t.langs, t.Sizes = record.AppendNew(t.Kernels, w.Kernel), record.AppendNew(t.langs, row.Lang), record.AppendNew(t.Sizes, w.N)
		}
	}
	slices.Sort(t.Sizes)
	slices.SortStableFunc(t.langs, func(a, b string) int {
		rank := map[bool]int{true: 1}
		return cmp.Compare(rank[record.ParallelLanguage(a)], rank[record.ParallelLanguage(b)])
	})
	switch {
	case slices.Contains(t.langs, "c"):
		t.baseline = "c"
	case t.langs != nil:
		t.baseline = t.langs[0]
	}
	return t
}

// Pictured returns a row's time as a picture shows it, 0 if a logarithmic axis has no place for it.
func Pictured(r *record.Row) float64 {
	if len(r.Samples) == 0 {
		return 0
	}
	wall := measure.Median(r.Wall()).Median
	if !(wall > 1e-9 && wall < 1e15) { // from less than a cycle to days
		return 0
	}
	return wall
}

// serial returns the languages but for parallel ones.
func (t *Table) serial() []string {
	return slices.DeleteFunc(slices.Clone(t.langs), record.ParallelLanguage)
}

// find returns the row of a walk, or nil. Where the lines' length is a power of two, the rows without padding are
// those of the next power of two.
func (t *Table) find(lang string, w walk) *record.Row {
	if row := t.rows[tableRow{lang, w}]; row != nil || w.LD != powerLD || w.elements() != w.N {
		return row
	}
	w.LD = UnitLD
	return t.rows[tableRow{lang, w}]
}

// measured reports whether a leading dimension has rows of its own for the kernel in one of these languages.
func (t *Table) measured(kernel, ld string, langs ...string) bool {
	for at := range t.rows {
		if at.Kernel == kernel && at.LD == ld && slices.Contains(langs, at.lang) {
			return true
		}
	}
	return false
}

// penalty returns how many times as long a walk takes by interchanged loops as by matched ones; which of them it has
// itself does not matter. ok is false if the record cannot tell.
func (t *Table) penalty(lang string, w walk) (i measure.Interval, ok bool) {
	i, ok = record.WallRatio(t.pair(lang, w))
	return i, ok && i.Median > 0 && !math.IsInf(i.Median, 0)
}

// pair returns the rows of a walk by interchanged loops and by matched ones.
func (t *Table) pair(lang string, w walk) (interchanged, matched *record.Row) {
	w.Interchanged = false
	matched = t.find(lang, w)
	w.Interchanged = true
	return t.find(lang, w), matched
}

// larger returns the larger of both layouts' penalties, and the walk that it is of. Their mean would hide that one
// layout's loops may be bound by something else, so that interchanging them costs nothing.
func (t *Table) larger(kernel, lang, ld string, n int) (most float64, at walk, ok bool) {
	for _, layout := range layouts {
		w := walk{Kernel: kernel, Layout: layout, LD: ld, N: n}
		if i, known := t.penalty(lang, w); known && i.Median > most {
			most, at, ok = i.Median, w, true
		}
	}
	return most, at, ok
}

// worst returns the largest penalty of either layout, and the walk that it is of.
func (t *Table) worst(kernel, lang, ld string) (most float64, at walk, ok bool) {
	for _, n := range t.Sizes {
		if penalty, w, known := t.larger(kernel, lang, ld, n); known && penalty > most {
			most, at, ok = penalty, w, true
		}
	}
	return most, at, ok
}

// from returns the least size from which on the larger penalty is always at least that much, and whether there is one.
func (t *Table) from(kernel, lang, ld string, least float64) (from int, ok bool) {
	for _, n := range t.Sizes {
		switch penalty, _, known := t.larger(kernel, lang, ld, n); {
		case !known:
		case penalty < least:
			from, ok = 0, false
		case !ok:
			from, ok = n, true
		}
	}
	return from, ok
}

// fastest returns the row-major walk whose loops gain most by being interchanged, and how many times as fast they are
// then; ok is false if none gains more than noise does.
func (t *Table) fastest(kernel, lang string) (times float64, at walk, ok bool) {
	for _, ld := range leadingDimensions {
		for _, n := range t.Sizes {
			w := walk{Kernel: kernel, LD: ld, N: n}
			if i, known := t.penalty(lang, w); known && i.Differs(t.floor(kernel, n)) && 1/i.Median > max(1, times) {
				times, at, ok = 1/i.Median, w, true
			}
		}
	}
	return times, at, ok
}

// floor returns the noise floor of a kernel's rows of one size.
func (t *Table) floor(kernel string, n int) float64 {
	w := walk{Kernel: kernel, LD: UnitLD, N: n}
	for _, lang := range t.langs {
		if r, again := t.find(lang, w), t.again[tableRow{lang, w}]; r != nil && again != nil {
			return record.Floor([]*record.Row{r, again})
		}
	}
	return math.Inf(1)
}

// FortranOverC returns how many times as long Fortran takes as C on a row-major matrix in place.
func (t *Table) FortranOverC(kernel string, n int) (measure.Interval, bool) {
	w := walk{Kernel: kernel, LD: UnitLD, N: n}
	return record.WallRatio(t.find("fortran", w), t.find("c", w))
}

// FortranSlower reports whether Fortran is so much slower than C that a copy may be worth it.
func FortranSlower(ratio measure.Interval) bool { return ratio.Lo > 1.5 }

// where says which layout and side a walk is of.
func where(w walk) string { return layoutNames[w.Layout] + " " + page.Squares(w.N) }
