// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"math"
	"slices"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// leadingDimensions and bothLayouts are those of walks, in the order of tables and pictures.
var (
	leadingDimensions = []string{UnitLD, PaddedLD, PowerLD}
	bothLayouts       = []kernel.Layout{kernel.Row, kernel.Col}
)

// layoutNames are what tables and sentences call the layouts.
var layoutNames = map[kernel.Layout]string{kernel.Row: "row-major", kernel.Col: "column-major"}

// walkTable are a record's rows of the study of loops.
type walkTable struct {
	rows     map[walkRow]*record.Row
	again    map[walkRow]*record.Row // those of second entries
	Kernels  []string                // in the record's order
	langs    []string                // in the record's order, parallel ones last, without second entries
	Sizes    []int                   // ascending
	baseline string                  // the language that what concerns one is shown of: C, or else the first
}

type walkRow struct {
	lang string
	Walk
}

// WalksOf returns the walks that a record has; those of parallel languages only if they are wanted, since pictures have
// no room for them.
func WalksOf(r *record.Record, parallel bool) *walkTable {
	t := &walkTable{rows: map[walkRow]*record.Row{}, again: map[walkRow]*record.Row{}}
	for k := range r.Rows {
		row := &r.Rows[k]
		if row.Study != LoopsName || row.Parallel() && !parallel || Pictured(row) == 0 {
			continue
		}
		walk, err := walkOf(&row.Name)
		if err != nil {
			continue // a record that something else wrote
		}
		at := walkRow{row.Lang, walk}
		switch {
		case row.Again():
			t.again[at] = row
		case t.rows[at] == nil: // else it is the language through another crossing
			t.rows[at] = row
			t.Kernels, t.langs, t.Sizes = record.With(t.Kernels, walk.Kernel), record.With(t.langs, row.Lang), record.With(t.Sizes, walk.N)
		}
	}
	slices.Sort(t.Sizes)
	slices.SortStableFunc(t.langs, func(a, b string) int {
		rank := map[bool]int{true: 1}
		return rank[record.ParallelLanguage(a)] - rank[record.ParallelLanguage(b)]
	})
	switch {
	case slices.Contains(t.langs, "c"):
		t.baseline = "c"
	case t.langs != nil:
		t.baseline = t.langs[0]
	}
	return t
}

// Serial returns the languages but for parallel ones.
func (t *walkTable) Serial() []string {
	return slices.DeleteFunc(slices.Clone(t.langs), record.ParallelLanguage)
}

// find returns the row of a walk, or nil. Where the lines' length is a power of two, the rows without padding are
// those of the next power of two.
func (t *walkTable) find(lang string, walk Walk) *record.Row {
	if row := t.rows[walkRow{lang, walk}]; row != nil || walk.LD != PowerLD || walk.Elements() != walk.N {
		return row
	}
	walk.LD = UnitLD
	return t.rows[walkRow{lang, walk}]
}

// measured reports whether a leading dimension has rows of its own for the kernel in one of these languages.
func (t *walkTable) measured(kernel, ld string, langs ...string) bool {
	for at := range t.rows {
		if at.Kernel == kernel && at.LD == ld && slices.Contains(langs, at.lang) {
			return true
		}
	}
	return false
}

// penalty returns how many times as long a walk takes by interchanged loops as by matched ones; which of them it has
// itself does not matter. ok is false if the record cannot tell.
func (t *walkTable) penalty(lang string, walk Walk) (i measure.Interval, ok bool) {
	walk.Interchanged = false
	matched := t.find(lang, walk)
	walk.Interchanged = true
	interchanged := t.find(lang, walk)
	if matched == nil || interchanged == nil || len(matched.Samples) != len(interchanged.Samples) {
		return i, false
	}
	i = measure.Ratio(interchanged.Wall(), matched.Wall())
	return i, i.Median > 0 && !math.IsInf(i.Median, 0)
}

// larger returns the larger of both layouts' penalties, and the walk that it is of. Their mean would hide that one
// layout's loops may be bound by something else, so that interchanging them costs nothing.
func (t *walkTable) larger(kernel, lang, ld string, n int) (most float64, at Walk, ok bool) {
	for _, layout := range bothLayouts {
		walk := Walk{Kernel: kernel, Layout: layout, LD: ld, N: n}
		if i, known := t.penalty(lang, walk); known && i.Median > most {
			most, at, ok = i.Median, walk, true
		}
	}
	return most, at, ok
}

// Worst returns the largest penalty of either layout, and the walk that it is of.
func (t *walkTable) Worst(kernel, lang, ld string) (most float64, at Walk, ok bool) {
	for _, n := range t.Sizes {
		if penalty, walk, known := t.larger(kernel, lang, ld, n); known && penalty > most {
			most, at, ok = penalty, walk, true
		}
	}
	return most, at, ok
}

// From returns the least size from which on the larger penalty is always at least so much, and whether there is one.
func (t *walkTable) From(kernel, lang, ld string, least float64) (from int, ok bool) {
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
func (t *walkTable) fastest(kernel, lang string) (times float64, at Walk, ok bool) {
	for _, ld := range leadingDimensions {
		for _, n := range t.Sizes {
			walk := Walk{Kernel: kernel, LD: ld, N: n}
			if i, known := t.penalty(lang, walk); known && i.Differs(t.floor(kernel, n)) && 1/i.Median > max(1, times) {
				times, at, ok = 1/i.Median, walk, true
			}
		}
	}
	return times, at, ok
}

// floor returns the noise floor of a kernel's rows of one size.
func (t *walkTable) floor(kernel string, n int) float64 {
	walk := Walk{Kernel: kernel, LD: UnitLD, N: n}
	for _, lang := range t.langs {
		if r, again := t.find(lang, walk), t.again[walkRow{lang, walk}]; r != nil && again != nil {
			return record.Floor([]*record.Row{r, again})
		}
	}
	return math.Inf(1)
}

// Where says which layout and side a walk is of.
func Where(w Walk) string { return layoutNames[w.Layout] + " " + page.Squares(w.N) }
