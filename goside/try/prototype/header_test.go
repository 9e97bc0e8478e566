// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"modernc.org/cc/v4"
)

// withAndWithout runs a test with the C compiler of this machine, and as if there were none.
func withAndWithout(t *testing.T, test func(t *testing.T)) {
	t.Run("compiler", func(t *testing.T) {
		if _, err := host(); err != nil {
			t.Fatal(err)
		}
		test(t)
	})
	t.Run("none", func(t *testing.T) {
		asked := host
		host = func() (*cc.Config, error) { return nil, errors.New("there is none") }
		defer func() { host = asked }()
		test(t)
	})
}

//nolint:dupword // long long is a type
func TestHeader(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"lib/own.h": `
#ifndef OWN_H
#define OWN_H
#include <stdint.h>
#include <sys/types.h>
#include "part.h"
#include <lib/other.h>
#ifdef __cplusplus
extern "C" {
#endif
#define API __attribute__((visibility("default")))
API int own_add(int __x, part p);
int own_unnamed(int, ssize_t);
extern int own_twice(int);
extern int own_twice(int value);
#define own_macro(x) own_add((x), 1)
#define own_other own_real
int own_other(other_t o);
extern double own_asm(double x) __asm__("own_asm_64") __attribute__((__nothrow__));
__extension__ typedef long long own_long;
own_long own_wide(own_long v);
static __inline int own_inline(int x) { return x; }
typedef int own_type(int);
int own_variable;
#ifdef __cplusplus
}
#endif
#endif`,
		"lib/part.h":  "typedef struct { float f; double d; } part;",
		"lib/other.h": "typedef enum { A, B } other_t;",
		"late.h":      "size_t late(FILE *f);",
		"bad.h":       "int fine(int);\nint broken(int;\n",
		"cxx.h":       "namespace a {\nint f(int);\n}\n",
		"cxx.hpp":     "int f(int);\n  int g(int &x);\n",
		"missing.h":   "#include <no/such/file.h>\nint f(int);\n",
		"error.h":     "#error this is not for you\n",
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, path, []byte(text))
	}
	tests := []struct{ file, symbol, want, from string }{
		{"lib/own.h", "own_add", "own_add(x signed32, p {f@0 float32, d@8 float64}16) signed32", "own.h:12"},
		{"lib/own.h", "own_unnamed", "own_unnamed(arg1 signed32, arg2 signed64) signed32", "own.h:13"},
		{"lib/own.h", "own_twice", "own_twice(value signed32) signed32", "own.h:15"},
		{"lib/own.h", "own_real", "own_real(o uint32) signed32", "own.h:18"},
		{"lib/own.h", "own_asm", "own_asm(x float64) float64", "own.h:19"},
		{"lib/own.h", "own_wide", "own_wide(v signed64) signed64", "own.h:21"},
		{"lib/own.h", "own_inline", "own_inline(x signed32) signed32", "own.h:22"},
		{"late.h", "late", "", "late.h:1"},
	}
	failures := []struct{ file, symbol, want string }{
		{"lib/own.h", "own_ad", `declares no function "own_ad"; did you mean own_add`},
		{"lib/own.h", "zzzz", `declares no function "zzzz"`},
		{"lib/own.h", "own_macro", `own_macro is a macro, for "own_add((x),1)"`},
		{"lib/own.h", "own_other", `own_other is a macro, for "own_real"`},
		{"lib/own.h", "own_type", "declares no function"},
		{"lib/own.h", "own_variable", "declares no function"},
		{"lib/nosuch.h", "f", "no such file"},
		{"lib", "f", "is a folder"},
		{"bad.h", "fine", "bad.h:2:15: "},
		{"cxx.h", "f", "is a header of C++"},
		{"cxx.hpp", "f", "is a header of C++"},
		{"missing.h", "f", "no/such/file.h"},
		{"error.h", "f", "this is not for you"},
	}
	withAndWithout(t, func(t *testing.T) {
		for _, test := range tests {
			f, err := Header(filepath.Join(folder, test.file), test.symbol)
			if err != nil {
				t.Errorf("%s of %s: %v", test.symbol, test.file, err)
				continue
			}
			if got := signature(f); test.want != "" && got != test.want || f.From != test.from {
				t.Errorf("got  %s, from %s\nwant %s, from %s", got, f.From, test.want, test.from)
			}
		}
		for _, test := range failures {
			f, err := Header(filepath.Join(folder, test.file), test.symbol)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s of %s: got %v and the error %v, want %q", test.symbol, test.file, f, err, test.want)
			}
		}
		for file, want := range map[string]string{"": "empty name", "no/such.h": "does not exist here, nor in /"} {
			if f, err := Header(file, "f"); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: got %v and the error %v, want %q", file, f, err, want)
			}
		}
	})
}

// TestHeadersOfTheSystem reads those of libraries as they are installed, where they are.
func TestHeadersOfTheSystem(t *testing.T) {
	withAndWithout(t, func(t *testing.T) {
		read := 0
		for _, test := range []struct{ file, symbol, want string }{
			{"math.h", "cos", "double cos(double x)"},
			{"math.h", "hypot", "double hypot(double x, double y)"},
			{"math.h", "frexp", "double frexp(double x, int *exponent)"},
			{"math.h", "cosl", "long double cosl(long double x)"},
			{"string.h", "strlen", "size_t strlen(const char *s)"},
			{"stdlib.h", "div", "div_t div(int numer, int denom)"},
			{"stdio.h", "vprintf", "int vprintf(const char *format, va_list arg)"},
			{"complex.h", "cexp", "_Complex double cexp(_Complex double z)"},
			{"cblas.h", "cblas_ddot", "double cblas_ddot(blasint n, const double *x, blasint incx, const double *y, blasint incy)"},
			{"zlib.h", "crc32", "uLong crc32(uLong crc, const Bytef *buf, uInt len)"},
			{"zlib.h", "compressBound", "uLong compressBound(uLong sourceLen)"},
			{"sqlite3.h", "sqlite3_libversion_number", "int sqlite3_libversion_number(void)"},
			{"sqlite3.h", "sqlite3_complete", "int sqlite3_complete(const char *sql)"},
			{"png.h", "png_access_version_number", "png_uint_32 png_access_version_number(void)"},
			{"jpeglib.h", "jpeg_std_error", "struct jpeg_error_mgr *jpeg_std_error(struct jpeg_error_mgr *err)"},
			{"fftw3.h", "fftw_plan_dft_1d", "fftw_plan fftw_plan_dft_1d(int n, double (*in)[2], double (*out)[2], int sign, unsigned int flags)"},
			{"gsl/gsl_statistics.h", "gsl_stats_mean", "double gsl_stats_mean(const double *data, size_t stride, size_t n)"},
		} {
			if _, err := findHeader(test.file); err != nil {
				t.Logf("%s is not installed here", test.file)
				continue
			}
			read++
			f, err := Header(test.file, test.symbol)
			if err != nil {
				t.Error(err)
			} else if f.String() != test.want {
				t.Errorf("got %s\nwant %s", f, test.want)
			}
		}
		if read < 8 {
			t.Errorf("read %d headers, want those of the C library at least", read)
		}
	})
}
