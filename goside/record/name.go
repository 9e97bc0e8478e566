// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package record

import (
	"strings"

	"golang.org/x/perf/benchfmt"
)

// Name is the name of a benchmark, in Go's key=value form. Its keys come in this order: kernel, op, lang, via, layout, n, what
// else varies, entry. A key without a value is left out.
type Name struct {
	Study     string // the benchmark's own name
	Kernel    string // a kernel
	Op        string // an operation that is no kernel
	Lang, Via string
	Layout    string
	N         string // a number
	Keys      []Key  // what else varies
	Entry     string // EntryAgain, EntryReference or ""
}

// Key is a key of a name that says what varies.
type Key struct{ Key, Value string }

// The entries of a row beside its first.
const (
	EntryAgain     = "again"     // the same subject once more: what the two differ by is noise
	EntryReference = "reference" // a call that passes nothing, made beside a subject to tell how fast the machine was then
)

// String returns the name as a record has it, without "Benchmark" and without GOMAXPROCS.
func (n Name) String() string {
	var b strings.Builder
	b.WriteString(n.Study)
	add := func(key, value string) {
		if value != "" {
			b.WriteString("/" + key + "=" + value)
		}
	}
	add("kernel", n.Kernel)
	add("op", n.Op)
	add("lang", n.Lang)
	add("via", n.Via)
	add("layout", n.Layout)
	add("n", n.N)
	for _, k := range n.Keys {
		add(k.Key, k.Value)
	}
	add("entry", n.Entry)
	return b.String()
}

// ParseName parses a name, with or without GOMAXPROCS.
func ParseName(name string) Name {
	base, parts := benchfmt.Name(name).Parts()
	n := Name{Study: string(base)}
	for _, part := range parts {
		key, value, ok := strings.Cut(strings.TrimPrefix(string(part), "/"), "=")
		switch key {
		case "kernel":
			n.Kernel = value
		case "op":
			n.Op = value
		case "lang":
			n.Lang = value
		case "via":
			n.Via = value
		case "layout":
			n.Layout = value
		case "n":
			n.N = value
		case "entry":
			n.Entry = value
		default:
			if ok && part[0] == '/' {
				n.Keys = append(n.Keys, Key{key, value})
			}
		}
	}
	return n
}

// Route returns "lang/via".
func (n *Name) Route() string { return n.Lang + "/" + n.Via }

// What returns the kernel or the operation.
func (n *Name) What() string {
	if n.Kernel == "" {
		return n.Op
	}
	return n.Kernel
}

// Get returns the value of a key that says what varies, or "".
func (n *Name) Get(key string) string {
	for _, k := range n.Keys {
		if k.Key == key {
			return k.Value
		}
	}
	return ""
}

// Problem returns what rows that may be compared have in common: the name without language, crossing and entry.
func (n *Name) Problem() string {
	m := *n
	m.Lang, m.Via, m.Entry = "", "", ""
	return m.String()
}
