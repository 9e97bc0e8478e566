// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package cgo

/*
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_c.a
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_calls.a -lpthread
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_c_omp.a -lgomp
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_fortran.a
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_fortran_omp.a -lgomp
#cgo LDFLAGS: ${SRCDIR}/../../../build/lib/libtoll_rust.a -lpthread -ldl -lm

#include "toll.h"

extern const toll_table *toll_c_table(void);
extern const toll_table *toll_c_omp_table(void);
extern const toll_table *toll_fortran_table(void);
extern const toll_table *toll_fortran_omp_table(void);
extern const toll_table *toll_rust_table(void);
extern const toll_table *toll_rust_par_table(void);
*/
import "C"

var tables = map[string]func() *C.toll_table{
	"c":           func() *C.toll_table { return C.toll_c_table() },
	"c-omp":       func() *C.toll_table { return C.toll_c_omp_table() },
	"fortran":     func() *C.toll_table { return C.toll_fortran_table() },
	"fortran-omp": func() *C.toll_table { return C.toll_fortran_omp_table() },
	"rust":        func() *C.toll_table { return C.toll_rust_table() },
	"rust-par":    func() *C.toll_table { return C.toll_rust_par_table() },
}
