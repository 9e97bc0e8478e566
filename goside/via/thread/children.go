// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package thread

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Children returns the processes that the threads of this one made and that have not ended, or are not waited for: none if
// the system has no /proc. It asks each process for its parent: the lists that threads have of their children
// (/proc/self/task/*/children) lack those of a thread that ends meanwhile, which pass to another one. It needs no locked
// goroutine.
func Children() (all []int) {
	parent := strconv.Itoa(os.Getpid())
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		stat, _ := os.ReadFile(file) // of a process that has just ended there is none
		// PID (COMMAND) STATE PARENT ..., and a command may hold parentheses.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) > 1 && fields[1] == parent {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
				all = append(all, pid)
			}
		}
	}
	return all
}
