// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"bytes"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/study"
)

// bandwidths are 40 bytes a ns of copies from L2, 20 from L3 and 4 from memory, and twice, five times and once that of reads.
var bandwidths = []measure.Series{
	one("Limits/kernel=copy/lang=c/via=purego/n=L2", problem("copy", "pass", "20000", "20000", "", ""), times(1000)...),
	one("Limits/kernel=copy/lang=c/via=purego/n=L3", problem("copy", "pass", "10000", "10000", "", ""), times(1000)...),
	one("Limits/kernel=copy/lang=c/via=purego/n=memory", problem("copy", "pass", "2000", "2000", "", ""), times(1000)...),
	one("Limits/kernel=read/lang=c/via=purego/n=L2", problem("read", "pass", "80000", "", "", ""), times(1000)...),
	one("Limits/kernel=read/lang=c/via=purego/n=L3", problem("read", "pass", "100000", "", "", ""), times(1000)...),
	one("Limits/kernel=read/lang=c/via=purego/n=memory", problem("read", "pass", "4000", "", "", ""), times(1000)...),
}

// missSeries returns a row of what a walk misses in C, of the first level of caches and, unless it is below 0, the last.
func missSeries(w study.Walk, by string, first, last float64) measure.Series {
	source := map[string]string{study.ByCachegrind: "a cache simulation", study.ByCounters: "the processor"}[by]
	s := study.Misses(&w, "c", "cgo", by, source, 1, []measure.Sample{{Wall: 1, More: []measure.Value{{Value: first, Unit: study.L1Misses}}}})
	if last >= 0 {
		s.Samples[0].More = append(s.Samples[0].More, measure.Value{Value: last, Unit: study.LLMisses})
	}
	return s
}

func printedCauses(t *testing.T, facts []measure.Fact, series ...measure.Series) string {
	t.Helper()
	record := written(t, facts, series)
	var b bytes.Buffer
	causes(&printer{&b, Style{Markdown: true}, record, record.limits()})
	return strings.Join(strings.Fields(b.String()), " ")
}

// TestLayoutBusiest: of a diffusion step across the lines of 512², each 4096 bytes, a sweep's 1024 lines fit neither the 8 nor
// the 256 places that L1 and L2 have for them, and 2.25 cache lines, 144 bytes, come into each: in 16 ns 9 bytes a ns.
func TestLayoutBusiest(t *testing.T) {
	wrong := study.Walk{Kernel: "diffusion", Interchanged: true, LD: study.UnitLD, N: 512}
	right := study.Walk{Kernel: "diffusion", LD: study.UnitLD, N: 512}
	fits := study.Walk{Kernel: "ols", Layout: kernel.Row, Interchanged: true, LD: study.UnitLD, N: 512}
	loops := append([]measure.Series{walkSeries("c", right, 3.2), walkSeries("c", wrong, 16), walkSeries("c", fits, 16)}, bandwidths...)
	text := printedCauses(t, layoutFacts, loops...)
	holds(t, text,
		"| c, row-major | ns | into L1 | into L2 | into L3 | pages | busiest | GB/s | share |",
		"| 512², unpadded, matched | 3.20 | 0.25 | 0.25 | 0 | 0 | L3 | 5.00 | 25 % |",
		"| 512², unpadded, interchanged | 16.0 | 2.25 | 2.25 | 0 | 0 | L3 | 9.00 | 45 % |", // 22 % of what L2 gives L1
		"| 512², unpadded, interchanged | 16.0 | 2 | 2 | 0 | 0 | L2 | 8.00 | 10 % |",       // which reads, so that L2 is the slower
		"At 512², unpadded, interchanged loops bring 9.0 times as many lines into L1, and take 5.0 times as long; the busiest border, from L3, moves 45 % of what it can.",
		"Nothing was counted:")
	lacks(t, text, "Computed and found", "Nothing here leaves")

	text = printedCauses(t, layoutFacts, loops[:2]...) // of a machine whose bandwidth was not measured
	holds(t, text, "| 512², unpadded, interchanged | 16.0 | 2.25 | 2.25 | 0 | 0 | – | | |", "and take 5.0 times as long.")
	holds(t, printedCauses(t, layoutFacts, walkSeries("c", study.Walk{Kernel: "diffusion", LD: study.UnitLD, N: 64}, 1),
		walkSeries("c", study.Walk{Kernel: "diffusion", Interchanged: true, LD: study.UnitLD, N: 64}, 1)), "| 64², unpadded, matched | 1.00 | 0.25 |")
	small := []measure.Fact{{Key: "caches", Value: "L1d 1048576"}}
	text = printedCauses(t, small, walkSeries("c", study.Walk{Kernel: "diffusion", Interchanged: true, LD: study.UnitLD, N: 64}, 1))
	holds(t, text, "Nothing here leaves L1.")
	if text := printedCauses(t, nil, loops...); text != "" {
		t.Errorf("of a machine whose caches are not known there is %q, want nothing", text)
	}
}

func TestLayoutMisses(t *testing.T) {
	wrong := study.Walk{Kernel: "diffusion", Interchanged: true, LD: study.UnitLD, N: 512}
	right := study.Walk{Kernel: "diffusion", LD: study.UnitLD, N: 512}
	padded := study.Walk{Kernel: "diffusion", LD: study.PaddedLD, N: 512}
	loops := []measure.Series{walkSeries("c", right, 3.2), walkSeries("c", wrong, 16), walkSeries("c", padded, 3.2)}
	with := func(more ...measure.Series) string { return printedCauses(t, layoutFacts, append(more, loops...)...) }

	text := with(missSeries(right, study.ByCachegrind, 0.26, 0.019), missSeries(wrong, study.ByCachegrind, 2.3, 0.5))
	holds(t, text,
		"| into L3 | pages | misses, L1 | misses, last level | busiest |",
		"| 512², unpadded, matched | 3.20 | 0.25 | 0.25 | 0 | 0 | 0.26 | 0.019 |", "| 512², unpadded, interchanged | 16.0 | 2.25 | 2.25 | 0 | 0 | 2.3 | 0.5 |",
		"Beside it, what was simulated by a cache simulation.",
		"take 5.0 times as long. Computed and found misses of L1 agree within a quarter in 2 of 2 rows, of the last level in 1 of 2; "+
			"there the simulator goes by addresses that the machine's pages scatter.")

	// What the processor counted comes first, whichever stands first; what it did not count is not none.
	counted, simulated := missSeries(wrong, study.ByCounters, 9, -1), missSeries(wrong, study.ByCachegrind, 2.3, 0)
	for _, both := range [][]measure.Series{{counted, simulated}, {simulated, counted}} {
		text = with(append(both, missSeries(right, study.ByCounters, 0.25, 0), missSeries(padded, study.ByCounters, 0.5, 7))...)
		holds(t, text, "| 0 | 0 | 9 | | –", "| 0 | 0 | 0.25 | 0 | –", "what was counted by the processor.",
			"of L1 agree within a quarter in 1 of 3 rows, of the last level in 1 of 2.")
		lacks(t, text, "simulat")
	}

	holds(t, with(missSeries(right, study.ByCachegrind, 0.25, -1)), "of L1 agree within a quarter in 1 of 1 rows.")
	for _, no := range []string{"last level", "simulator"} {
		lacks(t, with(missSeries(right, study.ByCachegrind, 0.25, -1)), no)
	}
	// Where the first level is the last, misses of the last would be compared with those of another.
	small := []measure.Fact{{Key: "caches", Value: "L1d 32768"}}
	lacks(t, printedCauses(t, small, append(loops, missSeries(right, study.ByCachegrind, 0.25, 0))...), "of the last level")
}
