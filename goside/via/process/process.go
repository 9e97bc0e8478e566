// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package process is the crossing to a separate process over a pipe: cpython-ext/process/_worker.py, which also defines
// the protocol. It is run by PyPy, which cannot live inside another program's CPython, or by CPython, for comparison
// with the embedded one.
//
// A call writes a request with copies of all inputs and waits for the response, whose outputs are copied into the
// caller's memory. No pointer crosses, and neither a crash nor an endless loop in the worker affects this process.
//
// Note: a worker does one request at a time, and others wait. Once it has ended, for whatever reason, its calls are
// errors.
package process

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/mem"
)

// The functions of the worker's protocol.
const (
	noop = iota
	not
	add
	sum
	step
	run
	julia
	ols
)

const protocol = 1

// Variant is the worker's test in the Julia set.
type Variant uint32

// The values are those of the protocol.
const (
	Plain    Variant = iota // abs(z) < 2, as in the book's pure Python
	Expanded                // zr*zr + zi*zi < 4
)

// Worker is a process that answers requests. Its methods may be called concurrently.
type Worker struct {
	Name string // "PyPy 7.3.11, Python 3.9.16"

	mu      sync.Mutex
	out     io.Writer
	in      *bufio.Reader
	request []byte
	scratch []byte
	ended   error // set once no more requests are possible
	errors  *tail
	wait    func() error
}

// tail keeps the end of a worker's standard error.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if n := len(t.text) - 2000; n > 0 {
		t.text = t.text[n:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.text))
}

// Start runs the script by the interpreter and waits for its greeting. The process ends when this one does, or by
// Close.
func Start(interpreter, script string) (*Worker, error) {
	cmd := exec.Command(interpreter, "-I", script)
	w := &Worker{errors: &tail{}, wait: cmd.Wait}
	cmd.Stderr = w.errors
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C in the terminal is for this program only
	out, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	in, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	w.out, w.in = out, bufio.NewReaderSize(in, 1<<16)
	magic, version, err := w.head()
	if err == nil {
		w.Name, err = w.text()
	}
	if err == nil && (magic != "TOLH" || version != protocol) {
		err = fmt.Errorf("it greets with %q and version %d of the protocol, want TOLH and %d: run %s", magic, version, protocol, seam.Mend)
	}
	if err != nil {
		_ = out.Close()
		return nil, w.fail(err)
	}
	return w, nil
}

// Close ends the worker.
func (w *Worker) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended != nil {
		return nil
	}
	w.ended = errors.New("process: the worker was closed")
	err := w.out.(io.Closer).Close()
	return errors.Join(err, w.wait())
}

// fail records why the worker cannot be used any more.
func (w *Worker) fail(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		// It has ended, or is about to: its last output may still be on its way.
		ended := make(chan struct{})
		go func() {
			_ = w.wait() // its output says more than its exit code
			close(ended)
		}()
		select {
		case <-ended:
		case <-time.After(time.Second):
		}
	}
	said := w.errors.String()
	if said != "" {
		said = "; it said: " + said
	}
	w.ended = fmt.Errorf("process: %w: the worker no longer answers: %w%s", kernel.ErrPanic, err, said)
	return w.ended
}

func (w *Worker) head() (magic string, number uint32, err error) {
	var b [8]byte
	if _, err := io.ReadFull(w.in, b[:]); err != nil {
		return "", 0, err
	}
	return string(b[:4]), binary.LittleEndian.Uint32(b[4:]), nil
}

func (w *Worker) text() (string, error) {
	var b [4]byte
	if _, err := io.ReadFull(w.in, b[:]); err != nil {
		return "", err
	}
	text := make([]byte, binary.LittleEndian.Uint32(b[:]))
	_, err := io.ReadFull(w.in, text)
	return string(text), err
}

// array is a slice in a request.
type array struct {
	kind  byte
	bytes []byte
}

func doubles(s []float64) array      { return array{'d', mem.Bytes(s)} }
func complexes(s []complex128) array { return array{'D', mem.Bytes(s)} }

// answer is a response: the values, and the arrays' bytes, which the next request overwrites.
type answer struct {
	integers []int64
	floats   []float64
	arrays   [][]byte
}

// ask sends a request and gives the response to use, if not nil.
func (w *Worker) ask(function, variant uint32, integers []int64, floats []float64, arrays []array, use func(*answer) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended != nil {
		return w.ended
	}
	b := w.request[:0]
	b = append(b, "TOLQ"...)
	for _, n := range []uint32{function, variant, uint32(len(integers)), uint32(len(floats)), uint32(len(arrays))} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	for _, x := range integers {
		b = binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	for _, x := range floats {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	for _, a := range arrays {
		b = binary.LittleEndian.AppendUint32(b, uint32(a.kind))
		b = binary.LittleEndian.AppendUint64(b, uint64(len(a.bytes)))
		// The head and small arrays are one write.
		if len(b)+len(a.bytes) <= 1<<15 {
			b = append(b, a.bytes...)
			continue
		}
		if _, err := w.out.Write(b); err != nil {
			return w.fail(err)
		}
		if _, err := w.out.Write(a.bytes); err != nil {
			return w.fail(err)
		}
		b = b[:0]
	}
	if _, err := w.out.Write(b); err != nil {
		return w.fail(err)
	}
	w.request = b

	magic, status, err := w.head()
	switch {
	case err != nil:
		return w.fail(err)
	case magic != "TOLR":
		return w.fail(fmt.Errorf("a response begins with %q, want TOLR", magic))
	case status != 0:
		text, err := w.text()
		if err != nil {
			return w.fail(err)
		}
		line, _, _ := strings.Cut(text, "\n")
		return fmt.Errorf("process: %s raised %s", w.Name, line)
	}
	a, err := w.answer()
	if err != nil {
		return w.fail(err)
	}
	if use == nil {
		return nil
	}
	if err := use(a); err != nil {
		return w.fail(err)
	}
	return nil
}

// answer reads a response's values.
func (w *Worker) answer() (*answer, error) {
	var b [12]byte
	if _, err := io.ReadFull(w.in, b[:]); err != nil {
		return nil, err
	}
	integers, floats, arrays := binary.LittleEndian.Uint32(b[:]), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
	if max(integers, floats, arrays) > 4 {
		return nil, fmt.Errorf("a response of %d integers, %d floats and %d arrays, want at most 4 of each", integers, floats, arrays)
	}
	a := &answer{integers: make([]int64, integers), floats: make([]float64, floats)}
	if err := binary.Read(w.in, binary.LittleEndian, a.integers); err != nil {
		return nil, err
	}
	if err := binary.Read(w.in, binary.LittleEndian, a.floats); err != nil {
		return nil, err
	}
	var ends []int
	w.scratch = w.scratch[:0]
	for range arrays {
		if _, err := io.ReadFull(w.in, b[:]); err != nil {
			return nil, err
		}
		n := binary.LittleEndian.Uint64(b[4:])
		if n > 1<<40 {
			return nil, fmt.Errorf("a response with an array of %d bytes, want at most 2^40", n)
		}
		start := len(w.scratch)
		if need := start + int(n); need <= cap(w.scratch) {
			w.scratch = w.scratch[:need]
		} else {
			w.scratch = append(w.scratch, make([]byte, n)...)
		}
		if _, err := io.ReadFull(w.in, w.scratch[start:]); err != nil {
			return nil, err
		}
		ends = append(ends, len(w.scratch))
	}
	start := 0
	for _, end := range ends {
		a.arrays = append(a.arrays, w.scratch[start:end])
		start = end
	}
	return a, nil
}

// take copies elements lo to hi of array k of the response into to. The array must be as long as to.
func take[T any](a *answer, k int, to []T, lo, hi int) error {
	dst := mem.Bytes(to)
	if k >= len(a.arrays) || len(a.arrays[k]) != len(dst) {
		return fmt.Errorf("a response of %d arrays, want one of %d bytes at %d", len(a.arrays), len(dst), k)
	}
	if len(to) == 0 {
		return nil
	}
	size := len(dst) / len(to)
	copy(dst[lo*size:hi*size], a.arrays[k][lo*size:hi*size])
	return nil
}

// interior copies the elements that a step on the rows lo to hi writes. All others, padding included, stay the
// caller's.
func interior(a *answer, k int, g *kernel.Grid, lo, hi int) error {
	lo, hi = max(lo, 1), min(hi, g.Rows-1)
	span := span(g)
	if k >= len(a.arrays) || len(a.arrays[k]) != 8*len(span) {
		return fmt.Errorf("a response of %d arrays, want one of %d bytes at %d", len(a.arrays), 8*len(span), k)
	}
	if lo >= hi || g.Cols < 3 {
		return nil
	}
	first, last, lines := 1, g.Cols-1, [2]int{lo, hi}
	if g.Layout == kernel.Col {
		first, last, lines = lo, hi, [2]int{1, g.Cols - 1}
	}
	for line := lines[0]; line < lines[1]; line++ {
		if err := take(a, k, span, line*g.LD+first, line*g.LD+last); err != nil {
			return err
		}
	}
	return nil
}

// span returns a grid's elements from the first to the last.
func span(g *kernel.Grid) []float64 {
	lines, length := g.Rows, g.Cols
	if g.Layout == kernel.Col {
		lines, length = length, lines
	}
	return g.Data[:(lines-1)*g.LD+length]
}

func shape(g *kernel.Grid, more ...int) []int64 {
	integers := []int64{int64(g.Rows), int64(g.Cols), int64(g.LD), int64(g.Layout)}
	for _, x := range more {
		integers = append(integers, int64(x))
	}
	return integers
}

// Funcs returns the worker's kernels; arguments are not checked.
func (w *Worker) Funcs(variant Variant) kernel.Funcs {
	// The functions of the call family cannot return an error: they panic if the worker has ended.
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	return kernel.Funcs{
		Noop: func() { must(w.ask(noop, 0, nil, nil, nil, nil)) },
		Not: func(x int64) (y int64) {
			must(w.ask(not, 0, []int64{x}, nil, nil, func(a *answer) (err error) {
				y, err = one(a.integers)
				return err
			}))
			return y
		},
		Add: func(x, y float64) (z float64) {
			must(w.ask(add, 0, nil, []float64{x, y}, nil, func(a *answer) (err error) {
				z, err = one(a.floats)
				return err
			}))
			return z
		},
		Sum: func(p []float64) (z float64) {
			must(w.ask(sum, 0, nil, nil, []array{doubles(p)}, func(a *answer) (err error) {
				z, err = one(a.floats)
				return err
			}))
			return z
		},
		Team: kernel.Alone,
		// Empty work makes no request: it would send all inputs.
		Step: func(a *kernel.DiffusionStep) error {
			if max(a.Lo, 1) >= min(a.Hi, a.In.Rows-1) || a.In.Cols < 3 {
				return nil
			}
			return w.ask(step, 0, shape(&a.In, a.Lo, a.Hi), []float64{a.D, a.Dt}, []array{doubles(span(&a.In))},
				func(r *answer) error { return interior(r, 0, &a.Out, a.Lo, a.Hi) })
		},
		Run: func(a *kernel.DiffusionRun) error {
			if a.A.Rows < 3 || a.A.Cols < 3 || a.Steps == 0 {
				return nil
			}
			return w.ask(run, 0, shape(&a.A, a.Steps), []float64{a.D, a.Dt}, []array{doubles(span(&a.A)), doubles(span(&a.B))},
				func(r *answer) error {
					return errors.Join(interior(r, 0, &a.A, 0, a.A.Rows), interior(r, 1, &a.B, 0, a.B.Rows))
				})
		},
		Julia: func(a *kernel.Julia) error {
			if a.Lo == a.Hi {
				return nil
			}
			n := len(a.Zs)
			return w.ask(julia, uint32(variant), []int64{int64(a.Lo), int64(a.Hi), int64(a.MaxIter)}, nil,
				[]array{complexes(a.Zs), complexes(a.Cs[:n])},
				func(r *answer) error { return take(r, 0, a.Out[:n], a.Lo, a.Hi) })
		},
		OLS: func(a *kernel.OLS) error {
			if a.Lo == a.Hi {
				return nil
			}
			rows := a.Y.Rows
			return w.ask(ols, 0, shape(&a.Y, a.Lo, a.Hi), nil, []array{doubles(span(&a.Y))}, func(r *answer) error {
				return errors.Join(take(r, 0, a.Slope[:rows], a.Lo, a.Hi), take(r, 1, a.Intercept[:rows], a.Lo, a.Hi))
			})
		},
	}
}

func one[T any](values []T) (x T, err error) {
	if len(values) != 1 {
		return x, fmt.Errorf("a response of %d values, want 1", len(values))
	}
	return values[0], nil
}

// Python is the argument of [Open] for the interpreter of the virtual environment.
const Python = ""

// Open starts a worker by the interpreter of that name on PATH, or [Python]. If the interpreter or the worker's script
// is missing, the error is seam.ErrUnavailable.
func Open(interpreter string, variant Variant) (*seam.Library, error) {
	path, script, err := find(interpreter)
	if err != nil {
		return nil, err
	}
	w, err := Start(path, script)
	if err != nil {
		return nil, err
	}
	return seam.NewLibrary(w.Funcs(variant), false, seam.Build{Compiler: w.Name}), nil
}

// Find returns the error that Open would for want of the interpreter or the script, and starts neither.
func Find(interpreter string) error {
	_, _, err := find(interpreter)
	return err
}

// find returns the paths of the interpreter and of the script, or an error that is seam.ErrUnavailable. The script lies
// in the virtual environment, beside the folder of the libraries.
func find(interpreter string) (path, script string, err error) {
	library, err := seam.FindLibrary("libtoll_py.so")
	if err != nil {
		return "", "", fmt.Errorf("process: %w", err)
	}
	venv := filepath.Join(filepath.Dir(library), "..", "venv")
	scripts, err := filepath.Glob(filepath.Join(venv, "lib", "python3*", "site-packages", "toll", "_worker.py"))
	if err != nil || len(scripts) != 1 {
		return "", "", fmt.Errorf("process: %w: %d files toll/_worker.py in the virtual environment, want 1: run %s",
			seam.ErrUnavailable, len(scripts), seam.Mend)
	}
	if interpreter == Python {
		interpreter = filepath.Join(venv, "bin", "python")
	}
	if path, err = exec.LookPath(interpreter); err != nil {
		return "", "", fmt.Errorf("process: %w: %w: run %s", seam.ErrUnavailable, err, seam.Mend)
	}
	return path, scripts[0], nil
}
