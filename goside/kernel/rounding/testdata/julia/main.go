// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command julia prints the counts of points of the Julia set, without the float64() that keeps Go from fusing a product
// and a sum. It reads maxiter, and the four parts of each point.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	var maxiter int
	if _, err := fmt.Fscan(in, &maxiter); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		var zr, zi, cr, ci float64
		if _, err := fmt.Fscan(in, &zr, &zi, &cr, &ci); err != nil {
			return
		}
		fmt.Println(escape(zr, zi, cr, ci, maxiter))
	}
}

//go:noinline
func escape(zr, zi, cr, ci float64, maxiter int) int {
	i := 0
	for i < maxiter && zr*zr+zi*zi < 4 {
		zr, zi = zr*zr-zi*zi+cr, 2*zr*zi+ci
		i++
	}
	return i
}
