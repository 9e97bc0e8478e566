// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package machine

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"toll/goside/measure"
)

// Bounds are what the process may use of the machine's memory and processor time. Zero values are unknown, or no limit.
type Bounds struct {
	Machine  int     // bytes of memory that the machine has
	Memory   int     // bytes that a control group allows; fewer than Machine, or 0
	MemoryBy string  // the file that says so: "memory.max"
	CPU      float64 // processor time in a second, in seconds, that a control group allows; less than all cores', or 0
	CPUBy    string
	Unread   error // why a limit may be there that is not known
}

// Bound returns the bounds of this process, which are read once: sizes that follow them stay the same for a run.
var Bound = sync.OnceValue(func() Bounds { return bounds(os.DirFS("/"), runtime.NumCPU()) })

// Usable returns how many bytes the process may use, 0 if that is unknown. What other processes use at the moment does
// not count: sizes that differed from run to run could not be compared.
func (b *Bounds) Usable() int {
	if b.Memory > 0 {
		return b.Memory
	}
	return b.Machine
}

// Cores returns on how many cores work is worth to be shared out: those that the process may use, or fewer if it may use
// them for a part of the time only. It is GOMAXPROCS, unless that was set: Go, too, rounds a limit up, and at least to two.
func Cores() int { b := Bound(); return b.cores(runtime.NumCPU()) }

func (b *Bounds) cores(all int) int {
	if b.CPU > 0 {
		return min(all, max(2, int(math.Ceil(b.CPU))))
	}
	return all
}

// Restrain has Go collect its garbage more often as its heap nears half of the memory that the process may use, unless the
// user says at which size: Python and native code have the rest. While something is measured that is off, see measure.Measure.
func Restrain() {
	if b := Bound(); os.Getenv("GOMEMLIMIT") == "" && b.Usable() > 0 {
		debug.SetMemoryLimit(int64(b.Usable() / 2))
	}
}

// facts returns what a record says of the bounds.
func (b *Bounds) facts() []measure.Fact {
	none := "none"
	if b.Unread != nil {
		none = unknown
	}
	say := func(known bool, text, otherwise string) string {
		if known {
			return text
		}
		return otherwise
	}
	return []measure.Fact{
		{Key: "memory", Value: say(b.Machine > 0, Bytes(b.Machine), unknown)},
		{Key: "memory-limit", Value: say(b.Memory > 0, Bytes(b.Memory)+" (cgroup "+b.MemoryBy+")", none)},
		{Key: "cpu-limit", Value: say(b.CPU > 0, decimal(b.CPU, 2)+" (cgroup "+b.CPUBy+")", none)},
	}
}

// Bytes returns a number of bytes in the largest unit in which it is at least one: "1.5 GiB".
func Bytes(n int) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	x, unit := float64(n), 0
	for x >= 1024 && unit < len(units)-1 {
		x, unit = x/1024, unit+1
	}
	return decimal(x, 1) + " " + units[unit]
}

// decimal returns x with so many digits behind the point, without zeros at the end.
func decimal(x float64, digits int) string {
	text := strconv.FormatFloat(x, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
