// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ladder

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/releases"
	"toll/goside/study/studytest"
	"toll/goside/try/argument"
	"toll/goside/try/prototype"
)

var (
	void   = &prototype.Type{Kind: prototype.Void, Name: "void"}
	double = &prototype.Type{Kind: prototype.Float, Name: "double", Size: 8, Align: 8}
	long   = &prototype.Type{Kind: prototype.Signed, Name: "int64_t", Size: 8, Align: 8}
	char   = &prototype.Type{Kind: prototype.Signed, Name: "int8_t", Size: 1, Align: 1}
	truth  = &prototype.Type{Kind: prototype.Bool, Name: "_Bool", Size: 1, Align: 1}
)

func pointer(elem *prototype.Type) *prototype.Type {
	return &prototype.Type{Kind: prototype.Pointer, Size: 8, Align: 8, Elem: elem}
}

// planned returns a plan of a function of these types.
func planned(name string, result *prototype.Type, params ...*prototype.Type) *argument.Plan {
	f := &prototype.Function{Name: name, Result: result, Lang: "c"}
	for k, t := range params {
		f.Params = append(f.Params, prototype.Parameter{Name: fmt.Sprintf("arg%d", k+1), Type: t})
	}
	return &argument.Plan{Function: f, Sizes: []int64{0}}
}

func doubles(values ...float64) []byte {
	var b []byte
	for _, x := range values {
		b = binary.NativeEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

func int64s(x int64) []byte { return binary.NativeEndian.AppendUint64(nil, uint64(x)) }

// TestCalls builds programs by the Go in use and looks at what a call gave, and times one.
func TestCalls(t *testing.T) {
	root := studytest.SourceTree(t)
	if _, err := exec.LookPath("cc"); err != nil {
		studytest.Available(t, fmt.Errorf("%w: no C compiler: %w", seam.ErrUnavailable, err))
	}
	library := filepath.Join(root, "build", "lib", "libtoll_calls.so")
	lab := &study.Lab{Settings: study.Settings{Rounds: 1, Visits: 1}}
	used := releases.Named("go", strings.TrimPrefix(runtime.Version(), "go"))
	used.Toolchain, used.From = "local", []string{releases.InUse}
	for _, c := range []struct {
		plan   *argument.Plan
		values []argument.Value
		gives  []byte // result, if it is a number, then memory
	}{
		{planned("toll_calls_sum", double, pointer(double), long),
			[]argument.Value{{Bytes: doubles(1, 2, 4), Memory: true, Align: 8}, {Bytes: int64s(3)}}, append(doubles(7), doubles(1, 2, 4)...)},
		{planned("toll_calls_fill", void, pointer(void), long, double),
			[]argument.Value{{Bytes: doubles(0, 0), Memory: true, Align: 16}, {Bytes: int64s(2)}, {Bytes: doubles(5)}}, doubles(5, 5)},
		{planned("toll_calls_length", long, pointer(double), long), []argument.Value{{Nil: true}, {Bytes: int64s(9)}}, int64s(9)},
		{planned("toll_calls_int8", long, char, char), []argument.Value{{Bytes: []byte{0xff}}, {Bytes: []byte{3}}}, int64s(-7)},
		{planned("toll_calls_bool", truth, truth, truth), []argument.Value{{Bytes: []byte{1}}, {Bytes: []byte{0}}}, []byte{1}},
	} {
		name := c.plan.Function.Name
		source, err := write(root, library, c.plan, c.values)
		if err != nil {
			t.Fatal(err)
		}
		programs, missing := releases.Programs(lab, []releases.Release{used}, source)
		if missing != nil {
			studytest.Available(t, missing[0])
		}
		cmd := exec.Command(programs[0].File, programs[0].Args...)
		cmd.Stdin = strings.NewReader("user/cgo 1\nuser/cgo 10\nuser/cgo 1\n")
		out, err := cmd.Output()
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if err != nil || len(lines) != 5 {
			t.Fatalf("%s: the program printed %q, %v, want its version, its calls and three answers", name, out, err)
		}
		h := fnv.New64a()
		_, _ = h.Write(c.gives)
		for _, k := range []int{2, 4} {
			if words := strings.Fields(lines[k]); len(words) != 4 || words[3] != fmt.Sprint(h.Sum64()) {
				t.Errorf("%s answers %q, want the digest %d", name, lines[k], h.Sum64())
			}
		}
		if c.plan.Function.Name == "toll_calls_sum" {
			timed(t, lab, c.plan, source, used)
		}
	}
}

// timed times a function, in a round.
func timed(t *testing.T, lab *study.Lab, plan *argument.Plan, source releases.Source, used releases.Release) {
	t.Helper()
	series, err := run(lab, plan, source, []releases.Release{used}, nil)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range series {
		names[s.Subject.Name] = len(s.Samples) == 1 && s.Samples[0].Wall > 0
	}
	version := "/go=" + used.Version
	for _, name := range []string{"TryRelease/op=toll_calls_sum/lang=c/via=cgo" + version, "TryRelease/op=toll_calls_sum/lang=c/via=cgo" + version + "/entry=again",
		"Toolchains/op=noop/lang=c/via=cgo" + version, "Toolchains/op=not/lang=go/via=direct" + version} {
		if !names[name] {
			t.Errorf("there is no %s with a time among %v", name, names)
		}
	}
	if len(names) != 10 {
		t.Errorf("there are %d series, want both entries of five calls: %v", len(names), names)
	}
}

// TestMissing builds for a symbol and a library that are not there: the loader's words are the reason.
func TestMissing(t *testing.T) {
	root := studytest.SourceTree(t)
	used := releases.Named("go", "1.26")
	used.Toolchain, used.From = "local", []string{releases.InUse}
	plan := planned("no_such_symbol", void)
	source, err := write(root, filepath.Join(root, "build", "lib", "libtoll_calls.so"), plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = run(&study.Lab{}, plan, source, []releases.Release{used}, nil)
	if !errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), "no_such_symbol") && !strings.Contains(err.Error(), "libtoll_calls") {
		t.Errorf("a function that is not there gives %v, want ErrUnavailable and its name", err)
	}
}

func TestRefuses(t *testing.T) {
	pair := &prototype.Type{Kind: prototype.Struct, Name: "pair", Size: 16}
	variadic, freed := planned("f", void, long), planned("f", pointer(char))
	variadic.Function.Variadic, freed.Free = true, "free"
	for _, c := range []struct {
		plan *argument.Plan
		want string
	}{
		{variadic, "it takes variable arguments"},
		{freed, "its result is to be freed by free, which this program does not call"},
		{planned("f", void, long, pair), "arg2 is of type pair, want a number or a pointer"},
		{planned("f", pair), "its result is of type pair, want a number or a pointer"},
		{planned("f", void, pointer(pair), pointer(void), pointer(pointer(char))), ""},
	} {
		if got := refuses(c.plan); got != c.want {
			t.Errorf("%s: %q, want %q", c.plan.Function, got, c.want)
		}
	}
}

func TestTypeOf(t *testing.T) {
	wide := &prototype.Type{Kind: prototype.Signed, Name: "__int128", Size: 16}
	for _, c := range []struct {
		of   *prototype.Type
		want string
	}{
		{void, "void "}, {long, "int64_t C.int64_t"}, {truth, "_Bool C._Bool"}, {&prototype.Type{Kind: prototype.Uint, Size: 2}, "uint16_t C.uint16_t"},
		{&prototype.Type{Kind: prototype.Float, Size: 4}, "float C.float"}, {pointer(double), "double * *C.double"}, {pointer(void), "void * unsafe.Pointer"},
		{pointer(nil), "void * unsafe.Pointer"}, {wide, " "}, {pointer(wide), "void * unsafe.Pointer"}, {&prototype.Type{Kind: prototype.Other}, " "},
	} {
		if got, cgo := typeOf(c.of); got+" "+cgo != c.want {
			t.Errorf("%s is passed as %q, want %q", c.of.Name, got+" "+cgo, c.want)
		}
	}
}

func TestSection(t *testing.T) {
	facts := []measure.Fact{{Key: "go-base", Value: "1.26.8"}, {Key: "go-from", Value: "1.26.8 (in use); 1.19.8 (/usr/lib/go-1.19/bin/go)"}}
	var series []measure.Series
	for _, call := range []string{"Toolchains/op=not/lang=go/via=direct", "Toolchains/op=noop/lang=c/via=cgo", "TryRelease/op=norm/lang=c/via=cgo/n=8"} {
		for _, version := range []string{"1.26.8", "1.26.8/entry=again", "1.19.8"} {
			ns := 40.0
			if version == "1.19.8" {
				ns = 60
			}
			series = append(series, pagetest.One(call+"/go="+version, facts, pagetest.Times(ns)...))
		}
	}
	pagetest.Holds(t, pagetest.PrintedSection(t, Section, series...), "## Versions of Go", "| Go | plain Go call | no-op | norm |", "| 1.19.8 | 1.50 ±0% | 1.50 ±0% | 1.50 ±0% |",
		"| 1.26.8, in use | 40.0 ns ±0% |")
	if text := pagetest.PrintedSection(t, Section, slices.Clip(series[:6])...); text != "" {
		t.Errorf("without the user's function there is %q, want nothing", text)
	}
	p := pagetest.PrinterOf(pagetest.CallsRecord(t, series...))
	if got, want := Answer(p), "With Go 1.26.8, norm takes 40.0 ns. Go 1.19.8 takes 1.50 times as long. "+
		"With Go 1.26.8, a no-op takes 40.0 ns. Go 1.19.8 takes 1.50 times as long."; got != want {
		t.Errorf("the answer is %q, want %q", got, want)
	}
}
