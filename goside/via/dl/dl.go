// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package dl opens shared libraries by github.com/ebitengine/purego. The C library keeps the reason of a failure for the
// thread that it happened on, and purego asks for it in a second call: the goroutine is locked to its thread for both, or
// another's reason, or none, might be read. What a library does to that thread while it is loaded is put back and noted,
// see [thread.Opening].
package dl

import (
	"path/filepath"
	"runtime"

	"github.com/ebitengine/purego"

	"toll/goside/via/thread"
)

// Open loads the library, with all its symbols resolved, and, if global, there for libraries that are loaded later.
func Open(path string, global bool) (handle uintptr, err error) {
	mode := purego.RTLD_NOW | purego.RTLD_LOCAL
	if global {
		mode = purego.RTLD_NOW | purego.RTLD_GLOBAL
	}
	thread.Opening(filepath.Base(path), func() { handle, err = purego.Dlopen(path, mode) })
	return handle, err
}

// Symbol returns the address of the library's symbol of that name.
func Symbol(handle uintptr, name string) (uintptr, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return purego.Dlsym(handle, name)
}
