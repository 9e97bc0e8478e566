// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package harness is what a program of package program runs on: it loads a user's library, places arguments in memory that
// pages without access surround, makes calls, looks at what they left behind, and times them. It runs in a child process, by a
// [Job], and reports each step as an [Event] before the next, so that a crash loses nothing.
//
// The caller guarantees that a function has the prototype that the job says: with another one anything may happen, to the child.
package harness

import (
	"unsafe"

	"toll/goside/measure"
	"toll/goside/try/argument"
)

// Frame holds the arguments of a call, and its result.
type Frame struct {
	arguments []unsafe.Pointer // to each value: a number, a structure, or a pointer
	result    unsafe.Pointer

	parameters []parameter
	size       int             // of the result
	freeing    *Frame          // of a call that frees the result
	freed      *unsafe.Pointer // its argument
	number     uint32          // for the worker
	worker     *worker         // that makes the calls through a process
	prepared   *worker         // that knows the frame
	text       []byte          // of the worker's, that the result leads to
}

// Argument returns where the value of a parameter lies.
func (f *Frame) Argument(k int) unsafe.Pointer { return f.arguments[k] }

// Result returns where the result is to be put: as many bytes as it has, and at least 16.
func (f *Frame) Result() unsafe.Pointer { return f.result }

// Calls makes n calls with the arguments of a frame, loaded once, and puts the last result into the frame.
type Calls func(f *Frame, n int)

// Crossing is one way to call the functions of a program.
type Crossing struct {
	Name string // "cgo"
	Lang string // "go" of a Go function, else "": the library's
	// Open returns, by a function's name, what makes its calls, given the address of the function or of another one of the same
	// prototype. A function that the crossing cannot pass is not in it.
	Open map[string]func(address uintptr) (Calls, error)
}

// What a job is to do.
const (
	Verify  = "verify"  // make a call for each seed, and report all that it left
	Measure = "measure" // time all crossings together, in rounds
	Crowd   = "crowd"   // time one crossing from several goroutines, with its latencies
)

// Job is what a child is to do. It is read as JSON from the file that the program's argument names.
type Job struct {
	Do        string
	Library   string
	Reference *Reference       `json:",omitempty"` // a further function, of the same prototype; Measure: to time, too; Verify: to call instead
	Plan      *argument.Plan   // of the function
	Crossings []string         // Verify, Crowd: one; Measure: all that are to be timed. "process" is a crossing of the harness itself
	Sets      []int            // of the plan; Verify: one
	Seeds     []uint64         `json:",omitempty"` // Verify: of each call
	Low       bool             `json:",omitempty"` // Verify: memory begins at a page without access before it, rather than ends at one behind it
	Slack     map[string]int64 `json:",omitempty"` // Verify: bytes of canaries between an argument's memory and that page
	Rounds    int              `json:",omitempty"` // Measure, Crowd
	Batch     int64            `json:",omitempty"` // Measure: ns; Crowd: of a pass
	Goroutine []int            `json:",omitempty"` // Crowd: how many goroutines
	Seed      uint64           `json:",omitempty"` // of the order within rounds
}

// Reference is a function of another library.
type Reference struct{ Library, Symbol string }

// Event is a line of JSON on the child's file descriptor 3. One of its fields is set.
type Event struct {
	Loaded  *Loaded  `json:",omitempty"`
	Calling *Calling `json:",omitempty"`
	Called  *Called  `json:",omitempty"`
	Timed   []Timed  `json:",omitempty"`
	Step    *Step    `json:",omitempty"`
	Notes   []string `json:",omitempty"` // Measure: "p: 3 numbers became infinite within a batch"
	Error   string   `json:",omitempty"` // the job failed
	Done    bool     `json:",omitempty"` // and all is reported
}

// Loaded says that the library is loaded. The step before it is "loading".
type Loaded struct {
	Noticed []string // what loading changed in the process, as in Called
}

// Calling says that a call is about to be made: if it is the last event, the call did not return.
type Calling struct {
	Crossing string
	Set      int
	Seed     uint64
	Memory   []Placed // of the arguments that are pointers
}

// Placed says where an argument's memory lies.
type Placed struct {
	Name           string
	Address, Size  uint64
	Before, Behind uint64 // bytes between it and the pages without access
	Low            bool
	ReadOnly       bool // no page of it may be written during the call
}

// GuardBytes is how many bytes without access lie before and behind the pages of each argument's memory.
const GuardBytes = 1 << 20

// Called says what a call left.
type Called struct {
	Crossing string
	Set      int
	Seed     uint64
	Result   []byte            // as many bytes as it has
	Text     *string           `json:",omitempty"` // what a result that points to characters leads to
	Into     string            `json:",omitempty"` // the argument in whose memory, or at whose end, a result that is a pointer lies
	Offset   int64             `json:",omitempty"` // within that
	Memory   map[string][]byte // by name: each argument's memory after the call
	Spilled  map[string]int64  `json:",omitempty"` // by name: how many bytes of the canaries behind the memory were changed, up to the last one
	Under    map[string]int64  `json:",omitempty"` // the same before the memory, down to the first one
	Noticed  []string          `json:",omitempty"` // "it leaves the floating-point unit so that it flushes subnormal results to zero"
}

// Timed is what was measured of one subject: measure.Series, without its functions. The names are
//
//	Try/op=SYMBOL/lang=LANG/via=CROSSING/n=N              a call
//	Try/op=SYMBOL/lang=LANG/via=CROSSING/n=N/entry=again  the same once more, of the first crossing: what the two differ by is noise
//	TryBorder/op=SYMBOL/lang=LANG/via=CROSSING/n=N        a call of a function that does nothing, with the same arguments
//	TryCrowd/op=SYMBOL/lang=LANG/via=CROSSING/n=N/goroutines=G  calls of several goroutines, with p50-ns, p99-ns, p999-ns, max-ns and clock-ns
//
// If Plan.Free names a function, an operation is a call together with the call of that function on the result.
//
// LANG is the library's language, or "native" if it is not known; "reference" is the further function, "go" the Go function (via
// direct). n is left out if nothing varies. The parent adds the facts.
type Timed struct {
	Name    string
	N       int // operations in a batch
	Samples []measure.Sample
}

// Step says what is about to be done, and how far measuring is.
type Step struct {
	On        string // "loading", "reading the result", or the name of the row that is timed
	Done, All int    `json:",omitempty"` // samples
}
