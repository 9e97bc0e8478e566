// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"unsafe"

	"toll/goside/try/argument"
	"toll/goside/try/prototype"
)

// parameter is what a frame has for a parameter of the function.
type parameter struct {
	argument.Value
	memory []byte // that the pointer leads to; of a number or structure, its bytes
}

// cacheLine is the alignment of memory that is not between guard pages: it is the same for all crossings.
const cacheLine = 64

// aligned returns n bytes of Go's memory that begin at a multiple of a cache line. There is a byte even if n is 0.
func aligned(n int) []byte {
	all := make([]byte, n+2*cacheLine)
	skip := -int(uintptr(unsafe.Pointer(&all[0]))) & (cacheLine - 1)
	return all[skip : skip+n : len(all)]
}

// frame returns a frame for a call with the values. memory gives what is behind each pointer; it is filled with the value's bytes.
func (s *session) frame(values []argument.Value, memory func(k int, v *argument.Value) ([]byte, error)) (*Frame, error) {
	f := s.function
	if len(values) != len(f.Params) {
		return nil, fmt.Errorf("harness: %s has %d parameters, and the plan %d values", f.Name, len(f.Params), len(values))
	}
	s.frames++
	frame := &Frame{size: resultSize(f.Result), number: s.frames}
	frame.result = unsafe.Pointer(unsafe.SliceData(aligned(max(16, frame.size))))
	for k, v := range values {
		p := parameter{Value: v}
		var at unsafe.Pointer
		switch {
		case v.Memory || v.Nil:
			to := new(unsafe.Pointer)
			if !v.Nil {
				var err error
				if p.memory, err = memory(k, &v); err != nil {
					return nil, err
				}
				copy(p.memory, v.Bytes)
				*to = unsafe.Pointer(unsafe.SliceData(p.memory))
			}
			at = unsafe.Pointer(to)
		case int64(len(v.Bytes)) != f.Params[k].Type.Size && f.Params[k].Type.Kind != prototype.Pointer:
			return nil, fmt.Errorf("harness: argument %s has %d bytes, want %d", f.Params[k].Name, len(v.Bytes), f.Params[k].Type.Size)
		default:
			p.memory = aligned(max(8, len(v.Bytes)))
			copy(p.memory, v.Bytes)
			p.memory = p.memory[:max(len(v.Bytes), int(f.Params[k].Type.Size))]
			at = unsafe.Pointer(unsafe.SliceData(p.memory))
		}
		frame.parameters = append(frame.parameters, p)
		frame.arguments = append(frame.arguments, at)
	}
	frame.freed = new(unsafe.Pointer)
	frame.freeing = &Frame{arguments: []unsafe.Pointer{unsafe.Pointer(frame.freed)}, result: unsafe.Pointer(unsafe.SliceData(aligned(16)))}
	return frame, nil
}

// ordinary gives memory as a caller has it.
func ordinary(_ int, v *argument.Value) ([]byte, error) { return aligned(len(v.Bytes)), nil }

func resultSize(t *prototype.Type) int {
	if t == nil || t.Kind == prototype.Void {
		return 0
	}
	return int(t.Size)
}

// resultBytes are those of the result.
func (f *Frame) resultBytes() []byte { return unsafe.Slice((*byte)(f.result), f.size) }

// pointer returns the result of a function that returns a pointer.
func (f *Frame) pointer() unsafe.Pointer { return *(*unsafe.Pointer)(f.result) }

// within returns in which parameter's memory, or at whose end, an address lies, and where there. The parameter is -1 if it
// lies in none.
func (f *Frame) within(address uintptr) (k int, offset int64) {
	end := -1
	for k := range f.parameters {
		p := &f.parameters[k]
		if !p.Memory || p.Nil {
			continue
		}
		offset := address - uintptr(unsafe.Pointer(unsafe.SliceData(p.memory)))
		if offset < uintptr(len(p.memory)) {
			return k, int64(offset)
		}
		if offset == uintptr(len(p.memory)) {
			end = k
		}
	}
	if end < 0 {
		return -1, 0
	}
	return end, int64(len(f.parameters[end].memory))
}

// written reports whether the function may write the memory of the parameter.
func (p *parameter) written() bool { return p.Memory && !p.Nil && p.Access != argument.In }

// read reports whether the function reads what is in the memory of the parameter.
func (p *parameter) read() bool { return p.Memory && !p.Nil && p.Access != argument.Out }

// restore fills the memory that the function writes with what was there at first.
func (f *Frame) restore() {
	for k := range f.parameters {
		if p := &f.parameters[k]; p.written() {
			copy(p.memory, p.Bytes)
		}
	}
}
