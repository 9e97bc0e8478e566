// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"math"
	"math/bits"
	"time"
)

// Latencies counts durations in buckets: one for each nanosecond up to 127, then 64 for each doubling, which
// tells 1 % apart: what is read back is within 0.8 % of what was added.
type Latencies struct {
	Count   int
	Longest time.Duration
	buckets [2304]uint32 // the last is of half an hour, and of all beyond
}

// bucketBits is how many leading bits of a duration choose its bucket.
const bucketBits = 7

// Clear forgets all durations.
func (l *Latencies) Clear() { *l = Latencies{} }

// Add counts a duration. One below 0, of a clock that went back, counts as 0.
func (l *Latencies) Add(d time.Duration) {
	d = max(d, 0)
	l.Count++
	l.Longest = max(l.Longest, d)
	l.buckets[bucket(d)]++
}

func bucket(d time.Duration) int {
	shift := max(0, bits.Len64(uint64(d))-bucketBits)
	return min(shift<<(bucketBits-1)+int(d>>shift), len(Latencies{}.buckets)-1)
}

// bucketMiddle returns the duration in the middle of that bucket.
func bucketMiddle(k int) time.Duration {
	shift := max(0, k>>(bucketBits-1)-1)
	lowest := time.Duration(k-shift<<(bucketBits-1)) << shift
	return lowest + (time.Duration(1)<<shift-1)/2
}

// Merged returns the counts of all.
func Merged(each []Latencies) *Latencies {
	var all Latencies
	for k := range each {
		all.Count += each[k].Count
		all.Longest = max(all.Longest, each[k].Longest)
		for b, n := range each[k].buckets {
			all.buckets[b] += n
		}
	}
	return &all
}

// Quantile returns the shortest duration that a part q of all do not exceed, 0 if there are none.
func (l *Latencies) Quantile(q float64) time.Duration {
	rank := max(1, int(math.Ceil(q*float64(l.Count))))
	seen := 0
	for k, n := range l.buckets {
		if seen += int(n); seen >= rank {
			return min(bucketMiddle(k), l.Longest)
		}
	}
	return 0
}

// Values returns what a sample says of them: p50-ns, p99-ns, p999-ns and max-ns.
func (l *Latencies) Values() []Value {
	return []Value{
		{Value: float64(l.Quantile(0.5)), Unit: "p50-ns"},
		{Value: float64(l.Quantile(0.99)), Unit: "p99-ns"},
		{Value: float64(l.Quantile(0.999)), Unit: "p999-ns"},
		{Value: float64(l.Longest), Unit: "max-ns"},
	}
}
