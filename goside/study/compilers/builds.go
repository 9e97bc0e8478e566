// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package compilers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"toll/goside/level"
	"toll/goside/seam"
	"toll/goside/via/process"
	"toll/goside/via/trampoline"
)

// script builds what is compared with the default.
const script = "scripts/compilers.sh"

// standard names the builds of scripts/build.sh.
const standard = "default"

// How a build stands to the rule of toll.h. One that mends another says "mends" and that one's name.
const (
	keeps  = "keeps"
	breaks = "breaks"
	mends  = "mends "
)

// build is a language's kernels, compiled by one compiler with some flags.
type build struct {
	name, lang, status, rule string
	compiler, flags          string
	note                     string // why it does not compile, or how its compiler is installed
	file                     string // from the folder of the libraries
}

// via is the crossing by which a build is called.
func (b *build) via() string {
	if b.lang == "go" {
		return process.Shm
	}
	return "trampoline"
}

// open returns the build's kernels.
func (b *build) open() (*seam.Library, error) {
	for at, name := range []string{"avx2", "avx512"} {
		if strings.Contains(b.flags, fmt.Sprintf("v%d", at+3)) && !level.Has(name) {
			return nil, fmt.Errorf("compilers: %w: the processor lacks x86-64-v%d", seam.ErrUnavailable, at+3)
		}
	}
	if b.lang != "go" {
		return trampoline.Open(b.file, b.lang)
	}
	file, err := seam.FindLibrary(b.file)
	if err != nil {
		return nil, fmt.Errorf("compilers: %w", err)
	}
	return process.OpenGo(file, process.Shm)
}

// fileOf returns the file of a build's kernels, from the folder of the libraries. Each library has a name of its own, which notes
// of what it does when it is opened bear.
func fileOf(name, lang string) string {
	switch {
	case name == standard && lang == "go":
		return "toll-worker-go"
	case name == standard:
		return "libtoll_" + strings.ReplaceAll(lang, "-", "_") + ".so"
	case lang == "go":
		return filepath.Join("..", "compilers", name, "toll-worker-go")
	}
	return filepath.Join("..", "compilers", name, name+"-"+lang+".so")
}

// built returns the builds of these languages, each language's default first. The error, a seam.ErrUnavailable, says that
// there are no others.
func built(langs []string) ([]build, error) {
	table, err := seam.FindLibrary(filepath.Join("..", "compilers", "builds.tsv"))
	var text []byte
	switch {
	case errors.Is(err, seam.ErrUnavailable):
		err = fmt.Errorf("compilers: %w: no other builds than the default: run %s", seam.ErrUnavailable, script)
	case err == nil:
		text, err = os.ReadFile(table)
	}
	if err != nil && !errors.Is(err, seam.ErrUnavailable) {
		return nil, fmt.Errorf("compilers: %w", err)
	}
	more, wrong := parse(string(text))
	if wrong != nil {
		return nil, wrong
	}
	var all []build
	for _, lang := range langs {
		all = append(all, build{name: standard, lang: lang, status: "built", rule: keeps, file: fileOf(standard, lang)})
		for _, b := range more {
			if b.lang == lang {
				all = append(all, b)
			}
		}
	}
	return all, err
}

// parse returns the builds of the table that scripts/compilers.sh writes.
func parse(table string) ([]build, error) {
	var all []build
	for line := range strings.Lines(table) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 7 {
			return nil, fmt.Errorf("compilers: builds.tsv has a line of %d fields, want 7: run %s: %q", len(fields), script, line)
		}
		b := build{name: fields[0], lang: fields[1], status: fields[2], rule: fields[3], compiler: fields[4], flags: fields[5], note: fields[6]}
		b.file = fileOf(b.name, b.lang)
		all = append(all, b)
	}
	return all, nil
}
