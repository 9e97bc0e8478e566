// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package calls

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
)

// noops are calls that pass nothing: cgo takes ten times as long as plain Go, SyscallN as long, and a process from 400 to 600
// times as long as cgo.
func noops() []measure.Series {
	return []measure.Series{
		pagetest.One("Payload/op=noop/lang=go/via=direct/n=1", nil, pagetest.Times(2)...),
		pagetest.One("Payload/op=noop/lang=c/via=cgo/n=1", nil, pagetest.Times(20)...),
		pagetest.One("Payload/op=noop/lang=c/via=cgo/n=1/entry=again", nil, pagetest.Times(20.2)...),
		pagetest.One("Payload/op=noop/lang=c/via=syscalln/n=1", nil, pagetest.Times(2.001)...),
		pagetest.One("Payload/op=noop/lang=c/via=purego/n=1", nil, pagetest.Times(100)...),
		pagetest.One("Payload/op=not/lang=c/via=cgo/n=1/entry=again", nil, pagetest.Times(77)...),
		pagetest.One("Python/op=noop/lang=c/via=cgo/n=1", nil, pagetest.Times(25)...),
		pagetest.One("Python/op=noop/lang=python/via=cpython/n=1", nil, pagetest.Times(75)...),
		pagetest.One("Python/op=noop/lang=python/via=cpython/n=1/entry=again", nil, pagetest.Times(76)...),
		pagetest.One("Python/op=noop/lang=python/via=process/n=1", nil, 10000, 11000, 12000, 12500, 13000, 14000, 15000),
	}
}

// newer are the same through the crossings that came later.
func newer() []measure.Series {
	return []measure.Series{
		pagetest.One("Payload/op=noop/lang=c/via=trampoline/n=1", nil, pagetest.Times(19)...),
		pagetest.One("Payload/op=noop/lang=c/via=libffi/n=1", nil, pagetest.Times(80)...),
		pagetest.One("Payload/op=noop/lang=c/via=wasm/n=1", nil, pagetest.Times(30)...),
		pagetest.One("Beside/op=noop/lang=c/via=cgo/n=1", nil, pagetest.Times(20)...),
		pagetest.One("Beside/op=noop/lang=c/via=cgo/n=1/entry=again", nil, pagetest.Times(20.1)...),
		pagetest.One("Beside/op=noop/lang=c/via=shm-spin/n=1", nil, pagetest.Times(200)...),
		pagetest.One("Beside/op=noop/lang=c/via=shm/n=1", nil, pagetest.Times(8000)...),
		pagetest.One("Beside/op=noop/lang=c/via=socket/n=1", nil, pagetest.Times(10000)...),
		pagetest.One("Beside/op=noop/lang=c/via=process/n=1", nil, pagetest.Times(11000)...),
		pagetest.One("Beside/op=noop/lang=go/via=grpc/n=1", nil, pagetest.Times(60000)...),
	}
}

// TestBoardOfAll: every way has its line, and each that is compared its part of a sentence.
func TestBoardOfAll(t *testing.T) {
	b := board(boardOf(t, append(noops(), newer()...)))
	if len(b.Crossings) != len(ways) {
		t.Errorf("the board has %d crossings, want all %d", len(b.Crossings), len(ways))
	}
	want := []string{
		"Relative to plain Go, a call takes 10 times as long through cgo, 9.5 times as long through the trampoline, as long, within noise, through purego's SyscallN, " +
			"50 times as long through purego's RegisterFunc, 40 times as long through libffi and 15 times as long into WebAssembly.",
		"For 10 % overhead, a call must carry this much work: 180 ns through cgo, 171 ns through the trampoline, 900 ns through purego's RegisterFunc and 270 ns into WebAssembly.",
		"Relative to a cgo call timed beside it, one takes 3.0 times as long into an embedded CPython and 400 to 600 times as long into a Python process.",
		"Relative to a cgo call timed beside it, one to another process takes 10 times as long by shared memory that both sides spin on, " +
			"400 times as long by shared memory and a futex, 500 times as long by a Unix socket, 550 times as long by a pipe and 3000 times as long by gRPC.",
	}
	if !slices.Equal(b.Says, want) {
		t.Errorf("the board says %q, want %q", b.Says, want)
	}
}

func boardOf(t *testing.T, series []measure.Series) *page.Page {
	t.Helper()
	return pagetest.PrinterOf(pagetest.CallsRecord(t, series...))
}

func TestBoard(t *testing.T) {
	b := board(boardOf(t, noops()))
	var names []string
	for _, c := range b.Crossings {
		names = append(names, c.Crossing)
		if c.Row == nil || c.Call != measure.Median(c.Row.Wall()) {
			t.Errorf("%s has the row %v and takes %v", c.Crossing, c.Row, c.Call)
		}
	}
	if want := []string{"plain Go", "cgo", "purego, SyscallN", "purego, RegisterFunc", "embedded CPython", "a Python process, by a pipe"}; !slices.Equal(names, want) {
		t.Errorf("the board has %q, want %q", names, want)
	}
	if math.Abs(b.Floor-0.01) > 1e-9 {
		t.Errorf("the noise floor is %v, want 0.01", b.Floor)
	}
	want := []string{
		"Relative to plain Go, a call takes 10 times as long through cgo, as long, within noise, through purego's SyscallN and 50 times as long through purego's RegisterFunc.",
		"For 10 % overhead, a call must carry this much work: 180 ns through cgo and 900 ns through purego's RegisterFunc.",
		"Relative to a cgo call timed beside it, one takes 3.0 times as long into an embedded CPython and 400 to 600 times as long into a Python process.",
	}
	if !slices.Equal(b.Says, want) {
		t.Errorf("the board says %q, want %q", b.Says, want)
	}
}

// TestBoardLacks: what the record cannot tell is not said.
func TestBoardLacks(t *testing.T) {
	all := noops()
	few := slices.Clone(all[:5])
	for k := range few {
		few[k].Samples = few[k].Samples[:3]
	}
	for what, c := range map[string]struct {
		series    []measure.Series
		crossings int
		says      int
	}{
		"no Python":        {all[:5], 4, 2},
		"no second entry":  {append(slices.Clone(all[:2]), all[3:5]...), 4, 1},
		"cgo alone":        {all[1:3], 1, 1},
		"too few rounds":   {few, 4, 0},
		"a process, alone": {all[9:], 1, 0},
	} {
		b := board(boardOf(t, c.series))
		if b == nil || len(b.Crossings) != c.crossings || len(b.Says) != c.says {
			t.Errorf("%s: the board is %+v, want %d crossings and %d sentences", what, b, c.crossings, c.says)
		}
	}
	if b := board(boardOf(t, all[5:6])); b != nil {
		t.Errorf("without such calls, the board is %+v", b)
	}
}

func TestHeadline(t *testing.T) {
	var b bytes.Buffer
	headline(page.New(&b, pagetest.CallsRecord(t, noops()...), page.Style{Markdown: true}))
	pagetest.Holds(t, b.String(), "| cgo | 20.0 ns ±0% | 24 B | 180 ns ±0% |", "Measured on A CPU")
	b.Reset()
	headline(page.New(&b, pagetest.CallsRecord(t, noops()...), page.Style{Markdown: true, HTML: &page.HTML{ID: "calls"}}))
	pagetest.Sourced(t, b.String())
}

func TestBoardPicture(t *testing.T) {
	r := pagetest.CallsRecord(t, noops()...)
	texts := charttest.DrawnText(t, func() (*chart.Picture, error) { return drawBoard(r) })
	charttest.WantTexts(t, texts, 1, "plain Go", "20.0 ns", "a Python process, by a pipe", "12.5 µs", "noise: one call timed twice, ±1 %")
	if _, err := drawBoard(pagetest.CallsRecord(t, noops()[5])); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("without such calls the error is %v, want %v", err, chart.ErrNothing)
	}
}
