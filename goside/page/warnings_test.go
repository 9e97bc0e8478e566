// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page_test

import (
	"strings"
	"testing"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
)

func TestWarnings(t *testing.T) {
	quiet := []measure.Series{pagetest.One("Kernels/kernel=julia/lang=c/via=cgo/n=1", nil, pagetest.Times(5)...)}
	for _, c := range []struct {
		key, value, want string
	}{
		{"others", "0.4% others, 0.1% host", ""},
		{"others", "unknown", ""},
		{"others", "7.5% others, 0.1% host", "other processes took 7.5% of all cores' time"},
		{"others", "0.4% others, 12.0% host", "the host of this virtual machine took 12.0% of its cores' time"},
		{"clock-step", "30ns", ""},
		{"clock-step", "15ms", "the clock is coarse, with steps of 15ms"},
		{"collections", "0", ""},
		{"collections", "3", "garbage was collected 3 times while the clock ran"},
		{"interrupted", "after 2 of 9 rounds, stopped by a signal: interrupt", "the run was cut short after 2 of 9 rounds, stopped by a signal: interrupt"},
	} {
		got := strings.Join(page.Warnings(pagetest.Written(t, []measure.Fact{{Key: c.key, Value: c.value}}, quiet)), "\n")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s: warned %q, want %q", c.key, c.value, got, c.want)
		}
	}
	few := []measure.Series{pagetest.One("Kernels/kernel=julia/lang=c/via=cgo/n=1", nil, 1, 2, 3)}
	if got := page.Warnings(pagetest.Written(t, nil, few)); len(got) != 1 || got[0] != "3 rounds are too few for intervals, want at least 6" {
		t.Errorf("warned %q of 3 rounds", got)
	}
	got := page.Warnings(pagetest.Written(t, nil, []measure.Series{quiet[0], pagetest.One("Kernels/kernel=ols/lang=c/via=cgo/layout=row/n=1", nil, 1, 2, 3, 4, 5, 6, 7)}))
	if len(got) != 1 || !strings.Contains(got[0], "1 of 2 series are unstable, the worst: ols row of c/cgo (±75%)") {
		t.Errorf("warned %q", got)
	}
}
