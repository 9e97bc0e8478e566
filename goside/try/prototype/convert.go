// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"fmt"
	"strings"

	"modernc.org/cc/v4"
)

// How far structs are opened. What a parameter is or points to has its fields; a pointer in a field leads to a struct
// without fields, so that a list that points to itself has an end.
const (
	outside = iota // of every struct
	inside         // a struct
	closed         // behind a pointer inside a struct
)

// function describes a function that cc has read.
func function(d *cc.Declarator, from string) (*Function, error) {
	t, ok := d.Type().(*cc.FunctionType)
	if !ok {
		return nil, fmt.Errorf("prototype: %s is no function", d.Name())
	}
	f := &Function{
		Name: d.Name(), Result: convert(t.Result(), outside), Variadic: t.IsVariadic(),
		From: from, Convention: convention(),
	}
	for _, p := range t.Parameters() {
		if p.Type().Kind() == cc.Void {
			break // (void)
		}
		f.Params = append(f.Params, Parameter{p.Name(), parameter(p, outside)})
	}
	nameParams(f)
	return f, nil
}

// nameParams gives every parameter a name of its own, without the underscores of system headers.
func nameParams(f *Function) {
	taken := map[string]bool{}
	for k := range f.Params {
		p := &f.Params[k]
		if plain := strings.TrimLeft(p.Name, "_"); plain != "" && (plain[0] < '0' || plain[0] > '9') {
			p.Name = plain
		}
		if p.Name == "" || taken[p.Name] {
			p.Name = fmt.Sprintf("arg%d", k+1)
		}
		taken[p.Name] = true
	}
}

func parameter(p *cc.Parameter, depth int) *Type {
	t := convert(p.Type(), depth)
	if p.Declarator != nil && t.Kind == Pointer && pointsToConst(p.Declarator) {
		t.Const = true
	}
	return t
}

// pointsToConst reports whether the declaration of a pointer makes constant what it points to, where cc's type has lost
// that: in "char *const *p" and "char *const p[]".
func pointsToConst(d *cc.Declarator) bool {
	var stars []*cc.Pointer
	for p := d.Pointer; p != nil; p = p.Pointer {
		stars = append(stars, p)
	}
	last := len(stars) - 2
	switch d.DirectDeclarator.Case {
	case cc.DirectDeclaratorIdent:
	case cc.DirectDeclaratorArr, cc.DirectDeclaratorStaticArr, cc.DirectDeclaratorArrStatic:
		if last++; last < 0 {
			return d.IsConst()
		}
	default:
		return false
	}
	if last < 0 {
		return false
	}
	for q := stars[last].TypeQualifiers; q != nil; q = q.TypeQualifiers {
		if q.TypeQualifier != nil && q.TypeQualifier.Case == cc.TypeQualifierConst {
			return true
		}
	}
	return false
}

// convert returns a type of cc's.
func convert(t cc.Type, depth int) *Type {
	name := typeName(t)
	r := &Type{Name: name, Size: max(t.Size(), 0), Align: int64(t.Align())}
	if t.Kind() != cc.Ptr && t.VectorSize() > 0 {
		r.Kind, r.Name, r.Size = Other, "vector "+name, t.VectorSize()
		return r
	}
	switch t := t.(type) {
	case *cc.PointerType:
		return pointer(t, r, depth)
	case *cc.ArrayType:
		r.Kind, r.Name, r.Elem, r.Count = Array, "", convert(t.Elem(), depth), max(t.Len(), 0)
		r.Size = r.Count * r.Elem.Size
		return r
	case *cc.FunctionType:
		return code(t)
	case *cc.UnionType:
		r.Kind = Other
		if !strings.HasPrefix(name, "union") {
			r.Name = "union " + name
		}
		return r
	case *cc.StructType:
		r.Kind = Struct
		if t.IsIncomplete() {
			r.Size, r.Align = 0, 0
			return r
		}
		if depth != closed {
			r.Field = fields(t)
		}
		return r
	}
	r.Kind = scalar(t)
	if t.Kind() == cc.Enum && r.Kind == Other { // it is not defined: compilers take it for an int as well
		r.Kind, r.Size, r.Align = Uint, 4, 4
	}
	if r.Kind == Void {
		r.Size, r.Align = 0, 0
	}
	if r.Kind == Other {
		r.Name = t.Kind().String() // a typedef would not say what it is
	}
	return r
}

func pointer(t *cc.PointerType, r *Type, depth int) *Type {
	if depth != outside {
		depth = closed
	}
	r.Kind = Pointer
	r.Elem = convert(t.Elem(), depth)
	r.Const = t.Elem().Attributes().IsConst()
	for r.Elem.Kind == Array && r.Elem.Count == 0 { // its size is another parameter
		r.Elem = r.Elem.Elem
	}
	if r.Elem.Name == "struct "+vaList {
		return &Type{Kind: Other, Name: "va_list", Size: r.Size, Align: r.Align}
	}
	return r
}

// vaList is the tag of the struct that stands for the compiler's list of variable arguments.
const vaList = "toll_va_list"

// code describes a function that is pointed to: Elem is its result, Field are its parameters.
func code(t *cc.FunctionType) *Type {
	r := &Type{Kind: Code, Elem: convert(t.Result(), closed)}
	for _, p := range t.Parameters() {
		if p.Type().Kind() == cc.Void {
			break
		}
		r.Field = append(r.Field, Field{Name: p.Name(), Type: parameter(p, closed)})
	}
	if t.IsVariadic() {
		r.Field = append(r.Field, Field{Name: "...", Type: &Type{Kind: Other, Name: "..."}})
	}
	return r
}

func fields(t *cc.StructType) []Field {
	var list []Field
	for k := range t.NumFields() {
		f := t.FieldByIndex(k)
		if f == nil {
			continue
		}
		field := Field{f.Name(), f.Offset(), convert(f.Type(), inside)}
		if f.IsBitfield() {
			field.Type = &Type{Kind: Other, Name: "bit field", Size: f.AccessBytes(), Align: 1}
		}
		list = append(list, field)
	}
	return list
}

// typeName returns what C calls a type, "" for what has no name of its own: a pointer or an array.
func typeName(t cc.Type) string {
	if d := t.Typedef(); d != nil && d.Name() != "" {
		return d.Name()
	}
	var tag cc.Token
	switch t := t.(type) {
	case *cc.PointerType, *cc.ArrayType, *cc.FunctionType:
		return ""
	case *cc.StructType:
		tag = t.Tag()
	case *cc.UnionType:
		tag = t.Tag()
	case *cc.EnumType:
		tag = t.Tag()
	}
	switch kind := t.Kind(); kind {
	case cc.Struct, cc.Union, cc.Enum:
		return strings.TrimSpace(kind.String() + " " + tag.SrcStr())
	case cc.UInt:
		return "unsigned int"
	default:
		return kind.String()
	}
}

func scalar(t cc.Type) Kind {
	switch t.Kind() {
	case cc.Void:
		return Void
	case cc.Bool:
		return Bool
	case cc.Char, cc.SChar, cc.Short, cc.Int, cc.Long, cc.LongLong:
		if t.Kind() == cc.Char && !charSigned() {
			return Uint
		}
		return Signed
	case cc.UChar, cc.UShort, cc.UInt, cc.ULong, cc.ULongLong:
		return Uint
	case cc.Enum:
		if e, ok := t.(*cc.EnumType); ok {
			return scalar(e.UnderlyingType())
		}
	case cc.Float, cc.Double, cc.Float32, cc.Float32x, cc.Float64:
		return Float
	}
	return Other
}
