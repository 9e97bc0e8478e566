// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
)

// bookTools are the tools that the book names, and how a program runs without any.
var bookTools = []string{alone, cprofile, lineProfiler, memProfiler, pyspy, pyspyNative, scalene}

// bookSum is the sum of the counts that the book's Julia program checks.
const bookSum = 33219980

// bookRun is the program of a kernel with a problem's size, run under some tools.
type bookRun struct {
	kernel string
	n      int
	rounds int
	tools  []string
}

// bookRuns returns what is run. memory_profiler takes a thousand times as long, so it gets a small problem.
func bookRuns(kernel string, full bool) []bookRun {
	quick := func(tool string) bool { return tool == memProfiler }
	tools := slices.DeleteFunc(slices.Clone(bookTools), quick)
	rounds := 1
	if full {
		rounds = 2
	}
	if kernel == "ols" { // most of its time goes into importing scikit-learn
		return []bookRun{{kernel, 500, 1, bookTools}}
	}
	runs := []bookRun{{kernel, 300, rounds, tools}, {kernel, 20, rounds, []string{alone, memProfiler}}}
	if full {
		runs = append(runs, bookRun{kernel, 1000, 1, tools})
	}
	return runs
}

// runBook profiles the book's programs.
func runBook(lab *study.Lab) ([]measure.Series, error) {
	folder, err := os.MkdirTemp("", "toll-profile-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	py, err := newPython(folder)
	if err != nil {
		return nil, err
	}
	kernels := lab.Kernels
	if kernels == nil {
		kernels = []string{"julia"}
		if lab.Full {
			kernels = append(kernels, "ols")
		}
	}
	said := &said{}
	var subjects []subject
	for _, name := range kernels {
		for _, r := range bookRuns(name, lab.Full) {
			for _, tool := range r.tools {
				if err := py.has(tool); err != nil {
					if err := lack(lab, tool, err); err != nil {
						return nil, err
					}
					continue
				}
				facts := []measure.Fact{{Key: "problem", Value: fmt.Sprintf("the book's %s program n=%d", name, r.n)}, {Key: "per", Value: "run"},
					{Key: "verified", Value: verdict(name) + ": python/" + onPython}, few}
				b := name
				run := func(ctx context.Context) (measure.Sample, error) { return py.book(ctx, tool, b, r.n, said) }
				of := nameOf(costName, name, "python", onPython, tool)
				of.N = strconv.Itoa(r.n)
				subjects = append(subjects, subject{of, facts, r.rounds, run})
			}
		}
	}
	series, err := measureAll(lab, subjects)
	return append(series, said.series()...), err
}

// verdict says how a program's result was verified.
func verdict(kernel string) string {
	if kernel == "ols" {
		return "within bound, 1e-12, in each run"
	}
	return "bit-identical, the sum, in each run"
}

// book runs a program of the book's under a tool, and keeps what that says.
func (p *python) book(ctx context.Context, tool, kernel string, n int, all *said) (measure.Sample, error) {
	result := p.file("result")
	args := []string{result, strconv.Itoa(n)}
	if kernel == "julia" {
		args = append(args, strconv.Itoa(maxiter))
	}
	// Scalene's look at memory makes the imports of OLS take ten seconds.
	out, err := p.run(ctx, p.command(tool, kernel != "ols", kernel+".py", args...))
	if err != nil {
		return measure.Sample{}, err
	}
	told, err := os.ReadFile(result)
	if err != nil {
		return measure.Sample{}, err
	}
	var t struct {
		Wall, CPU, Off float64
		Sum            int64
	}
	if err := json.Unmarshal(told, &t); err != nil {
		return measure.Sample{}, fmt.Errorf("profile: the program wrote %.60q, want what it found: %w", told, err)
	}
	if err := right(kernel, n, t.Sum, t.Off); err != nil {
		return measure.Sample{}, err
	}
	entries, err := p.entries(ctx, tool, out, kernel == "ols")
	if err != nil {
		return measure.Sample{}, err
	}
	all.keep(kernel, tool, n, entries)
	return measure.Sample{Wall: t.Wall, CPU: t.CPU}, nil
}

// right compares what a program found with the reference.
func right(name string, n int, sum int64, off float64) error {
	if name == "ols" {
		if !(off < 1e-12) {
			return fmt.Errorf("profile: a slope is off by %v, want less than 1e-12", off)
		}
		return nil
	}
	want := int64(bookSum)
	if n != kernel.JuliaSize {
		reference, a := kernel.Go(), kernel.NewJulia(n, maxiter, study.SerialPar)
		if err := reference.Julia(a); err != nil {
			return err
		}
		want = 0
		for _, count := range a.Out {
			want += int64(count)
		}
	}
	if sum != want {
		return fmt.Errorf("profile: the counts of %d x %d points have the sum %d, want %d", n, n, sum, want)
	}
	return nil
}

// part is what a tool says of a function or line.
type part struct {
	code       string
	share      float64 // per cent
	calls, mib float64
}

// most is how many functions or lines of a tool are shown.
const most = 4

// entries returns the functions or lines to which a tool gives most, out of what it wrote, or printed. See partsOf.
func (p *python) entries(ctx context.Context, tool, printed string, callers bool) ([]part, error) {
	if tool == alone {
		return nil, nil
	}
	text := printed
	if tool != memProfiler {
		var err error
		if text, err = p.profile(ctx, tool); err != nil {
			return nil, err
		}
	}
	return partsOf(tool, text, callers)
}

// wrapping is the share of a function that does little but call those that are to be seen, and is left out.
const wrapping = 0.9

// partsOf returns the functions or lines to which a tool gives most. Of a program whose time is spread over many functions, callers,
// a function's share is with what it calls, where the tool tells that.
func partsOf(tool, text string, callers bool) ([]part, error) {
	switch tool {
	case pyspy, pyspyNative:
		stacks, err := readPyspy(text)
		return counted(stacks, callers), err
	case memProfiler:
		all, err := readMemory(text)
		return largest(all, func(e *entry) float64 { return e.MiB }, func(e *entry) part {
			return part{code: e.place(), calls: e.Calls, mib: e.MiB}
		}), err
	case scalene:
		all, _, err := readScalene(text)
		all = slices.DeleteFunc(all, func(e entry) bool { return strings.HasPrefix(e.Code, "import ") || strings.HasPrefix(e.Code, "from ") })
		total := 0.0
		for _, e := range all {
			total += e.Own
		}
		return largest(all, func(e *entry) float64 { return e.Own/total + e.MiB/1e6 }, func(e *entry) part {
			return part{code: e.place(), share: 100 * e.Own / total, mib: e.MiB}
		}), err
	}
	all, err := readEntries(text)
	totals := map[string]float64{}
	of := func(e *entry) string { // what a share is of: cProfile's of all, line_profiler's of the function
		if tool == cprofile {
			return ""
		}
		return e.Function
	}
	for k := range all {
		totals[of(&all[k])] += all[k].Own
	}
	if tool == cprofile && callers {
		return largest(all, func(e *entry) float64 {
			if e.All > wrapping*totals[""] {
				return 0
			}
			return e.All
		}, func(e *entry) part { return part{code: e.place(), share: 100 * e.All / totals[""], calls: e.Calls} }), err
	}
	return largest(all, func(e *entry) float64 { return e.Own }, func(e *entry) part {
		return part{code: e.place(), share: 100 * e.Own / totals[of(e)], calls: e.Calls}
	}), err
}

// place names a function or line.
func (e *entry) place() string {
	name := strings.Trim(e.Function, "<>")
	if e.Code == "" {
		if e.File != builtin {
			name = fmt.Sprintf("%s (%s:%d)", name, path.Base(e.File), e.Line)
		}
		return name
	}
	code, _, _ := strings.Cut(e.Code, "  #")
	if name != "" {
		return fmt.Sprintf("%s, line %d: %s", name, e.Line, code)
	}
	return fmt.Sprintf("line %d: %s", e.Line, code)
}

// largest returns the entries of which by is most.
func largest(all []entry, by func(*entry) float64, of func(*entry) part) []part {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b entry) int { return cmp.Compare(by(&b), by(&a)) })
	var parts []part
	for k := range sorted[:min(most, len(sorted))] {
		if e := &sorted[k]; by(e) > 0 {
			parts = append(parts, of(e))
		}
	}
	return parts
}

// counted returns the innermost frames that most stacks of the main function have; with callers, the functions that most of these
// stacks have anywhere.
func counted(all []stack, callers bool) []part {
	counts, total := map[string]int{}, 0
	for _, s := range all {
		at := slices.IndexFunc(s.frames, func(frame string) bool { return strings.HasPrefix(frame, "main (") })
		if at < 0 {
			continue
		}
		total += s.count
		if !callers {
			counts[s.frames[len(s.frames)-1]] += s.count
			continue
		}
		var met []string
		for _, frame := range s.frames[at+1:] {
			met = record.AppendNew(met, line.ReplaceAllString(frame, ")"))
		}
		for _, frame := range met {
			counts[frame] += s.count
		}
	}
	var parts []part
	for frame, n := range counts {
		if share := float64(n) / float64(total); !callers || share <= wrapping {
			parts = append(parts, part{code: frame, share: 100 * share})
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Or(cmp.Compare(b.share, a.share), strings.Compare(a.code, b.code)) })
	return parts[:min(most, len(parts))]
}

// line is a frame's line.
var line = regexp.MustCompile(`:\d+\)$`)

// said is what tools say of the largest problem of each program.
type said struct{ all []toolSaid }

type toolSaid struct {
	kernel, tool string
	n            int
	parts        []part
}

// keep keeps what a tool says, unless it has said it of a larger problem.
func (s *said) keep(kernel, tool string, n int, parts []part) {
	k := slices.IndexFunc(s.all, func(t toolSaid) bool { return t.kernel == kernel && t.tool == tool })
	switch {
	case k < 0:
		s.all = append(s.all, toolSaid{kernel, tool, n, parts})
	case n > s.all[k].n:
		s.all[k] = toolSaid{kernel, tool, n, parts}
	}
}

// The units of a line.
const (
	shareUnit = "share-%"
	callsUnit = "runs"
	mibUnit   = "MiB"
)

// series returns them in the order of the tools.
func (s *said) series() []measure.Series {
	slices.SortStableFunc(s.all, func(a, b toolSaid) int {
		return cmp.Or(strings.Compare(a.kernel, b.kernel), cmp.Compare(slices.Index(bookTools, a.tool), slices.Index(bookTools, b.tool)))
	})
	var all []measure.Series
	for _, t := range s.all {
		for k, p := range t.parts {
			name := nameOf(lineName, t.kernel, "python", onPython, t.tool, record.Key{Key: "rank", Value: strconv.Itoa(k + 1)})
			name.N = strconv.Itoa(t.n)
			facts := []measure.Fact{{Key: "problem", Value: fmt.Sprintf("the book's %s program n=%d", t.kernel, t.n)}, {Key: "per", Value: "run"}, {Key: "code", Value: p.code}, few}
			all = append(all, measure.Series{N: 1, Subject: &measure.Subject{Name: name.String(), Facts: facts}, Samples: []measure.Sample{{More: []measure.Value{
				{Value: p.share, Unit: shareUnit}, {Value: p.calls, Unit: callsUnit}, {Value: p.mib, Unit: mibUnit},
			}}}})
		}
	}
	return all
}
