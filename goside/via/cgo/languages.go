// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package cgo

/*
#cgo LDFLAGS: -L${SRCDIR}/../../../build/lib -l:libtoll_c.a
#cgo LDFLAGS: -L${SRCDIR}/../../../build/lib -l:libtoll_calls.a -lpthread
#cgo LDFLAGS: -L${SRCDIR}/../../../build/lib -l:libtoll_c_omp.a -lgomp
#cgo LDFLAGS: -L${SRCDIR}/../../../build/lib -l:libtoll_c_simd.a
#cgo LDFLAGS: -L${SRCDIR}/../../../build/lib -l:libtoll_c_simd_omp.a -lgomp
#cgo LDFLAGS: -L${SRCDIR}/../../../build/lib -l:libtoll_fortran.a
#cgo LDFLAGS: -L${SRCDIR}/../../../build/lib -l:libtoll_fortran_omp.a -lgomp
#cgo LDFLAGS: -L${SRCDIR}/../../../build/lib -l:libtoll_fortran_simd.a
#cgo LDFLAGS: -L${SRCDIR}/../../../build/lib -l:libtoll_rust.a -lpthread -ldl -lm

#include "languages.h"
*/
import "C"
