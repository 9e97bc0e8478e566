// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package stubs_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"toll/goside/stubs"
)

// The declaration of a C function makes a function in Go, and assembly for two architectures.
func ExampleGenerate() {
	files, err := stubs.Generate("declared.go", []byte("package vec\n\nfunc norm(f uintptr, p *float64, n int64) (r float64)\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Println(name)
	}
	for line := range strings.Lines(string(files["zdeclared_amd64.s"])) {
		if strings.Contains(line, "(BX)") {
			fmt.Print(strings.TrimSpace(line), "\n")
		}
	}
	// Output:
	// zdeclared.go
	// zdeclared_amd64.s
	// zdeclared_arm64.s
	// MOVQ 8(BX), DI
	// MOVQ 16(BX), SI
	// MOVQ 0(BX), R11
	// MOVSD X0, 24(BX)
}
