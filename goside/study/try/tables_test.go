// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// madeSeries are those of a made-up record: norm, on some crossings.
func madeSeries() []measure.Series {
	facts := []measure.Fact{{Key: "problem", Value: "norm n=1000"}, {Key: "per", Value: "call"}, {Key: "function", Value: "double norm(const double *p, int64_t n)"},
		{Key: "from", Value: "norm.h:10"}, {Key: "convention", Value: "System V AMD64"}, {Key: "arguments", Value: "p = random:float64:n; n = 1000"},
		{Key: "of-all", Value: "it keeps state"},
		{Key: "verified", Value: "bit-identical in 20 calls: c/cgo c/purego c/process go/direct"}}
	held := func(lang, via string, calls float64, more ...measure.Fact) measure.Series {
		s := measure.Series{Subject: &measure.Subject{Name: "TryHeld/op=norm/lang=" + lang + "/via=" + via + "/n=1000"}, N: 1,
			Samples: []measure.Sample{{More: []measure.Value{{Value: calls, Unit: callsUnit}}}}}
		s.Subject.Facts = append(append(append([]measure.Fact{}, facts...), more...), measure.Fact{Key: "unjudged", Value: "no time"})
		return s
	}
	timed := func(name string, ns float64, more ...any) measure.Series {
		s := pagetest.Eight(name, ns, more...)
		s.Subject.Facts = facts
		return s
	}
	return []measure.Series{
		held("c", "cgo", 20, measure.Fact{Key: "noticed", Value: "it writes to standard output: \"hello\""}),
		held("reference", "cgo", 20, measure.Fact{Key: "differs", Value: "differs from cgo: result: 1 and 2, 1 ULP apart"}),
		held("c", "purego", 20, measure.Fact{Key: "crowded", Value: "crashed with SIGSEGV when called by 2 goroutines: it may not be safe for threads"}),
		held("c", "syscalln", 0, measure.Fact{Key: "left", Value: "it passes no float64"}),
		held("c", "libffi", 0, measure.Fact{Key: "failed", Value: "crashed with SIGSEGV: argument p = nil"}),
		held("c", "process", 20),
		held("go", "direct", 20),
		timed("Try/op=norm/lang=c/via=cgo/n=1000", 150),
		timed("Try/op=norm/lang=c/via=cgo/n=1000/entry=again", 153),
		timed("Try/op=norm/lang=reference/via=cgo/n=1000", 300),
		timed("Try/op=norm/lang=c/via=purego/n=1000", 151),
		timed("Try/op=norm/lang=c/via=process/n=1000", 15000),
		timed("Try/op=norm/lang=go/via=direct/n=1000", 210),
		timed("TryBorder/op=norm/lang=c/via=cgo/n=1000", 30),
		timed("TryBorder/op=norm/lang=c/via=purego/n=1000", 31),
		timed("TryBorder/op=norm/lang=c/via=process/n=1000", 14800),
		timed("TryCrowd/op=norm/lang=c/via=cgo/n=1000/goroutines=1", 160, 150.0, "p50-ns", 180.0, "p99-ns", 400.0, "p999-ns"),
		timed("TryCrowd/op=norm/lang=c/via=cgo/n=1000/goroutines=2", 80, 50.0, "p50-ns", 90.0, "p99-ns", 200.0, "p999-ns"),
	}
}

// made is the made-up record.
func made(t *testing.T) *record.Record {
	t.Helper()
	return pagetest.Written(t, []measure.Fact{{Key: "study", Value: "try"}, {Key: "library", Value: "libnorm.so"}, {Key: "cpu", Value: "A CPU"}}, madeSeries())
}

func TestTables(t *testing.T) {
	var b bytes.Buffer
	if err := Study.Print(&b, made(t), page.Style{Markdown: true}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	pagetest.Holds(t, text,
		"`double norm(const double *p, int64_t n)` of `libnorm.so`, by norm.h:10; System V AMD64. Called with p = random:float64:n; n = 1000.",
		"| cgo | 155 ns ±3% | 0.71 ±0% | 20% | 40 | 3 | bit-identical, 20 calls |",
		"| the reference, cgo | 310 ns ±3% | 1.43 ±0% | – | 40 | 3 | differs |",
		"| libffi | – | – | – | – | – | failed |",
		"| the Go function | 217 ns ±3% | 1 | – | 40 | 3 | bit-identical, 20 calls |",
		"within the noise floor of 2%",
		"| cgo, 1 goroutine | 6.04 | 1 | 150 ns | 180 ns | 400 ns |",
		"| cgo, 2 goroutines | 12.1 | 2.00 ±0% | 50.0 ns | 90.0 ns | 200 ns |",
		"| cgo | 31.1 ns ±3% | 279 ns | 3 | 1 |",
		"| another process, by a pipe | 15.3 µs ±3% | 138 µs | 1110 | 165 |",
		"norm n=1000 itself works for 124 ns: what a call through cgo takes beside its border.",
		"- norm n=1000 failed through purego's RegisterFunc: crashed with SIGSEGV when called by 2 goroutines: it may not be safe for threads.",
		"- norm n=1000 was left out of purego's SyscallN: it passes no float64.",
		"- norm n=1000 failed through libffi: crashed with SIGSEGV: argument p = nil.",
		"- norm n=1000 by the reference: differs from cgo: result: 1 and 2, 1 ULP apart.",
		"- norm n=1000: it keeps state.",
		"- norm n=1000 through cgo: it writes to standard output: \"hello\".",
		"**How to call it?** Call norm n=1000 through cgo: 155 ns, of which 31.1 ns are the border. Indistinguishable from it: purego's RegisterFunc.",
		"The Go function of norm n=1000 takes 217 ns, 1.40 times as long as the library's through cgo.",
		"Through a process a call of norm n=1000 takes 15.5 µs, 100 times as long as through cgo. A crash of the function then ends that process only.",
		"norm n=1000: bit-identical in 20 calls through cgo, purego's RegisterFunc, a process and the Go function; by libffi it crashed with SIGSEGV: argument p = nil.")
	pagetest.Lacks(t, text, "| purego, SyscallN | –")

	b.Reset()
	if err := Study.Print(&b, made(t), page.Style{}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
	b.Reset()
	p := page.New(&b, made(t), page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}})
	for _, section := range Part.Sections {
		section(p)
	}
	pagetest.Sourced(t, b.String())
}

// TestNothingHeld: a record of a function that holds nowhere has no times, and says why.
func TestNothingHeld(t *testing.T) {
	r := pagetest.Written(t, nil, madeSeries()[4:5])
	var b bytes.Buffer
	if err := Study.Print(&b, r, page.Style{Markdown: true}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	pagetest.Holds(t, text, "| libffi | – | – | – | – | – | failed |", "crashed with SIGSEGV: argument p = nil", "norm n=1000 was not verified; by libffi it crashed")
	pagetest.Lacks(t, text, "too few for intervals", "Calls at once", "How to call it?")
	if _, err := drawCalls(r); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("error %v, want %v", err, chart.ErrNothing)
	}
}

func TestPicture(t *testing.T) {
	texts := charttest.DrawnText(t, func() (*chart.Picture, error) { return drawCalls(made(t)) })
	for _, want := range []string{"cgo", "purego, RegisterFunc", "the Go function", "another process, by a pipe", "border", "work of the function"} {
		if texts[want] == nil {
			t.Errorf("the picture lacks %q, has %v", want, texts)
		}
	}
}
