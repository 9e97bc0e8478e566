// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package pagetest

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

func CallsRecord(t *testing.T, series ...measure.Series) *record.Record {
	t.Helper()
	var b bytes.Buffer
	if err := record.Write(&b, []measure.Fact{{Key: "gomaxprocs", Value: "2"}, {Key: "cpu", Value: "A CPU"}}, record.ProblemFacts, 2, series); err != nil {
		t.Fatal(err)
	}
	record, err := record.Read(&b, "made up")
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func PrinterOf(record *record.Record) *page.Page {
	return &page.Page{Record: record, Limits: record.Limits()}
}

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
	record := Written(t, nil, series)
	var b bytes.Buffer
	section(&page.Page{&b, page.Style{Markdown: true}, record, record.Limits()})
	return strings.Join(strings.Fields(b.String()), " ")
}

func Mentions(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// PrintedSection returns what a section prints of a record of the series, with each run of white space made one space.
func PrintedSection(t *testing.T, section func(*page.Page), series ...measure.Series) string {
	t.Helper()
	record := Written(t, Facts, append(series, One("Other/kernel=x/lang=c/via=cgo/n=1", nil, 1)))
	var b bytes.Buffer
	section(&page.Page{&b, page.Style{Markdown: true}, record, record.Limits()})
	return strings.Join(strings.Fields(b.String()), " ")
}

func Holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("this does not hold %q:\n%s", part, text)
		}
	}
}

func Lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("this holds %q:\n%s", part, text)
		}
	}
}

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

func One(name string, facts []measure.Fact, ns ...float64) measure.Series {
	s := measure.Series{Subject: &measure.Subject{Name: name, Facts: facts}, N: 3}
	for _, wall := range ns {
		s.Samples = append(s.Samples, measure.Sample{Wall: wall, CPU: 2 * wall, Bytes: 24, Allocs: 2})
	}
	return s
}

// Times returns seven samples of one length.
func Times(ns float64) []float64 { return slices.Repeat([]float64{ns}, 7) }

// Written returns a record of the series, written and read back.
func Written(t *testing.T, facts []measure.Fact, series []measure.Series) *record.Record {
	t.Helper()
	var b bytes.Buffer
	if err := record.Write(&b, facts, record.ProblemFacts, 2, series); err != nil {
		t.Fatal(err)
	}
	r, err := record.Read(&b, "test")
	if err != nil {
		t.Fatal(err)
	}
	return r
}
