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

// bandwidths are 40 bytes a ns of copies from L2, 20 from L3 and 4 from memory, and twice, five times and once that of reads.
var bandwidths = []measure.Series{
	pagetest.One("Limits/op=copy/lang=c/via=purego/level=L2", pagetest.Problem("copy", "pass", "20000", "20000", "", ""), pagetest.Times(1000)...),
	pagetest.One("Limits/op=copy/lang=c/via=purego/level=L3", pagetest.Problem("copy", "pass", "10000", "10000", "", ""), pagetest.Times(1000)...),
	pagetest.One("Limits/op=copy/lang=c/via=purego/level=memory", pagetest.Problem("copy", "pass", "2000", "2000", "", ""), pagetest.Times(1000)...),
	pagetest.One("Limits/op=read/lang=c/via=purego/level=L2", pagetest.Problem("read", "pass", "80000", "", "", ""), pagetest.Times(1000)...),
	pagetest.One("Limits/op=read/lang=c/via=purego/level=L3", pagetest.Problem("read", "pass", "100000", "", "", ""), pagetest.Times(1000)...),
	pagetest.One("Limits/op=read/lang=c/via=purego/level=memory", pagetest.Problem("read", "pass", "4000", "", "", ""), pagetest.Times(1000)...),
}

// missRow returns a row of what a walk misses in C, of the first level of caches and, unless it is below 0, the last.
func missRow(w walk, by string, first, last float64) measure.Series {
	source := map[string]string{byCachegrind: "a cache simulation", byCounters: "the processor"}[by]
	s := missSeries(&w, "c", "cgo", by, source, 1, []measure.Sample{{Wall: 1, More: []measure.Value{{Value: first, Unit: l1Misses}}}})
	if last >= 0 {
		s.Samples[0].More = append(s.Samples[0].More, measure.Value{Value: last, Unit: llMisses})
	}
	return s
}

func printedCauses(t *testing.T, facts []measure.Fact, series ...measure.Series) string {
	t.Helper()
	var b bytes.Buffer
	causeTables(page.New(&b, pagetest.Written(t, facts, series), page.Style{Markdown: true}))
	return strings.Join(strings.Fields(b.String()), " ")
}

// TestLayoutBusiest: of a diffusion step across the lines of 512², each 4096 bytes, a sweep's 1024 lines fit neither the 8 nor
// the 256 places that L1 and L2 have for them, and 2.25 cache lines, 144 bytes, come into each: in 16 ns 9 bytes a ns.
func TestLayoutBusiest(t *testing.T) {
	wrong := walk{Kernel: "diffusion", Interchanged: true, LD: UnitLD, N: 512}
	right := walk{Kernel: "diffusion", LD: UnitLD, N: 512}
	fits := walk{Kernel: "ols", Layout: kernel.Row, Interchanged: true, LD: UnitLD, N: 512}
	loops := append([]measure.Series{walkSeries("c", right, 3.2), walkSeries("c", wrong, 16), walkSeries("c", fits, 16)}, bandwidths...)
	text := printedCauses(t, machineFacts, loops...)
	pagetest.Holds(t, text,
		"| c, row-major | into L1 | into L2 | into L3 | pages |", "| c, row-major | ns | from | GB/s | share |",
		"| 512², unpadded, matched | 0.25 | 0.25 | 0 | 0 |", "| 512², unpadded, matched | 3.20 | L3 | 5.00 | 25% |",
		"| 512², unpadded, interchanged | 2.25 | 2.25 | 0 | 0 |", "| 512², unpadded, interchanged | 16.0 | L3 | 9.00 | 45% |", // 22% of what L2 gives L1
		"| 512², unpadded, interchanged | 2 | 2 | 0 | 0 |", "| 512², unpadded, interchanged | 16.0 | L2 | 8.00 | 10% |", // which reads, so that L2 is the slower
		"At 512², unpadded, interchanged loops bring 9.0x as many lines into L1 and take 5.0x as long. The busiest border, from L3, moves 45% of what it can.",
		"Nothing was counted: the machine shows")
	pagetest.Lacks(t, text, "Computed lines and", "Nothing here leaves", "misses")

	text = printedCauses(t, machineFacts, loops[:2]...) // of a machine whose bandwidth was not measured
	pagetest.Holds(t, text, "| 512², unpadded, interchanged | 2.25 |", "and take 5.0x as long.")
	pagetest.Lacks(t, text, "busiest", "GB/s")
	fast := walkSeries("c", walk{Kernel: "diffusion", LD: UnitLD, N: 64}, 1)
	pagetest.Holds(t, printedCauses(t, machineFacts, append(bandwidths, fast)...), "| 64², unpadded, matched | 0.25 | 0 |", "| 64², unpadded, matched | 1.00 | L2 | 16.0 | 40% |")
	small := []measure.Fact{{Key: "caches", Value: "L1d 1048576"}}
	text = printedCauses(t, small, walkSeries("c", walk{Kernel: "diffusion", Interchanged: true, LD: UnitLD, N: 64}, 1))
	pagetest.Holds(t, text, "Nothing here leaves L1.")
	pagetest.Holds(t, printedCauses(t, small, append(bandwidths, walkSeries("c", walk{Kernel: "diffusion", Interchanged: true, LD: UnitLD, N: 8192}, 1), fast)...),
		"| 8192², unpadded, interchanged | 1.00 | memory |", "| 64², unpadded, matched | 1.00 | – | | |")
	if text := printedCauses(t, nil, loops...); text != "" {
		t.Errorf("of a machine whose caches are not known there is %q, want nothing", text)
	}
}

func TestLayoutMisses(t *testing.T) {
	wrong := walk{Kernel: "diffusion", Interchanged: true, LD: UnitLD, N: 512}
	right := walk{Kernel: "diffusion", LD: UnitLD, N: 512}
	padded := walk{Kernel: "diffusion", LD: PaddedLD, N: 512}
	loops := []measure.Series{walkSeries("c", right, 3.2), walkSeries("c", wrong, 16), walkSeries("c", padded, 3.2)}
	with := func(more ...measure.Series) string { return printedCauses(t, machineFacts, append(more, loops...)...) }

	text := with(missRow(right, byCachegrind, 0.26, 0.019), missRow(wrong, byCachegrind, 2.3, 0.5))
	pagetest.Holds(t, text,
		"| into L3 | pages | misses, L1 | misses, last level |",
		"| 512², unpadded, matched | 0.25 | 0.25 | 0 | 0 | 0.26 | 0.019 |", "| 512², unpadded, interchanged | 2.25 | 2.25 | 0 | 0 | 2.3 | 0.5 |",
		"The misses were simulated by a cache simulation.",
		"Computed lines and misses of L1 agree within a quarter in 2 of 2 rows, those of the last level in 1 of 2 rows. "+
			"The simulator places lines by addresses that the machine scatters over pages of its own choice.",
		"take 5.0x as long.")

	// What the processor counted comes first, whichever stands first; what it did not count is not none.
	counted, simulated := missRow(wrong, byCounters, 9, -1), missRow(wrong, byCachegrind, 2.3, 0)
	for _, both := range [][]measure.Series{{counted, simulated}, {simulated, counted}} {
		text = with(append(both, missRow(right, byCounters, 0.25, 0), missRow(padded, byCounters, 0.5, 7))...)
		pagetest.Holds(t, text, "| 0 | 0 | 9 | |", "| 0 | 0 | 0.25 | 0 |", "The misses were counted by the processor.",
			"misses of L1 agree within a quarter in 1 of 3 rows, those of the last level in 1 of 2 rows.")
		pagetest.Lacks(t, text, "imulat")
	}

	pagetest.Holds(t, with(missRow(right, byCachegrind, 0.25, -1)), "misses of L1 agree within a quarter in 1 of 1 row.")
	for _, no := range []string{"last level", "simulator"} {
		pagetest.Lacks(t, with(missRow(right, byCachegrind, 0.25, -1)), no)
	}
	if said := sayAgreement("L1", agreement{}, agreement{3, 3}, true); said != "Computed lines and misses of the last level agree within a quarter in 3 of 3 rows." {
		t.Errorf("of the last level only it says %q", said)
	}
	// Where the first level is the last, misses of the last would be compared with those of another.
	small := []measure.Fact{{Key: "caches", Value: "L1d 32768"}}
	pagetest.Lacks(t, printedCauses(t, small, append(loops, missRow(right, byCachegrind, 0.25, 0))...), "of the last level in")
}
