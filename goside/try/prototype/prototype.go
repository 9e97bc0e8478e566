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
	Name  string `json:",omitempty"` // as C has it: "double", "uLong", "struct pair"
	Size  int64  `json:",omitempty"` // bytes; 0 if it is not known, as of void and of an incomplete struct
	Align int64  `json:",omitempty"`
	Elem  *Type  `json:",omitempty"` // of a pointer or an array; the result of a function
	Const bool   `json:",omitempty"` // a pointer's: what it points to is const; not known of a field
	Count int64  `json:",omitempty"` // of an array's elements
	// Field are those of a struct, in order, but not of one that a pointer in a struct leads to; or the parameters of a function.
	Field []Field `json:",omitempty"`
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
	var params []string
	for _, p := range f.Params {
		params = append(params, declare(p.Type, p.Name))
	}
	if f.Variadic {
		params = append(params, "...")
	}
	if len(params) == 0 {
		params = []string{"void"}
	}
	return declare(f.Result, f.Name+"("+strings.Join(params, ", ")+")")
}

// declare returns the declaration of a name in C.
func declare(t *Type, name string) string {
	switch {
	case t == nil:
		return strings.TrimRight("void "+name, " ")
	case t.Kind == Pointer && t.Name == "":
		elem := t.Elem
		switch {
		case elem != nil && elem.Kind == Pointer && elem.Name == "" && t.Const:
			return declare(elem, "const *"+name)
		case elem != nil && (elem.Kind == Array || elem.Kind == Code) && elem.Name == "":
			name = "(*" + name + ")"
		default:
			name = "*" + name
		}
		if t.Const {
			return "const " + declare(elem, name)
		}
		return declare(elem, name)
	case t.Kind == Array && t.Name == "":
		return declare(t.Elem, fmt.Sprintf("%s[%d]", name, t.Count))
	case t.Kind == Code && t.Name == "":
		params := make([]string, len(t.Field))
		for k, p := range t.Field {
			params[k] = declare(p.Type, "")
		}
		if len(params) == 0 {
			params = []string{"void"}
		}
		return declare(t.Elem, name+"("+strings.Join(params, ", ")+")")
	}
	return strings.TrimRight(t.Name+" "+name, " ")
}

// String returns the type in C, as of a parameter without a name.
func (t *Type) String() string { return declare(t, "") }

// Text reports whether the type is a pointer to characters.
func (t *Type) Text() bool {
	if t.Kind != Pointer || t.Elem == nil || t.Elem.Size != 1 {
		return false
	}
	name := t.Elem.Name
	return strings.Contains(name, "char") && !strings.Contains(name, "uchar") && !strings.Contains(name, "unsigned")
}

// Go returns the type of Go that holds the same bytes: "" for what has no such type on its own, as void and a struct.
func (t *Type) Go() string {
	switch t.Kind {
	case Bool:
		return "bool"
	case Signed:
		return fmt.Sprintf("int%d", 8*t.Size)
	case Uint:
		return fmt.Sprintf("uint%d", 8*t.Size)
	case Float:
		return fmt.Sprintf("float%d", 8*t.Size)
	case Pointer:
		return "unsafe.Pointer"
	case Array:
		if elem := t.Elem.Go(); elem != "" {
			return fmt.Sprintf("[%d]%s", t.Count, elem)
		}
	}
	return ""
}

// Refusal says why no crossing passes such a call, "" if one does.
func (f *Function) Refusal() string {
	if f.Variadic {
		return f.Name + " is variadic: call it from a C function of your own with the parameters that you mean"
	}
	for _, p := range f.Params {
		if why := p.Type.refusal(); why != "" {
			return fmt.Sprintf("parameter %s of %s is %s", p.Name, f.Name, why)
		}
	}
	if f.Result.Kind != Void {
		if why := f.Result.refusal(); why != "" {
			return fmt.Sprintf("the result of %s is %s", f.Name, why)
		}
	}
	return ""
}

// refusal says what keeps a value of the type from being passed, "" if nothing does.
func (t *Type) refusal() string {
	switch t.Kind {
	case Void:
		return "void"
	case Code:
		return "a function"
	case Other:
		if t.Name == descriptor {
			return descriptor + `: declare the array with its size, as in "real(8) :: x(n)"`
		}
		return t.Name + ", which no crossing passes by value"
	case Array:
		if t.Count == 0 {
			return "an array without a size"
		}
		return t.Elem.refusal()
	case Struct:
		return t.structRefusal()
	}
	return ""
}

const largest = 64 << 10 // bytes of a struct that is passed by value: a goroutine's stack must hold some

func (t *Type) structRefusal() string {
	if t.Size == 0 || len(t.Field) == 0 {
		return t.Name + ": its fields are not known; define it before the function"
	}
	if t.Size > largest {
		return fmt.Sprintf("%s of %d bytes, more than crossings pass by value", t.Name, t.Size)
	}
	end := int64(0)
	for _, f := range t.Field {
		if why := f.Type.refusal(); why != "" {
			return fmt.Sprintf("%s with the field %s, %s", t.Name, f.Name, why)
		}
		if want := roundUp(end, f.Type.Align); f.Offset != want {
			return fmt.Sprintf("%s with the field %s at byte %d, where Go has it at %d: packed or aligned otherwise than Go can",
				t.Name, f.Name, f.Offset, want)
		}
		end = f.Offset + f.Type.Size
	}
	if want := roundUp(end, natural(t)); t.Size != want || t.Align != natural(t) {
		return fmt.Sprintf("%s of %d bytes aligned to %d, where Go has %d aligned to %d: packed or aligned otherwise than Go can",
			t.Name, t.Size, t.Align, want, natural(t))
	}
	return ""
}

// natural returns the alignment that Go gives a type.
func natural(t *Type) int64 {
	switch {
	case t.Kind == Array:
		return natural(t.Elem)
	case t.Kind != Struct:
		return max(t.Size, 1)
	}
	align := int64(1)
	for _, f := range t.Field {
		align = max(align, natural(f.Type))
	}
	return align
}

func roundUp(n, to int64) int64 {
	to = max(to, 1)
	return (n + to - 1) / to * to
}
