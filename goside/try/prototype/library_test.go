// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"toll/goside/seam"
	"toll/goside/study/studytest"
)

// compiled writes a source and returns what a compiler makes of it in the same folder.
func compiled(t *testing.T, name, source, output string, command ...string) string {
	t.Helper()
	folder := t.TempDir()
	write(t, filepath.Join(folder, name), []byte(source))
	if _, err := exec.LookPath(command[0]); err != nil {
		studytest.Available(t, fmt.Errorf("%w: %w", seam.ErrUnavailable, err))
	}
	c := exec.Command(command[0], append(command[1:], "-o", output, name)...)
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", c, err, out)
	}
	return filepath.Join(folder, output)
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const exporting = `
int one(int x) { return x; }
double two(void) { return 2; }
int three(int x) __attribute__((alias("one")));
int variable = 1;
static int hidden(int x) { return x; }
__attribute__((visibility("hidden"))) int unseen(int x) { return hidden(x); }
__attribute__((weak)) int feeble(void) { return 0; }
typedef double fn(double);
double slow(double x) { return x; }
static fn *choose(void) { return slow; }
double chosen(double x) __attribute__((ifunc("choose")));
`

func TestExports(t *testing.T) {
	library := compiled(t, "a.c", exporting, "liba.so", "cc", "-shared", "-fPIC")
	got, err := Exports(library)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"chosen", "feeble", "one", "slow", "three", "two"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLibrariesAreFound(t *testing.T) {
	library := compiled(t, "a.c", exporting, "libown.so.1", "cc", "-shared", "-fPIC")
	folder := filepath.Dir(library)
	t.Setenv("LD_LIBRARY_PATH", folder)
	script := filepath.Join(folder, "libscript.so")
	write(t, script, []byte("/* GNU ld script (x.so) */\nOUTPUT_FORMAT(elf64-x86-64)\nGROUP ( libown.so.1  AS_NEEDED ( /lib/other.so ) )\n"))
	for _, name := range []string{library, "libown.so.1", "own", script, "script"} {
		if got, err := Resolve(name); err != nil || got != library {
			t.Errorf("%s: got %s and the error %v, want %s", name, got, err, library)
		}
		if _, err := Exports(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"m", "libm.so.6", "c"} { // of the C library, whose libm.so and libc.so are linker scripts
		got, err := Resolve(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if names, err := Exports(got); err != nil || len(names) < 100 {
			t.Errorf("%s is %s, which exports %d functions: %v", name, got, len(names), err)
		}
	}
	loop := filepath.Join(folder, "libloop.so")
	write(t, loop, []byte("INPUT(libloop.so)"))
	for name, want := range map[string]string{
		"":                                   "empty name",
		"nosuch":                             "neither nosuch nor libnosuch.so is in the loader's folders",
		folder + "/x":                        "does not exist",
		filepath.Join(folder, "libown.so.2"): "there is libown.so.1",
		loop:                                 "lead from one to another",
	} {
		if got, err := Resolve(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %s and the error %v, want an error with %q", name, got, err, want)
		}
	}
}

// TestNotALibrary holds that whatever is no library for this process is told by what it is.
func TestNotALibrary(t *testing.T) {
	library := compiled(t, "a.c", exporting, "liba.so", "cc", "-shared", "-fPIC")
	good := content(t, library)
	folder := t.TempDir()
	patched := func(change func(data []byte)) []byte {
		data := slices.Clone(good)
		change(data)
		return data
	}
	other := elf.EM_AARCH64
	if elfMachines["arm64"] == elfMachine(good) {
		other = elf.EM_X86_64
	}
	files := []struct {
		name, want string
		data       []byte
	}{
		{"empty", "is empty", nil},
		{"text", "is text, want a shared library", []byte("hello\n")},
		{"a.c", "is source code", []byte("int f(void) { return 0; }\n")},
		{"a.h", "is a header", []byte("int f(void);\n")},
		{"a.a", "is a static library", []byte("!<arch>\nx")},
		{"a.dll", "is a Windows library", []byte("MZ\x90\x00")},
		{"a.dylib", "is a macOS library", []byte("\xcf\xfa\xed\xfe\x00")},
		{"a.wasm", "is a WebAssembly module", []byte("\x00asm\x01")},
		{"noise", "is no library", []byte{1, 2, 3, 0, 200}},
		{"short", "is cut off: it ends after 20 bytes", good[:20]},
		{"cut", "is cut off", good[:len(good)/2]},
		{"header", "is cut off", good[:64]},
		{"other", "is for " + machineName(other) + ", 64 bit, want", patched(func(data []byte) {
			data[18], data[19] = byte(other), byte(other>>8)
		})},
		{"program", "is a program", patched(func(data []byte) { data[16] = byte(elf.ET_EXEC) })},
		{"object", "is an object file", patched(func(data []byte) { data[16] = byte(elf.ET_REL) })},
		{"core", "want a shared library", patched(func(data []byte) { data[16] = byte(elf.ET_CORE) })},
		{"class", "prototype: ", patched(func(data []byte) { data[elf.EI_CLASS] = byte(elf.ELFCLASS32) })},
		{"order", "prototype: ", patched(func(data []byte) { data[elf.EI_DATA] = byte(elf.ELFDATA2MSB) })},
		{"sections", "is cut off", patched(func(data []byte) { data[0x2c] = 0xff })},
	}
	for _, file := range files {
		path := filepath.Join(folder, file.name)
		write(t, path, file.data)
		if got, err := Exports(path); err == nil || !strings.Contains(err.Error(), file.want) {
			t.Errorf("%s: got %v and the error %v, want an error with %q", file.name, got, err, file.want)
		}
		if f, err := Debug(path, "one"); err == nil {
			t.Errorf("%s: read %v", file.name, f)
		}
	}
	if _, err := Exports(folder); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: got the error %v", err)
	}
	if _, err := Exports("/dev/zero"); err == nil || !strings.Contains(err.Error(), "is no regular file") {
		t.Errorf("a device: got the error %v", err)
	}
	program := compiled(t, "p.c", "int main(void) { return 0; }", "program", "cc", "-fPIE", "-pie")
	if _, err := Exports(program); err == nil || !strings.Contains(err.Error(), "is a program (position independent)") {
		t.Errorf("a program: got the error %v", err)
	}
	bare := compiled(t, "b.c", "static int unused(void) { return 0; } int v;", "libb.so", "cc", "-shared", "-fPIC", "-nostdlib")
	if _, err := Exports(bare); err == nil || !strings.Contains(err.Error(), "exports no functions") {
		t.Errorf("a library of data: got the error %v", err)
	}
}

func elfMachine(data []byte) elf.Machine { return elf.Machine(uint16(data[18]) | uint16(data[19])<<8) }

// TestDamagedLibraries holds that no damage does more than raise an error.
func TestDamagedLibraries(t *testing.T) {
	library := compiled(t, "a.c", exporting, "liba.so", "cc", "-shared", "-fPIC", "-g")
	good := content(t, library)
	path := filepath.Join(t.TempDir(), "libdamaged.so")
	for k := 0; k < len(good); k += 1 + len(good)/300 {
		data := slices.Clone(good)
		for j := k; j < min(k+4, len(data)); j++ {
			data[j] ^= 0xff
		}
		write(t, path, data)
		_, _ = Exports(path)
		_, _ = Debug(path, "one")
		write(t, path, good[:k])
		if _, err := Exports(path); err == nil {
			t.Errorf("the first %d of %d bytes pass for a library", k, len(good))
		}
	}
}

func TestFind(t *testing.T) {
	exports := []string{
		"norm2", "cblas_ddot", "ddot_", "__geometry_MOD_area", "_Z4dnrmPKdl", "_ZN2ns4dnrmEPKdl", "_Z4dnrmRKSt6vectorIdSaIdEE",
		"_ZN3lib4push17h0123456789abcdefE", "_RNvC3lib4pull", "_ZNK1C4sizeEv", "plain",
	}
	for _, test := range []struct {
		symbol string
		want   []string // "" is no error
	}{
		{"plain", nil},
		{"_Z4dnrmPKdl", nil},
		{"ddot_", nil},
		{"", []string{"empty name"}},
		{"plan", []string{`no function "plan"; did you mean plain?`}},
		{"Plain", []string{"did you mean plain?"}},
		{"norm", []string{"did you mean norm2?"}},
		{"cblasDdot", []string{"did you mean cblas_ddot"}},
		{"ddot", []string{"ddot_ is Fortran's: type that; its arguments are pointers", "similar: cblas_ddot"}},
		{"DDOT", []string{"ddot_ is Fortran's"}},
		{"area", []string{"__geometry_MOD_area is Fortran's, of module geometry"}},
		{"dnrm", []string{"_Z4dnrmPKdl is C++'s dnrm(double const*, long): type that, and its prototype in C by --sig",
			"_ZN2ns4dnrmEPKdl is C++'s ns::dnrm(double const*, long)", "the object if it is a member function", "C has no such types"}},
		{"nrm", []string{`no function "nrm", only norm2`}},
		{"ns::dnrm", []string{"_ZN2ns4dnrmEPKdl is C++'s"}},
		{"push", []string{`is Rust's lib::push: Rust's own functions have no fixed way of being called: declare it #[no_mangle] pub extern "C"`}},
		{"_RNvC3lib4pull", []string{"is Rust's lib::pull"}},
		{"_Z4dnrmRKSt6vectorIdSaIdEE", []string{"dnrm(std::vector<double, std::allocator<double> > const&): C has no such types"}},
		{"_ZNK1C4sizeEv", []string{"C::size() const: a member function takes an object"}},
		{"zzzzzz", []string{`no function "zzzzzz", only norm2, cblas_ddot`}},
	} {
		err := Find(exports, test.symbol)
		switch {
		case len(test.want) == 0 && err != nil:
			t.Errorf("%s: %v", test.symbol, err)
		case len(test.want) > 0 && err == nil:
			t.Errorf("%s: got no error, want one with %q", test.symbol, test.want)
		}
		for _, want := range test.want {
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v\nwant %q", test.symbol, err, want)
			}
		}
	}
	many := make([]string, 50)
	for k := range many {
		many[k] = fmt.Sprintf("function_%d", k)
	}
	if err := Find(many, "xyz"); err == nil || !strings.Contains(err.Error(), "no such name among its 50") {
		t.Errorf("got %v", err)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ac", 1}, {"abc", "xabc", 1}, {"kitten", "sitting", 3}, {"", "ab", 2}} {
		if got := distance(test.a, test.b, 9); got != test.want {
			t.Errorf("from %q to %q: got %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
