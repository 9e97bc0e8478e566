// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study"
	"toll/goside/try/program"
	"toll/goside/via/harness"
)

// fakeJob does a job as a harness would, of a function through crossings that each do something else: cgo, purego and trampoline
// agree, libffi returns one ULP more, syscalln keeps the thread for good, trampoline crashes as it is timed, and by 100 goroutines
// all abort. The Go function differs.
func fakeJob(tell func(harness.Event)) {
	text, err := os.ReadFile(os.Args[1])
	var job harness.Job
	if err == nil {
		err = json.Unmarshal(text, &job)
	}
	if err != nil {
		tell(harness.Event{Error: err.Error()})
		return
	}
	timed := func(name string) harness.Timed {
		t := harness.Timed{Name: name, N: 1}
		for range job.Rounds {
			t.Samples = append(t.Samples, measure.Sample{Wall: 10})
		}
		return t
	}
	abort := func(on string) {
		tell(harness.Event{Step: &harness.Step{On: on}})
		fmt.Fprintln(os.Stderr, "SIGABRT: abort")
		os.Exit(2)
	}
	var all []harness.Timed
	switch job.Do {
	case harness.Verify:
		for _, seed := range job.Seeds {
			tell(harness.Event{Calling: &harness.Calling{Crossing: job.Crossings[0], Seed: seed}})
			result := []byte{byte(seed), 0, 0, 0, 0, 0, 0xf0, 0x3f}
			switch job.Crossings[0] {
			case "libffi", directName:
				result[0]++
			case "syscalln":
				time.Sleep(time.Minute)
			}
			tell(harness.Event{Called: &harness.Called{Crossing: job.Crossings[0], Seed: seed, Result: result, Noticed: []string{"it was noticed"}}})
		}
	case harness.Measure:
		if slices.Contains(job.Crossings, "trampoline") {
			abort("Try/op=f/lang=native/via=trampoline")
		}
		for k, crossing := range job.Crossings {
			lang := "native"
			if crossing == directName {
				lang = "go"
			}
			name := record.Name{Study: callName, Op: "f", Lang: lang, Via: crossing}
			all = append(all, timed(name.String()))
			if k == 0 {
				name.Entry = record.EntryAgain
				all = append(all, timed(name.String()))
			}
		}
	case harness.Crowd:
		if slices.Contains(job.Goroutine, 100) {
			abort(job.Crossings[0] + ", 100 goroutines")
		}
		for _, n := range job.Goroutine {
			all = append(all, timed(fmt.Sprintf("TryCrowd/op=f/lang=native/via=%s/goroutines=%d", job.Crossings[0], n)))
		}
	}
	if all != nil {
		tell(harness.Event{Timed: all})
	}
	tell(harness.Event{Done: true})
}

// TestRun: what differs, hangs or crashes is a row of the record, and the rest is timed without it.
func TestRun(t *testing.T) {
	file, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(fake, "job")
	q := &Request{Library: "libf.so", Limit: 5 * time.Second, Crowds: []int{1, 100}, problems: []*problem{parsed(t, "double f(double x)", "x=random")}}
	q.program = &program.Program{File: file}
	for _, name := range []string{"cgo", "purego", "syscalln", "libffi", "trampoline", directName} {
		q.program.Crossings = append(q.program.Crossings, program.Crossing{Name: name})
	}
	if err := q.settle(); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	lab := &study.Lab{Settings: study.Settings{Output: filepath.Join(t.TempDir(), "record.txt"), Rounds: 6}, Stdout: &out, Stderr: &errs}
	var judged *record.Record
	lab.Judge = func(_ io.Writer, r *record.Record) error { judged = r; return nil }
	if err := q.Study().Run(lab); !errors.Is(err, study.ErrReported) {
		t.Fatalf("%v: %s", err, errs.String())
	}
	if want := "f does not hold through syscalln, libffi, trampoline: it did not return within 5s"; !strings.Contains(errs.String(), want) {
		t.Errorf("%q, want %q in it", errs.String(), want)
	}
	held, timed := map[string]string{}, []string{}
	for _, r := range judged.Of(heldName) {
		held[r.Route()] = strings.Join(strings.Fields(strings.Join([]string{r.Verdict(), r.Facts["failed"], r.Facts["differs"], r.Facts["crowded"]}, " ")), " ")
	}
	for _, r := range judged.Rows {
		if r.Study != heldName && r.Entry == "" {
			timed = append(timed, strings.TrimSuffix(fmt.Sprintf("%s %s %s", r.Study, r.Route(), r.Get("goroutines")), " "))
		}
	}
	const crowded = "aborted when called by 100 goroutines: it may not be safe for threads"
	for route, want := range map[string]string{
		"native/cgo":        "bit-identical " + crowded,
		"native/purego":     "bit-identical " + crowded,
		"native/syscalln":   "did not return within 5s",
		"native/libffi":     "differs from cgo: result: 1.0000000000000002 and 1, 1 ULP apart",
		"native/trampoline": "aborted, while it was timed",
		"native/process":    "bit-identical " + crowded,
		"go/direct":         "differs from cgo: result: 1.0000000000000002 and 1, 1 ULP apart " + crowded,
	} {
		if held[route] != want {
			t.Errorf("%s: %q, want %q", route, held[route], want)
		}
	}
	if want := []string{"Try native/cgo", "Try native/purego", "Try native/process", "Try go/direct", "TryCrowd native/cgo 1", "TryCrowd native/purego 1",
		"TryCrowd native/process 1", "TryCrowd native/direct 1"}; !slices.Equal(timed, want) {
		t.Errorf("timed are\n%q, want\n%q", timed, want)
	}
	pagetest.Holds(t, out.String(), "it was noticed", "bit-identical, 20 calls")
}

// TestFailure: a crossing that fails is an error, one that is left out is not, nor a further row.
func TestFailure(t *testing.T) {
	p := parsed(t, "double f(double x)")
	for want, rows := range map[string][]*row{
		"": {{crossing: "cgo", held: []int{0}}, {crossing: "purego", left: "it cannot"}, {crossing: directName, failed: map[int]string{0: "crashed"}}},
		"f does not hold through purego, libffi: it crashed": {{crossing: "cgo", held: []int{0}}, {crossing: "purego", failed: map[int]string{0: "crashed"}},
			{crossing: "libffi", failed: map[int]string{0: "hung"}}},
		"f holds through no crossing: it crashed": {{crossing: "cgo", left: "no compiler"}, {crossing: "purego", failed: map[int]string{0: "crashed"}},
			{crossing: directName, held: []int{0}}},
		"f: no crossing can pass it": {{crossing: "cgo", left: "no compiler"}, {crossing: directName, held: []int{0}}},
	} {
		p.rows = rows
		got := ""
		if err := p.failure(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
