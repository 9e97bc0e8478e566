// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package program

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"toll/goside/seam"
	"toll/goside/try/argument"
	"toll/goside/try/prototype"
	"toll/goside/via/harness"
)

// Types of C.
var (
	void   = &prototype.Type{Kind: prototype.Void, Name: "void"}
	double = &prototype.Type{Kind: prototype.Float, Name: "double", Size: 8, Align: 8}
	single = &prototype.Type{Kind: prototype.Float, Name: "float", Size: 4, Align: 4}
	char   = &prototype.Type{Kind: prototype.Signed, Name: "char", Size: 1, Align: 1}
	truth  = &prototype.Type{Kind: prototype.Bool, Name: "bool", Size: 1, Align: 1}
	code   = &prototype.Type{Kind: prototype.Code}
)

func integer(kind prototype.Kind, name string, size int64) *prototype.Type {
	return &prototype.Type{Kind: kind, Name: name, Size: size, Align: size}
}

func pointerTo(t *prototype.Type, constant bool) *prototype.Type {
	return &prototype.Type{Kind: prototype.Pointer, Size: 8, Align: 8, Elem: t, Const: constant}
}

func structOf(name string, size int64, fields ...prototype.Field) *prototype.Type {
	align := int64(1)
	for _, f := range fields {
		align = max(align, f.Type.Align)
	}
	return &prototype.Type{Kind: prototype.Struct, Name: name, Size: size, Align: align, Field: fields}
}

func c(name string, result *prototype.Type, params ...prototype.Parameter) *prototype.Function {
	return &prototype.Function{Name: name, Result: result, Params: params}
}

func param(name string, t *prototype.Type) prototype.Parameter {
	return prototype.Parameter{Name: name, Type: t}
}

var (
	int64s = integer(prototype.Signed, "int64_t", 8)
	int8s  = integer(prototype.Signed, "int8_t", 1)
	pair   = structOf("struct pair", 16, prototype.Field{Name: "x", Offset: 0, Type: double}, prototype.Field{Name: "y", Offset: 8, Type: double})
	mixed  = structOf("struct mixed", 40,
		prototype.Field{Name: "a", Offset: 0, Type: char}, prototype.Field{Name: "b", Offset: 8, Type: double},
		prototype.Field{Name: "type", Offset: 16, Type: integer(prototype.Signed, "int", 4)}, prototype.Field{Name: "Type", Offset: 20, Type: integer(prototype.Signed, "short", 2)},
		prototype.Field{Name: "nested", Offset: 24, Type: pair})
	small  = structOf("small_t", 12, prototype.Field{Name: "x", Offset: 0, Type: &prototype.Type{Kind: prototype.Array, Elem: single, Count: 3, Size: 12, Align: 4}})
	early  = structOf("struct early", 16, prototype.Field{Name: "a", Offset: 0, Type: single}, prototype.Field{Name: "b", Offset: 8, Type: double})
	late   = structOf("struct late", 16, prototype.Field{Name: "a", Offset: 0, Type: int64s}, prototype.Field{Name: "b", Offset: 8, Type: single})
	uneven = structOf("struct uneven", 12, prototype.Field{Name: "a", Offset: 0, Type: int8s},
		prototype.Field{Name: "b", Offset: 2, Type: structOf("", 4, prototype.Field{Name: "x", Offset: 0, Type: integer(prototype.Signed, "short", 2)}, prototype.Field{Name: "y", Offset: 2, Type: int8s})},
		prototype.Field{Name: "c", Offset: 8, Type: single})
	instant = structOf("struct time", 16, prototype.Field{Name: "sec", Offset: 0, Type: int64s}, prototype.Field{Name: "nsec", Offset: 8, Type: int64s})
)

// called is a function of testdata/functions.c, what it is called with, and what it returns, or leaves in its argument "out".
type called struct {
	*prototype.Function
	args []string
	want any // a number, a struct, or text; nil if there is nothing
}

// all are the functions. Their names and those of their parameters collide, or are words of Go's, C's or the templates'.
func all() []called {
	var many []prototype.Parameter
	var args []string
	for k := range 20 {
		many = append(many, param(string(rune('a'+k)), int64s))
		args = append(args, fmt.Sprintf("%c=%d", 'a'+k, k*k-50))
	}
	var both []prototype.Parameter
	i8, u16, u32 := integer(prototype.Signed, "int8_t", 1), integer(prototype.Uint, "unsigned short", 2), integer(prototype.Uint, "enum x", 4)
	i32 := integer(prototype.Signed, "i32", 4)
	for k, t := range []*prototype.Type{double, i32, single, i8, double, double, double, double, double, double, double, u16} {
		both = append(both, param(string(rune('a'+k)), t))
	}
	return []called{
		{c("nothing", void), nil, nil},
		{c("norm", double, param("p", pointerTo(double, true)), param("n", int64s)), []string{"p=list:1,2,4", "n=3"}, 7.0},
		{c("norm_", double, param("n", pointerTo(double, true)), param("type", int64s)), []string{"n=list:1,2,4", "type=2"}, 3.0},
		{c("normStub", single, param("len", single), param("float64", integer(prototype.Uint, "size_t", 8))), []string{"len=1.5", "float64=3"}, float32(4.5)},
		{c("many", int64s, many...), args, int64(36100 + 2470 - 50*210)},
		{c("both", double, both...), []string{"a=1", "b=-2", "c=3", "d=-4", "e=5", "f=6", "g=7", "h=8", "i=9", "j=10", "k=11", "l=65535"},
			1.0 - 4 + 9 - 16 + 25 + 36 + 49 + 64 + 81 + 100 + 121 + 12*65535},
		{c("logic", truth, param("a", truth), param("b", integer(prototype.Uint, "uLong", 8))), []string{"a=true", "b=3"}, true},
		{c("text", pointerTo(char, true), param("s", pointerTo(char, true)), param("f", pointerTo(void, false))), []string{`s="hello"`, "f=nil"}, "ello"},
		{c("bytes", integer(prototype.Uint, "unsigned char", 1), param("a", i8), param("b", u16), param("unix", u32)), []string{"a=-3", "b=0xff00", "unix=7"}, uint8(4)},
		{c("pair", pair, param("p", pair), param("x", double)), []string{"p={1,2}", "x=3"}, [2]float64{2, 4}},
		{c("mixed", mixed, param("pair", mixed)), []string{"pair={1,2,3,4,{5,6}}"}, struct {
			A    int8
			B    float64
			C    int32
			D    int16
			X, Y float64
		}{2, 3, 2, 3, 6, 6}},
		{c("small", small, param("s", small)), []string{"s={[1,2,3]}"}, [3]float32{3, 1, 2}},
		{c("early", early, param("s", early), param("x", double)), []string{"s={1,2}", "x=3"}, struct {
			A float32
			B float64
		}{2, 4}},
		{c("late", late, param("x", int8s), param("s", late)), []string{"x=-1", "s={7,2.5}"}, struct {
			A int64
			B float32
		}{1, 7}},
		{c("uneven", uneven, param("s", uneven)), []string{"s={1,{2,3},4}"}, struct {
			A int8
			B struct {
				X int16
				Y int8
			}
			C float32
		}{3, struct {
			X int16
			Y int8
		}{1, 2}, -4}},
		{c("each", integer(prototype.Signed, "int", 4), param("back", pointerTo(code, false)), param("p", pointerTo(pointerTo(double, false), false))),
			[]string{"back=nil", "p=nil"}, int32(0)},
		{c("axpy", void, param("n", int64s), param("a", double), param("x", pointerTo(double, true)), param("out", pointerTo(double, false))),
			[]string{"n=2", "a=3", "x=list:1,2", "out=list:10,20"}, [2]float64{13, 26}},
		{c("copy", integer(prototype.Signed, "ssize_t", 8), param("dst", pointerTo(void, false)), param("m", int64s), param("src", pointerTo(void, true)), param("n", int64s)),
			[]string{"dst=random:uint8:5", "m=5", "src=random:uint8:7", "n=7"}, int64(-2)},
		{c("wait_for", int64s, param("d", int64s), param("p", pointerTo(pair, true))), []string{"d=-100", "p={1,9}"}, int64(-91)},
		{c("tick", void, param("out", pointerTo(instant, false))), []string{"out={7,0}"}, [2]int64{7, 8}},
		{c("foo__1234", i32, param("x", i32)), []string{"x=-7"}, int32(6)},
	}
}

func functions() []*prototype.Function {
	var list []*prototype.Function
	for _, f := range all() {
		list = append(list, f.Function)
	}
	return list
}

// goPackage writes a module of a user's with one package, and returns its folder.
func goPackage(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/vec\n\ngo 1.24\n", "vec.go": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const inGo = `package vec

import (
	"time"
	"unsafe"
)

type Point struct{ X, Y float64 }
type Count int64
type Vector []float64

func Nothing() {}
func Norm(p []float64) (sum float64) {
	for _, x := range p {
		sum += x
	}
	return sum
}
func NormStub(x float32, n uint64) float32     { return x + float32(n) }
func Logic(a bool, b uint64) bool              { return a != (b == 0) }
func Text(s *byte, f unsafe.Pointer) *byte     { return (*byte)(unsafe.Add(unsafe.Pointer(s), 1)) }
func Bytes(a int8, b uint16, c uint32) byte    { return byte(a) + byte(b) + byte(c) }
func Pair(p Point, x float64) Point            { return Point{p.Y, p.X + x} }
func Copy(dst, src []byte) int                 { dst[0] = src[0]; return len(dst) - len(src) }
func WaitFor(d time.Duration, p *Point) Count  { return Count(d) + Count(p.Y) }
func Each(month time.Month)                    {}
func Axpy(a float64, x, y Vector) {
	for k := range x {
		y[k] += a * x[k]
	}
}
`

// TestBuild builds all at once: names that collide or are words of Go's and C's, each class of structs, each way in which a Go
// function may be declared; and that twice at a time.
func TestBuild(t *testing.T) {
	o := Options{Root: "../../..", Cache: t.TempDir(), Functions: functions(), GoPackage: goPackage(t, inGo)}
	t.Setenv("GOFLAGS", "-mod=mod -unknown") // the user's does not matter
	t.Setenv("GOPROXY", "off")               // and no network is needed
	var wait sync.WaitGroup
	var programs [2]*Program
	for k := range programs {
		wait.Go(func() {
			var err error
			if programs[k], err = Build(t.Context(), o); err != nil {
				t.Error(err)
			}
		})
	}
	if wait.Wait(); t.Failed() {
		return
	}
	p := programs[0]
	if p.Dir != programs[1].Dir || !p.Cgo {
		t.Errorf("found programs in %s and %s, with cgo %t, want one, with cgo", p.Dir, programs[1].Dir, p.Cgo)
	}
	missing := map[string]string{
		"syscalln norm":     "SyscallN returns integers and pointers only, and the result is a double",
		"syscalln norm_":    "SyscallN returns integers and pointers only, and the result is a double",
		"syscalln normStub": "SyscallN passes integers and pointers only, and _len is a float",
		"syscalln pair":     "SyscallN passes integers and pointers only, and p is a struct pair",
		"syscalln mixed":    "SyscallN passes integers and pointers only, and pair is a struct mixed",
		"syscalln small":    "SyscallN passes integers and pointers only, and s is a struct small_t",
		"syscalln axpy":     "SyscallN passes integers and pointers only, and a is a double",
		"direct each":       "has func Each(month time.Month), want func Each(back unsafe.Pointer, p unsafe.Pointer) int32: it has no result",
		"direct many":       "has no function Many, want it",
		"syscalln early":    "SyscallN passes integers and pointers only, and s is a struct early",
		"syscalln late":     "SyscallN passes integers and pointers only, and s is a struct late",
		"syscalln uneven":   "SyscallN passes integers and pointers only, and s is a struct uneven",
		"direct early":      "has no function Early, want it",
		"direct late":       "has no function Late, want it",
		"direct uneven":     "has no function Uneven, want it",
		"syscalln both":     "SyscallN passes integers and pointers only, and a is a double",
		"direct both":       "has no function Both, want it",
		"direct mixed":      "has no function Mixed, want it",
		"direct small":      "has no function Small, want it",
		"direct tick":       "has no function Tick, want it",
		"direct foo__1234":  "has no function Foo1234, want it",
	}
	var names []string
	for _, c := range p.Crossings {
		names = append(names, c.Name)
		for symbol, why := range c.Missing {
			if want := missing[c.Name+" "+symbol]; want == "" || !strings.HasSuffix(why, want) {
				t.Errorf("%s lacks %s: %q, want %q", c.Name, symbol, why, want)
			}
			delete(missing, c.Name+" "+symbol)
		}
	}
	if len(missing) > 0 {
		t.Errorf("nothing lacks %v", missing)
	}
	if want := []string{"cgo", "purego", "syscalln", "libffi", "trampoline", "direct"}; !slices.Equal(names, want) {
		t.Errorf("found crossings %v, want %v", names, want)
	}
	tool, err := newToolchain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tool.run(p.Dir, nil, "vet", "./..."); err != nil {
		t.Errorf("go vet says: %v", err)
	}
	library := filepath.Join(t.TempDir(), "libfunctions.so")
	if out, err := exec.Command("cc", "-shared", "-fPIC", "-O1", "-o", library, "testdata/functions.c").CombinedOutput(); err != nil {
		t.Fatalf("building testdata/functions.c: %v\n%s", err, out)
	}
	ran := 0
	for _, crossing := range p.Crossings {
		for _, f := range all() {
			if crossing.Missing[f.Name] == "" {
				ran++
				f.check(t, p, library, crossing.Name)
			}
		}
	}
	if want := 5 * len(all()); ran != want { // 11 fewer by SyscallN, and 11 more in Go
		t.Errorf("%d calls were made, want %d", ran, want)
	}
}

// check has the program call the function through a crossing.
func (f called) check(t *testing.T, p *Program, library, crossing string) {
	t.Helper()
	plan, err := argument.New(f.Function, argument.Options{Args: f.args})
	if err != nil {
		t.Fatal(err)
	}
	job, err := json.Marshal(harness.Job{Do: harness.Verify, Library: library, Plan: plan, Crossings: []string{crossing}, Sets: []int{0}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "job.json")
	if err := os.WriteFile(file, job, 0o666); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	child := exec.CommandContext(t.Context(), p.File, file)
	child.ExtraFiles = []*os.File{w}
	child.Stderr = os.Stderr
	if err := errors.Join(child.Start(), w.Close()); err != nil {
		t.Fatal(err)
	}
	exited := sync.OnceValue(child.Wait)
	defer func() { _ = exited() }()
	var got *harness.Called
	for events := json.NewDecoder(r); ; {
		var e harness.Event
		if err := events.Decode(&e); err != nil {
			break
		}
		if e.Error != "" {
			t.Errorf("%s through %s: %s", f.Name, crossing, e.Error)
		}
		if e.Called != nil {
			got = e.Called
		}
	}
	if err := exited(); err != nil || got == nil {
		t.Errorf("%s through %s: found %v, error %v, want a call", f.Name, crossing, got, err)
		return
	}
	left := got.Result
	if out := got.Memory["out"]; out != nil {
		left = out
	}
	switch want := f.want.(type) {
	case nil:
	case string:
		if got.Text == nil || *got.Text != want {
			t.Errorf("%s through %s returns the text %v, want %q", f.Name, crossing, got.Text, want)
		}
	default:
		wanted, err := binary.Append(nil, binary.NativeEndian, want)
		if found := unpadded(reflect.TypeOf(want), left); err != nil || !bytes.Equal(found, wanted) {
			t.Errorf("%s through %s leaves % x, want % x (%v, %v)", f.Name, crossing, found, wanted, want, err)
		}
	}
}

// unpadded returns the bytes of a value without those between the fields of structs.
func unpadded(t reflect.Type, raw []byte) []byte {
	if t.Kind() != reflect.Struct {
		return raw[:min(int(t.Size()), len(raw))]
	}
	var all []byte
	for f := range t.Fields() {
		all = append(all, unpadded(f.Type, raw[min(int(f.Offset), len(raw)):])...)
	}
	return all
}

// TestWithoutCompiler: a program without cgo is built if there is no C compiler, if it fails, and on request.
func TestWithoutCompiler(t *testing.T) {
	path, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(path, filepath.Join(bin, "go")); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(bin, "broken")
	if err := os.WriteFile(broken, []byte("#!/bin/sh\necho this compiler is broken >&2\nexit 1\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	o := Options{Root: "../../..", Cache: t.TempDir(), Functions: functions()[:1]}
	for _, c := range []struct {
		name, cc, path string
		no             bool
		want           string
	}{
		{"none", "none", bin, false, "there is no C compiler"},
		{"broken", broken, os.Getenv("PATH"), false, "this compiler is broken"},
		{"unwanted", "cc", os.Getenv("PATH"), true, "as was asked for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("PATH", c.path)
			t.Setenv("CC", c.cc)
			o.NoCgo = c.no
			p, err := Build(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if left := p.Crossings[0].Left; p.Cgo || !strings.Contains(left, c.want) || strings.Contains(left, "\n") {
				t.Errorf("cgo was left out for %q (%t), want %q", left, !p.Cgo, c.want)
			}
			if info, err := os.Stat(p.File); err != nil || info.Mode()&0o111 == 0 {
				t.Errorf("found %v, error %v, want a program", info, err)
			}
		})
	}
	t.Run("no go", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if _, err := Build(t.Context(), o); !errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("without a go command: got %v, want ErrUnavailable", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Build(ctx, o); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: got %v, want that", err)
		}
	})
}

// TestRefusals: what no crossing passes is refused by function and parameter, before anything is written.
func TestRefusals(t *testing.T) {
	field := func(name string, offset int64, t *prototype.Type) prototype.Field {
		return prototype.Field{Name: name, Offset: offset, Type: t}
	}
	variadic := c("printf", int64s, param("format", pointerTo(char, true)))
	variadic.Variadic = true
	union := &prototype.Type{Kind: prototype.Other, Name: "union u", Size: 8, Align: 8}
	for _, test := range []struct {
		functions []*prototype.Function
		want      string
	}{
		{nil, "found no functions"},
		{[]*prototype.Function{variadic}, "program: printf is variadic: "},
		{[]*prototype.Function{functions()[0], functions()[0]}, "program: nothing: found twice"},
		{[]*prototype.Function{c("f", void, param("u", union))}, "program: parameter u of f is union u, which no crossing passes"},
		{[]*prototype.Function{c("f", union)}, "program: the result of f is union u"},
		{[]*prototype.Function{c("f", void, param("s", structOf("struct s", 8, field("u", 0, union))))}, "parameter s of f is struct s with the field u, union u"},
		{[]*prototype.Function{c("f", void, param("s", structOf("struct s", 0)))}, "its fields are not known"},
		{[]*prototype.Function{c("f", void, param("s", structOf("struct s", 9, field("c", 0, char), field("x", 1, double))))}, "with the field x at byte 1, where Go has it at 8"},
		{[]*prototype.Function{c("f", void, param("s", structOf("struct s", 16, field("c", 0, char))))}, "struct s of 16 bytes aligned to 1, where Go has 1"},
		{[]*prototype.Function{c("f", void, param("x", integer(prototype.Signed, "__int128", 16)))}, "program: parameter x of f: found __int128 (signed of 16 bytes), want"},
	} {
		cache := filepath.Join(t.TempDir(), "cache")
		_, err := Build(t.Context(), Options{Root: "../../..", Cache: cache, Functions: test.functions})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got the error %v, want %q", err, test.want)
		}
		if _, err := os.Stat(cache); err == nil {
			t.Errorf("%s: something was written", test.want)
		}
	}
}

// TestGoPackageRefusals: a Go package that cannot be used is an error that says why.
func TestGoPackageRefusals(t *testing.T) {
	norm := []*prototype.Function{c("norm", double, param("p", pointerTo(double, true)), param("n", int64s))}
	const wants = ", want func Norm(p []float64) float64: "
	for text, want := range map[string]string{
		"package main\n\nfunc main() {}\n":                                           "is a program, want a package that others may import",
		"package vec\n\nfunc Norm(":                                                  "does not build: ",
		"package vec\n\nfunc norm(p []float64) float64 { return 0 }\n":               "has no function Norm, want it",
		"package vec\n\nfunc Norm(p []float64) (float64, error) { return 0, nil }\n": "has func Norm(p []float64) (float64, error)" + wants + "it has 2 results",
		"package vec\n\nfunc Norm(p []float32) float64 { return 0 }\n":               "has func Norm(p []float32) float64" + wants + "parameter p: found []float32, and it points to double",
		"package vec\n\nfunc Norm(p []float64) float32 { return 0 }\n":               wants + "the result is float32, and C has double of 8 bytes",
		"package vec\n\nfunc Norm(p []float64)\t{}\n":                                wants + "it has no result",
		"package vec\n\nfunc Norm(p ...float64) float64 { return 0 }\n":              wants + "it is variadic",
		"package vec\n\nfunc Norm[T any](p []T) float64 { return 0 }\n":              "it has type parameters",
		"package vec\n\nfunc Norm(p []float64, n, m int) float64 { return 0 }\n":     wants + "it has 3 parameters",
		"package vec\n\nfunc Norm(p []float64, n int32) float64 { return 0 }\n":      wants + "parameter n: found int32, and C has int64_t of 8 bytes",
		"package vec\n\ntype v []float64\n\nfunc Norm(p v) float64 { return 0 }\n":   "with the type v, want one that is exported",
		"package vec\n\nvar Norm = func(p []float64) float64 { return 0 }\n":         "has no function Norm, want it",
	} {
		_, err := Build(t.Context(), Options{Root: "../../..", Cache: t.TempDir(), Functions: norm, GoPackage: goPackage(t, text), NoCgo: true})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got the error %v, want %q", text, err, want)
		}
	}
	if _, err := Build(t.Context(), Options{Root: "../../..", Cache: t.TempDir(), Functions: norm, GoPackage: t.TempDir(), NoCgo: true}); err == nil {
		t.Error("a folder without a package is no error")
	}
}

// TestGoForms: what a Go function is called with.
func TestGoForms(t *testing.T) {
	x, y, n, inc := param("x", pointerTo(double, true)), param("y", pointerTo(double, false)), param("n", int64s), param("incx", int64s)
	text, raw := param("s", pointerTo(char, true)), param("p", pointerTo(void, false))
	const at = "frame.Argument"
	for _, test := range []struct {
		golang string
		params []prototype.Parameter
		want   string // what is loaded; "" if it does not match
	}{
		{"(x []float64)", []prototype.Parameter{x, n}, "x := unsafe.Slice(*(**float64)(A(0)), *(*int64)(A(1)))"},
		{"(x []float64, n int)", []prototype.Parameter{x, n}, "x := unsafe.Slice(*(**float64)(A(0)), *(*int64)(A(1))); n := int(*(*int64)(A(1)))"},
		{"(x *float64, n int64)", []prototype.Parameter{x, n}, "x := *(**float64)(A(0)); n := *(*int64)(A(1))"},
		{"(x unsafe.Pointer, n int64)", []prototype.Parameter{x, n}, "x := *(*unsafe.Pointer)(A(0)); n := *(*int64)(A(1))"},
		{"(x, y []float64)", []prototype.Parameter{x, y, n}, "x := unsafe.Slice(*(**float64)(A(0)), *(*int64)(A(2))); y := unsafe.Slice(*(**float64)(A(1)), *(*int64)(A(2)))"},
		{"(n int, x []float64, incx int)", []prototype.Parameter{n, x, inc}, "n := int(*(*int64)(A(0))); x := unsafe.Slice(*(**float64)(A(1)), *(*int64)(A(0))); incx := int(*(*int64)(A(2)))"},
		{"(s string)", []prototype.Parameter{text}, "s := unix.BytePtrToString(*(**byte)(A(0)))"},
		{"(s string)", []prototype.Parameter{text, n}, "s := unsafe.String(*(**byte)(A(0)), *(*int64)(A(1)))"},
		{"(p []byte)", []prototype.Parameter{raw, n}, "p := unsafe.Slice(*(**byte)(A(0)), *(*int64)(A(1)))"},
		{"(x []float64)", []prototype.Parameter{x}, ""},
		{"(x float64)", []prototype.Parameter{x}, ""},
		{"(n uint64)", []prototype.Parameter{n}, ""},
		{"()", []prototype.Parameter{n}, ""},
		{"(x *float32)", []prototype.Parameter{x}, ""},
	} {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, "p.go", "package p\nimport \"unsafe\"\nvar _ unsafe.Pointer\nfunc F"+test.golang+"{}", 0)
		if err != nil {
			t.Fatal(err)
		}
		pkg, err := (&types.Config{Importer: importer.Default()}).Check("p", set, []*ast.File{file}, nil)
		if err != nil {
			t.Fatal(err)
		}
		m, err := modelOf([]*prototype.Function{c("f", void, test.params...)})
		if err != nil {
			t.Fatal(err)
		}
		d, err := matched(m.Functions[0], pkg.Scope().Lookup("F").(*types.Func).Signature(), (*types.Package).Name)
		got := ""
		if err == nil {
			got = strings.ReplaceAll(strings.Join(d.Loads, "; "), at, "A")
		}
		if got != test.want {
			t.Errorf("%s: got %q (%v), want %q", test.golang, got, err, test.want)
		}
	}
}

// TestEditedSourcesAreMended: a program is what its functions make, whatever was done to its folder.
func TestEditedSourcesAreMended(t *testing.T) {
	dir := t.TempDir()
	files := map[string][]byte{"a/a.go": []byte("package a\n"), "b.go": []byte("package b\n")}
	if err := write(dir, files); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(dir, "b.go")
	before, err := os.Stat(kept)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a/a.go"), []byte("package edited\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := write(dir, files); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "a/a.go")); err != nil || string(text) != "package a\n" {
		t.Errorf("found %q, error %v, want what was written at first", text, err)
	}
	if after, err := os.Stat(kept); err != nil || !os.SameFile(before, after) {
		t.Errorf("a file that was right was replaced (error %v)", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*/.fresh-*")); left != nil {
		t.Errorf("found %v, want nothing of the kind", left)
	}
}
