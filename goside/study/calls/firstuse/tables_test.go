// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
)

// firstUseRow returns a series of as many launches as there are times, each with these figures.
func firstUseRow(via string, facts []measure.Fact, ns []float64, more ...measure.Value) measure.Series {
	s := pagetest.One("FirstUse/op=start/lang=c/via="+via, facts, ns...)
	for k := range s.Samples {
		s.Samples[k].Bytes, s.Samples[k].Allocs, s.Samples[k].More = 16, 2, more
	}
	return s
}

func TestFirstUseTables(t *testing.T) {
	if text := pagetest.PrintedSection(t, firstUseTables); text != "" {
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
	text := pagetest.PrintedSection(t, firstUseTables,
		firstUseRow("go", cross("none", "ok"), start, common(60, 1e6)...),
		firstUseRow("cgo", cross("libc.so.6", "it says no"), later, common(530, 1.5e6)...),
		firstUseRow("purego", cross("libc.so.6", "ok"), mixed,
			append(common(10030, 3e6), value("dlopen-ns", 70030), value("dlsym-ns", 2030), value("register-ns", 1030))...),
		pagetest.One("FirstUse/op=link/lang=c/via=go", nil, 2e8, 2.1e8, 2.2e8),
		pagetest.One("FirstUse/op=link/lang=c/via=cgo", nil, 8e8, 8.1e8, 8.2e8),
		// Longer in each round, but not by enough.
		pagetest.One("FirstUse/op=link/lang=c/via=purego", nil, 2.1e8, 2.15e8, 2.3e8),
		pagetest.One("FirstUse/op=cold/lang=c/via=go", nil, 1e10),
		pagetest.One("FirstUse/op=cold/lang=c/via=cgo", nil, 2e10),
		pagetest.One("FirstUse/op=cold/lang=c/via=purego", nil, 3e10),
	)
	pagetest.Holds(t, text, "## First use",
		"| go | 1.30 ms ±23%! | | 500 µs | 3.00 ms |", "| cgo | 1.80 ms ±17%! | +500 µs | 500 µs | 3.00 ms |", "| purego | 1.30 ms ±23%! | ~+0 ns |",
		"Time to start: cgo adds +500 µs; purego makes no measurable difference.",
		"| cgo | | | | 500 ns | ~0 | ~0 | 16 | 2 |", "| purego | 70.0 µs | 2.00 µs | 1.00 µs | 10.0 µs | ~0 |",
		"one function: 73.0 µs (purego).", "First call beyond the 1000th: 30.0 ns (go) to 10.0 µs (purego).",
		"| cgo | 3.00 MB | +1.00 MB | 1.50 MB | +500 kB | libc.so.6 |",
		"Loaded size: the crossings add from +500 kB (cgo) to +2.00 MB (purego).",
		"| cgo | 810 ms | +600 ms | 20.0 s | ~+10.0 s |",
		"| purego | 215 ms | ~+10.0 ms | 30.0 s | ~+20.0 s |",
		"All, empty cache (1 round): too few to tell",
		"Link (3 rounds): cgo adds +600 ms; purego makes no measurable difference.",
		"| program | linux/arm64 | windows/amd64 |", "| cgo | no | ok |", "cross-compile for all targets: go, purego.",
		"of the others, cgo: “it says no”.")
	if strings.Contains(text, "Compile and link") {
		t.Errorf("a build that was not timed is shown:\n%s", text)
	}
}

func TestReleaseTables(t *testing.T) {
	if text := pagetest.PrintedSection(t, releaseTables); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
	name := func(op, version, entry string) string {
		return "Toolchains/op=" + op + "/lang=c/via=cgo/go=" + version + entry
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
		return pagetest.PrintedSection(t, releaseTables,
			pagetest.One(name("noop", "1.25.8", ""), nil, of(40)...),
			pagetest.One(name("noop", "1.25.8", "/entry=again"), nil, of(40, 1.02, 0.98, 1)...),
			pagetest.One(name("noop", "1.26.8", ""), nil, newer...))
	}
	for _, c := range []struct {
		newer []float64
		want  string
	}{
		{of(28, 0.99, 1.01, 1), "noop c/cgo: 30% less time (its interval contains the published -30.0%)."},
		{of(36), "noop c/cgo: 10% less time (a smaller change than the published -30.0%, which is outside its interval)."},
		{of(20), "noop c/cgo: 50% less time (a greater change than the published -30.0%, which is outside its interval)."},
		{of(44), "noop c/cgo: 10% more time (a smaller change than the published"},
		{of(40, 1.01, 0.99), "noop c/cgo: no measurable difference (a smaller change"},
		{[]float64{28}, "| 28.0 ns ±?% | | |"},
	} {
		pagetest.Holds(t, pair(c.newer...), "## Versions of Go",
			"| call | Go 1.25.8 | Go 1.26.8 | change | noise floor |",
			"| noop c/cgo | 24 | 2 | 24 | 2 |", c.want)
	}
	few := pagetest.PrintedSection(t, releaseTables,
		pagetest.One(name("noop", "1.25.8", ""), nil, 40, 41),
		pagetest.One(name("noop", "1.26.8", ""), nil, 30, 31))
	pagetest.Holds(t, few, "noop c/cgo: too few rounds to say.")
	unpaired := pagetest.PrintedSection(t, releaseTables,
		pagetest.One(name("noop", "1.25.8", ""), nil, of(40)...), pagetest.One(name("noop", "1.26.8", ""), nil, of(28)...))
	pagetest.Holds(t, unpaired, "| -30.0% (-30.0% to -30.0%) | unknown |", "noop c/cgo: a noise floor of unknown size, so no difference can be told")
	missing := []measure.Fact{{Key: "missing", Value: "go1.25.8: not to be had"}}
	alone := pagetest.PrintedSection(t, releaseTables, pagetest.One(name("noop", "1.26.8", ""), missing, of(30)...))
	pagetest.Holds(t, alone, "| call | Go 1.26.8 |", "Missing: go1.25.8: not to be had.")
	if strings.Contains(alone, "| change") || strings.Contains(alone, "relative to Go") {
		t.Errorf("one version is compared with itself:\n%s", alone)
	}
}

func TestAddedText(t *testing.T) {
	of := func(program string, lo, median, hi float64) ofProgram {
		return ofProgram{program, measure.Interval{Median: median, Lo: lo, Hi: hi}}
	}
	for _, c := range []struct {
		added []ofProgram
		want  string
	}{
		{[]ofProgram{of("a", -1, 5, 9)}, "no crossing makes a measurable difference"},
		{[]ofProgram{of("a", 1, 5, 9)}, "a adds +5.00 ns"},
		{[]ofProgram{of("a", 8, 9, 10), of("b", 1, 2, 3)}, "the crossings add from +2.00 ns (b) to +9.00 ns (a)"},
		{[]ofProgram{of("a", 2, 9, 10), of("b", 1, 2, 3)}, "the crossings add from +2.00 ns (b) to +9.00 ns (a), which are indistinguishable"},
		{[]ofProgram{of("a", -9, -8, -7), of("b", -1, 2, 3), of("c", 2, 3, 4)},
			"the crossings add from −8.00 ns (a) to +3.00 ns (c); b makes no measurable difference"},
		{[]ofProgram{of("a", 1, 5, 9), of("b", -1, 2, 3), of("c", -2, 3, 4)}, "a adds +5.00 ns; b and c make no measurable difference"},
	} {
		if got := addedText(c.added, page.Nanoseconds); got != c.want {
			t.Errorf("%v: %q, want %q", c.added, got, c.want)
		}
	}
}

// sourced fails the test if a figure that a section prints does not say its rows.
func sourced(t *testing.T, section func(*page.Page), series ...measure.Series) {
	t.Helper()
	var b bytes.Buffer
	section(page.New(&b, pagetest.CallsRecord(t, series...), page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}}))
	pagetest.Sourced(t, b.String())
}

// narrow fails the test if what a section prints does not fit a terminal.
func narrow(t *testing.T, section func(*page.Page), series ...measure.Series) {
	t.Helper()
	var b bytes.Buffer
	section(page.New(&b, pagetest.CallsRecord(t, series...), page.Style{}))
	if b.Len() == 0 {
		t.Error("nothing is printed")
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
}

// TestWidths prints the longest names and figures that a record may hold.
func TestWidths(t *testing.T) {
	var more []measure.Value
	for _, unit := range []string{"dlopen-ns", "dlsym-ns", "register-ns", "call1-ns", "call2-ns", "call1000-ns", "clock-ns", "exit-ns", "total-ns"} {
		more = append(more, measure.Value{Value: 123456, Unit: unit})
	}
	more = append(more, measure.Value{Value: 2.81e6, Unit: "size-bytes"}, measure.Value{Value: 1.81e6, Unit: "loaded-bytes"})
	facts := []measure.Fact{{Key: "needs", Value: "libdl.so.2 libpthread.so.0 libc.so.6"}, {Key: "cross-linux-arm64", Value: "ok"}}
	var series, releases []measure.Series
	for _, via := range []string{"go", "purego-nocgo"} {
		series = append(series, firstUseRow(via, facts, pagetest.Times(1.85e6), more...))
		for _, op := range []string{"link", "compile", "cold"} {
			series = append(series, pagetest.One("FirstUse/op="+op+"/lang=c/via="+via, nil, 1.235e9, 1.238e9))
		}
	}
	for _, release := range []string{"1.25.8", "1.26.8"} {
		releases = append(releases, pagetest.One("Toolchains/op=callback/lang=c/via=cgo/go="+release, nil, 1100, 1200, 1300, 1400, 1500, 1600, 1700))
	}
	var ladder []measure.Series
	for _, call := range []string{"not/lang=go/via=direct", "noop/lang=c/via=cgo", "not/lang=c/via=cgo", "first/lang=c/via=cgo", "sum/lang=c/via=cgo", "callback/lang=c/via=cgo"} {
		for _, release := range []string{"1.26.11", "gccgo-12.2.0"} {
			ladder = append(ladder, pagetest.One("Toolchains/op="+call+"/go="+release, []measure.Fact{{Key: "go-base", Value: "1.26.11"}},
				1100, 1200, 1300, 1400, 1500, 1600, 1700))
		}
	}
	for _, c := range []struct {
		section func(*page.Page)
		series  []measure.Series
	}{{firstUseTables, series}, {releaseTables, releases}, {releaseTables, ladder}} {
		narrow(t, c.section, c.series...)
		sourced(t, c.section, c.series...)
	}
}

func TestAnswer(t *testing.T) {
	row := func(via string, start, call1, loaded float64) measure.Series {
		return firstUseRow(via, nil, pagetest.Times(start), measure.Value{Value: call1 + 30, Unit: "call1-ns"}, measure.Value{Value: 30, Unit: "clock-ns"},
			measure.Value{Value: loaded, Unit: "loaded-bytes"})
	}
	for _, c := range []struct {
		series []measure.Series
		want   string
	}{
		{[]measure.Series{row("go", 1e6, 20, 1e6), row("cgo", 1.5e6, 400, 1.02e6)}, "Relative to plain Go: with cgo, a small program starts 500 µs later, " +
			"its loaded size is 20.0 kB larger, and its first call takes 400 ns."},
		{[]measure.Series{row("go", 1e6, 20, 1e6), row("cgo", 1e6, 400, 0.98e6), row("purego", 0.5e6, 1e4, 2e6)}, "Relative to plain Go: with cgo, a small program " +
			"starts not measurably later, its loaded size is 20.0 kB smaller, and its first call takes 400 ns; with purego, a small program starts 500 µs earlier, " +
			"its loaded size is 1.00 MB larger, and its first call takes 10.0 µs."},
		{[]measure.Series{row("go", 1e6, 20, 1e6)}, ""},
		{[]measure.Series{row("cgo", 1e6, 20, 1e6)}, ""},
	} {
		if got := answerFirstUse(pagetest.PrinterOf(pagetest.CallsRecord(t, c.series...))); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestClaim(t *testing.T) {
	row := func(release string, ns float64) measure.Series {
		return pagetest.One("Toolchains/op=noop/lang=c/via=cgo/go="+release, nil, pagetest.Times(ns)...)
	}
	for _, c := range []struct {
		series      []measure.Series
		found, want string
	}{
		{[]measure.Series{row("1.25.8", 40), row("1.26.8", 28)}, "a no-op takes 40.0 ns with Go 1.25.8 and 28.0 ns with 1.26.8: -30.0% (-30.0% to -30.0%)", "holds"},
		{[]measure.Series{row("1.25.8", 40), row("1.26.8", 39)}, "a no-op takes 40.0 ns with Go 1.25.8 and 39.0 ns with 1.26.8: -2.5% (-2.5% to -2.5%)", "less than that here"},
		{[]measure.Series{row("1.26.8", 39)}, "", ""},
	} {
		found, verdict := claims[0].Here(pagetest.PrinterOf(pagetest.CallsRecord(t, c.series...)))
		if found != c.found || verdict != c.want {
			t.Errorf("%q: %q, want %q: %q", found, verdict, c.found, c.want)
		}
	}
}
