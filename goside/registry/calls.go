// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package registry

import (
	"errors"
	"fmt"

	"toll/goside/calls"
	"toll/goside/seam"
	"toll/goside/via/libffi"
	"toll/goside/via/process"
	"toll/goside/via/purego"
	"toll/goside/via/trampoline"
	"toll/goside/via/wasm"
)

type crossing struct {
	name string
	open func() (*calls.Funcs, error)
}

func (c *crossing) lang() string {
	if c.name == "direct" {
		return "go"
	}
	return "c"
}

// crossings are the crossings of toll calls.
var crossings = []crossing{
	{"direct", func() (*calls.Funcs, error) { return calls.Go(), nil }},
	{"cgo", cgoCalls},
	{"trampoline", trampoline.OpenCalls},
	{"purego", purego.OpenCalls},
	{"syscalln", purego.OpenCallsSyscallN},
	{"libffi", libffi.OpenCalls},
	{"wasm", wasm.OpenCalls},
	{"wasm-memory", wasm.OpenCallsMemory},
}

// Crossings opens all crossings within this process that toll calls studies, the baseline "direct" first. It omits those
// that are not available here; missing names them and says why. The error is that of a crossing that is present but wrong.
func Crossings() (open []calls.Crossing, missing, err error) {
	for _, c := range crossings {
		if open, missing, err = add(open, missing, c.lang(), c.name, c.open); err != nil {
			return nil, missing, err
		}
	}
	return open, missing, nil
}

// Beside is [Crossings] to other processes. It starts them once; they end with this one.
func Beside() (open []calls.Crossing, missing, err error) {
	for _, c := range process.Calls() {
		if open, missing, err = add(open, missing, c.Lang, c.Via, c.Open); err != nil {
			return nil, missing, err
		}
	}
	return open, missing, nil
}

// OpenCrossing opens one of [Crossings] or [Beside] alone.
func OpenCrossing(lang, name string) (calls.Crossing, error) {
	open := func(f func() (*calls.Funcs, error)) (calls.Crossing, error) {
		funcs, err := f()
		return calls.Crossing{Name: name, Lang: lang, Funcs: funcs}, err
	}
	for _, c := range crossings {
		if c.name == name && c.lang() == lang {
			return open(c.open)
		}
	}
	for _, c := range process.Calls() {
		if c.Via == name && c.Lang == lang {
			return open(c.Open)
		}
	}
	return calls.Crossing{}, seam.Usagef("registry: there is no crossing %s/%s", lang, name)
}

func add(open []calls.Crossing, missing error, lang, name string, f func() (*calls.Funcs, error)) ([]calls.Crossing, error, error) {
	funcs, err := f()
	switch {
	case errors.Is(err, seam.ErrUnavailable):
		return open, errors.Join(missing, fmt.Errorf("%s/%s: %w", lang, name, err)), nil
	case err != nil:
		return nil, missing, fmt.Errorf("%s/%s: %w", lang, name, err)
	}
	return append(open, calls.Crossing{Name: name, Lang: lang, Funcs: funcs}), missing, nil
}
