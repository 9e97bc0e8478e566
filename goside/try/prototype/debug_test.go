// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// declarations are in C, and definitions make functions of them: what is read from the text and from the debugging information
// of the same functions must agree.
const (
	declarations = `
#include <stdint.h>
#include <stddef.h>
#include <stdarg.h>
#include <stdbool.h>
typedef struct { double x; int32_t n; char *s; struct { float f[3]; } in; } pair;
struct node { struct node *next; unsigned bits : 3; };
struct __attribute__((packed)) packed { char c; double d; };
struct opaque;
typedef unsigned long uLong;
typedef unsigned char Bytef;
enum color { RED = -1, GREEN };
enum size { SMALL, LARGE };
union either { int a; double b; };
typedef const void *cvp;
typedef double v4 __attribute__((vector_size(32)));
uLong crc(uLong c, const Bytef *buf, unsigned n);
pair swap(pair p, struct node *n, enum color c, enum size s, bool b);
union either choose(union either u, union either *p);
struct packed pack(struct packed p, short s, unsigned short t, signed char u);
int var(const char *f, ...);
int list(const char *f, va_list a);
double _Complex wide(double _Complex z, long double l, __int128 i);
void pointers(cvp v, char *const *argv, const char *const *b, volatile int *p, struct opaque *o, int (*cmp)(const void *, const void *));
int (*getter(void))(int);
double matrix(const double m[3][4], double v[static 2]);
int renamed(float f);
v4 vector(v4 x);
long partly(long a);
int inlined(int x, const float *y);
int inlining(int x, const float *y);
`
	definitions = `
uLong crc(uLong c, const Bytef *buf, unsigned n) { return c + (n ? buf[0] : 0); }
pair swap(pair p, struct node *n, enum color c, enum size s, bool b) { return p; }
union either choose(union either u, union either *p) { return u; }
struct packed pack(struct packed p, short s, unsigned short t, signed char u) { return p; }
int var(const char *f, ...) { return 0; }
int list(const char *f, va_list a) { return 0; }
double _Complex wide(double _Complex z, long double l, __int128 i) { return z; }
void pointers(cvp v, char *const *argv, const char *const *b, volatile int *p, struct opaque *o, int (*cmp)(const void *, const void *)) { }
static int got(int x) { return x; }
int (*getter(void))(int) { return got; }
double matrix(const double m[3][4], double v[static 2]) { return m[0][0]; }
int original(float f) { return f; }
int renamed(float f) __attribute__((alias("original")));
v4 vector(v4 x) { return x; }
__attribute__((noinline)) static long part(long a, long b) { return a * 3; }
long partly(long a) { return part(a, 9); }
int inlined(int x, const float *y) { return x * 2; }
int inlining(int x, const float *y) { return inlined(x, y) + inlined(x + 1, y); }
`
)

func TestDebugAgreesWithText(t *testing.T) {
	header := filepath.Join(t.TempDir(), "own.h")
	write(t, header, []byte(declarations))
	compilers := [][]string{
		{"cc", "-O2", "-g"},
		{"cc", "-O0", "-g", "-gdwarf-4", "-gz"},
		{"cc", "-O2", "-g", "-flto"},
		{"clang", "-O2", "-g"},
	}
	for _, command := range compilers {
		if _, err := exec.LookPath(command[0]); err != nil {
			continue // one is enough
		}
		library := compiled(t, "own.c", declarations+definitions, "libown.so", append(command, "-w", "-shared", "-fPIC")...)
		exports, err := Exports(library)
		if err != nil {
			t.Fatal(err)
		}
		compared := 0
		for _, name := range exports {
			if name == "original" {
				continue
			}
			byDebug, err := Debug(library, name)
			if err != nil {
				t.Errorf("%v: %v", command, err)
				continue
			}
			byText, err := Header(header, name)
			if err != nil {
				t.Error(err)
				continue
			}
			compared++
			if d, h := signature(byDebug), signature(byText); d != h {
				t.Errorf("%v: %s is by debugging information\n%s\nand by text\n%s", command, name, d, h)
			}
			if d, h := byDebug.Refusal() == "", byText.Refusal() == ""; d != h {
				t.Errorf("%v: %s is refused with %q and with %q", command, name, byDebug.Refusal(), byText.Refusal())
			}
			if byDebug.Lang != "c" || byDebug.Convention != byText.Convention || byDebug.From != "the debugging information of libown.so" {
				t.Errorf("%v: %s is of language %q, convention %q, from %q", command, name, byDebug.Lang, byDebug.Convention, byDebug.From)
			}
		}
		if compared < 15 {
			t.Errorf("%v: compared %d functions, want 15 at least", command, compared)
		}
	}
}

//nolint:dupword // it is Fortran
const fortranSource = `
module geometry
  use iso_c_binding
  implicit none
  type, bind(C) :: pair
    real(c_double) :: x
    integer(c_int) :: n
  end type
contains
  function norm(x, n) result(r)
    integer, intent(in) :: n
    real(8), intent(in) :: x(n)
    real(8) :: r
    r = sqrt(sum(x * x))
  end function
  subroutine shape(a)
    real(8), intent(inout) :: a(:, :)
    a = a + 1
  end subroutine
  function cval(n, x, p, q) bind(C, name="cval") result(r)
    integer(c_int64_t), value :: n
    real(c_double), intent(in) :: x(*)
    type(pair), intent(inout) :: p
    real(c_float), value :: q
    real(c_double) :: r
    r = sum(x(1:n)) + q
    p%n = 1
  end function
end module
subroutine greet(name, k, out, m)
  character(len=*) :: name
  integer :: k
  real(8) :: out(*), m(3, 4)
  out(1) = len(name) + k
  m(1, 1) = 1
end subroutine
function title(k) result(s)
  integer, intent(in) :: k
  character(len=8) :: s
  s = char(k)
end function
subroutine unused(a, b, l)
  integer(8) :: a
  real :: b
  logical :: l
end subroutine
`

// TestDebugFortran holds that arguments are pointers, but for values and hidden lengths.
func TestDebugFortran(t *testing.T) {
	want := map[string]string{
		"__geometry_MOD_norm": "__geometry_MOD_norm(x *float64, n *signed32) float64",
		"cval":                "cval(n signed64, x *float64, p *{x@0 float64, n@8 signed32}16, q float32) float64",
		"greet_":              "greet_(name *signed8, k *signed32, out *float64, m *float64, len_name signed64) void",
		"title_":              "title_(result *signed8, len_result signed64, k *signed32) void",
		"unused_":             "unused_(a *signed64, b *float32, l *signed32) void",
	}
	for _, flags := range [][]string{{"-O0", "-g"}, {"-O2", "-g"}, {"-O2", "-g", "-gdwarf-4"}} {
		library := compiled(t, "a.f90", fortranSource, "liba.so", append([]string{"gfortran", "-shared", "-fPIC"}, flags...)...)
		for symbol, signed := range want {
			f, err := Debug(library, symbol)
			if err != nil {
				t.Error(err)
				continue
			}
			if got := signature(f); got != signed && charSigned() {
				t.Errorf("%v: got  %s\nwant %s", flags, got, signed)
			}
			if why := f.Refusal(); f.Lang != "fortran" || why != "" {
				t.Errorf("%s is of language %q, refused with %q", symbol, f.Lang, why)
			}
		}
		f, err := Debug(library, "__geometry_MOD_shape")
		if err != nil {
			t.Fatal(err)
		}
		if why := f.Refusal(); !strings.Contains(why, "parameter a of __geometry_MOD_shape is a Fortran array descriptor") {
			t.Errorf("an array of assumed shape is refused with %q", why)
		}
	}
}

const rustSource = `
#[repr(C)] #[derive(Clone, Copy)] pub struct Pair { pub x: f64, pub n: i32 }
#[repr(i32)] #[derive(Clone, Copy)] pub enum Color { Red = 0, Green = 1 }
#[no_mangle] pub unsafe extern "C" fn norm(p: *const f64, n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n { s += *p.add(i); }
    s
}
#[no_mangle] pub extern "C" fn swap(p: Pair, q: &mut Pair, c: Color, b: bool, u: u8) -> Pair {
    let r = *q; *q = p; let _ = (c, b, u); r
}
#[no_mangle] pub extern "C" fn pointers(s: *const std::os::raw::c_char, v: *mut std::ffi::c_void, f: extern "C" fn(i32) -> i32,
    a: Option<&f64>) -> i32 {
    let _ = (s, v, a); f(1)
}
#[no_mangle] pub extern "C" fn nothing() {}
`

func TestDebugRust(t *testing.T) {
	library := compiled(t, "lib.rs", rustSource, "liba.so", "rustc", "-g", "--crate-type", "cdylib")
	for symbol, want := range map[string]string{
		"norm":     "norm(p const*float64, n uint64) float64",
		"swap":     "swap(p {x@0 float64, n@8 signed32}16, q *{x@0 float64, n@8 signed32}16, c signed32, b bool8, u uint8) {x@0 float64, n@8 signed32}16",
		"pointers": "pointers(s const*signed8, v *void, f *func(signed32) signed32, a const*void) signed32",
		"nothing":  "nothing() void",
	} {
		f, err := Debug(library, symbol)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := signature(f); got != want && charSigned() {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if why := f.Refusal(); f.Lang != "rust" || why != "" {
			t.Errorf("%s is of language %q, refused with %q", symbol, f.Lang, why)
		}
	}
	f, err := Debug(library, "norm")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.String(), "double norm(const double *p, size_t n)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	f, err = Debug(library, "pointers")
	if err != nil {
		t.Fatal(err)
	}
	if !f.Params[0].Type.Text() && charSigned() {
		t.Error("a c_char is no text")
	}
}

// TestDebugOfCgo holds that a library of Go's is known by the C that cgo writes for it.
func TestDebugOfCgo(t *testing.T) {
	library := compiled(t, "_cgo_export.c", "long Exported(long x) { return x; }", "liba.so", "cc", "-g", "-shared", "-fPIC")
	f, err := Debug(library, "Exported")
	if err != nil {
		t.Fatal(err)
	}
	if f.Lang != "go" {
		t.Errorf("got the language %q, want go", f.Lang)
	}
}

func TestDebugCPlusPlus(t *testing.T) {
	library := compiled(t, "a.cc", `
namespace ns {
struct P { double x; };
double norm(const double *p, long n) { return p[n]; }
double reference(P &p) { return p.x; }
}
extern "C" double plain(const ns::P *p, bool b) { return p->x; }`, "liba.so", "c++", "-g", "-shared", "-fPIC")
	for symbol, want := range map[string]string{
		"_ZN2ns4normEPKdl": "_ZN2ns4normEPKdl(p const*float64, n signed64) float64",
		"plain":            "plain(p const*{x@0 float64}8, b bool8) float64",
	} {
		f, err := Debug(library, symbol)
		if err != nil {
			t.Error(err)
		} else if got := signature(f); got != want || f.Lang != "c++" {
			t.Errorf("got  %s of %s\nwant %s", got, f.Lang, want)
		}
	}
	if f, err := Debug(library, "_ZN2ns9referenceERNS_1PE"); err == nil || !strings.Contains(err.Error(), "C has no such types") {
		t.Errorf("a reference: got %v and the error %v", f, err)
	}
	if f, err := Debug(library, "norm"); err == nil || !strings.Contains(err.Error(), "_ZN2ns4normEPKdl is C++'s ns::norm") {
		t.Errorf("norm: got %v and the error %v", f, err)
	}
}

// TestDebugIsFoundWhereItLies looks beside the library, and says what is missing.
func TestDebugIsFoundWhereItLies(t *testing.T) {
	library := compiled(t, "a.c", "double f(const double *p) { return *p; }", "liba.so", "cc", "-g", "-shared", "-fPIC")
	folder := filepath.Dir(library)
	run := func(command ...string) {
		t.Helper()
		c := exec.Command(command[0], command[1:]...)
		c.Dir = folder
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", c, err, out)
		}
	}
	run("objcopy", "--only-keep-debug", "liba.so", "liba.debug")
	run("objcopy", "--strip-debug", "--add-gnu-debuglink=liba.debug", "liba.so")
	f, err := Debug(library, "f")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := signature(f), "f(p const*float64) float64"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := os.Remove(filepath.Join(folder, "liba.debug")); err != nil {
		t.Fatal(err)
	}
	if f, err := Debug(library, "f"); err == nil || !strings.Contains(err.Error(), "has no debugging information: build it with -g, or give --sig or --header") {
		t.Errorf("got %v and the error %v", f, err)
	}
	if f, err := Debug(library, "g"); err == nil || !strings.Contains(err.Error(), `exports no function "g"`) {
		t.Errorf("got %v and the error %v", f, err)
	}
	run("cc", "-g", "-gsplit-dwarf", "-shared", "-fPIC", "-o", "libdwo.so", "a.c")
	if f, err := Debug(filepath.Join(folder, "libdwo.so"), "f"); err == nil || !strings.Contains(err.Error(), "build it without -gsplit-dwarf") {
		t.Errorf("got %v and the error %v", f, err)
	}
	// Of two sources, one without information.
	write(t, filepath.Join(folder, "b.c"), []byte("int g(int x) { return x; }"))
	run("cc", "-c", "-fPIC", "b.c")
	run("cc", "-g", "-shared", "-fPIC", "-o", "libb.so", "a.c", "b.o")
	if f, err := Debug(filepath.Join(folder, "libb.so"), "g"); err == nil || !strings.Contains(err.Error(), "but none of g") {
		t.Errorf("got %v and the error %v", f, err)
	}
	if f, err := Debug(filepath.Join(folder, "libb.so"), "f"); err != nil {
		t.Errorf("got %v and the error %v", f, err)
	}
}
