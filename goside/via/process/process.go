// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package process is the crossing to another process, a worker in C, Go or Python that answers one request at a time. The
// request goes over a pipe, a Unix socket or through shared memory; there the two wait for each other asleep (futex) or
// spinning. csrc/worker/protocol.h describes the protocol.
//
// A call copies all inputs to the worker and the outputs back, each whole, but for slices of the library's Memory, which both see. No
// pointer crosses, and neither a crash nor an endless loop in the worker affects this process: it is an error at once, or
// after a limit of time, and the worker is ended. It ends with this process, too, however that ends.
//
// Each end of a worker is the error of one call: of the one that it was to answer or, if it had none, of the next; functions
// that return no error panic. The call after that starts a new worker, of which the caller learns nothing else: it has the
// same memory for slices, and must greet as the first did.
//
// Note: other callers wait while a worker answers. A goroutine that spins keeps its processor (P) and its core for as long as
// the worker takes; on two cores nothing else of Go then runs.
package process

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// The transports, as crossings: what the worker is told is their name, too, but "pipe" and "shm".
const (
	Pipe    = "process"
	Socket  = "socket"
	Shm     = "shm"
	ShmSpin = "shm-spin"
)

// limit is how long a worker may take to greet or to answer a call; a kernel may take so many times as long.
const (
	limit       = time.Minute
	kernelLimit = 15
)

// Worker answers requests in a process, and in another one once that has ended. Its methods may be called concurrently.
type Worker struct {
	Name  string // "PyPy 7.3.11, Python 3.9.16"
	Flags string // what its compiler was told

	mu      sync.Mutex
	program program
	crosses string // by which transport
	limit   time.Duration
	memory  *Memory
	arrays  []array // of the request
	closed  bool
	*life
}

// life is a process, from its start to its end.
type life struct {
	via    transport
	number uint64    // how many requests there were
	ended  error     // set once no more requests are possible
	told   bool      // a caller has had that error
	again  time.Time // a process that did not come to greet is not started again before

	cmd    *exec.Cmd
	said   tail
	exited chan struct{} // closed once the process is gone; exit then says how
	exit   error
	limit  time.Duration
	asked  atomic.Uint64 // the request that is being answered, twice its number, and 1 more for a kernel; 0: none
	late   atomic.Bool
}

// transport carries requests to a worker. It has one at a time.
type transport interface {
	// message is where the request is to be written, and where its response then lies.
	message() *message
	// exchange sends it and waits for the response. Outputs are then in the arrays. An error that is no refusal ends the
	// worker.
	exchange(arrays []array) error
	// shares is memory that the worker sees, too, or nil.
	shares() kernel.Memory
	// gone makes an exchange that waits for the worker return, since that has ended.
	gone()
	// hangUp tells the worker to end, and closes all descriptors.
	hangUp() error
}

// refusal is the error of a request that was not sent, of a worker that can go on.
type refusal struct{ error }

// array is a slice in a request.
type array struct {
	kind  byte // see csrc/worker/protocol.h
	bytes []byte
	in    bool // the worker reads it
	out   area // what the worker writes in it, and all that is copied back
}

// area is some lines of equal length, in bytes.
type area struct{ first, length, stride, lines int }

func (a array) direction() (d uint32) {
	if a.in {
		d |= directionIn
	}
	if a.out.lines > 0 {
		d |= directionOut
	}
	return d
}

// copyFrom copies the output's lines from all its bytes.
func (a array) copyFrom(from []byte) {
	for k, at := 0, a.out.first; k < a.out.lines; k, at = k+1, at+a.out.stride {
		copy(a.bytes[at:at+a.out.length], from[at:at+a.out.length])
	}
}

// tail keeps the beginning and the end of a worker's standard error: the reason of a failure may stand above a long trace.
type tail struct {
	mu         sync.Mutex
	begin, end []byte // end follows begin, perhaps not at once
	cut        bool
}

// kept is how many bytes a tail keeps of each.
const kept = 1000

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(len(p), kept-len(t.begin))
	t.begin = append(t.begin, p[:n]...)
	rest := p[n:]
	t.cut = t.cut || len(t.end)+len(rest) > kept
	t.end = append(t.end, rest[max(0, len(rest)-kept):]...)
	if n := len(t.end) - kept; n > 0 {
		t.end = append(t.end[:0], t.end[n:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	between := ""
	if t.cut {
		between = " … "
	}
	return string(bytes.TrimSpace(slices.Concat(t.begin, []byte(between), t.end)))
}

// program is how a worker is run: its transport stands between the arguments.
type program struct {
	path          string
	before, after []string
}

// start runs the program and waits for its greeting.
func (p program) start(via string, limit time.Duration) (*Worker, error) {
	w := &Worker{program: p, crosses: via, limit: limit}
	if via == Shm || via == ShmSpin {
		var err error
		if w.memory, err = newMemory(); err != nil {
			return nil, fmt.Errorf("process: %w", err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.begin(); err != nil {
		return nil, errors.Join(err, w.release())
	}
	return w, nil
}

func (w *Worker) release() error {
	if w.memory == nil {
		return nil
	}
	return w.memory.release()
}

// begin starts a process and waits for its greeting, which must be that of the first. The caller has the lock.
func (w *Worker) begin() error {
	l := &life{limit: w.limit, exited: make(chan struct{})}
	name := map[string]string{Pipe: "pipe", ShmSpin: "shm"}[w.crosses]
	if name == "" {
		name = w.crosses
	}
	args := slices.Concat(w.program.before, []string{name}, w.program.after)
	l.cmd = exec.Command(w.program.path, args...)
	l.cmd.Stderr = &l.said
	l.cmd.WaitDelay = time.Second                           // for processes of its own that hold its standard error
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C in the terminal is for this program only

	greeting, theirs, err := l.connect(w.crosses, w.memory)
	if err != nil {
		return fmt.Errorf("process: %w", err)
	}
	err = l.cmd.Start()
	for _, f := range theirs {
		_ = f.Close()
	}
	if err != nil {
		_ = l.via.hangUp()
		return fmt.Errorf("process: %w", err)
	}
	started := time.Now()
	w.life = l
	l.number = 1
	l.asked.Store(2 * l.number)
	go w.reap(l)
	go l.watch()
	name, flags, err := greet(greeting)
	if err == nil && w.Name != "" && (name != w.Name || flags != w.Flags) {
		err = fmt.Errorf("it is %q now, want %q, as before: start this program again", name+", "+flags, w.Name+", "+w.Flags)
	}
	if err != nil {
		l.again = time.Now().Add(time.Since(started))
		return l.fail(err)
	}
	w.Name, w.Flags = name, flags
	l.asked.Store(0)
	return nil
}

// connect makes the transport, and returns where the worker greets, and the files that it inherits.
func (l *life) connect(via string, memory *Memory) (greeting *bufio.Reader, theirs []*os.File, err error) {
	if via == Pipe {
		in, theirOut, err := os.Pipe()
		if err != nil {
			return nil, nil, err
		}
		theirIn, out, err := os.Pipe()
		if err != nil {
			_, _ = in.Close(), theirOut.Close()
			return nil, nil, err
		}
		l.cmd.Stdin, l.cmd.Stdout = theirIn, theirOut
		s := newStream(in, out)
		l.via = s
		return s.in, []*os.File{theirIn, theirOut}, nil
	}
	socket, fd, theirSocket, err := newSockets()
	if err != nil {
		return nil, nil, err
	}
	l.cmd.Stdin, l.cmd.Stdout = theirSocket, &l.said
	if via == Socket {
		s := newStream(socket, socket)
		l.via = s
		return s.in, []*os.File{theirSocket}, nil
	}
	s, err := newShared(memory, socket, fd, via == ShmSpin)
	if err != nil {
		_, _ = socket.Close(), theirSocket.Close()
		return nil, nil, err
	}
	l.via = s
	return bufio.NewReader(socket), []*os.File{theirSocket}, nil
}

// greet reads the greeting.
func greet(in *bufio.Reader) (name, flags string, err error) {
	var b [12]byte
	if _, err := io.ReadFull(in, b[:8]); err != nil {
		return "", "", err
	}
	if magic, version := string(b[:4]), binary.LittleEndian.Uint32(b[4:]); magic != "TOLH" || version != protocol {
		return "", "", fmt.Errorf("it greets with %q and version %d of the protocol, want TOLH and %d: run %s", magic, version, protocol, seam.Mend)
	}
	text, err := readText(in)
	name, flags, _ = strings.Cut(text, "\n")
	return name, flags, err
}

func readText(in *bufio.Reader) (string, error) {
	var b [4]byte
	if _, err := io.ReadFull(in, b[:]); err != nil {
		return "", err
	}
	n := binary.LittleEndian.Uint32(b[:])
	if n > 1<<20 {
		return "", fmt.Errorf("a text of %d bytes, want at most %d", n, 1<<20)
	}
	text := make([]byte, n)
	_, err := io.ReadFull(in, text)
	return string(text), err
}

// reap waits for the end of the process, and cleans up after one that ends unasked.
func (w *Worker) reap(l *life) {
	l.exit = l.cmd.Wait()
	l.via.gone()
	close(l.exited)
	w.mu.Lock()
	defer w.mu.Unlock()
	if l.ended == nil {
		_ = l.fail(io.EOF)
		l.told = false
	}
}

// watch ends a process that takes longer than its limit, and at most a quarter of it more.
func (l *life) watch() {
	tick := time.NewTicker(l.limit / 4)
	defer tick.Stop()
	last, ticks := uint64(0), 0
	for {
		select {
		case <-l.exited:
			return
		case <-tick.C:
		}
		asked := l.asked.Load()
		if asked != last {
			last, ticks = asked, 0
			continue
		}
		ticks++
		if most := 4 + asked&1*4*(kernelLimit-1); asked != 0 && uint64(ticks) >= most {
			l.late.Store(true)
			_ = l.cmd.Process.Kill()
			return
		}
	}
}

// fail records why the process cannot be used any more, and ends it. Its error is for a caller.
func (l *life) fail(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		// It has ended, or is about to: its last output may still be on its way.
		select {
		case <-l.exited:
		case <-time.After(time.Second):
		}
	}
	how := ""
	select {
	case <-l.exited:
		how = "; it has ended"
		if l.exit != nil {
			how += ": " + l.exit.Error()
		}
	default:
		_ = l.cmd.Process.Kill()
		<-l.exited
	}
	if l.late.Load() {
		err, how = fmt.Errorf("it took longer than its limit (%v, for a kernel %v) and was killed", l.limit, kernelLimit*l.limit), ""
	}
	_ = l.via.hangUp()
	if said := l.said.String(); said != "" {
		how += "; it said: " + said
	}
	l.ended, l.told = fmt.Errorf("process: %w: the worker no longer answers: %w%s", kernel.ErrPanic, err, how), true
	return l.ended
}

// alive makes sure that there is a process to ask. The caller has the lock.
func (w *Worker) alive() error {
	switch {
	case w.closed:
		return errClosed
	case w.ended == nil:
		return nil
	case !w.told:
		w.told = true
		return w.ended
	case time.Now().Before(w.again):
		return w.ended
	}
	return w.begin()
}

var errClosed = errors.New("process: the worker was closed")

// Close ends the worker.
func (w *Worker) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	if w.ended != nil {
		return w.release()
	}
	w.ended = errClosed
	err := w.via.hangUp()
	select {
	case <-w.exited:
	case <-time.After(min(w.limit, 5*time.Second)):
		_ = w.cmd.Process.Kill()
		<-w.exited
	}
	return errors.Join(err, w.exit, w.release())
}

// answer is a response: as many numbers as the function answers.
type answer struct {
	integers [4]int64
	doubles  [3]float64
}

// ask sends a request and waits for its response.
func (w *Worker) ask(function, variant uint32, integers []int64, doubles []float64, arrays ...array) (a answer, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.alive(); err != nil {
		return a, err
	}
	m := w.via.message()
	m.Function, m.Variant = function, variant
	m.Integers, m.Doubles, m.Arrays = uint32(copy(m.Integer[:], integers)), uint32(copy(m.Double[:], doubles)), uint32(len(arrays))
	w.arrays = append(w.arrays[:0], arrays...) // the transport would have those of the caller escape
	w.number++
	asked := 2 * w.number
	if isKernel(function) {
		asked++
	}
	w.asked.Store(asked)
	err = w.via.exchange(w.arrays)
	w.asked.Store(0)
	clear(w.arrays)
	if err != nil {
		if r, ok := errors.AsType[refusal](err); ok {
			return a, fmt.Errorf("process: %w", r.error)
		}
		return a, w.fail(err)
	}
	if m.Status != 0 {
		line, _, _ := strings.Cut(string(m.Text[:min(m.TextLength, maxText)]), "\n")
		return a, fmt.Errorf("process: %s raised %s", w.Name, line)
	}
	if f := &functions[function]; m.Integers != f.integers || m.Doubles != f.doubles {
		return a, w.fail(badCounts(f.name, m.Integers, m.Doubles, f.integers, f.doubles))
	}
	copy(a.integers[:], m.Integer[:])
	copy(a.doubles[:], m.Double[:])
	return a, nil
}

func badCounts(name string, integers, doubles, wantIntegers, wantDoubles uint32) error {
	return fmt.Errorf("a response to %s of %d integers and %d doubles, want %d and %d", name, integers, doubles, wantIntegers, wantDoubles)
}
