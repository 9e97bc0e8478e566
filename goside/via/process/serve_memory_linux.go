// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// patience is how long a worker that is told to spin looks for a request before it sleeps.
const patience = time.Millisecond

// receiveMemory maps the memory that comes over the socket.
func receiveMemory() (all []byte, spin bool, err error) {
	message, control := make([]byte, 16), make([]byte, unix.CmsgSpace(4))
	n, nc, _, _, err := unix.Recvmsg(0, message, control, unix.MSG_WAITALL|unix.MSG_CMSG_CLOEXEC)
	if err != nil || n != len(message) || string(message[:4]) != "TOLM" {
		return nil, false, fmt.Errorf("%d bytes from the socket, want %d with memory (error: %w)", n, len(message), err)
	}
	passed, err := unix.ParseSocketControlMessage(control[:nc])
	if err != nil || len(passed) != 1 {
		return nil, false, fmt.Errorf("%d control messages from the socket, want 1 with memory (error: %w)", len(passed), err)
	}
	fds, err := unix.ParseUnixRights(&passed[0])
	if err != nil || len(fds) != 1 {
		return nil, false, fmt.Errorf("%d descriptors from the socket, want 1 (error: %w)", len(fds), err)
	}
	size := binary.LittleEndian.Uint64(message[8:])
	all, err = unix.Mmap(fds[0], 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_NORESERVE)
	if err != nil {
		return nil, false, fmt.Errorf("mapping %d bytes: %w", size, err)
	}
	return all, message[4] != 0, unix.Close(fds[0])
}

// serveMemory answers by the memory that comes over the socket. It returns only if that is no memory.
func (s *server) serveMemory() error {
	all, spin, err := receiveMemory()
	if err != nil {
		return err
	}
	if err := s.hello(); err != nil {
		return err
	}
	size := uint64(len(all))
	slot := (*slot)(unsafe.Pointer(&all[0]))
	for last := uint32(0); ; {
		last = await(slot, last, spin)
		m := &slot.Message
		if err := m.checkCounts(); err != nil {
			return err
		}
		for k, a := range m.Array[:m.Arrays] {
			if a.Offset > size || a.Bytes > size-a.Offset {
				return fmt.Errorf("an array of %d bytes at %d, want one within %d bytes", a.Bytes, a.Offset, size)
			}
			s.places[k] = all[a.Offset : a.Offset+a.Bytes : a.Offset+a.Bytes]
		}
		s.answer(m)
		atomic.StoreUint32(&slot.Response, last)
		if atomic.LoadUint32(&slot.HostSleeps) != 0 {
			futex(&slot.Response, futexWake, 1)
		}
	}
}

// await waits for a request that has not the number last, and returns its number.
func await(slot *slot, last uint32, spin bool) uint32 {
	for start := time.Now(); spin && time.Since(start) < patience; {
		for range 1000 {
			if n := atomic.LoadUint32(&slot.Request); n != last {
				return n
			}
		}
	}
	for {
		if n := atomic.LoadUint32(&slot.Request); n != last {
			return n
		}
		atomic.StoreUint32(&slot.WorkerSleeps, 1)
		futex(&slot.Request, futexWait, last)
		atomic.StoreUint32(&slot.WorkerSleeps, 0)
	}
}
