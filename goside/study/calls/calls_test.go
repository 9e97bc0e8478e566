// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package calls

import (
	"bytes"
	"strings"
	"testing"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/studies"
	"toll/goside/study/bench"
	"toll/goside/study/calls/payloads"
)

// TestCallsPrintsWhatThereIs prints records of any part alone, and all tables of payloads.
func TestCallsPrintsWhatThereIs(t *testing.T) {
	all := payloads.PayloadSeries(payloads.MadeCrossings, nil)
	for _, series := range [][]measure.Series{all, all[:3], all[len(all)-3:]} {
		for _, style := range []page.Style{{}, {Markdown: true, Source: "docs/x.txt"}} {
			var b bytes.Buffer
			studies.Print(&b, pagetest.CallsRecord(t, series...), style)
			if text := b.String(); strings.Contains(text, "NaN") || strings.Contains(text, "(MISSING)") || strings.Contains(text, "(EXTRA") {
				t.Errorf("of %d series is printed:\n%s", len(series), text)
			}
		}
	}
	var b bytes.Buffer
	studies.Print(&b, pagetest.CallsRecord(t, all...), page.Style{Markdown: true, Source: "docs/x.txt"})
	text := b.String()
	if first, _, _ := strings.Cut(text, "\n"); !strings.Contains(first, "toll show --markdown docs/x.txt") {
		t.Errorf("the first line is %q, want the command that makes the page", first)
	}
	for kernel, label := range payloads.PayloadLabels {
		if strings.HasPrefix(kernel, "thread") {
			continue
		}
		if !strings.Contains(text, "| "+strings.Trim(label, ",")) {
			t.Errorf("there is no row %q", label)
		}
	}
	for _, want := range []string{
		"A call that passes nothing takes 2.40 ns in plain Go, 36.0 ns by cgo and 192 ns by purego's RegisterFunc (5.3 times cgo).",
		"each further integer adds 0.600 ns by cgo and 48.0 ns by purego's RegisterFunc",
		"A callback on the thread that Go called C on takes 60.0 ns by cgo and 480 ns by purego's RegisterFunc",
		"one of 16 MiB that is not touched takes 100 % by cgo and 100 % by purego's RegisterFunc",
		"purego takes 5.3 times cgo for nothing",
		"does not hold: not the same range",
		"does not hold: 4.7 times too high", // 171 ns
		"other figures here",                // 40 B in 3 for any number of arguments
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}

// TestVerdictsFollowTheFigures holds the same claims against a record that says otherwise.
func TestVerdictsFollowTheFigures(t *testing.T) {
	other := map[string]payloads.Made{"direct": payloads.MadeCrossings["direct"], "cgo": {Call: 140, Callback: 50}, "purego": {Call: 150, Callback: 400}}
	p := pagetest.PrinterOf(pagetest.CallsRecord(t, append(payloads.PayloadSeries(other, nil),
		pagetest.One("Toolchains/kernel=noop/lang=c/via=cgo/go=1.25.8/n=1", nil, pagetest.Times(40)...),
		pagetest.One("Toolchains/kernel=noop/lang=c/via=cgo/go=1.26.8/n=1", nil, pagetest.Times(39)...))...))
	for _, c := range claims {
		found, verdict := c.here(p)
		want := map[string]string{
			"A call of an empty C function takes 171 ns.":                            "holds",
			"“CGO call: 100-200 nanoseconds”":                                        "holds",
			"“Cgo calls take about 40ns” (Go 1.21).":                                 "does not hold: 4.2 times too low",
			"cgo “~140-170 ns/op”, purego “~100-150 ns/op (similar approach)”":       "holds",
			"“The baseline runtime overhead of cgo calls has been reduced by ~30%.”": "less than that here",
		}[c.text]
		if want != "" && verdict != want {
			t.Errorf("%s: %s: %q, want %q", c.text, found, verdict, want)
		}
	}
}

// TestCallsCompare compares a record with itself: the references, and builds of few rounds, are no rows to compare.
func TestCallsCompare(t *testing.T) {
	record := pagetest.CallsRecord(t, append(payloads.PayloadSeries(payloads.MadeCrossings, nil), pagetest.One("FirstUse/kernel=link/lang=go/via=go/n=1", nil, 1e8, 2e8, 3e8))...)
	c, err := bench.Compare(record, record)
	if err != nil {
		t.Fatal(err)
	}
	if want := 3 * len(calls.Payloads()); len(c.Rows) != want || c.Only != 0 || c.OnlyOld != 0 {
		t.Errorf("%d rows compared, %d and %d only in one; want %d, 0 and 0", len(c.Rows), c.OnlyOld, c.Only, want)
	}
}
