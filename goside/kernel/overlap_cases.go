// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package kernel

import (
	"fmt"
	"math"
	"slices"

	"toll/goside/via/mem"
)

// overlapCases hold the least overlap, which is refused, and buffers that touch, which are as good as any: both with the
// output first in memory and last.
func overlapCases() []Case {
	var cases, runs, fits []Case
	// add makes a case for each of them: newJob is given whether to swap the two buffers, and how many elements they share.
	add := func(kernel, layout, name string, newJob func(swap bool, shared int) *Job) (added []Case) {
		for _, swap := range []bool{false, true} {
			for shared, want := range []Status{OK, ErrOverlap} {
				c := Case{Kernel: kernel, Layout: layout, Want: want, Native: want != OK, New: func() *Job { return newJob(swap, shared) }}
				c.Name = fmt.Sprintf("%s, swapped %v, sharing %d elements", name, swap, shared)
				added = append(added, c)
			}
		}
		cases = append(cases, added...)
		return added
	}
	one := Par{1, Static}
	for _, layout := range []Layout{Row, Col} {
		add("diffusion", layout.String(), "step, out beside in", func(swap bool, shared int) *Job {
			out, _ := guardedGrid("out", 6, 8, 1, layout)
			in, _ := guardedGrid("in", 6, 8, 1, layout)
			in.fill(noise(3)())
			memory := beside(&out.Data, &in.Data, swap, shared)
			a := &DiffusionStep{Out: out, In: in, Hi: 6, D: 1, Dt: 0.1, Par: one}
			return &Job{Run: func(f *Funcs) error { return call(f.Step, a) }, Buffers: []Buffer{memory}}
		})
		newRun := runJobs(6, 8, 1, 3, layout, one, rough)
		runs = append(runs, add("diffusion", layout.String(), "run, a beside b", func(swap bool, shared int) *Job {
			a, job := newRun()
			job.Buffers = []Buffer{beside(&a.A.Data, &a.B.Data, swap, shared)}
			return job
		})...)
		for _, f := range transposeOf {
			newTranspose := transposeJobs(5, 8, 1, 2, layout, one, f.of)
			add("transpose", layout.String(), f.name+"out beside in", func(swap bool, shared int) *Job {
				a, job := newTranspose()
				job.Buffers = []Buffer{beside(&a.Out.Data, &a.In.Data, swap, shared)}
				return job
			})
		}
		for _, pair := range []string{"slope beside intercept", "slope beside y", "intercept beside y"} {
			fits = append(fits, add("ols", layout.String(), pair, func(swap bool, shared int) *Job {
				a, job := newOLSJob(9, 6, 1, layout, one)
				a.Y.fill(noise(1)())
				switch pair {
				case "slope beside intercept":
					job.Buffers = append(job.Buffers[2:], beside(&a.Slope, &a.Intercept, swap, shared))
				case "slope beside y":
					job.Buffers = append(job.Buffers[1:2], beside(&a.Slope, &a.Y.Data, swap, shared))
				default:
					job.Buffers = append(job.Buffers[:1], beside(&a.Intercept, &a.Y.Data, swap, shared))
				}
				memory := &job.Buffers[len(job.Buffers)-1]
				memory.Scale = func(k int, normwise bool) (float64, bool) {
					for row := range a.Y.Rows {
						slope, intercept := a.Scale(row, normwise)
						switch memory.element(k) {
						case &a.Slope[row]:
							return slope, true
						case &a.Intercept[row]:
							return intercept, true
						}
					}
					return 0, false
				}
				return job
			})...)
		}
	}
	for _, with := range []string{"zs", "cs"} {
		add("julia", "-", "out beside "+with, func(swap bool, shared int) *Job {
			// Of 20 counts the last ends where a point may begin; of 17 it begins there.
			n := []int{20, 17}[shared]
			a := randomJulia(n, 0, n, 30, one)
			job := juliaJob(a)
			points := &a.Zs
			if with == "cs" {
				points = &a.Cs
			}
			memory, whole := guarded(n+5, complex(Canary, Canary))
			at, from := 0, 4*n-shared
			if swap {
				at, from = 5-shared, 0
			}
			a.Out = mem.Int32s(memory)[from : from+n : from+n]
			if with == "zs" {
				job.Buffers = job.Buffers[2:]
			} else {
				job.Buffers = job.Buffers[1:2]
			}
			copy(memory[at:at+n], *points)
			*points = memory[at : at+n : at+n]
			buffer := integers("memory", mem.Int32s(whole), nil)
			buffer.Near = func(k int, value float64) float64 {
				if k -= 4*guard + from; k < 0 || k >= n {
					return math.Inf(1)
				}
				return a.Near(k, value)
			}
			job.Buffers = append(job.Buffers, buffer)
			return job
		})
	}
	for k, part := range []string{"zr", "zi", "cr", "ci"} {
		add("julia", "-", "split, out beside "+part, func(swap bool, shared int) *Job {
			n := []int{20, 17}[shared]
			a, job := juliaSplitJob(randomJulia(n, 0, n, 30, one))
			numbers := []*[]float64{&a.Zr, &a.Zi, &a.Cr, &a.Ci}[k]
			memory, whole := guarded(n+10, Canary)
			at, from := 0, 2*n-shared
			if swap {
				at, from = 10-2*shared, 0
			}
			copy(memory[at:at+n], *numbers)
			*numbers = memory[at : at+n : at+n]
			a.Out = mem.Int32s(memory)[from : from+n : from+n]
			job.Buffers = append(slices.Delete(job.Buffers[1:], k, k+1), integers("memory", mem.Int32s(whole), nil))
			return job
		})
	}
	return append(append(cases, interchanged(runs)...), interchanged(fits)...)
}

// beside moves two buffers into one piece of memory, amid guards: the second behind the first, or before it if swapped. They
// share so many elements. The slice of the one that comes first goes on through the other, behind what the call is given of it.
func beside(p, q *[]float64, swap bool, shared int) Buffer {
	if swap {
		p, q = q, p
	}
	n, m := len(*p), len(*q)
	inner, whole := guarded(n+m-shared, Canary)
	copy(inner[n-shared:], *q)
	copy(inner, *p)
	*p, *q = inner, inner[n-shared:]
	return floats("memory", whole, nil)
}

// element returns where element k of a buffer of floating-point numbers lies.
func (b *Buffer) element(k int) *float64 { return &b.whole.([]float64)[k] }
