// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package thread

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// cpus are the CPUs that a thread may run on.
type cpus struct {
	set   unix.CPUSet
	known bool
}

func affinity() (c cpus) {
	c.known = unix.SchedGetaffinity(0, &c.set) == nil
	return c
}

// putBack makes c the thread's again.
func (c *cpus) putBack() {
	if now := affinity(); c.known && now.known && now.set != c.set {
		_ = unix.SchedSetaffinity(0, &c.set) // fails if the CPUs were taken away meanwhile
	}
}

func (c *cpus) String() string {
	if !c.known {
		return "unknown"
	}
	var all []string
	for first := 0; first < 8*len(c.set)*8; first++ {
		if !c.set.IsSet(first) {
			continue
		}
		last := first
		for c.set.IsSet(last + 1) {
			last++
		}
		if last == first {
			all = append(all, fmt.Sprint(first))
		} else {
			all = append(all, fmt.Sprintf("%d-%d", first, last))
		}
		first = last
	}
	return strings.Join(all, ",")
}
