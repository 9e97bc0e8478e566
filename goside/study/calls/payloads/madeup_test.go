// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"maps"
	"testing"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// made says how the times of a made-up crossing come about, in ns.
type made struct {
	call, argument, result, read, written, copied, callback float64
	stack                                                   float64 // an argument beyond the registers, more
	slice                                                   float64 // a byte of a slice, where slices are copied
	batched                                                 float64 // a call of a batch
}

func (m made) time(p *calls.Payload) float64 {
	c := p.Cost
	t := m.call + m.argument*float64(c.Ints+c.Doubles) + m.result*float64(c.Results) + m.copied*float64(c.Copied) + m.callback*float64(c.Callbacks)
	t += m.stack * onStack(float64(c.Ints), float64(c.Doubles))
	switch p.Group {
	case "slices":
		t += m.read*float64(c.Read) + m.written*float64(c.Written) + m.slice*float64(p.N)
	case "batches":
		t += m.batched * float64(p.N)
	}
	return t
}

var madeUp = map[string]made{
	"direct": {call: 2, argument: 0.1, result: 0.1, read: 0.1, written: 0.05, copied: 0.1, callback: 2, batched: 0.6},
	"cgo":    {call: 30, stack: 0.2, argument: 0.5, result: 1, read: 0.1, written: 0.01, copied: 0.3, callback: 50, batched: 0.6},
	"purego": {call: 160, stack: 1, argument: 40, result: 90, read: 0.1, written: 0.01, copied: 4, callback: 400, batched: 0.6},
}

// newer are crossings that came later, and madeAll all of them. WebAssembly's own memory takes slices alone.
var (
	newer = map[string]made{
		"trampoline":  {call: 20, stack: 0.3, argument: 0.4, result: 0.5, read: 0.1, written: 0.01, copied: 0.3, callback: 50, batched: 0.6},
		"syscalln":    {call: 70, stack: 0.2, argument: 1.5, result: 4, callback: 300, batched: 0.6},
		"libffi":      {call: 90, stack: 0.4, argument: 6, result: 4, read: 0.1, written: 0.01, copied: 1, callback: 350, batched: 0.6},
		"wasm":        {call: 28, stack: 0.1, argument: 3, result: 1, read: 0.1, written: 0.02, copied: 0.3, callback: 60, slice: 0.05, batched: 0.9},
		"wasm-memory": {call: 28, argument: 3, result: 1, read: 0.1, written: 0.02, batched: 0.8},
	}
	madeAll = func() map[string]made {
		all := maps.Clone(madeUp)
		maps.Copy(all, newer)
		return all
	}()
	madeOrder = []string{"direct", "cgo", "trampoline", "purego", "syscalln", "libffi", "wasm", "wasm-memory"}
)

// offered is a change of [series]: wasm-memory has slices alone, and SyscallN neither float64 nor structs by value.
func offered(p *calls.Payload, via string, ns float64) float64 {
	switch via {
	case "wasm-memory":
		if p.Group != "slices" && p.Group != "batches" {
			return 0
		}
	case "syscalln":
		if p.Cost.Doubles > 0 || p.Kernel == "first" || p.Kernel == "sum" || p.Group == "structs" && p.Cost.Copied > 0 {
			return 0
		}
	}
	return ns
}

// phases are how much slower the machine was than at its best, in each round; the reference suffers alike.
var phases = []float64{1, 1.4, 1, 1.5, 1.2, 1, 1.3, 1.1, 1.4}

// series returns those of every payload on the crossings; change, unless nil, returns another time, or 0 for none.
func series(crossings map[string]made, change func(p *calls.Payload, via string, ns float64) float64) []measure.Series {
	var all []measure.Series
	payloads := calls.Payloads()
	for k := range payloads {
		p := &payloads[k]
		facts := []measure.Fact{{Key: "problem", Value: fmt.Sprintf("%s n=%d", p.Kernel, p.N)}, {Key: "per", Value: "call"}, {Key: "group", Value: p.Group},
			{Key: "ints", Value: fmt.Sprint(p.Cost.Ints)}, {Key: "doubles", Value: fmt.Sprint(p.Cost.Doubles)},
			{Key: "results", Value: fmt.Sprint(p.Cost.Results)}, {Key: "read", Value: fmt.Sprint(p.Cost.Read)},
			{Key: "written", Value: fmt.Sprint(p.Cost.Written)}, {Key: "copied", Value: fmt.Sprint(p.Cost.Copied)},
			{Key: "callbacks", Value: fmt.Sprint(p.Cost.Callbacks)}}
		add := func(via, entry string, ns float64) {
			lang := "c"
			if via == "direct" {
				lang = "go"
			}
			s := measure.Series{Subject: &measure.Subject{Name: name(p, calls.Crossing{Name: via, Lang: lang}, entry), Facts: facts}, N: 1}
			for _, slow := range phases {
				s.Samples = append(s.Samples, measure.Sample{Wall: ns * slow, Bytes: 40, Allocs: 3})
			}
			all = append(all, s)
		}
		for _, via := range madeOrder {
			m, ok := crossings[via]
			if !ok {
				continue
			}
			ns := m.time(p)
			if change != nil {
				ns = change(p, via, ns)
			}
			if ns == 0 {
				continue
			}
			if via == "cgo" {
				add(via, record.EntryReference, 30)
				add(via, record.EntryAgain, ns)
			}
			add(via, "", ns)
		}
	}
	return all
}

// pageOf returns a page of the series.
func pageOf(t *testing.T, all []measure.Series) *page.Page {
	t.Helper()
	return pagetest.PrinterOf(pagetest.CallsRecord(t, all...))
}
