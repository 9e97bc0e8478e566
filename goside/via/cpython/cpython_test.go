// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package cpython

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
	"github.com/google/go-cmp/cmp"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// signalsBefore are the signals that the process caught before Python was started.
var signalsBefore string

func TestMain(m *testing.M) {
	if what := os.Getenv("TOLL_TEST_STOP"); what == "calls" {
		stopInThisProcess()
	} else if what != "" {
		endInThisProcess(what)
	}
	if n, err := strconv.Atoi(os.Getenv("TOLL_TEST_THREADS")); err == nil {
		Default = sync.OnceValues(func() (*Interpreter, error) { return Start(Config{Threads: n}) })
	}
	signalsBefore = status("SigCgt")
	flag.Parse()
	if _, err := new(Config).load(); skips(err) { // an example cannot skip itself
		examples := "^Example"
		if skip := flag.Lookup("test.skip").Value.String(); skip != "" {
			examples += "|" + skip
		}
		if err := flag.Set("test.skip", examples); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// skips reports whether tests of the interpreter are skipped for an error: if it is unavailable, and nobody demands it.
func skips(err error) bool {
	required := os.Getenv("TOLL_REQUIRE")
	return errors.Is(err, seam.ErrUnavailable) && !strings.Contains(required, "cpython") && !strings.Contains(required, "*/*")
}

// status returns a line of /proc/self/status.
func status(key string) string {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, key+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func number(t testing.TB, key string) int {
	n, err := strconv.Atoi(strings.Fields(status(key))[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// module runs the source in Python and returns a function that looks up its definitions.
func module(t testing.TB, source string) func(name string) *Object {
	t.Helper()
	in := interpreter(t)
	dict := must(must2(in.Import("builtins", "dict")).Call())
	if _, err := must2(in.Import("builtins", "exec")).Call(Text(source), Of(dict.Object())); err != nil {
		t.Fatal(err)
	}
	get := must2(in.Import("operator", "getitem"))
	return func(name string) *Object {
		t.Helper()
		v, err := get.Call(Of(dict.Object()), Text(name))
		if err != nil {
			t.Fatal(err)
		}
		return v.Object()
	}
}

func must2(v Value, err error) *Object { return must(v, err).object }

func interpreter(t testing.TB) *Interpreter {
	t.Helper()
	in, err := Default()
	if skips(err) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestGate lets more goroutines enter than there are slots: none may share one, and all must get in.
func TestGate(t *testing.T) {
	for _, limit := range []int{1, 3} {
		var g gate
		g.init(limit)
		var inside, most atomic.Int64
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				for k := range 2000 {
					s := g.enter()
					n := inside.Add(1)
					for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
					}
					s.frame.call.bad++ // a race, if two have the slot
					if k%100 == 0 {
						runtime.Gosched()
					}
					inside.Add(-1)
					g.leave(s)
				}
			})
		}
		group.Wait()
		sum := int32(0)
		for k := range g.slots {
			sum += g.slots[k].frame.call.bad
		}
		if sum != 50*2000 || most.Load() > int64(limit) || g.waiting.Load() != 0 {
			t.Errorf("%d slots: %d entered, %d at once, %d wait, want %d, at most %d and 0", limit, sum, most.Load(), g.waiting.Load(), 50*2000, limit)
		}
		slots, ok := g.close(time.Minute)
		if !ok || len(slots) != limit || g.enter() != nil {
			t.Errorf("%d slots: closed with %d (%v), want all, and nobody let in", limit, len(slots), ok)
		}
	}
}

func TestVersion(t *testing.T) {
	in := interpreter(t)
	if !strings.HasPrefix(in.Version(), "CPython 3.") || !strings.HasPrefix(in.Compiled(), in.Version()+", GCC") {
		t.Errorf("runs %q, compiled for %q, want CPython 3 and the same", in.Version(), in.Compiled())
	}
	flags := module(t, "import sys\ndef flags(): return f'{sys.flags.isolated}{sys.flags.ignore_environment}{sys.flags.no_user_site} {sys.prefix}'")("flags")
	if v := must(flags.Call()); !strings.HasPrefix(v.Text(), "111 ") || !strings.HasSuffix(v.Text(), "/venv") {
		t.Errorf("flags are %q, want an isolated interpreter of the virtual environment", v.Text())
	}
}

func TestValues(t *testing.T) {
	get := module(t, "def same(x): return x\ndef repr_(*x): return repr(x)\ndef text(): return 'back'\ndef list(): return [1, 2]\ndef big(): return 1 << 63\nclass F(float): pass\ndef sub(): return F(2.5)\n"+
		"import numpy as np\ndef single(): return np.float32(0.5)\ndef integer(): return np.int16(-7)\ndef boolean(): return np.bool_(True)\ndef double(): return np.float64(1.5)\n")
	same := get("same")
	for _, x := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1 << 40} {
		if v := must(same.Call(Int(x))); v.Int() != x {
			t.Errorf("%d came back as %d", x, v.Int())
		}
	}
	for _, x := range []float64{0, math.Copysign(0, -1), 1.5, math.Inf(-1), math.SmallestNonzeroFloat64, math.NaN()} {
		if v := must(same.Call(Float(x))); math.Float64bits(v.Float()) != math.Float64bits(x) {
			t.Errorf("%v came back as %v", x, v.Float())
		}
	}
	for _, s := range []string{"", "Grüße, 世界 🐍", "a\x00b", strings.Repeat("x", 100000)} {
		if v := must(same.Call(Text(s))); v.Text() != s {
			t.Errorf("%q came back as %q", s, v.Text())
		}
	}
	if v := must(same.Call(Value{})); !v.IsNone() {
		t.Error("None came back as something else")
	}
	object := must(must2(interpreter(t).Import("builtins", "list")).Call()).object
	if v := must(same.Call(Of(object))); v.Object() == nil || v.Object().p != object.p {
		t.Error("an object came back as another")
	}
	for _, name := range []string{"text", "list"} { // results are passed on
		first := must(get(name).Call())
		if v := must(get("repr_").Call(first)); v.Text() != map[string]string{"text": "('back',)", "list": "([1, 2],)"}[name] {
			t.Errorf("%s, passed on, arrives as %s", name, v.Text())
		}
	}
	if v := must(get("sub").Call()); v.Float() != 2.5 {
		t.Errorf("a subclass of float came back as %v", v.Float())
	}
	gone := must(must2(interpreter(t).Import("builtins", "list")).Call()).object
	gone.Release()
	gone.Release()
	if _, err := gone.Call(); err == nil {
		t.Error("a released object was called")
	}
	if _, err := same.Call(Of(gone)); !errors.Is(err, kernel.ErrArg) {
		t.Errorf("a released object, passed: %v, want ErrArg", err)
	}
	if f, i, b, d := must(get("single").Call()), must(get("integer").Call()), must(get("boolean").Call()), must(get("double").Call()); f.Float() != 0.5 ||
		i.Int() != -7 || b.Int() != 1 || d.Float() != 1.5 {
		t.Errorf("NumPy's numbers come back as %v, %v, %v and %v", f.Float(), i.Int(), b.Int(), d.Float())
	}
	if v := must(get("repr_").Call(Int(1), Float(2), Text("x"), Value{}, Vector([]int32{1, 2}))); v.Text() != "(1, 2.0, 'x', None, array([1, 2], dtype=int32))" {
		t.Errorf("arguments arrive as %s", v.Text())
	}
	if v := must(get("repr_").CallByTuple(Int(1), Float(2))); v.Text() != "(1, 2.0)" {
		t.Errorf("arguments in a tuple arrive as %s", v.Text())
	}
	var e *Error
	if _, err := get("big").Call(); !errors.As(err, &e) || e.Type != "OverflowError" {
		t.Errorf("1 << 63: %v, want OverflowError", err)
	}
	if _, err := same.Call(Text("\xff")); !errors.As(err, &e) || e.Type != "UnicodeDecodeError" {
		t.Errorf("text that is not UTF-8: %v, want UnicodeDecodeError", err)
	}
	if _, err := same.Call(make([]Value, maxArguments+1)...); err == nil {
		t.Error("17 arguments were taken")
	}
}

// TestNoCopy shows by an array's address that Python works in Go's memory.
func TestNoCopy(t *testing.T) {
	get := module(t, `
def facts(a):
    i = a.__array_interface__
    f = a.flags
    return f"{i['data'][0]} {a.dtype} {a.shape} {a.strides} {'C' if f.c_contiguous else '-'}{'F' if f.f_contiguous else '-'}{'W' if f.writeable else '-'}{'O' if f.owndata else '-'}"
def set(a): a[1, 2] = 7
`)
	check := func(v Value, p unsafe.Pointer, want string) {
		t.Helper()
		if f := must(get("facts").Call(v)); f.Text() != fmt.Sprintf("%d %s", uintptr(p), want) {
			t.Errorf("got %s, want %d %s", f.Text(), uintptr(p), want)
		}
	}
	d := make([]float64, 40)
	p := unsafe.Pointer(&d[0])
	check(Vector(d), p, "float64 (40,) (8,) CF--")
	check(Vector(d[3:7]).Writable(), unsafe.Pointer(&d[3]), "float64 (4,) (8,) CFW-")
	check(Matrix(d, 4, 10, 10, kernel.Row), p, "float64 (4, 10) (80, 8) C---")
	check(Matrix(d, 4, 10, 4, kernel.Col).Writable(), p, "float64 (4, 10) (8, 32) -FW-")
	check(Matrix(d, 4, 8, 10, kernel.Row).Writable(), p, "float64 (4, 8) (80, 8) --W-")
	check(Matrix(d, 3, 10, 4, kernel.Col), p, "float64 (3, 10) (8, 32) ----")
	f, i, l, b, z := make([]float32, 2), make([]int32, 2), make([]int64, 2), make([]byte, 2), make([]complex128, 2)
	check(Vector(f), unsafe.Pointer(&f[0]), "float32 (2,) (4,) CF--")
	check(Vector(i), unsafe.Pointer(&i[0]), "int32 (2,) (4,) CF--")
	check(Vector(l), unsafe.Pointer(&l[0]), "int64 (2,) (8,) CF--")
	check(Vector(b), unsafe.Pointer(&b[0]), "uint8 (2,) (1,) CF--")
	check(Vector(z), unsafe.Pointer(&z[0]), "complex128 (2,) (16,) CF--")
	// For one line the leading dimension means nothing, and may be any.
	check(Matrix(d, 1, 10, math.MaxInt64, kernel.Row), p, "float64 (1, 10) (9223372036854775800, 8) CF--")
	check(Matrix(d, 10, 1, 1<<60, kernel.Col), p, "float64 (10, 1) (8, 9223372036854775800) CF--")
	if f := must(get("facts").Call(Vector(d).Copied())); strings.HasPrefix(f.Text(), fmt.Sprint(uintptr(p))) || !strings.HasSuffix(f.Text(), "CFWO") {
		t.Errorf("a copy is %s, want other memory, Python's own", f.Text())
	}
	if f := must(get("facts").Call(Vector([]float64(nil)))); !strings.Contains(f.Text(), "(0,)") {
		t.Errorf("nil is %s, want an empty array", f.Text())
	}

	must(get("set").Call(Matrix(d, 4, 10, 10, kernel.Row).Writable()))
	must(get("set").Call(Matrix(d, 4, 10, 4, kernel.Col).Writable()))
	want := make([]float64, 40)
	want[1*10+2], want[1+2*4] = 7, 7
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("written by Python (-want +got):\n%s", diff)
	}
	var e *Error
	if _, err := get("set").Call(Matrix(d, 4, 10, 10, kernel.Row)); !errors.As(err, &e) || e.Type != "ValueError" || !strings.Contains(e.Message, "read-only") {
		t.Errorf("writing to a read-only array: %v, want ValueError", err)
	}
}

// TestBadArrays: slices that do not fit their shape must be refused before Python sees them.
func TestBadArrays(t *testing.T) {
	same := module(t, "called = []\ndef f(a): called.append(1)\ndef count(): return len(called)")
	d := make([]float64, 20)
	for _, c := range []struct {
		v    Value
		want kernel.Status
	}{
		{Matrix(d, 4, 6, 6, kernel.Row), kernel.ErrShort},
		{Matrix(d, 4, 5, 6, kernel.Row), kernel.ErrShort},
		{Matrix(d, -1, 5, 5, kernel.Row), kernel.ErrShape},
		{Matrix(d, 4, 5, -5, kernel.Row), kernel.ErrShape},
		{Matrix(d, 4, 5, math.MaxInt64/8, kernel.Row), kernel.ErrShape},
		{Matrix(d, math.MaxInt64, 2, 1, kernel.Row), kernel.ErrShape},
		{Matrix(d, 4, 5, 1<<61, kernel.Row), kernel.ErrShape},
		{Matrix(d, 2, 5, math.MaxInt64, kernel.Row), kernel.ErrShape},
		{Matrix(d, 4, 5, -1<<61, kernel.Row), kernel.ErrShape},
		{Matrix(d, 1, 5, math.MinInt64, kernel.Row), kernel.ErrShape},
		{Matrix([]float64(nil), 1, 1, 1, kernel.Col), kernel.ErrShort},
		{Value{c: cValue{kind: 99}}, kernel.ErrArg},
		{Value{c: cValue{kind: kindObject}}, kernel.ErrArg},
		{Value{c: cValue{kind: kindArray, dtype: 'q', ndim: 1}}, kernel.ErrArg},
		{Value{c: cValue{kind: kindArray, dtype: 'd', ndim: 3}}, kernel.ErrArg},
	} {
		if _, err := same("f").Call(c.v); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.v.c, err, c.want)
		}
	}
	if v := must(same("count").Call()); v.Int() != 0 {
		t.Errorf("the function was called %d times, want none", v.Int())
	}
}

// TestExceptions: each must come back as an error, and the interpreter must work as before.
func TestExceptions(t *testing.T) {
	get := module(t, `
import sys
def value(): raise ValueError("found 3, want 4")
def outer(): return value()
def leave(): sys.exit(7)
def interrupt(): raise KeyboardInterrupt
def memory(): return bytearray(1 << 62)
def recursion(): return recursion()
def stop(): raise StopIteration
def absent(): import toll.nothing_of_that_name
def surrogates(): raise ValueError("a\udc80b")
class Odd(Exception):
    def __str__(self): raise RuntimeError("no text")
def odd(): raise Odd
def cause():
    try: value()
    except ValueError as e: raise KeyError("second") from e
def base(): raise BaseException("base")
def syntax(): compile("def f(:", "broken.py", "exec")
def divide(): return 1 / 0
def assertion(): assert False, "asserted"
class Local(Exception): pass
def local(): raise Local()
class Meta(type):
    def __getattribute__(cls, name): raise RuntimeError("no attribute")
class Hidden(Exception, metaclass=Meta): pass
def hidden(): raise Hidden("hidden")
class Mute(Exception):
    __module__ = None
    def __str__(self): return 5
def mute(): raise Mute
def thread():
    import threading
    threading.excepthook = lambda args: None
    t = threading.Thread(target=outer)
    t.start()
    t.join()
    raise SystemError("after a thread's")
def generator():
    def g():
        yield 1
        raise LookupError("late")
    return list(g())
`)
	for _, c := range []struct{ name, typ, message, traceback string }{
		{"value", "ValueError", "found 3, want 4", `in value`},
		{"outer", "ValueError", "found 3, want 4", `in outer`},
		{"leave", "SystemExit", "7", `in leave`},
		{"interrupt", "KeyboardInterrupt", "", `in interrupt`},
		{"memory", "MemoryError", "", `in memory`},
		{"recursion", "RecursionError", "maximum recursion depth exceeded", `in recursion`},
		{"stop", "StopIteration", "", `in stop`},
		{"absent", "ModuleNotFoundError", "No module named 'toll.nothing_of_that_name'", `in absent`},
		{"surrogates", "ValueError", `a\udc80b`, `a\udc80b`},
		{"odd", "Odd", "", `in odd`},
		{"cause", "KeyError", "'second'", `direct cause`},
		{"base", "BaseException", "base", `in base`},
		{"syntax", "SyntaxError", "invalid syntax", `broken.py`},
		{"divide", "ZeroDivisionError", "division by zero", `in divide`},
		{"assertion", "AssertionError", "asserted", `in assertion`},
		{"local", "Local", "", `in local`},
		{"hidden", "Hidden", "hidden", ``},
		{"mute", "Mute", "", `in mute`},
		{"thread", "SystemError", "after a thread's", `in thread`},
		{"generator", "LookupError", "late", `in g`},
	} {
		_, err := get(c.name).Call()
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v, want an exception", c.name, err)
			continue
		}
		if typ := e.Type[strings.LastIndex(e.Type, ".")+1:]; typ != c.typ || !strings.HasPrefix(e.Message, c.message) ||
			!strings.Contains(e.Traceback, c.traceback) {
			t.Errorf("%s: type %q, message %q, traceback\n%s\nwant %q, %q and in it %q", c.name, e.Type, e.Message, e.Traceback, c.typ, c.message, c.traceback)
		}
	}
	for _, c := range []struct{ module, attribute, typ string }{
		{"no_such_module", "", "ModuleNotFoundError"},
		{"sys", "no_such_attribute", "AttributeError"},
		{"", "", "ValueError"},
	} {
		_, err := interpreter(t).Import(c.module, c.attribute)
		var e *Error
		if !errors.As(err, &e) || e.Type != c.typ {
			t.Errorf("import %q %q: %v, want %s", c.module, c.attribute, err, c.typ)
		}
	}
	if _, err := interpreter(t).Import("a\x00b", ""); err == nil {
		t.Error("a module's name with a NUL was taken")
	}
	var e *Error
	if _, err := must2(interpreter(t).Import("builtins", "list")).Call(Int(1), Int(2)); !errors.As(err, &e) || e.Type != "TypeError" {
		t.Errorf("too many arguments: %v, want TypeError", err)
	}
	if v := must(must2(interpreter(t).Import("builtins", "abs")).Call(Int(-3))); v.Int() != 3 {
		t.Error("the interpreter does not work any more")
	}
}

// TestModuleThatRaises imports modules that fail.
func TestModuleThatRaises(t *testing.T) {
	in := interpreter(t)
	folder := t.TempDir()
	add := module(t, "import sys\ndef add(p): sys.path.append(p)\ndef remove(p): sys.path.remove(p)")
	must(add("add").Call(Text(folder)))
	defer func() { must(add("remove").Call(Text(folder))) }()
	for name, c := range map[string]struct{ source, typ string }{
		"toll_test_exits":  {"import sys\nsys.exit('leaving')", "SystemExit"},
		"toll_test_syntax": {"def f(:", "SyntaxError"},
		"toll_test_raises": {"raise OSError('no disk')", "OSError"},
		"toll_test_native": {"import ctypes\nctypes.CDLL('libnothing.so.9')", "OSError"},
	} {
		if err := os.WriteFile(folder+"/"+name+".py", []byte(c.source), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := in.Import(name, "f")
		var e *Error
		if !errors.As(err, &e) || e.Type != c.typ {
			t.Errorf("%s: %v, want %s", name, err, c.typ)
		}
	}
}

// TestHeld lets Python keep arrays that it was lent.
func TestHeld(t *testing.T) {
	in := interpreter(t)
	get := module(t, `
kept = []
def keep(a): kept.append(a)
def view(a): kept.append(a[1:])
def buffer(a): kept.append(memoryview(a))
def back(a): return a
def back_view(a): return a[::2]
def raise_(a):
    kept.append(a)
    raise ValueError("kept")
def cycle(a):
    l = [a]
    l.append(l)
def element(): return float(kept[0][0])
def size(): return kept[0].size
def drop(): kept.clear()
def text(a):
    kept.append(a)
    return "text"
`)
	var held *HeldError
	lend := func(name string) {
		t.Helper()
		d := []float64{1, 2, 3, 4}
		if _, err := get(name).Call(Int(0), Vector(d)); err == nil {
			t.Errorf("%s with one argument too many was called", name)
		}
		if _, err := get(name).Call(Vector(d).Writable()); !errors.As(err, &held) || held.Argument != 0 {
			t.Errorf("%s: %v, want a HeldError of argument 0", name, err)
		}
	}
	lend("keep")
	if n := in.Held(); n != 1 {
		t.Errorf("%d calls' slices are held, want 1", n)
	}
	var e *Error
	if _, err := get("element").Call(); !errors.As(err, &e) || e.Type != "IndexError" {
		t.Errorf("an element of an array that was kept: %v, want IndexError", err)
	}
	must(get("drop").Call())
	if n := in.Held(); n != 0 {
		t.Errorf("%d calls' slices are held after Python let go, want 0", n)
	}

	for _, name := range []string{"view", "buffer", "raise_", "text"} {
		lend(name)
		if n := in.Held(); n != 1 {
			t.Errorf("%s: %d calls' slices are held, want 1", name, n)
		}
		if name == "view" {
			runtime.GC()
			for range 1000 {
				_ = make([]float64, 4) // would take d's place if that were free
			}
			if v := must(get("element").Call()); v.Float() != 2 {
				t.Errorf("a view that was kept sees %v, want 2: the slice is pinned", v.Float())
			}
		}
		must(get("drop").Call())
		if n := in.Held(); n != 0 {
			t.Errorf("%s: %d calls' slices are held after Python let go, want 0", name, n)
		}
	}
	for _, name := range []string{"back", "back_view"} {
		lend(name)
		if n := in.Held(); n != 0 {
			t.Errorf("%s: %d calls' slices are held, want 0: the result was dropped", name, n)
		}
	}
	if _, err := get("cycle").Call(Vector([]float64{1})); err != nil {
		t.Errorf("an array in a cycle that is garbage: %v", err)
	}
	must(get("keep").Call(Vector([]float64{5, 6}).Copied()))
	if v := must(get("element").Call()); v.Float() != 5 {
		t.Errorf("a copy that was kept holds %v, want 5", v.Float())
	}
	must(get("drop").Call())
	must(get("back").Call(Vector([]float64{1}).Copied())).object.Release()

	// One array is kept, another is not.
	two := module(t, "k = []\ndef two(a, b): k.append(b)\ndef drop(): k.clear()")
	if _, err := two("two").Call(Vector([]float64{1}), Vector([]int32{2})); !errors.As(err, &held) || held.Argument != 1 {
		t.Errorf("%v, want a HeldError of argument 1", err)
	}
	must(two("drop").Call())
	if n := in.Held(); n != 0 {
		t.Errorf("%d calls' slices are held, want 0", n)
	}
}

// TestGarbageWhileOthersCollect: a collection of another thread's that is under way, in a finalizer that has released the GIL, must
// not make garbage look held. Nor must collections that are disabled.
func TestGarbageWhileOthersCollect(t *testing.T) {
	get := module(t, `
import gc, time
at_work = []
class Slow:
    def __del__(self):
        at_work.append(self)
        time.sleep(0.5)
        at_work.clear()
def collect():
    s = Slow()
    s.itself = s
    del s
    gc.collect()
def is_at_work(): return len(at_work)
def disable(): gc.disable()
def enable():
    was = gc.isenabled()
    gc.enable()
    return was
def cycle(a):
    l = [a]
    l.append(l)
`)
	collect, atWork, cycle := get("collect"), get("is_at_work"), get("cycle")
	collected := make(chan error)
	go func() {
		_, err := collect.Call()
		collected <- err
	}()
	for v := must(atWork.Call()); v.Int() == 0; v = must(atWork.Call()) {
		runtime.Gosched()
	}
	if _, err := cycle.Call(Vector([]float64{1})); err != nil {
		t.Errorf("while another thread collects: %v", err)
	}
	if err := <-collected; err != nil {
		t.Error(err)
	}
	must(get("disable").Call())
	if _, err := cycle.Call(Vector([]float64{1})); err != nil {
		t.Errorf("while collections are disabled: %v", err)
	}
	if v := must(get("enable").Call()); v.Int() != 0 {
		t.Error("a call enabled collections, want them left as they were")
	}
}

// TestSignals: Go's handling of signals must be unchanged.
func TestSignals(t *testing.T) {
	in := interpreter(t)
	if _, err := in.Import("numba", ""); err != nil {
		t.Fatal(err)
	}
	if after := status("SigCgt"); after != signalsBefore {
		t.Errorf("the process catches signals %s, before Python %s", after, signalsBefore)
	}
	func() {
		defer func() {
			if _, ok := recover().(runtime.Error); !ok {
				t.Error("a nil pointer's use did not panic")
			}
		}()
		var p *int
		*p = 1
	}()
	var e *Error
	if _, err := module(t, "import signal\ndef f(): signal.signal(signal.SIGINT, signal.SIG_DFL)")("f").Call(); !errors.As(err, &e) || e.Type != "ValueError" {
		t.Errorf("Python code that sets a signal handler: %v, want ValueError", err)
	}

	// Python at work, with the GIL and asleep without it, while signals come.
	got := make(chan os.Signal, 100)
	signal.Notify(got, syscall.SIGINT, syscall.SIGUSR1)
	defer signal.Stop(got)
	work := module(t, "import time\ndef busy():\n    end = time.monotonic() + 0.2\n    while time.monotonic() < end: pass\n    time.sleep(0.1)\n    return 1\n")("busy")
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := work.Call()
			done <- err
		}()
	}
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGUSR1} {
		time.Sleep(50 * time.Millisecond)
		if err := syscall.Kill(os.Getpid(), s); err != nil {
			t.Fatal(err)
		}
		select {
		case found := <-got:
			if found != s {
				t.Errorf("got %v, want %v", found, s)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%v did not arrive", s)
		}
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// TestManyGoroutines makes 100,000 calls from 64 goroutines, with arrays, exceptions and Go's collector active.
func TestManyGoroutines(t *testing.T) {
	in := interpreter(t)
	get := module(t, `
import sys, gc
def total(a, k): return a[0] + a[-1] + k
def fail(a): raise ValueError(len(a))
def blocks():
    gc.collect()
    return sys.getallocatedblocks()
def count(o): return sys.getrefcount(o)
`)
	total, fail := get("total"), get("fail")
	const goroutines = 64
	calls := func(each int) {
		var group sync.WaitGroup
		for g := range goroutines {
			group.Go(func() {
				for k := range each {
					d := make([]float64, 1+(g+k)%50)
					d[0], d[len(d)-1] = float64(g), float64(k)
					want := d[0] + d[len(d)-1] + 1
					if v, err := total.Call(Vector(d), Int(1)); err != nil || v.Float() != want {
						t.Errorf("got %v, %v, want %v", v.Float(), err, want)
						return
					}
					if k%16 == 0 {
						var e *Error
						if _, err := fail.Call(Vector(d)); !errors.As(err, &e) || e.Message != fmt.Sprint(len(d)) {
							t.Errorf("got %v, want ValueError of %d", err, len(d))
							return
						}
					}
				}
			})
		}
		group.Wait()
	}
	stop := make(chan struct{})
	var collecting sync.WaitGroup
	collecting.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				runtime.GC()
			}
		}
	})
	started := number(t, "Threads")
	const each = 100000/goroutines + 1
	calls(each) // makes what is made once
	var b0, r0, f0, b1, r1, f1 Value
	// Threads come and go with the load, and memory with them: a leak grows each time.
	for try := range 4 {
		runtime.GC()
		before := number(t, "VmRSS")
		b0, r0, f0 = must(get("blocks").Call()), must(get("count").Call(Of(total))), must(get("count").Call(Value{}))
		calls(each)
		b1, r1, f1 = must(get("blocks").Call()), must(get("count").Call(Of(total))), must(get("count").Call(Value{}))
		runtime.GC()
		after := number(t, "VmRSS")
		t.Logf("threads %d -> %d, RSS %d -> %d kB, Python blocks %d -> %d", started, number(t, "Threads"), before, after, b0.Int(), b1.Int())
		if race || float64(after) <= 1.05*float64(before) {
			break
		} else if try == 3 {
			t.Errorf("RSS is %d kB, before %d: more than 5 %% more, each time", after, before)
		}
	}
	close(stop)
	collecting.Wait()
	// Besides the calling threads, Go's own.
	if after := number(t, "Threads"); after > started+len(in.gate.slots)+4 {
		t.Errorf("%d threads, before %d, want at most the %d that call in addition", after, started, len(in.gate.slots))
	}
	if b1.Int() > b0.Int()+200 {
		t.Errorf("Python holds %d blocks, before %d", b1.Int(), b0.Int())
	}
	if r1.Int() != r0.Int() {
		t.Errorf("a function that was called has %d references, before %d", r1.Int(), r0.Int())
	}
	if f1.Int() > f0.Int()+100 {
		t.Errorf("None has %d references, before %d", f1.Int(), f0.Int())
	}
	if n := in.Held(); n != 0 {
		t.Errorf("%d calls' slices are held, want 0", n)
	}
}

// TestManyThreads is TestManyGoroutines in a process that admits all of them at once, to contend for the GIL.
func TestManyThreads(t *testing.T) {
	interpreter(t)
	child := exec.Command(os.Args[0], "-test.run=^TestManyGoroutines$", "-test.v")
	child.Env = append(os.Environ(), "TOLL_TEST_THREADS=64")
	out, err := child.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestManyGoroutines")) {
		t.Errorf("%v:\n%s", err, out)
	}
	t.Logf("%s", out)
}

// TestThousandAtOnce calls from 1,000 goroutines at once, in Python code that releases the GIL: they must wait as
// goroutines, not as threads.
func TestThousandAtOnce(t *testing.T) {
	in := interpreter(t)
	sleep := module(t, "import time\ndef f(k):\n    time.sleep(0.001)\n    return k")("f")
	must(sleep.Call(Int(1)))
	before := number(t, "Threads")
	var group sync.WaitGroup
	for k := range 1000 {
		group.Go(func() {
			if v, err := sleep.Call(Int(int64(k))); err != nil || v.Int() != int64(k) {
				t.Errorf("got %d, %v, want %d", v.Int(), err, k)
			}
		})
	}
	group.Wait()
	if after := number(t, "Threads"); after > before+len(in.gate.slots)+2 {
		t.Errorf("%d threads, before %d, want no more than %d more", after, before, len(in.gate.slots)+2)
	}
}

// TestThreadsThatEnd ends the OS threads that called: their thread states must go, too.
func TestThreadsThatEnd(t *testing.T) {
	same := module(t, "def f(k): return k")("f")
	for k := range 200 {
		done := make(chan struct{})
		go func() {
			defer close(done)
			runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
			must(same.Call(Int(int64(k))))
		}()
		<-done
	}
	if v := must(same.Call(Int(5))); v.Int() != 5 {
		t.Error("the interpreter does not work any more")
	}
}

// TestCallBack lets Python call Go, with and without the GIL, and Go call Python again on that thread.
func TestCallBack(t *testing.T) {
	same := module(t, "def f(k): return 2 * k")("f")
	back := purego.NewCallback(func(k int64) int64 {
		v := must(same.Call(Int(k)))
		return v.Int()
	})
	get := module(t, `
import ctypes
def kept(p, k): return ctypes.PYFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(p)(k)
def released(p, k): return ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(p)(k)
`)
	for _, name := range []string{"kept", "released"} {
		for k := range int64(100) {
			if v := must(get(name).Call(Int(int64(back)), Int(k))); v.Int() != 2*k {
				t.Fatalf("%s: got %d, want %d", name, v.Int(), 2*k)
			}
		}
	}
}

// hostile plants modules that raise, and returns the environment variables by which a user may make Python find them,
// or work in another way.
func hostile(t *testing.T) (folder string, env []string) {
	t.Helper()
	folder = t.TempDir()
	user := filepath.Join(folder, "lib", "python3.11", "site-packages")
	if err := os.MkdirAll(user, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{folder, user} {
		for _, name := range []string{"numpy", "threading", "toll", "sitecustomize", "usercustomize", "startup"} {
			if err := os.WriteFile(filepath.Join(dir, name+".py"), []byte("raise OSError('planted')"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return folder, append(os.Environ(), "PYTHONHOME=/nowhere", "PYTHONPATH="+folder, "PYTHONUSERBASE="+folder,
		"PYTHONSTARTUP="+filepath.Join(folder, "startup.py"), "PYTHONMALLOC=debug", "PYTHONWARNINGS=error", "PYTHONOPTIMIZE=2",
		"PYTHONDEVMODE=1", "PYTHONINSPECT=1", "PYTHONUTF8=0", "PYTHONIOENCODING=ascii", "PYTHONPLATLIBDIR=nowhere",
		"PYTHONEXECUTABLE=/nowhere/python", "__PYVENV_LAUNCHER__=/nowhere/python", "PYTHONSAFEPATH=", "PYTHONTRACEMALLOC=1", "VIRTUAL_ENV=/nowhere", "PIP_TARGET="+folder)
}

// TestEnvironment starts Python in a user's environment and folder, with variables that would mislead it.
func TestEnvironment(t *testing.T) {
	interpreter(t)
	library, err := seam.FindLibrary(File)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^(TestVersion|TestValues|TestNoCopy|TestExceptions|TestOpen)$", "-test.v")
	child.Dir, child.Env = hostile(t)
	child.Env = append(child.Env, "TOLL_LIB="+filepath.Dir(library))
	out, err := child.CombinedOutput()
	if err != nil || bytes.Count(out, []byte("--- PASS")) != 5 {
		t.Errorf("%v:\n%s", err, out)
	}
}

// TestOpen opens languages that find their dependencies in different places.
func TestOpen(t *testing.T) {
	interpreter(t)
	for _, lang := range []string{"numpy", "ctypes", "cffi-abi", "pyo3"} {
		library, err := Open(lang)
		if err != nil {
			t.Errorf("%s: %v", lang, err)
		} else if y := library.Sum([]float64{1, 2}); y != 3 {
			t.Errorf("%s: the sum of 1 and 2 is %v", lang, y)
		}
	}
}

// TestStop stops the interpreter, in a process of its own, with calls at work.
func TestStop(t *testing.T) {
	interpreter(t)
	stopped(t, "calls")
}

// stopped does that in a process of its own, which must end.
func stopped(t *testing.T, what string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), "TOLL_TEST_STOP="+what)
	out, err := child.CombinedOutput()
	if ctx.Err() != nil {
		t.Errorf("%s: it did not end: %s", what, out)
	} else if err != nil || !bytes.HasSuffix(out, []byte("stopped\n")) {
		t.Errorf("%s: %v: %s", what, err, out)
	}
}

// TestStopAfterThreading imports threading, indirectly, on another thread than the interpreter's own.
func TestStopAfterThreading(t *testing.T) {
	interpreter(t)
	stopped(t, "threading")
}

// TestStopIsBounded keeps Python from ending, for a different reason each time.
func TestStopIsBounded(t *testing.T) {
	interpreter(t)
	for name := range endless {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stopped(t, name)
		})
	}
}

// endless is code that keeps Python from ending, and what Stop must say about it.
var endless = map[string]struct{ source, want, traceback string }{
	"threads": {`
import threading, time
def late(): time.sleep(1.5)
def for_ever(): time.sleep(1e6)
for f in late, for_ever: threading.Thread(target=f, name="named " + f.__name__, daemon=False).start()
`, "threads: named late, named for_ever", "in _shutdown"},
	"executor": {`
import concurrent.futures, time
concurrent.futures.ThreadPoolExecutor(1, "pool").submit(time.sleep, 1e6)
`, "threads: pool_0", "in _python_exit"},
	"handler": {`
import atexit, time
def wait(): time.sleep(1e6)
atexit.register(wait)
`, "an atexit handler, in wait of <string>, line 3", "in wait"},
	"handler in C":               {"import atexit, time\natexit.register(time.sleep, 1e6)", "an atexit handler", ""},
	"handler that keeps the GIL": {"import atexit, ctypes\natexit.register(ctypes.PyDLL(None).sleep, 1000000)", "an atexit handler: the GIL was not to be had", ""},
	"destructor": {`
import sys, time
class Last:
    def __del__(self): self.sleep(1e6)
    sleep = time.sleep
sys.last = Last()
`, "what is left: __del__, output to be written", ""},
	"call": {"", "calls at work (1)", ""},
}

func fail(what string, v any) {
	fmt.Printf("%s: %v\n", what, v)
	os.Exit(1)
}

// run executes the source in Python, on this thread.
func run(in *Interpreter, source string) {
	exec, err := in.Import("builtins", "exec")
	if err != nil {
		fail("import", err)
	}
	globals := must(must2(in.Import("builtins", "dict")).Call())
	if _, err := exec.Object().Call(Text(source), globals); err != nil {
		fail("exec", err)
	}
}

func endInThisProcess(what string) {
	c := Config{Threads: 4, StopWithin: time.Minute}
	if what != "threading" {
		c.StopWithin = 500 * time.Millisecond
	}
	in, err := Start(c)
	if err != nil {
		fail("start", err)
	}
	if what == "threading" {
		// On a thread that stays, as goroutines' threads do, and on one that ends.
		locked, end := make(chan struct{}), make(chan struct{})
		go func() {
			runtime.LockOSThread()
			run(in, `
import atexit, logging, threading
own = threading.main_thread()
assert own.native_id != threading.get_native_id(), "this thread is taken for the main thread"
@atexit.register
def at_exit():
    import os
    os.write(1, b"on the main thread\n" if threading.current_thread() is own else b"elsewhere\n")
`)
			close(locked)
			<-end
		}()
		<-locked
		if err := in.Stop(); err != nil {
			fail("stop", err)
		}
		close(end)
		fmt.Println("stopped")
		os.Exit(0)
	}

	ended := endless[what]
	run(in, ended.source)
	if what == "call" {
		inside, tell, err := os.Pipe()
		if err != nil {
			fail("pipe", err)
		}
		go run(in, fmt.Sprintf("import os, time\nos.write(%d, b'.')\ntime.sleep(1e6)", tell.Fd()))
		if _, err := inside.Read(make([]byte, 1)); err != nil {
			fail("wait for a call", err)
		}
	}
	// A thread that Python knows and that ends after Stop.
	end, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		runtime.LockOSThread()
		run(in, "import threading\nthreading.current_thread()")
		end <- struct{}{}
		<-end
	}()
	<-end
	before := time.Now()
	err = in.Stop()
	var e *StopError
	if !errors.As(err, &e) || !strings.Contains(e.For, ended.want) || !strings.Contains(e.Traceback, ended.traceback) {
		fail("stop", fmt.Sprintf("%v, traceback %q, want a StopError for %s, and in its traceback %q", err, e, ended.want, ended.traceback))
	}
	if took := time.Since(before); took > 30*time.Second {
		fail("stop", fmt.Sprintf("it took %v, want %v and at most a second", took, c.StopWithin))
	}
	if err := in.Stop(); !errors.Is(err, ErrStopped) {
		fail("a second stop", err)
	}
	if _, err := in.Import("sys", ""); !errors.Is(err, ErrStopped) {
		fail("import after stop", err)
	}
	// What Stop left behind continues, and so does this process.
	close(end)
	<-gone
	time.Sleep(2 * time.Second)
	runtime.GC()
	fmt.Println("stopped")
	os.Exit(0)
}

func stopInThisProcess() {
	if _, err := Start(Config{Python: "/nowhere/bin/python"}); !errors.Is(err, seam.ErrUnavailable) {
		fail("start without a Python", err)
	}
	if _, err := Start(Config{Threads: -1}); err == nil {
		fail("start with -1 threads", err)
	}
	in, err := Start(Config{Threads: 3})
	if err != nil {
		fail("start", err)
	}
	if _, err := Start(Config{}); err == nil {
		fail("a second start", err)
	}
	sleep, err := in.Import("time", "sleep")
	if err != nil {
		fail("import", err)
	}
	// Stop waits for calls inside; calls outside get an error sooner or later.
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			for {
				_, err := sleep.Object().Call(Float(0.01))
				if errors.Is(err, ErrStopped) {
					return
				} else if err != nil {
					fail("call", err)
				}
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	if err := in.Stop(); err != nil {
		fail("stop", err)
	}
	group.Wait()
	if err := in.Stop(); !errors.Is(err, ErrStopped) {
		fail("a second stop", err)
	}
	if _, err := in.Import("sys", ""); !errors.Is(err, ErrStopped) {
		fail("import after stop", err)
	}
	if err := in.Probe(ProbeKept); !errors.Is(err, ErrStopped) {
		fail("probe after stop", err)
	}
	sleep.Object().Release()
	fmt.Println("stopped")
	os.Exit(0)
}

// TestTable: a library of another interface must be refused.
func TestTable(t *testing.T) {
	interpreter(t)
	good := *must3(Default()).table
	if _, err := read(&good); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		want  string
		spoil func(*cTable)
	}{
		{"interface version 9, want 2", func(t *cTable) { t.version = 9 }},
		{"table size 80, want 88", func(t *cTable) { t.size = 80 }},
		{"header hash 0000000000000001, want", func(t *cTable) { t.hash = 1 }},
	} {
		bad := good
		c.spoil(&bad)
		if _, err := read(&bad); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if _, err := read(nil); err == nil {
		t.Error("no table was taken for one")
	}
}

func must3(in *Interpreter, err error) *Interpreter {
	if err != nil {
		panic(err)
	}
	return in
}
