// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package beside

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// A plugin is the program toll-goplugin, which makes calls by hashicorp/go-plugin. Its own module, goside/via/goplugin, says
// how: it is asked by JSON, a line each.
type plugin struct {
	protocol string
	says     string // which releases it is built of
	limit    time.Duration

	mu  sync.Mutex
	cmd *exec.Cmd
	ask *json.Encoder
	in  *json.Decoder
	end func() // of its input
	err error  // once it cannot be asked any more
}

type question struct {
	Verify  bool   `json:",omitempty"`
	Payload string `json:",omitempty"`
	Size    int    `json:",omitempty"`
	Calls   int    `json:",omitempty"`
}

type answer struct {
	Says    string
	Error   string
	Lacks   bool
	Checked int
	Elapsed int64
}

// answerLimit is how long the program may take for an answer; the longest batches take a second or two.
const answerLimit = time.Minute

// startPlugin starts toll-goplugin with one of its protocols. Without the program the error is seam.ErrUnavailable.
func startPlugin(protocol string) (*plugin, error) {
	path, err := seam.FindLibrary("toll-goplugin")
	if err != nil {
		return nil, fmt.Errorf("beside: %s: %w", protocol, err)
	}
	return startProgram(path, protocol, answerLimit)
}

func startProgram(path, protocol string, limit time.Duration) (*plugin, error) {
	p := &plugin{protocol: protocol, limit: limit, cmd: exec.Command(path, protocol)}
	p.cmd.Stderr = os.Stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the plugin's process is in it, too
	out, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("beside: %s: %w", protocol, err)
	}
	in, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("beside: %s: %w", protocol, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("beside: %s: %w", protocol, err)
	}
	p.ask, p.in, p.end = json.NewEncoder(out), json.NewDecoder(in), func() { _ = out.Close() }
	hello, err := p.answer()
	if err != nil {
		return nil, err
	}
	p.says = hello.Says
	return p, nil
}

// answer reads an answer. Without one in time the program and its plugin are ended.
func (p *plugin) answer() (a answer, err error) {
	late := time.AfterFunc(p.limit, func() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) })
	err = p.in.Decode(&a)
	inTime := late.Stop()
	switch {
	case err != nil && !inTime:
		err = fmt.Errorf("no answer in %v", p.limit)
	case err == nil && a.Error != "":
		return a, fmt.Errorf("beside: %s: %s: %s", p.protocol, filepath.Base(p.cmd.Path), a.Error)
	}
	if err != nil {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		p.end()
		p.err = fmt.Errorf("beside: %s: %s ends without an answer: %w", p.protocol, filepath.Base(p.cmd.Path), errors.Join(err, p.cmd.Wait()))
	}
	return a, p.err
}

// question asks, and returns the answer.
func (p *plugin) question(q question) (answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return answer{}, p.err
	}
	_ = p.ask.Encode(q) // the missing answer says more of what failed
	return p.answer()
}

// verify has all functions compared with the reference, and returns how many calls that took.
func (p *plugin) verify() (int, error) {
	a, err := p.question(question{Verify: true})
	return a.Checked, err
}

// run makes calls of a payload, and returns what they took.
func (p *plugin) run(payload string, size, calls int) (time.Duration, error) {
	a, err := p.question(question{Payload: payload, Size: size, Calls: calls})
	if err == nil && a.Lacks {
		err = kernel.ErrNotOffered
	}
	return time.Duration(a.Elapsed), err
}

// close ends the program.
func (p *plugin) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return nil
	}
	p.err = fmt.Errorf("beside: %s: the program was ended", p.protocol)
	p.end()
	late := time.AfterFunc(p.limit, func() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) })
	defer late.Stop()
	return p.cmd.Wait()
}
