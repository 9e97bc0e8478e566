// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package stubs

import (
	"bytes"
	"fmt"
)

var (
	integerRegisters = []string{"DI", "SI", "DX", "CX", "R8", "R9"}
	returnRegisters  = []string{"AX", "DX"}
)

// A move brings a part of a parameter, at an offset from its begin, into a register, or to a place on the stack; an
// address is that of the part itself.
type move struct {
	param   int // -1: the result's memory
	offset  int64
	typ     ctype
	to      string
	stack   int64
	address bool
}

// word is 8 bytes of a structure.
var word = ctype{kind: unsigned, size: 8}

// classes returns what registers the words of a structure go into: a word is float if all its leaves are. It is nil
// if the structure goes through memory. (System V ABI, AMD64 supplement, 3.2.3.)
func classes(t ctype) []kind {
	if t.size > 16 {
		return nil
	}
	words := make([]kind, (t.size+7)/8)
	for k := range words {
		words[k] = float
	}
	for _, l := range t.leaves {
		if l.typ.kind != float {
			words[l.offset/8] = unsigned
		}
	}
	return words
}

// placeAMD64 says where the parameters go, how many bytes of stack they take, and how many vector registers.
func placeAMD64(f *function) (moves []move, stack int64, vectors int) {
	integers := 0
	if len(f.results) == 1 && f.results[0].typ.kind == structure && classes(f.results[0].typ) == nil {
		moves = append(moves, move{param: -1, to: integerRegisters[0], address: true})
		integers = 1
	}
	for k, p := range f.params {
		parts := []kind{p.typ.kind}
		if p.typ.kind == structure {
			parts = classes(p.typ)
		}
		needed := map[bool]int{}
		for _, part := range parts {
			needed[part == float]++
		}
		inRegisters := parts != nil && integers+needed[false] <= len(integerRegisters) && vectors+needed[true] <= 8
		words := (p.typ.size + 7) / 8
		for w := range words {
			m := move{param: k, offset: 8 * w, typ: p.typ}
			if p.typ.kind == structure {
				m.typ = word
			}
			switch {
			case !inRegisters:
				m.stack = stack
				stack += 8
			case parts[w] == float:
				if p.typ.kind == structure {
					m.typ = ctype{kind: float, size: 8}
				}
				m.to = fmt.Sprintf("X%d", vectors)
				vectors++
			default:
				m.to = integerRegisters[integers]
				integers++
			}
			moves = append(moves, m)
		}
	}
	return moves, stack, vectors
}

// load returns the instruction that loads a type, widened, into a register.
func loadAMD64(t ctype) string {
	switch {
	case t.kind == float && t.size == 4:
		return "MOVSS"
	case t.kind == float:
		return "MOVSD"
	case t.size == 8:
		return "MOVQ"
	}
	name := map[int64]string{1: "MOVB", 2: "MOVW", 4: "MOVL"}[t.size]
	if t.kind == signed {
		return name + "QSX"
	}
	if t.size == 4 {
		return "MOVL" // clears the upper half
	}
	return name + "QZX"
}

func storeAMD64(t ctype) string {
	if t.kind == float {
		return loadAMD64(t)
	}
	return map[int64]string{1: "MOVB", 2: "MOVW", 4: "MOVL", 8: "MOVQ"}[t.size]
}

func amd64(text *bytes.Buffer, f *function) error {
	moves, stack, vectors := placeAMD64(f)
	switch {
	case f.leaf && stack > 0:
		return fmt.Errorf("found a leaf with parameters on the stack, want all in registers")
	case f.leaf:
		leafAMD64(text, f, moves)
	case f.entry:
		entryAMD64(text, f, moves)
	default:
		callAMD64(text, f, moves, stack, vectors)
	}
	return nil
}

func callAMD64(text *bytes.Buffer, f *function, moves []move, stack int64, vectors int) {
	line := func(format string, args ...any) { fmt.Fprintf(text, "\t"+format+"\n", args...) }
	b, _ := blockOf(f)
	address(text, f.name, "Stub")
	fmt.Fprintf(text, "TEXT trampoline_%s<>(SB), NOSPLIT|NOFRAME, $0\n", f.name)
	line("PUSHQ BP")
	line("MOVQ SP, BP")
	line("PUSHQ BX")
	frame := (stack+15)/16*16 + 8 // C wants a multiple of 16
	line("ADJSP $%d", frame)
	line("MOVQ DI, BX")
	if f.errno { // as cgo does: many functions set errno only if they fail
		line("MOVQ 8(BX), R11")
		line("CALL R11")
		line("MOVL $0, (AX)")
	}
	for _, m := range moves {
		switch {
		case m.address:
			line("LEAQ %d(BX), %s", b.result, m.to)
		case m.to != "":
			line("%s %d(BX), %s", loadAMD64(m.typ), b.params[m.param]+m.offset, m.to)
		default:
			t := m.typ
			if t.kind == float { // by way of AX
				t.kind = unsigned
			}
			line("%s %d(BX), AX", loadAMD64(t), b.params[m.param]+m.offset)
			line("MOVQ AX, %d(SP)", m.stack)
		}
	}
	if f.named >= 0 {
		line("MOVL $%d, AX", vectors)
	}
	line("MOVQ 0(BX), R11")
	line("CALL R11")
	for _, r := range f.results {
		switch words := classes(r.typ); {
		case r.typ.kind == float:
			line("%s X0, %d(BX)", storeAMD64(r.typ), b.result)
		case r.typ.kind != structure:
			line("%s AX, %d(BX)", storeAMD64(r.typ), b.result)
		case words != nil:
			used := map[kind]int{}
			for w, k := range words {
				register := fmt.Sprintf("X%d", used[k])
				if k != float {
					register = returnRegisters[used[k]]
				}
				used[k]++
				line("MOVQ %s, %d(BX)", register, b.result+8*int64(w))
			}
		}
	}
	if f.errno {
		line("MOVQ 8(BX), R11")
		line("CALL R11")
		line("MOVL (AX), AX")
		line("MOVL AX, %d(BX)", b.errno)
	}
	line("ADJSP $%d", -frame)
	line("POPQ BX")
	line("POPQ BP")
	line("XORL AX, AX")
	line("RET")
}

// address sets the Go variable that holds the address of a function of assembly.
func address(text *bytes.Buffer, name, ending string) {
	fmt.Fprintf(text, "\nGLOBL ·%[1]s%[2]s(SB), NOPTR|RODATA, $8\nDATA ·%[1]s%[2]s(SB)/8, $trampoline_%[1]s<>(SB)\n", name, ending)
}

// entryAMD64 lays the block out on C's stack and has the runtime call Go with it. crosscall2 is runtime/cgo's, or purego's
// without cgo; it saves what C wants saved.
func entryAMD64(text *bytes.Buffer, f *function, moves []move) {
	line := func(format string, args ...any) { fmt.Fprintf(text, "\t"+format+"\n", args...) }
	b, _ := blockOf(f)
	address(text, f.name, "Entry")
	fmt.Fprintf(text, "TEXT trampoline_%s<>(SB), NOSPLIT|NOFRAME, $0\n", f.name)
	frame := (b.end + 15) / 16 * 16
	line("PUSHQ BP")
	line("MOVQ SP, BP")
	line("ADJSP $%d", frame)
	for _, m := range moves {
		t, from := m.typ, m.to
		if from == "" {
			line("MOVQ %d(BP), AX", 16+m.stack)
			t, from = ctype{kind: unsigned, size: t.size}, "AX"
		}
		line("%s %s, %d(SP)", storeAMD64(t), from, b.params[m.param]+m.offset)
	}
	line("MOVQ ·%sGo(SB), DI", f.name)
	line("MOVQ (DI), DI")
	line("MOVQ SP, SI")
	line("MOVL $%d, DX", b.end)
	line("XORL CX, CX")
	line("CALL crosscall2(SB)")
	for _, r := range f.results {
		register := "AX"
		if r.typ.kind == float {
			register = "X0"
		}
		line("%s %d(SP), %s", loadAMD64(r.typ), b.result, register)
	}
	line("ADJSP $%d", -frame)
	line("POPQ BP")
	line("RET")
}

// leafAMD64 calls on the stack of the thread's g0, as the runtime's asmcgocall does. The offsets are the runtime's:
// of g.m, m.g0 and g.sched.sp.
func leafAMD64(text *bytes.Buffer, f *function, moves []move) {
	line := func(format string, args ...any) { fmt.Fprintf(text, "\t"+format+"\n", args...) }
	offsets, result, size := leafFrame(f)
	fmt.Fprintf(text, "\nTEXT ·%s(SB), NOSPLIT, $0-%d\n", f.name, size)
	for _, m := range moves {
		line("%s %s+%d(FP), %s", loadAMD64(m.typ), f.params[m.param].name, offsets[m.param], m.to)
	}
	line("MOVQ f+0(FP), R11")
	line("MOVQ (TLS), R12   // g")
	line("MOVQ 48(R12), R10 // g.m")
	line("MOVQ 0(R10), R10  // m.g0")
	line("MOVQ SP, BX")
	line("MOVQ R10, (TLS)   // a signal finds g0 on its own stack")
	line("MOVQ 56(R10), SP  // g0.sched.sp")
	line("ANDQ $~15, SP")
	line("CALL R11")
	line("MOVQ R12, (TLS)")
	line("MOVQ BX, SP")
	for _, r := range f.results {
		register := "AX"
		if r.typ.kind == float {
			register = "X0"
		}
		line("%s %s, %s+%d(FP)", storeAMD64(r.typ), register, r.name, result)
	}
	line("RET")
}
