// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package direct is no crossing: Go calls Go. Its costs are the minimum for the others.
package direct

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// Open returns the Go implementation f.
func Open(f kernel.Funcs) (*seam.Library, error) {
	build := seam.Build{Compiler: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "GOAMD64", "GOARM64", "-gcflags", "-race":
				build.Flags += fmt.Sprintf(" %s=%s", s.Key, s.Value)
			}
		}
	}
	if build.Flags != "" {
		build.Flags = build.Flags[1:]
	}
	return seam.NewLibrary(f, false, build), nil
}
