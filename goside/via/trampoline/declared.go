// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build ignore

// The prototypes of toll.h and calls.h.
package trampoline

import (
	"syscall"
	"unsafe"

	"toll/goside/calls"
)

func callTable(f uintptr) (r unsafe.Pointer)
func callHash(f uintptr) (r uint64)

func callStep(f uintptr, out, in *float64, rows, cols, ld, lo, hi int64, d, dt float64, threads, schedule int32) (r int32)
func callRun(f uintptr, a, b *float64, rows, cols, ld, steps int64, d, dt float64, threads, schedule int32) (r int32)
func callJulia(f uintptr, out *int32, zs, cs *complex128, n, lo, hi int64, maxiter, threads, schedule int32) (r int32)
func callSplit(f uintptr, out *int32, zr, zi, cr, ci *float64, n, lo, hi int64, maxiter, threads, schedule int32) (r int32)
func callOLS(f uintptr, slope, intercept, y *float64, rows, n, ld, lo, hi int64, threads, schedule int32) (r int32)
func callTranspose(f uintptr, out, in *float64, rows, cols, ldOut, ldIn int64, threads, schedule int32) (r int32)
func callTeam(f uintptr, threads int32) (r int32)

func callNoop(f uintptr)
func callNot(f uintptr, x int64) (r int64)
func callAdd(f uintptr, x, y float64) (r float64)
func callBool(f uintptr, x, y bool) (r bool)
func callInt8(f uintptr, x, y int8) (r int64)
func callInt16(f uintptr, x, y int16) (r int64)
func callInt32(f uintptr, x, y int32) (r int64)
func callUint8(f uintptr, x, y uint8) (r int64)
func callUint16(f uintptr, x, y uint16) (r int64)
func callUint32(f uintptr, x, y uint32) (r int64)
func callFloat(f uintptr, x, y float32) (r float32)

func callLength(f uintptr, p *float64, n int64) (r int64)
func callFirst(f uintptr, p *float64, n int64) (r float64)
func callSum(f uintptr, p *float64, n int64) (r float64)
func callFill(f uintptr, p *float64, n int64, x float64)
func callBatch(f uintptr, out, x, y *float64, n int64)
func callRows(f uintptr, a, b **float64, rows, cols, steps int64, d, dt float64)

func callPair(f uintptr, p calls.Pair) (r calls.Pair)
func callPairAt(f uintptr, p *calls.Pair)
func callLongs(f uintptr, p calls.Longs) (r calls.Longs)
func callSplitStruct(f uintptr, p calls.Split) (r calls.Split)
func callTriple(f uintptr, p calls.Triple) (r calls.Triple)
func callMixed(f uintptr, m calls.Mixed) (r calls.Mixed)
func callMixedAt(f uintptr, m *calls.Mixed)

func callTextLength(f uintptr, s *byte) (r int64)
func callTextStatic(f uintptr) (r *byte)
func callTextNew(f uintptr, n int64) (r *byte)
func callTextFree(f uintptr, s *byte)
func callTextInto(f uintptr, s *byte, n int64) (r int64)
func callTextLive(f uintptr) (r int64)

func callStatus(f uintptr, x int32) (r int32)
func callHandle(f uintptr, h uintptr) (r uintptr)
func callSpin(f uintptr, ns int64)
func callSleep(f uintptr, ns int64)

//toll:variadic 1
func callVariadic(f uintptr, n, a int64, x float64, b int64, y float64) (r float64)

//toll:errno
func callErrno(f uintptr, e int32) (r int64, errno syscall.Errno)

// Of callback and of callback_thread.
//
//toll:callback
func callCallback(f, callee, context uintptr, x, k int64) (r int64)

//toll:entry
func goCallback(context uintptr, x int64) (r int64)

//toll:entry
func goNext(context uintptr, x int64) (r int64)

func callInts1(f uintptr, a1 int64) (r int64)
func callInts2(f uintptr, a1, a2 int64) (r int64)
func callInts3(f uintptr, a1, a2, a3 int64) (r int64)
func callInts4(f uintptr, a1, a2, a3, a4 int64) (r int64)
func callInts5(f uintptr, a1, a2, a3, a4, a5 int64) (r int64)
func callInts6(f uintptr, a1, a2, a3, a4, a5, a6 int64) (r int64)
func callInts7(f uintptr, a1, a2, a3, a4, a5, a6, a7 int64) (r int64)
func callInts8(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8 int64) (r int64)
func callInts9(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9 int64) (r int64)
func callInts10(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10 int64) (r int64)
func callInts11(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11 int64) (r int64)
func callInts12(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12 int64) (r int64)
func callInts13(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13 int64) (r int64)
func callInts14(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14 int64) (r int64)
func callInts15(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15 int64) (r int64)
func callInts16(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15,
	a16 int64) (r int64)
func callInts20(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
	a19, a20 int64) (r int64)
func callInts32(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
	a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32 int64) (r int64)

func callDoubles1(f uintptr, a1 float64) (r float64)
func callDoubles2(f uintptr, a1, a2 float64) (r float64)
func callDoubles3(f uintptr, a1, a2, a3 float64) (r float64)
func callDoubles4(f uintptr, a1, a2, a3, a4 float64) (r float64)
func callDoubles5(f uintptr, a1, a2, a3, a4, a5 float64) (r float64)
func callDoubles6(f uintptr, a1, a2, a3, a4, a5, a6 float64) (r float64)
func callDoubles7(f uintptr, a1, a2, a3, a4, a5, a6, a7 float64) (r float64)
func callDoubles8(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8 float64) (r float64)
func callDoubles9(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9 float64) (r float64)
func callDoubles10(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10 float64) (r float64)
func callDoubles11(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11 float64) (r float64)
func callDoubles12(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12 float64) (r float64)
func callDoubles13(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13 float64) (r float64)
func callDoubles14(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14 float64) (r float64)
func callDoubles15(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14,
	a15 float64) (r float64)
func callDoubles16(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15,
	a16 float64) (r float64)
func callDoubles20(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
	a19, a20 float64) (r float64)
func callDoubles32(f uintptr, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
	a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32 float64) (r float64)
