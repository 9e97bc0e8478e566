// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package knobs studies what can be chosen about a call: cgo's directives, where the memory lies, pinning, threads, how a
// symbol is found, checks of pointers, a program without cgo, a collector at work, calls without the scheduler and their price.
package knobs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// Part is what can be chosen.
var Part = study.Part{
	Name: "knobs",
	Experiments: []study.Experiment{
		{Name: "knobs", Free: true, Quick: 13 * time.Second, Full: 3 * time.Minute, Run: run},
		{Name: "leaf", Free: true, Quick: 10 * time.Second, Full: 45 * time.Second, Run: runLeaf},
		{Name: "locked", Free: true, Quick: 8 * time.Second, Full: 22 * time.Second, Run: runLocked},
	},
	Benchmarks: []string{benchmark, leafName, stallName, lockedName},
	Sections:   []func(*page.Page){tables, leafTables, lockedTables},
	Answers: []page.Question{
		{Text: "What do noescape and nocallback give?", Answer: answerDirectives},
		{Text: "When does pinning cost?", Answer: answerPinning},
		{Text: "Can a call do without the scheduler?", Answer: answerLeaf},
	},
	Claims:   claims,
	Children: []study.Child{{Name: "knobs", Run: child}},
}

// run times what can be chosen in this process, then under the collector, then in processes of other settings.
func run(lab *study.Lab) ([]measure.Series, error) {
	all, err := newSubjects(lab.Full)
	if err := lab.Available(err); err != nil {
		return nil, err
	}
	series, err := lab.Measure(all, study.CallBatch, 11, 3)
	if err != nil {
		return series, err
	}
	all, err = collectedSubjects()
	if err := lab.Available(err); err != nil {
		return series, err
	}
	lab.Collecting(func() {
		var collected []measure.Series
		collected, err = lab.Measure(all, 30*time.Millisecond, 6, 1)
		series = append(series, collected...)
	})
	if err != nil {
		return series, err
	}
	exe, err := os.Executable()
	if err != nil {
		return series, err
	}
	var nocgo, cgocheck2 string
	lab.Progress.Begin("building programs")
	root, err := seam.Tree()
	if err == nil {
		nocgo = filepath.Join(root, "build", "bin", "toll-nocgo")
		err = lab.Build(root, nocgo, "CGO_ENABLED=0")
		if err == nil && lab.Full {
			cgocheck2 = filepath.Join(root, "build", "bin", "toll-cgocheck2")
			err = lab.Build(root, cgocheck2, "GOEXPERIMENT=cgocheck2")
		}
	}
	if err := lab.Available(err); err != nil {
		return series, err
	}
	lab.Progress.BeginTimed("measuring in processes")
	rounds := 6
	if lab.Full {
		rounds = study.FullRounds
	}
	children, err := runProcesses(processes(exe, nocgo, cgocheck2), rounds, lab.Seed, func(round int) []string {
		return []string{"child", "knobs", fmt.Sprint(lab.Seed + uint64(round)), fmt.Sprint(lab.Full)}
	}, func(r io.Reader) ([]measure.Series, error) {
		rec, err := record.Read(r, "toll child knobs")
		if err != nil {
			return nil, err
		}
		return rec.Series(), nil
	}, lab.Done, lab.Progress.Step)
	return append(series, children...), err
}

// child times one round of what is timed in processes of other settings, and writes the record of it. args are the seed, and
// whether the whole matrix is timed.
func child(out io.Writer, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("child knobs has the arguments %q, want a seed, and true or false", args)
	}
	seed, err := strconv.ParseUint(args[0], 10, 64)
	if err != nil {
		return err
	}
	full, err := strconv.ParseBool(args[1])
	if err != nil {
		return err
	}
	all, err := childSubjects(full)
	if err != nil && !errors.Is(err, seam.ErrUnavailable) {
		return err
	}
	plan := measure.Plan{Rounds: 1, Batch: study.CallBatch, Visits: 3, Seed: seed, Clock: measure.MachineClock()}
	run, err := measure.Measure(plan, all, func(int, int) {})
	if err != nil {
		return err
	}
	return record.Write(out, nil, record.ProblemFacts, runtime.GOMAXPROCS(0), run.Series)
}
