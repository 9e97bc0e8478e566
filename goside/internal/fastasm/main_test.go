// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"os"
	"testing"
)

// TestUpToDate: the file in goside/kernel/fast is what this program writes.
func TestUpToDate(t *testing.T) {
	want, err := assemble()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../kernel/fast/" + output)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what is generated: run go generate ./goside/kernel/fast", output)
	}
}
