// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"syscall"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/via/thread"
)

// VerifyCalls gives each function of f arguments whose result reveals what crossed wrongly (swapped, narrowed, widened
// with the wrong sign, of another width or layout), and compares the results with the reference's. It returns the
// number of calls, and an error for each wrong call and for each change of the thread's floating-point environment.
func VerifyCalls(f *calls.Funcs) (checked int, wrong []error) {
	v := &callVerifier{want: calls.Go(), got: f}
	for _, part := range []struct {
		name   string
		verify func()
	}{
		{"numbers", v.numbers}, {"slices", v.slices}, {"matrices", v.matrices}, {"structs", v.structs}, {"texts", v.texts},
		{"errors", v.errors}, {"callbacks", v.callbacks},
	} {
		if changed := thread.Guard(part.verify); changed != 0 {
			v.wrong = append(v.wrong, fmt.Errorf("a call with %s left the thread so that it %v, want its floating-point environment as found",
				part.name, changed))
		}
	}
	return v.checked, v.wrong
}

type callVerifier struct {
	want, got *calls.Funcs
	checked   int
	wrong     []error
}

// same compares a result with the wanted one, floats by their bits.
func (v *callVerifier) same(got, want any, format string, args ...any) {
	v.checked++
	if !reflect.DeepEqual(bits(got), bits(want)) {
		v.wrong = append(v.wrong, fmt.Errorf("%s = %v, want %v", fmt.Sprintf(format, args...), got, want))
	}
}

// bits turns a float into its bits, and any NaN into the same ones: sign and payload are left open.
func bits(x any) any {
	switch x := x.(type) {
	case float64:
		if math.IsNaN(x) {
			return math.Float64bits(math.NaN())
		}
		return math.Float64bits(x)
	case float32:
		if x != x {
			return math.Float32bits(float32(math.NaN()))
		}
		return math.Float32bits(x)
	case []float64:
		all := make([]any, len(x))
		for k := range x {
			all[k] = bits(x[k])
		}
		return all
	}
	return x
}

func pairs[T any, R any](v *callVerifier, name string, got, want func(x, y T) R, values ...T) {
	if got == nil {
		return
	}
	for _, x := range values {
		for _, y := range values {
			v.same(got(x, y), want(x, y), "%s(%v, %v)", name, x, y)
		}
	}
}

func (v *callVerifier) numbers() {
	got, want := v.got, v.want
	if got.Noop != nil {
		got.Noop()
	}
	if got.Not != nil {
		for _, x := range []int64{0, 1, -1, 1 << 31, 1 << 32, -1 << 40, math.MaxInt64, math.MinInt64} {
			v.same(got.Not(x), want.Not(x), "not(%d)", x)
		}
	}
	floats := []float64{0, math.Copysign(0, -1), 1, -2.5, 1e-320, math.MaxFloat64, math.Inf(1), math.NaN(), 1 + 1.0/(1<<40)}
	pairs(v, "add", got.Add, want.Add, floats...)
	// 1 + 2⁻²³ and 16777217 expose a double that is rounded to a float too late or not at all.
	pairs(v, "float", got.Float, want.Float, 0, float32(math.Copysign(0, -1)), 1, 1+1.0/(1<<23), 16777216, 1e-45, math.MaxFloat32, float32(math.Inf(-1)))
	pairs(v, "bool", got.Bool, want.Bool, false, true)
	pairs(v, "int8", got.Int8, want.Int8, 0, 1, -1, math.MaxInt8, math.MinInt8)
	pairs(v, "int16", got.Int16, want.Int16, 0, 1, -1, math.MaxInt16, math.MinInt16)
	pairs(v, "int32", got.Int32, want.Int32, 0, 1, -1, math.MaxInt32, math.MinInt32)
	pairs(v, "uint8", got.Uint8, want.Uint8, 0, 1, 1<<7, math.MaxUint8)
	pairs(v, "uint16", got.Uint16, want.Uint16, 0, 1, 1<<15, math.MaxUint16)
	pairs(v, "uint32", got.Uint32, want.Uint32, 0, 1, 1<<31, math.MaxUint32)
	// All values differ, so a swap shows, and so does any argument beyond the first k; they are beyond 32 bits, and
	// inexact in double precision.
	var ints [calls.MaxArity]int64
	var doubles [calls.MaxArity]float64
	for k := range ints {
		ints[k] = (int64(k)*0x1234567 + 3) << (2 * k) * int64(1-k%2*2)
		doubles[k] = float64(k+1) / 3 * float64(1-k%2*2)
	}
	for _, k := range calls.Arities {
		if got.Ints[k] != nil {
			v.same(got.Ints[k](&ints), want.Ints[k](&ints), "ints%d(%d)", k, ints[:k])
		}
		if got.Doubles[k] != nil {
			v.same(got.Doubles[k](&doubles), want.Doubles[k](&doubles), "doubles%d(%g)", k, doubles[:k])
		}
	}
	if got.Variadic != nil {
		for _, a := range []int64{0, 1, -3, 1<<53 + 1, math.MinInt64} {
			for _, x := range floats {
				v.same(got.Variadic(a, x, 7, 1.0/3), want.Variadic(a, x, 7, 1.0/3), "variadic(%d, %g, 7, 1/3)", a, x)
				v.same(got.Variadic(-7, 1.0/3, a, x), want.Variadic(-7, 1.0/3, a, x), "variadic(-7, 1/3, %d, %g)", a, x)
			}
		}
	}
}

func (v *callVerifier) slices() {
	const n = 1003
	v.slicesIn("", func() ([]float64, error) { return make([]float64, n), nil })
	if memory := v.got.Memory; memory != nil {
		v.slicesIn(" in the crossing's memory", func() ([]float64, error) { return memory.Alloc(n) })
	}
}

// slicesIn passes slices that lie where alloc has them.
func (v *callVerifier) slicesIn(where string, alloc func() ([]float64, error)) {
	got, want := v.got, v.want
	var all [2][]float64 // those that are passed, and a copy to change
	for k := range all {
		p, err := alloc()
		if err != nil {
			v.wrong = append(v.wrong, err)
			return
		}
		if v.got.Memory != nil && where != "" {
			defer v.got.Memory.Free(p)
		}
		all[k] = p
	}
	whole, a := all[0], all[1]
	for k := range whole {
		whole[k] = 1 / float64(k+1)
	}
	// At every alignment within a vector; empty, with and without memory.
	for _, p := range [][]float64{nil, {}, whole[5:5], whole[:1], whole[1:2], whole[1:10], whole[3:1000], whole} {
		if got.Length != nil {
			v.same(got.Length(p), want.Length(p), "length of %d elements%s", len(p), where)
		}
		if got.First != nil {
			v.same(got.First(p), want.First(p), "first of %d elements%s", len(p), where)
		}
		if got.Sum != nil {
			v.same(got.Sum(p), want.Sum(p), "sum of %d elements%s", len(p), where)
		}
	}
	if got.Fill != nil {
		for _, r := range [][2]int{{5, 5}, {0, 1}, {1, 2}, {3, 1000}, {0, len(whole)}} {
			b := append([]float64(nil), whole...)
			copy(a, whole)
			got.Fill(a[r[0]:r[1]], -0.125)
			want.Fill(b[r[0]:r[1]], -0.125)
			v.same(a, b, "elements after fill of [%d, %d)%s", r[0], r[1], where)
		}
		got.Fill(nil, 1)
	}
	if got.Batch != nil {
		for _, r := range [][2]int{{5, 5}, {0, 1}, {1, 2}, {3, 500}} {
			b := append([]float64(nil), whole...)
			copy(a, whole)
			got.Batch(a[r[0]:r[1]], a[501:][:r[1]-r[0]], whole[r[0]:r[1]])
			want.Batch(b[r[0]:r[1]], b[501:][:r[1]-r[0]], whole[r[0]:r[1]])
			v.same(a, b, "elements after a batch of %d%s", r[1]-r[0], where)
		}
		got.Batch(nil, nil, nil)
	}
}

// matrices has rows of one array, so that writes beside a row are seen.
func (v *callVerifier) matrices() {
	if v.got.RunRows == nil {
		return
	}
	for _, shape := range [][2]int{{1, 1}, {2, 7}, {3, 3}, {9, 40}, {64, 17}} {
		for steps := range 4 {
			run := func(f *calls.Funcs) ([]float64, error) {
				whole := make([]float64, 2*shape[0]*(shape[1]+3))
				for k := range whole {
					whole[k] = math.Sin(float64(k))
				}
				var matrices [2]calls.Rows
				for m := range matrices {
					var rows [][]float64
					for i := range shape[0] {
						// Backwards and interleaved with the other matrix: only the pointers say where a row lies.
						at := (2*(shape[0]-1-i) + m) * (shape[1] + 3)
						rows = append(rows, whole[at+1:at+1+shape[1]])
					}
					if err := matrices[m].Set(rows); err != nil {
						return nil, err
					}
					defer matrices[m].Unpin()
				}
				err := f.RunRows(&matrices[0], &matrices[1], steps, 0.9, 0.11)
				return whole, err
			}
			got, gotErr := run(v.got)
			want, wantErr := run(v.want)
			v.same(got, want, "memory after %d steps on %d x %d rows", steps, shape[0], shape[1])
			v.same(fmt.Sprint(gotErr), fmt.Sprint(wantErr), "error of %d steps on %d x %d rows", steps, shape[0], shape[1])
		}
	}
	var a, b calls.Rows
	if err := errors.Join(a.Set([][]float64{{1, 2}, {3, 4}}), b.Set([][]float64{{1, 2}})); err != nil {
		v.wrong = append(v.wrong, err)
	}
	defer a.Unpin()
	defer b.Unpin()
	v.same(errors.Is(v.got.RunRows(&a, &b, 1, 1, 1), kernel.ErrShape), true, "refusal of different shapes")
	v.same(errors.Is(v.got.RunRows(new(calls.Rows), new(calls.Rows), 1, 1, 1), kernel.ErrShape), true, "refusal of matrices that were not set")
	v.same(errors.Is(new(calls.Rows).Set([][]float64{{1, 2}, {3}}), kernel.ErrShape), true, "refusal of ragged rows")
}

func (v *callVerifier) structs() {
	got, want := v.got, v.want
	for _, p := range []calls.Pair{{}, {X: 1.5, Y: -2}, {X: math.Inf(1), Y: 1e-320}} {
		if got.Pair != nil {
			v.same(got.Pair(p), want.Pair(p), "pair(%v)", p)
		}
		if got.PairAt != nil {
			a, b := p, p
			got.PairAt(&a)
			want.PairAt(&b)
			v.same(a, b, "pair at %v", p)
		}
	}
	for _, p := range []calls.Longs{{}, {X: 1, Y: -2}, {X: math.MinInt64, Y: math.MaxInt64}} {
		if got.Longs != nil {
			v.same(got.Longs(p), want.Longs(p), "longs(%v)", p)
		}
	}
	for _, p := range []calls.Split{{}, {X: 1, Y: -2.5}, {X: math.MinInt64, Y: math.Inf(1)}, {X: math.MaxInt64, Y: 1e-320}} {
		if got.Split != nil {
			v.same(got.Split(p), want.Split(p), "split(%v)", p)
		}
	}
	for _, p := range []calls.Triple{{}, {X: 1, Y: 2, Z: 3}, {X: 1e-45, Y: math.MaxFloat32, Z: float32(math.Inf(-1))}} {
		if got.Triple != nil {
			v.same(got.Triple(p), want.Triple(p), "triple(%v)", p)
		}
	}
	for _, m := range []calls.Mixed{
		{A: 1, B: 2.5, C: 3, D: 4, E: 5.5, F: 6},
		{A: math.MinInt8, B: -1e300, C: math.MinInt32, D: math.MinInt16, E: 1e-320, F: math.MinInt64},
		{A: math.MaxInt8, B: math.Inf(1), C: math.MaxInt32, D: math.MaxInt16, E: -1, F: math.MaxInt64},
	} {
		if got.Mixed != nil {
			v.same(got.Mixed(m), want.Mixed(m), "mixed(%v)", m)
		}
		if got.MixedAt != nil {
			a, b := m, m
			got.MixedAt(&a)
			want.MixedAt(&b)
			v.same(a, b, "mixed at %v", m)
		}
	}
}

func (v *callVerifier) texts() {
	got, want := v.got, v.want
	if got.TextLength != nil {
		for _, s := range []string{"", "a", "naïve 数字", "a\x00b", "\x00", "\xff\xfe not UTF-8", string(make([]byte, 3)), want.TextNew(5000)} {
			v.same(got.TextLength(s), want.TextLength(s), "text length of %.20q", s)
		}
	}
	if got.TextStatic != nil {
		v.same(got.TextStatic(), want.TextStatic(), "static text")
	}
	for _, n := range []int64{-1, 0, 1, 8, 9, 10, 24, 25, 26, 4096} { // 8 to 10 end within a character
		if got.TextNew != nil {
			v.same(got.TextNew(n), want.TextNew(n), "new text of %d", n)
		}
		if got.TextInto != nil {
			v.same(got.TextInto(n), want.TextInto(n), "text of %d into a buffer", n)
		}
	}
	if got.TextLive != nil {
		v.same(got.TextLive(), int64(0), "texts that were not freed")
	}
}

func (v *callVerifier) errors() {
	got, want := v.got, v.want
	if got.Status != nil {
		for _, x := range []int32{0, int32(kernel.ErrShape), int32(kernel.ErrPanic), -7, math.MaxInt32} {
			v.same(fmt.Sprint(got.Status(x)), fmt.Sprint(want.Status(x)), "status(%d)", x)
		}
	}
	if got.Errno != nil {
		for _, e := range []syscall.Errno{0, syscall.ENOENT, 0, syscall.EILSEQ, 0} { // one must not show in the next
			r, err := got.Errno(int32(e))
			wantR, wantErr := want.Errno(int32(e))
			v.same(r, wantR, "errno(%d)", e)
			v.same(fmt.Sprint(err), fmt.Sprint(wantErr), "error of errno(%d)", e)
			v.same(wantErr == nil || errors.Is(err, e), true, "error of errno(%d) is the errno", e)
		}
	}
	if got.Handle != nil {
		object := new(int)
		v.same(got.Handle(object) == any(object), true, "handle gave back the object")
		for _, x := range []any{nil, 5, "text"} {
			v.same(got.Handle(x), x, "handle of %v", x)
		}
	}
}

func (v *callVerifier) callbacks() {
	if v.got.Next != nil {
		for _, k := range []int64{-1, 0, 1, 2, 1000} {
			v.same(v.got.Next(math.MaxInt64-1, k), v.want.Next(math.MaxInt64-1, k), "next, %d times", k)
		}
	}
	for name, pair := range map[string][2]func(func(int64) int64, int64, int64) int64{
		"callback": {v.got.Callback, v.want.Callback}, "callback from a thread of C's": {v.got.Thread, v.want.Thread},
	} {
		got, want := pair[0], pair[1]
		if got == nil {
			continue
		}
		f := func(x int64) int64 { return 3*x + 1 }
		for _, k := range []int64{-1, 0, 1, 2, 100} {
			v.same(got(f, 7, k), want(f, 7, k), "%s, %d times", name, k)
		}
		v.same(got(func(x int64) int64 { return x }, math.MinInt64, 1), int64(math.MinInt64), "%s with the least integer", name)
		v.same(got(func(x int64) int64 { return x + grow(1000) }, 0, 3), int64(3000), "%s that grows its stack", name)
		v.same(got(func(x int64) int64 {
			kept := make([]*int64, 100)
			for k := range kept {
				kept[k] = &x
			}
			runtime.GC()
			return *kept[99] + 1
		}, 0, 3), int64(3), "%s that collects garbage", name)
		v.same(nested(got, 100), int64(100), "%s nested 100 deep", name)
		v.same(panics(got), "toll", "%s that panics", name)
		v.same(got(f, 1, 1), int64(4), "%s after one that panicked", name)
	}
}

// grow uses far more stack than a goroutine starts with.
func grow(n int64) int64 {
	var room [64]int64
	room[n%64] = n
	if n == 0 {
		return 0
	}
	return 1 + grow(n-1) + room[(n+1)%64]
}

// nested calls back from within a callback, recursively, and returns the depth it reached.
func nested(call func(func(int64) int64, int64, int64) int64, depth int64) int64 {
	return call(func(x int64) int64 {
		if depth == 1 {
			return x + 1
		}
		return x + 1 + nested(call, depth-1)
	}, 0, 1)
}

// panics returns the value with which a panic in a callback's second turn reached the caller; there must be no third
// turn.
func panics(call func(func(int64) int64, int64, int64) int64) (arrived any) {
	turns := 0
	defer func() {
		arrived = recover()
		if turns != 2 {
			arrived = fmt.Sprintf("%v in %d turns", arrived, turns)
		}
	}()
	call(func(int64) int64 {
		if turns++; turns == 2 {
			panic("toll")
		}
		return 0
	}, 0, 5)
	return nil
}
