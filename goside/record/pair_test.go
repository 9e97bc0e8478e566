// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package record_test

import (
	"math"
	"slices"
	"testing"

	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// rows returns those of a record of the series.
func rows(t *testing.T, series ...measure.Series) []*record.Row {
	t.Helper()
	return pagetest.Written(t, nil, series).Of("X")
}

func TestFind(t *testing.T) {
	all := rows(t,
		pagetest.One("X/op=noop/lang=c/via=cgo/n=1/grain=row", nil, 1),
		pagetest.One("X/op=noop/lang=c/via=cgo/n=1/grain=row/entry=again", nil, 2),
		pagetest.One("X/op=noop/lang=go/via=direct/n=1/grain=row", nil, 8),
		pagetest.One("X/kernel=ols/lang=c/via=cgo/layout=col/n=64", nil, 4),
		pagetest.One("Y/op=noop/lang=c/via=cgo/n=1", nil, 5))
	for query, want := range map[string][]float64{
		"/op:noop":                      {1, 8},
		"/op:noop /lang:c":              {1},
		"/op:noop /lang:c /entry:again": {2},
		"/op:noop /lang:c /entry:/.*/":  {1, 2},
		"/grain:row -/lang:c":           {8},
		"/layout:col /n:64":             {4},
		"/n:65":                         nil,
	} {
		var got []float64
		for _, r := range record.Find(all, "%s", query) {
			got = append(got, r.Wall()[0])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", query, got, want)
		}
	}
	if r := record.First(all, "/kernel:%s", "ols"); r == nil || r.Wall()[0] != 4 {
		t.Errorf("the first row of ols is %+v", r)
	}
	if r := record.First(all, "/kernel:julia"); r != nil {
		t.Errorf("found %+v, want nothing", r)
	}
	defer func() {
		if recover() == nil {
			t.Error("what is no filter was taken for one")
		}
	}()
	record.Find(all, "/op:(")
}

// TestFloor: the floor is the farther end of the interval of the two entries' ratio; without two, or too few rounds, it is
// not known, and nothing differs.
func TestFloor(t *testing.T) {
	once, scaled := []float64{10, 20, 30, 40, 50, 60}, func(by ...float64) []float64 {
		all := []float64{10, 20, 30, 40, 50, 60}
		for k := range all {
			all[k] *= by[k%len(by)]
		}
		return all
	}
	const name = "X/op=noop/lang=c/via=cgo/n=1"
	for _, c := range []struct {
		name  string
		again measure.Series
		want  float64
	}{
		{"slower", pagetest.One(name+"/entry=again", nil, scaled(1.04)...), 0.04},
		{"faster", pagetest.One(name+"/entry=again", nil, scaled(0.95)...), 0.05},
		{"both ways", pagetest.One(name+"/entry=again", nil, scaled(0.9, 1.02)...), 0.1},
		{"equal", pagetest.One(name+"/entry=again", nil, once...), 0},
		{"none", pagetest.One("X/op=noop/lang=c/via=purego/n=1", nil, once...), math.Inf(1)},
		{"a reference", pagetest.One(name+"/entry=reference", nil, once...), math.Inf(1)},
		{"of another route", pagetest.One("X/op=noop/lang=c/via=purego/n=1/entry=again", nil, once...), math.Inf(1)},
		{"of other rounds", pagetest.One(name+"/entry=again", nil, once[:5]...), math.Inf(1)},
	} {
		if got := record.Floor(rows(t, pagetest.One(name, nil, once...), c.again)); got != c.want && !(math.Abs(got-c.want) < 1e-9) {
			t.Errorf("%s: the floor is %v, want %v", c.name, got, c.want)
		}
	}
	if got := record.Floor(rows(t, pagetest.One(name, nil, once[:5]...), pagetest.One(name+"/entry=again", nil, once[:5]...))); !math.IsInf(got, 1) {
		t.Errorf("of five rounds the floor is %v, want it unknown", got)
	}
}

// TestEffectOf: rounds are paired, so that what all rows of a round share is no effect.
func TestEffectOf(t *testing.T) {
	all := rows(t,
		pagetest.One("X/op=base/lang=c/via=cgo/n=1", nil, 10, 20, 40, 80, 160, 320),
		pagetest.One("X/op=tenth/lang=c/via=cgo/n=1", nil, 11, 22, 44, 88, 176, 352),
		pagetest.One("X/op=equal/lang=c/via=cgo/n=1", nil, 10, 20, 40, 80, 160, 320),
		pagetest.One("X/op=less/lang=c/via=cgo/n=1", nil, 8, 18, 38, 78, 158, 318),
		pagetest.One("X/op=few/lang=c/via=cgo/n=1", nil, 8, 18, 38))
	base := record.First(all, "/op:base")
	for _, c := range []struct {
		op         string
		floor      float64
		differs    bool
		ratio, ns  float64
		comparable bool
	}{
		{"tenth", 0.05, true, 1.1, 6, true},
		{"tenth", 0.15, false, 1.1, 6, true},
		{"tenth", math.Inf(1), false, 1.1, 6, true},
		{"equal", 0, false, 1, 0, true},
		{"less", 0.01, true, 0.9625, -2, true},
		{"few", 0, false, 0, 0, false},
		{"absent", 0, false, 0, 0, false},
	} {
		e, ok := record.EffectOf(record.First(all, "/op:%s", c.op), base, c.floor)
		if ok != c.comparable || e.Differs != c.differs || !(math.Abs(e.Ratio.Median-c.ratio) < 1e-9) || !(math.Abs(e.Ns.Median-c.ns) < 1e-9) {
			t.Errorf("%s above a floor of %v: %+v, comparable %t; want %+v", c.op, c.floor, e, ok, c)
		}
	}
	if _, ok := record.WallRatio(base, record.First(all, "/op:few")); ok {
		t.Error("rows of different rounds have a ratio")
	}
}
