// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package malloc asks the C library's allocator how much of its memory is in use. What a process has resident does not tell
// that: an arena keeps pages that are free, and pieces between those that are not. Only glibc's allocator is known.
package malloc

import (
	"encoding/xml"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"

	"toll/goside/via/dl"
)

type functions struct{ info, trim, malloc, free, openMemstream, fclose uintptr }

// glibc returns its functions, nil if it is not there.
var glibc = sync.OnceValue(func() *functions {
	library, err := dl.Open("libc.so.6", false)
	if err != nil {
		return nil
	}
	var f functions
	for name, symbol := range map[string]*uintptr{"malloc_info": &f.info, "malloc_trim": &f.trim, "malloc": &f.malloc, "free": &f.free,
		"open_memstream": &f.openMemstream, "fclose": &f.fclose} {
		if *symbol, err = dl.Symbol(library, name); err != nil {
			return nil
		}
	}
	return &f
})

// Trim gives the system all whole pages that are free. It does nothing if the allocator is not known.
func Trim() {
	if f := glibc(); f != nil {
		purego.SyscallN(f.trim, 0)
	}
}

// InUse returns how many bytes of all arenas and mappings are not free; what a thread keeps for its next calls counts as
// in use. ok is false if the allocator is not known.
func InUse() (bytes int64, ok bool) {
	f := glibc()
	if f == nil {
		return 0, false
	}
	text, ok := f.describe()
	if !ok {
		return 0, false
	}
	type part struct {
		Type string `xml:"type,attr"`
		Size int64  `xml:"size,attr"`
	}
	var all struct {
		Totals  []part `xml:"total"`
		Systems []part `xml:"system"`
	}
	if err := xml.Unmarshal(text, &all); err != nil {
		return 0, false
	}
	for _, p := range all.Systems {
		if p.Type == "current" { // of the arenas
			bytes, ok = bytes+p.Size, true
		}
	}
	for _, p := range all.Totals {
		if p.Type == "mmap" {
			bytes += p.Size
		} else { // free
			bytes -= p.Size
		}
	}
	return bytes, ok
}

// describe returns what malloc_info writes.
func (f *functions) describe() (text []byte, ok bool) {
	// C writes to it until the stream is closed.
	var stream struct {
		text *byte // C's
		size uintptr
	}
	var pinner runtime.Pinner
	pinner.Pin(&stream)
	defer pinner.Unpin()
	file, _, _ := purego.SyscallN(f.openMemstream, uintptr(unsafe.Pointer(&stream.text)), uintptr(unsafe.Pointer(&stream.size)))
	if file == 0 {
		return nil, false
	}
	failed, _, _ := purego.SyscallN(f.info, 0, file)
	closed, _, _ := purego.SyscallN(f.fclose, file)
	if stream.text == nil {
		return nil, false
	}
	text = append(text, unsafe.Slice(stream.text, stream.size)...)
	purego.SyscallN(f.free, uintptr(unsafe.Pointer(stream.text)))
	return text, int32(failed) == 0 && int32(closed) == 0
}
