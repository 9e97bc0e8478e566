// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faults

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"toll/goside/kernel"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/via/faulty"
	"toll/goside/via/process"
	"toll/goside/via/thread"
)

// native are the crossings to native code, everywhere is WebAssembly, too, and inside those within this process.
var (
	native     = slices.Concat(faulty.Within, faulty.Beside)
	everywhere = slices.Concat(faulty.Within, []string{"wasm"}, faulty.Beside)
	inside     = append(slices.Clip(faulty.Within), "wasm")
)

// runtimeFaults are those of native code while it runs.
var runtimeFaults = []Fault{
	{
		Name: "null write", On: everywhere, Open: committing(faulty.NullWrite),
		About: "Native code writes to address 0. In WebAssembly that is memory as any other: nobody sees it.",
	},
	{
		Name: "wild write", On: everywhere, Open: committing(faulty.WildWrite),
		About: "Native code writes to an address that the process does not have.",
	},
	{
		Name: "write past the end", On: everywhere, Open: library(pastTheEnd),
		About: "Native code writes one number past the end of a Go slice, into another one.",
	},
	{
		Name: "kept pointer", On: everywhere, Open: library(keptPointer),
		About: "Native code keeps a pointer to a Go slice, and writes there in the next call. Another process writes " +
			"into its own copy, and so into that call's result.",
	},
	{
		Name: "double free", On: native, Open: committing(faulty.DoubleFree),
		About: "Native code frees memory twice.",
	},
	{
		Name: "stack overflow", On: everywhere, Open: committing(faulty.StackOverflow),
		About: "A native function calls itself without end.",
	},
	{
		Name: "abort()", On: everywhere, Open: committing(faulty.Abort),
		About: "Native code calls `abort`, as failed assertions do.",
	},
	{
		Name: "exit(3)", On: everywhere, Open: committing(faulty.Exit),
		About: "Native code calls `exit`.",
	},
	{
		Name: "integer division", On: everywhere, Open: committing(faulty.IntegerDivision),
		About: "Native code divides an integer by zero. (On arm64 the quotient is 0, and nothing happens.)",
	},
	{
		Name: "trapped division", On: native, Open: committing(faulty.TrappedDivision),
		About: "Native code has floating-point exceptions trapped, and divides by zero.",
	},
	{
		Name: "rounding changed", On: native, Open: committing(faulty.Rounding),
		About: "Native code rounds upward, and leaves it so.",
	},
	{
		Name: "subnormals flushed", On: native, Open: committing(faulty.Flushing),
		About: "Native code flushes subnormals to zero, as one compiled with `-Ofast` does, and leaves it so.",
	},
	{
		Name: "traps left", On: native, Open: committing(faulty.Trapping),
		About: "Native code has floating-point exceptions trapped, and leaves it so.",
	},
	{
		Name: "rounding, guarded", On: faulty.Within, Open: library(guarded(faulty.Rounding)),
		About: "The call that changes rounding, made under Toll's `thread.Guard`.",
	},
	{
		Name: "subnormals, guarded", On: faulty.Within, Open: library(guarded(faulty.Flushing)),
		About: "The call that flushes subnormals, made under `thread.Guard`.",
	},
	{
		Name: "no memory", On: everywhere, Open: committing(faulty.NoMemory),
		About: "`malloc` returns NULL. Native code sees it, and returns `TOLL_EPANIC`.",
	},
	{
		Name: "no memory, unseen", On: everywhere, Open: committing(faulty.NoMemoryUnchecked),
		About: "`malloc` returns NULL, and native code writes there.",
	},
	{
		Name: "leak up to a limit", On: native, Open: library(leak),
		About: "Native code leaks all memory that `RLIMIT_AS` leaves, and returns `TOLL_EPANIC`. Then Go allocates 256 MiB.",
	},
	{
		Name: "handler removed", On: native, Open: library(handler),
		About: "Native code sets SIGSEGV to its default. Then Go dereferences nil, and wants to recover.",
	},
	{
		Name: "callback panics", On: inside, Open: callbacks,
		About: "Native code calls Go back, which panics. The caller recovers.",
	},
	{
		Name: "longjmp in C", On: native, Open: committing(faulty.Longjmp),
		About: "Native code leaves its own functions by `longjmp`, and returns `TOLL_EPANIC`.",
	},
	{
		Name: "longjmp over Go", On: []string{"cgo"}, Open: library(func(*seam.Library) error { return faulty.JumpOverGo() }),
		About: "Native code calls Go, which calls native code, which leaves all three by `longjmp`.",
	},
	{
		Name: "signal storm", On: everywhere, Open: storm,
		About: "SIGURG, SIGPROF, SIGCHLD and SIGWINCH arrive without pause during some hundred calls.",
	},
	{
		Name: "signal to a thread", On: native, Open: committing(faulty.SignalToThread),
		About: "SIGALRM, which Go ignores on its own threads, reaches a thread that native code made. The system chooses among all " +
			"threads; OpenBLAS, for one, makes some as soon as it is loaded.",
	},
	{
		Name: "thread ended", On: faulty.Within, Open: committing(faulty.ThreadExit), Hangs: 3 * time.Second,
		About: "Native code calls `pthread_exit`, and so ends the thread that called it.",
	},
	{
		Name: "thread ended, worker", On: faulty.Beside, Open: committing(faulty.ThreadExit),
		About: "The same in a worker, which sees to it that its process ends, too.",
	},
	{
		Name: "Ctrl-C", On: native, Open: library(interrupted(false)),
		About: "SIGINT arrives during a call of a fifth of a second. The program ends, as one that does not ask for signals should.",
	},
	{
		Name: "Ctrl-C, asked for", On: native, Open: library(interrupted(true)),
		About: "The same, in a program that asks for SIGINT by `signal.Notify`: it learns of it at once, while the call goes on.",
	},
	{
		Name: "Fortran: bounds", On: native, Open: committing(faulty.FortranBounds),
		About: "Fortran with `-fcheck=bounds` reads past the end of an array. Fortran's runtime ends the process.",
	},
	{
		Name: "Fortran: error stop", On: native, Open: committing(faulty.FortranErrorStop),
		About: "Fortran executes `error stop 4`.",
	},
	{
		Name: "Fortran: allocate", On: native, Open: committing(faulty.FortranAllocate),
		About: "Fortran's `allocate` without `stat` finds no memory.",
	},
	{
		Name: "Rust: panic", On: native, Open: committing(faulty.RustPanic),
		About: "A panic would leave an `extern \"C\"` function.",
	},
	{
		Name: "Rust: panic, caught", On: native, Open: committing(faulty.RustPanicCaught),
		About: "`catch_unwind` makes the panic `TOLL_EPANIC`, as in Toll's Rust.",
	},
	{
		Name: "C++: exception", On: native, Open: committing(faulty.CXXException),
		About: "An exception would leave an `extern \"C\"` function.",
	},
	{
		Name: "endless loop", On: inside, Open: committing(faulty.EndlessLoop), Hangs: 3 * time.Second,
		About: "A native function does not return.",
	},
	{
		Name: "endless loop, limited", On: append([]string{"wasm"}, faulty.Beside...), Open: limited, Slow: true,
		About: "The same with a limit: of 3 s for a worker, where Toll's own for a kernel is a quarter of an hour; and of 1 s for a " +
			"module that wazero compiles so that a context ends it, which Toll's crossing does not.",
	},
}

// library returns how the faulty library is opened, for a fault that commit commits.
func library(commit func(l *seam.Library) error) func(via string) (*Subject, error) {
	return func(via string) (*Subject, error) {
		return opened(func() (*seam.Library, error) { return faulty.Open(via) }, stepCheck(), commit)
	}
}

// opened returns the subject of a library, and of how it is opened, verified and made to commit a fault.
func opened(open func() (*seam.Library, error), right, commit func(l *seam.Library) error) (*Subject, error) {
	if err := faulty.Folder(); err != nil {
		return nil, err
	}
	l, err := open()
	if err != nil {
		return nil, err
	}
	return &Subject{
		Call:   func() error { return right(l) },
		Commit: func() error { return commit(l) },
		Reopen: func() error {
			again, err := open()
			if err == nil {
				l = again
			}
			return err
		},
	}, nil
}

func committing(fault faulty.Code) func(via string) (*Subject, error) {
	return library(func(l *seam.Library) error { return faulty.Commit(l, fault, make([]int32, 1)) })
}

// stepCheck returns a verified call: a step of diffusion on numbers whose results depend on rounding and on subnormals. What is
// right is computed now, on a thread whose floating-point environment is right.
func stepCheck() func(l *seam.Library) error {
	step := func(f func(*kernel.DiffusionStep) error) ([]float64, error) {
		in, out := kernel.NewGrid(16, 16, 0, kernel.Row), kernel.NewGrid(16, 16, 0, kernel.Row)
		for k := range in.Data {
			in.Data[k] = 1 / float64(k+3)
			if k < 128 {
				in.Data[k] = math.Float64frombits(uint64(k + 1)) // a subnormal
			}
		}
		err := f(&kernel.DiffusionStep{Out: out, In: in, Hi: 16, D: 1, Dt: 0.1, Par: kernel.Par{Threads: 1}})
		return out.Data, err
	}
	want, err := step(kernel.Go().Step)
	if err != nil {
		panic(err)
	}
	return func(l *seam.Library) error {
		got, err := step(l.Step)
		if err != nil {
			return err
		}
		for k := range got {
			if math.Float64bits(got[k]) != math.Float64bits(want[k]) {
				return fmt.Errorf("%w: element %d of a step is %x, want %x", errWrong, k, got[k], want[k])
			}
		}
		return nil
	}
}

// pointCheck is a verified call of julia: a point that does not escape.
func pointCheck(l *seam.Library) error {
	out := []int32{-1}
	err := l.Julia(&kernel.Julia{Out: out, Zs: make([]complex128, 1), Cs: make([]complex128, 1), Hi: 1, MaxIter: 5, Par: kernel.Par{Threads: 1}})
	if err == nil && out[0] != 5 {
		err = fmt.Errorf("%w: julia counts %d, want 5", errWrong, out[0])
	}
	return err
}

func pastTheEnd(l *seam.Library) error {
	memory := []int32{0, 42}
	err := faulty.Commit(l, faulty.PastTheEnd, memory[:1])
	if memory[1] != 42 {
		return fmt.Errorf("%w: the number behind the slice is %d, want 42", errWrong, memory[1])
	}
	return err
}

func keptPointer(l *seam.Library) error {
	memory := []int32{42}
	err := faulty.Commit(l, faulty.KeptPointer, memory)
	before := memory[0]
	if err := pointCheck(l); err != nil {
		return err
	}
	if memory[0] != before {
		return fmt.Errorf("%w: a slice of an earlier call is %d, want %d", errWrong, memory[0], before)
	}
	return err
}

func guarded(fault faulty.Code) func(l *seam.Library) error {
	return func(l *seam.Library) (err error) {
		changed := thread.Guard(func() { err = faulty.Commit(l, fault, make([]int32, 1)) })
		return errors.Join(err, fmt.Errorf("thread.Guard returns that the thread %v, and put it back", changed))
	}
}

var large []byte

func leak(l *seam.Library) error {
	err := faulty.Commit(l, faulty.Leak, make([]int32, 1))
	large = make([]byte, 256<<20)
	large = nil
	return err
}

func handler(l *seam.Library) (err error) {
	err = faulty.Commit(l, faulty.Handler, make([]int32, 1))
	defer func() {
		if recover() == nil {
			err = fmt.Errorf("%w: Go read from nil", errWrong)
		}
	}()
	var p *Fault
	return errors.New(p.Name)
}

// callbacks is a subject of callbacks from native code.
func callbacks(via string) (*Subject, error) {
	c, err := registry.OpenCrossing("c", via)
	if err != nil {
		return nil, err
	}
	return &Subject{
		Call: func() error {
			if got := c.Funcs.Callback(func(x int64) int64 { return x + 1 }, 10, 5); got != 15 {
				return fmt.Errorf("%w: a callback counts to %d, want 15", errWrong, got)
			}
			return nil
		},
		Commit: func() error {
			c.Funcs.Callback(func(int64) int64 { panic("on purpose") }, 10, 5)
			return fmt.Errorf("%w: the panic is gone", errWrong)
		},
	}, nil
}

// storm is a subject of calls while signals arrive.
func storm(via string) (*Subject, error) {
	right := stepCheck()
	return opened(func() (*seam.Library, error) { return faulty.Open(via) }, right, func(l *seam.Library) error {
		var stop atomic.Bool
		sent, calls := make(chan int), 0
		go func() {
			n := 0
			for ; !stop.Load(); n++ {
				for _, s := range []syscall.Signal{syscall.SIGURG, syscall.SIGPROF, syscall.SIGCHLD, syscall.SIGWINCH} {
					_ = syscall.Kill(os.Getpid(), s)
				}
				time.Sleep(10 * time.Microsecond)
			}
			sent <- n
		}()
		var err error
		for start := time.Now(); err == nil && (time.Since(start) < 100*time.Millisecond || calls < 100); calls++ {
			err = right(l)
		}
		stop.Store(true)
		if n := <-sent; err == nil && n == 0 {
			err = errors.New("no signal was sent")
		}
		return err
	})
}

func interrupted(asked bool) func(l *seam.Library) error {
	return func(l *seam.Library) error {
		signals := make(chan os.Signal, 1)
		if asked {
			signal.Notify(signals, os.Interrupt)
			defer signal.Stop(signals)
		}
		time.AfterFunc(50*time.Millisecond, func() { _ = syscall.Kill(os.Getpid(), syscall.SIGINT) })
		if err := faulty.Commit(l, faulty.LongLoop, make([]int32, 1)); err != nil {
			return err
		}
		<-signals
		return nil
	}
}

// limited is a subject whose calls end after a limit.
func limited(via string) (*Subject, error) {
	commit := func(l *seam.Library) error { return faulty.Commit(l, faulty.EndlessLoop, make([]int32, 1)) }
	open := func() (*seam.Library, error) { return process.OpenWithin("c", via, 200*time.Millisecond) }
	if via == "wasm" {
		open = func() (*seam.Library, error) { return faulty.OpenInterruptible(time.Second) }
	}
	return opened(open, pointCheck, commit)
}

// TestPromises: what Toll promises to contain stands in the document as contained, which TestFaults holds. So -update cannot take
// a promise back.
func TestPromises(t *testing.T) {
	verdicts, promised := read(t, "runtime"), 0
	for _, f := range runtimeFaults {
		for _, via := range f.On {
			beside := slices.Contains(faulty.Beside, via) && f.Name != "Ctrl-C" // which is for the caller, and ends it
			sandboxed := via == "wasm" && f.Name != "endless loop"
			status := f.Name == "no memory" || f.Name == "Rust: panic, caught" || f.Name == "callback panics" || f.Name == "signal storm"
			if !beside && !sandboxed && !status && !strings.HasSuffix(f.Name, ", guarded") {
				continue
			}
			promised++
			if got := verdicts[[2]string{f.Name, via}]; got != Contained {
				t.Errorf("%s by %s is %q, but Toll promises to contain it", f.Name, via, got)
			}
		}
	}
	if promised < 100 {
		t.Errorf("%d promises, want at least 100", promised)
	}
}
