// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package cpython

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// Default returns the interpreter that all routes share. The first call starts it.
var Default = sync.OnceValues(func() (*Interpreter, error) { return Start(Config{}) })

// Module returns the name of a language's Python module.
func Module(lang string) string { return "toll." + strings.ReplaceAll(lang, "-", "_") }

// folder returns where the modules of all languages are, beside a Python that is there and with a library that loads.
var folder = sync.OnceValues(func() (string, error) {
	var c Config
	if _, err := c.load(); err != nil {
		return "", err
	}
	pattern := filepath.Join(filepath.Dir(c.Python), "..", "lib", "python3*", "site-packages", "toll")
	folders, err := filepath.Glob(pattern)
	if err != nil || len(folders) != 1 {
		return "", fmt.Errorf("cpython: %w: %d folders are named %s, want 1: run %s", seam.ErrUnavailable, len(folders), pattern, seam.Mend)
	}
	return folders[0], nil
})

// Find returns an error if the library does not load, or if there is no Python or no file of the language's module. It
// takes a moment, since it neither starts the interpreter nor imports anything.
func Find(lang string) error {
	folder, err := folder()
	if err != nil {
		return err
	}
	module := Module(lang)
	file := filepath.Join(folder, strings.TrimPrefix(module, "toll."))
	for _, pattern := range []string{file + ".py", file + ".*.so"} {
		if found, err := filepath.Glob(pattern); err == nil && found != nil {
			return nil
		}
	}
	return missing(module)
}

func missing(module string) error {
	return fmt.Errorf("cpython: %w: no module %s: run %s", seam.ErrUnavailable, module, seam.Mend)
}

// Open returns the kernels of a language: the functions of its Python module, see cpython-ext/toll/__init__.py.
func Open(lang string) (*seam.Library, error) {
	in, err := Default()
	if err != nil {
		return nil, err
	}
	module := Module(lang)
	if _, err := in.Import(module, ""); err != nil {
		var e *Error
		if errors.As(err, &e) && e.Type == "ModuleNotFoundError" && strings.Contains(e.Message, "'"+module+"'") {
			return nil, missing(module)
		}
		return nil, fmt.Errorf("%s: %w", module, err)
	}
	function := func(name string) *Object {
		if err != nil {
			return nil
		}
		v, failed := in.Import(module, name)
		var e *Error
		if errors.As(failed, &e) && e.Type == "AttributeError" {
			return nil
		} else if failed != nil {
			err = failed
		}
		return v.Object()
	}
	raw := Functions(function)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", module, err)
	}
	build := in.Version()
	if v, err := in.Import(module, "BUILD"); err == nil && v.Text() != "" {
		build = v.Text()
	}
	return seam.NewLibrary(raw, true, seam.Build{Compiler: build}), nil
}

// Functions returns the kernels whose Python functions exist: function returns the one of a name, or nil. Only
// [kernel.Funcs.Checked] makes them safe for any input.
func Functions(function func(name string) *Object) kernel.Funcs {
	var f kernel.Funcs
	if o := function("noop"); o != nil {
		f.Noop = func() { must(o.Call()) }
	}
	if o := function("not_"); o != nil {
		f.Not = func(x int64) int64 {
			v := must(o.Call(Int(x)))
			return v.Int()
		}
	}
	if o := function("add"); o != nil {
		f.Add = func(x, y float64) float64 {
			v := must(o.Call(Float(x), Float(y)))
			return v.Float()
		}
	}
	if o := function("sum"); o != nil {
		f.Sum = func(p []float64) float64 {
			v := must(o.Call(Vector(p)))
			return v.Float()
		}
	}
	f.Team = kernel.Alone
	if o := function("team"); o != nil {
		f.Team = func(threads int) int {
			v := must(o.Call(Int(int64(threads))))
			return int(v.Int())
		}
	}
	if o := function("step"); o != nil {
		f.Step = func(a *kernel.DiffusionStep) error {
			_, err := o.Call(grid(&a.Out).Writable(), grid(&a.In), Int(int64(a.Lo)), Int(int64(a.Hi)), Float(a.D), Float(a.Dt),
				Int(int64(a.Par.Threads)), Int(int64(a.Par.Schedule)))
			return refusal("diffusion", err)
		}
	}
	if o := function("run"); o != nil {
		f.Run = func(a *kernel.DiffusionRun) error {
			_, err := o.Call(grid(&a.A).Writable(), grid(&a.B).Writable(), Int(int64(a.Steps)), Float(a.D), Float(a.Dt),
				Int(int64(a.Par.Threads)), Int(int64(a.Par.Schedule)))
			return refusal("diffusion", err)
		}
	}
	if o := function("julia"); o != nil {
		f.Julia = func(a *kernel.Julia) error {
			_, err := o.Call(Vector(a.Out).Writable(), Vector(a.Zs), Vector(a.Cs), Int(int64(a.Lo)), Int(int64(a.Hi)),
				Int(int64(a.MaxIter)), Int(int64(a.Par.Threads)), Int(int64(a.Par.Schedule)))
			return refusal("julia", err)
		}
	}
	if o := function("ols"); o != nil {
		f.OLS = func(a *kernel.OLS) error {
			_, err := o.Call(Vector(a.Slope).Writable(), Vector(a.Intercept).Writable(), grid(&a.Y), Int(int64(a.Lo)),
				Int(int64(a.Hi)), Int(int64(a.Par.Threads)), Int(int64(a.Par.Schedule)))
			return refusal("ols", err)
		}
	}
	return f
}

func grid(g *kernel.Grid) Value { return Matrix(g.Data, g.Rows, g.Cols, g.LD, g.Layout) }

// must returns the result of a function of the call family. These take any argument, so it panics only with a broken
// module, or after the interpreter was stopped.
func must(v Value, err error) Value {
	if err != nil {
		panic(err)
	}
	return v
}

var statuses = map[string]kernel.Status{
	"toll.ShapeError":   kernel.ErrShape,
	"toll.ShortError":   kernel.ErrShort,
	"toll.AlignError":   kernel.ErrAlign,
	"toll.OverlapError": kernel.ErrOverlap,
	"toll.ArgError":     kernel.ErrArg,
	"toll.PanicError":   kernel.ErrPanic,
}

// refusal returns the kernel's error of the same meaning as err, or err.
func refusal(name string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		if status, ok := statuses[e.Type]; ok {
			return &kernel.Error{Kernel: name, Status: status, Detail: e.Message}
		}
	}
	return err
}
