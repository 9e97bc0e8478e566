/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * A library whose constructor leaves the thread that loads it in another floating-point environment: with
 * UPWARD it rounds upward, else it flushes subnormals to zero, as a library linked with -ffast-math does by
 * some compilers.
 */
#include <fenv.h>
#include <stdint.h>

__attribute__((constructor)) static void leave(void) {
#ifdef UPWARD
    fesetround(FE_UPWARD);
#elif defined(__x86_64__)
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#elif defined(__aarch64__)
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"(control | 1 << 24));
#endif
}
