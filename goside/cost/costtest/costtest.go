// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package costtest makes up records whose costs can be computed by hand.
package costtest

import (
	"fmt"
	"strconv"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
)

// A way is a crossing that takes so many ns for a call, for a byte in or out, and for a callback; and Asleep more if calls come a
// thousand times a second.
type way struct {
	study, name              string
	call, byte, back, asleep float64
	slow                     float64 // factor of all work but reading
}

var ways = []way{
	{"Payload", "go/direct", 2, 0, 1, 5, 1}, {"Payload", "c/cgo", 40, 0, 40, 60, 1}, {"Payload", "c/trampoline", 30, 0, 35, 60, 1},
	{"Payload", "c/purego", 200, 0, 300, 400, 1}, {"Payload", "c/wasm", 50, 0.02, 60, 100, 3}, {"Payload", "c/wasm-memory", 50, 0, 60, 100, 3},
	{"Beside", "c/process", 10_000, 0.5, 0, 6_000, 1}, {"Beside", "c/shm", 5_000, 0.1, 0, 1_000, 1}, {"Beside", "go/grpc", 90_000, 5, 0, 0, 1},
}

// What work takes natively, in ns: of a byte read, of a byte written, of a call in a batch.
const read, write, add = 0.125, 0.01, 1.0

func (w *way) of(study, op string, n, rate int, ns float64) measure.Series {
	lang, via := cut(w.name)
	name := fmt.Sprintf("%s/op=%s/lang=%s/via=%s/n=%d", study, op, lang, via, n)
	if rate > 0 {
		name += "/rate=" + strconv.Itoa(rate)
	}
	return pagetest.One(name, pagetest.Problem(fmt.Sprintf("%s n=%d rate=%d", op, n, rate), "call", "", "", "", ""), pagetest.Times(ns)...)
}

func cut(name string) (lang, via string) {
	for k := range name {
		if name[k] == '/' {
			return name[:k], name[k+1:]
		}
	}
	return name, ""
}

// takes returns what a call of a function takes.
func (w *way) takes(op string, n int) float64 {
	x := float64(n)
	switch op {
	case "sum":
		return w.call + x*(w.byte+read)
	case "fill":
		return w.call + x*(w.byte+write*w.slow)
	case "batch":
		return w.call + x*(24*w.byte+add*w.slow)
	case "next":
		return w.call + x*w.back
	case "spin":
		return w.call + x
	}
	return w.call
}

// Calls returns what toll calls might measure. Without rated it holds no calls at a rate.
func Calls(rated bool) (all []measure.Series) {
	for k := range ways {
		w := &ways[k]
		memory := w.name == "c/wasm-memory"
		if !memory {
			all = append(all, w.of(w.study, "noop", 1, 0, w.call), w.of(w.study, "add", 1, 0, w.call))
		}
		for _, n := range []int{8, 512, 32 << 10, 2 << 20} {
			all = append(all, w.of(w.study, "sum", n, 0, w.takes("sum", n)), w.of(w.study, "fill", n, 0, w.takes("fill", n)))
		}
		for _, n := range []int{1, 100, 10_000} {
			all = append(all, w.of(w.study, "batch", n, 0, w.takes("batch", n)))
		}
		if w.back > 0 && !memory {
			all = append(all, w.of(w.study, "next", 0, 0, w.takes("next", 0)), w.of(w.study, "next", 1000, 0, w.takes("next", 1000)))
		}
		if rated && !memory && w.asleep > 0 {
			all = append(all, w.of("Paced", "ints", 2, 0, w.call+7), w.of("Paced", "ints", 2, 1_000, w.call+7+w.asleep), w.of("Paced", "ints", 2, 100_000, w.call+7))
		}
	}
	return all
}

// Points returns calls that are as a model of Calls predicts them, the last through c/shm alone: that takes by as much longer.
func Points(longer float64) (all []measure.Series) {
	for _, p := range []struct {
		op      string
		n, rate int
	}{{"not", 1, 0}, {"sum", 4000, 0}, {"fill", 1 << 20, 0}, {"batch", 777, 0}, {"spin", 5000, 0}, {"sum", 80_000, 1_000}} {
		for k := range ways {
			w := &ways[k]
			if w.name == "c/wasm-memory" && (p.op == "not" || p.op == "spin") || w.name == "go/grpc" {
				continue
			}
			ns := w.takes(p.op, p.n)
			if p.rate > 0 {
				ns += w.asleep
			}
			all = append(all, w.of("Point", p.op, p.n, p.rate, ns))
		}
	}
	w := &ways[len(ways)-2]
	return append(all, w.of("Point", "sum", 10_000, 0, w.takes("sum", 10_000)*longer))
}

// Tried returns what toll try might measure of a function of 500 ns, and of one in Go of 900 ns.
func Tried(op string) (all []measure.Series) {
	of := func(study, lang, via string, ns float64) {
		all = append(all, pagetest.One(fmt.Sprintf("%s/op=%s/lang=%s/via=%s/n=8", study, op, lang, via), pagetest.Problem(op+" n=8", "call", "", "", "", ""),
			pagetest.Times(ns)...))
	}
	of("Try", "native", "cgo", 545)
	of("Try", "native", "purego", 730)
	of("Try", "native", "process", 20_500)
	of("Try", "go", "direct", 900)
	of("Try", "reference", "cgo", 3)
	of("TryBorder", "native", "cgo", 45)
	of("TryBorder", "native", "purego", 230)
	of("TryBorder", "native", "process", 20_000)
	return all
}
