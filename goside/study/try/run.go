// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
	"toll/goside/try/ladder"
	"toll/goside/via/harness"
)

// How calls are timed. A median of fewer rounds than six has no interval.
const (
	quickRounds = 9
	crowdRounds = 6
	pass        = 40 * time.Millisecond // of goroutines at once
)

// DefaultCrowds are the numbers of goroutines by default: one, as many as run at once, and many.
func DefaultCrowds() []int {
	all := []int{1, runtime.GOMAXPROCS(0), 100}
	slices.Sort(all)
	return slices.Compact(all)
}

// Study returns the study that measures what was asked for.
func (q *Request) Study() *study.Study {
	s := Study
	part := Part
	part.Experiments = []study.Experiment{{Name: part.Name, Free: true, Quick: 20 * time.Second, Full: time.Minute, Run: q.run}}
	s.Parts = []study.Part{part}
	return &s
}

// run verifies and measures the functions of the request.
func (q *Request) run(lab *study.Lab) ([]measure.Series, error) {
	folder, err := os.MkdirTemp("", "toll-try-")
	if err != nil {
		return nil, fmt.Errorf("try: %w", err)
	}
	defer os.RemoveAll(folder)
	t := &run{q, lab, folder}
	lab.Say("library", q.Library)
	if q.Reference != "" {
		lab.Say("reference", q.Reference)
	}
	var series []measure.Series
	var failed error
	for _, p := range q.problems {
		timed, err := t.problem(p)
		if errors.Is(err, measure.ErrStopped) {
			return append(series, t.series(p, timed)...), err
		}
		series = append(series, t.series(p, timed)...)
		if failed = errors.Join(failed, err); err == nil {
			failed = errors.Join(failed, p.failure())
		}
	}
	if p := q.problems[0]; q.Releases && len(p.holding(0)) > 0 {
		more, err := ladder.Run(lab, q.library, p.plan)
		series, failed = append(series, more...), errors.Join(failed, err)
	}
	return series, failed
}

// failure returns an error if a function does not hold through a crossing that was tried, with the arguments of a set.
func (p *problem) failure() error {
	tried := false
	for set := range p.plan.Sizes {
		why, held := "", false
		var names []string
		for _, r := range p.rows {
			switch {
			case r.left != "" || r.other():
			case r.holds(set):
				tried, held = true, true
			default:
				tried = true
				why = cmp.Or(why, r.failed[set])
				names = append(names, r.crossing)
			}
		}
		switch {
		case names == nil:
		case held:
			return fmt.Errorf("%s%s does not hold through %s: it %s", p.function.Name, p.with(set), strings.Join(names, ", "), why)
		default:
			return fmt.Errorf("%s%s holds through no crossing: it %s", p.function.Name, p.with(set), why)
		}
	}
	if !tried {
		return fmt.Errorf("%s: no crossing can pass it", p.function.Name)
	}
	return nil
}

// with says which set it is, "" if there is one only.
func (p *problem) with(set int) string {
	if p.plan.Sweep == "" {
		return ""
	}
	return fmt.Sprintf(" with %s = %d", p.plan.Sweep, p.plan.Sizes[set])
}

// problem verifies and times a function.
func (t *run) problem(p *problem) (timed []harness.Timed, err error) {
	if t.named != nil {
		t.addReference(p)
	}
	sets := len(p.plan.Sizes)
	t.lab.Progress.Begin("verifying " + p.function.Name)
	for set := range sets {
		if err := t.verifySet(p, set); err != nil {
			return nil, err
		}
		t.lab.Progress.Step(set+1, sets)
	}
	t.lab.Progress.BeginTimed("measuring " + p.function.Name)
	for set := range sets {
		more, err := t.measure(p, set, p.holding(set))
		timed = append(timed, more...)
		if err != nil {
			return timed, err
		}
	}
	t.lab.Progress.BeginTimed("calls at once of " + p.function.Name)
	for _, r := range p.rows {
		if len(r.held) == 0 {
			continue
		}
		more, err := t.crowd(p, r, r.held[0], t.Crowds) // the least size is where the border matters most
		timed = append(timed, more...)
		if err != nil {
			return timed, err
		}
	}
	return timed, nil
}

// addReference adds the further function, through the first crossing that can be had.
func (t *run) addReference(p *problem) {
	for k, r := range p.rows {
		if r.left == "" && r.crossing != directName && r.crossing != processName {
			p.rows = slices.Insert(p.rows, k+1, &row{crossing: r.crossing, lang: "reference", failed: map[int]string{}, reference: true})
			return
		}
	}
}

// holding returns the rows that hold in a set.
func (p *problem) holding(set int) []*row {
	return slices.DeleteFunc(slices.Clone(p.rows), func(r *row) bool { return !r.holds(set) })
}

// fail notes that a row that held does not, after all.
func (r *row) fail(set int, why string) {
	r.held = slices.DeleteFunc(r.held, func(s int) bool { return s == set })
	r.failed[set] = why
}

// silence is how long a child that measures may say nothing: a batch is of many calls.
func (t *run) silence() time.Duration { return max(time.Minute, 20*t.Limit) }

// rounds returns how many are measured.
func (t *run) rounds(quick int) int {
	switch {
	case t.lab.Rounds > 0:
		return t.lab.Rounds
	case t.Full:
		return study.FullRounds
	}
	return quick
}

// measure times the rows together. One in which the child ends fails, and the others are timed without it.
func (t *run) measure(p *problem, set int, rows []*row) ([]harness.Timed, error) {
	rows = slices.Clone(rows)
	at := slices.IndexFunc(rows, func(r *row) bool { return r.reference })
	if at >= 0 && !slices.ContainsFunc(rows, func(r *row) bool { return !r.other() }) { // there is nothing to compare it with
		rows = slices.Delete(rows, at, at+1)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	job := &harness.Job{Do: harness.Measure, Plan: p.plan, Sets: []int{set}, Rounds: t.rounds(quickRounds), Batch: int64(study.CallBatch), Seed: t.lab.Seed}
	for _, r := range rows {
		if r.reference {
			job.Reference = t.named
		} else {
			job.Crossings = append(job.Crossings, r.crossing)
		}
	}
	for _, r := range rows {
		if r.reference { // it is called through the first
			r.crossing = job.Crossings[0]
		}
	}
	e, err := t.run(job, t.silence(), t.step)
	if err != nil {
		return e.measured(), err
	}
	why := e.why(p.null(set))
	for _, said := range e.noticed {
		p.note(said)
	}
	if why == "" {
		return e.timed, nil
	}
	on := record.ParseName(e.on) // the subject
	if e.calling != nil {
		on = record.Name{Via: e.calling.Crossing}
	}
	at = slices.IndexFunc(rows, func(r *row) bool { return r.crossing == on.Via && r.reference == (on.Lang == referenceLang) })
	switch {
	case len(rows) == 1:
		at = 0
	case at < 0: // it did not say in which
		var all []harness.Timed
		for _, r := range rows {
			timed, err := t.measure(p, set, []*row{r})
			if all = append(all, timed...); err != nil {
				return all, err
			}
		}
		return all, nil
	}
	if said, untimed := strings.CutPrefix(why, p.function.Name+" is not timed: "); untimed { // through whatever crossing
		for _, r := range rows {
			r.fail(set, "was not timed, since "+said)
		}
		return nil, nil
	}
	rows[at].fail(set, why+", while it was timed")
	return t.measure(p, set, slices.Delete(rows, at, at+1))
}

// step shows how far a child is.
func (t *run) step(e *harness.Event) {
	if e.Step != nil {
		t.lab.Progress.On(e.Step.On)
		t.lab.Progress.Step(e.Step.Done, e.Step.All)
	}
}

// goroutinesText is how a step names their number.
var goroutinesText = regexp.MustCompile(`(\d+) goroutine`)

// crowd times a row's calls by several goroutines at once. If the child ends, it is repeated with fewer.
func (t *run) crowd(p *problem, r *row, set int, crowds []int) ([]harness.Timed, error) {
	if len(crowds) == 0 || r.reference {
		return nil, nil
	}
	job := &harness.Job{Do: harness.Crowd, Plan: p.plan, Crossings: []string{r.crossing}, Sets: []int{set}, Rounds: t.rounds(crowdRounds),
		Batch: int64(pass), Goroutine: crowds, Seed: t.lab.Seed}
	e, err := t.run(job, t.silence(), t.step)
	if err != nil {
		return e.measured(), err
	}
	why := e.why(p.null(set))
	if why == "" {
		return e.timed, nil
	}
	fewer := crowds[:len(crowds)-1]
	if found := goroutinesText.FindStringSubmatch(e.on); found != nil {
		n, _ := strconv.Atoi(found[1])
		if at := slices.Index(crowds, n); at >= 0 {
			fewer = crowds[:at]
		}
	}
	n := crowds[len(fewer)]
	r.crowded = fmt.Sprintf("%s when called by %s", why, goroutines(n))
	if n > 1 {
		r.crowded += ": it may not be safe for threads"
	}
	return t.crowd(p, r, set, fewer)
}

func goroutines(n int) string {
	if n == 1 {
		return "1 goroutine"
	}
	return fmt.Sprintf("%d goroutines", n)
}

// The benchmarks of a record.
const (
	callName   = "Try"       // a call
	borderName = "TryBorder" // a call of a function that does nothing
	crowdName  = "TryCrowd"  // calls by several goroutines at once
	heldName   = "TryHeld"   // how often a row was called to be verified, and what came of it: no time
)

// callsUnit is that of the calls that were verified.
const callsUnit = "calls"

// series returns the record's series of a function: how each row was verified, and what was measured.
func (t *run) series(p *problem, timed []harness.Timed) []measure.Series {
	var all []measure.Series
	for set := range p.plan.Sizes {
		facts := p.facts(set)
		for _, r := range p.rows {
			if r.left != "" && set > 0 {
				continue
			}
			mine := slices.Clone(facts)
			if r.left != "" {
				mine = slices.DeleteFunc(mine, func(f measure.Fact) bool { return f.Key == "verified" }) // of nothing that was tried
			}
			add := func(key, value string) {
				if value != "" {
					mine = append(mine, measure.Fact{Key: key, Value: value})
				}
			}
			add("left", r.left)
			add("failed", r.failed[set])
			add("differs", r.differs)
			add("crowded", r.crowded)
			add("noticed", strings.Join(r.notes, "; "))
			add("unjudged", "no time")
			name := record.Name{Study: heldName, Op: p.function.Name, Lang: r.lang, Via: r.crossing, N: p.plan.N(set)}
			calls := 0.0
			if r.holds(set) {
				calls = float64(p.calls)
			}
			all = append(all, measure.Series{Subject: &measure.Subject{Name: name.String(), Facts: mine}, N: 1,
				Samples: []measure.Sample{{More: []measure.Value{{Value: calls, Unit: callsUnit}}}}})
		}
	}
	for _, s := range timed {
		set := 0
		n := record.ParseName(s.Name).N
		for k := range p.plan.Sizes {
			if p.plan.N(k) == n {
				set = k
			}
		}
		all = append(all, measure.Series{Subject: &measure.Subject{Name: s.Name, Facts: p.facts(set)}, N: s.N, Samples: s.Samples})
	}
	return all
}

// facts returns what the record says of a function and a set of its arguments.
func (p *problem) facts(set int) []measure.Fact {
	name := p.function.Name
	if n := p.plan.N(set); n != "" {
		name += " n=" + n
	}
	var arguments []string
	for _, a := range p.plan.Arguments {
		arguments = append(arguments, argumentLine(&a))
	}
	facts := []measure.Fact{{Key: "problem", Value: name}, {Key: "per", Value: "call"}, {Key: "function", Value: p.function.String()},
		{Key: "from", Value: p.function.From}, {Key: "convention", Value: p.function.Convention}, {Key: "arguments", Value: strings.Join(arguments, "; ")}}
	if p.notes != nil {
		facts = append(facts, measure.Fact{Key: "of-all", Value: strings.Join(p.notes, "; ")})
	}
	var routes []string
	for _, r := range p.rows {
		if r.holds(set) && r.differs == "" {
			routes = append(routes, r.lang+"/"+r.crossing)
		}
	}
	if routes != nil && !p.incomparable {
		facts = append(facts, measure.Fact{Key: "verified", Value: fmt.Sprintf("bit-identical in %d calls: %s", p.calls, strings.Join(routes, " "))})
	}
	return slices.DeleteFunc(facts, func(f measure.Fact) bool { return f.Value == "" })
}
