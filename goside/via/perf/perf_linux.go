// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package perf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"toll/goside/seam"
)

// Available returns the events that can be counted here. If there are none, the error is seam.ErrUnavailable and says
// why.
func Available(events ...Event) ([]Event, error) {
	var have []Event
	var first error
	for _, e := range events {
		file, err := open(e)
		if err == nil {
			unix.Close(file)
			have = append(have, e)
		} else if first == nil {
			first = err
		}
	}
	if len(have) == 0 {
		return nil, first
	}
	return have, nil
}

// Count runs f on one OS thread and returns how often each event occurred there meanwhile. Events may have to take
// turns on the processor's few counters; a count is then scaled up by the time without a counter. It is an error if an
// event never had a turn. If an event cannot be counted here, the error is seam.ErrUnavailable and f does not run; an
// error of f is returned unchanged.
func Count(events []Event, f func() error) ([]float64, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var files []int
	defer func() {
		for _, file := range files {
			unix.Close(file)
		}
	}()
	for _, e := range events {
		file, err := open(e)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	all := func(request uint) error {
		for k, file := range files {
			if err := unix.IoctlSetInt(file, request, 0); err != nil {
				return fmt.Errorf("perf: %v: switching a counter on or off: %w", events[k], err)
			}
		}
		return nil
	}
	if err := all(unix.PERF_EVENT_IOC_ENABLE); err != nil {
		return nil, err
	}
	if err := f(); err != nil {
		return nil, err
	}
	if err := all(unix.PERF_EVENT_IOC_DISABLE); err != nil {
		return nil, err
	}
	counts := make([]float64, len(events))
	for k, file := range files {
		var err error
		if counts[k], err = read(file); err != nil {
			return nil, fmt.Errorf("perf: %v: %w", events[k], err)
		}
	}
	return counts, nil
}

// open returns a counter of the calling thread, on whatever CPU it runs, not yet switched on.
func open(e Event) (file int, err error) {
	const readMisses = unix.PERF_COUNT_HW_CACHE_OP_READ<<8 | unix.PERF_COUNT_HW_CACHE_RESULT_MISS<<16
	attr := unix.PerfEventAttr{
		Type:        unix.PERF_TYPE_HW_CACHE,
		Size:        uint32(unsafe.Sizeof(unix.PerfEventAttr{})),
		Bits:        unix.PerfBitDisabled | unix.PerfBitExcludeKernel | unix.PerfBitExcludeHv,
		Read_format: unix.PERF_FORMAT_TOTAL_TIME_ENABLED | unix.PERF_FORMAT_TOTAL_TIME_RUNNING,
	}
	switch e {
	case L1Misses:
		attr.Config = unix.PERF_COUNT_HW_CACHE_L1D | readMisses
	case LLMisses:
		attr.Config = unix.PERF_COUNT_HW_CACHE_LL | readMisses
	case TLBMisses:
		attr.Config = unix.PERF_COUNT_HW_CACHE_DTLB | readMisses
	case PageFaults:
		attr.Type, attr.Config = unix.PERF_TYPE_SOFTWARE, unix.PERF_COUNT_SW_PAGE_FAULTS
	}
	file, err = unix.PerfEventOpen(&attr, 0, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return 0, fmt.Errorf("perf: %w: perf_event_open: %w%s", seam.ErrUnavailable, err, why(err))
	}
	return file, nil
}

// why returns the most likely meaning of an error of perf_event_open.
func why(err error) string {
	switch {
	case errors.Is(err, unix.ENOENT):
		return ": this machine shows no hardware counters (a virtual machine?)"
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return ": the system does not allow it, want 2 or less in /proc/sys/kernel/perf_event_paranoid, and no container that forbids it"
	}
	return ""
}

// read returns the count.
func read(file int) (float64, error) {
	var buffer [24]byte
	if n, err := unix.Read(file, buffer[:]); err != nil {
		return 0, fmt.Errorf("reading a counter: %w", err)
	} else if n != len(buffer) {
		return 0, fmt.Errorf("a counter gave %d bytes, want %d", n, len(buffer))
	}
	word := func(k int) float64 { return float64(binary.NativeEndian.Uint64(buffer[8*k:])) }
	value, enabled, running := word(0), word(1), word(2)
	if running == 0 {
		return 0, errors.New("never had a turn on the processor's counters, want fewer other programs that use them")
	}
	return value * enabled / running, nil
}
