// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package perf counts events of the processor, such as cache misses, on one thread while it runs a function, by
// perf_event_open on Linux. The error is seam.ErrUnavailable on other systems, on machines without counters (most
// virtual ones), and where the system forbids it.
package perf

// Event is an event in this program, not in the operating system on its behalf. Linux chooses the processor's event.
type Event int

// The events.
const (
	L1Misses   Event = iota // reads that miss the first-level data cache
	LLMisses                // reads that miss the last-level cache
	TLBMisses               // reads of a page that miss the first data TLB
	PageFaults              // counted by Linux itself: needs no counter of the processor
)

// String returns perf(1)'s name of the event.
func (e Event) String() string {
	return [...]string{"L1-dcache-load-misses", "LLC-load-misses", "dTLB-load-misses", "page-faults"}[e]
}
