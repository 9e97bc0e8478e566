// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package argument makes what is passed to a function: numbers, structures and memory, as the user said or as was guessed
// from the prototype. The same plan, set and seed give the same bytes, in every process.
//
// What the user says of an argument is NAME=SPEC, with the parameter's name or its position from 1. A SPEC is one of
//
//	1000  -0x1F  'x'  1e6  64Ki  true     an integer, an enumeration or a truth value; 64k is 64,000
//	0.5  -0.0  inf  nan                   a floating-point number
//	n*lda  (m-1)*lda+n  len(p)  bytes(p)  an expression of other numbers and of what buffers have
//	random  random:LO:HI                  a random number; LO and HI are among the integers, HI is not among the others
//	{x=1,y=2.5}  {1,2.5}                  a structure, by value or by pointer; {v=[1,2]} an array in it; what is left out is 0
//	nil  NULL                             a pointer that is nil
//	"text"  text:text                     characters, and a NUL
//	file:PATH                             the bytes of a file
//	zeros:COUNT  ones:COUNT               elements of one value
//	range:FROM:STEP:COUNT  1..1000        elements that grow
//	random:COUNT  random:TYPE:COUNT       random elements; random:LO:HI:COUNT and random:TYPE:LO:HI:COUNT bound them
//	list:1,2,3                            elements one by one
//
// A number for a pointer is one element that it leads to. A COUNT is an integer or an expression. In expressions stand + - * /
// ** and min, max, abs, floor, ceil, round; what is wanted as an integer is rounded toward 0 at the end.
package argument

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"toll/goside/try/prototype"
)

// Access says what a function does with the memory that a pointer leads to.
type Access string

// What a function does with memory.
const (
	In    Access = "in"    // it reads
	Out   Access = "out"   // it writes
	InOut Access = "inout" // it reads and writes
)

// Argument is what is passed for one parameter.
type Argument struct {
	Name   string
	Type   *prototype.Type
	Spec   string // "1000", "random:float64:1000", "len(p)", "nil"; never empty
	Why    string // why it was guessed, "" if the user said so
	Access Access // of the memory of a pointer, "" without
	Ended  bool   `json:",omitempty"` // a NUL stands behind characters, since no length belongs to them
}

// Options are what the user said.
type Options struct {
	Args  []string // "n=1000", "p=random:float64:1000"
	Out   []string // "p": written; "p:inout"; "result:free=SYMBOL": who frees what the result points to
	Sweep []string // "n=1:1e6"
}

// Plan says what a function is called with.
type Plan struct {
	Function  *prototype.Function
	Arguments []Argument // as Function.Params
	Sweep     string     // name of the argument that varies, "" if none does: an integer, or a buffer whose COUNT it is
	Sizes     []int64    // its values; one 0 if none varies
	Free      string     // symbol of what frees the memory of the result, "" if nothing does
	Warnings  []string   `json:",omitempty"` // what is passed as it was asked for, but may be a mistake
}

// Most is how many bytes the arguments of a call may have, altogether.
const Most = 1 << 30

var symbol = regexp.MustCompile(`^[A-Za-z_.$][A-Za-z0-9_.$]*$`)

// New returns the plan for a function. An error names the argument, what was found and what was wanted.
func New(f *prototype.Function, o Options) (*Plan, error) {
	p := &Plan{Function: f, Arguments: make([]Argument, len(f.Params)), Sizes: []int64{0}}
	said := make([]bool, len(f.Params))
	for k, param := range f.Params {
		p.Arguments[k] = Argument{Name: param.Name, Type: param.Type}
	}
	for _, text := range o.Args {
		name, spec, found := strings.Cut(text, "=")
		if spec = strings.TrimSpace(spec); !found || spec == "" {
			return nil, fmt.Errorf("argument: %q is no NAME=SPEC, such as n=1000", text)
		}
		k, err := p.find(name)
		if err != nil {
			return nil, err
		}
		if said[k] {
			return nil, fmt.Errorf("argument: %s is %s and %s, want one of them", p.Arguments[k].Name, p.Arguments[k].Spec, spec)
		}
		if path, found := strings.CutPrefix(spec, "file:"); found { // another process may run elsewhere
			if path, err = filepath.Abs(path); err != nil {
				return nil, fmt.Errorf("argument: %s is %s: %w", p.Arguments[k].Name, spec, err)
			}
			spec = "file:" + path
		}
		p.Arguments[k].Spec, said[k] = spec, true
	}
	if err := p.sweep(o.Sweep, said); err != nil {
		return nil, err
	}
	if _, err := p.sources(); err != nil { // what the user said is wrong before what cannot be guessed
		return nil, err
	}
	lengths := pair(f)
	if err := p.guess(lengths, said); err != nil {
		return nil, err
	}
	sources, err := p.sources()
	if err != nil {
		return nil, err
	}
	if err := p.sweepable(sources); err != nil {
		return nil, err
	}
	for k := range p.Arguments {
		a := &p.Arguments[k]
		a.Access = access(a.Type, sources[k])
		verb := sources[k].verb
		a.Ended = a.Type.Text() && lengths.of[k] == nil && (verb == random || verb == file) || verb == text
	}
	if err := p.out(o.Out); err != nil {
		return nil, err
	}
	return p, p.check(sources, lengths)
}

// find returns the position of the argument that a name or a number names.
func (p *Plan) find(name string) (int, error) {
	name = strings.TrimSpace(name)
	var names []string
	for k, a := range p.Arguments {
		if a.Name == name {
			return k, nil
		}
		names = append(names, a.Name)
	}
	if k, err := strconv.Atoi(name); err == nil && k >= 1 && k <= len(names) {
		return k - 1, nil
	}
	if len(names) == 0 {
		return 0, fmt.Errorf("argument: %q is given, but %s takes no arguments", name, p.Function.Name)
	}
	return 0, fmt.Errorf("argument: %s has no argument %q, want %s", p.Function.Name, name, strings.Join(names, ", "))
}

// sources returns what the arguments' specifications say, of those that have one.
func (p *Plan) sources() ([]source, error) {
	sources := make([]source, len(p.Arguments))
	for k, a := range p.Arguments {
		if a.Spec == "" {
			continue
		}
		s, err := parse(a.Spec)
		if err == nil {
			err = fit(s, a.Type)
		}
		if err != nil {
			return nil, a.wrong(err)
		}
		sources[k] = s
	}
	return sources, nil
}

// wrong returns an error about what an argument is.
func (a Argument) wrong(err error) error {
	switch text := err.Error(); {
	case strings.HasPrefix(text, "argument: "): // about one that it needs
		return err
	case strings.HasPrefix(text, "want "):
		return fmt.Errorf("argument: %s is %s, %w", a.Name, a.Spec, err)
	}
	return fmt.Errorf("argument: %s is %s: %w", a.Name, a.Spec, err)
}

// access guesses what the function does with the memory of a pointer, by its type and what is in it.
func access(t *prototype.Type, s source) Access {
	switch {
	case t.Kind != prototype.Pointer || s.verb == null:
		return ""
	case t.Const:
		return In
	case s.verb == zeros:
		return Out
	}
	return InOut
}

// out takes up what the user said of memory that the function writes.
func (p *Plan) out(all []string) error {
	for _, text := range all {
		name, what, _ := strings.Cut(text, ":")
		if free, ok := strings.CutPrefix(what, "free="); ok {
			switch {
			case strings.TrimSpace(name) != "result":
				return fmt.Errorf("argument: %q: only what the result points to is freed, want result:free=SYMBOL", text)
			case p.Function.Result == nil || p.Function.Result.Kind != prototype.Pointer:
				return fmt.Errorf("argument: %q: the result of %s is no pointer, so there is nothing to free", text, p.Function.Name)
			case !symbol.MatchString(free):
				return fmt.Errorf("argument: %q: %q is no symbol, want the name of a function that takes the pointer, such as free", text, free)
			}
			p.Free = free
			continue
		}
		k, err := p.find(name)
		if err != nil {
			return err
		}
		a := &p.Arguments[k]
		access := Access(what)
		if access == "" {
			access = Out
		}
		switch {
		case !slices.Contains([]Access{In, Out, InOut}, access):
			return fmt.Errorf("argument: %q: found %q, want NAME, NAME:in, NAME:inout or result:free=SYMBOL", text, what)
		case a.Type.Kind != prototype.Pointer:
			return fmt.Errorf("argument: %q: %s is no pointer but %s, so the function cannot write it", text, a.Name, a.Type)
		case a.Access == "":
			return fmt.Errorf("argument: %q: %s is nil, so the function cannot write there", text, a.Name)
		}
		if access != In && a.Type.Const {
			p.Warnings = append(p.Warnings, fmt.Sprintf("%s is a const pointer, and is said to be written", a.Name))
		}
		a.Access = access
	}
	return nil
}

// check finds what cannot be made, in any set, and what may be a mistake.
func (p *Plan) check(sources []source, lengths lengths) error {
	warned := make([]bool, len(p.Arguments))
	for set := range p.Sizes {
		e := p.evaluation(sources, set, 0)
		if err := e.all(); err != nil {
			return err
		}
		for k, l := range lengths.of {
			if l == nil || warned[k] || sources[k].verb == null {
				continue
			}
			need, err := e.expression(l.count)
			if err != nil || need <= float64(e.elements(k)) { // a length that says nothing of this buffer is no mistake
				continue
			}
			warned[k] = true
			p.Warnings = append(p.Warnings, fmt.Sprintf("%s has %s, and %s asks for %s: the function may go beyond them",
				p.Arguments[k].Name, amount(e.elements(k), "element"), l.count, strconv.FormatFloat(need, 'f', -1, 64)))
		}
	}
	return nil
}

// Value is what is passed for one parameter in one call.
type Value struct {
	// Bytes are those of the number or structure, or of the memory that a pointer leads to, in the machine's order. Nil says
	// that the pointer is nil, and Bytes is then empty.
	Bytes  []byte
	Nil    bool
	Memory bool   // it is a pointer that is not nil, and Bytes lie where it leads to
	Access Access // of that memory
	Align  int    // of that memory
	Elem   int    // bytes of its elements
}

// Values returns the arguments of a call: those of Sizes[set]. Seeds differ in what is random; seed 0 has what the user said.
// Random numbers of seed 0 and of odd seeds are small, those of other seeds of any size and sign, unless they are bounded.
func (p *Plan) Values(set int, seed uint64) ([]Value, error) {
	if set < 0 || set >= len(p.Sizes) {
		return nil, fmt.Errorf("argument: set is %d, want 0 to %d", set, len(p.Sizes)-1)
	}
	sources, err := p.sources()
	if err != nil {
		return nil, err
	}
	e := p.evaluation(sources, set, seed)
	if err := e.all(); err != nil {
		return nil, err
	}
	values := make([]Value, len(p.Arguments))
	for k, a := range p.Arguments {
		v := &values[k]
		if sources[k].verb == null {
			v.Nil = true
			continue
		}
		if v.Bytes, err = e.make(k); err != nil {
			return nil, a.wrong(err)
		}
		if a.Type.Kind == prototype.Pointer {
			elem := element(a.Type, sources[k])
			v.Memory, v.Access, v.Elem, v.Align = true, a.Access, int(elem.Size), int(max(elem.Align, 1))
			if a.Type.Elem == nil || a.Type.Elem.Size == 0 { // as malloc's, since nothing is known of it
				v.Align = 16
			}
		}
	}
	return values, nil
}

// Random reports whether another seed makes other values.
func (p *Plan) Random() bool {
	return slices.ContainsFunc(p.Arguments, func(a Argument) bool {
		s, err := parse(a.Spec)
		return err == nil && s.verb == random
	})
}

// N returns the size of a set, for a benchmark's name, "" if nothing varies.
func (p *Plan) N(set int) string {
	if p.Sweep == "" {
		return ""
	}
	return fmt.Sprint(p.Sizes[set])
}

// Describe returns a line for each argument: its name, type, what is passed, what is done with its memory, and who said so.
func (p *Plan) Describe() []string {
	var text bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, a := range p.Arguments {
		spec, why := a.Spec, "as given"
		if a.Why != "" {
			why = "guessed: " + a.Why
		}
		if a.Name == p.Sweep {
			sizes := make([]string, len(p.Sizes))
			for k, size := range p.Sizes {
				sizes[k] = fmt.Sprint(size)
			}
			why = "swept: " + strings.Join(sizes, ", ")
			if a.Type.Kind != prototype.Pointer {
				spec = "-"
			}
		}
		access := string(a.Access)
		if access == "" {
			access = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", a.Name, a.Type, spec, access, why)
	}
	if err := table.Flush(); err != nil { // a buffer takes all
		panic(err)
	}
	return strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")[:len(p.Arguments)]
}

// amount returns a number of things.
func amount(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
