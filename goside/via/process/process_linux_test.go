// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/mem"
)

var transports = []string{Pipe, Socket, Shm, ShmSpin}

// TestMain makes this program a worker, or one that misbehaves, or a host, if the tests run it so.
func TestMain(m *testing.M) {
	switch how := os.Getenv("TOLL_TEST_WORKER"); {
	case how == "host":
		if err := beHost(os.Getenv("TOLL_TEST_LANG"), os.Getenv("TOLL_TEST_VIA")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case how == "serve":
		if err := Serve(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case how != "":
		misbehave(how, os.Args[1])
	default:
		os.Exit(m.Run())
	}
}

// reexecuted returns this program as a worker that behaves so.
func reexecuted(t *testing.T, how string) program {
	t.Helper()
	t.Setenv("TOLL_TEST_WORKER", how)
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program{path: path}
}

// started returns a worker in Go.
func started(t *testing.T, via string) *Worker {
	t.Helper()
	w, err := reexecuted(t, "serve").start(via, limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return w
}

// found returns how a language's worker is run. It may be missing unless scripts/test.sh demands it.
func found(t *testing.T, lang string) program {
	t.Helper()
	p, err := find(lang)
	if errors.Is(err, seam.ErrUnavailable) && !required(lang+"/"+Pipe) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// required reports whether a route matches a pattern of $TOLL_REQUIRE.
func required(route string) bool {
	return slices.ContainsFunc(strings.Fields(os.Getenv("TOLL_REQUIRE")), func(pattern string) bool {
		ok, _ := path.Match(pattern, route)
		return ok
	})
}

// misbehave is a worker that does something wrong by that transport.
func misbehave(how, transport string) {
	hello := func(magic string, version, length uint32, text string) {
		b := binary.LittleEndian.AppendUint32([]byte(magic), version)
		b = binary.LittleEndian.AppendUint32(b, length)
		out := os.Stdin
		if transport == "pipe" {
			out = os.Stdout
		}
		_, _ = out.Write(append(b, text...))
	}
	var all []byte
	if transport == "shm" {
		var err error
		if all, _, err = receiveMemory(); err != nil {
			panic(err)
		}
	}
	switch how {
	case "ends at once":
		fmt.Fprintln(os.Stderr, "no reason")
		os.Exit(3)
	case "greets otherwise":
		hello("HELO", protocol, 0, "")
	case "another version":
		hello("TOLH", protocol+5, 0, "")
	case "greets without end":
		hello("TOLH", protocol, math.MaxUint32, strings.Repeat("x", 1<<16))
	case "greets with silence":
	default:
		hello("TOLH", protocol, 1, "x")
	}
	if transport == "shm" {
		misbehaveInMemory(how, (*slot)(unsafe.Pointer(&all[0])))
	} else {
		out := os.Stdin
		if transport == "pipe" {
			out = os.Stdout
		}
		misbehaveByStream(how, bufio.NewReader(os.Stdin), out)
	}
	select {}
}

func misbehaveByStream(how string, in io.Reader, out *os.File) {
	respond := func(numbers ...uint32) {
		b := []byte("TOLR")
		for _, n := range numbers {
			b = binary.LittleEndian.AppendUint32(b, n)
		}
		_, _ = out.Write(b)
	}
	if how == "sends unasked" {
		respond(0, 0, 0) // with its greeting, or before anything was asked
		respond(0, 0, 0)
	}
	if how == "closes its end" {
		_ = os.Stdin.Close()
		_ = out.Close()
	}
	var head [24]byte
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil {
			if how == "closes its end" {
				return
			}
			os.Exit(0)
		}
		switch how {
		case "ends at a request":
			os.Exit(3)
		case "is killed at a request":
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		case "stops at a request":
			_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		case "answers otherwise":
			_, _ = out.WriteString("TOLX....................")
		case "answers too much":
			respond(0, 99, 0)
		case "answers a long text":
			respond(1, math.MaxUint32)
		case "is cut short":
			respond(0)
			os.Exit(0)
		case "babbles":
			for {
				_, _ = fmt.Fprintln(os.Stderr, strings.Repeat("babble ", 1000))
				if _, err := out.WriteString(strings.Repeat("babble ", 1000)); err != nil {
					os.Exit(1)
				}
			}
		}
	}
}

func misbehaveInMemory(how string, slot *slot) {
	if how == "closes its end" {
		_ = os.Stdin.Close()
	} else {
		go endWithHost()
	}
	for last := uint32(0); ; {
		last = await(slot, last, false)
		answers := last
		switch how {
		case "ends at a request":
			os.Exit(3)
		case "is killed at a request":
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		case "stops at a request":
			_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		case "answers otherwise":
			answers += 7
		case "answers too much":
			slot.Message.Integers = 99
		case "answers a long text":
			slot.Message.Status, slot.Message.TextLength = 1, math.MaxUint32
		case "is cut short":
			slot.Message.Integers = 0
			os.Exit(0)
		case "babbles":
			for k := range 100 { // as much as it likes, since nobody reads it
				fmt.Fprintln(os.Stderr, k, strings.Repeat("babble ", 1000))
			}
			for k := range slot.Message.Integer {
				slot.Message.Integer[k] = -1
			}
			for k := range slot.Message.Array {
				slot.Message.Array[k] = place{math.MaxUint32, math.MaxUint32, math.MaxUint64, math.MaxUint64}
			}
			slot.Message.Arrays, slot.Message.Function = math.MaxUint32, math.MaxUint32
			slot.Message.Integers, slot.Message.Doubles = math.MaxUint32, math.MaxUint32
		case "closes its end", "sends unasked":
			continue
		}
		atomic.StoreUint32(&slot.Response, answers)
		futex(&slot.Response, futexWake, 1)
	}
}

// left counts what a worker may leave behind: descriptors, goroutines, mappings of its memory.
type left struct{ descriptors, goroutines, mappings int }

func leftNow(t *testing.T) left {
	t.Helper()
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return left{len(descriptors), runtime.NumGoroutine(), strings.Count(string(maps), "memfd:toll")}
}

// nothingLeft fails unless all is as it was before, in a while.
func nothingLeft(t *testing.T, before left) {
	t.Helper()
	more := func(now left) bool { // goroutines of an earlier worker may have ended in between
		return now.descriptors > before.descriptors || now.goroutines > before.goroutines || now.mappings > before.mappings
	}
	now := leftNow(t)
	for end := time.Now().Add(10 * time.Second); more(now) && time.Now().Before(end); now = leftNow(t) {
		time.Sleep(10 * time.Millisecond)
	}
	if more(now) {
		t.Errorf("left are %+v, want no more than %+v, as before", now, before)
	}
}

// TestBadWorkers: each way in which a worker can fail must be an error, at once or after its limit, of the first process and of
// the next. It leaves nothing behind.
func TestBadWorkers(t *testing.T) {
	// Go's own descriptors, for its network poller, are there first.
	warm := started(t, Socket)
	if err := warm.Close(); err != nil {
		t.Fatal(err)
	}
	const short = time.Second
	byStream, inMemory := transports[:2], transports[2:]
	for _, c := range []struct {
		how   string
		via   []string
		want  string
		limit time.Duration
	}{
		{"ends at once", transports, "exit status 3; it said: no reason", limit},
		{"greets otherwise", transports, `greets with "HELO"`, limit},
		{"another version", transports, "version 7", limit},
		{"greets without end", transports, "a text of 4294967295 bytes", limit},
		{"greets with silence", transports, "longer than its limit", short},
		{"ends at a request", transports, "exit status 3", limit},
		{"is killed at a request", transports, "signal: killed", limit},
		{"stops at a request", transports, "longer than its limit", short},
		{"closes its end", byStream, "no longer answers", limit},
		{"closes its end", inMemory, "longer than its limit", short},
		{"sends unasked", byStream, "", limit},
		{"answers otherwise", byStream, `"TOLX"`, limit},
		{"answers otherwise", inMemory, "answers request 8, want 1", limit},
		{"answers too much", transports, "99 integers", limit},
		{"answers a long text", byStream, "a text of 4294967295 bytes", limit},
		{"is cut short", transports, "EOF", limit},
		{"babbles", byStream, `"babb"`, limit},
		{"babbles", inMemory, "4294967295 integers", limit},
	} {
		for _, via := range c.via {
			t.Run(c.how+"/"+via, func(t *testing.T) {
				before := leftNow(t)
				w, err := reexecuted(t, c.how).start(via, c.limit)
				if err == nil {
					for k := 0; k < 2 && err == nil; k++ {
						_, err = w.ask(fnNot, 0, []int64{5}, nil)
					}
					if c.limit != short { // which it would take again
						if _, again := w.ask(fnNot, 0, []int64{5}, nil); !errors.Is(again, kernel.ErrPanic) {
							t.Errorf("the next request, of a new process that does the same: %v, want ErrPanic", again)
						}
					}
					if _, err := os.Stat(fmt.Sprintf("/proc/%d", w.cmd.Process.Pid)); err == nil {
						t.Error("the process is still there")
					}
					if err := w.Close(); err != nil {
						t.Errorf("close: %v", err)
					}
				}
				if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, kernel.ErrPanic) {
					t.Errorf("%v, want ErrPanic and in its text %q", err, c.want)
				}
				nothingLeft(t, before)
			})
		}
	}
	for _, via := range transports {
		before := leftNow(t)
		if _, err := (program{path: "/nowhere/worker"}).start(via, limit); err == nil {
			t.Error("a program that is not there was started")
		}
		nothingLeft(t, before)
	}
}

// TestTail: of what a worker says, the beginning and the end are kept, however it is written.
func TestTail(t *testing.T) {
	for _, c := range []struct{ more, want string }{
		{"", "the reasonthe end"},
		{strings.Repeat("x", 1500), "the reason" + strings.Repeat("x", 1500) + "the end"},
		{strings.Repeat("x", 5000), "the reason" + strings.Repeat("x", 990) + " … " + strings.Repeat("x", 993) + "the end"},
	} {
		text := " the reason" + c.more + "the end\n"
		for _, size := range []int{1, 7, 999, len(text)} {
			var kept tail
			for p := range slices.Chunk([]byte(text), size) {
				_, _ = kept.Write(p)
			}
			if got := kept.String(); len(got) > len(c.want) || !strings.HasPrefix(got, c.want[:min(900, len(c.want))]) || !strings.HasSuffix(got, c.want[max(0, len(c.want)-900):]) {
				t.Errorf("of %d bytes, by %d, %q is kept, want %q", len(text), size, got, c.want)
			}
		}
	}
}

// TestLongText: in shared memory a text that is too long is cut, and the worker goes on.
func TestLongText(t *testing.T) {
	w, err := reexecuted(t, "answers a long text").start(Shm, limit)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := w.ask(fnNot, 0, []int64{5}, nil); err == nil || !strings.Contains(err.Error(), "x raised ") {
			t.Errorf("%v, want an exception", err)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// TestIdleWorkerDies: the death of a worker with nothing to do is cleaned up at once, is the error of one request, and then
// another answers. Slices of its memory that are held keep their elements, and are the new one's, too.
func TestIdleWorkerDies(t *testing.T) {
	warm := started(t, Socket)
	if err := warm.Close(); err != nil {
		t.Fatal(err)
	}
	for _, via := range transports {
		before := leftNow(t)
		w := started(t, via)
		f, memory := w.Calls(), w.via.shares()
		held := make([]float64, 1000)
		if memory != nil {
			var err error
			if held, err = memory.Alloc(1000); err != nil {
				t.Fatal(err)
			}
		}
		held[999] = 3
		for range 3 {
			pid := w.cmd.Process.Pid
			if err := w.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-w.exited
			if memory == nil {
				nothingLeft(t, before)
			}
			if _, err := w.ask(fnNoop, 0, nil, nil); !errors.Is(err, kernel.ErrPanic) || !strings.Contains(err.Error(), "killed") {
				t.Errorf("%s: a request of a dead worker: %v, want ErrPanic and that it was killed", via, err)
			}
			if sum := f.Sum(held); sum != 3 {
				t.Errorf("%s: the new worker's sum is %v, want 3", via, sum)
			}
			if w.cmd.Process.Pid == pid {
				t.Errorf("%s: process %d answers, which was killed", via, pid)
			}
			f.Fill(held[:10], 0.5)
			if held[9] != 0.5 || held[10] != 0 || held[999] != 3 {
				t.Errorf("%s: the new worker wrote %v, want 10 halves", via, held[:11])
			}
			f.Fill(held[:10], 0)
		}
		if err := w.Close(); err != nil {
			t.Errorf("%s: close: %v", via, err)
		}
		if memory != nil {
			if held[999] != 3 {
				t.Errorf("a held slice has %v, want 3", held[999])
			}
			if _, err := memory.Alloc(1); err == nil {
				t.Error("memory of a closed worker was handed out")
			}
			memory.Free(held)
		}
		nothingLeft(t, before)
	}
}

// TestAnotherWorker: a program that was replaced by another one meanwhile is not taken for the same. Once the first is back, it
// answers.
func TestAnotherWorker(t *testing.T) {
	for _, via := range transports {
		w := started(t, via)
		_ = w.cmd.Process.Kill()
		<-w.exited
		t.Setenv("TOLL_TEST_WORKER", "greets, and that is all")
		var err error
		for range 2 {
			_, err = w.ask(fnNoop, 0, nil, nil)
		}
		if !errors.Is(err, kernel.ErrPanic) || !strings.Contains(err.Error(), `it is "x, " now, want "go`) {
			t.Errorf("%s: %v, want an error that says both names", via, err)
		}
		t.Setenv("TOLL_TEST_WORKER", "serve")
		for end := time.Now().Add(time.Minute); err != nil && time.Now().Before(end); time.Sleep(time.Millisecond) {
			_, err = w.ask(fnNoop, 0, nil, nil)
		}
		if err != nil {
			t.Errorf("%s: %v, want an answer of the first program", via, err)
		}
	}
}

// TestGreetsNoMore: each start of a program that no longer greets takes its limit. For so long afterwards requests are errors at
// once; then it is started again.
func TestGreetsNoMore(t *testing.T) {
	w := started(t, Pipe)
	_ = w.cmd.Process.Kill()
	<-w.exited
	t.Setenv("TOLL_TEST_WORKER", "greets with silence")
	_, first := w.ask(fnNoop, 0, nil, nil)
	w.limit = 200 * time.Millisecond
	before := time.Now()
	_, late := w.ask(fnNoop, 0, nil, nil)
	if !errors.Is(first, kernel.ErrPanic) || !errors.Is(late, kernel.ErrPanic) || !strings.Contains(late.Error(), "longer than its limit") {
		t.Errorf("%v, then %v, want ErrPanic, and that it took too long", first, late)
	}
	if w.again.Before(before.Add(2 * w.limit)) {
		t.Errorf("it may start again %v after its last start, want at least %v", w.again.Sub(before), 2*w.limit)
	}
	pid := w.cmd.Process.Pid
	w.again = time.Now().Add(time.Hour)
	if _, err := w.ask(fnNoop, 0, nil, nil); !errors.Is(err, late) || w.cmd.Process.Pid != pid {
		t.Errorf("process %d: %v; then of process %d: %v, want the same once more", pid, late, w.cmd.Process.Pid, err)
	}
	t.Setenv("TOLL_TEST_WORKER", "serve")
	w.again, w.limit = time.Now(), limit
	if _, err := w.ask(fnNoop, 0, nil, nil); err != nil {
		t.Errorf("%v, want an answer", err)
	}
}

// TestKilledWhileWaiting kills a worker in the midst of a long request: the waiter must notice at once, without its limit.
func TestKilledWhileWaiting(t *testing.T) {
	for _, via := range transports {
		w := started(t, via)
		failed := make(chan error)
		go func() {
			_, err := w.ask(fnSleep, 0, []int64{int64(time.Hour)}, nil)
			failed <- err
		}()
		for w.asked.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(10 * time.Millisecond) // most likely it waits by now
		if err := w.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-failed:
			if !errors.Is(err, kernel.ErrPanic) || !strings.Contains(err.Error(), "killed") {
				t.Errorf("%s: %v, want ErrPanic and that it was killed", via, err)
			}
			if _, err := w.ask(fnNoop, 0, nil, nil); err != nil {
				t.Errorf("%s: the next request: %v, want an answer by a new process", via, err)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("%s: the call still waits", via)
		}
	}
}

// beHost starts a worker, says its process's number, and waits for an answer.
func beHost(lang, via string) error {
	if err := os.Unsetenv("TOLL_TEST_WORKER"); err != nil {
		return err
	}
	p, err := find(lang)
	if err != nil {
		return err
	}
	w, err := p.start(via, limit)
	if err != nil {
		return err
	}
	fmt.Println(w.cmd.Process.Pid)
	_, err = w.ask(fnSleep, 0, []int64{int64(time.Hour)}, nil)
	return err
}

// TestHostKilled: a worker ends when this program does, even in the midst of a request, and even if that is killed.
func TestHostKilled(t *testing.T) {
	for _, lang := range []string{"c", "go", "python", "pypy"} {
		for _, via := range transports {
			if lang[0] == 'p' && (via == Shm || via == ShmSpin) { // which Python's worker has not
				continue
			}
			t.Run(lang+"/"+via, func(t *testing.T) {
				found(t, lang)
				host := exec.Command(reexecuted(t, "host").path)
				host.Env = append(os.Environ(), "TOLL_TEST_LANG="+lang, "TOLL_TEST_VIA="+via)
				host.Stderr = os.Stderr
				out, err := host.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := host.Start(); err != nil {
					t.Fatal(err)
				}
				line, err := bufio.NewReader(out).ReadString('\n')
				_ = host.Process.Kill()
				_ = host.Wait()
				if err != nil {
					t.Fatal(err)
				}
				pid, err := strconv.Atoi(strings.TrimSpace(line))
				if err != nil {
					t.Fatal(err)
				}
				for end := time.Now().Add(time.Minute); syscall.Kill(pid, 0) == nil && !zombie(pid); time.Sleep(10 * time.Millisecond) {
					if time.Now().After(end) {
						_ = syscall.Kill(pid, syscall.SIGKILL)
						t.Fatal("the worker lives on")
					}
				}
			})
		}
	}
}

// zombie reports whether a process has ended, and waits for somebody to ask how.
func zombie(pid int) bool {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return strings.Contains(string(stat), ") Z ")
}

// TestOwnGroup: a Ctrl-C in the terminal goes to this program's group, which is not the worker's.
func TestOwnGroup(t *testing.T) {
	w := started(t, Pipe)
	if group, err := syscall.Getpgid(w.cmd.Process.Pid); err != nil || group == syscall.Getpgrp() {
		t.Errorf("the worker's group is %d (error: %v), want another than this program's", group, err)
	}
}

// TestInPlace proves that a slice of shared memory is not copied: the request says where it lies, and what the worker writes
// there is what this process reads.
func TestInPlace(t *testing.T) {
	for _, lang := range []string{"c", "go"} {
		for _, via := range []string{Shm, ShmSpin} {
			t.Run(lang+"/"+via, func(t *testing.T) {
				w, err := found(t, lang).start(via, limit)
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					if err := w.Close(); err != nil {
						t.Error(err)
					}
				}()
				f, s := w.Calls(), w.via.(*shared)
				const n = 1 << 16
				p, err := s.memory.Alloc(n)
				if err != nil {
					t.Fatal(err)
				}
				at := uintptr(unsafe.Pointer(&p[0])) - uintptr(unsafe.Pointer(&s.memory.all[0]))
				f.Fill(p[1:n-1], 0.5)
				if got := s.slot.Message.Array[0].Offset; got != uint64(at)+8 {
					t.Errorf("the worker was told offset %d, want %d, where the slice lies", got, at+8)
				}
				if p[0] != 0 || p[1] != 0.5 || p[n-2] != 0.5 || p[n-1] != 0 {
					t.Errorf("the ends are %v %v %v %v, want 0 0.5 0.5 0", p[0], p[1], p[n-2], p[n-1])
				}
				p[7] = 100 // seen by the worker, without a call that passes it
				if got, want := f.Sum(p), 0.5*(n-3)+100; got != want {
					t.Errorf("the sum is %v, want %v", got, want)
				}
				if s.memory.backed != half {
					t.Errorf("%d bytes were made room for copies, want none", s.memory.backed-half)
				}
				s.memory.Free(p)

				// Any other slice is copied, and what lies around it in Go's memory stays.
				q := make([]float64, 10)
				f.Fill(q[2:5], 1)
				if got := s.slot.Message.Array[0].Offset; got < half {
					t.Errorf("a slice of Go's memory is at offset %d, want at least %d", got, half)
				}
				if want := []float64{0, 0, 1, 1, 1, 0, 0, 0, 0, 0}; !slices.Equal(q, want) {
					t.Errorf("got %v, want %v", q, want)
				}
			})
		}
	}
}

func TestMemory(t *testing.T) {
	w := started(t, Shm)
	m := w.via.(*shared).memory
	room := (half - slotBytes) / 8
	for _, n := range []int{-1, room + 1, math.MaxInt} {
		if _, err := m.Alloc(n); err == nil || !strings.Contains(err.Error(), strconv.Itoa(room)) {
			t.Errorf("%d numbers: %v, want an error that says %d", n, err, room)
		}
	}
	if p, err := m.Alloc(0); err != nil || len(p) != 0 {
		t.Errorf("no numbers: %v, %v", p, err)
	}
	var all [][]float64
	for _, n := range []int{1, 8, 9, 1000} {
		p, err := m.Alloc(n)
		if err != nil || len(p) != n || cap(p) != n || !mem.Aligned(p, alignment) {
			t.Fatalf("%d numbers: %d of %d (error: %v), want as many, aligned", n, len(p), cap(p), err)
		}
		for k := range p {
			if p[k] != 0 {
				t.Fatalf("element %d of %d is %v, want 0", k, n, p[k])
			}
			p[k] = float64(n)
		}
		all = append(all, p)
	}
	m.Free(all[1])
	m.Free(all[1]) // a second time, and what is not its own: nothing happens
	m.Free([]float64{1})
	m.Free(nil)
	again, err := m.Alloc(7)
	if err != nil || &again[0] != &all[1][0] || again[0] != 0 {
		t.Errorf("what was given back is at %p with %v (error: %v), want it handed out again at %p, zeroed", again, again, err, all[1])
	}
	all[1] = again
	for _, k := range []int{2, 0, 3, 1} {
		m.Free(all[k])
	}
	if want := []block{{slotBytes, half}}; !slices.Equal(m.free, want) {
		t.Errorf("free are %v, want %v", m.free, want)
	}
	// An argument that is too large for the memory is refused, and the worker goes on. It is not touched.
	huge, err := unix.Mmap(-1, 0, half+8, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(huge) }()
	if _, err := w.ask(fnSum, 0, nil, nil, array{kind: 'd', bytes: huge, in: true}); err == nil || !strings.Contains(err.Error(), strconv.Itoa(half)) {
		t.Errorf("%v, want an error that says %d", err, half)
	}
	if got := w.Calls().Not(5); got != ^5 {
		t.Errorf("got %d, want %d", got, ^5)
	}
}

// TestExceptions: the worker must go on after one.
func TestExceptions(t *testing.T) {
	for _, lang := range []string{"c", "go", "python"} {
		t.Run(lang, func(t *testing.T) {
			w, err := found(t, lang).start(Socket, limit)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.ask(99, 0, nil, nil); err == nil || !strings.Contains(err.Error(), "function 99") {
				t.Errorf("function 99: %v, want an exception", err)
			}
			if y := w.Funcs(Plain).Not(5); y != ^5 {
				t.Errorf("got %d, want %d", y, ^5)
			}
			if err := w.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			if _, err := w.ask(fnNoop, 0, nil, nil); err == nil {
				t.Error("a closed worker answered")
			}
		})
	}
}

// TestConcurrent calls from many goroutines, each of which must have its own answer.
func TestConcurrent(t *testing.T) {
	for _, via := range transports {
		f := started(t, via).Calls()
		var all sync.WaitGroup
		for g := range 8 {
			all.Go(func() {
				p := make([]float64, 100+g)
				for k := range 50 {
					f.Fill(p, float64(g*k))
					if got, want := f.Sum(p), float64(g*k*len(p)); got != want {
						t.Errorf("%s: the sum is %v, want %v", via, got, want)
					}
				}
			})
		}
		all.Wait()
	}
}

// TestNoAllocations: a call by shared memory needs none.
func TestNoAllocations(t *testing.T) {
	f := started(t, Shm).Calls()
	p := make([]float64, 10)
	var ints [calls.MaxArity]int64
	for name, call := range map[string]func(){
		"noop": f.Noop,
		"add":  func() { f.Add(1, 2) },
		"ints": func() { f.Ints[32](&ints) },
		"fill": func() { f.Fill(p, 1) },
	} {
		if n := testing.AllocsPerRun(100, call); n != 0 {
			t.Errorf("%s allocates %v times, want 0", name, n)
		}
	}
}

// counter counts the bytes that go through.
type counter struct {
	io.Writer
	io.Reader
	n int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += n
	return n, err
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// TestBytes: a step on one row sends the whole grid and has a whole one back; one on no rows sends nothing.
func TestBytes(t *testing.T) {
	w := started(t, Pipe)
	s := w.via.(*stream)
	sent, had := &counter{Writer: s.out}, &counter{Reader: s.in}
	s.out, s.in = sent, bufio.NewReader(had)
	const n, head = kernel.DiffusionSize, 200 // bytes at most, besides the grid's
	run := kernel.NewDiffusionRun(n, 1, kernel.Row, kernel.Par{Threads: 1})
	for _, c := range []struct{ rows, want int }{{0, 0}, {1, 8 * n * n}} {
		sent.n, had.n = 0, 0
		step := &kernel.DiffusionStep{Out: run.B, In: run.A, Lo: n / 2, Hi: n/2 + c.rows, D: run.D, Dt: run.Dt, Par: run.Par}
		if err := w.Funcs(Plain).Step(step); err != nil {
			t.Fatal(err)
		}
		for what, got := range map[string]int{"sent": sent.n, "had": had.n} {
			if got < c.want || got > c.want+head*c.rows {
				t.Errorf("a step on %d rows %s %d bytes, want %d and a head of at most %d", c.rows, what, got, c.want, head*c.rows)
			}
		}
	}
}

// TestMirrors holds the functions of protocol.go, and of the worker in Python, to those of protocol.h.
func TestMirrors(t *testing.T) {
	var names []string
	for _, f := range functions {
		names = append(names, f.name)
	}
	header, err := os.ReadFile("../../../csrc/worker/protocol.h")
	if err != nil {
		t.Fatal(err)
	}
	_, enum, _ := strings.Cut(string(header), "enum {\n    TOLL_NOOP,")
	enum, _, _ = strings.Cut("TOLL_NOOP,"+enum, "TOLL_FUNCTIONS")
	var inHeader []string
	for _, match := range regexp.MustCompile(`TOLL_(\w+),`).FindAllStringSubmatch(enum, -1) {
		inHeader = append(inHeader, match[1])
	}
	if !slices.Equal(inHeader, names) {
		t.Errorf("protocol.h has %v, want %v", inHeader, names)
	}
	script, err := os.ReadFile("../../../cpython-ext/process/_worker.py")
	if err != nil {
		t.Fatal(err)
	}
	_, tuple, _ := strings.Cut(string(script), "FUNCTIONS = (")
	tuple, _, _ = strings.Cut(tuple, ")")
	if inScript := strings.Fields(strings.ReplaceAll(tuple, `"`, "")); !slices.Equal(inScript, names) {
		t.Errorf("_worker.py has %v, want %v", inScript, names)
	}
	for what, text := range map[string]string{"protocol.h": fmt.Sprintf("#define TOLL_PROTOCOL %d\n", protocol), "_worker.py": fmt.Sprintf("PROTOCOL = %d\n", protocol)} {
		if !strings.Contains(string(header)+string(script), text) {
			t.Errorf("%s has not %q", what, text)
		}
	}
}

// TestEnvironment runs Python's worker in a user's environment, with variables that would mislead it.
func TestEnvironment(t *testing.T) {
	programs := []program{found(t, "python")}
	if p, err := find("pypy"); err == nil {
		programs = append(programs, p)
	}
	folder := t.TempDir()
	for _, name := range []string{"struct.py", "array.py", "sitecustomize.py"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("raise OSError('planted')"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range map[string]string{"PYTHONHOME": "/nowhere", "PYTHONPATH": folder, "PYTHONUSERBASE": folder, "PYTHONMALLOC": "debug",
		"PYTHONSTARTUP": filepath.Join(folder, "struct.py"), "PYTHONINSPECT": "1", "PYTHONEXECUTABLE": "/nowhere/python", "PYTHONWARNINGS": "error",
		"PYTHONOPTIMIZE": "2", "PYTHONIOENCODING": "ascii"} {
		t.Setenv(key, value)
	}
	t.Chdir(folder)
	for _, p := range programs {
		w, err := p.start(Pipe, limit)
		if err != nil {
			t.Errorf("%s: %v", p.path, err)
			continue
		}
		f := w.Funcs(Plain)
		if y := f.Sum([]float64{1, 2}); y != 3 {
			t.Errorf("%s: the sum of 1 and 2 is %v", p.path, y)
		}
		if err := w.Close(); err != nil {
			t.Errorf("%s: close: %v", p.path, err)
		}
	}
}
