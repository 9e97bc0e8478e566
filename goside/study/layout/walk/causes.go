// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// causeSizes are the sides that causes are shown of, those that a record has.
var causeSizes = []int{64, 184, 512, 728, 1448, 2048, 5800, 8192}

// missTitles are what counters or a simulator say of a walk, in the order of the table.
var missTitles = []struct{ unit, title string }{
	{L1Misses, "L1"}, {LLMisses, "last level"}, {TLBMisses, "TLB"},
}

// missRows returns what was counted or simulated of walks in C, and the sources of that, in the record's order.
func missRows(p *page.Page) (all map[Walk]*record.Row, sources []string) {
	all = map[Walk]*record.Row{}
	rows := p.Rows(MissesName)
	for _, r := range rows {
		w, err := walkOf(&r.Name)
		if err != nil || r.Lang != "c" {
			continue
		}
		// What the machine itself counted comes before what a simulator says.
		if old := all[w]; old == nil || r.Facts["by"] == ByCounters {
			all[w] = r
		}
	}
	for _, r := range rows {
		if w, err := walkOf(&r.Name); err == nil && all[w] == r {
			sources = record.With(sources, r.Facts["source"])
		}
	}
	return all, sources
}

// found returns the misses of one of missUnits, if the row has them.
func found(r *record.Row, k int) (float64, bool) {
	if r == nil || !slices.ContainsFunc(r.Samples, func(s measure.Sample) bool {
		return slices.ContainsFunc(s.More, func(v measure.Value) bool { return v.Unit == missTitles[k].unit })
	}) {
		return 0, false
	}
	return r.More(missTitles[k].unit).Median, true
}

// agreement counts in how many rows computed and found misses agree.
type agreement struct{ rows, within int }

func (a *agreement) add(computed, found float64) {
	a.rows++
	if math.Abs(found-computed) <= 0.02+0.25*computed {
		a.within++
	}
}

// busiest is the border between two levels of memory that a walk's lines keep busiest.
type busiest struct {
	from        string  // the level from which lines are brought
	rate, share float64 // bytes a ns, and the part of what was measured of that level
}

func busiestOf(p *page.Page, w *Walk, wall float64) busiest {
	levels, caches := cacheGeometry(p)
	limit := "copy"
	if w.Kernel == "ols" {
		limit = "read"
	}
	var most busiest
	for k, level := range levels {
		from := "memory"
		if k+1 < len(levels) {
			from = levels[k+1]
		}
		rate := w.Lines(caches[level]) * float64(caches[level].Line) / wall
		if bandwidth := p.Limits.Bandwidth(limit, record.SerialLang, from); bandwidth > 0 && rate/bandwidth > most.share {
			most = busiest{from, rate, rate / bandwidth}
		}
	}
	return most
}

func CauseTables(p *page.Page) {
	t := WalksOf(p.Record, true)
	levels, caches := cacheGeometry(p)
	if len(t.Kernels) == 0 || len(levels) == 0 {
		return
	}
	misses, sources := missRows(p)
	var counted []int // of missUnits
	for k := range missTitles {
		for _, r := range misses {
			if _, ok := found(r, k); ok {
				counted = append(counted, k)
				break
			}
		}
	}
	simulated := slices.ContainsFunc(sources, func(s string) bool { return strings.Contains(s, "simulation") })
	entries, err := strconv.Atoi(p.Record.Get("tlb"))
	tlb := err == nil && entries > 0

	p.Heading("The cause")
	text := "What must come into each cache for an element, in lines of " + strconv.Itoa(caches[levels[0]].Line) + " bytes, computed from sizes and strides alone: a walk along the lines uses all " +
		"eight numbers of a cache line; one across them comes back to it a whole sweep later, and finds it only if as many lines as the sweep has fit. Where lines begin a power of " +
		"two apart, few sets of a cache may hold them. Then the border that these lines keep busiest, with the part of the bandwidth measured there in the same rounds: a low " +
		"share with many lines means waiting for each, not moving them; one beyond 100 % shows that the cache keeps more than the arithmetic allows, as where a matrix just fills it."
	if tlb {
		text += fmt.Sprintf(" Pages are those of %d bytes whose addresses a TLB of %d entries has lost.", Page, entries)
	}
	switch {
	case counted == nil:
		text += " Nothing was counted: the machine shows no hardware counters to this program, and the record was made without --cachegrind."
	default:
		text += " Beside it, what was " + map[bool]string{true: "simulated", false: "counted"}[simulated] + " by " + page.Joined(sources) + "."
	}
	p.Explain(text)

	header := []string{t.baseline + ", row-major", "ns"}
	for _, level := range levels {
		header = append(header, "into "+level)
	}
	if tlb {
		header = append(header, "pages")
	}
	for _, k := range counted {
		header = append(header, "misses, "+missTitles[k].title)
	}
	header = append(header, "busiest", "GB/s", "share")
	for _, kernel := range t.Kernels {
		var lines [][]string
		var first, last agreement // of the levels of caches
		dear, leaves := "", false
		for _, n := range causeSizes {
			if !slices.Contains(t.Sizes, n) {
				continue
			}
			for _, ld := range []string{UnitLD, PaddedLD} {
				for _, interchanged := range []bool{false, true} {
					w := Walk{Kernel: kernel, Interchanged: interchanged, LD: ld, N: n}
					r := t.find(t.baseline, w)
					if r == nil {
						continue
					}
					wall := measure.Median(r.Wall()).Median
					line := []string{fmt.Sprintf("%s, %s, %s", page.Squares(n), LdNames[ld], w.Loops()), page.Significant(wall)}
					leaves = leaves || w.Lines(caches[levels[0]]) > 0
					for _, level := range levels {
						line = append(line, page.Few(w.Lines(caches[level])))
					}
					if tlb {
						line = append(line, page.Few(w.Pages(entries)))
					}
					for _, k := range counted {
						cell := ""
						if misses, ok := found(misses[w], k); ok {
							cell = page.Few(misses)
							switch {
							case missTitles[k].unit == L1Misses:
								first.add(w.Lines(caches[levels[0]]), misses)
							case missTitles[k].unit == LLMisses && len(levels) > 1:
								last.add(w.Lines(caches[levels[len(levels)-1]]), misses)
							}
						}
						line = append(line, cell)
					}
					b := busiestOf(p, &w, wall)
					if b.from == "" {
						line = append(line, "–", "", "")
					} else {
						line = append(line, b.from, page.Significant(b.rate), page.Percentage(b.share))
					}
					lines = append(lines, line)
					if interchanged && ld == UnitLD {
						if matched := t.find(t.baseline, Walk{Kernel: kernel, LD: ld, N: n}); matched != nil {
							of := measure.Median(matched.Wall()).Median
							more := w.Lines(caches[levels[0]]) / (&Walk{Kernel: kernel, LD: ld, N: n}).Lines(caches[levels[0]])
							if !math.IsInf(more, 0) && !math.IsNaN(more) {
								dear = fmt.Sprintf("At %s, unpadded, interchanged loops bring %s times as many lines into %s, and take %s times as long", page.Squares(n), page.Factor(more), levels[0], page.Factor(wall/of))
								if b.from != "" {
									dear += fmt.Sprintf("; the busiest border, from %s, moves %s of what it can", b.from, page.Percentage(b.share))
								}
								dear += "."
							}
						}
					}
				}
			}
		}
		if lines == nil {
			continue
		}
		p.Grid(kernel+": cache lines and pages an element, computed, and what the busiest border moves", header, lines)
		if dear == "" && !leaves {
			dear = "Nothing here leaves " + levels[0] + "."
		}
		if text := strings.TrimSpace(dear + sayAgreement(levels[0], first, last, simulated)); text != "" {
			p.Say("%s", text)
		}
	}
}

// sayAgreement says in how many rows computed and found misses agree, of the first level and of the last.
func sayAgreement(level string, first, last agreement, simulated bool) string {
	const agree, rows = " agree within a quarter", " rows"
	count := func(a agreement) string { return fmt.Sprintf(" in %d of %d", a.within, a.rows) }
	text := ""
	switch {
	case first.rows > 0 && last.rows > 0:
		text = "of " + level + agree + count(first) + rows + ", of the last level" + count(last)
	case first.rows > 0:
		text = "of " + level + agree + count(first) + rows
	case last.rows > 0:
		text = "of the last level" + agree + count(last) + rows
	default:
		return ""
	}
	if simulated && last.within < last.rows {
		text += "; there the simulator goes by addresses that the machine's pages scatter"
	}
	return " Computed and found misses " + text + "."
}
