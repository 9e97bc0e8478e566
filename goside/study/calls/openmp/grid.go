// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
)

// subject is an order, given to a new process in each round: what it leaves behind, such as a pool of threads, is its own.
type subject struct {
	order
	name  record.Name
	procs int      // GOMAXPROCS
	env   []string // beside that
}

// plan is how the subjects are measured.
type plan struct {
	measure.Plan
	exe   string
	cores int
}

// patience is how long a child may take: many times as long as it should.
const patience = time.Minute

// grid measures goroutines that call each kernel at once. An operation is a call; its time is that of a pass, divided by the
// calls that all callers made together. Beside it, of another pass: threads-before are the threads of the process before the
// first call, threads-most the most that were seen, threads-after those when all callers had ended; running is how many threads
// ran or wanted to, divided by the cores; bound is how many could run on fewer CPUs than the process had.
func grid(lab *study.Lab) ([]measure.Series, error) {
	via, err := study.NativeVia()
	if err != nil {
		return nil, err
	}
	cores := study.Cores()
	return run(lab, []string{"c-omp/" + via, "go-par/direct", "rust-par/" + via}, 9, func(timed, watched time.Duration) []subject {
		return gridSubjects(via, cores, lab.Full, timed, watched)
	})
}

// settings measures the same of calls of c-omp under each of OpenMP's environment variables that says how threads are made, bound
// or wait.
func settings(lab *study.Lab) ([]measure.Series, error) {
	via, err := study.NativeVia()
	if err != nil {
		return nil, err
	}
	cores := study.Cores()
	return run(lab, []string{"c-omp/" + via}, 15, func(timed, watched time.Duration) []subject {
		return settingSubjects(via, cores, lab.Full, timed, watched)
	})
}

// run verifies the routes and measures the subjects of those that hold, with --full in so many rounds.
func run(lab *study.Lab, routes []string, fullRounds int, subjects func(timed, watched time.Duration) []subject) ([]measure.Series, error) {
	if _, err := os.Stat("/proc/self/task"); err != nil {
		return nil, lab.Available(fmt.Errorf("openmp: %w: the system does not say which threads a process has: %w", seam.ErrUnavailable, err))
	}
	matched, err := registry.Match(routes)
	if err != nil {
		return nil, err
	}
	for _, r := range matched {
		if _, err := r.Open(); lab.Available(err) != nil {
			return nil, err
		}
	}
	results, err := lab.Verify(matched, []string{"diffusion", "julia", "ols"})
	if err != nil {
		return nil, err
	}
	if err := study.Wrong(results); err != nil {
		return nil, err
	}
	var holding []string
	for _, r := range study.Holding(results) {
		holding = append(holding, r.Name())
	}
	p := plan{Plan: measure.Plan{Rounds: record.Fewest, Seed: lab.Seed, Done: lab.Done}, cores: study.Cores()}
	timed, watched := 25*time.Millisecond, 10*time.Millisecond
	if lab.Full {
		p.Rounds, timed, watched = fullRounds, 50*time.Millisecond, 25*time.Millisecond
	}
	if p.exe, err = os.Executable(); err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(subjects(timed, watched), func(s subject) bool { return !slices.Contains(holding, s.Route) })
	lab.Progress.BeginTimed("measuring in processes")
	return p.measure(all, lab.Progress.Step)
}

// counts returns the numbers of threads that are tried: one, two, as many as there are cores, and twice as many.
func counts(cores int) []int {
	all := []int{1, 2, cores, 2 * cores}
	slices.Sort(all)
	return slices.Compact(all)
}

// callersTried are how many goroutines call at once; poolsTried is one more number of them, for the threads that they make.
var callersTried = []int{1, 2, 4, 16}

const poolsTried = 32

// gridSubjects returns all that grid measures. With full, c-omp is called by all numbers of callers, on all numbers of threads, at
// all of GOMAXPROCS; otherwise by one and many callers, on a thread for each core, and with more of this for the first job. From
// one thread, and in the languages beside, the calls are made on a thread for each core.
func gridSubjects(via string, cores int, full bool, timed, watched time.Duration) []subject {
	var all []subject
	add := func(j *job, route string, threads, procs, callers int, by string) {
		name := j.name(gridName)
		name.Lang, name.Via, _ = strings.Cut(route, "/")
		name.Keys = append(name.Keys, record.Key{Key: "threads", Value: strconv.Itoa(threads)}, record.Key{Key: "procs", Value: strconv.Itoa(procs)},
			record.Key{Key: "callers", Value: strconv.Itoa(callers)}, record.Key{Key: "by", Value: by})
		all = append(all, subject{name: name, procs: procs, order: order{
			Route: route, Kernel: j.kernel, Grain: j.grain, N: name.N, Threads: threads, Callers: callers, By: by, Timed: timed, Watched: watched,
		}})
	}
	omp, goPar, rustPar := "c-omp/"+via, "go-par/direct", "rust-par/"+via
	team, many := teamOf(cores), callersTried[len(callersTried)-1]
	for k := range jobs {
		j, first := &jobs[k], k == 0
		for _, threads := range counts(cores) {
			for _, procs := range counts(cores) {
				for _, n := range callersTried {
					usual, ends := threads == team && procs == cores, n == 1 || n == many
					if full || ends && usual || first && usual || first && ends && (threads <= team && procs == cores || threads == team && procs == 1) {
						add(j, omp, threads, procs, n, byEach)
					}
				}
			}
		}
		for _, n := range callersTried {
			if !full && n != 1 && n != many {
				continue
			}
			if n > 1 || full {
				add(j, omp, team, cores, n, byOne)
			}
			add(j, goPar, team, cores, n, byEach)
			add(j, rustPar, team, cores, n, byEach)
		}
		if first {
			add(j, omp, team, cores, poolsTried, byEach)
			add(j, omp, team, cores, poolsTried, byOne)
		}
	}
	busy := slices.IndexFunc(all, func(s subject) bool {
		return s.Route == omp && s.Threads == team && s.procs == cores && s.Callers == many && s.By == byEach
	})
	return append(all, again(&all[busy]))
}

// teamOf returns the number of threads of a call that most is measured with: without a second there is no pool.
func teamOf(cores int) int { return max(2, cores) }

// again returns a subject's second entry: what the two differ by is noise.
func again(s *subject) subject {
	twin := *s
	twin.name.Entry = record.EntryAgain
	return twin
}

// variables are OpenMP's, each with its values.
var variables = []struct {
	name   string
	values []string
}{
	{"OMP_NUM_THREADS", []string{"1", "2", "4"}},
	{"OMP_PROC_BIND", []string{"true", "close", "spread"}},
	{"OMP_WAIT_POLICY", []string{"active", "passive"}},
}

// settingSubjects returns all that settings measures: one variable at a time beside none, on little and on much work, by one
// caller and by several.
func settingSubjects(via string, cores int, full bool, timed, watched time.Duration) []subject {
	var all []subject
	for _, j := range []job{few, jobs[0]} {
		crowd := []int{1, 4}
		if full {
			crowd = append(crowd, 16)
		} else if j.n != few.n {
			crowd = crowd[:1]
		}
		for _, n := range crowd {
			add := func(variable, value string) {
				name := j.name(settingsName)
				name.Lang, name.Via = "c-omp", via
				name.Keys = append(name.Keys, record.Key{Key: "callers", Value: strconv.Itoa(n)},
					record.Key{Key: "variable", Value: variable}, record.Key{Key: "value", Value: value})
				s := subject{name: name, procs: cores, order: order{
					Route: "c-omp/" + via, Kernel: j.kernel, Grain: j.grain, N: name.N, Threads: teamOf(cores), Callers: n, By: byEach, Timed: timed, Watched: watched,
				}}
				if variable != "" {
					s.env = []string{variable + "=" + value}
				}
				all = append(all, s)
			}
			add("", "")
			all = append(all, again(&all[len(all)-1]))
			for _, v := range variables {
				for _, value := range v.values {
					add(v.name, value)
				}
			}
		}
	}
	return all
}

// measure measures the subjects in rounds, each in a process of its own.
func (p *plan) measure(subjects []subject, progress func(done, all int)) ([]measure.Series, error) {
	if len(subjects) == 0 {
		return nil, errors.New("openmp: no route to OpenMP code, or to code beside it, holds, want at least one")
	}
	var all []measure.LiveSubject
	for k := range subjects {
		s := &subjects[k]
		all = append(all, measure.LiveSubject{Subject: &measure.Subject{
			Name: s.name.String(),
			Facts: []measure.Fact{
				{Key: "problem", Value: s.name.Problem()}, {Key: "per", Value: "call"},
				{Key: "verified", Value: fmt.Sprintf("bit-identical in %d cases: %s", s.Callers, s.Route)},
			},
		}, Take: func() (measure.Sample, int, error) { return p.take(s) }})
	}
	return measure.Live(p.Plan, all, progress)
}

// take has a new process carry out the order, and watches it.
func (p *plan) take(s *subject) (measure.Sample, int, error) {
	sample, n, err := p.inProcess(s)
	if err != nil {
		err = fmt.Errorf("openmp: %v: %w", s.name, err)
	}
	return sample, n, err
}

func (p *plan) inProcess(s *subject) (sample measure.Sample, calls int, err error) {
	text, err := json.Marshal(s.order)
	if err != nil {
		return sample, 0, err
	}
	ctx, cancel := context.WithTimeout(study.UntilDone(p.Done), patience)
	defer cancel()
	var complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, p.exe, "child", "openmp", string(text))
	cmd.Env = append(withoutSettings(os.Environ()), append(slices.Clone(s.env), fmt.Sprintf("GOMAXPROCS=%d", s.procs))...)
	cmd.Stderr, cmd.WaitDelay = &complaint, time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return sample, 0, err
	}
	if err := cmd.Start(); err != nil {
		return sample, 0, err
	}
	found, seen, err := p.follow(bufio.NewReader(out), cmd.Process.Pid)
	if err != nil {
		cancel() // what it does further is of no use
	}
	if ended := cmd.Wait(); err == nil {
		err = ended
	}
	switch said := strings.TrimSpace(complaint.String()); {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return sample, 0, fmt.Errorf("the process was not done after %v", patience)
	case err != nil && said != "":
		return sample, 0, &study.CommandError{Err: err, Said: said}
	case err != nil:
		return sample, 0, err
	}
	return figures(found, seen, p.cores), found.Calls, nil
}

// follow reads what a child prints, and watches it from its first line to its second.
func (p *plan) follow(out *bufio.Reader, pid int) (*outcome, watch, error) {
	line, err := out.ReadString('\n')
	if err == nil && strings.TrimSpace(line) != watchNow {
		err = fmt.Errorf("want %q", watchNow)
	}
	if err != nil {
		return nil, watch{}, fmt.Errorf("the process printed %q first: %w", line, err)
	}
	end := begin(pid, p.cores)
	line, err = out.ReadString('\n')
	seen, failed := end()
	var found outcome
	if err == nil {
		err = json.Unmarshal([]byte(line), &found)
	}
	if err == nil && (found.Calls < 1 || found.Wall <= 0) {
		err = fmt.Errorf("%d calls in %v ns, want at least one", found.Calls, found.Wall)
	}
	if err != nil {
		return nil, seen, fmt.Errorf("the process printed %q, want its outcome: %w", line, err)
	}
	return &found, seen, failed
}

// figures returns the sample of a child's outcome, and of what was seen of it.
func figures(found *outcome, seen watch, cores int) measure.Sample {
	s := found.sample()
	s.More = []measure.Value{
		{Value: float64(found.Before), Unit: "threads-before"},
		{Value: float64(max(seen.most, found.Before, found.After)), Unit: "threads-most"},
		{Value: float64(found.After), Unit: "threads-after"},
		{Value: float64(seen.running) / float64(max(1, seen.looks)) / float64(cores), Unit: "running"},
		{Value: float64(seen.bound), Unit: "bound"},
	}
	return s
}
