// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/start/steps"
)

// programs are those of goside/via/start: each makes its first calls by one crossing. The first makes none.
var programs = []program{
	{via: "go", folder: "go", lang: "go"},
	{via: "cgo", folder: "cgo", lang: "c", cgo: true},
	{via: "cgo-dlopen", folder: "cgo-dlopen", lang: "c", cgo: true, likeOther: true},
	{via: "purego", folder: "purego", lang: "c", cgo: true},
	{via: "purego-nocgo", folder: "purego", lang: "c"},
}

type program struct {
	via, folder, lang string
	cgo               bool // built with CGO_ENABLED=1
	likeOther         bool // built by the same steps as another, so a short run does not time that
}

// targets are what is cross-compiled for; the first in a short run, too.
var targets = []target{{"linux", "arm64"}, {"windows", "amd64"}, {"darwin", "arm64"}}

type target struct{ os, arch string }

// crossPatience is how long a short run waits for one cross-compilation, which has to compile the standard
// library unless the build cache has it.
const crossPatience = 15 * time.Second

// FirstUse builds the programs of goside/via/start in the source tree root, into build/start, and returns the
// series
//
//   - kernel=start: ns/op is from just before the program is started to its first statement; cpu-ns/op is of the
//     whole process. B/op and allocs/op are of a later call. Beside it the program's own steps, each with the
//     clock's cost, clock-ns, in it; main-ns from its first statement to its last; exit-ns from there to when its end
//     is seen; total-ns; and of the program's file size-bytes, and loaded-bytes, without debugging information.
//   - kernel=link: building the program when only its link is to be made again, of the programs that differ in it,
//     and if full of all;
//   - kernel=compile: building it when its own package is to be compiled and linked again;
//   - kernel=cold, if full: building it with an empty build cache, once.
//
// The facts of kernel=start say which shared libraries the program needs, and if it cross-compiles with what is
// here: "ok", or what the go command says. Programs that need a C compiler are left out if there is none. If there is
// no go command or source tree, or the native library is not built, the error is [seam.ErrUnavailable].
// progress is called after each step.
func FirstUse(root string, full bool, seed uint64, progress func(done, all int)) ([]measure.Series, error) {
	plan := firstUsePlan{launches: 15, builds: 3, targets: targets[:1]}
	if full {
		plan = firstUsePlan{launches: 51, builds: 7, cold: 1, targets: targets, full: true}
	}
	c := hasC()
	for _, p := range programs {
		if c || !p.cgo {
			plan.programs = append(plan.programs, p)
		}
	}
	return plan.run(root, seed, progress)
}

type firstUsePlan struct {
	programs               []program
	launches, builds, cold int // rounds
	targets                []target
	full                   bool
}

func (plan *firstUsePlan) run(root string, seed uint64, progress func(done, all int)) ([]measure.Series, error) {
	library := filepath.Join(root, "build", "lib", "libtoll_calls.so")
	if err := buildable(root, library); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "toll-firstuse-")
	if err != nil {
		return nil, fmt.Errorf("study: %w", err)
	}
	defer os.RemoveAll(work)
	u := &firstUse{root: root, library: library, work: work}
	var all, timed []*built
	for _, p := range plan.programs {
		b := &built{program: p, file: filepath.Join(root, "build", "start", p.via)}
		all = append(all, b)
		if plan.full || !p.likeOther {
			timed = append(timed, b)
		}
	}
	parts := []struct {
		kernel, op string
		rounds     int
		programs   []*built
		sample     func(*built) (measure.Sample, error)
	}{
		{"start", "launch", plan.launches, all, u.launch},
		{"link", "build", plan.builds, timed, u.link},
		{"compile", "build", plan.builds, timed, u.compile},
		{"cold", "build", plan.cold, timed, u.cold},
	}
	done, steps := 0, len(all)*(1+len(plan.targets))
	for _, part := range parts {
		steps += part.rounds * len(part.programs)
	}
	step := func() {
		done++
		progress(done, steps)
	}

	for _, b := range all {
		if err := u.prepare(b); err != nil {
			return nil, err
		}
		step()
		for _, t := range plan.targets {
			b.facts = append(b.facts, u.cross(b, t, plan.full))
			step()
		}
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	var series []measure.Series
	for _, part := range parts {
		if part.rounds == 0 {
			continue
		}
		first := len(series)
		for _, b := range part.programs {
			facts := []measure.Fact{{Key: "problem", Value: "first use, " + part.kernel}, {Key: "per", Value: part.op}}
			if part.kernel == "start" {
				facts = append(facts, b.facts...)
			}
			series = append(series, measure.Series{N: 1, Subject: &measure.Subject{
				Name:  fmt.Sprintf("%s/kernel=%s/lang=%s/via=%s/n=1", record.FirstUseName, part.kernel, b.lang, b.via),
				Facts: facts,
			}})
		}
		for range part.rounds {
			for _, k := range rng.Perm(len(part.programs)) {
				sample, err := part.sample(part.programs[k])
				if err != nil {
					return nil, err
				}
				series[first+k].Samples = append(series[first+k].Samples, sample)
				step()
			}
		}
	}
	return series, nil
}

// buildable returns an error that is ErrUnavailable unless programs of the tree can be built and find library.
func buildable(root, library string) error {
	if _, err := exec.LookPath("go"); err != nil {
		return fmt.Errorf("study: %w: there is no go command: %w", seam.ErrUnavailable, err)
	}
	if _, err := os.Stat(filepath.Join(root, "goside", "via", "start")); err != nil {
		return fmt.Errorf("study: %w: %s is not Toll's source tree: %w", seam.ErrUnavailable, root, err)
	}
	if _, err := os.Stat(library); err != nil {
		return fmt.Errorf("study: %w: %w: run %s", seam.ErrUnavailable, err, seam.Mend)
	}
	return nil
}

// hasC reports whether there is the C compiler that the go command would use.
func hasC() bool {
	out, err := exec.Command("go", "env", "CC").Output()
	if words := strings.Fields(string(out)); err == nil && len(words) > 0 {
		_, err = exec.LookPath(words[0])
		return err == nil
	}
	return false
}

type firstUse struct{ root, library, work string }

// built is a program that was built.
type built struct {
	program
	file         string
	facts        []measure.Fact
	size, loaded float64 // bytes
}

// prepare builds the program, so that the build cache is warm, and launches it once.
func (u *firstUse) prepare(b *built) error {
	if _, err := u.build(context.Background(), b, b.file, b.env()); err != nil {
		return err
	}
	info, err := os.Stat(b.file)
	if err != nil {
		return fmt.Errorf("study: %w", err)
	}
	b.size = float64(info.Size())
	file, err := elf.Open(b.file)
	if err != nil {
		return fmt.Errorf("study: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	for _, p := range file.Progs {
		if p.Type == elf.PT_LOAD {
			b.loaded += float64(p.Filesz)
		}
	}
	needs, err := file.ImportedLibraries()
	switch {
	case err != nil:
		return fmt.Errorf("study: %s: %w", b.file, err)
	case len(needs) == 0:
		needs = []string{"none"}
	}
	b.facts = append(b.facts, measure.Fact{Key: "needs", Value: strings.Join(needs, " ")})
	_, err = u.launch(b)
	return err
}

// env returns what the program is built under.
func (p *program) env() []string {
	if p.cgo {
		return []string{"CGO_ENABLED=1"}
	}
	return []string{"CGO_ENABLED=0"}
}

// build builds the program into file and returns how long that took, and the CPU time of all it ran.
func (u *firstUse) build(ctx context.Context, b *built, file string, env []string, args ...string) (measure.Sample, error) {
	args = append([]string{"build", "-buildvcs=false", "-o", file}, args...)
	cmd := exec.CommandContext(ctx, "go", append(args, "./goside/via/start/"+b.folder)...)
	cmd.Dir, cmd.Env = u.root, append(os.Environ(), env...)
	sample, _, err := study.RunCommand(cmd)
	if err != nil {
		return sample, fmt.Errorf("study: %s is not built: %w", b.via, err)
	}
	return sample, nil
}

// cross returns whether the program cross-compiles, with what the environment says of cgo, if anything.
func (u *firstUse) cross(b *built, t target, patient bool) measure.Fact {
	fact := measure.Fact{Key: "cross-" + t.os + "-" + t.arch, Value: "ok"}
	if t.os == runtime.GOOS && t.arch == runtime.GOARCH {
		fact.Value = "this machine's own"
		return fact
	}
	ctx, cancel := context.Background(), func() {}
	if !patient {
		ctx, cancel = context.WithTimeout(ctx, crossPatience)
	}
	defer cancel()
	env := []string{"GOOS=" + t.os, "GOARCH=" + t.arch}
	if !b.cgo {
		env = append(env, b.env()...)
	}
	_, err := u.build(ctx, b, filepath.Join(u.work, "crossed"), env)
	var failed *study.CommandError
	switch {
	case ctx.Err() != nil:
		fact.Value = fmt.Sprintf("unknown: not built within %v", crossPatience)
	case errors.As(err, &failed):
		fact.Value = strings.ReplaceAll(firstLine(failed.Said), u.root+string(filepath.Separator), "")
	case err != nil:
		fact.Value = err.Error()
	}
	return fact
}

// firstLine returns the first line that is not the name of the package that it is about.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			return strings.TrimSpace(line)
		}
	}
	return text
}

// stepUnits are the steps that a program may print, in the order of the record.
var stepUnits = []string{"dlopen", "dlsym", "register", "call1", "call2", "call1000", "clock"}

// launch runs the program and returns its times.
func (u *firstUse) launch(b *built) (measure.Sample, error) {
	before, err := monotonic()
	if err != nil {
		return measure.Sample{}, err
	}
	sample, out, err := study.RunCommand(exec.Command(b.file, u.library))
	if err != nil {
		return measure.Sample{}, fmt.Errorf("study: %s: %w", b.via, err)
	}
	after, err := monotonic()
	if err != nil {
		return measure.Sample{}, err
	}
	said, err := parseSteps(out)
	if err != nil {
		return measure.Sample{}, fmt.Errorf("study: %s: %w", b.via, err)
	}
	begun, ended := said["begun"], said["ended"]
	if begun < before || ended < begun || after < ended {
		return measure.Sample{}, fmt.Errorf("study: %s began at %d ns and ended at %d ns, want between %d and %d",
			b.via, begun, ended, before, after)
	}
	sample.Wall = float64(begun - before)
	sample.Bytes = float64(said["bytes"]) / steps.Calls
	sample.Allocs = float64(said["allocs"]) / steps.Calls
	add := func(unit string, value float64) {
		sample.More = append(sample.More, measure.Value{Value: value, Unit: unit})
	}
	for _, step := range stepUnits {
		if ns, ok := said[step]; ok {
			add(step+"-ns", float64(ns))
		}
	}
	add("main-ns", float64(ended-begun))
	add("exit-ns", float64(after-ended))
	add("total-ns", float64(after-before))
	add("size-bytes", b.size)
	add("loaded-bytes", b.loaded)
	return sample, nil
}

func monotonic() (int64, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return 0, fmt.Errorf("study: CLOCK_MONOTONIC: %w", err)
	}
	return t.Nano(), nil
}

// parseSteps returns the numbers in the line that package steps prints. Those that every program prints must be
// there.
func parseSteps(line string) (map[string]int64, error) {
	said := map[string]int64{}
	for _, word := range strings.Fields(line) {
		key, value, _ := strings.Cut(word, "=")
		if key == "stamp" {
			continue
		}
		ns, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the program printed %q, want key=integer throughout", line)
		}
		said[key] = ns
	}
	for _, key := range []string{"begun", "clock", "call1", "call2", "call1000", "bytes", "allocs", "ended"} {
		if _, ok := said[key]; !ok {
			return nil, fmt.Errorf("the program printed %q, want also %s=", line, key)
		}
	}
	return said, nil
}

// link builds the program under a new stamp, which only the linker sees.
func (u *firstUse) link(b *built) (measure.Sample, error) {
	stamp := newStamp()
	return u.stamped(b, stamp, b.env(), "-ldflags=-X main.stamp="+stamp)
}

// compile builds the program with a new stamp in its source, in place of the one there.
func (u *firstUse) compile(b *built) (measure.Sample, error) {
	stamp := newStamp()
	source := filepath.Join(u.root, "goside", "via", "start", b.folder, "main.go")
	text, err := os.ReadFile(source)
	if err != nil {
		return measure.Sample{}, fmt.Errorf("study: %w", err)
	}
	const old = `var stamp = "none"`
	if bytes.Count(text, []byte(old)) != 1 {
		return measure.Sample{}, fmt.Errorf("study: %s does not hold %s once, want it to", source, old)
	}
	edited := filepath.Join(u.work, "main.go")
	overlay := filepath.Join(u.work, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {source: edited}})
	if err != nil {
		return measure.Sample{}, fmt.Errorf("study: %w", err)
	}
	text = bytes.Replace(text, []byte(old), []byte(`var stamp = "`+stamp+`"`), 1)
	if err := errors.Join(os.WriteFile(edited, text, 0o644), os.WriteFile(overlay, replace, 0o644)); err != nil {
		return measure.Sample{}, fmt.Errorf("study: %w", err)
	}
	return u.stamped(b, stamp, b.env(), "-overlay="+overlay)
}

// cold builds the program, and all that it imports, with a build cache that is empty.
func (u *firstUse) cold(b *built) (measure.Sample, error) {
	cache, err := os.MkdirTemp(u.work, "cache-")
	if err != nil {
		return measure.Sample{}, fmt.Errorf("study: %w", err)
	}
	defer os.RemoveAll(cache)
	return u.stamped(b, "none", append(b.env(), "GOCACHE="+cache))
}

// stamped times a build, and makes sure that what it gives is what was to be built.
func (u *firstUse) stamped(b *built, stamp string, env []string, args ...string) (measure.Sample, error) {
	file := filepath.Join(u.work, "built")
	sample, err := u.build(context.Background(), b, file, env, args...)
	if err != nil {
		return sample, err
	}
	_, out, err := study.RunCommand(exec.Command(file, u.library))
	switch {
	case err != nil:
		return sample, fmt.Errorf("study: %s: %w", b.via, err)
	case !strings.HasPrefix(out, "stamp="+stamp+" "):
		return sample, fmt.Errorf("study: %s as built again printed %q, want stamp=%s: it was not built again", b.via, out, stamp)
	}
	return sample, nil
}

// newStamp returns a stamp that no build had before, on which the build cache thus has nothing.
func newStamp() string { return strconv.FormatInt(time.Now().UnixNano(), 10) }
