// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package stubs_test

import (
	"fmt"
	"slices"
	"strings"

	"toll/goside/stubs"
)

// A prototype is declared, and the function that calls it written: Go for all processors, assembly for two.
func Example() {
	declarations := `//go:build ignore

package norms

func callNorm(f uintptr, p *float64, n int64) (r float64)
`
	files, err := stubs.Generate("declared.go", []byte(declarations))
	if err != nil {
		fmt.Println(err)
		return
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Println(names)
	for line := range strings.Lines(string(files["zdeclared.go"])) {
		if strings.HasPrefix(line, "func callNorm(") {
			fmt.Print(line)
		}
	}
	// What C cannot have is refused.
	_, err = stubs.Generate("declared.go", []byte("package norms\n\nfunc callNorm(f uintptr, p []float64) (r float64)\n"))
	fmt.Println(err)
	// Output:
	// [zdeclared.go zdeclared_amd64.s zdeclared_arm64.s]
	// func callNorm(f uintptr, p *float64, n int64) (r float64) {
	// declared.go:3:1: trampoline: callNorm: parameter p: C has no []float64: want a number, a bool, a pointer, or a struct of these
}
