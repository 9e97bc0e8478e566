// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package seam

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindLibraryInFolderSet(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(dir, "lib", "libx.so")
	if err := os.Mkdir(filepath.Dir(want), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(want, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct{ working, set string }{
		{filepath.Dir(want), "."}, {dir, "lib"}, {dir, "./lib/"}, {"/", filepath.Dir(want)},
	} {
		t.Chdir(at.working)
		t.Setenv("TOLL_LIB", at.set)
		if path, err := FindLibrary("libx.so"); path != want || err != nil {
			t.Errorf("TOLL_LIB=%s in %s: found %q (%v), want %s", at.set, at.working, path, err, want)
		}
		if _, err := FindLibrary("liby.so"); !errors.Is(err, ErrUnavailable) {
			t.Errorf("TOLL_LIB=%s in %s: a library that is not there gives the error %v, want %v", at.set, at.working, err, ErrUnavailable)
		}
	}
}

// TestFindLibraryNamesWhatIsNoFolder: a wrong TOLL_LIB must fail, not skip.
func TestFindLibraryNamesWhatIsNoFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("libx.so", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"libx.so", "nowhere", "libx.so/lib"} {
		t.Setenv("TOLL_LIB", set)
		path, err := FindLibrary("libx.so")
		if err == nil || errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "TOLL_LIB is \""+set+"\"") {
			t.Errorf("TOLL_LIB=%s: found %q and the error %v, want one that names it and is not %v", set, path, err, ErrUnavailable)
		}
	}
}

// TestFindLibraryWithoutFolderSet: an empty variable counts as unset.
func TestFindLibraryWithoutFolderSet(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(dir, "build", "lib", "libx.so")
	if err := os.MkdirAll(filepath.Dir(want), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(want, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(want))
	t.Setenv("TOLL_LIB", "")
	if path, err := FindLibrary("libx.so"); path != want || err != nil {
		t.Errorf("found %q (%v), want %s", path, err, want)
	}
}
