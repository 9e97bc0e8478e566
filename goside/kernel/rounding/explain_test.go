// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package rounding_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"toll/goside/kernel"
	"toll/goside/kernel/rounding"
	"toll/goside/level"
	"toll/goside/seam"
	"toll/goside/study/studytest"
	"toll/goside/via/purego"
	"toll/goside/via/thread"
)

// costs are all cases with their costs.
var costs = sync.OnceValues(func() (all []kernel.Case, costs []float64) {
	all = kernel.Cases()
	for k := range all {
		costs = append(costs, rounding.Cost(&all[k]))
	}
	return all, costs
})

// cases returns the cases of a kernel that cost at most so much, of all kernels if it is "".
func cases(t *testing.T, name string, most float64) []kernel.Case {
	t.Helper()
	var some []kernel.Case
	all, costs := costs()
	for k, c := range all {
		if (name == "" || c.Kernel == name) && costs[k] <= most {
			some = append(some, c)
		}
	}
	if len(some) == 0 {
		t.Fatalf("found no cases of %s", name)
	}
	return some
}

// equal reports whether two jobs have the same bits, but for those of a NaN that is not the canary.
func equal(a, b *kernel.Job) bool { return hash(a) == hash(b) }

// differing returns up to n of the cases in which run computes other bits than the reference, evenly spread.
func differing(all []kernel.Case, n int, run func(*kernel.Job) error) []kernel.Case {
	reference := kernel.Go().Checked()
	all = slices.DeleteFunc(all, func(c kernel.Case) bool {
		got, want := c.New(), c.New()
		return c.Want != kernel.OK || run(got) != nil || want.Run(&reference) != nil || equal(got, want)
	})
	var few []kernel.Case
	for k := range min(n, len(all)) {
		few = append(few, all[k*len(all)/min(n, len(all))])
	}
	return few
}

// TestIEEE: the reference's way returns the reference's bits, and its refusals.
func TestIEEE(t *testing.T) {
	t.Parallel()
	way, reference := rounding.IEEE().Funcs(), kernel.Go()
	if got, want := len(way.Offered()), len(reference.Offered()); got != want {
		t.Errorf("offers %d functions, want %d", got, want)
	}
	checked := reference.Checked()
	for _, c := range cases(t, "", 50_000) {
		got, want := c.New(), c.New()
		errGot, errWant := got.Run(&way), want.Run(&checked)
		if c.Want != kernel.OK && !errors.Is(errGot, c.Want) || c.Want == kernel.OK && errGot != nil {
			t.Errorf("%v: returned %v, want %v", &c, errGot, errWant)
		}
		for b := range want.Buffers {
			w, g := &want.Buffers[b], &got.Buffers[b]
			for k := range w.Len {
				if w.Bits(k) != g.Bits(k) && !(math.IsNaN(w.Value(k)) && math.IsNaN(g.Value(k))) {
					t.Fatalf("%v: %s is %s, want %s", &c, w.At(k), g.Text(k), w.Text(k))
				}
			}
		}
	}
}

// explain explains what run computes of the cases, in which it differs. Each must have one of the causes in want, and at
// least one must have no other; part is the share of cases that need not be explained in whole.
func explain(t *testing.T, run func(*kernel.Job) error, all []kernel.Case, part float64, want ...string) {
	t.Helper()
	told, unexplained := 0, 0
	for _, c := range all {
		got := c.New()
		if err := run(got); err != nil {
			t.Fatal(err)
		}
		cause := rounding.Explain(&c, got)
		says := "unknown"
		if cause.Way != nil {
			says = fmt.Sprintf("%s: %s, and also %q", cause.Way.Cause, cause.Way.Name, cause.Also)
		}
		says = fmt.Sprintf("%v: %d elements differ, of which %d are explained by %s; the first is %+v",
			&c, cause.Differ, cause.Explained, says, cause.First)
		wanted := func(s string) bool { return slices.Contains(want, s) }
		switch {
		case !cause.All:
			unexplained++
			t.Log(says)
		case !wanted(cause.Way.Cause) && !slices.ContainsFunc(cause.Also, wanted):
			t.Errorf("%s, want %q", says, want)
		case cause.Also == nil:
			if told++; told == 1 {
				t.Log(says)
			}
		}
	}
	t.Logf("of %d cases, %d have just one cause, and %d are not explained in whole", len(all), told, unexplained)
	if told == 0 || float64(unexplained) > part*float64(len(all)) {
		t.Errorf("want at least one with just one cause, and a share of %v that is not explained", part)
	}
}

// sumsCase returns the case of 50 sums of 60 numbers.
func sumsCase() kernel.Case {
	return kernel.Case{Kernel: "call", Layout: "-", Name: "sums", New: func() *kernel.Job {
		rng := rand.New(rand.NewPCG(2, 2))
		sums := make([]float64, 50)
		return &kernel.Job{
			Run: func(f *kernel.Funcs) error {
				for k := range sums {
					p := make([]float64, 60)
					for i := range p {
						p[i] = rng.Float64()
					}
					sums[k] = f.Sum(p)
				}
				return nil
			},
			Buffers: []kernel.Buffer{kernel.Floats("sums", sums, 0, len(sums), nil)},
		}
	}}
}

// juliaSet returns n points as near to a Julia set as rounding allows, where each rounding counts.
func juliaSet(n int, maxiter int32) *kernel.Julia {
	a := &kernel.Julia{Out: make([]int32, n), Hi: n, MaxIter: maxiter, Par: kernel.Par{Threads: 1}}
	rng := rand.New(rand.NewPCG(1, 1))
	z := complex(1, 0)
	for k := range n + 100 {
		z = cmplx.Sqrt(z - kernel.JuliaC)
		if rng.IntN(2) == 0 {
			z = -z
		}
		if k >= 100 {
			a.Zs, a.Cs = append(a.Zs, z), append(a.Cs, kernel.JuliaC)
		}
	}
	return a
}

func juliaJob(a *kernel.Julia) *kernel.Job {
	return &kernel.Job{
		Run:     func(f *kernel.Funcs) error { return f.Julia(a) },
		Buffers: []kernel.Buffer{kernel.Integers("out", a.Out, 0, len(a.Out), nil)},
	}
}

func juliaCase() kernel.Case {
	return kernel.Case{Kernel: "julia", Layout: "-", Name: "points of a Julia set", New: func() *kernel.Job {
		return juliaJob(juliaSet(100, 300))
	}}
}

// TestLibraries explains libraries that are compiled otherwise, see csrc/CMakeLists.txt. The fused one's counts do not
// differ: gcc fuses a product by 2 only, which is exact.
func TestLibraries(t *testing.T) {
	t.Parallel()
	const x87 = "x87 extended precision"
	for _, c := range []struct {
		file, kernel string
		part         float64
		want         []string
	}{
		{"fused", "diffusion", 0, []string{"fused multiply-add"}},
		{"fused", "ols", 0, []string{"fused multiply-add"}},
		{"x87", "call", 0, []string{x87}},
		{"x87", "diffusion", 0, []string{x87}},
		{"x87", "julia", 0, []string{x87}},
		{"x87", "ols", 0, []string{x87}},
		{"x87_stored", "diffusion", 0, []string{x87}},
		{"x87_stored", "julia", 0, []string{x87}},
		{"x87_stored", "ols", 0, []string{x87}},
		{"ofast", "call", 0, []string{"other order"}},
		// Without AVX, gcc sums the neighbours of cells in a line in several orders.
		{"ofast", "diffusion", 0.7, []string{"other order"}},
		{"ofast", "julia", 0, []string{"other order"}},
		// Sums of two or three zeros begin with the first of them, not with +0, and so may be -0.
		{"ofast", "ols", 0.2, []string{
			"other order", "division by a reciprocal", "other order and division by a reciprocal",
		}},
	} {
		t.Run(c.file+"/"+c.kernel, func(t *testing.T) {
			library, err := purego.Open("wrong/lib"+c.file+".so", "c")
			studytest.Available(t, err)
			if by := library.Build.Compiler; c.file == "ofast" && !strings.HasPrefix(by, "GCC") {
				t.Skipf("%v: gcc's -Ofast: %s may change a kernel otherwise, or not at all", seam.ErrUnavailable, by)
			}
			run := func(job *kernel.Job) error { return job.Run(&library.Funcs) }
			var all []kernel.Case
			switch c.kernel {
			case "call":
				all = []kernel.Case{sumsCase()}
			case "julia":
				all = []kernel.Case{juliaCase()}
			default:
				all = differing(cases(t, c.kernel, 5000), 20, run)
			}
			explain(t, run, all, c.part, c.want...)
		})
	}
}

// TestFusedByGo explains counts of a program in whose products Go may fuse.
func TestFusedByGo(t *testing.T) {
	t.Parallel()
	switch {
	case runtime.GOARCH == "amd64" && !level.Has("avx2"), runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64":
		t.Skipf("%v: this processor has no fused multiply-add", seam.ErrUnavailable)
	}
	program := filepath.Join(t.TempDir(), "julia")
	build := exec.Command("go", "build", "-o", program, "./testdata/julia")
	build.Env = append(build.Environ(), "GOAMD64=v3", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	explain(t, func(job *kernel.Job) error {
		return job.Run(&kernel.Funcs{Julia: func(a *kernel.Julia) error {
			var input bytes.Buffer
			fmt.Fprintln(&input, a.MaxIter)
			for k, z := range a.Zs {
				fmt.Fprintln(&input, real(z), imag(z), real(a.Cs[k]), imag(a.Cs[k]))
			}
			run := exec.Command(program)
			run.Stdin = &input
			out, err := run.Output()
			if err != nil {
				t.Fatal(err)
			}
			in := bytes.NewReader(out)
			for k := range a.Out {
				if _, err := fmt.Fscan(in, &a.Out[k]); err != nil {
					t.Fatalf("%d counts, want %d: %v", k, len(a.Out), err)
				}
			}
			return nil
		}})
	}, []kernel.Case{juliaCase()}, 0, "fused multiply-add")
}

// TestFlush explains what the processor computes if it flushes subnormals to zero.
func TestFlush(t *testing.T) {
	t.Parallel()
	const both = thread.FlushToZero | thread.DenormalsAreZero
	for _, float := range []thread.Float{both, thread.FlushToZero, thread.DenormalsAreZero} {
		for _, name := range []string{"diffusion", "ols", "call"} {
			if runtime.GOARCH != "amd64" && (runtime.GOARCH != "arm64" || float != both) {
				continue // other processors have one setting for both, or none
			}
			t.Run(name+" "+float.String(), func(t *testing.T) {
				run := func(job *kernel.Job) (err error) {
					reference := kernel.Go().Checked()
					thread.Do(func() {
						thread.SetFloat(float)
						err = job.Run(&reference)
						thread.SetFloat(0)
					})
					return err
				}
				explain(t, run, differing(cases(t, name, 5000), 10, run), 0, "flush to zero")
			})
		}
	}
}

// TestEachWay: each way of a kernel explains what it computes itself, and its hash tells the same.
func TestEachWay(t *testing.T) {
	t.Parallel()
	first := func(name, begins string) kernel.Case {
		all := cases(t, name, 5000)
		return all[slices.IndexFunc(all, func(c kernel.Case) bool { return strings.HasPrefix(c.Name, begins) })]
	}
	for _, c := range []kernel.Case{sumsCase(), first("diffusion", "step 11 x 13"), juliaCase(), first("ols", "17 x 13")} {
		ways, whole := rounding.Ways(c.Kernel), 0
		for k := 0; k < len(ways); k = 3*k + 2 {
			f := ways[k].Funcs()
			got := c.New()
			if err := got.Run(&f); err != nil {
				t.Fatal(err)
			}
			cause := rounding.Explain(&c, got)
			if !cause.All || cause.Explained != cause.Differ {
				t.Errorf("%v by %s: %+v, want it explained in whole", &c, ways[k].Name, cause)
				continue
			}
			if cause.Way == ways[k] || cause.Way.Name == ways[k].Name {
				whole++
			}
			by := rounding.ExplainHash(&c, hash, hash(got))
			if by.Way == nil || by.Way.Name != cause.Way.Name || by.Differ != cause.Differ || by.First != cause.First {
				t.Errorf("%v by its hash: %+v, want %+v", &c, by, cause)
			}
		}
		if whole == 0 {
			t.Errorf("%v: no way was found by what it computes", &c)
		}
	}
}

// hash is of all elements, each NaN that is not the canary being one.
func hash(job *kernel.Job) [32]byte {
	var all []byte
	for _, b := range job.Buffers {
		for k := range b.Len {
			bits := b.Bits(k)
			if math.IsNaN(b.Value(k)) && bits != math.Float64bits(kernel.Canary) {
				bits = math.Float64bits(math.NaN())
			}
			all = binary.LittleEndian.AppendUint64(all, bits)
		}
	}
	return sha256.Sum256(all)
}

// TestUnknown: what no way computes has no cause, and what the reference computes has no difference.
func TestUnknown(t *testing.T) {
	t.Parallel()
	reference := kernel.Go()
	for _, c := range []kernel.Case{
		juliaCase(), cases(t, "diffusion", 600)[20], cases(t, "ols", 600)[4], cases(t, "transpose", 5000)[0],
	} {
		got := c.New()
		if err := got.Run(&reference); err != nil {
			t.Fatal(err)
		}
		if cause := rounding.Explain(&c, got); cause.Differ != 0 || cause.Way.Cause != "" || !cause.All {
			t.Errorf("%v: %+v, want no difference", &c, cause)
		}
		if cause := rounding.ExplainHash(&c, hash, hash(got)); cause.Differ != 0 || cause.Way.Cause != "" || !cause.All {
			t.Errorf("%v: %+v, want no difference", &c, cause)
		}
		bits := got.Buffers[0].Bits
		other := *got
		other.Buffers = slices.Clone(got.Buffers)
		other.Buffers[0] = kernel.Buffer{Name: "spoiled", Len: got.Buffers[0].Len, Value: got.Buffers[0].Value,
			Text: got.Buffers[0].Text, At: got.Buffers[0].At, Bits: func(k int) uint64 { return bits(k) ^ 1<<20 }}
		cause := rounding.Explain(&c, &other)
		if cause.Differ == 0 || cause.Way != nil || cause.All || cause.First.Element == "" {
			t.Errorf("%v: %+v, want an unknown cause", &c, cause)
		}
		if cause := rounding.ExplainHash(&c, hash, [32]byte{}); cause.Way != nil || cause.All {
			t.Errorf("%v: %+v, want an unknown cause", &c, cause)
		}
	}
}
