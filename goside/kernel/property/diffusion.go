// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package property

import (
	"fmt"
	"math"
	"slices"

	"toll/goside/kernel"
)

// stepper is a way to make steps: it returns the state after so many, and leaves the given one alone.
type stepper struct {
	name string
	run  func(from kernel.Grid, steps int, dt float64) (kernel.Grid, error)
}

// diffusivity is not 1, so that a kernel that forgets it is seen; it is a power of two, so that products by it are exact.
const diffusivity = 2

// steppers returns the ways that f offers. Each also checks that neither boundary, padding nor input is written.
func steppers(f *kernel.Funcs, d *draw) (all []stepper) {
	if f.Step != nil {
		all = append(all, stepper{"step", func(from kernel.Grid, steps int, dt float64) (kernel.Grid, error) {
			for range steps {
				next, err := step(f, d, from, 0, from.Rows, dt)
				if err != nil {
					return next, err
				}
				from = next
			}
			return from, nil
		}})
	}
	for _, way := range []struct {
		name string
		run  func(*kernel.DiffusionRun) error
	}{{"run", f.Run}, {"run-interchanged", f.RunInterchanged}} {
		if way.run == nil {
			continue
		}
		all = append(all, stepper{way.name, func(from kernel.Grid, steps int, dt float64) (kernel.Grid, error) {
			a := &kernel.DiffusionRun{A: clone(from), B: clone(from), Steps: steps, D: diffusivity, Dt: dt / diffusivity, Par: d.par}
			if err := way.run(a); err != nil {
				return from, err
			}
			if steps == 0 {
				return a.A, failed("no steps", untouched("b", a.B.Data, from.Data))
			}
			return *a.Result(), boundary(&from, a.Result())
		}})
	}
	d.used = d.used || len(all) > 0
	return all
}

// step makes a step on some rows. Elements that it may not write are those of from.
func step(f *kernel.Funcs, d *draw, from kernel.Grid, lo, hi int, dt float64) (kernel.Grid, error) {
	in, out := clone(from), clone(from)
	for i := max(lo, 1); i < min(hi, in.Rows-1); i++ {
		for j := 1; j < in.Cols-1; j++ {
			out.Data[out.At(i, j)] = mark
		}
	}
	if err := f.Step(&kernel.DiffusionStep{Out: out, In: in, Lo: lo, Hi: hi, D: diffusivity, Dt: dt / diffusivity, Par: d.par}); err != nil {
		return out, err
	}
	if err := untouched("the input of a step", in.Data, from.Data); err != nil {
		return out, err
	}
	return out, boundary(&from, &out)
}

func clone(g kernel.Grid) kernel.Grid {
	g.Data = slices.Clone(g.Data)
	return g
}

func boundary(was, now *kernel.Grid) error {
	rest := clone(*now)
	for i := 1; i < was.Rows-1; i++ {
		for j := 1; j < was.Cols-1; j++ {
			rest.Data[rest.At(i, j)] = at(was, i, j)
		}
	}
	return failed("boundary and padding", untouched("out", rest.Data, was.Data))
}

// forEach calls f with each way to make steps.
func forEach(f *kernel.Funcs, d *draw, holds func(s stepper) error) error {
	for _, s := range steppers(f, d) {
		if err := failed(s.name, holds(s)); err != nil {
			return err
		}
	}
	return nil
}

// exactDt is such a D*dt that steps on integers are exact: each adds as many binary digits as it has.
func (d *draw) exactDt() float64 { return []float64{0.25, 0.125, -0.5, 1}[d.IntN(4)] }

func (d *draw) shape() (rows, cols int) {
	if d.IntN(4) == 0 {
		return d.between(3, 9), d.between(20, 40) // lines longer than a vector
	}
	return d.between(3, 14), d.between(3, 19)
}

func diffusion() []Property {
	property := func(name string, bits bool, holds func(s stepper, d *draw) error) Property {
		return Property{"diffusion", name, bits, func(f *kernel.Funcs, d *draw) error {
			seed := d.Uint64()
			return forEach(f, d, func(s stepper) error { // the same problem each way
				again := *d
				again.Rand = newRand(seed)
				return holds(s, &again)
			})
		}}
	}
	return []Property{
		// The first addition is in[i+1]+in[i-1], and addition commutes.
		property("rows mirrored give the result mirrored", true, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			u, dt := d.grid(rows, cols, func(int, int) float64 { return d.rough() }), d.Float64()
			return mirrored(s, &u, dt, 3, func(i, j int) (int, int) { return rows - 1 - i, j }, false, nil)
		}),
		property("columns mirrored give the result mirrored, but for rounding", false, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			u, dt := d.grid(rows, cols, func(int, int) float64 { return d.rough() }), d.Float64()
			return mirrored(s, &u, dt, 1, func(i, j int) (int, int) { return i, cols - 1 - j }, false, rounding(&u, dt))
		}),
		property("rows and columns exchanged give the result exchanged, but for rounding", false, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			u, dt := d.grid(rows, cols, func(int, int) float64 { return d.rough() }), d.Float64()
			return mirrored(s, &u, dt, 1, func(i, j int) (int, int) { return j, i }, true, rounding(&u, dt))
		}),
		// The square's symmetries: of integers all sums are exact, so their order does not matter.
		property("integers turned by a quarter and mirrored give the result so", false, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			u, dt := d.grid(rows, cols, func(int, int) float64 { return d.small() }), d.exactDt()
			if err := mirrored(s, &u, dt, 3, func(i, j int) (int, int) { return i, cols - 1 - j }, false, nil); err != nil {
				return err
			}
			return mirrored(s, &u, dt, 3, func(i, j int) (int, int) { return j, rows - 1 - i }, true, nil)
		}),
		// Rounding to nearest is symmetric about zero.
		property("the negative start gives the negative result", true, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			u := d.grid(rows, cols, func(int, int) float64 { return d.rough() })
			return mapped(s, u, 3, d.Float64(), func(x float64) float64 { return -x })
		}),
		// Products by a power of two are exact far from subnormals and infinities.
		property("the start times a power of two gives the result times it", true, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			u, k := d.grid(rows, cols, func(int, int) float64 { return d.rough() }), d.between(-300, 300)
			return mapped(s, u, 3, d.Float64(), func(x float64) float64 { return math.Ldexp(x, k) })
		}),
		// A cell's new value is a function of its own and its four neighbours' values, wherever it lies.
		property("a window of the start gives the window of the result", true, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			rows, cols = rows+2, cols+2
			u, dt := d.grid(rows, cols, func(int, int) float64 { return d.rough() }), d.Float64()
			top, left := d.IntN(rows-2), d.IntN(cols-2)
			window := d.grid(d.between(3, rows-top), d.between(3, cols-left), func(i, j int) float64 { return at(&u, top+i, left+j) })
			whole, err := s.run(u, 1, dt)
			if err != nil {
				return err
			}
			part, err := s.run(window, 1, dt)
			if err != nil {
				return err
			}
			return equal(&part, func(i, j int) float64 {
				if i == 0 || j == 0 || i == window.Rows-1 || j == window.Cols-1 {
					return at(&u, top+i, left+j)
				}
				return at(&whole, top+i, left+j)
			})
		}),
		// Of integers and a dyadic D*dt all is exact.
		property("a sum of starts gives the sum of results", false, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			dt, p, q := d.exactDt(), d.small(), d.small()
			u, v := d.grid(rows, cols, func(int, int) float64 { return d.small() }), d.grid(rows, cols, func(int, int) float64 { return d.small() })
			both := d.grid(rows, cols, func(i, j int) float64 { return p*at(&u, i, j) + q*at(&v, i, j) })
			for _, g := range []*kernel.Grid{&u, &v, &both} {
				result, err := s.run(*g, 4, dt)
				if err != nil {
					return err
				}
				*g = result
			}
			return equal(&both, func(i, j int) float64 { return p*at(&u, i, j) + q*at(&v, i, j) })
		}),
		property("heat is kept, its centre too, and its spread grows by 2 D dt a step on each axis", false, moments),
		// The discrete operator equals its own transpose, so the response at q to a pulse at p is that at p to one at q.
		property("a pulse here is felt there as one there is felt here", false, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			steps, dt := d.between(0, 6), d.exactDt()
			pulse := func() (i, j int) { return d.between(1, rows-2), d.between(1, cols-2) }
			felt := func(i, j, k, l int) (float64, error) {
				u := d.grid(rows, cols, func(int, int) float64 { return 0 })
				u.Data[u.At(i, j)] = 1
				result, err := s.run(u, steps, dt)
				return at(&result, k, l), err
			}
			i, j := pulse()
			k, l := pulse()
			there, err := felt(i, j, k, l)
			if err != nil {
				return err
			}
			here, err := felt(k, l, i, j)
			if err == nil && here != there {
				err = fmt.Errorf("after %d steps a pulse at [%d][%d] is %v at [%d][%d], and the other way %v", steps, i, j, there, k, l, here)
			}
			return err
		}),
		// A step reaches the next cell only, so what differs after k steps lies within k cells, along the axes.
		property("a cell is felt one cell farther each step", true, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			steps, dt := d.between(1, 5), d.Float64()
			u := d.grid(rows, cols, func(int, int) float64 { return d.rough() })
			i, j := d.IntN(rows), d.IntN(cols)
			v := clone(u)
			v.Data[v.At(i, j)] += 1000
			without, err := s.run(u, steps, dt)
			if err != nil {
				return err
			}
			with, err := s.run(v, steps, dt)
			if err != nil {
				return err
			}
			for k := range rows {
				for l := range cols {
					if far := max(k-i, i-k) + max(l-j, j-l); far > steps && at(&with, k, l) != at(&without, k, l) {
						return fmt.Errorf("[%d][%d] is felt at [%d][%d] after %d steps", i, j, k, l, steps)
					}
				}
			}
			return nil
		}),
		// Of x, x+x is exact, 3x is rounded, and 3x+x is then 4x whatever that rounding was: its error is at most half a unit of
		// the last place of 4x, and in a tie the digits of x are even. So the differences are 0.
		property("a constant stays as it is", false, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			x := d.rough()
			result, err := s.run(d.grid(rows, cols, func(int, int) float64 { return x }), 2, d.Float64())
			if err != nil {
				return err
			}
			return equal(&result, func(int, int) float64 { return x })
		}),
		property("of polynomials up to the fourth degree the differences are known", false, polynomial),
		property("nothing leaves the range where all began if 0 <= D dt <= 1/4, but for rounding", false, maximum),
		property("sums are taken in the order down, up, right, left", true, order),
		property("each product is rounded before it is added to", true, unfused),
		// i is the row whatever the layout.
		property("both layouts give the same", true, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			dt := d.Float64()
			u := d.grid(rows, cols, func(int, int) float64 { return d.rough() })
			d.layout = 1 - d.layout
			v := d.grid(rows, cols, func(i, j int) float64 { return at(&u, i, j) })
			for _, g := range []*kernel.Grid{&u, &v} {
				result, err := s.run(*g, 3, dt)
				if err != nil {
					return err
				}
				*g = result
			}
			return equal(&u, func(i, j int) float64 { return at(&v, i, j) })
		}),
		property("k steps and then m are k + m steps", true, func(s stepper, d *draw) error {
			rows, cols := d.shape()
			u, dt := d.grid(rows, cols, func(int, int) float64 { return d.rough() }), d.Float64()
			k, m := d.between(0, 5), d.between(0, 5)
			whole, err := s.run(u, k+m, dt)
			if err != nil {
				return err
			}
			part, err := s.run(u, k, dt)
			if err != nil {
				return err
			}
			if part, err = s.run(part, m, dt); err != nil {
				return err
			}
			return failed(fmt.Sprintf("%d and %d steps", k, m), equal(&whole, func(i, j int) float64 { return at(&part, i, j) }))
		}),
		{"diffusion", "all ways to make steps make the same", true, func(f *kernel.Funcs, d *draw) error {
			rows, cols := d.shape()
			u, steps, dt := d.grid(rows, cols, func(int, int) float64 { return d.rough() }), d.between(0, 5), d.Float64()
			var first *kernel.Grid
			return forEach(f, d, func(s stepper) error {
				result, err := s.run(u, steps, dt)
				if err != nil || first == nil {
					first = &result
					return err
				}
				return equal(&result, func(i, j int) float64 { return at(first, i, j) })
			})
		}},
		{"diffusion", "the other buffer of a run has the state one step earlier", true, func(f *kernel.Funcs, d *draw) error {
			for _, run := range []func(*kernel.DiffusionRun) error{f.Run, f.RunInterchanged} {
				if run == nil {
					continue
				}
				d.used = true
				rows, cols := d.shape()
				u, steps := d.grid(rows, cols, func(int, int) float64 { return d.rough() }), d.between(1, 6)
				last := &kernel.DiffusionRun{A: clone(u), B: clone(u), Steps: steps, D: 1, Dt: 0.1, Par: d.par}
				before := &kernel.DiffusionRun{A: clone(u), B: clone(u), Steps: steps - 1, D: 1, Dt: 0.1, Par: d.par}
				for _, a := range []*kernel.DiffusionRun{last, before} {
					if err := run(a); err != nil {
						return err
					}
				}
				other := last.A
				if steps%2 == 0 {
					other = last.B
				}
				if err := equal(&other, func(i, j int) float64 { return at(before.Result(), i, j) }); err != nil {
					return fmt.Errorf("after %d steps: %w", steps, err)
				}
			}
			return nil
		}},
		{"diffusion", "steps on parts of the rows make the whole step", true, func(f *kernel.Funcs, d *draw) error {
			if f.Step == nil {
				return nil
			}
			d.used = true
			rows, cols := d.shape()
			u, dt := d.grid(rows, cols, func(int, int) float64 { return d.rough() }), d.Float64()
			whole, err := step(f, d, u, 0, rows, dt)
			if err != nil {
				return err
			}
			for lo := 0; lo < rows; {
				hi := d.between(lo, rows)
				part, err := step(f, d, u, lo, hi, dt)
				if err != nil {
					return err
				}
				if err := equal(&part, func(i, j int) float64 {
					if i >= lo && i < hi {
						return at(&whole, i, j)
					}
					return at(&u, i, j)
				}); err != nil {
					return fmt.Errorf("rows [%d, %d): %w", lo, hi, err)
				}
				lo = max(hi, lo+1)
			}
			return nil
		}},
	}
}

// mirrored compares the result of a start with that of its image under to, on which off, unless nil, allows a difference.
func mirrored(s stepper, u *kernel.Grid, dt float64, steps int, to func(i, j int) (int, int), turned bool, off func(i, j int) float64) error {
	image := kernel.NewGrid(u.Rows, u.Cols, 1, u.Layout)
	if turned {
		image = kernel.NewGrid(u.Cols, u.Rows, 1, u.Layout)
	}
	for i := range u.Rows {
		for j := range u.Cols {
			image.Data[image.At(to(i, j))] = at(u, i, j)
		}
	}
	result, err := s.run(*u, steps, dt)
	if err != nil {
		return err
	}
	if image, err = s.run(image, steps, dt); err != nil {
		return err
	}
	for i := range u.Rows {
		for j := range u.Cols {
			k, l := to(i, j)
			x, y := at(&result, i, j), at(&image, k, l)
			if x != y && (off == nil || !(math.Abs(x-y) <= off(i, j))) {
				return fmt.Errorf("[%d][%d] is %v, and where it should be again, at [%d][%d], %v", i, j, x, k, l, y)
			}
		}
	}
	return nil
}

// rounding returns a bound on the difference of two steps on u that add the neighbours in different orders. T is the sum of the
// magnitudes of the neighbours, c the cell, s = D*dt. Each order's three additions are off by 3uT, the difference from 4c by
// u(T+4|c|), the product by as much times s, the last sum by u(|c|+|s|(T+4|c|)). Twice their sum, since both round, is at most
// u(12|s|(T+4|c|)+2|c|); the constants below are larger by what is of the order u².
func rounding(u *kernel.Grid, s float64) func(i, j int) float64 {
	return func(i, j int) float64 {
		if i == 0 || j == 0 || i == u.Rows-1 || j == u.Cols-1 {
			return 0
		}
		t := math.Abs(at(u, i+1, j)) + math.Abs(at(u, i-1, j)) + math.Abs(at(u, i, j+1)) + math.Abs(at(u, i, j-1))
		c := math.Abs(at(u, i, j))
		return 0x1p-53 * (13*math.Abs(s)*(t+4*c) + 3*c)
	}
}

// mapped compares the result of the image of u with the image of its result.
func mapped(s stepper, u kernel.Grid, steps int, dt float64, to func(float64) float64) error {
	image := clone(u)
	fill(&image, func(i, j int) float64 { return to(at(&u, i, j)) })
	u, err := s.run(u, steps, dt)
	if err != nil {
		return err
	}
	if image, err = s.run(image, steps, dt); err != nil {
		return err
	}
	return equal(&image, func(i, j int) float64 { return to(at(&u, i, j)) })
}

// moments has integers in the middle of zeros, and makes fewer steps than it takes them to reach the boundary. By summation by
// parts the 5-point differences have the sum 0, the first moments 0, and the second moments 2 on each axis for each unit of heat,
// so D*dt times that is what a step adds. All sums are of integers, in units of the last digit that the steps add: they are exact.
func moments(s stepper, d *draw) error {
	const steps, hot = 4, 3
	rows, cols := d.between(hot+2*steps+4, hot+2*steps+8), d.between(hot+2*steps+4, hot+2*steps+8)
	top, left := d.between(steps+2, rows-hot-steps-2), d.between(steps+2, cols-hot-steps-2)
	u := d.grid(rows, cols, func(i, j int) float64 {
		if i >= top && i < top+hot && j >= left && j < left+hot {
			return float64(d.between(1, 99))
		}
		return 0
	})
	dt := d.exactDt()
	var was [5]float64
	for k := range steps + 1 {
		var now [5]float64
		for i := range rows {
			for j := range cols {
				x, p, q := at(&u, i, j), float64(i), float64(j)
				for m, y := range []float64{x, p * x, q * x, p * p * x, q * q * x} {
					now[m] += y
				}
			}
		}
		if k == 0 {
			was = now
		}
		spread := 2 * dt * float64(k) * was[0]
		for m, want := range []float64{was[0], was[1], was[2], was[3] + spread, was[4] + spread} {
			if now[m] != want {
				return fmt.Errorf("after %d steps the %s is %v, want %v", k,
					[]string{"sum", "sum of i times the heat", "sum of j times the heat", "sum of i² times the heat", "sum of j² times the heat"}[m], now[m], want)
			}
		}
		var err error
		if u, err = s.run(u, 1, dt); err != nil {
			return err
		}
	}
	return nil
}

// polynomial: (i+1)^p + (i-1)^p - 2i^p is 0, 0, 2, 6i and 12i²+2 for p = 0 to 4.
func polynomial(s stepper, d *draw) error {
	rows, cols := d.shape()
	var c [5][5]float64
	for p := range c {
		for q := range c[:5-p] {
			c[p][q] = float64(d.between(-9, 9))
		}
	}
	power := func(x float64, p int) float64 { return []float64{1, x, x * x, x * x * x, x * x * x * x}[p] }
	second := func(x float64, p int) float64 { return []float64{0, 0, 2, 6 * x, 12*x*x + 2}[p] }
	sum := func(f func(x, y float64, p, q int) float64) func(i, j int) float64 {
		return func(i, j int) (sum float64) {
			for p := range c {
				for q := range c {
					sum += c[p][q] * f(float64(i), float64(j), p, q)
				}
			}
			return sum
		}
	}
	u := sum(func(x, y float64, p, q int) float64 { return power(x, p) * power(y, q) })
	lap := sum(func(x, y float64, p, q int) float64 { return second(x, p)*power(y, q) + power(x, p)*second(y, q) })
	dt := d.exactDt()
	result, err := s.run(d.grid(rows, cols, u), 1, dt)
	if err != nil {
		return err
	}
	return equal(&result, func(i, j int) float64 {
		if i == 0 || j == 0 || i == rows-1 || j == cols-1 {
			return u(i, j)
		}
		return u(i, j) + dt*lap(i, j)
	})
}

// maximum: a step takes means of the cell and its neighbours with weights that are not negative. One step's rounding is at most
// half of what [rounding] allows two.
func maximum(s stepper, d *draw) error {
	rows, cols := d.shape()
	dt := []float64{0.25, 0.25 * d.Float64()}[d.IntN(2)]
	u := d.grid(rows, cols, func(int, int) float64 { return 1 + d.Float64()*float64(d.IntN(2)) })
	for range 4 {
		off := rounding(&u, dt)
		next, err := s.run(u, 1, dt)
		if err != nil {
			return err
		}
		for i := 1; i < rows-1; i++ {
			for j := 1; j < cols-1; j++ {
				near := []float64{at(&u, i, j), at(&u, i+1, j), at(&u, i-1, j), at(&u, i, j+1), at(&u, i, j-1)}
				lo, hi, x := slices.Min(near), slices.Max(near), at(&next, i, j)
				if !(x >= lo-off(i, j)/2 && x <= hi+off(i, j)/2) {
					return fmt.Errorf("[%d][%d] becomes %v, want within [%v, %v], the range of it and its neighbours", i, j, x, lo, hi)
				}
			}
		}
		u = next
	}
	return nil
}

// order: of big, -big, 1 and 0 the sum is 1 only if big and -big are added before 1, and 0 otherwise, since big + 1 rounds to big.
func order(s stepper, d *draw) error {
	const big = 0x1p53
	for _, c := range []struct{ down, up, right, left, want float64 }{
		{big, -big, 1, 0, 1}, {big, -big, 0, 1, 1}, // down and up first
		{1, 0, big, -big, 0}, {0, 1, big, -big, 0}, // then right, which takes the 1
		{big, 1, -big, 0, 0}, {big, 1, 0, -big, 0},
		{big, 0, 1, -big, 0}, {big, 0, -big, 1, 1}, {0, big, 1, -big, 0}, {0, big, -big, 1, 1},
	} {
		u := d.grid(3, 3, func(i, j int) float64 { return [3][3]float64{{9, c.up, 9}, {c.left, 0, c.right}, {9, c.down, 9}}[i][j] })
		result, err := s.run(u, 1, 1)
		if err != nil {
			return err
		}
		if got := at(&result, 1, 1); got != c.want {
			return fmt.Errorf("of %v down, %v up, %v right and %v left the sum is %v, want %v", c.down, c.up, c.right, c.left, got, c.want)
		}
	}
	return nil
}

// unfused: the cell is the negative of the rounded product D*dt*lap, so their sum is 0. Where the product is inexact, a fused
// operation returns its rounding error instead. The neighbours are such that lap is 3, with all sums exact.
func unfused(s stepper, d *draw) error {
	const lap = 3
	dt, product := 0.0, 0.0
	for product == 0 || exactProduct(dt, lap) || !exactSum(-4*product, lap) {
		dt = 0.05 + d.Float64()/10
		product = dt * lap
	}
	u := d.grid(3, 3, func(i, j int) float64 {
		return [3][3]float64{{9, 0, 9}, {0, -product, 0}, {9, -4*product + lap, 9}}[i][j]
	})
	result, err := s.run(u, 1, dt)
	if err != nil {
		return err
	}
	if got := at(&result, 1, 1); got != 0 {
		return fmt.Errorf("%v + %v*%v is %v, want 0, as of a rounded product", -product, dt, float64(lap), got)
	}
	return nil
}
