// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package program

import (
	"bytes"
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

	"toll/goside/seam"
)

// toolchain runs the go command with the same settings, whatever the environment says.
type toolchain struct {
	ctx context.Context
	env []string
}

// decisive are the variables that decide what is built. Those that say where modules come from stay the user's.
var decisive = []string{"CGO_ENABLED", "GO111MODULE", "GOARCH", "GOFLAGS", "GOOS", "GOTMPDIR", "GOWORK"}

func newToolchain(ctx context.Context) (*toolchain, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, fmt.Errorf("program: %w: there is no go command, want the one that builds Toll: %w", seam.ErrUnavailable, err)
	}
	t := &toolchain{ctx: ctx}
	for _, setting := range os.Environ() {
		if name, _, _ := strings.Cut(setting, "="); !slices.Contains(decisive, name) {
			t.env = append(t.env, setting)
		}
	}
	t.env = append(t.env, "GOFLAGS=", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	return t, nil
}

// run runs the go command in a folder, with further settings, and returns what it prints to standard output.
func (t *toolchain) run(dir string, settings []string, args ...string) (string, error) {
	command := exec.CommandContext(t.ctx, "go", args...)
	command.Dir = dir
	command.Env = append(slices.Clone(t.env), settings...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) } // it then removes its temporary files
	command.WaitDelay = 5 * time.Second
	var out, messages bytes.Buffer
	command.Stdout, command.Stderr = &out, &messages
	err := command.Run()
	if t.ctx.Err() != nil {
		return "", t.ctx.Err()
	}
	if _, failed := errors.AsType[*exec.ExitError](err); failed {
		return "", errors.New(shortened(messages.String()))
	}
	return out.String(), err
}

// shortened returns the first lines of a compiler's messages.
func shortened(text string) string {
	const most = 12
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > most {
		lines = append(lines[:most], fmt.Sprintf("and %d more lines", len(lines)-most))
	}
	for k, line := range lines {
		if len(line) > 300 {
			lines[k] = line[:300] + "…"
		}
	}
	return strings.Join(lines, "\n")
}

// compiler returns the setting that names the C compiler, "" if there is none.
func (t *toolchain) compiler() string {
	set, err := t.run("", nil, "env", "CC")
	if err != nil {
		return ""
	}
	for _, cc := range []string{strings.TrimSpace(set), "cc", "gcc", "clang"} {
		if words := strings.Fields(cc); len(words) > 0 {
			if _, err := exec.LookPath(words[0]); err == nil {
				return "CC=" + cc
			}
		}
	}
	return ""
}

// module is one of the workspace.
type module struct{ dir, version string }

// modules returns the modules of a folder: its own, or those of its workspace.
func (t *toolchain) modules(dir string, settings ...string) ([]module, error) {
	out, err := t.run(dir, settings, "list", "-m", "-f", "{{.Dir}}\t{{.GoVersion}}")
	if err != nil {
		return nil, err
	}
	var all []module
	for line := range strings.Lines(out) {
		dir, version, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if dir == "" {
			return nil, fmt.Errorf("found no module in %s, want a folder of one", dir)
		}
		all = append(all, module{dir, version})
	}
	return all, nil
}

// workspace returns go.mod and go.work.
func workspace(modules []module) (mod, work string) {
	newest := "1.26"
	var text strings.Builder
	seen := map[string]bool{}
	for _, m := range modules {
		place, err := filepath.EvalSymlinks(m.dir)
		if err == nil && seen[place] { // a Go package of Toll's
			continue
		}
		seen[place] = true
		if version.Compare("go"+m.version, "go"+newest) > 0 {
			newest = m.version
		}
		fmt.Fprintf(&text, "\t%q\n", m.dir)
	}
	return fmt.Sprintf("module try\n\ngo %s\n", newest), fmt.Sprintf("go %s\n\nuse (\n\t.\n%s)\n", newest, text.String())
}

// write makes the files of a folder what they are to be. Several processes may do so at once: a file is replaced as a whole, and
// left alone if it is right.
func write(dir string, files map[string][]byte) error {
	for name, text := range files {
		path := filepath.Join(dir, name)
		if found, err := os.ReadFile(path); err == nil && bytes.Equal(found, text) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := replace(path, text); err != nil {
			return err
		}
	}
	return nil
}

func replace(path string, text []byte) error {
	fresh, err := os.CreateTemp(filepath.Dir(path), ".fresh-*")
	if err != nil {
		return err
	}
	defer os.Remove(fresh.Name()) // in vain, once it has its name
	_, err = fresh.Write(text)
	if err = errors.Join(err, fresh.Chmod(0o644), fresh.Close()); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), path)
}
