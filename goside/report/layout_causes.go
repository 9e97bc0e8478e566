// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/study"
)

// causeSizes are the sides that causes are shown of, those that a record has.
var causeSizes = []int{64, 184, 512, 728, 1448, 2048, 5800, 8192}

// missUnits are what counters or a simulator say of a walk, in the order of the table.
var missUnits = []struct{ unit, title string }{
	{"L1-misses/op", "L1"}, {"LL-misses/op", "last level"}, {"TLB-misses/op", "TLB"},
}

// misses returns what was counted or simulated of walks in C.
func (p *callsPrinter) misses() map[study.Walk]*Row {
	all := map[study.Walk]*Row{}
	for _, r := range p.rows(study.MissesName) {
		w, err := study.ParseWalk(fmt.Sprintf("%s/layout=%s/n=%s/loops=%s/ld=%s", r.Kernel, r.Layout, r.N, r.Facts["loops"], r.Facts["ld"]))
		if err != nil || r.Lang != "c" {
			continue
		}
		// What the machine itself counted comes before what a simulator says.
		if old := all[w]; old == nil || r.Facts["by"] == "counters" {
			all[w] = r
		}
	}
	return all
}

// busiest is the border between two levels of memory that a walk's lines keep busiest.
type busiest struct {
	from        string  // the level from which lines are brought
	rate, share float64 // bytes a ns, and the part of what was measured of that level
}

func (p *callsPrinter) busiest(w *study.Walk, wall float64) busiest {
	levels, caches := p.cacheGeometry()
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
		if bandwidth := p.limits.bandwidth(limit, serial, from); bandwidth > 0 && rate/bandwidth > most.share {
			most = busiest{from, rate, rate / bandwidth}
		}
	}
	return most
}

func causes(p *callsPrinter) {
	t := p.loops()
	levels, caches := p.cacheGeometry()
	if len(t.kernels) == 0 || len(levels) == 0 {
		return
	}
	misses := p.misses()
	var counted []int // of missUnits
	source := ""
	for k, u := range missUnits {
		for _, r := range misses {
			if slices.ContainsFunc(r.Samples, func(s measure.Sample) bool {
				return slices.ContainsFunc(s.More, func(v measure.Value) bool { return v.Unit == u.unit })
			}) {
				counted, source = append(counted, k), r.Facts["source"]
				break
			}
		}
	}
	entries, err := strconv.Atoi(p.record.Get("tlb"))
	tlb := err == nil && entries > 0

	p.heading("The cause")
	text := "What must come into each cache for an element, in lines of " + strconv.Itoa(caches[levels[0]].Line) + " bytes, computed from sizes and strides alone: a walk along the lines uses all " +
		"eight numbers of a cache line; one across them comes back to it a whole sweep later, and finds it only if as many lines as the sweep has fit. Where lines begin a power of " +
		"two apart, few sets of a cache may hold them. Then the border that these lines keep busiest, with the part of the bandwidth measured there in the same rounds: a low " +
		"share with many lines means waiting for each, not moving them."
	if tlb {
		text += fmt.Sprintf(" Pages are those of %d bytes whose addresses a TLB of %d entries has lost.", study.Page, entries)
	}
	switch {
	case counted == nil:
		text += " Nothing was counted: the machine shows no hardware counters to this program, and the record was made without --cachegrind."
	default:
		text += " Beside it, what was " + map[bool]string{true: "counted", false: "simulated"}[!strings.Contains(source, "simulation")] + " by " + source + "."
	}
	p.explain(text)

	header := []string{t.baseline + ", row-major", "ns"}
	for _, level := range levels {
		header = append(header, "into "+level)
	}
	if tlb {
		header = append(header, "pages")
	}
	for _, k := range counted {
		header = append(header, "misses, "+missUnits[k].title)
	}
	header = append(header, "busiest", "GB/s", "share")
	for _, kernel := range t.kernels {
		var lines [][]string
		compared, within := 0, 0
		var dear string
		for _, n := range causeSizes {
			if !slices.Contains(t.sizes, n) {
				continue
			}
			for _, ld := range []string{study.UnitLD, study.PaddedLD} {
				for _, interchanged := range []bool{false, true} {
					w := study.Walk{Kernel: kernel, Interchanged: interchanged, LD: ld, N: n}
					r := t.find(w, t.baseline)
					if r == nil {
						continue
					}
					wall := measure.Median(r.Wall()).Median
					line := []string{fmt.Sprintf("%s, %s, %s", squares(n), ldNames[ld], w.Loops()), significant(wall)}
					for _, level := range levels {
						line = append(line, few(w.Lines(caches[level])))
					}
					if tlb {
						line = append(line, few(w.Pages(entries)))
					}
					for _, k := range counted {
						cell := ""
						if m := misses[w]; m != nil {
							found := m.more(missUnits[k].unit).Median
							cell = few(found)
							if k == 0 {
								compared++
								if computed := w.Lines(caches[levels[0]]); math.Abs(found-computed) <= 0.02+0.25*computed {
									within++
								}
							}
						}
						line = append(line, cell)
					}
					b := p.busiest(&w, wall)
					if b.from == "" {
						line = append(line, "–", "", "")
					} else {
						line = append(line, b.from, significant(b.rate), percentage(b.share))
					}
					lines = append(lines, line)
					if interchanged && ld == study.UnitLD {
						if matched := t.find(study.Walk{Kernel: kernel, LD: ld, N: n}, t.baseline); matched != nil {
							of := measure.Median(matched.Wall()).Median
							more := w.Lines(caches[levels[0]]) / (&study.Walk{Kernel: kernel, LD: ld, N: n}).Lines(caches[levels[0]])
							if !math.IsInf(more, 0) && !math.IsNaN(more) {
								dear = fmt.Sprintf("At %s, unpadded, interchanged loops bring %s times as many lines into %s, and take %s times as long", squares(n), factor(more), levels[0], factor(wall/of))
								if b.from != "" {
									dear += fmt.Sprintf("; the busiest border, from %s, moves %s of what it can", b.from, percentage(b.share))
								}
							}
						}
					}
				}
			}
		}
		if lines == nil {
			continue
		}
		p.grid(kernel+": cache lines and pages an element, computed, and what the busiest border moves", header, lines)
		if dear == "" {
			dear = "Nothing here leaves " + levels[0]
		}
		if compared > 0 {
			dear += fmt.Sprintf(". Computed and found misses of %s agree within a quarter in %d of %d rows", levels[0], within, compared)
		}
		p.say("%s.", dear)
	}
}

// few shows a small number of things an element: "0", "0.25", "2.25", "0.0039".
func few(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x < 0.001:
		return fmt.Sprintf("%.1e", x)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}
