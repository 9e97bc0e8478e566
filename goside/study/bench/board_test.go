// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study"
)

// boardOf returns the toll board of a record of the series.
func boardOf(t *testing.T, series []measure.Series) *study.Board {
	t.Helper()
	return Study.Board(page.New(io.Discard, pagetest.Written(t, pagetest.Facts, series), page.Style{}))
}

// crossed returns two kernels and a call on five routes, whose noise floor is 2 %, without the limits but the empty loop.
func crossed() []measure.Series {
	noop := pagetest.Problem("noop n=1", "call", "", "", "", "")
	all := []measure.Series{pagetest.One("Limits/op=loop/lang=go/via=direct/n=1", pagetest.Problem("loop", "turn", "", "", "", ""), pagetest.Times(0.5)...)}
	for _, r := range []struct {
		route            string
		call, julia, ols float64
	}{
		{"lang=go/via=direct", 2, 1e8, 3e6},
		{"lang=c/via=cgo", 25, 1e8, 1e6},
		{"lang=c/via=cgo/n=1/entry=again", 25.49, 1.02e8, 1.02e6},
		{"lang=fortran/via=cgo", 25, 1.01e8, 0.8e6},
		{"lang=rust-par/via=cgo", 25, 0.5e8, 0.5e6},
		{"lang=c/via=syscalln", 60.5, 1e8, 1.01e6},
		{"lang=c/via=purego", 120.5, 1e8, 1.05e6},
		{"lang=fortran/via=purego", 121, 1e8, 0.81e6},
	} {
		name := record.ParseName("Call/op=noop/" + r.route)
		name.N = "1"
		kernel := func(kernel string) string {
			k := name
			k.Study, k.Kernel, k.Op = "Kernels", kernel, ""
			return k.String()
		}
		all = append(all,
			pagetest.One(name.String(), noop, pagetest.Times(r.call)...),
			pagetest.One(kernel("julia"), pagetest.Problem("julia", "image", "", "", "", ""), pagetest.Times(r.julia)...),
			pagetest.One(kernel("ols"), pagetest.Problem("ols", "matrix", "", "", "", ""), pagetest.Times(r.ols)...))
	}
	return all
}

// TestBoard: the loop is subtracted, as in the tables; what is within noise is no difference.
func TestBoard(t *testing.T) {
	b := boardOf(t, crossed())
	var got []string
	for _, c := range b.Crossings {
		got = append(got, fmt.Sprintf("%s %s %.1f", c.Crossing, c.Row.Route(), c.Call.Median))
	}
	if diff := cmp.Diff([]string{"plain Go go/direct 1.5", "cgo c/cgo 24.5", "purego, SyscallN c/syscalln 60.0",
		"purego, RegisterFunc c/purego 120.0"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if math.Abs(b.Floor-0.02) > 1e-9 { // 24.99 to 24.5
		t.Errorf("the floor is %v, want 0.02", b.Floor)
	}
	if diff := cmp.Diff([]string{
		"A call that passes nothing takes 24.5 ns through cgo, 60.0 ns through purego's SyscallN and 120 ns through purego's RegisterFunc; " +
			"a plain Go call takes 1.50 ns.",
		"With 810 µs of work or more in a call, the choice of the crossing changes 1 of 6 kernel rows beyond noise, which is ±2% in the median row; " +
			"the largest change is +5.0% (ols of c/purego).",
		"Relative to serial C through cgo, plain Go takes 1.00 (julia) to 3.0 times (ols) as long; " +
			"serial Fortran kernels take 0.80 (ols) to 1.00 times (julia) as long.",
	}, b.Says); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestBoardTuned: tuned languages are reached through crossings, but are no languages to compare C with.
func TestBoardTuned(t *testing.T) {
	plain, all := boardOf(t, crossed()), crossed()
	for _, s := range crossed() {
		if name := record.ParseName(s.Subject.Name); name.Kernel != "" && name.Lang == "c" && name.Entry == "" {
			name.Lang = "c-simd"
			times := s.Samples[0].Wall / 10
			if name.Via == "purego" {
				times *= 1.2
			}
			all = append(all, pagetest.One(name.String(), s.Subject.Facts, pagetest.Times(times)...))
		}
	}
	tuned := boardOf(t, all)
	if tuned.Says[0] != plain.Says[0] || tuned.Says[2] != plain.Says[2] {
		t.Errorf("with tuned languages it says\n%q, want of calls and languages what it says without:\n%q", tuned.Says, plain.Says)
	}
	if want := "With 101 µs of work or more in a call, the choice of the crossing changes 3 of 10 kernel rows beyond noise, which is ±2% in the median row; " +
		"the largest change is +26.0% (ols of c-simd/purego)."; tuned.Says[1] != want {
		t.Errorf("says %q, want %q", tuned.Says[1], want)
	}
}

// TestBoardLess: a record may lack routes or kernels, and what scatters is said with its spread.
func TestBoardLess(t *testing.T) {
	without := func(drop func(n record.Name) bool) *study.Board {
		return boardOf(t, slices.DeleteFunc(crossed(), func(s measure.Series) bool { return drop(record.ParseName(s.Subject.Name)) }))
	}
	for what, c := range map[string]struct {
		drop func(n record.Name) bool
		want []string
	}{
		"calls through cgo alone": {func(n record.Name) bool { return n.Study == "Kernels" || n.Study == "Call" && n.Via != "cgo" },
			[]string{"A call that passes nothing takes 24.5 ns through cgo."}},
		"plain Go alone": {func(n record.Name) bool { return n.Lang != "go" }, nil},
		"nothing beyond noise, and serial C alone": {func(n record.Name) bool {
			return n.Study == "Kernels" && (n.Kernel == "ols" || n.Lang != "c") || n.Study == "Call" && n.Via == "direct"
		}, []string{
			"A call that passes nothing takes 24.5 ns through cgo, 60.0 ns through purego's SyscallN and 120 ns through purego's RegisterFunc.",
			"With 100 ms of work or more in a call, the choice of the crossing changes none of 2 kernel rows beyond noise, which is ±2% in the median row.",
		}},
		"one kernel on two languages": {func(n record.Name) bool {
			return n.Study == "Kernels" && (n.Kernel == "julia" || n.Via != "cgo") || n.Study == "Call" && n.Via != "cgo"
		}, []string{"A call that passes nothing takes 24.5 ns through cgo.",
			"Relative to serial C through cgo, serial Fortran kernels take 0.80 times (ols) as long."}},
		"one kernel in plain Go, as fast as C": {func(n record.Name) bool {
			return n.Study == "Kernels" && (n.Kernel == "ols" || n.Route() != "go/direct" && n.Route() != "c/cgo") || n.Study == "Call" && n.Via != "cgo"
		}, []string{"A call that passes nothing takes 24.5 ns through cgo.", "Relative to serial C through cgo, plain Go takes as long, within noise."}},
		"an unknown floor": {func(n record.Name) bool {
			return n.Entry != "" && n.Study == "Kernels" || n.Study == "Call" && n.Via != "cgo"
		},
			[]string{"A call that passes nothing takes 24.5 ns through cgo."}},
	} {
		if diff := cmp.Diff(c.want, without(c.drop).Says); diff != "" {
			t.Errorf("%s: -want +got:\n%s", what, diff)
		}
	}
	if b := without(func(n record.Name) bool { return n.Study == "Call" }); b != nil {
		t.Errorf("without calls the board is %v, want none", b)
	}
	scattered := boardOf(t, pagetest.Routes())
	if want := "A call that passes nothing takes 20.0 ns to 40.0 ns through cgo."; scattered.Says[0] != want {
		t.Errorf("says %q, want %q", scattered.Says[0], want)
	}
	if !math.IsInf(scattered.Floor, 1) {
		t.Errorf("the floor is %v, want none", scattered.Floor)
	}
}
