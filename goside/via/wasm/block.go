// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package wasm

import (
	"fmt"
	"unsafe"

	"toll/goside/kernel"
	"toll/goside/via/mem"
)

// block is an argument: lines in the caller's memory, without what lies between them.
type block struct {
	data          []byte // from the first line's start to the last line's end
	lines, length int    // length and strides are in bytes
	stride        int
	beside        *block // a matrix of the same shape, with the same ld in the call

	in    *instance // the one whose memory it lies in, or nil
	at    uint32    // its place for the module
	apart int       // its stride there
}

func array[T any](p []T) block {
	b := mem.Bytes(p)
	return block{data: b, lines: 1, length: len(b), stride: len(b)}
}

// matrix returns the rows lo to hi of g.
func matrix(g *kernel.Grid, lo, hi int) block {
	lines, length, from := hi-lo, g.Cols, lo*g.LD
	if g.Layout == kernel.Col {
		lines, length, from = g.Cols, hi-lo, lo
	}
	b := block{lines: lines, length: 8 * length, stride: 8 * g.LD}
	if lines == 1 {
		b.stride = b.length // it may have any ld
	}
	b.data = mem.Bytes(g.Data[from:])[:(lines-1)*b.stride+b.length]
	return b
}

// ld returns the block's leading dimension for the module.
func (b *block) ld() uint64 { return uint64(b.apart / 8) }

// enter returns an instance for a call with the blocks, and where each lies for it: in its place if that is in the instance's
// memory, else in room for a copy. leave must follow.
func (m *module) enter(blocks ...*block) (*instance, error) {
	var home *instance
	for _, b := range blocks {
		if b.in = m.memory.at(unsafe.Pointer(unsafe.SliceData(b.data))); b.in != nil {
			if home != nil && home != b.in {
				return nil, fmt.Errorf("wasm: the arguments lie in two linear memories, want one")
			}
			home = b.in
		}
	}
	if home == nil {
		in, err := m.take()
		if err != nil {
			return nil, err
		}
		return in, m.place(in, blocks)
	}
	m.memory.mu.Lock()
	return home, m.place(home, blocks)
}

// place sets where the blocks lie. If it fails, it leaves the instance.
func (m *module) place(in *instance, blocks []*block) error {
	err := in.broken
	if err != nil {
		err = fmt.Errorf("wasm: an argument lies in the memory of an instance that is no more: %w", err)
	}
	bytes := 0
	for _, b := range blocks {
		switch {
		case b.in != nil:
			b.apart = b.stride
			b.at = in.address(unsafe.Pointer(unsafe.SliceData(b.data)))
			if end := int(b.at) + len(b.data); end > int(in.module.Memory().Size()) && err == nil {
				err = fmt.Errorf("wasm: an argument ends at %d, out of linear memory, which has %d bytes", end, in.module.Memory().Size())
			}
			continue
		case b.beside != nil && b.beside.in != nil:
			b.apart = b.stride
		default:
			b.apart = b.length
		}
		b.at = uint32(min(bytes, m.limit))
		bytes += ((b.lines-1)*b.apart + b.length + 63) &^ 63
	}
	if bytes > 0 && err == nil {
		var base uint32
		base, err = in.copies(bytes)
		for _, b := range blocks {
			if b.in == nil {
				b.at += base
			}
		}
	}
	if err != nil {
		m.leave(in)
	}
	return err
}

// leave gives back what enter returned.
func (m *module) leave(in *instance) {
	if in.home {
		m.memory.mu.Unlock()
		return
	}
	m.put(in)
}

// send copies the block into linear memory, unless it lies there.
func (in *instance) send(b *block) {
	if b.in != nil {
		return
	}
	if b.stride == b.apart || b.lines == 1 {
		copy(in.bytes(b.at, len(b.data)), b.data)
		return
	}
	for k := range b.lines {
		copy(in.bytes(b.at+uint32(k*b.apart), b.length), b.data[k*b.stride:])
	}
}

// fetch copies the block's lines back, but for the first and last `edge` lines and elements of each line, of 8 bytes.
func (in *instance) fetch(b *block, edge int) {
	if b.in != nil {
		return
	}
	from, n := 8*edge, b.length-16*edge
	if edge == 0 && b.lines == 1 {
		copy(b.data, in.bytes(b.at, len(b.data)))
		return
	}
	for k := edge; k < b.lines-edge; k++ {
		copy(b.data[k*b.stride+from:][:n], in.bytes(b.at+uint32(k*b.apart+from), n))
	}
}
