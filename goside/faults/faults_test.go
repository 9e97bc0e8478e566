// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package faults measures what faults at the border do to a Go program, through each crossing, and holds the tables of
// docs/RELIABILITY.md to it.
//
// A fault is committed in a child process, this program again. The child makes a right call, commits the fault, and calls again
// until a call is right.
package faults

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"toll/goside/machine"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

var update = flag.Bool("update", false, "measure all faults, slow ones too, and write the tables of docs/RELIABILITY.md")

// page is the document. Each group has a table in it, between two markers.
const page = "../../docs/RELIABILITY.md"

func markers(group string) (begin, end string) {
	return "<!-- faults: " + group + ": begin -->\n", "<!-- faults: " + group + ": end -->\n"
}

// repetitions is how often -update commits each fault, to give a median, and slowRepetitions how often a slow one.
const (
	repetitions     = 5
	slowRepetitions = 2
)

// Group is a table of faults: its columns are all crossings that its faults are on.
type Group struct {
	Name   string // in its markers
	Faults []Fault
}

// Fault is something that goes wrong at the border.
type Fault struct {
	Name  string   // its row
	About string   // what happens: a sentence below the table
	On    []string // crossings: its columns
	// Open opens the crossing, in the child.
	Open func(via string) (*Subject, error)
	// Hangs is set if the caller waits for ever on some crossing: a child that has not come back from the fault for so long
	// hangs. Such a fault is committed by -update only.
	Hangs time.Duration
	// Slow is set if the fault takes so long that only -update commits it.
	Slow bool
}

// Subject is a crossing that is open, in the child.
type Subject struct {
	// Call makes a call and verifies it. Its error wraps errWrong if the call returned wrong bits in silence.
	Call func() error
	// Commit commits the fault, and returns the error that the Go caller sees. It wraps errWrong if the fault changed what
	// it must not, in silence.
	Commit func() error
	// Reopen is what a caller does before another call, after an error. It may be nil.
	Reopen func() error
}

// errWrong is what goes on with wrong bits in silence.
var errWrong = errors.New("wrong in silence")

// Verdict is what a fault did to the program.
type Verdict string

// The verdicts.
const (
	Contained   Verdict = "contained" // the caller got an error, or nothing, and the next call was right
	Ends        Verdict = "ends"      // the process ended
	Hangs       Verdict = "hangs"     // the call did not return
	Wrong       Verdict = "wrong"     // it went on with wrong bits, or a changed thread
	Lost        Verdict = "lost"      // errors, for good
	Unavailable Verdict = "unavailable"
)

// Outcome is what a fault did.
type Outcome struct {
	Verdict
	Sees string        // what the user sees: the error, or how the process ended and the first line that it left
	Took time.Duration // until a call was right again; if the process ended, or hung, until that of a new process was
}

const childVariable = "TOLL_FAULT" // group, fault and crossing, with tabs between, in the child

func TestMain(m *testing.M) {
	if name := os.Getenv(childVariable); name != "" {
		child(name)
		os.Exit(0)
	}
	flag.Parse()
	os.Exit(m.Run())
}

// child commits one fault, and says each step on descriptor 3.
func child(name string) {
	go func() { // the parent is gone
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	said := os.NewFile(3, "said")
	say := func(step string, text any) { _, _ = fmt.Fprintf(said, "%s %q\n", step, fmt.Sprint(text)) }
	parts := strings.Split(name, "\t")
	f := find(parts[0], parts[1])
	runtime.LockOSThread()
	_, _ = thread.Settle()
	s, err := f.Open(parts[2])
	if err == nil {
		err = s.Call()
	}
	switch {
	case errors.Is(err, seam.ErrUnavailable):
		say(string(Unavailable), err)
		return
	case err != nil:
		say("failed", err)
		return
	}
	say("ready", "")
	if f.Hangs != 0 {
		go func() {
			time.Sleep(f.Hangs / 3)
			runtime.GC()
			say("alive", "")
		}()
	}
	start := time.Now()
	err = attempt(s.Commit)
	if errors.Is(err, errWrong) {
		say(string(Wrong), err)
		return
	}
	say("committed", errorText(err))
	for {
		err := attempt(s.Call)
		if changed := thread.Now(); changed != 0 && (err == nil || errors.Is(err, errWrong)) {
			say(string(Wrong), fmt.Sprintf("the thread %v", changed))
			return
		}
		switch {
		case err == nil:
			took := time.Since(start)
			for range 20 { // and goes on so
				debug.FreeOSMemory()
				if err := attempt(s.Call); err != nil {
					say("failed", fmt.Sprintf("right once, then %v", err))
					return
				}
			}
			say(string(Contained), took.Nanoseconds())
			return
		case errors.Is(err, errWrong):
			say(string(Wrong), err)
			return
		case time.Since(start) > time.Minute:
			say(string(Lost), err)
			return
		case s.Reopen != nil:
			if err := attempt(s.Reopen); err != nil {
				time.Sleep(10 * time.Millisecond)
			}
		default:
			time.Sleep(time.Millisecond)
		}
	}
}

// attempt makes an error of a panic.
func attempt(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
			if e, ok := v.(error); ok {
				err = fmt.Errorf("panic: %w", e)
			}
		}
	}()
	return f()
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func find(group, fault string) *Fault {
	for _, g := range groups {
		for k := range g.Faults {
			if g.Name == group && g.Faults[k].Name == fault {
				return &g.Faults[k]
			}
		}
	}
	panic(fmt.Sprintf("no fault %s in %s", fault, group))
}

// patience is how long a child may take for a step, unless the fault is known to hang.
const patience = 3 * time.Minute

// commit has a child commit the fault, once, and returns what that did.
func commit(t *testing.T, group string, f *Fault, via string) Outcome {
	t.Helper()
	c := start(t, group, f, via)
	defer c.end()
	var o Outcome
	for {
		var step, text string
		if c.ready != 0 && f.Hangs != 0 {
			if step, text = c.wait(f.Hangs); step == "" {
				others := "other goroutines stop at the next garbage collection"
				if c.alive {
					others = "other goroutines go on"
				}
				return Outcome{Hangs, others + ", " + c.interrupt(t) + " ends it", c.ready}
			}
		} else {
			step, text = c.next(t, patience)
		}
		switch step {
		case string(Unavailable):
			return Outcome{Unavailable, text, 0}
		case "failed":
			c.end()
			t.Fatalf("%s by %s: %s\n%s", f.Name, via, text, c.said.String())
		case "ready":
			c.ready = time.Since(c.start)
		case "alive":
			c.alive = true
		case "committed":
			o.Sees = text
		case string(Contained):
			ns, _ := strconv.ParseInt(text, 10, 64)
			return Outcome{Contained, o.Sees, time.Duration(ns)}
		case string(Wrong), string(Lost):
			return Outcome{Verdict(step), text, 0}
		case "end":
			if c.ready == 0 {
				t.Fatalf("%s by %s: it ended before the fault: %s", f.Name, via, c.said.String())
			}
			return Outcome{Ends, c.how(), c.ready}
		}
	}
}

// running is a child.
type running struct {
	command *exec.Cmd
	start   time.Time
	ready   time.Duration
	alive   bool           // it collects garbage while the fault lasts
	steps   chan [2]string // what it says; "end" last
	stdin   io.WriteCloser
	said    bytes.Buffer // to be read after its end
	ended   chan struct{}
	once    sync.Once
}

func start(t *testing.T, group string, f *Fault, via string) *running {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := &running{steps: make(chan [2]string, 8), ended: make(chan struct{}), start: time.Now()}
	c.command = exec.Command(executable)
	c.command.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), // removed with all that it leaves there
		childVariable+"="+strings.Join([]string{group, f.Name, via}, "\t"))
	c.command.ExtraFiles = []*os.File{write}
	c.command.Stdout, c.command.Stderr = &c.said, &c.said
	c.command.WaitDelay = time.Second
	c.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what is sent to it is for it only
	if c.stdin, err = c.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	go func() {
		lines := bufio.NewScanner(read)
		for lines.Scan() {
			step, quoted, _ := strings.Cut(lines.Text(), " ")
			text, _ := strconv.Unquote(quoted)
			c.steps <- [2]string{step, text}
		}
		_ = read.Close()
		_ = c.command.Wait()
		close(c.ended)
		c.steps <- [2]string{"end", ""}
	}()
	return c
}

// wait returns the next step, or none after so long.
func (c *running) wait(most time.Duration) (step, text string) {
	select {
	case s := <-c.steps:
		return s[0], s[1]
	case <-time.After(most):
		return "", ""
	}
}

func (c *running) next(t *testing.T, most time.Duration) (step, text string) {
	t.Helper()
	step, text = c.wait(most)
	if step == "" {
		_ = syscall.Kill(-c.command.Process.Pid, syscall.SIGQUIT)
		time.Sleep(time.Second)
		c.end()
		t.Fatalf("%v says nothing for %v\n%s", c.command.Env[len(c.command.Env)-1], most, c.said.String())
	}
	return step, text
}

// end ends the child, with all that it started in its group, and waits for it.
func (c *running) end() {
	c.once.Do(func() {
		_ = syscall.Kill(-c.command.Process.Pid, syscall.SIGKILL)
		_ = c.stdin.Close()
		for {
			select {
			case <-c.steps:
			case <-c.ended:
				return
			}
		}
	})
}

// interrupt ends a child that hangs, and returns the signal that did.
func (c *running) interrupt(t *testing.T) string {
	t.Helper()
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGKILL} {
		_ = c.command.Process.Signal(s)
		for step := "none"; step != ""; {
			if step, _ = c.wait(2 * time.Second); step == "end" {
				return unix.SignalName(s)
			}
		}
	}
	t.Fatalf("SIGKILL does not end %v", c.command.Env[len(c.command.Env)-1])
	return ""
}

// how says how the child ended, and the first line that it left.
func (c *running) how() string {
	status, _ := c.command.ProcessState.Sys().(syscall.WaitStatus)
	how := fmt.Sprintf("exit status %d", status.ExitStatus())
	if status.Signaled() {
		how = unix.SignalName(status.Signal())
	}
	for line := range strings.Lines(c.said.String()) {
		if line = strings.TrimSpace(line); line != "" {
			return how + ": " + line
		}
	}
	return how
}

var varying = regexp.MustCompile(`0x[0-9a-f]+|/[^ ]*/| \([0-9]+\)| in /[^ ]*, which TOLL_LIB names`)

// plain returns the first line of a text, without what differs from run to run: addresses, folders, numbers of threads.
func plain(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return varying.ReplaceAllStringFunc(text, func(s string) string {
		switch {
		case strings.HasPrefix(s, "0x") && strings.Trim(s[2:], "0") != "":
			return "0x…"
		case strings.HasSuffix(s, "names"):
			return " in the folder that TOLL_LIB names"
		}
		return ""
	})
}

// place is a column: crossings for which a fault does the same.
type place struct {
	name string
	vias []string
}

var places = []place{
	{"in process", []string{"cgo", "purego", "trampoline", "libffi", "cpython"}},
	{"wasm", []string{"wasm"}},
	{"worker", []string{"process", "socket", "shm", "shm-spin"}},
	{"worker in Python", []string{"python"}},
}

// on returns the crossings of the place that a fault is on.
func (p *place) on(f *Fault) (vias []string) {
	for _, via := range f.On {
		if slices.Contains(p.vias, via) {
			vias = append(vias, via)
		}
	}
	return vias
}

// columns returns the places that the group's faults are on.
func (g *Group) columns() (columns []place) {
	for _, p := range places {
		if slices.ContainsFunc(g.Faults, func(f Fault) bool { return p.on(&f) != nil }) {
			columns = append(columns, p)
		}
	}
	return columns
}

// TestFaults commits the faults, and compares what they do with the document; with -update it writes the document.
func TestFaults(t *testing.T) {
	if runtime.GOARCH != "amd64" && !*update {
		t.Skipf("%v: the document is of amd64, where divisions and traps end differently", seam.ErrUnavailable)
	}
	for _, g := range groups {
		var mu sync.Mutex
		measured := map[[2]string][]Outcome{}
		documented := read(t, g.Name)
		t.Run(g.Name, func(t *testing.T) {
			for k := range g.Faults {
				f := &g.Faults[k]
				slow := f.Hangs != 0 || f.Slow
				if slow && !*update {
					continue
				}
				for _, via := range f.On {
					t.Run(f.Name+"/"+via, func(t *testing.T) {
						times := repetitions
						switch {
						case !*update:
							times = 1
							t.Parallel()
						case slow:
							times = slowRepetitions
						}
						var all []Outcome
						for range times {
							all = append(all, commit(t, g.Name, f, via))
						}
						for _, o := range all {
							if o.Verdict != all[0].Verdict {
								t.Errorf("%s, then %s: %s", all[0].Verdict, o.Verdict, o.Sees)
							}
						}
						mu.Lock()
						measured[[2]string{f.Name, via}] = all
						mu.Unlock()
						want := documented[[2]string{f.Name, via}]
						t.Logf("%s in %v: %s", all[0].Verdict, all[0].Took, all[0].Sees)
						switch got := all[0].Verdict; {
						case got == Unavailable && required(via):
							t.Errorf("required by TOLL_REQUIRE=%q: %s", os.Getenv("TOLL_REQUIRE"), all[0].Sees)
						case got == Unavailable:
							t.Skip(all[0].Sees)
						case !*update && want != Unavailable && got != want:
							t.Errorf("%s says %q: go test ./goside/faults -update writes it anew", page, want)
						}
					})
				}
			}
		})
		if *update && !t.Failed() && len(measured) > 0 {
			write(t, &g, measured)
		}
	}
}

// required reports whether $TOLL_REQUIRE, which scripts/test.sh sets, demands a route by this crossing.
func required(via string) bool {
	for pattern := range strings.FieldsSeq(os.Getenv("TOLL_REQUIRE")) {
		_, crossing, _ := strings.Cut(pattern, "/")
		if ok, _ := path.Match(crossing, via); ok {
			return true
		}
	}
	return false
}

// read returns the verdicts of a group's table, by fault and crossing.
func read(t *testing.T, group string) map[[2]string]Verdict {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := markers(group)
	_, rest, found := strings.Cut(string(text), begin)
	table, _, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no table between %q and %q", page, begin, end)
	}
	verdicts := map[[2]string]Verdict{}
	var columns []string
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for k := range cells {
			cells[k] = strings.TrimSpace(cells[k])
		}
		if columns == nil {
			columns = cells
			continue
		}
		for k, cell := range cells[1:] {
			word, _, _ := strings.Cut(cell, " ")
			for _, p := range places {
				if k+1 < len(columns) && word != "" && p.name == columns[k+1] {
					for _, via := range p.vias {
						verdicts[[2]string{cells[0], via}] = Verdict(word)
					}
				}
			}
		}
	}
	return verdicts
}

// write writes a group's table.
func write(t *testing.T, g *Group, measured map[[2]string][]Outcome) {
	t.Helper()
	columns := g.columns()
	var table, details strings.Builder
	table.WriteString("\n| fault |")
	for _, p := range columns {
		fmt.Fprintf(&table, " %s |", p.name)
	}
	fmt.Fprintf(&table, "\n|---|%s\n", strings.Repeat("---|", len(columns)))
	for k := range g.Faults {
		f := &g.Faults[k]
		fmt.Fprintf(&table, "| %s |", f.Name)
		details.WriteString(wrap("- ", fmt.Sprintf("**%s.** %s", f.Name, f.About)))
		for _, p := range columns {
			var all []Outcome
			for _, via := range p.on(f) {
				of := measured[[2]string{f.Name, via}]
				if of == nil {
					t.Fatalf("%s by %s was not measured: -update takes no -run below a group", f.Name, via)
				}
				if all != nil && of[0].Verdict != all[0].Verdict {
					t.Fatalf("%s is %s by %s, but by %s %s: the table needs a column more", f.Name, of[0].Verdict, via, p.on(f)[0], all[0].Verdict)
				}
				all = append(all, of...)
			}
			if all == nil {
				table.WriteString(" |")
				continue
			}
			fmt.Fprintf(&table, " %s |", cell(all))
			if text := plain(all[0].Sees); text != "" {
				details.WriteString(wrap("  - ", fmt.Sprintf("%s: `%s`", p.name, strings.ReplaceAll(text, "`", "'"))))
			}
		}
		table.WriteString("\n")
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := markers(g.Name)
	before, rest, _ := strings.Cut(string(text), begin)
	_, after, _ := strings.Cut(rest, end)
	made := fmt.Sprintf("%s\n%s\n<details><summary>What each fault is, and what the user sees</summary>\n\n%s\n</details>\n\n",
		wrap("", fmt.Sprintf("Measured on %s.", here())), strings.TrimPrefix(table.String(), "\n"), details.String())
	if err := os.WriteFile(page, []byte(before+begin+"\n"+made+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// wrap returns a text in lines of up to 120 columns, an item of a list if there is a bullet.
func wrap(bullet, text string) string {
	var b strings.Builder
	line := strings.TrimRight(bullet, " ")
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= 120:
			line += " " + word
		default:
			b.WriteString(line + "\n")
			line = strings.Repeat(" ", len(bullet)) + word
		}
	}
	return b.String() + line + "\n"
}

// here says what machine this is.
func here() string {
	facts := map[string]string{}
	for _, f := range machine.Facts() {
		facts[f.Key] = f.Value
	}
	return fmt.Sprintf("%s, %s cores, %s", facts["cpu"], facts["cores"], facts["go"])
}

// cell says a verdict, and the median time with the quartiles.
func cell(all []Outcome) string {
	var times []time.Duration
	for _, o := range all {
		times = append(times, o.Took)
	}
	slices.Sort(times)
	median := times[len(times)/2]
	if median == 0 {
		return string(all[0].Verdict)
	}
	unit, name := time.Millisecond, "ms"
	switch {
	case median < time.Millisecond:
		unit, name = time.Microsecond, "µs"
	case median >= time.Second:
		unit, name = time.Second, "s"
	}
	in := func(d time.Duration) string {
		x := float64(d) / float64(unit)
		if x < 10 {
			return strconv.FormatFloat(x, 'f', 1, 64)
		}
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return fmt.Sprintf("%s %s (%s–%s) %s", all[0].Verdict, in(median), in(times[len(times)/4]), in(times[len(times)*3/4]), name)
}
