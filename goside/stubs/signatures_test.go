// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package stubs

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestSignatures makes stubs for random signatures and, by a C compiler, functions of these. C compares what it
// receives, and the program what C returns, with what each must be. TOLL_EMULATE, set by scripts/emulate.sh, is the
// command that runs arm64's programs: then these, compiled by a cross compiler, are tried too.
func TestSignatures(t *testing.T) {
	dir := t.TempDir()
	s := signatures{Rand: rand.New(rand.NewPCG(1, 2))}
	s.random(250)
	for name, text := range map[string]string{
		"declared.go": s.declarations(), "glue.go": glue, "main.go": s.program(), "shapes/shapes.go": s.shapesInGo(),
		"functions.c": s.functions(), "go.mod": "module signatures\n\ngo 1.26\n\n" + requirement(t),
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir) // where shapes is found
	if _, err := Write("declared.go"); err != nil {
		t.Fatal(err)
	}
	targets := []struct{ arch, compiler, emulator string }{{runtime.GOARCH, "cc", ""}}
	if emulator := os.Getenv("TOLL_EMULATE"); emulator != "" {
		targets = append(targets, struct{ arch, compiler, emulator string }{"arm64", "aarch64-linux-gnu-gcc", emulator})
	}
	for _, on := range targets {
		t.Run(on.arch, func(t *testing.T) {
			run(t, exec.Command(on.compiler, "-std=c11", "-O1", "-fPIC", "-shared", "-o", "lib"+on.arch+".so", "functions.c"))
			build := exec.Command("go", "build", "-mod=mod", "-o", on.arch, ".")
			build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH="+on.arch, "GOFLAGS=", "GOPROXY=off", "GOWORK=off")
			run(t, build)
			command := append(strings.Fields(on.emulator), "./"+on.arch, "./lib"+on.arch+".so")
			out := run(t, exec.Command(command[0], command[1:]...))
			if want := fmt.Sprintf("%d functions called\n", len(s.all)); out != want {
				t.Errorf("found %q, want %q", out, want)
			}
		})
	}
}

func run(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%.4000s", command, err, out)
	}
	return string(out)
}

// requirement returns the line of go.mod that names purego.
func requirement(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "github.com/ebitengine/purego ") {
			return "require " + strings.TrimSpace(strings.TrimPrefix(line, "require "))
		}
	}
	t.Fatal("found no line for purego in go.mod")
	return ""
}

const glue = `package main

import "unsafe"

//go:noescape
//go:linkname cgocall runtime.cgocall
func cgocall(f uintptr, block unsafe.Pointer) int32

//go:linkname cgocallEscaping runtime.cgocall
func cgocallEscaping(f uintptr, block unsafe.Pointer) int32

var errnoLocation uintptr
`

// A number is a type of C without parts.
type number struct {
	golang, c, wide string // wide: what C may take in its place, to see how it was extended
	size            int
}

var numbers = []number{
	{"int8", "int8_t", "int64_t", 1}, {"int16", "int16_t", "int64_t", 2}, {"int32", "int32_t", "int64_t", 4}, {"int64", "int64_t", "int64_t", 8},
	{"uint8", "uint8_t", "uint64_t", 1}, {"uint16", "uint16_t", "uint64_t", 2}, {"uint32", "uint32_t", "uint64_t", 4}, {"uint64", "uint64_t", "uint64_t", 8},
	{"bool", "bool", "uint64_t", 1}, {"uintptr", "uintptr_t", "uint64_t", 8},
	{"float32", "float", "float", 4}, {"float64", "double", "double", 8},
}

// A shape is a struct, S<k> in Go and s<k> in C; its leaves are numbers.
type shape struct {
	fields []string // in Go and in C
	c      []string
	leaves []struct {
		path string
		of   number
	}
}

type param struct {
	of     *number
	shaped int // if of is nil
	bits   []uint64
}

type signature struct {
	params              []param
	result              *param
	wide, pooled, fails bool
	named               int // -1: not variadic
}

type signatures struct {
	*rand.Rand
	shapes []shape
	all    []signature
}

func (s *signatures) random(n int) {
	for range 60 {
		var h shape
		favourite := s.IntN(len(numbers)) // many structs of one type, since arm64 has a rule for these
		for f := range 1 + s.IntN(4) {
			of := numbers[favourite]
			if s.IntN(2) == 0 {
				of = numbers[s.IntN(len(numbers))]
			}
			path := fmt.Sprintf("F%d", f)
			if s.IntN(5) == 0 {
				length := 1 + s.IntN(4)
				h.fields = append(h.fields, fmt.Sprintf("%s [%d]%s", path, length, of.golang))
				h.c = append(h.c, fmt.Sprintf("%s %s[%d];", of.c, path, length))
				for k := range length {
					h.leaf(fmt.Sprintf("%s[%d]", path, k), of)
				}
				continue
			}
			h.fields = append(h.fields, path+" "+of.golang)
			h.c = append(h.c, of.c+" "+path+";")
			h.leaf(path, of)
		}
		s.shapes = append(s.shapes, h)
	}
	for len(s.all) < n {
		f := signature{wide: s.IntN(2) == 0, pooled: s.IntN(4) == 0, fails: s.IntN(4) == 0, named: -1}
		count := s.IntN(18)
		bias := s.IntN(3) // towards integers, towards floats, or neither
		for range count {
			f.params = append(f.params, s.param(bias))
		}
		if s.IntN(5) > 0 {
			r := s.param(2)
			f.result = &r
		}
		if count > 1 && s.IntN(6) == 0 {
			f.named = 1 + s.IntN(count-1)
			for k := f.named; k < count; k++ {
				for p := &f.params[k]; p.of != nil && (p.of.size < 4 || p.of.golang == "float32"); {
					*p = s.param(bias)
				}
			}
		}
		s.all = append(s.all, f)
	}
}

func (h *shape) leaf(path string, of number) {
	h.leaves = append(h.leaves, struct {
		path string
		of   number
	}{path, of})
}

func (s *signatures) param(bias int) param {
	if s.IntN(4) == 0 {
		k := s.IntN(len(s.shapes))
		p := param{shaped: k}
		for _, l := range s.shapes[k].leaves {
			p.bits = append(p.bits, s.bits(l.of))
		}
		return p
	}
	k := s.IntN(len(numbers))
	if s.IntN(3) > 0 && bias == 0 {
		k = s.IntN(10)
	} else if s.IntN(3) > 0 && bias == 1 {
		k = 10 + s.IntN(2)
	}
	return param{of: &numbers[k], bits: []uint64{s.bits(numbers[k])}}
}

// bits returns a random value.
func (s *signatures) bits(of number) uint64 {
	switch of.golang {
	case "bool":
		return s.Uint64() & 1
	case "float32":
		return uint64(s.Uint32() &^ (1 << 23)) // no NaN
	case "float64":
		return s.Uint64() &^ (1 << 52)
	}
	return s.Uint64() >> (64 - 8*of.size)
}

// inGo and inC return a value in each language.
func (of number) inGo(bits uint64) string {
	switch of.golang {
	case "bool":
		return fmt.Sprint(bits == 1)
	case "float32":
		return fmt.Sprintf("math.Float32frombits(%#x)", bits)
	case "float64":
		return fmt.Sprintf("math.Float64frombits(%#x)", bits)
	}
	return fmt.Sprintf("%s(u(%#x))", of.golang, bits)
}

func (of number) inC(bits uint64) string {
	switch of.golang {
	case "float32":
		return fmt.Sprintf("float_of(%#xu)", bits)
	case "float64":
		return fmt.Sprintf("double_of(%#xu)", bits)
	}
	return fmt.Sprintf("(%s)%#xu", of.c, bits)
}

func (p param) golang() string {
	if p.of != nil {
		return p.of.golang
	}
	return fmt.Sprintf("shapes.S%d", p.shaped)
}

func (p param) c() string {
	if p.of != nil {
		return p.of.c
	}
	return fmt.Sprintf("struct s%d", p.shaped)
}

func (s *signatures) shapesInGo() string {
	var text strings.Builder
	text.WriteString("package shapes\n")
	for k, h := range s.shapes {
		fmt.Fprintf(&text, "type S%d struct { %s }\n", k, strings.Join(h.fields, "; "))
	}
	return text.String()
}

func (s *signatures) declarations() string {
	var text strings.Builder
	text.WriteString("//go:build ignore\n\npackage main\n\nimport (\n\t\"syscall\"\n\n\t\"signatures/shapes\"\n)\n")
	for k, f := range s.all {
		text.WriteString("\n")
		if f.pooled {
			text.WriteString("//toll:callback\n")
		}
		if f.fails {
			text.WriteString("//toll:errno\n")
		}
		if f.named >= 0 {
			fmt.Fprintf(&text, "//toll:variadic %d\n", f.named)
		}
		fmt.Fprintf(&text, "func call%d(f uintptr", k)
		for j, p := range f.params {
			fmt.Fprintf(&text, ", a%d %s", j, p.golang())
		}
		var results []string
		if f.result != nil {
			results = append(results, "r "+f.result.golang())
		}
		if f.fails {
			results = append(results, "errno syscall.Errno")
		}
		fmt.Fprintf(&text, ") (%s)\n", strings.Join(results, ", "))
	}
	return text.String()
}

// program returns the program that makes each call.
func (s *signatures) program() string {
	var text strings.Builder
	text.WriteString(`package main

import (
	"fmt"
	"math"
	"os"

	"github.com/ebitengine/purego"

	"signatures/shapes"
)

var library uintptr

func symbol(name string) uintptr {
	address, err := purego.Dlsym(library, name)
	if err != nil {
		panic(err)
	}
	return address
}

var _ shapes.S0

func u(bits uint64) uint64 { return bits }

func same[T comparable](what string, found, want T) {
	if found != want {
		fmt.Printf("%s is %v, want %v\n", what, found, want)
		os.Exit(1)
	}
}

func main() {
	var err error
	if library, err = purego.Dlopen(os.Args[1], purego.RTLD_NOW); err != nil {
		panic(err)
	}
	if errnoLocation, err = purego.Dlsym(purego.RTLD_DEFAULT, "__errno_location"); err != nil {
		panic(err)
	}
`)
	for k := range s.all {
		fmt.Fprintf(&text, "\ttest%d()\n", k)
	}
	fmt.Fprintf(&text, "\tfmt.Println(\"%d functions called\")\n}\n", len(s.all))
	for k, f := range s.all {
		fmt.Fprintf(&text, "\nfunc test%d() {\n\t", k)
		var results, args []string
		if f.result != nil {
			results = append(results, "r")
		}
		if f.fails {
			results = append(results, "errno")
		}
		if len(results) > 0 {
			text.WriteString(strings.Join(results, ", ") + " := ")
		}
		for _, p := range f.params {
			if p.of != nil {
				args = append(args, p.of.inGo(p.bits[0]))
				continue
			}
			var shaped strings.Builder
			fmt.Fprintf(&shaped, "func() (s %s) { ", p.golang())
			for j, l := range s.shapes[p.shaped].leaves {
				fmt.Fprintf(&shaped, "s.%s = %s; ", l.path, l.of.inGo(p.bits[j]))
			}
			args = append(args, shaped.String()+"return s }()")
		}
		fmt.Fprintf(&text, "call%d(symbol(\"f%d\")", k, k)
		for _, a := range args {
			text.WriteString(", " + a)
		}
		text.WriteString(")\n")
		if f.result != nil && f.result.of != nil {
			fmt.Fprintf(&text, "\tsame(\"f%d's result\", r, %s)\n", k, f.result.of.inGo(f.result.bits[0]))
		} else if f.result != nil {
			for j, l := range s.shapes[f.result.shaped].leaves {
				fmt.Fprintf(&text, "\tsame(\"f%d's result's %s\", r.%s, %s)\n", k, l.path, l.path, l.of.inGo(f.result.bits[j]))
			}
		}
		if f.fails {
			fmt.Fprintf(&text, "\tsame(\"f%d's errno\", int(errno), %d)\n", k, 1+k%100)
		}
		text.WriteString("}\n")
	}
	return text.String()
}

// functions returns the functions in C. One that finds a wrong argument says so and ends the process.
func (s *signatures) functions() string {
	var text strings.Builder
	text.WriteString(`#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float float_of(uint32_t bits) { float x; memcpy(&x, &bits, 4); return x; }
static double double_of(uint64_t bits) { double x; memcpy(&x, &bits, 8); return x; }

#define WANT(f, what, found, want) \
    if ((found) != (want)) { printf("f%d: %s is wrong\n", f, what); fflush(stdout); _Exit(1); }

`)
	for k, h := range s.shapes {
		fmt.Fprintf(&text, "struct s%d { %s };\n", k, strings.Join(h.c, " "))
	}
	for k, f := range s.all {
		result, params := "void", []string{}
		if f.result != nil {
			result = f.result.c()
		}
		for j, p := range f.params {
			typ := p.c()
			if f.wide && p.of != nil {
				typ = p.of.wide
			}
			if f.named >= 0 && j >= f.named {
				continue
			}
			params = append(params, fmt.Sprintf("%s a%d", typ, j))
		}
		if f.named >= 0 {
			params = append(params, "...")
		}
		if len(params) == 0 {
			params = []string{"void"}
		}
		fmt.Fprintf(&text, "\n%s f%d(%s) {\n", result, k, strings.Join(params, ", "))
		if f.named >= 0 {
			fmt.Fprintf(&text, "    va_list more;\n    va_start(more, a%d);\n", f.named-1)
			for j := f.named; j < len(f.params); j++ {
				fmt.Fprintf(&text, "    %s a%d = va_arg(more, %s);\n", f.params[j].c(), j, f.params[j].c())
			}
			text.WriteString("    va_end(more);\n")
		}
		for j, p := range f.params {
			if p.of != nil {
				fmt.Fprintf(&text, "    WANT(%d, \"a%d\", a%d, %s)\n", k, j, j, p.of.inC(p.bits[0]))
				continue
			}
			for i, l := range s.shapes[p.shaped].leaves {
				fmt.Fprintf(&text, "    WANT(%d, \"a%d.%s\", a%d.%s, %s)\n", k, j, l.path, j, l.path, l.of.inC(p.bits[i]))
			}
		}
		if f.fails {
			fmt.Fprintf(&text, "    errno = %d;\n", 1+k%100)
		}
		if f.result != nil && f.result.of != nil {
			fmt.Fprintf(&text, "    return %s;\n", f.result.of.inC(f.result.bits[0]))
		} else if f.result != nil {
			fmt.Fprintf(&text, "    %s r;\n", f.result.c())
			for i, l := range s.shapes[f.result.shaped].leaves {
				fmt.Fprintf(&text, "    r.%s = %s;\n", l.path, l.of.inC(f.result.bits[i]))
			}
			text.WriteString("    return r;\n")
		}
		text.WriteString("}\n")
	}
	return text.String()
}
