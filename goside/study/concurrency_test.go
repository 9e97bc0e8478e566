// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"toll/goside/calls"
	"toll/goside/measure"
)

// TestLatencies holds the quantiles against those of all durations, sorted.
func TestLatencies(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	each := make([]latencies, 3)
	var all []time.Duration
	for k := range 20_000 {
		d := time.Duration(math.Exp(rng.Float64() * 25)) // 1 ns to 72 s
		all = append(all, d)
		each[k%3].add(d)
	}
	slices.Sort(all)
	got := merged(each)
	for _, q := range []float64{0, 0.001, 0.5, 0.99, 0.999, 1} {
		want := all[max(0, int(math.Ceil(q*20_000))-1)]
		if off := math.Abs(float64(got.quantile(q)-want)) / float64(want); off > 0.008 {
			t.Errorf("quantile %v: %v, want %v within 0.8 %%", q, got.quantile(q), want)
		}
	}
	if got.count != len(all) || got.longest != all[len(all)-1] {
		t.Errorf("%d durations, the longest %v, want %d and %v", got.count, got.longest, len(all), all[len(all)-1])
	}
	each[0].clear()
	if q := each[0].quantile(0.5); q != 0 || each[0].longest != 0 {
		t.Errorf("after clear the median is %v, the longest %v, want 0", q, each[0].longest)
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
	var l latencies
	l.add(-5)
	if l.buckets[0] != 1 || l.longest != 0 {
		t.Errorf("a clock that went back is counted %d times as 0, longest %v, want once and 0", l.buckets[0], l.longest)
	}
	l.add(math.MaxInt64)
	if l.buckets[len(l.buckets)-1] != 1 || l.longest != math.MaxInt64 {
		t.Error("the longest duration is not in the last bucket")
	}
}

// TestTogether has each goroutine wait for all others, and a clock that goes on by 1 µs at each look.
func TestTogether(t *testing.T) {
	const goroutines, each = 5, 4
	var at time.Duration
	tick := func() time.Duration { at += time.Microsecond; return at }
	heap := uint64(0)
	clock := measure.Clock{
		Wall: tick, CPU: tick,
		Heap: func() (uint64, uint64, int) { heap += 40; return heap, heap / 2, 0 },
	}
	var came atomic.Int64
	s := together(clock, goroutines, time.Millisecond, func(k int, stop *atomic.Bool) int {
		for came.Add(1); came.Load() < goroutines; {
			runtime.Gosched()
		}
		return each
	})
	// The processor's time is read before the wall's and again after it.
	want := measure.Sample{Wall: 1000. / 20, CPU: 3000. / 20, Bytes: 40. / 20, Allocs: 20. / 20}
	if s.Wall != want.Wall || s.CPU != want.CPU || s.Bytes != want.Bytes || s.Allocs != want.Allocs {
		t.Errorf("got %+v, want %+v", s, want)
	}
	none := together(clock, goroutines, 0, func(int, *atomic.Bool) int { return 0 })
	if none.Wall != 0 {
		t.Errorf("no operation took %v ns, want 0", none.Wall)
	}
}

// alike checks what Concurrency and Neighbours have in common.
func alike(t *testing.T, series []measure.Series, rounds int, units []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range series {
		if seen[s.Subject.Name] {
			t.Errorf("%s is there twice", s.Subject.Name)
		}
		seen[s.Subject.Name] = true
		if len(s.Samples) != rounds || s.N < 1 || len(s.Subject.Facts) != 2 {
			t.Errorf("%s: %d samples of %d operations, %d facts, want %d of at least 1, 2", s.Subject.Name, len(s.Samples), s.N, len(s.Subject.Facts), rounds)
		}
		for _, sample := range s.Samples {
			var got []string
			for _, v := range sample.More {
				got = append(got, v.Unit)
				if v.Value < 0 {
					t.Errorf("%s: %v %s, want none below 0", s.Subject.Name, v.Value, v.Unit)
				}
			}
			if !slices.Equal(got, units) {
				t.Errorf("%s: units %v, want %v", s.Subject.Name, got, units)
			}
			if sample.Wall <= 0 || sample.Get("threads") < 1 {
				t.Errorf("%s: %v ns, %v threads, want more", s.Subject.Name, sample.Wall, sample.Get("threads"))
			}
		}
	}
}

// goroutinesBack checks that no more goroutines are left than there were; such as are just ending have time for it.
func goroutinesBack(t *testing.T, before int) {
	t.Helper()
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines are left, want no more than the %d before", runtime.NumGoroutine(), before)
}

// counted returns a progress that fails the test unless it is called once for each of so many steps.
func counted(t *testing.T, steps int) func(done, all int) {
	last := 0
	t.Cleanup(func() {
		if last != steps {
			t.Errorf("progress ended at %d, want %d", last, steps)
		}
	})
	return func(done, all int) {
		if done != last+1 || all != steps {
			t.Errorf("progress %d of %d after %d, want the next of %d", done, all, last, steps)
		}
		last = done
	}
}

func TestConcurrency(t *testing.T) {
	crossings := []calls.Crossing{
		{Name: "direct", Funcs: calls.Go()},
		{Name: "lacking", Funcs: &calls.Funcs{}},
		{Name: "own", Funcs: &calls.Funcs{Not: func(x int64) int64 { return ^x }}},
	}
	plan := crowdPlan{rounds: 2, pass: 2 * time.Millisecond, goroutines: []int{1, 5, 2, 2}}
	before := runtime.NumGoroutine()
	series, err := concurrency(crossings, plan, 1, counted(t, 20))
	if err != nil {
		t.Fatal(err)
	}
	goroutinesBack(t, before)
	alike(t, series, 2, []string{"p50-ns", "p99-ns", "p999-ns", "max-ns", "goroutines-run", "threads"})
	var names []string
	for _, s := range series {
		names = append(names, s.Subject.Name)
		for _, sample := range s.Samples {
			get := sample.Get
			if !(get("p50-ns") <= get("p99-ns") && get("p99-ns") <= get("p999-ns") && get("p999-ns") <= get("max-ns")) {
				t.Errorf("%s: the latencies %v are not in order", s.Subject.Name, sample.More)
			}
			if ran := get("goroutines-run"); ran < 1 || ran > 5 {
				t.Errorf("%s: %v goroutines ran, want 1 to 5", s.Subject.Name, ran)
			}
		}
	}
	var want []string
	for _, n := range []string{"1", "2", "5"} {
		want = append(want, "Concurrency/kernel=not/lang=go/via=direct/n="+n, "Concurrency/kernel=not/lang=c/via=own/n="+n,
			"Concurrency/kernel=clock/lang=go/via=direct/n="+n)
	}
	want = append(want, "Concurrency/kernel=not/lang=go-again/via=direct/n=1")
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("rows %v, want %v", names, want)
	}
}

func TestConcurrencyRefuses(t *testing.T) {
	plan := crowdPlan{rounds: 1, pass: time.Millisecond, goroutines: []int{2}}
	before := runtime.NumGoroutine()
	wrong := []calls.Crossing{{Name: "bent", Funcs: &calls.Funcs{Not: func(x int64) int64 { return x + 1 }}}}
	if _, err := concurrency(wrong, plan, 1, func(int, int) {}); err == nil || !strings.Contains(err.Error(), "bent") {
		t.Errorf("a Not that adds 1: %v, want an error that names its crossing", err)
	}
	goroutinesBack(t, before)
	if _, err := concurrency([]calls.Crossing{{Name: "x", Funcs: &calls.Funcs{}}}, plan, 1, func(int, int) {}); err == nil {
		t.Error("crossings without Not: no error, want one")
	}
}

// TestShedThreads has a crowd of threads made, then idle.
func TestShedThreads(t *testing.T) {
	const crowd = 30
	var locked, ended sync.WaitGroup
	end := make(chan struct{})
	locked.Add(crowd)
	for range crowd {
		ended.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			locked.Done()
			<-end
		})
	}
	locked.Wait()
	close(end)
	ended.Wait()
	if n := threads(); n < crowd {
		t.Fatalf("%d threads with %d goroutines locked to one each: the figure is wrong", n, crowd)
	}
	shedThreads()
	if n := threads(); n >= crowd {
		t.Errorf("%d threads are left of more than %d that idled, want fewer", n, crowd)
	}
}
