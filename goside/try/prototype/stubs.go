// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import "fmt"

// Debug reads the prototype of a function from the debugging information of a library.
func Debug(library, symbol string) (*Function, error) {
	return nil, fmt.Errorf("prototype: %s of %s: not implemented", symbol, library)
}
