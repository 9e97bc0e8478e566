// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestLatencies holds the quantiles against those of all durations, sorted.
func TestLatencies(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	each := make([]Latencies, 3)
	var all []time.Duration
	for k := range 20_000 {
		d := time.Duration(math.Exp(rng.Float64() * 25)) // 1 ns to 72 s
		all = append(all, d)
		each[k%3].Add(d)
	}
	slices.Sort(all)
	got := Merged(each)
	for _, q := range []float64{0, 0.001, 0.5, 0.99, 0.999, 1} {
		want := all[max(0, int(math.Ceil(q*20_000))-1)]
		if off := math.Abs(float64(got.Quantile(q)-want)) / float64(want); off > 0.008 {
			t.Errorf("quantile %v: %v, want %v within 0.8 %%", q, got.Quantile(q), want)
		}
	}
	if got.Count != len(all) || got.Longest != all[len(all)-1] {
		t.Errorf("%d durations, the longest %v, want %d and %v", got.Count, got.Longest, len(all), all[len(all)-1])
	}
	each[0].Clear()
	if q := each[0].Quantile(0.5); q != 0 || each[0].Longest != 0 {
		t.Errorf("after clear the median is %v, the longest %v, want 0", q, each[0].Longest)
	}
}

// TestLatencyValues: each unit has its own quantile.
func TestLatencyValues(t *testing.T) {
	var l Latencies
	for _, of := range []struct{ count, ns int }{{1000, 10}, {960, 20}, {25, 30}, {14, 40}, {1, 50}} {
		for range of.count {
			l.Add(time.Duration(of.ns))
		}
	}
	want := []Value{{Value: 10, Unit: "p50-ns"}, {Value: 30, Unit: "p99-ns"}, {Value: 40, Unit: "p999-ns"}, {Value: 50, Unit: "max-ns"}}
	if got := l.Values(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestBuckets(t *testing.T) {
	for d := range time.Duration(128) {
		if got := bucketMiddle(bucket(d)); got != d {
			t.Errorf("%d ns are read back as %d, want the same", d, got)
		}
	}
	last := 0
	for d := time.Duration(1); d < 30*time.Minute; d += d/200 + 1 {
		k := bucket(d)
		if off := math.Abs(float64(bucketMiddle(k)-d)) / float64(d); off > 0.008 {
			t.Fatalf("%d ns are read back as %d, want them within 0.8 %%", d, bucketMiddle(k))
		}
		if k < last || k > last+1 {
			t.Fatalf("%d ns are in bucket %d after one in %d: one is left out", d, k, last)
		}
		last = k
	}
	var l Latencies
	l.Add(-5)
	if l.buckets[0] != 1 || l.Longest != 0 {
		t.Errorf("a clock that went back is counted %d times as 0, longest %v, want once and 0", l.buckets[0], l.Longest)
	}
	l.Add(math.MaxInt64)
	if l.buckets[len(l.buckets)-1] != 1 || l.Longest != math.MaxInt64 {
		t.Error("the longest duration is not in the last bucket")
	}
}
