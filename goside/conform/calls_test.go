// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"os"
	"strings"
	"testing"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/registry"
)

func TestCalls(t *testing.T) {
	crossings, missing, err := registry.Crossings()
	if err != nil {
		t.Fatal(err)
	}
	if missing != nil && strings.Contains(os.Getenv("TOLL_REQUIRE"), "*/*") {
		t.Errorf("TOLL_REQUIRE wants all crossings: %v", missing)
	}
	fewest := map[string]int{"direct": 300, "cgo": 300, "trampoline": 300, "purego": 300, "syscalln": 150, "libffi": 300}
	for _, c := range crossings {
		t.Run(c.Name, func(t *testing.T) {
			checked, wrong := conform.VerifyCalls(c.Funcs)
			if want := max(1, fewest[c.Name]); checked < want {
				t.Errorf("%d calls were checked, want at least %d", checked, want)
			}
			for _, err := range wrong {
				t.Error(err)
			}
			offered := 0
			for _, p := range calls.Payloads() {
				if err := p.Run(c.Funcs, 3); err == nil {
					offered++
				} else if !strings.Contains(err.Error(), "not offered") {
					t.Error(err)
				}
			}
			if offered == 0 {
				t.Error("no payload is offered")
			}
			t.Logf("%d calls checked, %d payloads", checked, offered)
		})
	}
}

// TestCallMutants tests that typical faults of a border are caught.
func TestCallMutants(t *testing.T) {
	right := calls.Go()
	mutants := map[string]func(f *calls.Funcs){
		"arguments swapped":       func(f *calls.Funcs) { f.Int32 = func(x, y int32) int64 { return right.Int32(y, x) } },
		"floats swapped":          func(f *calls.Funcs) { f.Float = func(x, y float32) float32 { return right.Float(y, x) } },
		"zero for sign extension": func(f *calls.Funcs) { f.Int8 = func(x, y int8) int64 { return int64(uint8(x)) - 2*int64(uint8(y)) } },
		"sign for zero extension": func(f *calls.Funcs) {
			f.Uint16 = func(x, y uint16) int64 { return int64(int16(x)) - 2*int64(int16(y)) }
		},
		"result cut to 32 bits": func(f *calls.Funcs) { f.Not = func(x int64) int64 { return int64(int32(^x)) } },
		"double cut to float":   func(f *calls.Funcs) { f.Add = func(x, y float64) float64 { return float64(float32(x) + float32(y)) } },
		"bool of any bit":       func(f *calls.Funcs) { f.Bool = func(x, y bool) bool { return x || y } },
		"last argument lost": func(f *calls.Funcs) {
			f.Ints[15] = func(a *[calls.MaxArity]int64) int64 { return right.Ints[14](a) }
		},
		"ninth double for tenth": func(f *calls.Funcs) {
			f.Doubles[10] = func(a *[calls.MaxArity]float64) float64 {
				b := *a
				b[8], b[9] = b[9], b[8]
				return right.Doubles[10](&b)
			}
		},
		"length in bytes":  func(f *calls.Funcs) { f.Length = func(p []float64) int64 { return 8 * int64(len(p)) } },
		"fill one too few": func(f *calls.Funcs) { f.Fill = func(p []float64, x float64) { right.Fill(p[:max(0, len(p)-1)], x) } },
		"batch one too few": func(f *calls.Funcs) {
			f.Batch = func(out, x, y []float64) { n := max(0, len(out)-1); right.Batch(out[:n], x[:n], y[:n]) }
		},
		"last of many arguments lost": func(f *calls.Funcs) {
			f.Doubles[32] = func(a *[calls.MaxArity]float64) float64 { b := *a; b[31] = 0; return right.Doubles[32](&b) }
		},
		"variable arguments swapped": func(f *calls.Funcs) {
			f.Variadic = func(a int64, x float64, b int64, y float64) float64 { return right.Variadic(b, x, a, y) }
		},
		"integer registers swapped": func(f *calls.Funcs) { f.Longs = func(p calls.Longs) calls.Longs { return p } },
		"integer cut to 32 bits": func(f *calls.Funcs) {
			f.Split = func(p calls.Split) calls.Split { p.X = int64(int32(p.X)); return right.Split(p) }
		},
		"packed floats swapped": func(f *calls.Funcs) {
			f.Triple = func(p calls.Triple) calls.Triple { p.X, p.Y = p.Y, p.X; return right.Triple(p) }
		},
		"struct not written": func(f *calls.Funcs) { f.PairAt = func(*calls.Pair) {} },
		"padding forgotten": func(f *calls.Funcs) {
			f.Mixed = func(m calls.Mixed) calls.Mixed { m.C, m.D = int32(m.D), int16(m.C); return right.Mixed(m) }
		},
		"NUL not an end":    func(f *calls.Funcs) { f.TextLength = func(s string) int64 { return int64(len(s)) } },
		"characters":        func(f *calls.Funcs) { f.TextLength = func(s string) int64 { return int64(len([]rune(s))) } },
		"text not freed":    func(f *calls.Funcs) { f.TextLive = func() int64 { return 1 } },
		"error lost":        func(f *calls.Funcs) { f.Status = func(int32) error { return nil } },
		"errno left behind": func(f *calls.Funcs) { f.Errno = func(int32) (int64, error) { return right.Errno(2) } },
		"handle of another": func(f *calls.Funcs) { f.Handle = func(any) any { return new(int) } },
		"one step of rows too few": func(f *calls.Funcs) {
			f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error {
				return right.RunRows(a, b, max(0, steps-1), d, dt)
			}
		},
		"right rows refused": func(f *calls.Funcs) {
			f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error {
				_ = right.RunRows(a, b, steps, d, dt)
				return kernel.ErrShape
			}
		},
		"other shapes accepted": func(f *calls.Funcs) {
			f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error {
				if len(a.Table) != len(b.Table) {
					return nil
				}
				return right.RunRows(a, b, steps, d, dt)
			}
		},
		"matrices that are not set accepted": func(f *calls.Funcs) {
			f.RunRows = func(a, b *calls.Rows, steps int, d, dt float64) error {
				if len(a.Table) == 0 {
					return nil
				}
				return right.RunRows(a, b, steps, d, dt)
			}
		},
		"one callback short": func(f *calls.Funcs) {
			f.Callback = func(g func(int64) int64, x, k int64) int64 { return right.Callback(g, x, k-1) }
		},
		"panic swallowed": func(f *calls.Funcs) {
			f.Thread = func(g func(int64) int64, x, k int64) int64 {
				defer func() { _ = recover() }()
				return right.Thread(g, x, k)
			}
		},
	}
	for name, mutate := range mutants {
		f := calls.Go()
		mutate(f)
		if _, wrong := conform.VerifyCalls(f); len(wrong) == 0 {
			t.Errorf("%s: not caught", name)
		}
	}
}
