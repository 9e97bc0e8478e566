// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
)

// timing returns an experiment that measures one subject in so many rounds, and calls look before each batch.
func timing(name string, rounds int, look func()) study.Experiment {
	return study.Experiment{Name: name, Run: func(lab *study.Lab) ([]measure.Series, error) {
		subject := measure.Subject{Name: "Made/op=" + name + "/n=1", Group: name, Facts: []measure.Fact{{Key: "problem", Value: name}}, Least: 1, Run: turns, Reset: look}
		return lab.MeasureIn([]measure.Subject{subject}, time.Microsecond, rounds, 1)
	}}
}

// TestPartial reads the partial record while a run is under way: it has what is complete, and says that it is cut short.
func TestPartial(t *testing.T) {
	for _, output := range []string{"record.txt", "record.txt.gz"} {
		folder := t.TempDir()
		file := filepath.Join(folder, output)
		partial := study.PartialOf(file)
		if want := filepath.Join(folder, "record.txt.partial"); partial != want {
			t.Errorf("the partial record of %s is %s, want %s", file, partial, want)
		}
		if err := os.WriteFile(partial, []byte("of a run that was killed"), 0o644); err != nil {
			t.Fatal(err)
		}
		most := map[string]int{} // samples that were seen before the end, by row
		look := func() {
			r, err := record.ReadFile(partial)
			if err != nil { // the other run's
				return
			}
			if got := r.Get("interrupted"); got != "in second, by what ended the process" || r.Get("study") != "made" || r.Get("seed") == "" || r.Get("threads") == "" {
				t.Fatalf("the partial record says %q and the facts %v", got, r.Facts)
			}
			for k := range r.Rows {
				most[r.Rows[k].Op] = len(r.Rows[k].Samples)
			}
		}
		s := &study.Study{Name: "made", Parts: []study.Part{{Name: "part", Experiments: []study.Experiment{
			timing("first", 2, func() {}), timing("second", 400, func() { time.Sleep(time.Millisecond); look() })}}}}
		var said bytes.Buffer
		if err := s.Run(&study.Lab{Settings: study.Settings{Output: file}, Stdout: io.Discard, Stderr: &said}); err != nil {
			t.Fatal(err)
		}
		if most["first"] != 2 || most["second"] < 1 || most["second"] > 399 {
			t.Errorf("the last partial record had the rounds %v, want 2 of first, and some of second but not all 400", most)
		}
		if !strings.Contains(said.String(), "record.txt.partial is of a run that was killed; this run will replace it") {
			t.Errorf("said %q, want what becomes of the other run's", said.String())
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
			t.Errorf("left are %v, error %v, want the record alone", left, err)
		}
		if r, err := record.ReadFile(file); err != nil || r.Get("interrupted") != "" || len(r.Rows) != 2 || len(r.Rows[1].Samples) != 400 {
			t.Errorf("error %v, the record is not that of the whole run: %+v", err, r)
		}
	}
}

// TestPartialLost: a run whose partial record cannot be written says so once, goes on, and ends with its record elsewhere.
func TestPartialLost(t *testing.T) {
	t.Chdir(t.TempDir())
	folder := filepath.Join(t.TempDir(), "gone")
	s := &study.Study{Name: "made", Parts: []study.Part{{Name: "part", Experiments: []study.Experiment{
		timing("first", 9, func() { _ = os.RemoveAll(folder) })}}}}
	var said bytes.Buffer
	err := s.Run(&study.Lab{Settings: study.Settings{Output: filepath.Join(folder, "record.txt")}, Stdout: io.Discard, Stderr: &said})
	if err == nil || !strings.Contains(err.Error(), "the record is in build/results/made-") {
		t.Errorf("error %v, want where the record is", err)
	}
	if n := strings.Count(said.String(), "what is measured is not kept before the end of the run: "); n != 1 {
		t.Errorf("said %d times that nothing is kept, want once:\n%s", n, said.String())
	}
}
