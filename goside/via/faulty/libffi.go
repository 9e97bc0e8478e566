// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faulty

import (
	"runtime"
	"unsafe"

	"toll/goside/kernel"
	"toll/goside/seam"
	"toll/goside/via/abi"
	"toll/goside/via/libffi"
)

// openLibffi opens by libffi julia and a step by rows: all that is committed and verified.
func openLibffi(file, lang string) (*seam.Library, error) {
	p, err := table(file, lang)
	if err != nil {
		return nil, err
	}
	t, build, err := abi.Read(p, lang, file)
	if err != nil {
		return nil, err
	}
	ptr, word, status := libffi.Pointer, libffi.Sint64, libffi.Sint32
	julia, err := libffi.Prepare("julia", t.Julia, status, ptr, ptr, ptr, word, word, word, status, status, status)
	if err != nil {
		return nil, err
	}
	step, err := libffi.Prepare("diffusion_step_row", t.DiffusionStepRow, status, ptr, ptr, word, word, word, word, word,
		libffi.Double, libffi.Double, status, status)
	if err != nil {
		return nil, err
	}
	return seam.NewLibrary(kernel.Funcs{
		Julia: func(a *kernel.Julia) error {
			out, zs, cs := unsafe.SliceData(a.Out), unsafe.SliceData(a.Zs), unsafe.SliceData(a.Cs)
			n, lo, hi := int64(len(a.Zs)), int64(a.Lo), int64(a.Hi)
			maxiter, threads, schedule := a.MaxIter, int32(a.Par.Threads), int32(a.Par.Schedule)
			var r int64
			julia.Call(unsafe.Pointer(&r), unsafe.Pointer(&out), unsafe.Pointer(&zs), unsafe.Pointer(&cs), unsafe.Pointer(&n),
				unsafe.Pointer(&lo), unsafe.Pointer(&hi), unsafe.Pointer(&maxiter), unsafe.Pointer(&threads), unsafe.Pointer(&schedule))
			runtime.KeepAlive(a)
			return kernel.FromNative("julia", int32(r))
		},
		Step: func(a *kernel.DiffusionStep) error {
			out, in := unsafe.SliceData(a.Out.Data), unsafe.SliceData(a.In.Data)
			rows, cols, ld, lo, hi := int64(a.In.Rows), int64(a.In.Cols), int64(a.In.LD), int64(a.Lo), int64(a.Hi)
			threads, schedule := int32(a.Par.Threads), int32(a.Par.Schedule)
			var r int64
			step.Call(unsafe.Pointer(&r), unsafe.Pointer(&out), unsafe.Pointer(&in), unsafe.Pointer(&rows), unsafe.Pointer(&cols),
				unsafe.Pointer(&ld), unsafe.Pointer(&lo), unsafe.Pointer(&hi), unsafe.Pointer(&a.D), unsafe.Pointer(&a.Dt),
				unsafe.Pointer(&threads), unsafe.Pointer(&schedule))
			runtime.KeepAlive(a)
			return kernel.FromNative("diffusion", int32(r))
		},
	}, true, build), nil
}
