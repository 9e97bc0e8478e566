// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package ladder times a user's function in one small program built by each release of Go that can be had, beside calls that
// are the same in every ladder. The program needs nothing of Toll's but one C library, so an older Go builds it, too.
package ladder

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/releases"
	"toll/goside/try/argument"
	"toll/goside/try/prototype"
)

// Benchmark is what the user's function is named by: TryRelease/op=SYMBOL/lang=c/via=cgo/n=1/go=1.26.8.
const Benchmark = "TryRelease"

// Benchmarks are the names of all that Run times.
var Benchmarks = []string{Benchmark, releases.Benchmark}

// Facts are the keys of facts that series of Run state.
var Facts = releases.Facts

//go:embed user.tmpl
var user string

// Run times the function of the plan, with the arguments of its first size, by each release of Go that can be had, and the
// calls that are the same in every ladder. If the program cannot call the function, or there is no go command, C compiler or
// source tree of Toll, the error is [seam.ErrUnavailable]. Beside an error it returns the rounds that are complete.
//
// Note: it runs the function in processes of their own, but a function that crashes ends the measurement. Verify it before.
func Run(lab *study.Lab, library string, plan *argument.Plan) ([]measure.Series, error) {
	root, err := seam.Tree()
	if err != nil {
		return nil, err
	}
	lab.Progress.Begin("finding releases of Go")
	found, missing := releases.Find(study.UntilDone(lab.Done))
	if len(found) == 0 {
		return nil, errors.Join(missing...)
	}
	values, err := plan.Values(0, 0)
	if err != nil {
		return nil, err
	}
	source, err := write(root, library, plan, values)
	if err != nil {
		return nil, err
	}
	return run(lab, plan, source, found, missing)
}

func run(lab *study.Lab, plan *argument.Plan, source releases.Source, found []releases.Release, missing []error) ([]measure.Series, error) {
	programs, lacking := releases.Programs(lab, found, source)
	if lab.Stopped() {
		return nil, measure.ErrStopped
	}
	f := plan.Function
	return releases.Time(lab, programs, append(missing, lacking...), func(op, via string) (record.Name, bool) {
		switch {
		case op == "user":
			return record.Name{Study: Benchmark, Op: f.Name, Lang: language(f), Via: via, N: plan.N(0)}, true
		case via == "direct":
			return record.Name{Study: releases.Benchmark, Op: op, Lang: "go", Via: via}, true
		}
		return record.Name{Study: releases.Benchmark, Op: op, Lang: "c", Via: via}, op != "not" && op != "sum" // a terminal is so wide
	})
}

// language returns the language of the function, as names of toll try have it.
func language(f *prototype.Function) string {
	if f.Lang == "" {
		return "native"
	}
	return f.Lang
}

// Section prints what a record has of Run.
func Section(p *page.Page) {
	if rows := rowsOf(p); releases.Base(rows) != "" {
		p.Heading("Versions of Go")
		releases.Table(p, rows)
	}
}

// Answer says what a record has of Run: "" if it has nothing.
func Answer(p *page.Page) string {
	rows := rowsOf(p)
	if len(p.Rows(Benchmark)) == 0 {
		return ""
	}
	return releases.Answer(rows, p.Rows(Benchmark)[0].Op, "noop")
}

// rowsOf returns the rows of Run, those of the user's function last.
func rowsOf(p *page.Page) []*record.Row {
	if len(p.Rows(Benchmark)) == 0 {
		return nil
	}
	return append(p.Rows(releases.Benchmark), p.Rows(Benchmark)...)
}

// parameter is what the template needs of one.
type parameter struct {
	C, Go   string // its type in C, and by cgo
	Pointer bool
	Nil     bool
	File    string // of the memory
	Align   int
	Bytes   string // of a number, as a list of Go's
}

// write writes the program: a folder of its own, by what is in it, below the folder of programs that are built.
func write(root, library string, plan *argument.Plan, values []argument.Value) (releases.Source, error) {
	f := plan.Function
	if why := refuses(plan); why != "" {
		return releases.Source{}, fmt.Errorf("ladder: %w: %s: %s", seam.ErrUnavailable, f.Name, why)
	}
	files := map[string][]byte{}
	for _, name := range []string{"go.mod", "main.go"} {
		text, err := os.ReadFile(filepath.Join(releases.Sources(root), name))
		if err != nil {
			return releases.Source{}, fmt.Errorf("ladder: %w: %w", seam.ErrUnavailable, err)
		}
		files[name] = text
	}
	data := struct {
		Symbol, Result string // Result is its type in C
		Digest         bool   // the result is a number, and the same in each process
		Params         []parameter
	}{Symbol: f.Name, Params: make([]parameter, len(values))}
	data.Result, _ = typeOf(f.Result)
	data.Digest = f.Result.Kind != prototype.Void && f.Result.Kind != prototype.Pointer
	for k, v := range values {
		p := &data.Params[k]
		p.C, p.Go = typeOf(f.Params[k].Type)
		if p.Pointer = f.Params[k].Type.Kind == prototype.Pointer; !p.Pointer {
			p.Bytes = strings.Trim(fmt.Sprintf("%#v", v.Bytes), "[]byte{}")
			continue
		}
		if p.Nil = v.Nil; !p.Nil {
			p.File, p.Align = fmt.Sprintf("%d.bin", k), max(v.Align, 1)
			files[p.File] = v.Bytes
		}
	}
	var text bytes.Buffer
	if err := template.Must(template.New("user.go").Parse(user)).Execute(&text, data); err != nil {
		return releases.Source{}, fmt.Errorf("ladder: %w", err)
	}
	files["user.go"] = text.Bytes()
	if _, err := os.Stat(library); err == nil { // else it is one that the loader finds
		if library, err = filepath.Abs(library); err != nil {
			return releases.Source{}, fmt.Errorf("ladder: %w", err)
		}
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "%q", files))
	dir := filepath.Join(root, "build", "try", "ladder", fmt.Sprintf("%x", hash[:8]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return releases.Source{}, fmt.Errorf("ladder: %w", err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return releases.Source{}, fmt.Errorf("ladder: %w", err)
		}
	}
	return releases.Source{Root: root, Dir: dir, Out: filepath.Join(dir, "bin"), Args: []string{library, dir}, Patient: true}, nil
}

// refuses says why the program cannot call a function as planned, "" if it can.
func refuses(plan *argument.Plan) string {
	f := plan.Function
	if f.Variadic {
		return "it takes variable arguments"
	}
	if plan.Free != "" {
		return "its result is to be freed by " + plan.Free + ", which this program does not call"
	}
	for _, p := range f.Params {
		if c, _ := typeOf(p.Type); c == "" {
			return fmt.Sprintf("%s is of type %s, want a number or a pointer", p.Name, p.Type.Name)
		}
	}
	if c, _ := typeOf(f.Result); c == "" {
		return fmt.Sprintf("its result is of type %s, want a number or a pointer", f.Result.Name)
	}
	return ""
}

// typeOf returns a type that is passed alike, in C and by cgo; "" if there is none.
func typeOf(t *prototype.Type) (c, cgo string) {
	integer := func(prefix string) (string, string) {
		name := fmt.Sprintf("%sint%d_t", prefix, 8*t.Size)
		return name, "C." + name
	}
	switch {
	case t.Kind == prototype.Void:
		return "void", ""
	case t.Kind == prototype.Bool:
		return "_Bool", "C._Bool"
	case t.Kind == prototype.Signed && t.Size <= 8:
		return integer("")
	case t.Kind == prototype.Uint && t.Size <= 8:
		return integer("u")
	case t.Kind == prototype.Float && t.Size == 4:
		return "float", "C.float"
	case t.Kind == prototype.Float && t.Size == 8:
		return "double", "C.double"
	case t.Kind != prototype.Pointer:
		return "", ""
	}
	if t.Elem != nil { // cgo checks what a void * leads to, and nothing of a pointer to numbers
		switch t.Elem.Kind {
		case prototype.Bool, prototype.Signed, prototype.Uint, prototype.Float:
			if c, cgo = typeOf(t.Elem); c != "" {
				return c + " *", "*" + cgo
			}
		}
	}
	return "void *", "unsafe.Pointer"
}
