// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build linux

#include "textflag.h"

// func getg() *[8]uintptr
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET

GLOBL ·probeStub(SB), NOPTR|RODATA, $8
DATA ·probeStub(SB)/8, $trampoline_probe<>(SB)

// C's void probe(place *p)
TEXT trampoline_probe<>(SB), NOSPLIT|NOFRAME, $0
	MOVQ (TLS), AX
	MOVQ AX, 8(DI)
	MOVQ SP, 16(DI)
	XORL AX, AX
	RET
