// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"toll/goside/kernel"
	"toll/goside/record"
	"toll/goside/registry"
	"toll/goside/seam"
)

// roughNumbers are numbers that are all different, enough for three grids.
var roughNumbers = sync.OnceValue(func() []float64 {
	p := make([]float64, 3*kernel.DiffusionSize*kernel.DiffusionSize)
	rng := rand.New(rand.NewPCG(1, 2))
	for k := range p {
		p[k] = rng.NormFloat64()
	}
	return p
})

// resultOf returns a problem's outputs after one pass, bit for bit, padding and boundary included. Before the
// pass they hold what no kernel returns, so that a cell left out shows; inputs are rough, so that one taken from
// elsewhere does.
func resultOf(t *testing.T, a *arguments, p *problem, f *kernel.Funcs, grain int) []uint64 {
	t.Helper()
	run := *a.run
	defer func() { *a.run = run }() // a pass may leave A and B swapped
	rough := roughNumbers()
	for _, in := range [][]float64{a.run.A.Data, a.run.B.Data, a.step.In.Data} {
		rough = rough[copy(in, rough):]
	}
	for _, out := range [][]float64{a.step.Out.Data, a.ols.Slope, a.ols.Intercept} {
		for k := range out {
			out[k] = kernel.Canary
		}
	}
	for k := range a.julia.Out {
		a.julia.Out[k] = -1
	}
	if err := p.pass(f, grain); err != nil {
		t.Fatalf("%s, grain %d: %v", p.kernel, grain, err)
	}
	var bits []uint64
	add := func(out []float64) {
		for _, x := range out {
			bits = append(bits, math.Float64bits(x))
		}
	}
	switch p.kernel + p.op {
	case "diffusionstep":
		add(a.step.Out.Data)
	case "diffusionrun":
		add(a.run.A.Data)
	case "julia":
		for _, n := range a.julia.Out {
			bits = append(bits, uint64(n))
		}
	case "ols":
		add(a.ols.Slope)
		add(a.ols.Intercept)
	default:
		t.Fatalf("the test does not know where %s has its outputs", p.kernel)
	}
	return bits
}

// TestGrainsAgree: every grain of every crossing gives, bit for bit, what the reference gives in one call.
func TestGrainsAgree(t *testing.T) {
	a := newArguments()
	routes, err := registry.Match(reached)
	if err != nil {
		t.Fatal(err)
	}
	crossings, err := crossingsOf(routes)
	if err != nil {
		t.Fatal(err)
	}
	reference := kernel.Go()
	done := map[string]bool{}
	for _, p := range a.problems() {
		want := resultOf(t, a, &p, &reference, p.items)
		for _, c := range crossings {
			if !p.offered(c.funcs) || c.entry != "" {
				continue
			}
			for _, g := range p.grains {
				if g.full && c.lang != "go" {
					continue // to be quick
				}
				got := resultOf(t, a, &p, c.funcs, g.items)
				for k := range want {
					if got[k] != want[k] {
						t.Errorf("%s/%s: %s, grain %d: output %d is %#016x, want %#016x, as in one call of the reference",
							c.lang, c.via, p.kernel, g.items, k, got[k], want[k])
						break
					}
				}
				done[c.lang] = true
			}
		}
	}
	if !done["go"] || !done["c"] && os.Getenv("TOLL_REQUIRE") != "" {
		t.Errorf("languages tested: %v, want go and c", done)
	}
}

// TestGrainCalls: a pass at a grain is as many calls as it says, and the arguments of each would pass their check,
// as the unchecked functions demand.
func TestGrainCalls(t *testing.T) {
	calls := 0
	reference := kernel.Go()
	f := kernel.Funcs{
		Step:  func(a *kernel.DiffusionStep) error { calls++; return reference.Step(a) },
		Run:   func(a *kernel.DiffusionRun) error { calls++; return reference.Run(a) },
		Julia: func(a *kernel.Julia) error { calls++; return reference.Julia(a) },
		OLS:   func(a *kernel.OLS) error { calls++; return reference.OLS(a) },
	}.Checked()
	for _, p := range newArguments().problems() {
		names, last := []string{}, 0
		for _, g := range p.grains {
			calls = 0
			if err := p.pass(&f, g.items); err != nil {
				t.Errorf("%s, grain %d: %v", p.kernel, g.items, err)
			}
			if calls*g.items != p.items {
				t.Errorf("%s: a pass of %d items at grain %d is %d calls", p.kernel, p.items, g.items, calls)
			}
			if g.items <= last || g.chunk != "" && slices.Contains(names, g.chunk) {
				t.Errorf("%s: grain %d, %q, after %d and the names %v, want a larger one with a name of its own", p.kernel, g.items, g.chunk, last, names)
			}
			names, last = append(names, g.chunk), g.items
		}
		if last != p.items || p.grains[0].full || p.grains[len(p.grains)-1].full {
			t.Errorf("%s: the last grain is %d of %d items, want all; its ends belong to every study", p.kernel, last, p.items)
		}
	}
}

// TestGrainPoints: the points taken cost on average what all of the book's do.
func TestGrainPoints(t *testing.T) {
	a := newArguments()
	f := kernel.Go()
	if err := f.Julia(a.julia); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, n := range a.julia.Out {
		sum += int(n)
	}
	got := float64(sum) / float64(len(a.julia.Out))
	const all = float64(kernel.JuliaSum) / (kernel.JuliaSize * kernel.JuliaSize)
	if math.Abs(got/all-1) > 0.01 {
		t.Errorf("%d points have %.2f iterations on average, all have %.2f, want the same within 1 %%", len(a.julia.Out), got, all)
	}
}

func TestSubjects(t *testing.T) {
	open := func(f kernel.Funcs) func() (*seam.Library, error) {
		return func() (*seam.Library, error) { return seam.NewLibrary(f, false, seam.Build{}), nil }
	}
	routes := []*seam.Route{
		seam.NewRoute("go", "direct", open(kernel.Go())),
		seam.NewRoute("rust", "near", open(kernel.Go())),
		seam.NewRoute("c", "gone", func() (*seam.Library, error) { return nil, seam.ErrUnavailable }),
		seam.NewRoute("c", "near", open(kernel.Go())),
		seam.NewRoute("c", "far", open(kernel.Funcs{OLS: kernel.Go().OLS})),
	}
	form := regexp.MustCompile(`^Grain/kernel=(diffusion/op=(step|run)|julia|ols)/lang=[a-z-]+/via=[a-z]+(/layout=row)?/n=\d+/grain=\d+` +
		`(/chunk=[0-9a-z-]+)?(/form=checked)?(/entry=again)?$`)
	sizes := map[bool]int{}
	for _, full := range []bool{false, true} {
		all, err := subjects(routes, full)
		if err != nil {
			t.Fatal(err)
		}
		sizes[full] = len(all)
		byProblem := map[string][]string{}
		last := ""
		for _, s := range all {
			if !form.MatchString(s.Name) {
				t.Fatalf("name %s, want one of the form %v", s.Name, form)
			}
			problem := s.Facts[0].Value
			if s.Group != problem {
				t.Errorf("%s is of the group %q, want its problem, %q", s.Name, s.Group, problem)
			}
			if s.Group != last && byProblem[problem] != nil {
				t.Errorf("%s does not follow those it is to be compared with", s.Name)
			}
			last = s.Group
			name := record.ParseName(s.Name)
			byProblem[problem] = append(byProblem[problem], strings.TrimSpace(name.Get("form")+" "+name.Route()+" "+name.Entry))
			if full {
				continue // what it runs, the other tests ran
			}
			if err := s.Run(s.Least); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
		for problem, got := range byProblem {
			want := []string{"go/direct", "c/near", "checked c/near", "c/near again"}
			if strings.Contains(problem, "ols") {
				want = []string{"go/direct", "c/near", "c/far", "checked c/near", "c/near again"}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s is timed on %v, want %v", problem, got, want)
			}
		}
	}
	if sizes[false] == 0 || sizes[true] <= sizes[false] {
		t.Errorf("%d subjects, in the full study %d, want more", sizes[false], sizes[true])
	}

	broken := errors.New("stale library")
	_, err := subjects([]*seam.Route{seam.NewRoute("c", "x", func() (*seam.Library, error) { return nil, broken })}, false)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "c/x") {
		t.Errorf("the error is %v, want %v of c/x", err, broken)
	}
}
