// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// facts writes what a caller must know of a type, in a line.
func facts(t *Type) string {
	switch t.Kind {
	case Void:
		return "void"
	case Pointer:
		text := "*" + facts(t.Elem)
		if t.Const {
			return "const" + text
		}
		return text
	case Array:
		return fmt.Sprintf("[%d]%s", t.Count, facts(t.Elem))
	case Struct:
		list := make([]string, len(t.Field))
		for k, f := range t.Field {
			list[k] = fmt.Sprintf("%s@%d %s", f.Name, f.Offset, facts(f.Type))
		}
		return fmt.Sprintf("{%s}%d", strings.Join(list, ", "), t.Size)
	case Code:
		list := make([]string, len(t.Field))
		for k, f := range t.Field {
			list[k] = facts(f.Type)
		}
		return fmt.Sprintf("func(%s) %s", strings.Join(list, ", "), facts(t.Elem))
	case Other:
		return "other"
	}
	return fmt.Sprintf("%s%d", t.Kind, 8*t.Size)
}

// signature writes what a caller must know of a function, in a line.
func signature(f *Function) string {
	var list []string
	for _, p := range f.Params {
		list = append(list, p.Name+" "+facts(p.Type))
	}
	if f.Variadic {
		list = append(list, "...")
	}
	return fmt.Sprintf("%s(%s) %s", f.Name, strings.Join(list, ", "), facts(f.Result))
}

//nolint:dupword // long long is a type
func TestParse(t *testing.T) {
	for _, test := range []struct{ sig, want, text string }{
		{"double norm(const double *p, int64_t n)", "norm(p const*float64, n signed64) float64", "double norm(const double *p, int64_t n)"},
		{"void f(void);", "f() void", "void f(void)"},
		{"int f()", "f() signed32", "int f(void)"},
		{"  int\n f ( int x ) ;; // a comment", "f(x signed32) signed32", "int f(int x)"},
		{"bool f(_Bool a, char c, signed char s, unsigned char u)", "f(a bool8, c signed8, s signed8, u uint8) bool8", ""},
		{"short f(unsigned short, long, unsigned long, long long, unsigned)",
			"f(arg1 uint16, arg2 signed64, arg3 uint64, arg4 signed64, arg5 uint32) signed16", "short f(unsigned short arg1, long arg2, " +
				"unsigned long arg3, long long arg4, unsigned int arg5)"},
		{"size_t f(int8_t a, uint8_t b, int16_t c, uint16_t d, int32_t e, uint32_t f, int64_t g, uint64_t h, ssize_t i, off_t j, intptr_t k, uintptr_t l)",
			"f(a signed8, b uint8, c signed16, d uint16, e signed32, f uint32, g signed64, h uint64, i signed64, j signed64, k signed64, l uint64) uint64", ""},
		{"float f(float x, double y)", "f(x float32, y float64) float32", ""},
		{"double f(const double data[], double v[3], double m[][4], double w[static 2], double x[*])",
			"f(data const*float64, v *float64, m *[4]float64, w *float64, x *float64) float64",
			"double f(const double *data, double *v, double (*m)[4], double *w, double *x)"},
		{"const char *f(char *const *a, const char *const b[], char **c, void *restrict d, const void *e)",
			"f(a const**signed8, b const*const*signed8, c **signed8, d *void, e const*void) const*signed8",
			"const char *f(char *const *a, const char *const *b, char **c, void *d, const void *e)"},
		{"struct pair { double x, y; }; struct pair swap(struct pair p);",
			"swap(p {x@0 float64, y@8 float64}16) {x@0 float64, y@8 float64}16", "struct pair swap(struct pair p)"},
		{"typedef struct { char c; int32_t a[3]; struct { float f; double d; } in; } t; void f(t v, const t *p)",
			"f(v {c@0 signed8, a@4 [3]signed32, in@16 {f@0 float32, d@8 float64}16}32, " +
				"p const*{c@0 signed8, a@4 [3]signed32, in@16 {f@0 float32, d@8 float64}16}32) void", "void f(t v, const t *p)"},
		{"struct node { struct node *next; const char *s; const char **v; }; int len(const struct node *n)",
			"len(n const*{next@0 *{}24, s@8 *signed8, v@16 **signed8}24) signed32", "int len(const struct node *n)"},
		{"int f(struct opaque *p, FILE *q)", "f(p *{}0, q *{}0) signed32", "int f(struct opaque *p, FILE *q)"},
		{"enum e {A, B}; enum g {M = -1}; enum e f(enum e a, enum g b)", "f(a uint32, b signed32) uint32", "enum e f(enum e a, enum g b)"},
		{"int f(enum undefined a)", "f(a uint32) signed32", ""},
		{"int (f)(int x)", "f(x signed32) signed32", "int f(int x)"},
		{"int f(size_t n, const double a[n][n])", "f(n uint64, a const*float64) signed32", ""},
		{"void qsort(void *b, size_t n, size_t w, int (*cmp)(const void *, const void *))",
			"qsort(b *void, n uint64, w uint64, cmp *func(const*void, const*void) signed32) void",
			"void qsort(void *b, size_t n, size_t w, int (*cmp)(const void *, const void *))"},
		{"int (*f(int))(double)", "f(arg1 signed32) *func(float64) signed32", "int (*f(int arg1))(double)"},
		{"double f(double g(double), int)", "f(g *func(float64) float64, arg2 signed32) float64", "double f(double (*g)(double), int arg2)"},
		{"int printf(const char *format, ...)", "printf(format const*signed8, ...) signed32", "int printf(const char *format, ...)"},
		{"int vprintf(const char *format, va_list list)", "vprintf(format const*signed8, list other) signed32", ""},
		{"union u { int a; double b; }; void f(union u v, union u *p)", "f(v other, p *other) void", "void f(union u v, union u *p)"},
		{"typedef union { int a; } u; void f(u v)", "f(v other) void", "void f(union u v)"},
		{"struct b { int a : 3; unsigned c : 5; }; void f(struct b v)", "f(v {a@0 other, c@0 other}4) void", ""},
		{"long double f(double complex z, _Float128 q, __int128 i)", "f(z other, q other, i other) other",
			"long double f(_Complex double z, _Float128 q, __int128 i)"},
		{"typedef double v4 __attribute__((vector_size(32))); v4 f(v4 x)", "f(x other) other", ""},
		{"typedef unsigned long uLong; typedef unsigned char Bytef; uLong crc32(uLong crc, const Bytef *buf, uint len)",
			"crc32(crc uint64, buf const*uint8, len uint32) uint64", "uLong crc32(uLong crc, const Bytef *buf, uint len)"},
		{"typedef const void *cvp; typedef double D; void f(cvp a, const D *b, D const *c, const cvp *d)",
			"f(a const*void, b const*float64, c const*float64, d const*const*void) void", "void f(cvp a, const D *b, const D *c, const cvp *d)"},
		{"int first(int); double last(double x);", "last(x float64) float64", ""},
		{"int f(int x), g(long y);", "g(y signed64) signed32", ""},
		{"int v; int f(int x); extern int w;", "f(x signed32) signed32", ""},
		{`extern "C" int f(int x)`, "f(x signed32) signed32", ""},
		{"extern int f(register int x)", "f(x signed32) signed32", ""},
		{"static inline int f(int x) { return x + 1; }", "f(x signed32) signed32", ""},
		{"__attribute__((noinline)) int f(int x) __attribute__((pure));", "f(x signed32) signed32", ""},
		{"int f(a, b) int a; double b; { return a; }", "f(a signed32, b float64) signed32", ""},
		{"int f(int __x, int x, int)", "f(x signed32, arg2 signed32, arg3 signed32) signed32", ""},
		{"#define API\n#define N 4\nAPI int f(int a[N])", "f(a *signed32) signed32", ""},
		{"typedef double fn(double x); fn f;", "f(x float64) float64", "double f(double x)"},
		{"struct __attribute__((packed)) p { char c; double d; }; void f(struct p v)", "f(v {c@0 signed8, d@1 float64}9) void", ""},
	} {
		f, err := Parse(test.sig)
		if err != nil {
			t.Errorf("%s: %v", test.sig, err)
			continue
		}
		if got := signature(f); got != test.want && charSigned() {
			t.Errorf("%s:\ngot  %s\nwant %s", test.sig, got, test.want)
		}
		if test.text != "" && f.String() != test.text {
			t.Errorf("%s is shown as\n     %s\nwant %s", test.sig, f, test.text)
		}
		if f.From != "--sig" || f.Convention == "" {
			t.Errorf("%s is from %q, by the convention %q", test.sig, f.From, f.Convention)
		}
		if own := f.String(); !strings.Contains(own, "struct ") && !strings.Contains(own, "enum ") {
			if again, err := Parse(own); err == nil && signature(again) != signature(f) {
				t.Errorf("%s: its own text %s is read as %s", test.sig, f, signature(again))
			}
		}
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var back Function
		if err := json.Unmarshal(text, &back); err != nil || signature(&back) != signature(f) {
			t.Errorf("%s does not survive JSON: %v", test.sig, err)
		}
	}
}

func TestConventionIsNamed(t *testing.T) {
	f, err := Parse("void f(void)")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"amd64": "System V AMD64", "arm64": "AAPCS64"}[runtime.GOARCH]
	if want != "" && f.Convention != want {
		t.Errorf("got %q, want %q", f.Convention, want)
	}
}

// TestParseErrors holds that errors say what was found and wanted, and point at it.
func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ sig, want string }{
		{"", "found an empty prototype"},
		{" \n\t", "found an empty prototype"},
		{strings.Repeat("a", longest+1), "32769 bytes"},
		{"int f(doubl x)", "column 7: \"doubl\" is no type that is known here; did you mean \"double\"?\n    int f(doubl x)\n          ^"},
		{"int32_t f(int32 x)", `column 11: "int32" is no type that is known here; did you mean "int32_t"?`},
		{"Foo f(const Bar *x)", `column 1: "Foo" is no type that is known here: say what it is before the function, as in "typedef unsigned long Foo;"`},
		{"int f(int a, const Bar *x)", `column 20: "Bar" is no type`},
		{"typedef int foo; int f(foo x, fo y)", `column 31: "fo" is no type`},
		{"int f(int x", "column 12: the prototype ends, want ')'"},
		{"int f(int x))", `column 13: found ")", want a name`},
		{"int f(int x) }", `column 14: found "}"`},
		{"int f(@)", `column 7: found "@", want a type or a name`},
		{"int f(\n\tint x,\n\tfoo z)", "line 3, column 2: \"foo\" is no type"},
		{"double", "found no function"},
		{"int x", "x is no function"},
		{"int f(" + strings.Repeat("int x,", 100) + "foo y)", "column 607: \"foo\" is no type that is known here: say what it is before the function, " +
			"as in \"typedef unsigned long foo;\", or give --header\n    " + strings.Repeat("int x,", 10) + "foo y)\n    " + strings.Repeat(" ", 60) + "^"},
		{"typedef int f(int);", "found no function"},
		{"f(int x)", "f has no type of result"},
		{"void f(int &x)", "column 12: \"&\" is C++, want C"},
		{"std::string f(int)", "column 4: \"::\" is C++"},
		{"int f(vector<int> x)", "column 7: \"vector<int>\" is C++"},
		{"template<class T> T f(T)", "column 1: \"template\" is C++"},
		{"int f(int x) const", "column 14: \"const\" is C++"},
		{"#include <stdio.h>\nint f(int);", "give --header"},
		{"#include \"/etc/passwd\"\nint f(int);", "give --header"},
		{"#error no\nint f(int);", "no"},
		{"int f(int x y)", `column 13: found "y", want ')'`},
		{"int f(const char *s t)", `column 21: found "t", want ')'`},
		{"struct p { double x; } struct p f(struct p v)", `is a ";" missing?`},
		{"double f(x)", "parameter x has no type"},
		{"double norm(const double *p, n)", "parameter 2 has no type"},
		{"int f(int x,)", "parameter 2 has no type"},
		{"int (*f(x))(int)", "parameter x has no type"},
		{"int f(void x)", "parameter 1 is void"},
		{"int f(int x, void)", "parameter 2 is void"},
		{"int f(int)[3]", "which no function of C does"},
		{"void (*f)(int)", "f is a pointer to a function, want a function"},
		{"double f(double[3] a)", `found "a", want ',' or ')'`},
		{"double norm double *p, int n)", `column 13: found "double", want '(' or ';'`},
		{"typedef double int64_t; int f(int64_t x)", "int64_t is another type already"},
		{"struct s { char a[999999999999999999999999]; }; int f(struct s v)", "999999999999999999999999: value out of range"},
		{"func norm(p []float64) float64", `"func" is no type`},
		{"int f(struct { )", "column"},
	} {
		f, err := Parse(test.sig)
		if err == nil {
			t.Errorf("%q is read as %s, want an error with %q", shorten(test.sig), f, test.want)
			continue
		}
		if !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "prototype: ") {
			t.Errorf("%q: got %v\nwant %s", shorten(test.sig), err, test.want)
		}
		if strings.Contains(err.Error(), ".go:") {
			t.Errorf("%q: the error speaks of the parser's own source: %v", shorten(test.sig), err)
		}
	}
}

func TestRefusal(t *testing.T) {
	for _, test := range []struct{ sig, want string }{
		{"double f(const double *p, int n)", ""},
		{"void f(void)", ""},
		{"struct p { char c; double d; float a[3]; struct { int x; } in; }; struct p f(struct p v)", ""},
		{"int printf(const char *f, ...)", "printf is variadic"},
		{"union u { int a; }; void f(union u *v)", ""},
		{"union u { int a; }; void f(int a, union u v)", "parameter v of f is union u, which no crossing passes by value"},
		{"long double f(int x)", "the result of f is long double, which"},
		{"double f(double complex z)", "parameter z of f is _Complex double, which"},
		{"struct b { int a : 3; }; void f(struct b v)", "struct b with the field a, bit field, which"},
		{"struct o; void f(struct o v)", "struct o: its fields are not known"},
		{"struct __attribute__((packed)) p { char c; double d; }; void f(struct p v)", "struct p with the field d at byte 1, where Go has it at 8"},
		{"struct __attribute__((aligned(32))) p { double d; }; struct p f(int x)", "struct p of 32 bytes aligned to 32, where Go has 8 aligned to 8"},
		{"struct p { int a; union { int x; } u; }; void f(struct p v)", "struct p with the field u, union"},
		{"int f(va_list l)", "va_list"},
		{"struct s { char a[999999999999]; }; int f(struct s v)", "struct s of 999999999999 bytes, more than"},
		{"struct p { int n; double x[]; }; void f(struct p v)", "struct p with the field x, an array without a size"},
	} {
		f, err := Parse(test.sig)
		if err != nil {
			t.Errorf("%s: %v", test.sig, err)
			continue
		}
		got := f.Refusal()
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: refused with %q, want %q", test.sig, got, test.want)
		}
	}
}

func TestGo(t *testing.T) {
	f, err := Parse("typedef struct { double x; } s; s f(bool a, int8_t b, unsigned c, long d, float e, double g, const char *h, s i)")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"bool", "int8", "uint32", "int64", "float32", "float64", "unsafe.Pointer", ""}
	for k, p := range f.Params {
		if got := p.Type.Go(); got != want[k] {
			t.Errorf("%s is %q in Go, want %q", p.Type, got, want[k])
		}
	}
	if got := (&Type{Kind: Array, Count: 3, Elem: &Type{Kind: Signed, Size: 4}}).Go(); got != "[3]int32" {
		t.Errorf("got %q for an array, want [3]int32", got)
	}
}

func TestText(t *testing.T) {
	f, err := Parse("typedef unsigned char Bytef; void f(const char *a, char *b, unsigned char *c, Bytef *d, char **e, void *g, int8_t *h)")
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range []bool{true, true, false, false, false, false, false} {
		if got := f.Params[k].Type.Text(); got != want {
			t.Errorf("%s is text: %v, want %v", f.Params[k].Type, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"double norm(const double *p, int64_t n)", "struct p { double x, y; }; struct p swap(struct p v);", "int f(doubl x)",
		"void f(int (*cmp)(const void *, const void *))", "union u { int a; }; enum e {A=1}; union u f(enum e x, ...)", "std::string f(int &x)",
		"typedef struct { int a : 3; char b[2][3]; } t; t f(t v)", "#define A(x) x, x\nint f(A(int) y)", "int f(int [*])", "int f(a,b) int a; {}",
		"_Alignas(64) int f(long double complex z)", "int f(__attribute__((vector_size(16))) int x)", "typeof(f) g;", "\xff\x00(",
		"double norm(const double ???????64_t n*", // the parser once came to no end
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sig string) {
		fn, err := Parse(sig)
		if (fn == nil) == (err == nil) {
			t.Fatalf("got the function %v and the error %v", fn, err)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "prototype: ") || strings.Contains(err.Error(), "runtime error") && !strings.Contains(err.Error(), "C parser") {
				t.Errorf("the error has no prefix, or is a fault of ours: %v", err)
			}
			return
		}
		if fn.Name == "" || fn.Result == nil {
			t.Errorf("got a function without name or result: %+v", fn)
		}
		for _, p := range fn.Params {
			if p.Name == "" || p.Type == nil {
				t.Errorf("got a parameter without name or type: %+v", p)
			}
		}
		_, _ = fn.String(), fn.Refusal()
		if _, err := json.Marshal(fn); err != nil {
			t.Error(err)
		}
	})
}
