// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure

import (
	"errors"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeClock makes time stand still except for what pass adds, to wall and CPU time. The test sets the heap.
type fakeClock struct {
	wall, cpu      time.Duration
	bytes, objects uint64
}

func (f *fakeClock) pass(wall, cpu time.Duration) { f.wall, f.cpu = f.wall+wall, f.cpu+cpu }

func (f *fakeClock) clock() Clock {
	return Clock{
		Wall: func() time.Duration { return f.wall },
		CPU:  func() time.Duration { return f.cpu },
		Heap: func() (uint64, uint64, int) { return f.bytes, f.objects, 0 },
	}
}

func silent(int, int) {}

// TestRounds checks the order of the sampler's work, not its duration.
func TestRounds(t *testing.T) {
	var f fakeClock
	var visits []string
	resets := 0
	var subjects []Subject
	for k, name := range []string{"a", "b", "c", "d", "long"} {
		group := "first"
		if k > 1 {
			group = "second"
		}
		op := time.Microsecond
		if name == "long" {
			op = 4 * time.Millisecond
		}
		subjects = append(subjects, Subject{Name: name, Group: group, Least: 3, Reset: func() { resets++ }, Run: func(n int) error {
			if n%3 != 0 {
				t.Errorf("%s was to do %d operations, want a multiple of 3", name, n)
			}
			visits = append(visits, name)
			f.pass(time.Duration(n)*op, 0)
			return nil
		}})
	}
	calibrating := 0
	run := func(seed uint64) (*Run, []string) {
		visits, resets, calibrating = nil, 0, 0
		run, err := Measure(Plan{Rounds: 20, Batch: time.Millisecond, Visits: 3, Seed: seed, Clock: f.clock()}, subjects, func(done, all int) {
			switch {
			case done == 0:
				calibrating = len(visits)
				if all != 0 {
					t.Fatalf("%d batches announced in calibration, want none", all)
				}
			case all != 20*(4*3+1):
				t.Fatalf("%d batches announced, want 20 rounds of 3 visits to 4 subjects and one to the long one", all)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		// Each batch has two runs, except the long subject's; the first is untimed.
		var timed []string
		for rest := visits[calibrating:]; len(rest) > 0; {
			timed = append(timed, rest[0])
			if rest[0] == "long" {
				rest = rest[1:]
			} else {
				rest = rest[2:]
			}
		}
		return run, timed
	}
	result, order := run(1)
	for _, s := range result.Series {
		if len(s.Samples) != 20 {
			t.Errorf("%s has %d samples, want 20", s.Subject.Name, len(s.Samples))
		}
	}
	orders := map[string]bool{}
	for round := range slices.Chunk(order, 13) {
		key := ""
		for _, name := range round {
			key += name
		}
		orders[key] = true
		first := 0 // visits to subjects of the first group, which are in a row
		for k, name := range round {
			if name <= "b" {
				if first++; k > 0 && first > 1 && round[k-1] > "b" {
					t.Errorf("a round visited %v, want each group's subjects in a row", round)
				}
			}
		}
		slices.Sort(round)
		if want := []string{"a", "a", "a", "b", "b", "b", "c", "c", "c", "d", "d", "d", "long"}; !slices.Equal(round, want) {
			t.Errorf("a round visited %v, want %v", round, want)
		}
	}
	if len(orders) < 15 {
		t.Errorf("20 rounds had %d different orders, want random ones", len(orders))
	}
	_, first := run(7)
	if _, again := run(7); !slices.Equal(first, again) {
		t.Error("one seed gave two orders")
	}
}

func TestCalibrate(t *testing.T) {
	var f fakeClock
	for _, c := range []struct {
		op    time.Duration
		least int
	}{{1, 1}, {30, 1}, {100 * time.Microsecond, 1}, {9 * time.Millisecond, 7}, {10 * time.Millisecond, 1}, {time.Second, 50}} {
		s := Subject{Name: "x", Group: "g", Least: c.least, Run: func(n int) error {
			f.pass(time.Duration(n)*c.op, 0)
			return nil
		}}
		n, elapsed, err := calibrate(f.clock(), &s, 10*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		length := time.Duration(n) * c.op
		if n%c.least != 0 || length < 10*time.Millisecond || (n > c.least && length > 12*time.Millisecond) {
			t.Errorf("%d operations of %v, least %d: %v, want just over 10 ms", n, c.op, c.least, length)
		}
		if d := elapsed - length; d < -1 || d > 1 {
			t.Errorf("%v reported, want %v", elapsed, length)
		}
	}
}

// TestCalibrateByOneStep: a batch that is a little too short grows by a step, though a tenth of it is less.
func TestCalibrateByOneStep(t *testing.T) {
	var f fakeClock
	s := Subject{Name: "x", Group: "g", Least: 50, Run: func(n int) error {
		if f.pass(time.Duration(n)*198*time.Microsecond, 0); f.wall > time.Minute {
			return errors.New("it does not grow")
		}
		return nil
	}}
	if n, _, err := calibrate(f.clock(), &s, 10*time.Millisecond); n != 100 || err != nil {
		t.Errorf("%d operations (%v), want 100: 50 take 9.9 ms of 10", n, err)
	}
}

// TestVisits: a long operation has fewer batches in a round, always an odd number of them.
func TestVisits(t *testing.T) {
	for _, c := range []struct {
		planned        int
		batch, elapsed time.Duration
		want           int
	}{
		{5, 10, 19, 5}, {5, 10, 20, 1}, {9, 10, 20, 3}, {9, 10, 30, 3}, {9, 10, 44, 1}, {7, 10, 20, 3}, {9, 10, 1000, 1}, {5, 0, 100, 5},
	} {
		if got := visits(Plan{Visits: c.planned}, c.batch, c.elapsed); got != c.want {
			t.Errorf("%d visits of %d ns, if a batch takes %d: %d, want %d", c.planned, c.batch, c.elapsed, got, c.want)
		}
	}
}

// TestLonger: a batch of less than half the length grows to a tenth beyond it, in whole steps, and a hundredfold at most.
func TestLonger(t *testing.T) {
	for _, c := range []struct {
		step, n int
		wall    float64
		want    int
	}{
		{1, 10, 100, 10}, {1, 10, 50, 10}, {1, 10, 49, 22}, {3, 9, 10, 108}, {16, 16, 25, 32}, {1, 10, 0, 1000}, {1, 10, 1, 1000},
	} {
		if got := longer(c.step, c.n, c.wall, 1000); got != c.want {
			t.Errorf("after %d operations of %v ns, steps of %d: %d, want %d", c.n, c.wall, c.step, got, c.want)
		}
	}
}

// TestSamples: a sample holds its operations and nothing else: no reset, no untimed operations, no display; but it
// includes all allocations.
func TestSamples(t *testing.T) {
	var f fakeClock
	s := Subject{Name: "x", Group: "g", Least: 2, Reset: func() { f.pass(time.Hour, time.Hour) }, Run: func(n int) error {
		f.pass(time.Duration(n)*50*time.Microsecond, time.Duration(n)*80*time.Microsecond)
		f.bytes += uint64(n) * 48
		f.objects += uint64(n) * 3
		return nil
	}}
	run, err := Measure(Plan{Rounds: 3, Batch: time.Millisecond, Visits: 1, Clock: f.clock()}, []Subject{s}, func(int, int) {
		f.pass(time.Minute, time.Minute)
		f.bytes += 1 << 30
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range run.Series[0].Samples {
		if want := (Sample{Wall: 50_000, CPU: 80_000, Bytes: 48, Allocs: 3}); !reflect.DeepEqual(got, want) {
			t.Errorf("sample %v, want %v", got, want)
		}
	}
}

// TestBursts: batches that a neighbour disturbed are dropped, as long as they are fewer than half of a round's; the
// sample is one whole batch.
func TestBursts(t *testing.T) {
	var f fakeClock
	batch, calibrated := 0, false
	s := Subject{Name: "x", Group: "g", Least: 1, Run: func(n int) error {
		op := time.Microsecond
		if n > 1 && calibrated {
			if batch++; batch%5 < 2 {
				op *= 10
			}
		}
		f.pass(time.Duration(n)*op, 2*time.Duration(n)*op)
		return nil
	}}
	run, err := Measure(Plan{Rounds: 4, Batch: time.Millisecond, Visits: 5, Clock: f.clock()}, []Subject{s}, func(int, int) { calibrated = true })
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range run.Series[0].Samples {
		if want := (Sample{Wall: 1000, CPU: 2000}); !reflect.DeepEqual(got, want) {
			t.Errorf("sample %v, want %v", got, want)
		}
	}
}

// TestCoarseClock: batches grow until a step of the clock is small beside them.
func TestCoarseClock(t *testing.T) {
	const step = 15 * time.Millisecond
	var f fakeClock
	clock := f.clock()
	clock.Wall = func() time.Duration {
		f.wall += time.Millisecond // the cost of reading it
		return f.wall.Truncate(step)
	}
	if got := clock.Resolution(); got != step {
		t.Errorf("resolution %v, want %v", got, step)
	}
	s := Subject{Name: "x", Group: "g", Least: 1, Run: func(n int) error {
		f.pass(time.Duration(n)*time.Millisecond, 0)
		return nil
	}}
	run, err := Measure(Plan{Rounds: 3, Batch: time.Millisecond, Visits: 1, Clock: clock}, []Subject{s}, silent)
	if err != nil {
		t.Fatal(err)
	}
	if run.Resolution != step || run.Batch != ticks*step {
		t.Errorf("resolution %v and batch %v, want %v and %v", run.Resolution, run.Batch, step, ticks*step)
	}
	for _, got := range run.Series[0].Samples {
		if got.Wall < 0.998e6 || got.Wall > 1.002e6 {
			t.Errorf("%v ns, want a million, to 0.1 %% and the clock's own reading", got.Wall)
		}
	}
	if got := (&fakeClock{}).clock().Resolution(); got != 0 {
		t.Errorf("a clock that stands still has resolution %v, want 0", got)
	}
}

// TestResolution: it is the least of the first hundred steps, be it the first of them or the last.
func TestResolution(t *testing.T) {
	for _, least := range []int{1, 2, 50, 100, 101} {
		var at time.Duration
		read := 0
		clock := Clock{Wall: func() time.Duration {
			if read++; read == least+1 { // the first reading is the start
				at += 2
			} else {
				at += 5
			}
			return at
		}}
		want := time.Duration(2)
		if least > 100 {
			want = 5
		}
		if got := clock.Resolution(); got != want {
			t.Errorf("resolution %v, want %v, that of step %d", got, want, least)
		}
	}
}

// TestMachineClock: the machine's clock runs forward and sees allocations and collections.
func TestMachineClock(t *testing.T) {
	clock := MachineClock()
	if r := clock.Resolution(); r <= 0 || r > time.Second {
		t.Errorf("resolution %v, want a positive one", r)
	}
	var keep [][]byte
	s := Subject{Name: "x", Group: "g", Least: 1, Run: func(n int) error {
		for range n {
			keep = append(keep[:0], make([]byte, 1<<16))
		}
		runtime.GC()
		return nil
	}}
	got, collections, err := clock.batch(&s, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if got.Wall <= 0 || got.CPU <= 0 || got.Bytes < 1<<16 || got.Bytes > 1<<17 || got.Allocs < 1 || got.Allocs > 10 || collections < 2 {
		t.Errorf("%+v and %d collections, want times, 65536 bytes and 1 allocation, and at least 2", got, collections)
	}
}

// TestCollectorIsOff: no garbage is collected within a batch, however much of it there is.
func TestCollectorIsOff(t *testing.T) {
	var keep []byte
	s := Subject{Name: "x", Group: "g", Least: 64, Run: func(n int) error {
		for range n {
			keep = make([]byte, 1<<18)
		}
		return nil
	}}
	run, err := Measure(Plan{Rounds: 3, Batch: time.Microsecond, Visits: 5, Clock: MachineClock()}, []Subject{s}, silent)
	if err != nil {
		t.Fatal(err)
	}
	if run.Collections != 0 {
		t.Errorf("%d collections within batches, want none", run.Collections)
	}
	runtime.KeepAlive(keep)
}

func TestRefuses(t *testing.T) {
	want := errors.New("no")
	var f fakeClock
	failing := []Subject{{Name: "x", Group: "g", Least: 1, Run: func(int) error { return want }}}
	if _, err := Measure(Plan{Rounds: 1, Visits: 1, Clock: f.clock()}, failing, silent); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
	for _, plan := range []Plan{{Rounds: 0, Visits: 1}, {Rounds: 1, Visits: 0}, {Rounds: 1, Visits: 2}} {
		if _, err := Measure(plan, nil, silent); err == nil {
			t.Errorf("%d rounds of %d visits accepted", plan.Rounds, plan.Visits)
		}
	}
}

// TestStops: what was measured before a signal or a failure is returned, in whole rounds.
func TestKeep(t *testing.T) {
	var f fakeClock
	subject := func(name string) Subject {
		return Subject{Name: name, Group: "g", Least: 1, Run: func(n int) error { f.pass(time.Duration(n)*time.Millisecond, 0); return nil }}
	}
	var kept []int // rounds
	_, err := Measure(Plan{Rounds: 4, Batch: time.Millisecond, Visits: 3, Clock: f.clock(), Keep: func(run *Run) {
		for _, s := range run.Series {
			kept = append(kept, len(s.Samples))
		}
	}}, []Subject{subject("a"), subject("b")}, silent)
	if want := []int{1, 1, 2, 2, 3, 3}; err != nil || !slices.Equal(kept, want) {
		t.Errorf("error %v; of two subjects were kept %v rounds, want %v", err, kept, want)
	}
}

func TestStops(t *testing.T) {
	var f fakeClock
	failed := errors.New("no")
	for _, c := range []struct {
		after  int // batches, three a round; or in calibration
		fails  bool
		rounds int // returned rounds; 0: no run
		want   error
	}{{0, false, 0, ErrStopped}, {2, false, 0, ErrStopped}, {3, false, 1, ErrStopped}, {8, false, 2, ErrStopped}, {8, true, 2, failed}, {1, true, 0, failed}} {
		done, batches := make(chan struct{}), 0
		subject := func(name string) Subject {
			return Subject{Name: name, Group: "g", Least: 1, Run: func(n int) error {
				f.pass(time.Duration(n)*time.Millisecond, 0)
				if c.fails && batches == c.after {
					return failed
				}
				return nil
			}}
		}
		closed := false
		run, err := Measure(Plan{Rounds: 9, Batch: time.Millisecond, Visits: 1, Clock: f.clock(), Done: done},
			[]Subject{subject("a"), subject("b"), subject("c")}, func(n, _ int) {
				if batches = n; n == c.after && !c.fails && !closed {
					closed = true
					close(done)
				}
			})
		if !errors.Is(err, c.want) || (run == nil) != (c.rounds == 0) {
			t.Errorf("%+v: run %v, error %v", c, run, err)
			continue
		}
		if run != nil {
			for _, s := range run.Series {
				if len(s.Samples) != c.rounds {
					t.Errorf("%+v: %s has %d samples", c, s.Subject.Name, len(s.Samples))
				}
			}
		}
	}
}

// TestCalibrationSurvivesADisturbance: one batch that is disturbed must not make all batches far too short.
func TestCalibrationSurvivesADisturbance(t *testing.T) {
	var f fakeClock
	runs := 0
	s := Subject{Name: "x", Group: "g", Least: 1, Run: func(n int) error {
		f.pass(time.Duration(n)*100*time.Nanosecond, 0)
		if runs++; runs == 1 {
			f.pass(3*time.Millisecond, 0)
		}
		return nil
	}}
	run, err := Measure(Plan{Rounds: 1, Batch: time.Millisecond, Visits: 1, Clock: f.clock()}, []Subject{s}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if n := run.Series[0].N; n < 10_000 {
		t.Errorf("batches of %d operations of 100 ns, want at least 10000, for 1 ms", n)
	}
}

// TestGroups: what a round visits side by side is said by the group alone, be the facts equal or not. A group goes on as
// TestBatchesGrow: what disturbs all of calibration makes a batch too short, in which the start of a batch is dear.
func TestBatchesGrow(t *testing.T) {
	var f fakeClock
	calibrated := false
	s := Subject{Group: "g", Least: 1, Run: func(n int) error {
		each := 100 * time.Nanosecond
		if !calibrated {
			each = 100 * time.Microsecond
		}
		f.pass(50*time.Microsecond+time.Duration(n)*each, 0)
		return nil
	}}
	run, err := Measure(Plan{Rounds: 9, Batch: time.Millisecond, Visits: 1, Clock: f.clock()}, []Subject{s}, func(int, int) { calibrated = true })
	if err != nil {
		t.Fatal(err)
	}
	if got := run.Series[0].Samples[8].Wall; got > 110 {
		t.Errorf("%v ns, want about 105: a batch of a millisecond begins with 50 µs", got)
	}
	if n := run.Series[0].N; n < 5000 {
		t.Errorf("a batch has %d operations of 100 ns, want a millisecond's", n)
	}
}

// long as subjects follow one another in the list; a subject without a group is refused.
func TestGroups(t *testing.T) {
	var f fakeClock
	var visited []string
	subject := func(name, group, problem string) Subject {
		return Subject{Name: name, Group: group, Facts: []Fact{{"problem", problem}}, Least: 1, Run: func(n int) error {
			visited = append(visited, name)
			f.pass(time.Duration(n)*time.Millisecond, 0)
			return nil
		}}
	}
	subjects := []Subject{subject("a1", "a", "p"), subject("a2", "a", "q"), subject("b1", "b", "q"), subject("b2", "b", "q"), subject("b3", "b", "r"), subject("a3", "a", "p")}
	const rounds = 40
	calibrated := 0
	if _, err := Measure(Plan{Rounds: rounds, Batch: time.Millisecond, Visits: 1, Clock: f.clock()}, subjects, func(done, _ int) {
		if done == 0 {
			calibrated = len(visited)
		}
	}); err != nil {
		t.Fatal(err)
	}
	orders, apart := map[string]bool{}, false
	for round := range slices.Chunk(visited[calibrated:], len(subjects)) {
		at := map[string]int{}
		for k, name := range round {
			at[name] = k
		}
		if len(at) != len(subjects) {
			t.Fatalf("a round visited %v, want each once", round)
		}
		near := func(names ...string) bool {
			from, to := len(round), 0
			for _, name := range names {
				from, to = min(from, at[name]), max(to, at[name])
			}
			return to-from == len(names)-1
		}
		if !near("a1", "a2") || !near("b1", "b2", "b3") {
			t.Errorf("a round visited %v, want a1 beside a2, and b1, b2 and b3 side by side", round)
		}
		apart = apart || !near("a1", "a2", "a3")
		orders[strings.Join(round, " ")] = true
	}
	if len(orders) < rounds/4 || !apart {
		t.Errorf("%d rounds had %d different orders, a3 apart from the others of its group: %t; want random ones, and true", rounds, len(orders), apart)
	}
	subjects[3].Group = ""
	visited = nil
	if _, err := Measure(Plan{Rounds: 1, Visits: 1, Clock: f.clock()}, subjects, silent); err == nil || err.Error() != "measure: b2 is of no group, want one" {
		t.Errorf("a subject without a group gives the error %v", err)
	}
	if len(visited) > 0 {
		t.Errorf("%v were calibrated before a subject was refused", visited)
	}
}
