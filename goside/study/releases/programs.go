// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package releases

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// A short run waits so long for a release to be downloaded, and so long for a program to be built by it, which takes
// longer when it is the first one. A full run waits limit for each.
const (
	downloading = 10 * time.Second
	building    = 20 * time.Second
	limit       = 5 * time.Minute
)

// answering is how long a program may take for a batch.
const answering = time.Minute

// Program is a program that a release built.
type Program struct {
	Release Release
	File    string
	Args    []string
}

// Source is what is built and timed.
type Source struct {
	Root    string   // Toll's source tree
	Dir     string   // folder of the program, a module's root: see Sources
	Out     string   // folder of what is built
	Args    []string // of the program
	Patient bool     // wait for downloads and builds as long as a full run
}

// Sources returns the folder in Toll's source tree of the program that makes Toll's own calls.
func Sources(root string) string {
	return filepath.Join(root, "goside", "via", "start", "testdata", "toolchain")
}

// Programs builds the program by each release. The errors say which releases are left out, and why. If it is told to stop, the
// one error is measure.ErrStopped.
func Programs(lab *study.Lab, all []Release, source Source) ([]Program, []error) {
	header, library := filepath.Join(source.Root, "csrc", "include"), filepath.Join(source.Root, "build", "lib", "libtoll_calls.a")
	if _, err := os.Stat(library); err != nil {
		return nil, []error{fmt.Errorf("releases: %w: %w: run %s", seam.ErrUnavailable, err, seam.Mend)}
	}
	// The build cache sees edits neither to the header nor to the library, so a name with the hash of both is defined.
	hash := sha256.New()
	for _, file := range []string{filepath.Join(header, "calls.h"), library} {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, []error{fmt.Errorf("releases: %w", err)}
		}
		hash.Write(text)
	}
	if err := os.MkdirAll(source.Out, 0o755); err != nil {
		return nil, []error{fmt.Errorf("releases: %w", err)}
	}
	env := []string{
		fmt.Sprintf("CGO_CFLAGS=-O2 -I%s -DTOLL_NATIVE_%x", header, hash.Sum(nil)), "CGO_LDFLAGS=" + library + " -lpthread",
	}
	download, patience, hint := downloading, building, ": --full waits longer"
	if lab.Full || source.Patient {
		download, patience, hint = limit, limit, ""
	}
	ctx := study.UntilDone(lab.Done)
	var programs []Program
	var missing []error
	lab.Progress.Begin("building programs")
	for k, r := range all {
		lab.Progress.On("by Go " + r.Version)
		file := filepath.Join(source.Out, "toolchain-go"+r.Version)
		err := within(ctx, download, hint, func(ctx context.Context) error {
			_, _, err := study.RunCommand(r.command(ctx, "version"))
			return err
		})
		if err == nil {
			err = within(ctx, patience, hint, func(ctx context.Context) error { return build(ctx, r, source.Dir, file, env...) })
		}
		switch {
		case ctx.Err() != nil:
			return nil, []error{measure.ErrStopped}
		case err != nil:
			missing = append(missing, fmt.Errorf("releases: Go %s: %w", r.Version, err))
		default:
			programs = append(programs, Program{Release: r, File: file, Args: source.Args})
		}
		lab.Progress.Step(k+1, len(all))
	}
	return programs, missing
}

// within does something for a build that may take so long.
func within(ctx context.Context, most time.Duration, hint string, do func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	err := do(limited)
	if err != nil && limited.Err() != nil {
		return fmt.Errorf("not built within %v%s", most, hint)
	}
	return err
}

// Facts are the keys of facts that series of Time state.
var Facts = []string{"missing", "go-base", "go-from"}

// Time times the calls of the programs in interleaved rounds. name returns the name of a call's series, "noop" and "cgo"
// say, to which Time adds the release; or false for a call that is not to be timed. The program of the release in use, or
// else the first, is entered twice. The facts of a series say what is missing. A program that does not run, or that gets
// something else from a call than that one does, is left out. Beside an error it returns the rounds that are complete.
func Time(lab *study.Lab, programs []Program, missing []error, name func(op, via string) (record.Name, bool)) ([]measure.Series, error) {
	var running []*process
	defer func() {
		for _, p := range running {
			p.end()
		}
	}()
	ctx := study.UntilDone(lab.Done)
	slices.SortStableFunc(programs, func(a, b Program) int { // the one that others are held to comes first
		return used(b) - used(a)
	})
	for _, program := range programs {
		p, err := start(ctx, program)
		if err == nil {
			err = p.check(append(running, p)[0])
		}
		switch {
		case ctx.Err() != nil:
			return nil, measure.ErrStopped
		case err != nil:
			missing = append(missing, fmt.Errorf("releases: Go %s: %w", program.Release.Version, err))
		default:
			running = append(running, p)
		}
	}
	if running == nil {
		return nil, fmt.Errorf("releases: %w: no release of Go builds and runs the program: %w", seam.ErrUnavailable, errors.Join(missing...))
	}
	facts := factsOf(running, missing)
	var subjects []measure.Subject
	var timed []*timedCall
	for _, call := range running[0].calls {
		op, via, _ := strings.Cut(call, "/")
		n, ok := name(op, via)
		if !ok {
			continue
		}
		for k, p := range running {
			n := n
			n.Keys = append(slices.Clone(n.Keys), record.Key{Key: "go", Value: p.version})
			entries := []string{""}
			if k == 0 {
				entries = append(entries, record.EntryAgain)
			}
			for _, n.Entry = range entries {
				t := &timedCall{process: p, call: call}
				timed = append(timed, t)
				subjects = append(subjects, measure.Subject{
					Name: n.String(), Group: call, Least: 1, Parks: true, Run: t.run, Elapsed: func() time.Duration { return t.took },
					Facts: append([]measure.Fact{{Key: "problem", Value: n.Op + " " + via + ", by toolchain"}, {Key: "per", Value: "call"}}, facts...),
				})
			}
		}
	}
	series, err := lab.Measure(subjects, study.CallBatch, 15, study.Visits)
	for k, s := range series { // the processor time and the heap are this process's
		for at := range s.Samples {
			s.Samples[at].CPU, s.Samples[at].Bytes, s.Samples[at].Allocs = 0, timed[k].bytes, timed[k].allocs
		}
	}
	return series, err
}

// used is 1 of the program of the release in use, else 0.
func used(p Program) int {
	if slices.Contains(p.Release.From, InUse) {
		return 1
	}
	return 0
}

// factsOf returns what all series say of the run.
func factsOf(running []*process, missing []error) []measure.Fact {
	var from, lacks []string
	for _, p := range running {
		from = append(from, p.version+" ("+strings.Join(p.Release.From, ", ")+")")
	}
	for _, err := range missing {
		lacks = append(lacks, strings.TrimPrefix(err.Error(), "releases: "))
	}
	facts := []measure.Fact{{Key: "go-base", Value: running[0].version}, {Key: "go-from", Value: strings.Join(from, "; ")}}
	if lacks != nil {
		facts = append(facts, measure.Fact{Key: "missing", Value: strings.Join(lacks, "; ")})
	}
	return facts
}

// timedCall is a call of a program, and what its last batch took.
type timedCall struct {
	*process
	call          string
	took          time.Duration
	bytes, allocs float64 // by a call
}

func (t *timedCall) run(n int) error {
	a, err := t.ask(t.call, n)
	if err != nil {
		return fmt.Errorf("releases: Go %s: %w", t.version, err)
	}
	t.took, t.bytes, t.allocs = a.took, float64(a.bytes)/float64(n), float64(a.allocs)/float64(n)
	return nil
}

// process is a program that runs.
type process struct {
	Program
	version string   // that built it
	calls   []string // "noop/cgo"
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	said    *bytes.Buffer
}

func start(ctx context.Context, program Program) (*process, error) {
	p := &process{Program: program, cmd: exec.CommandContext(ctx, program.File, program.Args...), said: new(bytes.Buffer)}
	p.cmd.Stderr, p.cmd.WaitDelay = p.said, time.Second
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.out = in, bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	version, err := p.line()
	if err != nil {
		return nil, err
	}
	calls, err := p.line()
	if err != nil {
		return nil, err
	}
	p.version, p.calls = plain(version), strings.Fields(calls)
	if program.Release.GCC { // which does not always know its version
		p.version = program.Release.Version
	}
	return p, nil
}

// line returns a line that the program prints. If it prints none, it is ended.
func (p *process) line() (string, error) {
	late := time.AfterFunc(answering, func() { _ = p.cmd.Process.Kill() })
	line, err := p.out.ReadString('\n')
	switch {
	case !late.Stop():
		return "", fmt.Errorf("%s does not answer within %v", filepath.Base(p.File), answering)
	case err != nil:
		p.end()
		return "", fmt.Errorf("%s ended, %v: %s", filepath.Base(p.File), p.cmd.ProcessState, study.FirstLine(p.said.String()))
	}
	return strings.TrimSpace(line), nil
}

// end ends the program.
func (p *process) end() {
	_ = p.in.Close()
	_ = p.cmd.Wait() // how it ends does not matter: all its answers were had
}

// answer is what a program says of a batch.
type answer struct {
	took          time.Duration
	bytes, allocs int64
	digest        uint64
}

// ask has the program make n calls.
func (p *process) ask(call string, n int) (a answer, err error) {
	if _, err := fmt.Fprintln(p.in, call, n); err != nil {
		_, err := p.line() // it says more
		return a, err
	}
	line, err := p.line()
	if err != nil {
		return a, err
	}
	if _, err := fmt.Sscan(line, &a.took, &a.bytes, &a.allocs, &a.digest); err != nil || a.took < 0 {
		return a, fmt.Errorf("%s answered %q, want ns, bytes, objects and a digest", filepath.Base(p.File), line)
	}
	return a, nil
}

// check makes each call once and compares what it gives with what that other program gets, unless that differs from call to
// call. If that fails, the program is ended.
func (p *process) check(other *process) (err error) {
	defer func() {
		if err != nil {
			p.end()
		}
	}()
	if !slices.Equal(p.calls, other.calls) {
		return fmt.Errorf("its program has the calls %v, want %v", p.calls, other.calls)
	}
	for _, call := range p.calls {
		var digests [3]uint64
		for k, asked := range []*process{p, other, other} {
			a, err := asked.ask(call, 1)
			if err != nil {
				return err
			}
			digests[k] = a.digest
		}
		if digests[1] == digests[2] && digests[0] != digests[1] {
			return fmt.Errorf("%s gives other bytes than by Go %s", call, other.version)
		}
	}
	return nil
}
