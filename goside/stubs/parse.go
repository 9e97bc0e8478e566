// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package stubs

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// A declared function: of C, or of Go for C to call.
type function struct {
	name     string
	params   []value // without f
	results  []value // none, or one
	errno    bool
	callback bool
	leaf     bool
	entry    bool // it is Go's
	named    int  // parameters before a variadic C function's ...; -1: it is none
}

// A value is a parameter or a result.
type value struct {
	name string // in Go
	text string // its type in Go
	typ  ctype
}

// sizes are those of C too, on both processors: each type of at most 8 bytes is aligned to its size.
var sizes = types.SizesFor("gc", "amd64")

// A file of declarations.
type file struct {
	path    string // for messages
	pkg     string
	licence string   // the comment at the file's begin, "" if there is none
	imports []string // as they are written
	types   []string // their declarations, as they are written
	funcs   []function
}

// parse reads the declarations of a file. Its constraint, if it has one, is not looked at.
func parse(path string, text []byte) (*file, error) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	info := types.Info{Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "source", nil), IgnoreFuncBodies: true}
	if _, err := config.Check(tree.Name.Name, fset, []*ast.File{tree}, &info); err != nil {
		return nil, err
	}
	written := func(n ast.Node) string {
		return string(text[fset.Position(n.Pos()).Offset:fset.Position(n.End()).Offset])
	}
	f := &file{path: path, pkg: tree.Name.Name}
	if len(tree.Comments) > 0 && tree.Comments[0] != tree.Doc && !strings.HasPrefix(written(tree.Comments[0]), "//go:") {
		f.licence = written(tree.Comments[0]) + "\n\n"
	}
	for _, spec := range tree.Imports {
		if spec.Name != nil {
			return nil, fmt.Errorf("%s: import %s has the name %s, want none", fset.Position(spec.Pos()), spec.Path.Value, spec.Name)
		}
		f.imports = append(f.imports, spec.Path.Value)
	}
	for _, d := range tree.Decls {
		if general, ok := d.(*ast.GenDecl); ok && general.Tok == token.TYPE {
			f.types = append(f.types, written(general))
		}
		decl, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		fn, err := declared(decl, info.Defs[decl.Name].Type().(*types.Signature))
		if err != nil {
			return nil, fmt.Errorf("%s: trampoline: %s: %w", fset.Position(decl.Pos()), decl.Name.Name, err)
		}
		f.funcs = append(f.funcs, fn)
	}
	return f, nil
}

// declared returns a function as its declaration has it.
func declared(decl *ast.FuncDecl, signature *types.Signature) (function, error) {
	fn := function{name: decl.Name.Name, named: -1}
	if decl.Doc != nil {
		for _, c := range decl.Doc.List {
			directive, ok := strings.CutPrefix(c.Text, "//toll:")
			if !ok {
				continue
			}
			verb, rest, _ := strings.Cut(directive, " ")
			switch verb {
			case "entry":
				fn.entry = true
			case "errno":
				fn.errno = true
			case "callback":
				fn.callback = true
			case "leaf":
				fn.leaf = true
			case "variadic":
				k, err := strconv.Atoi(rest)
				if err != nil || k < 1 {
					return fn, fmt.Errorf("//toll:variadic %s, want the number of named parameters", rest)
				}
				fn.named = k
			default:
				return fn, fmt.Errorf("directive //toll:%s, want errno, callback, entry, leaf or variadic", verb)
			}
		}
	}
	params, results := signature.Params(), signature.Results()
	first := 1
	if fn.entry {
		first = 0
	} else if params.Len() == 0 || params.At(0).Name() != "f" || !types.Identical(params.At(0).Type(), types.Typ[types.Uintptr]) {
		return fn, fmt.Errorf("the parameters are %s, want f uintptr, the function's address, before C's", params)
	}
	if decl.Body != nil || signature.Recv() != nil || signature.TypeParams() != nil || signature.Variadic() {
		return fn, fmt.Errorf("found a body, a receiver, type parameters or ..., want a declaration of fixed types")
	}
	for k := first; k < params.Len(); k++ {
		v, err := valueOf(params.At(k), "parameter")
		if err != nil {
			return fn, err
		}
		if fn.named >= 0 && k > fn.named && promoted(v.typ) {
			return fn, fmt.Errorf("parameter %s is a variadic %s, which C passes as a wider type, want that", v.name, v.text)
		}
		fn.params = append(fn.params, v)
	}
	if fn.named >= len(fn.params) {
		return fn, fmt.Errorf("//toll:variadic %d of %d parameters, want a declaration with a variadic one", fn.named, len(fn.params))
	}
	n := results.Len()
	if fn.errno {
		if n == 0 || results.At(n-1).Type().String() != "syscall.Errno" {
			return fn, fmt.Errorf("the results are %s, want a syscall.Errno last, for //toll:errno", results)
		}
		n--
	}
	if n > 1 {
		return fn, fmt.Errorf("the results are %s, want one that C returns", results)
	}
	if n == 1 {
		v, err := valueOf(results.At(0), "result")
		if err != nil {
			return fn, err
		}
		fn.results = []value{v}
	}
	if (fn.leaf || fn.entry) && (fn.errno || fn.callback || fn.named >= 0) || fn.leaf && fn.entry {
		return fn, fmt.Errorf("found a leaf or an entry with a further directive, want it alone")
	}
	for _, v := range slices.Concat(fn.params, fn.results) {
		if (fn.leaf || fn.entry) && v.typ.kind == structure {
			return fn, fmt.Errorf("found a leaf or an entry with %s, a structure by value, want none", v.name)
		}
	}
	return fn, nil
}

func promoted(t ctype) bool {
	return t.kind == float && t.size == 4 || (t.kind == signed || t.kind == unsigned) && t.size < 4
}

func valueOf(v *types.Var, what string) (value, error) {
	switch name := v.Name(); {
	case name == "" || name == "_":
		return value{}, fmt.Errorf("a %s has no name, want one", what)
	case strings.HasSuffix(name, "_") || slices.Contains([]string{"unsafe", "syscall", "cgocall", "cgocallEscaping"}, name):
		return value{}, fmt.Errorf("%s %s has a name of the generated code's, want another", what, name)
	}
	text := types.TypeString(v.Type(), func(p *types.Package) string {
		if p == v.Pkg() {
			return ""
		}
		return p.Name()
	})
	t, err := ctypeOf(v.Type())
	if err != nil {
		return value{}, fmt.Errorf("%s %s: C has no %s: %w", what, v.Name(), text, err)
	}
	return value{v.Name(), text, t}, nil
}

// Kinds of types in C.
type kind int

const (
	signed kind = iota
	unsigned
	float
	pointer
	structure
)

type ctype struct {
	kind   kind
	size   int64
	leaves []leaf // of a structure
}

// A leaf is a number or a pointer at an offset in a structure.
type leaf struct {
	offset int64
	typ    ctype
}

func ctypeOf(t types.Type) (ctype, error) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		size := sizes.Sizeof(u)
		switch info := u.Info(); {
		case u.Kind() == types.UnsafePointer:
			return ctype{kind: pointer, size: size}, nil
		case u.Kind() == types.Int || u.Kind() == types.Uint:
			return ctype{}, fmt.Errorf("its size is not C's, want one that says its size")
		case info&types.IsUnsigned != 0 || info&types.IsBoolean != 0:
			return ctype{kind: unsigned, size: size}, nil
		case info&types.IsInteger != 0:
			return ctype{kind: signed, size: size}, nil
		case info&types.IsFloat != 0:
			return ctype{kind: float, size: size}, nil
		}
	case *types.Pointer:
		return ctype{kind: pointer, size: 8}, nil
	case *types.Struct:
		if u.NumFields() == 0 {
			return ctype{}, fmt.Errorf("it has no fields")
		}
		fields := slices.Collect(u.Fields())
		offsets := sizes.Offsetsof(fields)
		c := ctype{kind: structure, size: sizes.Sizeof(u)}
		for k, f := range fields {
			if f.Name() == "_" { // padding, or C's unnamed bytes: they are passed differently
				return ctype{}, fmt.Errorf("field %d has no name, want one", k)
			}
			if err := c.add(offsets[k], f.Type()); err != nil {
				return ctype{}, fmt.Errorf("field %s: %w", f.Name(), err)
			}
		}
		if len(c.leaves) == 0 {
			return ctype{}, fmt.Errorf("its fields have no bytes")
		}
		return c, nil
	}
	return ctype{}, fmt.Errorf("want a number, a bool, a pointer, or a struct of these")
}

// add adds a field's leaves.
func (c *ctype) add(offset int64, t types.Type) error {
	if array, ok := t.Underlying().(*types.Array); ok {
		for k := range array.Len() {
			if err := c.add(offset+k*sizes.Sizeof(array.Elem()), array.Elem()); err != nil {
				return err
			}
		}
		return nil
	}
	f, err := ctypeOf(t)
	switch {
	case err != nil:
		return err
	case f.kind == structure:
		for _, l := range f.leaves {
			c.leaves = append(c.leaves, leaf{offset + l.offset, l.typ})
		}
	default:
		c.leaves = append(c.leaves, leaf{offset, f})
	}
	return nil
}
