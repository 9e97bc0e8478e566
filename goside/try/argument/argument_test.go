// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package argument

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"toll/goside/try/prototype"
)

// Types that tests use.
var (
	tInt     = &prototype.Type{Kind: prototype.Signed, Name: "int", Size: 4, Align: 4}
	tInt8    = &prototype.Type{Kind: prototype.Signed, Name: "int8_t", Size: 1, Align: 1}
	tInt64   = &prototype.Type{Kind: prototype.Signed, Name: "int64_t", Size: 8, Align: 8}
	tSize    = &prototype.Type{Kind: prototype.Uint, Name: "size_t", Size: 8, Align: 8}
	tUint32  = &prototype.Type{Kind: prototype.Uint, Name: "uInt", Size: 4, Align: 4}
	tUint64  = &prototype.Type{Kind: prototype.Uint, Name: "uint64_t", Size: 8, Align: 8}
	tByte    = &prototype.Type{Kind: prototype.Uint, Name: "unsigned char", Size: 1, Align: 1}
	tChar    = &prototype.Type{Kind: prototype.Signed, Name: "char", Size: 1, Align: 1}
	tBool    = &prototype.Type{Kind: prototype.Bool, Name: "bool", Size: 1, Align: 1}
	tFloat   = &prototype.Type{Kind: prototype.Float, Name: "float", Size: 4, Align: 4}
	tDouble  = &prototype.Type{Kind: prototype.Float, Name: "double", Size: 8, Align: 8}
	tEnum    = &prototype.Type{Kind: prototype.Uint, Name: "enum CBLAS_ORDER", Size: 4, Align: 4}
	tVoid    = &prototype.Type{Kind: prototype.Void, Name: "void"}
	tOpaque  = &prototype.Type{Kind: prototype.Struct, Name: "struct sqlite3"}
	tCode    = &prototype.Type{Kind: prototype.Code, Name: "int ()"}
	tComplex = &prototype.Type{Kind: prototype.Other, Name: "double _Complex", Size: 16, Align: 8}
	tPair    = &prototype.Type{Kind: prototype.Struct, Name: "struct pair", Size: 40, Align: 8, Field: []prototype.Field{
		{Name: "x", Offset: 0, Type: tInt}, {Name: "y", Offset: 8, Type: tDouble},
		{Name: "v", Offset: 16, Type: &prototype.Type{Kind: prototype.Array, Name: "int16_t", Size: 6, Align: 2, Count: 3,
			Elem: &prototype.Type{Kind: prototype.Signed, Name: "int16_t", Size: 2, Align: 2}}},
		{Name: "next", Offset: 24, Type: to(tVoid)}, {Name: "ok", Offset: 32, Type: tBool},
	}}
)

// to returns the type of a pointer.
func to(elem *prototype.Type) *prototype.Type {
	return &prototype.Type{Kind: prototype.Pointer, Size: 8, Align: 8, Elem: elem}
}

// constTo returns the type of a pointer to what is const.
func constTo(elem *prototype.Type) *prototype.Type {
	return &prototype.Type{Kind: prototype.Pointer, Size: 8, Align: 8, Elem: elem, Const: true}
}

// function returns one that takes what is named, a name and a type by turns.
func function(name string, params ...any) *prototype.Function {
	f := &prototype.Function{Name: name, Result: tDouble, Lang: "c"}
	for k := 0; k < len(params); k += 2 {
		f.Params = append(f.Params, prototype.Parameter{Name: params[k].(string), Type: params[k+1].(*prototype.Type)})
	}
	return f
}

func plan(t *testing.T, f *prototype.Function, o Options) *Plan {
	t.Helper()
	p, err := New(f, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func values(t *testing.T, p *Plan, set int, seed uint64) []Value {
	t.Helper()
	all, err := p.Values(set, seed)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// native returns the bytes of values, in the machine's order.
func native(t *testing.T, all ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, one := range all {
		if err := binary.Write(&b, binary.NativeEndian, one); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// norm is double norm(const double *p, int64_t n).
var norm = function("norm", "p", constTo(tDouble), "n", tInt64)

func TestLiterals(t *testing.T) {
	for _, c := range []struct {
		elem *prototype.Type
		spec string
		want any
	}{
		{tInt, "1000", int32(1000)}, {tInt, "-1", int32(-1)}, {tInt, "0x7fFFffff", int32(math.MaxInt32)}, {tInt, "-0x10", int32(-16)},
		{tInt, "'x'", int32('x')}, {tInt, `'\n'`, int32('\n')}, {tInt, `'\0'`, int32(0)}, {tChar, `'\x7f'`, int8(127)}, {tInt, "'''", nil},
		{tInt, "1e6", int32(1e6)}, {tInt, "1.5e3", int32(1500)}, {tInt, "64Ki", int32(65536)}, {tInt, "2k", int32(2000)},
		{tInt, "0.5Ki", int32(512)}, {tInt, "010", int32(10)}, {tInt, "true", int32(1)}, {tInt, "+5", int32(5)},
		{tInt8, "-128", int8(-128)}, {tUint64, "18446744073709551615", uint64(math.MaxUint64)}, {tUint64, "1e19", uint64(1e19)},
		{tInt64, "-9223372036854775808", int64(math.MinInt64)}, {tInt64, "9007199254740993", int64(1<<53 + 1)},
		{tBool, "true", true}, {tBool, "false", false}, {tBool, "1", true}, {tEnum, "101", uint32(101)},
		{tDouble, "0.1", 0.1}, {tDouble, "1", 1.0}, {tDouble, "inf", math.Inf(1)}, {tDouble, "-inf", math.Inf(-1)},
		{tDouble, "0x1p-3", 0.125}, {tDouble, "-0.0", math.Copysign(0, -1)}, {tDouble, "-0", math.Copysign(0, -1)}, {tDouble, "0x10", 16.0},
		{tDouble, "nan", math.NaN()}, {tFloat, "0.1", float32(0.1)}, {tFloat, "inf", float32(math.Inf(1))}, {tDouble, "1e308", 1e308},
		{tInt, "7*(2+3)", int32(35)}, {tInt, "7/2", int32(3)}, {tInt, "-7/2", int32(-3)}, {tInt, "2**10", int32(1024)},
		{tInt, "max(3, 1Ki)", int32(1024)}, {tDouble, "1/3", 1.0 / 3}, {tInt, "ceil(7/2)", int32(4)}, {tInt, "0x10*2", int32(32)},

		{tInt, "2.5", nil}, {tInt, "2.0", nil}, {tInt, "nan", nil}, {tInt, "1e10", nil}, {tInt, "2147483648", nil}, {tInt8, "300", nil},
		{tUint32, "-1", nil}, {tBool, "2", nil}, {tFloat, "1e39", nil}, {tDouble, "1e999999999", nil}, {tInt, "", nil}, {tInt, "'xy'", nil},
		{tInt, "1_000", nil}, {tInt, "nil", nil}, {tInt, `"a"`, nil}, {tInt, "zeros:3", nil}, {tInt, "random:3", nil}, {tInt, "1//2", nil},
		{tInt, "1/*2", nil}, {tInt, "7 % 2", nil}, {tInt, "(1", nil}, {tInt, "len(1)", nil}, {tInt, "system(1)", nil}, {tInt, "1?2:3", nil},
		{tInt, "m", nil}, {tInt, "a", nil}, {tInt, "max()", nil}, {tInt, "1/0", nil}, {tInt, "2**60", nil}, {tInt, "random:5:1", nil},
		{tInt, "random:0.5:1", nil}, {tInt, "1..5", nil}, {tInt, "{x=1}", nil}, {tInt, "[1]", nil},
	} {
		p, err := New(function("f", "a", c.elem), Options{Args: []string{"a=" + c.spec}})
		if (err == nil) != (c.want != nil) {
			t.Errorf("%s for a %s: error %v, want %v", c.spec, c.elem.Name, err, c.want)
			continue
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "argument: ") {
				t.Errorf("%s: the error %q has no prefix", c.spec, err)
			}
			continue
		}
		v := values(t, p, 0, 0)[0]
		if want := native(t, c.want); !bytes.Equal(v.Bytes, want) || v.Memory || v.Nil {
			t.Errorf("%s for a %s: found %x, want %x", c.spec, c.elem.Name, v.Bytes, want)
		}
		// A number for a pointer is one element.
		p = plan(t, function("f", "a", to(c.elem)), Options{Args: []string{"1=" + c.spec}})
		if v = values(t, p, 0, 0)[0]; !bytes.Equal(v.Bytes, native(t, c.want)) || !v.Memory {
			t.Errorf("%s for a pointer to %s: found %x", c.spec, c.elem.Name, v.Bytes)
		}
	}
}

func TestMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "some data")
	if err := os.WriteFile(path, []byte("12345678"), 0o600); err != nil {
		t.Fatal(err)
	}
	nan := native(t, math.NaN())
	for _, c := range []struct {
		elem *prototype.Type
		spec string
		want []byte // nil if it is refused
	}{
		{tDouble, "zeros:2", make([]byte, 16)}, {tDouble, "zeros:0", []byte{}}, {tDouble, "ones:3", native(t, []float64{1, 1, 1})},
		{tDouble, "range:1:0.5:3", native(t, []float64{1, 1.5, 2})}, {tInt, "range:5:-5:3", native(t, []int32{5, 0, -5})},
		{tInt, "1..4", native(t, []int32{1, 2, 3, 4})}, {tInt, "-1..1", native(t, []int32{-1, 0, 1})}, {tInt, "2..k", native(t, []int32{2, 3})},
		{tInt, "list:1,-2,0x3", native(t, []int32{1, -2, 3})}, {tDouble, "list:1,nan", append(native(t, 1.0), nan...)},
		{tByte, "list:'a',0,255", []byte{'a', 0, 255}}, {tDouble, "file:" + path, []byte("12345678")}, {tInt, "file:" + path, []byte("12345678")},
		{tChar, "file:" + path, []byte("12345678\x00")}, {tByte, "file:" + path, []byte("12345678")}, {tVoid, "file:" + path, []byte("12345678")},
		{tChar, `"a\tb"`, []byte("a\tb\x00")}, {tChar, "text:a=b:c", []byte("a=b:c\x00")}, {tChar, "text:", []byte{0}}, {tByte, `"ü"`, []byte("ü\x00")},
		{tVoid, "zeros:3", make([]byte, 3)}, {tOpaque, "zeros:3", make([]byte, 3)}, {tDouble, "zeros:k*2-1", make([]byte, 40)},
		{tDouble, "zeros:k/2", make([]byte, 8)}, {to(tChar), "zeros:2", make([]byte, 16)}, {to(tChar), "nil", nil}, {tByte, "ones:2", []byte{1, 1}},
		{tPair, "{x=1,y=2.5}", append(append(native(t, int32(1), int32(0), 2.5), make([]byte, 16)...), make([]byte, 8)...)},
		{tPair, "{1, 2.5, [7,8], nil, true}", append(native(t, int32(1), int32(0), 2.5, []int16{7, 8, 0, 0}, int64(0)), 1, 0, 0, 0, 0, 0, 0, 0)},
		{tPair, "{v=[-1],true}", nil}, {tPair, "{v=[-1],nil,true}", append(native(t, int64(0), 0.0, []int16{-1, 0, 0, 0}, int64(0)), 1, 0, 0, 0, 0, 0, 0, 0)},
		{tPair, "list:{x=1},{y=2}", append(append(native(t, int32(1)), make([]byte, 36)...), append(append(make([]byte, 8), native(t, 2.0)...), make([]byte, 24)...)...)},
		{tPair, "{}", make([]byte, 40)}, {tDouble, "zeros:len(q)", make([]byte, 5*8)}, {tDouble, "zeros:bytes( q )", make([]byte, 10*8)},

		{tDouble, "zeros:-1", nil}, {tDouble, "zeros:nothing", nil}, {tDouble, "zeros:", nil}, {tDouble, "zeros:1e12", nil}, {tDouble, "zeros:2**40", nil},
		{tDouble, "file:" + path + ".not", nil}, {tPair, "file:" + path, nil}, {tDouble, "file:/", nil}, {tDouble, `"text"`, nil}, {tChar, `"a\x00b"`, nil},
		{tChar, `"a`, nil}, {tDouble, "list:", nil}, {tInt, "list:1,2.5", nil}, {tInt8, "list:1,300", nil}, {tInt, "list:k", nil}, {tInt8, "range:1:1:200", nil},
		{tInt, "range:0:0.5:4", nil}, {tInt, "range:0:4", nil}, {tDouble, "range:a:1:4", nil}, {tPair, "{z=1}", nil}, {tPair, "{x=2.5}", nil}, {tPair, "{x=k}", nil},
		{tPair, "{x=1", nil}, {tPair, "{v=[1,2,3,4]}", nil}, {tPair, "{1,2,[3],0,1,6}", nil}, {tPair, "{next=5}", nil}, {tPair, "ones:3", nil}, {tPair, "5", nil},
		{tPair, "{v=1}", nil}, {tPair, "{x=[1]}", nil}, {tPair, "{x={x=1}}", nil}, {tDouble, "random:float32:10", nil}, {tDouble, "random:int64:10", nil},
		{tPair, "random:double:10", nil}, {to(tChar), "random:10", nil}, {tDouble, "zeros:p", nil}, {tDouble, "zeros:q", nil}, {tDouble, "zeros:len(k)", nil},
		{tDouble, "[1,2]", nil}, {tDouble, "other:3", nil}, {tCode, "zeros:3", nil}, {tCode, "5", nil}, {tDouble, "random:1:2:3:4", nil},
		{tDouble, strings.Repeat("{", 100) + strings.Repeat("}", 100), nil}, {tDouble, "zeros:" + strings.Repeat("1+", 1000) + "1", nil}, {tComplex, "5", nil},
		{tDouble, "random:-inf:inf:3", nil}, {tDouble, "random:nan:1:3", nil},
	} {
		f := function("f", "p", to(c.elem), "k", tInt, "q", constTo(&prototype.Type{Kind: prototype.Signed, Name: "short", Size: 2, Align: 2}))
		p, err := New(f, Options{Args: []string{"p=" + c.spec, "k=3", "q=random:5"}})
		if c.spec == "nil" {
			v := values(t, p, 0, 0)[0]
			if !v.Nil || len(v.Bytes) != 0 || v.Memory || p.Arguments[0].Access != "" {
				t.Errorf("nil: found %+v", v)
			}
			continue
		}
		if (err == nil) != (c.want != nil) {
			t.Errorf("%s for a pointer to %s: error %v, want %x", c.spec, c.elem.Name, err, c.want)
			continue
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "argument: p is ") {
				t.Errorf("%s: the error %q does not begin with the argument", c.spec, err)
			}
			continue
		}
		if v := values(t, p, 0, 1)[0]; !bytes.Equal(v.Bytes, c.want) || !v.Memory || v.Nil {
			t.Errorf("%s for a pointer to %s: found %x, want %x", c.spec, c.elem.Name, v.Bytes, c.want)
		}
	}
}

// TestErrors holds what errors say.
func TestErrors(t *testing.T) {
	f := function("f", "p", constTo(tDouble), "n", tInt8, "s", constTo(tChar), "h", to(tOpaque))
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Args: []string{"n=300"}}, "argument: n is 300, want -128 to 127 (int8_t)"},
		{Options{Args: []string{"n=2.5"}}, "argument: n is 2.5: found 2.5, want an integer (int8_t)"},
		{Options{Args: []string{"n=100*3", "h=nil"}}, "argument: n is 100*3: it comes to 300, want -128 to 127 (int8_t)"},
		{Options{Args: []string{"m=3"}}, `argument: f has no argument "m", want p, n, s, h`},
		{Options{Args: []string{"5=3"}}, `argument: f has no argument "5", want p, n, s, h`},
		{Options{Args: []string{"n"}}, `argument: "n" is no NAME=SPEC, such as n=1000`},
		{Options{Args: []string{"n=1", "2=3"}}, "argument: n is 1 and 3, want one of them"},
		{Options{Args: []string{"n=len(p)", "p=random:n", "h=nil"}}, "argument: p is random:n, which needs p itself, want a number for one of them"},
		{Options{Args: []string{"p=random:float32:5"}}, "argument: p is random:float32:5: found float32, want float64 (double)"},
		{Options{Args: []string{"p=random:x", "h=nil"}}, `argument: p is random:x: found "x", which is no argument, want p, n, s, h`},
		{Options{Args: []string{"p=zeros:-5", "h=nil"}}, "argument: p is zeros:-5: found -5 elements of 8 bytes, want 0 or more, and at most 1073741824 bytes (1 GiB)"},
		{Options{Args: []string{"p=zeros:1e8", "s=zeros:1e9", "h=nil"}}, "argument: s has 1000000000 bytes, and with those before it 1800000001, want at most 1073741824 (1 GiB)"},
		{Options{Args: []string{`s="a\x00b"`, "h=nil"}}, `argument: s is "a\x00b": found a NUL as its character 2, where a function takes it to end, want list: or file: for such bytes`},
		{Options{}, "argument: h is a struct sqlite3 *, and what it is to lead to cannot be guessed, want --arg h=nil or --arg h=zeros:BYTES"},
		{Options{Args: []string{"h=nil"}, Out: []string{"n"}}, `argument: "n": n is no pointer but int8_t, so the function cannot write it`},
		{Options{Args: []string{"h=nil"}, Out: []string{"h"}}, `argument: "h": h is nil, so the function cannot write there`},
		{Options{Args: []string{"h=nil"}, Out: []string{"p:both"}}, `argument: "p:both": found "both", want NAME, NAME:in, NAME:inout or result:free=SYMBOL`},
		{Options{Args: []string{"h=nil"}, Out: []string{"result:free=free"}}, `argument: "result:free=free": the result of f is no pointer, so there is nothing to free`},
		{Options{Args: []string{"h=nil"}, Out: []string{"q"}}, `argument: f has no argument "q", want p, n, s, h`},
		{Options{Args: []string{"h=nil"}, Sweep: []string{"n=1:100", "p=1:100"}}, "argument: n=1:100 and p=1:100 are swept, want one of them"},
		{Options{Args: []string{"h=nil"}, Sweep: []string{"n=1:1000"}}, "argument: sweep of n: n is 1000, want -128 to 127 (int8_t)"},
		{Options{Args: []string{"h=nil", "n=5"}, Sweep: []string{"n=1:100"}}, "argument: n is 5 and is swept, want one of them"},
		{Options{Args: []string{"h=nil", `s="a"`}, Sweep: []string{"s=1:100"}}, `argument: s is swept, and it is "a", want a number of elements that can vary, such as s=random:1000`},
		{Options{Args: []string{"h=nil"}, Sweep: []string{"p=1:1e6:x2"}}, "argument: sweep of p: found 21 sizes, want at most 16: take a factor such as x3"},
		{Options{Args: []string{"h=nil"}, Sweep: []string{"p"}}, `argument: sweep "p" is no NAME=FROM:TO, such as n=1:1e6`},
	} {
		_, err := New(f, c.o)
		if err == nil || err.Error() != c.want {
			t.Errorf("%+v: the error is %v, want %s", c.o, err, c.want)
		}
		if err != nil && strings.Count(err.Error(), "argument: ") != 1 {
			t.Errorf("%+v: the error %q has the package's prefix twice", c.o, err)
		}
	}
}

// TestGuesses holds what is guessed of functions as libraries have them.
func TestGuesses(t *testing.T) {
	fort := function("ddot_", "n", to(tInt), "x", to(tDouble), "incx", to(tInt), "info", to(tInt))
	fort.Lang = ""
	scale := function("scale", "n", to(tInt), "x", to(tDouble), "name", to(tChar), "a", to(tDouble), "lda", to(tInt), "m", to(tInt), "len_name", tInt64)
	scale.Lang = "fortran"
	for _, c := range []struct {
		f    *prototype.Function
		o    Options
		want []string // of each argument: what is passed and its access
	}{
		{norm, Options{}, []string{"random:float64:n in", "1000"}},
		{norm, Options{Args: []string{"p=random:50"}}, []string{"random:50 in", "len(p)"}},
		{norm, Options{Args: []string{"n=50"}}, []string{"random:float64:n in", "50"}},
		{norm, Options{Args: []string{"p=random:n*2"}}, []string{"random:n*2 in", "1000"}},
		{function("crc32", "crc", tUint64, "buf", constTo(tByte), "len", tUint32), Options{}, []string{"1", "random:uint8:len in", "1000"}},
		{function("crc32", "crc", tUint64, "buf", constTo(tByte), "len", tUint32), Options{Args: []string{"buf=text:hello"}}, []string{"1", "text:hello in", "len(buf)"}},
		{function("compress", "dest", to(tByte), "destLen", to(tUint64), "source", constTo(tByte), "sourceLen", tUint64), Options{},
			[]string{"random:uint8:destLen inout", "1000 inout", "random:uint8:sourceLen in", "1000"}},
		{function("compressBound", "sourceLen", tUint64), Options{}, []string{"1000"}},
		{function("cblas_ddot", "N", tInt, "X", constTo(tDouble), "incX", tInt, "Y", constTo(tDouble), "incY", tInt), Options{},
			[]string{"1000", "random:float64:N*max(1,abs(incX)) in", "1", "random:float64:N*max(1,abs(incY)) in", "1"}},
		{function("cblas_dgemv", "order", tEnum, "M", tInt, "N", tInt, "alpha", tDouble, "A", constTo(tDouble), "lda", tInt,
			"X", constTo(tDouble), "incX", tInt, "beta", tDouble, "Y", to(tDouble), "incY", tInt), Options{},
			[]string{"0", "100", "100", "random", "random:float64:lda*max(M,N) in", "max(M,N)", "random:float64:max(M,N)*max(1,abs(incX)) in", "1", "random",
				"random:float64:max(M,N)*max(1,abs(incY)) inout", "1"}},
		{function("gsl_stats_mean", "data", constTo(tDouble), "stride", tSize, "n", tSize), Options{}, []string{"random:float64:n*max(1,abs(stride)) in", "1", "1000"}},
		{function("frexp", "x", tDouble, "exp", to(tInt)), Options{}, []string{"random", "zeros:1 out"}},
		{function("sqlite3_complete", "sql", constTo(tChar)), Options{}, []string{`"hello, world" in`}},
		{function("write", "fd", tInt, "buf", constTo(tVoid), "count", tSize), Options{}, []string{"1", "random:uint8:count in", "1000"}},
		{function("memcpy", "dst", to(tVoid), "src", constTo(tVoid), "n", tSize), Options{}, []string{"zeros:n out", "random:uint8:n in", "1000"}},
		{function("strerror_r", "errnum", tInt, "buf", to(tChar), "buflen", tSize), Options{}, []string{"1", "zeros:buflen out", "1000"}},
		{function("two", "a", constTo(tDouble), "na", tInt, "b", constTo(tDouble), "nb", tInt), Options{},
			[]string{"random:float64:na in", "1000", "random:float64:nb in", "1000"}},
		{function("two", "n", tInt, "a", constTo(tDouble), "m", tInt, "b", constTo(tDouble)), Options{},
			[]string{"1000", "random:float64:n in", "1000", "random:float64:m in"}},
		{function("far", "n", tInt, "flag", tDouble, "a", constTo(tDouble), "x", tDouble, "y", tDouble, "m", tInt), Options{},
			[]string{"1000", "random", "random:float64:n in", "random", "random", "1"}},
		{function("raw", "p", constTo(tDouble), "nbytes", tSize), Options{}, []string{"random:float64:nbytes/8 in", "8000"}},
		{function("raw", "p", constTo(tDouble), "nbytes", tSize), Options{Args: []string{"p=zeros:5"}}, []string{"zeros:5 in", "bytes(p)"}},
		{function("qsort", "base", to(tVoid), "nmemb", tSize, "size", tSize, "compar", to(tCode)), Options{Args: []string{"size=8"}},
			[]string{"zeros:nmemb*size out", "1000", "8", "nil"}},
		{function("strs", "s", constTo(tChar), "n", tSize), Options{}, []string{"random:char:n in", "1000"}},
		{function("open", "name", constTo(tChar), "db", to(to(tOpaque))), Options{}, []string{`"hello, world" in`, "zeros:1 out"}},
		{function("geom", "a", tPair, "b", constTo(tPair), "c", to(tPair), "on", tBool), Options{}, []string{"random", "random:1 in", "zeros:1 out", "true"}},
		{fort, Options{}, []string{"1000 inout", "random:float64:n*max(1,abs(incx)) inout", "1 inout", "random:int32:1 inout"}},
		{scale, Options{}, []string{"100 inout", "random:float64:max(n,m) inout", "random:char:len_name inout", "random:float64:lda*max(n,m) inout", "max(n,m) inout",
			"100 inout", "100"}},
		{function("f", "arg1", constTo(tDouble), "arg2", tInt64), Options{}, []string{"random:float64:arg2 in", "1000"}},
		{function("f", "arg1", tInt, "arg2", constTo(tDouble), "arg3", tInt), Options{}, []string{"1", "random:float64:1000 in", "1"}},
		{norm, Options{Sweep: []string{"n=1:1e3"}}, []string{"random:float64:n in", "1"}},
		{norm, Options{Sweep: []string{"p=1:1e3"}}, []string{"random:float64:1000 in", "len(p)"}},
		{function("get", "p", constTo(tDouble)), Options{}, []string{"random:float64:1000 in"}},
		{norm, Options{Out: []string{"p:inout"}}, []string{"random:float64:n inout", "1000"}},
		{norm, Options{Out: []string{"1"}}, []string{"random:float64:n out", "1000"}},
	} {
		p, err := New(c.f, c.o)
		if err != nil {
			t.Errorf("%s: %v", c.f.Name, err)
			continue
		}
		var got []string
		for k, a := range p.Arguments {
			got = append(got, strings.TrimSpace(a.Spec+" "+string(a.Access)))
			given := slices.ContainsFunc(append(c.o.Args, c.o.Sweep...), func(arg string) bool { return strings.HasPrefix(arg, a.Name+"=") })
			if swept := a.Name == p.Sweep && a.Type.Kind == prototype.Pointer; (a.Why == "") != (given && !swept) {
				t.Errorf("%s: %s has the reason %q, want one if it was guessed", c.f.Name, a.Name, a.Why)
			}
			if k < len(c.want) && got[k] != c.want[k] {
				t.Errorf("%s %v: %s is %s, want %s", c.f.Name, c.o, a.Name, got[k], c.want[k])
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: found %q, want %q", c.f.Name, got, c.want)
		}
		if lines := p.Describe(); len(lines) != len(c.want) {
			t.Errorf("%s is described by %q", c.f.Name, lines)
		}
		for set := range p.Sizes {
			values(t, p, set, 3)
		}
	}
}

func TestDescribe(t *testing.T) {
	got := plan(t, norm, Options{Args: []string{"n=5"}}).Describe()
	want := []string{
		"p  const double *  random:float64:n  in  guessed: a const pointer, its length is n",
		"n  int64_t         5                 -   as given",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if got := plan(t, function("f"), Options{}).Describe(); len(got) != 0 {
		t.Errorf("a function without arguments is described by %q", got)
	}
	got = plan(t, norm, Options{Sweep: []string{"n=1:100"}}).Describe()
	if want := "n  int64_t         -                 -   swept: 1, 10, 100"; got[1] != want {
		t.Errorf("found %q, want %q", got[1], want)
	}
}

func TestSweep(t *testing.T) {
	for _, c := range []struct {
		spec string
		want []int64 // nil if it is refused
	}{
		{"1:1e6", []int64{1, 10, 100, 1000, 1e4, 1e5, 1e6}}, {"1:20:x2", []int64{1, 2, 4, 8, 16, 20}}, {"1,16,256", []int64{1, 16, 256}},
		{"5", []int64{5}}, {"3:3", []int64{3}}, {"1:64Ki:x16", []int64{1, 16, 256, 4096, 65536}}, {"0,1", []int64{0, 1}}, {"2:50", []int64{2, 20, 50}},
		{"0:10", nil}, {"10:1", nil}, {"1:10:2", nil}, {"1:10:x1", nil}, {"1:10:x", nil}, {"1:10:x2:3", nil}, {"1,1", nil}, {"", nil}, {"a:b", nil},
		{"-1,5", nil}, {"1.5", nil}, {"1:1e18", nil}, {strings.Repeat("1,", 17), nil}, {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", nil}, {"1:4e18:x2", nil},
	} {
		got, err := parseSizes(c.spec)
		if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: found %v, error %v, want %v", c.spec, got, err, c.want)
		}
	}
	// Buffers move with what is swept, and lengths with a buffer that is swept.
	for _, sweep := range []string{"n", "p"} {
		p := plan(t, norm, Options{Sweep: []string{sweep + "=1:100"}})
		for set, n := range []int64{1, 10, 100} {
			v := values(t, p, set, 0)
			if int64(len(v[0].Bytes)) != 8*n || !bytes.Equal(v[1].Bytes, native(t, n)) || p.N(set) != fmt.Sprint(n) {
				t.Errorf("set %d of %s: %d bytes, length %x, N %s, want %d", set, sweep, len(v[0].Bytes), v[1].Bytes, p.N(set), n)
			}
		}
		if _, err := p.Values(3, 0); err == nil {
			t.Error("a fourth set of three was had")
		}
	}
	if n := plan(t, norm, Options{}).N(0); n != "" {
		t.Errorf("N is %q of what does not vary", n)
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct {
		f    *prototype.Function
		o    Options
		want []string
	}{
		{norm, Options{Args: []string{"p=random:10", "n=10"}}, nil},
		{norm, Options{Args: []string{"p=random:10", "n=11"}}, []string{"p has 10 elements, and n asks for 11: the function may go beyond them"}},
		{norm, Options{Args: []string{"p=random:10"}, Sweep: []string{"n=1:100"}}, []string{"p has 10 elements, and n asks for 100: the function may go beyond them"}},
		{norm, Options{Args: []string{"p=random:10"}, Sweep: []string{"n=5,20,30"}}, []string{"p has 10 elements, and n asks for 20: the function may go beyond them"}},
		{norm, Options{Args: []string{"p=nil", "n=11"}}, nil},
		{norm, Options{Out: []string{"p"}}, []string{"p is a const pointer, and is said to be written"}},
		{function("f", "s", constTo(tChar), "n", tInt), Options{Args: []string{"s=text:ab", "n=3"}}, nil},
		{function("f", "s", constTo(tChar), "n", tInt), Options{Args: []string{"s=text:ab", "n=4"}},
			[]string{"s has 3 elements, and n asks for 4: the function may go beyond them"}},
		{function("f", "x", constTo(tDouble), "incx", tInt, "n", tInt), Options{Args: []string{"x=zeros:10", "n=10", "incx=2"}},
			[]string{"x has 10 elements, and n*max(1,abs(incx)) asks for 20: the function may go beyond them"}},
	} {
		if p := plan(t, c.f, c.o); !slices.Equal(p.Warnings, c.want) {
			t.Errorf("%s %+v: the warnings are %q, want %q", c.f.Name, c.o, p.Warnings, c.want)
		}
	}
}

func TestFree(t *testing.T) {
	f := function("make", "n", tInt)
	f.Result = to(tChar)
	if p := plan(t, f, Options{Out: []string{"result:free=lib_free"}}); p.Free != "lib_free" {
		t.Errorf("found %q", p.Free)
	}
	for _, bad := range []string{"result:free=", "result:free=a b", "n:free=free"} {
		if _, err := New(f, Options{Out: []string{bad}}); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// TestSeeds: the same seed makes the same bytes, another one others exactly if something is random.
func TestSeeds(t *testing.T) {
	f := function("f", "p", constTo(tDouble), "n", tInt, "x", tDouble, "s", tPair, "b", constTo(tByte), "q", to(tFloat))
	given := []string{"p=range:0:1:n", "x=0.5", "s={x=1}", "b=ones:5", "q=zeros:5"}
	for k, random := range []string{"", "p=random:n", "x=random", "s=random", "b=random:200", "q=random:-1:1:50", "n=random:100:5000"} {
		args := slices.Clone(given)
		if random != "" {
			name, _, _ := strings.Cut(random, "=")
			args = append(slices.DeleteFunc(args, func(a string) bool { return strings.HasPrefix(a, name+"=") }), random)
		}
		p := plan(t, f, Options{Args: args})
		if p.Random() != (random != "") {
			t.Errorf("%s: Random is %t", random, p.Random())
		}
		first := values(t, p, 0, 0)
		for seed := range uint64(12) {
			v, again := values(t, p, 0, seed), values(t, plan(t, f, Options{Args: args}), 0, seed)
			if !reflect.DeepEqual(v, again) {
				t.Errorf("%s: seed %d made other values the second time", random, seed)
			}
			if seed > 0 && reflect.DeepEqual(v, first) == (random != "") {
				t.Errorf("%s: seed %d has the values of seed 0: %t", random, seed, random == "")
			}
			if k == 6 { // lengths and buffers agree
				if n := int(binary.NativeEndian.Uint32(v[1].Bytes)); len(v[0].Bytes) != 8*n || n < 100 || n > 5000 {
					t.Errorf("seed %d: n is %d, and p has %d bytes", seed, n, len(v[0].Bytes))
				}
			}
		}
	}
}

// TestDistribution holds what random numbers are like, by seed.
func TestDistribution(t *testing.T) {
	f := function("f", "p", constTo(tDouble), "i", constTo(tInt), "c", constTo(tChar), "r", constTo(tInt8), "o", constTo(tBool), "s", constTo(tPair))
	p := plan(t, f, Options{Args: []string{"p=random:2000", "i=random:2000", "c=random:2000", "r=random:-3:3:2000", "o=random:500", "s=random:300"}})
	for seed := range uint64(6) {
		v := values(t, p, 0, seed)
		wide := seed == 2 || seed == 4
		zeros, negatives, beyond := 0, 0, 0
		for at := 0; at < len(v[0].Bytes); at += 8 {
			x := math.Float64frombits(binary.NativeEndian.Uint64(v[0].Bytes[at:]))
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Fatalf("seed %d: found %g", seed, x)
			}
			if x == 0 {
				zeros++
			}
			if math.Signbit(x) {
				negatives++
			}
			if x < 0 || x >= 1 {
				beyond++
			}
		}
		if wide != (zeros > 50) || wide != (negatives > 500) || (beyond > 0) != wide {
			t.Errorf("seed %d: of 2000 numbers %d are zeros, %d negative and %d not in [0, 1)", seed, zeros, negatives, beyond)
		}
		large := 0
		for at := 0; at < len(v[1].Bytes); at += 4 {
			if x := int32(binary.NativeEndian.Uint32(v[1].Bytes[at:])); x < 0 || x >= below {
				large++
			}
		}
		if (large > 0) != wide {
			t.Errorf("seed %d: %d integers are not in 0 to 999", seed, large)
		}
		if text := v[2].Bytes; len(text) != 2001 || text[2000] != 0 || bytes.ContainsFunc(text[:2000], func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("seed %d: the text is %q", seed, text)
		}
		seen := map[int8]int{}
		for _, b := range v[3].Bytes {
			seen[int8(b)]++
		}
		if len(seen) != 7 || seen[-3] == 0 || seen[3] == 0 {
			t.Errorf("seed %d: -3 to 3 came as %v", seed, seen)
		}
		if n := bytes.Count(v[4].Bytes, []byte{1}); n+bytes.Count(v[4].Bytes, []byte{0}) != 500 || n == 0 || n == 500 {
			t.Errorf("seed %d: of 500 truth values %d are true", seed, n)
		}
		for at := 0; at < len(v[5].Bytes); at += 40 {
			s := v[5].Bytes[at : at+40]
			if !bytes.Equal(s[4:8], make([]byte, 4)) || !bytes.Equal(s[22:32], make([]byte, 10)) || s[32] > 1 || !bytes.Equal(s[33:], make([]byte, 7)) {
				t.Fatalf("seed %d: the structure %x has a pointer, or something between its fields", seed, s)
			}
		}
	}
}

// TestJSON: another process makes the same values of a plan.
func TestJSON(t *testing.T) {
	f := function("f", "p", constTo(tDouble), "n", tInt, "s", tPair, "t", constTo(tChar), "x", tDouble, "h", to(tOpaque), "m", to(tFloat))
	p := plan(t, f, Options{
		Args: []string{"s=random", "x=random", "h=nil", "t=random:7", "p=random:2*n", "m=random:-1:1:n"}, Sweep: []string{"n=1,5"}, Out: []string{"m:inout"},
	})
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var q *Plan
	if err := json.Unmarshal(text, &q); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p, q) {
		t.Errorf("found %+v, want %+v", q, p)
	}
	for set := range p.Sizes {
		for seed := range uint64(4) {
			if a, b := values(t, p, set, seed), values(t, q, set, seed); !reflect.DeepEqual(a, b) {
				t.Errorf("set %d, seed %d: found %v, want %v", set, seed, b, a)
			}
		}
	}
	if p.Random() != q.Random() || p.N(1) != q.N(1) || !slices.Equal(p.Describe(), q.Describe()) {
		t.Errorf("the plan reads otherwise: %q", q.Describe())
	}
}

// TestLayout holds what is said of memory beside its bytes.
func TestLayout(t *testing.T) {
	f := function("f", "d", constTo(tDouble), "c", to(tChar), "v", to(tVoid), "s", to(tPair), "b", tPair)
	all := values(t, plan(t, f, Options{Args: []string{"v=zeros:5"}}), 0, 0)
	for k, want := range []Value{{Memory: true, Access: In, Align: 8, Elem: 8}, {Memory: true, Access: Out, Align: 1, Elem: 1},
		{Memory: true, Access: Out, Align: 16, Elem: 1}, {Memory: true, Access: Out, Align: 8, Elem: 40}, {}} {
		got := all[k]
		if got.Bytes = nil; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: found %+v, want %+v", f.Params[k].Name, got, want)
		}
	}
	if len(all[4].Bytes) != 40 {
		t.Errorf("a structure by value has %d bytes, want 40", len(all[4].Bytes))
	}
}

// TestBuffersDiffer: what is computed of two buffers says nothing if they are alike.
func TestBuffersDiffer(t *testing.T) {
	f := function("dot", "n", tInt, "x", constTo(tDouble), "y", constTo(tDouble))
	if v := values(t, plan(t, f, Options{}), 0, 0); bytes.Equal(v[1].Bytes, v[2].Bytes) {
		t.Error("two random buffers have the same bytes")
	}
}

// TestEnd: characters with a length have no NUL behind them, so that a function that goes beyond is found out.
func TestEnd(t *testing.T) {
	v := values(t, plan(t, function("f", "s", constTo(tChar), "n", tSize), Options{Args: []string{"n=5"}}), 0, 0)
	if len(v[0].Bytes) != 5 || bytes.Contains(v[0].Bytes, []byte{0}) {
		t.Errorf("found %q, want 5 characters", v[0].Bytes)
	}
}

// TestFilesAreFoundFromElsewhere: another process may run in another folder.
func TestFilesAreFoundFromElsewhere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "data"), make([]byte, 16), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	p := plan(t, norm, Options{Args: []string{"p=file:data"}})
	t.Chdir("/")
	if v := values(t, p, 0, 0); !bytes.Equal(v[1].Bytes, native(t, int64(2))) {
		t.Errorf("the length is %x, want 2", v[1].Bytes)
	}
	if err := os.WriteFile(filepath.Join(dir, "data"), make([]byte, 15), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Values(0, 0); err == nil || !strings.Contains(err.Error(), "found 15 bytes") {
		t.Errorf("a file of 15 bytes for doubles: the error is %v", err)
	}
}

func TestDepth(t *testing.T) {
	for _, c := range []struct {
		deep int
		ok   bool
	}{{depth, true}, {depth + 2, false}} {
		if _, err := parse(strings.Repeat("{", c.deep) + strings.Repeat("}", c.deep)); (err == nil) != c.ok {
			t.Errorf("%d deep: error %v", c.deep, err)
		}
	}
}

// TestNamesOfTheLanguage: a parameter may be called as expr calls its operators and functions.
func TestNamesOfTheLanguage(t *testing.T) {
	for _, name := range []string{"in", "not", "len", "max", "let", "if", "nil1", "true_", "count", "map", "e", "v0", "E1"} {
		f := function("f", name, tInt, "p", constTo(tDouble), "q", constTo(tDouble))
		p := plan(t, f, Options{Args: []string{name + "=3", "p=zeros:" + name + "*2", "q=zeros:max(len(p)," + name + ")+1e0"}})
		if v := values(t, p, 0, 0); len(v[1].Bytes) != 48 || len(v[2].Bytes) != 56 {
			t.Errorf("%s: %d and %d bytes, want 48 and 56", name, len(v[1].Bytes), len(v[2].Bytes))
		}
	}
}

// FuzzSpec: no specification crashes, and what New takes, Values makes, and the same from JSON.
func FuzzSpec(f *testing.F) {
	for _, seed := range []string{"1000", "-0x1F", "'x'", "1e6", "64Ki", "inf", "-0.0", "nil", `"text"`, "text:a", "zeros:n", "ones:3", "range:0:1:n", "1..n",
		"random:float64:n", "random:1:2:n", "random", "list:1,2,3", "{x=1,y=2.5}", "{1,2,[3]}", "list:{1},{2}", "len(p)", "(n-1)*2+max(n,3)", "file:/dev/null"} {
		f.Add(seed, seed)
	}
	types := []*prototype.Type{tInt, tInt8, tUint64, tDouble, tFloat, tBool, tPair, to(tDouble), constTo(tChar), to(tPair), to(tVoid), to(to(tChar)), to(tCode), tComplex}
	f.Fuzz(func(t *testing.T, spec, sweep string) {
		if strings.Contains(spec, "file:") && !strings.Contains(spec, "null") { // what a file has is not the grammar's
			return
		}
		for _, typ := range types {
			g := function("f", "a", typ, "n", tInt, "p", constTo(tInt))
			p, err := New(g, Options{Args: []string{"a=" + spec, "p=zeros:3"}})
			if err != nil {
				if !strings.HasPrefix(err.Error(), "argument: ") {
					t.Errorf("the error %q has no prefix", err)
				}
				continue
			}
			e := p.evaluation(must(p.sources()), 0, 2)
			if err := e.all(); err != nil {
				t.Fatal(err)
			}
			if e.result[0].bytes > 1<<16 {
				continue
			}
			v, err := p.Values(0, 2)
			if err != nil {
				t.Fatal(err)
			}
			if int64(len(v[0].Bytes)) != e.result[0].bytes || v[0].Memory && v[0].Elem == 0 {
				t.Errorf("%q: found %+v, want %d bytes", spec, v[0], e.result[0].bytes)
			}
			if typ.Kind != prototype.Pointer && int64(len(v[0].Bytes)) != typ.Size {
				t.Errorf("%q: found %d bytes of a %s", spec, len(v[0].Bytes), typ.Name)
			}
		}
		if sizes, err := parseSizes(sweep); err == nil && (len(sizes) == 0 || len(sizes) > mostSizes) {
			t.Errorf("%q: found %d sizes", sweep, len(sizes))
		}
	})
}

func must(sources []source, err error) []source {
	if err != nil {
		panic(err)
	}
	return sources
}
