// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package machine

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// The mounts of hosts and containers, as /proc/self/mountinfo has them.
const (
	unified   = "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 none rw,nsdelegate,memory_recursiveprot\n"
	hybrid    = "31 23 0:27 / /sys/fs/cgroup/unified rw,relatime shared:5 - cgroup2 none rw\n"
	memory1   = "36 23 0:32 / /sys/fs/cgroup/memory rw,relatime shared:11 - cgroup none rw,memory\n"
	cpu1      = "37 23 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:12 - cgroup none rw,cpu,cpuacct\n"
	elsewhere = "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n38 23 0:34 / /sys/fs/cgroup/systemd rw shared:6 - cgroup none rw,xattr,name=systemd\n"
)

// TestBounds reads every form that limits have, from the files as kernels write them.
func TestBounds(t *testing.T) {
	const gib, none1 = 1 << 30, "9223372036854771712\n"
	v2 := func(group string, limits map[string]string) map[string]string {
		files := map[string]string{"proc/self/mountinfo": elsewhere + unified, "proc/self/cgroup": "0::" + group + "\n"}
		for file, text := range limits {
			files["sys/fs/cgroup/"+file] = text
		}
		return files
	}
	v1 := func(memory, cpu string, limits map[string]string) map[string]string {
		files := map[string]string{"proc/self/mountinfo": elsewhere + hybrid + memory1 + cpu1,
			"proc/self/cgroup": "12:cpu,cpuacct:" + cpu + "\n11:memory:" + memory + "\n1:name=systemd:/x\n0::/x\n"}
		for file, text := range limits {
			files["sys/fs/cgroup/"+file] = text
		}
		return files
	}
	for _, c := range []struct {
		name        string
		files       map[string]string
		limit, cpus string // facts
		usable      int
		cores       int // of 8
	}{
		{"no limit", v2("/user.slice", map[string]string{"user.slice/memory.max": "max\n", "user.slice/memory.high": "max\n", "user.slice/cpu.max": "max 100000\n"}),
			"none", "none", 64 * gib, 8},
		{"of the own group", v2("/a", map[string]string{"a/memory.max": "2147483648\n", "a/memory.high": "max\n", "a/cpu.max": "150000 100000\n"}),
			"2 GiB (cgroup memory.max)", "1.5 (cgroup cpu.max)", 2 * gib, 2},
		{"a lower one above", v2("/a/b.service/c", map[string]string{"a/memory.max": "1610612736\n", "a/b.service/memory.max": "max\n",
			"a/b.service/c/memory.max": "2147483648\n", "a/cpu.max": "max 100000\n", "a/b.service/cpu.max": "250000 50000\n", "a/b.service/c/cpu.max": "600000 100000\n"}),
			"1.5 GiB (cgroup memory.max)", "5 (cgroup cpu.max)", 3 * gib / 2, 5},
		{"memory.high is lower", v2("/a", map[string]string{"a/memory.max": "2147483648\n", "a/memory.high": "1073741824\n"}),
			"1 GiB (cgroup memory.high)", "none", gib, 8},
		{"a cgroup namespace", v2("/", map[string]string{"memory.max": "536870912\n", "cpu.max": "50000 100000\n"}),
			"512 MiB (cgroup memory.max)", "0.5 (cgroup cpu.max)", gib / 2, 2},
		{"moved out of its namespace", v2("/../other", map[string]string{"memory.max": "536870912\n", "other/memory.max": "1\n"}),
			"512 MiB (cgroup memory.max)", "none", gib / 2, 8},
		{"the group is mounted, of a host's path", map[string]string{
			"proc/self/mountinfo": "30 23 0:26 /docker/0a1b /sys/fs/cgroup ro - cgroup2 cgroup rw\n", "proc/self/cgroup": "0::/docker/0a1b/in\n",
			"sys/fs/cgroup/in/memory.max": "max\n", "sys/fs/cgroup/memory.max": "1073741824\n"},
			"1 GiB (cgroup memory.max)", "none", gib, 8},
		{"another group is mounted", map[string]string{
			"proc/self/mountinfo": "30 23 0:26 /docker/0a1b /sys/fs/cgroup ro - cgroup2 cgroup rw\n", "proc/self/cgroup": "0::/docker/0a1b2c\n",
			"sys/fs/cgroup/2c/memory.max": "1\n", "sys/fs/cgroup/memory.max": "1073741824\n"},
			"1 GiB (cgroup memory.max)", "none", gib, 8},
		{"more than the machine has", v2("/a", map[string]string{"a/memory.max": "68719476737\n", "a/cpu.max": "800000 100000\n"}), "none", "none", 64 * gib, 8},
		{"a mount point with a space", map[string]string{
			"proc/self/mountinfo": `30 23 0:26 / /sys/fs/c\040group rw - cgroup2 none rw` + "\n", "proc/self/cgroup": "0::/a\n",
			"sys/fs/c group/a/memory.max": "1073741824\n"}, "1 GiB (cgroup memory.max)", "none", gib, 8},
		{"version 1, no limit", v1("/", "/", map[string]string{"memory/memory.limit_in_bytes": none1, "cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
			"cpu,cpuacct/cpu.cfs_period_us": "100000\n", "memory/memory.stat": "cache 5\nhierarchical_memory_limit " + none1}), "none", "none", 64 * gib, 8},
		{"version 1", v1("/a/b", "/c", map[string]string{"memory/a/memory.limit_in_bytes": "3221225472\n", "memory/a/b/memory.limit_in_bytes": none1,
			"cpu,cpuacct/c/cpu.cfs_quota_us": "300000\n", "cpu,cpuacct/c/cpu.cfs_period_us": "100000\n"}),
			"3 GiB (cgroup memory.limit_in_bytes)", "3 (cgroup cpu.cfs_quota_us)", 3 * gib, 3},
		{"version 1, a group above that is not seen", v1("/a", "/", map[string]string{"memory/a/memory.limit_in_bytes": none1,
			"memory/a/memory.stat": "cache 5\nrss 6\nhierarchical_memory_limit 1073741824\nhierarchical_memsw_limit 5\n"}),
			"1 GiB (cgroup hierarchical_memory_limit)", "none", gib, 8},
		{"a hybrid: processor time by version 2", map[string]string{"proc/self/mountinfo": hybrid + memory1, "proc/self/cgroup": "11:memory:/m\n0::/u\n",
			"sys/fs/cgroup/memory/m/memory.limit_in_bytes": "1073741824\n", "sys/fs/cgroup/unified/u/cpu.max": "400000 100000\n"},
			"1 GiB (cgroup memory.limit_in_bytes)", "4 (cgroup cpu.max)", gib, 4},
		{"no control groups", map[string]string{"proc/self/mountinfo": elsewhere, "proc/self/cgroup": ""}, "none", "none", 64 * gib, 8},
		{"no /proc/self/cgroup", map[string]string{"proc/self/mountinfo": elsewhere + unified}, "unknown", "unknown", 64 * gib, 8},
		{"not a number", v2("/a", map[string]string{"a/memory.max": "much\n", "a/cpu.max": "150000 100000\n"}), "unknown", "1.5 (cgroup cpu.max)", 64 * gib, 2},
		{"spoiled", map[string]string{"proc/self/mountinfo": "one two\n", "proc/self/cgroup": "0::/\n"}, "unknown", "unknown", 64 * gib, 8},
		{"spoiled, too", map[string]string{"proc/self/mountinfo": unified, "proc/self/cgroup": "0\n"}, "unknown", "unknown", 64 * gib, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := fstest.MapFS{"proc/meminfo": {Data: []byte("MemTotal:       67108864 kB\nMemFree:        1 kB\n")}}
			for name, text := range c.files {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			b := bounds(files, 8)
			facts := b.facts()
			if facts[0].Value != "64 GiB" || facts[1].Value != c.limit || facts[2].Value != c.cpus {
				t.Errorf("facts are %v, want 64 GiB, %s, %s; unread: %v", facts, c.limit, c.cpus, b.Unread)
			}
			if b.Usable() != c.usable || b.cores(8) != c.cores {
				t.Errorf("%d bytes and %d cores, want %d and %d", b.Usable(), b.cores(8), c.usable, c.cores)
			}
			if known := c.limit != "unknown" && c.cpus != "unknown"; known != (b.Unread == nil) {
				t.Errorf("unread: %v", b.Unread)
			}
		})
	}
}

// forbidden is a file system of which some files cannot be read.
type forbidden struct {
	fs.FS
	name string
}

func (f forbidden) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, f.name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.FS.Open(name)
}

// TestUnreadableBounds: a limit that may not be read is unknown, not none; others count.
func TestUnreadableBounds(t *testing.T) {
	files := fstest.MapFS{"proc/self/mountinfo": {Data: []byte(unified)}, "proc/self/cgroup": {Data: []byte("0::/a\n")},
		"sys/fs/cgroup/a/memory.max": {Data: []byte("1048576\n")}, "sys/fs/cgroup/a/cpu.max": {Data: []byte("100000 100000\n")}}
	b := bounds(forbidden{files, "memory.max"}, 8)
	if facts := b.facts(); !errors.Is(b.Unread, fs.ErrPermission) || facts[0].Value != unknown || facts[1].Value != unknown || facts[2].Value != "1 (cgroup cpu.max)" {
		t.Errorf("facts are %v, unread %v; want 1, and the others unknown", facts, b.Unread)
	}
	if b := bounds(forbidden{files, "self/cgroup"}, 8); !errors.Is(b.Unread, fs.ErrPermission) || b.Usable() != 0 || b.cores(8) != 8 {
		t.Errorf("without /proc/self/cgroup: %+v", b)
	}
}

// TestCores: work is shared out as Go's runtime does by itself, under whatever limit this test runs.
func TestCores(t *testing.T) {
	if os.Getenv("TOLL_TEST_CORES") != "" {
		t.Logf("cores=%d gomaxprocs=%d", Cores(), runtime.GOMAXPROCS(0))
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestCores$", "-test.v")
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GOMAXPROCS=") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "TOLL_TEST_CORES=1")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	n := strconv.Itoa(Cores())
	if want := "cores=" + n + " gomaxprocs=" + n + "\n"; !strings.Contains(string(said), want) {
		t.Errorf("a child says\n%s\nwant %s", said, want)
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int]string{0: "0 B", 1023: "1023 B", 1024: "1 KiB", 1536: "1.5 KiB", 1 << 30: "1 GiB", 100 << 20: "100 MiB", 1 << 51: "2048 TiB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
