// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"os"
	"path"
	"strings"
	"testing"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/registry"
)

// TestRoutes runs the suite over every route. A route may be missing here, unless its name matches one of
// the patterns in $TOLL_REQUIRE, as scripts/test.sh demands.
func TestRoutes(t *testing.T) {
	results := conform.Verify(registry.Routes(), kernel.Cases(), nil)
	rows := 0
	for k := range results {
		r := &results[k]
		t.Run(strings.Join([]string{r.Route.Name(), r.Kernel, r.Layout}, "/"), func(t *testing.T) {
			switch r.Verdict() {
			case conform.Unavailable:
				if required(r.Route.Name()) {
					t.Fatalf("required by TOLL_REQUIRE=%q: %v", os.Getenv("TOLL_REQUIRE"), r.Err)
				}
				t.Skip(r.Err)
			case conform.Failed:
				t.Fatal(r.Reason())
			}
			rows++
			t.Logf("%s: %d cases, worst %.3g ULP", r.Verdict(), r.Cases, r.Worst)
		})
	}
	if rows == 0 {
		t.Error("no route was verified")
	}
}

func required(route string) bool {
	for _, pattern := range strings.Fields(os.Getenv("TOLL_REQUIRE")) {
		if ok, _ := path.Match(pattern, route); ok {
			return true
		}
	}
	return false
}

// TestOffered holds each crossing to the kernels it must offer: a function that gets lost would not fail a
// case, it would lose it.
func TestOffered(t *testing.T) {
	for _, r := range registry.Routes() {
		library, err := r.Open()
		if err != nil {
			continue // TestRoutes judges it
		}
		f := &library.Funcs
		kernels := f.Step != nil && f.Run != nil && f.Julia != nil && f.OLS != nil
		calls := f.Noop != nil && f.Not != nil && f.Add != nil && f.Sum != nil
		var ok bool
		switch {
		case r.Lang == "go-par":
			ok = kernels
		case r.Via == "syscalln":
			ok = f.Noop != nil && f.Not != nil && f.Julia != nil && f.OLS != nil
		case r.Via == "netlib":
			ok = f.OLS != nil
		default:
			ok = kernels && calls
		}
		if !ok {
			t.Errorf("%s lacks kernels: %+v", r.Name(), *f)
		}
	}
}
