// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package purego

import (
	"unsafe"

	"github.com/ebitengine/purego"

	"toll/goside/calls"
)

// knobElements is how many numbers knobs pass.
const knobElements = 8

// Knobs returns the loops of calls by both forms. purego has no directives and checks nothing for pointers; memory must
// be pinned only if it is reached through other memory.
func Knobs() ([]calls.Knob, error) {
	var (
		noop  func()
		first func(p *float64, n int64) float64
		word  uintptr
	)
	_, err := openCalls(func(b *binder) *calls.Funcs {
		word = b.words("noop", noop)
		b.register("noop", &noop)
		b.register("first", &first)
		return nil
	})
	if err != nil {
		return nil, err
	}
	p := make([]float64, knobElements)
	p[0] = calls.First
	knob := func(kernel, via, memory string, n int, run func(n int) error) calls.Knob {
		return calls.Knob{Kernel: kernel, Via: via, Directives: "none", Memory: memory, Thread: "free", Symbol: "dlopen", N: n, Run: run}
	}
	return []calls.Knob{
		knob("noop", "purego", "none", 1, func(n int) error {
			for range n {
				noop()
			}
			return nil
		}),
		knob("noop", "syscalln", "none", 1, func(n int) error {
			for range n {
				purego.SyscallN(word)
			}
			return nil
		}),
		// C reads the knobElements numbers that both loops pass; RegisterFunc keeps them alive for the call.
		knob("first", "purego", "go-heap", knobElements, func(n int) error {
			sum := 0.0
			for range n {
				sum += first(unsafe.SliceData(p), knobElements)
			}
			return calls.CheckFirst(sum, n)
		}),
		knob("first", "purego", "stack", knobElements, func(n int) error {
			sum := 0.0
			for range n {
				a := [knobElements]float64{calls.First}
				sum += first(&a[0], knobElements)
			}
			return calls.CheckFirst(sum, n)
		}),
	}, nil
}
