// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/seam"
)

// RunCommand runs a command to its end and returns its times and what it printed. An error says what it printed as an
// error.
func RunCommand(cmd *exec.Cmd) (measure.Sample, string, error) {
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &complaint, time.Second
	start := time.Now()
	err := cmd.Run()
	elapsed := time.Since(start)
	if err != nil {
		return measure.Sample{}, "", &CommandError{err, strings.TrimSpace(complaint.String())}
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return measure.Sample{Wall: float64(elapsed), CPU: float64(cpu)}, out.String(), nil
}

// CommandError is the error of a command, with what it printed as an error.
type CommandError struct {
	Err  error
	Said string
}

func (e *CommandError) Error() string { return e.Err.Error() + ": " + e.Said }

// Unwrap returns the command's own error.
func (e *CommandError) Unwrap() error { return e.Err }

// FirstLine returns the first line of what a go command printed as an error that is not the name of the package that it is
// about.
func FirstLine(text string) string {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			return strings.TrimSpace(line)
		}
	}
	return text
}

// Build builds the command from the sources in dir, the module's root, into the file out, with that added to
// the environment: "CGO_ENABLED=0". Without a go command or sources the error is seam.ErrUnavailable.
func Build(dir, out string, env ...string) error {
	return build(context.Background(), dir, out, env)
}

// Build is [Build], until the run is to stop.
func (lab *Lab) Build(dir, out string, env ...string) error {
	return build(UntilDone(lab.Done), dir, out, env)
}

func build(ctx context.Context, dir, out string, env []string) error {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("study: %w: there is no go command to build %s with: %w", seam.ErrUnavailable, out, err)
	}
	const command = "goside/cmd/toll"
	if _, err := os.Stat(filepath.Join(dir, command)); err != nil {
		return fmt.Errorf("study: %w: there are no sources to build %s from, want them in %s: %w", seam.ErrUnavailable, out, dir, err)
	}
	out, err = filepath.Abs(out)
	if err != nil {
		return fmt.Errorf("study: %s: %w", out, err)
	}
	cmd := exec.CommandContext(ctx, goCommand, "build", "-buildvcs=false", "-o", out, "./"+command)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("study: %s go build of %s: %w: %s", strings.Join(env, " "), out, err, bytes.TrimSpace(text))
	}
	return nil
}
