// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernels

import (
	"errors"
	"image/color"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"strings"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
)

// drawing returns what draws a picture of the series.
func drawing(t *testing.T, name string, series []measure.Series) func() (*chart.Picture, error) {
	t.Helper()
	r := pagetest.Written(t, testFacts, series)
	for _, picture := range pictures {
		if picture.Name == name {
			return func() (*chart.Picture, error) { return picture.Draw(r) }
		}
	}
	t.Fatalf("there is no picture %s", name)
	return nil
}

func TestPictures(t *testing.T) {
	texts := charttest.DrawnText(t, drawing(t, "julia", testSeries()))
	charttest.WantTexts(t, texts, 1, "Julia 1000²: time of an iteration", "the plain loop", "survivors compacted", "15.0x", "80%", "Go, 2 threads",
		"numba-prange, from Python", "c-simd-omp is 30.0x as fast")
	texts = charttest.DrawnText(t, drawing(t, "diffusion", testSeries()))
	charttest.WantTexts(t, texts, 1, "Diffusion 512²: time of a cell", "Diffusion 4096²: time of a cell", "pythran, from Python", "c-simd-omp is 8.00x as fast")
	charttest.WantTexts(t, texts, 2, "steps fused", "C, OpenMP, 2 threads")
	for name, kernel := range map[string]string{"julia": "julia", "diffusion": "diffusion", "ols": "ols", "compaction": "julia", "disc": "julia", "tiles": "diffusion"} {
		pixels, width := charttest.DrawnPixels(t, drawing(t, name, testSeries()))
		if n := pixels[dotColor] + pixels[orbitColor]; n < 100 || width > 900 {
			t.Errorf("%s: of a width of %d pixels, %d are of marks, want at most 900, and at least 100", name, width, n)
		}
		if _, err := drawing(t, name, without("kernel="+kernel))(); !errors.Is(err, chart.ErrNothing) {
			t.Errorf("%s without %s: error %v, want %v", name, kernel, err, chart.ErrNothing)
		}
	}
	// Too few rounds for an interval, and a record without limits.
	few := without("Limits")
	for k := range few {
		few[k].Samples = few[k].Samples[:2]
	}
	texts = charttest.DrawnText(t, drawing(t, "ols", few))
	charttest.WantTexts(t, texts, 1, "OLS by rows: time of a row", "OLS by columns: time of a row")
	for text := range texts {
		if strings.Contains(text, "%") || strings.Contains(text, "Inf") || strings.Contains(text, "NaN") {
			t.Errorf("without limits and intervals the picture has %q", text)
		}
	}
	if pixels, _ := charttest.DrawnPixels(t, drawing(t, "tiles", testSeries())); pixels[keptColor] < 100 || pixels[deadColor] < 100 {
		t.Errorf("the sketch of fused steps has %d pixels of what is kept, %d of the halo", pixels[keptColor], pixels[deadColor])
	}
}

// TestCycle: computed orbits that are in a disc stay in the discs, from any point; without an attracting cycle there is none.
func TestCycle(t *testing.T) {
	rng := rand.New(rand.NewPCG(16, 4))
	for c, period := range map[complex128]int{kernel.JuliaC: 7, 0: 1, complex(-1, 0): 2, complex(-0.122, 0.745): 3, complex(-0.12, 0.6): 1} {
		of, ok := cycleOf(c)
		if !ok || len(of.points) != period || len(of.radii) != period {
			t.Errorf("c = %v: a cycle of %d points, want %d", c, len(of.points), period)
			continue
		}
		for range 1000 {
			z := of.points[0] + cmplx.Rect(of.radii[0]*math.Sqrt(rng.Float64()), 2*math.Pi*rng.Float64())
			for k := range 300 {
				if at := k % period; cmplx.Abs(z-of.points[at]) > of.radii[at]+1e-9 || cmplx.Abs(z) >= 2 {
					t.Fatalf("c = %v: after %d iterations %v is not in the disc of radius %v around %v", c, k, z, of.radii[at], of.points[at])
				}
				z = z*z + c
			}
		}
		if n := of.enters(of.points[0], c, 10); n != 0 {
			t.Errorf("c = %v: the disc's middle enters it after %d iterations", c, n)
		}
	}
	for _, c := range []complex128{1, complex(0, 1), -2, complex(0.25, 0), complex(0.4, 0.4)} { // escapes, or comes to no cycle that attracts enough
		if of, ok := cycleOf(c); ok {
			t.Errorf("c = %v: a cycle %+v, want none", c, of)
		}
	}
}

// TestPasses: compacted, a pass has no more groups than in place, and as many points.
func TestPasses(t *testing.T) {
	counts := make([]int32, 3*together)
	counts[0], counts[together+1] = between, 2*between+1
	for pass, want := range [][2]int{{2, 1}, {1, 1}, {1, 1}, {0, 0}} {
		if inPlace, compacted := passes(counts, pass); inPlace != want[0] || compacted != want[1] {
			t.Errorf("pass %d: %d groups in place and %d compacted, want %v", pass, inPlace, compacted, want)
		}
		for k, compacted := range []bool{false, true} {
			alive, all := 0, 0
			bars(compacted, counts, pass, func(from, to int, of color.Color) {
				all += to - from
				if of == aliveColor {
					alive += to - from
				}
			})
			if wantAlive := []int{2, 1, 1, 0}[pass]; alive != wantAlive || all != want[k]*together {
				t.Errorf("pass %d, compacted %t: %d points in %d places, want %d in %d", pass, compacted, alive, all, wantAlive, want[k]*together)
			}
		}
	}
}
