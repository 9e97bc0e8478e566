// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package perf counts what the processor does, such as misses of its caches, on one thread while that runs a
// function: perf_event_open on Linux. Elsewhere, on machines without counters (most virtual ones), and where the
// system does not allow it, there is nothing to be had, and the error is seam.ErrUnavailable.
package perf

// Event is what can be counted: in this program, not in the operating system on its behalf. Which event of the
// processor it is, is Linux's choice for that processor.
type Event int

// The events.
const (
	L1Misses   Event = iota // reads that the first level's cache for data does not have
	LLMisses                // reads that the last level's cache does not have
	TLBMisses               // reads of a page that the first TLB for data does not know
	PageFaults              // counted by Linux itself, so that it needs no counter of the processor's
)

// String returns the name that perf(1) has for it.
func (e Event) String() string {
	return [...]string{"L1-dcache-load-misses", "LLC-load-misses", "dTLB-load-misses", "page-faults"}[e]
}
