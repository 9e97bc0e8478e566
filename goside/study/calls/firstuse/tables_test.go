// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
)

// firstUseRow returns a series of as many launches as there are times, each with these figures.
func firstUseRow(via string, facts []measure.Fact, ns []float64, more ...measure.Value) measure.Series {
	s := pagetest.One("FirstUse/kernel=start/lang=c/via="+via+"/n=1", facts, ns...)
	for k := range s.Samples {
		s.Samples[k].Bytes, s.Samples[k].Allocs, s.Samples[k].More = 16, 2, more
	}
	return s
}

func TestFirstUseTables(t *testing.T) {
	if text := pagetest.PrintedSection(t, StartTables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
	value := func(unit string, x float64) measure.Value { return measure.Value{Value: x, Unit: unit} }
	common := func(call1, size float64) []measure.Value {
		return []measure.Value{value("call1-ns", call1), value("call2-ns", 25), value("call1000-ns", 30),
			value("clock-ns", 30), value("exit-ns", 5e5), value("total-ns", 3e6), value("size-bytes", 2*size),
			value("loaded-bytes", size)}
	}
	start := []float64{1e6, 1.1e6, 1.2e6, 1.3e6, 1.4e6, 1.5e6, 1.6e6}
	later := []float64{1.5e6, 1.6e6, 1.7e6, 1.8e6, 1.9e6, 2e6, 2.1e6}
	mixed := []float64{1.2e6, 1e6, 1.3e6, 1.2e6, 1.5e6, 1.4e6, 1.6e6}
	cross := func(needs, says string) []measure.Fact {
		return []measure.Fact{{Key: "per", Value: "launch"}, {Key: "needs", Value: needs},
			{Key: "cross-linux-arm64", Value: says}, {Key: "cross-windows-amd64", Value: "ok"}}
	}
	text := pagetest.PrintedSection(t, StartTables,
		firstUseRow("go", cross("none", "ok"), start, common(60, 1e6)...),
		firstUseRow("cgo", cross("libc.so.6", "it says no"), later, common(530, 1.5e6)...),
		firstUseRow("purego", cross("libc.so.6", "ok"), mixed,
			append(common(10030, 3e6), value("dlopen-ns", 70030), value("dlsym-ns", 2030), value("register-ns", 1030))...),
		pagetest.One("FirstUse/kernel=link/lang=c/via=go/n=1", nil, 2e8, 2.1e8, 2.2e8),
		pagetest.One("FirstUse/kernel=link/lang=c/via=cgo/n=1", nil, 8e8, 8.1e8, 8.2e8),
		// Longer in each round, but not by enough.
		pagetest.One("FirstUse/kernel=link/lang=c/via=purego/n=1", nil, 2.1e8, 2.15e8, 2.3e8),
		pagetest.One("FirstUse/kernel=cold/lang=c/via=go/n=1", nil, 1e10),
		pagetest.One("FirstUse/kernel=cold/lang=c/via=cgo/n=1", nil, 2e10),
		pagetest.One("FirstUse/kernel=cold/lang=c/via=purego/n=1", nil, 3e10),
	)
	pagetest.Holds(t, text, "## First use",
		"| go | 1.30 ms ±", "| cgo | 1.80 ms ±", "| +500 µs | | | | 500 ns | ~0 | ~0 | 500 µs | 3.00 ms | 16 B, 2 |",
		"| ~+0 ns | 70.0 µs | 2.00 µs | 1.00 µs | 10.0 µs | ~0 |",
		"To the start, cgo adds +500 µs, while no difference is seen for purego.",
		"takes 73.0 µs (purego).", "than the 1000th by 30.0 ns (go) to 10.0 µs (purego)",
		"| cgo | 3.00 MB | +1.00 MB | 1.50 MB | +500 kB | libc.so.6 |",
		"To it, the crossings add +500 kB (cgo) to +2.00 MB (purego).",
		"| cgo | 810 ms | +600 ms | 20.0 s | ~+10.0 s |",
		"| purego | 215 ms | ~+10.0 ms | 30.0 s | ~+20.0 s |",
		"cache empty (median of 1 round), too few to tell",
		"linked again (median of 3 rounds), cgo adds +600 ms, while no difference is seen for purego;",
		"| program | linux/arm64 | windows/amd64 |", "| cgo | no | ok |", "all that was tried: go, purego.",
		"cgo: “it says no”")
	if strings.Contains(text, "compiled and linked again") {
		t.Errorf("a build that was not timed is shown:\n%s", text)
	}
}

func TestToolchainTables(t *testing.T) {
	if text := pagetest.PrintedSection(t, ToolchainTables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
	name := func(kernel, lang, version string) string {
		return "Toolchains/kernel=" + kernel + "/lang=" + lang + "/via=cgo/go=" + version + "/n=1"
	}
	of := func(ns float64, scale ...float64) []float64 {
		times := make([]float64, 7)
		for k := range times {
			times[k] = ns * (1 + float64(k)/7)
			if len(scale) > 0 {
				times[k] *= scale[k%len(scale)]
			}
		}
		return times
	}
	pair := func(newer ...float64) string {
		return pagetest.PrintedSection(t, ToolchainTables,
			pagetest.One(name("noop", "c", "1.25.8"), nil, of(40)...),
			pagetest.One(name("noop", "c-again", "1.25.8"), nil, of(40, 1.02, 0.98, 1)...),
			pagetest.One(name("noop", "c", "1.26.8"), nil, newer...))
	}
	for _, c := range []struct {
		newer []float64
		want  string
	}{
		{of(28, 0.99, 1.01, 1), "noop c/cgo: 30% less time (its interval holds the published -30.0%)."},
		{of(36), "noop c/cgo: 10% less time (the change is smaller than the published -30.0%, which its interval leaves"},
		{of(20), "noop c/cgo: 50% less time (the change is greater than the published -30.0%"},
		{of(44), "noop c/cgo: 10% more time (the change is smaller than the published"},
		{of(40, 1.01, 0.99), "noop c/cgo: no difference beyond noise"},
		{[]float64{28}, "| noop c/cgo |"},
	} {
		pagetest.Holds(t, pair(c.newer...), "## Versions of Go",
			"| call | Go 1.25.8 | heap per call | Go 1.26.8 | heap per call | change | noise floor |", "24 B, 2", c.want)
	}
	few := pagetest.PrintedSection(t, ToolchainTables,
		pagetest.One(name("noop", "c", "1.25.8"), nil, 40, 41),
		pagetest.One(name("noop", "c", "1.26.8"), nil, 30, 31))
	pagetest.Holds(t, few, "noop c/cgo: too few rounds to say.")
	missing := []measure.Fact{{Key: "missing", Value: "go1.25.8: not to be had"}}
	alone := pagetest.PrintedSection(t, ToolchainTables, pagetest.One(name("noop", "c", "1.26.8"), missing, of(30)...))
	pagetest.Holds(t, alone, "| call | Go 1.26.8 | heap per call |", "Missing, go1.25.8: not to be had.")
	if strings.Contains(alone, "change") || strings.Contains(alone, "beside") {
		t.Errorf("one version is compared with itself:\n%s", alone)
	}
}

func TestRanked(t *testing.T) {
	of := func(program string, lo, median, hi float64) ofProgram {
		return ofProgram{program, measure.Interval{Median: median, Lo: lo, Hi: hi}}
	}
	for _, c := range []struct {
		added []ofProgram
		want  string
	}{
		{[]ofProgram{of("a", -1, 5, 9)}, "no crossing is seen to make a difference"},
		{[]ofProgram{of("a", 1, 5, 9)}, "a adds +5.00 ns"},
		{[]ofProgram{of("a", 8, 9, 10), of("b", 1, 2, 3)}, "the crossings add +2.00 ns (b) to +9.00 ns (a)"},
		{[]ofProgram{of("a", 2, 9, 10), of("b", 1, 2, 3)}, "the crossings add +2.00 ns (b) to +9.00 ns (a), which are not told apart"},
		{[]ofProgram{of("a", -9, -8, -7), of("b", -1, 2, 3), of("c", 2, 3, 4)},
			"the crossings add −8.00 ns (a) to +3.00 ns (c), while no difference is seen for b"},
	} {
		if got := ranked(c.added, page.Nanoseconds); got != c.want {
			t.Errorf("%v: %q, want %q", c.added, got, c.want)
		}
	}
}
