// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package seam is the one interface between the routes and all that verifies, measures or shows them: a [Route] is
// opened once and gives a [Library], a struct of typed functions.
//
// Note: a route that is not available here (not built, or its runtime is not installed) returns an error that is
// [ErrUnavailable]; only such a route may be skipped. A route that is present but wrong, such as a library of another
// interface version, returns any other error and is a failure.
package seam

import (
	"errors"
	"fmt"
	"sync"

	"toll/goside/kernel"
	"toll/goside/via/thread"
)

// ErrUnavailable is wrapped by the error of a route that is not available on this machine, or in this build.
var ErrUnavailable = errors.New("unavailable")

// UsageError is the error of a request that is wrong in itself: an unknown name, or a value that is not allowed. It says
// what the error in it says.
type UsageError struct{ Err error }

func (u UsageError) Error() string { return u.Err.Error() }

// Unwrap returns the error in it.
func (u UsageError) Unwrap() error { return u.Err }

// Usagef returns a [UsageError]; its arguments are those of [fmt.Errorf].
func Usagef(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// Mend is the command that builds all native libraries; errors about them name it.
const Mend = "scripts/build.sh"

// Route is one language reached through one crossing.
type Route struct {
	Lang, Via string
	Bound     *Bound // nil: results are the reference's, bit for bit; see BoundOn
	Quiets    string // why transposition may return a signalling NaN as a quiet one; "": it may not
	Slow      bool   // a large case takes a minute: the suite omits these unless told
	Sampled   bool   // any call takes long: the suite asks for one case in twelve unless told, and some tests for none
	open      func() (*Library, error)

	functions []string // see Declares
	find      func() error
}

// NewRoute returns a route. It calls open once, when the route is first needed. If that changes the thread, by a
// library's constructor or a module's import, the change is undone and noted, see [thread.Opening].
func NewRoute(lang, via string, open func() (*Library, error)) *Route {
	r := &Route{Lang: lang, Via: via}
	r.open = sync.OnceValues(func() (l *Library, err error) {
		thread.Opening(r.Name(), func() { l, err = open() })
		return l, err
	})
	return r
}

// Within declares how far the route's results may be from the reference. It returns the route.
func (r *Route) Within(b Bound) *Route {
	r.Bound = &b
	return r
}

// Quieting declares that transposition may return a signalling NaN as a quiet one. It returns the route.
func (r *Route) Quieting(cause string) *Route {
	r.Quiets = cause
	return r
}

// Whole returns a copy of the route that is neither Slow nor Sampled, over the same library.
func (r *Route) Whole() *Route {
	whole := *r
	whole.Slow, whole.Sampled = false, false
	return &whole
}

// OnlySmall notes that the route is Slow, and returns it.
func (r *Route) OnlySmall() *Route {
	r.Slow = true
	return r
}

// OnlySome notes that the route is Slow and Sampled, and returns it.
func (r *Route) OnlySome() *Route {
	r.Slow, r.Sampled = true, true
	return r
}

// Declares notes what a route offers that takes long to open, by the names of [kernel.Functions], and how to tell
// quickly whether it is there. It returns the route.
func (r *Route) Declares(find func() error, functions ...string) *Route {
	r.functions, r.find = functions, find
	return r
}

// Glance returns what the route offers, in a moment. It opens the route, unless that takes long: then it returns what the
// route declares, and the error says that something of it is not there. A route that is all there may yet fail to open.
func (r *Route) Glance() (functions []string, opened bool, err error) {
	if r.find != nil {
		thread.Opening(r.Name(), func() { err = r.find() })
		return r.functions, false, err
	}
	library, err := r.Open()
	if err != nil {
		return nil, false, err
	}
	for _, f := range library.Offered() {
		functions = append(functions, f.Name)
	}
	return functions, true, nil
}

// BoundOn returns the bound on a kernel's results, or nil if they equal the reference to the bit.
func (r *Route) BoundOn(kernel string) *Bound {
	if r.Bound == nil || r.Bound.Kernel != kernel {
		return nil
	}
	return r.Bound
}

// Name returns "lang/via".
func (r *Route) Name() string { return r.Lang + "/" + r.Via }

// Open returns the route's library, always the same one, or the error of opening it. The library stays open until the
// process ends.
func (r *Route) Open() (*Library, error) { return r.open() }

// Library is a language's kernels, ready to be called.
type Library struct {
	kernel.Funcs               // checked, see [kernel.Funcs.Checked]
	Raw          kernel.Funcs  // unchecked: the caller guarantees that the arguments' Check passes
	Native       bool          // Raw itself refuses any fault that native code can see
	Memory       kernel.Memory // where kernels work without a copy; nil: they reach Go's memory, or none
	Build        Build
}

// NewLibrary returns the library with these functions.
func NewLibrary(raw kernel.Funcs, native bool, build Build) *Library {
	return &Library{Funcs: raw.Checked(), Raw: raw, Native: native, Build: build}
}

// Build says how a library was made.
type Build struct {
	Compiler string `json:"compiler"`
	Flags    string `json:"flags"`
}

func (b Build) String() string {
	if b.Flags == "" {
		return b.Compiler
	}
	return b.Compiler + ", " + b.Flags
}

// Bound is how far a route's results on a kernel may lie from the reference's. Without a bound they are equal.
//
// For ols it holds on each row whose observations are finite and whose terms stay clear of an overflow, whatever the
// other rows hold. The other rows are written, too. For them the only promise is that a NaN or an infinity of the
// formula (in exact arithmetic, if all observations are finite) is returned as one of the two, never as a number.
type Bound struct {
	Kernel string
	// ULP is in units of the last place. For ols these are of the magnitude of the terms summed, see
	// [kernel.OLS.Scale]; for julia they are of 4: within the bound, |z|² may be taken for less than 4 or not.
	ULP float64
	// Grows is how many more these are for each observation in a row: errors of a method for any system of equations grow
	// with its size.
	Grows float64
	// Normwise is set if errors in ols are proportional to the whole row, including the observation in the middle,
	// which has no weight in the slope. On uneven rows the units are then larger, see [kernel.OLS.Scale].
	Normwise bool
	Cause    string
}

// Within returns how far a result of so many observations may lie from the reference's.
func (b *Bound) Within(observations int) float64 { return b.ULP + b.Grows*float64(observations) }
