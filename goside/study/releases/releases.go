// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package releases finds the releases of Go that can be had here, builds one small program with each, and times the programs'
// calls in one interleaved run.
package releases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
)

// Release is a Go that can build programs.
type Release struct {
	Version   string   // "1.26.8"; "gccgo-12.2.0"
	Command   string   // the go command that is run
	Toolchain string   // its GOTOOLCHAIN
	GCC       bool     // it compiles with gccgo
	From      []string // where it was found: "in use", "/usr/lib/go-1.19/bin/go", "the newest"
}

// InUse is what Release.From says of the go command that builds a user's programs here.
const InUse = "in use"

// newest is what Release.From says of what the Go proxy has.
const newest = "the newest"

// gccgo is what its versions begin with here.
const gccgo = "gccgo-"

// patience is how long a go command may take to say something.
const patience = 10 * time.Second

// Find returns the releases of Go that can be had here, the oldest first: the one in use, other go commands in PATH and where
// distributions and golang.org/dl install them, downloaded ones, the newest by the Go proxy, and gccgo. Of those with
// one language version, it returns the newest, but always the one in use. The errors say what was looked for and is not to be
// had. Without a go command there are no releases, and the error is [seam.ErrUnavailable].
func Find(ctx context.Context) ([]Release, []error) {
	home, _ := os.UserHomeDir() // without one, the pattern below finds nothing
	return find(ctx, filepath.SplitList(os.Getenv("PATH")), []string{
		"/usr/lib/go-*/bin/go", "/usr/lib/go/bin/go", "/usr/lib/golang/bin/go", "/usr/local/go*/bin/go", filepath.Join(home, "sdk", "go*", "bin", "go"),
	})
}

// find is Find, in these folders of go commands, and in what matches these patterns.
func find(ctx context.Context, path, patterns []string) ([]Release, []error) {
	command, err := exec.LookPath("go")
	if err != nil {
		return nil, []error{fmt.Errorf("releases: %w: there is no go command: %w", seam.ErrUnavailable, err)}
	}
	said, err := ask(ctx, command, "", "env", "GOVERSION", "GOMODCACHE")
	if err != nil {
		return nil, []error{fmt.Errorf("releases: %w", err)}
	}
	name, modules, _ := strings.Cut(said, "\n")
	used := Named(command, plain(name))
	used.From = []string{InUse}
	if !version.IsValid(name) { // built from a revision
		used.Toolchain = "local"
	}
	all := []Release{used}
	var missing []error
	add := func(r Release, err error) {
		if err != nil {
			missing = append(missing, err)
			return
		}
		if k := slices.IndexFunc(all, func(other Release) bool { return other.Version == r.Version }); k >= 0 {
			for _, from := range r.From {
				all[k].From = record.AppendNew(all[k].From, from)
			}
			return
		}
		all = append(all, r)
	}
	for _, command := range commands(path, append(patterns,
		filepath.Join(modules, "golang.org", "toolchain@v0.0.1-go*."+runtime.GOOS+"-"+runtime.GOARCH, "bin", "go"))) {
		add(local(ctx, command))
	}
	add(latest(ctx, used))
	add(gcc(ctx, used))
	return one(all), missing
}

// Named returns the release of that version which a go command has, or downloads.
func Named(command, version string) Release {
	return Release{Version: version, Command: command, Toolchain: "go" + version}
}

// plain returns a version as names have it: "go1.26.8 X:some" is "1.26.8_X:some".
func plain(version string) string {
	return strings.TrimPrefix(strings.Join(strings.Fields(version), "_"), "go")
}

// commands returns the files, each once, that are named go in these folders or match the patterns.
func commands(folders, patterns []string) []string {
	var candidates, all []string
	for _, folder := range folders {
		candidates = append(candidates, filepath.Join(folder, "go"))
	}
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern) // a pattern is wrong only if a folder has odd characters
		candidates = append(candidates, found...)
	}
	for _, candidate := range candidates {
		file, err := filepath.EvalSymlinks(candidate)
		if err != nil {
			continue
		}
		if _, err := exec.LookPath(file); err == nil && filepath.IsAbs(file) {
			all = record.AppendNew(all, file)
		}
	}
	return all
}

// local returns the release that a go command is of itself.
func local(ctx context.Context, command string) (Release, error) {
	said, err := ask(ctx, command, "local", "env", "GOVERSION")
	if err != nil {
		return Release{}, fmt.Errorf("releases: %w", err)
	}
	if !version.IsValid(strings.Fields(said + " none")[0]) {
		return Release{}, fmt.Errorf("releases: %s is of %q, want a version of Go", command, said)
	}
	from := command
	if strings.Contains(command, "toolchain@") {
		from = "downloaded"
	}
	return Release{Version: plain(said), Command: command, Toolchain: "local", From: []string{from}}, nil
}

// latest returns the newest release by the Go proxy, which need not have been downloaded.
func latest(ctx context.Context, used Release) (Release, error) {
	said, err := ask(ctx, used.Command, used.Toolchain, "list", "-m", "-f", "{{.Version}}", "go@latest")
	if err != nil {
		return Release{}, fmt.Errorf("releases: the newest release is unknown: %w", err)
	}
	r := Named(used.Command, plain(said))
	r.From = []string{newest}
	return r, nil
}

// gcc returns gccgo, as the release in use has it compile.
func gcc(ctx context.Context, used Release) (Release, error) {
	file, err := exec.LookPath("gccgo")
	if err != nil {
		return Release{}, fmt.Errorf("releases: there is no gccgo: %w", err)
	}
	said, err := ask(ctx, file, "", "-dumpfullversion")
	if err != nil {
		return Release{}, fmt.Errorf("releases: %w", err)
	}
	return Release{Version: gccgo + said, Command: used.Command, Toolchain: used.Toolchain, GCC: true, From: []string{file}}, nil
}

// ask runs a command and returns what it printed. It runs where no go.mod chooses a toolchain, unless toolchain is "".
func ask(ctx context.Context, command, toolchain string, args ...string) (string, error) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(limited, command, args...)
	cmd.Env = environment()
	if toolchain != "" {
		cmd.Dir, cmd.Env = os.TempDir(), append(cmd.Env, "GOTOOLCHAIN="+toolchain)
	}
	_, out, err := study.RunCommand(cmd)
	if limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("no end within %v", patience)
	}
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", command, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(out), nil
}

// environment returns this process's, without what is meant for one release only.
func environment() []string {
	return append(slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return name == "GOROOT" || name == "GOFLAGS" || name == "GOEXPERIMENT"
	}), "GOWORK=off")
}

// compare compares versions. gccgo comes last.
func compare(a, b string) int {
	last := func(v string) int { return strings.Count(v, gccgo) }
	return cmp.Or(last(a)-last(b), version.Compare("go"+a, "go"+b))
}

// one returns the releases, the oldest first, and of each language version only one: the release in use, or the newest.
func one(all []Release) []Release {
	slices.SortStableFunc(all, func(a, b Release) int { return compare(a.Version, b.Version) })
	var kept []Release
	for _, r := range all {
		last := len(kept) - 1
		switch {
		case last < 0 || kept[last].language() != r.language():
			kept = append(kept, r)
		case !slices.Contains(kept[last].From, InUse):
			kept[last] = r
		}
	}
	return kept
}

// language returns the version of the language, "go1.26"; of gccgo, the release.
func (r *Release) language() string {
	if r.GCC {
		return r.Version
	}
	return version.Lang("go" + r.Version)
}

// String says the release and where it is from: "1.26.8 (in use)".
func (r Release) String() string {
	return fmt.Sprintf("%s (%s)", r.Version, strings.Join(r.From, ", "))
}

// build builds the program in dir, a module's root, into the file out, with env added to the environment. What the compiler
// says is in the error.
func build(ctx context.Context, r Release, dir, out string, env ...string) error {
	args := []string{"build", "-buildvcs=false", "-o", out}
	if r.GCC {
		args = append(args, "-compiler=gccgo", "-gccgoflags=-O2")
	}
	if err := os.RemoveAll(out); err != nil { // else it would not be linked again if only a library changed
		return err
	}
	cmd := r.command(ctx, append(args, ".")...)
	cmd.Dir = dir
	cmd.Env = append(append(cmd.Env, "CGO_ENABLED=1"), env...)
	if _, _, err := study.RunCommand(cmd); err != nil {
		var failed *study.CommandError
		if errors.As(err, &failed) && failed.Said != "" {
			return fmt.Errorf("not built: %s", study.FirstLine(failed.Said))
		}
		return fmt.Errorf("not built: %w", err)
	}
	return nil
}

// command returns a command of the release, which is interrupted when the context ends, so that it removes its temporary files.
func (r *Release) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, r.Command, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Env = append(environment(), "GOTOOLCHAIN="+r.Toolchain)
	return cmd
}
