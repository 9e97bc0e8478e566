// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package borders

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/study/calls/knobs"
)

// pythonSeries returns a study in which every part of a call takes a round figure. A no-op differs from itself by 1 %.
func pythonSeries() []measure.Series {
	var all []measure.Series
	add := func(kernel, route, n string, ns float64) *measure.Series {
		lang, via, _ := strings.Cut(route, "/")
		all = append(all, knobs.KnobSeries(fmt.Sprintf("Python/kernel=%s/lang=%s/via=%s/n=%s", kernel, lang, via, n), ns, 0, 0))
		return &all[len(all)-1]
	}
	add("noop", "c/cgo", "1", 30)
	add("crossing", "c/cpython", "1", 42)
	add("gil-kept", "c/cpython", "1", 80)
	add("gil-ensure", "c/cpython", "1", 85)
	add("gil-made", "c/cpython", "1", 500)
	add("noop", "python/cpython", "1", 150)
	add("noop-again", "python/cpython", "1", 151.5)
	add("noop-tuple", "python/cpython", "1", 160)
	add("not", "python/cpython", "1", 180)
	add("add", "python/cpython", "1", 200)
	add("text", "python/cpython", "16", 151)
	add("array", "python/cpython", "8", 300)
	add("array", "python/cpython", "512", 350)
	add("array-copy", "python/cpython", "512", 80150)

	for _, b := range []struct {
		lang                       string
		noop, not, add, grid, step float64 // with the loop; 0: it has none
	}{
		{"loop", 5, 5, 5, 5, 5}, {"python", 25, 30, 35, 30, 45}, {"ctypes", 105, 405, 0, 1005, 5005},
		{"capi", 25, 45, 35, 105, 205}, {"f2py-copy", 0, 0, 0, 0, 2e6 + 5},
	} {
		for k, ns := range []float64{b.noop, b.not, b.add, b.grid, b.step} {
			if ns > 0 {
				add(pythonArguments[k].kernel, b.lang+"/python", "1", ns)
			}
		}
	}

	add("step", "c/cgo", "512", 100_000)
	add("step", "python/cpython", "512", 600)
	add("step", "ctypes/cpython", "512", 105_600)
	add("step", "capi/cpython", "512", 101_000)
	copying := add("step", "f2py-copy/cpython", "512", 2e6)
	for k, ns := range []float64{-3000, 4000, -3000, 4000, -3000, -3000, 4000, -3000} { // less than its parts, but not always
		copying.Samples[k].Wall += ns
	}

	add("contended", "python/cpython", "1", 400)
	add("contended", "python/cpython", "8", 402)
	add("contended", "python/cpython", "1000", 800)
	busy := add("busy", "python/cpython", "1", 6e6)
	for k := range busy.Samples {
		busy.Samples[k].More = []measure.Value{{Value: 7e6 + 1e5*float64(k), Unit: "max-ns"}}
	}
	return all
}

// pythonWithoutRows returns the study without the rows whose name holds one of the parts.
func pythonWithoutRows(parts ...string) []measure.Series {
	return slices.DeleteFunc(pythonSeries(), func(s measure.Series) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s.Subject.Name, part) })
	})
}

func pythonAnswer(t *testing.T, series ...measure.Series) string {
	t.Helper()
	return AnswerPython(pagetest.PrinterOf(pagetest.CallsRecord(t, append(series, pagetest.One("Other/kernel=x/lang=c/via=cgo/n=1", nil, 1))...)))
}

func TestPythonTables(t *testing.T) {
	text := pagetest.PrintedSection(t, Tables, pythonSeries()...)
	pagetest.Holds(t, text, "## Two borders: Go, CPython, native code", "beyond the noise floor, 1 %, which",
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
		"With the GIL free, a Python no-op costs 150 ns from Go (the crossing 42.0 ns, the GIL 38.0 ns, the call 70.0 ns); "+
			"a 512 x 512 array adds 200 ns without a copy and 80.0 µs copied. "+
			"A thread state made for each call would take 458 ns, where the kept one takes 38.0 ns.",

		"| 1 goroutine | 400 ns ±10%! | 2.50 | 1.00x | |", "| 8 goroutines | 402 ns ±10%! | 2.49 | ~1.00x | |",
		"| 1000 goroutines | 800 ns ±10%! | 1.25 | 0.50x | |",
		"| beside a Python loop that computes | 6.00 ms ±10%! | | | 7.70 ms |",
		"with 1000 goroutines against 1, calls made in a second are 0.50 times as many (0.50 to 0.50). Beside",
		"a call waits and takes 6.00 ms in the mean and 7.70 ms at the longest,",

		"| | no-op | int | two doubles | 512 x 512 array | step on no rows |",
		"| a Python function that does nothing | 20.0 ns ±10%! | 25.0 ns ±10%! | 30.0 ns ±10%! | 25.0 ns ±10%! | 40.0 ns ±10%! |",
		"| ctypes | 100 ns ±10%! | 400 ns ±10%! | | 1.00 µs ±10%! | 5.00 µs ±10%! |",
		"| capi | 20.0 ns ±10%! | 40.0 ns ±10%! | 30.0 ns ±10%! | 100 ns ±10%! | 200 ns ±10%! |",
		"| f2py-copy | | | | | 2.00 ms ±10%! |",
		"no-op from 20.0 ns (capi) to 100 ns (ctypes), 5.0 times as much; int from 40.0 ns (capi) to 400 ns (ctypes), 10.0 times as much; "+
			"512 x 512 array from 100 ns (capi) to 1.00 µs (ctypes), 10.0 times as much; step on no rows from 200 ns (capi) to 5.00 µs (ctypes), "+
			"25.0 times as much. They differ most in the column step on no rows.",

		"| c/cgo, without Python | | | | 100 µs ±10%! | 1.00x |",
		"| ctypes | 600 ns ±10%!, 0.57% | 5.00 µs ±10%!, 5% | 100 µs ±10%!, 95% | 106 µs ±10%! | 1.06x |",
		"| capi | 600 ns ±10%!, 0.59% | 200 ns ±10%!, 0.20% | 100 µs ±10%!, 99% | 101 µs ±10%! | ~1.01x |",
		"| f2py-copy | 600 ns ±10%!, 0.03% | 2.00 ms ±10%!, 100% | ~0 |",
		"The first holds that function's own call, 40.0 ns,",
		"the two borders take from 0.79% (capi) to 5% (ctypes), of the bindings that copy nothing; one step in C, called by cgo, takes as long as "+
			"the borders of 125 calls by capi or 17.9 calls by ctypes.",
		"f2py-copy copies whole arrays,", "Python → native, 2.00 ms;")
	for _, no := range []string{"again ", "loop |", "not told apart"} {
		if strings.Contains(text, no) {
			t.Errorf("%q is shown in\n%s", no, text)
		}
	}
}

func TestPythonAnswer(t *testing.T) {
	want := "A Python no-op costs 150 ns from Go (the crossing 42.0 ns, the GIL 38.0 ns, the call 70.0 ns); a 512 x 512 array adds 200 ns " +
		"without a copy and 80.0 µs copied. From Python, a call of native code that passes nothing takes from 20.0 ns (capi) to 100 ns (ctypes). " +
		"Of a diffusion step of 512 x 512, called from Go, both borders take from 0.79% (capi) to 5% (ctypes), of the bindings that copy nothing."
	if got := pythonAnswer(t, pythonSeries()...); got != want {
		t.Errorf("the answer is\n%s\nwant\n%s", got, want)
	}
}

// TestPythonLacks: what a record lacks is left out, and nothing is made up for it.
func TestPythonLacks(t *testing.T) {
	if text := pagetest.PrintedSection(t, Tables) + pythonAnswer(t); text != "" {
		t.Errorf("without rows there is %q, want nothing", text)
	}
	for what, c := range map[string]struct {
		series  []measure.Series
		has, no []string
	}{
		"a second entry": {pythonWithoutRows("noop-again"), []string{"the noise floor, unknown here,", "~+70.0 ns", "the call no time that shows"}, nil},
		"the crossing": {pythonWithoutRows("crossing"), []string{"| GIL, thread state kept | 80.0 ns ±10%! | | | 2.67x |",
			"costs 150 ns from Go; a 512"}, []string{"the crossing 42", "made for each call"}},
		"the plain call": {pythonWithoutRows("via=cgo"), []string{"| Python no-op | 150 ns ±10%! | +70.0 ns | GIL, thread state kept | |",
			"| 106 µs ±10%! | |", "to 5% (ctypes), of the bindings that copy nothing."}, []string{"plain cgo call", "without Python |", "one step in C"}},
		"the copy": {pythonWithoutRows("array-copy"), []string{"adds 200 ns without a copy."}, []string{", copied", "and 80.0 µs"}},
		"a binding": {pythonWithoutRows("lang=ctypes"), []string{"| capi | 20.0 ns",
			"the two borders take 0.79% (capi), of the bindings that copy nothing; one step in C, called by cgo, takes as long as the borders of 125 calls by capi."},
			[]string{"ctypes", "From the cheapest"}},
		"the loop": {pythonWithoutRows("lang=loop"), []string{"| ctypes | 600 ns ±10%!, 0.57% | | | 106 µs"},
			[]string{"into native code: a call", "the two borders take"}},
		"contention": {pythonWithoutRows("contended", "busy"), []string{"| plain cgo call"}, []string{"When the GIL is not free"}},
		"the busy loop": {pythonWithoutRows("busy", "n=1000"),
			[]string{"calls made in a second are 1.00 times as many (1.00 to 1.00), which is not told apart from as many."},
			[]string{"a Python loop that computes"}},
		"calls by many": {pythonWithoutRows("contended"), []string{"| beside a Python loop that computes |"}, []string{"The GIL lets one"}},
		"steps":         {pythonWithoutRows("kernel=step"), []string{"512 x 512 array from"}, []string{"Both borders and the kernel:", "step on no rows from"}},
	} {
		t.Run(what, func(t *testing.T) {
			text := pagetest.PrintedSection(t, Tables, c.series...)
			pagetest.Holds(t, text, c.has...)
			for _, no := range c.no {
				if strings.Contains(text, no) {
					t.Errorf("%q is shown in\n%s", no, text)
				}
			}
		})
	}
	sound := func(name string, series ...measure.Series) {
		text := pagetest.PrintedSection(t, Tables, series...) + pythonAnswer(t, series...)
		for _, wrong := range []string{"NaN", "Inf", "%!s", "%!f", "MISSING", "EXTRA", "..", "()"} {
			if strings.Contains(text, wrong) {
				t.Errorf("%s: %q is in\n%s", name, wrong, text)
			}
		}
	}
	for k, s := range pythonSeries() {
		sound("without "+s.Subject.Name, slices.Delete(pythonSeries(), k, k+1)...)
		sound("nothing but "+s.Subject.Name, s)
		// One that was measured in fewer rounds is not compared with others.
		short := pythonSeries()
		short[k].Samples = short[k].Samples[:3]
		sound("fewer rounds of "+s.Subject.Name, short...)
	}
}

// TestPythonRest: what is left of a total is none if noise may have made it less than that, and else is shown as it is.
func TestPythonRest(t *testing.T) {
	for _, c := range []struct {
		rest measure.Interval
		want string
	}{
		{measure.Interval{Median: 200, Lo: 190, Hi: 210}, "200 ns ± 5%"},
		{measure.Interval{Median: -20, Lo: -50, Hi: 10}, "~0"},
		{measure.Interval{Median: 0, Lo: 0, Hi: 0}, "~0"},
		{measure.Interval{Median: -2000, Lo: -2100, Hi: -1900}, "−2.00 µs"},
	} {
		if got := rest(c.rest); got != c.want {
			t.Errorf("%v is shown as %q, want %q", c.rest, got, c.want)
		}
	}
}
