// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package handle gives numbers that stand for Go's values while C has them, like the handles of runtime/cgo, which
// does not build without cgo.
package handle

import (
	"sync"
	"sync/atomic"
)

var (
	values sync.Map
	last   atomic.Uintptr
)

// New returns a number that stands for v until Delete. It is not 0.
func New(v any) uintptr {
	h := last.Add(1)
	values.Store(h, v)
	return h
}

// Value returns what h stands for. It panics if h stands for nothing.
func Value(h uintptr) any {
	v, ok := values.Load(h)
	if !ok {
		panic("handle: the number stands for nothing, want one of New that was not deleted")
	}
	return v
}

// Delete forgets h.
func Delete(h uintptr) { values.Delete(h) }
