// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package mem answers questions about the addresses of slices, so that other packages can check the
// arguments of native code without unsafe of their own.
package mem

import "unsafe"

// Aligned reports whether the elements of s lie at multiples of align bytes. An empty slice does.
func Aligned[T any](s []T, align uintptr) bool {
	return len(s) == 0 || uintptr(unsafe.Pointer(unsafe.SliceData(s)))%align == 0
}

// Overlap reports whether a and b share memory.
func Overlap[A, B any](a []A, b []B) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	p, q := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	if p < q {
		return q-p < uintptr(len(a))*unsafe.Sizeof(a[0])
	}
	return p-q < uintptr(len(b))*unsafe.Sizeof(b[0])
}

// Misaligned returns n zero elements that lie one byte off their alignment, as in a byte buffer cast to another type. T
// must hold no pointers.
func Misaligned[T any](n int) []T {
	var zero T
	words := make([]uint64, (uintptr(n)*unsafe.Sizeof(zero)+1+7)/8)
	return unsafe.Slice((*T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(words)), 1)), n)
}

// View returns the elements of z as interleaved real and imaginary parts, in the same memory.
func View(z []complex128) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(z))), 2*len(z))
}

// Complexes returns the elements of p, interleaved real and imaginary parts, as complex numbers in the same memory.
func Complexes(p []float64) []complex128 {
	return unsafe.Slice((*complex128)(unsafe.Pointer(unsafe.SliceData(p))), len(p)/2)
}

// Int32s returns the memory of s as int32 elements.
func Int32s[T float64 | complex128](s []T) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(*new(T))/4))
}

// Bytes returns the memory of s. T must hold no pointers.
func Bytes[T any](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), uintptr(len(s))*unsafe.Sizeof(*new(T)))
}

// Floats returns the elements of a, an array of arrays of float64, of whatever depth.
func Floats[T Array](a *T) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(a)), unsafe.Sizeof(*a)/8)
}

// Array is an array of arrays that holds only float64.
type Array interface {
	[8][8]float64 | [64][64]float64 | [512][512]float64 | [2048][2048]float64
}
