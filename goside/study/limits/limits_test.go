// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package limits

import (
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	simd "toll/goside/level"
	"toll/goside/measure"
	"toll/goside/seam"
	"toll/goside/study/studytest"
	"toll/goside/via/limits"
	"toll/goside/via/mem"
)

const KiB, MiB, GiB = 1 << 10, 1 << 20, 1 << 30

func TestLimits(t *testing.T) {
	const threads = 3
	subject := func(facts ...measure.Fact) measure.Subject { return measure.Subject{Name: "x", Facts: facts} }
	set, reads, writes := measure.Fact{Key: "set", Value: "40000"}, measure.Fact{Key: "reads", Value: "20000"}, measure.Fact{Key: "writes", Value: "4004"}
	subjects, err := Subjects(threads, []measure.Subject{subject(set, reads, writes), subject(set, writes, reads), subject(set, reads), subject(reads, writes), subject()})
	studytest.Available(t, err)
	form := regexp.MustCompile(`^Limits/op=[a-z]+/lang=(c|c-par|go)/via=(purego|direct)/n=\d+(/level=\w+|/width=\w+|/form=[a-z]+/reads=\d+/writes=\d+)?$`)
	byName := map[string]measure.Subject{}
	for k, s := range subjects {
		if k > 0 && (s.Group == subjects[k-1].Group) != slices.Equal(s.Facts, subjects[k-1].Facts) {
			t.Errorf("%s is of the group %q after %s of %q, want one group where the facts are the same", s.Name, s.Group, subjects[k-1].Name, subjects[k-1].Group)
		}
		if _, twice := byName[s.Name]; twice || !form.MatchString(s.Name) {
			t.Errorf("name %s, twice: %t; want one of the form %v", s.Name, twice, form)
		}
		byName[s.Name] = s
		if err := s.Run(s.Least); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		if err := s.Run(10 * s.Least); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	pairs := 0
	for name, one := range byName {
		all, ok := byName[strings.Replace(name, "lang=c/", "lang=c-par/", 1)]
		if ok && strings.Contains(name, "lang=c/") {
			pairs++
			if !slices.Equal(one.Facts, all.Facts) {
				t.Errorf("%s has the facts %v, on all threads %v, want equal ones", name, one.Facts, all.Facts)
			}
		}
	}
	for _, want := range []string{"muladd/lang=c/via=purego/n=1/width=scalar", "muladd/lang=c/via=purego/n=1/width=half",
		"muladd/lang=c/via=purego/n=1/width=vector",
		"call/lang=c/via=purego/n=1", "call/lang=go/via=direct/n=1", "loop/lang=go/via=direct/n=1",
		"atomic/lang=go/via=direct/n=1", "switch/lang=go/via=direct/n=1"} {
		if _, ok := byName["Limits/op="+want]; !ok {
			t.Errorf("there is no %s", want)
		}
	}
	levels := levels(threads, caches(), usable())
	t.Logf("levels: %v", levels)
	moves := 0 // of the traffic that writes, and of the one that does not
	for _, f := range limits.Forms {
		moves++
		if !f.Stores {
			moves++
		}
	}
	if want := 3*len(levels) + moves + 3; pairs != want {
		t.Errorf("%d subjects are on one thread and on all, want %d", pairs, want)
	}
	for _, f := range limits.Forms {
		for name, want := range map[string]string{"reads=20000/writes=4004": "4004", "reads=20000/writes=0": "0"} {
			if f.Stores && want == "0" {
				continue
			}
			got := byName["Limits/op=move/lang=c-par/via=purego/n=40000/form="+f.Name+"/"+name].Facts
			want := []measure.Fact{{Key: "problem", Value: "limit move " + f.Name + " n=40000"}, {Key: "per", Value: "pass"}, set, reads, {Key: "writes", Value: want}}
			if !slices.Equal(got, want) {
				t.Errorf("%s of %s has the facts %v, want %v", f.Name, name, got, want)
			}
		}
	}
	for _, l := range levels {
		half, set := strconv.Itoa(l.set/2), strconv.Itoa(l.set)
		for op, want := range map[string][]measure.Fact{
			"read":  {{Key: "per", Value: "pass"}, {Key: "set", Value: set}, {Key: "reads", Value: set}},
			"write": {{Key: "per", Value: "pass"}, {Key: "set", Value: set}, {Key: "writes", Value: set}},
			"copy": {{Key: "per", Value: "pass"}, {Key: "set", Value: set}, {Key: "reads", Value: half},
				{Key: "writes", Value: half}},
		} {
			name := "Limits/op=" + op + "/lang=c/via=purego/n=" + set + "/level=" + l.name
			if s := byName[name]; s.Facts == nil || !slices.Equal(s.Facts[1:], want) {
				t.Errorf("%s has the facts %v, want %v behind its name", name, s.Facts, want)
			}
		}
	}

	for _, f := range []measure.Fact{{Key: "writes", Value: "20008"}, {Key: "writes", Value: "many"}} {
		if _, err := Subjects(threads, []measure.Subject{subject(set, reads, f)}); err == nil || !strings.HasPrefix(err.Error(), "study: limits: x ") {
			t.Errorf("%s: %s beside %v gave %v, want an error that names the subject", f.Key, f.Value, reads, err)
		}
	}

	one, err := Subjects(1, []measure.Subject{subject(set, reads)})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range one {
		if strings.Contains(s.Name, "c-par") {
			t.Errorf("with one thread there is %s", s.Name)
		}
	}
}

func TestLimitsWithoutLibrary(t *testing.T) {
	t.Setenv("TOLL_LIB", t.TempDir())
	subjects, err := Subjects(2, nil)
	if !errors.Is(err, seam.ErrUnavailable) || len(subjects) != 4 {
		t.Errorf("%d subjects and the error %v, want Go's 4 and %v", len(subjects), err, seam.ErrUnavailable)
	}
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		what    string
		threads int
		caches  [3]cache
		ram     int
		want    []level
	}{
		{"a virtual machine of two cores", 2, [3]cache{{32 * KiB, 1}, {512 * KiB, 1}, {32 * MiB, 2}}, 24 * GiB,
			[]level{{"L1", 16 * KiB}, {"L2", 256 * KiB}, {"L3", 4 * MiB}, {"memory", 128 * MiB}}},
		{"the same, one thread", 1, [3]cache{{32 * KiB, 1}, {512 * KiB, 1}, {32 * MiB, 2}}, 24 * GiB,
			[]level{{"L1", 16 * KiB}, {"L2", 256 * KiB}, {"L3", 8 * MiB}, {"memory", 128 * MiB}}},
		{"16 cores of two threads, two L3", 32, [3]cache{{32 * KiB, 2}, {512 * KiB, 2}, {32 * MiB, 16}}, 64 * GiB,
			[]level{{"L1", 8 * KiB}, {"L2", 128 * KiB}, {"L3", 1 * MiB}, {"memory", 128 * MiB}}},
		{"an L3 hardly larger than all L2", 32, [3]cache{{48 * KiB, 2}, {2 * MiB, 2}, {36 * MiB, 32}}, 64 * GiB,
			[]level{{"L1", 12 * KiB}, {"L2", 512 * KiB}, {"memory", 144 * MiB}}},
		{"no L3", 4, [3]cache{{32 * KiB, 1}, {1 * MiB, 4}, {0, 4}}, 4 * GiB,
			[]level{{"L1", 16 * KiB}, {"L2", 128 * KiB}, {"memory", 32 * MiB}}},
		{"little memory", 2, [3]cache{{32 * KiB, 1}, {512 * KiB, 1}, {32 * MiB, 2}}, 512 * MiB,
			[]level{{"L1", 16 * KiB}, {"L2", 256 * KiB}, {"L3", 4 * MiB}, {"memory", 64 * MiB}}},
		{"less memory", 2, [3]cache{{32 * KiB, 1}, {512 * KiB, 1}, {32 * MiB, 2}}, 256 * MiB,
			[]level{{"L1", 16 * KiB}, {"L2", 256 * KiB}, {"L3", 4 * MiB}}},
		{"nothing known", 2, [3]cache{{-1, 1}, {-1, 1}, {0, 0}}, 0, nil},
		{"only L2 known", 2, [3]cache{{-1, 1}, {256*KiB + 100, 1}, {0, 0}}, 0, []level{{"L2", 128 * KiB}}},
	} {
		got := levels(c.threads, c.caches, c.ram)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
	for threads := range 100 {
		last := 0
		for _, l := range levels(threads+1, caches(), usable()) {
			if l.set <= last || l.set%grain != 0 {
				t.Errorf("%d threads here: %s has a set of %d bytes after one of %d, want a larger multiple of %d",
					threads+1, l.name, l.set, last, grain)
			}
			last = l.set
		}
	}
}

func numbers(n int) []float64 {
	p := make([]float64, n)
	for k := range p {
		p[k] = math.Float64frombits(0x3ff0_0000_0000_0000 + uint64(k)*0x9e37_79b9_7f4a_7c15>>12)
	}
	return p
}

// TestLoops checks what the native loops do.
func TestLoops(t *testing.T) {
	native, err := limits.Open()
	studytest.Available(t, err)
	for _, blocks := range []int{0, 1, 2, 3, 17} {
		n := blocks * limits.Block
		p := numbers(n)
		for _, passes := range []int{0, 1, 2, 3} {
			want := uint64(0)
			for range passes {
				for _, x := range p {
					want ^= math.Float64bits(x)
				}
			}
			if sum, err := native.Read(p, passes); err != nil || math.Float64bits(sum) != want {
				t.Errorf("read of %d in %d passes: %#x, %v; want %#x", n, passes, math.Float64bits(sum), err, want)
			}
			// In the middle of more, to see what lies around it left alone.
			const guard = 7
			got, untouched := numbers(n+2*guard), numbers(n+2*guard)
			wantAll := slices.Clone(untouched)
			if passes > 0 {
				copy(wantAll[guard:], p)
			}
			if err := native.Copy(got[guard:guard+n], p, passes); err != nil || !slices.Equal(got, wantAll) {
				t.Errorf("copy of %d in %d passes is not one (%v)", n, passes, err)
			}
			if passes > 0 {
				for k := range n {
					wantAll[guard+k] = -2.5
				}
			}
			if err := native.Write(got[guard:guard+n], passes, -2.5); err != nil || !slices.Equal(got, wantAll) {
				t.Errorf("write of %d in %d passes does not fill (%v)", n, passes, err)
			}
		}
		if !slices.Equal(p, numbers(n)) {
			t.Errorf("what was read and copied, %d elements, has changed", n)
		}
	}
	// Each element counts.
	p := make([]float64, 3*limits.Block)
	for k := range p {
		p[k] = 1.5
		if sum, _ := native.Read(p, 1); sum != 1.5 {
			t.Errorf("read of element %d of %d: %v, want 1.5", k, len(p), sum)
		}
		p[k] = 0
	}
	native.Call(0)
	native.Call(1000)
}

// TestParts: threads share all of a set, none of it twice, in whole blocks.
func TestParts(t *testing.T) {
	for _, n := range []int{0, 1, limits.Block, 1000, 260100} {
		p := numbers(n)
		for threads := 1; threads < 30; threads++ {
			var all []float64
			for thread := range threads {
				mine := part(p, thread, threads)
				if len(all)%limits.Block != 0 && len(mine) > 0 {
					t.Errorf("part %d of %d, of %d elements, begins at %d, want a multiple of %d", thread, threads, n, len(all), limits.Block)
				}
				all = append(all, mine...)
			}
			if !slices.Equal(all, p) {
				t.Errorf("%d parts of %d elements are %d, or others", threads, n, len(all))
			}
		}
	}
}

// TestMove: each form reads and writes all, of any length, and nothing beside it.
func TestMove(t *testing.T) {
	native, err := limits.Open()
	studytest.Available(t, err)
	lengths := []int{0, 1, 7, 8, 63, 64, 65, 200, 256, 1000, 1920}
	for _, f := range limits.Forms {
		for _, reads := range lengths {
			for _, writes := range lengths {
				for passes := range 4 {
					p, sum := numbers(reads), uint64(0)
					for range passes {
						for _, x := range p {
							sum ^= math.Float64bits(x)
						}
					}
					for _, guard := range []int{8, 7} { // on and off the alignment of stores past the caches
						got := numbers(writes + 2*guard)
						want := slices.Clone(got)
						for k := range writes {
							if passes > 0 {
								want[guard+k] = -2.5
							}
						}
						read, err := native.Move(p, got[guard:guard+writes], passes, -2.5, f.Form)
						if err != nil || math.Float64bits(read) != sum || !slices.Equal(got, want) || !slices.Equal(p, numbers(reads)) {
							t.Fatalf("%s: %d read and %d written, %d passes: %v, sum %#x, want %#x; written as wanted: %t", f.Name, reads, writes,
								passes, err, math.Float64bits(read), sum, slices.Equal(got, want))
						}
					}
				}
			}
		}
	}
}

func TestLoopsRefuse(t *testing.T) {
	native, err := limits.Open()
	studytest.Available(t, err)
	p := numbers(3 * limits.Block)
	b := limits.Block
	_, short := native.Read(p[:b-1], 1)
	_, odd := native.Read(mem.Misaligned[float64](b), 1)
	_, onto := native.Move(p[:b+1], p[b:], 1, 0, 0)
	_, oddly := native.Move(p[:b], mem.Misaligned[float64](b), 1, 0, 0)
	for what, err := range map[string]error{
		"read of no whole block":     short,
		"read off alignment":         odd,
		"move onto itself":           onto,
		"move off alignment":         oddly,
		"write of no whole block":    native.Write(p[:b+1], 1, 0),
		"copy of no whole block":     native.Copy(p[:b+8], p[b:2*b+8], 1),
		"copy to fewer":              native.Copy(p[:b], p[b:], 1),
		"copy over itself":           native.Copy(p[:2*b], p[b:], 1),
		"copy to where it came from": native.Copy(p, p, 1),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "limits: ") {
			t.Errorf("%s: error %v, want one of package limits", what, err)
		}
	}
	if !slices.Equal(p, numbers(len(p))) {
		t.Error("something was written all the same")
	}
}

// TestWidest: what is measured are the vectors of the processor's best level, whichever is forced, and whatever the other
// libraries are compiled for.
func TestWidest(t *testing.T) {
	want := map[string]int{"avx2": 32, "avx512": 64}[simd.Best()]
	for _, forced := range simd.Names {
		t.Setenv(simd.Variable, forced)
		native, err := limits.Open()
		studytest.Available(t, err)
		if native.VectorBytes != want && (want != 0 || native.VectorBytes < 16) {
			t.Errorf("with %s=%s, at the level %s, vectors have %d bytes, want %d (0: at least 16)", simd.Variable, forced, simd.Best(), native.VectorBytes, want)
		}
	}
}

// TestMulAdd follows one chain: with 1 and a y of few bits all sums are exact.
func TestMulAdd(t *testing.T) {
	native, err := limits.Open()
	studytest.Available(t, err)
	if native.ScalarFlops <= 0 || native.VectorFlops != native.ScalarFlops*native.VectorBytes/8 ||
		native.HalfFlops != native.ScalarFlops*max(native.VectorBytes/2, 16)/8 {
		t.Errorf("rounds of %d, %d and %d operations, vectors of %d bytes; want as many to a number in all",
			native.ScalarFlops, native.HalfFlops, native.VectorFlops, native.VectorBytes)
	}
	for _, f := range []struct {
		name  string
		run   func(n int, x, y float64) float64
		flops int
	}{{"scalar", native.MulAddScalar, native.ScalarFlops}, {"half", native.MulAddHalf, native.HalfFlops}, {"vector", native.MulAddVector, native.VectorFlops}} {
		chains := float64(f.flops) / 2
		start, begun := f.run(0, 1, 0.25), 0.0
		for c := 1; c <= native.ScalarFlops/2; c++ { // a chain of each operation begins with x+c or y+c, in every lane
			begun += float64(f.flops/native.ScalarFlops) * (1 + 0.25 + 2*float64(c))
		}
		if start != begun {
			t.Errorf("%s: no round: %v, want %v", f.name, start, begun)
		}
		for _, n := range []int{1, 2, 1000} {
			if got, want := f.run(n, 1, 0.25), start+chains*float64(n)*0.25; got != want {
				t.Errorf("%s: %d rounds of additions: %v, want %v", f.name, n, got, want)
			}
		}
		// A round of multiplications by 2 adds to each chain of them what it was before.
		twice := f.run(1, 2, 0) - f.run(0, 2, 0)
		if four := f.run(2, 2, 0) - f.run(1, 2, 0); twice <= 0 || four != 2*twice {
			t.Errorf("%s: two multiplications by 2 add %v and then %v, want twice as much", f.name, twice, four)
		}
		if got := f.run(1_000_000, math.Nextafter(1, 2), 0.25); finite(got) != nil {
			t.Errorf("%s: a million rounds end in %v, want a finite number", f.name, got)
		}
	}
}

// TestSpared: a record says where memory is too little for the sets that are measured elsewhere.
func TestSpared(t *testing.T) {
	usual, vast := [3]cache{{32 * KiB, 1}, {512 * KiB, 1}, {32 * MiB, 2}}, [3]cache{{48 * KiB, 1}, {2 * MiB, 1}, {480 * MiB, 2}}
	for _, c := range []struct {
		threads, ram int
		caches       [3]cache
		want         string
	}{
		{2, 24 * GiB, usual, ""},
		{2, 2 * GiB, usual, ""},
		{2, 512 * MiB, usual, "measured on sets of 128 MiB instead of 256 MiB: a quarter of the 512 MiB that the process may use"},
		{2, 256 * MiB, usual, "not measured, since sets of 256 MiB are more than a quarter of the 256 MiB that the process may use"},
		{2, 24 * GiB, vast, ""},
		{2, 2 * GiB, vast, "not measured, since sets of 3.8 GiB are more than a quarter of the 2 GiB that the process may use"},
		{2, 0, usual, ""},
		{2, 2 * GiB, [3]cache{{-1, 1}, {-1, 1}, {0, 0}}, ""},
	} {
		if got := spared(c.threads, c.caches, c.ram); got != c.want {
			t.Errorf("%d threads in %d MiB: %q, want %q", c.threads, c.ram/MiB, got, c.want)
		}
	}
}
