// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package program writes and builds the Go program that calls a user's functions: one package a crossing, each a call as a
// user would write it, over package harness. Programs are kept, by a hash of what is in them, and the go command builds again
// what has changed.
//
// The program is a module of its own in a workspace with Toll's and, for a Go function to compare with, the user's.
package program

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"toll/goside/try/prototype"
)

// Options say what is built.
type Options struct {
	Root      string // Toll's source tree
	Cache     string // folder of programs
	Functions []*prototype.Function
	GoPackage string // folder of a Go package that has functions of the same names; "": none
	NoCgo     bool   // build without cgo, even if there is a C compiler
}

// Crossing is one of a program, or one that it lacks.
type Crossing struct {
	Name    string            // "cgo", "purego", "syscalln", "libffi", "trampoline", "direct" (the Go function)
	Missing map[string]string // by function: why the crossing cannot pass it
	Left    string            // why the whole crossing was left out: "there is no C compiler"
}

// Program is one that is built.
type Program struct {
	File      string // the executable
	Dir       string // of its sources
	Crossings []Crossing
	Cgo       bool
}

// Build writes and builds a program, or finds it built. A function that no crossing can pass is an error, and so is a Go package
// that has none of the functions. If the program builds without cgo only, it lacks that crossing. It needs no network, unless a
// user's modules do.
func Build(ctx context.Context, o Options) (*Program, error) {
	m, err := modelOf(o.Functions)
	if err != nil {
		return nil, err
	}
	t, err := newToolchain(ctx)
	if err != nil {
		return nil, err
	}
	left := ""
	cc := t.compiler()
	switch {
	case o.NoCgo:
		left = "the program is built without cgo, as was asked for"
	case cc == "":
		left = "there is no C compiler"
	}
	if left != "" {
		return build(t, m, o, left)
	}
	t.env = append(t.env, cc)
	p, err := build(t, m, o, "")
	if err == nil || ctx.Err() != nil {
		return p, err
	}
	left = "a build with cgo fails: " + strings.ReplaceAll(err.Error(), "\n", "; ")
	if p, again := build(t, m, o, left); again == nil {
		return p, nil
	}
	return nil, err // what fails without cgo, too, is no fault of the C compiler's
}

// build builds with cgo, or without it for the reason that is left.
func build(t *toolchain, m *model, o Options, left string) (*Program, error) {
	p := &Program{Cgo: left == ""}
	cgo := "CGO_ENABLED=1"
	if left != "" {
		cgo = "CGO_ENABLED=0"
	}
	root, err := filepath.Abs(o.Root)
	if err != nil {
		return nil, fmt.Errorf("program: %w", err)
	}
	modules, err := t.modules(root, "GOWORK=off")
	if err != nil {
		return nil, fmt.Errorf("program: %s is not Toll's source tree: %w", root, err)
	}
	packs := map[string]*pack{}
	for _, name := range order {
		crossing := Crossing{Name: name, Missing: map[string]string{}}
		if name == "cgo" && left != "" {
			crossing.Left = left
		} else {
			packs[name] = m.pack(name, crossing.Missing)
		}
		p.Crossings = append(p.Crossings, crossing)
	}
	var written *directs
	if o.GoPackage != "" {
		crossing := Crossing{Name: "direct", Missing: map[string]string{}}
		g, err := t.readPackage(o.GoPackage, cgo)
		if err != nil {
			return nil, err
		}
		if written, err = g.calls(m.Functions, crossing.Missing); err != nil {
			return nil, err
		}
		modules = append(modules, g.modules...)
		p.Crossings = append(p.Crossings, crossing)
	}
	files, err := generate(packs, written)
	if err != nil {
		return nil, fmt.Errorf("program: %w", err)
	}
	mod, work := workspace(modules)
	files["go.mod"], files["go.work"] = []byte(mod), []byte(work)

	cache, err := filepath.Abs(o.Cache)
	if err != nil {
		return nil, fmt.Errorf("program: %w", err)
	}
	p.Dir = filepath.Join(cache, key(files))
	p.File = filepath.Join(p.Dir, "try")
	if err := write(p.Dir, files); err != nil {
		return nil, fmt.Errorf("program: %w", err)
	}
	// The go command moves what it has built here from GOTMPDIR, of the same file system, in one step.
	settings := []string{cgo, "GOWORK=" + filepath.Join(p.Dir, "go.work"), "GOTMPDIR=" + cache}
	if _, err := t.run(p.Dir, settings, "build", "-buildvcs=false", "-o", p.File, "."); err != nil {
		return nil, fmt.Errorf("program: the program in %s does not build: %w", p.Dir, err)
	}
	return p, nil
}

// key returns a name that no other files have.
func key(files map[string][]byte) string {
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(hash, "%s %d\n%s", name, len(files[name]), files[name])
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}
