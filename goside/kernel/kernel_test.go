// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

func TestApart(t *testing.T) {
	nan, other := math.NaN(), math.Float64frombits(0xfff8_0000_0000_0001)
	a := []float64{1, 1, 0, nan, nan, 2, math.Inf(-1)}
	b := []float64{1, math.Nextafter(1, 2), math.Copysign(0, -1), other, 2, nan, math.Inf(1)}
	want := []uint64{0, 1, 1, 0, math.MaxUint64, math.MaxUint64, 2*math.Float64bits(math.Inf(1)) + 1}
	if got := Apart(a, b); !slices.Equal(got, want) {
		t.Errorf("%v and %v are %d apart, want %d", a, b, got, want)
	}
}

func TestULPs(t *testing.T) {
	for _, c := range []struct {
		a, b float64
		want uint64
	}{
		{1, 1, 0}, {1, math.Nextafter(1, 2), 1}, {-1, math.Nextafter(-1, 0), 1}, {1, 2, 1 << 52},
		{math.Copysign(0, -1), 0, 1}, {-5e-324, 5e-324, 3}, {0, 5e-324, 1},
		{math.Inf(-1), math.Inf(1), 2*0x7ff0000000000000 + 1}, {math.MaxFloat64, math.Inf(1), 1},
	} {
		if got := ULPs(c.a, c.b); got != c.want {
			t.Errorf("ULPs(%v, %v) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := ULPs(c.b, c.a); got != c.want {
			t.Errorf("ULPs(%v, %v) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestULPs32(t *testing.T) {
	tiny := math.Float32frombits(1)
	for _, c := range []struct {
		a, b float32
		want uint64
	}{{1, 1, 0}, {1, math.Nextafter32(1, 2), 1}, {0, float32(math.Copysign(0, -1)), 1}, {-tiny, tiny, 3}, {1, 2, 1 << 23}} {
		if got, back := ULPs32(c.a, c.b), ULPs32(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("ULPs32(%v, %v) = %d and back %d, want %d", c.a, c.b, got, back, c.want)
		}
	}
}

func TestEachVisitsAllOnce(t *testing.T) {
	for _, p := range append([]Par{{1024, Guided}, {64, Dynamic}}, pars...) {
		for _, n := range []int{0, 1, 2, 3, 63, 64, 65, 1000} {
			t.Run(fmt.Sprint(p, n), func(t *testing.T) {
				visits := make([]atomic.Int32, n+10)
				p.Each(5, 5+n, 64, func(lo, hi int) {
					for k := lo; k < hi; k++ {
						visits[k].Add(1)
					}
				})
				for k := range visits {
					want := int32(0)
					if k >= 5 && k < 5+n {
						want = 1
					}
					if got := visits[k].Load(); got != want {
						t.Fatalf("item %d visited %d times, want %d", k, got, want)
					}
				}
			})
		}
	}
}

// TestCheckDoesNotAllocate: each measured call includes the checks.
func TestCheckDoesNotAllocate(t *testing.T) {
	run, ols := NewDiffusionRun(8, 1, Row, Par{1, Static}), NewOLS(4, 3, Col, Par{1, Static})
	julia := randomJulia(8, 0, 8, 3, Par{1, Static})
	julia.Out = make([]int32, 8)
	split := julia.Split()
	split.Out = julia.Out
	transpose := &Transpose{In: NewGrid(4, 3, 0, Row), Out: NewGrid(4, 3, 0, Col), Par: Par{1, Static}}
	for name, check := range map[string]func() error{"diffusion": run.Check, "julia": julia.Check, "ols": ols.Check,
		"julia-split": split.Check, "transpose": transpose.Check} {
		if err := check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := testing.AllocsPerRun(100, func() { _ = check() }); n != 0 {
			t.Errorf("%s: Check allocates %v times, want never", name, n)
		}
	}
}

// TestErrors tests the text that a user reads.
func TestErrors(t *testing.T) {
	a := NewDiffusionRun(8, 1, Row, Par{1, Static})
	a.A.LD, a.B.LD = 7, 7
	want := "kernel: diffusion: bad shape: a has ld 7, want at least 8, the length of its row-major lines"
	if got := a.Check().Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestEmptyWork gives the Go languages nothing to do, on 2^40 columns, rows or observations and in 2^62 steps. No such
// memory exists, so it calls the functions without the checks.
func TestEmptyWork(t *testing.T) {
	const many = 1 << 40
	done := make(chan string)
	go func() {
		defer close(done)
		for name, f := range map[string]Funcs{"go": Go(), "go-par": GoPar()} {
			for _, layout := range []Layout{Row, Col} {
				grid := func(rows, cols int) Grid {
					g := Grid{Rows: rows, Cols: cols, Layout: layout}
					_, g.LD = g.lines()
					return g
				}
				par := Par{2, Static}
				wide, tall, small := grid(3, many), grid(many, 2), grid(2, 2)
				for what, err := range map[string]error{
					"no rows of a step":       f.Step(&DiffusionStep{Out: wide, In: wide, Lo: 1, Hi: 1, D: 1, Dt: 1, Par: par}),
					"no interior of a step":   f.Step(&DiffusionStep{Out: tall, In: tall, Hi: many, D: 1, Dt: 1, Par: par}),
					"no interior of a run":    f.Run(&DiffusionRun{A: small, B: small, Steps: 1 << 62, D: 1, Dt: 1, Par: par}),
					"interchanged, a run":     f.RunInterchanged(&DiffusionRun{A: tall, B: tall, Steps: 1 << 62, D: 1, Dt: 1, Par: par}),
					"no rows to fit":          f.OLS(&OLS{Y: wide, Lo: 2, Hi: 2, Par: par}),
					"interchanged, no rows":   f.OLSInterchanged(&OLS{Y: wide, Lo: 2, Hi: 2, Par: par}),
					"no points":               f.Julia(&Julia{MaxIter: 1, Par: par}),
					"no points in four parts": f.JuliaSplit(&JuliaSplit{MaxIter: 1, Par: par}),
				} {
					if err != nil {
						done <- fmt.Sprintf("%s, %v, %s: %v", name, layout, what, err)
					}
				}
			}
		}
	}()
	limit := time.After(time.Minute)
	for {
		select {
		case wrong, more := <-done:
			if !more {
				return
			}
			t.Error(wrong)
		case <-limit:
			t.Fatal("it does not end")
		}
	}
}

// TestCasesByKernel: the cases of a kernel stand together.
func TestCasesByKernel(t *testing.T) {
	var kernels []string
	for _, c := range Cases() {
		if kernels == nil || kernels[len(kernels)-1] != c.Kernel {
			kernels = append(kernels, c.Kernel)
		}
	}
	if want := []string{"call", "diffusion", "julia", "ols", "transpose"}; !slices.Equal(kernels, want) {
		t.Errorf("the cases are of %q, want %q", kernels, want)
	}
}
