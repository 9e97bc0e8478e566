// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package crowd

import (
	"math"
	"math/bits"
	"time"

	"toll/goside/measure"
)

// latencies counts durations in buckets: one for each nanosecond up to 127, then 64 for each doubling, which
// tells 1 % apart: what is read back is within 0.8 % of what was added.
type latencies struct {
	count   int
	longest time.Duration
	buckets [2304]uint32 // the last is of half an hour, and of all beyond
}

// bucketBits is how many leading bits of a duration choose its bucket.
const bucketBits = 7

func (l *latencies) clear() { *l = latencies{} }

func (l *latencies) add(d time.Duration) {
	d = max(d, 0)
	l.count++
	l.longest = max(l.longest, d)
	l.buckets[bucket(d)]++
}

func bucket(d time.Duration) int {
	shift := max(0, bits.Len64(uint64(d))-bucketBits)
	return min(shift<<(bucketBits-1)+int(d>>shift), len(latencies{}.buckets)-1)
}

// bucketMiddle returns the duration in the middle of that bucket.
func bucketMiddle(k int) time.Duration {
	shift := max(0, k>>(bucketBits-1)-1)
	lowest := time.Duration(k-shift<<(bucketBits-1)) << shift
	return lowest + (time.Duration(1)<<shift-1)/2
}

// merged returns the counts of all.
func merged(each []latencies) *latencies {
	var all latencies
	for k := range each {
		all.count += each[k].count
		all.longest = max(all.longest, each[k].longest)
		for b, n := range each[k].buckets {
			all.buckets[b] += n
		}
	}
	return &all
}

// quantile returns the shortest duration that a part q of all do not exceed, 0 if there are none.
func (l *latencies) quantile(q float64) time.Duration {
	rank := max(1, int(math.Ceil(q*float64(l.count))))
	seen := 0
	for k, n := range l.buckets {
		if seen += int(n); seen >= rank {
			return min(bucketMiddle(k), l.longest)
		}
	}
	return 0
}

// values returns what a sample says of them.
func (l *latencies) values() []measure.Value {
	return []measure.Value{
		{Value: float64(l.quantile(0.5)), Unit: "p50-ns"},
		{Value: float64(l.quantile(0.99)), Unit: "p99-ns"},
		{Value: float64(l.quantile(0.999)), Unit: "p999-ns"},
		{Value: float64(l.longest), Unit: "max-ns"},
	}
}
