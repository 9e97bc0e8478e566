// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package stubs

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const goside = ".."

// TestGeneratedIsFresh makes again what each line for go generate asks for.
func TestGeneratedIsFresh(t *testing.T) {
	asks := regexp.MustCompile(`(?m)^//go:generate go run toll/goside/cmd/toll-trampoline (\S+)$`)
	var declarations []string
	err := filepath.WalkDir(goside, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, asked := range asks.FindAllSubmatch(text, -1) {
			source := filepath.Join(filepath.Dir(path), string(asked[1]))
			declarations = append(declarations, filepath.ToSlash(strings.TrimPrefix(source, goside+string(filepath.Separator))))
			text, err := os.ReadFile(source)
			if err != nil {
				return err
			}
			files, err := Generate(source, text)
			if err != nil {
				return err
			}
			for name, want := range files {
				if found, err := os.ReadFile(filepath.Join(filepath.Dir(source), name)); err != nil {
					t.Errorf("%v: run go generate ./goside/via/...", err)
				} else if !bytes.Equal(found, want) {
					t.Errorf("%s is not what %s makes, or was edited: run go generate ./goside/via/...", name, source)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"via/trampoline/declared.go", "via/trampoline/leaves.go"} {
		if !slices.Contains(declarations, want) {
			t.Errorf("found declarations %v, want %s, too", declarations, want)
		}
	}
}

// TestRefusals: what cannot be passed is refused, by the names of the crossing, the function and the parameter, and
// nothing is written.
func TestRefusals(t *testing.T) {
	for declaration, want := range map[string]string{
		"func call(f uintptr, s string)":                                      "trampoline: call: parameter s: C has no string: want a number, a bool, a pointer, or a struct of these",
		"func call(f uintptr, p []float64)":                                   "trampoline: call: parameter p: C has no []float64",
		"func call(f uintptr, a [4]int32)":                                    "trampoline: call: parameter a: C has no [4]int32",
		"func call(f uintptr, g func())":                                      "trampoline: call: parameter g: C has no func()",
		"func call(f uintptr, v any)":                                         "trampoline: call: parameter v: C has no any",
		"func call(f uintptr, z complex128)":                                  "trampoline: call: parameter z: C has no complex128",
		"func call(f uintptr, n int)":                                         "trampoline: call: parameter n: C has no int: its size is not C's",
		"func call(f uintptr) (n uint)":                                       "trampoline: call: result n: C has no uint",
		"func call(f uintptr, s struct{ X map[int]int })":                     "field X: want a number",
		"func call(f uintptr, s struct{})":                                    "it has no fields",
		"func call(f uintptr, s struct{ A [0]int8 })":                         "its fields have no bytes",
		"func call(f uintptr, s struct{ X int8; _ [3]int8 })":                 "field 1 has no name",
		"func call(f uintptr, _ int8)":                                        "a parameter has no name",
		"func call(f uintptr, errno_ int8)":                                   "parameter errno_ has a name of the generated code's",
		"func call(x int8)":                                                   "want f uintptr",
		"func call(f uintptr, x ...int8)":                                     "want a declaration of fixed types",
		"func call(f uintptr) {}":                                             "want a declaration of fixed types",
		"func call(f uintptr) (x, y int8)":                                    "want one that C returns",
		"//toll:fast\nfunc call(f uintptr)":                                   "directive //toll:fast, want",
		"//toll:errno\nfunc call(f uintptr) (r int8)":                         "want a syscall.Errno last",
		"//toll:variadic x\nfunc call(f uintptr)":                             "want the number of named parameters",
		"//toll:variadic 1\nfunc call(f uintptr, x int8)":                     "want a declaration with a variadic one",
		"//toll:variadic 1\nfunc call(f uintptr, n int64, x float32)":         "parameter x is a variadic float32, which C passes as a wider type",
		"//toll:leaf\n//toll:callback\nfunc call(f uintptr)":                  "want it alone",
		"//toll:leaf\nfunc call(f uintptr, s struct{ X int8 })":               "with s, a structure by value",
		"//toll:leaf\nfunc call(f uintptr, a1, a2, a3, a4, a5, a6, a7 int64)": "trampoline: call on amd64: found a leaf with parameters on the stack",
		"//toll:entry\nfunc back(s struct{ X int8 })":                         "with s, a structure by value",
		"import x \"unsafe\"\nfunc call(f uintptr, p x.Pointer)":              "has the name x, want none",
		"func call(f uintptr, p undefined)":                                   "undefined: undefined",
		"func call(f uintptr, p *int8":                                        "missing ','",
	} {
		path := filepath.Join(t.TempDir(), "declared.go")
		if err := os.WriteFile(path, []byte("//go:build ignore\n\npackage p\n\n"+declaration+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Write(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: found the error %v, want one that names the file and says %q", declaration, err, want)
		}
		if made, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "z*")); made != nil {
			t.Errorf("%s: %v were written", declaration, made)
		}
	}
}

// TestTypesAndLicenceAreCopied: a file of declarations may have its own types and licence, and no package is read for them.
func TestTypesAndLicenceAreCopied(t *testing.T) {
	const types = "type Pair struct { X, Y float64 }\n\ntype (\n\tNested struct { P Pair; N [2]int32 }\n)\n"
	files, err := Generate("declared.go", []byte("// SPDX-License-Identifier: X\n\n//go:build ignore\n\npackage p\n\n"+types+"func call(f uintptr, p Pair, q *Nested) (r Nested)\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 3 {
		t.Errorf("%d files were made, want 3", len(files))
	}
	for name, text := range files {
		if !bytes.HasPrefix(text, []byte("// SPDX-License-Identifier: X\n\n// Code generated by toll-trampoline from declared.go. DO NOT EDIT.\n")) {
			t.Errorf("%s does not begin with the licence:\n%.200s", name, text)
		}
	}
	for _, want := range []string{"type Pair struct{ X, Y float64 }", "Nested struct {", "func call(f uintptr, p Pair, q *Nested) (r Nested) {"} {
		if !bytes.Contains(files["zdeclared.go"], []byte(want)) {
			t.Errorf("found no %q in\n%s", want, files["zdeclared.go"])
		}
	}
	without, err := Generate("declared.go", []byte("package p\n\nfunc call(f uintptr)\n"))
	if text := without["zdeclared.go"]; err != nil || !bytes.HasPrefix(text, []byte("// Code generated")) {
		t.Errorf("without a licence: got the error %v and\n%.200s", err, text)
	}
}

// TestLeavesAreOfOneArchitecture: a file with a leaf makes nothing for arm64, and constrains its Go to amd64.
func TestLeavesAreOfOneArchitecture(t *testing.T) {
	files, err := Generate("leaves.go", []byte("package p\n\n//toll:leaf\nfunc leaf(f uintptr)\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if strings.HasSuffix(name, "_arm64.s") || strings.HasSuffix(name, ".go") && !bytes.Contains(text, []byte("\n//go:build linux && amd64\n")) {
			t.Errorf("%s was made:\n%s", name, text)
		}
	}
	if len(files) != 2 {
		t.Errorf("%d files were made, want 2", len(files))
	}
}
