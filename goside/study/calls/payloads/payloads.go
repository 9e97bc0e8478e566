// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/record"
)

// benchmark is the name of the benchmarks of what is passed, on every crossing.
const benchmark = "Payload"

// baseline is the crossing that ratios of payloads are taken to, and that is entered twice.
const baseline = "cgo"

// inMemory stands behind the name of a crossing that is timed with slices in memory of the other side, and with these alone:
// all else it passes as the crossing does that it belongs to.
const inMemory = "-memory"

// subjects returns every payload on every crossing that offers it. An operation is a call, through the
// function value of [calls.Funcs]; what that costs by itself, the crossing "direct" shows. checked is how many
// calls of each crossing's were verified.
func subjects(crossings []calls.Crossing, checked []int) ([]measure.Subject, error) {
	var held []string
	for k, c := range crossings {
		held = append(held, fmt.Sprintf("bit-identical in %d calls: %s/%s", checked[k], c.Lang, c.Name))
	}
	verified := measure.Fact{Key: "verified", Value: strings.Join(held, "; ")}
	reference := ""
	for _, c := range crossings {
		if c.Funcs.Noop != nil && (reference == "" || reference == "direct" || c.Name == baseline) {
			reference = c.Name
		}
	}
	var all []measure.Subject
	for _, p := range calls.Payloads() {
		facts := []measure.Fact{
			{Key: "problem", Value: fmt.Sprintf("%s n=%d", p.Kernel, p.N)}, {Key: "per", Value: "call"}, {Key: "group", Value: p.Group}}
		for _, c := range []struct {
			key   string
			value int
		}{
			{"ints", p.Cost.Ints}, {"doubles", p.Cost.Doubles}, {"results", p.Cost.Results}, {"read", p.Cost.Read},
			{"written", p.Cost.Written}, {"copied", p.Cost.Copied}, {"callbacks", p.Cost.Callbacks},
		} {
			if c.value > 0 {
				facts = append(facts, measure.Fact{Key: c.key, Value: fmt.Sprint(c.value)})
			}
		}
		facts = append(facts, verified)
		for _, c := range crossings {
			if c.Funcs.Memory != nil && p.Group != "slices" && p.Group != "batches" {
				continue
			}
			if c.Name == reference {
				all = append(all, measure.Subject{
					Name:  name(&p, c, record.EntryReference),
					Facts: facts,
					Group: facts[0].Value,
					Run: func(n int) error {
						for range n {
							c.Funcs.Noop()
						}
						return nil
					},
					Least: 1,
				})
			}
			switch err := p.Run(c.Funcs, 1); {
			case errors.Is(err, kernel.ErrNotOffered):
				continue
			case err != nil:
				return nil, fmt.Errorf("payloads: %s: %w", c.Name, err)
			}
			s := measure.Subject{
				Name:  name(&p, c, ""),
				Facts: facts,
				Group: facts[0].Value,
				Run:   func(n int) error { return p.Run(c.Funcs, n) },
				Least: 1,
				Parks: c.Name == "direct", // where a callback from a thread of C's is one from another goroutine
			}
			all = append(all, s)
			if c.Name == baseline {
				s.Name = name(&p, c, record.EntryAgain)
				all = append(all, s)
			}
		}
	}
	return all, nil
}

func name(p *calls.Payload, c calls.Crossing, entry string) string {
	n := record.Name{Study: benchmark, Op: p.Kernel, Lang: c.Lang, Via: c.Name, N: strconv.Itoa(p.N), Entry: entry}
	return n.String()
}
