// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// Progress says on standard error what is being done, how much of it, and how long the rest takes. On a terminal it draws
// one line again and again, as soon as the work has taken two seconds; elsewhere it writes a line a minute. A nil Progress
// says nothing.
//
// It must not disturb what it tells of. Package measure calls Step between batches, when no clock runs, and on a terminal
// the line is drawn there, at most once a second. A timer speaks up in what takes long without a step: while nothing is
// timed each second, else each minute. A minute holds thousands of batches, and the timer's thread needs some
// microseconds, so it can meet one of them; the sample is the median of several.
type Progress struct {
	Stepped func(done, all int) // called with each step; may be nil

	to     io.Writer
	width  func() int // columns of the terminal; nil if it is none
	now    func() time.Time
	after  func(time.Duration, func()) (stop func() bool)
	silent time.Duration // the longest silence

	mu      sync.Mutex
	started time.Time
	stage   string
	begun   time.Time     // the stage, or the work if it has none
	takes   time.Duration // about, the stage; 0: unknown
	phase                 // of the stage
	stop    func() bool   // the timer; nil: nothing is being done
	drawn   time.Time
	shown   bool // the terminal shows the line
}

// phase is a part of what is being done.
type phase struct {
	what      string
	since     time.Time
	timed     bool // a clock runs
	done, all int
	on        string // the one of all
}

// unseen is how long work takes that is not shown on a terminal.
const unseen = 2 * time.Second

// NewProgress returns a Progress that writes to standard error.
func NewProgress(stderr io.Writer) *Progress {
	p := &Progress{to: stderr, now: time.Now, silent: time.Minute, started: time.Now()}
	p.after = func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }
	if file, ok := stderr.(*os.File); ok && term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb" {
		p.width = func() int {
			if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
				return columns
			}
			return 80
		}
	}
	return p
}

// Stage begins with a stage, which takes about that long, and says so where there is no terminal. What is done first
// counts as timed.
func (p *Progress) Stage(name string, takes time.Duration) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage, p.begun, p.takes = name, p.now(), takes
	p.phase = phase{since: p.begun, timed: true}
	p.say(name)
}

// Begin begins with a phase in which nothing is timed.
func (p *Progress) Begin(what string) { p.begin(what, false) }

// BeginTimed begins with a phase in which a clock runs but between two steps.
func (p *Progress) BeginTimed(what string) { p.begin(what, true) }

func (p *Progress) begin(what string, timed bool) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.stop == nil {
		p.begun = now
	}
	p.phase = phase{what: what, since: now, timed: timed}
	p.arm()
}

// Step says that so many of all steps of a phase are done.
func (p *Progress) Step(done, all int) {
	if p == nil {
		return
	}
	if p.Stepped != nil {
		p.Stepped(done, all)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.all = done, all
	if p.width != nil && p.now().Sub(p.drawn) >= time.Second {
		p.draw()
	}
}

// On says which step it is. It is shown with the next Step, or when the timer draws.
func (p *Progress) On(what string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = what
}

// Say says a line where there is no terminal.
func (p *Progress) Say(line string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say(line)
}

func (p *Progress) say(line string) {
	if p.width == nil {
		fmt.Fprintf(p.to, "%s, %v since the start\n", line, p.now().Sub(p.started).Round(time.Second))
	}
	p.arm()
}

// End says that all is done, and clears the line.
func (p *Progress) End() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		p.stop()
	}
	p.stop = nil
	p.stage, p.takes, p.phase = "", 0, phase{}
	p.clear()
}

// Write writes what else goes to standard error, without the line.
func (p *Progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	return p.to.Write(b)
}

// arm sets the timer anew.
func (p *Progress) arm() {
	if p.stop != nil {
		p.stop()
	}
	wait := p.silent
	if p.width != nil && !p.timed {
		wait = time.Second
	}
	p.stop = p.after(wait, p.tick)
}

func (p *Progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.stop == nil: // it ended while the timer went off
		return
	case p.width == nil:
		p.say(p.line())
		return
	}
	p.draw()
	p.arm()
}

// draw draws the line on the terminal, shortened to a row of it.
func (p *Progress) draw() {
	if now := p.now(); now.Sub(p.begun) >= unseen {
		p.clear()
		fmt.Fprint(p.to, text.Snip(p.line(), p.width()-1, "…"))
		p.drawn, p.shown = now, true
	}
}

func (p *Progress) clear() {
	if p.shown {
		fmt.Fprint(p.to, "\r"+text.EraseLine.Sprint())
	}
	p.shown = false
}

// line returns what is said: "2 of 8: knobs, measuring, 12 of 40, 5s left: c/cgo". What may be cut off comes last.
func (p *Progress) line() string {
	line := p.stage
	add := func(format string, args ...any) {
		if line != "" {
			line += ", "
		}
		line += fmt.Sprintf(format, args...)
	}
	if p.what != "" {
		add("%s", p.what)
	}
	if p.all > 0 {
		add("%d of %d", p.done, p.all)
	}
	if left := p.left().Round(time.Second); left > 0 {
		add("about %v left", left)
	}
	if p.on != "" {
		line += ": " + p.on
	}
	return line
}

// left returns how long the phase will take, by what is done of it, or the stage, by what it takes; 0 if that is unknown.
func (p *Progress) left() time.Duration {
	now := p.now()
	if spent := now.Sub(p.since); p.done > 0 && spent >= unseen {
		return time.Duration(float64(spent) / float64(p.done) * float64(p.all-p.done))
	}
	return p.takes - now.Sub(p.begun)
}
