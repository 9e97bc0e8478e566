// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/study/studytest"
	"toll/goside/via/purego"
)

// decoded returns a PNG.
func decoded(t *testing.T, path string) image.Image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return img
}

// unlike returns the number of pixels in which two pictures differ, and how many there are.
func unlike(a, b image.Image) (differ, all int) {
	r := a.Bounds()
	if r != b.Bounds() {
		return r.Dx() * r.Dy(), r.Dx() * r.Dy()
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if color.RGBAModel.Convert(a.At(x, y)) != color.RGBAModel.Convert(b.At(x, y)) {
				differ++
			}
		}
	}
	return differ, r.Dx() * r.Dy()
}

func TestDrawJuliaStyles(t *testing.T) {
	var pictures []image.Image
	for _, style := range []string{"heat", "false-grey", "grey"} {
		file := filepath.Join(t.TempDir(), "julia.png")
		if _, err := run(t, drawCommand(), "julia", "--size", "64", "--style", style, "-o", file); err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, decoded(t, file))
	}
	for k := range pictures {
		if differ, all := unlike(pictures[k], pictures[(k+1)%3]); differ < all/4 {
			t.Errorf("styles %d and %d differ in %d of %d pixels", k, (k+1)%3, differ, all)
		}
	}
}

// TestDrawDiffusion: the film, the frames and the picture of the last state are the same pictures, by any route.
func TestDrawDiffusion(t *testing.T) {
	folder := t.TempDir()
	film, last, frames := filepath.Join(folder, "film.gif"), filepath.Join(folder, "last.PNG"), filepath.Join(folder, "frames")
	args := func(more ...string) []string {
		return append([]string{"diffusion", "--size", "40", "--steps", "50", "--every", "15"}, more...)
	}
	if out, err := run(t, drawCommand(), args("-o", film)...); err != nil || out != film+": 40 x 40 cells by go/direct, 50 steps\n" {
		t.Fatalf("error %v, output %s", err, out)
	}
	if _, err := run(t, drawCommand(), args("-o", last)...); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, drawCommand(), args("--frames", frames)...); err != nil || !strings.HasPrefix(out, frames+", 5 frames: 40 x 40") {
		t.Fatalf("error %v, output %s", err, out)
	}
	file, err := os.Open(film)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	shown, err := gif.DecodeAll(file)
	if err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(frames)
	if err != nil || len(names) != 5 || len(shown.Image) != 5 {
		t.Fatalf("error %v, there are %d files and %d frames, want 5 of 0, 15, 30, 45 and 50 steps", err, len(names), len(shown.Image))
	}
	for k, frame := range shown.Image {
		if differ, all := unlike(frame, decoded(t, filepath.Join(frames, fmt.Sprintf("frame-%05d.png", k)))); differ > 0 {
			t.Errorf("frame %d and its file differ in %d of %d pixels", k, differ, all)
		}
		if k > 0 {
			if differ, all := unlike(frame, shown.Image[k-1]); differ < all/50 {
				t.Errorf("frames %d and %d differ in %d of %d pixels, want more", k-1, k, differ, all)
			}
		}
	}
	if differ, _ := unlike(shown.Image[4], decoded(t, last)); differ > 0 {
		t.Errorf("the last frame and the picture of the last state differ in %d pixels", differ)
	}

	// The state itself, after an odd number of steps between frames and another at the end.
	want := kernel.NewDiffusionRun(40, 50, kernel.Row, kernel.Par{Threads: 1})
	library := seam.NewLibrary(kernel.Go(), false, seam.Build{})
	if err := library.Run(want); err != nil {
		t.Fatal(err)
	}
	var state []float64
	f := filmed{route: seam.NewRoute("a", "x", nil), size: 40, steps: 50, every: 15}
	spied := *library
	spied.Run = func(a *kernel.DiffusionRun) error {
		err := library.Run(a)
		state = append([]float64(nil), a.Result().Data...)
		return err
	}
	if err := f.run(&spied, func(*image.Paletted) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for k, apart := range kernel.Apart(state, want.Result().Data) {
		if apart > 0 {
			t.Fatalf("cell %d is %d ULP off after frames", k, apart)
		}
	}
}

// TestDrawOLS: the slopes in the legend are the extremes and the median of all.
func TestDrawOLS(t *testing.T) {
	folder := t.TempDir()
	svg, picture := filepath.Join(folder, "sub", "ols.svg"), filepath.Join(folder, "ols.PNG")
	out, err := run(t, drawCommand(), "ols", "--users", "101", "--days", "9", "-o", svg, "-o", picture)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(svg)
	if err != nil {
		t.Fatal(err)
	}
	decoded(t, picture)
	a := kernel.NewOLS(101, 9, kernel.Row, kernel.Par{Threads: 1})
	library := seam.NewLibrary(kernel.Go(), false, seam.Build{})
	if err := library.OLS(a); err != nil {
		t.Fatal(err)
	}
	said := strings.Split(strings.TrimSpace(out), "\n")
	if len(said) != 5 {
		t.Fatalf("printed is\n%s\nwant two files and three slopes", out)
	}
	for k, less := range []int{100, 50, 0} {
		name := []string{"largest", "median", "smallest"}[k]
		line := said[2+k]
		if !strings.Contains(string(text), ">"+line+"<") {
			t.Errorf("the picture lacks %q", line)
		}
		var slope float64
		var user, below int
		if _, err := fmt.Sscanf(line, name+" slope: %g hours a day, user %d", &slope, &user); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for _, other := range a.Slope {
			if other < a.Slope[user] {
				below++
			}
		}
		if below != less || math.Abs(slope-a.Slope[user]) > 0.00001 {
			t.Errorf("%q: %d of 101 slopes are below that user's, %v; want %d", line, below, a.Slope[user], less)
		}
	}
	if _, err := run(t, drawCommand(), "ols", "--route", "cobol/cgo", "-o", svg, "-o", filepath.Join(picture, "ols.svg")); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("error %v, want one of the output before any other", err)
	}
	if got := signed(-1e-18) + signed(1e-9) + signed(-0.5); got != "00-0.50000" {
		t.Errorf("slopes are written %s", got)
	}
}

func TestDrawRefuses(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct{ args, want string }{
		{"julia --size 1", "size is 1, want 2 to 16384"},
		{"julia --style pink", `style is "pink", want one of heat, false-grey, grey`},
		{"julia --route go*/direct", `route "go*/direct" matches 6, go/direct and others, want one`},
		{"julia --route gonum/direct", "gonum/direct does not offer the kernel julia"},
		{"diffusion --size 2", "size is 2, want 3 to 4096"},
		{"diffusion --steps -1", "steps is -1, want 0 to"},
		{"diffusion --every 0", "every is 0, want 1 to"},
		{"diffusion --size 4096 --steps 100 --every 1 -o " + folder + "/film.gif", "a film of 101 frames of 4096 x 4096 cells has 1694498816 points, want at most"},
		{"diffusion --steps 1000000 --every 1 --frames " + folder, "steps / every is 1000000, want 0 to 99999"},
		{"diffusion -o " + folder + "/film.avi", "want a .gif, or a .png"},
		{"diffusion --frames f -o film.gif", "[frames output] were all set"},
		{"diffusion --route gonum/direct", "gonum/direct does not offer the kernel diffusion"},
		{"ols --users 2", "users is 2, want 3 to"},
		{"ols --days 1", "days is 1, want 2 to 366"},
		{"ols -o " + folder + "/lines.gif", "lines.gif\", want a .svg or a .png"},
		{"difference --kernel fft", `kernel is "fft", want julia, diffusion or ols`},
		{"difference --size 0", "size is 0, want 2 to 16384"},
		{"difference --kernel diffusion --steps -1", "steps is -1, want 0 to"},
		{"difference --route cobol/cgo", `no route matches "cobol/cgo"`},
		{"difference --size 8 --route go/direct --against cobol/cgo", `no route matches "cobol/cgo"`},
		{"difference --size 8 --route gonum/direct", "gonum/direct does not offer the kernel julia"},
		{"difference --size 8 --maxiter -1 --route go/direct", "maxiter is -1"},
	} {
		args := strings.Fields(c.args)
		if !strings.Contains(c.args, " -o ") && !strings.Contains(c.args, "--frames") {
			args = append(args, "-o", filepath.Join(folder, "picture.gif"))
			if args[0] == "ols" {
				args[len(args)-1] = filepath.Join(folder, "picture.svg")
			}
		}
		if _, err := run(t, drawCommand(), args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", c.args, err, c.want)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, error %v", left, err)
	}
}

// lit returns which elements of the first block of a difference picture are not black: those of width to a row, each of
// zoom pixels.
func lit(t *testing.T, img image.Image, width, elements, zoom int) map[int]bool {
	t.Helper()
	rgb := func(x, y int) color.RGBA { return color.RGBAModel.Convert(img.At(x, y)).(color.RGBA) }
	ground := color.RGBA{255, 255, 255, 255}
	for y := range img.Bounds().Dy() {
		run := 0
		for x := range img.Bounds().Dx() {
			if rgb(x, y) == ground {
				run = 0
				continue
			}
			if run++; run < width*zoom {
				continue
			}
			all := map[int]bool{}
			for k := range elements {
				if rgb(x+1-width*zoom+k%width*zoom, y+k/width*zoom) != (color.RGBA{0, 0, 0, 255}) {
					all[k] = true
				}
			}
			return all
		}
	}
	t.Fatal("the picture has no block of elements")
	return nil
}

// TestDrawDifferenceOfMutants: wrong libraries light up just where they are wrong, and the caption counts that.
func TestDrawDifferenceOfMutants(t *testing.T) {
	up := func(x float64) float64 { return math.Nextafter(x, math.Inf(1)) }
	for _, c := range []struct {
		name   string
		d      differing
		mutate func(f *kernel.Funcs)
		zoom   int
		said   string // "" if that is not known beforehand
	}{
		{"julia: nothing wrong", differing{kernel: "julia", size: 100, maxiter: 50}, func(*kernel.Funcs) {}, 5, "0 of 10000 differ"},
		{"julia: two points off, the sum right", differing{kernel: "julia", size: 600, maxiter: 300}, func(f *kernel.Funcs) {
			julia := f.Julia
			f.Julia = func(a *kernel.Julia) error {
				err := julia(a)
				a.Out[len(a.Out)/2]++
				a.Out[600*599]--
				return err
			}
		}, 1, "2 of 360000 differ, the worst by 1 iteration (row 300, column 0: "},
		{"julia: one iteration less", differing{kernel: "julia", size: 100, maxiter: 50}, func(f *kernel.Funcs) {
			julia := f.Julia
			f.Julia = func(a *kernel.Julia) error {
				less := *a
				less.MaxIter--
				return julia(&less)
			}
		}, 5, ""},
		{"diffusion: nothing wrong", differing{kernel: "diffusion", size: 64, steps: 7}, func(*kernel.Funcs) {}, 8, "0 of 4096 differ"},
		{"diffusion: one ULP off", differing{kernel: "diffusion", size: 64, steps: 7}, func(f *kernel.Funcs) {
			diffuse := f.Run
			f.Run = func(a *kernel.DiffusionRun) error {
				err := diffuse(a)
				u := a.Result()
				u.Data[u.At(30, 31)] = up(u.Data[u.At(30, 31)])
				return err
			}
		}, 8, "1 of 4096 differ, the worst by 1 ULP (row 30, column 31: "},
		{"diffusion: NaN", differing{kernel: "diffusion", size: 64, steps: 7}, func(f *kernel.Funcs) {
			diffuse := f.Run
			f.Run = func(a *kernel.DiffusionRun) error {
				err := diffuse(a)
				u := a.Result()
				u.Data[u.At(1, 2)], u.Data[u.At(3, 4)], u.Data[u.At(5, 6)] = 1, math.NaN(), math.NaN()
				return err
			}
		}, 8, "3 of 4096 differ, 2 of them by NaN (the first: row 3, column 4: NaN, not 0)"},
		{"diffusion: one step less", differing{kernel: "diffusion", size: 64, steps: 7}, func(f *kernel.Funcs) {
			diffuse := f.Run
			f.Run = func(a *kernel.DiffusionRun) error {
				less := *a
				less.Steps--
				return diffuse(&less)
			}
		}, 8, ""},
		{"ols: one ULP off", differing{kernel: "ols", size: 1000}, func(f *kernel.Funcs) {
			fit := f.OLS
			f.OLS = func(a *kernel.OLS) error {
				err := fit(a)
				a.Slope[500] = up(a.Slope[500])
				return err
			}
		}, 16, "1 of 2000 differ, the worst by 1 ULP (the slope of user 500: "},
		{"ols: textbook sums", differing{kernel: "ols", size: 1000}, func(f *kernel.Funcs) {
			f.OLS = func(a *kernel.OLS) error {
				n := float64(a.Y.Cols)
				for i := range a.Y.Rows {
					var sx, sy, sxx, sxy float64
					for j := range a.Y.Cols {
						x, y := float64(j), a.Y.Data[a.Y.At(i, j)]
						sx, sy, sxx, sxy = sx+x, sy+y, sxx+float64(x*x), sxy+float64(x*y)
					}
					a.Slope[i] = (float64(n*sxy) - float64(sx*sy)) / (float64(n*sxx) - float64(sx*sx))
					a.Intercept[i] = sy/n - float64(a.Slope[i]*sx/n)
				}
				return nil
			}
		}, 16, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			of := func(name string, f kernel.Funcs) *computed {
				all, err := c.d.by(seam.NewRoute(name, "x", nil), seam.NewLibrary(f, false, seam.Build{}))
				if err != nil {
					t.Fatal(err)
				}
				return all
			}
			wrong := kernel.Go()
			c.mutate(&wrong)
			checkDifference(t, &c.d, of("wrong", wrong), of("go", kernel.Go()), c.zoom, c.said)
		})
	}
}

// TestDrawDifferenceOfFusedLibrary draws what csrc gives if its products are fused with sums.
func TestDrawDifferenceOfFusedLibrary(t *testing.T) {
	t.Setenv("TOLL_LIB", "")
	fused, err := purego.Open("wrong/libfused.so", "c")
	studytest.Available(t, err)
	d := differing{kernel: "diffusion", size: 128, steps: 20}
	got, err := d.by(seam.NewRoute("fused", "purego", nil), fused)
	if err != nil {
		t.Fatal(err)
	}
	want, err := d.of("go/direct")
	if err != nil {
		t.Fatal(err)
	}
	if differ := checkDifference(t, &d, got, want, 4, ""); differ < 100 {
		t.Errorf("%d of 16384 cells differ, want more", differ)
	}
}

// checkDifference compares the picture and what is said with the bits of the results. It returns how many differ.
func checkDifference(t *testing.T, d *differing, got, want *computed, zoom int, said string) int {
	t.Helper()
	img, found, err := d.picture(got, want)
	if err != nil {
		t.Fatal(err)
	}
	differ, elements := 0, 0
	for k, p := range got.parts {
		from := want.parts[k]
		wrong := map[int]bool{}
		for i := range p.counts {
			wrong[i] = p.counts[i] != from.counts[i]
		}
		for i := range p.values {
			wrong[i] = math.Float64bits(p.values[i]) != math.Float64bits(from.values[i])
		}
		elements += len(wrong)
		var shown map[int]bool
		if k == 0 {
			shown = lit(t, img, p.width, len(wrong), zoom)
		}
		for i, bad := range wrong {
			if bad {
				differ++
			}
			if k == 0 && shown[i] != bad {
				t.Fatalf("element %d is lit: %t, is wrong: %t", i, shown[i], bad)
			}
		}
	}
	if count := fmt.Sprintf("%d of %d differ", differ, elements); !strings.HasPrefix(found, count) || !strings.HasPrefix(found, said) {
		t.Errorf("said is %q, want %q and %q", found, count, said)
	}
	return differ
}

// TestDrawDifference draws that of two routes which are right, by the command.
func TestDrawDifference(t *testing.T) {
	for kernel, size := range map[string]string{"julia": "64", "diffusion": "64", "ols": "64"} {
		file := filepath.Join(t.TempDir(), "difference.png")
		out, err := run(t, drawCommand(), "difference", "--route", "go-par/direct", "--against", "go/direct", "--kernel", kernel, "--size", size, "-o", file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(out, file+": go-par/direct against go/direct, "+kernel) || !strings.Contains(out, ": 0 of ") || !strings.HasSuffix(out, " differ\n") {
			t.Errorf("%s: output %s", kernel, out)
		}
		width, elements, zoom := 64, 64*64, 8
		if kernel == "ols" {
			width, elements, zoom = 8, 64, 64
		}
		if all := lit(t, decoded(t, file), width, elements, zoom); len(all) > 0 {
			t.Errorf("%s: %d elements are lit, want none", kernel, len(all))
		}
	}
}
