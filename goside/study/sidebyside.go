// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// Named is a record, and the name of its file.
type Named struct {
	Name string
	*record.Record
}

// abreast is a row in those of several records that have it.
type abreast struct {
	rows    []*record.Row // by record; nil where there is none
	changes []*Changed    // from the first record to each; nil where there is none
}

// size returns the largest of the row's changes beyond noise, or of the others, as a logarithm.
func (a *abreast) size(beyond bool) float64 {
	most := 0.0
	for _, c := range a.changes {
		if c != nil && (c.Verdict() != Same) == beyond {
			most = max(most, math.Abs(math.Log(c.Own)))
		}
	}
	return most
}

// SideBySide prints a line for each problem and route that at least two records of a study have: its time in each of them,
// and how it changed from the first, as [Compare] says. The changes beyond noise come first, the largest before the others.
func SideBySide(p *page.Page, records []Named) {
	between := ", "
	if !p.Markdown { // a terminal is narrower than a page
		between = "\n"
	}
	titles := apart(records)
	all, index := rowsAbreast(records)
	header := []string{"problem and route"}
	var said []string
	for k, title := range titles {
		header = append(header, strings.Join(title, between))
		if k == 0 {
			continue
		}
		own := []string{"own change"}
		if len(records) > 2 {
			own = append(own, title...)
		}
		header = append(header, strings.Join(own, between))
		pair := strings.Join(title, ", ") + " against " + strings.Join(titles[0], ", ")
		c, err := Compare(records[0].Record, records[k].Record)
		if err != nil {
			said = append(said, fmt.Sprintf("%s: no change can be told: %s.", pair, strings.TrimPrefix(err.Error(), "study: ")))
			continue
		}
		said = append(said, pair+": "+c.summary())
		for at := range c.Rows {
			index[key(c.Rows[at].New)].changes[k] = &c.Rows[at]
		}
	}
	if len(all) == 0 {
		return
	}
	slices.SortStableFunc(all, func(a, b *abreast) int {
		return cmp.Or(cmp.Compare(b.size(true), a.size(true)), cmp.Compare(b.size(false), a.size(false)))
	})
	p.List(said)
	p.Say("Each time is a median ± half its 95 %% interval, with nothing subtracted. Own change: how a row changed relative to the others of its problem, "+
		"round by round, so that the machine's own change does not count; a problem of fewer than %d rows cannot tell that. "+
		"±: noise; ~: not beyond it. The largest changes beyond noise come first.", measure.FewestRows)
	called := map[string]int{}
	for _, a := range all {
		called[a.label()]++
	}
	var lines [][]page.Cell
	for _, a := range all {
		label := a.label()
		if called[label] > 1 {
			label = labelOf(a.row().Problem(), a.row())
		}
		if !p.Markdown {
			label = text.WrapSoft(label, labelWidth)
		}
		lines = append(lines, append(page.Words(label), a.figures()...))
	}
	if p.HTML != nil {
		p.Table(&page.Table{Header: header, Lines: lines, Left: 1, Filter: true})
		return
	}
	p.Wide("", header, lines)
}

// labelWidth is how wide the first column may be on a terminal.
const labelWidth = 40

// rowsAbreast returns the rows that at least two records have, in the records' order, and all rows by what identifies them.
func rowsAbreast(records []Named) (shared []*abreast, index map[string]*abreast) {
	index = map[string]*abreast{}
	for k, rec := range records {
		for at := range rec.Rows {
			r := &rec.Rows[at]
			if r.Study == record.LimitsName || r.Again() || r.Incidental() {
				continue
			}
			a := index[key(r)]
			if a == nil {
				a = &abreast{rows: make([]*record.Row, len(records)), changes: make([]*Changed, len(records))}
				index[key(r)] = a
			} else if !slices.Contains(shared, a) {
				shared = append(shared, a)
			}
			a.rows[k] = r
		}
	}
	return shared, index
}

// row returns the row in the first record that has it.
func (a *abreast) row() *record.Row {
	return a.rows[slices.IndexFunc(a.rows, func(r *record.Row) bool { return r != nil })]
}

func (a *abreast) label() string { return labelOf(problemName(a.row()), a.row()) }

// labelOf returns a problem and a route in words, between which a line may be broken.
func labelOf(problem string, r *record.Row) string {
	return strings.ReplaceAll(problem, "/", " ") + ", " + r.Route()
}

// figures returns the row's time in each record, and its change from the first.
func (a *abreast) figures() []page.Cell {
	var line []page.Cell
	for k, r := range a.rows {
		if r == nil {
			line = append(line, page.Cell{})
		} else {
			line = append(line, page.Figure(shownWithSpread(r), r))
		}
		switch c := a.changes[k]; {
		case k == 0:
		case c == nil:
			line = append(line, page.Cell{})
		default:
			mark := ""
			if c.Verdict() == Same {
				mark = "~"
			}
			line = append(line, page.Figure(fmt.Sprintf("%s%s ±%.1f%%", mark, page.Change(c.Own), 100*c.Noise), c.New, c.Old))
		}
	}
	return line
}

// shownWithSpread returns the median of a row's figures, and their spread.
func shownWithSpread(r *record.Row) string {
	values, _ := figures(r)
	return page.WithSpread(shown(r), measure.Median(values))
}

// summary counts what changed, and says what else may be why.
func (c *Comparison) summary() string {
	count := map[Verdict]int{}
	for k := range c.Rows {
		count[c.Rows[k].Verdict()]++
	}
	ratio, _ := c.means()
	all := fmt.Sprintf("of %d rows, %d became slower beyond noise and %d faster; as measured, the rows changed by %s in geometric mean.",
		len(c.Rows), count[Slower], count[Faster], page.Change(ratio))
	if c.Differ != nil {
		all += " The records differ in " + strings.Join(c.Differ, "; ") + "."
	}
	return all
}

// tellingFacts tell records apart. A date is shown as short as it tells.
var tellingFacts = []struct{ key, form string }{
	{"cpu", "%s"}, {"cores", "%s cores"}, {"memory-limit", "memory limit %s"}, {"cpu-limit", "processor limit %s"},
	{"os", "%s"}, {"goarch", "%s"}, {"simd", "tuned at %s"}, {"go", "%s"}, {"revision", "Toll %s"}, {"date", "%s"},
}

// apart returns for each record what tells it from the others: the facts in which they differ, and its file if these are not
// enough.
func apart(records []Named) [][]string {
	titles := make([][]string, len(records))
	distinct := func() bool {
		var seen []string
		for _, title := range titles {
			seen = record.AppendNew(seen, strings.Join(title, ", "))
		}
		return len(seen) == len(records)
	}
	for _, date := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05"} {
		clear(titles)
		for _, fact := range tellingFacts {
			var values, seen []string
			for _, rec := range records {
				value := rec.Get(fact.key)
				if fact.key == "date" {
					value = strings.Replace(value, "T", " ", 1)
					value = value[:min(len(date), len(value))]
				}
				values, seen = append(values, value), record.AppendNew(seen, value)
			}
			for k, value := range values {
				if len(seen) > 1 && value != "" {
					titles[k] = append(titles[k], fmt.Sprintf(fact.form, value))
				}
			}
		}
		if distinct() {
			break
		}
	}
	alike := !distinct()
	for k := range titles {
		if titles[k] == nil || alike {
			titles[k] = append(titles[k], records[k].Name)
		}
	}
	return titles
}
