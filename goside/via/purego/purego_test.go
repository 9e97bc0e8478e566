// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package purego

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/level"
	"toll/goside/seam"
)

// TestWrongLibraries opens libraries that are wrong on purpose, built for this test. The error must say what was found,
// what was wanted and how to fix it, and must not allow a route to be skipped.
func TestWrongLibraries(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"no_symbol", "has no symbol toll_c_table, want it"},
		{"other_version", "has interface version 5, want 4"},
		{"other_size", "has table size 184, want 192"},
		{"other_header", "has header hash 0123456789abcdef, want "},
		{"null_slot", "has call_noop NULL, want a function"},
		{"fused", ""},
	} {
		file := "wrong/lib" + c.file + ".so"
		_, err := Open(file, "c")
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v, want it to open", file, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s opened, want an error: %s", file, c.want)
			continue
		}
		for _, want := range []string{c.want, file, "run " + seam.Mend} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %q lacks %q", file, err, want)
			}
		}
		if errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("%s: error %q is ErrUnavailable, want a failure", file, err)
		}
	}
}

// TestLackingLevels opens libraries that have no table. Only one that lacks a level is unavailable.
func TestLackingLevels(t *testing.T) {
	for _, c := range []struct {
		lang, forced, want string
		unavailable        bool
	}{
		{"c-simd-avx512", "", "unavailable: no AVX-512", true},
		{"c-simd-avx512", "baseline", "unavailable: no AVX-512", true},
		{"c-simd", "avx2", "unavailable: no AVX2", true},
		{"c-simd", "", "has table NULL, want one", false},
		{"c-simd", "avx9", `TOLL_SIMD: "avx9" is no level, want baseline, avx2 or avx512`, false},
		{"c", "", "has table NULL, want one", false},
	} {
		t.Setenv(level.Variable, c.forced)
		_, err := Open("wrong/liblacking_"+strings.ReplaceAll(c.lang, "-", "_")+".so", c.lang)
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, seam.ErrUnavailable) != c.unavailable {
			t.Errorf("%s with %s=%s: got %v, want %q (unavailable: %v)", c.lang, level.Variable, c.forced, err, c.want, c.unavailable)
		}
	}
}

// TestLevels: a tuned language has the levels that package level says of this processor, and runs at the one that is forced, or
// else at the best of them. A level by its own name is open whatever is forced.
func TestLevels(t *testing.T) {
	for tuned, file := range map[string]string{"c-simd": "libtoll_c_simd.so", "c-simd-omp": "libtoll_c_simd_omp.so", "rust-simd": "libtoll_rust.so"} {
		check := func(lang, at string) {
			t.Helper()
			of := fmt.Sprintf("%s with %s=%s", lang, level.Variable, level.Forced())
			library, err := Open(file, lang)
			if !level.Has(at) {
				if !errors.Is(err, seam.ErrUnavailable) || level.Lacking(lang) == "" || !strings.HasSuffix(err.Error(), level.Lacking(lang)) {
					t.Errorf("%s: got %v, want it to be unavailable, and why", of, err)
				}
				return
			}
			if err != nil {
				t.Errorf("%s: %v, want it to open", of, err)
				return
			}
			if named, err := Open(file, level.Join(tuned, at)); err != nil || named.Build != library.Build {
				t.Errorf("%s is built %v, want it to be as its level %s (error: %v)", of, library.Build, at, err)
			}
		}
		for _, forced := range append([]string{""}, level.Names...) {
			t.Setenv(level.Variable, forced)
			check(tuned, level.Chosen())
			for _, name := range level.Names {
				check(level.Join(tuned, name), name)
			}
		}
		t.Setenv(level.Variable, "sse2")
		if _, err := Open(file, tuned); err == nil || errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), "TOLL_SIMD") {
			t.Errorf("%s with %s=sse2: got %v, want an error that names the variable", tuned, level.Variable, err)
		}
	}
}

func TestOtherLanguage(t *testing.T) {
	if _, err := Open("libtoll_c.so", "rust"); err == nil || !strings.Contains(err.Error(), "no symbol toll_rust_table") {
		t.Errorf("got %v, want an error about toll_rust_table", err)
	}
}

// TestMissingLibrary: only a library that is not there may be skipped.
func TestMissingLibrary(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		"absent":         func(string) error { return nil },
		"not a library":  func(dir string) error { return os.WriteFile(filepath.Join(dir, "libtoll_c.so"), []byte("text"), 0o644) },
		"an empty file":  func(dir string) error { return os.WriteFile(filepath.Join(dir, "libtoll_c.so"), nil, 0o644) },
		"a folder there": func(dir string) error { return os.Mkdir(filepath.Join(dir, "libtoll_c.so"), 0o755) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := prepare(dir); err != nil {
				t.Fatal(err)
			}
			t.Setenv("TOLL_LIB", dir)
			_, err := Open("libtoll_c.so", "c")
			if err == nil || errors.Is(err, seam.ErrUnavailable) != (name == "absent") || !strings.Contains(err.Error(), "libtoll_c.so") {
				t.Errorf("got %v, want an error naming libtoll_c.so, and ErrUnavailable only of one that is absent", err)
			}
		})
	}
}

// TestArgumentsSurvive calls with arguments that nothing else refers to, while the collector runs.
func TestArgumentsSurvive(t *testing.T) {
	for name, open := range map[string]func(file, lang string) (*seam.Library, error){"Open": Open, "OpenSyscallN": OpenSyscallN} {
		library, err := open("libtoll_c.so", "c")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			var garbage [][]byte
			for k := range 2000 {
				garbage = append(garbage[max(0, len(garbage)-10):], make([]byte, 1<<16+k))
			}
		}()
		want := kernel.NewOLS(50, 9, kernel.Row, kernel.Par{Threads: 1})
		if err := kernel.Go().OLS(want); err != nil {
			t.Fatal(err)
		}
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
			}
			a := kernel.NewOLS(50, 9, kernel.Row, kernel.Par{Threads: 1})
			if err := library.OLS(a); err != nil {
				t.Fatal(err)
			}
			if a.Slope[49] != want.Slope[49] || a.Intercept[0] != want.Intercept[0] {
				t.Fatalf("%s: got slope %v, want %v", name, a.Slope[49], want.Slope[49])
			}
		}
	}
}

// TestLoad: a library is loaded, or the error says which one is not.
func TestLoad(t *testing.T) {
	if err := Load("libtoll_c.so"); err != nil {
		t.Error(err)
	}
	if err := Load("libtoll_none.so"); !errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), "libtoll_none.so") {
		t.Errorf("%v, want seam.ErrUnavailable and the name", err)
	}
}

// TestWordsLacking: what a library lacks is not offered.
func TestWordsLacking(t *testing.T) {
	if juliaWords(0) != nil || splitWords(0) != nil || olsWords(0, 1) != nil || olsWords(1, 0) != nil || transposeWords(0) != nil {
		t.Error("a function at address 0 is offered, want none")
	}
	if juliaWords(1) == nil || splitWords(1) == nil || olsWords(1, 1) == nil || transposeWords(1) == nil {
		t.Error("a function is not offered, want each that has an address")
	}
}
