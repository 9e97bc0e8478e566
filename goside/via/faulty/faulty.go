// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package faulty opens build/lib/faults through each crossing: the language c, whose julia commits a fault if it is asked for
// one. The crossings are the real ones, and open its files as they open any other. It is for goside/faults.
package faulty

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unsafe"

	"github.com/ebitengine/purego"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/abi"
	"toll/goside/via/dl"
	"toll/goside/via/process"
	crossing "toll/goside/via/purego"
	"toll/goside/via/trampoline"
	"toll/goside/via/wasm"
)

// Code is a fault of csrc/faults/faults.h.
type Code int32

// The values are those of faults.h.
const (
	NullWrite Code = iota + 1
	WildWrite
	PastTheEnd
	KeptPointer
	DoubleFree
	StackOverflow
	Abort
	Exit
	EndlessLoop
	LongLoop
	IntegerDivision
	TrappedDivision
	Rounding
	Flushing
	Trapping
	NoMemory
	NoMemoryUnchecked
	Leak
	Handler
	SignalToThread
	ThreadExit
	Longjmp
	FortranBounds
	FortranErrorStop
	FortranAllocate
	RustPanic
	RustPanicCaught
	CXXException
)

const asked = 0x7fa00000

// Commit has the library's julia commit a fault, and returns the error that the caller of julia gets. Out is what it is asked to
// write, one number.
func Commit(l *seam.Library, fault Code, out []int32) error {
	return l.Julia(&kernel.Julia{Out: out, Zs: make([]complex128, 1), Cs: make([]complex128, 1), Hi: 1,
		MaxIter: asked + int32(fault), Par: kernel.Par{Threads: 1}})
}

// Within are the crossings within this process to its own instructions, Beside those to another process.
var (
	Within = []string{"cgo", "purego", "trampoline", "libffi"}
	Beside = []string{process.Pipe, process.Socket, process.Shm}
)

// Folder makes this process open the libraries of build/lib/faults in place of those of build/lib.
func Folder() error {
	path, err := seam.FindLibrary("faults/libtoll_c.so")
	if err != nil {
		return errors.New("faulty: " + err.Error()) // not wrapped: it is built with the others: nothing may be skipped for want of it
	}
	return os.Setenv("TOLL_LIB", filepath.Dir(path))
}

// Open opens the library through a crossing, again each time. Folder was called.
func Open(via string) (*seam.Library, error) {
	const file, lang = "libtoll_c.so", "c"
	switch via {
	case "cgo":
		return openCgo(file, lang)
	case "purego":
		return crossing.Open(file, lang)
	case "trampoline":
		return trampoline.Open(file, lang)
	case "libffi":
		return openLibffi(file, lang)
	case "wasm":
		return wasm.Open("toll_c.wasm", lang)
	case process.Pipe, process.Socket, process.Shm, process.ShmSpin:
		return process.Open(lang, via)
	}
	return nil, fmt.Errorf("faulty: no crossing %s, want wasm or one of %v and %v", via, Within, Beside)
}

// table returns the library's table, and opens the library if need be.
func table(file, lang string) (unsafe.Pointer, error) {
	path, err := seam.FindLibrary(file)
	if err != nil {
		return nil, err
	}
	library, err := dl.Open(path, false)
	if err != nil {
		return nil, err
	}
	symbol, err := dl.Symbol(library, abi.Symbol(lang))
	if err != nil {
		return nil, dl.Refused(library, err)
	}
	var table func() unsafe.Pointer
	purego.RegisterFunc(&table, symbol)
	t := table()
	if _, _, err := abi.Read(t, lang, file); err != nil {
		return nil, dl.Refused(library, err)
	}
	return t, nil
}
