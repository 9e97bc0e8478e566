// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package limits measures what this machine can do at most: how fast it moves data and computes, and how small the steps
// of a program are. The times of kernels are held against it.
package limits

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/cpuid/v2"

	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
	"toll/goside/via/limits"
)

// Subjects returns what shows the machine's limits, on one thread and on that many, so that a kernel's time
// can be held against them: how fast each level of memory is read, written and copied, how fast memory can be
// moved as each of the subjects beside them moves it, how fast numbers are multiplied and added, and what the
// smallest steps of a Go program cost.
//
// The Facts say what one operation is and how much is done in it: bytes as the code asks for them, so that a
// store counts once although the line it misses is read first. On several threads one operation is that of
// every thread, each on memory of its own; but a move, which is as a kernel's, is shared out between them. The
// memory is of Go's heap, as the kernels' is, with the same pages.
//
// Without the native library only Go's own limits are returned, with an error that is seam.ErrUnavailable.
func Subjects(threads int, beside []measure.Subject) ([]measure.Subject, error) {
	traffics, err := traffics(beside)
	if err != nil {
		return nil, err
	}
	native, err := limits.Open()
	if err != nil {
		return goLimits(), fmt.Errorf("study: %w", err)
	}
	var subjects []measure.Subject
	add := func(s measure.Subject) { subjects = append(subjects, s) }
	both := func(name record.Name, facts []measure.Fact, reset func(), run func(thread, n int) error) {
		add(subject(name, onOne, facts, reset, func(n int) error { return run(0, n) }))
		if threads > 1 {
			add(subject(name, onMany, facts, reset, func(n int) error {
				return onAll(threads, func(thread int) error { return run(thread, n) })
			}))
		}
	}
	bandwidth(native, threads, both)
	for _, t := range traffics {
		moves(native, threads, t, add)
	}
	muladd(native, both)
	add(subject(record.Name{Op: "call", N: "1"}, onOne, facts("call", "per", "call"), nil, func(n int) error { native.Call(n); return nil }))
	return append(subjects, goLimits()...), nil
}

// The routes of the limits on one thread, and on all.
const (
	onOne  = record.SerialLang + "/purego"
	onMany = record.ParallelLang + "/purego"
)

// subject returns a limit of that name, which is completed by the route.
func subject(name record.Name, route string, facts []measure.Fact, reset func(), run func(n int) error) measure.Subject {
	name.Study = record.LimitsName
	name.Lang, name.Via, _ = strings.Cut(route, "/")
	return measure.Subject{
		Name: name.String(), Facts: facts, Group: name.Problem(), Reset: reset, Run: run, Least: 1,
		Parks: route == onMany, // until all threads are done
	}
}

// facts returns the limit's name, and the pairs of keys and values.
func facts(limit string, pairs ...any) []measure.Fact {
	all := []measure.Fact{{Key: "problem", Value: "limit " + limit}}
	for k := 0; k < len(pairs); k += 2 {
		all = append(all, measure.Fact{Key: fmt.Sprint(pairs[k]), Value: fmt.Sprint(pairs[k+1])})
	}
	return all
}

// onAll runs f on that many goroutines at once.
func onAll(threads int, f func(thread int) error) error {
	errs := make([]error, threads)
	var all sync.WaitGroup
	for thread := range threads {
		all.Go(func() { errs[thread] = f(thread) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// adder adds a limit: run does n operations of one thread; reset may be nil.
type adder func(name record.Name, facts []measure.Fact, reset func(), run func(thread, n int) error)

func bandwidth(native *limits.Limits, threads int, add adder) {
	levels := levels(threads, caches(), usable())
	if len(levels) == 0 {
		return
	}
	// All levels use the same memory, the smaller ones a part of it: the largest set, for each thread. It is
	// made when first needed, by Reset, whose time does not count, and touched by one goroutine for each thread,
	// which spreads it over the nodes of a machine that has several.
	memory := sync.OnceValue(func() [][]float64 {
		all := make([][]float64, threads)
		_ = onAll(threads, func(thread int) error { // it only touches, and cannot fail
			all[thread] = make([]float64, levels[len(levels)-1].set/8)
			for k := range all[thread] {
				all[thread][k] = 1
			}
			return nil
		})
		return all
	})
	prepare := func() { memory() }
	for _, l := range levels {
		name := func(op string) record.Name {
			return record.Name{Op: op, N: fmt.Sprint(l.set), Keys: []record.Key{{Key: "level", Value: l.name}}}
		}
		pass := func(op string, work ...any) []measure.Fact {
			return facts(op+" "+l.name, append([]any{"per", "pass", "set", l.set}, work...)...)
		}
		add(name("read"), pass("read", "reads", l.set), prepare, func(thread, n int) error {
			_, err := native.Read(memory()[thread][:l.set/8], n)
			return err
		})
		add(name("write"), pass("write", "writes", l.set), prepare, func(thread, n int) error {
			return native.Write(memory()[thread][:l.set/8], n, 1)
		})
		half := l.set / 2
		add(name("copy"), pass("copy", "reads", half, "writes", half), prepare, func(thread, n int) error {
			p := memory()[thread][:l.set/8]
			return native.Copy(p[half/8:], p[:half/8], n)
		})
	}
}

// traffic is what an operation moves, in bytes: of a set it reads so many and writes so many others.
type traffic struct{ set, reads, writes int }

// traffics returns what the facts of the subjects say that they move, each once.
func traffics(subjects []measure.Subject) ([]traffic, error) {
	var all []traffic
	for _, s := range subjects {
		var t traffic
		for _, f := range s.Facts {
			to, ok := map[string]*int{"set": &t.set, "reads": &t.reads, "writes": &t.writes}[f.Key]
			if !ok {
				continue
			}
			var err error
			if *to, err = strconv.Atoi(f.Value); err != nil {
				return nil, fmt.Errorf("study: limits: %s has %s: %s, want a number of bytes", s.Name, f.Key, f.Value)
			}
		}
		switch {
		case t.set == 0 || t.reads+t.writes == 0 || slices.Contains(all, t): // a set is what limits of memory are measured on
		case t.reads+t.writes > t.set:
			return nil, fmt.Errorf("study: limits: %s reads %d and writes %d bytes of a set of %d, want each byte moved once", s.Name, t.reads, t.writes, t.set)
		default:
			all = append(all, t)
		}
	}
	return all, nil
}

// moves adds the limit of that traffic, in every form, since the fastest is the limit. On several threads each does
// its part of one set, as kernels share out their work.
func moves(native *limits.Limits, threads int, t traffic, add func(measure.Subject)) {
	// Whole doubles, so up to 7 bytes more. What is neither read nor written, such as a border, lies between the two.
	reads, writes := (t.reads+7)/8, (t.writes+7)/8
	memory := sync.OnceValue(func() [2][]float64 {
		all := [2][]float64{make([]float64, reads), make([]float64, max((t.set+7)/8-reads, writes))}
		_ = onAll(threads, func(thread int) error { // it only touches, and cannot fail
			for _, p := range all {
				mine := part(p, thread, threads)
				for k := range mine {
					mine[k] = 1
				}
			}
			return nil
		})
		return all
	})
	prepare := func() { memory() }
	for _, form := range limits.Forms {
		if form.Stores && writes == 0 {
			continue
		}
		facts := facts(fmt.Sprintf("%s %s n=%d", record.MoveName, form.Name, t.set),
			"per", "pass", "set", t.set, "reads", t.reads, "writes", t.writes)
		name := record.Name{Op: record.MoveName, N: fmt.Sprint(t.set), Keys: []record.Key{
			{Key: "form", Value: form.Name}, {Key: "reads", Value: fmt.Sprint(t.reads)}, {Key: "writes", Value: fmt.Sprint(t.writes)}}}
		run := func(thread, threads, n int) error {
			m := memory()
			_, err := native.Move(part(m[0], thread, threads), part(m[1][:writes], thread, threads), n, 1, form.Form)
			return err
		}
		add(subject(name, onOne, facts, prepare, func(n int) error { return run(0, 1, n) }))
		if threads > 1 {
			add(subject(name, onMany, facts, prepare, func(n int) error {
				return onAll(threads, func(thread int) error { return run(thread, threads, n) })
			}))
		}
	}
}

// part returns a thread's part of p; all but the last are of whole blocks.
func part(p []float64, thread, threads int) []float64 {
	end := func(thread int) int {
		if thread == threads {
			return len(p)
		}
		return len(p) * thread / threads / limits.Block * limits.Block
	}
	return p[end(thread):end(thread+1)]
}

func muladd(native *limits.Limits, add adder) {
	x, y := math.Nextafter(1, 2), 0.25 // limits.h says why
	name := func(width string) record.Name {
		return record.Name{Op: "muladd", N: "1", Keys: []record.Key{{Key: "width", Value: width}}}
	}
	for _, w := range []struct {
		name  string
		flops int
		run   func(n int, x, y float64) float64
	}{
		{"scalar", native.ScalarFlops, native.MulAddScalar}, {"half", native.HalfFlops, native.MulAddHalf},
		{"vector", native.VectorFlops, native.MulAddVector},
	} {
		add(name(w.name), facts("muladd "+w.name, "per", "round", "flops", w.flops), nil, func(_, n int) error {
			return finite(w.run(n, x, y))
		})
	}
}

func finite(result float64) error {
	if math.IsNaN(result) || math.IsInf(result, 0) {
		return fmt.Errorf("study: limits: sum of all chains is %v, want a finite number", result)
	}
	return nil
}

// level is one of memory, and how many bytes a thread works on to stay in it.
type level struct {
	name string
	set  int
}

// cache is one of a level: its bytes, and how many CPUs share it.
type cache struct{ size, cpus int }

// grain is what a set is a multiple of, so that each half of it is of whole blocks.
const grain = 2 * 8 * limits.Block

// levels returns the levels that these caches, L1 first, and so many bytes of memory make, as far as they are
// known and can be told apart by sets of one size for each of the threads and for one alone. That is half of
// what a thread has of a cache when as many share it as can; of L3 a quarter, if that is well beyond L2,
// since others too have their part of it, such as a virtual machine's neighbours. In memory it is enough to
// miss the last cache for one thread too, but all together no more than a quarter of what there is.
func levels(threads int, caches [3]cache, ram int) []level {
	var all []level
	share, last := 0, 0 // of the cache before: what a thread has of it, and its size
	for k, c := range caches {
		if c.size <= 0 {
			continue
		}
		previous := share
		share, last = c.size/min(threads, max(c.cpus, 1)), c.size
		set := share / 2
		if k == 2 && share/4 > 2*previous {
			set = share / 4
		}
		if set > previous {
			all = append(all, level{fmt.Sprintf("L%d", k+1), set / grain * grain})
		}
	}
	set := min(max(4*last, 128<<20/threads), ram/4/threads)
	if last > 0 && set >= 2*last {
		all = append(all, level{"memory", set / grain * grain})
	}
	return all
}

// caches returns those of the first CPU for data. Unknown ones have no size.
func caches() [3]cache {
	core := max(cpuid.CPU.ThreadsPerCore, 1)
	all := [3]cache{
		{cpuid.CPU.Cache.L1D, core}, {cpuid.CPU.Cache.L2, core}, {cpuid.CPU.Cache.L3, runtime.NumCPU()},
	}
	folders, _ := filepath.Glob("/sys/devices/system/cpu/cpu0/cache/index*") // none but on Linux
	for _, folder := range folders {
		read := func(file string) string {
			text, _ := os.ReadFile(filepath.Join(folder, file))
			return strings.TrimSpace(string(text))
		}
		number, err := strconv.Atoi(read("level"))
		if err != nil || number < 1 || number > len(all) || read("type") == "Instruction" {
			continue
		}
		c := &all[number-1]
		if kib, err := strconv.Atoi(strings.TrimSuffix(read("size"), "K")); err == nil && c.size <= 0 {
			c.size = kib << 10
		}
		cpus := 0
		for word := range strings.SplitSeq(read("shared_cpu_map"), ",") {
			mask, _ := strconv.ParseUint(word, 16, 64)
			cpus += bits.OnesCount64(mask)
		}
		if cpus > 0 {
			c.cpus = cpus
		}
	}
	return all
}

// usable returns the bytes of memory that the process may use, 0 if unknown.
func usable() int {
	b := machine.Bound()
	return b.Usable()
}

// Say adds to the record, and says, where too little memory is for the limits to be measured as elsewhere.
func Say(lab *study.Lab, threads int) {
	if note := spared(threads, caches(), usable()); note != "" {
		lab.Say("limits-memory", note)
		fmt.Fprintf(lab.Stderr, "toll: limits of memory: %s\n", note)
	}
}

// spared returns how the level of memory differs from that with as much memory as it takes, or "".
func spared(threads int, caches [3]cache, ram int) string {
	whole := levels(threads, caches, math.MaxInt)
	if len(whole) == 0 || ram == 0 {
		return ""
	}
	last := len(whole) - 1
	wanted := threads * whole[last].set
	had := levels(threads, caches, ram)
	share := fmt.Sprintf("a quarter of the %s that the process may use", machine.Bytes(ram))
	switch {
	case len(had) <= last:
		return fmt.Sprintf("not measured, since sets of %s are more than %s", machine.Bytes(wanted), share)
	case had[last].set < whole[last].set:
		return fmt.Sprintf("measured on sets of %s instead of %s: %s", machine.Bytes(threads*had[last].set), machine.Bytes(wanted), share)
	}
	return ""
}

// goLimits returns the smallest steps of a Go program.
func goLimits() []measure.Subject {
	var counter atomic.Int64
	step := func(op, per string, least int, run func(n int)) measure.Subject {
		s := subject(record.Name{Op: op, N: "1"}, "go/direct", facts(op+" in Go", "per", per), nil, func(n int) error { run(n); return nil })
		s.Least, s.Parks = least, op == "switch"
		return s
	}
	return []measure.Subject{
		step("loop", "iteration", 1, func(n int) {
			for range n {
			}
		}),
		step("call", "call", 1, func(n int) {
			for range n {
				study.Nothing()
			}
		}),
		step("atomic", "add", 1, func(n int) {
			for range n {
				counter.Add(1)
			}
		}),
		step("switch", "hand-off", 2, study.HandOff),
	}
}
