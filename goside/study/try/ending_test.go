// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"toll/goside/via/harness"
)

// fake is the variable that makes this test's program a child which does what it says, and then ends.
const fake = "TOLL_TRY_FAKE"

func TestMain(m *testing.M) {
	if what := os.Getenv(fake); what != "" {
		fakeChild(what)
		return
	}
	os.Exit(m.Run())
}

// fakeChild says what a harness would, and ends in some way.
func fakeChild(what string) {
	events := json.NewEncoder(os.NewFile(3, "events"))
	tell := func(e harness.Event) { _ = events.Encode(e) }
	if what == "job" {
		fakeJob(tell)
		return
	}
	memory := []harness.Placed{{Name: "p", Address: 0x7f0000001000, Size: 800}, {Name: "q", Address: 0x7f0000900000, Size: 80}}
	tell(harness.Event{Calling: &harness.Calling{Crossing: "cgo", Memory: memory}})
	kind, rest, _ := strings.Cut(what, " ")
	number, _ := strconv.Atoi(rest)
	switch kind {
	case "done":
		tell(harness.Event{Called: &harness.Called{Crossing: "cgo"}})
		tell(harness.Event{Done: true})
	case "exit":
		os.Exit(number)
	case "said":
		tell(harness.Event{Error: "harness: " + rest})
		os.Exit(1)
	case "step":
		tell(harness.Event{Step: &harness.Step{On: rest}})
		os.Exit(3)
	case "hang":
		// What it starts is to end with it.
		cmd := exec.Command("sleep", "60")
		_ = cmd.Start()
		_ = os.WriteFile(rest, fmt.Append(nil, cmd.Process.Pid), 0o600)
		time.Sleep(time.Minute)
	case "until":
		_, _ = os.NewFile(3, "events").Read(make([]byte, 1))
		tell(harness.Event{Timed: []harness.Timed{{Name: "Try/op=f"}}})
		tell(harness.Event{Error: "measure: told to stop"})
		os.Exit(1)
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.Signal(number))
		time.Sleep(time.Minute)
	case "crash":
		fmt.Fprint(os.Stderr, rest)
		os.Exit(2)
	case "odd":
		fmt.Fprintln(os.NewFile(3, "events"), "no event")
		tell(harness.Event{Done: true})
	}
}

// runFake runs a fake child.
func runFake(t *testing.T, what string, limit time.Duration) *ending {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := child{program: program, env: []string{fake + "=" + what}, silence: limit, folder: t.TempDir()}
	e, err := c.run(&harness.Job{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestEndings: each way in which a child can end is told. The texts are what Go's runtime printed for crashes of small C functions.
func TestEndings(t *testing.T) {
	const segv = "[signal SIGSEGV: segmentation violation code=%s addr=%s pc=0x7f0000]\n"
	fault := func(address string) string {
		return "crash SIGSEGV: segmentation violation\nPC=0x7fa6 m=0 sigcode=1 addr=" + address + "\nsignal arrived during cgo execution\n"
	}
	for what, want := range map[string]string{
		"done":                   "",
		"odd":                    "",
		"exit 3":                 "called exit(3)",
		"exit 0":                 "called exit(0)",
		"said norm is not timed": "norm is not timed",
		"said process panics: the worker no longer answers (EOF): it ended with exit status 2; it said: SIGSEGV: segmentation violation, PC=0x7f": "crashed with SIGSEGV, in its process",
		"said process panics: the worker no longer answers (EOF): it ended with exit status 3":                                                    "called exit(3), in its process",
		"step loading":            "called exit(3), while the library was loaded",
		"step reading the result": "called exit(3), in reading the result",
		"kill 9":                  "was killed (SIGKILL): perhaps it took too much memory",
		"kill 15":                 "was ended by SIGTERM",
		fault("0x7f0000001320"):   "crashed with SIGSEGV: it reads or writes behind p: right at its end",
		fault("0x7f0000001328"):   "crashed with SIGSEGV: it reads or writes behind p: 8 bytes past its end",
		fault("0x7f00008fffff"):   "crashed with SIGSEGV: it reads or writes before q: 1 byte before its beginning",
		fault("0x7f0000001010"):   "crashed with SIGSEGV: it writes to p, which is const (--out p:inout allows it)",
		fault("0x0"):              "crashed with SIGSEGV: argument s = nil",
		fault("0x5500000000"):     "crashed with SIGSEGV: address 0x5500000000, in no argument",
		fault("0x7fff00000ff8") + "rsp    0x7fff00001000\n":                                                                "crashed with SIGSEGV: its stack overflowed",
		"crash unexpected fault address 0x7f0000001328\nfatal error: fault\n" + fmt.Sprintf(segv, "0x1", "0x7f0000001328"): "crashed with SIGSEGV: it reads or writes behind p: 8 bytes past its end",
		"crash " + fmt.Sprintf(segv, "0x80", "0x0"):                                                                        "crashed with SIGSEGV: the address is not known, so it is wild, or not aligned as the instruction wants",
		"crash runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n":                      "crashed: its stack overflowed",
		"crash free(): invalid pointer\nSIGABRT: abort\nPC=0x1 m=0 sigcode=18446744073709551610\n":                         `aborted: "free(): invalid pointer"`,
		"crash SIGABRT: abort\nPC=0x1 m=0\n":                                                                               "aborted",
		"crash SIGFPE: floating-point exception\nPC=0x1 m=0 sigcode=1 addr=0x1\n":                                          "crashed with SIGFPE: an integer division by zero, or one that overflows",
		"crash SIGILL: illegal instruction\nPC=0x1\n":                                                                      "crashed with SIGILL: an instruction that this processor does not have, or a trap of the compiler",
		"crash panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\n":                     "crashed: panic: runtime error: index out of range [3] with length 3",
		"crash no such file\n": `called exit(2): "no such file"`,
	} {
		e := runFake(t, what, time.Minute)
		if got := e.why([]string{"s"}); got != want {
			t.Errorf("%q: %q, want %q", what, got, want)
		}
	}
}

// TestTimeLimit: what does not return is ended, with all that it started.
func TestTimeLimit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	const limit = 300 * time.Millisecond
	e := runFake(t, "hang "+file, limit)
	if got, want := e.why(nil), "did not return within 300ms"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(text))
	if err != nil {
		t.Fatal(err)
	}
	for range 500 { // its parent is gone, and another one is to take note of its end
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the process %d that the child started is there yet", pid)
}

// TestStopped: a run that is told to stop ends its child.
func TestStopped(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	close(done)
	c := child{program: program, env: []string{fake + "=hang " + filepath.Join(t.TempDir(), "pid")}, silence: time.Minute, done: done, folder: t.TempDir()}
	e, err := c.run(&harness.Job{Do: harness.Verify})
	if err != nil || !e.stopped {
		t.Errorf("stopped %t, error %v; want it stopped", e.stopped, err)
	}
	// One that measures has time to tell what it has.
	c.env = []string{fake + "=until"}
	e, err = c.run(&harness.Job{Do: harness.Measure})
	if err != nil || !e.stopped || len(e.timed) != 1 {
		t.Errorf("stopped %t, error %v, %d rows; want it stopped, with what was measured", e.stopped, err, len(e.timed))
	}
}

func TestTail(t *testing.T) {
	var all tail
	for range 100 {
		_, _ = all.Write([]byte("begin" + strings.Repeat("x", tailSize/3) + "end"))
	}
	if s := all.String(); len(s) != 2*tailSize || !strings.HasPrefix(s, "begin") || !strings.HasSuffix(s, "end") {
		t.Errorf("%d bytes, from %q to %q; want %d, from begin to end", len(s), s[:8], s[len(s)-8:], 2*tailSize)
	}
}
