// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"debug/dwarf"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Debug reads the prototype of a function from the debugging information of a library.
func Debug(library, symbol string) (*Function, error) {
	f, path, err := open(library)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	list, err := exported(f)
	if err != nil {
		return nil, fmt.Errorf("prototype: %s is damaged: %w", path, err)
	}
	names := make([]string, len(list))
	var entry elf.Symbol
	for k, s := range list {
		names[k] = s.Name
		if s.Name == symbol {
			entry = s
		}
	}
	slices.Sort(names)
	if err := Find(names, symbol); err != nil {
		return nil, err
	}
	d, err := newDebugger(f, path)
	if err != nil {
		return nil, err
	}
	defer d.close()
	unit, subprogram, err := d.find(entry)
	if err != nil {
		return nil, fmt.Errorf("prototype: the debugging information of %s is damaged: %w", path, err)
	}
	if subprogram == nil && d.apart {
		return nil, fmt.Errorf("prototype: %s keeps its debugging information in .dwo files: build it without -gsplit-dwarf, "+
			"or give --sig or --header", path)
	}
	if subprogram == nil {
		return nil, fmt.Errorf("prototype: %s has debugging information, but none of %s: build its source with -g, or give --sig or --header",
			path, symbol)
	}
	d.lang = language(unit)
	fn, err := d.function(subprogram)
	if err != nil {
		return nil, fmt.Errorf("prototype: the debugging information of %s says of %s what is not understood: %w: give --sig or --header",
			path, symbol, err)
	}
	fn.Name, fn.Lang, fn.Convention = symbol, d.lang, convention()
	fn.From = "the debugging information of " + filepath.Base(path)
	return fn, nil
}

// debugger reads types from a library's debugging information.
type debugger struct {
	data  *dwarf.Data
	file  *elf.File // where the information lies, which is another than the library if it was split off
	split bool
	apart bool // some of it lies in files of its own, which are not read
	lang  string
}

func (d *debugger) close() {
	if d.split {
		_ = d.file.Close()
	}
}

func hasDebug(f *elf.File) bool {
	return f.Section(".debug_info") != nil || f.Section(".zdebug_info") != nil
}

func newDebugger(f *elf.File, path string) (*debugger, error) {
	d := &debugger{file: f}
	for _, candidate := range splitOff(f, path) {
		if hasDebug(d.file) {
			break
		}
		other, err := elf.Open(candidate)
		switch {
		case err != nil:
		case hasDebug(other):
			d.file, d.split = other, true
		default:
			_ = other.Close()
		}
	}
	if !hasDebug(d.file) {
		return nil, fmt.Errorf("prototype: %s has no debugging information: build it with -g, or give --sig or --header", path)
	}
	data, err := d.file.DWARF()
	if err != nil {
		d.close()
		return nil, fmt.Errorf("prototype: the debugging information of %s cannot be read: %w", path, err)
	}
	d.data = data
	return d, nil
}

// splitOff returns the files where distributions keep a library's debugging information.
func splitOff(f *elf.File, path string) []string {
	const folder = "/usr/lib/debug"
	var files []string
	if s := f.Section(".note.gnu.build-id"); s != nil {
		if note, err := s.Data(); err == nil && len(note) > 18 {
			id := hex.EncodeToString(note[16:]) // after the note's header and the name "GNU"
			files = append(files, filepath.Join(folder, ".build-id", id[:2], id[2:]+".debug"))
		}
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if s := f.Section(".gnu_debuglink"); s != nil {
		if link, err := s.Data(); err == nil {
			name, _, _ := strings.Cut(string(link), "\x00")
			name = filepath.Base(name)
			own := filepath.Dir(path)
			files = append(files, filepath.Join(own, name), filepath.Join(own, ".debug", name), filepath.Join(folder, own, name))
		}
	}
	return files
}

// languages are DWARF's codes.
var languages = map[int64]string{
	0x01: "c", 0x02: "c", 0x0c: "c", 0x1d: "c", 0x2c: "c", 0x3e: "c",
	0x04: "c++", 0x1a: "c++", 0x21: "c++", 0x2b: "c++", 0x3a: "c++", 0x3b: "c++",
	0x07: "fortran", 0x08: "fortran", 0x0e: "fortran", 0x22: "fortran", 0x23: "fortran", 0x2d: "fortran", 0x3c: "fortran",
	0x16: "go", 0x1c: "rust", 0x13: "d", 0x1e: "swift", 0x27: "zig", 0x0d: "ada", 0x8001: "assembly",
}

func language(unit *dwarf.Entry) string {
	if name, _ := unit.Val(dwarf.AttrName).(string); filepath.Base(name) == "_cgo_export.c" {
		return "go" // the functions that a Go library exports go through C that cgo wrote
	}
	code, _ := unit.Val(dwarf.AttrLanguage).(int64)
	return languages[code]
}

// find returns the entry of an exported function, and that of its unit: by the address, or by the name where the address is
// that of what chooses among several functions.
func (d *debugger) find(s elf.Symbol) (unit, subprogram *dwarf.Entry, err error) {
	chosen := elf.ST_TYPE(s.Info) == elf.STT_GNU_IFUNC
	if !chosen {
		r := d.data.Reader()
		if unit, err := r.SeekPC(s.Value); err == nil && unit != nil {
			found, err := d.search(r, unit, func(e *dwarf.Entry) bool {
				low, ok := e.Val(dwarf.AttrLowpc).(uint64)
				return ok && low == s.Value
			})
			if err != nil || found != nil {
				return unit, found, err
			}
		}
	}
	r := d.data.Reader()
	for {
		unit, err := r.Next()
		if err != nil || unit == nil {
			return nil, nil, err
		}
		if unit.Val(attrDwoName) != nil || unit.Val(attrDwoNameGNU) != nil {
			d.apart = true
		}
		if unit.Tag != dwarf.TagCompileUnit || !unit.Children {
			r.SkipChildren()
			continue
		}
		found, err := d.search(r, unit, func(e *dwarf.Entry) bool {
			external, _ := d.value(e, dwarf.AttrExternal).(bool)
			declaration, _ := e.Val(dwarf.AttrDeclaration).(bool)
			name, _ := d.value(e, dwarf.AttrName).(string)
			linkage, _ := d.value(e, dwarf.AttrLinkageName).(string)
			return external && (!declaration || chosen) && (name == s.Name || linkage == s.Name)
		})
		if err != nil || found != nil {
			return unit, found, err
		}
	}
}

// search returns the first subprogram of a unit that is the one, nil if none is. The reader is behind the unit's entry.
func (d *debugger) search(r *dwarf.Reader, unit *dwarf.Entry, is func(*dwarf.Entry) bool) (*dwarf.Entry, error) {
	if !unit.Children {
		return nil, nil
	}
	for depth := 1; depth > 0; {
		e, err := r.Next()
		switch {
		case err != nil:
			return nil, err
		case e == nil:
			return nil, nil
		case e.Tag == 0:
			depth--
		case e.Tag == dwarf.TagSubprogram && is(e):
			return e, nil
		case e.Children && (e.Tag == dwarf.TagNamespace || e.Tag == dwarf.TagModule):
			depth++
		default:
			r.SkipChildren()
		}
	}
	return nil, nil
}

// at returns the entry at an offset.
func (d *debugger) at(offset dwarf.Offset) (*dwarf.Entry, error) {
	r := d.data.Reader()
	r.Seek(offset)
	e, err := r.Next()
	if err == nil && e == nil {
		err = errors.New("it refers to nothing")
	}
	return e, err
}

// children returns what lies directly under an entry.
func (d *debugger) children(e *dwarf.Entry) ([]*dwarf.Entry, error) {
	if !e.Children {
		return nil, nil
	}
	r := d.data.Reader()
	r.Seek(e.Offset)
	if _, err := r.Next(); err != nil {
		return nil, err
	}
	var list []*dwarf.Entry
	for {
		kid, err := r.Next()
		if err != nil {
			return nil, err
		}
		if kid == nil || kid.Tag == 0 {
			return list, nil
		}
		list = append(list, kid)
		r.SkipChildren()
	}
}

// origin returns the entry that another one leaves what it says to, nil if there is none.
func (d *debugger) origin(e *dwarf.Entry) *dwarf.Entry {
	for _, attribute := range []dwarf.Attr{dwarf.AttrAbstractOrigin, dwarf.AttrSpecification} {
		if offset, ok := e.Val(attribute).(dwarf.Offset); ok {
			if o, err := d.at(offset); err == nil {
				return o
			}
		}
	}
	return nil
}

// value returns an attribute of an entry, or of that which it leaves it to.
func (d *debugger) value(e *dwarf.Entry, attribute dwarf.Attr) any {
	for range 4 {
		if v := e.Val(attribute); v != nil {
			return v
		}
		if e = d.origin(e); e == nil {
			break
		}
	}
	return nil
}

// function describes a subprogram.
func (d *debugger) function(e *dwarf.Entry) (*Function, error) {
	result, err := d.typeOf(e, outside, 0)
	if err != nil {
		return nil, err
	}
	f := &Function{Result: result}
	params := e
	if offset, ok := e.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset); ok { // it has all parameters, the instance only what is left
		if params, err = d.at(offset); err != nil {
			return nil, err
		}
	}
	list, err := d.children(params)
	if err != nil {
		return nil, err
	}
	for _, kid := range list {
		switch kid.Tag {
		case dwarf.TagUnspecifiedParameters:
			f.Variadic = true
		case dwarf.TagFormalParameter:
			t, err := d.typeOf(kid, outside, 0)
			if err != nil {
				return nil, err
			}
			name, _ := d.value(kid, dwarf.AttrName).(string)
			if d.lang == "fortran" {
				name = strings.TrimLeft(name, ".")
				if hidden, _ := kid.Val(dwarf.AttrArtificial).(bool); hidden && t.Kind == Signed {
					name = "len_" + strings.Trim(name, "_")
				}
				t = d.fortran(kid, t)
			}
			f.Params = append(f.Params, Parameter{name, t})
		}
	}
	nameParams(f)
	return f, nil
}

// typeOf returns the type that an entry says it has, void if it says none.
func (d *debugger) typeOf(e *dwarf.Entry, depth, steps int) (*Type, error) {
	switch v := d.value(e, dwarf.AttrType).(type) {
	case nil:
		return &Type{Kind: Void, Name: "void"}, nil
	case dwarf.Offset:
		t, err := d.at(v)
		if err != nil {
			return nil, err
		}
		return d.convert(t, depth, steps+1)
	case uint64:
		return nil, errors.New("it keeps its types apart (-fdebug-types-section)")
	default:
		return nil, errors.New("it keeps its types in another file (dwz)")
	}
}

const mostSteps = 64 // from a type to what it is made of: more means that it goes round in a circle

// convert returns the type that an entry describes.
func (d *debugger) convert(e *dwarf.Entry, depth, steps int) (*Type, error) {
	if steps > mostSteps {
		return nil, errors.New("a type is made of itself")
	}
	name, _ := e.Val(dwarf.AttrName).(string)
	size, _ := e.Val(dwarf.AttrByteSize).(int64)
	switch e.Tag {
	case dwarf.TagBaseType:
		return d.base(e, name, size), nil
	case dwarf.TagPointerType, dwarf.TagReferenceType, dwarf.TagRvalueReferenceType:
		return d.pointer(e, name, depth, steps)
	case dwarf.TagTypedef:
		t, err := d.typeOf(e, depth, steps)
		if err != nil {
			return nil, err
		}
		return renamed(t, name), nil
	case dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType, tagAtomicType:
		return d.typeOf(e, depth, steps)
	case dwarf.TagEnumerationType:
		return d.enumeration(e, name, size, steps)
	case dwarf.TagStructType, dwarf.TagClassType:
		return d.structure(e, name, size, depth, steps)
	case dwarf.TagUnionType:
		return &Type{Kind: Other, Name: strings.TrimSpace("union " + name), Size: size, Align: 1}, nil
	case dwarf.TagArrayType:
		return d.array(e, depth, steps)
	case dwarf.TagSubroutineType:
		return d.code(e, steps)
	case dwarf.TagStringType:
		return &Type{Kind: Array, Elem: &Type{Kind: charKind(), Name: "char", Size: 1, Align: 1}, Count: size, Size: size, Align: 1}, nil
	case dwarf.TagUnspecifiedType:
		return &Type{Kind: Void, Name: "void"}, nil // as of nullptr, and of Rust's "!"
	}
	return &Type{Kind: Other, Name: strings.TrimSpace(strings.ToLower(e.Tag.String()) + " " + name), Size: size, Align: 1}, nil
}

const (
	tagAtomicType    = dwarf.Tag(0x47)
	attrDataLocation = dwarf.Attr(0x50)
	attrDwoName      = dwarf.Attr(0x76)
	attrVector       = dwarf.Attr(0x2107) // GNU's, as the next
	attrDwoNameGNU   = dwarf.Attr(0x2130)
)

func charKind() Kind {
	if charSigned() {
		return Signed
	}
	return Uint
}

// renamed gives a type the name of a typedef. What C has by another name than its own does not say what it is.
func renamed(t *Type, name string) *Type {
	c := *t
	switch {
	case name == "va_list" || name == "__builtin_va_list" || name == "__gnuc_va_list":
		return &Type{Kind: Other, Name: "va_list", Size: t.Size, Align: t.Align}
	case t.Kind == Other:
		if strings.TrimSpace(t.Name) == "union" {
			c.Name = "union " + name
		}
	case t.Kind != Void:
		c.Name = name
	}
	return &c
}

// base returns a number.
func (d *debugger) base(e *dwarf.Entry, name string, size int64) *Type {
	const ( // of DWARF
		boolean, complexFloat, float, signed, signedChar, unsigned, unsignedChar, utf = 2, 3, 4, 5, 6, 7, 8, 0x10
	)
	t := &Type{Kind: Other, Name: name, Size: size, Align: size}
	encoding, _ := e.Val(dwarf.AttrEncoding).(int64)
	switch encoding {
	case boolean:
		t.Kind = Bool
		if size != 1 { // Fortran's logical is an integer to C
			t.Kind = Signed
		}
	case float:
		if size == 4 || size == 8 {
			t.Kind = Float
		}
	case signed, signedChar:
		t.Kind = Signed
	case unsigned, unsignedChar, utf:
		t.Kind = Uint
	case complexFloat:
		t.Align = size / 2
	}
	if size > 8 && t.Kind != Float {
		t.Kind = Other
	}
	if short, ok := shorter[name]; ok {
		t.Name = short
	}
	if t.Kind != Other && d.lang != "c" && d.lang != "c++" && d.lang != "go" {
		t.Name = d.nameInC(t, name)
	}
	return t
}

// shorter are the names that people write for numbers of C.
//
//nolint:dupword // long long is a type
var shorter = map[string]string{
	"short int": "short", "short unsigned int": "unsigned short", "long int": "long", "long unsigned int": "unsigned long",
	"long long int": "long long", "long long unsigned int": "unsigned long long", "complex double": "_Complex double",
	"complex float": "_Complex float",
}

// nameInC returns what C calls a number of another language.
func (d *debugger) nameInC(t *Type, name string) string {
	switch {
	case t.Kind == Bool:
		return "bool"
	case t.Kind == Float && t.Size == 4:
		return "float"
	case t.Kind == Float:
		return "double"
	case name == "usize":
		return "size_t"
	case name == "isize":
		return "ssize_t"
	case d.lang == "rust" && t.Size == 1 && t.Kind == charKind():
		return "char" // c_char is a number of 8 bits to Rust
	case t.Kind == Signed:
		return fmt.Sprintf("int%d_t", 8*t.Size)
	}
	return fmt.Sprintf("uint%d_t", 8*t.Size)
}

func (d *debugger) pointer(e *dwarf.Entry, name string, depth, steps int) (*Type, error) {
	if depth != outside {
		depth = closed
	}
	size := int64(8)
	if d.file.Class == elf.ELFCLASS32 {
		size = 4
	}
	elem, err := d.typeOf(e, depth, steps)
	if err != nil {
		return nil, err
	}
	t := &Type{Kind: Pointer, Elem: elem, Size: size, Align: size}
	if d.lang == "rust" {
		t.Const = strings.HasPrefix(name, "*const ") || strings.HasPrefix(name, "&") && !strings.HasPrefix(name, "&mut ")
	} else {
		t.Const = d.isConst(e, steps)
	}
	if strings.HasSuffix(elem.Name, "__va_list_tag") {
		return &Type{Kind: Other, Name: "va_list", Size: size, Align: size}, nil
	}
	return t, nil
}

// isConst reports whether what an entry points to is constant, also by a typedef.
func (d *debugger) isConst(e *dwarf.Entry, steps int) bool {
	for range mostSteps - steps {
		offset, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
		if !ok {
			return false
		}
		next, err := d.at(offset)
		if err != nil {
			return false
		}
		switch e = next; e.Tag {
		case dwarf.TagConstType:
			return true
		case dwarf.TagTypedef, dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.TagArrayType:
		default:
			return false
		}
	}
	return false
}

func (d *debugger) enumeration(e *dwarf.Entry, name string, size int64, steps int) (*Type, error) {
	if d.lang == "rust" && name == "c_void" {
		return &Type{Kind: Void, Name: "void"}, nil
	}
	t := &Type{Kind: Uint, Name: strings.TrimSpace("enum " + name), Size: size, Align: size}
	if e.Val(dwarf.AttrType) != nil {
		under, err := d.typeOf(e, closed, steps)
		if err != nil {
			return nil, err
		}
		t.Kind = under.Kind
	}
	if size != 1 && size != 2 && size != 4 && size != 8 {
		t.Kind = Other
	}
	values, err := d.children(e)
	for _, v := range values {
		if n, ok := v.Val(dwarf.AttrConstValue).(int64); ok && n < 0 && t.Kind == Uint && e.Val(dwarf.AttrType) == nil {
			t.Kind = Signed
		}
	}
	if d.lang == "rust" && t.Kind != Other {
		t.Name = d.nameInC(t, name)
	}
	return t, err
}

func (d *debugger) structure(e *dwarf.Entry, name string, size int64, depth, steps int) (*Type, error) {
	t := &Type{Kind: Struct, Name: strings.TrimSpace("struct " + name), Size: size, Align: 1}
	if d.lang == "rust" || d.lang == "c++" {
		t.Name = name
	}
	if declaration, _ := e.Val(dwarf.AttrDeclaration).(bool); declaration {
		t.Size, t.Align = 0, 0
		return t, nil
	}
	if depth == closed {
		t.Align = 0 // it is not known without the fields
		return t, nil
	}
	members, err := d.children(e)
	if err != nil {
		return nil, err
	}
	var list []Field
	for _, m := range members {
		switch m.Tag {
		case dwarf.TagMember:
		case dwarf.TagVariantPart:
			if t := optional(name, size); t != nil {
				return t, nil
			}
			return &Type{Kind: Other, Name: "enum " + name, Size: size, Align: 1}, nil
		case dwarf.TagInheritance:
			return &Type{Kind: Other, Name: "class " + name, Size: size, Align: 1}, nil
		default:
			continue
		}
		if static, _ := m.Val(dwarf.AttrExternal).(bool); static {
			continue
		}
		field, err := d.field(m, steps)
		if err != nil {
			return nil, err
		}
		list = append(list, field)
		t.Align = max(t.Align, field.Type.Align)
	}
	if stated, ok := e.Val(dwarf.AttrAlignment).(int64); ok {
		t.Align = stated
	}
	slices.SortStableFunc(list, func(a, b Field) int { return int(a.Offset - b.Offset) }) // Rust may lay them out in another order
	t.Field = list
	return t, nil
}

// optional returns what C calls an Option of Rust's that is nil instead of None, nil if there is no such type.
func optional(name string, size int64) *Type {
	some, ok := strings.CutPrefix(name, "Option<")
	if !ok || size != 8 {
		return nil
	}
	t := &Type{Kind: Pointer, Size: size, Align: size}
	switch {
	case strings.HasPrefix(some, "&"):
		t.Elem, t.Const = &Type{Kind: Void, Name: "void"}, !strings.HasPrefix(some, "&mut ")
	case strings.HasPrefix(strings.TrimPrefix(some, "unsafe "), "extern "):
		t.Elem = &Type{Kind: Code, Elem: &Type{Kind: Void, Name: "void"}}
	default:
		return nil
	}
	return t
}

func (d *debugger) field(m *dwarf.Entry, steps int) (Field, error) {
	t, err := d.typeOf(m, inside, steps)
	if err != nil {
		return Field{}, err
	}
	name, _ := m.Val(dwarf.AttrName).(string)
	f := Field{Name: name, Type: t}
	switch at := m.Val(dwarf.AttrDataMemberLoc).(type) {
	case int64:
		f.Offset = at
	case []byte: // an expression, of old compilers: plus a constant
		if len(at) < 2 || at[0] != opPlusConst {
			return f, errors.New("a field's place is not fixed")
		}
		n, _ := uleb(at[1:])
		f.Offset = int64(n)
	}
	if m.Val(dwarf.AttrBitSize) != nil {
		if bits, ok := m.Val(dwarf.AttrDataBitOffset).(int64); ok {
			f.Offset = bits / 8
		}
		f.Type = &Type{Kind: Other, Name: "bit field", Size: 1, Align: 1}
	}
	return f, nil
}

func (d *debugger) array(e *dwarf.Entry, depth, steps int) (*Type, error) {
	elem, err := d.typeOf(e, depth, steps)
	if err != nil {
		return nil, err
	}
	ranges, err := d.children(e)
	if err != nil {
		return nil, err
	}
	if e.Val(attrDataLocation) != nil {
		return &Type{Kind: Other, Name: descriptor, Size: 8, Align: 8}, nil
	}
	t := elem
	for _, r := range slices.Backward(ranges) {
		if r.Tag != dwarf.TagSubrangeType {
			continue
		}
		count, ok := r.Val(dwarf.AttrCount).(int64)
		if upper, has := r.Val(dwarf.AttrUpperBound).(int64); has && !ok {
			lower, said := r.Val(dwarf.AttrLowerBound).(int64)
			if !said && d.lang == "fortran" {
				lower = 1
			}
			count = upper - lower + 1
		}
		count = max(count, 0)
		t = &Type{Kind: Array, Elem: t, Count: count, Size: count * t.Size, Align: t.Align}
	}
	if vector, _ := e.Val(attrVector).(bool); vector {
		return &Type{Kind: Other, Name: "vector", Size: t.Size, Align: t.Size}, nil
	}
	if t == elem {
		t = &Type{Kind: Array, Elem: elem, Align: elem.Align}
	}
	return t, nil
}

// descriptor is what Fortran passes for an array whose shape the caller knows.
const descriptor = "a Fortran array descriptor"

func (d *debugger) code(e *dwarf.Entry, steps int) (*Type, error) {
	result, err := d.typeOf(e, closed, steps)
	if err != nil {
		return nil, err
	}
	t := &Type{Kind: Code, Elem: result}
	list, err := d.children(e)
	if err != nil {
		return nil, err
	}
	for _, kid := range list {
		switch kid.Tag {
		case dwarf.TagFormalParameter:
			p, err := d.typeOf(kid, closed, steps)
			if err != nil {
				return nil, err
			}
			t.Field = append(t.Field, Field{Type: p})
		case dwarf.TagUnspecifiedParameters:
			t.Field = append(t.Field, Field{Name: "...", Type: &Type{Kind: Other, Name: "..."}})
		}
	}
	return t, nil
}
