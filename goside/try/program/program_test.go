// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package program

import (
	"os"
	"path/filepath"
	"testing"

	"toll/goside/try/prototype"
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
	pair   = structOf("struct pair", 16, prototype.Field{Name: "x", Offset: 0, Type: double}, prototype.Field{Name: "y", Offset: 8, Type: double})
	mixed  = structOf("struct mixed", 40,
		prototype.Field{Name: "a", Offset: 0, Type: char}, prototype.Field{Name: "b", Offset: 8, Type: double},
		prototype.Field{Name: "type", Offset: 16, Type: integer(prototype.Signed, "int", 4)}, prototype.Field{Name: "Type", Offset: 20, Type: integer(prototype.Signed, "short", 2)},
		prototype.Field{Name: "nested", Offset: 24, Type: pair})
	small = structOf("small_t", 12, prototype.Field{Name: "x", Offset: 0, Type: &prototype.Type{Kind: prototype.Array, Elem: single, Count: 3, Size: 12, Align: 4}})
)

func functions() []*prototype.Function {
	var many []prototype.Parameter
	for range 20 {
		many = append(many, param("x", int64s))
	}
	return []*prototype.Function{
		c("nothing", void),
		c("norm", double, param("p", pointerTo(double, true)), param("n", int64s)),
		c("norm_", double, param("n", pointerTo(double, true)), param("type", int64s)),
		c("normStub", single, param("len", single), param("float64", integer(prototype.Uint, "size_t", 8))),
		c("many", int64s, many...),
		c("logic", truth, param("a", truth), param("b", integer(prototype.Uint, "uLong", 8))),
		c("text", pointerTo(char, true), param("s", pointerTo(char, true)), param("f", pointerTo(void, false))),
		c("bytes", integer(prototype.Uint, "unsigned char", 1), param("a", integer(prototype.Signed, "int8_t", 1)), param("b", integer(prototype.Uint, "unsigned short", 2)), param("unix", integer(prototype.Uint, "enum x", 4))),
		c("pair", pair, param("p", pair), param("x", double)),
		c("mixed", mixed, param("pair", mixed)),
		c("small", small, param("s", small)),
		c("each", integer(prototype.Signed, "int", 4), param("back", pointerTo(code, false)), param("p", pointerTo(pointerTo(double, false), false))),
		c("axpy", void, param("n", int64s), param("a", double), param("x", pointerTo(double, true)), param("y", pointerTo(double, false))),
		c("copy", integer(prototype.Signed, "ssize_t", 8), param("dst", pointerTo(void, false)), param("m", int64s), param("src", pointerTo(void, true)), param("n", int64s)),
		c("wait", int64s, param("d", int64s), param("p", pointerTo(pair, true))),
		c("_ZN3foo3bar17h1234E", void, param("x", integer(prototype.Signed, "i32", 4))),
	}
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

func Nothing()                                 {}
func Norm(p []float64) float64                 { return float64(len(p)) }
func NormStub(x float32, n uint64) float32     { return x + float32(n) }
func Logic(a bool, b uint64) bool              { return a != (b == 0) }
func Text(s string, f unsafe.Pointer) *byte    { return unsafe.StringData(s) }
func Bytes(a int8, b uint16, c uint32) uint8   { return uint8(a) + uint8(b) + uint8(c) }
func Pair(p Point, x float64) Point            { return Point{p.Y, p.X + x} }
func Axpy(a float64, x, y Vector)              {}
func Copy(dst, src []byte) int                 { return copy(dst, src) }
func Wait(d time.Duration, p *Point) Count     { return Count(d) }
`

func TestBuild(t *testing.T) {
	p, err := Build(t.Context(), Options{Root: "../../..", Cache: cacheDir(t), Functions: functions(), GoPackage: goPackage(t, inGo)})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(p)
	tool, err := newToolchain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if out, err := tool.run(p.Dir, nil, "vet", "./..."); err != nil {
		t.Errorf("go vet says: %v\n%s", err, out)
	}
}

func cacheDir(t *testing.T) string {
	if d := os.Getenv("CACHE"); d != "" {
		return d
	}
	return t.TempDir()
}
