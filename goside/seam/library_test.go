// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package seam

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
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

// foreign makes the tree of somebody else, with that library, and returns its folder.
func foreign(t *testing.T, file string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod": "module toll\n", "lib/" + file: "", "build/lib/" + file: "", "sub/build/lib/" + file: "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestForeignFolders: what lies where the caller stands is neither loaded nor built. An empty variable counts as unset.
func TestForeignFolders(t *testing.T) {
	dir := foreign(t, "libforeign.so")
	t.Setenv(libraries, "")
	for _, folder := range []string{".", "build", "build/lib", "lib", "sub"} {
		t.Chdir(filepath.Join(dir, folder))
		if path, err := FindLibrary("libforeign.so"); !errors.Is(err, ErrUnavailable) {
			t.Errorf("in %s found %q (%v), want %v", folder, path, err, ErrUnavailable)
		}
		if tree, err := Tree(); strings.HasPrefix(tree, dir) || err != nil && !errors.Is(err, ErrUnavailable) {
			t.Errorf("in %s the tree is %q (%v), want that of this test or none", folder, tree, err)
		}
	}
}

// TestOwnTree: a test finds the tree that it was compiled from, wherever it runs. Compiled with -trimpath it knows none.
func TestOwnTree(t *testing.T) {
	source, err := filepath.Abs("library.go")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(libraries, "")
	t.Chdir("/")
	tree, err := Tree()
	if _, file, _, _ := runtime.Caller(0); !filepath.IsAbs(file) {
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("with -trimpath the tree is %q (%v), want %v", tree, err, ErrUnavailable)
		}
		return
	}
	if want := filepath.Dir(filepath.Dir(filepath.Dir(source))); tree != want || err != nil {
		t.Errorf("the tree is %q (%v), want %s", tree, err, want)
	}
	const file = "../../go.mod" // as a library below build/lib
	want := filepath.Join(tree, "go.mod")
	if path, err := FindLibrary(file); path != want || err != nil {
		t.Errorf("found %q (%v), want %s", path, err, want)
	}
}

// TestTreeOfFolderSet: who names the libraries of a tree names the tree.
func TestTreeOfFolderSet(t *testing.T) {
	dir := foreign(t, "libforeign.so")
	t.Setenv(libraries, filepath.Join(dir, "build", "lib"))
	if tree, err := Tree(); tree != dir || err != nil {
		t.Errorf("the tree is %q (%v), want %s", tree, err, dir)
	}
	t.Setenv(libraries, "nowhere")
	if tree, err := Tree(); err == nil || errors.Is(err, ErrUnavailable) {
		t.Errorf("with libraries that are no folder the tree is %q (%v), want an error that is not %v", tree, err, ErrUnavailable)
	}
}

// TestSettleLibraries: a relative folder keeps its meaning when the working directory changes. A wrong one stays as it is.
func TestSettleLibraries(t *testing.T) {
	dir := foreign(t, "libforeign.so")
	for set, want := range map[string]string{
		"lib": filepath.Join(dir, "lib"), "./build/lib/": filepath.Join(dir, "build", "lib"), dir: dir, "": "", "nowhere": "nowhere", "go.mod": "go.mod",
	} {
		t.Chdir(dir)
		t.Setenv(libraries, set)
		SettleLibraries()
		if got := os.Getenv(libraries); got != want {
			t.Errorf("%s=%q becomes %q, want %q", libraries, set, got, want)
		}
	}
}

// TestRefuseShared: a folder as /tmp is refused, since another user may have made what lies there.
func TestRefuseShared(t *testing.T) {
	for mode, refused := range map[fs.FileMode]bool{
		0o777 | fs.ModeSticky: true, 0o755 | fs.ModeSticky: false, 0o777: false, 0o755: false,
	} {
		folder := t.TempDir()
		if err := os.Chmod(folder, mode); err != nil {
			t.Fatal(err)
		}
		if err := refuseShared(folder); (err != nil) != refused {
			t.Errorf("a folder with mode %v: %v, want it refused: %v", mode, err, refused)
		}
	}
	if err := refuseShared(filepath.Join(t.TempDir(), "nowhere")); err != nil {
		t.Errorf("a folder that is not there: %v, want none", err)
	}
}
