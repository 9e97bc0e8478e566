// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package libffi

import (
	"strings"
	"testing"
	"unsafe"

	"toll/goside/calls"
	"toll/goside/via/dl"
)

// TestPrepare calls functions of calls.h by signatures made of the exported types.
func TestPrepare(t *testing.T) {
	lookup, err := dl.Calls("libffi")
	if err != nil {
		t.Fatal(err)
	}
	prepare := func(name string, result Type, arguments ...Type) *Function {
		t.Helper()
		address, err := lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Prepare(name, address, result, arguments...)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	var sum float64
	data := []float64{1, 2, 4}
	p, n := unsafe.SliceData(data), int64(len(data))
	sums := prepare("sum", Double, Pointer, Sint64)
	if sums.Call(unsafe.Pointer(&sum), unsafe.Pointer(&p), unsafe.Pointer(&n)); sum != 7 {
		t.Errorf("sum is %v, want 7", sum)
	}
	if allocations := testing.AllocsPerRun(100, func() { sums.Call(unsafe.Pointer(&sum), unsafe.Pointer(&p), unsafe.Pointer(&n)) }); allocations != 0 {
		t.Errorf("a call allocates %v times, want 0", allocations)
	}
	x, y, r := int8(-3), int8(-4), int64(0)
	if prepare("int8", Sint64, Sint8, Sint8).Call(unsafe.Pointer(&r), unsafe.Pointer(&x), unsafe.Pointer(&y)); r != calls.Go().Int8(x, y) {
		t.Errorf("int8 is %d, want %d", r, calls.Go().Int8(x, y))
	}
	m := calls.Mixed{A: 1, B: 2, C: 3, D: 4, E: 5, F: 6}
	mixed := Struct(Sint8, Double, Sint32, Sint16, Double, Sint64)
	var back calls.Mixed
	if prepare("mixed", mixed, mixed).Call(unsafe.Pointer(&back), unsafe.Pointer(&m)); back != calls.Go().Mixed(m) {
		t.Errorf("mixed is %v, want %v", back, calls.Go().Mixed(m))
	}
	triple := calls.Triple{X: 1, Y: 2, Z: 3}
	floats := Struct(Array(3, Float)) // passed as three fields are
	var turned calls.Triple
	if prepare("triple", floats, floats).Call(unsafe.Pointer(&turned), unsafe.Pointer(&triple)); turned != calls.Go().Triple(triple) {
		t.Errorf("triple is %v, want %v", turned, calls.Go().Triple(triple))
	}
	prepare("noop", Void).Call(nil)
	if _, err := Prepare("f", 1, Void, Struct()); err == nil || !strings.Contains(err.Error(), "f cannot be called by libffi: argument 1") {
		t.Errorf("a struct without fields: got %v, want an error that names function and argument", err)
	}
}
