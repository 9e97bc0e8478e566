// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo && linux && (amd64 || arm64)

package profile

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"toll/goside/seam"
	"toll/goside/study/studytest"
)

// TestChild runs a Go program that calls a library opened at run time, and finds its function by name in the profile.
func TestChild(t *testing.T) {
	_, err := seam.FindLibrary("libtoll_c.so")
	studytest.Available(t, err)
	file := filepath.Join(t.TempDir(), "profile")
	o := order{Route: "c/purego", Kernel: "julia", Share: 0.6, For: 500 * time.Millisecond, Profile: file, Resolve: true}
	var out bytes.Buffer
	if err := child(&out, []string{ordering(t, o)}); err != nil {
		t.Fatal(err)
	}
	var of truth
	if err := json.Unmarshal(out.Bytes(), &of); err != nil {
		t.Fatal(err)
	}
	if share := of.Native / of.Total; of.Calls == 0 || share < 0.5 || share > 0.7 {
		t.Errorf("%d calls took the share %v, want some and about 0.6", of.Calls, share)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	seen, samples, err := readPprof(bytes.NewReader(text), "julia", true, &symbols{})
	if err != nil || samples < 10 || seen.named == 0 || seen.own == 0 || seen.named < 3*seen.call {
		t.Errorf("of %d samples %+v are seen, error %v, want native ones by name and own ones", samples, seen, err)
	}
	plain, _, err := readPprof(bytes.NewReader(text), "julia", true, nil)
	if err != nil || plain.named != 0 || plain.call != seen.call+seen.named {
		t.Errorf("without symbols %+v are seen, error %v, want at the call what was named", plain, err)
	}
}
