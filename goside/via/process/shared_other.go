// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !linux

package process

import (
	"fmt"
	"os"

	"toll/goside/seam"
)

var errNotLinux = fmt.Errorf("process: %w: sockets and shared memory need Linux", seam.ErrUnavailable)

func newSockets() (ours *os.File, fd int, theirs *os.File, err error) {
	return nil, 0, nil, errNotLinux
}

func newShared(*Memory, *os.File, int, bool) (transport, error) { return nil, errNotLinux }

// Memory is what a worker shares.
type Memory struct{}

func newMemory() (*Memory, error) { return nil, errNotLinux }

func (*Memory) release() error { return nil }

// Serve is the worker in Go.
func Serve(string) error { return errNotLinux }
