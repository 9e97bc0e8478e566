// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package machine collects what a record says about the machine. A value that the machine does not tell is "unknown".
package machine

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/cpuid/v2"
	"golang.org/x/sys/unix"

	"toll/goside/measure"
	"toll/goside/via/thread"
)

const unknown = "unknown"

// Facts returns what holds for the whole of a run.
func Facts() []measure.Fact {
	b := Bound()
	return append([]measure.Fact{
		{Key: "goos", Value: runtime.GOOS},
		{Key: "goarch", Value: runtime.GOARCH},
		{Key: "go", Value: runtime.Version()},
		{Key: "os", Value: release()},
		{Key: "cpu", Value: cpuid.CPU.BrandName},
		{Key: "cores", Value: strconv.Itoa(runtime.NumCPU())}, // that the process may use
		{Key: "affinity", Value: thread.Affinity()},
		{Key: "omp", Value: openMP()},
		{Key: "caches", Value: caches()},
		{Key: "cache-line", Value: strconv.Itoa(cpuid.CPU.CacheLine)},
		{Key: "tlb", Value: tlb()},
		{Key: "governor", Value: read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
		{Key: "hugepages", Value: read("/sys/kernel/mm/transparent_hugepage/enabled")},
		{Key: "load", Value: load()},
		{Key: "gomaxprocs", Value: strconv.Itoa(runtime.GOMAXPROCS(0))},
		{Key: "libraries", Value: libraries()},
	}, b.facts()...)
}

// Floats returns the fact about the floating-point environment of the run: the default, or what was found to change it
// and put back.
func Floats() measure.Fact {
	f := measure.Fact{Key: "fp-environment", Value: "default"}
	if notes := thread.Notes(); notes != nil {
		f.Value = strings.Join(notes, "; ")
	}
	return f
}

// openMP returns the environment variables that OpenMP's runtime reads, as they are set, or "none".
func openMP() string {
	var all []string
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "OMP_") || strings.HasPrefix(variable, "GOMP_") {
			all = append(all, strings.Join(strings.Fields(variable), " ")) // on one line
		}
	}
	if all == nil {
		return "none"
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// Binding warns of variables that make OpenMP's runtime bind threads to CPUs.
func Binding() (warnings []string) {
	for _, name := range []string{"OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY"} {
		if value := os.Getenv(name); value != "" && !strings.EqualFold(value, "false") {
			warnings = append(warnings, fmt.Sprintf("%s=%s binds the threads of the OpenMP languages to CPUs; Toll keeps its own on %s",
				name, value, thread.Affinity()))
		}
	}
	return warnings
}

// System returns the name of the distribution, such as "Debian GNU/Linux 12 (bookworm)", or "unknown".
func System() string {
	for text := range strings.Lines(read("/etc/os-release")) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(text), "PRETTY_NAME="); ok {
			return strings.Trim(value, `"`)
		}
	}
	return unknown
}

// Build returns how this program was built: "linux/arm64, cgo", with the level of the instruction set that Go's compiler was
// given.
func Build() string {
	says := runtime.GOOS + "/" + runtime.GOARCH
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return says
	}
	cgo := "no cgo"
	for _, s := range info.Settings {
		switch {
		case s.Key == "GO"+strings.ToUpper(runtime.GOARCH):
			says += ", " + s.Key + "=" + s.Value
		case s.Key == "CGO_ENABLED" && s.Value == "1":
			cgo = "cgo"
		}
	}
	return says + ", " + cgo
}

func release() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return runtime.GOOS
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
}

// caches returns the caches of one core, in bytes: "L1d 32768, L2 524288, L3 33554432".
func caches() string {
	var all []string
	c := cpuid.CPU.Cache
	for _, level := range []struct {
		name  string
		bytes int
	}{{"L1d", c.L1D}, {"L2", c.L2}, {"L3", c.L3}} {
		if level.bytes > 0 {
			all = append(all, fmt.Sprintf("%s %d", level.name, level.bytes))
		}
	}
	if all == nil {
		return unknown
	}
	return strings.Join(all, ", ")
}

// tlb returns the largest number of TLB entries of a core, as AMD's processors tell through Linux.
func tlb() string {
	_, after, ok := strings.Cut(read("/proc/cpuinfo"), "TLB size")
	fields := strings.Fields(strings.TrimLeft(after, "\t :"))
	if !ok || len(fields) < 1 {
		return unknown
	}
	return fields[0]
}

// load returns the load averages over 1, 5 and 15 minutes.
func load() string {
	if fields := strings.Fields(read("/proc/loadavg")); len(fields) >= 3 {
		return strings.Join(fields[:3], " ")
	}
	return unknown
}

func read(file string) string {
	text, err := os.ReadFile(file)
	if err != nil || len(text) == 0 {
		return unknown
	}
	return strings.TrimSpace(string(text))
}

// libraries returns the versions of the modules that Toll calls native code through.
func libraries() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return unknown
	}
	var all []string
	for _, m := range info.Deps {
		switch m.Path {
		case "github.com/ebitengine/purego", "gonum.org/v1/gonum", "gonum.org/v1/netlib":
			all = append(all, m.Path+" "+m.Version)
		}
	}
	if all == nil {
		return unknown
	}
	return strings.Join(all, ", ")
}

// tick is how many units of time /proc has in a second, on every Linux.
const tick = 100

// Others begins to watch the machine. The returned function says what part of all cores' time since then went to other
// processes, and what part to the host of a virtual machine: "1.3% others, 0.2% host".
func Others() func() string {
	busy, stolen, all, ok := times()
	own, start := processTime(), time.Now()
	return func() string {
		busyAfter, stolenAfter, allAfter, okAfter := times()
		if !ok || !okAfter || allAfter == all || time.Since(start) < time.Second {
			return unknown
		}
		others := max(0, busyAfter-busy-tick*(processTime()-own))
		return fmt.Sprintf("%.1f%% others, %.1f%% host", 100*others/(allAfter-all), 100*(stolenAfter-stolen)/(allAfter-all))
	}
}

// times returns the totals of all cores in /proc/stat: time in use, time taken by the host, and all time.
func times() (busy, stolen, all float64, ok bool) {
	line, _, _ := strings.Cut(read("/proc/stat"), "\n")
	fields := strings.Fields(line) // cpu user nice system idle iowait irq softirq steal ...
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, 0, 0, false
	}
	for k, field := range fields[1:9] {
		t, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return 0, 0, 0, false
		}
		all += t
		switch k {
		case 3, 4: // idle
		case 7:
			stolen = t
		default:
			busy += t
		}
	}
	return busy, stolen, all, true
}

// processTime returns the seconds that this process ran, and all processes that it has started, directly or not.
func processTime() float64 {
	seconds := descendantTime(os.Getpid())
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if err := unix.Getrusage(who, &u); err == nil {
			seconds += float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
		}
	}
	return seconds
}

// descendantTime returns the seconds that those of them ran that are not waited for yet, such as workers and the workers' own.
func descendantTime(ancestor int) float64 {
	parents, seconds := map[int]int{}, map[int]float64{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		var pid, parent int
		var state string
		var skipped, user, system, userWaited, systemWaited int64
		text := read(file)
		end := strings.LastIndexByte(text, ')') // of the program's name, which may hold blanks
		if end < 0 {
			continue // it is gone
		}
		if _, err := fmt.Sscan(text, &pid); err != nil {
			continue
		}
		_, err := fmt.Sscan(text[end+1:], &state, &parent, &skipped, &skipped, &skipped, &skipped, &skipped, &skipped, &skipped,
			&skipped, &skipped, &user, &system, &userWaited, &systemWaited)
		if err == nil {
			parents[pid], seconds[pid] = parent, float64(user+system+userWaited+systemWaited)/tick
		}
	}
	sum := 0.0
	for pid := range parents {
		for at, ok := parents[pid]; ok; at, ok = parents[at] {
			if at == ancestor {
				sum += seconds[pid]
				break
			}
		}
	}
	return sum
}
