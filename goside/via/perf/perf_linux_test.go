// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package perf

import (
	"errors"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"toll/goside/seam"
)

// TestPageFaults counts an event that needs no hardware.
func TestPageFaults(t *testing.T) {
	const pages = 256
	memory, err := unix.Mmap(-1, 0, pages*unix.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(memory)
	_ = unix.Madvise(memory, unix.MADV_NOHUGEPAGE) // an error means that there are none
	touch := func() error {
		for at := 0; at < len(memory); at += unix.Getpagesize() {
			memory[at] = 1
		}
		return nil
	}
	first, err := Count([]Event{PageFaults}, touch)
	if errors.Is(err, seam.ErrUnavailable) {
		t.Skip(err)
	}
	second, err2 := Count([]Event{PageFaults}, touch)
	if err != nil || err2 != nil || first[0] < pages || second[0] >= pages {
		t.Errorf("counted %v (%v), then %v (%v), want %d or more, then fewer", first, err, second, err2, pages)
	}
	wrong := errors.New("wrong")
	if _, err := Count([]Event{PageFaults, PageFaults}, func() error { return wrong }); !errors.Is(err, wrong) {
		t.Errorf("got %v, want the function's own error", err)
	}
}

// TestMisses passes on machines with and without counters.
func TestMisses(t *testing.T) {
	events := []Event{L1Misses, LLMisses, TLBMisses}
	have, err := Available(events...)
	if err != nil {
		if !errors.Is(err, seam.ErrUnavailable) || have != nil {
			t.Errorf("got %v and %v, want an error that is seam.ErrUnavailable", have, err)
		}
		_, err := Count(events, func() error {
			t.Error("f ran without a counter")
			return nil
		})
		if !errors.Is(err, seam.ErrUnavailable) {
			t.Errorf("got %v, want an error that is seam.ErrUnavailable", err)
		}
		t.Skip(err)
	}
	memory := make([]byte, 64<<20)
	counts, err := Count(have, func() error {
		for at := 0; at < len(memory); at += 64 {
			memory[at]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if k := slices.Index(have, L1Misses); k >= 0 && counts[k] < 1000 {
		t.Errorf("counted %v in %d cache lines, want misses", counts[k], len(memory)/64)
	}
}
