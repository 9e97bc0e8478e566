// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The arrays of a work, in bytes from its beginning; each has as many elements.
const (
	length    = 1024 + 8
	zr        = 0
	zi        = 8 * length
	id        = 2 * 8 * length
	doneID    = 3 * 8 * length
	doneCount = 4 * 8 * length
)

const passSignature = "func(w *float64, n, iterations, rest int, cr, ci, re, im, squared float64) (alive, done int)"

func array(w, index reg.Register, offset, k int) operand.Mem {
	return operand.Mem{Base: w, Index: index, Scale: 8, Disp: offset + 8*k}
}

// passAVX2 has 4 vectors of 4 points in 12 registers; the constants stay in memory.
func (a assembler) passAVX2() {
	table := a.compressTable()
	p := a.function("passAVX2", passSignature, "w", "n", "iterations")
	w, n, iterations := p[0], p[1], p[2]
	local := func(name string) operand.Mem {
		m, t := a.AllocLocal(32), a.YMM()
		a.VMOVUPD(a.parameter(name, t), m)
		return m
	}
	cr, ci := local("cr"), local("ci")
	re, im, squared := local("re"), local("im"), local("squared")
	rest, all := local("rest"), local("iterations") // integers, by their bits
	four := a.AllocLocal(32)
	a.VMOVUPD(a.constant(4, a.YMM()), four)
	two := a.constant(2, a.YMM())
	tablePointer, k, alive, done := a.GP64(), a.GP64(), a.GP64(), a.GP64()
	a.LEAQ(table, tablePointer)
	a.XORQ(k, k)
	a.XORQ(alive, alive)
	a.XORQ(done, done)
	type vector struct{ re, im, count reg.VecVirtual }
	var all4 [4]vector
	for v := range all4 {
		all4[v] = vector{a.YMM(), a.YMM(), a.YMM()}
	}
	a.JMP(operand.LabelRef("more"))
	a.Label("group")
	for v, z := range all4 {
		a.VMOVUPD(array(w, k, zr, 4*v), z.re)
		a.VMOVUPD(array(w, k, zi, 4*v), z.im)
		a.VPXOR(z.count, z.count, z.count)
	}
	i := a.GP64()
	a.MOVQ(iterations, i)
	a.Label("iterate")
	for _, z := range all4 {
		r, s, t := a.YMM(), a.YMM(), a.YMM()
		a.VMULPD(z.re, z.re, r)
		a.VMULPD(z.im, z.im, s)
		a.VMULPD(z.re, z.im, z.im)
		a.VADDPD(s, r, t)
		a.VSUBPD(s, r, z.re)
		a.VCMPPD(operand.Imm(0x11), four, t, t) // t < 4
		a.VPSUBQ(t, z.count, z.count)
		a.VADDPD(cr, z.re, z.re)
		a.VFMADD213PD(ci, two, z.im) // exact but for the last rounding, since 2*im is
	}
	a.DECQ(i)
	a.JNZ(operand.LabelRef("iterate"))
	for v, z := range all4 {
		r, s := a.YMM(), a.YMM()
		a.VSUBPD(re, z.re, r)
		a.VMULPD(r, r, r)
		a.VSUBPD(im, z.im, s)
		a.VMULPD(s, s, s)
		a.VADDPD(s, r, r)
		a.VCMPPD(operand.Imm(0x12), squared, r, r) // r <= squared
		a.VPCMPEQQ(all, z.count, s)                // has not escaped
		a.VANDPD(s, r, r)                          // caught
		a.VANDNPD(s, r, s)                         // still under way
		t := a.YMM()
		a.VMOVUPD(rest, t)
		a.VBLENDVPD(r, t, z.count, z.count)
		mask, other, index := a.GP64(), a.GP64(), a.YMM()
		a.VMOVMSKPD(s, mask.As32())
		a.MOVL(mask.As32(), other.As32())
		a.XORL(operand.Imm(15), other.As32())
		points := a.YMM()
		a.VMOVUPD(array(w, k, id, 4*v), points)
		store := func(count reg.Register, what reg.VecVirtual, offset int) {
			t := a.YMM()
			a.VPERMD(what, index, t)
			a.VMOVUPD(t, array(w, count, offset, 0))
		}
		shift := func(which reg.GPVirtual) {
			offset := a.GP64()
			a.MOVL(which.As32(), offset.As32())
			a.SHLL(operand.Imm(5), offset.As32())
			a.VMOVDQU(operand.Mem{Base: tablePointer, Index: offset, Scale: 1}, index)
		}
		shift(mask)
		store(alive, z.re, zr)
		store(alive, z.im, zi)
		store(alive, points, id)
		shift(other)
		store(done, points, doneID)
		store(done, z.count, doneCount)
		a.POPCNTL(mask.As32(), mask.As32())
		a.ADDQ(mask, alive)
		a.POPCNTL(other.As32(), other.As32())
		a.ADDQ(other, done)
	}
	a.ADDQ(operand.Imm(16), k)
	a.Label("more")
	a.CMPQ(k, n)
	a.JLT(operand.LabelRef("group"))
	a.VZEROUPPER()
	a.Store(alive, a.ReturnIndex(0))
	a.Store(done, a.ReturnIndex(1))
	a.RET()
}

// compressTable has, for each mask of 4, where VPERMD takes the halves of the marked elements from, the first ones first.
func (a assembler) compressTable() operand.Mem {
	table := a.StaticGlobal("compress")
	a.DataAttributes(build.RODATA | build.NOPTR)
	for mask := range 16 {
		var from []int
		for e := range 4 {
			if mask>>e&1 == 1 {
				from = append(from, 2*e, 2*e+1)
			}
		}
		for len(from) < 8 {
			from = append(from, 0)
		}
		for k, f := range from {
			a.AddDatum(32*mask+4*k, operand.U32(f))
		}
	}
	return table
}

// passAVX512 has 4 vectors of 8 points, and masks instead of vectors of them.
func (a assembler) passAVX512() {
	p := a.function("passAVX512", passSignature, "w", "n", "iterations")
	w, n, iterations := p[0], p[1], p[2]
	cr, ci := a.parameter("cr", a.ZMM()), a.parameter("ci", a.ZMM())
	re, im, squared := a.parameter("re", a.ZMM()), a.parameter("im", a.ZMM()), a.parameter("squared", a.ZMM())
	rest, all := a.parameter("rest", a.ZMM()), a.parameter("iterations", a.ZMM()) // integers, by their bits
	two, four := a.constant(2, a.ZMM()), a.constant(4, a.ZMM())
	minus := a.ZMM() // -1
	a.VPTERNLOGQ(operand.Imm(0xff), minus, minus, minus)
	k, alive, done := a.GP64(), a.GP64(), a.GP64()
	a.XORQ(k, k)
	a.XORQ(alive, alive)
	a.XORQ(done, done)
	type vector struct{ re, im, count reg.VecVirtual }
	var all4 [4]vector
	for v := range all4 {
		all4[v] = vector{a.ZMM(), a.ZMM(), a.ZMM()}
	}
	a.JMP(operand.LabelRef("more"))
	a.Label("group")
	for v, z := range all4 {
		a.VMOVUPD(array(w, k, zr, 8*v), z.re)
		a.VMOVUPD(array(w, k, zi, 8*v), z.im)
		a.VPXORQ(z.count, z.count, z.count)
	}
	i := a.GP64()
	a.MOVQ(iterations, i)
	a.Label("iterate")
	for _, z := range all4 {
		r, s, t, below := a.ZMM(), a.ZMM(), a.ZMM(), a.K()
		a.VMULPD(z.re, z.re, r)
		a.VMULPD(z.im, z.im, s)
		a.VMULPD(z.re, z.im, z.im)
		a.VADDPD(s, r, t)
		a.VSUBPD(s, r, z.re)
		a.VCMPPD(operand.Imm(0x11), four, t, below) // t < 4
		a.VPSUBQ(minus, z.count, below, z.count)
		a.VADDPD(cr, z.re, z.re)
		a.VFMADD213PD(ci, two, z.im) // exact but for the last rounding, since 2*im is
	}
	a.DECQ(i)
	a.JNZ(operand.LabelRef("iterate"))
	for v, z := range all4 {
		r, s, caught, under, ended := a.ZMM(), a.ZMM(), a.K(), a.K(), a.K()
		a.VSUBPD(re, z.re, r)
		a.VMULPD(r, r, r)
		a.VSUBPD(im, z.im, s)
		a.VMULPD(s, s, s)
		a.VADDPD(s, r, r)
		a.VCMPPD(operand.Imm(0x12), squared, r, caught) // r <= squared
		a.VPCMPEQQ(all, z.count, under)                 // has not escaped
		a.KANDB(caught, under, caught)
		a.KXORB(caught, under, under)
		a.KNOTB(under, ended)
		a.VMOVDQA64(rest, caught, z.count)
		points := a.ZMM()
		a.VMOVUPD(array(w, k, id, 8*v), points)
		store := func(which reg.OpmaskVirtual, count reg.Register, what reg.VecVirtual, offset int) {
			t := a.ZMM()
			a.VCOMPRESSPD_Z(what, which, t)
			a.VMOVUPD(t, array(w, count, offset, 0))
		}
		store(under, alive, z.re, zr)
		store(under, alive, z.im, zi)
		store(under, alive, points, id)
		store(ended, done, points, doneID)
		store(ended, done, z.count, doneCount)
		for _, c := range []struct {
			mask  reg.OpmaskVirtual
			count reg.GPVirtual
		}{{under, alive}, {ended, done}} {
			t := a.GP64()
			a.KMOVB(c.mask, t.As32())
			a.POPCNTL(t.As32(), t.As32())
			a.ADDQ(t, c.count)
		}
	}
	a.ADDQ(operand.Imm(32), k)
	a.Label("more")
	a.CMPQ(k, n)
	a.JLT(operand.LabelRef("group"))
	a.VZEROUPPER()
	a.Store(alive, a.ReturnIndex(0))
	a.Store(done, a.ReturnIndex(1))
	a.RET()
}
