// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"regexp"
	"strings"

	"toll/goside/measure"
)

// sees is where a profiler's samples lie: ns, or what else it counts in.
type sees struct {
	named   float64 // in the kernel, by its name
	call    float64 // at the call, without it
	own     float64 // in the program's own work
	outside float64 // anywhere else
}

func (s *sees) total() float64 { return s.named + s.call + s.own + s.outside }

// The units of a sample: per cents of what the program took.
const (
	trueShare    = "native-%"
	namedShare   = "named-%"
	callShare    = "call-%"
	ownShare     = "own-%"
	outsideShare = "outside-%"
	lostShare    = "lost-%"
	samplesTaken = "samples"
)

// sample returns what a profiler saw, as shares of what the program took by the profiler's own kind of clock. What it did not see is
// lost; if it saw more than there was, the shares are of that. samples are how many it took, 0 if it takes none.
func (s *sees) sample(t *truth, byWall bool, samples int) measure.Sample {
	native, took := t.Native, t.Total
	if byWall {
		native, took = t.NativeWall, t.Wall
	}
	whole := max(took, s.total())
	percent := func(part float64) float64 { return 100 * part / whole }
	return measure.Sample{Wall: t.Wall, CPU: t.Total, More: []measure.Value{
		{Value: 100 * native / took, Unit: trueShare},
		{Value: percent(s.named), Unit: namedShare},
		{Value: percent(s.call), Unit: callShare},
		{Value: percent(s.own), Unit: ownShare},
		{Value: percent(s.outside), Unit: outsideShare},
		{Value: percent(whole - s.total()), Unit: lostShare},
		{Value: float64(samples), Unit: samplesTaken},
	}}
}

// Frames of the programs, by their names.
const (
	goCall   = "profile.callNative"
	goOwn    = "profile.ownWork"
	pyCall   = "call_native"
	pyOwn    = "own_work"
	pyLoop   = "loop"
	goKernel = "toll/goside/kernel."
)

// kernelNamed returns what tells the name of a kernel's native function: toll_c_julia, toll_c_omp_julia._omp_fn.0,
// __pyx_pw_4toll_6cython_7julia, _ZN9toll_rust5julia5julia17h….
func kernelNamed(kernel string) *regexp.Regexp {
	return regexp.MustCompile(`(^|[^a-z])` + regexp.QuoteMeta(kernel) + `($|[^a-z])|(^|[^a-z])` + regexp.QuoteMeta(kernel) + `17h`)
}

// crosses are what the names of functions hold that take a call across.
var crosses = []string{"runtime.cgocall", "runtime.asmcgocall", "_cgo_", "purego.", "via/trampoline.", "via/cpython.", "wazero", "via/process."}

// isCrossing reports whether a function takes a call across.
func isCrossing(function string) bool {
	for _, part := range crosses {
		if strings.Contains(function, part) {
			return true
		}
	}
	return false
}
