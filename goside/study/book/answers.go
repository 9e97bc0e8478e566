// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/page"
	"toll/goside/record"
)

// answers returns a question for each table: its title.
func answers() []page.Question {
	var all []page.Question
	for k := range published {
		t := &published[k]
		all = append(all, page.Question{Text: t.title + ".", Answer: func(p *page.Page) string {
			python, others := t.figures(p, p.Rows(benchmark))
			if python == nil {
				return ""
			}
			return t.said(python, others)
		}})
	}
	return all
}

// said says what a table shows.
func (t *bookTable) said(python, others []figure) string {
	sentences := []string{
		t.saidFastest(python, others), saidOrder(python), saidMultiples(python), t.saidNear(python), saidCopies(python),
	}
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}

// timed returns the figures that there are of the book's layout.
func timed(all []figure) []figure {
	return slices.DeleteFunc(slices.Clone(all), func(f figure) bool { return f.row == nil || f.columns })
}

// saidFastest says which rows are the fastest, from Python and without.
func (t *bookTable) saidFastest(python, others []figure) string {
	best, text := fastest("The fastest route from Python", timed(python))
	if best == nil {
		return ""
	}
	at := slices.IndexFunc(python, func(f figure) bool { return f.route == t.from && f.row != nil })
	if at >= 0 && python[at].row != best.row {
		from := &python[at]
		text += fmt.Sprintf(" %s takes %s times as long, %s.", from.named(), page.Significant(from.time.Median/best.time.Median),
			page.Nanoseconds(from.time.Median))
	}
	if _, without := fastest("The fastest without Python", timed(others)); without != "" {
		text += " " + without
	}
	return text
}

// fastest returns the fastest of all and says that it is, nil and "" if there is none.
func fastest(what string, all []figure) (*figure, string) {
	if len(all) == 0 {
		return nil, ""
	}
	best := slices.MinFunc(all, func(a, b figure) int { return cmp.Compare(a.time.Median, b.time.Median) })
	text := fmt.Sprintf("%s, %s, takes %s", what, best.named(), page.Nanoseconds(best.time.Median))
	var like []string
	for k := range all {
		if f := &all[k]; f.row != best.row && !f.unsure() && !distinct(f.over(&best)) {
			like = append(like, f.named())
		}
	}
	if like != nil {
		text += fmt.Sprintf(" (indistinguishable: %s)", page.Joined(like))
	}
	return &best, text + "."
}

// saidOrder compares the times here with the published ones, and says which rows do not follow each other as they do.
func saidOrder(python []figure) string {
	var all []figure
	least, most := math.Inf(1), 0.0
	for _, f := range timed(python) {
		if s, ok := f.seconds(); ok {
			all = append(all, f)
			x := f.time.Median / 1e9 / s
			least, most = min(least, x), max(most, x)
		}
	}
	if len(all) < 2 {
		return ""
	}
	said := fmt.Sprintf("Times here are %.2f to %.2f times the published ones.", least, most)
	if slices.ContainsFunc(all, func(f figure) bool { return f.unsure() }) {
		return said + " There were too few rounds to compare their order."
	}
	pairs, same := 0, 0
	var other, alike []string
	for k := range all {
		for j := range all {
			faster, slower := &all[k], &all[j]
			a, _ := faster.seconds()
			b, _ := slower.seconds()
			if a >= b {
				continue
			}
			pairs++
			switch ratio := faster.over(slower); {
			case !distinct(ratio):
				alike = append(alike, faster.named()+" and "+slower.named())
			case ratio.Median < 1:
				same++
			default:
				other = append(other, fmt.Sprintf("%s takes %s times as long as %s",
					faster.named(), page.Significant(ratio.Median), slower.named()))
			}
		}
	}
	said += fmt.Sprintf(" The book's order holds in %d of %s of rows.", same, counted(pairs, "pair"))
	if other != nil {
		said += fmt.Sprintf(" Against it, %s.", page.Joined(other))
	}
	if alike != nil {
		said += fmt.Sprintf(" Indistinguishable: %s.", strings.Join(alike, "; "))
	}
	return said
}

// counted shows a number of things: "1 row", "5 rows".
func counted(n int, what string) string { return page.Count(strconv.Itoa(n), what) }

// saidMultiples compares the rows that are published as multiples of others.
func saidMultiples(python []figure) string {
	var said []string
	for k := range python {
		f := &python[k]
		if x, of := f.multiple(python); of != nil {
			said = append(said, fmt.Sprintf("%s takes %s times as long as %s (published: about %g).",
				f.what, page.Significant(x), f.against, f.times))
		}
	}
	return strings.Join(said, " ")
}

// near is how near to the baseline's time one is that is said to be near, in a table of bindings.
const near = 0.1

// saidNear says which rows take about as long as C without Python, where each row is a binding.
func (t *bookTable) saidNear(python []figure) string {
	if t.each == "" {
		return ""
	}
	var beside []string
	compared := 0
	for _, f := range timed(python) {
		ratio, ok := record.WallRatio(f.row, f.base)
		if !ok {
			continue
		}
		compared++
		if math.Abs(ratio.Median-1) <= near {
			beside = append(beside, f.named())
		}
	}
	if compared == 0 {
		return ""
	}
	rows, verb := counted(compared, "row-major row"), "are"
	if len(beside) == 1 {
		verb = "is"
	}
	if beside == nil {
		return fmt.Sprintf("None of %s is within %.0f%% of C by cgo.", rows, 100*near)
	}
	return fmt.Sprintf("%d of %s %s within %.0f%% of C by cgo: %s.", len(beside), rows, verb, 100*near, page.Joined(beside))
}

// saidCopies says what the copies cost that f2py makes of what does not lie as Fortran's matrices do.
func saidCopies(python []figure) string {
	var parts []string
	for _, columns := range []bool{false, true} {
		find := func(lang string) *figure {
			at := slices.IndexFunc(python, func(f figure) bool { return f.lang == lang && f.columns == columns && f.row != nil })
			if at < 0 {
				return nil
			}
			return &python[at]
		}
		plain, copying := find("f2py"), find("f2py-copy")
		if plain == nil || copying == nil || plain.unsure() {
			continue
		}
		step := map[bool]string{false: "a row-major step", true: "a column-major step"}[columns]
		if ratio := copying.over(plain); distinct(ratio) {
			parts = append(parts, fmt.Sprintf("%s takes %s times as long", step, page.Significant(ratio.Median)))
		} else {
			parts = append(parts, step+" is unaffected")
		}
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("If f2py is left to copy what is not in Fortran's order, %s.", strings.Join(parts, "; "))
}
