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

// ToolchainsName is the study of what calls cost when one program is built by several versions of Go.
const ToolchainsName = "Toolchains"

// toolchains are values of GOTOOLCHAIN, the older first.
var toolchains = []string{"go1.25.8", "local"}

// A short run waits so long for a toolchain to be downloaded, and so long for the program to be built by it, which
// takes seconds when it is the first program that the toolchain builds. A full run waits toolchainLimit for each.
const (
	downloadPatience  = 10 * time.Second
	toolchainPatience = 20 * time.Second
	toolchainLimit    = 5 * time.Minute
)

// Toolchains builds goside/via/start/testdata/toolchain in the source tree root by each toolchain and returns
// what each program says that its calls cost, as Toolchains/kernel=noop/lang=c/via=cgo/go=1.25.8/n=1 and the like;
// the oldest is run twice in each round, once as lang=c-again (see [Again]). A sample is a run of the program,
// which itself takes the median batch; it has no CPU time. A toolchain that cannot be had here has no series, and
// the others have the fact missing, which says why. If there is none, or no source tree, native library or C
// compiler, the error is [seam.ErrUnavailable]. progress is called after each step.
func Toolchains(root string, full bool, seed uint64, progress func(done, all int)) ([]measure.Series, error) {
	library := filepath.Join(root, "build", "lib", "libtoll_calls.a")
	if err := buildable(root, library); err != nil {
		return nil, err
	}
	rounds := 15
	if full {
		rounds = 31
	}
	return builtBy(toolchains, root, library, full, rounds, seed, progress)
}

func builtBy(toolchains []string, root, library string, full bool, rounds int, seed uint64,
	progress func(done, all int)) ([]measure.Series, error) {
	if !hasC() {
		return nil, fmt.Errorf("study: %w: the go command finds no C compiler, want one for cgo", seam.ErrUnavailable)
	}
	done, all := 0, len(toolchains)+rounds*(len(toolchains)+1)
	step := func() {
		done++
		progress(done, all)
	}
	var files, missing []string
	for _, t := range toolchains {
		file, err := buildBy(t, root, library, full)
		if err != nil {
			missing = append(missing, fmt.Sprintf("%s: %v", t, err))
		} else {
			files = append(files, file)
		}
		step()
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("study: %w: no toolchain builds the program: %s", seam.ErrUnavailable,
			strings.Join(missing, "; "))
	}
	runs := make([]toolchainRun, 0, len(files)+1)
	for k, file := range files {
		runs = append(runs, toolchainRun{file: file})
		if k == 0 {
			runs = append(runs, toolchainRun{file: file, again: record.Again})
		}
	}
	all = done + rounds*len(runs)
	rng := rand.New(rand.NewPCG(seed, 2))
	for range rounds {
		for _, k := range rng.Perm(len(runs)) {
			if err := runs[k].run(missing); err != nil {
				return nil, err
			}
			step()
		}
	}
	// Series that are to be compared are neighbours in the record.
	var series []measure.Series
	for call := range runs[0].series {
		for _, r := range runs {
			series = append(series, r.series[call])
		}
	}
	return series, nil
}

// buildBy builds the program by a toolchain and returns its file.
func buildBy(toolchain, root, library string, full bool) (string, error) {
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
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir = filepath.Join(root, "goside", "via", "start", "testdata", "toolchain")
		cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain, "GOWORK=off", "CGO_ENABLED=1",
			"CGO_CFLAGS="+flags, "CGO_LDFLAGS="+library+" -lpthread")
		_, _, err := study.RunCommand(cmd)
		if ctx.Err() != nil {
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

// toolchainRun is a program and what was measured with it.
type toolchainRun struct {
	file, again string
	series      []measure.Series
}

// run runs the program and adds a sample to each of its series, which the first run makes.
func (r *toolchainRun) run(missing []string) error {
	_, out, err := study.RunCommand(exec.Command(r.file))
	if err != nil {
		return fmt.Errorf("study: %s: %w", r.file, err)
	}
	version, costs, err := parseCosts(out)
	if err != nil {
		return fmt.Errorf("study: %s: %w", r.file, err)
	}
	if r.series == nil {
		for _, c := range costs {
			r.series = append(r.series, measure.Series{N: 1, Subject: c.subject(version, r.again, missing)})
		}
	}
	if len(costs) != len(r.series) {
		return fmt.Errorf("study: %s printed %d costs, and %d before: want as many", r.file, len(costs), len(r.series))
	}
	for k, c := range costs {
		r.series[k].Samples = append(r.series[k].Samples, c.sample)
	}
	return nil
}

// cost is what the program printed of one call.
type cost struct {
	kernel, via string
	sample      measure.Sample
}

func (c *cost) subject(version, again string, missing []string) *measure.Subject {
	lang := "c"
	if c.via == "direct" {
		lang = "go"
	}
	facts := []measure.Fact{{Key: "problem", Value: c.kernel + " " + c.via + ", by toolchain"}, {Key: "per", Value: "call"}}
	if len(missing) > 0 {
		facts = append(facts, measure.Fact{Key: "missing", Value: strings.Join(missing, "; ")})
	}
	return &measure.Subject{
		Name:  fmt.Sprintf("%s/kernel=%s/lang=%s/via=%s/go=%s/n=1", ToolchainsName, c.kernel, lang+again, c.via, version),
		Facts: facts,
	}
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
		if c.kernel, c.via, ok = strings.Cut(words[0], "/"); !ok {
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
