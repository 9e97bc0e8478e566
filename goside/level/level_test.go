// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package level

import (
	"runtime"
	"slices"
	"testing"
)

func TestSplit(t *testing.T) {
	for lang, want := range map[string][2]string{
		"c": {"c", ""}, "c-simd": {"c-simd", ""}, "c-simd-avx2": {"c-simd", "avx2"},
		"rust-simd-brute-avx512": {"rust-simd-brute", "avx512"}, "avx2": {"avx2", ""}, "go-fast-baseline": {"go-fast", "baseline"},
	} {
		if plain, level := Split(lang); plain != want[0] || level != want[1] {
			t.Errorf("%s is %q at %q, want %q at %q", lang, plain, level, want[0], want[1])
		}
	}
}

func TestLacking(t *testing.T) {
	for _, c := range []struct{ forced, lang, want string }{
		{"", "c-simd-avx512", "no AVX-512"}, {"avx2", "c-simd-avx512", "no AVX-512"}, {"avx2", "c-simd", "no AVX2"},
		{"", "c-simd", ""}, {"sse9", "c-simd", ""}, {"baseline", "c-simd", ""},
	} {
		t.Setenv(Variable, c.forced)
		if got := Lacking(c.lang); got != c.want {
			t.Errorf("with %s=%s, %s lacks %q, want %q", Variable, c.forced, c.lang, got, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, name := range append([]string{""}, Names...) {
		if err := Check(name); err != nil {
			t.Error(err)
		}
	}
	if err := Check("avx"); err == nil {
		t.Error("avx is taken for a level")
	}
}

func TestPlain(t *testing.T) {
	for lang, want := range map[string]string{
		"c-simd": "c", "c-simd-omp": "c-omp", "rust-simd-par-avx2": "rust-par", "go-fast-par": "go-par", "go-fast-brute": "go",
		"fortran-simd-brute-baseline": "fortran", "c-simd-rung1": "c",
	} {
		if plain, tuned := Plain(lang); plain != want || !tuned {
			t.Errorf("%s is compared with %q (tuned: %v), want %q", lang, plain, tuned, want)
		}
	}
	for _, lang := range []string{"c", "rust-par", "numba-prange", "cython-static"} {
		if plain, tuned := Plain(lang); plain != lang || tuned {
			t.Errorf("%s is compared with %q (tuned: %v), want itself", lang, plain, tuned)
		}
	}
}

// TestHad: each level of x86-64 has what those before it have, and elsewhere there is only the first.
func TestHad(t *testing.T) {
	had := Had()
	if len(had) == 0 || !slices.Equal(had, Names[:len(had)]) || runtime.GOARCH != "amd64" && len(had) > 1 {
		t.Errorf("this processor (%s) has the levels %v, want the first of %v", runtime.GOARCH, had, Names)
	}
	for forced, want := range map[string]string{"": had[len(had)-1], "baseline": "baseline", "avx512": "avx512"} {
		t.Setenv(Variable, forced)
		if got := Chosen(); got != want {
			t.Errorf("with %s=%s the level is %q, want %q", Variable, forced, got, want)
		}
	}
}

func TestCheckForced(t *testing.T) {
	for _, forced := range []string{"", "avx2"} {
		t.Setenv(Variable, forced)
		if err := CheckForced(); err != nil {
			t.Error(err)
		}
	}
	t.Setenv(Variable, "AVX2")
	if err := CheckForced(); err == nil || err.Error() != `TOLL_SIMD: "AVX2" is no level, want baseline, avx2 or avx512` {
		t.Errorf("the error is %v, want one that names the variable and the levels", err)
	}
}
