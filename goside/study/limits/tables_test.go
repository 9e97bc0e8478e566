// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package limits

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// printed returns what is printed of a record of the series, made on three threads.
func printed(t *testing.T, style page.Style, series []measure.Series) string {
	t.Helper()
	var text bytes.Buffer
	Print(page.New(&text, pagetest.Written(t, []measure.Fact{{Key: "threads", Value: "3"}}, series), style))
	return text.String()
}

// measured returns the limits of two levels of memory, of moving as two problems do, and of steps.
func measured() []measure.Series {
	limit := func(op, lang, via, rest string, ns float64, facts ...any) measure.Series {
		return pagetest.One("Limits/op="+op+"/lang="+lang+"/via="+via+"/n="+rest, stated(op, facts...), pagetest.Times(ns)...)
	}
	var all []measure.Series
	for _, level := range []struct {
		name string
		set  int
		ns   float64 // of reading it
	}{{"L1", 16384, 256}, {"memory", 128 << 20, 128 << 20 / 8}} {
		rest := fmt.Sprintf("%d/level=%s", level.set, level.name)
		for _, team := range []struct {
			lang string
			by   float64
		}{{"c", 1}, {"c-par", 1.5}} { // each of three threads at two thirds of the speed
			all = append(all,
				limit("read", team.lang, "purego", rest, team.by*level.ns, "set", level.set, "reads", level.set),
				limit("write", team.lang, "purego", rest, 2*team.by*level.ns, "set", level.set, "writes", level.set),
				limit("copy", team.lang, "purego", rest, 4*team.by*level.ns, "set", level.set, "reads", level.set/2, "writes", level.set/2))
		}
	}
	move := func(lang, form string, set, reads, writes int, ns float64) measure.Series {
		rest := fmt.Sprintf("%d/form=%s/reads=%d/writes=%d", set, form, reads, writes)
		return limit("move", lang, "purego", rest, ns, "set", set, "reads", reads, "writes", writes)
	}
	all = append(all,
		move("c", "plain", 4<<20, 2<<20, 1<<20, 3<<20/10), move("c-par", "plain", 4<<20, 2<<20, 1<<20, 3<<20/20),
		move("c", "streams", 4<<20, 2<<20, 1<<20, 3<<20/12), move("c-par", "streams", 4<<20, 2<<20, 1<<20, 3<<20/15),
		move("c", "plain", 4<<20, 4<<20, 0, 4<<20/10),
		limit("muladd", "c", "purego", "1/width=scalar", 2, "flops", 8), limit("muladd", "c-par", "purego", "1/width=scalar", 2, "flops", 8),
		limit("muladd", "c", "purego", "1/width=vector", 2, "flops", 64), limit("muladd", "c-par", "purego", "1/width=vector", 2, "flops", 64),
		limit("call", "c", "purego", "1", 1.25), limit("loop", "go", "direct", "1", 0.5), limit("call", "go", "direct", "1", 1.5),
		limit("atomic", "go", "direct", "1", 5), limit("switch", "go", "direct", "1", 150))
	traffic := func(problem string, reads, writes int) []measure.Fact {
		return append(pagetest.Problem(problem, "step", fmt.Sprint(reads), fmt.Sprint(writes), "", ""), measure.Fact{Key: "set", Value: fmt.Sprint(4 << 20)})
	}
	return append(all,
		pagetest.One("Kernels/kernel=diffusion/lang=c/via=cgo/layout=row/n=512", traffic("diffusion row n=512", 2<<20, 1<<20), pagetest.Times(1)...),
		pagetest.One("Kernels/kernel=diffusion/lang=c/via=cgo/layout=col/n=512", traffic("diffusion col n=512", 2<<20, 1<<20), pagetest.Times(1)...),
		pagetest.One("Kernels/kernel=ols/lang=c/via=cgo/layout=row/n=9", traffic("ols row n=9", 4<<20, 0), pagetest.Times(1)...))
}

// stated returns facts as [Subjects] states them.
func stated(limit string, pairs ...any) []measure.Fact {
	return facts(limit, append([]any{"per", "pass"}, pairs...)...)
}

func TestPrint(t *testing.T) {
	text := printed(t, page.Style{Markdown: true}, measured())
	pagetest.Holds(t, text, "## Limits of this machine\n",
		`
| L1, 16 KiB | 1 | 64.0 ±0% | 32.0 ±0% | 16.0 ±0% |
| L1, 16 KiB | 3 | 128 ±0% | 64.0 ±0% | 32.0 ±0% |
| memory, 128 MiB | 1 | 8.00 ±0% | 4.00 ±0% | 2.00 ±0% |
| memory, 128 MiB | 3 | 16.0 ±0% | 8.00 ±0% | 4.00 ±0% |
`, `
| diffusion row, diffusion col | 4 MiB | 2 MiB | 1 MiB | 1 | 12.0 ±0% | streams |
| diffusion row, diffusion col | 4 MiB | 2 MiB | 1 MiB | 3 | 20.0 ±0% | plain |
| ols row | 4 MiB | 4 MiB | 0 B | 1 | 10.0 ±0% | plain |
`, `
| multiplications and additions, scalar | 1 | 4.00 ±0% | Gflop/s |
| multiplications and additions, scalar | 3 | 12.0 ±0% | Gflop/s |
| multiplications and additions, widest vectors | 1 | 32.0 ±0% | Gflop/s |
| multiplications and additions, widest vectors | 3 | 96.0 ±0% | Gflop/s |
| a turn of an empty loop | 1 | 0.500 ±0% | ns |
| a Go call, with its loop | 1 | 1.50 ±0% | ns |
| a C call from C, with its loop | 1 | 1.25 ±0% | ns |
| an atomic addition, with its loop | 1 | 5.00 ±0% | ns |
| a goroutine switch | 1 | 150 ±0% | ns |
`)
	for line := range strings.Lines(printed(t, page.Style{}, measured())) {
		if n := len([]rune(strings.TrimSpace(line))); n > 120 {
			t.Errorf("%d columns, want at most 120: %s", n, line)
		}
	}
}

// TestPrintLess: what was not measured has no line, and no table if none of it was.
func TestPrintLess(t *testing.T) {
	without := func(drop func(n record.Name) bool) string {
		return printed(t, page.Style{Markdown: true}, slices.DeleteFunc(measured(), func(s measure.Series) bool {
			return drop(record.ParseName(s.Subject.Name))
		}))
	}
	alone := without(func(n record.Name) bool { return n.Lang == record.ParallelLang })
	pagetest.Holds(t, alone, "| L1, 16 KiB | 1 | 64.0 ±0% |", "| 12.0 ±0% | streams |", "| 32.0 ±0% | Gflop/s |")
	pagetest.Lacks(t, alone, "| 3 |")
	steps := without(func(n record.Name) bool { return n.Get("level") != "" || n.Op == record.MoveName })
	pagetest.Holds(t, steps, "a goroutine switch")
	pagetest.Lacks(t, steps, "Bandwidth", "Moving")
	copies := without(func(n record.Name) bool { return n.Op == "write" })
	pagetest.Holds(t, copies, "| L1, 16 KiB | 1 | 64.0 ±0% |  | 16.0 ±0% |")
	for what, text := range map[string]string{
		"a record without the processor's peak": without(func(n record.Name) bool { return n.Op == "muladd" }),
		"the brief form":                        printed(t, page.Style{Brief: true}, measured()),
	} {
		if text != "" {
			t.Errorf("%s shows:\n%s", what, text)
		}
	}
}

// TestPrintSourced: in a page in HTML each figure says its rows, and none can be filtered as a route's.
func TestPrintSourced(t *testing.T) {
	text := printed(t, page.Style{Markdown: true, HTML: &page.HTML{ID: "x"}}, measured())
	pagetest.Sourced(t, text)
	pagetest.Holds(t, text, `<td data-r="0 1 2">1</td><td data-r="0">64.0 ±0%</td>`)
	pagetest.Lacks(t, text, "data-lang", "data-kernel")
}
