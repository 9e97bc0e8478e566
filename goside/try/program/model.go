// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package program

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"

	"toll/goside/try/prototype"
)

// value is a parameter, a field of a structure, or a result: a name, and its type as each crossing has it.
type value struct {
	Name string // in C and in Go
	K    int    // which parameter it is

	C       string // its declaration: "const double *p"
	CType   string // "const double *"
	Cgo     string // "*C.double"
	Go      string // "*float64"
	FFI     string // "libffi.Pointer"
	Pointer bool

	typ *prototype.Type
}

// Widened returns the type of what libffi returns.
func (v *value) Widened() string {
	switch {
	case v.Pointer:
		return "uintptr"
	case v.typ.Kind == prototype.Signed:
		return "int64"
	case v.typ.Kind == prototype.Uint || v.typ.Kind == prototype.Bool:
		return "uint64"
	}
	return v.Go
}

// function is one to be called.
type function struct {
	*prototype.Function
	Symbol   string
	Name     string // in Go, exported
	C        string // in C
	Params   []*value
	Result   *value // nil if there is none
	Callback bool   // C is given a function that it may call
}

// join puts something of each parameter into a list.
func (f *function) join(what func(*value) string) string {
	var all []string
	for _, p := range f.Params {
		all = append(all, what(p))
	}
	return strings.Join(all, ", ")
}

// Names returns the parameters as they are passed.
func (f *function) Names() string { return f.join(func(v *value) string { return v.Name }) }

// More returns the parameters as they are passed after another one.
func (f *function) More() string {
	if len(f.Params) == 0 {
		return ""
	}
	return ", " + f.Names()
}

// GoParams returns the parameters as Go declares them.
func (f *function) GoParams() string {
	return f.join(func(v *value) string { return v.Name + " " + v.Go })
}

// CTypes returns the types of the parameters in C.
func (f *function) CTypes() string {
	if len(f.Params) == 0 {
		return "void"
	}
	return f.join(func(v *value) string { return v.CType })
}

// CResult returns the type of the result in C, with a space behind it if a name needs one.
func (f *function) CResult() string {
	switch {
	case f.Result == nil:
		return "void "
	case strings.HasSuffix(f.Result.CType, "*"):
		return f.Result.CType
	}
	return f.Result.CType + " "
}

// GoResult returns the type of the result in Go, where a pointer is a number: what it leads to is C's.
func (f *function) GoResult() string {
	switch {
	case f.Result == nil:
		return ""
	case f.Result.Pointer:
		return "uintptr"
	}
	return f.Result.Go
}

// structure is a struct that is passed by value. It has one name in C and one in Go.
type structure struct {
	C, Go  string
	Fields []*value

	typ *prototype.Type
}

// declare returns the type in Go.
func (s *structure) declare() string {
	var text strings.Builder
	fmt.Fprintf(&text, "type %s struct {\n", s.Go)
	taken := map[string]bool{}
	for _, f := range s.Fields {
		fmt.Fprintf(&text, "\t%s %s\n", free(exported(f.Name), taken), f.Go)
	}
	return text.String() + "}"
}

// mostFlat is the size of structs that go through registers somewhere.
const mostFlat = 32

// flat returns the type as purego wants it: for a struct that goes through registers it must see where each number lies, so the
// fields are numbers, without arrays and structs, and what is between them are fields, too.
func (s *structure) flat() string {
	if s.typ.Size > mostFlat {
		return s.declare()
	}
	var text strings.Builder
	fmt.Fprintf(&text, "type %s struct {\n", s.Go)
	taken := map[string]bool{}
	end, before := int64(0), ""
	leaves(s.typ, 0, "", func(offset int64, name string, t *prototype.Type) {
		typ := "unsafe.Pointer"
		if n, ok := number(t); ok {
			typ = n.Go
		}
		switch gap := offset - end; {
		case gap == 4 && before == "float32": // in a register for floats
			text.WriteString("\t_ float32\n")
		case gap > 0:
			fmt.Fprintf(&text, "\t_ [%d]byte\n", gap)
		}
		fmt.Fprintf(&text, "\t%s %s\n", free(exported(name), taken), typ)
		end, before = offset+t.Size, typ
	})
	return text.String() + "}"
}

// leaves calls f with each number and pointer in a type.
func leaves(t *prototype.Type, offset int64, name string, f func(offset int64, name string, t *prototype.Type)) {
	switch t.Kind {
	case prototype.Struct:
		for _, field := range t.Field {
			leaves(field.Type, offset+field.Offset, name+"_"+field.Name, f)
		}
	case prototype.Array:
		for k := range t.Count {
			leaves(t.Elem, offset+k*t.Elem.Size, fmt.Sprint(name, k), f)
		}
	default:
		f(offset, name, t)
	}
}

// model is all that a program calls.
type model struct {
	Functions []*function
	Structs   []*structure // each behind those that it has

	structs map[string]*structure // by their types, written out
	names   map[string]bool       // that packages have
	tags    map[string]bool       // that C has, of functions and structs
}

// reserved are names that the templates use, and those of C's that Go does not have.
var reserved = strings.Fields(`address call frame function harness libffi purego register result times unsafe f C fmt
	asm auto char do double enum extern float inline linux long register restrict short signed sizeof static typedef typeof union
	unix unsigned void volatile while cgocall cgocallEscaping syscall errno`)

// identifier returns a name that is free in C and in Go, as like as possible to one of the prototype's, and takes it.
func identifier(name string, taken map[string]bool) string {
	name = strings.TrimRight(clean(name), "_")
	_, number := scalars[name]
	word := number || token.IsKeyword(name) || types.Universe.Lookup(name) != nil || slices.Contains(reserved, name)
	if name == "" || name[0] >= '0' && name[0] <= '9' || word {
		name = "_" + name
	}
	return free(name, taken)
}

// free returns the name, with a number if it is taken, and takes it.
func free(name string, taken map[string]bool) string {
	unique := name
	for k := 2; taken[unique] || unique == "_"; k++ {
		unique = fmt.Sprint(name, k)
	}
	taken[unique] = true
	return unique
}

// clean returns the name with "_" in place of what neither C nor Go has in names.
func clean(name string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '_'
	}, name)
}

// exported returns the name in Go's form: "vec_norm" becomes VecNorm.
func exported(name string) string {
	var all strings.Builder
	for word := range strings.SplitSeq(clean(name), "_") {
		if word != "" {
			all.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	if text := all.String(); text != "" && unicode.IsLetter(rune(text[0])) {
		return text
	}
	return "X" + all.String()
}

// modelOf returns what the templates need. It refuses what no crossing can pass.
func modelOf(functions []*prototype.Function) (*model, error) {
	m := &model{structs: map[string]*structure{}, names: map[string]bool{}, tags: map[string]bool{}}
	if len(functions) == 0 {
		return nil, fmt.Errorf("program: found no functions, want at least one")
	}
	symbols := map[string]bool{}
	for _, from := range functions {
		if symbols[from.Name] {
			return nil, fmt.Errorf("program: %s: found twice, want each function once", from.Name)
		}
		symbols[from.Name] = true
		m.Functions = append(m.Functions, &function{Function: from, Symbol: from.Name, Name: m.name(from.Name), C: free("call_"+clean(from.Name), m.tags)})
	}
	for _, f := range m.Functions {
		if err := m.fill(f); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// name returns a function's name, and takes what is made of it.
func (m *model) name(symbol string) string {
	base := exported(symbol)
	for k := 2; ; k++ {
		made := []string{base, "Open" + base, base + "Stub", base + "Block", base + "Blocks"}
		if !slices.ContainsFunc(made, func(name string) bool { return m.names[name] }) {
			for _, name := range made[1:] {
				m.names[name] = true
			}
			return base
		}
		base = fmt.Sprint(exported(symbol), k)
	}
}

// fill sets a function's parameters and result.
func (m *model) fill(f *function) error {
	if why := f.Refusal(); why != "" {
		return fmt.Errorf("program: %s", why)
	}
	taken := map[string]bool{}
	for k, p := range f.Function.Params {
		v, err := m.value(identifier(p.Name, taken), p.Type)
		if err != nil {
			return fmt.Errorf("program: parameter %s of %s: %w", p.Name, f.Symbol, err)
		}
		v.K = k
		m.typed(v)
		f.Params = append(f.Params, v)
		f.Callback = f.Callback || hasCode(p.Type, nil)
	}
	if result := f.Function.Result; result != nil && result.Kind != prototype.Void {
		v, err := m.value("result", result)
		if err != nil {
			return fmt.Errorf("program: the result of %s: %w", f.Symbol, err)
		}
		f.Result = v
	}
	return nil
}

// typed makes a pointer to a known struct one of its type. What a struct has as a field stays a pointer without a type.
func (m *model) typed(v *value) {
	to := v.typ.Elem
	if !v.Pointer || to == nil || to.Kind != prototype.Struct {
		return
	}
	byValue := prototype.Function{Params: []prototype.Parameter{{Type: to}}, Result: &prototype.Type{Kind: prototype.Void}}
	if byValue.Refusal() != "" { // such as an incomplete or a packed struct, which cannot be declared
		return
	}
	s, err := m.structure(to)
	if err != nil {
		return
	}
	v.CType, v.Cgo, v.Go = "struct "+s.C+" *", "*C.struct_"+s.C, "*"+s.Go
	if v.typ.Const {
		v.CType = "const " + v.CType
	}
	v.C = v.CType + v.Name
}

// hasCode reports whether C gets at a function by way of the type.
func hasCode(t *prototype.Type, seen []*prototype.Type) bool {
	if t == nil || slices.Contains(seen, t) {
		return false
	}
	seen = append(seen, t)
	return t.Kind == prototype.Code || hasCode(t.Elem, seen) ||
		slices.ContainsFunc(t.Field, func(f prototype.Field) bool { return hasCode(f.Type, seen) })
}

// scalar is a number's type in C.
type scalar struct {
	kinds []prototype.Kind
	size  int64
	cgo   string // by cgo; "" if as in C
}

var (
	signed   = []prototype.Kind{prototype.Signed}
	unsigned = []prototype.Kind{prototype.Uint}
	floats   = []prototype.Kind{prototype.Float}
	either   = []prototype.Kind{prototype.Signed, prototype.Uint}
)

// scalars are the types that keep their names. Others, such as typedefs, are named by their kind and size.
var scalars = map[string]scalar{
	"char": {either, 1, ""}, "signed char": {signed, 1, "schar"}, "unsigned char": {unsigned, 1, "uchar"},
	"short": {signed, 2, ""}, "unsigned short": {unsigned, 2, "ushort"},
	"int": {signed, 4, ""}, "unsigned int": {unsigned, 4, "uint"},
	"long": {signed, 8, ""}, "unsigned long": {unsigned, 8, "ulong"},
	"long long": {signed, 8, "longlong"}, "unsigned long long": {unsigned, 8, "ulonglong"}, //nolint:dupword // C's name
	"float": {floats, 4, ""}, "double": {floats, 8, ""}, "bool": {[]prototype.Kind{prototype.Bool}, 1, ""},
	"int8_t": {signed, 1, ""}, "int16_t": {signed, 2, ""}, "int32_t": {signed, 4, ""}, "int64_t": {signed, 8, ""},
	"uint8_t": {unsigned, 1, ""}, "uint16_t": {unsigned, 2, ""}, "uint32_t": {unsigned, 4, ""}, "uint64_t": {unsigned, 8, ""},
	"size_t": {unsigned, 8, ""}, "uintptr_t": {unsigned, 8, ""}, "intptr_t": {signed, 8, ""}, "ptrdiff_t": {signed, 8, ""},
}

// number returns the types of a number or a bool; ok says that it is one.
func number(t *prototype.Type) (v value, ok bool) {
	name := strings.TrimPrefix(t.Name, "const ")
	known, named := scalars[name]
	if !named || known.size != t.Size || !slices.Contains(known.kinds, t.Kind) {
		name, known = "", scalar{}
	}
	bits := t.Size * 8
	var fixed string
	switch {
	case t.Kind == prototype.Bool && t.Size == 1:
		fixed, v.Go, v.FFI = "bool", "bool", "libffi.Uint8"
	case t.Kind == prototype.Float && t.Size == 4:
		fixed, v.Go, v.FFI = "float", "float32", "libffi.Float"
	case t.Kind == prototype.Float && t.Size == 8:
		fixed, v.Go, v.FFI = "double", "float64", "libffi.Double"
	case t.Kind == prototype.Signed && slices.Contains([]int64{1, 2, 4, 8}, t.Size):
		fixed, v.Go, v.FFI = fmt.Sprintf("int%d_t", bits), fmt.Sprintf("int%d", bits), fmt.Sprintf("libffi.Sint%d", bits)
	case t.Kind == prototype.Uint && slices.Contains([]int64{1, 2, 4, 8}, t.Size):
		fixed, v.Go, v.FFI = fmt.Sprintf("uint%d_t", bits), fmt.Sprintf("uint%d", bits), fmt.Sprintf("libffi.Uint%d", bits)
	default:
		return v, false
	}
	if name == "" {
		name = fixed
	}
	v.CType, v.Cgo = name, "C."+name
	if known.cgo != "" {
		v.Cgo = "C." + known.cgo
	}
	return v, true
}

// value returns a type as each crossing has it.
func (m *model) value(name string, t *prototype.Type) (*value, error) {
	v, isNumber := number(t)
	v.Name, v.typ = name, t
	switch {
	case isNumber:
		v.C = v.CType + " " + name
	case t.Kind == prototype.Pointer:
		v.Pointer = true
		v.CType, v.Cgo, v.Go = pointer(t)
		v.C = v.CType + name
		v.FFI = "libffi.Pointer"
	case t.Kind == prototype.Array:
		elem, err := m.value(fmt.Sprintf("%s[%d]", name, t.Count), t.Elem)
		if err != nil {
			return nil, err
		}
		v.C = elem.C
		v.Go = fmt.Sprintf("[%d]%s", t.Count, elem.Go)
		v.FFI = "libffi.Array(" + fmt.Sprint(t.Count) + ", " + elem.FFI + ")"
	case t.Kind == prototype.Struct:
		s, err := m.structure(t)
		if err != nil {
			return nil, err
		}
		v.CType, v.Cgo, v.Go = "struct "+s.C, "C.struct_"+s.C, s.Go
		v.C = v.CType + " " + name
		var all []string
		for _, f := range s.Fields {
			all = append(all, f.FFI)
		}
		v.FFI = "libffi.Struct(" + strings.Join(all, ", ") + ")"
	default:
		return nil, fmt.Errorf("found %s (%s of %d bytes), want a number, a bool, a pointer or a struct of these", t.Name, t.Kind, t.Size)
	}
	return &v, nil
}

// pointer returns the types of a pointer: one to a number, or a pointer without a type.
func pointer(t *prototype.Type) (c, cgo, golang string) {
	constant := ""
	if t.Const {
		constant = "const "
	}
	if t.Elem != nil {
		if elem, ok := number(t.Elem); ok {
			if t.Text() {
				elem.Go = "byte"
			}
			return constant + elem.CType + " *", "*" + elem.Cgo, "*" + elem.Go
		}
	}
	return constant + "void *", "unsafe.Pointer", "unsafe.Pointer"
}

// structure returns a struct's declarations, which two functions share.
func (m *model) structure(t *prototype.Type) (*structure, error) {
	key := layout(t)
	if s := m.structs[key]; s != nil {
		return s, nil
	}
	s := &structure{typ: t}
	taken := map[string]bool{}
	for _, field := range t.Field {
		f, err := m.value(identifier(field.Name, taken), field.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", field.Name, err)
		}
		s.Fields = append(s.Fields, f)
	}
	words := strings.Fields(t.Name)
	name := "values"
	if len(words) > 0 && clean(words[len(words)-1]) == words[len(words)-1] {
		name = words[len(words)-1]
	}
	s.Go = free(exported(name), m.names)
	s.C = identifier(name, m.tags)
	m.structs[key] = s
	m.Structs = append(m.Structs, s)
	return s, nil
}

// layout tells structs apart that are not the same to all crossings.
func layout(t *prototype.Type) string {
	var text strings.Builder
	fmt.Fprint(&text, t.Kind, " ", t.Name, " ", t.Size, " ", t.Count)
	if t.Kind == prototype.Array {
		text.WriteString(layout(t.Elem))
	}
	for _, f := range t.Field {
		fmt.Fprint(&text, "{", f.Name, " ", f.Offset, " ", layout(f.Type), "}")
	}
	return text.String()
}
