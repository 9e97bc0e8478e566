// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"toll/goside/seam"
)

// Watch is told what happens.
type Watch struct {
	Phase   func(what string)
	Planned func(p *Plan)
	Task    func(done, all, pid int) // the worker's process, on its host
}

// grace is how long a driver may take to end once it is told to.
const grace = 30 * time.Second

// Available returns an error, seam.ErrUnavailable, if the driver's environment is missing.
func Available() error {
	_, err := find()
	return err
}

// find returns the interpreter of the environment that has Dask and the package toll.
func find() (string, error) {
	library, err := seam.FindLibrary("libtoll_py.so")
	if err != nil {
		return "", fmt.Errorf("fit: %w", err)
	}
	venv := filepath.Join(filepath.Dir(library), "..", "venv-frames")
	python := filepath.Join(venv, "bin", "python")
	if _, err := exec.LookPath(python); err != nil {
		return "", fmt.Errorf("fit: %w: %w: run %s", seam.ErrUnavailable, err, seam.Mend)
	}
	drivers, err := filepath.Glob(filepath.Join(venv, "lib", "python3*", "site-packages", "toll", "fit", "__main__.py"))
	if err != nil || len(drivers) != 1 {
		return "", fmt.Errorf("fit: %w: %d files toll/fit/__main__.py in %s, want 1: run %s", seam.ErrUnavailable, len(drivers), venv, seam.Mend)
	}
	return python, nil
}

// Run does what is asked for. When ctx ends, the driver is told to stop: what is finished is kept, and the error is
// ErrStopped.
func Run(ctx context.Context, r Request, w Watch) (*Result, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	result := &Result{}
	got := false
	err := drive(ctx, struct {
		Do string `json:"do"`
		Request
	}{"fit", r}, func(e *event, line []byte) error {
		switch e.Event {
		case "phase":
			if w.Phase != nil {
				w.Phase(e.What)
			}
		case "plan":
			if err := json.Unmarshal(line, &result.Plan); err != nil {
				return err
			}
			if w.Planned != nil {
				w.Planned(&result.Plan)
			}
		case "task":
			if w.Task != nil {
				w.Task(e.Done, e.Of, e.PID)
			}
		case "result":
			got = true
			return json.Unmarshal(line, result)
		}
		return nil
	})
	if err == nil && !got {
		err = errors.New("fit: the driver ended without a result")
	}
	if err != nil {
		return nil, err
	}
	return result, nil
}

// Measure has the driver measure engines: what is asked for becomes its request, and each of its events is passed on by its kind.
func Measure(ctx context.Context, request any, each func(event string, line []byte) error) error {
	return drive(ctx, request, func(e *event, line []byte) error { return each(e.Event, line) })
}

// ErrStopped says that the driver was told to stop.
var ErrStopped = errors.New("fit: stopped")

// event is what all lines of the driver have.
type event struct {
	Event string `json:"event"`
	What  string `json:"what"`
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Trace string `json:"trace"`
	Done  int    `json:"done"`
	Of    int    `json:"of"`
	PID   int    `json:"pid"`
}

// drive runs the driver. It reads the request from its standard input, which it also watches: if this process ends, so do the driver and
// its workers.
func drive(ctx context.Context, request any, each func(e *event, line []byte) error) error {
	python, err := find()
	if err != nil {
		return err
	}
	text, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	c := exec.Command(python, "-I", "-m", "toll.fit")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's Ctrl-C is for this process, which passes it on
	c.Env = append(os.Environ(), "PYTHONUNBUFFERED=1", "DASK_CONFIG=/dev/null")
	said := &tail{most: 8 << 10}
	c.Stderr = said
	stdin, err := c.StdinPipe()
	if err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("fit: %w", err)
	}
	c.WaitDelay = time.Second // a worker that outlives the driver may hold its standard error
	group := -c.Process.Pid
	defer func() { _ = syscall.Kill(group, syscall.SIGKILL) }() // what the driver left
	ended := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			_ = c.Process.Signal(os.Interrupt)
			select {
			case <-time.After(grace):
				_ = syscall.Kill(group, syscall.SIGKILL)
			case <-ended:
			}
		case <-ended:
		}
	}()
	_, _ = stdin.Write(append(text, '\n'))
	wrong := readEvents(stdout, each)
	if wrong != nil {
		_ = syscall.Kill(group, syscall.SIGKILL)
	}
	err = c.Wait()
	close(ended)
	switch {
	case ctx.Err() != nil:
		return ErrStopped
	case wrong != nil:
		return wrong
	case err != nil:
		return fmt.Errorf("fit: the driver ended: %w%s", err, said)
	}
	return nil
}

// readEvents passes on the lines of a driver until its end, and returns the error that it tells.
func readEvents(r io.Reader, each func(e *event, line []byte) error) error {
	lines := bufio.NewReaderSize(r, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("fit: %w", err)
		}
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("fit: the driver wrote %q, want JSON: %w", bytes.TrimSpace(line), err)
		}
		if e.Event == "error" {
			err := fmt.Errorf("fit: %s", e.Text)
			if e.Trace != "" {
				err = fmt.Errorf("fit: the driver failed: %s\n%s", e.Text, strings.TrimSpace(e.Trace))
			}
			switch e.Kind {
			case "usage":
				return seam.UsageError{Err: err}
			case "unavailable":
				return fmt.Errorf("%w (%w)", err, seam.ErrUnavailable)
			}
			return err
		}
		if err := each(&e, line); err != nil {
			return fmt.Errorf("fit: %w", err)
		}
	}
}

// tail keeps the end of what is written.
type tail struct {
	mu   sync.Mutex
	text []byte
	most int
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - t.most; over > 0 {
		t.text = t.text[over:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.text) == 0 {
		return ""
	}
	return "\n" + strings.TrimSpace(string(t.text))
}
