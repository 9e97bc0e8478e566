// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package direct

import (
	"runtime"
	"strings"
	"testing"

	"toll/goside/kernel"
)

// TestBuild: the library says by which compiler and with which of its settings it was made.
func TestBuild(t *testing.T) {
	library, err := Open(kernel.Go())
	if err != nil {
		t.Fatal(err)
	}
	build := library.Build
	if build.Compiler != runtime.Version() || strings.TrimSpace(build.Flags) != build.Flags {
		t.Errorf("compiler %q, flags %q, want %q and flags without spaces around them", build.Compiler, build.Flags, runtime.Version())
	}
	if runtime.GOARCH == "amd64" && !strings.Contains(build.Flags, "GOAMD64=v") {
		t.Errorf("flags %q, want GOAMD64 among them", build.Flags)
	}
}
