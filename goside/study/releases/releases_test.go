// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package releases

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

// fake makes a command that answers each question by a line of cases of a shell.
func fake(t *testing.T, file, cases string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\ncase \"$*\" in\n" + cases + "\n*) echo \"asked $*\" >&2; exit 1 ;;\nesac\n"
	if err := os.WriteFile(file, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}

// TestFind looks among made-up commands.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	at := func(parts ...string) string { return filepath.Join(append([]string{dir}, parts...)...) }
	modules := at("mod")
	used := "'env GOVERSION GOMODCACHE') printf 'go1.26.8\\n" + modules + "\\n' ;;\n'env GOVERSION') echo go1.26.8 ;;\n"
	fake(t, at("used", "go"), used+"'list -m -f {{.Version}} go@latest') echo 1.27.4 ;;")
	fake(t, at("used", "gccgo"), "-dumpfullversion) echo 12.2.0 ;;")
	fake(t, at("path", "go"), "'env GOVERSION') echo go1.22.1 ;;")
	fake(t, at("odd", "go"), "'env GOVERSION') echo unknown ;;")
	fake(t, at("lib", "go-1.19", "bin", "go"), "'env GOVERSION') echo go1.19.8 ;;")
	for _, version := range []string{"1.25.3", "1.25.8", "1.26.11", "1.27.4"} {
		fake(t, at("mod", "golang.org", "toolchain@v0.0.1-go"+version+"."+runtime.GOOS+"-"+runtime.GOARCH, "bin", "go"), "'env GOVERSION') echo go"+version+" ;;")
	}
	if err := os.Symlink(at("path"), at("same")); err != nil {
		t.Fatal(err)
	}
	system := string(os.PathListSeparator) + os.Getenv("PATH")
	t.Setenv("PATH", at("used")+system)
	path, patterns := []string{at("used"), at("path"), at("same"), at("none"), at("odd")}, []string{at("lib", "go-*", "bin", "go")}
	found, missing := find(context.Background(), path, patterns)
	want := []string{
		"1.19.8 (" + at("lib", "go-1.19", "bin", "go") + ")", "1.22.1 (" + at("path", "go") + ")", "1.25.8 (downloaded)",
		"1.26.8 (in use, " + at("used", "go") + ")", "1.27.4 (downloaded, the newest)", "gccgo-12.2.0 (" + at("used", "gccgo") + ")",
	}
	if got := fmt.Sprint(found); got != fmt.Sprint(want) {
		t.Errorf("found are\n%s, want\n%s", got, want)
	}
	if len(missing) != 1 || !strings.Contains(missing[0].Error(), `odd/go is of "unknown"`) {
		t.Errorf("missing are %v, want the command that is of no version", missing)
	}

	// Without the proxy and gccgo.
	fake(t, at("used", "go"), used)
	if err := os.Remove(at("used", "gccgo")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", at("used")+string(os.PathListSeparator)+"/nowhere")
	if err := os.Symlink("/bin/sh", at("used", "sh")); err != nil {
		t.Fatal(err)
	}
	found, missing = find(context.Background(), []string{at("used")}, nil)
	if len(found) != 3 || !strings.Contains(fmt.Sprint(missing), "the newest release is unknown") || !strings.Contains(fmt.Sprint(missing), "there is no gccgo") {
		t.Errorf("without network and gccgo, found are %v and missing %v", found, missing)
	}

	t.Setenv("PATH", "/nowhere")
	if found, missing = find(context.Background(), nil, nil); found != nil || !errors.Is(errors.Join(missing...), seam.ErrUnavailable) {
		t.Errorf("without a go command, found are %v and missing %v, want ErrUnavailable", found, missing)
	}
}

// TestTime times programs that a shell plays: one calls, the others each have something wrong.
func TestTime(t *testing.T) {
	dir := t.TempDir()
	program := func(version, says string, from ...string) Program {
		file := filepath.Join(dir, version)
		script := "#!/bin/sh\necho go" + version + "\n" + says
		if err := os.WriteFile(file, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		return Program{Release: Release{Version: version, From: from}, File: file}
	}
	answering := func(answer string) string {
		return "echo a/cgo b/cgo\nwhile read call n; do echo " + answer + "; done\n"
	}
	programs := []Program{
		program("1.18", answering("$((n * 2000000)) 0 0 6")),
		program("1.20", "echo broken >&2; exit 1\n"),
		program("1.21", answering("many")),
		program("1.22", answering("$((n * 1000000)) 0 0 7")),
		program("1.23", "echo a/cgo\nwhile read call n; do echo 1 0 0 7; done\n"),
		program("1.26", answering("$((n * 1000000)) $((n * 16)) $n 7"), InUse),
		{Release: Release{Version: "1.27"}, File: filepath.Join(dir, "none")},
	}
	lab := &study.Lab{Settings: study.Settings{Rounds: 2, Visits: 1}}
	series, err := Time(lab, programs, []error{errors.New("releases: no network")}, func(op, via string) (record.Name, bool) {
		return record.Name{Study: "X", Op: op, Lang: "c", Via: via}, op == "a"
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range series {
		got = append(got, s.Subject.Name)
		if len(s.Samples) != 2 || s.Samples[0].Wall != 1e6 {
			t.Errorf("%s has the samples %v, want two of 1 ms", s.Subject.Name, s.Samples)
		}
	}
	if want := "[X/op=a/lang=c/via=cgo/go=1.26 X/op=a/lang=c/via=cgo/go=1.26/entry=again X/op=a/lang=c/via=cgo/go=1.22]"; fmt.Sprint(got) != want {
		t.Errorf("there are the series %v, want %s", got, want)
	}
	if s := series[0].Samples[0]; s.Bytes != 16 || s.Allocs != 1 {
		t.Errorf("a call allocates %v B in %v, want 16 in 1", s.Bytes, s.Allocs)
	}
	said := fmt.Sprint(series[0].Subject.Facts)
	for _, part := range []string{"Go 1.18: a/cgo gives other bytes than by Go 1.26", "Go 1.20: 1.20 ended, exit status 1: broken", `1.21 answered "many"`,
		"Go 1.23: its program has the calls [a/cgo]", "no network", "Go 1.27: ", "{go-base 1.26}"} {
		if !strings.Contains(said, part) {
			t.Errorf("the facts are %s, want also %s", said, part)
		}
	}
}

// TestPrograms builds by a release that does not compile, whose reason is said.
func TestPrograms(t *testing.T) {
	root := studytest.SourceTree(t)
	file := filepath.Join(t.TempDir(), "go")
	fake(t, file, "version) ;;\nbuild*) printf '# a/package\\nmain.go:1:2: no such thing\\n' >&2; exit 1 ;;")
	programs, missing := Programs(&study.Lab{}, []Release{Named(file, "1.1")}, Source{Root: root, Dir: Sources(root), Out: t.TempDir()})
	if len(missing) == 1 {
		if errors.Is(missing[0], seam.ErrUnavailable) {
			studytest.Available(t, missing[0])
		}
	}
	if programs != nil || len(missing) != 1 || missing[0].Error() != "releases: Go 1.1: not built: main.go:1:2: no such thing" {
		t.Errorf("built are %v, and missing %v, want what the compiler says", programs, missing)
	}
	_, missing = Programs(&study.Lab{}, nil, Source{Root: t.TempDir()})
	if !errors.Is(errors.Join(missing...), seam.ErrUnavailable) {
		t.Errorf("without the native library: %v, want ErrUnavailable", missing)
	}
}

func TestTable(t *testing.T) {
	facts := []measure.Fact{{Key: "go-base", Value: "1.26.8"}, {Key: "go-from", Value: "1.26.8 (in use); 1.9.7 (downloaded)"}, {Key: "missing", Value: "Go 1.1: not built: why"}}
	one := func(op, version string, ns float64, scale ...float64) measure.Series {
		s := pagetest.One("Toolchains/op="+op+"/lang=c/via=cgo/go="+version, facts, pagetest.Times(ns)...)
		for k := range scale {
			s.Samples[k].Wall *= scale[k]
		}
		for k := range s.Samples {
			s.Samples[k].Bytes, s.Samples[k].Allocs = 0, 0
		}
		return s
	}
	series := []measure.Series{
		one("noop", "1.26.8", 40), one("noop", "1.26.8/entry=again", 40, 1.02, 0.98, 1.02, 0.98, 1.02, 0.98), one("noop", "1.9.7", 60),
		one("noop", "gccgo-12.2.0", 160), one("first", "1.26.8", 42), one("first", "1.26.8/entry=again", 42), one("first", "1.9.7", 42),
	}
	for k := range series[2].Samples {
		series[2].Samples[k].Bytes, series[2].Samples[k].Allocs = 16, 1
	}
	section := func(p *page.Page) { Table(p, p.Rows(Benchmark)) }
	text := pagetest.PrintedSection(t, section, series...)
	pagetest.Holds(t, text, "| Go | no-op | slice |", "| 1.9.7 | 1.50 ±0% | ~1.00 ±0% |", "| 1.26.8, in use | 40.0 ns ±0% | 42.0 ns ±0% |",
		"| gccgo-12.2.0 | 4.00 ±0% | |", "Go 1.26.8: time. Others: relative", "no-op 2%, slice 0%", "On Go's heap: no-op with Go 1.9.7 16 B in 1 object.",
		"Missing: Go 1.1: not built: why.", "CgocallDone")
	if at, later := strings.Index(text, "| 1.9.7"), strings.Index(text, "| 1.26.8"); at > later {
		t.Errorf("1.9.7 comes after 1.26.8:\n%s", text)
	}
	pagetest.Lacks(t, pagetest.PrintedSection(t, section, series[0], series[2]), "gccgo", "the base")
	p := pagetest.PrinterOf(pagetest.CallsRecord(t, append(slices.Clip(series), one("noop", "1.2", 50), one("noop", "1.3", 40))...))
	want := "With Go 1.26.8, a no-op takes 40.0 ns. Go 1.9.7 takes 1.50 times as long, gccgo-12.2.0 4.0 times and Go 1.2 1.25 times; " +
		"Go 1.3 makes no measurable difference. With Go 1.26.8, a slice takes 42.0 ns. Go 1.9.7 makes no measurable difference."
	if got := Answer(p.Rows(Benchmark), "noop", "first", "callback"); got != want {
		t.Errorf("the answer is %q, want %q", got, want)
	}
	old := pagetest.One("Toolchains/op=noop/lang=c/via=cgo/go=1.26.8", nil, 40)
	if got := Answer([]*record.Row{}, "noop"); got != "" {
		t.Errorf("without rows, the answer is %q, want none", got)
	}
	if text := pagetest.PrintedSection(t, section, old); text != "" {
		t.Errorf("a record without a base gives %q, want nothing", text)
	}
}
