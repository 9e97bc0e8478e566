// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faulty

import (
	"github.com/ebitengine/purego"

	"toll/goside/via/abi"
)

// Callback returns the address of a C function that calls f. It is never freed.
func Callback(f func()) uintptr {
	return purego.NewCallback(func() uintptr {
		f()
		return 0
	})
}

// Julia returns the address of a language's julia, for Python to call. Folder need not be called.
func Julia(file, lang string) (uintptr, error) {
	p, err := table(file, lang)
	if err != nil {
		return 0, err
	}
	t, _, err := abi.Read(p, lang, file)
	if err != nil {
		return 0, err
	}
	return t.Julia, nil
}
