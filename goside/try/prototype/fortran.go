// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"debug/dwarf"
	"slices"
)

// fortran returns what C passes for a parameter of Fortran: a pointer, but for what is declared with value, and for the
// lengths of texts, which the compiler adds. gfortran does not say which it is: where the parameter lies does.
func (d *debugger) fortran(e *dwarf.Entry, t *Type) *Type {
	switch {
	case t.Kind == Other && t.Name == descriptor:
		return t
	case t.Kind == Pointer: // the result, if it is text
		t = t.Elem
	case t.Kind != Array && d.byValue(e):
		return t
	}
	for t.Kind == Array { // C passes a matrix as its first element
		t = t.Elem
	}
	return &Type{Kind: Pointer, Elem: t, Size: 8, Align: 8}
}

// Of DWARF's expressions.
const (
	opDeref      = 0x06
	opPlusConst  = 0x23
	opReg0       = 0x50
	opReg31      = 0x6f
	opRegX       = 0x90
	opFrameBase  = 0x91
	opPiece      = 0x93
	opStackValue = 0x9f
)

// byValue reports whether a parameter lies in registers or on the stack itself, and not where those point to.
func (d *debugger) byValue(e *dwarf.Entry) bool {
	var place []byte
	switch at := e.Val(dwarf.AttrLocation).(type) {
	case []byte:
		place = at
	case int64:
		place = d.firstPlace(uint64(at))
	}
	if len(place) == 0 { // it is not used: nothing is known, and a pointer is the rule
		hidden, _ := e.Val(dwarf.AttrArtificial).(bool)
		return hidden
	}
	first, last := place[0], place[len(place)-1]
	switch {
	case first >= opReg0 && first <= opReg31, first == opRegX, first == opPiece, last == opStackValue:
		return true
	case first == opFrameBase:
		return slices.Contains(place, opPiece) || last != opDeref || len(place) < 3
	}
	return false
}

// firstPlace returns the first expression of a list of places, at an offset in its section.
func (d *debugger) firstPlace(offset uint64) []byte {
	if s := d.file.Section(".debug_loclists"); s != nil {
		if data, err := s.Data(); err == nil && offset < uint64(len(data)) {
			return firstOf5(data[offset:])
		}
	}
	if s := d.file.Section(".debug_loc"); s != nil { // DWARF 4: two addresses, a length of two bytes, the expression
		const head = 18
		if data, err := s.Data(); err == nil && offset+head < uint64(len(data)) {
			data = data[offset:]
			length := int(data[head-2]) | int(data[head-1])<<8
			if head+length <= len(data) {
				return data[head : head+length]
			}
		}
	}
	return nil
}

// firstOf5 returns the first expression of a list of places of DWARF 5.
func firstOf5(data []byte) []byte {
	const address = 8
	for len(data) > 0 {
		kind := data[0]
		data = data[1:]
		fixed, numbers, expression := 0, 0, true
		switch kind {
		case 1: // base_addressx
			numbers, expression = 1, false
		case 2, 3, 4: // startx_endx, startx_length, offset_pair
			numbers = 2
		case 5: // default_location
		case 6: // base_address
			fixed, expression = address, false
		case 7: // start_end
			fixed = 2 * address
		case 8: // start_length
			fixed, numbers = address, 1
		default: // the end, or what is not known
			return nil
		}
		if expression {
			numbers++
		}
		if fixed > len(data) {
			return nil
		}
		data = data[fixed:]
		var n uint64
		for range numbers {
			var used int
			if n, used = uleb(data); used == 0 {
				return nil
			}
			data = data[used:]
		}
		if expression {
			if n > uint64(len(data)) {
				return nil
			}
			return data[:n]
		}
	}
	return nil
}

// uleb returns a number of DWARF's and how many bytes it takes, 0 if it does not end.
func uleb(data []byte) (n uint64, used int) {
	for k, b := range data {
		if k > 9 {
			break
		}
		n |= uint64(b&0x7f) << (7 * k)
		if b < 0x80 {
			return n, k + 1
		}
	}
	return 0, 0
}
