// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

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
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/studytest"
)

// TestPrograms has every program that can be built here make its calls and print the steps that it has.
func TestPrograms(t *testing.T) {
	root := studytest.SourceTree(t)
	w := &workshop{root: root, library: filepath.Join(root, "build", "lib", "libtoll_calls.so"), work: t.TempDir()}
	want := map[string]string{
		"go":           "",
		"cgo":          "",
		"cgo-dlopen":   "dlopen-ns dlsym-ns",
		"purego":       "dlopen-ns dlsym-ns register-ns",
		"purego-nocgo": "dlopen-ns dlsym-ns register-ns",
	}
	if err := buildable(root, w.library); err != nil { // go test also sees that it looks at the library
		t.Fatal(err)
	}
	c := hasC()
	for _, p := range programs {
		if p.cgo && !c {
			continue
		}
		b := &built{program: p, file: filepath.Join(root, "build", "start", p.via)}
		if err := w.prepare(t.Context(), b); err != nil {
			t.Error(err)
			continue
		}
		sample, err := w.launch(t.Context(), b)
		if err != nil {
			t.Error(err)
			continue
		}
		units := strings.Fields(want[p.via] +
			" call1-ns call2-ns call1000-ns clock-ns main-ns exit-ns total-ns size-bytes loaded-bytes")
		var got []string
		for _, v := range sample.More {
			got = append(got, v.Unit)
		}
		if !slices.Equal(got, units) {
			t.Errorf("%s has the figures %v, want %v", p.via, got, units)
		}
		parts := sample.Wall + sample.Get("main-ns") + sample.Get("exit-ns")
		if total := sample.Get("total-ns"); sample.Wall <= 0 || parts != total {
			t.Errorf("%s: %.0f ns to the first statement, and %.0f ns in parts of a total of %.0f: want them to add up",
				p.via, sample.Wall, parts, total)
		}
		if size, loaded := sample.Get("size-bytes"), sample.Get("loaded-bytes"); loaded <= 0 || size < loaded {
			t.Errorf("%s has %.0f bytes, of which %.0f are loaded: want some, but not more than there are",
				p.via, size, loaded)
		}
	}
	w.library = filepath.Join(root, "go.mod")
	b := &built{program: programs[len(programs)-1], file: filepath.Join(root, "build", "start", "purego-nocgo")}
	if _, err := w.launch(t.Context(), b); err == nil || !strings.Contains(err.Error(), "start: ") {
		t.Errorf("given a library that is none, the program ends with %v, want its own error", err)
	}
}

func TestFirstUse(t *testing.T) {
	plan := firstUsePlan{programs: programs[:1], launches: 2, builds: 1, targets: []target{{runtime.GOOS, runtime.GOARCH}}}
	var steps []string
	lab := &study.Lab{Progress: studytest.Stepping(func(done, all int) { steps = append(steps, fmt.Sprintf("%d of %d", done, all)) })}
	series, err := plan.run(lab, studytest.SourceTree(t))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(steps, ", "), "1 of 2, 2 of 2, 1 of 2, 2 of 2, 1 of 1, 1 of 1"; got != want {
		t.Errorf("the steps are %s, want %s: those of building, launching, linking and compiling", got, want)
	}
	var got []string
	for _, s := range series {
		got = append(got, s.Subject.Name)
		for _, sample := range s.Samples {
			if !slices.ContainsFunc(s.Subject.Facts, func(f measure.Fact) bool { return f.Key == "unjudged" && f.Value != "" }) {
				t.Errorf("%s has the facts %v, want why it is not judged", s.Subject.Name, s.Subject.Facts)
			}
			if sample.Wall <= 0 {
				t.Errorf("%s took %g ns, want more than 0", s.Subject.Name, sample.Wall)
			}
		}
	}
	want := []string{"FirstUse/op=start/lang=go/via=go", "FirstUse/op=link/lang=go/via=go", "FirstUse/op=compile/lang=go/via=go"}
	if !slices.Equal(got, want) {
		t.Fatalf("the series are %v, want %v", got, want)
	}
	if n := len(series[0].Samples); n != 2 {
		t.Errorf("%d launches, want 2", n)
	}
	cross := "cross-" + runtime.GOOS + "-" + runtime.GOARCH
	for _, f := range []measure.Fact{{Key: "needs", Value: "none"}, {Key: cross, Value: "this machine's own"}} {
		if !slices.Contains(series[0].Subject.Facts, f) {
			t.Errorf("the facts %v lack %v", series[0].Subject.Facts, f)
		}
	}
}

// TestFirstUseStops tells it to stop: before all, in the launches, in the second of the links.
func TestFirstUseStops(t *testing.T) {
	root := studytest.SourceTree(t)
	plan := firstUsePlan{programs: programs[:1], launches: 2, builds: 2}
	for _, c := range []struct{ after, launches, links int }{{0, 0, 0}, {2, 1, 0}, {4, 2, 1}} {
		done := make(chan struct{})
		if c.after == 0 {
			close(done)
		}
		steps := 0
		series, err := plan.run(&study.Lab{Done: done, Progress: studytest.Stepping(func(int, int) {
			if steps++; steps == c.after {
				close(done)
			}
		})}, root)
		if !errors.Is(err, measure.ErrStopped) {
			t.Errorf("stopped after %d steps: %v, want %v", c.after, err, measure.ErrStopped)
		}
		got := map[string]int{}
		for _, s := range series {
			got[record.ParseName(s.Subject.Name).Op] = len(s.Samples)
		}
		if got["start"] != c.launches || got["link"] != c.links || got["compile"] != 0 {
			t.Errorf("stopped after %d steps: rounds %v, want %d of start and %d of link", c.after, got, c.launches, c.links)
		}
	}
}

// TestCommandIsInterrupted has a command end with the context, with time to tidy up.
func TestCommandIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ready := filepath.Join(t.TempDir(), "ready")
	go func() {
		defer cancel()
		for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(time.Millisecond) {
			if _, err := os.Stat(ready); err == nil {
				return
			}
		}
	}()
	_, _, err := study.RunCommand(command(ctx, "sh", "-c", `trap 'kill $!; echo tidied >&2; exit 1' INT; sleep 600 & : >"$0"; wait`, ready))
	if err == nil || !strings.Contains(err.Error(), "tidied") {
		t.Errorf("a command that tidies up when interrupted ends with the error %v, want its own", err)
	}
}

// TestBuiltAgain has the timing of a build see that nothing was built.
func TestBuiltAgain(t *testing.T) {
	root := studytest.SourceTree(t)
	w := &workshop{root: root, library: "no", work: t.TempDir()}
	b := &built{program: programs[0]}
	if _, err := w.stamped(t.Context(), b, "none", b.env()); err != nil {
		t.Errorf("the program as it is: %v", err)
	}
	if _, err := w.stamped(t.Context(), b, "other", b.env()); err == nil || !strings.Contains(err.Error(), "was not built again") {
		t.Errorf("the program without its new stamp: %v, want an error", err)
	}
}

func TestCross(t *testing.T) {
	t.Setenv("CGO_ENABLED", "") // as if it were not set
	root := studytest.SourceTree(t)
	w := &workshop{root: root, work: t.TempDir()}
	got, err := w.cross(t.Context(), &built{program: programs[1]}, target{"plan9", "amd64"}, true)
	if err != nil || got.Key != "cross-plan9-amd64" || !strings.Contains(got.Value, "build constraints exclude all Go files") ||
		strings.Contains(got.Value, root) {
		t.Errorf("the cgo program for another system: %v, want what the go command says, with no path of this machine", got)
	}
}

func TestUnavailable(t *testing.T) {
	root := studytest.SourceTree(t)
	lab := &study.Lab{}
	t.Run("no tree", func(t *testing.T) {
		if _, err := firstUse(lab, t.TempDir()); !errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("firstUse without a source tree: %v, want ErrUnavailable", err)
		}
		if _, err := byToolchain(lab, t.TempDir()); !errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("byToolchain without a source tree: %v, want ErrUnavailable", err)
		}
	})
	t.Setenv("PATH", "")
	if _, err := firstUse(lab, root); !errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("firstUse without a go command: %v, want ErrUnavailable", err)
	}
	if _, err := byToolchain(lab, root); !errors.Is(err, seam.ErrUnavailable) {
		t.Errorf("byToolchain without a go command: %v, want ErrUnavailable", err)
	}
}

func TestParseSteps(t *testing.T) {
	const good = "stamp=none begun=7 clock=30 call1=90 call2=40 call1000=41 bytes=16 allocs=2 ended=99\n"
	said, err := parseSteps(good)
	if err != nil || said["begun"] != 7 || said["call1000"] != 41 || said["ended"] != 99 {
		t.Errorf("%q gives %v, %v", good, said, err)
	}
	for _, bad := range []string{"", "hello", strings.Replace(good, "call2=40 ", "", 1), strings.Replace(good, "=90", "=fast", 1)} {
		if said, err := parseSteps(bad); err == nil {
			t.Errorf("%q gives %v, want an error", bad, said)
		}
	}
}
