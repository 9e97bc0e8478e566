// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"errors"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/level"
	"toll/goside/seam"
)

// tunedCs is how many random c each tuned language is tried with.
const tunedCs = 10_000

// TestTunedJulia holds each tuned language, at each level, to the reference for random c, where a certificate that an
// orbit never escapes may be found, missed or barely found: all over |z| < 2.5, and about the edges of the largest
// regions whose c have an attracting cycle. One crossing will do, unless $TOLL_ROUTES names others.
func TestTunedJulia(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(16, 16))
	problems := make([]*kernel.Julia, tunedCs)
	for k := range problems {
		problems[k] = randomC(rng)
		if err := kernel.Go().Julia(problems[k]); err != nil {
			t.Fatal(err)
		}
	}
	ofTuned(t, func(lang string) bool { return true }, func(t *testing.T, library *seam.Library) {
		for _, want := range problems {
			a := *want
			a.Out = make([]int32, len(want.Out))
			if err := library.Julia(&a); err != nil {
				t.Fatal(err)
			}
			for k := range a.Out {
				if a.Out[k] != want.Out[k] {
					t.Fatalf("z %v, c %v, maxiter %d: counted %d, want %d", a.Zs[k], a.Cs[k], a.MaxIter, a.Out[k], want.Out[k])
				}
			}
		}
	})
}

// TestCertificates asks for 2³¹-1 iterations of points that an attracting cycle draws in. All that are done take days, so a
// certificate has to be found: without it all other tests would hold as well. go-fast has a test of its own: it looks for one
// when the first points have done all their iterations.
func TestCertificates(t *testing.T) {
	t.Parallel()
	const n = 5000
	var problems []*kernel.Julia
	for _, c := range []complex128{kernel.JuliaC, 0.2, -1, -1.2, complex(-0.12, 0.74)} {
		a := &kernel.Julia{Zs: make([]complex128, n), Cs: slices.Repeat([]complex128{c}, n), Out: make([]int32, n), Hi: n,
			MaxIter: 3000, Par: kernel.Par{Threads: 1}}
		// The orbit of 0 is drawn in, and so is what lies close to it.
		var z complex128
		for k := range a.Zs {
			a.Zs[k] = z + cmplx.Rect(1e-4, float64(k))
			if z = z*z + c; k%100 == 0 {
				z = 0
			}
		}
		if err := kernel.Go().Julia(a); err != nil {
			t.Fatal(err)
		}
		for k, count := range a.Out {
			if count != a.MaxIter {
				t.Fatalf("z %v, c %v: escapes after %d iterations, want a point that does not", a.Zs[k], c, count)
			}
		}
		a.MaxIter = math.MaxInt32
		problems = append(problems, a)
	}
	certifies := func(lang string) bool { return !level.Brute(lang) && !strings.HasPrefix(lang, "go-") }
	ofTuned(t, certifies, func(t *testing.T, library *seam.Library) {
		for _, p := range problems {
			a := *p
			a.Out = make([]int32, n)
			if err := library.Julia(&a); err != nil {
				t.Fatal(err)
			}
			for k, count := range a.Out {
				if count != a.MaxIter {
					t.Fatalf("z %v, c %v: counted %d, want %d", a.Zs[k], a.Cs[k], count, a.MaxIter)
				}
			}
		}
	})
}

// ofTuned runs a test of each tuned language's Julia set, at each level.
func ofTuned(t *testing.T, of func(lang string) bool, test func(t *testing.T, library *seam.Library)) {
	tried := 0
	for _, route := range routes(t) {
		once := route.Via == "cgo" || route.Via == "direct" || os.Getenv("TOLL_ROUTES") != ""
		if _, tuned := level.Plain(route.Lang); !tuned || !once || !of(route.Lang) {
			continue
		}
		tried++
		t.Run(route.Name(), func(t *testing.T) {
			t.Parallel()
			library, err := route.Open()
			if errors.Is(err, seam.ErrUnavailable) && !required(route.Name()) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if library.Julia != nil {
				test(t, library)
			}
		})
	}
	if tried == 0 {
		t.Fatal("no tuned route, want some")
	}
}

// randomC returns random points of one random c.
func randomC(rng *rand.Rand) *kernel.Julia {
	within := func(r float64) complex128 { return cmplx.Rect(r*math.Sqrt(rng.Float64()), 2*math.Pi*rng.Float64()) }
	// An attracting cycle of 1 has a multiplier within the unit circle, and c is a function of it; so has one of 2.
	multiplier := cmplx.Rect(1-math.Pow(10, -12*rng.Float64())*(rng.Float64()-0.2), 2*math.Pi*rng.Float64())
	c := [...]complex128{within(2.5), within(1), multiplier/2 - multiplier*multiplier/4, multiplier/4 - 1,
		complex(-2*rng.Float64(), 0)}[rng.IntN(5)]
	n := 64 + rng.IntN(100)
	a := &kernel.Julia{Zs: make([]complex128, n), Cs: slices.Repeat([]complex128{c}, n), Out: make([]int32, n), Hi: n,
		MaxIter: int32(rng.IntN(200)), Par: kernel.Par{Threads: 1}}
	if rng.IntN(50) == 0 {
		a.MaxIter = int32(rng.IntN(5001))
	}
	cycle := complex128(0)
	for range 500 {
		if next := cycle*cycle + c; cmplx.Abs(next) < 2 {
			cycle = next
		}
	}
	for k := range a.Zs {
		switch rng.IntN(4) {
		case 0:
			a.Zs[k] = cycle + within(math.Pow(10, -16*rng.Float64()))
		case 1:
			a.Zs[k] = cmplx.Rect(2, 2*math.Pi*rng.Float64())
		default:
			a.Zs[k] = within(1.5)
		}
	}
	return a
}
