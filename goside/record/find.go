// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package record

import (
	"fmt"
	"strings"

	"golang.org/x/perf/benchproc"
)

// Of returns the rows of a benchmark, in the record's order.
func (r *Record) Of(benchmark string) []*Row {
	var rows []*Row
	for k := range r.Rows {
		if r.Rows[k].Study == benchmark {
			rows = append(rows, &r.Rows[k])
		}
	}
	return rows
}

// Find returns those of the rows that match a filter of package benchproc, such as "/op:noop /via:cgo"; query is a format for
// args. Without "/entry:" it finds the rows of first entries. It panics if query is no filter: that is the caller's mistake.
func Find(rows []*Row, query string, args ...any) []*Row {
	query = fmt.Sprintf(query, args...)
	filter, err := benchproc.NewFilter(query)
	if err != nil {
		panic(fmt.Sprintf("record: %v", err))
	}
	var found []*Row
	all := strings.Contains(query, "/entry:")
	for _, r := range rows {
		if !all && r.Entry != "" {
			continue
		}
		if match, err := filter.Match(r.result); err == nil && match.All() {
			found = append(found, r)
		}
	}
	return found
}

// First returns the first of the rows that match, see [Find], or nil.
func First(rows []*Row, query string, args ...any) *Row {
	if found := Find(rows, query, args...); found != nil {
		return found[0]
	}
	return nil
}
