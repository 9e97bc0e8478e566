// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package cgo

/*
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_c.a
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_calls.a -lpthread
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_c_omp.a -lgomp
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_c_simd.a
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_c_simd_omp.a -lgomp
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_fortran.a
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_fortran_omp.a -lgomp
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_fortran_simd.a
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_rust.a -lpthread -ldl -lm

#include "languages.h"
*/
import "C"
