// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"toll/goside/kernel"
	"toll/goside/via/mem"
)

const (
	// capacity is the address space of a worker's shared memory. It takes memory where it is used only. Half of it is for
	// slices of a Memory, half for copies.
	capacity  = 16 << 30
	half      = capacity / 2
	slotBytes = 1 << 12
	alignment = 64
)

// shared is the transport through shared memory: a slot for the request and its response, then the arrays.
type shared struct {
	socket *os.File
	memory *Memory
	slot   *slot
	last   uint32 // number of the last request
	spin   bool
	ended  atomic.Bool
}

// A change of either must come with one of protocol.h.
const (
	_ = uint(unsafe.Sizeof(message{}) - 1888)
	_ = uint(1888 - unsafe.Sizeof(message{}))
	_ = uint(unsafe.Offsetof(slot{}.Message) - 256)
	_ = uint(256 - unsafe.Offsetof(slot{}.Message))
)

// endedNumber stands in the slot for the response of a worker that has ended. Requests have lower numbers.
const endedNumber = 1 << 31

// newSockets returns two sockets that are connected: the first with its descriptor is this process's, the second the worker's.
func newSockets() (ours *os.File, fd int, theirs *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, 0, nil, fmt.Errorf("socketpair: %w", err)
	}
	_ = unix.SetNonblock(fds[0], true) // so that Go waits for it without a thread
	return os.NewFile(uintptr(fds[0]), "socket"), fds[0], os.NewFile(uintptr(fds[1]), "socket"), nil
}

// newShared passes the memory over the socket, with an empty slot.
func newShared(memory *Memory, socket *os.File, fd int, spin bool) (*shared, error) {
	clear(memory.all[:slotBytes]) // a process that had it before has ended
	b := []byte("TOLM")
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint64(b, capacity)
	if spin {
		b[4] = 1
	}
	if err := unix.Sendmsg(fd, b, unix.UnixRights(memory.fd), nil, 0); err != nil {
		return nil, fmt.Errorf("passing memory: %w", err)
	}
	return &shared{socket: socket, memory: memory, slot: (*slot)(unsafe.Pointer(&memory.all[0])), spin: spin}, nil
}

func (s *shared) message() *message { return &s.slot.Message }

func (s *shared) shares() kernel.Memory { return s.memory }

func (s *shared) hangUp() error { return s.socket.Close() }

func (s *shared) gone() {
	s.ended.Store(true)
	atomic.StoreUint32(&s.slot.Response, endedNumber)
	futex(&s.slot.Response, futexWake, 1)
}

func (s *shared) exchange(arrays []array) error {
	m := &s.slot.Message
	s.memory.scratch = half
	var places [maxArrays]uint64
	for k, a := range arrays {
		offset, ok := s.memory.offset(a.bytes)
		if !ok {
			var err error
			if offset, err = s.memory.room(len(a.bytes)); err != nil {
				return refusal{err}
			}
			if a.in {
				copy(s.memory.all[offset:], a.bytes)
			}
		}
		places[k] = uint64(offset)
		m.Array[k] = place{uint32(a.kind), a.direction(), uint64(len(a.bytes)), uint64(offset)}
	}
	before := s.last
	s.last = s.last%(endedNumber-1) + 1
	atomic.StoreUint32(&s.slot.Request, s.last)
	if atomic.LoadUint32(&s.slot.WorkerSleeps) != 0 {
		futex(&s.slot.Request, futexWake, 1)
	}
	if err := s.wait(before); err != nil {
		return err
	}
	if m.Status != 0 {
		return nil
	}
	for k, a := range arrays {
		if places[k] >= half {
			a.copyFrom(s.memory.all[places[k]:])
		}
	}
	return nil
}

// wait returns once the response is there, or the worker gone. The number of the response before it is before.
func (s *shared) wait(before uint32) error {
	for {
		switch response := atomic.LoadUint32(&s.slot.Response); {
		case s.ended.Load():
			return io.EOF
		case response == s.last:
			return nil
		case response != before:
			return fmt.Errorf("it answers request %d, want %d", response, s.last)
		}
		if s.spin {
			continue
		}
		atomic.StoreUint32(&s.slot.HostSleeps, 1)
		futex(&s.slot.Response, futexWait, before)
		atomic.StoreUint32(&s.slot.HostSleeps, 0)
	}
}

// The operations of futex, between processes.
const (
	futexWait = 0
	futexWake = 1
)

// futex waits while the word has a value, or wakes as many waiters. It may wake up for nothing.
func futex(word *uint32, op int, value uint32) {
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), uintptr(op), uintptr(value), 0, 0, 0)
}

// Memory is memory that a worker shares, in all its processes: its slices cross without a copy. What it has handed out stays
// readable when the worker is closed, until it is given back.
type Memory struct {
	mu       sync.Mutex
	fd       int
	all      []byte
	free     []block // in order, none next to another
	used     map[int]int
	backed   int // the copies' half is backed by memory up to here
	scratch  int // the end of the request's copies
	released bool
}

// block is the bytes from start to end.
type block struct{ start, end int }

func newMemory() (*Memory, error) {
	fd, err := unix.MemfdCreate("toll", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("memfd_create: %w", err)
	}
	err = unix.Ftruncate(fd, capacity)
	if err == nil { // a worker that made it smaller could kill this process
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	}
	if err == nil {
		err = unix.Fallocate(fd, 0, 0, slotBytes)
	}
	var all []byte
	if err == nil {
		all, err = unix.Mmap(fd, 0, capacity, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_NORESERVE)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%d bytes of shared memory: %w", capacity, err), unix.Close(fd))
	}
	return &Memory{fd: fd, all: all, free: []block{{slotBytes, half}}, used: map[int]int{}, backed: half}, nil
}

// Alloc returns n zeroed numbers that begin at a multiple of 64 bytes.
func (m *Memory) Alloc(n int) ([]float64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.released:
		return nil, errors.New("process: the worker of this memory was closed")
	case n < 0 || n > half/8:
		return nil, fmt.Errorf("process: %d numbers of shared memory, want 0 to %d", n, (half-slotBytes)/8)
	case n == 0:
		return []float64{}, nil
	}
	size, most := roundUp(8*n), 0
	for k := range m.free {
		f := &m.free[k]
		if most = max(most, f.end-f.start); f.end-f.start < size {
			continue
		}
		start := f.start
		if err := unix.Fallocate(m.fd, 0, int64(start), int64(size)); err != nil { // else a write could fail, as a signal
			return nil, fmt.Errorf("process: %d bytes of shared memory: %w", size, err)
		}
		if f.start += size; f.start == f.end {
			m.free = slices.Delete(m.free, k, k+1)
		}
		m.used[start] = size
		return unsafe.Slice((*float64)(unsafe.Pointer(&m.all[start])), n)[:n:n], nil
	}
	return nil, fmt.Errorf("process: no room for %d numbers in the shared memory, want at most %d", n, most/8)
}

func roundUp(size int) int { return (size + alignment - 1) &^ (alignment - 1) }

// Free takes back what Alloc returned. It does nothing with any other slice.
func (m *Memory) Free(p []float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	start, ok := m.offset(mem.Bytes(p))
	size := m.used[start]
	if !ok || size == 0 {
		return
	}
	delete(m.used, start)
	if m.released {
		_ = m.unmap()
		return
	}
	_ = unix.Fallocate(m.fd, unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, int64(start), int64(size)) // and so zeroes it
	k, _ := slices.BinarySearchFunc(m.free, start, func(s block, at int) int { return s.start - at })
	m.free = slices.Insert(m.free, k, block{start, start + size})
	if k+1 < len(m.free) && m.free[k].end == m.free[k+1].start {
		m.free[k].end = m.free[k+1].end
		m.free = slices.Delete(m.free, k+1, k+2)
	}
	if k > 0 && m.free[k-1].end == m.free[k].start {
		m.free[k-1].end = m.free[k].end
		m.free = slices.Delete(m.free, k, k+1)
	}
}

// offset returns where the slice lies in the memory, if it does.
func (m *Memory) offset(p []byte) (int, bool) {
	if len(p) == 0 || len(m.all) == 0 {
		return 0, false
	}
	at := uintptr(unsafe.Pointer(&p[0])) - uintptr(unsafe.Pointer(&m.all[0]))
	return int(at), at < half
}

// room returns where there are so many bytes for a copy, until the next request.
func (m *Memory) room(size int) (int, error) {
	start := m.scratch
	if size > capacity-start {
		return 0, fmt.Errorf("an argument of %d bytes, want at most %d in the shared memory", size, capacity-start)
	}
	m.scratch += roundUp(size)
	if m.scratch > m.backed {
		end := min(capacity, (m.scratch+1<<20-1)&^(1<<20-1))
		if err := unix.Fallocate(m.fd, 0, int64(m.backed), int64(end-m.backed)); err != nil {
			return 0, fmt.Errorf("%d bytes of shared memory: %w", end-m.backed, err)
		}
		m.backed = end
	}
	return start, nil
}

// release frees the memory once nothing of it is handed out.
func (m *Memory) release() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.released {
		return nil
	}
	m.released = true
	return errors.Join(unix.Close(m.fd), m.unmap())
}

func (m *Memory) unmap() error {
	if len(m.used) > 0 {
		return nil
	}
	all := m.all
	m.all = nil
	return unix.Munmap(all)
}
