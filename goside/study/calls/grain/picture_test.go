// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package grain

import (
	"bytes"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/chart"
)

func TestPicture(t *testing.T) {
	record := testRecord(t)
	folder := t.TempDir()
	picture := filepath.Join(folder, "grain.PNG")
	if err := draw(record, picture); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	colors := map[[3]uint32]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, y).RGBA()
			if max(r, g, b)-min(r, g, b) > 0x8000 {
				colors[[3]uint32{r, g, b}]++
			}
		}
	}
	lines := 0
	for _, pixels := range colors {
		if pixels > 100 {
			lines++
		}
	}
	if lines < 4 {
		t.Errorf("the picture has %d colours of a line's length, want one for each of 4 crossings", lines)
	}

	vector := filepath.Join(folder, "grain.svg")
	if err := draw(record, vector); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(vector)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg", ">checked c/cgo<", ">julia<", ">c/cgo<", ">c/far<", ">c/near<", ">points per call<", ">ns per point<"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the picture lacks %q", want)
		}
	}

	if err := draw(record, filepath.Join(folder, "grain.xyz")); err == nil || !strings.Contains(err.Error(), "grain.xyz") {
		t.Errorf("for a format that there is not the error is %v, want one that names the file", err)
	}
	if err := draw(other(t), filepath.Join(folder, "none.png")); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("for a record without the study the error is %v, want %v", err, chart.ErrNothing)
	}
	if err := draw(record, filepath.Join(folder, "gone", "grain.png")); err == nil {
		t.Error("a picture was written into a folder that there is not")
	}
}
