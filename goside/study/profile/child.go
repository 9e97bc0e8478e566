// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"toll/goside/kernel"
	"toll/goside/registry"
	"toll/goside/via/thread"
	"toll/goside/via/traceback"
)

// order is what a Go child does: it spends about that share of its CPU time in the kernel on a route.
type order struct {
	Route, Kernel string
	Share         float64
	For           time.Duration
	Profile       string // file that runtime/pprof writes; "": it is not used
	Resolve       bool   // native frames are noted, see package traceback
}

// truth is what a program knows of itself: times in ns, by clocks read around each call.
type truth struct {
	Native float64 `json:"native"` // CPU time in the kernel, also in another process
	Total  float64 `json:"total"`  // CPU time
	// NativeWall is of a Python program: the time that passed in the kernel.
	NativeWall float64 `json:"native_wall"`
	Wall       float64 `json:"wall"`
	// Start and End are of the loop, by the clock CLOCK_MONOTONIC.
	Start int64 `json:"start"`
	End   int64 `json:"end"`
	Calls int   `json:"calls"`
}

// Sides of the problems whose kernel is called again and again: a call takes about a millisecond.
const (
	side    = 100
	maxiter = 300
	olsRows = 20_000
	olsDays = 14
)

// child carries out the order that is its argument, and prints the truth.
func child(out io.Writer, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("child profile has the arguments %q, want one", args)
	}
	var o order
	if err := json.Unmarshal([]byte(args[0]), &o); err != nil {
		return fmt.Errorf("child profile has the argument %q, want an order: %w", args[0], err)
	}
	if o.Share <= 0 || o.Share >= 1 {
		return fmt.Errorf("child profile has the share %v, want one between 0 and 1", o.Share)
	}
	routes, err := registry.Match([]string{o.Route})
	if err != nil {
		return err
	}
	library, err := routes[0].Open()
	if err != nil {
		return err
	}
	call, verify, err := jobOf(o.Kernel, &library.Funcs)
	if err != nil {
		return err
	}
	if o.Resolve {
		if err := traceback.On(); err != nil {
			return err
		}
	}
	found, err := o.carryOut(call, verify)
	if err != nil {
		return fmt.Errorf("profile: %s on %s: %w", o.Kernel, o.Route, err)
	}
	return json.NewEncoder(out).Encode(found)
}

// jobOf returns what calls a kernel once, and what compares its last result with the reference's.
func jobOf(name string, f *kernel.Funcs) (call, verify func() error, err error) {
	par := kernel.Par{Threads: runtime.GOMAXPROCS(0), Schedule: kernel.Static}
	reference := kernel.Go()
	switch name {
	case "julia":
		a, want := kernel.NewJulia(side, maxiter, par), kernel.NewJulia(side, maxiter, par)
		if err := reference.Julia(want); err != nil {
			return nil, nil, err
		}
		return func() error { return f.Julia(a) }, func() error {
			if !slices.Equal(a.Out, want.Out) {
				return errors.New("its counts are not those of the reference")
			}
			return nil
		}, nil
	case "ols":
		a, want := kernel.NewOLS(olsRows, olsDays, kernel.Row, par), kernel.NewOLS(olsRows, olsDays, kernel.Row, par)
		if err := reference.OLS(want); err != nil {
			return nil, nil, err
		}
		same := func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }
		return func() error { return f.OLS(a) }, func() error {
			if !slices.EqualFunc(a.Slope, want.Slope, same) || !slices.EqualFunc(a.Intercept, want.Intercept, same) {
				return errors.New("its lines are not those of the reference")
			}
			return nil
		}, nil
	}
	return nil, nil, fmt.Errorf("child profile has the kernel %q, want julia or ols", name)
}

// carryOut alternates calls and own work so that the share of the calls stays as ordered. The profile is of this loop only.
func (o *order) carryOut(call, verify func() error) (*truth, error) {
	if err := call(); err != nil { // what a first call costs is not the loop's
		return nil, err
	}
	if err := verify(); err != nil {
		return nil, err
	}
	workers := thread.Children()
	end := func() error { return nil }
	if o.Profile != "" {
		file, err := os.Create(o.Profile)
		if err != nil {
			return nil, err
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			return nil, err
		}
		end = func() error {
			pprof.StopCPUProfile()
			return file.Close()
		}
	}
	found, err := o.loop(call, workers)
	if err = errors.Join(err, end()); err != nil {
		return nil, err
	}
	return found, verify()
}

func (o *order) loop(call func() error, workers []int) (*truth, error) {
	var t truth
	own, others, err := spent(workers)
	if err != nil {
		return nil, err
	}
	first := own + others
	if t.Start, err = monotonic(); err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(uint64(t.Start), 0))
	calling, slack := true, 0.0
	for time.Duration(t.Wall) < o.For {
		if ahead := t.Native - o.Share*t.Total; calling && ahead > slack || !calling && ahead < -slack {
			calling, slack = !calling, maxSlack*random.Float64()
		}
		if calling {
			if err := callNative(call); err != nil {
				return nil, err
			}
			t.Calls++
		} else {
			ownWork(ownSteps)
		}
		ownNow, othersNow, err := spent(workers)
		if err != nil {
			return nil, err
		}
		now, err := monotonic()
		if err != nil {
			return nil, err
		}
		// Where the kernel is in another process, this one's time in a call is not the kernel's.
		switch {
		case len(workers) > 0:
			t.Native += othersNow - others
		case calling:
			t.Native += ownNow - own
		}
		own, others = ownNow, othersNow
		t.Total, t.Wall, t.End = own+others-first, float64(now-t.Start), now
	}
	return &t, nil
}

// callNative makes a call. Its frame in a sample says that the call was under way.
//
//go:noinline
func callNative(call func() error) error { return call() }

// ownSteps take about half a millisecond.
const ownSteps = 250_000

// maxSlack is how far the kernel's time may be ahead of its share, or behind, in ns, before the loop turns to the other work. How
// far it gets is drawn anew each time: turns in step would meet a profiler's samples, and the system's tick, in step.
const maxSlack = 3e6

// result keeps what is computed from being left out.
var result uint64

// ownWork is what the program does beside the calls.
//
//go:noinline
func ownWork(steps int) {
	x := result | 1
	for range steps {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	result = x
}

// spent returns the CPU times of this process and of others, in ns.
func spent(others []int) (own, theirs float64, err error) {
	own, err = clock(unix.CLOCK_PROCESS_CPUTIME_ID)
	for _, pid := range others {
		ns, failed := clock(int32(^pid<<3 | 2)) // as clock_getcpuclockid makes it
		theirs += ns
		err = errors.Join(err, failed)
	}
	return own, theirs, err
}

func monotonic() (int64, error) {
	ns, err := clock(unix.CLOCK_MONOTONIC)
	return int64(ns), err
}

func clock(id int32) (float64, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(id, &t); err != nil {
		return 0, fmt.Errorf("profile: clock %d: %w", id, err)
	}
	return float64(t.Nano()), nil
}
