// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package calls

// The functions of 1 to 15 arguments, in Go. None is inlined, so that a call is a call.

var ints = [MaxArity + 1]func(*[MaxArity]int64) int64{
	1: func(a *[MaxArity]int64) int64 { return ints1(a[0]) },
	2: func(a *[MaxArity]int64) int64 { return ints2(a[0], a[1]) },
	3: func(a *[MaxArity]int64) int64 { return ints3(a[0], a[1], a[2]) },
	4: func(a *[MaxArity]int64) int64 { return ints4(a[0], a[1], a[2], a[3]) },
	5: func(a *[MaxArity]int64) int64 { return ints5(a[0], a[1], a[2], a[3], a[4]) },
	6: func(a *[MaxArity]int64) int64 { return ints6(a[0], a[1], a[2], a[3], a[4], a[5]) },
	7: func(a *[MaxArity]int64) int64 { return ints7(a[0], a[1], a[2], a[3], a[4], a[5], a[6]) },
	8: func(a *[MaxArity]int64) int64 { return ints8(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]) },
	9: func(a *[MaxArity]int64) int64 { return ints9(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]) },
	10: func(a *[MaxArity]int64) int64 {
		return ints10(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9])
	},
	11: func(a *[MaxArity]int64) int64 {
		return ints11(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10])
	},
	12: func(a *[MaxArity]int64) int64 {
		return ints12(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11])
	},
	13: func(a *[MaxArity]int64) int64 {
		return ints13(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12])
	},
	14: func(a *[MaxArity]int64) int64 {
		return ints14(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13])
	},
	15: func(a *[MaxArity]int64) int64 {
		return ints15(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14])
	},
}

var doubles = [MaxArity + 1]func(*[MaxArity]float64) float64{
	1: func(a *[MaxArity]float64) float64 { return doubles1(a[0]) },
	2: func(a *[MaxArity]float64) float64 { return doubles2(a[0], a[1]) },
	3: func(a *[MaxArity]float64) float64 { return doubles3(a[0], a[1], a[2]) },
	4: func(a *[MaxArity]float64) float64 { return doubles4(a[0], a[1], a[2], a[3]) },
	5: func(a *[MaxArity]float64) float64 { return doubles5(a[0], a[1], a[2], a[3], a[4]) },
	6: func(a *[MaxArity]float64) float64 { return doubles6(a[0], a[1], a[2], a[3], a[4], a[5]) },
	7: func(a *[MaxArity]float64) float64 { return doubles7(a[0], a[1], a[2], a[3], a[4], a[5], a[6]) },
	8: func(a *[MaxArity]float64) float64 { return doubles8(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]) },
	9: func(a *[MaxArity]float64) float64 {
		return doubles9(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8])
	},
	10: func(a *[MaxArity]float64) float64 {
		return doubles10(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9])
	},
	11: func(a *[MaxArity]float64) float64 {
		return doubles11(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10])
	},
	12: func(a *[MaxArity]float64) float64 {
		return doubles12(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11])
	},
	13: func(a *[MaxArity]float64) float64 {
		return doubles13(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12])
	},
	14: func(a *[MaxArity]float64) float64 {
		return doubles14(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13])
	},
	15: func(a *[MaxArity]float64) float64 {
		return doubles15(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14])
	},
}

//go:noinline
func ints1(a1 int64) int64 {
	return a1
}

//go:noinline
func ints2(a1, a2 int64) int64 {
	return a1 + 2*a2
}

//go:noinline
func ints3(a1, a2, a3 int64) int64 {
	return a1 + 2*a2 + 3*a3
}

//go:noinline
func ints4(a1, a2, a3, a4 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4
}

//go:noinline
func ints5(a1, a2, a3, a4, a5 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5
}

//go:noinline
func ints6(a1, a2, a3, a4, a5, a6 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5 + 6*a6
}

//go:noinline
func ints7(a1, a2, a3, a4, a5, a6, a7 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5 + 6*a6 + 7*a7
}

//go:noinline
func ints8(a1, a2, a3, a4, a5, a6, a7, a8 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5 + 6*a6 + 7*a7 + 8*a8
}

//go:noinline
func ints9(a1, a2, a3, a4, a5, a6, a7, a8, a9 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5 + 6*a6 + 7*a7 + 8*a8 + 9*a9
}

//go:noinline
func ints10(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5 + 6*a6 + 7*a7 + 8*a8 + 9*a9 + 10*a10
}

//go:noinline
func ints11(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5 + 6*a6 + 7*a7 + 8*a8 + 9*a9 + 10*a10 + 11*a11
}

//go:noinline
func ints12(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5 + 6*a6 + 7*a7 + 8*a8 + 9*a9 + 10*a10 + 11*a11 + 12*a12
}

//go:noinline
func ints13(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5 + 6*a6 + 7*a7 + 8*a8 + 9*a9 + 10*a10 + 11*a11 + 12*a12 + 13*a13
}

//go:noinline
func ints14(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5 + 6*a6 + 7*a7 + 8*a8 + 9*a9 + 10*a10 + 11*a11 + 12*a12 + 13*a13 + 14*a14
}

//go:noinline
func ints15(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15 int64) int64 {
	return a1 + 2*a2 + 3*a3 + 4*a4 + 5*a5 + 6*a6 + 7*a7 + 8*a8 + 9*a9 + 10*a10 + 11*a11 + 12*a12 + 13*a13 + 14*a14 + 15*a15
}

//go:noinline
func doubles1(a1 float64) float64 {
	return a1
}

//go:noinline
func doubles2(a1, a2 float64) float64 {
	return a1 + float64(2*a2)
}

//go:noinline
func doubles3(a1, a2, a3 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3)
}

//go:noinline
func doubles4(a1, a2, a3, a4 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4)
}

//go:noinline
func doubles5(a1, a2, a3, a4, a5 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5)
}

//go:noinline
func doubles6(a1, a2, a3, a4, a5, a6 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5) + float64(6*a6)
}

//go:noinline
func doubles7(a1, a2, a3, a4, a5, a6, a7 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5) + float64(6*a6) + float64(7*a7)
}

//go:noinline
func doubles8(a1, a2, a3, a4, a5, a6, a7, a8 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5) + float64(6*a6) + float64(7*a7) + float64(8*a8)
}

//go:noinline
func doubles9(a1, a2, a3, a4, a5, a6, a7, a8, a9 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5) + float64(6*a6) + float64(7*a7) + float64(8*a8) + float64(9*a9)
}

//go:noinline
func doubles10(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5) + float64(6*a6) + float64(7*a7) + float64(8*a8) + float64(9*a9) + float64(10*a10)
}

//go:noinline
func doubles11(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5) + float64(6*a6) + float64(7*a7) + float64(8*a8) + float64(9*a9) + float64(10*a10) + float64(11*a11)
}

//go:noinline
func doubles12(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5) + float64(6*a6) + float64(7*a7) + float64(8*a8) + float64(9*a9) + float64(10*a10) + float64(11*a11) + float64(12*a12)
}

//go:noinline
func doubles13(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5) + float64(6*a6) + float64(7*a7) + float64(8*a8) + float64(9*a9) + float64(10*a10) + float64(11*a11) + float64(12*a12) + float64(13*a13)
}

//go:noinline
func doubles14(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5) + float64(6*a6) + float64(7*a7) + float64(8*a8) + float64(9*a9) + float64(10*a10) + float64(11*a11) + float64(12*a12) + float64(13*a13) + float64(14*a14)
}

//go:noinline
func doubles15(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15 float64) float64 {
	return a1 + float64(2*a2) + float64(3*a3) + float64(4*a4) + float64(5*a5) + float64(6*a6) + float64(7*a7) + float64(8*a8) + float64(9*a9) + float64(10*a10) + float64(11*a11) + float64(12*a12) + float64(13*a13) + float64(14*a14) + float64(15*a15)
}
