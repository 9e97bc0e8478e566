// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package beside studies calls of another process: by pipe, socket and shared memory, and by gRPC, to workers in C, Go and
// Python; and what a process that spins does to the goroutines beside it.
package beside

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/process"
)

// Part is processes beside this one.
var Part = study.Part{
	Name: "beside",
	Experiments: []study.Experiment{
		{Name: "beside", Quick: 35 * time.Second, Full: 5 * time.Minute, Run: besides},
		{Name: "starved", Free: true, Quick: 20 * time.Second, Full: 90 * time.Second, Run: starve},
	},
	Benchmarks: []string{benchmark, starvedName},
	Sections:   []func(*page.Page){tables, starvedTables},
	Answers: []page.Question{
		{Text: "A process beside: pipe, socket or shared memory?", Answer: answerWays},
		{Text: "Does it pay to spin?", Answer: answerSpinning},
	},
	Claims:   claims,
	Pictures: []study.Picture{{Name: "beside", Alt: alt, Draw: drawAll}},
}

// benchmark is the name of the benchmarks of calls of a process.
const benchmark = "Beside"

// baseline is the crossing within this process that ratios are taken to, and that is entered twice.
const baseline = "cgo"

// protocols are go-plugin's.
var protocols = []string{"grpc", "netrpc"}

// way is one way to the functions.
type way struct {
	lang, via string
	checked   int
	run       func(p *calls.Payload, n int) error
	elapsed   func() time.Duration // see measure.Subject
}

// besides measures the payloads on every way.
func besides(lab *study.Lab) ([]measure.Series, error) {
	crossings, checked, err := lab.Crossings()
	if err != nil {
		return nil, err
	}
	var ways []way
	if at := slices.IndexFunc(crossings, func(c calls.Crossing) bool { return c.Name == baseline }); at >= 0 {
		ways = append(ways, wayOf(crossings[at], checked[at]))
	}
	beside, err := verified(lab)
	if err != nil {
		return nil, err
	}
	for _, c := range beside {
		ways = append(ways, wayOf(c.Crossing, c.checked))
	}
	for _, protocol := range protocols {
		p, err := startPlugin(protocol)
		if errors.Is(err, seam.ErrUnavailable) {
			_ = lab.Available(err)
			continue
		} else if err != nil {
			return nil, err
		}
		defer func() { _ = p.close() }()
		n, err := p.verify()
		if err != nil {
			return nil, err
		}
		lab.Say("goplugin", p.says)
		ways = append(ways, wayOfPlugin(p, n))
	}
	all, err := subjects(ways, lab.Full)
	if err != nil {
		return nil, err
	}
	return lab.Measure(all, study.CallBatch, 7, 1)
}

// verifiedCrossing is a crossing of which so many calls were compared with the reference.
type verifiedCrossing struct {
	calls.Crossing
	checked int
}

// verified returns the crossings to other processes.
func verified(lab *study.Lab) ([]verifiedCrossing, error) {
	crossings, missing, err := registry.Beside()
	if err != nil {
		return nil, err
	}
	if missing != nil {
		_ = lab.Available(missing)
	}
	var all []verifiedCrossing
	for _, c := range crossings {
		var wrong []error
		v := verifiedCrossing{Crossing: c}
		if err := caught(func() error { v.checked, wrong = conform.VerifyCalls(c.Funcs); return nil }); err != nil {
			wrong = append(wrong, err)
		}
		if wrong != nil {
			return nil, fmt.Errorf("beside: %s/%s returns what is wrong, and is not timed: %w", c.Lang, c.Name, errors.Join(wrong...))
		}
		all = append(all, v)
	}
	return all, nil
}

// caught returns the error that f panics with, as functions of calls.Funcs do whose process has ended.
func caught(f func() error) (err error) {
	defer func() {
		switch failed := recover().(type) {
		case nil:
		case error:
			err = failed
		default:
			panic(failed)
		}
	}()
	return f()
}

func wayOf(c calls.Crossing, checked int) way {
	return way{lang: c.Lang, via: c.Name, checked: checked, run: func(p *calls.Payload, n int) error {
		return caught(func() error { return p.Run(c.Funcs, n) })
	}}
}

func wayOfPlugin(p *plugin, checked int) way {
	var last time.Duration
	return way{lang: "go", via: p.protocol, checked: checked, elapsed: func() time.Duration { return last },
		run: func(payload *calls.Payload, n int) (err error) {
			last, err = p.run(payload.Kernel, payload.N, n)
			return err
		}}
}

// quickSizes are the bytes that are passed without --full.
var quickSizes = []int{8, 4 << 10, 256 << 10, 16 << 20}

// chosen reports whether a payload is measured.
func chosen(p *calls.Payload, full bool) bool {
	switch p.Kernel {
	case "noop", "add", "batch", "text_length", "text_into":
		return true
	case "ints":
		return p.N == 6
	case "sum", "fill":
		return full || slices.Contains(quickSizes, p.N)
	case "length": // which copies as many bytes as sum
		return full || slices.Contains(quickSizes[:2], p.N)
	}
	return false
}

// rest is longer than a worker that spins looks for a next request; see patience in goside/via/process.
const rest = 2 * time.Millisecond

// subjects returns the chosen payloads on all ways that offer them. None is timed while a worker of another still spins.
func subjects(ways []way, full bool) ([]measure.Subject, error) {
	var held []string
	for _, w := range ways {
		held = append(held, fmt.Sprintf("bit-identical in %d calls: %s/%s", w.checked, w.lang, w.via))
	}
	verified := measure.Fact{Key: "verified", Value: strings.Join(held, "; ")}
	var all []measure.Subject
	var spun time.Time
	payloads := calls.Payloads()
	for k := range payloads {
		p := &payloads[k]
		if !chosen(p, full) {
			continue
		}
		problem := fmt.Sprintf("%s n=%d", p.Kernel, p.N)
		for _, w := range ways {
			switch err := w.run(p, 1); {
			case errors.Is(err, kernel.ErrNotOffered):
				continue
			case err != nil:
				return nil, fmt.Errorf("beside: %s/%s: %w", w.lang, w.via, err)
			}
			name := record.Name{Study: benchmark, Op: p.Kernel, Lang: w.lang, Via: w.via, N: strconv.Itoa(p.N)}
			s := measure.Subject{
				Name:    name.String(),
				Facts:   []measure.Fact{{Key: "problem", Value: problem}, {Key: "per", Value: "call"}, verified},
				Group:   problem,
				Run:     func(n int) error { return w.run(p, n) },
				Least:   1,
				Parks:   w.via != baseline,
				Elapsed: w.elapsed,
			}
			if w.via == process.ShmSpin {
				s.Run = func(n int) error {
					defer func() { spun = time.Now() }()
					return w.run(p, n)
				}
			} else {
				s.Reset = func() {
					for time.Since(spun) < rest { // awake, since a core that slept is slow at first
					}
				}
			}
			all = append(all, s)
			if w.via == baseline {
				name.Entry = record.EntryAgain
				s.Name = name.String()
				all = append(all, s)
			}
		}
	}
	return all, nil
}
