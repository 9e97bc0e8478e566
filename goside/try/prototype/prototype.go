// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package prototype describes C functions as a caller must know them: parameters and result, to the byte. A prototype is
// read from C's declaration ([Parse]), from a header ([Header]) or from a library's debugging information ([Debug]). The
// types are those of C on this machine: a Fortran or Rust function is described by what C would call it with.
//
// Note: a type is what is passed, not what it is called: typedefs are resolved, an enumeration is its integer.
package prototype

import (
	"fmt"
	"strings"
)

// Kind tells types apart by how they are passed.
type Kind string

// The kinds of types.
const (
	Void    Kind = "void"
	Bool    Kind = "bool"
	Signed  Kind = "signed"  // an integer
	Uint    Kind = "uint"    // an integer without sign
	Float   Kind = "float"   // of 4 or 8 bytes
	Pointer Kind = "pointer" // to Elem
	Struct  Kind = "struct"  // with Fields, by value
	Array   Kind = "array"   // Count of Elem; in a struct only, since C passes arrays as pointers
	Code    Kind = "code"    // a function; what a pointer to a function points to
	Other   Kind = "other"   // what no crossing passes: a union, a bit field, long double, a complex number; Name says which
)

// Type is one of C's.
type Type struct {
	Kind  Kind
	Name  string  `json:",omitempty"` // as C has it: "double", "uLong", "struct pair"
	Size  int64   `json:",omitempty"` // bytes; 0 if it is not known, as of void and of an incomplete struct
	Align int64   `json:",omitempty"`
	Elem  *Type   `json:",omitempty"` // of a pointer or an array
	Const bool    `json:",omitempty"` // a pointer's: what it points to is const
	Count int64   `json:",omitempty"` // of an array's elements
	Field []Field `json:",omitempty"` // of a struct, in order
}

// Field is one of a struct.
type Field struct {
	Name   string
	Offset int64
	Type   *Type
}

// Parameter is one of a function.
type Parameter struct {
	Name string // never empty: "arg1" is the first if the prototype has no name
	Type *Type
}

// Function is a C function.
type Function struct {
	Name       string // the symbol
	Params     []Parameter
	Result     *Type // of kind Void if there is none
	Variadic   bool
	Lang       string // of its source, if that is known: "c", "fortran", "rust", "go", "c++"
	From       string // where it was read: "--sig", "zlib.h:1745", "the debugging information of libx.so"
	Convention string // how it is called: "System V AMD64"
}

// String returns the function's prototype in C.
func (f *Function) String() string {
	params := make([]string, len(f.Params))
	for k, p := range f.Params {
		params[k] = declare(p.Type, p.Name)
	}
	if f.Variadic {
		params = append(params, "...")
	}
	if len(params) == 0 {
		params = []string{"void"}
	}
	return declare(f.Result, f.Name+"("+strings.Join(params, ", ")+")")
}

// declare returns a declaration in C.
func declare(t *Type, name string) string {
	switch {
	case t.Kind == Pointer && t.Elem != nil && t.Elem.Kind == Code:
		return fmt.Sprintf("%s (*%s)()", "void", name)
	case t.Kind == Pointer:
		elem := "void"
		if t.Elem != nil && t.Elem.Name != "" {
			elem = t.Elem.Name
		}
		if t.Elem != nil && t.Elem.Kind == Pointer {
			elem = declare(t.Elem, "")
		}
		if t.Const && !strings.HasPrefix(elem, "const ") {
			elem = "const " + elem
		}
		return strings.TrimRight(elem, " ") + " *" + name
	case t.Kind == Array:
		return declare(t.Elem, fmt.Sprintf("%s[%d]", name, t.Count))
	}
	return t.Name + " " + name
}

// Text reports whether the type is a pointer to characters.
func (t *Type) Text() bool {
	return t.Kind == Pointer && t.Elem != nil && t.Elem.Size == 1 && t.Elem.Kind != Bool && strings.Contains(t.Elem.Name, "char") && !strings.Contains(t.Elem.Name, "unsigned")
}
