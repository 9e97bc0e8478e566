// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/measure"
)

var config = []Config{{"cpu", "A CPU,  of  some make"}, {"threads", "3"}, {"build-c", "GCC"},
	{VerifiedKey("c/cgo", "julia", ""), "bit-identical"}, {VerifiedKey("rust-par/cgo", "ols", "row"), "bit-identical"}}

func series() []measure.Series {
	s := func(name string, ns ...float64) measure.Series {
		return measure.Series{Subject: &measure.Subject{Name: name}, N: 3, Samples: ns}
	}
	return []measure.Series{
		s("Kernels/kernel=julia/lang=c/via=cgo/n=1000-2", 2e6, 4e6, 8e6, 3e6, 5e6, 6e6, 7e6),
		s("Kernels/kernel=julia/lang=rust-par/via=cgo/n=1000-2", 3e6, 6e6, 12e6, 4.5e6, 7.5e6, 9e6, 10.5e6),
		s("Kernels/kernel=ols/lang=rust-par/via=cgo/layout=row/n=100-2", 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6),
		s("Call/kernel=noop/lang=c/via=cgo/n=1-2", 20, 30, 40, 21, 22, 23, 24),
	}
}

func TestRecordRoundTrip(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, config, series()); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&b, "test")
	if err != nil {
		t.Fatal(err)
	}
	want := &Record{
		Config: slices.Clone(config),
		Rows: []Row{
			{"Kernels", "julia", "c", "cgo", "", "1000", series()[0].Samples},
			{"Kernels", "julia", "rust-par", "cgo", "", "1000", series()[1].Samples},
			{"Kernels", "ols", "rust-par", "cgo", "row", "100", series()[2].Samples},
			{"Call", "noop", "c", "cgo", "", "1", series()[3].Samples},
		},
	}
	want.Config[0].Value = "A CPU, of some make"
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":    "",
		"prose":    "this is no record\n",
		"no ns/op": "BenchmarkX 1 5 widgets\n",
	} {
		if _, err := Read(strings.NewReader(text), "file.txt"); err == nil || !strings.Contains(err.Error(), "file.txt") {
			t.Errorf("%s: got %v, want an error naming the file", name, err)
		}
	}
}

// TestTables: rust-par took 1.5 times as long as c in each round, whatever the rounds were like.
func TestTables(t *testing.T) {
	var record, text bytes.Buffer
	if err := Write(&record, config, series()); err != nil {
		t.Fatal(err)
	}
	r, err := Read(&record, "test")
	if err != nil {
		t.Fatal(err)
	}
	Tables(&text, r, "c/cgo", true)
	for _, want := range []string{
		"| route | julia, ms/image | ols row, ms/matrix | verified |",
		"| c/cgo | 5.00 ±60% 1.00x |  | 1/1 |",
		"| rust-par/cgo | 7.50 ±60% 1.50x | 1.00 ± 0% | 1/2 |",
		"| c/cgo | 23.0 ±43% 1.00x | 0/1 |",
		"Rows verified before they were timed: 2 of 4.",
		"Median of 7 interleaved rounds",
		"Parallel languages (-par, -omp) on 3 threads.",
		"Sizes: julia 1000, ols 100.",
		"\n\n- c: GCC.\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in:\n%s", want, text.String())
		}
	}
}

func TestSignificant(t *testing.T) {
	for x, want := range map[float64]string{0.0612345: "0.0612", 1: "1.00", 12.345: "12.3", 123.45: "123", 1234.5: "1234", 0: "0", 9.999: "10.00"} {
		if got := significant(x); got != want {
			t.Errorf("significant(%v) = %s, want %s", x, got, want)
		}
	}
}

func TestJuliaPicture(t *testing.T) {
	img, err := JuliaPicture([]int32{0, 1, 5, 300}, 2, 300)
	if err != nil {
		t.Fatal(err)
	}
	luminance := func(x, y int) uint32 { r, g, b, _ := img.At(x, y).RGBA(); return r + g + b }
	if luminance(0, 0) >= luminance(1, 0) || luminance(1, 0) >= luminance(0, 1) || luminance(0, 1) >= luminance(1, 1) {
		t.Error("higher counts are not lighter")
	}
	if _, err := JuliaPicture([]int32{0, 1}, 2, 300); err == nil {
		t.Error("2 counts made a square of side 2")
	}
}
