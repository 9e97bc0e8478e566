// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build linux && (amd64 || arm64)

package trampoline

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"toll/goside/calls"
	"toll/goside/seam"
	"toll/goside/via/handle"
)

// TestWrongLibraries: a library of another interface is refused by what was found and what was wanted, as by the other
// crossings, and is no reason to skip a route.
func TestWrongLibraries(t *testing.T) {
	for file, want := range map[string]string{
		"no_symbol":     "has no symbol toll_c_table, want it",
		"other_version": "has interface version 5, want 4",
		"other_size":    "has table size 184, want 192",
		"other_header":  "has header hash 0123456789abcdef, want ",
		"null_slot":     "has call_noop NULL, want a function",
	} {
		_, err := Open("wrong/lib"+file+".so", "c")
		if err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("%s: got %v, want a failure: %s", file, err, want)
		}
	}
}

// TestMissingLibraries: only a library that is not there may be skipped.
func TestMissingLibraries(t *testing.T) {
	for name, text := range map[string]string{"absent": "", "no library": "text"} {
		dir := t.TempDir()
		t.Setenv("TOLL_LIB", dir)
		if text != "" {
			for _, file := range []string{"libtoll_c.so", callsFile} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := Open("libtoll_c.so", "c"); err == nil || errors.Is(err, seam.ErrUnavailable) != (text == "") || !strings.Contains(err.Error(), "libtoll_c.so") {
			t.Errorf("%s: got %v, want an error that names the library, and ErrUnavailable only of one that is absent", name, err)
		}
		if _, err := OpenCalls(); err == nil || errors.Is(err, seam.ErrUnavailable) != (text == "") || !strings.Contains(err.Error(), callsFile) {
			t.Errorf("%s: got %v, want an error that names the library, and ErrUnavailable only of one that is absent", name, err)
		}
	}
}

// TestMissingSymbol: a function that is not in the library is an error, not a call of address 0.
func TestMissingSymbol(t *testing.T) {
	lookup, missing, err := openCalls()
	if err != nil {
		t.Fatal(err)
	}
	if lookup("no_such_function"); *missing == nil || !strings.Contains((*missing).Error(), "no symbol toll_calls_no_such_function, want it") {
		t.Errorf("got %v, want an error that names the symbol", *missing)
	}
}

// TestAllocations: a call allocates nothing, be its block on the stack or from a pool.
func TestAllocations(t *testing.T) {
	f := open(t)
	var ints [calls.MaxArity]int64
	var doubles [calls.MaxArity]float64
	p := make([]float64, 4)
	lookup, _, err := openCalls()
	if err != nil {
		t.Fatal(err)
	}
	fill := lookup("fill")
	for name, call := range map[string]func(){
		"noop":      f.Noop,
		"add":       func() { f.Add(1, 2) },
		"sum":       func() { f.Sum(p) },
		"ints6":     func() { f.Ints[6](&ints) },
		"ints32":    func() { f.Ints[32](&ints) },
		"doubles32": func() { f.Doubles[32](&doubles) },
		"mixed":     func() { f.Mixed(calls.Mixed{A: 1}) },
		"variadic":  func() { f.Variadic(1, 2, 3, 4) },
		"errno":     func() { _, _ = f.Errno(0) },
		"callback":  func() { f.Next(1, 1) },
		"a local array": func() {
			var local [4]float64
			callFill(fill, &local[0], 4, 1)
		},
	} {
		// The race detector has a pool drop what it holds.
		if n := testing.AllocsPerRun(1000, call); n > 0 && (name != "callback" || !raceEnabled) {
			t.Errorf("%s allocates %v times a call, want 0", name, n)
		}
	}
}

func open(t testing.TB) *calls.Funcs {
	t.Helper()
	f, err := OpenCalls()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// grow uses depth KiB of the goroutine's stack, and returns depth.
//
//go:noinline
func grow(depth int) int {
	var frame [1024]byte
	frame[depth%len(frame)] = 1
	if depth == 0 {
		return int(frame[0]) - 1
	}
	return grow(depth-1) + int(frame[depth%len(frame)])
}

// TestGrownStack: a callback grows the goroutine's stack, collects garbage, and calls C again, which calls back.
func TestGrownStack(t *testing.T) {
	f := open(t)
	var nested func(x int64) int64
	nested = func(x int64) int64 {
		if got := grow(256); got != 256 {
			t.Errorf("grow returned %d, want 256", got)
		}
		runtime.GC()
		if x >= 10 {
			return x
		}
		return f.Callback(nested, x+1, 1)
	}
	for range 20 {
		done := make(chan int64)
		go func() { done <- f.Callback(nested, 0, 3) }() // whose stack is small
		if got := <-done; got != 10 {
			t.Fatalf("the callbacks returned %d, want 10", got)
		}
	}
}

const onStackVariable = "TOLL_TRAMPOLINE_ON_STACK"

// TestGrownStackMutant: with a block on the goroutine's stack, the same callback makes the result wrong, or the process
// crash. A process of its own does it.
func TestGrownStackMutant(t *testing.T) {
	if os.Getenv(onStackVariable) != "" {
		os.Exit(int(onStack(t)))
	}
	child := exec.Command(os.Args[0], "-test.run=^TestGrownStackMutant$")
	child.Env = append(os.Environ(), onStackVariable+"=1")
	if out, err := child.CombinedOutput(); err == nil {
		t.Errorf("a block on the stack went well, want a wrong result or a crash: callbacks do not move the stack here\n%s", out)
	} else if _, ran := errors.AsType[*exec.ExitError](err); !ran {
		t.Fatal(err)
	}
}

// onStack returns 0 if a call with its block on the stack returns what its callback does, else 1.
func onStack(t *testing.T) (code int64) {
	lookup, _, err := openCalls()
	if err != nil {
		t.Fatal(err)
	}
	callback, wrong := lookup("callback"), make(chan int64)
	go func() {
		g := calls.Guarded{F: func(x int64) int64 { return x + int64(grow(256)) }}
		h := handle.New(&g)
		block := callCallbackBlock{f: callback, callee: goCallbackEntry, context: h, x: 1, k: 1}
		cgocall(callCallbackStub, unsafe.Pointer(&block))
		if block.result_ != 257 {
			wrong <- 1
		}
		wrong <- 0
	}()
	return <-wrong
}

// TestStress makes calls of all kinds from 64 goroutines, while garbage is collected all the time, threads are
// preempted, and callbacks grow stacks. TOLL_STRESS says how many calls; scripts/stress.sh trampoline makes ten million.
func TestStress(t *testing.T) {
	total := int64(100_000)
	if set := os.Getenv("TOLL_STRESS"); set != "" {
		var err error
		if total, err = strconv.ParseInt(set, 10, 64); err != nil || total < 1 {
			t.Fatalf("TOLL_STRESS is %q, want a number of calls", set)
		}
	}
	f := open(t)
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	const goroutines, lifetime = 64, 1024
	var left, made, callbacks atomic.Int64
	left.Store(total)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var group sync.WaitGroup
	var over atomic.Bool
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		for !over.Load() {
			runtime.GC()
		}
	}()
	for g := range goroutines {
		group.Go(func() {
			for left.Add(-lifetime) > -lifetime && !t.Failed() {
				done := make(chan struct{})
				go func() { // whose stack is small
					defer close(done)
					n, back := stress(t, f, int64(g), lifetime)
					made.Add(n)
					callbacks.Add(back)
				}()
				<-done
			}
		})
	}
	group.Wait()
	over.Store(true)
	<-collected
	runtime.ReadMemStats(&after)
	if made.Load() < total && !t.Failed() {
		t.Errorf("made %d calls, want %d", made.Load(), total)
	}
	t.Logf("%d calls from %d goroutines, %d callbacks, %d collections of garbage, GOMAXPROCS=4, GOGC=1",
		made.Load(), goroutines, callbacks.Load(), after.NumGC-before.NumGC)
}

// stress makes n calls, and returns how many calls and callbacks it made.
func stress(t *testing.T, f *calls.Funcs, g, n int64) (made, callbacks int64) {
	same := func(name string, found, want any) {
		if found != want {
			t.Errorf("%s returned %v, want %v", name, found, want)
		}
	}
	var ints [calls.MaxArity]int64
	var doubles [calls.MaxArity]float64
	reference := calls.Go()
	for k := range n {
		x := g<<32 + k
		switch k % 16 {
		case 0:
			f.Noop()
		case 1:
			same("not", f.Not(x), ^x)
		case 2:
			same("add", f.Add(float64(x), 0.5), float64(x)+0.5)
		case 3, 4:
			for j := range ints {
				ints[j], doubles[j] = x*int64(j+1), float64(x)/float64(j+1)
			}
			arity := calls.Arities[int(k/16)%len(calls.Arities)]
			if k%16 == 3 {
				same("ints", f.Ints[arity](&ints), reference.Ints[arity](&ints))
			} else {
				same("doubles", f.Doubles[arity](&doubles), reference.Doubles[arity](&doubles))
			}
		case 5:
			same("int8", f.Int8(int8(x), -7), int64(int8(x))+14)
		case 6:
			same("uint16", f.Uint16(uint16(x), math.MaxUint16), int64(uint16(x))-2*math.MaxUint16)
		case 7:
			p := []float64{float64(x), 1, 2, 3}
			same("sum", f.Sum(p), float64(x)+6)
		case 8:
			p := make([]float64, 1+k%100)
			f.Fill(p, float64(x))
			same("fill", p[len(p)-1], float64(x))
		case 9:
			m := calls.Mixed{A: int8(x), B: float64(x), C: int32(x), D: int16(x), E: -1, F: x}
			same("mixed", f.Mixed(m), reference.Mixed(m))
		case 10:
			same("triple", f.Triple(calls.Triple{X: 1, Y: float32(k), Z: 3}), calls.Triple{X: 3, Y: 1, Z: float32(k)})
		case 11:
			same("variadic", f.Variadic(k, 2, 3, 0.5), float64(2*k)+1.5)
		case 12:
			r, err := f.Errno(int32(k%100 + 1))
			same("errno", r, int64(-1))
			same("errno", err, error(syscall.Errno(k%100+1)))
		case 13:
			same("text", len(f.TextNew(k%500)), int(k%500))
		case 14:
			same("next", f.Next(x, 2), x+2)
			callbacks += 2
		case 15:
			depth := int(k % 200)
			got := f.Callback(func(x int64) int64 {
				p := []float64{float64(grow(depth)), 1}
				return x + int64(f.Sum(p))
			}, x, 2)
			same("callback", got, x+2*int64(depth+1))
			callbacks += 2
		}
		made++
	}
	return made, callbacks
}
