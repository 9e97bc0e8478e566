// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"context"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"toll/goside/measure"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/valgrind"
)

// simulatedSizes are the sides of squares: two matrices of the first are twice as large as most first caches, those of the second
// fit into most last ones, those of the third do not. Simulating takes a hundred times as long as walking.
var simulatedSizes = []int{64, 512, 2048}

// counters counts what the walks miss by the processor's counters.
func counters(c *study.Lab) ([]measure.Series, error) {
	if _, err := countable(); err != nil { // before all is verified for nothing
		return nil, err
	}
	results, err := c.Match([]string{"go/direct", "c/cgo", "c/purego"}, kernels...)
	if err != nil {
		return nil, err
	}
	if err := study.Wrong(results); err != nil {
		return nil, err
	}
	return counted(study.Holding(results), c.Squares("walk", loopSizes(c.Full)), c.Seed, c.Done, c.Progress.Step)
}

// cachegrind counts what the walks miss in caches of this machine's form, which valgrind simulates.
func cachegrind(c *study.Lab) ([]measure.Series, error) {
	v, err := valgrind.Find()
	if err != nil {
		return nil, err
	}
	var jobs []missJob
	for _, n := range slices.Backward(simulatedSizes) { // what takes longest first, so that all cores end together
		for _, k := range kernels {
			for _, route := range []string{"c/purego", "go/direct"} {
				jobs = append(jobs, missJob{route, walks([]string{k}, n)})
			}
		}
	}
	c.Progress.Begin("simulating caches")
	c.Progress.Step(0, len(jobs))
	return simulate(study.UntilDone(c.Done), v, jobs, c.Progress.Step)
}

// missJob is walks that one process takes, through one route.
type missJob struct {
	Route string
	Walks []walk
}

// simulate does the jobs and returns a series for each walk. progress is called after each job. When ctx ends, it returns
// those of the jobs that are done with measure.ErrStopped. Without the library for valgrind the error is
// seam.ErrUnavailable.
func simulate(ctx context.Context, v *valgrind.Tool, jobs []missJob, progress func(done, all int)) ([]measure.Series, error) {
	// C is run from a library that has no instruction valgrind does not know. It misses what the usual one does: the walk
	// decides which lines are fetched, and in which order, not the instruction set.
	library, err := seam.FindLibrary("valgrind/libtoll_c.so")
	if err != nil {
		return nil, err
	}
	environment := []string{"TOLL_LIB=" + filepath.Dir(library)}
	options := append([]string{"--cache-sim=yes"}, cacheOptions("/sys/devices/system/cpu/cpu0/cache")...)
	series := make([][]measure.Series, len(jobs))
	var mu sync.Mutex
	done := 0
	err = valgrind.Parallel(len(jobs), func(k int) error {
		args := []string{"child", "walk", jobs[k].Route}
		for _, w := range jobs[k].Walks {
			args = append(args, w.String())
		}
		text, printed, err := v.Callgrind(ctx, options, environment, args...)
		if err != nil {
			return fmt.Errorf("%s: %w", jobs[k].Route, err)
		}
		series[k], err = readMisses(v, text, printed, &jobs[k])
		if err != nil {
			return fmt.Errorf("%s under %s: %w", jobs[k].Route, v.Version, err)
		}
		mu.Lock()
		defer mu.Unlock()
		done++
		progress(done, len(jobs))
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return slices.Concat(series...), measure.ErrStopped
	case err != nil:
		return nil, err
	}
	return slices.Concat(series...), nil
}

// readMisses returns a series for each walk of a job, from callgrind's file and what the child "walk" printed.
func readMisses(v *valgrind.Tool, text, printed string, job *missJob) ([]measure.Series, error) {
	dump, err := valgrind.ReadDump(text)
	if err != nil {
		return nil, err
	}
	if err := dump.Want(2*len(job.Walks) + 1); err != nil {
		return nil, err
	}
	l1, err := simulatedCache(dump, "D1")
	if err != nil {
		return nil, err
	}
	last, err := simulatedCache(dump, "LL")
	if err != nil {
		return nil, err
	}
	source := fmt.Sprintf("callgrind's cache simulation (%s), which is cachegrind's: L1 %d B %d ways, LL %d B %d ways, lines of %d B",
		v.Version, l1.size, l1.ways, last.size, last.ways, last.line)
	elements := strings.Fields(printed)
	if len(elements) != len(job.Walks) {
		return nil, fmt.Errorf("toll child walk printed %q, want %d numbers", printed, len(job.Walks))
	}
	lang, via, _ := strings.Cut(job.Route, "/")
	var series []measure.Series
	for k := range job.Walks {
		n, err := strconv.Atoi(elements[k])
		if err != nil || n <= 0 {
			return nil, fmt.Errorf("toll child walk printed %q, want how many elements it visited", elements[k])
		}
		pass := 2*k + 1 // the part before it is warming up
		sample := measure.Sample{More: []measure.Value{
			{Value: float64(dump.Count(pass, "D1mr", "D1mw")) / float64(n), Unit: l1Misses},
			{Value: float64(dump.Count(pass, "DLmr", "DLmw")) / float64(n), Unit: llMisses},
		}}
		series = append(series, missSeries(&job.Walks[k], lang, via, byCachegrind, source, n, []measure.Sample{sample}))
	}
	return series, nil
}

// cache is the form of one, in bytes and ways.
type cache struct{ size, ways, line int }

// cacheOptions returns callgrind's options for the first cache for data and the last, as a folder such as
// /sys/devices/system/cpu/cpu0/cache describes them. Of one that it does not describe callgrind has its own idea.
func cacheOptions(folder string) []string {
	levels := map[int]cache{}
	last := 0
	indices, _ := filepath.Glob(filepath.Join(folder, "index*")) // none but on Linux
	for _, index := range indices {
		read := func(file string) string {
			text, _ := os.ReadFile(filepath.Join(index, file))
			return strings.TrimSpace(string(text))
		}
		number := func(file string) int {
			n, _ := strconv.Atoi(strings.TrimSuffix(read(file), "K"))
			return n
		}
		level, c := number("level"), cache{number("size") << 10, number("ways_of_associativity"), number("coherency_line_size")}
		if level > 0 && read("type") != "Instruction" && c.size > 0 && c.ways > 0 && c.line > 0 {
			levels[level] = c
			last = max(last, level)
		}
	}
	var options []string
	if c, ok := levels[1]; ok {
		options = append(options, "--D1="+c.option())
	}
	if last > 1 {
		c := levels[last]
		options = append(options, "--LL="+c.option())
	}
	return options
}

// option returns the cache for callgrind, which wants the number of sets to be a power of two. Where it is none, there are fewer
// sets of more ways.
func (c *cache) option() string {
	sets := 1 << (bits.Len(uint(max(c.size/c.ways/c.line, 1))) - 1)
	ways := c.size / sets / c.line
	return fmt.Sprintf("%d,%d,%d", sets*ways*c.line, ways, c.line)
}

// simulatedCache returns a cache that was simulated.
func simulatedCache(d *valgrind.Dump, name string) (cache, error) {
	c := cache{ways: 1}
	text, direct := strings.CutSuffix(d.Caches[name], ", direct-mapped")
	var err error
	if direct {
		_, err = fmt.Sscanf(text, "%d B, %d B", &c.size, &c.line)
	} else {
		_, err = fmt.Sscanf(text, "%d B, %d B, %d-way associative", &c.size, &c.line, &c.ways)
	}
	if err != nil {
		return c, fmt.Errorf("callgrind's file says of the cache %s %q, want such as 32768 B, 64 B, 8-way associative", name, d.Caches[name])
	}
	return c, nil
}
