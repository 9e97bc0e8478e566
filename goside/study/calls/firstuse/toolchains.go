// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// toolchainsName is the benchmark of what calls cost when one program is built by several releases of Go.
const toolchainsName = "Toolchains"

// toolchains are values of GOTOOLCHAIN, the older first.
var toolchains = []string{"go1.25.8", "local"}

// A short run waits so long for a toolchain to be downloaded, and so long for the program to be built by it, which
// takes seconds when it is the first program that the toolchain builds. A full run waits toolchainLimit for each.
const (
	downloadPatience  = 10 * time.Second
	toolchainPatience = 20 * time.Second
	toolchainLimit    = 5 * time.Minute
)

// byToolchain builds goside/via/start/testdata/toolchain in the source tree root by each toolchain and returns
// what each program says that its calls cost, as Toolchains/op=noop/lang=c/via=cgo/go=1.25.8 and the like;
// the oldest is run twice in each round, once as entry=again. A sample is a run of the program,
// which itself takes the median batch; it has no CPU time. A toolchain that cannot be had here has no series, and
// the others have the fact missing, which says why. If there is none, or no native library or C compiler, the error is
// [seam.ErrUnavailable]. If it is told to stop, or a program fails, it returns the complete rounds together with the
// error. It shows progress after each step.
func byToolchain(lab *study.Lab, root string) ([]measure.Series, error) {
	rounds := 15
	if lab.Full {
		rounds = study.FullRounds
	}
	return builtBy(lab, toolchains, root, rounds)
}

func builtBy(lab *study.Lab, toolchains []string, root string, rounds int) ([]measure.Series, error) {
	library := filepath.Join(root, "build", "lib", "libtoll_calls.a")
	if err := buildable(root, library); err != nil {
		return nil, err
	}
	if !hasC() {
		return nil, fmt.Errorf("firstuse: %w: the go command finds no C compiler, want one for cgo", seam.ErrUnavailable)
	}
	ctx := study.UntilDone(lab.Done)
	var programs []toolchainProgram
	var missing []string
	lab.Progress.Begin("building programs")
	for k, t := range toolchains {
		lab.Progress.On("by toolchain " + t)
		file, err := buildBy(ctx, t, root, library, lab.Full)
		switch {
		case ctx.Err() != nil:
			return nil, measure.ErrStopped
		case err != nil:
			missing = append(missing, fmt.Sprintf("%s: %v", t, err))
		case programs == nil:
			programs = append(programs, toolchainProgram{file: file}, toolchainProgram{file: file, entry: record.EntryAgain})
		default:
			programs = append(programs, toolchainProgram{file: file})
		}
		lab.Progress.Step(k+1, len(toolchains))
	}
	if programs == nil {
		return nil, fmt.Errorf("firstuse: %w: no toolchain builds the program: %s", seam.ErrUnavailable,
			strings.Join(missing, "; "))
	}
	lab.Progress.BeginTimed("running programs")
	step := counting(lab.Progress.Step, rounds*len(programs))
	rng := rand.New(rand.NewPCG(lab.Seed, 2))
	var failed error
	for range rounds {
		if failed = runAll(ctx, rng, programs, missing, step); failed != nil {
			break
		}
	}
	// Series that are to be compared are neighbours in the record.
	var series []measure.Series
	for call := range programs[0].series {
		for _, p := range programs {
			series = append(series, p.series[call])
		}
	}
	return series, failed
}

// runAll is a round: it runs each program once, in an order drawn anew. It adds a sample to all series, or, if it is told
// to stop or a program fails, to none.
func runAll(ctx context.Context, rng *rand.Rand, programs []toolchainProgram, missing []string, step func()) error {
	costs := make([][]cost, len(programs))
	for _, k := range rng.Perm(len(programs)) {
		if ctx.Err() != nil {
			return measure.ErrStopped
		}
		var err error
		if costs[k], err = programs[k].run(); err != nil {
			return stoppedOr(ctx, err)
		}
		step()
	}
	for k := range programs {
		programs[k].add(costs[k], missing)
	}
	return nil
}

// buildBy builds the program by a toolchain and returns its file.
func buildBy(ctx context.Context, toolchain, root, library string, full bool) (string, error) {
	download, patience := downloadPatience, toolchainPatience
	if full {
		download, patience = toolchainLimit, toolchainLimit
	}
	// The build cache sees edits neither to the header nor to the library, so a name with the hash of both is defined.
	header := filepath.Join(root, "csrc", "include", "calls.h")
	hash := sha256.New()
	for _, name := range []string{header, library} {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		hash.Write(text)
	}
	flags := fmt.Sprintf("-O2 -I%s -DTOLL_NATIVE_%x", filepath.Dir(header), hash.Sum(nil))
	goCommand := func(limit time.Duration, args ...string) error {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		cmd := command(limited, "go", args...)
		cmd.Dir = filepath.Join(root, "goside", "via", "start", "testdata", "toolchain")
		cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain, "GOWORK=off", "CGO_ENABLED=1",
			"CGO_CFLAGS="+flags, "CGO_LDFLAGS="+library+" -lpthread")
		_, _, err := study.RunCommand(cmd)
		if limited.Err() != nil {
			return fmt.Errorf("go %s did not end within %v", args[0], limit)
		}
		return err
	}
	if err := goCommand(download, "version"); err != nil {
		return "", err
	}
	file := filepath.Join(root, "build", "start", "toolchain-"+toolchain)
	if err := os.RemoveAll(file); err != nil { // else it would not be linked again if only the library changed
		return "", err
	}
	return file, goCommand(patience, "build", "-buildvcs=false", "-o", file, ".")
}

// toolchainProgram is a program, the release of Go that built it, and what was measured with it.
type toolchainProgram struct {
	file, entry, version string
	series               []measure.Series
}

// run runs the program and returns what its calls cost.
func (p *toolchainProgram) run() ([]cost, error) {
	_, out, err := study.RunCommand(exec.Command(p.file))
	if err != nil {
		return nil, fmt.Errorf("firstuse: %s: %w", p.file, err)
	}
	version, costs, err := parseCosts(out)
	if err != nil {
		return nil, fmt.Errorf("firstuse: %s: %w", p.file, err)
	}
	if p.version = version; p.series != nil && len(costs) != len(p.series) {
		return nil, fmt.Errorf("firstuse: %s printed %d costs, and %d before: want as many", p.file, len(costs), len(p.series))
	}
	return costs, nil
}

// add adds a sample to each series of the program; the first makes them.
func (p *toolchainProgram) add(costs []cost, missing []string) {
	for k, c := range costs {
		if k == len(p.series) {
			p.series = append(p.series, measure.Series{N: 1, Subject: c.subject(p.version, p.entry, missing)})
		}
		p.series[k].Samples = append(p.series[k].Samples, c.sample)
	}
}

// cost is what the program printed of one call.
type cost struct {
	op, via string
	sample  measure.Sample
}

func (c *cost) subject(version, entry string, missing []string) *measure.Subject {
	lang := "c"
	if c.via == "direct" {
		lang = "go"
	}
	facts := []measure.Fact{{Key: "problem", Value: c.op + " " + c.via + ", by toolchain"}, {Key: "per", Value: "call"}}
	if len(missing) > 0 {
		facts = append(facts, measure.Fact{Key: "missing", Value: strings.Join(missing, "; ")})
	}
	name := record.Name{
		Study: toolchainsName, Op: c.op, Lang: lang, Via: c.via, Keys: []record.Key{{Key: "go", Value: version}}, Entry: entry,
	}
	return &measure.Subject{Name: name.String(), Facts: facts}
}

// parseCosts reads what the program printed: the version that built it, "1.25.8" say, and a line for each call.
func parseCosts(out string) (string, []cost, error) {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	// An experiment follows the version after a space.
	version, ok := strings.CutPrefix(strings.Join(strings.Fields(lines[0]), "_"), "go")
	if !ok || len(lines) < 2 {
		return "", nil, fmt.Errorf("the program printed %q, want a version of Go and a line for each call", out)
	}
	var costs []cost
	for _, line := range lines[1:] {
		wrong := fmt.Errorf("the program printed %q, want call/crossing ns=… bytes=… allocs=…", line)
		words := strings.Fields(line)
		if len(words) != 4 {
			return "", nil, wrong
		}
		var c cost
		if c.op, c.via, ok = strings.Cut(words[0], "/"); !ok {
			return "", nil, wrong
		}
		for k, figure := range []struct {
			key string
			to  *float64
		}{{"ns=", &c.sample.Wall}, {"bytes=", &c.sample.Bytes}, {"allocs=", &c.sample.Allocs}} {
			text, ok := strings.CutPrefix(words[k+1], figure.key)
			x, err := strconv.ParseFloat(text, 64)
			if !ok || err != nil {
				return "", nil, wrong
			}
			*figure.to = x
		}
		if c.sample.Wall <= 0 {
			return "", nil, wrong
		}
		costs = append(costs, c)
	}
	return version, costs, nil
}
