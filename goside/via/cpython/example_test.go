// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package cpython_test

import (
	"errors"
	"fmt"

	"toll/goside/via/cpython"
)

// The interpreter is started, and functions of a module are called on slices, which they see as arrays in Go's memory.
// [cpython.Start] does the same as [cpython.Default] by a [cpython.Config] of yours.
func Example() {
	python, err := cpython.Default()
	if err != nil {
		fmt.Println(err)
		return
	}
	median, err := python.Import("numpy", "median")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer median.Object().Release()
	copyto, err := python.Import("numpy", "copyto")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer copyto.Object().Release()

	times := []float64{30, 10, 20, 40}
	middle, err := median.Object().Call(cpython.Vector(times))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(middle.Float())

	// Python writes only what it is told that it may. What it raises is an error.
	_, err = copyto.Object().Call(cpython.Vector(times), cpython.Float(1.5))
	var raised *cpython.Error
	fmt.Println(errors.As(err, &raised) && raised.Type == "ValueError", times)
	_, err = copyto.Object().Call(cpython.Vector(times).Writable(), cpython.Float(1.5))
	fmt.Println(err, times)
	// Output:
	// 25
	// true [30 10 20 40]
	// <nil> [1.5 1.5 1.5 1.5]
}
