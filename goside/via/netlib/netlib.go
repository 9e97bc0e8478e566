// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

// Package netlib computes the ols kernel through gonum.org/v1/netlib, gonum's cgo binding of BLAS and LAPACK (here
// OpenBLAS and LAPACKE), on one thread. It offers three ways of a gonum user: LAPACK's dgels row by row ([DGELS]), one
// dgels with all rows as right-hand sides ([DGELSMany]), and the closed form as matrix-vector products ([BLAS]). The
// last also transposes, by OpenBLAS's domatcopy, which netlib lacks.
//
// Note: the fits do not use the paired closed form and do not return its bits. Their routes declare a bound. They check
// nothing themselves.
package netlib

/*
#cgo LDFLAGS: -lopenblas -llapacke
extern char *openblas_get_config(void);
extern void openblas_set_num_threads(int threads);

// As in cblas.h, but for its enumerations as the types of the first two.
extern void cblas_domatcopy(int order, int trans, int rows, int cols, double alpha, const double *a, int lda,
                            double *b, int ldb);

#cgo noescape cblas_domatcopy
#cgo nocallback cblas_domatcopy
*/
import "C"

import (
	"fmt"
	"math"
	"slices"
	"sync"

	gonumblas "gonum.org/v1/gonum/blas"
	blas "gonum.org/v1/netlib/blas/netlib"
	lapack "gonum.org/v1/netlib/lapack/netlib"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/abi"
)

// BLAS's own threads would share a row's sum in no fixed order.
var oneThread = sync.OnceFunc(func() { C.openblas_set_num_threads(1) })

func open(ols func(*kernel.OLS) error) (*seam.Library, error) {
	return openFuncs(kernel.Funcs{OLS: ols})
}

func openFuncs(f kernel.Funcs) (*seam.Library, error) {
	oneThread()
	return seam.NewLibrary(f, false, seam.Build{Compiler: C.GoString(C.openblas_get_config())}), nil
}

// DGELS solves each row separately: a QR factorisation of its n x 2 system.
func DGELS() (*seam.Library, error) {
	return open(func(a *kernel.OLS) error {
		if err := counts("ols", a.Y.Cols); err != nil {
			return err
		}
		fit := rowByRow(a)
		for i := a.Lo; i < a.Hi; i++ {
			if err := fit(i); err != nil {
				return err
			}
		}
		return nil
	})
}

// rowByRow returns a function that solves row i of a alone.
func rowByRow(a *kernel.OLS) func(i int) error {
	n := a.Y.Cols
	system, y := make([]float64, 2*n), make([]float64, n)
	work := workspace(n, 1, system, y)
	return func(i int) error {
		design(system)
		for j := range y {
			y[j] = a.Y.Data[a.Y.At(i, j)]
		}
		if !(lapack.Implementation{}).Dgels(gonumblas.NoTrans, n, 2, 1, system, 2, y, 1, work, len(work)) {
			return failed("dgels")
		}
		a.Intercept[i], a.Slope[i] = y[0], y[1]
		return nil
	}
}

// Dgels scales all right-hand sides by one factor if the largest of all elements lies outside this range (its smlnum
// and bignum). An infinity then makes each solution NaN, and a huge element costs small ones their digits.
const smallest, largest = 0x1p-970, 0x1p970

// DGELSMany solves all rows at once: one factorisation, one right-hand side for each row. It solves alone each row that
// would make dgels scale the others, and each row with a NaN.
func DGELSMany() (*seam.Library, error) {
	return open(func(a *kernel.OLS) error {
		n, count := a.Y.Cols, a.Hi-a.Lo
		if count == 0 {
			return nil
		}
		if err := counts("ols", n, count); err != nil {
			return err
		}
		system, ys, extent := make([]float64, 2*n), make([]float64, n*count), make([]float64, count)
		design(system)
		for j := range n {
			for i := range count {
				y := a.Y.Data[a.Y.At(a.Lo+i, j)]
				ys[j*count+i] = y
				extent[i] = max(extent[i], math.Abs(y)) // NaN if y is
			}
		}
		var apart []int
		for i, x := range extent {
			if x == 0 || x >= smallest && x <= largest {
				continue
			}
			apart = append(apart, a.Lo+i)
			for j := range n {
				ys[j*count+i] = 0
			}
		}
		work := workspace(n, count, system, ys)
		if !(lapack.Implementation{}).Dgels(gonumblas.NoTrans, n, 2, count, system, 2, ys, count, work, len(work)) {
			return failed("dgels")
		}
		copy(a.Intercept[a.Lo:a.Hi], ys[:count])
		copy(a.Slope[a.Lo:a.Hi], ys[count:])
		if len(apart) == 0 {
			return nil
		}
		fit := rowByRow(a)
		for _, i := range apart {
			if err := fit(i); err != nil {
				return err
			}
		}
		return nil
	})
}

// design writes the n x 2 matrix with the rows (1, x).
func design(system []float64) {
	for j := range len(system) / 2 {
		system[2*j], system[2*j+1] = 1, float64(j)
	}
}

// workspace returns the workspace that dgels asks for.
func workspace(n, nrhs int, system, ys []float64) []float64 {
	var size [1]float64
	lapack.Implementation{}.Dgels(gonumblas.NoTrans, n, 2, nrhs, system, 2, ys, nrhs, size[:], -1)
	return make([]float64, int(size[0]))
}

func failed(routine string) error {
	return &kernel.Error{Kernel: "ols", Status: kernel.ErrPanic, Detail: routine + " failed, want a solution"}
}

// BLAS fits by dgemv and transposes by domatcopy.
func BLAS() (*seam.Library, error) { return openFuncs(kernel.Funcs{OLS: dgemv, Transpose: domatcopy}) }

// dgemv weighs all rows at once: slope = Y*w / denominator and mean = Y*1 / n, with w = 2j-(n-1).
func dgemv(a *kernel.OLS) error {
	n, count := a.Y.Cols, a.Hi-a.Lo
	if count == 0 {
		return nil
	}
	lines := ld(&a.Y)
	if err := counts("ols", n, count, lines); err != nil {
		return err
	}
	x := float64(n)
	weights, ones := make([]float64, n), make([]float64, n)
	for j := range n {
		weights[j], ones[j] = 2*float64(j)-(x-1), 1
	}
	// BLAS is told row-major here, so a column-major matrix is its transpose.
	trans, rows, cols := gonumblas.NoTrans, count, n
	if a.Y.Layout == kernel.Col {
		trans, rows, cols = gonumblas.Trans, n, count
	}
	y := a.Y.Data[a.Y.At(a.Lo, 0):]
	slope, intercept := a.Slope[a.Lo:a.Hi], a.Intercept[a.Lo:a.Hi]
	blas.Implementation{}.Dgemv(trans, rows, cols, 1, y, lines, weights, 1, 0, slope, 1)
	blas.Implementation{}.Dgemv(trans, rows, cols, 1, y, lines, ones, 1, 0, intercept, 1)
	for i := range slope {
		slope[i] /= x * (x*x - 1) / 6
		intercept[i] = intercept[i]/x - slope[i]*(x-1)/2
	}
	return nil
}

const rowMajor, transposed = 101, 112 // CblasRowMajor, CblasTrans

// domatcopy passes the addresses of slices whose lengths Check has verified.
func domatcopy(a *kernel.Transpose) error {
	rows, cols := abi.TransposeShape(a)
	ldIn, ldOut := ld(&a.In), ld(&a.Out)
	if err := counts("transpose", rows, cols, ldIn, ldOut); err != nil {
		return err
	}
	C.cblas_domatcopy(rowMajor, transposed, C.int(rows), C.int(cols), 1, (*C.double)(&a.In.Data[0]), C.int(ldIn),
		(*C.double)(&a.Out.Data[0]), C.int(ldOut))
	return nil
}

// ld returns the distance of g's lines. For one line BLAS wants its length.
func ld(g *kernel.Grid) int {
	switch {
	case g.Layout == kernel.Row && g.Rows == 1:
		return g.Cols
	case g.Layout == kernel.Col && g.Cols == 1:
		return g.Rows
	}
	return g.LD
}

// counts refuses sizes beyond 32 bits, which BLAS and LAPACK would truncate.
func counts(kern string, extents ...int) error {
	if most := slices.Max(extents); most > math.MaxInt32 {
		return &kernel.Error{Kernel: kern, Status: kernel.ErrShape,
			Detail: fmt.Sprintf("an extent or ld is %d, want at most %d by BLAS", most, math.MaxInt32)}
	}
	return nil
}
