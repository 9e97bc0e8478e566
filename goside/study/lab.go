// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/via/cpython"
	"toll/goside/via/thread"
)

// Lab is where a study is run: what was asked of the run, and what its experiments share.
type Lab struct {
	Settings
	Stdout, Stderr io.Writer
	Progress       *Progress
	Done           <-chan struct{} // closed when the run is to stop

	started time.Time
	facts   []measure.Fact // of the run, from experiments

	crossings []calls.Crossing // see Crossings
	checked   []int
	checking  error

	partial partial

	lacking     bool          // something was unavailable
	resolution  time.Duration // of the clock; 0: nothing was timed by it
	batch       time.Duration // the longest that batches were made at least
	collections int           // of garbage, in batches that did not ask for any
}

// Settings are what the flags of a command say of a run.
type Settings struct {
	Output   string // file of the record; "": one in build/results
	Markdown bool
	JSON     bool // instead of tables
	Full     bool
	Asked    map[string]bool // by the experiment's name, see Experiment.Asked
	Parts    []string        // patterns of the names of parts and experiments; nil: all
	Seed     uint64          // of the order within rounds
	Rounds   int             // 0: as many as each experiment takes
	Visits   int             // of a subject in a round; 0: as many as each experiment makes
	Threads  int             // of parallel languages; 0: GOMAXPROCS
	Routes   []string        // patterns of routes; nil: those of the experiment
	Kernels  []string        // patterns of kernels; nil: all
	NoLimits bool            // the machine's limits are not measured beside
	// Beside makes more of the record that was written, beside it, and says so; nil if nothing is to be made.
	Beside func(w io.Writer, file string) error
	// Judge judges the record of a run that was not interrupted; nil if nothing is to be judged.
	Judge func(w io.Writer, r *record.Record) error
}

// ErrReported ends the program with exit code 1 after it has said why.
var ErrReported = errors.New("")

// Revision is set by scripts/build.sh.
var Revision = "unknown"

// A batch is long beside the clock's steps and short beside the bursts in which neighbours disturb it; the
// median of several batches in a round then passes over a burst. CallBatch is shorter: a call takes little beside it, and
// there are many.
const (
	Batch     = 2 * time.Millisecond
	CallBatch = time.Millisecond
	Visits    = 5
)

// FullRounds are those of --full.
const FullRounds = 31

// Run runs the experiments that were asked for, writes their record, prints its tables and draws its pictures. An experiment
// that fails is said, and the others go on; the error is then ErrReported. A signal ends the run, see Interrupted, and what
// was measured is kept.
func (s *Study) Run(lab *Lab) error {
	chosen, takes, err := s.choose(lab)
	if err != nil {
		return err
	}
	if by := machine.Emulated(); by != "" {
		return fmt.Errorf("study: %w: %s emulates this processor, and its times are the emulator's: want the processor itself; toll verify and toll certify take no time",
			seam.ErrUnavailable, by)
	}
	lab.started = time.Now()
	if lab.Threads == 0 {
		lab.Threads = runtime.GOMAXPROCS(0)
	}
	out, err := lab.openRecord(s.Name)
	if err != nil {
		return err
	}
	if len(chosen) > 1 {
		fmt.Fprintf(lab.Stderr, "%d experiments, about %v on two cores\n", len(chosen), takes.Round(10*time.Second))
	}
	facts := append([]measure.Fact{
		{Key: "study", Value: s.Name},
		{Key: "date", Value: lab.started.UTC().Format(time.RFC3339)},
		{Key: "revision", Value: Revision},
	}, machine.Facts()...) // its load before this run makes one
	others := machine.Others()
	lab.Progress = NewProgress(lab.Stderr)
	lab.Stderr = lab.Progress
	defer lab.Progress.End()
	lab.keep(out, facts, s.Facts())
	ctx, end := UntilSignal(lab.Stderr, "writing what was measured when this round or part ends; a second signal ends at once, and loses it")
	defer end()
	lab.Done = ctx.Done()
	series, stopped, failed := lab.perform(chosen)
	series, unsound := record.Sound(s.Facts(), series) // what one part does wrong must not lose the others' figures
	failed = errors.Join(failed, unsound)
	if len(series) == 0 {
		if err := context.Cause(ctx); err != nil {
			if stopped != "" {
				fmt.Fprintf(lab.Stderr, "toll: there is no record, since no round was complete when %s\n", whenStopped(chosen, stopped))
			}
			return err
		}
		nothing := errors.New("nothing was measured")
		if failed == nil && lab.lacking {
			nothing = fmt.Errorf("%w: %w", nothing, seam.ErrUnavailable)
		}
		return errors.Join(failed, nothing)
	}
	interrupted := ""
	if stopped != "" {
		interrupted = fmt.Sprintf("in %s, %v", stopped, context.Cause(ctx))
	}
	facts = lab.stand(facts, interrupted, measure.Fact{Key: "others", Value: others()}, machine.Floats())
	written, file, err := out.writeRecord(facts, s.Facts(), series)
	if written == nil {
		return err
	}
	if file != "" {
		err = errors.Join(err, lab.partial.whole())
	}
	if failed != nil {
		fmt.Fprintf(lab.Stderr, "toll: %v\n", failed)
	}
	said := lab.Stdout
	if lab.JSON {
		err, said = errors.Join(err, WriteJSON(lab.Stdout, s.Data(written))), lab.Stderr
	} else {
		err = errors.Join(err, s.Print(lab.Stdout, written, page.Style{Baseline: registry.Baseline, Markdown: lab.Markdown, Source: file}))
	}
	if file != "" {
		fmt.Fprintf(said, "Record: %s\n", file)
	}
	err = errors.Join(err, s.drawBeside(said, written, file))
	if lab.Beside != nil && file != "" {
		err = errors.Join(err, lab.Beside(said, file))
	}
	if lab.Judge != nil && stopped == "" {
		err = errors.Join(err, lab.Judge(said, written))
	}
	if stopped != "" && file != "" {
		fmt.Fprintf(lab.Stderr, "toll: the record %s is whole: it holds all that was complete when %s\n", file, whenStopped(chosen, stopped))
	}
	if err = errors.Join(context.Cause(ctx), err); err == nil && failed != nil {
		err = ErrReported
	}
	return err
}

// whenStopped says which experiment was stopped, and which others had not begun.
func whenStopped(chosen []Experiment, stopped string) string {
	at := slices.IndexFunc(chosen, func(e Experiment) bool { return e.Name == stopped })
	says := stopped + " was stopped"
	var later []string
	for _, e := range chosen[at+1:] {
		later = append(later, e.Name)
	}
	if later != nil {
		says += "; not begun: " + strings.Join(later, ", ")
	}
	return says
}

// perform runs the experiments one after another, and goes on with the next if one fails. stopped is the one in which it was
// told to stop.
func (lab *Lab) perform(chosen []Experiment) (series []measure.Series, stopped string, failed error) {
	for k, e := range chosen {
		what := e.Name
		if len(chosen) > 1 {
			what = fmt.Sprintf("%d of %d: %s", k+1, len(chosen), e.Name)
		}
		takes := e.Quick
		if lab.Full {
			takes = e.Full
		}
		lab.Progress.Stage(what, takes)
		lab.partial.of, lab.partial.begun = e.Name, nil
		lab.sofar(nil, true)
		var more []measure.Series
		var err error
		if e.Free {
			more, err = e.Run(lab)
		} else { // its checks, too, call native code
			thread.Do(func() { more, err = e.Run(lab) })
		}
		lab.Progress.End()
		series = append(series, more...)
		lab.partial.ended, lab.partial.begun = series, nil
		select {
		case <-lab.Done:
			return series, e.Name, failed
		default:
		}
		if err := lab.Available(err); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", e.Name, err))
		}
	}
	return series, "", failed
}

// Say adds a fact to what the record says of the run, once.
func (lab *Lab) Say(key, value string) {
	for _, f := range lab.facts {
		if f.Key == key {
			return
		}
	}
	lab.facts = append(lab.facts, measure.Fact{Key: key, Value: value})
}

// SayPython adds which CPython is embedded, if any is.
func (lab *Lab) SayPython() {
	in, err := cpython.Default()
	if err != nil {
		return
	}
	version := in.Version()
	if numpy, err := in.Import("numpy", "__version__"); err == nil {
		version += ", NumPy " + numpy.Text()
	}
	lab.Say("python", version)
}

// SayBuilds adds how each language was built; a language is built once for all its crossings.
func (lab *Lab) SayBuilds(routes []*seam.Route) {
	for _, r := range routes {
		if library, err := r.Open(); err == nil {
			lab.Say("build-"+r.Lang, library.Build.String())
		}
	}
}

// Measure times subjects in that many rounds; in FullRounds, if those are more, with --full.
func (lab *Lab) Measure(subjects []measure.Subject, batch time.Duration, rounds, visits int) ([]measure.Series, error) {
	if lab.Full {
		rounds = max(rounds, FullRounds)
	}
	return lab.MeasureIn(subjects, batch, rounds, visits)
}

// MeasureIn times subjects in exactly that many rounds, unless the run's settings say otherwise. Beside an error it returns
// the rounds that are complete.
func (lab *Lab) MeasureIn(subjects []measure.Subject, batch time.Duration, rounds, visits int) ([]measure.Series, error) {
	if lab.Rounds != 0 {
		rounds = lab.Rounds
	}
	if lab.Visits != 0 {
		visits = lab.Visits
	}
	plan := measure.Plan{Rounds: rounds, Batch: batch, Visits: visits, Seed: lab.Seed, Clock: measure.MachineClock(), Done: lab.Done,
		Keep: func(run *measure.Run) { lab.sofar(run.Series, false) }}
	run, err := measure.Measure(plan, subjects, lab.announcing(len(subjects), rounds))
	if run == nil {
		return nil, err
	}
	lab.resolution, lab.batch = run.Resolution, max(lab.batch, run.Batch)
	lab.collections += run.Collections
	lab.partial.begun = append(lab.partial.begun, run.Series...)
	return run.Series, err
}

// announcing returns what shows the progress of measuring, and says when the first round is complete. Calibration calls it
// with done = 0 after each subject.
func (lab *Lab) announcing(subjects, rounds int) func(done, all int) {
	calibrated, said := 0, false
	lab.Progress.BeginTimed("calibrating")
	return func(done, all int) {
		if done == 0 {
			calibrated++
			lab.Progress.Step(calibrated, subjects)
			if calibrated == subjects {
				lab.Progress.BeginTimed("measuring")
			}
			return
		}
		lab.Progress.Step(done, all)
		if !said && done*rounds >= all {
			said = true
			lab.Progress.Say(fmt.Sprintf("1 of %d rounds", rounds))
		}
	}
}

// Collecting runs what collects garbage on purpose, so that its collections do not count.
func (lab *Lab) Collecting(run func()) {
	before := lab.collections
	run()
	lab.collections = before
}

// Available says what err says is unavailable, and returns any other error.
func (lab *Lab) Available(err error) error {
	if errors.Is(err, seam.ErrUnavailable) {
		lab.lacking = true
		fmt.Fprintf(lab.Stderr, "toll: left out: %v\n", err)
		return nil
	}
	return err
}

// Crossings returns the crossings that call the functions of calls.h, and how many calls of each were verified. It is an
// error if what one returns is wrong.
func (lab *Lab) Crossings() ([]calls.Crossing, []int, error) {
	if lab.crossings != nil || lab.checking != nil {
		return lab.crossings, lab.checked, lab.checking
	}
	crossings, missing, err := registry.Crossings()
	if missing != nil {
		_ = lab.Available(missing)
	}
	for _, crossing := range crossings {
		checked, wrong := conform.VerifyCalls(crossing.Funcs)
		if len(wrong) > 0 {
			err = fmt.Errorf("%s returns what is wrong, and is not timed: %w", crossing.Name, errors.Join(wrong...))
			break
		}
		lab.checked = append(lab.checked, checked)
	}
	if lab.checking = err; err == nil {
		lab.crossings = crossings
	}
	return lab.crossings, lab.checked, lab.checking
}

// Match verifies the routes of these names.
func (lab *Lab) Match(patterns []string, kernels ...string) ([]conform.Result, error) {
	routes, err := registry.Match(patterns)
	if err != nil {
		return nil, err
	}
	return lab.Verify(routes, kernels)
}

// Verify runs the cases of the kernels that match the patterns. If the run is to stop, the error is measure.ErrStopped.
func (lab *Lab) Verify(routes []*seam.Route, kernels []string) ([]conform.Result, error) {
	results, err := verify(lab.Progress, lab.Done, routes, kernels, nil)
	lab.Progress.BeginTimed("")
	if lab.Stopped() {
		return nil, measure.ErrStopped
	}
	return results, err
}

// Stopped reports whether the run is to stop.
func (lab *Lab) Stopped() bool { return Ended(lab.Done) }

// Verify runs the cases of the kernels that match the patterns, and shows progress on standard error. If a signal ends it,
// the error is an Interrupted that says what is missing, beside the results that are complete.
func Verify(routes []*seam.Route, kernels []string) ([]conform.Result, error) {
	return VerifyEach(routes, kernels, nil)
}

// VerifyEach is [Verify], and calls ran of each case, see [conform.Watch].
func VerifyEach(routes []*seam.Route, kernels []string, ran func(*seam.Route, *kernel.Case, *kernel.Job, *kernel.Job)) ([]conform.Result, error) {
	progress := NewProgress(os.Stderr)
	defer progress.End()
	ctx, end := UntilSignal(progress, "verifying ends with the case that is under way; a second signal ends at once")
	defer end()
	results, err := verify(progress, ctx.Done(), routes, kernels, ran)
	cut, ok := errors.AsType[Interrupted](context.Cause(ctx))
	if !ok {
		return results, err
	}
	if results == nil {
		return nil, fmt.Errorf("%w: nothing was verified", cut)
	}
	return complete(results, cut)
}

// complete returns the results that are complete, and as an error that wraps cut which are not.
func complete(results []conform.Result, cut error) (whole []conform.Result, err error) {
	var rows []string
	routes := map[string][]string{}
	for k := range results {
		r := &results[k]
		if r.Verdict() != conform.Stopped {
			whole = append(whole, *r)
			continue
		}
		row := strings.TrimSpace(r.Kernel + " " + strings.Trim(r.Layout, "-"))
		rows = record.AppendNew(rows, row)
		routes[row] = append(routes[row], r.Route.Name())
	}
	if rows == nil {
		return whole, cut
	}
	for k, row := range rows {
		on := routes[row][0]
		if n := len(routes[row]); n > 1 {
			on = fmt.Sprintf("%d routes", n)
		}
		rows[k] = row + " on " + on
	}
	return whole, fmt.Errorf("%w: not verified: %s", cut, strings.Join(rows, ", "))
}

// verify is Verify, until done is closed.
func verify(progress *Progress, done <-chan struct{}, routes []*seam.Route, kernels []string,
	ran func(*seam.Route, *kernel.Case, *kernel.Job, *kernel.Job)) ([]conform.Result, error) {
	var cases []kernel.Case
	for _, c := range kernel.Cases() {
		ok, err := Matches(kernels, c.Kernel)
		if err != nil {
			return nil, err
		}
		if ok {
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		return nil, seam.Usagef("no kernel matches %q, want call, diffusion, julia, ols or patterns", kernels)
	}
	progress.Begin("opening routes")
	// A route that lacks the one kernel asked for has nothing to fail.
	var offering []*seam.Route
	for k, r := range routes {
		progress.On(r.Name())
		if Ended(done) {
			return nil, measure.ErrStopped
		}
		library, err := r.Open()
		progress.Step(k+1, len(routes))
		if err != nil {
			offering = append(offering, r)
			continue
		}
		for _, f := range library.Offered() {
			if ok, _ := Matches(kernels, f.Kernel); ok {
				offering = append(offering, r)
				break
			}
		}
	}
	if len(offering) == 0 {
		return nil, seam.Usagef("none of these routes offers a kernel of %q: see toll list", kernels)
	}
	progress.Begin("verifying")
	return conform.Verify(offering, cases, &conform.Watch{Done: done, Ran: ran, Progress: func(done, all int, on string) {
		progress.On(on)
		progress.Step(done, all)
	}}), nil
}

// Wrong returns why what failed did: it would not be timed, and a table without it would hide that.
func Wrong(results []conform.Result) error {
	for k := range results {
		if results[k].Verdict() == conform.Failed {
			return results[k].Reason()
		}
	}
	return nil
}

// Good reports whether all hold.
func Good(results []conform.Result) bool {
	for k := range results {
		if !results[k].Holds() {
			return false
		}
	}
	return true
}

// NativeVia returns the crossing that native code is reached by: cgo, or purego in a program without.
func NativeVia() (string, error) {
	baseline, err := registry.Match([]string{registry.Baseline})
	if err != nil {
		return "", err
	}
	if _, err := baseline[0].Open(); errors.Is(err, seam.ErrUnavailable) {
		return "purego", nil
	}
	return "cgo", nil
}

// Matches reports whether name matches one of the patterns.
func Matches(patterns []string, name string) (bool, error) {
	for _, pattern := range patterns {
		ok, err := path.Match(pattern, name)
		if err != nil {
			return false, seam.Usagef("%q: %w", pattern, err)
		}
		if ok {
			return true, nil
		}
	}
	return false, nil
}
