// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"bytes"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
)

// Bandwidths are 40 bytes a ns of copies from L2, 20 from L3 and 4 from memory, and twice, five times and once that of reads.
var Bandwidths = []measure.Series{
	pagetest.One("Limits/kernel=copy/lang=c/via=purego/n=L2", pagetest.Problem("copy", "pass", "20000", "20000", "", ""), pagetest.Times(1000)...),
	pagetest.One("Limits/kernel=copy/lang=c/via=purego/n=L3", pagetest.Problem("copy", "pass", "10000", "10000", "", ""), pagetest.Times(1000)...),
	pagetest.One("Limits/kernel=copy/lang=c/via=purego/n=memory", pagetest.Problem("copy", "pass", "2000", "2000", "", ""), pagetest.Times(1000)...),
	pagetest.One("Limits/kernel=read/lang=c/via=purego/n=L2", pagetest.Problem("read", "pass", "80000", "", "", ""), pagetest.Times(1000)...),
	pagetest.One("Limits/kernel=read/lang=c/via=purego/n=L3", pagetest.Problem("read", "pass", "100000", "", "", ""), pagetest.Times(1000)...),
	pagetest.One("Limits/kernel=read/lang=c/via=purego/n=memory", pagetest.Problem("read", "pass", "4000", "", "", ""), pagetest.Times(1000)...),
}

// MissSeries returns a row of what a walk misses in C, of the first level of caches and, unless it is below 0, the last.
func MissSeries(w Walk, by string, first, last float64) measure.Series {
	source := map[string]string{ByCachegrind: "a cache simulation", ByCounters: "the processor"}[by]
	s := Misses(&w, "c", "cgo", by, source, 1, []measure.Sample{{Wall: 1, More: []measure.Value{{Value: first, Unit: L1Misses}}}})
	if last >= 0 {
		s.Samples[0].More = append(s.Samples[0].More, measure.Value{Value: last, Unit: LLMisses})
	}
	return s
}

func printedCauses(t *testing.T, facts []measure.Fact, series ...measure.Series) string {
	t.Helper()
	record := pagetest.Written(t, facts, series)
	var b bytes.Buffer
	CauseTables(&page.Page{&b, page.Style{Markdown: true}, record, record.Limits()})
	return strings.Join(strings.Fields(b.String()), " ")
}

// TestLayoutBusiest: of a diffusion step across the lines of 512², each 4096 bytes, a sweep's 1024 lines fit neither the 8 nor
// the 256 places that L1 and L2 have for them, and 2.25 cache lines, 144 bytes, come into each: in 16 ns 9 bytes a ns.
func TestLayoutBusiest(t *testing.T) {
	wrong := Walk{Kernel: "diffusion", Interchanged: true, LD: UnitLD, N: 512}
	right := Walk{Kernel: "diffusion", LD: UnitLD, N: 512}
	fits := Walk{Kernel: "ols", Layout: kernel.Row, Interchanged: true, LD: UnitLD, N: 512}
	loops := append([]measure.Series{WalkSeries("c", right, 3.2), WalkSeries("c", wrong, 16), WalkSeries("c", fits, 16)}, Bandwidths...)
	text := printedCauses(t, LayoutFacts, loops...)
	pagetest.Holds(t, text,
		"| c, row-major | ns | into L1 | into L2 | into L3 | pages | busiest | GB/s | share |",
		"| 512², unpadded, matched | 3.20 | 0.25 | 0.25 | 0 | 0 | L3 | 5.00 | 25 % |",
		"| 512², unpadded, interchanged | 16.0 | 2.25 | 2.25 | 0 | 0 | L3 | 9.00 | 45 % |", // 22 % of what L2 gives L1
		"| 512², unpadded, interchanged | 16.0 | 2 | 2 | 0 | 0 | L2 | 8.00 | 10 % |",       // which reads, so that L2 is the slower
		"At 512², unpadded, interchanged loops bring 9.0 times as many lines into L1, and take 5.0 times as long; the busiest border, from L3, moves 45 % of what it can.",
		"Nothing was counted:")
	pagetest.Lacks(t, text, "Computed and found", "Nothing here leaves")

	text = printedCauses(t, LayoutFacts, loops[:2]...) // of a machine whose bandwidth was not measured
	pagetest.Holds(t, text, "| 512², unpadded, interchanged | 16.0 | 2.25 | 2.25 | 0 | 0 | – | | |", "and take 5.0 times as long.")
	pagetest.Holds(t, printedCauses(t, LayoutFacts, WalkSeries("c", Walk{Kernel: "diffusion", LD: UnitLD, N: 64}, 1),
		WalkSeries("c", Walk{Kernel: "diffusion", Interchanged: true, LD: UnitLD, N: 64}, 1)), "| 64², unpadded, matched | 1.00 | 0.25 |")
	small := []measure.Fact{{Key: "caches", Value: "L1d 1048576"}}
	text = printedCauses(t, small, WalkSeries("c", Walk{Kernel: "diffusion", Interchanged: true, LD: UnitLD, N: 64}, 1))
	pagetest.Holds(t, text, "Nothing here leaves L1.")
	if text := printedCauses(t, nil, loops...); text != "" {
		t.Errorf("of a machine whose caches are not known there is %q, want nothing", text)
	}
}

func TestLayoutMisses(t *testing.T) {
	wrong := Walk{Kernel: "diffusion", Interchanged: true, LD: UnitLD, N: 512}
	right := Walk{Kernel: "diffusion", LD: UnitLD, N: 512}
	padded := Walk{Kernel: "diffusion", LD: PaddedLD, N: 512}
	loops := []measure.Series{WalkSeries("c", right, 3.2), WalkSeries("c", wrong, 16), WalkSeries("c", padded, 3.2)}
	with := func(more ...measure.Series) string { return printedCauses(t, LayoutFacts, append(more, loops...)...) }

	text := with(MissSeries(right, ByCachegrind, 0.26, 0.019), MissSeries(wrong, ByCachegrind, 2.3, 0.5))
	pagetest.Holds(t, text,
		"| into L3 | pages | misses, L1 | misses, last level | busiest |",
		"| 512², unpadded, matched | 3.20 | 0.25 | 0.25 | 0 | 0 | 0.26 | 0.019 |", "| 512², unpadded, interchanged | 16.0 | 2.25 | 2.25 | 0 | 0 | 2.3 | 0.5 |",
		"Beside it, what was simulated by a cache simulation.",
		"take 5.0 times as long. Computed and found misses of L1 agree within a quarter in 2 of 2 rows, of the last level in 1 of 2; "+
			"there the simulator goes by addresses that the machine's pages scatter.")

	// What the processor counted comes first, whichever stands first; what it did not count is not none.
	counted, simulated := MissSeries(wrong, ByCounters, 9, -1), MissSeries(wrong, ByCachegrind, 2.3, 0)
	for _, both := range [][]measure.Series{{counted, simulated}, {simulated, counted}} {
		text = with(append(both, MissSeries(right, ByCounters, 0.25, 0), MissSeries(padded, ByCounters, 0.5, 7))...)
		pagetest.Holds(t, text, "| 0 | 0 | 9 | | –", "| 0 | 0 | 0.25 | 0 | –", "what was counted by the processor.",
			"of L1 agree within a quarter in 1 of 3 rows, of the last level in 1 of 2.")
		pagetest.Lacks(t, text, "simulat")
	}

	pagetest.Holds(t, with(MissSeries(right, ByCachegrind, 0.25, -1)), "of L1 agree within a quarter in 1 of 1 rows.")
	for _, no := range []string{"last level", "simulator"} {
		pagetest.Lacks(t, with(MissSeries(right, ByCachegrind, 0.25, -1)), no)
	}
	// Where the first level is the last, misses of the last would be compared with those of another.
	small := []measure.Fact{{Key: "caches", Value: "L1d 32768"}}
	pagetest.Lacks(t, printedCauses(t, small, append(loops, MissSeries(right, ByCachegrind, 0.25, 0))...), "of the last level")
}
