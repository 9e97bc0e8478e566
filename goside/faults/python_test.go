// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faults

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"toll/goside/via/cpython"
	"toll/goside/via/faulty"
)

// embedded is the crossing to CPython within this process.
var embedded = []string{"cpython"}

// pythonFaults are those of Python code.
var pythonFaults = []Fault{
	{
		Name: "exception", On: embedded, Open: python(script("def f():\n raise ValueError('on purpose')\nf()")),
		About: "Python raises an exception. The Go error has its type, its message and its traceback.",
	},
	{
		Name: "import fails", On: embedded, Open: python(func(p *interpreter) error {
			_, err := p.in.Import("toll_no_such_module", "")
			return err
		}),
		About: "A module is not there.",
	},
	{
		Name: "sys.exit(3)", On: embedded, Open: python(script("import sys\nsys.exit(3)")),
		About: "Python wants to end the program. SystemExit is an exception as any other.",
	},
	{
		Name: "os._exit(3)", On: embedded, Open: python(script("import os\nos._exit(3)")),
		About: "Python ends the process without a question.",
	},
	{
		Name: "os.abort()", On: embedded, Open: python(script("import os\nos.abort()")),
		About: "Python raises SIGABRT.",
	},
	{
		Name: "segfault in an extension", On: embedded, Open: python(script("import ctypes\nctypes.string_at(0)")),
		About: "An extension module, here ctypes, reads address 0.",
	},
	{
		Name: "recursion", On: embedded, Open: python(script("def f(): return f()\nx = f()")),
		About: "A Python function calls itself without end. CPython counts, and raises an exception.",
	},
	{
		Name: "recursion, uncounted", On: embedded, Open: python(script("import sys\nsys.setrecursionlimit(10**9)\ndef f(x): return f.__call__(x)\nf(0)")),
		About: "The same through C code, after Python code has raised the limit: the stack of the thread overflows. (From CPython 3.12 on " +
			"there is a limit of its own for C, and an exception.)",
		Slow: true, // not to depend on CPython's release
	},
	{
		Name: "MemoryError", On: embedded, Open: python(limitedMemory(script("bytearray(1 << 40)"))),
		About: "Python asks for more memory than `RLIMIT_AS` leaves.",
	},
	{
		Name: "logging set up", On: embedded, Open: python(script("import logging, warnings\nlogging.basicConfig(level=0, force=True)\nlogging.disable(logging.CRITICAL)\nwarnings.simplefilter('error')")),
		About: "A module sets up Python's logging and warnings for all others.",
	},
	{
		Name: "locale changed", On: embedded, Open: python(script("import locale\nfor name in 'de_DE.UTF-8', 'fr_FR.UTF-8', 'C':\n  try: locale.setlocale(locale.LC_ALL, name); break\n  except locale.Error: pass")),
		About: "A module sets the locale of the process, in which C code writes and reads numbers.",
	},
	{
		Name: "signal.signal", On: embedded, Open: python(script("import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)")),
		About: "A module sets a signal handler. Python allows it to its main thread only, which runs none of Go's calls.",
	},
	{
		Name: "faulthandler", On: embedded, Open: python(func(p *interpreter) error {
			if err := p.run("import faulthandler, os\nfaulthandler.enable(open(os.devnull, 'w'))"); err != nil {
				return err
			}
			return dereference()
		}),
		About: "A module has Python handle SIGSEGV. Then Go dereferences nil, and wants to recover: the signal reaches Go by a second " +
			"hand, and is fatal.",
	},
	{
		Name: "rounding changed", On: embedded, Open: python(script("import ctypes, ctypes.util\nctypes.CDLL(ctypes.util.find_library('m')).fesetround(0x800)")),
		About: "Python code has this thread round upward, by ctypes, and leaves it so.",
	},
	{
		Name: "rounding, by an import", On: embedded, Open: python(func(p *interpreter) error {
			folder, err := os.MkdirTemp("", "")
			if err != nil {
				return err
			}
			text := "import ctypes, ctypes.util\nctypes.CDLL(ctypes.util.find_library('m')).fesetround(0x800)\n"
			if err := os.WriteFile(folder+"/rounds_upward.py", []byte(text), 0o644); err != nil {
				return err
			}
			if err := p.run(fmt.Sprintf("import sys\nsys.path.insert(0, %q)", folder)); err != nil {
				return err
			}
			_, err = p.in.Import("rounds_upward", "")
			return err
		}),
		About: "A module does it when it is imported. Toll puts the thread back, and notes it.",
	},
	{
		Name: "Ctrl-C", On: embedded, Open: python(interrupting(false)),
		About: "SIGINT arrives while Python works. The program ends at once, as a Go program does; there is no KeyboardInterrupt.",
	},
	{
		Name: "Ctrl-C, asked for", On: embedded, Open: python(interrupting(true)),
		About: "The same in a program that asks for SIGINT by `signal.Notify`. Python goes on to its end.",
	},
	{
		Name: "GIL kept", On: embedded, Open: python(script("import ctypes\nctypes.PyDLL(None).pause()")), Hangs: 3 * time.Second,
		About: "An extension waits for ever, and does not release the GIL: all calls of Python wait with it.",
	},
	{
		Name: "GIL deadlock", On: embedded, Open: python(deadlock), Hangs: 3 * time.Second,
		About: "A goroutine holds a Go mutex, and calls Python. Another one's Python code calls Go back without releasing the GIL, " +
			"and that wants the mutex.",
	},
	{
		Name: "endless loop", On: embedded, Open: python(script("while True: pass")), Hangs: 3 * time.Second,
		About: "Python code does not return. Other calls get the GIL in turn.",
	},
}

// interpreter is the embedded CPython.
type interpreter struct {
	in   *cpython.Interpreter
	exec *cpython.Object
	main *cpython.Object // the namespace that code runs in
	sum  *cpython.Object
}

func (p *interpreter) run(text string) error {
	_, err := p.exec.Call(cpython.Text(text), cpython.Of(p.main))
	return err
}

func script(text string) func(*interpreter) error {
	return func(p *interpreter) error { return p.run(text) }
}

// python returns a subject of Python code. What it verifies is a sum that depends on rounding, by Python.
func python(commit func(*interpreter) error) func(via string) (*Subject, error) {
	return func(string) (*Subject, error) {
		p, err := startPython()
		if err != nil {
			return nil, err
		}
		x := []float64{1, 0x1p-53, 0x1p-53, 3, 0.1}
		want := 0.0
		for _, x := range x {
			want += x
		}
		return &Subject{
			Call: func() error {
				v, err := p.sum.Call(cpython.Vector(x))
				if err == nil && v.Float() != want {
					err = fmt.Errorf("%w: Python's sum is %x, want %x", errWrong, v.Float(), want)
				}
				return err
			},
			Commit: func() error {
				err := commit(p)
				if e, ok := errors.AsType[*cpython.Error](err); ok && !strings.Contains(e.Traceback, e.Type) {
					return fmt.Errorf("%w: the traceback of %v is %q, want one with its type", errWrong, e.Error(), e.Traceback)
				}
				return err
			},
		}, nil
	}
}

func startPython() (*interpreter, error) {
	in, err := cpython.Start(cpython.Config{})
	if err != nil {
		return nil, err
	}
	p := &interpreter{in: in}
	exec, err1 := in.Import("builtins", "exec")
	main, err2 := in.Import("__main__", "__dict__")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	p.exec, p.main = exec.Object(), main.Object()
	if err := p.run("def sum_of(p):\n t = 0.0\n for x in p: t += float(x)\n return t\n"); err != nil {
		return nil, err
	}
	sum, err := in.Import("__main__", "sum_of")
	p.sum = sum.Object()
	return p, err
}

func limitedMemory(commit func(*interpreter) error) func(*interpreter) error {
	return func(p *interpreter) error {
		if err := unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: 16 << 30, Max: unix.RLIM_INFINITY}); err != nil {
			return err
		}
		return commit(p)
	}
}

// dereference reads from nil, and recovers.
func dereference() (err error) {
	defer func() {
		if recover() == nil {
			err = fmt.Errorf("%w: Go read from nil", errWrong)
		}
	}()
	var p *Fault
	return errors.New(p.Name)
}

// interrupting sends SIGINT while Python works. If asked, Go's program wants to know.
func interrupting(asked bool) func(*interpreter) error {
	return func(p *interpreter) error {
		told := make(chan os.Signal, 1)
		if asked {
			signal.Notify(told, os.Interrupt)
		}
		err := p.run("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\nend = time.monotonic() + 0.2\nwhile time.monotonic() < end: pass")
		if asked {
			return errors.Join(err, fmt.Errorf("signal.Notify says %v", <-told))
		}
		time.Sleep(time.Minute) // by then it has arrived
		return errors.Join(err, fmt.Errorf("%w: no %v has arrived", errWrong, syscall.SIGINT))
	}
}

// deadlock has two goroutines wait for each other: one for the GIL, one for a mutex.
func deadlock(p *interpreter) error {
	var mu sync.Mutex
	inside := make(chan struct{})
	callback := faulty.Callback(func() {
		close(inside)
		mu.Lock() // with the GIL, since ctypes.PyDLL keeps it
	})
	mu.Lock()
	go func() {
		<-inside
		_ = p.run("pass") // which the GIL is needed for
		mu.Unlock()
	}()
	return p.run(fmt.Sprintf("import ctypes\nctypes.PYFUNCTYPE(None)(%d)()", callback))
}
