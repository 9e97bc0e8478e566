// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package argument

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"toll/goside/try/prototype"
)

// verb tells specifications apart.
type verb string

const (
	literal   verb = "a number"
	sum       verb = "an expression"
	null      verb = "nil"
	text      verb = "text"
	file      verb = "file"
	zeros     verb = "zeros"
	ones      verb = "ones"
	steps     verb = "range"
	random    verb = "random"
	list      verb = "list"
	structure verb = "a structure"
	array     verb = "an array" // in a structure
)

// source is a specification, read.
type source struct {
	verb   verb
	number number   // literal
	text   string   // text; file: its path; sum: the expression
	elem   string   // random: the type of its elements, "" if it was left out
	from   *number  // random: the least, nil if it was left out; steps: the first
	to     number   // random: the most; steps: from one to the next
	count  string   // zeros, ones, steps, random: an expression, "" if there is one element
	list   []source // list, structure, array
	names  []string // structure: of the fields in list; "" is the next one
}

// number is one that the user wrote, or that was computed.
type number struct {
	whole *big.Int // nil of what is no integer
	float float64
	text  string
}

// depth is how deep structures may lie in each other.
const depth = 16

// parse reads a specification, whatever the type is.
func parse(spec string) (source, error) { return parseAt(strings.TrimSpace(spec), 0) }

func parseAt(spec string, level int) (source, error) {
	head, rest, colon := strings.Cut(spec, ":")
	switch {
	case level > depth:
		return source{}, fmt.Errorf("structures lie %d deep in each other, want at most %d", level, depth)
	case spec == "":
		return source{}, errors.New("found nothing, want a number, nil, text or random:COUNT")
	case spec == "nil" || spec == "NULL":
		return source{verb: null}, nil
	case spec == "random":
		return source{verb: random}, nil
	case spec[0] == '"':
		unquoted, err := strconv.Unquote(spec)
		if err != nil {
			return source{}, fmt.Errorf("found %s, want text between two quotation marks", spec)
		}
		return source{verb: text, text: unquoted}, nil
	case spec[0] == '{' || spec[0] == '[':
		return parseGroup(spec, level)
	case colon && head == "text":
		return source{verb: text, text: rest}, nil
	case colon && head == "file":
		return source{verb: file, text: rest}, nil
	case colon && (head == "zeros" || head == "ones"):
		return source{verb: verb(head), count: rest}, count(rest)
	case colon && head == "range":
		return parseSteps(strings.Split(rest, ":"))
	case colon && head == "random":
		return parseRandom(strings.Split(rest, ":"))
	case colon && head == "list":
		s := source{verb: list}
		var err error
		s.list, err = parseAll(rest, level)
		return s, err
	}
	if n, err := parseNumber(spec); err == nil {
		return source{verb: literal, number: n}, nil
	}
	if from, to, found := strings.Cut(spec, ".."); found {
		first, err := parseNumber(strings.TrimSpace(from))
		if err != nil {
			return source{}, err
		}
		s := source{verb: steps, from: &first, to: whole(1), count: fmt.Sprintf("(%s)-(%s)+1", to, from)}
		return s, count(to)
	}
	if colon {
		return source{}, fmt.Errorf("found %q, want file, list, ones, random, range, text or zeros before the colon", head)
	}
	return source{verb: sum, text: spec}, count(spec)
}

// parseSteps reads FROM:STEP:COUNT.
func parseSteps(parts []string) (source, error) {
	if len(parts) != 3 {
		return source{}, fmt.Errorf("found %s, want range:FROM:STEP:COUNT", amount(int64(len(parts)), "part"))
	}
	from, err := parseNumber(strings.TrimSpace(parts[0]))
	if err != nil {
		return source{}, err
	}
	step, err := parseNumber(strings.TrimSpace(parts[1]))
	if err != nil {
		return source{}, err
	}
	return source{verb: steps, from: &from, to: step, count: parts[2]}, count(parts[2])
}

// parseRandom reads what stands behind "random:".
func parseRandom(parts []string) (source, error) {
	s := source{verb: random}
	if _, known := kinds[strings.TrimSpace(parts[0])]; known {
		s.elem, parts = strings.TrimSpace(parts[0]), parts[1:]
	}
	if len(parts) >= 2 {
		from, err := parseNumber(strings.TrimSpace(parts[0]))
		if err != nil {
			return source{}, fmt.Errorf("%w: want random:LO:HI, random:TYPE:COUNT or random:LO:HI:COUNT", err)
		}
		to, err := parseNumber(strings.TrimSpace(parts[1]))
		if err != nil {
			return source{}, err
		}
		if !(from.float <= to.float) || math.IsInf(to.float-from.float, 0) {
			return source{}, fmt.Errorf("random numbers are to lie from %s to %s, want the least first, and finite ones", from.text, to.text)
		}
		s.from, s.to, parts = &from, to, parts[2:]
	}
	switch len(parts) {
	case 0:
		return s, nil
	case 1:
		s.count = parts[0]
		return s, count(parts[0])
	}
	return source{}, fmt.Errorf("found %q too many, want random:TYPE:LO:HI:COUNT at most", strings.Join(parts[1:], ":"))
}

// parseGroup reads {x=1,y=2}, {1,2} or [1,2].
func parseGroup(spec string, level int) (source, error) {
	end, s := byte('}'), source{verb: structure}
	if spec[0] == '[' {
		end, s.verb = ']', array
	}
	if len(spec) < 2 || spec[len(spec)-1] != end {
		return source{}, fmt.Errorf("found %s, want it to end in %c", spec, end)
	}
	inner := spec[1 : len(spec)-1]
	if strings.TrimSpace(inner) == "" {
		return s, nil
	}
	parts, err := split(inner)
	if err != nil {
		return source{}, err
	}
	for _, part := range parts {
		name, value := "", part
		if field := fielded.FindString(part); field != "" && s.verb == structure {
			name, value = strings.TrimSpace(strings.TrimSuffix(field, "=")), part[len(field):]
		}
		v, err := parseAt(strings.TrimSpace(value), level+1)
		if err != nil {
			return source{}, err
		}
		s.list, s.names = append(s.list, v), append(s.names, name)
	}
	return s, nil
}

var fielded = regexp.MustCompile(`^\s*[A-Za-z_][A-Za-z0-9_]*\s*=`)

func parseAll(text string, level int) ([]source, error) {
	parts, err := split(text)
	if err != nil {
		return nil, err
	}
	all := make([]source, len(parts))
	for k, part := range parts {
		if all[k], err = parseAt(strings.TrimSpace(part), level+1); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// split cuts at the commas that do not stand in brackets or quotation marks.
func split(text string) ([]string, error) {
	var parts []string
	var open []byte
	start, quote := 0, byte(0)
	for k := 0; k < len(text); k++ {
		switch c := text[k]; {
		case quote != 0 && c == '\\':
			k++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{' || c == '[':
			open = append(open, c+2) // ASCII's } and ] stand two behind
		case c == '}' || c == ']':
			if len(open) == 0 || open[len(open)-1] != c {
				return nil, fmt.Errorf("found %c in %q, which nothing opens", c, text)
			}
			open = open[:len(open)-1]
		case c == ',' && len(open) == 0:
			parts, start = append(parts, text[start:k]), k+1
		}
	}
	if quote != 0 || len(open) != 0 {
		return nil, fmt.Errorf("found %q, want each bracket and quotation mark closed", text)
	}
	return append(parts, text[start:]), nil
}

// suffixes of sizes.
var suffixes = []struct {
	text  string
	times int64
}{{"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}}

// parseNumber reads a literal. An integer may have an exponent or a suffix; with a point it is none.
func parseNumber(spec string) (number, error) {
	bad := fmt.Errorf("found %q, want a number", spec)
	switch spec {
	case "":
		return number{}, bad
	case "true":
		return whole(1), nil
	case "false":
		return whole(0), nil
	}
	if spec[0] == '\'' {
		if spec == `'\0'` { // C's, which Go does not have
			return whole(0), nil
		}
		char, _, tail, err := strconv.UnquoteChar(spec[1:], '\'')
		if err != nil || tail != "'" {
			return number{}, bad
		}
		return whole(int64(char)), nil
	}
	digits, times := spec, int64(1)
	for _, suffix := range suffixes {
		if cut, found := strings.CutSuffix(spec, suffix.text); found {
			digits, times = cut, suffix.times
			break
		}
	}
	if strings.ContainsRune(digits, '_') || len(digits) > 400 { // more digits than any float64 has before its point
		return number{}, bad
	}
	base := 10
	magnitude := strings.TrimLeft(digits, "+-")
	if hex, found := strings.CutPrefix(strings.ToLower(magnitude), "0x"); found && !strings.ContainsAny(hex, ".p") {
		base, digits = 16, digits[:len(digits)-len(magnitude)]+hex
	}
	if exact, ok := new(big.Int).SetString(digits, base); ok {
		exact.Mul(exact, big.NewInt(times))
		float, _ := new(big.Float).SetInt(exact).Float64()
		if exact.Sign() == 0 && digits[0] == '-' {
			float = math.Copysign(0, -1)
		}
		return number{whole: exact, float: float, text: spec}, nil
	}
	float, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return number{}, bad
	}
	n := number{float: float * float64(times), text: spec}
	if !strings.Contains(digits, ".") || times > 1 || strings.ContainsAny(digits, "eE") && base == 10 {
		if math.Trunc(n.float) == n.float && math.Abs(n.float) < 1e20 {
			n.whole, _ = big.NewFloat(n.float).Int(nil)
		}
	}
	return n, nil
}

// whole returns a small integer.
func whole(n int64) number {
	return number{whole: big.NewInt(n), float: float64(n), text: fmt.Sprint(n)}
}

// kinds are the types that random:TYPE names.
var kinds = map[string]prototype.Type{
	"bool": {Kind: prototype.Bool, Size: 1}, "char": {Kind: prototype.Signed, Size: 1}, "byte": {Kind: prototype.Uint, Size: 1},
	"int8": {Kind: prototype.Signed, Size: 1}, "int16": {Kind: prototype.Signed, Size: 2}, "int32": {Kind: prototype.Signed, Size: 4},
	"int64": {Kind: prototype.Signed, Size: 8}, "int": {Kind: prototype.Signed, Size: 4},
	"uint8": {Kind: prototype.Uint, Size: 1}, "uint16": {Kind: prototype.Uint, Size: 2}, "uint32": {Kind: prototype.Uint, Size: 4},
	"uint64":  {Kind: prototype.Uint, Size: 8},
	"float32": {Kind: prototype.Float, Size: 4}, "float": {Kind: prototype.Float, Size: 4},
	"float64": {Kind: prototype.Float, Size: 8}, "double": {Kind: prototype.Float, Size: 8},
}

// kindName returns what random:TYPE calls a type, "" if nothing.
func kindName(t *prototype.Type) string {
	switch {
	case t.Kind == prototype.Bool:
		return "bool"
	case t.Kind == prototype.Signed && t.Size == 1 && strings.Contains(t.Name, "char"):
		return "char"
	case t.Kind == prototype.Signed:
		return fmt.Sprintf("int%d", t.Size*8)
	case t.Kind == prototype.Uint:
		return fmt.Sprintf("uint%d", t.Size*8)
	case t.Kind == prototype.Float:
		return fmt.Sprintf("float%d", t.Size*8)
	}
	return ""
}

// unknown is the element of memory of which nothing is known.
var unknown = &prototype.Type{Kind: prototype.Uint, Name: "byte", Size: 1, Align: 1}

// opaque reports whether nothing is known of what a pointer leads to.
func opaque(t *prototype.Type) bool {
	return t.Elem == nil || t.Elem.Kind == prototype.Void || t.Elem.Kind == prototype.Code || t.Elem.Size == 0
}

// element returns the type of what a pointer leads to.
func element(t *prototype.Type, s source) *prototype.Type {
	if !opaque(t) {
		return t.Elem
	}
	if known, ok := kinds[s.elem]; ok {
		known.Name, known.Align = s.elem, known.Size
		return &known
	}
	return unknown
}

// fit says why a type cannot have what a specification says, whatever the other arguments are.
func fit(s source, t *prototype.Type) error {
	if t.Kind != prototype.Pointer {
		return fitOne(s, t)
	}
	if s.verb == null {
		return nil
	}
	if t.Elem != nil && t.Elem.Kind == prototype.Code {
		return errors.New("found no nil, want nil: it is a pointer to a function")
	}
	elem := element(t, s)
	switch s.verb {
	case literal, sum, structure:
		return fitOne(s, elem)
	case text:
		if elem.Size != 1 || elem.Kind == prototype.Bool {
			return fmt.Errorf("found text, want elements of %s", elem.Name)
		}
		if at := strings.IndexByte(s.text, 0); at >= 0 {
			return fmt.Errorf("found a NUL as its character %d, where a function takes it to end, want list: or file: for such bytes", at+1)
		}
	case ones:
		if kindName(elem) == "" {
			return fmt.Errorf("found ones, want zeros, since an element is a %s", elem.Kind)
		}
	case steps:
		if kindName(elem) == "" {
			return fmt.Errorf("found a range, want zeros or list:, since an element is a %s", elem.Kind)
		}
		if err := within(*s.from, elem); err != nil {
			return err
		}
		if elem.Kind != prototype.Float && s.to.whole == nil {
			return fmt.Errorf("the step is %s, want an integer", s.to.text)
		}
	case random:
		return fitRandom(s, elem)
	case list:
		for _, one := range s.list {
			if one.verb == sum || one.verb == random {
				return fmt.Errorf("found %s in a list, want literals", one.verb)
			}
			if err := fitOne(one, elem); err != nil {
				return err
			}
		}
	case array:
		return errors.New("found [ ], want list:1,2,3")
	}
	return nil
}

// fitOne is fit, of what is no pointer or of what a pointer leads to.
func fitOne(s source, t *prototype.Type) error {
	switch t.Kind {
	case prototype.Bool, prototype.Signed, prototype.Uint, prototype.Float:
		switch {
		case s.verb == literal:
			return within(s.number, t)
		case s.verb == random && s.count != "":
			return fmt.Errorf("found %s random elements, want random or random:LO:HI, since it is one %s", s.count, t.Name)
		case s.verb == random:
			return fitRandom(s, t)
		case s.verb == sum:
			return nil
		}
		return fmt.Errorf("found %s, want a number, since it is a %s", s.verb, t.Name)
	case prototype.Pointer:
		if s.verb == null || s.verb == literal && s.number.whole != nil && s.number.whole.Sign() == 0 {
			return nil
		}
		return errors.New("found something that a pointer in memory would lead to, want nil there")
	case prototype.Array:
		if s.verb != array {
			return fmt.Errorf("found %s, want [1,2] with at most %s", s.verb, amount(t.Count, "element"))
		}
		if int64(len(s.list)) > t.Count {
			return fmt.Errorf("found %s, want at most %d", amount(int64(len(s.list)), "element"), t.Count)
		}
		for _, one := range s.list {
			if err := fitField(one, t.Elem); err != nil {
				return err
			}
		}
		return nil
	case prototype.Struct:
		if s.verb == random && s.count == "" && s.elem == "" && s.from == nil {
			return nil
		}
		if s.verb != structure {
			return fmt.Errorf("found %s, want {FIELD=1,…}, since it is a %s", s.verb, t.Name)
		}
		return fitFields(s, t)
	}
	return fmt.Errorf("it is a %s, which no crossing passes", t.Name)
}

// fitFields is fit, of a structure.
func fitFields(s source, t *prototype.Type) error {
	next := 0
	for k, one := range s.list {
		if s.names[k] != "" {
			next = field(t, s.names[k])
		}
		if next < 0 || next >= len(t.Field) {
			var names []string
			for _, f := range t.Field {
				names = append(names, f.Name)
			}
			if s.names[k] == "" {
				return fmt.Errorf("found more fields than the %d of %s: %s", len(names), t.Name, strings.Join(names, ", "))
			}
			return fmt.Errorf("%s has no field %q, want %s", t.Name, s.names[k], strings.Join(names, ", "))
		}
		if err := fitField(one, t.Field[next].Type); err != nil {
			return fmt.Errorf("field %s: %w", t.Field[next].Name, err)
		}
		next++
	}
	return nil
}

func fitField(s source, t *prototype.Type) error {
	if s.verb == sum || s.verb == random {
		return fmt.Errorf("found %s in a structure, want literals", s.verb)
	}
	return fitOne(s, t)
}

// field returns the position of a field, -1 if there is none of that name.
func field(t *prototype.Type, name string) int {
	for k, f := range t.Field {
		if f.Name == name {
			return k
		}
	}
	return -1
}

// fitRandom is fit, of random elements.
func fitRandom(s source, elem *prototype.Type) error {
	name := kindName(elem)
	characters := (s.elem == "char" || s.elem == "byte") && elem.Size == 1 && elem.Kind != prototype.Bool
	if wanted, known := kinds[s.elem]; known && !characters && (wanted.Kind != elem.Kind || wanted.Size != elem.Size) {
		if name == "" {
			return fmt.Errorf("found %s, want random:COUNT, since an element is a %s", s.elem, elem.Name)
		}
		return fmt.Errorf("found %s, want %s (%s)", s.elem, name, elem.Name)
	}
	switch {
	case elem.Kind == prototype.Struct && s.from == nil:
		return nil
	case elem.Kind == prototype.Struct:
		return errors.New("found bounds, want random:COUNT, since an element is a structure")
	case name == "":
		return fmt.Errorf("found random elements, want zeros, since an element is a %s", elem.Kind)
	case s.from == nil:
		return nil
	}
	if err := within(*s.from, elem); err != nil {
		return err
	}
	return within(s.to, elem)
}
