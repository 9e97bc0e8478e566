// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package borders

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"toll/goside/conform"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study/studytest"
)

// studySeries returns a study in which every part of a call takes a round figure. A no-op differs from itself by 1%.
func studySeries() []measure.Series {
	var all []measure.Series
	add := func(name record.Name, ns float64) *measure.Series {
		all = append(all, spread(name, ns))
		return &all[len(all)-1]
	}
	python := func(op string, n int) record.Name { return rowName(op, "python", fromGo, n) }
	again := pythonNoop
	again.Entry = record.EntryAgain
	for _, r := range []struct {
		name record.Name
		ns   float64
	}{
		{plainCgo, 30}, {crossing, 42}, {gilKept, 80}, {gilEnsure, 85}, {gilMade, 500}, {pythonNoop, 150}, {again, 151.5}, {pythonTuple, 160},
		{python("not", 1), 180}, {python("add", 1), 200}, {python("text", 16), 151}, {python("array", 8), 300}, {pythonArray, 350}, {pythonCopy, 80150},
	} {
		add(r.name, r.ns)
	}

	for _, b := range []struct {
		lang string
		ns   [5]float64 // of looped, with the loop; 0: it has none
	}{
		{"loop", [5]float64{5, 5, 5, 5, 5}}, {"python", [5]float64{25, 30, 35, 30, 45}}, {"ctypes", [5]float64{105, 405, 0, 1005, 5005}},
		{"capi", [5]float64{25, 45, 35, 105, 205}}, {"f2py-copy", [5]float64{4: 2e6 + 5}},
	} {
		for k, ns := range b.ns {
			if name := looped[k].name; ns > 0 {
				name.Lang = b.lang
				add(name, ns)
			}
		}
	}

	add(stepName("c", "cgo"), 100_000)
	add(stepName("python", fromGo), 600)
	add(stepName("ctypes", fromGo), 105_600)
	add(stepName("capi", fromGo), 101_000)
	copying := add(stepName("f2py-copy", fromGo), 2e6)
	for k, ns := range []float64{-3000, 4000, -3000, 4000, -3000, -3000, 4000, -3000} { // less than its parts, but not always
		copying.Samples[k].Wall += ns
	}

	add(python("contended", 1), 400)
	add(python("contended", 8), 402)
	add(python("contended", 1000), 800)
	busy := add(busyNoop, 6e6)
	for k := range busy.Samples {
		busy.Samples[k].More = []measure.Value{{Value: 7e6 + 1e5*float64(k), Unit: "max-ns"}}
	}
	add(rowName("noop", "python", "process", 1), 60_000)
	add(rowName("array", "python", "process", 512), 3e6)
	return all
}

// spread returns eight samples around a time, so that all rows of a round are off by the same part.
func spread(name record.Name, ns float64) measure.Series {
	s := measure.Series{Subject: &measure.Subject{Name: name.String(), Facts: facts(name.Problem())}, N: 3}
	for _, off := range []float64{-0.1, 0.1, -0.05, 0.05, 0, 0, 0.1, -0.1} {
		s.Samples = append(s.Samples, measure.Sample{Wall: ns * (1 + off)})
	}
	return s
}

// without returns the study without the rows whose name holds one of the parts.
func without(parts ...string) []measure.Series {
	return slices.DeleteFunc(studySeries(), func(s measure.Series) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s.Subject.Name, part) })
	})
}

func answered(t *testing.T, series ...measure.Series) string {
	t.Helper()
	return answer(pagetest.PrinterOf(pagetest.Written(t, nil, append(series, pagetest.One("Other/op=x/lang=c/via=cgo/n=1", nil, 1)))))
}

func TestTables(t *testing.T) {
	text := pagetest.PrintedSection(t, printTables, studySeries()...)
	pagetest.Holds(t, text, "## Two borders: Go, CPython, native code", "within the noise floor of 1%, which",
		"| plain cgo call | 30.0 ns ±10%! | | | 1.00x |",
		"| crossing into the host library | 42.0 ns ±10%! | +12.0 ns | plain cgo call | 1.40x |",
		"| GIL, thread state kept | 80.0 ns ±10%! | +38.0 ns | crossing into the host library | 2.67x |",
		"| GIL, PyGILState | 85.0 ns ±10%! | +43.0 ns | crossing into the host library | 2.83x |",
		"| GIL, thread state made each time | 500 ns ±10%! | +458 ns | crossing into the host library | 16.67x |",
		"| Python no-op | 150 ns ±10%! | +70.0 ns | GIL, thread state kept | 5.00x |",
		"| Python no-op, through a tuple | 160 ns ±10%! | +80.0 ns | GIL, thread state kept |",
		"| int → int | 180 ns ±10%! | +30.0 ns | Python no-op |", "| two floats → float | 200 ns ±10%! | +50.0 ns | Python no-op |",
		"| text of 16 letters | 151 ns ±10%! | ~+1.00 ns | Python no-op | 5.03x |",
		"| array of 8 | 300 ns ±10%! | +150 ns |", "| array of 512 x 512 | 350 ns ±10%! | +200 ns |",
		"| array of 512 x 512, copied | 80.2 µs ±10%! | +80.0 µs | Python no-op |",
		"With the GIL free, a Python no-op called from Go takes 150 ns: 42.0 ns for the crossing, 38.0 ns for the GIL and 70.0 ns for the call. "+
			"Passing a 512 x 512 array adds 200 ns; passing a copy of it adds 80.0 µs. "+
			"Making a thread state for each call takes 458 ns; keeping one takes 38.0 ns.",

		"| 1 goroutine | 400 ns ±10%! | 2.50 | 1.00x | |", "| 8 goroutines | 402 ns ±10%! | 2.49 | ~1.00x | |",
		"| 1000 goroutines | 800 ns ±10%! | 1.25 | 0.50x | |",
		"| beside a Python loop that computes | 6.00 ms ±10%! | | | 7.70 ms |",
		"with 1000 goroutines, throughput is 0.50x (0.50 to 0.50) that of 1 goroutine. Beside",
		"a call takes 6.00 ms on average and 7.70 ms at most,",
		"need not take the same time in both.",

		"| | no-op | int | two doubles | 512 x 512 array | step on no rows |",
		"| empty Python function | 20.0 ns ±10%! | 25.0 ns ±10%! | 30.0 ns ±10%! | 25.0 ns ±10%! | 40.0 ns ±10%! |",
		"| ctypes | 100 ns ±10%! | 400 ns ±10%! | | 1.00 µs ±10%! | 5.00 µs ±10%! |",
		"| capi | 20.0 ns ±10%! | 40.0 ns ±10%! | 30.0 ns ±10%! | 100 ns ±10%! | 200 ns ±10%! |",
		"| f2py-copy | | | | | 2.00 ms ±10%! |",
		"no-op 20.0 ns (capi) to 100 ns (ctypes), 5.0x; int 40.0 ns (capi) to 400 ns (ctypes), 10.0x; "+
			"512 x 512 array 100 ns (capi) to 1.00 µs (ctypes), 10.0x; step on no rows 200 ns (capi) to 5.00 µs (ctypes), 25.0x. "+
			"They differ most in the column step on no rows.",

		"| c/cgo, without Python | | | | 100 µs ±10%! | 1.00x |",
		"| ctypes | 600 ns ±10%! | 5.00 µs ±10%! | 100 µs ±10%! | 106 µs ±10%! | 1.06x |", "| ctypes | 0.57% | 5% | 95% |",
		"| capi | 600 ns ±10%! | 200 ns ±10%! | 100 µs ±10%! | 101 µs ±10%! | ~1.01x |", "| capi | 0.59% | 0.20% | 99% |",
		"| f2py-copy | 600 ns ±10%! | 2.00 ms ±10%! | ~0 |", "| f2py-copy | 0.03% | 100% | |",
		"it includes that function's own call, 40.0 ns,",
		"the two borders take 0.79% (capi) to 5% (ctypes) of the step's time. One step in C, called by cgo, takes as long as "+
			"the borders of 125 calls through capi, or of 17.9 calls through ctypes.",
		"f2py-copy copies whole arrays,", "takes the 2.00 ms of Python → native;",
		"| python/process | 60.0 µs ±10%! | 400.00x | 3.00 ms ±10%! |", "A round trip of a few bytes takes 60.0 µs to python. Arrays")
	pagetest.Lacks(t, text, "again ", "loop |", "indistinguishable difference", "pypy")
}

// TestWidths: in a terminal the tables fit in 120 columns.
func TestWidths(t *testing.T) {
	var b strings.Builder
	printTables(page.New(&b, pagetest.Written(t, nil, studySeries()), page.Style{}))
	for line := range strings.SplitSeq(b.String(), "\n") {
		if n := utf8.RuneCountInString(line); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
}

func TestAnswer(t *testing.T) {
	want := "A Python no-op called from Go takes 150 ns: 42.0 ns for the crossing, 38.0 ns for the GIL and 70.0 ns for the call. " +
		"Passing a 512 x 512 array adds 200 ns; passing a copy of it adds 80.0 µs. " +
		"A native no-op called from Python takes 20.0 ns (capi) to 100 ns (ctypes). " +
		"Both borders take 0.79% (capi) to 5% (ctypes) of a 512 x 512 diffusion step called from Go, without the bindings that copy."
	if got := answered(t, studySeries()...); got != want {
		t.Errorf("the answer is\n%s\nwant\n%s", got, want)
	}
}

// TestLacks: what a record lacks is left out, and nothing is made up for it.
func TestLacks(t *testing.T) {
	if text := pagetest.PrintedSection(t, printTables) + answered(t); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
	for what, c := range map[string]struct {
		series  []measure.Series
		has, no []string
	}{
		"a second entry": {without("entry=again"), []string{"the noise floor of unknown size,", "~+70.0 ns", "no measurable time for the call"}, nil},
		"the crossing": {without("op=crossing"), []string{"| GIL, thread state kept | 80.0 ns ±10%! | | | 2.67x |",
			"takes 150 ns. Passing"}, []string{"for the crossing", "Making a thread state"}},
		"the plain call": {without("via=cgo"), []string{"| Python no-op | 150 ns ±10%! | +70.0 ns | GIL, thread state kept | |",
			"| 106 µs ±10%! | |", "to 5% (ctypes) of the step's time."}, []string{"plain cgo call", "without Python |", "One step in C", "function pointer"}},
		"the copy":  {without("how=copied"), []string{"adds 200 ns. Making"}, []string{", copied", "80.0 µs"}},
		"the array": {without("op=array/lang=python/via=cpython/n=512"), []string{"takes 150 ns: 42.0", "for the call. Making"}, []string{"adds 200 ns"}},
		"a binding": {without("lang=ctypes"), []string{"| capi | 20.0 ns",
			"the two borders take 0.79% (capi) of the step's time. One step in C, called by cgo, takes as long as the borders of 125 calls through capi."},
			[]string{"ctypes", "From the cheapest"}},
		"the loop": {without("lang=loop"), []string{"| ctypes | 600 ns ±10%! | | | 106 µs", "| ctypes | 0.57% | | |"},
			[]string{"into native code: a call", "the two borders take"}},
		"contention": {without("contended", "busy"), []string{"| plain cgo call"}, []string{"When the GIL is not free"}},
		"the busy loop": {without("busy", "n=1000"),
			[]string{"with 8 goroutines, throughput is 1.00x (1.00 to 1.00) that of 1 goroutine, an indistinguishable difference."},
			[]string{"a Python loop that computes"}},
		"calls by many": {without("contended"), []string{"| beside a Python loop that computes |"}, []string{"The GIL lets", "need not take the same"}},
		"steps":         {without("op=step"), []string{"512 x 512 array 100 ns"}, []string{"Both borders and the kernel:", "step on no rows 200"}},
		"a process":     {without("via=process"), []string{"| plain cgo call"}, []string{"A process instead"}},
	} {
		t.Run(what, func(t *testing.T) {
			text := pagetest.PrintedSection(t, printTables, c.series...)
			pagetest.Holds(t, text, c.has...)
			for _, no := range c.no {
				if strings.Contains(text, no) {
					t.Errorf("%q is shown in\n%s", no, text)
				}
			}
		})
	}
	sound := func(name string, series ...measure.Series) {
		text := pagetest.PrintedSection(t, printTables, series...) + answered(t, series...)
		for _, wrong := range []string{"NaN", "Inf", "%!s", "%!f", "MISSING", "EXTRA", "..", "()"} {
			if strings.Contains(text, wrong) {
				t.Errorf("%s: %q is in\n%s", name, wrong, text)
			}
		}
	}
	for k, s := range studySeries() {
		sound("without "+s.Subject.Name, slices.Delete(studySeries(), k, k+1)...)
		sound("nothing but "+s.Subject.Name, s)
		// One that was measured in fewer rounds is not compared with others.
		short := studySeries()
		short[k].Samples = short[k].Samples[:3]
		sound("fewer rounds of "+s.Subject.Name, short...)
	}
}

// TestLeftOver: what is left of a total is none if noise may have made it less than that, and else is shown as it is.
func TestLeftOver(t *testing.T) {
	for want, ns := range map[string][]float64{
		"200 ns ±5%": {190, 190, 200, 200, 200, 210, 210, 210}, "~0": {-50, -40, -20, -20, -20, 10, 10, 10}, "−2.00 µs": {-2100, -2000, -2000, -2000, -2000, -1900, -1900, -1900},
	} {
		if got := leftOver(ns); got != want {
			t.Errorf("%v is shown as %q, want %q", ns, got, want)
		}
	}
	if got := leftOver(make([]float64, 8)); got != "~0" {
		t.Errorf("nothing is shown as %q, want ~0", got)
	}
}

// TestSubjects: each row of the tables is of a subject, subjects of a problem are of a group, and each runs.
func TestSubjects(t *testing.T) {
	var verified []conform.Result
	for _, route := range []string{"c/cgo", "capi/cpython", "ctypes/cpython", "python/process"} {
		r, err := registry.Match([]string{route})
		if err != nil {
			t.Fatal(err)
		}
		verified = append(verified, conform.Result{Route: r[0], Kernel: "call", Cases: 1})
	}
	all, err := subjects(verified)
	studytest.Available(t, err)
	names := map[string]bool{}
	for k, s := range all {
		if names[s.Name] {
			t.Errorf("%s is there twice", s.Name)
		}
		names[s.Name] = true
		if s.Group != s.Facts[0].Value {
			t.Errorf("%s is of the group %q, want its problem, %q", s.Name, s.Group, s.Facts[0].Value)
		}
		if k > 0 && s.Group != all[k-1].Group && slices.ContainsFunc(all[:k-1], func(o measure.Subject) bool { return o.Group == s.Group }) {
			t.Errorf("%s does not follow those it is to be compared with", s.Name)
		}
		if s.Parks != (record.ParseName(s.Name).Via == "process") {
			t.Errorf("%s parks: %t", s.Name, s.Parks)
		}
		if err := s.Run(3); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	cgo, err := registry.Match([]string{plainCgo.Route()})
	if err != nil {
		t.Fatal(err)
	}
	_, withoutCgo := cgo[0].Open()
	for _, part := range parts {
		if !names[part.name.String()] && (part.name.String() != plainCgo.String() || !errors.Is(withoutCgo, seam.ErrUnavailable)) {
			t.Errorf("no subject is named %v", part.name)
		}
	}
	for _, l := range looped {
		for _, lang := range []string{"loop", "python"} {
			name := l.name
			name.Lang = lang
			if !names[name.String()] {
				t.Errorf("no subject is named %v", name)
			}
		}
		if labels[l.name.Op] == "" {
			t.Errorf("%s has no label", l.name.Op)
		}
	}
}
