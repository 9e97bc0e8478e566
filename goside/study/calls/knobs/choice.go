// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"strconv"

	"toll/goside/calls"
	"toll/goside/record"
)

// benchmark is the benchmarks' name.
const benchmark = "Knobs"

// choice is what one chose about a call. The names of rows say it.
type choice struct {
	op, lang, via                      string
	directives, memory, thread, symbol string // of a call into C; of one in Go, only the thread
	cgocheck, cgo                      string // of a process of its own, see process
	gc                                 string // the collector: idle or hard
	entry                              string
}

// plainMemory says where that which an operation passes lies in its plain call. A struct with a pointer into Go's memory can
// only be passed while what it points to is pinned.
var plainMemory = map[string]string{
	"noop": "none", "first": "go-heap", "first-void": "go-heap", "struct": "pinned-once", "structs": "pinned-once",
}

// plain returns the call of an operation about which nothing was chosen: by cgo, or in Go if it is one of Go's own.
func plain(op string) choice {
	if memory := plainMemory[op]; memory != "" {
		return choice{op: op, lang: "c", via: "cgo", directives: "none", memory: memory, thread: "free", symbol: "static"}
	}
	return choice{op: op, lang: "go", via: "direct", thread: "free"}
}

// chosen returns what a knob chooses.
func chosen(k *calls.Knob) choice {
	return choice{op: k.Kernel, lang: "c", via: k.Via, directives: k.Directives, memory: k.Memory, thread: k.Thread, symbol: k.Symbol}
}

// isPlain reports whether nothing was chosen but the operation and the crossing.
func (c choice) isPlain() bool { return c == plain(c.op).but(choice{via: c.via}) }

// but returns the choice with a change to those of its fields that change has. Another crossing than cgo finds its functions
// by dlopen.
func (c choice) but(change choice) choice {
	for _, f := range []struct{ to, from *string }{
		{&c.op, &change.op}, {&c.lang, &change.lang}, {&c.via, &change.via}, {&c.directives, &change.directives},
		{&c.memory, &change.memory}, {&c.thread, &change.thread}, {&c.symbol, &change.symbol}, {&c.cgocheck, &change.cgocheck},
		{&c.cgo, &change.cgo}, {&c.gc, &change.gc}, {&c.entry, &change.entry},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if c.symbol == "static" && c.via != "cgo" {
		c.symbol = "dlopen"
	}
	return c
}

// name returns the name of the benchmark of a call that passes n elements.
func (c choice) name(n int) string {
	name := record.Name{Study: benchmark, Op: c.op, Lang: c.lang, Via: c.via, N: strconv.Itoa(n), Entry: c.entry, Keys: []record.Key{
		{Key: "directives", Value: c.directives}, {Key: "memory", Value: c.memory}, {Key: "thread", Value: c.thread},
		{Key: "symbol", Value: c.symbol}, {Key: "cgocheck", Value: c.cgocheck}, {Key: "cgo", Value: c.cgo}, {Key: "gc", Value: c.gc},
	}}
	return name.String()
}

// named returns what a benchmark's name says.
func named(n *record.Name) choice {
	return choice{
		op: n.Op, lang: n.Lang, via: n.Via, directives: n.Get("directives"), memory: n.Get("memory"), thread: n.Get("thread"),
		symbol: n.Get("symbol"), cgocheck: n.Get("cgocheck"), cgo: n.Get("cgo"), gc: n.Get("gc"), entry: n.Entry,
	}
}
