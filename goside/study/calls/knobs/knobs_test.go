// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"fmt"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study/studytest"
)

// checkKnobs runs every subject and returns their names, which must be of the form and unique, and stand beside
// those of equal facts.
func checkKnobs(t *testing.T, subjects []measure.Subject, form string) []string {
	t.Helper()
	var names, problems []string
	for _, s := range subjects {
		if slices.Contains(names, s.Name) || !regexp.MustCompile(form).MatchString(s.Name) {
			t.Errorf("name %s is there twice or not of the form %s", s.Name, form)
		}
		names = append(names, s.Name)
		if problem := fmt.Sprint(s.Facts); !slices.Contains(problems, problem) {
			problems = append(problems, problem)
		} else if problems[len(problems)-1] != problem {
			t.Errorf("%s does not stand beside the others with the facts %v", s.Name, s.Facts)
		}
		for _, n := range []int{s.Least, 10 * s.Least} {
			if s.Reset != nil {
				s.Reset()
			}
			if err := s.Run(n); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	}
	return names
}

const knobForm = `^Knobs/kernel=[a-z-]+/(lang=c(-again)?/via=(cgo|purego|syscalln)/directives=(none|noescape|nocallback|both)/` +
	`memory=(none|go-heap|c-heap|stack|pinned-once|pinned-each|pinned-new)/thread=(free|locked|each)/symbol=(static|pointer|dlopen)|` +
	`lang=go/via=direct/thread=(free|locked))/n=\d+$`

func TestKnobSubjects(t *testing.T) {
	some, err := KnobSubjects(false)
	studytest.Available(t, err)
	all, err := KnobSubjects(true)
	studytest.Available(t, err)
	names, full := checkKnobs(t, some, knobForm), checkKnobs(t, all, knobForm)
	for _, name := range names {
		if !slices.Contains(full, name) {
			t.Errorf("the whole matrix lacks %s", name)
		}
	}
	child, err := KnobChildSubjects(false)
	studytest.Available(t, err)
	childFull, err := KnobChildSubjects(true)
	studytest.Available(t, err)
	checkKnobs(t, child, knobForm)
	checkKnobs(t, childFull, knobForm)

	knobs, err := cgoKnobs()
	if err != nil {
		t.Fatal(err)
	}
	if len(knobs) == 0 { // built without cgo
		return
	}
	if len(full) < 2*len(names) {
		t.Errorf("the whole matrix has %d subjects and the selection %d, want far fewer", len(full), len(names))
	}
	for kernel, memory := range PlainMemory {
		for _, lang := range []string{"c", "c" + record.Again} {
			want := fmt.Sprintf("Knobs/kernel=%s/lang=%s/via=cgo/directives=none/memory=%s/thread=free/symbol=static/n=", kernel, lang, memory)
			if n := countPrefix(names, want); n != 1 {
				t.Errorf("there are %d of %s, want 1", n, want)
			}
		}
	}
	for _, one := range []string{"/directives=noescape/memory=stack/", "/directives=none/memory=go-heap/thread=locked/", "/thread=each/", "/symbol=pointer/", "/symbol=dlopen/"} {
		if !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, one) }) {
			t.Errorf("the selection has none with %s", one)
		}
	}
}

func countPrefix(names []string, prefix string) int {
	n := 0
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			n++
		}
	}
	return n
}

func TestGCSubjects(t *testing.T) {
	subjects, err := GCSubjects()
	studytest.Available(t, err)
	var some []measure.Subject // a collection of 32 MiB takes a while
	for _, s := range subjects {
		if strings.Contains(s.Name, "kernel=work") {
			some = append(some, s)
		}
	}
	names := checkKnobs(t, some, `^Knobs/kernel=work/lang=go/via=direct/thread=free/gc=(idle|hard)/n=1$`)
	if len(names) != 2 || len(subjects) < 4 || len(subjects)%2 != 0 {
		t.Errorf("%d subjects, with the work %v, want pairs, of which one is of work", len(subjects), names)
	}
	collections := func() uint32 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumGC
	}
	c := &collector{}
	before := collections()
	c.start()
	for collections() < before+3 { // it goes on by itself
		runtime.Gosched()
	}
	c.wait()
	before = collections()
	if err := work(1000); err != nil || collections() != before {
		t.Errorf("after wait there were %d collections and the error %v, want none", collections()-before, err)
	}
}

// TestKnobsMerge: the samples of processes that print names, under their settings and in the order of rounds.
func TestKnobsMerge(t *testing.T) {
	read := func(in io.Reader) ([]measure.Series, error) {
		text, err := io.ReadAll(in)
		var series []measure.Series
		for _, word := range strings.Fields(string(text)) {
			var wall float64
			name, value, _ := strings.Cut(word, ":")
			if _, err := fmt.Sscan(value, &wall); err != nil {
				return nil, fmt.Errorf("no number: %s", word)
			}
			series = append(series, measure.Series{Subject: &measure.Subject{Name: name}, N: 5, Samples: []measure.Sample{{Wall: wall}}})
		}
		return series, err
	}
	process := func(value, script string, again bool) KnobProcess {
		return KnobProcess{Setting: measure.Fact{Key: "cgocheck", Value: value}, Exe: "sh", Env: []string{"SCRIPT=" + script}, Again: again}
	}
	args := func(round int) []string { return []string{"-c", `eval "$SCRIPT"`, "sh", fmt.Sprint(round)} }
	run := func(processes ...KnobProcess) ([]measure.Series, int, error) {
		calls := 0
		series, err := Knobs(processes, 3, 1, args, read, func(done, all int) {
			calls++
			if done != calls || all != 3*len(processes) {
				t.Errorf("progress is %d of %d, want %d of %d", done, all, calls, 3*len(processes))
			}
		})
		return series, calls, err
	}
	series, calls, err := run(process("0", "echo A/lang=c/n=8:1$1 B/lang=go/n=1:2$1", false),
		process("1", `if [ $1 = 1 ]; then echo B/lang=go/n=1:4$1 A/lang=c/n=8:3$1; else echo A/lang=c/n=8:3$1 B/lang=go/n=1:4$1; fi`, true))
	if err != nil || calls != 6 {
		t.Fatalf("%d runs and the error %v, want 6 and none", calls, err)
	}
	var got []string
	for _, s := range series {
		line := s.Subject.Name
		for _, sample := range s.Samples {
			line += fmt.Sprint(" ", sample.Wall)
		}
		got = append(got, line)
	}
	want := []string{
		"A/lang=c/cgocheck=0/n=8 10 11 12", "B/lang=go/cgocheck=0/n=1 20 21 22",
		"A/lang=c-again/cgocheck=1/n=8 30 31 32", "B/lang=go-again/cgocheck=1/n=1 40 41 42",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	for script, want := range map[string]string{
		"echo dead >&2; exit 3": "dead",
		"echo A:x":              "no number: A:x",
		"true":                  "0 series",
		"echo A:1 A:2":          "A/cgocheck=7",
		"if [ $1 = 2 ]; then echo B:1; else echo A:1; fi":     "B/cgocheck=7",
		"if [ $1 = 1 ]; then echo A:1 B:1; else echo A:1; fi": "series",
	} {
		if _, _, err := run(process("7", script, false)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "cgocheck=7") {
			t.Errorf("%s: got the error %v, want one with cgocheck=7 and %q", script, err, want)
		}
	}
}

func TestKnobProcesses(t *testing.T) {
	t.Setenv("GODEBUG", "madvdontneed=1")
	var got []string
	for _, p := range KnobProcesses("toll", "toll-nocgo", "toll-cgocheck2") {
		got = append(got, fmt.Sprint(p.Setting.Key, "=", p.Setting.Value, " ", p.Exe, " ", p.Env, " ", p.Again))
	}
	want := []string{
		"cgocheck=1 toll [GODEBUG=madvdontneed=1,cgocheck=1] false",
		"cgocheck=1 toll [GODEBUG=madvdontneed=1,cgocheck=1] true",
		"cgocheck=0 toll [GODEBUG=madvdontneed=1,cgocheck=0] false",
		"cgocheck=2 toll-cgocheck2 [GODEBUG=madvdontneed=1,cgocheck=1] false",
		"cgo=0 toll-nocgo [GODEBUG=madvdontneed=1,cgocheck=1] false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := len(KnobProcesses("toll", "", "")); n != 3 {
		t.Errorf("without other programs there are %d processes, want 3", n)
	}
}
