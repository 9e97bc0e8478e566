// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package profile studies what profilers see of native code: the book's programs under the tools that it names, and programs
// that know which share of their CPU time they spend in a kernel, under profilers of Go and of Python.
package profile

import (
	_ "embed"
	"time"

	"toll/goside/page"
	"toll/goside/study"
)

// The benchmarks: of a whole program under a profiler, of what that says of each line or function, and of the known share.
const (
	costName  = "Profiled"
	lineName  = "ProfileLine"
	shareName = "ProfileShare"
)

//go:embed head.md
var head string

//go:embed text.md
var text string

var prose = page.NewProse(text)

// Study is toll profile.
var Study = study.Study{
	Name:  "profile",
	Title: "What a profiler sees of native code",
	Short: "Compare what profilers say of native code with what is known, and make the book's profiles",
	About: `Profile runs the book's Julia and OLS programs under cProfile, line_profiler, memory_profiler, py-spy and Scalene, and
shows what each says and what it costs. Then it runs programs that know which share of their CPU time they spend in a
kernel: Go programs by each crossing under runtime/pprof, plain and with native frames, and under perf; Python programs
by several bindings under cProfile, line_profiler, py-spy, Scalene and perf. It shows what each profiler says of that
share. A tool that is missing is left out, with the reason.

With the name of a kernel, its program is profiled, and the share is of its calls; without one, both programs, and the share
is of Julia's. It takes about five minutes on two cores.`,
	Example: `  toll profile --quick
  toll profile julia -o julia.txt.gz`,
	Page:   "PROFILE.md",
	Head:   head,
	Lead:   "go",
	Prefix: "profile-",
	Parts:  []study.Part{Part},
}

// Part is the book's profiles, and the shares.
var Part = study.Part{
	Name: "profile",
	Experiments: []study.Experiment{
		{Name: "book", Free: true, Quick: 20 * time.Second, Full: time.Minute, Run: runBook},
		{Name: "go-programs", Free: true, Quick: 30 * time.Second, Full: 2 * time.Minute, Run: runGo},
		{Name: "python-programs", Free: true, Quick: 45 * time.Second, Full: 2 * time.Minute, Run: runPython},
	},
	Benchmarks: []string{costName, lineName, shareName},
	Facts:      []string{"code"},
	Sections:   []func(*page.Page){shareSection, bookSection},
	Answers:    answers,
	Pictures:   pictures,
	Children:   []study.Child{{Name: "profile", Run: child}},
}
