// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package soak

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"

	"toll/goside/calls"
	"toll/goside/via/cpython"
	"toll/goside/via/malloc"
	"toll/goside/via/thread"
)

// Figure is something that must not grow.
type Figure struct {
	Name  string
	Unit  string // "MiB" is of bytes
	Grows Allowance
	// Look returns what it is now. ok is false if that cannot be told.
	Look func() (value float64, ok bool)
	// AtRest is set if looking itself holds what a call must not find held.
	AtRest bool
	// Zero is set if it must be 0 whenever nothing is called.
	Zero bool
}

const mebibyte = 1 << 20

// A count that no more than half a unit is added to, by its trend, has not grown.
var (
	counted = Allowance{Absolute: 0.5}
	memory  = Allowance{Absolute: 2 * mebibyte, Share: 0.02}
)

// Process returns the figures of this process and its children.
func Process() []Figure {
	var stats runtime.MemStats
	return []Figure{
		{Name: "memory, resident", Unit: "MiB", Grows: memory, Look: func() (float64, bool) { return status("/proc/self/status", "VmRSS") }},
		{Name: "threads", Grows: counted, Look: func() (float64, bool) { return status("/proc/self/status", "Threads") }},
		{Name: "descriptors", Grows: counted, Look: func() (float64, bool) { return entries("/proc/self/fd") }},
		// An arena of malloc's or the collector may split one.
		{Name: "mappings", Grows: Allowance{Absolute: 4, Share: 0.02}, Look: mappings},
		{Name: "goroutines", Grows: counted, Look: func() (float64, bool) { return float64(runtime.NumGoroutine()), true }},
		{Name: "Go's heap", Unit: "MiB", Grows: Allowance{Absolute: mebibyte / 2, Share: 0.02}, Look: func() (float64, bool) {
			runtime.ReadMemStats(&stats)
			return float64(stats.HeapAlloc), true
		}},
		{Name: "Go's objects", Grows: Allowance{Absolute: 500, Share: 0.01}, Look: func() (float64, bool) {
			return float64(stats.HeapObjects), true // read just now
		}},
		{Name: "C's allocations", Unit: "MiB", Grows: Allowance{Absolute: mebibyte / 2, Share: 0.02}, Look: func() (float64, bool) {
			n, ok := malloc.InUse()
			return float64(n), ok
		}},
		{Name: "children", Grows: counted, Look: func() (float64, bool) { return float64(len(thread.Children())), true }},
		{Name: "children's memory", Unit: "MiB", Grows: memory, Look: ofChildren(func(folder string) (float64, bool) {
			if pypy(folder) {
				return 0, true
			}
			return status(folder+"/status", "VmRSS")
		})},
		// Its compiler goes on to compile for long, and keeps what it has compiled: see [Config.Pypy].
		{Name: "PyPy's memory", Unit: "MiB", Grows: Allowance{Absolute: 4 * mebibyte, Share: 0.1}, Look: ofChildren(func(folder string) (float64, bool) {
			if !pypy(folder) {
				return 0, true
			}
			return status(folder+"/status", "VmRSS")
		})},
		{Name: "children's threads", Grows: counted, Look: ofChildren(func(folder string) (float64, bool) {
			return status(folder+"/status", "Threads")
		})},
		{Name: "children's descriptors", Grows: counted, Look: ofChildren(func(folder string) (float64, bool) { return entries(folder + "/fd") })},
	}
}

// status returns a number of a file such as /proc/self/status, in bytes where it says kB.
func status(file, name string) (float64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	_, after, ok := strings.Cut(string(text), "\n"+name+":")
	if !ok {
		return 0, false
	}
	line, _, _ := strings.Cut(after, "\n")
	fields := strings.Fields(line)
	if len(fields) == 0 {
		return 0, false
	}
	n, err := strconv.ParseFloat(fields[0], 64)
	if len(fields) > 1 && fields[1] == "kB" {
		n *= 1 << 10
	}
	return n, err == nil
}

func pypy(folder string) bool {
	name, _ := os.ReadFile(folder + "/comm")
	return strings.HasPrefix(string(name), "pypy")
}

func entries(folder string) (float64, bool) {
	f, err := os.Open(folder)
	if err != nil {
		return 0, false
	}
	defer func() { _ = f.Close() }()
	names, err := f.Readdirnames(-1)
	n := len(names)
	if folder == "/proc/self/fd" {
		n-- // f's own
	}
	return float64(n), err == nil
}

func mappings() (float64, bool) {
	text, err := os.ReadFile("/proc/self/maps")
	return float64(strings.Count(string(text), "\n")), err == nil
}

// ofChildren sums over the children.
func ofChildren(look func(folder string) (float64, bool)) func() (float64, bool) {
	return func() (sum float64, ok bool) {
		for _, pid := range thread.Children() {
			if n, ok := look("/proc/" + strconv.Itoa(pid)); ok { // else it has just ended
				sum += n
			}
		}
		return sum, true
	}
}

// Python returns figures of the embedded interpreter. It starts it, unless that is done. tidy is to be called before they are
// looked at when nothing is called.
func Python() (figures []Figure, tidy func(), err error) {
	in, err := cpython.Default()
	if err != nil {
		return nil, nil, err
	}
	function := func(module, name string) func(arguments ...cpython.Value) (cpython.Value, error) {
		v, failed := in.Import(module, name)
		err = errors.Join(err, failed)
		if failed != nil {
			return nil
		}
		return v.Object().Call
	}
	blocks, collect := function("sys", "getallocatedblocks"), function("gc", "collect")
	objects, length := function("gc", "get_objects"), function("builtins", "len")
	if err != nil {
		return nil, nil, err
	}
	figures = []Figure{
		{Name: "Python's blocks of memory", Grows: Allowance{Absolute: 300, Share: 0.005}, Look: func() (float64, bool) {
			n, err := blocks()
			return float64(n.Int()), err == nil
		}},
		{Name: "Python's objects", AtRest: true, Grows: Allowance{Absolute: 100, Share: 0.002}, Look: func() (float64, bool) {
			list, err := objects()
			if err != nil {
				return 0, false
			}
			defer list.Object().Release()
			n, err := length(cpython.Of(list.Object()))
			return float64(n.Int()), err == nil
		}},
		{Name: "slices that Python keeps", Zero: true, Grows: counted, Look: func() (float64, bool) { return float64(in.Held()), true }},
	}
	return figures, func() { _, _ = collect() }, nil
}

// Texts returns the figure of texts that C has allocated and that no crossing has had freed.
func Texts(crossings []calls.Crossing) Figure {
	return Figure{Name: "texts that C keeps", Zero: true, Grows: counted, Look: func() (float64, bool) {
		var n int64
		for _, c := range crossings {
			if c.Funcs.TextLive != nil {
				n += c.Funcs.TextLive()
			}
		}
		return float64(n), true
	}}
}
