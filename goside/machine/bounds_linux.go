// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package machine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/sys/mountinfo"
)

// bounds reads the bounds of this process from a file system that has /proc and /sys; cores is how many it may use.
//
// Libraries were considered: automemlimit knows only memory.max, automaxprocs only the innermost cpu.max of a process, and
// Go's runtime does not say which limit it found.
func bounds(fsys fs.FS, cores int) Bounds {
	b := Bounds{Machine: total(fsys)}
	groups, err := groups(fsys)
	b.Unread = err
	for _, g := range groups {
		b.Unread = errors.Join(b.Unread, g.read(fsys, &b))
	}
	if b.Machine > 0 && b.Memory >= b.Machine {
		b.Memory, b.MemoryBy = 0, ""
	}
	if b.CPU >= float64(cores) {
		b.CPU, b.CPUBy = 0, ""
	}
	return b
}

// total returns the machine's memory, or 0.
func total(fsys fs.FS) int {
	text, _ := fs.ReadFile(fsys, "proc/meminfo")
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "MemTotal:" {
			kib, _ := strconv.Atoi(fields[1])
			return kib << 10
		}
	}
	return 0
}

// group is a control group of this process, with the groups above it as far as they can be seen.
type group struct {
	folders []string // the innermost first
	unified bool     // of version 2
}

// groups returns those of all mounted hierarchies that could hold a limit.
func groups(fsys fs.FS) ([]group, error) {
	text, err := fs.ReadFile(fsys, "proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("machine: %w", err)
	}
	mounts, err := mountinfo.GetMountsFromReader(bytes.NewReader(text), nil)
	if err != nil {
		return nil, fmt.Errorf("machine: proc/self/mountinfo: %w", err)
	}
	text, err = fs.ReadFile(fsys, "proc/self/cgroup")
	if err != nil {
		return nil, fmt.Errorf("machine: %w", err)
	}
	var all []group
	for line := range strings.Lines(string(text)) { // hierarchy:controllers:path
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(fields) != 3 {
			return nil, fmt.Errorf("machine: proc/self/cgroup has %q, want three fields", line)
		}
		controllers := strings.Split(fields[1], ",")
		for _, m := range mounts {
			unified := fields[0] == "0" && m.FSType == "cgroup2"
			older := m.FSType == "cgroup" && slices.ContainsFunc([]string{"memory", "cpu"}, func(c string) bool {
				return slices.Contains(controllers, c) && slices.Contains(strings.Split(m.VFSOptions, ","), c)
			})
			if unified || older {
				all = append(all, group{folders(m.Root, m.Mountpoint, fields[2]), unified})
			}
		}
	}
	return all, nil
}

// folders returns the folders of a group and of those above it, of which root is mounted at a point. Of a group that is not
// below the root, as in a container that sees the path of its host, only what is mounted can be seen.
func folders(root, point, of string) []string {
	below := of
	if root != "/" {
		var inside bool
		if below, inside = strings.CutPrefix(of, root); !inside || below != "" && below[0] != '/' {
			below = ""
		}
	}
	if slices.Contains(strings.Split(below, "/"), "..") { // of a group outside of the namespace
		below = ""
	}
	point = strings.TrimPrefix(path.Clean(point), "/")
	var all []string
	for below = path.Clean("/" + below); below != "/"; below = path.Dir(below) {
		all = append(all, path.Join(point, below))
	}
	return append(all, point)
}

// read lowers the bounds to what the group and those above it allow.
func (g *group) read(fsys fs.FS, b *Bounds) error {
	var unread error
	for _, folder := range g.folders {
		fields := func(file string) []string {
			text, err := fs.ReadFile(fsys, path.Join(folder, file))
			if err != nil && !errors.Is(err, fs.ErrNotExist) { // the outermost group has no limits
				unread = errors.Join(unread, fmt.Errorf("machine: %w", err))
			}
			return strings.Fields(string(text))
		}
		number := func(words []string, at int) float64 { // 0: there is none
			if at >= len(words) || words[at] == "max" {
				return 0
			}
			x, err := strconv.ParseFloat(words[at], 64)
			if err != nil {
				unread = errors.Join(unread, fmt.Errorf("machine: %s has %q, want a number or max", folder, words))
			}
			return x
		}
		if g.unified {
			for _, file := range []string{"memory.max", "memory.high"} {
				b.allow(number(fields(file), 0), file)
			}
			quota := fields("cpu.max")
			b.allowTime(number(quota, 0), number(quota, 1), "cpu.max")
			continue
		}
		b.allow(number(fields("memory.limit_in_bytes"), 0), "memory.limit_in_bytes")
		b.allowTime(number(fields("cpu.cfs_quota_us"), 0), number(fields("cpu.cfs_period_us"), 0), "cpu.cfs_quota_us")
		if stat := fields("memory.stat"); stat != nil { // it knows of groups that cannot be seen
			b.allow(number(stat, slices.Index(stat, "hierarchical_memory_limit")+1), "hierarchical_memory_limit")
		}
	}
	return unread
}

// unlimited is what version 1 says where there is no limit, or more.
const unlimited = 1 << 62

func (b *Bounds) allow(memory float64, by string) {
	if memory > 0 && memory < unlimited && (b.Memory == 0 || int(memory) < b.Memory) {
		b.Memory, b.MemoryBy = int(memory), by
	}
}

// allowTime allows so much time in a period; version 1 says -1 if there is no limit.
func (b *Bounds) allowTime(quota, period float64, by string) {
	if cpu := quota / period; quota > 0 && period > 0 && (b.CPU == 0 || cpu < b.CPU) {
		b.CPU, b.CPUBy = cpu, by
	}
}
