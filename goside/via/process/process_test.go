// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// python returns the interpreter and the script of the virtual environment. They may be missing unless scripts/test.sh
// demands the route.
func python(t *testing.T) (path, script string) {
	t.Helper()
	path, script, err := find(Python)
	switch require := os.Getenv("TOLL_REQUIRE"); {
	case errors.Is(err, seam.ErrUnavailable) && !strings.Contains(require, "*/process") && !strings.Contains(require, "*/*"):
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return path, script
}

// worker starts a script by that interpreter.
func worker(t *testing.T, script string) (*Worker, error) {
	t.Helper()
	path, _ := python(t)
	w, err := Start(path, script)
	if err == nil {
		t.Cleanup(func() { _ = w.Close() })
	}
	return w, err
}

func fake(t *testing.T, source string) (*Worker, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "worker.py")
	if err := os.WriteFile(path, []byte("import os, struct, sys\nout = sys.stdout.buffer\n"+source), 0o644); err != nil {
		t.Fatal(err)
	}
	return worker(t, path)
}

const hello = "out.write(b'TOLH' + struct.pack('<II', 1, 1) + b'x'); out.flush()\n"

// TestBrokenWorkers: each way in which a worker can fail must be an error, at once and at the next request.
func TestBrokenWorkers(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"ends at once":        {"sys.exit('no reason')", "no reason"},
		"greets otherwise":    {"out.write(b'HELO' + bytes(8)); out.flush(); sys.stdin.read()", `greets with "HELO"`},
		"another version":     {"out.write(b'TOLH' + struct.pack('<II', 7, 0)); out.flush(); sys.stdin.read()", "version 7"},
		"ends at a request":   {hello + "os.read(0, 1); os._exit(3)", "EOF"},
		"answers otherwise":   {hello + "os.read(0, 24); out.write(b'TOLX' + bytes(20)); out.flush(); sys.stdin.read()", `"TOLX"`},
		"is cut short":        {hello + "os.read(0, 24); out.write(b'TOLR' + bytes(4)); out.flush()", "EOF"},
		"answers too much":    {hello + "os.read(0, 24); out.write(b'TOLR' + struct.pack('<IIII', 0, 99, 0, 0)); out.flush(); sys.stdin.read()", "99 integers"},
		"answers other sizes": {hello + "os.read(0, 999); out.write(b'TOLR' + struct.pack('<IIIIIQ', 0, 0, 0, 1, ord('i'), 4) + bytes(4)); out.flush(); sys.stdin.read()", "want one of"},
	} {
		w, err := fake(t, c.source)
		if err == nil {
			f := w.Funcs(Plain)
			zs, cs := kernel.JuliaPoints(3)
			julia := &kernel.Julia{Out: make([]int32, len(zs)), Zs: zs, Cs: cs, Hi: len(zs), MaxIter: 1}
			err = f.Julia(julia)
			if again := f.Julia(julia); again == nil || !errors.Is(again, kernel.ErrPanic) {
				t.Errorf("%s: the next request: %v, want ErrPanic", name, again)
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, kernel.ErrPanic) {
			t.Errorf("%s: %v, want ErrPanic and in its text %q", name, err, c.want)
		}
	}
	if _, err := Start("/nowhere/python", "worker.py"); err == nil {
		t.Error("an interpreter that is not there was started")
	}
}

// counter counts the bytes that go through.
type counter struct {
	io.Writer
	io.Reader
	n int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += n
	return n, err
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// TestBytes: a step on one row sends the whole grid and has a whole one back; one on no rows sends nothing.
func TestBytes(t *testing.T) {
	_, script := python(t)
	w, err := worker(t, script)
	if err != nil {
		t.Fatal(err)
	}
	sent, had := &counter{Writer: w.out}, &counter{Reader: w.in}
	closer := w.out.(io.Closer)
	w.out = struct {
		io.Writer
		io.Closer
	}{sent, closer}
	w.in = bufio.NewReader(had)
	const n, head = kernel.DiffusionSize, 200 // bytes at most, besides the grid's
	run := kernel.NewDiffusionRun(n, 1, kernel.Row, kernel.Par{Threads: 1})
	for _, c := range []struct{ rows, want int }{{0, 0}, {1, 8 * n * n}} {
		sent.n, had.n = 0, 0
		step := &kernel.DiffusionStep{Out: run.B, In: run.A, Lo: n / 2, Hi: n/2 + c.rows, D: run.D, Dt: run.Dt, Par: run.Par}
		if err := w.Funcs(Plain).Step(step); err != nil {
			t.Fatal(err)
		}
		for what, got := range map[string]int{"sent": sent.n, "had": had.n} {
			if got < c.want || got > c.want+head*c.rows {
				t.Errorf("a step on %d rows %s %d bytes, want %d and a head of at most %d", c.rows, what, got, c.want, head*c.rows)
			}
		}
	}
}

// TestExceptions: the worker must go on after one.
func TestExceptions(t *testing.T) {
	_, script := python(t)
	w, err := worker(t, script)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.ask(99, 0, nil, nil, nil, nil); err == nil || !strings.Contains(err.Error(), "ValueError: function 99") {
		t.Errorf("function 99: %v, want ValueError", err)
	}
	if err := w.ask(not, 0, nil, nil, nil, nil); err == nil {
		t.Error("not without its argument was answered")
	}
	f := w.Funcs(Plain)
	if y := f.Not(5); y != ^5 {
		t.Errorf("got %d, want %d", y, ^5)
	}
	if err := w.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := w.ask(noop, 0, nil, nil, nil, nil); err == nil {
		t.Error("a closed worker answered")
	}
}

// TestEnvironment runs a worker in a user's environment, with variables that would mislead it.
func TestEnvironment(t *testing.T) {
	path, script := python(t)
	paths := []string{path}
	if path, _, err := find("pypy3"); err == nil {
		paths = append(paths, path)
	}
	folder := t.TempDir()
	for _, name := range []string{"struct.py", "array.py", "sitecustomize.py"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("raise OSError('planted')"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range map[string]string{"PYTHONHOME": "/nowhere", "PYTHONPATH": folder, "PYTHONUSERBASE": folder, "PYTHONMALLOC": "debug",
		"PYTHONSTARTUP": filepath.Join(folder, "struct.py"), "PYTHONINSPECT": "1", "PYTHONEXECUTABLE": "/nowhere/python", "PYTHONWARNINGS": "error",
		"PYTHONOPTIMIZE": "2", "PYTHONIOENCODING": "ascii"} {
		t.Setenv(key, value)
	}
	t.Chdir(folder)
	for _, path := range paths {
		w, err := Start(path, script)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		f := w.Funcs(Plain)
		if y := f.Sum([]float64{1, 2}); y != 3 {
			t.Errorf("%s: the sum of 1 and 2 is %v", path, y)
		}
		if err := w.Close(); err != nil {
			t.Errorf("%s: close: %v", path, err)
		}
	}
}
