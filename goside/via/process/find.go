// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"toll/goside/seam"
)

// Open starts a worker of a language (c, go, python, pypy, pypy-expanded) and returns its kernels. If it is missing, the
// error is seam.ErrUnavailable.
func Open(lang, via string) (*seam.Library, error) { return OpenWithin(lang, via, limit) }

// OpenWithin is Open of a worker that is killed if it takes longer than limit to greet or for a call, or fifteen times that for
// a kernel. Open's limit is a minute.
func OpenWithin(lang, via string, limit time.Duration) (*seam.Library, error) {
	p, err := find(lang)
	if err != nil {
		return nil, err
	}
	w, err := p.start(via, limit)
	if err != nil {
		return nil, err
	}
	return w.library(lang), nil
}

func (w *Worker) library(lang string) *seam.Library {
	var library *seam.Library
	build := seam.Build{Compiler: w.Name, Flags: w.Flags}
	switch lang {
	case "c", "go":
		library = seam.NewLibrary(w.NativeFuncs(), false, build)
	case "pypy-expanded":
		library = seam.NewLibrary(w.Funcs(Expanded), false, build)
	default:
		library = seam.NewLibrary(w.Funcs(Plain), false, build)
	}
	library.Memory = w.via.shares()
	return library
}

// Find returns the error that Open would for want of a file, and starts nothing.
func Find(lang string) error {
	_, err := find(lang)
	return err
}

// find returns how the worker of a language is run, or an error that is seam.ErrUnavailable.
func find(lang string) (program, error) {
	switch lang {
	case "c":
		worker, err1 := seam.FindLibrary("toll-worker-c")
		kernels, err2 := seam.FindLibrary("libtoll_c.so")
		calls, err3 := seam.FindLibrary("libtoll_calls.so")
		if err := errors.Join(err1, err2, err3); err != nil {
			return program{}, fmt.Errorf("process: %w", err)
		}
		return program{worker, nil, []string{kernels, lang, calls}}, nil
	case "go":
		worker, err := seam.FindLibrary("toll-worker-go")
		if err != nil {
			return program{}, fmt.Errorf("process: %w", err)
		}
		return program{path: worker}, nil
	case "python":
		return findPython("")
	case "pypy", "pypy-expanded":
		return findPython("pypy3")
	}
	return program{}, fmt.Errorf("process: no worker speaks %s, want c, go, python, pypy or pypy-expanded", lang)
}

// findPython returns how the script is run by the interpreter of that name on PATH; "" is that of the virtual environment, in
// which the script lies, beside the folder of the libraries.
func findPython(interpreter string) (program, error) {
	library, err := seam.FindLibrary("libtoll_py.so")
	if err != nil {
		return program{}, fmt.Errorf("process: %w", err)
	}
	venv := filepath.Join(filepath.Dir(library), "..", "venv")
	scripts, err := filepath.Glob(filepath.Join(venv, "lib", "python3*", "site-packages", "toll", "_worker.py"))
	if err != nil || len(scripts) != 1 {
		return program{}, fmt.Errorf("process: %w: %d files toll/_worker.py in the virtual environment, want 1: run %s",
			seam.ErrUnavailable, len(scripts), seam.Mend)
	}
	if interpreter == "" {
		interpreter = filepath.Join(venv, "bin", "python")
	}
	path, err := exec.LookPath(interpreter)
	if err != nil {
		return program{}, fmt.Errorf("process: %w: %w: run %s", seam.ErrUnavailable, err, seam.Mend)
	}
	return program{path, []string{"-I", scripts[0]}, nil}, nil
}
