// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package cpython embeds CPython: libtoll_py (cpython-ext/host), opened at run time, so a machine without Python loses
// only these routes. It is useful without Toll's kernels: [Start] an [Interpreter], import a function, [Object.Call] it.
//
// A call is one C call, by cgo or SyscallN. It takes the GIL with the OS thread's kept thread state, makes the arguments,
// calls, and releases the GIL. Slices become NumPy arrays in Go's own memory. They are pinned for the call or, if Python
// keeps a reference, until it is gone, see [HeldError].
//
// Caveats: [Config] limits the calls at once; others wait as goroutines, not as threads. A crash in an extension module
// ends the process. A process has one interpreter in its life. Its main thread (threading.main_thread(), atexit
// handlers) is its own. threading sees calling threads as daemons; a Thread made on one is a daemon unless told otherwise.
//
// Others may import it: its API follows semantic versioning from Toll 1.0 on; until then CHANGELOG.md says what changes.
package cpython

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"

	"toll/cpython-ext/host/include"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/dl"
	"toll/goside/via/thread"
)

// File is the library's name.
const File = "libtoll_py.so"

// ErrStopped is the error of anything that needs a running interpreter.
var ErrStopped = errors.New("cpython: the interpreter is not running")

// Error is an exception that Python raised.
type Error struct {
	Type      string // with its module unless that is builtins: "ValueError", "toll.ShapeError"
	Message   string
	Traceback string // as Python prints it
}

func (e *Error) Error() string {
	if e.Message == "" {
		return "cpython: " + e.Type
	}
	return "cpython: " + e.Type + ": " + e.Message
}

// HeldError says that Python still referred to an argument's array after the call, in the call's result or in something
// that it stored. The array has been emptied: its extents are 0, and access to an element raises IndexError. Python's
// views of it see the slice's memory until they are gone; until then the slice stays pinned.
type HeldError struct{ Argument int }

func (e *HeldError) Error() string {
	return fmt.Sprintf("cpython: Python still refers to argument %d, a slice passed for the call only: pass it Copied, or have Python copy what it keeps", e.Argument)
}

// StopError says that [Interpreter.Stop] waited in vain. What it waited for continues; the interpreter is left as it
// is, and accepts no more calls.
type StopError struct {
	After     time.Duration
	For       string // "threads: Thread-1 (f)"
	Traceback string // where Python's main thread is, if known
}

func (e *StopError) Error() string {
	return fmt.Sprintf("cpython: after %v Stop still waited for %s, want it to end", e.After, e.For)
}

// Mirrors of toll_py.h; a change of size must come with one of the header.

type cValue struct {
	kind, dtype, ndim, flags int32
	i                        int64
	d                        float64
	p                        unsafe.Pointer
	shape, strides           [2]int64
}

type cError struct{ typ, message, traceback *byte }

type cCall struct {
	function     unsafe.Pointer
	byTuple, bad int32
	result       cValue
	err          cError
	keep         *int32
}

type cTable struct {
	version, size uint32
	hash          uint64
	compiled      *byte
	start, stop   uintptr
	imp, call     uintptr
	release       uintptr
	freeText      uintptr
	freeKeep      uintptr
	probe         uintptr
}

const (
	_ = uint(unsafe.Sizeof(cValue{}) - 72)
	_ = uint(72 - unsafe.Sizeof(cValue{}))
	_ = uint(unsafe.Sizeof(cCall{}) - 120)
	_ = uint(120 - unsafe.Sizeof(cCall{}))
	_ = uint(unsafe.Sizeof(cTable{}) - 88)
	_ = uint(88 - unsafe.Sizeof(cTable{}))
)

const (
	abiVersion = 2

	kindNone, kindInt, kindFloat, kindText, kindArray, kindObject = 0, 1, 2, 3, 4, 5

	flagWritable, flagCopy = 1, 2

	statusOK, statusRaised, statusHeld, statusState, statusTime = 0, 16, 17, 18, 19
)

// Config says which Python to embed, and how.
type Config struct {
	Library string // path of libtoll_py; "": that of build/lib, see [seam.FindLibrary]
	Python  string // executable of a virtual environment or installation; "": venv/bin/python beside Library's folder

	// Threads is how many OS threads may be in Python at once; 0: 2 for each of GOMAXPROCS. Further goroutines wait
	// without a thread. One thread holds the GIL at a time; the others wait for it, or work in native code that
	// released it. Go code that Python calls back and that calls Python again takes one more.
	Threads int

	StopWithin time.Duration // how long Stop waits; 0: 10 s
}

// Interpreter is the embedded CPython. All its methods, and those of its objects, may be called from any goroutine.
type Interpreter struct {
	table    *cTable
	python   string
	compiled string
	version  string
	within   time.Duration
	gate     gate

	mu   sync.Mutex
	held []*frame
}

var (
	starting sync.Mutex
	started  bool // guarded by starting
)

// Start starts the interpreter, once in a process. The error is seam.ErrUnavailable if there is no library, or no
// Python, here.
func Start(c Config) (*Interpreter, error) {
	starting.Lock()
	defer starting.Unlock()
	if started {
		return nil, errors.New("cpython: started before, want one interpreter in a process: NumPy cannot be loaded twice")
	}
	table, err := c.load()
	if err != nil {
		return nil, err
	}
	if c.Threads == 0 {
		c.Threads = 2 * runtime.GOMAXPROCS(0)
	}
	if c.Threads < 1 {
		return nil, fmt.Errorf("cpython: threads is %d, want at least 1", c.Threads)
	}
	if c.StopWithin == 0 {
		c.StopWithin = 10 * time.Second
	}
	in := &Interpreter{table: table, python: c.Python, compiled: unix.BytePtrToString(table.compiled), within: c.StopWithin}
	in.gate.init(c.Threads)
	executable, err := unix.BytePtrFromString(c.Python)
	if err != nil {
		return nil, fmt.Errorf("cpython: %q: %w", c.Python, err)
	}
	started = true
	f := new(frame)
	status := invoke(table.start, uintptr(unsafe.Pointer(executable)), uintptr(unsafe.Pointer(&f.call.err)), 0)
	runtime.KeepAlive(f)
	runtime.KeepAlive(executable)
	if status == statusRaised {
		return nil, in.raised(&f.call.err)
	} else if status != statusOK {
		return nil, ErrStopped
	}
	v, err := in.Import("sys", "version")
	if err != nil {
		return nil, err
	}
	in.version = "CPython " + strings.Fields(v.Text())[0]
	return in, nil
}

// load fills in the paths that c leaves out, and loads the library.
func (c *Config) load() (*cTable, error) {
	if c.Library == "" {
		path, err := seam.FindLibrary(File)
		if err != nil {
			return nil, fmt.Errorf("cpython: %w", err)
		}
		c.Library = path
	}
	library, err := filepath.Abs(c.Library)
	if err != nil {
		return nil, fmt.Errorf("cpython: %q: %w", c.Library, err)
	}
	c.Library = library
	if c.Python == "" {
		c.Python = filepath.Join(filepath.Dir(c.Library), "..", "venv", "bin", "python")
	}
	python, err := filepath.Abs(c.Python)
	if err == nil {
		_, err = os.Stat(python)
	}
	if err != nil {
		return nil, fmt.Errorf("cpython: %w: no Python: %w: run %s", seam.ErrUnavailable, err, seam.Mend)
	}
	c.Python = python
	symbol, err := open(c.Library)
	if err != nil {
		return nil, err
	}
	var get func() unsafe.Pointer
	purego.RegisterFunc(&get, symbol)
	return read((*cTable)(get()))
}

// open opens the library and returns the function that returns its table.
func open(library string) (symbol uintptr, err error) {
	handle, err := dl.Open(library, true) // global: extension modules look for CPython's symbols
	if err != nil {
		return 0, dl.Unloadable("cpython", library, err)
	}
	symbol, err = dl.Symbol(handle, "toll_py_get_table")
	if err != nil {
		return 0, fmt.Errorf("cpython: %s has no symbol toll_py_get_table, want it: run %s (%w)", File, seam.Mend, err)
	}
	return symbol, nil
}

// read checks the table. The caller guarantees that t came from toll_py_get_table, so that at least its head is there,
// and that the library stays loaded.
func read(t *cTable) (*cTable, error) {
	refuse := func(what string, found, want any) error {
		return fmt.Errorf("cpython: %s has %s %v, want %v: run %s", File, what, found, want, seam.Mend)
	}
	switch want := uint32(unsafe.Sizeof(cTable{})); {
	case t == nil:
		return nil, refuse("table", "NULL", "one")
	case t.version != abiVersion:
		return nil, refuse("interface version", t.version, abiVersion)
	case t.size != want:
		return nil, refuse("table size", t.size, want)
	case t.hash != include.Hash():
		return nil, refuse("header hash", fmt.Sprintf("%016x", t.hash), fmt.Sprintf("%016x, that of toll_py.h", include.Hash()))
	}
	return t, nil
}

// Version returns the running Python: "CPython 3.11.7".
func (in *Interpreter) Version() string { return in.version }

// Compiled returns the Python and the compiler of the library: "CPython 3.11.7, GCC 12.2.0".
func (in *Interpreter) Compiled() string { return in.compiled }

// Stop waits for calls at work, then for Python's non-daemon threads and atexit handlers, and ends the interpreter.
// Later calls, and those waiting for admission, return [ErrStopped]. If it has not ended after [Config].StopWithin and
// at most one more second, the error is a [*StopError].
func (in *Interpreter) Stop() error {
	deadline := time.Now().Add(in.within)
	inside, ok := in.gate.close(in.within)
	defer in.gate.open(inside)
	if !ok {
		return ErrStopped
	}
	if n := len(in.gate.slots) - len(inside); n > 0 {
		return &StopError{After: in.within, For: fmt.Sprintf("calls at work (%d)", n)}
	}
	f := new(frame)
	left := max(time.Until(deadline), 0).Milliseconds()
	status := invoke(in.table.stop, uintptr(left), uintptr(unsafe.Pointer(&f.call.err)), 0)
	runtime.KeepAlive(f)
	switch status {
	case statusOK:
		return nil
	case statusRaised:
		return errors.New("cpython: Python could not flush its output buffers when it ended")
	case statusTime:
		e := in.raised(&f.call.err)
		return &StopError{After: in.within, For: e.Message, Traceback: e.Traceback}
	}
	return ErrStopped
}

// Import imports a module and returns an attribute of it, or the module itself if attribute is "". If the import
// changes the thread, this is undone and noted, see [thread.Opening].
func (in *Interpreter) Import(module, attribute string) (Value, error) {
	m, err := unix.BytePtrFromString(module)
	if err != nil {
		return Value{}, fmt.Errorf("cpython: module %q: %w", module, err)
	}
	a, err := unix.BytePtrFromString(attribute)
	if err != nil {
		return Value{}, fmt.Errorf("cpython: attribute %q: %w", attribute, err)
	}
	if attribute == "" {
		a = nil
	}
	s := in.gate.enter()
	if s == nil {
		return Value{}, ErrStopped
	}
	defer in.gate.leave(s)
	f := s.frame
	var status uintptr
	thread.Opening("python: import "+module, func() {
		// Four addresses, so purego's form. Both strings and f stay until it returns.
		status, _, _ = purego.SyscallN(in.table.imp, uintptr(unsafe.Pointer(m)), uintptr(unsafe.Pointer(a)),
			uintptr(unsafe.Pointer(&f.call.result)), uintptr(unsafe.Pointer(&f.call.err)))
	})
	return in.outcome(int32(status), f)
}

// Value is an argument for Python or a result of it; a result may be passed on. The zero Value is None.
type Value struct {
	c      cValue
	text   string
	object *Object
}

// Int returns an argument.
func Int(x int64) Value { return Value{c: cValue{kind: kindInt, i: x}} }

// Float returns an argument.
func Float(x float64) Value { return Value{c: cValue{kind: kindFloat, d: x}} }

// Text returns an argument: a str. s must be UTF-8.
func Text(s string) Value {
	return Value{c: cValue{kind: kindText, i: int64(len(s)), p: unsafe.Pointer(unsafe.StringData(s))}}
}

// Of returns an object as an argument.
func Of(o *Object) Value { return Value{c: cValue{kind: kindObject, p: o.p}, object: o} }

// Element is an element of a slice argument: NumPy's float64, float32, complex128, int32, int64 or uint8.
type Element interface {
	float64 | float32 | complex128 | int32 | int64 | byte
}

func dtype[T Element]() int32 {
	var zero T
	switch any(zero).(type) {
	case float64:
		return 'd'
	case float32:
		return 'f'
	case complex128:
		return 'D'
	case int32:
		return 'i'
	case int64:
		return 'l'
	}
	return 'B'
}

// Vector returns a slice as an argument: a one-dimensional array in the slice's memory, read-only unless made
// [Value.Writable].
func Vector[T Element](s []T) Value {
	size := int64(unsafe.Sizeof(*new(T)))
	return Value{c: cValue{kind: kindArray, dtype: dtype[T](), ndim: 1, i: int64(len(s)) * size,
		p: unsafe.Pointer(unsafe.SliceData(s)), shape: [2]int64{int64(len(s))}, strides: [2]int64{size}}}
}

// Matrix returns a slice as an argument: a two-dimensional array in the slice's memory. Its lines (rows if layout is
// Row) begin ld elements apart. The call refuses a slice that is too short.
func Matrix[T Element](s []T, rows, cols, ld int, layout kernel.Layout) Value {
	size := int64(unsafe.Sizeof(*new(T)))
	v := Vector(s)
	v.c.ndim = 2
	v.c.shape = [2]int64{int64(rows), int64(cols)}
	stride := int64(ld) * size
	if stride/size != int64(ld) { // only a matrix of one line can have such an ld: of two no int64 counts the bytes
		stride = math.MaxInt64 &^ (size - 1)
		if ld < 0 {
			stride = -1
		}
	}
	v.c.strides = [2]int64{stride, size}
	if layout == kernel.Col {
		v.c.strides = [2]int64{size, stride}
	}
	return v
}

// Writable returns the array v, writable by Python.
func (v Value) Writable() Value {
	v.c.flags |= flagWritable
	return v
}

// Copied returns the array v, passed as a copy that Python may keep.
func (v Value) Copied() Value {
	v.c.flags |= flagCopy
	return v
}

// IsNone reports whether v is None.
func (v *Value) IsNone() bool { return v.c.kind == kindNone }

// Int returns an int or bool result, else 0.
func (v *Value) Int() int64 { return v.c.i }

// Float returns a float result, else 0.
func (v *Value) Float() float64 { return v.c.d }

// Text returns a str result, else "".
func (v *Value) Text() string { return v.text }

// Object returns a result of any other type, else nil. The caller releases it.
func (v *Value) Object() *Object { return v.object }

// Object is a reference to a Python object.
type Object struct {
	in *Interpreter
	p  unsafe.Pointer
}

var errReleased = errors.New("cpython: the object was released")

// Release gives the reference back. Later calls of the object are errors; values made of it must not be used.
func (o *Object) Release() {
	s := o.in.gate.enter()
	if s == nil {
		return
	}
	invoke(o.in.table.release, uintptr(o.p), 0, 0)
	o.in.gate.leave(s)
	o.p = nil
}

// maxArguments of a call.
const maxArguments = 16

// frame is the memory of a call that C sees. It lies on the heap and does not move.
type frame struct {
	call      cCall
	arguments [maxArguments]cValue
	pins      runtime.Pinner
}

// Call calls the object with up to 16 arguments and returns its result. Meanwhile nobody else may change the slices or,
// if they are writable, read them.
func (o *Object) Call(arguments ...Value) (Value, error) { return o.call(0, arguments) }

// CallByTuple is Call with a tuple of the arguments, as PyObject_Call wants, for comparison.
func (o *Object) CallByTuple(arguments ...Value) (Value, error) { return o.call(1, arguments) }

func (o *Object) call(byTuple int32, arguments []Value) (Value, error) {
	if len(arguments) > maxArguments {
		return Value{}, fmt.Errorf("cpython: %d arguments, want at most %d", len(arguments), maxArguments)
	}
	if o.p == nil {
		return Value{}, errReleased
	}
	in := o.in
	s := in.gate.enter()
	if s == nil {
		return Value{}, ErrStopped
	}
	f := s.frame
	f.call.function, f.call.byTuple = o.p, byTuple
	lent := false
	for k := range arguments {
		c := &arguments[k].c
		f.arguments[k] = *c
		if c.kind == kindArray && c.flags&flagCopy == 0 && c.p != nil {
			f.pins.Pin(c.p)
			lent = true
		}
	}
	// f is on the heap and keeps everything alive that its pointers point to.
	status := invoke(in.table.call, uintptr(unsafe.Pointer(&f.call)), uintptr(unsafe.Pointer(&f.arguments)), int64(len(arguments)))
	if r := &f.call.result; status == statusOK && r.kind <= kindFloat {
		v := Value{c: cValue{kind: r.kind, i: r.i, d: r.d}}
		f.clear(len(arguments), lent)
		in.gate.leave(s)
		return v, nil
	}
	v, err := in.outcome(status, f)
	if status == statusHeld && f.call.keep != nil {
		s.frame = new(frame)
		in.hold(f)
	} else {
		f.clear(len(arguments), lent)
	}
	in.gate.leave(s)
	return v, err
}

// clear drops a call's n arguments and unpins them if they were lent.
func (f *frame) clear(n int, lent bool) {
	if lent {
		f.pins.Unpin()
	}
	clear(f.arguments[:n])
}

// outcome returns the result, or the error, that C left in f.
func (in *Interpreter) outcome(status int32, f *frame) (Value, error) {
	c := &f.call
	switch status {
	case statusOK:
		v := Value{c: cValue{kind: c.result.kind, i: c.result.i, d: c.result.d}}
		switch c.result.kind {
		case kindText:
			v.text = string(unsafe.Slice((*byte)(c.result.p), c.result.i))
			invoke(in.table.freeText, uintptr(c.result.p), 0, 0)
			v.c = Text(v.text).c
		case kindObject:
			v.c.p, v.object = c.result.p, &Object{in: in, p: c.result.p}
		}
		return v, nil
	case statusRaised:
		return Value{}, in.raised(&c.err)
	case statusHeld:
		return Value{}, &HeldError{int(c.bad)}
	case statusState:
		return Value{}, ErrStopped
	}
	return Value{}, fmt.Errorf("cpython: argument %d: %w", c.bad, kernel.Status(status))
}

func (in *Interpreter) raised(e *cError) *Error {
	text := func(p *byte) string {
		if p == nil {
			return ""
		}
		s := strings.Clone(unix.BytePtrToString(p))
		invoke(in.table.freeText, uintptr(unsafe.Pointer(p)), 0, 0)
		return s
	}
	err := &Error{Type: text(e.typ), Message: text(e.message), Traceback: text(e.traceback)}
	*e = cError{}
	return err
}

// hold keeps a frame, with its pins, until Python has dropped its arrays.
func (in *Interpreter) hold(f *frame) {
	in.mu.Lock()
	in.held = append(in.held, f)
	in.mu.Unlock()
	in.Held()
}

// Held unpins the slices that Python has dropped, and returns how many calls still have pinned slices because Python
// refers to their arrays (see [HeldError]).
func (in *Interpreter) Held() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	still := in.held[:0]
	for _, f := range in.held {
		if atomic.LoadInt32(f.call.keep) == 0 {
			still = append(still, f)
			continue
		}
		invoke(in.table.freeKeep, uintptr(unsafe.Pointer(f.call.keep)), 0, 0)
		f.clear(maxArguments, true)
	}
	clear(in.held[len(still):])
	in.held = still
	return len(still)
}

// Probe is a part of a call that can be measured alone.
type Probe int64

// The values are those of toll_py.h.
const (
	ProbeNothing Probe = iota // the crossing into the library and back
	ProbeKept                 // the same, and the GIL with the thread's kept state
	ProbeMade                 // the same, and the GIL with a thread state made and deleted each time
	ProbeEnsure               // the same, and the GIL by PyGILState_Ensure and PyGILState_Release
)

// Probe runs the part once.
func (in *Interpreter) Probe(p Probe) error {
	s := in.gate.enter()
	if s == nil {
		return ErrStopped
	}
	status := invoke(in.table.probe, uintptr(p), 0, 0)
	in.gate.leave(s)
	if status != statusOK {
		return ErrStopped
	}
	return nil
}
