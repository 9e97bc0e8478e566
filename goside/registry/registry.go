// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package registry is the list of routes: one row for each language through each crossing. Nothing registers itself; a
// route that is not here does not exist.
package registry

import (
	"fmt"
	"path"
	"slices"

	"toll/goside/kernel"
	"toll/goside/kernel/fast"
	"toll/goside/level"
	"toll/goside/seam"
	"toll/goside/via/direct"
	"toll/goside/via/purego"
	"toll/goside/via/trampoline"
	"toll/goside/via/wasm"
)

// Baseline is the default denominator of ratios.
const Baseline = "c/cgo"

var (
	qr   = seam.Bound{Kernel: "ols", ULP: 16, Grows: 1.0 / 16, Normwise: true, Cause: "dgels solves by QR factorisation: square roots, and more sums (measured: 10, and 30 for 700 observations); a row with a NaN or an infinity gets NaN"}
	sums = seam.Bound{Kernel: "ols", ULP: 16, Grows: 1.0 / 64, Cause: "dgemv sums unpaired, in its own order, which is another on each processor, with fused multiply-adds (measured: 13, and on arm64 more for 2050 observations); a row with a NaN or an infinity gets one of the two"}
)

var native = []*seam.Route{
	goRoute("go", kernel.Go()),
	goRoute("go-par", kernel.GoPar()),
	goRoute("gonum", direct.Gonum()),

	cgoRoute("c"),
	cgoRoute("c-omp"),
	cgoRoute("fortran"),
	cgoRoute("fortran-omp"),
	cgoRoute("rust"),
	cgoRoute("rust-par"),

	trampolineRoute("c", "libtoll_c.so"),
	trampolineRoute("c-omp", "libtoll_c_omp.so"),
	trampolineRoute("fortran", "libtoll_fortran.so"),
	trampolineRoute("fortran-omp", "libtoll_fortran_omp.so"),
	trampolineRoute("rust", "libtoll_rust.so"),
	trampolineRoute("rust-par", "libtoll_rust.so"),

	puregoRoute("c", "libtoll_c.so"),
	puregoRoute("c-omp", "libtoll_c_omp.so"),
	puregoRoute("fortran", "libtoll_fortran.so"),
	puregoRoute("fortran-omp", "libtoll_fortran_omp.so"),
	puregoRoute("rust", "libtoll_rust.so"),
	puregoRoute("rust-par", "libtoll_rust.so"),

	syscallNRoute("c", "libtoll_c.so"),
	syscallNRoute("c-omp", "libtoll_c_omp.so"),
	syscallNRoute("fortran", "libtoll_fortran.so"),
	syscallNRoute("fortran-omp", "libtoll_fortran_omp.so"),
	syscallNRoute("rust", "libtoll_rust.so"),
	syscallNRoute("rust-par", "libtoll_rust.so"),

	wasmRoute("c", "toll_c.wasm"),
	wasmRoute("c-simd128", "toll_c_simd128.wasm"),
	wasmRoute("rust", "toll_rust.wasm"),

	netlibRoute("lapack", dgels).Within(qr),
	netlibRoute("lapack-nrhs", dgelsMany).Within(qr),
	netlibRoute("blas", blas).Within(sums).Quieting("omatcopy multiplies by 1, and a product is never a signalling NaN"),
}

// tunedLanguages are those at the hardware's speed, and their shared libraries.
var tunedLanguages = []struct{ lang, file string }{
	{"c-simd", "libtoll_c_simd.so"},
	{"c-simd-brute", "libtoll_c_simd.so"},
	{"c-simd-omp", "libtoll_c_simd_omp.so"},
	{"fortran-simd", "libtoll_fortran_simd.so"},
	{"fortran-simd-brute", "libtoll_fortran_simd.so"},
	{"rust-simd", "libtoll_rust.so"},
	{"rust-simd-brute", "libtoll_rust.so"},
	{"rust-simd-par", "libtoll_rust.so"},
}

// tunedGo are those with no border to cross.
var tunedGo = []struct {
	lang string
	of   func(*fast.Level) kernel.Funcs
}{
	{"go-fast", (*fast.Level).Go},
	{"go-fast-brute", (*fast.Level).Brute},
	{"go-fast-par", (*fast.Level).GoPar},
}

// tuned are the routes to all of these, at the best level of the processor; levels are those to each level, so that all are
// verified.
var tuned, levels = tunedRoutes(""), tunedRoutes(level.Names...)

// rungs are steps from a plain language to a tuned one, for the study of what each gives.
var rungs = []*seam.Route{
	cgoRoute("c-simd-rung1"),
	cgoRoute("c-simd-rung2"),
}

var routes = slices.Concat(native, tuned, python, beside)

// all are the routes that can be asked for by name.
var all = slices.Concat(routes, levels, rungs)

// Routes returns the routes that users choose from, in display order.
func Routes() []*seam.Route { return routes }

// All returns these and the routes to single levels and rungs.
func All() []*seam.Route { return all }

// Tuned returns the routes to tuned languages.
func Tuned() []*seam.Route { return tuned }

// Native returns the routes to compiled languages without another language between: those as fast as the machine
// allows, and the default of toll bench.
func Native() []*seam.Route { return native }

// Match returns the routes whose name, "lang/via", matches one of the patterns in the sense of [path.Match]. Each
// pattern must match a route; it matches single levels and rungs only if it matches none of [Routes].
func Match(patterns []string) ([]*seam.Route, error) {
	matching := map[*seam.Route]bool{}
	for _, pattern := range patterns {
		matches := func(r *seam.Route) bool {
			ok, _ := path.Match(pattern, r.Name())
			matching[r] = matching[r] || ok
			return ok
		}
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, seam.Usagef("registry: route %q: %w", pattern, err)
		}
		found := false
		for _, among := range [][]*seam.Route{routes, levels, rungs} {
			for _, r := range among {
				found = matches(r) || found
			}
			if found {
				break
			}
		}
		if !found {
			return nil, seam.Usagef("registry: no route matches %q, want one such as rust/purego or '*/cgo': see toll list", pattern)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(r *seam.Route) bool { return !matching[r] }), nil
}

// tunedRoutes returns the routes to all tuned languages at these levels; "" is the best one.
func tunedRoutes(levels ...string) (all []*seam.Route) {
	for _, l := range tunedGo {
		for _, name := range levels {
			all = append(all, fastRoute(level.Join(l.lang, name), name, l.of))
		}
	}
	for _, l := range tunedLanguages {
		for _, name := range levels {
			lang := level.Join(l.lang, name)
			all = append(all, cgoRoute(lang))
			if name == "" { // the stubs are the same at each level
				all = append(all, trampolineRoute(lang, l.file))
			}
			all = append(all, puregoRoute(lang, l.file), syscallNRoute(lang, l.file))
		}
	}
	return all
}

func goRoute(lang string, f kernel.Funcs) *seam.Route {
	return seam.NewRoute(lang, "direct", func() (*seam.Library, error) { return direct.Open(f) })
}

func fastRoute(lang, name string, of func(*fast.Level) kernel.Funcs) *seam.Route {
	return seam.NewRoute(lang, "direct", func() (*seam.Library, error) {
		l, ok := fast.At(name)
		switch {
		case ok:
			return direct.Open(of(l))
		case level.Lacking(lang) != "":
			return nil, fmt.Errorf("fast: %w: %s", seam.ErrUnavailable, level.Lacking(lang))
		}
		return nil, fmt.Errorf("fast: %w", level.CheckForced())
	})
}

func trampolineRoute(lang, file string) *seam.Route {
	return seam.NewRoute(lang, "trampoline", func() (*seam.Library, error) { return trampoline.Open(file, lang) })
}

func puregoRoute(lang, file string) *seam.Route {
	return seam.NewRoute(lang, "purego", func() (*seam.Library, error) { return purego.Open(file, lang) })
}

func syscallNRoute(lang, file string) *seam.Route {
	return seam.NewRoute(lang, "syscalln", func() (*seam.Library, error) { return purego.OpenSyscallN(file, lang) })
}

func wasmRoute(lang, file string) *seam.Route {
	return seam.NewRoute(lang, "wasm", func() (*seam.Library, error) { return wasm.Open(file, lang) })
}
