// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package argument makes what is passed to a function: numbers, structures and memory, as the user said or as was guessed
// from the prototype. The same plan, set and seed give the same bytes, in every process.
package argument

import (
	"fmt"

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
	Sweep     string     // name of the argument that varies, "" if none does
	Sizes     []int64    // its values; one 0 if none varies
	Free      string     // symbol of what frees the memory of the result, "" if nothing does
}

// New returns the plan for a function. An error names the argument, what was found and what was wanted.
func New(f *prototype.Function, o Options) (*Plan, error) {
	return nil, fmt.Errorf("argument: %s: not implemented", f.Name)
}

// Value is what is passed for one parameter in one call.
type Value struct {
	// Bytes are those of the number or structure, or of the memory that a pointer leads to, in the machine's order. Nil says
	// that the pointer is nil, and Bytes is then empty.
	Bytes  []byte
	Nil    bool
	Memory bool   // it is a pointer, and Bytes lie where it leads to
	Access Access // of that memory
	Align  int    // of that memory
	Elem   int    // bytes of its elements
}

// Values returns the arguments of a call: those of Sizes[set]. Seeds differ in what is random; seed 0 has what the user said.
func (p *Plan) Values(set int, seed uint64) ([]Value, error) {
	return nil, fmt.Errorf("argument: %s: not implemented", p.Function.Name)
}

// Random reports whether another seed makes other values.
func (p *Plan) Random() bool { return false }

// N returns the size of a set, for a benchmark's name, "" if nothing varies.
func (p *Plan) N(set int) string {
	if p.Sweep == "" {
		return ""
	}
	return fmt.Sprint(p.Sizes[set])
}
