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
	"runtime"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"

	"toll/goside/try/argument"
	"toll/goside/try/prototype"
	"toll/goside/via/thread"
)

// workerMode is the argument before the job's that makes the program a worker.
const workerMode = "worker"

// The descriptors by which a worker is asked and replies.
const (
	requestFile = 3
	replyFile   = 4
)

// fastest are the crossings that a worker may use, the one that costs least first.
var fastest = []string{"trampoline", "cgo", "libffi", "purego", "syscalln"}

// serving is a worker at work.
type serving struct {
	*session
	in      *bufio.Reader
	out     *os.File
	calls   [callNoop + 1]Calls // by kind
	frames  map[uint32]*Frame
	reply   []byte
	head    [8]byte
	through string // the crossing
	tried   bool   // a call was made
}

// work serves requests until there are no more.
func work(crossings []Crossing, file string) int {
	runtime.LockOSThread()
	unix.CloseOnExec(requestFile)
	unix.CloseOnExec(replyFile)
	go endOrphan()
	w := &serving{
		in:     bufio.NewReaderSize(os.NewFile(requestFile, "requests"), 1<<16),
		out:    os.NewFile(replyFile, "replies"),
		frames: map[uint32]*Frame{},
	}
	err := w.begin(crossings, file)
	if refused := w.refuse(err); err != nil || refused != nil {
		return 1
	}
	for {
		err := w.serve()
		if errors.Is(err, io.EOF) {
			flush()
			return 0
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
}

// endOrphan ends the process once the harness has ended, even if the function does not return.
func endOrphan() {
	for parent := os.Getppid(); os.Getppid() == parent; time.Sleep(time.Second) {
	}
	os.Exit(1)
}

// begin loads the library, and opens the function through the fastest crossing.
func (w *serving) begin(crossings []Crossing, file string) (err error) {
	if w.session, err = newSession(crossings, file, nil); err != nil {
		return err
	}
	if err := w.find(); err != nil {
		return err
	}
	var reasons []error
	for _, crossing := range fastest {
		calls, err := w.open(crossing, w.address)
		if err != nil {
			reasons = append(reasons, err)
			continue
		}
		w.calls[callFunction], w.through = calls, crossing
		return nil
	}
	return fmt.Errorf("harness: no crossing that a worker may use: %w", errors.Join(reasons...))
}

// call returns what makes calls of a kind.
func (w *serving) call(kind uint32) (calls Calls, err error) {
	switch {
	case kind == prepare || int(kind) >= len(w.calls):
		return nil, fmt.Errorf("harness: a request is of kind %d, want %d to %d", kind, callFunction, callNoop)
	case w.calls[kind] != nil:
	case kind == callReference:
		w.calls[kind], err = w.open(w.through, w.reference)
	case kind == callNoop:
		w.calls[kind], err = w.open(w.through, noop)
	}
	return w.calls[kind], err
}

// refuse begins a reply that is an error, or, without one, one that is not.
func (w *serving) refuse(err error) error {
	message := ""
	if err != nil {
		message = err.Error()
	}
	b := binary.NativeEndian.AppendUint32(nil, uint32(len(message)))
	_, err = w.out.Write(append(b, message...))
	return err
}

// serve answers a request.
func (w *serving) serve() error {
	if _, err := io.ReadFull(w.in, w.head[:]); err != nil {
		return err
	}
	kind, number := binary.NativeEndian.Uint32(w.head[:]), binary.NativeEndian.Uint32(w.head[4:])
	if kind == prepare {
		refusal, err := w.prepare(number)
		if err != nil {
			return err
		}
		return w.refuse(refusal)
	}
	f := w.frames[number]
	if f == nil {
		return fmt.Errorf("harness: a request is of the frame %d, which is not there", number)
	}
	for k := range f.parameters {
		p := &f.parameters[k]
		if p.Memory && !p.read() {
			continue
		}
		if _, err := io.ReadFull(w.in, p.memory); err != nil {
			return err
		}
	}
	calls, err := w.call(kind)
	switch {
	case err != nil:
	case w.Do == Verify || !w.tried:
		err = w.watched(func() { calls(f, 1) })
	default:
		err = caught(w.through, func() { calls(f, 1) })
		endCopy()
	}
	b := binary.NativeEndian.AppendUint32(w.reply[:0], 0)
	if err == nil {
		b, err = w.appendResult(b, f, kind)
	}
	if err != nil {
		return w.refuse(err)
	}
	for k := range f.parameters {
		p := &f.parameters[k]
		if !p.written() {
			continue
		}
		if len(b)+len(p.memory) <= 1<<15 {
			b = append(b, p.memory...)
			continue
		}
		if _, err := w.out.Write(b); err != nil {
			return err
		}
		if _, err := w.out.Write(p.memory); err != nil {
			return err
		}
		b = b[:0]
	}
	if w.reply = b; len(b) == 0 {
		return nil
	}
	_, err = w.out.Write(b)
	return err
}

// watched makes a call after which the thread is as before, and copies of the process have ended. If the call is one of many, there
// must be none.
func (w *serving) watched(call func()) error {
	w.tried = true
	before := &state{children: thread.Children()}
	err := caught(w.through, call)
	endCopy()
	_, _ = thread.Settle()
	if made := before.born(&state{children: thread.Children()}); err == nil && len(made) > 0 && w.Do != Verify {
		return fmt.Errorf("harness: %s is not timed: %s", w.function.Name, made[0])
	}
	return err
}

// prepare makes a frame. The first error is its refusal.
func (w *serving) prepare(number uint32) (refusal, err error) {
	if _, err := io.ReadFull(w.in, w.head[:]); err != nil {
		return nil, err
	}
	line := make([]byte, binary.NativeEndian.Uint64(w.head[:]))
	if _, err := io.ReadFull(w.in, line); err != nil {
		return nil, err
	}
	var values []argument.Value
	if err := json.Unmarshal(line, &values); err != nil {
		return nil, fmt.Errorf("harness: a frame: %w", err)
	}
	if w.Do != Verify {
		w.frames[number], refusal = w.frame(values, ordinary)
		return refusal, nil
	}
	f, refusal := w.guarded(values, 0)
	if refusal == nil {
		w.frames[number] = f.Frame
	}
	return refusal, nil
}

// appendResult adds the result to a reply. Text is freed if the plan says by what, since only a copy crosses.
func (w *serving) appendResult(b []byte, f *Frame, kind uint32) ([]byte, error) {
	t := w.function.Result
	if t == nil || t.Kind != prototype.Pointer || f.pointer() == nil || kind == callNoop {
		return append(binary.NativeEndian.AppendUint32(b, plain), f.resultBytes()...), nil
	}
	k, offset := f.within(uintptr(f.pointer()))
	switch {
	case k >= 0:
		b = binary.NativeEndian.AppendUint32(b, into)
		b = binary.NativeEndian.AppendUint32(b, uint32(k))
		b = binary.NativeEndian.AppendUint64(b, uint64(offset))
	case t.Text():
		content := textAt(f.pointer())
		b = binary.NativeEndian.AppendUint32(b, text)
		b = binary.NativeEndian.AppendUint64(b, uint64(len(content)))
		b = append(b, content...)
	default:
		return b, fmt.Errorf("harness: the result of %s leads to memory of the worker, %s", w.function.Name, NotShared)
	}
	if w.free != 0 {
		purego.SyscallN(w.free, uintptr(f.pointer()))
	}
	return b, nil
}

// NotShared is how the error ends of a result that cannot cross.
const NotShared = "which a process does not share"

// textAt returns the text up to its NUL, in its own memory.
func textAt(p unsafe.Pointer) []byte {
	n := 0
	for n < maxText && *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return unsafe.Slice((*byte)(p), n)
}
