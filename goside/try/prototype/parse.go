// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"fmt"

	_ "github.com/ianlancetaylor/demangle"
	_ "modernc.org/cc/v4"
)

// Parse reads a prototype in C, such as "double norm(const double *p, int64_t n)", with the types of <stdint.h>, <stddef.h> and
// <stdbool.h>, and structs that are defined before it. An error says in which column.
func Parse(sig string) (*Function, error) {
	return nil, fmt.Errorf("prototype: %q: not implemented", sig)
}

// Header reads the prototype of a function from a C header.
func Header(file, symbol string) (*Function, error) {
	return nil, fmt.Errorf("prototype: %s of %s: not implemented", symbol, file)
}

// Debug reads the prototype of a function from the debugging information of a library.
func Debug(library, symbol string) (*Function, error) {
	return nil, fmt.Errorf("prototype: %s of %s: not implemented", symbol, library)
}

// Exports checks that a file is a shared library that this process can load, and returns the functions that it exports.
func Exports(library string) ([]string, error) {
	return nil, fmt.Errorf("prototype: %s: not implemented", library)
}
