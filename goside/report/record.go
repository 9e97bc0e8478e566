// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package report writes the record of a run, in the Go benchmark format
// (https://go.dev/design/14313-benchmark-format), and makes all that is shown from such a record: tables and
// pictures. What is shown can so be made again, later and elsewhere.
package report

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/perf/benchfmt"

	"toll/goside/measure"
)

// Config is what a run says of itself: a line "key: value" at the head of the record.
type Config struct{ Key, Value string }

// Write writes a record: the configuration, then each series' samples, a line each, in the order of rounds.
func Write(w io.Writer, config []Config, series []measure.Series) error {
	out := benchfmt.NewWriter(w)
	var result benchfmt.Result
	for _, c := range config {
		result.SetConfig(c.Key, strings.Join(strings.Fields(c.Value), " "))
	}
	for k := range result.Config {
		result.Config[k].File = true
	}
	for _, s := range series {
		result.Name = benchfmt.Name(s.Subject.Name)
		result.Iters = s.N
		for _, ns := range s.Samples {
			result.Values = []benchfmt.Value{{Value: ns * 1e-9, Unit: "sec/op", OrigValue: ns, OrigUnit: "ns/op"}}
			if err := out.Write(&result); err != nil {
				return err
			}
		}
	}
	return nil
}

// Record is a record read back.
type Record struct {
	Config []Config
	Rows   []Row
}

// Row is what was measured under one benchmark name.
type Row struct {
	Study                        string
	Kernel, Lang, Via, Layout, N string
	Samples                      []float64 // ns/op, in the order of rounds
}

// Route returns "lang/via".
func (r *Row) Route() string { return r.Lang + "/" + r.Via }

// Get returns the value of a configuration line, or "".
func (r *Record) Get(key string) string {
	for _, c := range r.Config {
		if c.Key == key {
			return c.Value
		}
	}
	return ""
}

// Read reads a record; name is its name in errors.
func Read(in io.Reader, name string) (*Record, error) {
	record := &Record{}
	index := map[string]int{}
	reader := benchfmt.NewReader(in, name)
	for reader.Scan() {
		switch result := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, result
		case *benchfmt.Result:
			value, ok := result.Value("sec/op")
			if !ok {
				return nil, fmt.Errorf("report: %s: %s has no ns/op", name, result.Name)
			}
			if record.Config == nil {
				for _, c := range result.Config {
					record.Config = append(record.Config, Config{c.Key, string(c.Value)})
				}
			}
			full := string(result.Name.Full())
			at, seen := index[full]
			if !seen {
				at = len(record.Rows)
				index[full] = at
				record.Rows = append(record.Rows, row(result.Name))
			}
			record.Rows[at].Samples = append(record.Rows[at].Samples, value*1e9)
		}
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	if len(record.Rows) == 0 {
		return nil, fmt.Errorf("report: %s holds no benchmark result, want a record that toll bench wrote", name)
	}
	return record, nil
}

func row(name benchfmt.Name) Row {
	base, parts := name.Parts()
	r := Row{Study: string(base)}
	for _, part := range parts {
		key, value, _ := strings.Cut(strings.TrimPrefix(string(part), "/"), "=")
		switch key {
		case "kernel":
			r.Kernel = value
		case "lang":
			r.Lang = value
		case "via":
			r.Via = value
		case "layout":
			r.Layout = value
		case "n":
			r.N = value
		}
	}
	return r
}
