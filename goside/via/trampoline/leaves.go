// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build ignore

// Those of calls.h that never block, and that the world may wait for.
package trampoline

//toll:leaf
func leafNoop(f uintptr)

//toll:leaf
func leafNot(f uintptr, x int64) (r int64)

//toll:leaf
func leafAdd(f uintptr, x, y float64) (r float64)

//toll:leaf
func leafSum(f uintptr, p *float64, n int64) (r float64)

//toll:leaf
func leafSpin(f uintptr, ns int64)
