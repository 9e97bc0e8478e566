/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 *
 * A table that a crossing must refuse: what is wrong with it comes from the build. NULL_SYMBOL has none at
 * all, as a tuned language's level on a processor that lacks it.
 */
#include "include/toll.h"

#ifdef NULL_SYMBOL
const toll_table *NULL_SYMBOL(void) { return 0; }
#else
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
#endif
