// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faulty

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	wasi "github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"toll/goside/kernel"
	"toll/goside/seam"
)

// OpenInterruptible opens the module as via/wasm does not: compiled so that a call ends after a limit of time, which costs a
// test in each loop. The library has julia only, for one point.
func OpenInterruptible(limit time.Duration) (*seam.Library, error) {
	path, err := seam.FindLibrary("toll_c.wasm")
	if err != nil {
		return nil, err
	}
	code, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler().WithCloseOnContextDone(true))
	if _, err := wasi.Instantiate(ctx, r); err != nil {
		return nil, err
	}
	module, err := r.InstantiateWithConfig(ctx, code, wazero.NewModuleConfig().WithStartFunctions("_initialize"))
	if err != nil {
		return nil, err
	}
	julia := module.ExportedFunction("toll_c_julia")
	place, err := module.ExportedFunction("aligned_alloc").Call(ctx, 64, 64)
	if julia == nil || err != nil {
		return nil, errors.Join(errors.New("faulty: the module has no julia"), err)
	}
	at := uint32(place[0])
	return seam.NewLibrary(kernel.Funcs{Julia: func(a *kernel.Julia) error {
		memory := module.Memory()
		var point [32]byte
		for k, x := range [...]float64{real(a.Zs[0]), imag(a.Zs[0]), real(a.Cs[0]), imag(a.Cs[0])} {
			binary.LittleEndian.PutUint64(point[8*k:], math.Float64bits(x))
		}
		memory.Write(at, point[:])
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		status, err := julia.Call(ctx, uint64(at+32), uint64(at), uint64(at+16), 1, 0, 1, uint64(uint32(a.MaxIter)), 1, 0)
		if err != nil {
			text, _, _ := strings.Cut(err.Error(), "\n")
			return fmt.Errorf("faulty: %w: %s", kernel.ErrPanic, text)
		}
		count, _ := memory.ReadUint32Le(at + 32)
		a.Out[0] = int32(count)
		return kernel.FromNative("julia", int32(uint32(status[0])))
	}}, false, seam.Build{Compiler: "wazero"}), nil
}
