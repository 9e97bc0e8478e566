// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"

	"toll/goside/via/stdout"
)

// printer passes on what is printed and remembers the first error, since tables and pages do not look at errors. A
// pipe that its reader closed is no matter for it: the write ends the program by SIGPIPE, as of other Unix tools.
type printer struct {
	to     io.Writer
	colour bool // it is a terminal that shows colours
	err    error
}

func (p *printer) Write(text []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	var n int
	var err error = syscall.EBADF
	if !stdout.Closed() {
		n, err = p.to.Write(text)
	}
	if err != nil {
		if path := (*fs.PathError)(nil); errors.As(err, &path) {
			err = path.Err // "write /dev/stdout" says nothing more
		}
		p.err = fmt.Errorf("standard output: %w", err)
	}
	return n, p.err
}
