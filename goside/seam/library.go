// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package seam

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// libraries is the variable that names the folder of libraries.
const libraries = "TOLL_LIB"

// FindLibrary returns the absolute path of the shared library with that file name. It looks in the folder $TOLL_LIB if
// that is set and not empty; else in ../lib of the executable; else, for a program that go test or go run has made, in
// build/lib of the source tree that it was compiled from. It never looks where the working directory is, since whoever
// wrote the files there could then run code in this process. If there is no such file, the error is ErrUnavailable; if
// $TOLL_LIB is no folder, it is another.
func FindLibrary(file string) (string, error) {
	if set := os.Getenv(libraries); set != "" {
		folder, err := chosen(set)
		if err != nil {
			return "", err
		}
		if path := filepath.Join(folder, file); exists(path) {
			return path, nil
		}
		return "", fmt.Errorf("%w: %s is not in %s, which %s names: run %s", ErrUnavailable, file, folder, libraries, Mend)
	}
	var folders []string
	var shared error
	if exe, err := os.Executable(); err == nil {
		prefix := filepath.Join(filepath.Dir(exe), "..")
		folder := filepath.Join(prefix, "lib")
		if shared = refuseShared(prefix); shared == nil {
			folders = append(folders, folder)
		} else if !exists(filepath.Join(folder, file)) {
			shared = nil
		}
	}
	if tree := compiledFrom(); tree != "" {
		folders = append(folders, filepath.Join(tree, "build", "lib"))
	}
	for _, folder := range folders {
		if path := filepath.Join(folder, file); exists(path) {
			return path, nil
		}
	}
	if shared != nil {
		return "", fmt.Errorf("%w: %s beside this program is not used: %w: set %s to a folder that you trust",
			ErrUnavailable, file, shared, libraries)
	}
	return "", fmt.Errorf("%w: %s is not in %s: run %s, or set %s to the folder that has it", ErrUnavailable, file,
		strings.Join(folders, " or "), Mend, libraries)
}

// exists asks by os.Stat, which go test sees: it takes no result from its cache once the library has changed.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// chosen returns the absolute path of the folder that TOLL_LIB names: the loader would look for a name without a slash in its
// own folders.
func chosen(set string) (string, error) {
	folder, err := filepath.Abs(set)
	if err != nil {
		return "", fmt.Errorf("%s is %q, want a folder: %w", libraries, set, err)
	}
	info, err := os.Stat(folder)
	if err != nil {
		return "", fmt.Errorf("%s is %q, want a folder: %w", libraries, set, err)
	}
	if !info.IsDir() {
		return "", fmt.Errorf("%s is %q, want a folder: %s is none", libraries, set, folder)
	}
	return folder, nil
}

// refuseShared returns an error for a folder where everybody may create files and nobody may replace those of others, as in
// /tmp: what lies beside the program's folder may be another user's. Where everybody may replace files, so may the program be.
func refuseShared(folder string) error {
	info, err := os.Stat(folder)
	if err == nil && info.Mode()&fs.ModeSticky != 0 && info.Mode().Perm()&0o002 != 0 {
		return fmt.Errorf("everybody may create files in %s", folder)
	}
	return nil
}

// made matches the folder in which go run makes a program.
var made = regexp.MustCompile(`/go-build[0-9]+/b[0-9]+/exe$`)

// compiledFrom returns the source tree that a program of go test or go run was compiled from, "" for any other: a program that is
// installed must not look at a path of the machine that built it. With -trimpath no program knows its tree.
func compiledFrom() string {
	if !testing.Testing() {
		exe, err := os.Executable()
		if err != nil || !made.MatchString(filepath.ToSlash(filepath.Dir(exe))) {
			return ""
		}
	}
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return ""
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// SettleLibraries makes TOLL_LIB absolute, so that it means the same folder to this program and its children wherever they are.
// What is no folder stays as it is, for FindLibrary to refuse.
func SettleLibraries() {
	if set := os.Getenv(libraries); set != "" && !filepath.IsAbs(set) {
		if folder, err := chosen(set); err == nil {
			_ = os.Setenv(libraries, folder)
		}
	}
}

// Tree returns the folder of Toll's source tree that this program belongs to: the one whose build/lib is $TOLL_LIB; else the one
// whose build/bin has the executable; else, for a program that go test or go run has made, the one that it was compiled from.
// Programs are built of it and run, so the working directory does not count. If there is none, the error is ErrUnavailable.
func Tree() (string, error) {
	var trees []string
	if set := os.Getenv(libraries); set != "" {
		folder, err := chosen(set)
		if err != nil {
			return "", err
		}
		trees = append(trees, filepath.Join(folder, "..", ".."))
	}
	if exe, err := os.Executable(); err == nil {
		tree := filepath.Join(filepath.Dir(exe), "..", "..")
		if refuseShared(tree) == nil {
			trees = append(trees, tree)
		}
	}
	if tree := compiledFrom(); tree != "" {
		trees = append(trees, tree)
	}
	for _, tree := range trees {
		text, err := os.ReadFile(filepath.Join(tree, "go.mod"))
		if err == nil && bytes.HasPrefix(text, []byte("module toll\n")) {
			return tree, nil
		}
	}
	return "", fmt.Errorf("%w: this program belongs to no source tree of Toll: run build/bin/toll of one, or set %s to build/lib of one",
		ErrUnavailable, libraries)
}
