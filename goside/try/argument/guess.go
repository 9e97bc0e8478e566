// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package argument

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"toll/goside/try/prototype"
)

// Sizes that are guessed.
const (
	usual     = 1000 // elements
	dimension = 100  // rows and columns of a matrix
)

// What names say, in lower case.
var (
	lengthName = regexp.MustCompile(`^(n|m|len|length|size|sz|count|cnt|num|dim|rows|cols|total)$|^(n|num|len)_|^num|` +
		`^n(x|y|z|t|rhs|elems?|elts?|items?|memb|bytes|points?|pts|rows?|cols?|vals?|values|obj|samples?)$|` +
		`(len|length|size|count|_n|_sz|_cnt|_num|bytes)$`)
	innerName   = regexp.MustCompile(`^k$`) // of a product of matrices
	strideName  = regexp.MustCompile(`^inc[a-z0-9]*$|stride|^step$`)
	leadingName = regexp.MustCompile(`^ld[a-z]?[0-9]?$|^leading`)
	unnamed     = regexp.MustCompile(`^arg[0-9]+$`)
	singleName  = regexp.MustCompile(`^(info|i?err|error|errno|status|ret|rc|flag|found|index|idx)$|^exp$`)
)

// length is what the length of a buffer is, in elements.
type length struct {
	count   string // "n", "n/8", "lda*max(m,n)"
	inverse string // what the length is, by the buffer: "len(p)", "" if the buffer does not say
	param   int    // of the length
	why     string // "its length is n"
}

// lengths says which buffers have lengths, by position of the buffer, and which arguments are lengths.
type lengths struct {
	of []*length
	by []bool
}

// fortran reports whether a function takes all that it takes by reference.
func fortran(f *prototype.Function) bool {
	if f.Lang != "" {
		return f.Lang == "fortran"
	}
	return strings.HasSuffix(f.Name, "_") && len(f.Params) > 0 && !slices.ContainsFunc(f.Params, func(p prototype.Parameter) bool {
		return p.Type.Kind != prototype.Pointer
	})
}

// plain returns a name as the patterns want it.
func plain(name string) string { return strings.ToLower(name) }

// bare returns a name without what may or may not separate its words.
func bare(name string) string { return strings.ReplaceAll(plain(name), "_", "") }

// integral reports whether a type is an integer that can be a size.
func integral(t *prototype.Type) bool {
	return (t.Kind == prototype.Signed || t.Kind == prototype.Uint) && t.Size >= 2 && !strings.HasPrefix(t.Name, "enum ")
}

// owns reports whether an integer is named as the length of a buffer is: p_len, plen, np, p_size.
func owns(buffer, integer string) bool {
	before, after, found := strings.Cut(bare(integer), bare(buffer))
	return found && (before == "" && slices.Contains([]string{"len", "length", "size", "n", "count", "cnt", "sz", "bytes", "nbytes"}, after) ||
		after == "" && slices.Contains([]string{"n", "num", "len", "size", "count", "nof"}, before))
}

// integer returns the type of an integer argument, by value, or by reference if it is Fortran's or the length of a buffer that has
// its name; nil if the argument is none.
func integer(f *prototype.Function, k int) *prototype.Type {
	t, name := f.Params[k].Type, f.Params[k].Name
	switch {
	case t.Kind == prototype.Signed || t.Kind == prototype.Uint:
		return t
	case t.Kind != prototype.Pointer || t.Elem == nil || !integral(t.Elem):
		return nil
	case fortran(f) && slices.ContainsFunc([]*regexp.Regexp{lengthName, innerName, strideName, leadingName}, func(pattern *regexp.Regexp) bool {
		return pattern.MatchString(plain(name))
	}):
		return t.Elem
	case owned(f, k):
		return t.Elem
	}
	return nil
}

// owned reports whether an argument is named as the length of a buffer.
func owned(f *prototype.Function, k int) bool {
	name := f.Params[k].Name
	return slices.ContainsFunc(f.Params, func(p prototype.Parameter) bool {
		return p.Type.Kind == prototype.Pointer && p.Name != name && owns(p.Name, name)
	})
}

// role is what an argument is to the buffers beside it.
type role int

const (
	other role = iota
	buffer
	size
	stride
	leading
)

// roles returns those of a function's arguments.
func roles(f *prototype.Function) []role {
	all := make([]role, len(f.Params))
	var alone []int
	matrices := slices.ContainsFunc(f.Params, func(p prototype.Parameter) bool { return leadingName.MatchString(plain(p.Name)) })
	for k, p := range f.Params {
		name := plain(p.Name)
		t := integer(f, k)
		switch {
		case t == nil && p.Type.Kind == prototype.Pointer && (p.Type.Elem == nil || p.Type.Elem.Kind != prototype.Code):
			all[k] = buffer
		case t == nil || !integral(t):
		case strideName.MatchString(name):
			all[k] = stride
		case leadingName.MatchString(name):
			all[k] = leading
		case lengthName.MatchString(name) || matrices && innerName.MatchString(name) || owned(f, k):
			all[k] = size
		case unnamed.MatchString(name):
			alone = append(alone, k)
		}
	}
	if len(alone) == 1 && slices.Contains(all, buffer) && !slices.Contains(all, size) { // of a prototype without names
		all[alone[0]] = size
	}
	return all
}

// pair finds the lengths of the buffers: by their names, by what stands behind or before them, and one that they share.
func pair(f *prototype.Function) lengths {
	all, found := roles(f), lengths{make([]*length, len(f.Params)), make([]bool, len(f.Params))}
	var sizes []string
	for k, r := range all {
		if r == size && !owned(f, k) {
			sizes = append(sizes, f.Params[k].Name)
		}
	}
	first := slices.IndexFunc(all, func(r role) bool { return r == buffer || r == size })
	matrices := slices.Contains(all, leading) && len(sizes) > 0
	for k, p := range f.Params {
		if all[k] != buffer {
			continue
		}
		at := slices.IndexFunc(f.Params, func(q prototype.Parameter) bool { return owns(p.Name, q.Name) })
		switch {
		case at >= 0 && all[at] == size:
		case singleName.MatchString(plain(p.Name)):
			continue
		case matrices && !opaque(p.Type):
			found.of[k] = matrix(f, all, k, sizes)
			continue
		case matrices:
			continue
		default:
			at = beside(all, k, all[first] == size, !opaque(p.Type))
		}
		if at < 0 || opaque(p.Type) && p.Type.Elem != nil && p.Type.Elem.Kind != prototype.Void {
			continue
		}
		found.of[k] = one(f, all, k, at)
	}
	for _, l := range found.of {
		if l != nil && l.param >= 0 {
			found.by[l.param] = true
		}
	}
	for k, r := range all {
		if matrices && (r == size || r == leading) || r == stride {
			found.by[k] = true
		}
	}
	return found
}

// beside returns the length that stands behind a buffer or before it, with only buffers and strides between them, else the nearest
// one if that will do, -1 if there is none.
func beside(all []role, k int, before, nearest bool) int {
	look := func(step int) int {
		for at := k + step; at >= 0 && at < len(all); at += step {
			if all[at] == size {
				return at
			}
			if all[at] == other {
				break
			}
		}
		return -1
	}
	first, second := look(1), look(-1)
	if before {
		first, second = second, first
	}
	switch {
	case first >= 0:
		return first
	case second >= 0:
		return second
	case !nearest:
		return -1
	}
	best := -1
	for at, r := range all {
		if r == size && (best < 0 || max(at-k, k-at) < max(best-k, k-best)) {
			best = at
		}
	}
	return best
}

// one returns the length of a buffer that one argument says.
func one(f *prototype.Function, all []role, k, at int) *length {
	t, name := f.Params[k].Type, f.Params[at].Name
	l := &length{param: at, count: name, inverse: fmt.Sprintf("len(%s)", f.Params[k].Name), why: "its length is " + name}
	if strings.Contains(plain(name), "byte") && !opaque(t) && t.Elem.Size > 1 {
		l.count, l.inverse = fmt.Sprintf("%s/%d", name, t.Elem.Size), fmt.Sprintf("bytes(%s)", f.Params[k].Name)
		l.why = "its length in bytes is " + name
	}
	if opaque(t) && at+1 < len(all) && all[at+1] == size { // as of fread and qsort
		l.count, l.inverse = fmt.Sprintf("%s*%s", name, f.Params[at+1].Name), fmt.Sprintf("%s/%s", l.inverse, f.Params[at+1].Name)
		l.why = fmt.Sprintf("its length is %s times %s", name, f.Params[at+1].Name)
	}
	if k+1 < len(all) && all[k+1] == stride {
		step := f.Params[k+1].Name
		l.count, l.inverse = fmt.Sprintf("%s*max(1,abs(%s))", l.count, step), fmt.Sprintf("%s/max(1,abs(%s))", l.inverse, step)
		l.why += " with " + step + " from one to the next"
	}
	return l
}

// matrix returns the length of a buffer of a function of matrices: which of its sizes counts is not known, so the most.
func matrix(f *prototype.Function, all []role, k int, sizes []string) *length {
	most := sizes[0]
	if len(sizes) > 1 {
		most = fmt.Sprintf("max(%s)", strings.Join(sizes, ","))
	}
	l := &length{param: -1, count: most, why: "its length is at most " + most}
	switch {
	case k+1 < len(all) && all[k+1] == leading:
		name := f.Params[k+1].Name
		l.count, l.why = name+"*"+most, fmt.Sprintf("a matrix: lines of %s, at most %s of them", name, most)
	case k+1 < len(all) && all[k+1] == stride:
		l.count = fmt.Sprintf("%s*max(1,abs(%s))", most, f.Params[k+1].Name)
	}
	return l
}

// guess fills in what the user did not say.
func (p *Plan) guess(lengths lengths, said []bool) error {
	all := roles(p.Function)
	for k := range p.Arguments {
		a := &p.Arguments[k]
		if said[k] {
			continue
		}
		switch a.Type.Kind {
		case prototype.Pointer:
			if integer(p.Function, k) != nil {
				a.Spec, a.Why = p.number(k, all, lengths, said)
				a.Why += ", by reference"
				continue
			}
			var err error
			if a.Spec, a.Why, err = p.memory(k, lengths.of[k]); err != nil {
				return err
			}
		case prototype.Float:
			a.Spec, a.Why = "random", "a number, in [0, 1)"
		case prototype.Bool:
			a.Spec, a.Why = "true", "a truth value"
		case prototype.Struct:
			a.Spec, a.Why = "random", "a structure by value"
		case prototype.Signed, prototype.Uint:
			a.Spec, a.Why = p.number(k, all, lengths, said)
		default:
			return fmt.Errorf("argument: %s is a %s, which no crossing passes", a.Name, a.Type)
		}
	}
	return nil
}

// number guesses an integer.
func (p *Plan) number(k int, all []role, lengths lengths, said []bool) (spec, why string) {
	name, t := p.Arguments[k].Name, integer(p.Function, k)
	var sizes []string
	for at, r := range all {
		if r == size && !owned(p.Function, at) {
			sizes = append(sizes, p.Arguments[at].Name)
		}
	}
	switch {
	case strings.HasPrefix(t.Name, "enum "):
		return "0", "an enumeration"
	case all[k] == stride:
		return "1", "its name says a stride"
	case all[k] == leading && len(sizes) > 1:
		return fmt.Sprintf("max(%s)", strings.Join(sizes, ",")), "its name says a leading dimension"
	case all[k] == leading && len(sizes) == 1:
		return sizes[0], "its name says a leading dimension"
	case all[k] == leading:
		return fmt.Sprint(dimension), "its name says a leading dimension"
	case all[k] == size && lengths.by[k]:
		return p.size(k, all, lengths, said)
	case all[k] == size && len(name) > 1:
		return fmt.Sprint(usual), "its name says a size"
	}
	return "1", "an integer"
}

// size guesses the length of buffers.
func (p *Plan) size(k int, all []role, lengths lengths, said []bool) (spec, why string) {
	words, t := identifier(p.Arguments[k].Name), int64(1)
	for at, l := range lengths.of {
		a := p.Arguments[at]
		if l == nil || l.param != k {
			continue
		}
		if (said[at] || a.Name == p.Sweep) && l.inverse != "" && !words.MatchString(a.Spec) {
			return l.inverse, "the length of " + a.Name
		}
		if strings.HasPrefix(l.inverse, "bytes") {
			t = max(t, a.Type.Elem.Size)
		}
	}
	elements := int64(usual)
	if slices.Contains(all, leading) {
		elements = dimension
	}
	return fmt.Sprint(elements * t), "a size"
}

// identifier returns what finds a name in an expression.
func identifier(name string) *regexp.Regexp {
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`)
}

// memory guesses what a pointer leads to.
func (p *Plan) memory(k int, l *length) (spec, why string, err error) {
	a := p.Arguments[k]
	t, count := a.Type, fmt.Sprint(usual)
	swept := a.Name == p.Sweep
	if l != nil && !swept {
		count = l.count
	}
	switch {
	case t.Elem != nil && t.Elem.Kind == prototype.Code:
		return "nil", "a pointer to a function", nil
	case opaque(t) && l != nil && t.Const:
		return "random:uint8:" + count, "a const pointer to bytes, " + l.why, nil
	case opaque(t) && l != nil:
		return "zeros:" + count, "a pointer to bytes that is not const, " + l.why, nil
	case opaque(t) || t.Elem.Kind == prototype.Other || t.Elem.Kind == prototype.Pointer && t.Const:
		return "", "", fmt.Errorf("argument: %s is a %s, and what it is to lead to cannot be guessed, want --arg %s=nil or --arg %s=zeros:%s",
			a.Name, t, a.Name, a.Name, map[bool]string{true: "BYTES", false: "COUNT"}[opaque(t)])
	case t.Elem.Kind == prototype.Pointer:
		return "zeros:1", "a pointer to a pointer, which is written", nil
	case t.Text() && t.Const && l == nil && !swept:
		return `"hello, world"`, "a const pointer to characters", nil
	case t.Text() && !t.Const && l == nil && !fortran(p.Function):
		return "zeros:" + count, "a pointer to characters that is not const and has no length: an empty text, with room", nil
	case t.Text() && !t.Const && !fortran(p.Function):
		return "zeros:" + count, "a pointer to characters that is not const, " + l.why, nil
	}
	kind := "random:"
	if name := kindName(t.Elem); name != "" {
		kind += name + ":"
	} else if t.Elem.Kind != prototype.Struct {
		kind = "zeros:"
	}
	switch {
	case l != nil && t.Const:
		return kind + count, "a const pointer, " + l.why, nil
	case l != nil:
		return kind + count, "a pointer that is not const: read and written; " + l.why, nil
	case t.Const && t.Elem.Kind == prototype.Struct:
		return kind + "1", "a const pointer to a structure", nil
	case t.Const:
		return kind + count, "a const pointer without a length", nil
	case fortran(p.Function):
		return kind + "1", "a reference: read and written", nil
	}
	return "zeros:1", "a pointer that is not const and has no length: one element, which is written", nil
}
