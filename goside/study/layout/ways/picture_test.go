// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"errors"
	"image/color"
	"strconv"
	"strings"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
	"toll/goside/study/layout/walk"
)

// transposerOne returns a row of the study of transpositions.
func transposerOne(route, how, ld string, n int, wall float64) measure.Series {
	name := record.Name{Study: transposeName, Kernel: "transpose", Layout: "row", N: strconv.Itoa(n), Keys: []record.Key{{Key: "how", Value: how}, {Key: "ld", Value: ld}}}
	name.Lang, name.Via, _ = strings.Cut(route, "/")
	if first, ok := strings.CutSuffix(name.Lang, "-again"); ok {
		name.Lang, name.Entry = first, record.EntryAgain
	}
	return pagetest.One(name.String(), nil, pagetest.Times(wall)...)
}

// transposerSeries returns ways to transpose of three sides: the k-th takes k ns.
func transposerSeries(lds ...string) []measure.Series {
	var all []measure.Series
	for _, n := range []int{32, 64, 728} {
		for _, ld := range lds {
			for k, way := range []transposer{{"go/direct", howCopy}, {"c/cgo", howBlocked}, {"c/cgo", howNaive},
				{"c-again/cgo", howBlocked}, {"rust-par/cgo", howBlocked}, {"numpy/cpython", howCopyto}} {
				all = append(all, transposerOne(way.route, way.how, ld, n, 1+float64(k)))
			}
		}
	}
	return all
}

func TestTransposePicture(t *testing.T) {
	machine := []measure.Fact{{Key: "caches", Value: "L1d 32768, L2 1048576, L3 33554432"}, {Key: "tlb", Value: "3072"}}
	record := pagetest.Written(t, machine, transposerSeries(walk.UnitLD, walk.PaddedLD))
	draw := func() (*chart.Picture, error) { return transposePicture(record) }
	texts := charttest.DrawnText(t, draw)
	charttest.WantTexts(t, texts, 1, "go/direct copy", "c/cgo blocked", "c/cgo naive", "numpy/cpython copyto", "leading dimension n",
		"leading dimension padded to an odd number of cache lines")
	charttest.WantTexts(t, texts, 2, "L1", "L2", "64", "512", "ns")
	charttest.WantTexts(t, texts, 0, "c-again/cgo blocked", "rust-par/cgo blocked")
	pixels, _ := charttest.DrawnPixels(t, draw)
	for _, way := range []transposer{{"c/cgo", howBlocked}, {"numpy/cpython", howCopyto}, {"go/direct", howCopy}} {
		line, _ := way.style([]string{"c/cgo", "numpy/cpython"})
		if n := pixels[color.RGBAModel.Convert(line.Color).(color.RGBA)]; n < 100 {
			t.Errorf("%s has %d pixels of its colour, want a line", way.String(), n)
		}
	}

	record = pagetest.Written(t, nil, transposerSeries(walk.UnitLD))
	texts = charttest.DrawnText(t, draw)
	charttest.WantTexts(t, texts, 1, "leading dimension n", "c/cgo naive")
	charttest.WantTexts(t, texts, 0, "leading dimension padded to an odd number of cache lines", "L1")
	if _, err := transposePicture(pagetest.Written(t, nil, []measure.Series{loopSeries("c", 32, 1)})); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("without transpositions the error is %v, want %v", err, chart.ErrNothing)
	}
}
