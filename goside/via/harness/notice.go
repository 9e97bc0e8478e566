// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"

	"toll/goside/measure"
	"toll/goside/via/dl"
	"toll/goside/via/thread"
)

// state is what a function may change of the thread and the process, beside memory. The goroutine is locked to its thread.
type state struct {
	float       thread.Float
	blocked     unix.Sigset_t
	actions     [signals + 1]action
	cpus        unix.CPUSet
	children    []int
	threads     int // that are not Go's
	descriptors map[int]string
	folder      string
	umask       string
	locale      string
	environment map[string]string
}

// signals is the highest signal.
const signals = 64

// action is the kernel's struct sigaction.
type action struct {
	handler, flags, restorer uintptr
	mask                     uint64
}

// actionOf returns the action of a signal, and changes it unless to is nil.
func actionOf(signal int, to *action) (was action) {
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(signal), uintptr(unsafe.Pointer(to)), uintptr(unsafe.Pointer(&was)), 8, 0, 0)
	return was
}

// ours reports whether a signal is one that the C library uses for itself.
func ours(signal int) bool { return signal == 32 || signal == 33 }

// look returns the state. The floating-point environment is put back, first of all.
func look() *state {
	s := &state{float: thread.Now()}
	_, _ = thread.Settle()
	_ = unix.PthreadSigmask(unix.SIG_BLOCK, nil, &s.blocked)
	for signal := 1; signal <= signals; signal++ {
		if !ours(signal) {
			s.actions[signal] = actionOf(signal, nil)
		}
	}
	_ = unix.SchedGetaffinity(0, &s.cpus)
	s.children = thread.Children()
	s.threads = otherThreads()
	s.descriptors = descriptors()
	s.folder, _ = unix.Getwd()
	status, _ := os.ReadFile("/proc/self/status")
	if _, after, ok := strings.Cut(string(status), "\nUmask:\t"); ok {
		s.umask, _, _ = strings.Cut(after, "\n")
	}
	s.locale = locale()
	s.environment = environment()
	return s
}

// otherThreads returns how many threads are not Go's. Go counts an ending thread no more while the system still does.
func otherThreads() int {
	tasks, _ := os.ReadDir("/proc/self/task")
	return len(tasks) - int(measure.GoThreads().Value)
}

// settledThreads is otherThreads once it is no more than before, or after some time.
func settledThreads(before, now int) int {
	for k := 0; k < 20 && now > before; k++ {
		time.Sleep(time.Millisecond)
		now = min(now, otherThreads())
	}
	return now
}

// descriptors returns what is open, but for the folder that is read for this.
func descriptors() map[int]string {
	const folder = "/proc/self/fd"
	all := map[int]string{}
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		if to, err := os.Readlink(filepath.Join(folder, entry.Name())); err == nil {
			number, _ := strconv.Atoi(entry.Name())
			all[number] = to
		}
	}
	return all
}

// locale returns the C library's.
func locale() string {
	const all = 6 // LC_ALL
	address, err := dl.Symbol(purego.RTLD_DEFAULT, "setlocale")
	if err != nil {
		return ""
	}
	r, _, _ := purego.SyscallN(address, all, 0)
	if r == 0 {
		return ""
	}
	return string(textAt(*(*unsafe.Pointer)(unsafe.Pointer(&r))))
}

// environment returns the C library's.
func environment() map[string]string {
	all := map[string]string{}
	address, err := dl.Symbol(purego.RTLD_DEFAULT, "environ")
	if err != nil {
		return all
	}
	list := **(**unsafe.Pointer)(unsafe.Pointer(&address))
	for ; list != nil && *(*unsafe.Pointer)(list) != nil; list = unsafe.Add(list, unsafe.Sizeof(list)) {
		key, value, _ := strings.Cut(string(textAt(*(*unsafe.Pointer)(list))), "=")
		all[key] = value
	}
	return all
}

// changes says what is different in a later state, as what "it", a function, leaves. Signals, the thread and the working
// directory are put back, and copies of the process ended.
func (s *state) changes(now *state) (all []string) {
	say := func(format string, values ...any) { all = append(all, fmt.Sprintf(format, values...)) }
	if now.float != 0 {
		say("it leaves the floating-point unit so that it %v", now.float)
	}
	for signal := 1; signal <= signals; signal++ {
		if s.actions[signal] != now.actions[signal] {
			say("it leaves the signal %s %s", signalName(signal), now.actions[signal].says())
			actionOf(signal, &s.actions[signal])
		}
	}
	if s.blocked != now.blocked {
		say("it leaves other signals blocked on its thread")
		_ = unix.PthreadSigmask(unix.SIG_SETMASK, &s.blocked, nil)
	}
	if s.cpus != now.cpus {
		say("it leaves its thread on %s, of %s before", count(now.cpus.Count(), "CPU", "CPUs"), count(s.cpus.Count(), "CPU", "CPUs"))
		_ = unix.SchedSetaffinity(0, &s.cpus)
	}
	all = append(all, s.born(now)...)
	if more := settledThreads(s.threads, now.threads) - s.threads; more > 0 {
		say("it leaves %s running", count(more, "thread", "threads"))
	}
	for _, number := range slices.Sorted(maps.Keys(now.descriptors)) {
		was, open := s.descriptors[number]
		switch to := now.descriptors[number]; {
		case !open:
			say("it leaves the descriptor %d open, of %s", number, to)
		case was != to:
			say("it leaves the descriptor %d open, of %s, which was of %s", number, to, was)
		}
	}
	for _, number := range slices.Sorted(maps.Keys(s.descriptors)) {
		if _, open := now.descriptors[number]; !open {
			say("it closes the descriptor %d, of %s", number, s.descriptors[number])
		}
	}
	if s.folder != now.folder {
		say("it leaves the process in the folder %s", now.folder)
		_ = unix.Chdir(s.folder)
	}
	if s.umask != now.umask {
		say("it leaves the umask %s, which was %s", now.umask, s.umask)
	}
	if s.locale != now.locale {
		say("it leaves the locale %s, which was %s", now.locale, s.locale)
	}
	for _, key := range slices.Sorted(maps.Keys(now.environment)) {
		if was, ok := s.environment[key]; !ok || was != now.environment[key] {
			say("it sets the environment variable %s", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.environment)) {
		if _, ok := now.environment[key]; !ok {
			say("it unsets the environment variable %s", key)
		}
	}
	return all
}

func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func signalName(signal int) string {
	if name := unix.SignalName(unix.Signal(signal)); name != "" {
		return name
	}
	return strconv.Itoa(signal)
}

func (a action) says() string {
	switch a.handler {
	case 0:
		return "with the default action"
	case 1:
		return "ignored"
	}
	return "with a handler of its own"
}

// born says which processes were made since, and ends those that are copies of this one.
func (s *state) born(now *state) (all []string) {
	self, _ := os.Readlink("/proc/self/exe")
	copies, others := 0, 0
	for _, pid := range now.children {
		if slices.Contains(s.children, pid) {
			continue
		}
		if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil && exe != self {
			others++
			continue
		}
		copies++ // or it has ended, unless it is waited for
		reap(pid)
	}
	if copies > 0 {
		all = append(all, fmt.Sprintf("it makes %s of the process (fork), which it does not wait for", count(copies, "copy", "copies")))
	}
	if others > 0 {
		all = append(all, fmt.Sprintf("it leaves %s running", count(others, "process", "processes")))
	}
	return all
}

// reap waits for the end of a copy of this process, which ends itself after the call. One that does not, soon, cannot.
func reap(pid int) {
	for start := time.Now(); time.Since(start) < 200*time.Millisecond; runtime.Gosched() {
		if ended, err := unix.Wait4(pid, nil, unix.WNOHANG, nil); ended != 0 && err == nil || err == unix.ECHILD {
			return
		}
	}
	_ = unix.Kill(pid, unix.SIGKILL)
	_, _ = unix.Wait4(pid, nil, 0, nil)
}
