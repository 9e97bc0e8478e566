// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"

	"toll/goside/try/prototype"
	"toll/goside/via/dl"
	"toll/goside/via/thread"
)

// eventFile is the descriptor on which events are written.
const eventFile = 3

// Main runs the job that the program's argument names. It does not return. It exits 0 after Done, 1 after Error, and 2 if it
// can report nothing.
func Main(crossings []Crossing) { os.Exit(run(crossings, os.Args[1:])) }

func run(crossings []Crossing, args []string) int {
	if len(args) == 2 && args[0] == workerMode {
		return work(crossings, args[1])
	}
	if len(args) != 1 {
		fmt.Fprintf(os.Stderr, "harness: %d arguments, want one: the file of the job\n", len(args))
		return 2
	}
	r, err := newReporter(eventFile)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if err := do(crossings, args[0], r); err != nil {
		r.send(Event{Error: err.Error()})
		return 1
	}
	r.send(Event{Done: true})
	return 0
}

// reporter writes events, and hears that measuring is to stop: the parent then shuts down its side of the socket.
type reporter struct {
	fd   int
	done chan struct{} // closed by hear
}

// newReporter returns an error unless the descriptor is one to write to. Go's runtime may itself have opened a
// descriptor of that number, which is no file.
func newReporter(fd int) (*reporter, error) {
	var stat unix.Stat_t
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err == nil {
		err = unix.Fstat(fd, &stat)
	}
	if err != nil || stat.Mode&unix.S_IFMT == 0 || flags&unix.O_ACCMODE == unix.O_RDONLY {
		return nil, fmt.Errorf("harness: descriptor %d is not there to write events to, want it open: run the program by toll try", fd)
	}
	unix.CloseOnExec(fd)
	return &reporter{fd, make(chan struct{})}, nil
}

// hear closes done if measuring is to stop. One goroutine at a time calls it.
func (r *reporter) hear() {
	select {
	case <-r.done:
		return
	default:
	}
	var b [1]byte
	if n, _, err := unix.Recvfrom(r.fd, b[:], unix.MSG_DONTWAIT); n == 0 && err == nil {
		close(r.done)
	}
}

// send writes an event, whole, before it returns.
func (r *reporter) send(e Event) {
	line, err := json.Marshal(e)
	if err != nil {
		fmt.Fprintf(os.Stderr, "harness: an event: %v\n", err)
		os.Exit(2)
	}
	for line = append(line, '\n'); len(line) > 0; {
		n, err := unix.Write(r.fd, line)
		if err != nil && !errors.Is(err, unix.EINTR) {
			fmt.Fprintf(os.Stderr, "harness: writing an event: %v\n", err)
			os.Exit(2)
		}
		line = line[max(n, 0):]
	}
}

func (r *reporter) step(on string) { r.send(Event{Step: &Step{On: on}}) }

// session is a job that is being done.
type session struct {
	*Job
	file      string // of the job
	crossings []Crossing
	report    *reporter
	function  *prototype.Function
	handle    uintptr // of the library
	address   uintptr // of the function
	reference uintptr
	free      uintptr // of what frees the result
	frames    uint32  // how many were made
}

func do(crossings []Crossing, file string, r *reporter) error {
	s, err := newSession(crossings, file, r)
	if err != nil {
		return err
	}
	if err := s.load(); err != nil {
		return err
	}
	defer flush()
	switch s.Do {
	case Verify:
		return s.verify()
	case Measure:
		return s.measure()
	case Crowd:
		return s.crowd()
	}
	return fmt.Errorf("harness: the job is to do %q, want %s, %s or %s", s.Do, Verify, Measure, Crowd)
}

func newSession(crossings []Crossing, file string, r *reporter) (*session, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("harness: the job: %w", err)
	}
	var job Job
	if err := json.Unmarshal(text, &job); err != nil {
		return nil, fmt.Errorf("harness: the job %s: %w", file, err)
	}
	if job.Plan == nil || job.Plan.Function == nil || len(job.Crossings) == 0 || len(job.Sets) == 0 {
		return nil, fmt.Errorf("harness: the job %s lacks a plan, a function, crossings or sets, want all", file)
	}
	return &session{Job: &job, file: file, crossings: crossings, report: r, function: job.Plan.Function}, nil
}

// load opens the library, and finds the functions.
func (s *session) load() error {
	s.report.step("loading")
	time.Sleep(time.Microsecond) // has Go open its poller, which would else be noticed some time
	_ = look()                   // the first look opens what the later ones use
	before, known := look(), len(thread.Notes())
	err := s.find()
	noticed := before.changes(look())
	for _, note := range thread.Notes()[known:] {
		noticed = append(noticed, opened(note))
	}
	if err != nil {
		return err
	}
	s.report.send(Event{Loaded: &Loaded{Noticed: noticed}})
	return nil
}

// opened returns the note of a thread that opened a library, in the words of [state.changes].
func opened(note string) string {
	_, after, _ := strings.Cut(note, ": ")
	if float, _, ok := strings.Cut(after, " on the thread that opens it"); ok {
		return "it leaves the floating-point unit so that it " + float
	}
	return note
}

func (s *session) find() (err error) {
	if s.handle, s.address, err = symbol(s.Library, s.function.Name); err != nil {
		return err
	}
	if r := s.Reference; r != nil {
		if _, s.reference, err = symbol(r.Library, r.Symbol); err != nil {
			return err
		}
	}
	if s.Plan.Free == "" {
		return nil
	}
	if s.free, err = dl.Symbol(s.handle, s.Plan.Free); err != nil {
		s.free, err = dl.Symbol(purego.RTLD_DEFAULT, s.Plan.Free)
	}
	if err != nil {
		return fmt.Errorf("harness: neither %s nor the C library has %s, want it to free the result", s.Library, s.Plan.Free)
	}
	return nil
}

func symbol(library, name string) (handle, address uintptr, err error) {
	if handle, err = dl.Open(library, false); err != nil {
		return 0, 0, fmt.Errorf("harness: %s does not load: %w", library, err)
	}
	if address, err = dl.Symbol(handle, name); err != nil {
		return 0, 0, fmt.Errorf("harness: %s has no %s, want it: %w", library, name, err)
	}
	return handle, address, nil
}

// lang returns the language of a row of a crossing.
func (s *session) lang(crossing string) string {
	for _, c := range s.crossings {
		if c.Name == crossing && c.Lang != "" {
			return c.Lang
		}
	}
	if s.function.Lang != "" {
		return s.function.Lang
	}
	return "native"
}

// open returns what makes calls of the function through a crossing, given its address or that of another one.
func (s *session) open(crossing string, address uintptr) (Calls, error) {
	if crossing == process {
		switch address {
		case noop:
			return throughWorker(callNoop), nil
		case s.reference:
			return throughWorker(callReference), nil
		}
		return throughWorker(callFunction), nil
	}
	open, err := s.opener(crossing, s.function.Name)
	if err != nil {
		return nil, err
	}
	calls, err := open(address)
	if err != nil {
		return nil, fmt.Errorf("harness: %s through %s: %w", s.function.Name, crossing, err)
	}
	return calls, nil
}

func (s *session) opener(crossing, function string) (func(uintptr) (Calls, error), error) {
	for _, c := range s.crossings {
		if c.Name != crossing {
			continue
		}
		if open := c.Open[function]; open != nil {
			return open, nil
		}
		return nil, fmt.Errorf("harness: %s cannot pass %s", crossing, function)
	}
	return nil, fmt.Errorf("harness: this program has no crossing %s", crossing)
}

// caught calls f and returns its panic as an error.
func caught(what string, f func()) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case failure:
			err = p.error
		case error:
			err = fmt.Errorf("harness: %s panics: %w", what, p)
		default:
			err = fmt.Errorf("harness: %s panics: %v", what, p)
		}
	}()
	f()
	return nil
}

// here is the number of this process. After a fork, the copy has another one.
var here = unix.Getpid()

// endCopy ends the process if it is a copy that the function made by fork. Nothing else may run in it.
func endCopy() {
	if unix.Getpid() != here {
		_, _, _ = unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
}

// flush has the C library write what the function printed.
func flush() {
	if address, err := dl.Symbol(purego.RTLD_DEFAULT, "fflush"); err == nil {
		purego.SyscallN(address, 0)
	}
}
