// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"toll/goside/level"
	"toll/goside/record"
	"toll/goside/seam"
)

// testBenchLimits: what a run times is held against limits of that very run, on sets as large, with as many bytes
// read and written, on one thread and on as many as parallel languages have.
func testBenchLimits(t *testing.T, file string) {
	if _, err := seam.FindLibrary("libtoll_limits_" + level.Best() + ".so"); errors.Is(err, seam.ErrUnavailable) && os.Getenv("TOLL_REQUIRE") == "" {
		t.Skip(err)
	}
	rec, err := record.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	work := func(r *record.Row) [3]string {
		w := [3]string{r.Facts["set"], r.Facts["reads"], r.Facts["writes"]}
		if w[2] == "" {
			w[2] = "0"
		}
		return w
	}
	var limits []string
	for k := range rec.Rows {
		if r := &rec.Rows[k]; r.Study == record.LimitsName {
			limits = append(limits, fmt.Sprint(r.Lang, work(r)))
		}
	}
	grid, side := 512*512*8, 510*510*8
	declared := map[string][3]string{
		"diffusion row": {fmt.Sprint(2 * grid), fmt.Sprint(side), fmt.Sprint(side)},
		"diffusion col": {fmt.Sprint(2 * grid), fmt.Sprint(side), fmt.Sprint(side)},
		"julia":         {"36000000", "32000000", "4000000"},
		"ols row":       {"12800000", "11200000", "1600000"},
		"ols col":       {"12800000", "11200000", "1600000"},
		"sum":           {"8000", "8000", "0"},
	}
	seen := map[string]bool{}
	for k := range rec.Rows {
		r := &rec.Rows[k]
		name := strings.TrimSpace(r.What() + " " + r.Layout)
		if want, ok := declared[name]; ok && r.Study != record.LimitsName {
			seen[name] = true
			if work(r) != want {
				t.Errorf("%s says set, reads and writes %v, want %v", name, work(r), want)
			}
			for _, lang := range []string{"c", "c-par"} {
				if !slices.Contains(limits, fmt.Sprint(lang, want)) {
					t.Errorf("%s has no limit of %s with set, reads and writes %v", name, lang, want)
				}
			}
		}
	}
	if len(seen) != len(declared) {
		t.Errorf("timed are %v, want all of %v", seen, declared)
	}
}
