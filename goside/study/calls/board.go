// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package calls

import (
	"fmt"
	"io"
	"math"

	"gonum.org/v1/plot/vg"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study"
)

// way is one to make a call: where a record has a call that passes nothing, and how a sentence goes on that speaks of it.
type way struct{ name, benchmark, query, phrase string }

var (
	plainGo      = payload("direct", "in plain Go")
	cgo          = payload("cgo", "through cgo")
	trampoline   = payload("trampoline", "through the trampoline")
	syscallN     = payload("syscalln", "through purego's SyscallN")
	registerFunc = payload("purego", "through purego's RegisterFunc")
	libffi       = payload("libffi", "through libffi")
	wasm         = payload("wasm", "into WebAssembly")
	embedded     = way{page.CrossingLabel("cpython"), "Python", "/op:noop /lang:python /via:cpython", "into an embedded CPython"}
	spinning     = toProcess("a C process, by shared memory, spinning", "c", "shm-spin", "by shared memory that both sides spin on")
	shared       = toProcess("a C process, by shared memory", "c", "shm", "by shared memory and a futex")
	socket       = toProcess("a C process, by a Unix socket", "c", "socket", "by a Unix socket")
	pipe         = toProcess("a C process, by a pipe", "c", "process", "by a pipe")
	process      = way{"a Python process, by a pipe", "Python", "/op:noop /lang:python /via:process", "into a Python process"}
	grpc         = toProcess("a Go process, by gRPC", "go", "grpc", "by gRPC")

	// What ratios are taken to, in the rounds of the others.
	besidePython    = way{benchmark: "Python", query: "/op:noop /lang:c /via:cgo"}
	besideProcesses = way{benchmark: "Beside", query: "/op:noop /lang:c /via:cgo"}
)

// ways are those that a first screen shows.
var ways = []way{plainGo, cgo, trampoline, syscallN, registerFunc, libffi, wasm, embedded, spinning, shared, socket, pipe, process, grpc}

// payload returns a way inside the process.
func payload(via, phrase string) way {
	return way{page.CrossingLabel(via), "Payload", "/op:noop /via:" + via, phrase}
}

// toProcess returns a way to another process.
func toProcess(name, language, via, phrase string) way {
	return way{name, "Beside", "/op:noop /lang:" + language + " /via:" + via, phrase}
}

func (w *way) row(r *record.Record) *record.Row { return record.First(r.Of(w.benchmark), w.query) }

// overhead is the part of the whole time that a call may take, where it is said how much work it must carry.
const overhead = 0.1

// workFor returns how much work a call must carry.
func workFor(call measure.Interval) measure.Interval {
	times := (1 - overhead) / overhead
	return measure.Interval{Median: times * call.Median, Lo: times * call.Lo, Hi: times * call.Hi}
}

// board returns what a call that passes nothing costs in each way, nil if the record has none.
func board(p *page.Page) *study.Board {
	b := &study.Board{}
	for _, w := range ways {
		if r := w.row(p.Record); r != nil {
			b.Crossings = append(b.Crossings, study.Toll{Crossing: w.name, Row: r, Call: measure.Median(r.Wall())})
		}
	}
	if b.Crossings == nil {
		return nil
	}
	b.Floor = floor(p.Record, b.Crossings[0].Row)
	for _, said := range []string{
		relative(p.Record, plainGo, "Relative to plain Go, a call", cgo, trampoline, syscallN, registerFunc, libffi, wasm),
		mustCarry(p.Record, cgo, trampoline, registerFunc, wasm),
		relative(p.Record, besidePython, "Relative to a cgo call timed beside it, one", embedded, process),
		relative(p.Record, besideProcesses, "Relative to a cgo call timed beside it, one to another process", spinning, shared, socket, pipe, grpc),
	} {
		if said != "" {
			b.Says = append(b.Says, said)
		}
	}
	return b
}

// floor returns the noise floor of a row's problem.
func floor(r *record.Record, of *record.Row) float64 {
	var same []*record.Row
	for _, row := range r.Of(of.Study) {
		if row.Problem() == of.Problem() {
			same = append(same, row)
		}
	}
	return record.Floor(same)
}

// relative says how many times as long as one way others take, by the ratios within rounds; "" if no difference from it can be
// told from noise or from none.
func relative(r *record.Record, to way, begin string, others ...way) string {
	base := to.row(r)
	var said []string
	for _, w := range others {
		ratio, ok := record.WallRatio(w.row(r), base)
		if !ok || math.IsInf(ratio.Hi-ratio.Lo, 0) {
			continue
		}
		switch noise := floor(r, base); {
		case ratio.Differs(noise):
			said = append(said, page.InWords(ratio, page.Factor)+" times as long "+w.phrase)
		case !math.IsInf(noise, 0):
			said = append(said, "as long, within noise, "+w.phrase)
		}
	}
	if said == nil {
		return ""
	}
	return begin + " takes " + page.Joined(said) + "."
}

// mustCarry says how much work calls must carry.
func mustCarry(r *record.Record, some ...way) string {
	var said []string
	for _, w := range some {
		if row := w.row(r); row != nil {
			if work := workFor(measure.Median(row.Wall())); !math.IsInf(work.Hi-work.Lo, 0) {
				said = append(said, page.InWords(work, page.Nanoseconds)+" "+w.phrase)
			}
		}
	}
	if said == nil {
		return ""
	}
	return fmt.Sprintf("For %.0f %% overhead, a call must carry this much work: %s.", 100*overhead, page.Joined(said))
}

// tollsAlt says what the picture of the board shows.
const tollsAlt = "What a call that passes nothing costs: a bar for each crossing on a logarithmic scale, from plain Go to another process"

// drawBoard draws the board.
func drawBoard(r *record.Record) (*chart.Picture, error) {
	b := board(page.New(io.Discard, r, page.Style{}))
	if b == nil {
		return nil, chart.ErrNothing
	}
	tolls := make([]chart.Toll, len(b.Crossings))
	for k, c := range b.Crossings {
		tolls[k] = chart.Toll{Name: c.Crossing, Median: c.Call.Median, Lo: c.Call.Lo, Hi: c.Call.Hi}
	}
	return chart.Tolls(tolls, b.Floor, 7.5*vg.Inch), nil
}
