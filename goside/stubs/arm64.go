// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package stubs

import (
	"bytes"
	"fmt"
)

// homogeneous returns the leaves of a structure of one to four floats of one size, else nil. (AAPCS64, 5.9.5.)
func homogeneous(t ctype) []leaf {
	if len(t.leaves) < 1 || len(t.leaves) > 4 {
		return nil
	}
	for _, l := range t.leaves {
		if l.typ.kind != float || l.typ.size != t.leaves[0].typ.size {
			return nil
		}
	}
	return t.leaves
}

// placeARM64 is placeAMD64 by AAPCS64, 6.8.2. On Linux variadic parameters go where others do.
func placeARM64(f *function) (moves []move, stack int64) {
	if len(f.results) == 1 && f.results[0].typ.kind == structure && homogeneous(f.results[0].typ) == nil && f.results[0].typ.size > 16 {
		moves = append(moves, move{param: -1, to: "R8", address: true})
	}
	integers, vectors := 0, 0
	integer := func(m move) {
		if integers < 8 {
			m.to = fmt.Sprintf("R%d", integers)
			integers++
		} else {
			m.stack = stack
			stack += 8
		}
		moves = append(moves, m)
	}
	for k, p := range f.params {
		words := (p.typ.size + 7) / 8
		floats := homogeneous(p.typ)
		switch {
		case p.typ.kind == float:
			floats = []leaf{{0, p.typ}}
		case p.typ.kind != structure:
			integer(move{param: k, typ: p.typ})
			continue
		case floats == nil && p.typ.size > 16:
			integer(move{param: k, address: true})
			continue
		}
		switch {
		case floats != nil && vectors+len(floats) <= 8:
			for _, l := range floats {
				moves = append(moves, move{param: k, offset: l.offset, typ: l.typ, to: fmt.Sprintf("F%d", vectors)})
				vectors++
			}
			continue
		case floats != nil:
			vectors = 8
		case integers+int(words) > 8:
			integers = 8
		}
		for w := range words {
			m := move{param: k, offset: 8 * w, typ: word}
			if p.typ.kind == float {
				m.typ = p.typ
			}
			if floats != nil {
				m.stack = stack
				stack += 8
				moves = append(moves, m)
			} else {
				integer(m)
			}
		}
	}
	return moves, stack
}

func loadARM64(t ctype) string {
	if t.kind == float {
		return map[int64]string{4: "FMOVS", 8: "FMOVD"}[t.size]
	}
	if t.kind == signed {
		return map[int64]string{1: "MOVB", 2: "MOVH", 4: "MOVW", 8: "MOVD"}[t.size]
	}
	return map[int64]string{1: "MOVBU", 2: "MOVHU", 4: "MOVWU", 8: "MOVD"}[t.size]
}

func storeARM64(t ctype) string {
	if t.kind == float {
		return loadARM64(t)
	}
	return map[int64]string{1: "MOVB", 2: "MOVH", 4: "MOVW", 8: "MOVD"}[t.size]
}

func arm64(text *bytes.Buffer, f *function) error {
	moves, stack := placeARM64(f)
	if f.entry {
		entryARM64(text, f, moves)
	} else {
		callARM64(text, f, moves, stack)
	}
	return nil
}

func callARM64(text *bytes.Buffer, f *function, moves []move, stack int64) {
	line := func(format string, args ...any) { fmt.Fprintf(text, "\t"+format+"\n", args...) }
	b, _ := blockOf(f)
	address(text, f.name, "Stub")
	fmt.Fprintf(text, "TEXT trampoline_%s<>(SB), NOSPLIT, $0\n", f.name) // the prologue saves R29 and R30
	frame := (stack + 8 + 15) / 16 * 16
	line("SUB $%d, RSP", frame)
	line("MOVD R19, %d(RSP)", stack)
	line("MOVD R0, R19")
	if f.errno { // as cgo does: many functions set errno only if they fail
		line("MOVD 8(R19), R9")
		line("BL (R9)")
		line("MOVW ZR, (R0)")
	}
	for _, m := range moves {
		switch {
		case m.address && m.param < 0:
			line("ADD $%d, R19, %s", b.result, m.to)
		case m.address && m.to != "":
			line("ADD $%d, R19, %s", b.params[m.param], m.to)
		case m.address:
			line("ADD $%d, R19, R9", b.params[m.param])
			line("MOVD R9, %d(RSP)", m.stack)
		case m.to != "":
			line("%s %d(R19), %s", loadARM64(m.typ), b.params[m.param]+m.offset, m.to)
		default:
			t := m.typ
			if t.kind == float { // by way of R9
				t.kind = unsigned
			}
			line("%s %d(R19), R9", loadARM64(t), b.params[m.param]+m.offset)
			line("MOVD R9, %d(RSP)", m.stack)
		}
	}
	line("MOVD 0(R19), R9")
	line("BL (R9)")
	for _, r := range f.results {
		floats := homogeneous(r.typ)
		switch {
		case r.typ.kind == float:
			line("%s F0, %d(R19)", storeARM64(r.typ), b.result)
		case r.typ.kind != structure:
			line("%s R0, %d(R19)", storeARM64(r.typ), b.result)
		case floats != nil:
			for k, l := range floats {
				line("%s F%d, %d(R19)", storeARM64(l.typ), k, b.result+l.offset)
			}
		case r.typ.size <= 16:
			for w := range (r.typ.size + 7) / 8 {
				line("MOVD R%d, %d(R19)", w, b.result+8*w)
			}
		}
	}
	if f.errno {
		line("MOVD 8(R19), R9")
		line("BL (R9)")
		line("MOVW (R0), R0")
		line("MOVW R0, %d(R19)", b.errno)
	}
	line("MOVD %d(RSP), R19", stack)
	line("ADD $%d, RSP", frame)
	line("MOVD ZR, R0")
	line("RET")
}

// entryARM64 is entryAMD64. The load of a variable's address uses R27, which is C's to keep, as R30 is.
func entryARM64(text *bytes.Buffer, f *function, moves []move) {
	line := func(format string, args ...any) { fmt.Fprintf(text, "\t"+format+"\n", args...) }
	b, _ := blockOf(f)
	address(text, f.name, "Entry")
	fmt.Fprintf(text, "TEXT trampoline_%s<>(SB), NOSPLIT|NOFRAME, $0\n", f.name)
	const saved = 32
	frame := saved + (b.end+15)/16*16
	line("SUB $%d, RSP", frame)
	line("STP (R29, R30), 0(RSP)")
	line("MOVD R27, 16(RSP)")
	for _, m := range moves {
		t, from := m.typ, m.to
		if from == "" {
			line("MOVD %d(RSP), R9", frame+m.stack)
			t, from = ctype{kind: unsigned, size: t.size}, "R9"
		}
		line("%s %s, %d(RSP)", storeARM64(t), from, saved+b.params[m.param]+m.offset)
	}
	line("MOVD ·%sGo(SB), R0", f.name)
	line("MOVD (R0), R0")
	line("ADD $%d, RSP, R1", saved)
	line("MOVD $%d, R2", b.end)
	line("MOVD ZR, R3")
	line("BL crosscall2(SB)")
	for _, r := range f.results {
		register := "R0"
		if r.typ.kind == float {
			register = "F0"
		}
		line("%s %d(RSP), %s", loadARM64(r.typ), saved+b.result, register)
	}
	line("LDP 0(RSP), (R29, R30)")
	line("MOVD 16(RSP), R27")
	line("ADD $%d, RSP", frame)
	line("RET")
}
