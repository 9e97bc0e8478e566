// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package program

import (
	"bytes"
	"embed"
	"fmt"
	"go/format"
	"path"
	"runtime"
	"strconv"
	"strings"
	"text/template"

	"toll/goside/stubs"
	"toll/goside/try/prototype"
)

//go:embed templates
var sources embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"dict": func(f *function, call string) map[string]any { return map[string]any{"Function": f, "Call": call} },
}).ParseFS(sources, "templates/*.tmpl"))

// imports are what packages of a program may import.
var imports = []string{"fmt", "unsafe", "", "github.com/ebitengine/purego", "golang.org/x/sys/unix", "", "toll/goside/via/harness", "toll/goside/via/libffi"}

// pack is what a package is made of.
type pack struct {
	Functions []*function // that the crossing can pass
	structs   []*structure
}

// Structs returns the structs of the functions, in order.
func (p *pack) Structs() []*structure { return p.structs }

// GoStructs returns the structs' declarations in Go.
func (p *pack) GoStructs() []string {
	var all []string
	for _, s := range p.structs {
		all = append(all, s.declare())
	}
	return all
}

// Flat returns the structs' declarations as purego wants them.
func (p *pack) Flat() []string {
	var all []string
	for _, s := range p.structs {
		all = append(all, s.flat())
	}
	return all
}

// Callback reports whether a function may call Go back.
func (p *pack) Callback() bool {
	for _, f := range p.Functions {
		if f.Callback {
			return true
		}
	}
	return false
}

// source returns what a template makes, with the imports that it needs, and further ones, and formatted.
func source(name string, data any, more ...string) ([]byte, error) {
	var text bytes.Buffer
	if err := templates.ExecuteTemplate(&text, name+".tmpl", data); err != nil {
		return nil, err
	}
	code := text.String()
	var needed []string
	for _, imported := range imports {
		switch {
		case imported == "":
			needed = append(needed, "")
		case strings.Contains(code, path.Base(imported)+"."):
			needed = append(needed, strconv.Quote(imported))
		}
	}
	needed = append(append(needed, ""), more...)
	code = strings.Replace(code, "IMPORTS", "import (\n"+strings.Join(needed, "\n")+"\n)", 1)
	formatted, err := format.Source([]byte(code))
	if err != nil {
		return nil, fmt.Errorf("%s does not make Go: %w\n%s", name, err, code)
	}
	return formatted, nil
}

// order is that of the crossings to C.
var order = []string{"cgo", "purego", "syscalln", "libffi", "trampoline"}

// pack returns what a crossing can pass, and notes why it cannot pass the rest.
func (m *model) pack(crossing string, missing map[string]string) *pack {
	p := &pack{structs: m.Structs}
	for _, f := range m.Functions {
		if why := refusal(crossing, f); why != "" {
			missing[f.Symbol] = why
		} else {
			p.Functions = append(p.Functions, f)
		}
	}
	return p
}

// maxWords is how many arguments SyscallN takes.
const maxWords = 32

// refusal returns why a crossing cannot pass a function, "" if it can, or if only it itself can tell.
func refusal(crossing string, f *function) string {
	switch {
	case (crossing == "trampoline" || crossing == "libffi") && (runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64"):
		return fmt.Sprintf("this is %s/%s, want linux/amd64 or linux/arm64", runtime.GOOS, runtime.GOARCH)
	case crossing != "syscalln":
		return ""
	case len(f.Params) > maxWords:
		return fmt.Sprintf("it has %d parameters, and SyscallN passes at most %d", len(f.Params), maxWords)
	}
	for _, p := range f.Params {
		if p.typ.Kind == prototype.Float || p.typ.Kind == prototype.Struct {
			return fmt.Sprintf("SyscallN passes integers and pointers only, and %s is a %s", p.Name, p.CType)
		}
	}
	if r := f.Result; r != nil && (r.typ.Kind == prototype.Float || r.typ.Kind == prototype.Struct) {
		return fmt.Sprintf("SyscallN returns integers and pointers only, and the result is a %s", r.CType)
	}
	return ""
}

// listed is a crossing in main.go.
type listed struct {
	Name      string
	Functions []*function
}

// generate returns the files of the packages, and of the program.
func generate(packs map[string]*pack, d *directs) (map[string][]byte, error) {
	files := map[string][]byte{}
	add := func(name, template string, data any, more ...string) (err error) {
		files[name], err = source(template, data, more...)
		return err
	}
	var all []listed
	for _, name := range order {
		p := packs[name]
		if p == nil || len(p.Functions) == 0 {
			continue
		}
		all = append(all, listed{name, p.Functions})
		if err := add(name+"/"+name+".go", name, p); err != nil {
			return nil, err
		}
		if name != "trampoline" {
			continue
		}
		const declared = "trampoline/declared.go"
		if err := add(declared, "declared", p); err != nil {
			return nil, err
		}
		written, err := stubs.Generate(declared, files[declared])
		if err != nil {
			return nil, err
		}
		for name, text := range written {
			files["trampoline/"+name] = text
		}
	}
	if d != nil {
		of := listed{Name: "direct"}
		for _, f := range d.Functions {
			of.Functions = append(of.Functions, f.function)
		}
		all = append(all, of)
		if err := add("direct/direct.go", "direct", d, d.Imports...); err != nil {
			return nil, err
		}
	}
	return files, add("main.go", "main", all)
}
