// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package program

import (
	"cmp"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"math/bits"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"toll/goside/seam"
	"toll/goside/try/prototype"
)

// golang is a package of Go that has functions of the same names as C's.
type golang struct {
	dir     string // as the user gave it
	path    string
	modules []module
	types   *types.Package
}

// readPackage compiles a package, and reads the types of what it exports.
func (t *toolchain) readPackage(dir, cgo string) (*golang, error) {
	settings := []string{cgo}
	if set := os.Getenv("GOWORK"); set != "" { // the user's, for the user's package
		settings = append(settings, "GOWORK="+set)
	}
	out, err := t.run(dir, settings, "list", "-buildvcs=false", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}\t{{.Name}}\t{{.DepOnly}}", ".")
	if err != nil {
		return nil, fmt.Errorf("program: the Go package %s does not build: %w", dir, err)
	}
	exports := map[string]string{}
	g := &golang{dir: dir}
	for line := range strings.Lines(out) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		exports[fields[0]] = fields[1]
		if fields[3] == "false" {
			g.path = fields[0]
			if fields[2] == "main" {
				return nil, seam.Usagef("program: the Go package %s is a program, want a package that others may import", dir)
			}
		}
	}
	if strings.Contains("/"+g.path+"/", "/internal/") {
		return nil, seam.Usagef("program: the Go package %s (%s) is internal, want one that others may import", dir, g.path)
	}
	if g.modules, err = t.modules(dir, settings[1:]...); err != nil {
		return nil, fmt.Errorf("program: the Go package %s: %w", dir, err)
	}
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	if g.types, err = importer.ForCompiler(token.NewFileSet(), "gc", lookup).Import(g.path); err != nil {
		return nil, fmt.Errorf("program: the Go package %s cannot be read: %w", dir, err)
	}
	return g, nil
}

// direct is a call of a Go function.
type direct struct {
	*function
	Loads  []string
	Args   string
	GoName string
	Type   string // of the result, "" if there is none
}

// Struct reports whether the result is a struct.
func (d *direct) Struct() bool { return d.Result.typ.Kind == prototype.Struct }

// directs is what the template of the crossing direct needs.
type directs struct {
	Path      string
	Functions []*direct
	Imports   []string // further ones
}

// names returns what a Go function may be called: as in C, or in Go's form.
func names(symbol string) []string {
	first := strings.ToUpper(symbol[:1]) + symbol[1:]
	return slices.Compact([]string{symbol, first, exported(symbol)})
}

// call returns how a function of the package is called with the arguments of C's, or why it cannot be.
func (g *golang) call(f *function, imported map[string]string) (*direct, error) {
	var found *types.Func
	for _, name := range names(f.Symbol) {
		if object, ok := g.types.Scope().Lookup(name).(*types.Func); ok && object.Exported() {
			found = object
			break
		}
	}
	if found == nil {
		all := names(f.Symbol)
		return nil, fmt.Errorf("the Go package %s has no function %s, want it", g.dir, all[len(all)-1])
	}
	qualifier := func(p *types.Package) string {
		if p == g.types {
			return "golang"
		}
		imported[p.Path()] = p.Name()
		return p.Name()
	}
	d, err := matched(f, found.Signature(), qualifier)
	if err != nil {
		return nil, fmt.Errorf("the Go package %s has func %s%s, want func %s%s: %w", g.dir, found.Name(),
			strings.TrimPrefix(types.TypeString(found.Signature(), (*types.Package).Name), "func"), found.Name(), wanted(f), err)
	}
	if hidden := unexported.FindString(strings.Join(append(d.Loads, d.Type), " ")); hidden != "" {
		return nil, fmt.Errorf("the Go package %s has func %s with the type %s, want one that is exported", g.dir, found.Name(), strings.TrimPrefix(hidden, "golang."))
	}
	d.GoName = found.Name()
	return d, nil
}

var unexported = regexp.MustCompile(`\bgolang\.[^A-Z]\w*`)

// calls returns what the package has of the functions, and notes why it has not the rest. It is an error if it has none.
func (g *golang) calls(functions []*function, missing map[string]string) (*directs, error) {
	d := &directs{Path: g.path}
	imported := map[string]string{}
	var code strings.Builder
	for _, f := range functions {
		one, err := g.call(f, imported)
		if err != nil {
			missing[f.Symbol] = err.Error()
			continue
		}
		d.Functions = append(d.Functions, one)
		fmt.Fprintln(&code, one.Loads, one.Type)
	}
	if len(d.Functions) == 0 {
		return nil, seam.Usagef("program: %s", missing[functions[0].Symbol])
	}
	d.Imports = []string{"golang " + strconv.Quote(g.path)}
	for _, path := range slices.Sorted(maps.Keys(imported)) {
		if name := imported[path]; path != "unsafe" && strings.Contains(code.String(), name+".") { // not of a function that was refused
			d.Imports = append(d.Imports, name+" "+strconv.Quote(path))
		}
	}
	return d, nil
}

// wanted returns the parameters and the result that a Go programmer would declare.
func wanted(f *function) string {
	var params []string
	for k := 0; k < len(f.Params); k++ {
		p := f.Params[k]
		if k+1 < len(f.Params) && sliceable(p) && isInteger(f.Params[k+1].typ) {
			params = append(params, p.Name+" []"+strings.TrimPrefix(p.Go, "*"))
			k++
			continue
		}
		params = append(params, p.Name+" "+p.Go)
	}
	text := "(" + strings.Join(params, ", ") + ")"
	if f.Result != nil {
		text += " " + f.Result.Go
	}
	return text
}

func sliceable(v *value) bool { return v.Pointer && strings.HasPrefix(v.Go, "*") }

func isInteger(t *prototype.Type) bool { return t.Kind == prototype.Signed || t.Kind == prototype.Uint }

// matched returns a call whose arguments are C's, in order. What Go has as a slice or a string takes a length of C's, which Go
// may or may not have as a parameter, too: fewer lengths left out are tried first.
func matched(f *function, signature *types.Signature, qualifier types.Qualifier) (*direct, error) {
	switch {
	case signature.Variadic():
		return nil, errors.New("it is variadic")
	case signature.TypeParams() != nil:
		return nil, errors.New("it has type parameters")
	case signature.Results().Len() > 1:
		return nil, fmt.Errorf("it has %d results, and C has one at most: an error cannot be compared", signature.Results().Len())
	}
	d := &direct{function: f}
	if err := d.result(signature.Results(), qualifier); err != nil {
		return nil, err
	}
	leftOut := len(f.Params) - signature.Params().Len()
	var lengths []int
	for k, p := range f.Params {
		if isInteger(p.typ) {
			lengths = append(lengths, k)
		}
	}
	if leftOut < 0 || leftOut > len(lengths) || len(lengths) > 16 {
		return nil, fmt.Errorf("it has %d parameters", signature.Params().Len())
	}
	var first error
	for set := range uint(1) << len(lengths) {
		if bits.OnesCount(set) != leftOut {
			continue
		}
		var dropped []int
		for k, param := range lengths {
			if set>>k&1 != 0 {
				dropped = append(dropped, param)
			}
		}
		err := d.params(signature.Params(), dropped, qualifier)
		if err == nil {
			return d, nil
		}
		first = cmp.Or(first, err)
	}
	return nil, first
}

func (d *direct) result(results *types.Tuple, qualifier types.Qualifier) error {
	switch {
	case results.Len() == 0 && d.Result == nil:
		return nil
	case results.Len() == 0:
		return errors.New("it has no result")
	case d.Result == nil:
		return errors.New("it has a result, and C has none")
	}
	t := results.At(0).Type()
	if why := differs(d.Result.typ, t); why != "" {
		return fmt.Errorf("the result is %s, %s", types.TypeString(t, qualifier), why)
	}
	d.Type = types.TypeString(t, qualifier)
	return nil
}

// params sets how the arguments are loaded and passed, if those that are left out are lengths.
func (d *direct) params(params *types.Tuple, dropped []int, qualifier types.Qualifier) error {
	d.Loads = nil
	var args []string
	used := map[int]bool{}
	next := 0
	for k, p := range d.function.Params {
		if slices.Contains(dropped, k) {
			continue
		}
		load, length, err := d.load(k, params.At(next).Type(), dropped, qualifier)
		if err != nil {
			return fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		used[length] = true
		next++
		d.Loads = append(d.Loads, p.Name+" := "+load)
		args = append(args, p.Name)
	}
	for _, k := range dropped {
		if !used[k] {
			return fmt.Errorf("parameter %s is missing", d.function.Params[k].Name)
		}
	}
	d.Args = strings.Join(args, ", ")
	return nil
}

// load returns an expression for parameter k, and which parameter is its length, -1 if none is.
func (d *direct) load(k int, t types.Type, dropped []int, qualifier types.Qualifier) (text string, length int, err error) {
	p := d.function.Params[k]
	name := types.TypeString(t, qualifier)
	at := func(typ string, k int) string { return fmt.Sprintf("*(*%s)(frame.Argument(%d))", typ, k) }
	convert := func(text, from string) string {
		if from == name {
			return text
		}
		return name + "(" + text + ")"
	}
	slice, isSlice := t.Underlying().(*types.Slice)
	basic, isBasic := t.Underlying().(*types.Basic)
	isString := isBasic && basic.Kind() == types.String
	if !p.Pointer || !isSlice && !isString {
		if why := differs(p.typ, t); why != "" {
			return "", -1, fmt.Errorf("found %s, %s", name, why)
		}
		if p.Pointer || p.typ.Kind == prototype.Struct {
			return at(name, k), -1, nil
		}
		return convert(at(p.Go, k), p.Go), -1, nil
	}
	length = d.length(k, dropped)
	element := types.Universe.Lookup("byte").Type()
	if isSlice {
		element = slice.Elem()
	}
	if !leadsTo(p.typ, element) {
		return "", -1, fmt.Errorf("found %s, and it points to %s", name, cmp.Or(p.typ.Elem.Name, "void"))
	}
	pointer := at("*"+types.TypeString(element, qualifier), k)
	switch {
	case length < 0 && isString && p.typ.Text():
		return convert("unix.BytePtrToString("+pointer+")", "string"), -1, nil
	case length < 0:
		return "", -1, fmt.Errorf("found %s, and C has no length of it", name)
	}
	size := at(d.function.Params[length].Go, length)
	if isString {
		return convert("unsafe.String("+pointer+", "+size+")", "string"), length, nil
	}
	return convert("unsafe.Slice("+pointer+", "+size+")", "[]"+types.TypeString(element, qualifier)), length, nil
}

// lengthName is what lengths are called.
var lengthName = regexp.MustCompile(`(?i)^_?(n|m|len|length|size|count|rows|cols|num|nelem)([0-9_].*)?$|_(n|len|length|size|count)$`)

// length returns which parameter says how long that at k is: first one that is left out, then one with such a name, then any
// integer; behind it rather than before it, and near.
func (d *direct) length(k int, dropped []int) int {
	best, least := -1, 1<<20
	for j, p := range d.function.Params {
		if !isInteger(p.typ) {
			continue
		}
		price := j - k
		if j < k {
			price = 100 + k - j
		}
		if !lengthName.MatchString(p.Name) {
			price += 1000
		}
		if !slices.Contains(dropped, j) {
			price += 10_000
		}
		if price < least {
			best, least = j, price
		}
	}
	return best
}

var sizes = types.SizesFor("gc", runtime.GOARCH)

// leadsTo reports whether a pointer of C may be one to a type of Go.
func leadsTo(t *prototype.Type, element types.Type) bool {
	if t.Elem == nil || t.Elem.Size == 0 || t.Elem.Kind == prototype.Void {
		return true
	}
	if t.Elem.Size == 1 && isInteger(t.Elem) { // bytes, with or without sign
		basic, ok := element.Underlying().(*types.Basic)
		return ok && basic.Info()&types.IsInteger != 0 && sizes.Sizeof(basic) == 1
	}
	return t.Elem.Kind == prototype.Pointer || exactly(t.Elem, element)
}

// differs returns what of a Go type is not as C has it, "" if it may be passed as that.
func differs(t *prototype.Type, g types.Type) string {
	switch u := g.Underlying().(type) {
	case *types.Pointer:
		if t.Kind == prototype.Pointer && leadsTo(t, u.Elem()) {
			return ""
		}
	case *types.Basic:
		if t.Kind == prototype.Pointer && u.Kind() == types.UnsafePointer || isInteger(t) && u.Kind() == types.Int {
			return ""
		}
	}
	if exactly(t, g) {
		return ""
	}
	return fmt.Sprintf("and C has %s of %d bytes", cmp.Or(t.Name, string(t.Kind)), t.Size)
}

// exactly reports whether the types have the same bytes.
func exactly(t *prototype.Type, g types.Type) bool {
	switch u := g.Underlying().(type) {
	case *types.Basic:
		kind := map[prototype.Kind]types.BasicInfo{
			prototype.Bool: types.IsBoolean, prototype.Float: types.IsFloat, prototype.Signed: types.IsInteger, prototype.Uint: types.IsInteger,
		}[t.Kind]
		unsigned := u.Info()&types.IsUnsigned != 0
		return u.Kind() == types.UnsafePointer && t.Kind == prototype.Pointer ||
			u.Info()&kind != 0 && sizes.Sizeof(u) == t.Size && unsigned == (t.Kind == prototype.Uint)
	case *types.Pointer:
		return t.Kind == prototype.Pointer && leadsTo(t, u.Elem())
	case *types.Array:
		return t.Kind == prototype.Array && t.Count == u.Len() && exactly(t.Elem, u.Elem())
	case *types.Struct:
		if t.Kind != prototype.Struct || u.NumFields() != len(t.Field) || sizes.Sizeof(u) != t.Size {
			return false
		}
		offsets := sizes.Offsetsof(slices.Collect(u.Fields()))
		for k, f := range t.Field {
			if offsets[k] != f.Offset || !exactly(f.Type, u.Field(k).Type()) {
				return false
			}
		}
		return true
	}
	return false
}
