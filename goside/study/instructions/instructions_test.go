// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package instructions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/valgrind"
)

// route returns a route to functions in Go.
func route(lang string, f kernel.Funcs) *seam.Route {
	return seam.NewRoute(lang, "x", func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil })
}

func holds(r *seam.Route) conform.Result { return conform.Result{Route: r, Kernel: "call", Cases: 9} }

// quiet returns a laboratory that prints to w what it leaves out.
func quiet(w io.Writer, routes ...string) *study.Lab {
	return &study.Lab{Settings: study.Settings{Routes: routes}, Stdout: io.Discard, Stderr: w}
}

func TestNewTallies(t *testing.T) {
	var said bytes.Buffer
	fewer := kernel.Funcs{Noop: kernel.Go().Noop, Add: kernel.Go().Add}
	tallies, wrong := newTallies(quiet(&said), []conform.Result{
		holds(route("all", kernel.Go())),
		{Route: route("gone", kernel.Funcs{}), Kernel: "call", Err: fmt.Errorf("x: %w: nowhere", seam.ErrUnavailable)},
		{Route: route("bad", kernel.Go()), Kernel: "call", Cases: 7, Failures: []error{errors.New("got 0, want -1"), errors.New("got 1, want 2")}},
		{Route: route("broken", kernel.Go()), Kernel: "call", Err: errors.New("no such symbol")},
		holds(route("fewer", fewer)),
	})
	var got []string
	for _, tally := range tallies {
		var functions []string
		for _, f := range tally.functions {
			functions = append(functions, f.Kernel)
		}
		got = append(got, tally.route.Name()+": "+strings.Join(functions, " "))
	}
	if want := []string{"all/x: noop not add sum", "fewer/x: noop add"}; !slices.Equal(got, want) {
		t.Errorf("counted are %q, want %q", got, want)
	}
	if want := "toll: left out: gone/x: x: unavailable: nowhere\n"; said.String() != want {
		t.Errorf("said %q, want %q", said.String(), want)
	}
	if want := "bad/x: 2 of 7 cases failed, the first: got 0, want -1\nbroken/x: no such symbol"; wrong == nil || wrong.Error() != want {
		t.Errorf("wrong is %v, want %s", wrong, want)
	}
}

func TestReadRuns(t *testing.T) {
	text := "# callgrind format\npart: 1\nevents: Ir\nfn=(1) totals\ntotals: 16793542\n\n" +
		"totals: 1130\ntotals: 12130\ntotals: 1125\ntotals: 12500\ntotals: 1130\ntotals: 12125\ntotals: 348\n"
	got, err := readRuns(text, 1)
	if want := (took{1125, 12125}); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %v and %v, want %v", got, err, want)
	}
	for _, c := range []struct{ old, new, want string }{
		{text, "", "has 0 parts, want 8"},
		{"totals: 348\n", "", "has 7 parts, want 8"},
		{"totals: 348\n", "totals: 348\ntotals: 348\n", "has 9 parts, want 8"},
		{"totals: 1125\n", "totals:\n", `has the line "totals:"`},
		{"totals: 1125\n", "totals: 11 25\n", `has the line "totals: 11 25"`},
		{"totals: 1125\n", "totals: 1e3\n", `has the line "totals: 1e3"`},
		{"totals: 1125\n", "totals: 0\n", "counted 0 instructions in a short run"},
		{"totals: 12125\n", "totals: 1125\n", "and 1125 in a long one"},
	} {
		_, err := readRuns(strings.Replace(text, c.old, c.new, 1), 1)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: got %v, want an error with %q", c.new, c.old, err, c.want)
		}
	}
}

// TestSeries: a call takes what a long run took more than a short one, over the calls that it made more. The least of all
// processes is shown, and by how much one took more.
func TestSeries(t *testing.T) {
	all := callProblems()
	some := []kernel.Problem{all[0], all[3]} // noop and sum, which makes 5 and 55 calls instead of 100 and 1100
	tallies := []*tally{
		{route: route("a", kernel.Go()), functions: all[:1], runs: [][]took{{{100, 10100}}, {{101, 10099}}}},
		{route: route("b", kernel.Go()), functions: some, runs: [][]took{{{100, 20100}, {3000, 128000}}, {{100, 20100}, {3000, 128100}}}},
	}
	if !tallies[0].agrees() || !tallies[1].agrees() {
		t.Error("the processes disagree, want a difference below 0.3 % to count for nothing")
	}
	tallies[1].runs = append(tallies[1].runs, []took{{100, 20100}, {3000, 129000}})
	if tallies[1].agrees() {
		t.Error("the processes agree, want a difference of 1/128 to count")
	}
	results := []conform.Result{holds(tallies[0].route), holds(tallies[1].route)}
	got := series(tallies, results)
	var names []string
	for _, s := range got {
		names = append(names, s.Subject.Name)
		verified := measure.Fact{Key: "verified", Value: "bit-identical in 9 cases: a/x b/x"}
		if !slices.Contains(s.Subject.Facts, verified) || !slices.Contains(s.Subject.Facts, measure.Fact{Key: "per", Value: "call"}) {
			t.Errorf("%s has the facts %v, want per: call and %v", s.Subject.Name, s.Subject.Facts, verified)
		}
	}
	if want := []string{
		"Instructions/op=noop/lang=a/via=x/n=1", "Instructions/op=noop/lang=b/via=x/n=1", "Instructions/op=sum/lang=b/via=x/n=1000",
	}; !slices.Equal(names, want) {
		t.Fatalf("series are\n%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	for _, c := range []struct {
		series, sample int
		want           float64
	}{{0, 0, 10}, {0, 1, 9.998}, {1, 2, 20}, {2, 0, 2500}, {2, 2, 2520}} {
		s := got[c.series].Samples[c.sample]
		if s.Get(PerCall) != c.want || s.Wall != 0 {
			t.Errorf("process %d of %s took %v instructions a call and %v ns, want %v and none", c.sample, names[c.series], s.Get(PerCall), s.Wall, c.want)
		}
	}
	r := pagetest.Written(t, nil, got)
	if perCall, spread := least(&r.Rows[0]); perCall != 9.999 || math.Abs(spread-1.0/10099) > 1e-12 { // of the shortest runs, whichever processes made them
		t.Errorf("the least is %v with %v more, want 9.999 and 1/10099", perCall, spread)
	}
	if perCall, spread := least(&r.Rows[2]); perCall != 2500 || spread != 1.0/128 {
		t.Errorf("the least is %v with %v more, want 2500 and 1/128", perCall, spread)
	}
	pagetest.Holds(t, pagetest.Printed(t, tables, got...),
		"| route | noop | sum 1000 | | --- | ---:| ---:| | a/x | 10 | | | b/x | 20 | 2500 |",
		"The largest count is 0.8% above its least (b/x sum 1000).")
	var html bytes.Buffer
	tables(page.New(&html, r, page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}}))
	pagetest.Sourced(t, html.String())
	pagetest.Holds(t, html.String(), `<summary><h3>Instructions of a call</h3></summary>`,
		`<tr><th>b/x</th><td data-r="1">20</td><td data-r="2">2500</td></tr>`)
	pagetest.Holds(t, pagetest.Printed(t, tables, got[1]), "| b/x | 20 |", "All processes agree.")
	if text := pagetest.Printed(t, tables, pagetest.One("Call/op=noop/lang=c/via=cgo/n=1", nil, 1)); text != "" {
		t.Errorf("of a record without counts, shown is %q", text)
	}
}

// takeValgrind puts a program in valgrind's place.
func takeValgrind(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	script = "#!/bin/sh\nPATH=$REAL_PATH\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(dir, "valgrind"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("REAL_PATH", os.Getenv("PATH"))
	t.Setenv("PATH", dir)
}

// madeUp is a program in valgrind's place. On routes of the language apart, each process takes more than the last one of that
// route; short runs take 1000, long ones 12000.
const madeUp = `if [ "$1" = --version ]; then echo valgrind-0; exit; fi
for argument; do
	case $argument in
	--callgrind-out-file=*) out=${argument#*=};;
	*/x | */direct) route=$argument;;
	esac
done
k=0
while ! mkdir "$PROCESSES/$(echo "$route" | tr / .).$k" 2>/dev/null; do k=$((k + 1)); done
case $route in apart/*) long=$((12000 + 100 * k));; *) long=12000;; esac
functions=
for argument; do case $argument in noop | not | add | sum) functions="$functions $argument";; esac; done
{
	echo events: Ir
	for function in $functions; do echo totals: 999999; for run in 1 2 3; do echo totals: 1000; echo totals: $long; done; done
	echo totals: 7
} >"$out"`

// TestCount: a route whose processes disagree has more of them.
func TestCount(t *testing.T) {
	takeValgrind(t, madeUp)
	t.Setenv("PROCESSES", t.TempDir())
	v, err := valgrind.Find()
	if err != nil {
		t.Fatal(err)
	}
	tallies := []*tally{
		{route: route("alike", kernel.Go()), functions: callProblems()[:2]},
		{route: route("apart", kernel.Go()), functions: callProblems()[:1]},
	}
	last, most := 0, 0
	if err := count(t.Context(), v, tallies, mostProcesses, func(done, all int) {
		if done != last+1 || all < done {
			t.Errorf("progress %d of %d after %d", done, all, last)
		}
		last, most = done, all
	}); err != nil {
		t.Fatal(err)
	}
	if len(tallies[0].runs) != fewProcesses || len(tallies[1].runs) != mostProcesses {
		t.Errorf("%d and %d processes counted, want %d that agree and %d that do not", len(tallies[0].runs), len(tallies[1].runs), fewProcesses, mostProcesses)
	}
	if want := fewProcesses + mostProcesses; last != want || most != want {
		t.Errorf("progress ended at %d of %d, want %d", last, most, want)
	}
	for _, runs := range tallies[0].runs {
		if !slices.Equal(runs, []took{{1000, 12000}, {1000, 12000}}) {
			t.Errorf("a process took %v, want what valgrind wrote", runs)
		}
	}
	if !slices.ContainsFunc(tallies[1].runs, func(runs []took) bool { return runs[0].long == 13500 }) {
		t.Errorf("the processes took %v, want the last to take 13500", tallies[1].runs)
	}
}

// TestRun runs the study, writes its record and shows it, with valgrind's place taken.
func TestRun(t *testing.T) {
	takeValgrind(t, madeUp)
	t.Setenv("PROCESSES", t.TempDir())
	file := filepath.Join(t.TempDir(), "record.txt")
	var out, said bytes.Buffer
	lab := quiet(&said, "go/direct")
	lab.Stdout, lab.Output = &out, file
	if err := Study.Run(lab); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	for line := range strings.Lines(out.String()) {
		if n := len([]rune(strings.TrimSpace(line))); n > 120 && !strings.HasPrefix(line, "Record: ") {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	pagetest.Holds(t, text, "INSTRUCTIONS OF A CALL", "│ route │ noop │ not │ add │ sum 1000 │", "│ go/direct │ 11 │ 11 │ 11 │ 220 │",
		"All processes agree.", "Counted by valgrind-0 --tool=callgrind, with GOMAXPROCS=1")
	r, err := record.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := record.Find(r.Of(Name), "/lang:go /via:direct")
	if len(rows) != 4 || len(rows[0].Samples) != fewProcesses || !rows[0].Verified() || !Study.Made(r) {
		t.Errorf("the record has %d rows, want four functions that were verified, each in %d processes", len(rows), fewProcesses)
	}
	page := shownPage(t, r)
	pagetest.Holds(t, page, "# Instructions of a call\n", "| go/direct | 11 | 11 | 11 | 220 |")
	if strings.Count(page, "Instructions of a call") != 1 {
		t.Errorf("the page has its title twice:\n%s", page)
	}
}

// TestLoaded: counts are no worse on a machine that has other work.
func TestLoaded(t *testing.T) {
	results := []conform.Result{holds(route("a", kernel.Go()))}
	tallies := []*tally{{route: results[0].Route, functions: callProblems()[:1], runs: slices.Repeat([][]took{{{100, 10100}}}, fewProcesses)}}
	loaded := []measure.Fact{{Key: "others", Value: "83.6% others, 20.0% host"}}
	pagetest.Lacks(t, shownPage(t, pagetest.Written(t, loaded, series(tallies, results))), "Warning")
}

// shownPage returns the page that a record makes.
func shownPage(t *testing.T, r *record.Record) string {
	t.Helper()
	var text bytes.Buffer
	if err := Study.Print(&text, r, page.Style{Markdown: true}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestRunFails runs under programs that take valgrind's place and fail.
func TestRunFails(t *testing.T) {
	version := "if [ $1 = --version ]; then echo valgrind-0; exit; fi\n"
	for _, c := range []struct{ name, script, want string }{
		{"broken", "exit 1", "valgrind does not run"},
		{"unknown instruction", version + `echo "vex amd64->IR: unhandled instruction bytes: 0x62 0xF1" >&2; kill -ILL $$`,
			"under valgrind-0: signal: illegal instruction: it met an instruction that valgrind does not know"},
		{"fails", version + "echo why >&2; exit 3", "exit status 3; the last it said:\nwhy"},
		{"counts nothing", version + "exit 0", "callgrind.out"},
		{"counts too few", strings.Replace(madeUp, "echo totals: 7", ":", 1), "go/direct under valgrind-0: callgrind's file has 28 parts, want 29"},
	} {
		t.Run(c.name, func(t *testing.T) {
			takeValgrind(t, c.script)
			t.Setenv("PROCESSES", t.TempDir())
			_, err := run(quiet(io.Discard, "go/direct"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
	t.Run("absent", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if _, err := run(quiet(io.Discard, "go/direct")); err == nil || !strings.Contains(err.Error(), "apt-get install valgrind") {
			t.Errorf("got %v, want an error that says how to install valgrind", err)
		}
	})
}

// TestRepeat runs the program that is counted, without counting it.
func TestRepeat(t *testing.T) {
	if err := repeat(io.Discard, []string{"go/direct", "noop", "sum"}); err != nil {
		t.Error(err)
	}
	for _, args := range [][]string{nil, {"go/direct"}, {"go/direct", "fft"}, {"nowhere", "noop"}} {
		if err := repeat(io.Discard, args); err == nil {
			t.Errorf("repeat of %q did not fail", args)
		}
	}
}

// TestCountStops: what is stopped keeps as many processes of each route.
func TestCountStops(t *testing.T) {
	takeValgrind(t, madeUp)
	for _, after := range []int{0, 5, fewProcesses*2 + 2} {
		t.Setenv("PROCESSES", t.TempDir())
		v, err := valgrind.Find()
		if err != nil {
			t.Fatal(err)
		}
		tallies := []*tally{
			{route: route("apart", kernel.Go()), functions: callProblems()[:1]},
			{route: route("alike", kernel.Go()), functions: callProblems()[:1]},
		}
		ctx, stop := context.WithCancel(t.Context())
		if after == 0 {
			stop()
		}
		ended := 0 // those that ended beside the one which stopped it count too
		err = count(ctx, v, tallies, mostProcesses, func(done, _ int) {
			ended = done
			if done == after {
				stop()
			}
		})
		stop()
		got := len(tallies[0].runs)
		if !errors.Is(err, measure.ErrStopped) || len(tallies[1].runs) != got || got > min(ended/2, fewProcesses) || after > 2*fewProcesses && got != fewProcesses {
			t.Errorf("stopped after %d of %d: %v, and %d and %d processes counted, want as many, and %v", after, ended, err, got, len(tallies[1].runs), measure.ErrStopped)
		}
		if all := series(tallies, nil); (len(all) == 0) != (got == 0) {
			t.Errorf("stopped after %d: %d series, of %d processes", after, len(all), got)
		}
	}
}
