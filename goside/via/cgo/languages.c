/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT */
#include "languages.h"

#include <string.h>

#define LANGUAGE(name, lang) extern table_fn toll_##lang##_table;
LANGUAGES
#undef LANGUAGE

table_fn *find_table(const char *lang) {
#define LANGUAGE(name, lang) {name, toll_##lang##_table},
    static const struct {
        const char *name;
        table_fn *table;
    } languages[] = {LANGUAGES};
    for (size_t k = 0; k < sizeof languages / sizeof *languages; k++)
        if (!strcmp(languages[k].name, lang))
            return languages[k].table;
    return NULL;
}
