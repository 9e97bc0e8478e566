// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package studies is the list of studies. What is not here does not exist.
package studies

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study"
	"toll/goside/study/bench"
	"toll/goside/study/book"
	"toll/goside/study/calls"
	"toll/goside/study/compilers"
	"toll/goside/study/instructions"
	"toll/goside/study/kernels"
	"toll/goside/study/layout"
	"toll/goside/study/profile"
	"toll/goside/study/scale"
	"toll/goside/study/try"
)

// All are the studies.
var All = []*study.Study{&bench.Study, &calls.Study, &layout.Study, &book.Study, &kernels.Study, &instructions.Study, &profile.Study, &scale.Study, &compilers.Study, &try.Study}

// Of returns the study that made a record.
func Of(r *record.Record) (*study.Study, error) {
	for _, s := range slices.Backward(All) { // those that hold another's benchmarks besides their own come later
		if s.Made(r) {
			return s, nil
		}
	}
	var names []string
	for _, s := range All {
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("studies: the record is of the study %q and of benchmarks such as %s, want a record of toll %s", r.Get("study"), r.Rows[0].Study,
		strings.Join(names, ", "))
}

// Print prints what a record shows.
func Print(w io.Writer, r *record.Record, style page.Style) error {
	s, err := Of(r)
	if err != nil {
		return err
	}
	return s.Print(w, r, style)
}

// Child returns the program of that name that experiments run in a process of its own.
func Child(name string) (study.Child, error) {
	var names []string
	for _, s := range All {
		for _, p := range s.Parts {
			for _, c := range p.Children {
				if c.Name == name {
					return c, nil
				}
				names = append(names, c.Name)
			}
		}
	}
	return study.Child{}, fmt.Errorf("studies: child is %q, want one of %s", name, strings.Join(names, ", "))
}
