// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// process is the crossing of the harness itself: the program is started once more, as a worker, and a call is a request to it, by a
// pipe in each direction. The arguments and what the function reads cross with the request, the result and what it writes
// with the reply. What the function only writes was sent once, before, so that bytes which it leaves alone are the same on both
// sides. A result that is text crosses as text.
//
// A request is a kind and the number of a frame, 4 bytes each, then the numbers and the memory. A reply is a status and what the
// result is, 4 bytes each, then the result and the memory.
const process = "process"

// The kinds of requests.
const (
	prepare       = iota // a frame: 8 bytes of length, then its values in JSON
	callFunction         // call the function
	callReference        // or the further one
	callNoop             // or the one that does nothing
)

// What a result is in a reply.
const (
	plain = iota // its bytes
	into         // a pointer into a parameter's memory: 4 bytes of which, 8 of where there
	text         // a pointer to text: 8 bytes of length, then the text without its NUL
)

// maxWorkers is the most workers at a time.
const maxWorkers = 128

// pool is the workers of a session.
type pool struct {
	all   []*worker
	given int
}

// start has so many workers run, but at most maxWorkers.
func (p *pool) start(s *session, n int) error {
	for len(p.all) < min(n, maxWorkers) {
		w, err := startWorker(s.file)
		if err != nil {
			return err
		}
		p.all = append(p.all, w)
	}
	return nil
}

// next returns each worker in turn, nil if none runs.
func (p *pool) next() *worker {
	if len(p.all) == 0 {
		return nil
	}
	p.given++
	return p.all[(p.given-1)%len(p.all)]
}

func (p *pool) close() {
	for _, w := range p.all {
		w.close()
	}
}

// worker is a process that makes calls.
type worker struct {
	mu      sync.Mutex
	cmd     *exec.Cmd
	out     *os.File
	inFile  *os.File
	in      *bufio.Reader
	request []byte
	head    [12]byte
	said    said
	exited  chan struct{}
	exit    error // once it has exited
	ended   error // why it cannot be used any more
}

func startWorker(job string) (*worker, error) {
	w, err := spawn(job)
	if err != nil {
		return nil, fmt.Errorf("harness: starting a worker: %w", err)
	}
	if err := w.status(); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func spawn(job string) (*worker, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	theirIn, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	in, theirOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, theirIn.Close(), out.Close())
	}
	w := &worker{
		cmd: exec.Command(program, workerMode, job), out: out, inFile: in, in: bufio.NewReaderSize(in, 1<<16),
		exited: make(chan struct{}),
	}
	w.cmd.Stdout, w.cmd.Stderr, w.cmd.ExtraFiles = os.Stdout, &w.said, []*os.File{theirIn, theirOut}
	err = w.cmd.Start()
	_, _ = theirIn.Close(), theirOut.Close()
	if err != nil {
		return nil, errors.Join(err, in.Close(), out.Close())
	}
	go func() {
		w.exit = w.cmd.Wait()
		close(w.exited)
	}()
	return w, nil
}

// said keeps the first lines of what a worker prints to its standard error.
type said struct{ text []byte }

func (s *said) Write(p []byte) (int, error) {
	s.text = append(s.text, p[:min(len(p), 1000-len(s.text))]...)
	return len(p), nil
}

// fail says how the worker ended.
func (w *worker) fail(err error) error {
	select {
	case <-w.exited:
	case <-time.After(2 * time.Second): // its last words may still be on their way
		_ = w.cmd.Process.Kill()
		<-w.exited
	}
	how := "exit status 0"
	if w.exit != nil {
		how = w.exit.Error()
	}
	lines := strings.FieldsFunc(string(w.said.text), func(r rune) bool { return r == '\n' })
	if len(lines) > 0 {
		how += "; it said: " + strings.Join(lines[:min(2, len(lines))], ", ")
	}
	w.ended = fmt.Errorf("harness: the worker no longer answers (%w): it ended with %s", err, how)
	return w.ended
}

func (w *worker) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = w.out.Close(), w.inFile.Close()
	select {
	case <-w.exited:
	case <-time.After(time.Second):
		_ = w.cmd.Process.Kill()
		<-w.exited
	}
	w.ended = errors.New("harness: the worker was closed")
}

// failure is the panic of a call that a worker did not make.
type failure struct{ error }

// throughWorker returns what asks the frame's worker for calls. It panics if the worker fails.
func throughWorker(kind uint32) Calls {
	return func(f *Frame, n int) {
		w := f.worker
		w.mu.Lock()
		defer w.mu.Unlock()
		for range n {
			if err := w.call(f, kind); err != nil {
				panic(failure{err})
			}
		}
	}
}

func (w *worker) call(f *Frame, kind uint32) error {
	if w.ended != nil {
		return w.ended
	}
	if f.prepared != w {
		if err := w.prepare(f); err != nil {
			return err
		}
		f.prepared = w
	}
	b := binary.NativeEndian.AppendUint32(w.request[:0], kind)
	b = binary.NativeEndian.AppendUint32(b, f.number)
	var err error
	for k := range f.parameters {
		p := &f.parameters[k]
		if p.Memory && !p.read() {
			continue
		}
		if b, err = w.add(b, p.memory); err != nil {
			return w.fail(err)
		}
	}
	if w.request = b; len(b) > 0 {
		if _, err := w.out.Write(b); err != nil {
			return w.fail(err)
		}
	}
	if err := w.status(); err != nil {
		return err
	}
	if err := w.receive(f); err != nil {
		return w.fail(err)
	}
	return nil
}

// add adds to a request. The head and small memory are one write.
func (w *worker) add(b, more []byte) ([]byte, error) {
	if len(b)+len(more) <= 1<<15 {
		return append(b, more...), nil
	}
	if _, err := w.out.Write(b); err != nil {
		return b, err
	}
	_, err := w.out.Write(more)
	return b[:0], err
}

// prepare gives the worker the values of a frame.
func (w *worker) prepare(f *Frame) error {
	values := make([]any, len(f.parameters))
	for k := range f.parameters {
		v := f.parameters[k].Value
		v.Bytes = f.parameters[k].memory
		values[k] = v
	}
	line, err := json.Marshal(values)
	if err != nil {
		return err
	}
	b := binary.NativeEndian.AppendUint32(nil, prepare)
	b = binary.NativeEndian.AppendUint32(b, f.number)
	b = binary.NativeEndian.AppendUint64(b, uint64(len(line)))
	if _, err := w.out.Write(append(b, line...)); err != nil {
		return w.fail(err)
	}
	return w.status()
}

// status reads the beginning of a reply, and the error that it may be.
func (w *worker) status() error {
	if _, err := io.ReadFull(w.in, w.head[:4]); err != nil {
		return w.fail(err)
	}
	length := binary.NativeEndian.Uint32(w.head[:])
	if length == 0 {
		return nil
	}
	message := make([]byte, length)
	if _, err := io.ReadFull(w.in, message); err != nil {
		return w.fail(err)
	}
	return errors.New(string(message))
}

// receive reads the result and the memory of a reply.
func (w *worker) receive(f *Frame) error {
	if _, err := io.ReadFull(w.in, w.head[:4]); err != nil {
		return err
	}
	switch what := binary.NativeEndian.Uint32(w.head[:]); what {
	case plain:
		if _, err := io.ReadFull(w.in, f.resultBytes()); err != nil {
			return err
		}
	case into:
		if _, err := io.ReadFull(w.in, w.head[:12]); err != nil {
			return err
		}
		k, offset := binary.NativeEndian.Uint32(w.head[:]), binary.NativeEndian.Uint64(w.head[4:])
		if int(k) >= len(f.parameters) || offset > uint64(len(f.parameters[k].memory)) {
			return fmt.Errorf("its result lies in parameter %d at %d, want one of %d", k, offset, len(f.parameters))
		}
		*(*unsafe.Pointer)(f.result) = unsafe.Add(unsafe.Pointer(unsafe.SliceData(f.parameters[k].memory)), offset)
	case text:
		if _, err := io.ReadFull(w.in, w.head[:8]); err != nil {
			return err
		}
		n := binary.NativeEndian.Uint64(w.head[:])
		if n > maxText {
			return fmt.Errorf("its result is a text of %d bytes, want at most %d", n, maxText)
		}
		if n >= uint64(len(f.text)) {
			f.text = make([]byte, n+1)
		}
		if _, err := io.ReadFull(w.in, f.text[:n]); err != nil {
			return err
		}
		f.text[n] = 0
		*(*unsafe.Pointer)(f.result) = unsafe.Pointer(unsafe.SliceData(f.text))
	default:
		return fmt.Errorf("its result is of kind %d, want %d to %d", what, plain, text)
	}
	for k := range f.parameters {
		if p := &f.parameters[k]; p.written() {
			if _, err := io.ReadFull(w.in, p.memory); err != nil {
				return err
			}
		}
	}
	return nil
}
