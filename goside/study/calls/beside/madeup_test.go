// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package beside

import (
	"fmt"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// madeWay says what a call takes by a made-up way, in ns: for itself and for each byte.
type madeWay struct{ call, byte float64 }

var madeUp = []struct {
	way string
	madeWay
}{
	{"c/cgo", madeWay{50, 0.1}}, {"c/process", madeWay{10e3, 1}}, {"c/socket", madeWay{12e3, 0.5}}, {"c/shm", madeWay{5e3, 0.2}},
	{"c/shm-spin", madeWay{500, 0.2}}, {"c/shm-memory", madeWay{5e3, 0.1}}, {"go/shm", madeWay{6e3, 0.2}},
	{"python/process", madeWay{20e3, 2}}, {"go/grpc", madeWay{90e3, 5}}, {"go/netrpc", madeWay{40e3, 8}},
}

// madeSeries returns series of all ways; of a batch, a call takes 2 ns.
func madeSeries() (all []measure.Series) {
	for _, of := range []struct {
		op string
		n  []int
	}{
		{"noop", []int{1}}, {"add", []int{1}}, {"ints", []int{6}}, {"length", []int{8, 4096}}, {"sum", []int{8, 4096, 16 << 20}},
		{"fill", []int{8, 4096, 16 << 20}}, {"text_length", []int{8}}, {"text_into", []int{8}}, {"batch", []int{1, 100, 10_000}},
	} {
		for _, n := range of.n {
			for _, w := range madeUp {
				if w.way == "python/process" && of.op == "text_into" { // to see what cannot be passed
					continue
				}
				ns := w.call
				switch of.op {
				case "sum", "fill", "length":
					ns += w.byte * float64(n)
				case "batch":
					ns += 2 * float64(n)
				}
				name := record.ParseName(fmt.Sprintf("%s/op=%s/n=%d", benchmark, of.op, n))
				if _, err := fmt.Sscanf(w.way, "c/%s", &name.Via); err == nil {
					name.Lang = "c"
				} else if _, err := fmt.Sscanf(w.way, "go/%s", &name.Via); err == nil {
					name.Lang = "go"
				} else {
					name.Lang, name.Via = "python", "process"
				}
				entries := []string{""}
				if w.way == "c/"+baseline {
					entries = append(entries, record.EntryAgain)
				}
				for _, entry := range entries {
					name.Entry = entry
					all = append(all, pagetest.One(name.String(),
						[]measure.Fact{{Key: "problem", Value: fmt.Sprintf("%s n=%d", of.op, n)}, {Key: "per", Value: "call"}}, pagetest.Times(ns)...))
				}
			}
		}
	}
	return all
}

// madeStarved returns series in which spinning is fast alone and slow in a crowd.
func madeStarved() (all []measure.Series) {
	add := func(op, lang, via, n, entry string, wall, work, p50, p99 float64) {
		name := record.Name{Study: starvedName, Op: op, Lang: lang, Via: via, N: n, Entry: entry}
		all = append(all, pagetest.Eight(name.String(), wall, work, "work-a-second", p50, "p50-ns", p99, "p99-ns", p99*2, "max-ns"))
	}
	for _, n := range []string{"1", "2"} {
		add(idle, "go", "direct", n, "", 1e3, 1e6, 0, 0)
		add(idle, "go", "direct", n, record.EntryAgain, 1e3, 1.01e6, 0, 0)
	}
	for n, work := range map[string]float64{"0": 0, "1": 0.9e6, "2": 0.8e6} {
		add("not", "c", "shm", n, "", 5e3, work, 5e3, 50e3)
	}
	add("not", "c", "shm-spin", "0", "", 500, 0, 500, 5e3)
	add("not", "c", "shm-spin", "1", "", 5e6, 0.5e6, 400e3, 9e6)
	add("not", "c", "shm-spin", "2", "", 9e6, 0.4e6, 4e6, 20e6)
	return all
}

func pageOf(t *testing.T, all []measure.Series) *page.Page {
	t.Helper()
	return pagetest.PrinterOf(pagetest.CallsRecord(t, all...))
}
