// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package cgo

// #include "calls.h"
import "C"

import "toll/goside/calls"

var ints = [calls.MaxArity + 1]func(*[calls.MaxArity]int64) int64{
	1: func(a *[calls.MaxArity]int64) int64 { return int64(C.toll_calls_ints1(C.int64_t(a[0]))) },
	2: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints2(C.int64_t(a[0]), C.int64_t(a[1])))
	},
	3: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints3(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2])))
	},
	4: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints4(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3])))
	},
	5: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints5(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4])))
	},
	6: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints6(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4]), C.int64_t(a[5])))
	},
	7: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints7(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4]), C.int64_t(a[5]), C.int64_t(a[6])))
	},
	8: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints8(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4]), C.int64_t(a[5]), C.int64_t(a[6]), C.int64_t(a[7])))
	},
	9: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints9(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4]), C.int64_t(a[5]), C.int64_t(a[6]), C.int64_t(a[7]), C.int64_t(a[8])))
	},
	10: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints10(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4]), C.int64_t(a[5]), C.int64_t(a[6]), C.int64_t(a[7]), C.int64_t(a[8]), C.int64_t(a[9])))
	},
	11: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints11(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4]), C.int64_t(a[5]), C.int64_t(a[6]), C.int64_t(a[7]), C.int64_t(a[8]), C.int64_t(a[9]), C.int64_t(a[10])))
	},
	12: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints12(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4]), C.int64_t(a[5]), C.int64_t(a[6]), C.int64_t(a[7]), C.int64_t(a[8]), C.int64_t(a[9]), C.int64_t(a[10]), C.int64_t(a[11])))
	},
	13: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints13(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4]), C.int64_t(a[5]), C.int64_t(a[6]), C.int64_t(a[7]), C.int64_t(a[8]), C.int64_t(a[9]), C.int64_t(a[10]), C.int64_t(a[11]), C.int64_t(a[12])))
	},
	14: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints14(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4]), C.int64_t(a[5]), C.int64_t(a[6]), C.int64_t(a[7]), C.int64_t(a[8]), C.int64_t(a[9]), C.int64_t(a[10]), C.int64_t(a[11]), C.int64_t(a[12]), C.int64_t(a[13])))
	},
	15: func(a *[calls.MaxArity]int64) int64 {
		return int64(C.toll_calls_ints15(C.int64_t(a[0]), C.int64_t(a[1]), C.int64_t(a[2]), C.int64_t(a[3]), C.int64_t(a[4]), C.int64_t(a[5]), C.int64_t(a[6]), C.int64_t(a[7]), C.int64_t(a[8]), C.int64_t(a[9]), C.int64_t(a[10]), C.int64_t(a[11]), C.int64_t(a[12]), C.int64_t(a[13]), C.int64_t(a[14])))
	},
}

var doubles = [calls.MaxArity + 1]func(*[calls.MaxArity]float64) float64{
	1: func(a *[calls.MaxArity]float64) float64 { return float64(C.toll_calls_doubles1(C.double(a[0]))) },
	2: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles2(C.double(a[0]), C.double(a[1])))
	},
	3: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles3(C.double(a[0]), C.double(a[1]), C.double(a[2])))
	},
	4: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles4(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3])))
	},
	5: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles5(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4])))
	},
	6: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles6(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4]), C.double(a[5])))
	},
	7: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles7(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4]), C.double(a[5]), C.double(a[6])))
	},
	8: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles8(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4]), C.double(a[5]), C.double(a[6]), C.double(a[7])))
	},
	9: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles9(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4]), C.double(a[5]), C.double(a[6]), C.double(a[7]), C.double(a[8])))
	},
	10: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles10(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4]), C.double(a[5]), C.double(a[6]), C.double(a[7]), C.double(a[8]), C.double(a[9])))
	},
	11: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles11(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4]), C.double(a[5]), C.double(a[6]), C.double(a[7]), C.double(a[8]), C.double(a[9]), C.double(a[10])))
	},
	12: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles12(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4]), C.double(a[5]), C.double(a[6]), C.double(a[7]), C.double(a[8]), C.double(a[9]), C.double(a[10]), C.double(a[11])))
	},
	13: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles13(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4]), C.double(a[5]), C.double(a[6]), C.double(a[7]), C.double(a[8]), C.double(a[9]), C.double(a[10]), C.double(a[11]), C.double(a[12])))
	},
	14: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles14(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4]), C.double(a[5]), C.double(a[6]), C.double(a[7]), C.double(a[8]), C.double(a[9]), C.double(a[10]), C.double(a[11]), C.double(a[12]), C.double(a[13])))
	},
	15: func(a *[calls.MaxArity]float64) float64 {
		return float64(C.toll_calls_doubles15(C.double(a[0]), C.double(a[1]), C.double(a[2]), C.double(a[3]), C.double(a[4]), C.double(a[5]), C.double(a[6]), C.double(a[7]), C.double(a[8]), C.double(a[9]), C.double(a[10]), C.double(a[11]), C.double(a[12]), C.double(a[13]), C.double(a[14])))
	},
}
