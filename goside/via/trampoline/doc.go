// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package trampoline is the crossing by typed stubs of goside/stubs, to shared libraries opened at run time.
// It needs no C compiler, works with CGO_ENABLED=0, and costs what cgo costs: a stub puts the arguments into a block,
// runtime.cgocall switches to the thread's stack, and assembly moves them into registers and onto the stack. It runs on
// Linux, on amd64 and arm64; [OpenLeaf], without the scheduler, on amd64 only.
//
// The caller guarantees what toll.h and calls.h ask for. Of its own declarations the package guarantees that each is
// its C function's prototype, and that a function without //toll:callback never calls Go: its block lies on the
// goroutine's stack, which a callback may move. Pointers are typed until the call and alive until it returns.
//
// Caveats: runtime.cgocall is not public; Go 1.26 and 1.27 link it. purego, for loading libraries and for starting
// threads without cgo, must be the only package in the program that stands in for runtime/cgo.
//
// Others may import it: its API follows semantic versioning from Toll 1.0 on; until then CHANGELOG.md says what changes.
package trampoline
