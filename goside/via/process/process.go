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
// Note: other callers wait while a worker answers. Once it has ended, for whatever reason, its calls are errors; functions
// that return none panic. To go on, open another worker. A goroutine that spins keeps its processor (P) and its core for as long as the worker takes; on
// two cores nothing else of Go then runs.
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

// Worker is a process that answers requests. Its methods may be called concurrently.
type Worker struct {
	Name  string // "PyPy 7.3.11, Python 3.9.16"
	Flags string // what its compiler was told

	mu     sync.Mutex
	via    transport
	arrays []array // of the request
	number uint64  // how many requests there were
	ended  error   // set once no more requests are possible

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
	// release frees the memory. The worker has ended.
	release() error
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
	w := &Worker{limit: limit, exited: make(chan struct{})}
	name := map[string]string{Pipe: "pipe", ShmSpin: "shm"}[via]
	if name == "" {
		name = via
	}
	args := append(append(append([]string(nil), p.before...), name), p.after...)
	w.cmd = exec.Command(p.path, args...)
	w.cmd.Stderr = &w.said
	w.cmd.WaitDelay = time.Second                           // for processes of its own that hold its standard error
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C in the terminal is for this program only

	greeting, theirs, err := w.connect(via)
	if err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	err = w.cmd.Start()
	for _, f := range theirs {
		_ = f.Close()
	}
	if err != nil {
		_, _ = w.via.hangUp(), w.via.release()
		return nil, fmt.Errorf("process: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.number = 1
	w.asked.Store(2 * w.number)
	go w.reap()
	go w.watch()
	if err := w.greet(greeting); err != nil {
		return nil, w.fail(err)
	}
	w.asked.Store(0)
	return w, nil
}

// connect makes the transport, and returns where the worker greets, and the files that it inherits.
func (w *Worker) connect(via string) (greeting *bufio.Reader, theirs []*os.File, err error) {
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
		w.cmd.Stdin, w.cmd.Stdout = theirIn, theirOut
		s := newStream(in, out)
		w.via = s
		return s.in, []*os.File{theirIn, theirOut}, nil
	}
	socket, fd, theirSocket, err := newSockets()
	if err != nil {
		return nil, nil, err
	}
	w.cmd.Stdin, w.cmd.Stdout = theirSocket, &w.said
	if via == Socket {
		s := newStream(socket, socket)
		w.via = s
		return s.in, []*os.File{theirSocket}, nil
	}
	s, err := newShared(socket, fd, via == ShmSpin)
	if err != nil {
		_, _ = socket.Close(), theirSocket.Close()
		return nil, nil, err
	}
	w.via = s
	return bufio.NewReader(socket), []*os.File{theirSocket}, nil
}

// greet reads the greeting.
func (w *Worker) greet(in *bufio.Reader) error {
	var b [12]byte
	if _, err := io.ReadFull(in, b[:8]); err != nil {
		return err
	}
	if magic, version := string(b[:4]), binary.LittleEndian.Uint32(b[4:]); magic != "TOLH" || version != protocol {
		return fmt.Errorf("it greets with %q and version %d of the protocol, want TOLH and %d: run %s", magic, version, protocol, seam.Mend)
	}
	text, err := readText(in)
	w.Name, w.Flags, _ = strings.Cut(text, "\n")
	return err
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
func (w *Worker) reap() {
	w.exit = w.cmd.Wait()
	w.via.gone()
	close(w.exited)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended == nil {
		_ = w.fail(io.EOF)
	}
}

// watch ends a process that takes longer than its limit, and at most a quarter of it more.
func (w *Worker) watch() {
	tick := time.NewTicker(w.limit / 4)
	defer tick.Stop()
	last, ticks := uint64(0), 0
	for {
		select {
		case <-w.exited:
			return
		case <-tick.C:
		}
		asked := w.asked.Load()
		if asked != last {
			last, ticks = asked, 0
			continue
		}
		ticks++
		if most := 4 + asked&1*4*(kernelLimit-1); asked != 0 && uint64(ticks) >= most {
			w.late.Store(true)
			_ = w.cmd.Process.Kill()
			return
		}
	}
}

// fail records why the worker cannot be used any more, and ends it.
func (w *Worker) fail(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		// It has ended, or is about to: its last output may still be on its way.
		select {
		case <-w.exited:
		case <-time.After(time.Second):
		}
	}
	how := ""
	select {
	case <-w.exited:
		how = "; it has ended"
		if w.exit != nil {
			how += ": " + w.exit.Error()
		}
	default:
		_ = w.cmd.Process.Kill()
		<-w.exited
	}
	if w.late.Load() {
		err, how = fmt.Errorf("it took longer than its limit (%v, for a kernel %v) and was killed", w.limit, kernelLimit*w.limit), ""
	}
	_, _ = w.via.hangUp(), w.via.release()
	if said := w.said.String(); said != "" {
		how += "; it said: " + said
	}
	w.ended = fmt.Errorf("process: %w: the worker no longer answers: %w%s", kernel.ErrPanic, err, how)
	return w.ended
}

// Close ends the worker.
func (w *Worker) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended != nil {
		return nil
	}
	w.ended = errors.New("process: the worker was closed")
	err := w.via.hangUp()
	select {
	case <-w.exited:
	case <-time.After(min(w.limit, 5*time.Second)):
		_ = w.cmd.Process.Kill()
		<-w.exited
	}
	return errors.Join(err, w.exit, w.via.release())
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
	if w.ended != nil {
		return a, w.ended
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
