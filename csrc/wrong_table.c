/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * A table that a crossing must refuse: what is wrong with it comes from the build.
 */
#include "include/toll.h"

static void slot(void) {}

const toll_table *SYMBOL(void) {
    static const toll_table table = {
        .abi_version = VERSION,
        .struct_size = SIZE,
        .header_hash = HASH,
        .language = "c",
        .compiler = "",
        .flags = "",
        .call_noop = SLOT,
    };
    (void)slot;
    return &table;
}
