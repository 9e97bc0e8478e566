// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"os"
	"unsafe"

	"toll/goside/via/guard"
)

// place is memory between pages without access. What is left of the pages with access is filled with canaries.
type place struct {
	arena    *guard.Arena
	usable   []byte // the pages with access
	at, size int    // of the memory within usable
	salt     uint64 // of the canaries
}

// newPlace maps memory of so many bytes. It ends at the pages without access behind it, or begins at those before it if it is
// low, but for slack bytes and what the alignment needs.
func newPlace(size, align int, slack int64, low bool, salt uint64) (*place, error) {
	page := os.Getpagesize()
	if align < 1 || align > page || align&(align-1) != 0 {
		align = 1
	}
	if size < 0 || slack < 0 || slack > 1<<40 {
		return nil, fmt.Errorf("harness: memory of %d bytes with a slack of %d, want both at least 0", size, slack)
	}
	pages := max(1, (size+int(slack)+align-1+page-1)/page)
	arena, err := guard.New(pages*page, GuardBytes)
	if err != nil {
		return nil, fmt.Errorf("harness: %w", err)
	}
	p := &place{arena: arena, usable: arena.Bytes(), size: size, salt: salt}
	if p.at = (len(p.usable) - size - int(slack)) &^ (align - 1); low {
		p.at = (int(slack) + align - 1) &^ (align - 1)
	}
	for k := range p.usable {
		p.usable[k] = p.canary(k)
	}
	return p, nil
}

// canary differs from byte to byte, so that no memset or memcpy writes what was there.
func (p *place) canary(k int) byte {
	return byte(((uint64(k)+1)*0x9e3779b97f4a7c15 ^ p.salt*0xd6e8feb86659fd93) >> 53)
}

// memory returns the bytes that are the argument's. There may be none, and the first then has no access.
func (p *place) memory() []byte {
	return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(p.usable)), p.at)), p.size)
}

// behind is how many bytes with access follow the memory.
func (p *place) behind() int { return len(p.usable) - p.at - p.size }

// spilled returns how many bytes behind the memory reach to the last changed canary, and how many before it to the first.
func (p *place) spilled() (behind, before int64) {
	for k := len(p.usable) - 1; k >= p.at+p.size; k-- {
		if p.usable[k] != p.canary(k) {
			behind = int64(k - p.at - p.size + 1)
			break
		}
	}
	for k := range p.at {
		if p.usable[k] != p.canary(k) {
			before = int64(p.at - k)
			break
		}
	}
	return behind, before
}

// protect lets the memory be read only, or read and written.
func (p *place) protect(readOnly bool) error {
	if err := p.arena.Protect(readOnly); err != nil {
		return fmt.Errorf("harness: %w", err)
	}
	return nil
}

func (p *place) release() { _ = p.arena.Close() }
