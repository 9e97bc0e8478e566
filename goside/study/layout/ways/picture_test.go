// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package ways

import (
	"errors"
	"fmt"
	"image/color"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/study/layout/walk"
)

func TransposeSeries(lds ...string) []measure.Series {
	var all []measure.Series
	for _, n := range []int{32, 64, 728} {
		for _, ld := range lds {
			for k, way := range []string{"lang=go/via=direct copy", "lang=c/via=cgo blocked", "lang=c/via=cgo naive",
				"lang=c-again/via=cgo blocked", "lang=rust-par/via=cgo blocked", "lang=numpy/via=cpython copyto"} {
				route, how, _ := strings.Cut(way, " ")
				name := fmt.Sprintf("%s/kernel=transpose/%s/layout=row/n=%d/how=%s/ld=%s", TransposeName, route, n, how, ld)
				all = append(all, pagetest.One(name, nil, pagetest.Times(1+float64(k))...))
			}
		}
	}
	return all
}

func TestTransposePicture(t *testing.T) {
	record := pagetest.Written(t, walk.LayoutFacts, TransposeSeries(walk.UnitLD, walk.PaddedLD))
	draw := func(path string) error { return TransposePicture(record, path) }
	texts := charttest.DrawnText(t, draw)
	charttest.WantTexts(t, texts, 1, "go/direct copy", "c/cgo blocked", "c/cgo naive", "numpy/cpython copyto", "leading dimension n",
		"leading dimension padded to an odd number of cache lines")
	charttest.WantTexts(t, texts, 2, "L1", "L2", "64", "512", "ns")
	charttest.WantTexts(t, texts, 0, "c-again/cgo blocked", "rust-par/cgo blocked")
	pixels, _ := charttest.DrawnPixels(t, draw)
	for _, way := range []transposer{{"c/cgo", HowBlocked}, {"numpy/cpython", HowCopyto}, {"go/direct", HowCopy}} {
		line, _ := way.style([]string{"c/cgo", "numpy/cpython"})
		if n := pixels[color.RGBAModel.Convert(line.Color).(color.RGBA)]; n < 100 {
			t.Errorf("%s has %d pixels of its colour, want a line", way.String(), n)
		}
	}

	record = pagetest.Written(t, nil, TransposeSeries(walk.UnitLD))
	texts = charttest.DrawnText(t, draw)
	charttest.WantTexts(t, texts, 1, "leading dimension n", "c/cgo naive")
	charttest.WantTexts(t, texts, 0, "leading dimension padded to an odd number of cache lines", "L1")
	if err := TransposePicture(pagetest.Written(t, nil, walk.LayoutSeries(walk.LoopKernels, 32)), filepath.Join(t.TempDir(), "none.svg")); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("without transpositions the error is %v, want %v", err, chart.ErrNothing)
	}
}
