// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package level names the instruction sets that the tuned languages are compiled for, as csrc/include/toll.h does. A
// tuned language such as c-simd runs at the best level of the processor, or at the one that TOLL_SIMD names. Each of its
// levels is a language of its own, such as c-simd-avx2.
package level

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/cpuid/v2"
)

// Variable is the environment variable that forces a level.
const Variable = "TOLL_SIMD"

// Names are the levels, the best last. On other processors than x86-64 there is only the first.
var Names = []string{"baseline", "avx2", "avx512"}

// instructions says what a processor lacks that lacks the level.
var instructions = map[string]string{"avx2": "AVX2", "avx512": "AVX-512"}

// Check returns an error if name is no level; "" stands for the best one.
func Check(name string) error {
	if name == "" || slices.Contains(Names, name) {
		return nil
	}
	return fmt.Errorf("%q is no level, want baseline, avx2 or avx512", name)
}

// Forced returns the level that the environment forces, or "".
func Forced() string { return os.Getenv(Variable) }

// CheckForced returns an error if what the environment forces is no level.
func CheckForced() error {
	if err := Check(Forced()); err != nil {
		return fmt.Errorf("%s: %w", Variable, err)
	}
	return nil
}

// x86 is the least level of the x86-64 architecture that has a level.
var x86 = map[string]int{"avx2": 3, "avx512": 4}

// Has reports whether this processor has a level, and the operating system keeps its registers.
func Has(name string) bool { return cpuid.CPU.X64Level() >= x86[name] }

// Had returns the levels that this processor has, the best last.
func Had() []string {
	return slices.DeleteFunc(slices.Clone(Names), func(name string) bool { return !Has(name) })
}

// Best returns the best level that this processor has.
func Best() string {
	had := Had()
	return had[len(had)-1]
}

// Chosen returns the level at which the tuned languages run: the one that is forced, or the best one.
func Chosen() string { return cmp.Or(Forced(), Best()) }

// Split returns a language without its level, and the level, or "" if the language is none of a level.
func Split(lang string) (plain, level string) {
	if k := strings.LastIndexByte(lang, '-'); k >= 0 && slices.Contains(Names, lang[k+1:]) {
		return lang[:k], lang[k+1:]
	}
	return lang, ""
}

// Join is the inverse of [Split].
func Join(plain, level string) string {
	if level == "" {
		return plain
	}
	return plain + "-" + level
}

// Plain returns the plain language that a tuned one is compared with, rust-par of rust-simd-par, and whether lang is
// tuned. Another language is its own plain one.
func Plain(lang string) (plain string, tuned bool) {
	lang, _ = Split(lang)
	words := strings.Split(lang, "-")
	for k, word := range words {
		if k > 0 && (word == "simd" || word == "fast") {
			plain := []string{words[0]}
			for _, w := range words[k+1:] {
				if w == "omp" || w == "par" {
					plain = append(plain, w)
				}
			}
			return strings.Join(plain, "-"), true
		}
	}
	return lang, false
}

// Lacks reports whether a language is, by its name, of a level that this processor lacks.
func Lacks(lang string) bool {
	_, level := Split(lang)
	return !Has(level)
}

// Brute reports whether a tuned language computes each iteration of each point of a Julia set, as a plain one does.
func Brute(lang string) bool {
	return strings.Contains(lang, "-brute") || strings.Contains(lang, "-rung")
}

// Lacking says why the processor does not run a tuned language, "no AVX-512", by the level of its name or else by the
// one that is forced. It is "" if neither names a level above the baseline.
func Lacking(lang string) string {
	_, level := Split(lang)
	if level == "" {
		level = Forced()
	}
	if name := instructions[level]; name != "" {
		return "no " + name
	}
	return ""
}
