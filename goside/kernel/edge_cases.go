// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"
	"math"
)

// edgeCases are at the edges of what toll.h allows: matrices of one line, for which ld means nothing, and empty work,
// which ends at once.
func edgeCases() []Case {
	var cases, runs, fits []Case
	add := func(kernel string, layout Layout, name string, newJob func() *Job) Case {
		c := Case{Kernel: kernel, Layout: layout.String(), Name: name, New: newJob}
		cases = append(cases, c)
		return c
	}
	for _, ld := range []int{math.MaxInt64/8 + 1, math.MaxInt64} {
		for k, par := range []Par{{1, Static}, {3, Guided}} {
			name := fmt.Sprintf("one line of ld %d, %v", ld, par)
			for _, layout := range []Layout{Row, Col} {
				rows, cols := 1, 9
				if layout == Col {
					rows, cols = cols, rows
				}
				add("diffusion", layout, "step "+name, func() *Job {
					out, bufferOut := guardedGrid("out", rows, cols, 0, layout)
					in, bufferIn := guardedGrid("in", rows, cols, 0, layout)
					out.LD, in.LD = ld, ld
					a := &DiffusionStep{Out: out, In: in, Hi: rows, D: 1, Dt: 0.1, Par: par}
					return &Job{Run: func(f *Funcs) error { return call(f.Step, a) }, Buffers: []Buffer{bufferOut, bufferIn}}
				})
				newRun := runJobs(rows, cols, 0, 3, layout, par, rough)
				runs = append(runs, add("diffusion", layout, "run "+name, func() *Job {
					a, job := newRun()
					a.A.LD, a.B.LD = ld, ld
					return job
				}))
				f := transposeOf[k]
				newIn := transposeJobs(rows, cols, 0, 0, layout, par, f.of)
				newOut := transposeJobs(rows, cols, 0, 0, 1-layout, par, f.of)
				add("transpose", layout, f.name+name, func() *Job {
					a, job := newIn()
					a.In.LD = ld
					return job
				})
				add("transpose", 1-layout, f.name+name+" of out", func() *Job {
					a, job := newOut()
					a.Out.LD = ld
					return job
				})
			}
			fits = append(fits, add("ols", Row, name, func() *Job {
				a, job := newOLSJob(1, 9, 0, Row, par)
				a.Y.fill(noise(9)())
				a.Y.LD = ld
				return job
			}))
		}
	}
	for _, layout := range []Layout{Row, Col} {
		runs = append(runs, add("diffusion", layout, "run of 2^62, 2 x 9", runOf(2, 9, 1, 1<<62, layout, Par{2, Static}, rough)))
	}
	return append(append(cases, interchanged(runs)...), interchanged(fits)...)
}
