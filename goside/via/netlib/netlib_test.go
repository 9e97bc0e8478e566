// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package netlib

import (
	"fmt"
	"math"
	"testing"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// TestRowsApart puts one observation into the first, a middle or the last row, and compares all other rows, including
// one of tiny numbers, with the true lines.
func TestRowsApart(t *testing.T) {
	const rows, n, tiny, ulp = 40, 14, 5, 8
	for name, open := range map[string]func() (*seam.Library, error){"dgels": DGELS, "dgels of all": DGELSMany, "dgemv": BLAS} {
		library, err := open()
		if err != nil {
			t.Fatal(err)
		}
		for _, layout := range []kernel.Layout{kernel.Row, kernel.Col} {
			for _, spoilt := range []int{0, 17, rows - 1} {
				for _, x := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, -1e300, 1e-300, 5e-324} {
					t.Run(fmt.Sprintf("%s/%v/%d/%v", name, layout, spoilt, x), func(t *testing.T) {
						a := kernel.NewOLS(rows, n, layout, kernel.Par{Threads: 1})
						for j := range n {
							a.Y.Data[a.Y.At(tiny, j)] *= 0x1p-1021
						}
						a.Y.Data[a.Y.At(spoilt, 3)] = x
						if err := library.OLS(a); err != nil {
							t.Fatal(err)
						}
						for i := range rows {
							if i == spoilt {
								continue
							}
							slope, intercept := a.Exact(i)
							terms, mean := a.Scale(i, false)
							for _, v := range [][3]float64{{a.Slope[i], slope, terms}, {a.Intercept[i], intercept, mean}} {
								if off := math.Abs(v[0]-v[1]) / (math.Nextafter(v[2], math.Inf(1)) - v[2]); !(off <= ulp) {
									t.Fatalf("row %d: got %v, want %v within %d ULP of the terms' magnitude", i, v[0], v[1], ulp)
								}
							}
						}
						if line := a.Slope[spoilt] - a.Intercept[spoilt]; line-line == 0 && x-x != 0 {
							t.Errorf("the row with %v: got the slope %v and the intercept %v, want NaN or an infinity", x,
								a.Slope[spoilt], a.Intercept[spoilt])
						}
					})
				}
			}
		}
	}
}
