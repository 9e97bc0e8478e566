// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command fastasm writes the assembly of goside/kernel/fast into the working folder. The declaration of each function in
// that package says what it does, as a loop in Go.
package main

import (
	"bytes"
	"fmt"
	"math"
	"os"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

const output = "zfast_amd64.s"

func main() {
	text, err := assemble()
	if err == nil {
		err = os.WriteFile(output, text, 0o666)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fastasm:", err)
		os.Exit(1)
	}
}

// An assembler adds functions to a file.
type assembler struct {
	*build.Context
	constants map[float64]operand.Mem
}

func assemble() ([]byte, error) {
	a := assembler{build.NewContext(), map[float64]operand.Mem{}}
	a.ConstraintExpr("!noasm")
	a.line("rowAVX2", true)
	a.line("colAVX2", false)
	a.transpose()
	a.fit()
	a.passAVX2()
	a.passAVX512()
	file, err := a.Result()
	if err != nil {
		return nil, err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return nil, err
	}
	command := printer.Config{Name: "fastasm", Argv: []string{"go", "run", "toll/goside/internal/fastasm"}}
	body, err := printer.NewGoAsm(command).Print(file)
	if err != nil {
		return nil, err
	}
	head := "// SPDX-FileCopyrightText: 2026 The Toll authors\n// SPDX-License-Identifier: MIT\n\n"
	return bytes.Join([][]byte{[]byte(head), body}, nil), nil
}

// function begins a function, and returns its pointers and integers, loaded.
func (a assembler) function(name, signature string, params ...string) (loaded []reg.GPVirtual) {
	a.Function(name)
	a.Attributes(build.NOSPLIT)
	a.SignatureExpr(signature)
	for _, p := range params {
		loaded = append(loaded, a.Load(a.Param(p), a.GP64()).(reg.GPVirtual))
	}
	return loaded
}

// parameter returns an argument in all elements of a vector.
func (a assembler) parameter(name string, v reg.VecVirtual) reg.VecVirtual {
	addr, err := a.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	a.VBROADCASTSD(addr.Addr, v)
	return v
}

func (a assembler) constant(x float64, v reg.VecVirtual) reg.VecVirtual {
	if _, ok := a.constants[x]; !ok {
		a.constants[x] = a.ConstData(fmt.Sprintf("f%v", x), operand.U64(math.Float64bits(x)))
	}
	a.VBROADCASTSD(a.constants[x], v)
	return v
}

// at addresses element k beyond a pointer.
func at(p reg.Register, k int) operand.Mem { return operand.Mem{Base: p, Disp: 8 * k} }

func elements(p, index reg.Register, k int) operand.Mem {
	return operand.Mem{Base: p, Index: index, Scale: 8, Disp: 8 * k}
}

// line is a part of a line of diffusion: 16 elements at once, then 4.
func (a assembler) line(name string, row bool) {
	p := a.function(name, "func(out, before, at, after *float64, n int, ddt float64)",
		"out", "before", "at", "after", "n")
	out, before, mid, after, n := p[0], p[1], p[2], p[3], p[4]
	ddt, four := a.parameter("ddt", a.YMM()), a.constant(4, a.YMM())
	k := a.GP64()
	a.XORQ(k, k)
	vector := func(d int) {
		sum, u, t := a.YMM(), a.YMM(), a.YMM()
		a.VMOVUPD(elements(mid, k, d+1), u)
		if row {
			a.VMOVUPD(elements(after, k, d), sum)
			a.VADDPD(elements(before, k, d), sum, sum)
			a.VADDPD(elements(mid, k, d+2), sum, sum)
			a.VADDPD(elements(mid, k, d), sum, sum)
		} else {
			a.VMOVUPD(elements(mid, k, d+2), sum)
			a.VADDPD(elements(mid, k, d), sum, sum)
			a.VADDPD(elements(after, k, d), sum, sum)
			a.VADDPD(elements(before, k, d), sum, sum)
		}
		a.VMULPD(four, u, t)
		a.VSUBPD(t, sum, sum)
		a.VMULPD(ddt, sum, sum)
		a.VADDPD(u, sum, sum)
		a.VMOVUPD(sum, elements(out, k, d))
	}
	a.SUBQ(operand.Imm(16), n)
	a.JMP(operand.LabelRef("whole"))
	a.Label("sixteen")
	for v := range 4 {
		vector(4 * v)
	}
	a.ADDQ(operand.Imm(16), k)
	a.Label("whole")
	a.CMPQ(k, n)
	a.JLE(operand.LabelRef("sixteen"))
	a.ADDQ(operand.Imm(16), n)
	a.JMP(operand.LabelRef("rest"))
	a.Label("four")
	vector(0)
	a.ADDQ(operand.Imm(4), k)
	a.Label("rest")
	a.CMPQ(k, n)
	a.JLT(operand.LabelRef("four"))
	a.VZEROUPPER()
	a.RET()
}

// transpose is 4 x 4 blocks of 16 rows: pairs of rows interleaved, then halves exchanged.
func (a assembler) transpose() {
	p := a.function("transposeAVX2", "func(columns, rows *float64, ld, n int)", "columns", "rows", "ld", "n")
	columns, rows, ld, n := p[0], p[1], p[2], p[3]
	a.SHLQ(operand.Imm(3), ld)
	ld3, from, to, k := a.GP64(), a.GP64(), a.GP64(), a.GP64()
	a.LEAQ(operand.Mem{Base: ld, Index: ld, Scale: 2}, ld3)
	for group := range 4 {
		label := fmt.Sprintf("group%d", group)
		a.MOVQ(rows, from)
		a.LEAQ(at(columns, 4*group), to)
		a.MOVQ(n, k)
		a.Label(label)
		r, t := [4]reg.VecVirtual{}, [4]reg.VecVirtual{}
		for i := range r {
			r[i], t[i] = a.YMM(), a.YMM()
		}
		a.VMOVUPD(at(from, 0), r[0])
		a.VMOVUPD(operand.Mem{Base: from, Index: ld, Scale: 1}, r[1])
		a.VMOVUPD(operand.Mem{Base: from, Index: ld, Scale: 2}, r[2])
		a.VMOVUPD(operand.Mem{Base: from, Index: ld3, Scale: 1}, r[3])
		a.VUNPCKLPD(r[1], r[0], t[0])
		a.VUNPCKHPD(r[1], r[0], t[1])
		a.VUNPCKLPD(r[3], r[2], t[2])
		a.VUNPCKHPD(r[3], r[2], t[3])
		a.VPERM2F128(operand.Imm(0x20), t[2], t[0], r[0])
		a.VPERM2F128(operand.Imm(0x20), t[3], t[1], r[1])
		a.VPERM2F128(operand.Imm(0x31), t[2], t[0], r[2])
		a.VPERM2F128(operand.Imm(0x31), t[3], t[1], r[3])
		for i := range r {
			a.VMOVUPD(r[i], at(to, 16*i))
		}
		a.ADDQ(operand.Imm(32), from)
		a.ADDQ(operand.U32(4*16*8), to)
		a.SUBQ(operand.Imm(4), k)
		a.JNZ(operand.LabelRef(label))
		a.LEAQ(operand.Mem{Base: rows, Index: ld, Scale: 4}, rows)
	}
	a.VZEROUPPER()
	a.RET()
}

// fit holds the sums of 16 rows in 8 vectors.
func (a assembler) fit() {
	p := a.function("fitAVX2", "func(slope, intercept, y *float64, ld, n int, x, denominator, meanX float64)",
		"slope", "intercept", "y", "ld", "n")
	slope, intercept, y, ld, n := p[0], p[1], p[2], p[3], p[4]
	a.SHLQ(operand.Imm(3), ld)
	half, odd, up, down := a.GP64(), a.GP64(), a.GP64(), a.GP64()
	a.MOVQ(n, half)
	a.SHRQ(operand.Imm(1), half)
	a.MOVQ(n, odd)
	a.ANDQ(operand.Imm(1), odd)
	a.MOVQ(half, down)
	a.DECQ(down)
	a.IMULQ(ld, down)
	a.ADDQ(y, down)
	a.MOVQ(half, up)
	a.ADDQ(odd, up)
	a.IMULQ(ld, up)
	a.ADDQ(y, up)
	pairs, sums := [4]reg.VecVirtual{}, [4]reg.VecVirtual{}
	for v := range pairs {
		pairs[v], sums[v] = a.YMM(), a.YMM()
		a.VXORPD(pairs[v], pairs[v], pairs[v])
		a.VXORPD(sums[v], sums[v], sums[v])
	}
	w, two := a.constant(1, a.YMM()), a.constant(2, a.YMM())
	a.TESTQ(odd, odd)
	a.JZ(operand.LabelRef("pair"))
	a.VMOVAPD(two, w)
	a.Label("pair")
	for v := range pairs {
		d := a.YMM()
		a.VMOVUPD(at(up, 4*v), d)
		a.VSUBPD(at(down, 4*v), d, d)
		a.VMULPD(d, w, d)
		a.VADDPD(d, pairs[v], pairs[v])
	}
	a.VADDPD(two, w, w)
	a.ADDQ(ld, up)
	a.SUBQ(ld, down)
	a.DECQ(half)
	a.JNZ(operand.LabelRef("pair"))
	a.Label("observation")
	for v := range sums {
		a.VADDPD(at(y, 4*v), sums[v], sums[v])
	}
	a.ADDQ(ld, y)
	a.DECQ(n)
	a.JNZ(operand.LabelRef("observation"))
	x, denominator, meanX := a.parameter("x", w), a.parameter("denominator", two), a.parameter("meanX", a.YMM())
	for v := range sums {
		a.VDIVPD(denominator, pairs[v], pairs[v])
		a.VMOVUPD(pairs[v], at(slope, 4*v))
		a.VMULPD(meanX, pairs[v], pairs[v])
		a.VDIVPD(x, sums[v], sums[v])
		a.VSUBPD(pairs[v], sums[v], sums[v])
		a.VMOVUPD(sums[v], at(intercept, 4*v))
	}
	a.VZEROUPPER()
	a.RET()
}
