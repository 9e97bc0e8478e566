// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
)

// TestShares: the set of 4 MB fits no level whose bandwidth was measured. A row is held against the fastest move of its own
// traffic on its own threads, round by round, and what is faster than that is said.
func TestShares(t *testing.T) {
	const set, traffic = 4_000_000, "/reads=2000000/writes=2000000"
	kernel := append(pagetest.Problem("diffusion row n=512", "step", "2000000", "2000000", "7", ""), measure.Fact{Key: "set", Value: fmt.Sprint(set)})
	other := append(pagetest.Problem("ols row n=9", "matrix", "3000000", "1000000", "7", ""), measure.Fact{Key: "set", Value: fmt.Sprint(set)})
	// The machine is a different one in each round, but for its ratios.
	varied := func(ns float64, noise ...float64) []float64 {
		all := pagetest.Times(ns)
		for k := range all {
			all[k] *= []float64{1, 3, 2, 5, 1.5, 4, 2.5}[k]
			if noise != nil {
				all[k] *= noise[k]
			}
		}
		return all
	}
	row := func(lang string, ns ...float64) measure.Series {
		return pagetest.One("Kernels/kernel=diffusion/lang="+lang+"/via=cgo/layout=row/n=512", kernel, ns...)
	}
	limit := func(kernel, lang, rest string, facts []measure.Fact, ns float64) measure.Series {
		return pagetest.One("Limits/op="+kernel+"/lang="+lang+"/via=purego/"+rest, facts, varied(ns)...)
	}
	all := []measure.Series{
		row("c", varied(2e5)...),
		row("fast", varied(8e4)...),
		row("near", varied(1e5, 0.9, 1.1, 0.95, 1.02, 0.9, 0.97, 0.96)...), // above all it can be, within its interval
		row("c-omp", varied(1e5)...),
		row("rust-par", varied(4e4)...),
		pagetest.One("Kernels/kernel=ols/lang=c/via=cgo/layout=row/n=9", other, varied(1e5)...),
	}
	for _, level := range []struct {
		name string
		ns   float64
	}{{"L2", 1}, {"memory", 1e9}} { // as the bandwidth of neither is what the kernel could have
		all = append(all,
			limit("read", "c", "level="+level.name, pagetest.Problem("read", "pass", "1000", "", "", ""), level.ns),
			limit("write", "c", "level="+level.name, pagetest.Problem("write", "pass", "", "1000", "", ""), level.ns),
			limit("copy", "c", "level="+level.name, pagetest.Problem("copy", "pass", "500", "500", "", ""), level.ns))
	}
	all = append(all,
		limit("move", "c", "n=4000000/form=plain"+traffic, pagetest.Moved("plain", set, 2_000_000, 2_000_000), 1.5e5),
		limit("move", "c", "n=4000000/form=streams"+traffic, pagetest.Moved("streams", set, 2_000_000, 2_000_000), 1e5),
		limit("move", "c-par", "n=4000000/form=plain"+traffic, pagetest.Moved("plain", set, 2_000_000, 2_000_000), 5e4),
		limit("move", "c-par", "n=4000000/form=streams"+traffic, pagetest.Moved("streams", set, 2_000_000, 2_000_000), 6e4),
		limit("move", "c", "n=4000000/form=plain/reads=4000000/writes=0", pagetest.Moved("plain", set, 4_000_000, 0), 1),
		limit("muladd", "c", "width=vector", pagetest.Problem("muladd", "round", "", "", "16", ""), 1),
		limit("muladd", "c-par", "width=vector", pagetest.Problem("muladd", "round", "", "", "16", ""), 1))
	shown := func(all []measure.Series) string {
		var text bytes.Buffer
		show(t, &text, pagetest.Written(t, []measure.Fact{{Key: "threads", Value: "2"}, {Key: "caches", Value: "L1d 32768, L2 1000000"}}, all),
			page.Style{Baseline: "c/cgo", Markdown: true})
		return text.String()
	}
	check := func(text string, wants ...string) {
		t.Helper()
		for _, want := range wants {
			if !regexp.MustCompile(want).MatchString(text) {
				t.Errorf("no %q in:\n%s", want, text)
			}
		}
	}
	text := shown(all)
	check(text,
		`\| c/cgo \| 50% ± 0% \|\s+\|`, // ols moves as much as others do, in another way: no limit of it
		`\| fast/cgo \| 125% ± 0%\^ \|`,
		`\| near/cgo \| 104% ± 10% \|`,
		`\| c-omp/cgo \| 50% ± 0% \|`,
		`\| rust-par/cgo \| 125% ± 0%\^ \|`,
		`Warning: 2 of 5 shares are above 100 %, beyond their intervals, [^:]*: diffusion row of fast/cgo \(125% ± 0%\^\), diffusion row of rust-par/cgo \(125% ± 0%\^\)\.`,
		`\| diffusion row \| 3.815 MiB \| 1.907 MiB \| 1.907 MiB \|`,
	)
	// With the second core taken away, two threads move no more than one does: a parallel row is held against one.
	alone := slices.Clone(all)
	for k, s := range alone {
		if strings.Contains(s.Subject.Name, "move/lang=c-par") {
			alone[k] = pagetest.One(s.Subject.Name, s.Subject.Facts, varied(1.2e5)...)
		}
	}
	check(shown(alone), `\| c-omp/cgo \| 100% ± 0% \|`)
	// An operation that computes more than it moves is held against the processor.
	for k := range kernel {
		if kernel[k].Key == "flops" {
			kernel[k].Value = "1920000"
		}
	}
	text = shown(all)
	check(text, `\| c/cgo \| 60% ± 0% \|`, `\| c/cgo \| 3.84 \S+ Gflop/s \|`)
}

// TestSharesOfFewRounds: without an interval none is said to be exceeded.
func TestSharesOfFewRounds(t *testing.T) {
	kernel := append(pagetest.Problem("diffusion row n=9", "step", "640", "", "", ""), measure.Fact{Key: "set", Value: "640"})
	r := pagetest.Written(t, nil, []measure.Series{
		pagetest.One("Kernels/kernel=diffusion/lang=c/via=cgo/layout=row/n=9", kernel, 1, 1, 1),
		pagetest.One("Limits/op=move/lang=c/via=purego/n=640/form=plain/reads=640/writes=0", pagetest.Moved("plain", 640, 640, 0), 2, 2, 2),
		pagetest.One("Limits/op=muladd/lang=c/via=purego/width=vector", pagetest.Problem("muladd", "round", "", "", "16", ""), 1, 1, 1),
	})
	var text bytes.Buffer
	show(t, &text, r, page.Style{Baseline: "c/cgo", Markdown: true})
	if !strings.Contains(text.String(), "| c/cgo | 200% ± ?% |") || strings.Contains(text.String(), "shares are above 100 %") {
		t.Errorf("three rounds show:\n%s", text.String())
	}
}
