// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"toll/goside/measure"
	"toll/goside/study"
	"toll/goside/via/harness"
)

// child runs a program for one job, in a process group of its own.
type child struct {
	program string
	env     []string        // beside this process's
	silence time.Duration   // after which it is ended, since it began with a call
	done    <-chan struct{} // closed when the run is to stop
	folder  string          // for the job's file
	told    func(*harness.Event)
}

// grace is how much longer a child may be silent while it is in no call: it starts, loads the library, or makes arguments. It is
// also how long one that measures may be silent when the run is to stop.
const grace = 10 * time.Second

// run runs a job, and returns how the child ended. Each event goes to told before the next is read. The error is about the
// child's start: what the child does is its ending.
func (c *child) run(job *harness.Job) (*ending, error) {
	text, err := json.Marshal(job)
	if err != nil {
		return nil, fmt.Errorf("try: the job: %w", err)
	}
	file, err := os.CreateTemp(c.folder, "job-*.json")
	if err != nil {
		return nil, fmt.Errorf("try: the job: %w", err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, fmt.Errorf("try: the job: %w", err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("try: %w", err)
	}
	events, told := os.NewFile(uintptr(pair[0]), "events"), os.NewFile(uintptr(pair[1]), "told")
	defer events.Close()
	var out, errs tail
	cmd := exec.Command(c.program, file.Name())
	cmd.Dir = filepath.Dir(file.Name()) // where a function may leave files
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single")
	cmd.Env = append(cmd.Env, c.env...)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = &out, &errs, []*os.File{told}
	// What the function starts ends with it. A Ctrl-C is for this program only, and the child ends with that, whatever it does:
	// with the thread that starts it, to be exact.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		_ = told.Close()
		return nil, fmt.Errorf("try: %w", err)
	}
	_ = told.Close()
	end := func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	e := &ending{limit: c.silence}
	var mu sync.Mutex // of e.late, until the timer is stopped, and of stopping
	late := time.AfterFunc(c.silence+grace, func() {
		mu.Lock()
		defer mu.Unlock()
		e.late = true
		end()
	})
	stopping := false
	silent := func(limit time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		if stopping {
			limit = grace
		}
		late.Reset(limit)
	}
	defer measure.AfterDone(c.done, func() {
		if job.Do != harness.Measure && job.Do != harness.Crowd {
			end()
			return
		}
		mu.Lock()
		stopping = true
		mu.Unlock()
		silent(grace)
		if raw, err := events.SyscallConn(); err == nil { // the child hears it before its next batch
			_ = raw.Control(func(fd uintptr) { _ = unix.Shutdown(int(fd), unix.SHUT_WR) })
		}
	})()
	in := bufio.NewReader(events)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break
		}
		silent(c.silence + grace)
		var event harness.Event
		if err := json.Unmarshal(line, &event); err != nil { // the function wrote there
			e.odd = string(line)
			continue
		}
		if event.Calling != nil {
			silent(c.silence)
		}
		e.note(&event)
		if c.told != nil {
			c.told(&event)
		}
		if event.Done {
			break
		}
	}
	if e.done { // nothing that is of interest comes after
		late.Stop()
		timer := time.AfterFunc(time.Second, end)
		defer timer.Stop()
	}
	_ = cmd.Wait()
	late.Stop()
	end() // what the function started
	mu.Lock()
	defer mu.Unlock()
	e.status, _ = cmd.ProcessState.Sys().(syscall.WaitStatus)
	e.stopped = study.Ended(c.done)
	e.out, e.errs = out.String(), errs.String()
	return e, nil
}

// tail keeps the begin and the end of what is written into it.
type tail struct{ begin, end []byte }

const tailSize = 64 << 10 // bytes of each

func (t *tail) Write(b []byte) (int, error) {
	n := len(b)
	room := min(tailSize-len(t.begin), n)
	t.begin, b = append(t.begin, b[:room]...), b[room:]
	t.end = append(t.end, b...)
	if more := len(t.end) - tailSize; more > 0 {
		t.end = append(t.end[:0], t.end[more:]...)
	}
	return n, nil
}

func (t *tail) String() string { return string(t.begin) + string(t.end) }
