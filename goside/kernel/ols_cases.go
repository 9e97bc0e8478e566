// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"
	"math"
	"sync"

	"toll/goside/via/mem"
)

// NewOLS returns the book's problem: rows users, n days.
func NewOLS(rows, n int, layout Layout, par Par) *OLS {
	return &OLS{Slope: make([]float64, rows), Intercept: make([]float64, rows),
		Y: OLSObservations(rows, n, 0, layout), Hi: rows, Par: par}
}

func olsCases() []Case {
	var cases []Case
	add := func(layout Layout, name string, newJob func() *Job) {
		cases = append(cases, Case{Kernel: "ols", Layout: layout.String(), Name: name, New: newJob})
	}
	shapes := [][2]int{{1, 2}, {1, 3}, {2, 2}, {3, 4}, {5, 5}, {17, 13}, {1, 731}, {3, 1000}, {255, 14}, {256, 14},
		{257, 14}, {511, 7}, {1000, 14}, {1009, 730},
		// Rows and observations around the lanes of a vector, its transposes, and where the tuned kernels change their form.
		{7, 4}, {8, 5}, {9, 6}, {15, 7}, {16, 8}, {17, 9}, {31, 10}, {33, 11}, {24, 12}, {40, 15}, {23, 16}, {41, 17}, {263, 18},
		{9, 32}, {19, 33}, {18, 64}, {259, 65}, {11, 2047}, {8, 2048}, {10, 2049}}
	for _, layout := range []Layout{Row, Col} {
		for k, shape := range shapes {
			rows, n, pad := shape[0], shape[1], []int{0, 1, 7}[k%3]
			par := pars[k%len(pars)]
			size := fmt.Sprintf("%d x %d, pad %d, %v", rows, n, pad, par)
			fill := kept(noise(uint64(k)))
			add(layout, size, olsJob(rows, n, pad, 0, rows, layout, par, fill))
			lo := rows / 3
			add(layout, fmt.Sprintf("%s, rows [%d, %d)", size, lo, rows-lo),
				olsJob(rows, n, pad, lo, rows-lo, layout, par, fill))
		}
		add(layout, "exact lines", olsJob(40, 14, 3, 0, 40, layout, pars[1],
			exactly(func(i, j int) float64 { return float64(i-20)*float64(j) + float64(7*i) })))
		add(layout, "constant rows", olsJob(40, 15, 3, 0, 40, layout, pars[2],
			exactly(func(i, j int) float64 { return float64(i) / 3 })))
		add(layout, "noise on 1e9", olsJob(100, 14, 0, 0, 100, layout, pars[3],
			exactly(func(i, j int) float64 { return 1e9 + float64((14*i+j)*37%101-50)/50 })))
		for k, shape := range [][2]int{{67, 14}, {61, 13}, {35, 2}, {35, 3}, {67, 14}, {34, 370}, {39, 16}, {47, 9}, {33, 5}, {35, 65}, {32, 17}, {18, 2050}} {
			rows, n, pad := shape[0], shape[1], []int{3, 0}[k%2]
			par, without := pars[(k+1)%len(pars)], k%3
			size := fmt.Sprintf("%d x %d, %s, pad %d, %v", rows, n,
				[]string{"denormal to infinite, and NaN", "denormal to infinite", "denormal to huge"}[without], pad, par)
			fill := kept(extremes(n, without))
			add(layout, size, olsJob(rows, n, pad, 0, rows, layout, par, fill))
			lo := rows / 5
			add(layout, fmt.Sprintf("%s, rows [%d, %d)", size, lo, rows-lo),
				olsJob(rows, n, pad, lo, rows-lo, layout, par, fill))
		}
		add(layout, "10,000 rows of the book's", olsJob(OLSRows/10, OLSDays, 0, 0, OLSRows/10, layout, pars[1], book))
		add(layout, "the book's: 100,000 x 14", olsJob(OLSRows, OLSDays, 0, 0, OLSRows, layout, pars[1], book))
		cases[len(cases)-1].Large = true
		cases = append(cases, badOLSCases(layout)...)
	}
	return append(cases, interchanged(cases)...)
}

// exactly returns a function that fills grids from f.
func exactly(f func(i, j int) float64) func(*Grid) { return func(g *Grid) { g.fill(f) } }

// Each call of a function below starts the same sequence of numbers anew.

func noise(seed uint64) func() func(i, j int) float64 {
	return func() func(i, j int) float64 {
		rng := random(seed)
		return func(i, j int) float64 { return normal(rng) + float64(i%5) }
	}
}

// extremes returns rows of one kind each, including ordinary ones: one kind must not affect the others. Where a row has
// one extreme observation, its place differs between rows. If without is 1, no row has a NaN, which may hide the effect
// of an infinity; if it is 2, none has an infinity either.
func extremes(n, without int) func() func(i, j int) float64 {
	return func() func(i, j int) float64 {
		rng := random(uint64(n))
		normal := func() float64 { return normal(rng) }
		signed := func(x float64) float64 { return math.Copysign(x, normal()) }
		var here bool
		amid := func(x float64) func() float64 {
			return func() float64 {
				if here {
					return x
				}
				return normal()
			}
		}
		kinds := []func() float64{
			func() float64 { return normal() + 3 },
			func() float64 { return signed(float64(rng.IntN(30_000)) * 5e-324) },
			func() float64 { return math.MaxFloat64 },         // the sum overflows
			func() float64 { return signed(math.MaxFloat64) }, // differences overflow, too
			func() float64 { return math.Copysign(0, -1) },
			func() float64 { return normal() * 1e300 },
			func() float64 { return normal() * 1e-300 },
			func() float64 { return normal() * 0x1p-1022 },
			func() float64 { return normal() * math.Pow10(rng.IntN(600)-300) },
			amid(math.MaxFloat64),
			amid(5e-324),
		}
		if without < 2 {
			kinds = append(kinds, amid(math.Inf(1)), amid(math.Inf(-1)), func() float64 { return signed(math.Inf(1)) })
		}
		if without < 1 {
			kinds = append(kinds, amid(math.NaN()))
		}
		return func(i, j int) float64 {
			here = j == 5*i%n
			return kinds[i%len(kinds)]()
		}
	}
}

// bookObservations are shared and only read: drawing them takes longer than fitting them.
var bookObservations = sync.OnceValue(func() Grid { return OLSObservations(OLSRows, OLSDays, 0, Row) })

func book(g *Grid) {
	y := bookObservations()
	g.fill(func(i, j int) float64 { return y.Data[y.At(i, j)] })
}

func olsJob(rows, n, pad, lo, hi int, layout Layout, par Par, fill func(*Grid)) func() *Job {
	return func() *Job {
		a, job := newOLSJob(rows, n, pad, layout, par)
		a.Lo, a.Hi = lo, hi
		fill(&a.Y)
		return job
	}
}

func newOLSJob(rows, n, pad int, layout Layout, par Par) (*OLS, *Job) {
	slope, wholeSlope := guarded(rows, Canary)
	intercept, wholeIntercept := guarded(rows, Canary)
	y, bufferY := guardedGrid("y", rows, n, pad, layout)
	a := &OLS{Slope: slope, Intercept: intercept, Y: y, Hi: rows, Par: par}
	buffers := []Buffer{floats("slope", wholeSlope, nil), floats("intercept", wholeIntercept, nil), bufferY}
	for b := range 2 {
		buffers[b].Observations = n
		buffers[b].Scale = func(k int, normwise bool) (float64, bool) {
			if k -= guard; k < a.Lo || k >= a.Hi {
				return 0, false
			}
			slope, intercept := a.Scale(k, normwise)
			return [...]float64{slope, intercept}[b], true
		}
	}
	return a, &Job{Run: func(f *Funcs) error { return call(f.OLS, a) }, Buffers: buffers}
}

// Scale returns the magnitude of the terms whose sums are the slope and the intercept of row i. Rounding errors are
// proportional to it, not to the results, which may be zero. Below the smallest normal number errors are not
// proportional to anything, so the slope's terms count as that number. Both magnitudes are infinite if an observation
// is not finite, or if the terms sum to more than half the largest number: no bound holds there.
//
// If normwise is set, errors are proportional to the whole row. The scale is then larger on an uneven row, whose
// magnitude lies mostly where the slope's weights are small.
func (a *OLS) Scale(i int, normwise bool) (slope, intercept float64) {
	n := a.Y.Cols
	x, denominator, meanX := divisors(n)
	var mean, norm float64
	for j := range n {
		y := math.Abs(a.Y.Data[a.Y.At(i, j)])
		slope += math.Abs(2*float64(j)-(x-1)) * y
		mean += y
		if normwise {
			norm = math.Hypot(norm, y)
		}
	}
	terms := max(slope, mean)
	if slope /= denominator; slope > 0 {
		slope = max(slope, 0x1p-1022)
	}
	if norm /= math.Sqrt(denominator / 2); norm > 2*slope {
		slope = 4 * norm
	}
	intercept = mean/x + slope*meanX
	if !(max(terms, slope, intercept) <= math.MaxFloat64/2) {
		return math.Inf(1), math.Inf(1)
	}
	return slope, intercept
}

func badOLSCases(layout Layout) []Case {
	var cases []Case
	bad := func(want Status, native bool, name string, spoil func(*OLS)) {
		cases = append(cases, Case{Kernel: "ols", Layout: layout.String(), Name: "refused: " + name,
			Want: want, Native: native, New: func() *Job {
				a, job := newOLSJob(9, 6, 1, layout, Par{1, Static})
				a.Y.fill(noise(1)())
				spoil(a)
				return job
			}})
	}
	bad(ErrShape, true, "no rows", func(a *OLS) { a.Y.Rows = 0 })
	bad(ErrShape, true, "no observations", func(a *OLS) { a.Y.Cols = 0 })
	bad(ErrShape, true, "one observation", func(a *OLS) { a.Y.Cols = 1 })
	bad(ErrShape, true, "negative rows", func(a *OLS) { a.Y.Rows = -1 })
	bad(ErrShape, true, "ld too small", func(a *OLS) { a.Y.LD = 5 })
	bad(ErrShape, true, "size overflows", func(a *OLS) { a.Y.LD = math.MaxInt64 / 8 })
	bad(ErrShape, true, "two lines, bytes of ld overflow", func(a *OLS) {
		a.Hi = twoLines(&a.Y)
		a.Y.Cols = 2
	})
	bad(ErrShape, true, "negative range", func(a *OLS) { a.Lo = -1 })
	bad(ErrShape, true, "range reversed", func(a *OLS) { a.Lo, a.Hi = 3, 2 })
	bad(ErrShape, true, "range beyond the end", func(a *OLS) { a.Hi = 10 })
	bad(ErrShort, true, "nil y", func(a *OLS) { a.Y.Data = nil })
	bad(ErrShort, true, "nil slope", func(a *OLS) { a.Slope = nil })
	bad(ErrShort, true, "nil intercept", func(a *OLS) { a.Intercept = nil })
	bad(ErrShort, false, "short y", func(a *OLS) { a.Y.Data = a.Y.Data[1:] })
	bad(ErrShort, false, "short slope", func(a *OLS) { a.Slope = a.Slope[:8] })
	bad(ErrShort, false, "short intercept", func(a *OLS) { a.Intercept = a.Intercept[:8] })
	bad(ErrAlign, true, "misaligned y", func(a *OLS) { a.Y.Data = mem.Misaligned[float64](70) })
	bad(ErrAlign, true, "misaligned slope", func(a *OLS) { a.Slope = mem.Misaligned[float64](9) })
	bad(ErrAlign, true, "misaligned intercept", func(a *OLS) { a.Intercept = mem.Misaligned[float64](9) })
	bad(ErrAlign, true, "misaligned y and slope", func(a *OLS) { a.Y.Data, a.Slope = mem.Misaligned[float64](70), mem.Misaligned[float64](9) })
	bad(ErrAlign, true, "misaligned slope and intercept", func(a *OLS) { a.Slope, a.Intercept = mem.Misaligned[float64](9), mem.Misaligned[float64](9) })
	bad(ErrOverlap, true, "slope is intercept", func(a *OLS) { a.Slope = a.Intercept })
	bad(ErrOverlap, true, "slope in y", func(a *OLS) { a.Slope = a.Y.Data[5:] })
	bad(ErrOverlap, true, "intercept in y", func(a *OLS) { a.Intercept = a.Y.Data[:9] })
	badPars(func(name string, p Par) { bad(ErrArg, true, name, func(a *OLS) { a.Par = p }) })
	return cases
}
