// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/study"
)

var layoutFacts = []measure.Fact{{Key: "caches", Value: "L1d 32768, L2 1048576, L3 33554432"}, {Key: "tlb", Value: "3072"}}

// layoutWall returns what a walk takes in layoutSeries, in ns: all that a line is of changes it.
func layoutWall(lang string, w study.Walk) float64 {
	wall := map[string]float64{"go": 2, "c": 1, "c-again": 1.02, "rust-par": 77}[lang]
	if w.Interchanged {
		wall *= map[string]float64{study.UnitLD: 4, study.PaddedLD: 0.3, study.PowerLD: 15}[w.LD]
		if w.LD == study.UnitLD && w.Elements()&(w.Elements()-1) == 0 {
			wall *= 3
		}
	}
	if w.Interchanged && w.Layout == kernel.Col {
		wall *= 4 // which doubles the geometric mean
	}
	if w.Layout == kernel.Col {
		wall *= 1.6
	}
	return wall * map[string]float64{study.UnitLD: 1, study.PaddedLD: 1.3, study.PowerLD: 0.8}[w.LD]
}

func walkSeries(lang string, w study.Walk, wall float64) measure.Series {
	name, rest, _ := strings.Cut(w.String(), "/")
	facts := []measure.Fact{{Key: "problem", Value: "loops " + name}}
	return one(fmt.Sprintf("%s/kernel=%s/lang=%s/via=cgo/%s", study.LoopsName, name, lang, rest), facts, times(wall)...)
}

func layoutSeries(kernels []string, sizes ...int) []measure.Series {
	var all []measure.Series
	for _, n := range sizes {
		for _, w := range study.Walks(kernels, n) {
			for _, lang := range []string{"go", "c", "c-again", "rust-par"} {
				all = append(all, walkSeries(lang, w, layoutWall(lang, w)))
			}
		}
	}
	return all
}

func transposeSeries(lds ...string) []measure.Series {
	var all []measure.Series
	for _, n := range []int{32, 64, 728} {
		for _, ld := range lds {
			for k, way := range []string{"lang=go/via=direct copy", "lang=c/via=cgo blocked", "lang=c/via=cgo naive",
				"lang=c-again/via=cgo blocked", "lang=rust-par/via=cgo blocked", "lang=numpy/via=cpython copyto"} {
				route, how, _ := strings.Cut(way, " ")
				name := fmt.Sprintf("%s/kernel=transpose/%s/layout=row/n=%d/how=%s/ld=%s", study.TransposeName, route, n, how, ld)
				all = append(all, one(name, nil, times(1+float64(k))...))
			}
		}
	}
	return all
}

// drawnText returns the texts of a picture, drawn as svg, with their places from the left.
func drawnText(t *testing.T, picture func(path string) error) map[string][]float64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "picture.svg")
	if err := picture(path); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]float64{}
	for _, match := range regexp.MustCompile(`(?s)<text x="([^"]+)"[^>]*>([^<]*)<`).FindAllSubmatch(svg, -1) {
		x, err := strconv.ParseFloat(string(match[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		texts[string(match[2])] = append(texts[string(match[2])], x)
	}
	return texts
}

// drawnPixels returns how many pixels of a picture, drawn as png, have each color, and its width.
func drawnPixels(t *testing.T, picture func(path string) error) (pixels map[color.RGBA]int, width int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "picture.PNG")
	if err := picture(path); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	pixels = map[color.RGBA]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			pixels[color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)]++
		}
	}
	return pixels, img.Bounds().Dx()
}

func wantTexts(t *testing.T, texts map[string][]float64, count int, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if got := len(texts[want]); got != count {
			t.Errorf("the picture has %q %d times, want %d", want, got, count)
		}
	}
}

func TestLoopsPicture(t *testing.T) {
	series := layoutSeries([]string{"diffusion"}, 32, 64, 184, 728, 2048)
	record := written(t, layoutFacts, series)
	draw := func(path string) error { return LoopsPicture(record, "diffusion", path) }

	pixels, width := drawnPixels(t, draw)
	for interchanged, lds := range walkColors {
		for ld, colors := range lds {
			for k, c := range colors {
				if pixels[c] < 100 {
					t.Errorf("interchanged %v, ld %s, %v: %d pixels of its colour, want a line", interchanged, ld, kernel.Layout(k), pixels[c])
				}
			}
		}
	}
	if width < 1200 || width > 1400 {
		t.Errorf("the picture is %d wide, want what a screen shows", width)
	}

	texts := drawnText(t, draw)
	wantTexts(t, texts, 1, "go", "c", "row-major", "column-major", "matched loops, leading dimension", "interchanged loops, leading dimension")
	wantTexts(t, texts, 2, "padded", "pow2 (the next power of two)", "L1", "L2", "L3", "TLB", "32", "512", "2048", "ns", "10")
	wantTexts(t, texts, 0, "c-again", "rust-par", "8192", "184")
	for panel := range texts["L3"] { // of which the marks are less than a label apart
		if gap := texts["TLB"][panel] - texts["L3"][panel]; gap < float64(textStyle(11.5).Width("L3")) {
			t.Errorf("TLB begins %.3g after L3 in panel %d, and overlaps it", gap, panel)
		}
	}

	for _, tlb := range []string{"", "unknown", "0"} {
		record := written(t, []measure.Fact{layoutFacts[0], {Key: "tlb", Value: tlb}}, series)
		texts := drawnText(t, func(path string) error { return LoopsPicture(record, "diffusion", path) })
		wantTexts(t, texts, 0, "TLB")
		wantTexts(t, texts, 1, "L1, L2, L3: from here on the two matrices fill that cache")
	}
	wantTexts(t, drawnText(t, func(path string) error { return LoopsPicture(written(t, nil, series), "diffusion", path) }), 0, "L1", "L3", "TLB")

	powers := written(t, layoutFacts, layoutSeries([]string{"ols"}, 64, 128))
	texts = drawnText(t, func(path string) error { return LoopsPicture(powers, "ols", path) })
	wantTexts(t, texts, 2, "unit (the side n)", "padded", "L1")
	wantTexts(t, texts, 0, "pow2 (the next power of two)", "L2") // no row, and beyond the sizes
	path := filepath.Join(t.TempDir(), "powers.svg")
	if err := LoopsPicture(powers, "ols", path); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, ld := range leadingDimensions {
		c := walkColors[true][ld][0]
		if drawn := strings.Contains(string(svg), fmt.Sprintf("stroke:#%02X%02X%02X", c.R, c.G, c.B)); drawn != (ld != study.PowerLD) {
			t.Errorf("without a row of pow2, a line of %s is drawn: %v", ld, drawn)
		}
	}

	folder := t.TempDir()
	if err := LoopsPicture(record, "ols", filepath.Join(folder, "none.png")); !errors.Is(err, errNothing) || !strings.Contains(err.Error(), "ols") {
		t.Errorf("for a kernel that the record lacks the error is %v, want one that names it", err)
	}
	if err := draw(filepath.Join(folder, "loops.xyz")); err == nil || !strings.Contains(err.Error(), "loops.xyz") {
		t.Errorf("for a format that there is not the error is %v, want one that names the file", err)
	}
	if err := draw(filepath.Join(folder, "gone", "loops.png")); err == nil {
		t.Error("a picture was written into a folder that there is not")
	}
}

func TestWalksOfPowers(t *testing.T) {
	w := written(t, nil, layoutSeries([]string{"diffusion"}, 64, 184)).walks(false)
	if want := []string{"go", "c"}; !slices.Equal(w.langs, want) {
		t.Errorf("languages %v, want %v: neither the noise pair nor parallel ones", w.langs, want)
	}
	for n, want := range map[int]float64{64: 12, 184: 15 * 0.8} {
		row := w.find("c", study.Walk{Kernel: "diffusion", Layout: kernel.Row, Interchanged: true, LD: study.PowerLD, N: n})
		if row == nil || math.Abs(pictured(row)-want) > 1e-5 {
			t.Errorf("the line of powers of two goes through %v at %d, want %v ns", row, n, want)
		}
	}
	if row := w.find("c", study.Walk{Kernel: "diffusion", Layout: kernel.Row, LD: study.PowerLD, N: 128}); row != nil {
		t.Errorf("at a side that was not measured there is %v", row)
	}
}

func TestSideMarks(t *testing.T) {
	for _, c := range []struct {
		matrices, swept float64
		tlb             string
		want            []sideMark
	}{
		{1, 1, "3584", []sideMark{{"L1", 64}, {"L2", math.Sqrt(1 << 17)}, {"L3", 2048}, {"TLB", 3584}}},
		{2, 2, "2048", []sideMark{{"L1", math.Sqrt(1 << 11)}, {"L2", 256}, {"TLB", 1024}, {"L3", math.Sqrt(1 << 21)}}},
		{2, 1, "3584", []sideMark{{"L1", math.Sqrt(1 << 11)}, {"L2", 256}, {"L3", math.Sqrt(1 << 21)}, {"TLB", 3584}}},
		{1, 1, "128", []sideMark{{"L1", 64}, {"TLB", 256}, {"L2", math.Sqrt(1 << 17)}, {"L3", 2048}}}, // 256 lines of 2 KiB
	} {
		record := written(t, []measure.Fact{layoutFacts[0], {Key: "tlb", Value: c.tlb}}, series())
		if got := record.sideMarks(c.matrices, c.swept); !slices.Equal(got, c.want) {
			t.Errorf("of %v matrices with %s pages the marks are %v, want %v", c.matrices, c.tlb, got, c.want)
		}
	}
}

func TestPenaltyPicture(t *testing.T) {
	series := slices.DeleteFunc(layoutSeries(study.LoopKernels, 64, 184), func(s measure.Series) bool {
		return strings.Contains(s.Subject.Name, "ols") && strings.Contains(s.Subject.Name, "lang=go") && strings.Contains(s.Subject.Name, "n=64/loops=matched")
	})
	for _, w := range study.Walks([]string{"ols"}, 728) { // whose rounds differ, and of which one layout is there
		wall := map[bool]float64{false: 1, true: 7}[w.Interchanged]
		c := walkSeries("c", w, wall)
		if w.Interchanged {
			c.Samples = c.Samples[1:]
		}
		series = append(series, c)
		if w.Layout == kernel.Row {
			series = append(series, walkSeries("go", w, wall))
		}
	}
	record := written(t, nil, series)
	draw := func(path string) error { return PenaltyPicture(record, path) }

	got := map[string][]float64{}
	for _, p := range record.walks(false).penalties() {
		got[p.label()] = p.ratios
	}
	for label, want := range map[string][]float64{ // at 64, 184 and 728
		"diffusion c row unit": {12, 4, 0}, "diffusion c row padded": {0.3, 0.3, 0}, "diffusion c row pow2": {12, 15, 0},
		"diffusion c col unit": {48, 16, 0}, "diffusion c col padded": {1.2, 1.2, 0}, "diffusion c col pow2": {48, 60, 0},
		"ols go row unit": {0, 4, 7}, "ols go row pow2": {0, 15, 7}, "ols go col pow2": {0, 60, 0}, "ols c row unit": {12, 4, 0},
	} {
		if len(got[label]) != len(want) {
			t.Errorf("%s: penalties %v, want %v", label, got[label], want)
			continue
		}
		for k := range want {
			if math.Abs(got[label][k]-want[k]) > 1e-5 {
				t.Errorf("%s: penalties %v, want %v", label, got[label], want)
				break
			}
		}
	}

	texts := drawnText(t, draw)
	wantTexts(t, texts, 1, "diffusion go row unit", "diffusion c col pow2", "ols go row padded", "ols c col unit", "64", "184", "728", "1x", "64x", "1/2x")
	wantTexts(t, texts, 4, "60x", "15x", "4.0x")
	wantTexts(t, texts, 5, "16x") // one of them below the colours
	wantTexts(t, texts, 6, "48x", "12x")
	wantTexts(t, texts, 7, "0.3x", "1.2x") // and ols go padded at 64 is blank
	wantTexts(t, texts, 3, "7.0x")
	wantTexts(t, texts, 0, "diffusion c-again row unit", "diffusion rust-par row unit", "0x", "0.0x")
	pixels, width := drawnPixels(t, draw)
	for _, ratio := range []float64{0.3, 4, 12, 15, 16, 48, 60} {
		if c := penaltyColor(math.Log2(ratio) / 6); pixels[c] < 1500 {
			t.Errorf("%d pixels have the colour of %v times, %v, want a cell", pixels[c], ratio, c)
		}
	}
	if width > 1450 {
		t.Errorf("the picture is %d wide, want what a screen shows", width)
	}

	var none []measure.Series
	for _, s := range series {
		if strings.Contains(s.Subject.Name, "interchanged") {
			none = append(none, s)
		}
	}
	if err := PenaltyPicture(written(t, nil, none), filepath.Join(t.TempDir(), "none.svg")); !errors.Is(err, errNothing) {
		t.Errorf("without matched loops the error is %v, want %v", err, errNothing)
	}
}

// TestPenaltyPictureFits: all that a full record has fits a screen.
func TestPenaltyPictureFits(t *testing.T) {
	var all []measure.Series
	for _, n := range study.LoopSizes(true) {
		for _, w := range study.Walks(study.LoopKernels, n) {
			for _, lang := range []string{"go", "c", "fortran", "rust"} {
				all = append(all, walkSeries(lang, w, map[bool]float64{false: 1, true: 3}[w.Interchanged]))
			}
		}
	}
	record := written(t, nil, all)
	if lines := len(record.walks(false).penalties()); lines != 48 {
		t.Errorf("%d lines, want one for each kernel, layout, language and leading dimension", lines)
	}
	path := filepath.Join(t.TempDir(), "full.png")
	if err := PenaltyPicture(record, path); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if size, err := png.DecodeConfig(file); err != nil || size.Width > 1500 || size.Height > 1500 || size.Width < 1000 || size.Height < 1000 {
		t.Errorf("the picture is %d x %d, %v, want what a screen shows", size.Width, size.Height, err)
	}
}

func TestPenaltyColor(t *testing.T) {
	if got := penaltyColor(0); got != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("1x is %v, want white", got)
	}
	for _, share := range []float64{0.1, 0.3, 0.6, 1, 7} {
		if c := penaltyColor(share); c.R <= c.B || c.R <= c.G {
			t.Errorf("slower by %v of all is %v, want a red", share, c)
		}
		if c := penaltyColor(-share); c.B <= c.R || c.B <= c.G {
			t.Errorf("faster by %v of all is %v, want a blue", share, c)
		}
	}
	for ratio, want := range map[float64]string{15.4: "15x", 9.96: "10x", 9.94: "9.9x", 1: "1.0x", 0.94: "0.9x", 0.031: "0.03x"} {
		if got := timesAsLong(ratio); got != want {
			t.Errorf("%v is %s, want %s", ratio, got, want)
		}
	}
}

func TestTransposePicture(t *testing.T) {
	record := written(t, layoutFacts, transposeSeries(study.UnitLD, study.PaddedLD))
	draw := func(path string) error { return TransposePicture(record, path) }
	texts := drawnText(t, draw)
	wantTexts(t, texts, 1, "go/direct copy", "c/cgo blocked", "c/cgo naive", "numpy/cpython copyto", "leading dimension n",
		"leading dimension padded to an odd number of cache lines")
	wantTexts(t, texts, 2, "L1", "L2", "64", "512", "ns")
	wantTexts(t, texts, 0, "c-again/cgo blocked", "rust-par/cgo blocked")
	pixels, _ := drawnPixels(t, draw)
	for _, way := range []transposer{{"c/cgo", study.HowBlocked}, {"numpy/cpython", study.HowCopyto}, {"go/direct", study.HowCopy}} {
		line, _ := way.style([]string{"c/cgo", "numpy/cpython"})
		if n := pixels[color.RGBAModel.Convert(line.Color).(color.RGBA)]; n < 100 {
			t.Errorf("%s has %d pixels of its colour, want a line", way.String(), n)
		}
	}

	record = written(t, nil, transposeSeries(study.UnitLD))
	texts = drawnText(t, draw)
	wantTexts(t, texts, 1, "leading dimension n", "c/cgo naive")
	wantTexts(t, texts, 0, "leading dimension padded to an odd number of cache lines", "L1")
	if err := TransposePicture(written(t, nil, layoutSeries(study.LoopKernels, 32)), filepath.Join(t.TempDir(), "none.svg")); !errors.Is(err, errNothing) {
		t.Errorf("without transpositions the error is %v, want %v", err, errNothing)
	}
}

func TestLayoutPictures(t *testing.T) {
	all := append(layoutSeries(study.LoopKernels, 32, 40), transposeSeries(study.PaddedLD)...)
	for _, c := range []struct {
		series []measure.Series
		want   []string
	}{
		{all, []string{"diffusion", "ols", "penalty", "transpose"}},
		{layoutSeries([]string{"ols"}, 40), []string{"ols", "penalty"}},
		{transposeSeries(study.UnitLD), []string{"transpose"}},
	} {
		folder := t.TempDir()
		paths, err := LayoutPictures(written(t, layoutFacts, c.series), folder)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, name := range c.want {
			want = append(want, filepath.Join(folder, "layout-"+name+".svg"), filepath.Join(folder, "layout-"+name+".png"))
		}
		if !slices.Equal(paths, want) {
			t.Errorf("wrote %v, want %v", paths, want)
		}
		for _, path := range want {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
			} else if strings.HasSuffix(path, ".svg") != strings.Contains(string(text), "<svg") {
				t.Errorf("%s is of another format", path)
			}
		}
	}
	if _, err := LayoutPictures(written(t, layoutFacts, series()), t.TempDir()); !errors.Is(err, errNothing) || !strings.Contains(err.Error(), study.LoopsName) {
		t.Errorf("for a record without the study the error is %v, want one that names it", err)
	}
	if _, err := LayoutPictures(written(t, layoutFacts, all), filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("pictures were written into a folder that there is not")
	}

	// Whatever is left of a record, what is there is drawn.
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 8 {
		var some []measure.Series
		for _, s := range all {
			if rng.IntN(1<<(1+round)) == 0 {
				some = append(some, s)
			}
		}
		for _, s := range []string{"kernel=diffusion/lang=c/via=cgo/layout=row/n=2/loops=matched/ld=unit", "n=64", "kernel=ols/lang=go/via=direct/n=x"} {
			some = append(some, one(study.LoopsName+"/"+s, nil, times(1)...), one(study.TransposeName+"/"+s, nil, times(1)...))
		}
		some = append(some, walkSeries("zig", study.Walk{Kernel: "ols", LD: study.UnitLD, N: 8}, []float64{1e-300, 1e300, 3}[round%3]))
		record, path := written(t, layoutFacts, some), filepath.Join(t.TempDir(), "some.svg")
		for _, err := range []error{LoopsPicture(record, "diffusion", path), LoopsPicture(record, "ols", path),
			PenaltyPicture(record, path), TransposePicture(record, path)} {
			if err != nil && !errors.Is(err, errNothing) {
				t.Error(err)
			}
		}
	}
}
