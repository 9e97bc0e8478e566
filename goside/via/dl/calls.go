// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package dl

import (
	"fmt"

	"github.com/ebitengine/purego"

	include "toll/csrc/include"
	"toll/goside/seam"
)

// CallsFile is the shared library of the functions of calls.h.
const CallsFile = "libtoll_calls.so"

// Calls opens the library of calls.h for a crossing, which its errors name, and makes sure that it was built of that header. It
// returns how to look up a function, by its name without the prefix.
func Calls(crossing string) (lookup func(name string) (uintptr, error), err error) {
	path, err := seam.FindLibrary(CallsFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", crossing, err)
	}
	library, err := Open(path, false)
	if err != nil {
		return nil, Unloadable(crossing, path, err)
	}
	lookup = func(name string) (uintptr, error) {
		address, err := Symbol(library, "toll_calls_"+name)
		if err != nil {
			return 0, fmt.Errorf("%s: %s has no symbol toll_calls_%s, want it: run %s (%w)", crossing, CallsFile, name, seam.Mend, err)
		}
		return address, nil
	}
	hash, err := lookup("header_hash")
	if err != nil {
		return nil, Refused(library, err)
	}
	found, _, _ := purego.SyscallN(hash)
	if want := include.CallsHash(); uint64(found) != want {
		return nil, Refused(library, fmt.Errorf("%s: %s has header hash %016x, want %016x, that of calls.h: run %s",
			crossing, CallsFile, found, want, seam.Mend))
	}
	return lookup, nil
}
