// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"modernc.org/cc/v4"
)

// Header reads the prototype of a function from a C header, which is given by its path or by its name among the system's
// headers. It asks the C compiler where those are, and does without one if there is none.
func Header(file, symbol string) (*Function, error) {
	path, err := findHeader(file)
	if err != nil {
		return nil, err
	}
	tree, err := readHeader(path)
	if err != nil {
		return nil, err
	}
	if d := declared(tree, symbol); d != nil {
		at := d.Position()
		return function(d, fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line))
	}
	if m := tree.Macros[symbol]; m != nil {
		return nil, fmt.Errorf("prototype: in %s, %s is a macro, for %q: give a function", file, symbol, replacement(m))
	}
	message := fmt.Sprintf("prototype: %s declares no function %q", file, symbol)
	if near := nearest(symbol, functions(tree), 4); len(near) > 0 {
		return nil, fmt.Errorf("%s; did you mean %s?", message, strings.Join(near, ", "))
	}
	return nil, errors.New(message)
}

// findHeader returns the path of a header.
func findHeader(file string) (string, error) {
	switch info, err := os.Stat(file); {
	case file == "":
		return "", errors.New("prototype: found an empty name, want a header")
	case err == nil && info.IsDir():
		return "", fmt.Errorf("prototype: %s is a folder, want a header", file)
	case err == nil:
		return filepath.Abs(file)
	case filepath.IsAbs(file):
		return "", fmt.Errorf("prototype: %w", err)
	}
	folders := systemFolders()
	if c, err := host(); err == nil {
		folders = c.SysIncludePaths
	}
	for _, folder := range folders {
		if path := filepath.Join(folder, file); exists(path) {
			return path, nil
		}
	}
	return "", fmt.Errorf("prototype: %s does not exist here, nor in %s", file, strings.Join(folders, ", "))
}

// host returns the configuration of the C compiler here, which takes a moment to ask for.
var host = sync.OnceValues(func() (*cc.Config, error) {
	c, err := cc.NewConfig(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return nil, err
	}
	return c, settle(c)
})

// systemFolders returns where headers are if no compiler says so.
func systemFolders() []string {
	folders := filepath.SplitList(os.Getenv("CPATH"))
	folders = append(folders, filepath.SplitList(os.Getenv("C_INCLUDE_PATH"))...)
	folders = append(folders, "/usr/local/include")
	if triplet := machines[runtime.GOARCH].triplet; triplet != "" {
		folders = append(folders, "/usr/include/"+triplet)
	}
	return slices.DeleteFunc(append(folders, "/usr/include"), func(folder string) bool { return folder == "" })
}

// firstly is what some headers want to be included before them, as jpeglib.h wants <stdio.h>.
const firstly = "#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n"

// notGNU keeps glibc's names for types, which it defines for compilers that are not GNU's, apart from cc's own.
const notGNU = `
#define _Float32 toll_float32
#define _Float64 toll_float64
#define _Float32x toll_float32x
#define _Float64x toll_float64x
`

// readHeader reads a header: as the compiler here would, and if that fails, as one would that is not GNU's.
func readHeader(path string) (*cc.AST, error) {
	own, err := bare()
	if err != nil {
		return nil, err
	}
	own.Predefined += notGNU
	own.SysIncludePaths = append(own.SysIncludePaths, systemFolders()...)
	own.IncludePaths = append(own.IncludePaths, systemFolders()...)
	configs := []*cc.Config{own}
	if c, err := host(); err == nil {
		copied := *c
		configs = []*cc.Config{&copied, own}
	}
	// A library that is not installed has its headers side by side, or in a folder that they name.
	folders := []string{filepath.Dir(path), filepath.Dir(filepath.Dir(path))}
	for _, c := range configs {
		c.SysIncludePaths = slices.Concat(c.SysIncludePaths, folders)
		c.IncludePaths = slices.Concat(c.IncludePaths, folders)
	}
	var first error
	for _, c := range configs {
		for _, before := range []string{"", firstly} {
			tree, err := translate(c, []cc.Source{
				{Name: predefined, Value: c.Predefined},
				{Name: "<builtin>", Value: builtin},
				{Name: "<before>", Value: before},
				{Name: path},
			})
			if err == nil {
				return tree, nil
			}
			if first == nil || before != "" && c == configs[0] {
				first = err // with what headers want before them, the error is the header's own
			}
		}
	}
	return nil, unreadable(path, first)
}

var (
	origin  = regexp.MustCompile(` \(\w+\.go:\d+:\w*:\)`)
	onlyCXX = regexp.MustCompile(`(?m)^\s*(?:template\s*<|namespace\b|class\s+\w+\s*[:{]|using\s+\w+|public:)`)
)

// unreadable says why a header cannot be read.
func unreadable(path string, err error) error {
	text, _ := os.ReadFile(path)
	cxx := slices.Contains([]string{".hpp", ".hh", ".hxx", ".H"}, filepath.Ext(path))
	if at := onlyCXX.Find(text); cxx || at != nil && !strings.Contains(string(text), "__cplusplus") {
		return fmt.Errorf(`prototype: %s is a header of C++, want C's: give the extern "C" function's prototype by --sig`, path)
	}
	line, _, _ := strings.Cut(strings.TrimPrefix(origin.ReplaceAllString(err.Error(), ""), "prototype: "), "\n")
	return fmt.Errorf("prototype: %s does not parse as C: %s: give the prototype by --sig", path, line)
}

// declared returns the declaration of a function, the last of them with names for its parameters, nil if there is none.
func declared(tree *cc.AST, symbol string) *cc.Declarator {
	var best *cc.Declarator
	for _, node := range tree.Scope.Nodes[symbol] {
		d, ok := node.(*cc.Declarator)
		if !ok || d.IsTypename() || d.IsSynthetic() {
			continue
		}
		t, ok := d.Type().(*cc.FunctionType)
		if !ok {
			continue
		}
		if params := t.Parameters(); best == nil || len(params) > 0 && params[0].Name() != "" {
			best = d
		}
	}
	return best
}

// functions returns the names of those that a header declares.
func functions(tree *cc.AST) []string {
	var names []string
	for name := range tree.Scope.Nodes {
		if !strings.HasPrefix(name, "__") && declared(tree, name) != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// replacement returns what a macro is replaced by.
func replacement(m *cc.Macro) string {
	var b strings.Builder
	for _, t := range m.ReplacementList() {
		b.WriteString(t.SrcStr())
	}
	return shorten(strings.Join(strings.Fields(b.String()), " "))
}
