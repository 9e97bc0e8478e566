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

// firstUseName is the benchmark of what a crossing costs before it is used for the second time.
const firstUseName = "FirstUse"

// firstUse builds the programs of goside/via/start in the source tree root, into build/start, and returns the
// series
//
//   - op=start: ns/op is from just before the program is started to its first statement; cpu-ns/op is of the
//     whole process. B/op and allocs/op are of a later call. Beside it the program's own steps, each with the
//     clock's cost, clock-ns, in it; main-ns from its first statement to its last; exit-ns from there to when its end
//     is seen; total-ns; and of the program's file size-bytes, and loaded-bytes, without debugging information.
//   - op=link: building the program when only its link is to be made again, of the programs that differ in it,
//     and if full of all;
//   - op=compile: building it when its own package is to be compiled and linked again;
//   - op=cold, if full: building it with an empty build cache, once.
//
// The facts of op=start say which shared libraries the program needs, and if it cross-compiles with what is
// here: "ok", or what the go command says. Programs that need a C compiler are left out if there is none. If there is
// no go command, or the native library is not built, the error is [seam.ErrUnavailable]. If it is told to stop, or a
// step fails, it returns the complete rounds together with the error. It shows progress after each step.
func firstUse(lab *study.Lab, root string) ([]measure.Series, error) {
	plan := firstUsePlan{launches: 15, builds: 3, targets: targets[:1]}
	if lab.Full {
		plan = firstUsePlan{launches: 51, builds: 7, cold: 1, targets: targets, full: true}
	}
	c := hasC()
	for _, p := range programs {
		if c || !p.cgo {
			plan.programs = append(plan.programs, p)
		}
	}
	return plan.run(lab, root)
}

type firstUsePlan struct {
	programs               []program
	launches, builds, cold int // rounds
	targets                []target
	full                   bool
}

// phase is what is measured of some of the programs, in so many rounds.
type phase struct {
	op, per  string
	unjudged string // why its times are not judged
	rounds   int
	programs []*built
	sample   func(context.Context, *built) (measure.Sample, error)
}

func (plan *firstUsePlan) run(lab *study.Lab, root string) ([]measure.Series, error) {
	library := filepath.Join(root, "build", "lib", "libtoll_calls.so")
	if err := buildable(root, library); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "toll-firstuse-")
	if err != nil {
		return nil, fmt.Errorf("firstuse: %w", err)
	}
	defer os.RemoveAll(work)
	w := &workshop{root: root, library: library, work: work}
	var all, timed []*built
	for _, p := range plan.programs {
		b := &built{program: p, file: filepath.Join(root, "build", "start", p.via)}
		all = append(all, b)
		if plan.full || !p.likeOther {
			timed = append(timed, b)
		}
	}
	const few = "few rounds, since each builds a program"
	phases := []phase{
		{"start", "launch", "a launch is no batch", plan.launches, all, w.launch},
		{"link", "build", few, plan.builds, timed, w.link},
		{"compile", "build", few, plan.builds, timed, w.compile},
		{"cold", "build", few, plan.cold, timed, w.cold},
	}
	ctx := study.UntilDone(lab.Done)
	lab.Progress.Begin("building programs")
	step := counting(lab.Progress.Step, len(all)*(1+len(plan.targets)))
	for _, b := range all {
		lab.Progress.On(b.via)
		if err := w.prepare(ctx, b); err != nil {
			return nil, stoppedOr(ctx, err)
		}
		step()
		for _, t := range plan.targets {
			fact, err := w.cross(ctx, b, t, plan.full)
			if err != nil {
				return nil, stoppedOr(ctx, err)
			}
			b.facts = append(b.facts, fact)
			step()
		}
	}
	rng := rand.New(rand.NewPCG(lab.Seed, 1))
	var series []measure.Series
	for _, p := range phases {
		lab.Progress.BeginTimed("timing " + p.op)
		more, err := p.measure(ctx, rng, counting(lab.Progress.Step, p.rounds*len(p.programs)))
		series = append(series, more...)
		if err != nil {
			return series, stoppedOr(ctx, err)
		}
	}
	return series, nil
}

// measure takes a sample of each program in each round, in an order drawn anew. It returns the complete rounds, also beside
// an error, and nothing if there are none.
func (p *phase) measure(ctx context.Context, rng *rand.Rand, step func()) ([]measure.Series, error) {
	series := make([]measure.Series, len(p.programs))
	for k, b := range p.programs {
		name := record.Name{Study: firstUseName, Op: p.op, Lang: b.lang, Via: b.via}
		facts := []measure.Fact{
			{Key: "problem", Value: "first use, " + p.op}, {Key: "per", Value: p.per}, {Key: "unjudged", Value: p.unjudged},
		}
		if p.op == "start" {
			facts = append(facts, b.facts...)
		}
		series[k] = measure.Series{N: 1, Subject: &measure.Subject{Name: name.String(), Facts: facts}}
	}
	for round := range p.rounds {
		samples := make([]measure.Sample, len(p.programs))
		for _, k := range rng.Perm(len(p.programs)) {
			var err error
			if samples[k], err = p.sample(ctx, p.programs[k]); err == nil {
				err = ctx.Err()
			}
			if err != nil && round == 0 {
				return nil, err
			} else if err != nil {
				return series, err
			}
			step()
		}
		for k := range series {
			series[k].Samples = append(series[k].Samples, samples[k])
		}
	}
	if p.rounds == 0 {
		return nil, nil
	}
	return series, nil
}

// counting returns a function that shows that one more of so many steps is done.
func counting(progress func(done, all int), steps int) func() {
	done := 0
	return func() {
		done++
		progress(done, steps)
	}
}

// stoppedOr returns measure.ErrStopped if the context has ended, which is then the reason of err.
func stoppedOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return measure.ErrStopped
	}
	return err
}

// command returns a command that is interrupted when the context ends, so that it removes its temporary files.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd
}

// buildable returns an error that is ErrUnavailable unless programs of the tree can be built and find library.
func buildable(root, library string) error {
	if _, err := exec.LookPath("go"); err != nil {
		return fmt.Errorf("firstuse: %w: there is no go command: %w", seam.ErrUnavailable, err)
	}
	if _, err := os.Stat(filepath.Join(root, "goside", "via", "start")); err != nil {
		return fmt.Errorf("firstuse: %w: %s is not Toll's source tree: %w", seam.ErrUnavailable, root, err)
	}
	if _, err := os.Stat(library); err != nil {
		return fmt.Errorf("firstuse: %w: %w: run %s", seam.ErrUnavailable, err, seam.Mend)
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

// workshop is where programs are built: the source tree, the native library, and a folder for what is not kept.
type workshop struct{ root, library, work string }

// built is a program that was built.
type built struct {
	program
	file         string
	facts        []measure.Fact
	size, loaded float64 // bytes
}

// prepare builds the program, so that the build cache is warm, and launches it once.
func (w *workshop) prepare(ctx context.Context, b *built) error {
	if _, err := w.build(ctx, b, b.file, b.env()); err != nil {
		return err
	}
	info, err := os.Stat(b.file)
	if err != nil {
		return fmt.Errorf("firstuse: %w", err)
	}
	b.size = float64(info.Size())
	file, err := elf.Open(b.file)
	if err != nil {
		return fmt.Errorf("firstuse: %w", err)
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
		return fmt.Errorf("firstuse: %s: %w", b.file, err)
	case len(needs) == 0:
		needs = []string{"none"}
	}
	b.facts = append(b.facts, measure.Fact{Key: "needs", Value: strings.Join(needs, " ")})
	_, err = w.launch(ctx, b)
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
func (w *workshop) build(ctx context.Context, b *built, file string, env []string, args ...string) (measure.Sample, error) {
	args = append([]string{"build", "-buildvcs=false", "-o", file}, args...)
	cmd := command(ctx, "go", append(args, "./goside/via/start/"+b.folder)...)
	cmd.Dir, cmd.Env = w.root, append(os.Environ(), env...)
	sample, _, err := study.RunCommand(cmd)
	if err != nil {
		return sample, fmt.Errorf("firstuse: %s is not built: %w", b.via, err)
	}
	return sample, nil
}

// cross returns whether the program cross-compiles, with what the environment says of cgo, if anything. It is an error if it
// was told to stop.
func (w *workshop) cross(ctx context.Context, b *built, t target, patient bool) (measure.Fact, error) {
	fact := measure.Fact{Key: "cross-" + t.os + "-" + t.arch, Value: "ok"}
	if t.os == runtime.GOOS && t.arch == runtime.GOARCH {
		fact.Value = "this machine's own"
		return fact, nil
	}
	limited, cancel := ctx, func() {}
	if !patient {
		limited, cancel = context.WithTimeout(ctx, crossPatience)
	}
	defer cancel()
	env := []string{"GOOS=" + t.os, "GOARCH=" + t.arch}
	if !b.cgo {
		env = append(env, b.env()...)
	}
	_, err := w.build(limited, b, filepath.Join(w.work, "crossed"), env)
	var failed *study.CommandError
	switch {
	case ctx.Err() != nil:
		return fact, ctx.Err()
	case limited.Err() != nil:
		fact.Value = fmt.Sprintf("unknown: not built within %v", crossPatience)
	case errors.As(err, &failed):
		fact.Value = strings.ReplaceAll(study.FirstLine(failed.Said), w.root+string(filepath.Separator), "")
	case err != nil:
		fact.Value = err.Error()
	}
	return fact, nil
}

// stepUnits are the steps that a program may print, in the order of the record.
var stepUnits = []string{"dlopen", "dlsym", "register", "call1", "call2", "call1000", "clock"}

// launch runs the program and returns its times. It takes too short a time to be stopped, and a context would add to it.
func (w *workshop) launch(_ context.Context, b *built) (measure.Sample, error) {
	before, err := monotonic()
	if err != nil {
		return measure.Sample{}, err
	}
	sample, out, err := study.RunCommand(exec.Command(b.file, w.library))
	if err != nil {
		return measure.Sample{}, fmt.Errorf("firstuse: %s: %w", b.via, err)
	}
	after, err := monotonic()
	if err != nil {
		return measure.Sample{}, err
	}
	said, err := parseSteps(out)
	if err != nil {
		return measure.Sample{}, fmt.Errorf("firstuse: %s: %w", b.via, err)
	}
	begun, ended := said["begun"], said["ended"]
	if begun < before || ended < begun || after < ended {
		return measure.Sample{}, fmt.Errorf("firstuse: %s began at %d ns and ended at %d ns, want between %d and %d",
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
		return 0, fmt.Errorf("firstuse: CLOCK_MONOTONIC: %w", err)
	}
	return t.Nano(), nil
}

// parseSteps returns the numbers in the line that package steps prints. Those that every program prints must be
// there.
func parseSteps(line string) (map[string]int64, error) {
	said := map[string]int64{}
	for word := range strings.FieldsSeq(line) {
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
func (w *workshop) link(ctx context.Context, b *built) (measure.Sample, error) {
	stamp := newStamp()
	return w.stamped(ctx, b, stamp, b.env(), "-ldflags=-X main.stamp="+stamp)
}

// compile builds the program with a new stamp in its source, in place of the one there.
func (w *workshop) compile(ctx context.Context, b *built) (measure.Sample, error) {
	stamp := newStamp()
	source := filepath.Join(w.root, "goside", "via", "start", b.folder, "main.go")
	text, err := os.ReadFile(source)
	if err != nil {
		return measure.Sample{}, fmt.Errorf("firstuse: %w", err)
	}
	const old = `var stamp = "none"`
	if bytes.Count(text, []byte(old)) != 1 {
		return measure.Sample{}, fmt.Errorf("firstuse: %s does not hold %s once, want it to", source, old)
	}
	edited := filepath.Join(w.work, "main.go")
	overlay := filepath.Join(w.work, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {source: edited}})
	if err != nil {
		return measure.Sample{}, fmt.Errorf("firstuse: %w", err)
	}
	text = bytes.Replace(text, []byte(old), []byte(`var stamp = "`+stamp+`"`), 1)
	if err := errors.Join(os.WriteFile(edited, text, 0o644), os.WriteFile(overlay, replace, 0o644)); err != nil {
		return measure.Sample{}, fmt.Errorf("firstuse: %w", err)
	}
	return w.stamped(ctx, b, stamp, b.env(), "-overlay="+overlay)
}

// cold builds the program, and all that it imports, with a build cache that is empty.
func (w *workshop) cold(ctx context.Context, b *built) (measure.Sample, error) {
	cache, err := os.MkdirTemp(w.work, "cache-")
	if err != nil {
		return measure.Sample{}, fmt.Errorf("firstuse: %w", err)
	}
	defer os.RemoveAll(cache)
	return w.stamped(ctx, b, "none", append(b.env(), "GOCACHE="+cache))
}

// stamped times a build, and makes sure that what it gives is what was to be built.
func (w *workshop) stamped(ctx context.Context, b *built, stamp string, env []string,
	args ...string) (measure.Sample, error) {
	file := filepath.Join(w.work, "built")
	sample, err := w.build(ctx, b, file, env, args...)
	if err != nil {
		return sample, err
	}
	_, out, err := study.RunCommand(exec.Command(file, w.library))
	switch {
	case err != nil:
		return sample, fmt.Errorf("firstuse: %s: %w", b.via, err)
	case !strings.HasPrefix(out, "stamp="+stamp+" "):
		return sample, fmt.Errorf("firstuse: %s as built again printed %q, want stamp=%s: it was not built again",
			b.via, out, stamp)
	}
	return sample, nil
}

// newStamp returns a stamp that no build had before, on which the build cache thus has nothing.
func newStamp() string { return strconv.FormatInt(time.Now().UnixNano(), 10) }
