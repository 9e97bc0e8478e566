// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
)

// told is a Progress whose time passes only by pass, and what it wrote.
type told struct {
	*Progress
	strings.Builder
	time  time.Time
	timer func()
	due   time.Time
}

// newTold returns one of so many columns; 0: without a terminal.
func newTold(columns int) *told {
	t := &told{time: time.Unix(1, 0)}
	t.Progress = NewProgress(&t.Builder)
	t.now = func() time.Time { return t.time }
	t.started = t.time
	t.after = func(d time.Duration, f func()) func() bool {
		t.timer, t.due = f, t.time.Add(d)
		return func() bool { t.timer = nil; return true }
	}
	if columns > 0 {
		t.width = func() int { return columns }
	}
	return t
}

// pass lets time pass, and the timer go off. It returns what was written since the last look.
func (t *told) pass(d time.Duration) string {
	for end := t.time.Add(d); ; t.timer() {
		if t.timer == nil || t.due.After(end) {
			t.time = end
			break
		}
		t.time = t.due
	}
	return t.look()
}

func (t *told) look() string {
	s := t.Builder.String()
	t.Reset()
	return s
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: it wrote %q, want %q", what, got, want)
	}
}

const erased = "\r\x1b[K"

// TestProgressOnTerminal draws one line, and leaves none.
func TestProgressOnTerminal(t *testing.T) {
	p := newTold(80)
	p.Begin("verifying")
	p.On("go/direct call")
	p.Step(1, 40)
	expect(t, "for less than two seconds", p.pass(1999*time.Millisecond), "")
	expect(t, "from then on", p.pass(time.Millisecond), "verifying, 1 of 40, about 1m18s left: go/direct call")
	p.Step(2, 40)
	expect(t, "a step at once", p.look(), "")
	p.On("c/cgo ols")
	expect(t, "each second", p.pass(time.Second), erased+"verifying, 2 of 40, about 57s left: c/cgo ols")
	fmt.Fprintln(p.Progress, "toll: left out")
	expect(t, "what else is said", p.look(), erased+"toll: left out\n")
	p.Say("a line")
	p.Progress.Stage("2 of 3: knobs", time.Minute)
	expect(t, "a line for no terminal", p.look(), "")
	expect(t, "what is timed", p.pass(59*time.Second), "")
	p.Step(0, 0)
	expect(t, "a step while it is timed", p.look(), "2 of 3: knobs, about 1s left")
	expect(t, "a long step while it is timed", p.pass(time.Second), erased+"2 of 3: knobs")
	p.width = func() int { return 12 }
	p.BeginTimed("measuring")
	p.time = p.time.Add(time.Second)
	p.Step(7, 7)
	expect(t, "a narrow terminal", p.look(), erased+"2 of 3: kn…")
	p.End()
	expect(t, "the end", p.look(), erased)
	expect(t, "then", p.pass(time.Hour), "")
	p.tick()
	p.End()
	expect(t, "a timer that went off meanwhile", p.look(), "")
}

// TestProgressElsewhere writes a line a minute.
func TestProgressElsewhere(t *testing.T) {
	p := newTold(0)
	p.Stage("1 of 2: walk", 3*time.Minute)
	expect(t, "a stage", p.look(), "1 of 2: walk, 0s since the start\n")
	p.Begin("verifying")
	p.Step(1, 4)
	expect(t, "less than a minute", p.pass(59*time.Second), "")
	expect(t, "a minute", p.pass(time.Second), "1 of 2: walk, verifying, 1 of 4, about 3m0s left, 1m0s since the start\n")
	p.BeginTimed("measuring")
	expect(t, "two minutes in one step", p.pass(2*time.Minute), "1 of 2: walk, measuring, about 1m0s left, 2m0s since the start\n1 of 2: walk, measuring, 3m0s since the start\n")
	p.Say("1 of 9 rounds")
	expect(t, "a line", p.look(), "1 of 9 rounds, 3m0s since the start\n")
	expect(t, "a minute from it", p.pass(59*time.Second), "")
	p.End()
	expect(t, "then", p.pass(time.Hour), "")
}

// TestProgressInTime has the real timer write while one step lasts.
func TestProgressInTime(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	p := NewProgress(write)
	p.silent = time.Millisecond
	p.Begin("one long step")
	const want = "one long step, 0s since the start\n"
	got := make([]byte, 2*len(want))
	if _, err := io.ReadFull(read, got); err != nil || !strings.HasPrefix(string(got), "one long step, ") {
		t.Errorf("it wrote %q, error %v, want lines such as %q", got, err, want)
	}
	p.End()
	if err := write.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoProgress(t *testing.T) {
	var p *Progress
	p.Stage("a", 0)
	p.Begin("b")
	p.BeginTimed("c")
	p.On("d")
	p.Step(1, 2)
	p.Say("e")
	p.End()
}

// TestVerifyInterrupted sends the signal in the first case of diffusion: call is complete by then.
func TestVerifyInterrupted(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	defer signal.Stop(signals)
	f := kernel.Go()
	step := f.Step
	send := sync.OnceValue(func() error {
		defer func() { <-signals }()
		return syscall.Kill(os.Getpid(), syscall.SIGTERM)
	})
	f.Step = func(a *kernel.DiffusionStep) error { return errors.Join(send(), step(a)) }
	route := seam.NewRoute("made", "x", func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil })
	results, err := Verify([]*seam.Route{route}, []string{"*"})
	if cut, ok := errors.AsType[Interrupted](err); !ok || cut.Signal != syscall.SIGTERM || !strings.HasSuffix(err.Error(), "transpose row on made/x, transpose col on made/x") {
		t.Errorf("the error is %v, want one that names the signal and what was not verified", err)
	}
	if len(results) == 0 || results[0].Kernel != "call" || !Good(results) {
		t.Errorf("the results are %+v, want that of call", results)
	}
}

// TestLabVerifyStops: an experiment gets no results that lack cases.
func TestLabVerifyStops(t *testing.T) {
	done := make(chan struct{})
	lab := &Lab{Done: done}
	f := kernel.Go()
	f.Noop = func() { close(done) }
	route := seam.NewRoute("made", "x", func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil })
	if results, err := lab.Verify([]*seam.Route{route}, []string{"call"}); results != nil || !errors.Is(err, measure.ErrStopped) {
		t.Errorf("results %+v, error %v, want none and %v", results, err, measure.ErrStopped)
	}
}

// TestComplete names what was not verified.
func TestComplete(t *testing.T) {
	route := func(lang string) *seam.Route { return seam.NewRoute(lang, "x", nil) }
	results := []conform.Result{
		{Route: route("a"), Kernel: "call", Layout: "-", Cases: 3},
		{Route: route("a"), Kernel: "ols", Layout: "row", Cases: 2, Stopped: true},
		{Route: route("b"), Kernel: "ols", Layout: "row", Stopped: true},
		{Route: route("b"), Kernel: "julia", Layout: "-", Stopped: true},
		{Route: route("b"), Kernel: "ols", Layout: "col", Cases: 2, Stopped: true, Failures: []error{errors.New("wrong")}},
	}
	cut := Interrupted{syscall.SIGINT}
	whole, err := complete(results, cut)
	if len(whole) != 2 || whole[0].Kernel != "call" || whole[1].Layout != "col" {
		t.Errorf("complete are %+v, want call, and what failed", whole)
	}
	if want := "stopped by a signal: interrupt: not verified: ols row on 2 routes, julia on b/x"; !errors.Is(err, cut) || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
	if whole, err := complete(results[:1], cut); len(whole) != 1 || !errors.Is(err, cut) || err.Error() != cut.Error() {
		t.Errorf("of complete ones %+v and %v, want one and %v", whole, err, cut)
	}
}

// TestCollectorStops: nothing more is verified when the run is to stop.
func TestCollectorStops(t *testing.T) {
	done := make(chan struct{})
	w := Collector{Lab: &Lab{Done: done}}
	w.Begin([]measure.Fact{{Key: "problem", Value: "made"}})
	add := func(check func() error) error { return w.Add(record.Name{Study: "Made"}, "c/cgo", 1, check, check) }
	if err := add(func() error { close(done); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := add(func() error { return errors.New("it was checked") }); !errors.Is(err, measure.ErrStopped) {
		t.Errorf("the error is %v, want %v", err, measure.ErrStopped)
	}
}
