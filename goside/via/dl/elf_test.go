// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package dl

import (
	"debug/elf"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"toll/goside/seam"
)

// other is a machine that this one is not.
var other = map[string]elf.Machine{"amd64": elf.EM_AARCH64, "arm64": elf.EM_X86_64}[runtime.GOARCH]

// TestBadFiles: a file that is no library for this machine, or no whole one, must be an error that says what was found and what is
// wanted, and may not skip a route. Cut anywhere it must not end the process.
func TestBadFiles(t *testing.T) {
	if runtime.GOOS != "linux" || other == 0 {
		t.Skipf("%v: files are inspected on Linux, for amd64 and arm64", seam.ErrUnavailable)
	}
	path, err := seam.FindLibrary("libtoll_c.so")
	if err != nil {
		t.Fatal(err)
	}
	library, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	patched := func(at int, value ...byte) []byte {
		b := append([]byte(nil), library...)
		copy(b[at:], value)
		return b
	}
	folder := t.TempDir()
	opened := func(name string, b []byte) error {
		t.Helper()
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Open(file, false)
		return err
	}
	for name, c := range map[string]struct {
		bytes []byte
		want  string
	}{
		"empty":       {nil, "is empty, want a library"},
		"text":        {[]byte("no library"), `begins with "no l", want "\x7fELF"`},
		"a few bytes": {library[:40], "has 40 bytes, want 64"},
		"headers":     {library[:100], "has 100 bytes, want "},
		"machine":     {patched(18, byte(other)), "is for " + other.String()},
		"class":       {patched(4, byte(elf.ELFCLASS32)), "ELFCLASS32"},
		"type":        {patched(16, byte(elf.ET_REL)), "is of type ET_REL, want ET_DYN"},
	} {
		err := opened(name, c.bytes)
		wrong, is := errors.AsType[*FileError](err)
		if !is || !strings.Contains(err.Error(), c.want) || wrong.Path != filepath.Join(folder, name) {
			t.Errorf("%s: %v, want an error with %q and the path", name, err, c.want)
			continue
		}
		if err := Unloadable("x", wrong.Path, err); errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error that may not be skipped", name, err)
		}
	}
	whole := 0
	for n := len(library); n >= 0; n -= 499 {
		switch err := opened("cut", library[:n]); {
		case err == nil:
			whole++
		case !strings.Contains(err.Error(), "cut short") && n > 0:
			t.Errorf("cut to %d of %d bytes: %v, want that it was cut short", n, len(library), err)
		}
		_ = os.Remove(filepath.Join(folder, "cut")) // the next is another file, not that which is loaded
	}
	if whole == 0 || whole > len(library)/499/2 {
		t.Errorf("of %d lengths %d load, want some", len(library)/499, whole)
	}
	if err := Unloadable("x", path, errors.New("libgomp.so.1: cannot open shared object file: No such file or directory")); !errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("%v, want ErrUnavailable: a library is missing that this one needs", err)
	}
}
