// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package walk

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/study/studytest"
	"toll/goside/valgrind"
)

// TestCachegrind holds walks against each other, never against numbers.
func TestCachegrind(t *testing.T) {
	v := studytest.Valgrind(t)
	matched := walk{Kernel: "diffusion", Layout: kernel.Row, LD: UnitLD, N: 512}
	interchanged, small := matched, matched
	interchanged.Interchanged = true
	small.N = 64
	var jobs []missJob
	for _, route := range []string{"c/purego", "go/direct"} {
		jobs = append(jobs, missJob{route, []walk{matched, interchanged, small}})
	}
	done := 0
	series, err := simulate(t.Context(), v, jobs, func(int, int) { done++ })
	studytest.Available(t, err)
	if len(series) != 6 || done != len(jobs) {
		t.Fatalf("%d series, %d times progress, want 6 and %d", len(series), done, len(jobs))
	}
	for k, job := range jobs {
		get := func(walk int, unit string) float64 { return series[3*k+walk].Samples[0].Get(unit) }
		if few, many := get(0, l1Misses), get(1, l1Misses); !(few > 0 && many >= 4*few) {
			t.Errorf("%s misses L1 %.3f times a cell, and %.3f times interchanged, want at least 4 times as often", job.Route, few, many)
		}
		for walkName := range job.Walks {
			if l1, last := get(walkName, l1Misses), get(walkName, llMisses); !(last <= l1 && l1 < 10) {
				t.Errorf("%s %v misses L1 %.3f times a cell and the last cache %.3f times, want not more of the latter, and few",
					job.Route, &job.Walks[walkName], l1, last)
			}
		}
	}
	s := series[0].Subject
	if want := "Misses/kernel=diffusion/lang=c/via=purego/layout=row/n=512/loops=matched/ld=unit/by=cachegrind"; s.Name != want {
		t.Errorf("name is %s, want %s", s.Name, want)
	}
	if source := s.Facts[2].Value; !strings.Contains(source, v.Version) || !strings.Contains(source, " ways, LL ") {
		t.Errorf("source is %q, want valgrind's version and the caches", source)
	}
	t.Run("stops", func(t *testing.T) { cachegrindStops(t, v) })
}

// cachegrindStops: the jobs that are done are kept.
func cachegrindStops(t *testing.T, v *valgrind.Tool) {
	small := walk{Kernel: "diffusion", Layout: kernel.Row, LD: UnitLD, N: 16}
	jobs := slices.Repeat([]missJob{{"go/direct", []walk{small}}}, runtime.GOMAXPROCS(0)+2) // more than run at once
	for _, after := range []int{0, 1} {
		ctx, stop := context.WithCancel(t.Context())
		if after == 0 {
			stop()
		}
		series, err := simulate(ctx, v, jobs, func(int, int) { stop() })
		stop()
		if !errors.Is(err, measure.ErrStopped) || (len(series) == 0) != (after == 0) || len(series) == len(jobs) {
			t.Errorf("stopped after %d of %d jobs: %d series and %v, want those that were done and %v", after, len(jobs), len(series), err, measure.ErrStopped)
		}
	}
}

const callgrindFile = `# callgrind format
desc: I1 cache: 1024 B, 64 B, 2-way associative
desc: D1 cache: 32768 B, 64 B, 8-way associative
desc: LL cache: 33554432 B, 64 B, direct-mapped
desc: Trigger: --dump-before=toll/goside/valgrind.CountFromHere
events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw
fn=(1) totals
totals: 9000 1000 1000 9 99 99 9 99 99
events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw
totals: 9000 1000 1000 9 20 30 1 2 3
totals: 10
`

func TestReadMisses(t *testing.T) {
	v := &valgrind.Tool{Version: "valgrind-0"}
	job := &missJob{"go/direct", []walk{{Kernel: "ols", LD: PaddedLD, N: 64}}}
	series, err := readMisses(v, callgrindFile, "100\n", job)
	if err != nil || len(series) != 1 {
		t.Fatalf("got %v and %v, want a series", series, err)
	}
	s := series[0].Samples[0]
	if s.Get(l1Misses) != 0.5 || s.Get(llMisses) != 0.05 || len(s.More) != 2 || series[0].N != 100 {
		t.Errorf("got %+v of %d elements, want 0.5 misses of L1 and 0.05 of LL, of 100", s, series[0].N)
	}
	want := "callgrind's cache simulation (valgrind-0), which is cachegrind's: L1 32768 B 8 ways, LL 33554432 B 1 ways, lines of 64 B"
	if got := series[0].Subject.Facts[2].Value; got != want {
		t.Errorf("source is %q, want %q", got, want)
	}
	for _, c := range []struct{ old, new, printed, want string }{
		{"totals: 10\n", "", "100", "has 2 parts, want 3"},
		{"D1 cache: 32768 B, 64 B", "D1 cache: 32768 B", "100", `says of the cache D1 "32768 B, 8-way`},
		{"desc: LL cache", "desc: L2 cache", "100", `says of the cache LL ""`},
		{" DLmr DLmw\nfn", "\nfn", "100", `has the line "totals: 9000`},
		{"30 1 2 3", "30 x 2 3", "100", `has the line "totals: 9000`},
		{"", "", "", "want 1 numbers"},
		{"", "", "1 2", "want 1 numbers"},
		{"", "", "0", "want how many elements"},
	} {
		_, err := readMisses(v, strings.Replace(callgrindFile, c.old, c.new, 1), c.printed, job)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q, printed %q: got %v, want an error with %q", c.new, c.old, c.printed, err, c.want)
		}
	}
}

func TestCacheOptions(t *testing.T) {
	folder := t.TempDir()
	for index, c := range [][5]string{ // level, type, size, ways, line
		{"1", "Data", "48K", "12", "64"}, {"1", "Instruction", "16K", "4", "64"}, {"2", "Unified", "1024K", "8", "64"},
		{"3", "Unified", "30720K", "20", "64"}, {"4", "Unified", "", "0", "64"},
	} {
		at := filepath.Join(folder, "index"+string(rune('0'+index)))
		if err := os.Mkdir(at, 0o755); err != nil {
			t.Fatal(err)
		}
		for k, file := range []string{"level", "type", "size", "ways_of_associativity", "coherency_line_size"} {
			if err := os.WriteFile(filepath.Join(at, file), []byte(c[k]+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	// 30720K are 24576 sets of 20 ways, and so 16384 of 30.
	if got, want := cacheOptions(folder), []string{"--D1=49152,12,64", "--LL=31457280,30,64"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := cacheOptions(filepath.Join(folder, "nothing")); got != nil {
		t.Errorf("got %q of a folder that is not there, want none", got)
	}
}

func TestChild(t *testing.T) {
	const good = "Loops/kernel=ols/layout=row/n=64/loops=matched/ld=unit"
	var out strings.Builder
	err := child(&out, []string{"go/direct", good, strings.Replace(good, "64", "256", 1)})
	if err != nil || out.String() != "65536\n65536\n" {
		t.Errorf("printed %q (%v), want how many elements each walk visits", out.String(), err)
	}
	for _, args := range [][]string{{"go/direct", "ols"}, {"go/nowhere", good}, {"go/direct"}, nil} {
		if err := child(&out, args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}
