// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

#include "textflag.h"

GLOBL ·noop(SB), NOPTR|RODATA, $8
DATA ·noop(SB)/8, $harness_noop<>(SB)

// A C function of any arguments. Its result is 0, or what is in the registers.
TEXT harness_noop<>(SB), NOSPLIT|NOFRAME, $0
	MOVD ZR, R0
	RET
