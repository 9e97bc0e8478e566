// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"errors"
	"fmt"
	"testing"

	"toll/goside/kernel"
	"toll/goside/kernel/property"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

// TestProperties draws two small problems for each property and route, but for those that are sampled. The reference has no part in
// it: what all languages misunderstand alike is seen here.
func TestProperties(t *testing.T) {
	t.Parallel()
	for _, r := range routes(t) {
		library, err := r.Open()
		if err != nil {
			continue // TestRoutes judges it
		}
		if r.Sampled {
			continue
		}
		t.Run(r.Name(), func(t *testing.T) {
			problems, wrong := checkProperties(r, library)
			for _, err := range wrong {
				t.Error(err)
			}
			asked := map[string]bool{}
			for kernel := range problems {
				asked[kernel] = true
			}
			for _, f := range library.Offered() {
				if !asked[f.Kernel] {
					t.Errorf("no property of %s was asked for, want some", f.Kernel)
				}
			}
			t.Logf("problems: %v", problems)
		})
	}
}

// checkProperties returns how many problems of each kernel were drawn, and what was wrong.
func checkProperties(r *seam.Route, library *seam.Library) (problems map[string]int, wrong []error) {
	problems = map[string]int{}
	for _, p := range property.All() {
		within := property.Within{Quiet: r.Quiets != ""}
		if bound := r.BoundOn(p.Kernel); bound != nil {
			within.ULP, within.Normwise = bound.ULP, bound.Normwise
			if p.Bits {
				continue
			}
		}
		for seed := range uint64(2) { // one for each layout
			var err error
			changed := thread.Guard(func() { err = p.Check(&library.Funcs, seed, within) })
			switch {
			case errors.Is(err, kernel.ErrNotOffered):
				continue
			case err == nil && changed != 0:
				err = fmt.Errorf("%v: the call left the thread so that it %v", &p, changed)
			}
			problems[p.Kernel]++
			if err != nil {
				wrong = append(wrong, err)
			}
		}
	}
	return problems, wrong
}

// TestPropertiesOfAMutant: what reference and route misunderstand alike passes the suite's comparison, but no property.
func TestPropertiesOfAMutant(t *testing.T) {
	f := kernel.Go()
	f.Julia = before(f.Julia, func(a *kernel.Julia) { a.MaxIter = min(a.MaxIter, 100) })
	library := seam.NewLibrary(f, false, seam.Build{})
	if problems, wrong := checkProperties(mutantRoute(library), library); len(wrong) == 0 || problems["julia"] == 0 {
		t.Errorf("of a Julia set that is cut off at 100 iterations nothing was wrong in %v problems", problems)
	}
}
