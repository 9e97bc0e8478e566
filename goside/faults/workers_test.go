// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faults

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"toll/goside/seam"
	"toll/goside/via/process"
)

// beside are the crossings to a worker in C, and pipes to one in Python.
var beside = []string{process.Pipe, process.Socket, process.Shm, process.ShmSpin, "python"}

// workerFaults are those of a worker. No subject opens anything again: a crossing that is right afterwards has done so itself.
var workerFaults = []Fault{
	{
		Name: "killed between calls", On: beside, Open: ofWorker(0, func(w *worker) error {
			w.kill()
			return w.right(w.library)
		}),
		About: "SIGKILL ends the worker while it waits. The next call is an error; the one after that starts another worker.",
	},
	{
		Name: "killed during a call", On: beside, Open: ofWorker(0, func(w *worker) error {
			_ = syscall.Kill(w.pid(), syscall.SIGSTOP) // so that the call cannot be over before
			go func() {
				time.Sleep(20 * time.Millisecond)
				w.kill()
			}()
			return w.right(w.library)
		}),
		About: "SIGKILL ends the worker while it has a request.",
	},
	{
		Name: "killed ten times", On: beside, Open: ofWorker(0, func(w *worker) (err error) {
			for range 10 {
				w.kill()
				err = w.right(w.library)
				if again := w.right(w.library); err == nil || again != nil {
					return fmt.Errorf("%w: after a kill %q, then %q, want an error and then none", errWrong, errorText(err), errorText(again))
				}
			}
			return err
		}), Slow: true,
		About: "The same ten times, with right calls between.",
	},
	{
		Name: "stopped, continued", On: beside, Open: ofWorker(0, func(w *worker) error {
			pid := w.pid()
			_ = syscall.Kill(pid, syscall.SIGSTOP)
			go func() {
				time.Sleep(50 * time.Millisecond)
				_ = syscall.Kill(pid, syscall.SIGCONT)
			}()
			return w.right(w.library)
		}),
		About: "SIGSTOP stops the worker for a while. The call waits, and is right.",
	},
	{
		Name: "stopped for good", On: beside[:4], Open: ofWorker(time.Second, func(w *worker) error {
			_ = syscall.Kill(w.pid(), syscall.SIGSTOP)
			return attempt(func() error {
				w.library.Noop()
				return nil
			})
		}), Slow: true,
		About: "The same without end: the worker is killed after its limit, here 1 s, by default a minute.",
	},
	{
		Name: "no more workers", On: beside[:4], Open: ofWorker(0, func(w *worker) error {
			if err := os.Chmod(w.program, 0); err != nil {
				return err
			}
			defer func() { _ = os.Chmod(w.program, 0o755) }()
			w.kill()
			_ = w.right(w.library)
			return w.right(w.library)
		}),
		About: "The worker is killed, and its program cannot be run for a while. Calls are errors until it can.",
	},
	{
		Name: "no descriptors", On: beside[:4], Open: ofWorker(0, func(w *worker) error {
			var limit unix.Rlimit
			if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
				return err
			}
			w.kill()
			_ = w.right(w.library)
			less := limit
			less.Cur = 3
			if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &less); err != nil {
				return err
			}
			defer func() { _ = unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) }()
			return w.right(w.library)
		}),
		About: "The worker is killed, and this process may open no more descriptors for a while.",
	},
	{
		Name: "no shared memory", On: []string{process.Shm, process.ShmSpin}, Open: ofWorker(0, func(w *worker) error {
			var limit unix.Rlimit
			if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
				return err
			}
			less := limit
			less.Cur = 1 << 20
			if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &less); err != nil {
				return err
			}
			defer func() { _ = unix.Setrlimit(unix.RLIMIT_FSIZE, &limit) }()
			_, err := process.Open("c", w.via)
			return err
		}),
		About: "A second worker is started while files, and so memory that is shared, may have 1 MiB. `/dev/shm` is not used: a " +
			"worker's memory has no name, and ends with the two.",
	},
}

// worker is a crossing to a worker in a folder of its own.
type worker struct {
	library *seam.Library
	right   func(*seam.Library) error
	via     string
	program string
}

// pid returns the process of the one worker, a child of this one.
func (w *worker) pid() int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		b, _ := os.ReadFile(stat)
		fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if len(fields) > 1 && fields[0] != "Z" && fields[1] == strconv.Itoa(os.Getpid()) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			return pid
		}
	}
	panic(errors.New("there is no worker"))
}

// kill kills the worker, and waits for its end.
func (w *worker) kill() {
	pid := w.pid()
	_ = syscall.Kill(pid, syscall.SIGKILL)
	for syscall.Kill(pid, 0) == nil {
		time.Sleep(time.Millisecond)
	}
}

// ofWorker returns a subject of a worker with a limit for calls; 0 is the default.
func ofWorker(limit time.Duration, commit func(*worker) error) func(via string) (*Subject, error) {
	return func(via string) (*Subject, error) {
		w := &worker{right: stepCheck(), via: via}
		lang := "c"
		var err error
		if via == "python" {
			lang, w.via = via, process.Pipe
		} else if err = w.own(); err != nil {
			return nil, err
		}
		if limit == 0 {
			w.library, err = process.Open(lang, w.via)
		} else {
			w.library, err = process.OpenWithin(lang, w.via, limit)
		}
		if err != nil {
			return nil, err
		}
		return &Subject{
			Call:   func() error { return w.right(w.library) },
			Commit: func() error { return commit(w) },
		}, nil
	}
}

// own makes this process run a copy of the worker in C.
func (w *worker) own() error {
	f, err := newFile(w.via)
	if err != nil {
		return err
	}
	w.program = filepath.Join(filepath.Dir(f.path), "toll-worker-c")
	from, err := filepath.EvalSymlinks(w.program)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := errors.Join(os.Remove(w.program), os.WriteFile(w.program, b, 0o755), f.write(f.good)); err != nil {
		return err
	}
	return f.use()
}
