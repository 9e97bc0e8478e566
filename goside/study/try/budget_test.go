// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"errors"
	"strings"
	"testing"

	"toll/goside/seam"
)

func TestParseBudget(t *testing.T) {
	got, err := ParseBudget("p99<2us, allocs=0,cgo:overhead<=5%,p99.9@100<1ms,bytes<4KiB,time>=10ns")
	if err != nil {
		t.Fatal(err)
	}
	want := []Limit{
		{"p99<2us", "", "p99", "1", "<", 2000},
		{"allocs=0", "", "allocs", "", "=", 0},
		{"cgo:overhead<=5%", "cgo", "overhead", "", "<=", 0.05},
		{"p99.9@100<1ms", "", "p99.9", "100", "<", 1e6},
		{"bytes<4KiB", "", "bytes", "", "<", 4096},
		{"time>=10ns", "", "time", "", ">=", 10},
	}
	if len(got) != len(want) {
		t.Fatalf("%d limits, want %d", len(got), len(want))
	}
	for k := range want {
		if got[k] != want[k] {
			t.Errorf("%+v, want %+v", got[k], want[k])
		}
	}
	for budget, says := range map[string]string{
		"":                    `column 1: "": has no <`,
		"p99<2us,":            "column 9",
		"p99":                 "has no <",
		"p98<2us":             `"p98" is no figure, want one of time, p50`,
		"allocs=0,p99<2":      `column 10: "p99<2": the unit of p99 is "", want ms, ns, s, us, µs`,
		"p99<2KiB":            `the unit of p99 is "KiB"`,
		"allocs<1ns":          `allocs has no unit, found "ns"`,
		"time@2<1ns":          "time has no number of goroutines",
		"p99@none<1ns":        `"none" is no number of goroutines`,
		"p99<fast":            `"fast" is no bound`,
		"p99<-1ns":            "is no bound, want a number from 0 on",
		"time<1ns,overhead<5": `the unit of overhead is "", want %`,
	} {
		_, err := ParseBudget(budget)
		if _, usage := errors.AsType[seam.UsageError](err); !usage || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want one of usage that says %q", budget, err, says)
		}
	}
}

func TestJudge(t *testing.T) {
	r := made(t)
	for budget, want := range map[string]string{
		"time<20us,cgo:overhead<50%,allocs<=3": "",
		"direct:time<1us":                      "",
		"cgo:time<100ns":                       "broken cgo:time<100ns: norm n=1000 by c/cgo is 155 ns (150 ns to 159 ns), want < 100 ns",
		"cgo:time<155ns":                       "unsure cgo:time<155ns: norm n=1000 by c/cgo is 155 ns (150 ns to 159 ns), want < 155 ns: not told apart",
		"cgo:allocs=0":                         "broken cgo:allocs=0: norm n=1000 by c/cgo is 3.00, want = 0",
		"wasm:time<1s":                         "broken wasm:time<1s: nothing was measured that it is of",
		"p99@2<1us":                            "",
		"p99@2<50ns":                           "broken p99@2<50ns: norm n=1000 by c/cgo is 90.0 ns, want < 50.0 ns",
		"p99@7<50ns":                           "broken p99@7<50ns: nothing was measured that it is of",
		"cgo:overhead<10%":                     "broken cgo:overhead<10%: norm n=1000 by c/cgo is 20%, want < 10%",
	} {
		limits, err := ParseBudget(budget)
		if err != nil {
			t.Fatal(err)
		}
		broken, unsure := Judge(r, limits)
		var said []string
		for _, s := range broken {
			said = append(said, "broken "+s)
		}
		for _, s := range unsure {
			said = append(said, "unsure "+s)
		}
		if got := strings.Join(said, "\n"); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", budget, got, want)
		}
	}
}
