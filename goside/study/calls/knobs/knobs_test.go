// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"errors"
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

// check runs every subject and returns their names, which must be of the form and unique, and stand beside
// those of their group.
func check(t *testing.T, subjects []measure.Subject, form string) []string {
	t.Helper()
	var names, groups []string
	for _, s := range subjects {
		n := record.ParseName(s.Name)
		if slices.Contains(names, s.Name) || !regexp.MustCompile(form).MatchString(s.Name) || n.String() != s.Name {
			t.Errorf("name %s is there twice or not of the form %s", s.Name, form)
		}
		names = append(names, s.Name)
		if !slices.Contains(groups, s.Group) {
			groups = append(groups, s.Group)
		} else if groups[len(groups)-1] != s.Group {
			t.Errorf("%s does not stand beside the others of the group %s", s.Name, s.Group)
		}
		if s.Group != n.Op || s.Facts[0].Value != "knobs "+n.Op {
			t.Errorf("%s is of the group %s and states %v", s.Name, s.Group, s.Facts)
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

const form = `^Knobs/op=[a-z-]+/(lang=c/via=(cgo|purego|syscalln)/n=\d+/directives=(none|noescape|nocallback|both)/` +
	`memory=(none|go-heap|c-heap|stack|pinned-once|pinned-each|pinned-new)/thread=(free|locked|each)/symbol=(static|pointer|dlopen)|` +
	`lang=go/via=direct/n=1/thread=(free|locked))(/entry=again)?$`

func TestSubjects(t *testing.T) {
	some, err := newSubjects(false)
	studytest.Available(t, err)
	all, err := newSubjects(true)
	studytest.Available(t, err)
	names, full := check(t, some, form), check(t, all, form)
	for _, name := range names {
		if !slices.Contains(full, name) {
			t.Errorf("the whole matrix lacks %s", name)
		}
	}
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
	for op := range plainMemory {
		for _, entry := range []string{"", record.EntryAgain} {
			c := plain(op).but(choice{entry: entry})
			if n := countOf(names, c); n != 1 {
				t.Errorf("there are %d of %+v, want 1", n, c)
			}
		}
	}
	for _, c := range []choice{
		plain("first").but(choice{directives: "noescape", memory: "stack"}), plain("first").but(choice{thread: "locked"}),
		plain("noop").but(choice{thread: "each"}), plain("noop").but(choice{symbol: "pointer"}), plain("first").but(choice{symbol: "dlopen"}),
		plain("noop").but(choice{via: "syscalln"}), plain("call"), plain("lock"), plain("switch"), plain("switch").but(choice{thread: "locked"}),
	} {
		if n := countOf(names, c); n != 1 {
			t.Errorf("the selection has %d of %+v, want 1", n, c)
		}
	}
}

// countOf returns how many names say that this was chosen.
func countOf(names []string, c choice) int {
	count := 0
	for _, name := range names {
		if n := record.ParseName(name); named(&n) == c {
			count++
		}
	}
	return count
}

// TestNamesAreUnique holds that nothing that one run times has the name of another, whatever process times it.
func TestNamesAreUnique(t *testing.T) {
	for _, full := range []bool{false, true} {
		here, err := newSubjects(full)
		studytest.Available(t, err)
		collected, err := collectedSubjects()
		studytest.Available(t, err)
		child, err := childSubjects(full)
		studytest.Available(t, err)
		if !full {
			check(t, child, form)
		}
		seen := map[string]bool{}
		add := func(name string) {
			if seen[name] {
				t.Errorf("full %v: %s is there twice", full, name)
			}
			seen[name] = true
		}
		for _, s := range slices.Concat(here, collected) {
			add(s.Name)
		}
		for _, p := range processes("toll", "nocgo", "cgocheck2") {
			for _, s := range child {
				add(p.named(s.Name))
			}
		}
	}
}

func TestChoices(t *testing.T) {
	c := plain("first").but(choice{memory: "stack", gc: "hard", entry: record.EntryAgain})
	const want = "Knobs/op=first/lang=c/via=cgo/n=8/directives=none/memory=stack/thread=free/symbol=static/gc=hard/entry=again"
	if got := c.name(8); got != want {
		t.Errorf("the name is %s, want %s", got, want)
	}
	if n := record.ParseName(want); named(&n) != c {
		t.Errorf("the name says %+v, want %+v", named(&n), c)
	}
	if by := plain("noop").but(choice{via: "syscalln"}); by.symbol != "dlopen" || !by.isPlain() || c.isPlain() {
		t.Errorf("the plain call by SyscallN is %+v", by)
	}
}

func TestCollectedSubjects(t *testing.T) {
	subjects, err := collectedSubjects()
	studytest.Available(t, err)
	var some []measure.Subject // a collection of 32 MiB takes a while
	for _, s := range subjects {
		if s.Group == "work" {
			some = append(some, s)
		}
	}
	names := check(t, some, `^Knobs/op=work/lang=go/via=direct/n=1/thread=free/gc=(idle|hard)(/entry=again)?$`)
	if len(names) != 4 || len(subjects) < 6 || len(subjects)%2 != 0 {
		t.Errorf("%d subjects, with the work %v, want pairs, of which two are of work", len(subjects), names)
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

// TestMerge: the samples of processes that print names, under their settings and in the order of rounds.
func TestMerge(t *testing.T) {
	read := func(in io.Reader) ([]measure.Series, error) {
		text, err := io.ReadAll(in)
		var series []measure.Series
		for word := range strings.FieldsSeq(string(text)) {
			var wall float64
			name, value, _ := strings.Cut(word, ":")
			if _, err := fmt.Sscan(value, &wall); err != nil {
				return nil, fmt.Errorf("no number: %s", word)
			}
			series = append(series, measure.Series{Subject: &measure.Subject{Name: name}, N: 5, Samples: []measure.Sample{{Wall: wall}}})
		}
		return series, err
	}
	newProcess := func(value, script string, again bool) process {
		return process{setting: record.Key{Key: "cgocheck", Value: value}, exe: "sh", env: []string{"SCRIPT=" + script}, again: again}
	}
	args := func(round int) []string { return []string{"-c", `eval "$SCRIPT"`, "sh", fmt.Sprint(round)} }
	run := func(processes ...process) ([]measure.Series, int, error) {
		calls := 0
		series, err := runProcesses(processes, 3, 1, args, read, nil, func(done, all int) {
			calls++
			if done != calls || all != 3*len(processes) {
				t.Errorf("progress is %d of %d, want %d of %d", done, all, calls, 3*len(processes))
			}
		})
		return series, calls, err
	}
	series, calls, err := run(newProcess("0", "echo A/lang=c/n=8:1$1 B/lang=go/n=1:2$1", false),
		newProcess("1", `if [ $1 = 1 ]; then echo B/lang=go/n=1:4$1 A/lang=c/n=8:3$1; else echo A/lang=c/n=8:3$1 B/lang=go/n=1:4$1; fi`, true))
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
		"A/lang=c/n=8/cgocheck=0 10 11 12", "B/lang=go/n=1/cgocheck=0 20 21 22",
		"A/lang=c/n=8/cgocheck=1/entry=again 30 31 32", "B/lang=go/n=1/cgocheck=1/entry=again 40 41 42",
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
		if _, _, err := run(newProcess("7", script, false)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "cgocheck=7") {
			t.Errorf("%s: got the error %v, want one with cgocheck=7 and %q", script, err, want)
		}
	}
}

func TestProcesses(t *testing.T) {
	t.Setenv("GODEBUG", "madvdontneed=1")
	var got []string
	for _, p := range processes("toll", "toll-nocgo", "toll-cgocheck2") {
		got = append(got, fmt.Sprint(p.setting.Key, "=", p.setting.Value, " ", p.exe, " ", p.env, " ", p.again))
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
	if n := len(processes("toll", "", "")); n != 3 {
		t.Errorf("without other programs there are %d processes, want 3", n)
	}
}

func TestChildRefuses(t *testing.T) {
	for _, args := range [][]string{nil, {"1"}, {"x", "true"}, {"1", "maybe"}} {
		if err := child(io.Discard, args); err == nil {
			t.Errorf("of the arguments %q there is no error", args)
		}
	}
}

// TestProcessesStop: the complete rounds of processes are kept, and what fails after the stop is no failure.
func TestProcessesStop(t *testing.T) {
	all := []process{{setting: record.Key{Key: "cgo", Value: "0"}, exe: "true"}, {setting: record.Key{Key: "cgo", Value: "1"}, exe: "true"}}
	for _, after := range []int{0, 1, 2, 5} { // processes
		stop := make(chan struct{})
		if after == 0 {
			close(stop)
		}
		ran := 0
		series, err := runProcesses(all, 3, 1, func(int) []string { return nil }, func(io.Reader) ([]measure.Series, error) {
			if ran++; ran == after+1 && after > 0 {
				close(stop)
				return nil, errors.New("it was killed")
			}
			return []measure.Series{{Subject: &measure.Subject{Name: "A/n=1"}, Samples: []measure.Sample{{Wall: 1}}}}, nil
		}, stop, func(int, int) {})
		rounds := after / 2
		if !errors.Is(err, measure.ErrStopped) || (len(series) == 2) != (rounds > 0) || ran > after+1 {
			t.Errorf("stopped after %d processes: %d series, error %v, %d ran, want 2 of %d rounds", after, len(series), err, ran, rounds)
		}
		for _, s := range series {
			if len(s.Samples) != rounds {
				t.Errorf("stopped after %d processes: %s has %d samples, want %d", after, s.Subject.Name, len(s.Samples), rounds)
			}
		}
	}
}
