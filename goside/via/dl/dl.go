// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package dl opens shared libraries by github.com/ebitengine/purego. The C library keeps the reason of a failure for
// each thread, and purego asks for it in a second call. The goroutine is therefore locked to its thread for both;
// otherwise it might read another failure's reason, or none. If loading a library changes that thread, this is undone
// and noted, see [thread.Opening].
package dl

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/ebitengine/purego"

	"toll/goside/via/thread"
)

// Open loads the library and resolves all its symbols. If global, libraries that are loaded later can use them. The path is
// absolute, or the name of one of the system's libraries ("libm.so.6"), which the loader looks for in its own folders: what a
// relative path means depends on where the caller happens to stand. A file that is no whole library for this machine is a
// [*FileError], where the loader would end the process or say less.
func Open(path string, global bool) (handle uintptr, err error) {
	if !filepath.IsAbs(path) && (path == "" || strings.ContainsRune(path, '/')) {
		return 0, fmt.Errorf("dl: the library is %q, want an absolute path, or the name of one of the system's", path)
	}
	if err := inspect(path); err != nil {
		return 0, err
	}
	mode := purego.RTLD_NOW | purego.RTLD_LOCAL
	if global {
		mode = purego.RTLD_NOW | purego.RTLD_GLOBAL
	}
	thread.Opening(filepath.Base(path), func() { handle, err = purego.Dlopen(path, mode) })
	return handle, err
}

// Refused closes a library that a crossing does not use, for the reason err, and returns that. If it stayed open, the loader would
// return it again for a better one that takes its path.
func Refused(handle uintptr, err error) error { return errors.Join(err, purego.Dlclose(handle)) }

// Symbol returns the address of the library's symbol with that name.
func Symbol(handle uintptr, name string) (uintptr, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return purego.Dlsym(handle, name)
}
