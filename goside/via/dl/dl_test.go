// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package dl

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/ebitengine/purego"

	"toll/goside/seam"
	"toll/goside/via/thread"
)

// TestReasons: many goroutines fail to load libraries and to find symbols, each a different one; each error must name
// its own failure.
func TestReasons(t *testing.T) {
	path, err := seam.FindLibrary("libtoll_c.so")
	if err != nil {
		t.Fatal(err)
	}
	library, err := Open(path, false)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var group sync.WaitGroup
	for k := range 8 {
		group.Go(func() {
			for n := range 3000 {
				file := fmt.Sprintf("lib-%d-%d.so", k, n)
				_, err := Open(filepath.Join(dir, file), false)
				if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "No such file") {
					t.Errorf("%s: got %v, want an error that names it and says that there is no such file", file, err)
				}
				name := fmt.Sprintf("symbol_%d_%d", k, n)
				if _, err := Symbol(library, name); err == nil || !strings.Contains(err.Error(), name) {
					t.Errorf("%s: got %v, want an error that names it", name, err)
				}
			}
		})
	}
	group.Wait()
}

// TestRelative: a library is not opened by a path that depends on the working directory.
func TestRelative(t *testing.T) {
	path, err := seam.FindLibrary("libtoll_c.so")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(path))
	for _, relative := range []string{"./libtoll_c.so", "../lib/libtoll_c.so", ""} {
		if _, err := Open(relative, false); err == nil || !strings.Contains(err.Error(), "want an absolute path") {
			t.Errorf("Open(%q): %v, want an error", relative, err)
		}
	}
	if _, err := Open("libm.so.6", false); err != nil {
		t.Errorf("a name alone does not open a library of the system's: %v", err)
	}
	// Of a library that is loaded, the name is enough: this one has a name of its own.
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("libhere.so", text, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Open("libhere.so", false); err == nil {
		t.Error("a name alone opens a library of the working directory, want it sought in the loader's folders")
	}
}

// TestGlobal: later libraries find the symbols of a library that is opened for all, and only of such a one.
func TestGlobal(t *testing.T) {
	for file, c := range map[string]struct {
		global bool
		symbol string
	}{"libtoll_fortran.so": {true, "toll_fortran_table"}, "libtoll_calls.so": {false, "toll_calls_noop"}} {
		path, err := seam.FindLibrary(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, c.global); err != nil {
			t.Fatal(err)
		}
		if _, err := Symbol(purego.RTLD_DEFAULT, c.symbol); (err == nil) != c.global {
			t.Errorf("%s, global: %t; all find %s: %t", file, c.global, c.symbol, err == nil)
		}
	}
}

// TestOpeningPutsBack: a change of the thread by a library's constructor is undone, and noted with the library's name.
func TestOpeningPutsBack(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for file, does := range map[string]string{"libflushes.so": "flushes subnormal results to zero", "libupward.so": "rounds upward"} {
		path, err := seam.FindLibrary("wrong/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, false); err != nil {
			t.Fatal(err)
		}
		if now := thread.Now(); now != 0 {
			t.Errorf("after %s the thread %v, want it put back", file, now)
		}
		if notes := strings.Join(thread.Notes(), "\n"); !strings.Contains(notes, file+": "+does) {
			t.Errorf("the notes do not say that %s %s:\n%s", file, does, notes)
		}
	}
}
