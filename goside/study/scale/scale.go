// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package scale studies what it costs to spread tasks over workers: the start of a cluster, a task, the rate by the size of
// tasks, and the number of workers at which the scheduler has no time for more.
package scale

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"toll/goside/fit"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study"
)

// benchmark is the name of the benchmarks.
const benchmark = "Scale"

//go:embed head.md
var head string

// Study is toll scale.
var Study = study.Study{
	Name:  "scale",
	Title: "Tasks on many workers",
	Short: "Measure what an engine such as Dask costs: its start, a task, and how many workers a scheduler serves",
	About: `Scale starts clusters of Dask on this machine, and processes without Dask, and times tasks on them that do nothing, sleep, or
fit lines as toll fit does. From tasks of some sizes it fits a model of the time, and holds it against tasks of other sizes.
Tasks that sleep need no core, so it also finds the number of workers that a scheduler can serve. It takes about four minutes.`,
	Example: `  toll scale
  toll scale --full -o scale.txt.gz`,
	Page:   "SCALE.md",
	Head:   head,
	Lead:   "saturation",
	Prefix: "scale-",
	Parts:  []study.Part{Part},
}

// Part is engines and tasks.
var Part = study.Part{
	Name:        "scale",
	Experiments: []study.Experiment{{Name: "scale", Free: true, Quick: 4 * time.Minute, Full: 9 * time.Minute, Run: run}},
	Benchmarks:  []string{benchmark},
	Facts:       []string{"tasks", "users", "windows", "sleeps-ns"},
	Sections:    []func(*page.Page){starts, tasks, rates, models, saturations},
	Answers:     answers,
	Pictures:    []study.Picture{{Name: "saturation", Alt: alt, Draw: drawSaturation}},
}

// The work of tasks. A block has few days, so that the cost of a task shows beside it.
const (
	days, window = 113, 14
	windows      = days - window + 1
	nap          = 100 * time.Millisecond
	nothings     = 200 // tasks that do nothing
	waves        = 4   // of tasks that sleep, at least; ten while those are few, since the first and the last tasks do not fill all workers
	perWorker    = 12  // tasks that fit
)

// Blocks of a task. The model is fitted to the sizes in trained, and held against the others.
var (
	sizes   = []int{1, 2, 4, 8, 16, 32}
	trained = []int{1, 4, 32}
	napping = []int{2, 4, 8, 16, 32, 64, 128, 256}
)

// unit is an engine from its start to its end.
type unit struct {
	Engine  string  `json:"engine"` // none, local or dask
	Workers int     `json:"workers"`
	Threads int     `json:"threads"` // of a worker
	Tasks   int     `json:"tasks"`
	Nap     float64 `json:"nap"` // s
	Naps    int     `json:"naps"`
	Fits    int     `json:"fits"`
	Sizes   []int   `json:"sizes"`
}

// plan is what the driver is asked to do.
type plan struct {
	Do       string `json:"do"`
	Rounds   int    `json:"rounds"`
	Seed     uint64 `json:"seed"`
	Days     int    `json:"days"`
	Window   int    `json:"window"`
	Language string `json:"language"`
	Memory   int64  `json:"memory"`
	Units    []unit `json:"units"`
}

// units returns those of a run.
func units() []unit {
	all := []unit{
		{Engine: "none", Workers: 1, Threads: 1, Fits: perWorker, Sizes: sizes},
		{Engine: "local", Workers: 2, Threads: 1, Tasks: nothings, Fits: 2 * perWorker, Sizes: sizes},
		{Engine: "dask", Workers: 1, Threads: 1, Tasks: nothings, Fits: perWorker, Sizes: sizes},
		{Engine: "dask", Workers: 2, Threads: 1, Tasks: nothings, Fits: 2 * perWorker, Sizes: sizes},
	}
	for _, workers := range napping {
		all = append(all, unit{Engine: "dask", Workers: 2, Threads: workers / 2, Tasks: nothings, Nap: nap.Seconds(), Naps: max(waves*workers, min(10*workers, 320))})
		if workers == 2 { // the cluster of two workers is there already
			all[3].Nap, all[3].Naps = all[4].Nap, all[4].Naps
			all = all[:4]
		}
	}
	return all
}

// sampled is what the driver tells of some tasks.
type sampled struct {
	Op      string  `json:"op"` // start, task, nap or ols
	Engine  string  `json:"engine"`
	Workers int     `json:"workers"`
	Size    int     `json:"size"` // blocks
	Tasks   int     `json:"tasks"`
	Round   int     `json:"round"`
	Seconds float64 `json:"seconds"`
	Own     float64 `json:"own"` // seconds that the tasks themselves took
	CPU     float64 `json:"cpu"` // seconds, of the driver's process
}

// step is how far the driver is.
type step struct {
	Done int `json:"done"`
	Of   int `json:"of"`
}

// Units of the figures beside the time of a task: what the task itself took, and the driver's CPU time.
const (
	ownUnit = "own-ns"
	cpuUnit = "driver-cpu-ns"
)

// run verifies each engine, and has the driver measure them.
func run(lab *study.Lab) ([]measure.Series, error) {
	if err := verify(lab); err != nil {
		return nil, err
	}
	p := plan{Do: "scale", Rounds: record.Fewest, Seed: lab.Seed, Days: days, Window: window, Language: "c", Memory: 2 << 30, Units: units()}
	if lab.Full {
		p.Rounds = 13
	}
	if lab.Rounds != 0 {
		p.Rounds = lab.Rounds
	}
	lab.Progress.BeginTimed("measuring")
	var all gathered
	err := fit.Measure(study.UntilDone(lab.Done), p, func(event string, line []byte) error {
		if event == "step" {
			var s step
			err := json.Unmarshal(line, &s)
			lab.Progress.Step(s.Done, s.Of)
			return err
		}
		if event != "sample" {
			return nil
		}
		var s sampled
		if err := json.Unmarshal(line, &s); err != nil {
			return err
		}
		all.add(&s)
		return nil
	})
	if errors.Is(err, fit.ErrStopped) {
		err = measure.ErrStopped
	}
	return all.series(), err
}

// verify compares the checksum of a small problem by each engine with that of Go's kernel.
func verify(lab *study.Lab) error {
	lab.Progress.Begin("verifying")
	r := fit.Request{Rows: 3 * fit.Block, Days: 40, Window: window, Language: "c", Workers: 2, Seed: 1, Partition: fit.Block, Memory: 1 << 30}
	want, _, err := fit.Reference(r.Rows, r.Days, r.Window, r.Seed)
	if err != nil {
		return err
	}
	for _, engine := range []string{"local", "dask"} {
		r.Engine = engine
		got, err := fit.Run(study.UntilDone(lab.Done), r, fit.Watch{})
		if err != nil {
			return err
		}
		if got.Checksum != want {
			return fmt.Errorf("scale: the engine %s has the checksum %s, want %s: it is not timed", engine, got.Checksum, want)
		}
		lab.Say("build-c", got.Plan.Builds[0].Build)
		lab.Say("python", fmt.Sprintf("CPython %s, NumPy %s, PyArrow %s", got.Plan.Builds[0].Python, got.Plan.Builds[0].NumPy, got.Plan.Builds[0].PyArrow))
		if engine == "dask" {
			lab.Say("engine", got.Plan.Engine)
		}
	}
	return nil
}

// gathered are samples by subject, in the order of their units' first visit.
type gathered struct {
	all    []measure.Series
	rounds map[string]map[int]bool // seen, by subject
}

func (g *gathered) add(s *sampled) {
	name := s.name()
	if g.rounds == nil {
		g.rounds = map[string]map[int]bool{}
	}
	if g.rounds[name] == nil {
		g.rounds[name] = map[int]bool{}
		g.all = append(g.all, measure.Series{Subject: &measure.Subject{Name: name, Facts: s.facts()}, N: s.Tasks})
	}
	g.rounds[name][s.Round] = true
	each := 1e9 / float64(s.Tasks)
	for k := range g.all {
		if g.all[k].Subject.Name == name {
			g.all[k].Samples = append(g.all[k].Samples, measure.Sample{Wall: s.Seconds * each, More: []measure.Value{
				{Value: s.Own * each, Unit: ownUnit}, {Value: s.CPU * each, Unit: cpuUnit},
			}})
		}
	}
}

// series returns those of the rounds that are complete, in the order of a record.
func (g *gathered) series() []measure.Series {
	if len(g.all) == 0 {
		return nil
	}
	subjects := map[string]bool{}
	for _, u := range unitNames() {
		for _, name := range u {
			subjects[name] = true
		}
	}
	whole := -1
	for name := range subjects {
		if n := len(g.rounds[name]); whole < 0 || n < whole {
			whole = n
		}
	}
	if whole < 1 {
		return nil
	}
	var sorted []measure.Series
	for _, names := range unitNames() {
		for _, name := range names {
			for _, s := range g.all {
				if s.Subject.Name == name {
					s.Samples = s.Samples[:whole]
					sorted = append(sorted, s)
				}
			}
		}
	}
	return sorted
}

// unitNames returns the names of what each unit measures.
func unitNames() [][]string {
	var all [][]string
	for _, u := range units() {
		slots := u.Workers * u.Threads
		of := func(op string, size int) string {
			s := sampled{Op: op, Engine: u.Engine, Workers: slots, Size: size}
			return s.name()
		}
		var names []string
		if u.Tasks > 0 { // there is an engine
			names = append(names, of("start", 0), of("task", 0))
		}
		if u.Nap > 0 {
			names = append(names, of("nap", 0))
		}
		for _, size := range u.Sizes {
			names = append(names, of("ols", size))
		}
		all = append(all, names)
	}
	return all
}

// name returns the benchmark's name; n is the number of workers.
func (s *sampled) name() string {
	n := record.Name{Study: benchmark, Op: s.Op, Via: s.Engine, N: strconv.Itoa(s.Workers)}
	if s.Op == "ols" {
		n.Kernel, n.Op, n.Lang = "ols", "", "c"
		n.Keys = []record.Key{{Key: "blocks", Value: strconv.Itoa(s.Size)}}
	}
	return n.String()
}

func (s *sampled) facts() []measure.Fact {
	workers := page.Count(strconv.Itoa(s.Workers), "worker")
	problem := map[string]string{
		"start": "start of " + workers,
		"task":  "a task that does nothing, on " + workers,
		"nap":   fmt.Sprintf("a task that sleeps %v, on %s", nap, workers),
		"ols":   fmt.Sprintf("a task of %s, on %s", page.Count(strconv.Itoa(s.Size), "block"), workers),
	}[s.Op]
	facts := []measure.Fact{{Key: "problem", Value: problem}, {Key: "per", Value: "task"}, {Key: "tasks", Value: strconv.Itoa(s.Tasks)}}
	switch s.Op {
	case "start":
		facts[1].Value = "start"
	case "nap":
		facts = append(facts, measure.Fact{Key: "sleeps-ns", Value: strconv.FormatInt(nap.Nanoseconds(), 10)})
	case "ols":
		facts = append(facts, measure.Fact{Key: "users", Value: strconv.Itoa(fit.Block)}, measure.Fact{Key: "windows", Value: strconv.Itoa(windows)},
			measure.Fact{Key: "verified", Value: "bit-identical in 1 cases: c/" + s.Engine})
	}
	return facts
}
