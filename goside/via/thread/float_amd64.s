// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

#include "textflag.h"

// func read() (sse uint32, fpu uint16)
TEXT ·read(SB), NOSPLIT, $0-6
	STMXCSR sse+0(FP)
	FSTCW   fpu+4(FP)
	RET

// func write(sse uint32, fpu uint16)
TEXT ·write(SB), NOSPLIT, $0-6
	LDMXCSR sse+0(FP)
	FLDCW   fpu+4(FP)
	RET
