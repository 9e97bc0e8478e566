/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * What the module of calls.h has beside it. A function of the host's has an address, as every function has,
 * if C takes it: that of its element in the module's table.
 */
#include <errno.h>

#include "../include/calls.h"

#define IMPORT(name) __attribute__((import_module("toll"), import_name(#name)))
IMPORT(callback) int64_t toll_wasm_host_callback(uintptr_t context, int64_t x);
IMPORT(next) int64_t toll_wasm_host_next(uintptr_t context, int64_t x);

toll_callback *toll_wasm_callback(void);
toll_callback *toll_wasm_next(void);
int32_t toll_wasm_errno(void);

toll_callback *toll_wasm_callback(void) { return toll_wasm_host_callback; }
toll_callback *toll_wasm_next(void) { return toll_wasm_host_next; }

/* The errno that the last function left, as its name is a macro of the C library's. */
int32_t toll_wasm_errno(void) { return errno; }
