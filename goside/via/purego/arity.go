// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package purego

import (
	"fmt"

	"github.com/ebitengine/purego"

	"toll/goside/calls"
)

// registerArity sets the functions of 1 to 15 arguments. lookup returns a function's address, never 0.
func registerArity(f *calls.Funcs, lookup func(name string) uintptr) {
	ints := func(n int) uintptr { return lookup(fmt.Sprintf("ints%d", n)) }
	doubles := func(n int) uintptr { return lookup(fmt.Sprintf("doubles%d", n)) }
	var ints1 func(a1 int64) int64
	purego.RegisterFunc(&ints1, ints(1))
	f.Ints[1] = func(a *[calls.MaxArity]int64) int64 { return ints1(a[0]) }
	var ints2 func(a1, a2 int64) int64
	purego.RegisterFunc(&ints2, ints(2))
	f.Ints[2] = func(a *[calls.MaxArity]int64) int64 { return ints2(a[0], a[1]) }
	var ints3 func(a1, a2, a3 int64) int64
	purego.RegisterFunc(&ints3, ints(3))
	f.Ints[3] = func(a *[calls.MaxArity]int64) int64 { return ints3(a[0], a[1], a[2]) }
	var ints4 func(a1, a2, a3, a4 int64) int64
	purego.RegisterFunc(&ints4, ints(4))
	f.Ints[4] = func(a *[calls.MaxArity]int64) int64 { return ints4(a[0], a[1], a[2], a[3]) }
	var ints5 func(a1, a2, a3, a4, a5 int64) int64
	purego.RegisterFunc(&ints5, ints(5))
	f.Ints[5] = func(a *[calls.MaxArity]int64) int64 { return ints5(a[0], a[1], a[2], a[3], a[4]) }
	var ints6 func(a1, a2, a3, a4, a5, a6 int64) int64
	purego.RegisterFunc(&ints6, ints(6))
	f.Ints[6] = func(a *[calls.MaxArity]int64) int64 { return ints6(a[0], a[1], a[2], a[3], a[4], a[5]) }
	var ints7 func(a1, a2, a3, a4, a5, a6, a7 int64) int64
	purego.RegisterFunc(&ints7, ints(7))
	f.Ints[7] = func(a *[calls.MaxArity]int64) int64 { return ints7(a[0], a[1], a[2], a[3], a[4], a[5], a[6]) }
	var ints8 func(a1, a2, a3, a4, a5, a6, a7, a8 int64) int64
	purego.RegisterFunc(&ints8, ints(8))
	f.Ints[8] = func(a *[calls.MaxArity]int64) int64 { return ints8(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]) }
	var ints9 func(a1, a2, a3, a4, a5, a6, a7, a8, a9 int64) int64
	purego.RegisterFunc(&ints9, ints(9))
	f.Ints[9] = func(a *[calls.MaxArity]int64) int64 {
		return ints9(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8])
	}
	var ints10 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10 int64) int64
	purego.RegisterFunc(&ints10, ints(10))
	f.Ints[10] = func(a *[calls.MaxArity]int64) int64 {
		return ints10(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9])
	}
	var ints11 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11 int64) int64
	purego.RegisterFunc(&ints11, ints(11))
	f.Ints[11] = func(a *[calls.MaxArity]int64) int64 {
		return ints11(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10])
	}
	var ints12 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12 int64) int64
	purego.RegisterFunc(&ints12, ints(12))
	f.Ints[12] = func(a *[calls.MaxArity]int64) int64 {
		return ints12(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11])
	}
	var ints13 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13 int64) int64
	purego.RegisterFunc(&ints13, ints(13))
	f.Ints[13] = func(a *[calls.MaxArity]int64) int64 {
		return ints13(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12])
	}
	var ints14 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14 int64) int64
	purego.RegisterFunc(&ints14, ints(14))
	f.Ints[14] = func(a *[calls.MaxArity]int64) int64 {
		return ints14(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13])
	}
	var ints15 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15 int64) int64
	purego.RegisterFunc(&ints15, ints(15))
	f.Ints[15] = func(a *[calls.MaxArity]int64) int64 {
		return ints15(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14])
	}
	var doubles1 func(a1 float64) float64
	purego.RegisterFunc(&doubles1, doubles(1))
	f.Doubles[1] = func(a *[calls.MaxArity]float64) float64 { return doubles1(a[0]) }
	var doubles2 func(a1, a2 float64) float64
	purego.RegisterFunc(&doubles2, doubles(2))
	f.Doubles[2] = func(a *[calls.MaxArity]float64) float64 { return doubles2(a[0], a[1]) }
	var doubles3 func(a1, a2, a3 float64) float64
	purego.RegisterFunc(&doubles3, doubles(3))
	f.Doubles[3] = func(a *[calls.MaxArity]float64) float64 { return doubles3(a[0], a[1], a[2]) }
	var doubles4 func(a1, a2, a3, a4 float64) float64
	purego.RegisterFunc(&doubles4, doubles(4))
	f.Doubles[4] = func(a *[calls.MaxArity]float64) float64 { return doubles4(a[0], a[1], a[2], a[3]) }
	var doubles5 func(a1, a2, a3, a4, a5 float64) float64
	purego.RegisterFunc(&doubles5, doubles(5))
	f.Doubles[5] = func(a *[calls.MaxArity]float64) float64 { return doubles5(a[0], a[1], a[2], a[3], a[4]) }
	var doubles6 func(a1, a2, a3, a4, a5, a6 float64) float64
	purego.RegisterFunc(&doubles6, doubles(6))
	f.Doubles[6] = func(a *[calls.MaxArity]float64) float64 { return doubles6(a[0], a[1], a[2], a[3], a[4], a[5]) }
	var doubles7 func(a1, a2, a3, a4, a5, a6, a7 float64) float64
	purego.RegisterFunc(&doubles7, doubles(7))
	f.Doubles[7] = func(a *[calls.MaxArity]float64) float64 { return doubles7(a[0], a[1], a[2], a[3], a[4], a[5], a[6]) }
	var doubles8 func(a1, a2, a3, a4, a5, a6, a7, a8 float64) float64
	purego.RegisterFunc(&doubles8, doubles(8))
	f.Doubles[8] = func(a *[calls.MaxArity]float64) float64 {
		return doubles8(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7])
	}
	var doubles9 func(a1, a2, a3, a4, a5, a6, a7, a8, a9 float64) float64
	purego.RegisterFunc(&doubles9, doubles(9))
	f.Doubles[9] = func(a *[calls.MaxArity]float64) float64 {
		return doubles9(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8])
	}
	var doubles10 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10 float64) float64
	purego.RegisterFunc(&doubles10, doubles(10))
	f.Doubles[10] = func(a *[calls.MaxArity]float64) float64 {
		return doubles10(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9])
	}
	var doubles11 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11 float64) float64
	purego.RegisterFunc(&doubles11, doubles(11))
	f.Doubles[11] = func(a *[calls.MaxArity]float64) float64 {
		return doubles11(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10])
	}
	var doubles12 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12 float64) float64
	purego.RegisterFunc(&doubles12, doubles(12))
	f.Doubles[12] = func(a *[calls.MaxArity]float64) float64 {
		return doubles12(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11])
	}
	var doubles13 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13 float64) float64
	purego.RegisterFunc(&doubles13, doubles(13))
	f.Doubles[13] = func(a *[calls.MaxArity]float64) float64 {
		return doubles13(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12])
	}
	var doubles14 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14 float64) float64
	purego.RegisterFunc(&doubles14, doubles(14))
	f.Doubles[14] = func(a *[calls.MaxArity]float64) float64 {
		return doubles14(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13])
	}
	var doubles15 func(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15 float64) float64
	purego.RegisterFunc(&doubles15, doubles(15))
	f.Doubles[15] = func(a *[calls.MaxArity]float64) float64 {
		return doubles15(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14])
	}
}

// wordsArity sets those of 1 to 15 integers by SyscallN.
func wordsArity(f *calls.Funcs, lookup func(name string) uintptr) {
	ints1 := lookup("ints1")
	f.Ints[1] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints1, uintptr(a[0]))
		return int64(r)
	}
	ints2 := lookup("ints2")
	f.Ints[2] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints2, uintptr(a[0]), uintptr(a[1]))
		return int64(r)
	}
	ints3 := lookup("ints3")
	f.Ints[3] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints3, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]))
		return int64(r)
	}
	ints4 := lookup("ints4")
	f.Ints[4] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints4, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]))
		return int64(r)
	}
	ints5 := lookup("ints5")
	f.Ints[5] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints5, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]))
		return int64(r)
	}
	ints6 := lookup("ints6")
	f.Ints[6] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints6, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]))
		return int64(r)
	}
	ints7 := lookup("ints7")
	f.Ints[7] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints7, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]), uintptr(a[6]))
		return int64(r)
	}
	ints8 := lookup("ints8")
	f.Ints[8] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints8, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]), uintptr(a[6]), uintptr(a[7]))
		return int64(r)
	}
	ints9 := lookup("ints9")
	f.Ints[9] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints9, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]), uintptr(a[6]), uintptr(a[7]), uintptr(a[8]))
		return int64(r)
	}
	ints10 := lookup("ints10")
	f.Ints[10] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints10, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]), uintptr(a[6]), uintptr(a[7]), uintptr(a[8]), uintptr(a[9]))
		return int64(r)
	}
	ints11 := lookup("ints11")
	f.Ints[11] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints11, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]), uintptr(a[6]), uintptr(a[7]), uintptr(a[8]), uintptr(a[9]), uintptr(a[10]))
		return int64(r)
	}
	ints12 := lookup("ints12")
	f.Ints[12] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints12, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]), uintptr(a[6]), uintptr(a[7]), uintptr(a[8]), uintptr(a[9]), uintptr(a[10]), uintptr(a[11]))
		return int64(r)
	}
	ints13 := lookup("ints13")
	f.Ints[13] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints13, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]), uintptr(a[6]), uintptr(a[7]), uintptr(a[8]), uintptr(a[9]), uintptr(a[10]), uintptr(a[11]), uintptr(a[12]))
		return int64(r)
	}
	ints14 := lookup("ints14")
	f.Ints[14] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints14, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]), uintptr(a[6]), uintptr(a[7]), uintptr(a[8]), uintptr(a[9]), uintptr(a[10]), uintptr(a[11]), uintptr(a[12]), uintptr(a[13]))
		return int64(r)
	}
	ints15 := lookup("ints15")
	f.Ints[15] = func(a *[calls.MaxArity]int64) int64 {
		r, _, _ := purego.SyscallN(ints15, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]), uintptr(a[6]), uintptr(a[7]), uintptr(a[8]), uintptr(a[9]), uintptr(a[10]), uintptr(a[11]), uintptr(a[12]), uintptr(a[13]), uintptr(a[14]))
		return int64(r)
	}
}
