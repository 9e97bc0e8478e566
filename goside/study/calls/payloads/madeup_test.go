// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
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
}

func (m made) time(c calls.Cost) float64 {
	return m.call + m.argument*float64(c.Ints+c.Doubles) + m.result*float64(c.Results) + m.read*float64(c.Read) +
		m.written*float64(c.Written) + m.copied*float64(c.Copied) + m.callback*float64(c.Callbacks)
}

var madeUp = map[string]made{
	"direct": {2, 0.1, 0.1, 0.1, 0.05, 0.1, 2},
	"cgo":    {30, 0.5, 1, 0.1, 0.01, 0.3, 50},
	"purego": {160, 40, 90, 0.1, 0.01, 4, 400},
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
			s := measure.Series{Subject: &measure.Subject{Name: name(p, calls.Crossing{Name: via}, entry), Facts: facts}, N: 1}
			for _, slow := range phases {
				s.Samples = append(s.Samples, measure.Sample{Wall: ns * slow, Bytes: 40, Allocs: 3})
			}
			all = append(all, s)
		}
		for _, via := range []string{"direct", "cgo", "purego", "syscalln"} {
			m, ok := crossings[via]
			if !ok {
				continue
			}
			ns := m.time(p.Cost)
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
