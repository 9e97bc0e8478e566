// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build planted

// Planted has faults on purpose, to test what is to find them: scripts/sanitize.sh builds it with each check and wants it
// to fail. Its argument names the fault.
package main

import (
	"fmt"
	"os"
	"sync"
	"unsafe"
)

func main() {
	faults := map[string]func(){"race": race, "pointer": pointer, "stored": stored}
	if len(os.Args) == 2 && faults[os.Args[1]] != nil {
		faults[os.Args[1]]()
		return
	}
	fmt.Fprintf(os.Stderr, "planted: arguments are %q, want a fault\n", os.Args[1:])
	os.Exit(2)
}

var sink any

// race has two goroutines write to one variable.
func race() {
	var calls int
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() { calls++ })
	}
	group.Wait()
	sink = calls
}

// pointer makes a pointer to more than there is.
func pointer() {
	small := new([1]float64)
	sink = small
	sink = (*[64]float64)(unsafe.Pointer(small))
}
