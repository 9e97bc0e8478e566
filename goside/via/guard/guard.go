// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package guard has memory between pages without access: a read or write beyond it ends in a fault. In Go code the fault
// is a panic after debug.SetPanicOnFault(true). In native code it ends the process, so a [Notice] says what was done last.
package guard

import (
	"encoding/binary"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Arena is memory that begins right behind pages without access and ends right before others. It is not Go's, so the
// collector neither moves nor frees it.
type Arena struct {
	all, usable []byte
}

// New maps an arena of at least size bytes, rounded up to whole pages, with guards bytes without access on each side.
// Memory is had once it is written to.
func New(size, guards int) (*Arena, error) {
	page := unix.Getpagesize()
	if size < 0 || guards < 1 || size > 1<<46 || guards > 1<<46 {
		return nil, fmt.Errorf("guard: an arena of %d bytes between %d, want at least 0 between 1", size, guards)
	}
	size, guards = max(1, (size+page-1)/page)*page, (guards+page-1)/page*page
	all, err := unix.Mmap(-1, 0, 2*guards+size, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|noReserve)
	if err != nil {
		return nil, fmt.Errorf("guard: an arena of %d bytes: %w", size, err)
	}
	a := &Arena{all: all, usable: all[guards : guards+size : guards+size]}
	return a, a.Protect(false)
}

// Bytes returns the memory.
func (a *Arena) Bytes() []byte { return a.usable }

// Protect lets the memory be read only, or read and written.
func (a *Arena) Protect(readOnly bool) error {
	access := unix.PROT_READ
	if !readOnly {
		access |= unix.PROT_WRITE
	}
	if err := unix.Mprotect(a.usable, access); err != nil {
		return fmt.Errorf("guard: protecting %d bytes: %w", len(a.usable), err)
	}
	return nil
}

// Close gives the memory back. Nobody uses it any more.
func (a *Arena) Close() error { return unix.Munmap(a.all) }

// Side says which end of memory lies at a page without access.
type Side int

// The sides.
const (
	After  Side = iota // the memory ends there
	Before             // it begins there
)

func (s Side) String() string { return [...]string{"after", "before"}[s] }

// Room is size bytes in an arena, and bytes with access around them.
type Room struct {
	Around []byte // all of them
	Before int    // so many come first
	Size   int
}

// Place returns size bytes that lie apart bytes from the page without access on that side. Up to slack bytes on the other
// side belong to the room; apart and slack are a few.
func (a *Arena) Place(side Side, size, apart, slack int) (Room, error) {
	if size < 0 || apart < 0 || slack < 0 || size+apart+slack > len(a.usable) {
		return Room{}, fmt.Errorf("guard: %d bytes, with %d and %d around, in an arena of %d", size, apart, slack, len(a.usable))
	}
	if side == Before {
		return Room{a.usable[:apart+size+slack], apart, size}, nil
	}
	return Room{a.usable[len(a.usable)-slack-size-apart:], slack, size}, nil
}

// Memory returns the bytes themselves. Of no bytes the slice is not nil.
func (r *Room) Memory() []byte { return r.Around[r.Before : r.Before+r.Size : r.Before+r.Size] }

// As returns the memory of b as elements of T, which holds no pointers. What is left over at the end is left out. The
// elements may be misaligned.
func As[T any](b []byte) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(*new(T))))
}

// Shifted returns as many elements that begin so many bytes later, and may be misaligned. Their last bytes lie behind p.
func Shifted[T any](p []T, bytes int) []T {
	return unsafe.Slice((*T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(p)), bytes)), len(p))
}

// Notice is a page that outlives the process that writes to it: what was done last is read there after a crash.
type Notice struct {
	page []byte
}

// notice is the size of one: two numbers and a text of noticeText bytes.
const notice, noticeText = 8192, 8192 - 24

// NewNotice returns notices that share a file, of which there are count.
func NewNotice(file *os.File, count int) ([]*Notice, error) {
	if err := file.Truncate(int64(count) * notice); err != nil {
		return nil, fmt.Errorf("guard: a file of %d notices: %w", count, err)
	}
	all, err := unix.Mmap(int(file.Fd()), 0, count*notice, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("guard: a file of %d notices: %w", count, err)
	}
	notices := make([]*Notice, count)
	for k := range notices {
		notices[k] = &Notice{all[k*notice : (k+1)*notice]}
	}
	return notices, nil
}

// Begin notes a text; what is longer than 8,168 bytes is cut off.
func (n *Notice) Begin(text []byte) {
	n.Mark(0, 0)
	binary.LittleEndian.PutUint64(n.page[16:], uint64(copy(n.page[24:], text)))
}

// Mark notes two numbers. It takes a nanosecond.
func (n *Notice) Mark(p, q uint64) {
	binary.LittleEndian.PutUint64(n.page, p)
	binary.LittleEndian.PutUint64(n.page[8:], q)
}

// Read returns what was noted.
func (n *Notice) Read() (text []byte, p, q uint64) {
	length := min(binary.LittleEndian.Uint64(n.page[16:]), noticeText)
	return n.page[24 : 24+length], binary.LittleEndian.Uint64(n.page), binary.LittleEndian.Uint64(n.page[8:])
}
