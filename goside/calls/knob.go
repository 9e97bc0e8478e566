// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package calls

import "fmt"

// Knob is a loop of calls, written as a user would write it, under one combination of a user's choices.
type Knob struct {
	Kernel     string // what is passed: noop, first, first-void, struct, structs
	Via        string // the crossing: cgo, purego, syscalln
	Directives string // of cgo: none, noescape, nocallback, both
	Memory     string // where the passed memory lies: none, go-heap, c-heap, stack, pinned-once, pinned-each, pinned-new
	Thread     string // free; or each: the goroutine is locked to its thread for each call
	Symbol     string // how the function is found: static, pointer, dlopen
	N          int    // elements

	// Run makes n calls. It returns an error if their results are wrong. Any goroutine may call it, but only one at a
	// time.
	Run func(n int) error
}

// First is the first element that knobs pass, and the result of each call. Its sums are exact.
const First = 1.5

// CheckFirst returns an error unless sum is the sum of the results of n calls.
func CheckFirst(sum float64, n int) error {
	if want := First * float64(n); sum != want {
		return fmt.Errorf("calls: the results of %d calls sum to %v, want %v", n, sum, want)
	}
	return nil
}
