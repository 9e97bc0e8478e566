// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package seam is the one interface between the routes and all that verifies, measures or shows them: a
// [Route] is opened once and gives a [Library], a struct of typed functions.
//
// What will surprise: a route that cannot be had here (not built, or its runtime is not installed) fails
// with an error that is [ErrUnavailable]; only that may be skipped. One that is here but not as it should
// be, such as a library of another interface version, fails with any other error, and that is a failure.
package seam

import (
	"errors"
	"sync"

	"toll/goside/kernel"
	"toll/goside/via/thread"
)

// ErrUnavailable is what the error of a route that cannot be had on this machine, or in this build, wraps.
var ErrUnavailable = errors.New("unavailable")

// Mend is the command that builds all native libraries; errors about them name it.
const Mend = "scripts/build.sh"

// Route is one language reached through one crossing.
type Route struct {
	Lang, Via string
	Bound     *Bound // nil: results are the reference's, bit for bit; see BoundOn
	Slow      bool   // a large case takes it a minute: the suite leaves these out unless told
	open      func() (*Library, error)
}

// NewRoute returns a route that is opened by open, once, when it is first needed. What that does to its thread, by a
// library's constructor or a module's import, is put back and noted, see [thread.Opening].
func NewRoute(lang, via string, open func() (*Library, error)) *Route {
	r := &Route{Lang: lang, Via: via}
	r.open = sync.OnceValues(func() (l *Library, err error) {
		thread.Opening(r.Name(), func() { l, err = open() })
		return l, err
	})
	return r
}

// Within declares how far the route's results may be from the reference, and returns the route.
func (r *Route) Within(b Bound) *Route {
	r.Bound = &b
	return r
}

// OnlySmall notes that the route is Slow, and returns it.
func (r *Route) OnlySmall() *Route {
	r.Slow = true
	return r
}

// BoundOn returns the bound on a kernel's results, nil if they are the reference's, bit for bit.
func (r *Route) BoundOn(kernel string) *Bound {
	if r.Bound == nil || r.Bound.Kernel != kernel {
		return nil
	}
	return r.Bound
}

// Name returns "lang/via".
func (r *Route) Name() string { return r.Lang + "/" + r.Via }

// Open returns the route's library, always the same, or the error with which it cannot be had. It is kept
// until the process ends.
func (r *Route) Open() (*Library, error) { return r.open() }

// Library is a language's kernels, ready to be called.
type Library struct {
	kernel.Funcs              // checked, see [kernel.Funcs.Checked]
	Raw          kernel.Funcs // the same unchecked: the caller guarantees that the arguments' Check passes
	Native       bool         // Raw refuses by itself what native code can see to be wrong
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

// Bound is how far a route's results on a kernel may lie from the reference's; on all others they equal it.
//
// For ols it holds on each row whose observations are finite and whose terms stay clear of an overflow, whatever stands
// in the rows beside it. The other rows are written, too. Of them it is only promised that no number stands for what
// is none: where the formula gives a NaN or an infinity (in exact arithmetic, if all observations are finite), the route
// returns one of the two.
type Bound struct {
	Kernel string
	// ULP is in units of the last place: for ols of the magnitude of the terms summed, see [kernel.OLS.Scale]; for julia of
	// 4, around which |z|² may be taken for less or not.
	ULP float64
	// Normwise is set if errors in ols are in proportion to the whole row, the observation in the middle included, which
	// has no weight in the slope: on uneven rows the units are larger then, see [kernel.OLS.Scale].
	Normwise bool
	Cause    string
}
