// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package soak

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"time"
)

// kept is memory of Go's with known content, which nobody else may write.
type kept struct {
	numbers []uint64
	seed    uint64
	next    *kept
}

func keep(seed uint64, n int, next *kept) *kept {
	k := &kept{numbers: make([]uint64, n), seed: seed, next: next}
	for i := range k.numbers {
		k.numbers[i] = k.content(i)
	}
	return k
}

func (k *kept) content(i int) uint64 { return (k.seed + uint64(i)) * 0x9e3779b97f4a7c15 }

func (k *kept) check() error {
	for i, x := range k.numbers {
		if want := k.content(i); x != want {
			return fmt.Errorf("soak: word %d of %d of memory that no route was given became %#x, want %#x", i, len(k.numbers), x, want)
		}
	}
	return nil
}

// pressure makes garbage of all sizes, has it collected at different paces and limits, and gives memory back to the system. All
// that it allocates is checked before it is dropped.
func (s *run) pressure(number int) {
	rng := rand.New(rand.NewPCG(s.Seed, uint64(number)))
	var ring [256]*kept
	for {
		s.work.RLock()
		if s.over.Load() {
			s.work.RUnlock()
			return
		}
		for range 64 {
			at := rng.IntN(len(ring))
			if ring[at] != nil {
				if err := ring[at].check(); err != nil {
					s.wrong(err)
				}
			}
			// From one word to half a mebibyte, small ones most.
			n := int(math.Exp2(16 * rng.Float64() * rng.Float64()))
			ring[at] = keep(rng.Uint64(), n, nil)
			if rng.IntN(8) == 0 { // with a chain behind it
				for range 8 {
					ring[at].next = keep(rng.Uint64(), 8, ring[at].next)
				}
			}
		}
		switch rng.IntN(12) {
		case 0:
			runtime.GC()
		case 1:
			debug.FreeOSMemory()
		case 2:
			debug.SetGCPercent([]int{1, 5, 20, 100}[rng.IntN(4)])
		case 3:
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			limit := int64(math.MaxInt64)
			if rng.IntN(2) == 0 {
				limit = int64(stats.Sys-stats.HeapReleased) + 8*mebibyte
			}
			debug.SetMemoryLimit(limit)
		}
		s.work.RUnlock()
		time.Sleep(time.Duration(1+rng.IntN(30)) * time.Millisecond)
		if rng.IntN(200) == 0 {
			ring = [256]*kept{}
		}
	}
}
