// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"toll/goside/via/harness"
)

// ending says how a child ended, and what it had said before.
type ending struct {
	done    bool
	said    string           // the error that the harness gave
	calling *harness.Calling // the call that did not return
	memory  []harness.Placed // of the last call
	called  []*harness.Called
	timed   []harness.Timed
	on      string   // the step that was on when it ended, "" in a call
	noticed []string // of no call

	status    syscall.WaitStatus
	late      bool // it was ended, since it was silent for longer than limit
	limit     time.Duration
	stopped   bool // the run was told to stop
	out, errs string
	odd       string // what is no event
}

// note takes what an event says.
func (e *ending) note(event *harness.Event) {
	switch {
	case event.Calling != nil:
		e.calling, e.memory, e.on = event.Calling, event.Calling.Memory, ""
	case event.Called != nil:
		e.calling, e.called = nil, append(e.called, event.Called)
	case event.Timed != nil:
		e.timed = append(e.timed, event.Timed...)
	case event.Step != nil:
		e.calling, e.on = nil, event.Step.On
	case event.Loaded != nil:
		e.noticed = append(e.noticed, event.Loaded.Noticed...)
	case event.Notes != nil:
		e.noticed = append(e.noticed, event.Notes...)
	case event.Error != "":
		e.said = event.Error
	case event.Done:
		e.done = true
	}
}

// measured returns the times of a child, which may be nil.
func (e *ending) measured() []harness.Timed {
	if e == nil {
		return nil
	}
	return e.timed
}

// fault is an access to memory that failed.
type fault struct {
	signal  string // "SIGSEGV"
	address uint64
	known   bool // the address is
	name    string
	behind  int64 // bytes past the end of the memory of that name; negative: before its beginning
	within  bool  // it lies in that memory
	stack   bool  // it lies at the end of a stack
}

var (
	// What Go's runtime writes as it ends the program begins with one of these.
	crashText   = regexp.MustCompile(`(?m)^(SIG[A-Z]+: |fatal error: |panic: |unexpected fault address|runtime: |\[signal |goroutine \d+)`)
	signalText  = regexp.MustCompile(`(?:\[signal |(?m:^))(SIG[A-Z]+): `)
	addressText = regexp.MustCompile(`(?:unexpected fault address|addr=)\s?(0x[0-9a-f]+)`)
	stackText   = regexp.MustCompile(`(?m)^(?:rsp|sp)\s+(0x[0-9a-f]+)`)
	overflown   = regexp.MustCompile(`stack overflow|stack exceeds|morestack on`)
	codeText    = regexp.MustCompile(`\b(?:sig)?code=(0x[0-9a-f]+|\d+)`)
)

// near is how far from memory an address is still told by it.
const near = harness.GuardBytes

// crash returns the fault that ended the child, nil if none did.
func (e *ending) crash() *fault {
	if e.done || e.late || e.stopped {
		return nil
	}
	f := &fault{}
	if found := signalText.FindStringSubmatch(e.errs); found != nil {
		f.signal = found[1]
	}
	if e.status.Signaled() && f.signal == "" {
		f.signal = unix.SignalName(e.status.Signal())
	}
	if f.signal == "" && strings.Contains(e.errs, "unexpected fault address") {
		f.signal = "SIGSEGV"
	}
	if f.signal == "" && !overflown.MatchString(e.errs) {
		return nil
	}
	f.stack = overflown.MatchString(e.errs)
	if code := codeText.FindStringSubmatch(e.errs); code != nil && (code[1] == "0x80" || code[1] == "128") {
		return f // the processor does not tell which address it is
	}
	if f.signal != "SIGSEGV" && f.signal != "SIGBUS" {
		return f
	}
	found := addressText.FindStringSubmatch(e.errs)
	if found == nil {
		return f
	}
	f.address, _ = strconv.ParseUint(found[1], 0, 64)
	f.known = true
	e.place(f)
	if sp := stackText.FindStringSubmatch(e.errs); sp != nil && f.name == "" {
		at, _ := strconv.ParseUint(sp[1], 0, 64)
		f.stack = f.stack || f.address < at+4096 && at < f.address+(1<<20) && f.address > 4096
	}
	return f
}

// place finds which argument's memory the address is of.
func (e *ending) place(f *fault) {
	if e.calling == nil || f.address < 4096 {
		return
	}
	least := uint64(near)
	for _, m := range e.calling.Memory {
		end := m.Address + m.Size
		switch {
		case m.Address == 0:
		case f.address >= m.Address && f.address < end:
			f.name, f.behind, f.within = m.Name, 0, true
			return
		case f.address >= end && f.address-end < least:
			least, f.name, f.behind = f.address-end, m.Name, int64(f.address-end)
		case f.address < m.Address && m.Address-f.address < least:
			least, f.name, f.behind = m.Address-f.address, m.Name, -int64(m.Address-f.address)
		}
	}
}

// why says in a sentence's end how the child ended, "" if it did all that it was to do: "crashed with SIGSEGV: …". null are the
// arguments that are nil.
func (e *ending) why(null []string) string {
	why := e.reason(null)
	switch {
	case why == "" || e.said != "" || e.calling != nil:
	case e.on == "loading":
		why += ", while the library was loaded"
	case strings.HasPrefix(e.on, "reading") || strings.HasPrefix(e.on, "freeing"):
		why += ", in " + e.on
	}
	return why
}

// reason is why, without when.
func (e *ending) reason(null []string) string {
	switch {
	case e.done:
		return ""
	case strings.Contains(e.said, workerGone):
		return e.ofWorker()
	case e.said != "":
		return strings.TrimPrefix(e.said, "harness: ")
	case e.late:
		return fmt.Sprintf("did not return within %v", e.limit)
	}
	if f := e.crash(); f != nil {
		return f.why(e, null)
	}
	if e.status.Exited() {
		if code := e.status.ExitStatus(); crashText.MatchString(e.errs) {
			return fmt.Sprintf("crashed: %s", strings.TrimSpace(firstLine(e.errs[crashText.FindStringIndex(e.errs)[0]:])))
		} else if last := e.lastWords(); last != "" {
			return fmt.Sprintf("called exit(%d): %q", code, last)
		} else {
			return fmt.Sprintf("called exit(%d)", code)
		}
	}
	return "ended before its time"
}

// workerGone is what the harness says when the process that it calls the function in has ended.
const workerGone = "the worker no longer answers"

// ofWorker says how that process ended. Where its memory lay is not known.
func (e *ending) ofWorker() string {
	_, how, _ := strings.Cut(e.said, "it ended with ")
	how, words, _ := strings.Cut(how, "; it said: ")
	signal, _, _ := strings.Cut(words, ":")
	code, exited := strings.CutPrefix(how, "exit status ")
	switch {
	case signal == "SIGABRT":
		return "aborted, in its process"
	case strings.HasPrefix(signal, "SIG"):
		return "crashed with " + signal + ", in its process"
	case how == "signal: killed":
		return "was killed (SIGKILL), in its process"
	case exited && words == "":
		return fmt.Sprintf("called exit(%s), in its process", code)
	}
	return "ended its process: " + strings.TrimPrefix(e.said, "harness: ")
}

// why says what a fault was.
func (f *fault) why(e *ending, null []string) string {
	said := "crashed with " + f.signal
	switch {
	case f.stack:
		return strings.TrimSuffix(said, " with ") + ": its stack overflowed"
	case f.signal == "SIGABRT":
		if last := e.lastWords(); last != "" {
			return fmt.Sprintf("aborted: %q", last)
		}
		return "aborted"
	case f.signal == "SIGFPE":
		return said + ": an integer division by zero, or one that overflows"
	case f.signal == "SIGILL":
		return said + ": an instruction that this processor does not have, or a trap of the compiler"
	case f.signal == "SIGTRAP":
		return said + ": a trap of the compiler"
	case f.signal == "SIGSYS":
		return said + ": a system call that is not allowed"
	case f.signal == "SIGKILL":
		return "was killed (SIGKILL): perhaps it took too much memory"
	case f.signal != "SIGSEGV" && f.signal != "SIGBUS":
		return "was ended by " + f.signal
	case !f.known:
		return said + ": the address is not known, so it is wild, or not aligned as the instruction wants"
	case f.within:
		return fmt.Sprintf("%s: it writes to %s, which is const (--out %s:inout allows it)", said, f.name, f.name)
	case f.name != "" && f.behind >= 0:
		return fmt.Sprintf("%s: it reads or writes behind %s: %s", said, f.name, past(f.behind))
	case f.name != "":
		return fmt.Sprintf("%s: it reads or writes before %s: %s before its beginning", said, f.name, bytesOf(-f.behind))
	case f.address < 4096 && len(null) > 0:
		return fmt.Sprintf("%s: argument %s = nil", said, strings.Join(null, ", "))
	case f.address < 4096:
		return said + ": it follows a nil pointer"
	}
	return fmt.Sprintf("%s: address %#x, in no argument", said, f.address)
}

// past says where behind memory something is.
func past(behind int64) string {
	if behind == 0 {
		return "right at its end"
	}
	return bytesOf(behind) + " past its end"
}

// bytesOf shows a number of bytes.
func bytesOf(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// lastWords returns the last line that the function wrote to standard error before the runtime did.
func (e *ending) lastWords() string {
	text := e.errs
	if at := crashText.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	text = strings.TrimSpace(text)
	return snip(text[strings.LastIndexByte(text, '\n')+1:])
}

// snip shortens a text of the function's to what a line has room for.
func snip(s string) string {
	const most = 80
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
