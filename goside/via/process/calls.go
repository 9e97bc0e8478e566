// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import "toll/goside/calls"

// Opener opens the functions of toll calls in one language through one crossing of this package.
type Opener struct {
	Lang, Via string // "c", "shm"
	Open      func() (*calls.Funcs, error)
}

// Calls returns all of them. Each starts its worker when it is first opened, and always gives the same functions.
func Calls() []Opener { return nil }
