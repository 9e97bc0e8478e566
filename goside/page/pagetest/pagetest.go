// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package pagetest makes up records for tests of what is read from them and shown.
package pagetest

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// CallsRecord returns a record of the series, of a machine with two cores.
func CallsRecord(t *testing.T, series ...measure.Series) *record.Record {
	t.Helper()
	return Written(t, []measure.Fact{{Key: "gomaxprocs", Value: "2"}, {Key: "cpu", Value: "A CPU"}}, series)
}

// PrinterOf returns a page for what is asked of a record; what it prints is lost.
func PrinterOf(r *record.Record) *page.Page { return page.New(io.Discard, r, page.Style{}) }

// Eight returns eight samples about that time, of which the k-th is 1 + k/100 times as long, all with the same
// other figures: pairs of a number and a unit.
func Eight(name string, wall float64, more ...any) measure.Series {
	s := measure.Series{Subject: &measure.Subject{Name: name, Facts: Problem("p", "op", "", "", "", "")}, N: 3}
	for k := range 8 {
		sample := measure.Sample{Wall: wall * (1 + float64(k)/100), Bytes: 40, Allocs: 3}
		for at := 0; at < len(more); at += 2 {
			sample.More = append(sample.More, measure.Value{Value: more[at].(float64), Unit: more[at+1].(string)})
		}
		s.Samples = append(s.Samples, sample)
	}
	return s
}

// Printed returns what a section prints of the series, its blanks made one each.
func Printed(t *testing.T, section func(*page.Page), series ...measure.Series) string {
	t.Helper()
	var b bytes.Buffer
	section(page.New(&b, Written(t, nil, series), page.Style{Markdown: true}))
	return strings.Join(strings.Fields(b.String()), " ")
}

// Mentions is Holds.
func Mentions(t *testing.T, text string, wanted ...string) {
	t.Helper()
	Holds(t, text, wanted...)
}

// PrintedSection returns what a section prints of a record of the series, with each run of white space made one space.
func PrintedSection(t *testing.T, section func(*page.Page), series ...measure.Series) string {
	t.Helper()
	var b bytes.Buffer
	section(page.New(&b, Written(t, Facts, append(series, One("Other/op=x/lang=c/via=cgo/n=1", nil, 1))), page.Style{Markdown: true}))
	return strings.Join(strings.Fields(b.String()), " ")
}

// Holds fails the test unless the text holds each part.
func Holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("this does not hold %q:\n%s", part, text)
		}
	}
}

// Lacks fails the test if the text holds one of the parts.
func Lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("this holds %q:\n%s", part, text)
		}
	}
}

var (
	proseTable = regexp.MustCompile(`(?s)<figure class="texts">.*?</figure>`)
	figureCell = regexp.MustCompile(`(?s)<td((?: data-r="[^"]*")?)>(.*?)</td>`)
	htmlTag    = regexp.MustCompile(`<[^>]*>`)
)

// Sourced fails the test unless each figure in the tables of a page in HTML, or a part of one, says the rows that it is made
// from, and unless there is one. A figure is what holds a digit in a column that is flush right: others hold labels.
func Sourced(t *testing.T, text string) {
	t.Helper()
	figures := 0
	for _, cell := range figureCell.FindAllStringSubmatch(proseTable.ReplaceAllString(text, ""), -1) {
		figure := htmlTag.ReplaceAllString(cell[2], "")
		if !strings.ContainsAny(figure, "0123456789") {
			continue
		}
		figures++
		if cell[1] == "" {
			t.Errorf("the figure %q does not say its rows", figure)
		}
	}
	if figures == 0 {
		t.Errorf("this has no figure:\n%s", text)
	}
}

// Facts are those of a made-up run.
var Facts = []measure.Fact{
	{Key: "cpu", Value: "A CPU,  of  some make"},
	{Key: "threads", Value: "3"},
	{Key: "caches", Value: "L1d 32768, L2 1000000"},
	{Key: "build-c", Value: "GCC"},
	{Key: "build-c-omp", Value: "GCC -fopenmp"},
	{Key: "build-rust-par", Value: "GCC"},
}

// Problem returns the facts of one: its name, work, and the routes that were verified.
func Problem(name, op, reads, writes, flops, verified string) []measure.Fact {
	var all []measure.Fact
	for _, f := range []measure.Fact{{Key: "problem", Value: name}, {Key: "per", Value: op}, {Key: "reads", Value: reads},
		{Key: "writes", Value: writes}, {Key: "flops", Value: flops}, {Key: "verified", Value: verified}} {
		if f.Value != "" {
			all = append(all, f)
		}
	}
	return all
}

// One returns a series of samples of those lengths.
func One(name string, facts []measure.Fact, ns ...float64) measure.Series {
	s := measure.Series{Subject: &measure.Subject{Name: name, Facts: facts}, N: 3}
	for _, wall := range ns {
		s.Samples = append(s.Samples, measure.Sample{Wall: wall, CPU: 2 * wall, Bytes: 24, Allocs: 2})
	}
	return s
}

// Times returns seven samples of one length.
func Times(ns float64) []float64 { return slices.Repeat([]float64{ns}, 7) }

// Written returns a record of the series, written and read back. Each fact that they state is taken for declared.
func Written(t *testing.T, facts []measure.Fact, series []measure.Series) *record.Record {
	t.Helper()
	var b bytes.Buffer
	if err := record.Write(&b, facts, Stated(series), 2, series); err != nil {
		t.Fatal(err)
	}
	r, err := record.Read(&b, "test")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Stated returns the keys of the facts that problems of any study may state, and of those that the series do.
func Stated(series []measure.Series) []string {
	keys := slices.Clone(record.ProblemFacts)
	for _, s := range series {
		for _, f := range s.Subject.Facts {
			if !slices.Contains(keys, f.Key) {
				keys = append(keys, f.Key)
			}
		}
	}
	return keys
}

// Moved returns the facts of a limit that goes through so much memory.
func Moved(form string, set, reads, writes int) []measure.Fact {
	facts := Problem(fmt.Sprintf("limit move %s n=%d", form, set), "pass", fmt.Sprint(reads), fmt.Sprint(writes), "", "")
	return append(facts, measure.Fact{Key: "set", Value: fmt.Sprint(set)})
}

// Routes returns a record of toll bench: two kernels and a call on two routes, with the machine's limits.
func Routes() []measure.Series {
	julia := Problem("julia n=1000", "image", "500000", "100000", "32e6", "bit-identical in 60 cases: c/cgo; within bound in 9 cases: rust-par/cgo")
	ols := Problem("ols row n=100", "matrix", "8e5", "2e5", "", "bit-identical in 60 cases: rust-par/cgo; failed in 60 cases: c/cgo")
	julia, ols = append(julia, measure.Fact{Key: "set", Value: "600000"}), append(ols, measure.Fact{Key: "set", Value: "1000000"})
	noop := Problem("noop n=1", "call", "", "", "", "")
	read, write, both := Problem("read", "pass", "16000", "", "", ""), Problem("write", "pass", "", "16000", "", ""), Problem("copy", "pass", "8000", "8000", "", "")
	muladd := Problem("muladd", "round", "", "", "16", "")
	few, many := "/n=600000/form=%s/reads=500000/writes=100000", "/n=1000000/form=%s/reads=800000/writes=200000"
	move := func(lang, form, name string, facts []measure.Fact, ns float64) measure.Series {
		return One("Limits/op=move/lang="+lang+"/via=purego"+fmt.Sprintf(name, form), facts, Times(ns)...)
	}
	return []measure.Series{
		One("Kernels/kernel=julia/lang=c/via=cgo/n=1000", julia, 2e6, 4e6, 8e6, 3e6, 5e6, 6e6, 7e6),
		One("Kernels/kernel=julia/lang=rust-par/via=cgo/n=1000", julia, 3e6, 6e6, 12e6, 4.5e6, 7.5e6, 9e6, 10.5e6),
		One("Kernels/kernel=julia/lang=c/via=cgo/n=1000/entry=again", julia, 2.1e6, 4e6, 8e6, 3e6, 5e6, 6e6, 6.9e6),
		One("Kernels/kernel=ols/lang=rust-par/via=cgo/layout=row/n=100", ols, Times(1e6)...),
		One("Kernels/kernel=ols/lang=c/via=cgo/layout=row/n=100", ols, Times(1.04e6)...),
		One("Kernels/kernel=ols/lang=rust-par/via=cgo/layout=row/n=100/entry=again", ols, Times(1.05e6)...),
		One("Call/op=noop/lang=c/via=cgo/n=1", noop, 20.5, 30.5, 40.5, 21.5, 22.5, 23.5, 24.5),
		One("Call/op=noop/lang=rust-par/via=cgo/n=1", noop, 40.5, 60.5, 80.5, 42.5, 44.5, 46.5, 48.5),
		// 16 bytes a ns on one thread, 3 times 8 on three; copies at half of it.
		One("Limits/op=read/lang=c/via=purego/level=L2", read, Times(1000)...),
		One("Limits/op=read/lang=c-par/via=purego/level=L2", read, Times(2000)...),
		One("Limits/op=write/lang=c/via=purego/level=L2", write, Times(1000)...),
		One("Limits/op=write/lang=c-par/via=purego/level=L2", write, Times(2000)...),
		One("Limits/op=copy/lang=c/via=purego/level=L2", both, Times(2000)...),
		One("Limits/op=copy/lang=c-par/via=purego/level=L2", both, Times(4000)...),
		// What julia moves takes less than its operations; ols moves 1e6 bytes at 10 a ns, on three threads at 20.
		move("c", "plain", few, Moved("plain", 600000, 500000, 100000), 3000),
		move("c-par", "plain", few, Moved("plain", 600000, 500000, 100000), 2000),
		move("c", "plain", many, Moved("plain", 1000000, 800000, 200000), 1e5),
		move("c", "streams", many, Moved("streams", 1000000, 800000, 200000), 2e5),
		move("c-par", "plain", many, Moved("plain", 1000000, 800000, 200000), 7e4),
		move("c-par", "streams", many, Moved("streams", 1000000, 800000, 200000), 5e4),
		One("Limits/op=muladd/lang=c/via=purego/width=vector", muladd, Times(1)...),
		One("Limits/op=muladd/lang=c-par/via=purego/width=vector", muladd, Times(2)...),
		One("Limits/op=loop/lang=go/via=direct/n=1", Problem("loop", "turn", "", "", "", ""), Times(0.5)...),
	}
}
