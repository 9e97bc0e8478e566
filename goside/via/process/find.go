// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// frames are the languages of cpython-ext/frames. They have no other kernel than ols.
var frames = []string{"dask", "dask-threads", "swifter", "swifter-forced", "polars-elements", "polars-batches", "polars"}

// Open starts a worker of a language (c, go, python, pypy, pypy-expanded, or one of cpython-ext/frames) and returns its
// kernels. If it is missing, the error is seam.ErrUnavailable.
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

// OpenGo is [Open] of the worker in Go in that file, such as one that another release built.
func OpenGo(file, via string) (*seam.Library, error) {
	w, err := program{path: file}.start(via, limit)
	if err != nil {
		return nil, err
	}
	return w.library("go"), nil
}

func (w *Worker) library(lang string) *seam.Library {
	var library *seam.Library
	build := seam.Build{Compiler: w.Name, Flags: w.Flags}
	switch {
	case lang == "c", lang == "go":
		library = seam.NewLibrary(w.NativeFuncs(), false, build)
	case lang == "pypy-expanded":
		library = seam.NewLibrary(w.Funcs(Expanded), false, build)
	case slices.Contains(frames, lang):
		library = seam.NewLibrary(kernel.Funcs{OLS: w.Funcs(Plain).OLS}, false, build)
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
		return findPython("", "")
	case "pypy", "pypy-expanded":
		return findPython("pypy3", "")
	}
	if slices.Contains(frames, lang) {
		return findPython("", "toll.frames."+strings.ReplaceAll(lang, "-", "_"))
	}
	return program{}, fmt.Errorf("process: no worker speaks %s, want c, go, python, pypy, pypy-expanded, %s", lang, strings.Join(frames, ", "))
}

// findPython returns how the script is run by the interpreter of that name on PATH; "" is that of the virtual environment, in
// which the script lies, beside the folder of the libraries. A module of cpython-ext/frames has an environment of its own.
func findPython(interpreter, module string) (program, error) {
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
	var after []string
	if module != "" {
		venv += "-frames"
		after = []string{module}
	}
	if interpreter == "" {
		interpreter = filepath.Join(venv, "bin", "python")
	}
	path, err := exec.LookPath(interpreter)
	if err != nil {
		return program{}, fmt.Errorf("process: %w: %w: run %s", seam.ErrUnavailable, err, seam.Mend)
	}
	return program{path, []string{"-I", scripts[0]}, after}, nil
}
