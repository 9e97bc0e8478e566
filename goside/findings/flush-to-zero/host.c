// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <dlfcn.h>
#include <float.h>
#include <stdio.h>
#include <string.h>

static volatile double least = DBL_MIN, two = 2;

int main(void) {
    double before = least / two;
    if (!dlopen("./library.so", RTLD_NOW)) {
        puts(dlerror());
        return 1;
    }
    double after = least / two;
    printf("2^-1022 / 2 = %a, after dlopen %a\n", before, after);
    // By their bits: to a processor that takes subnormals for zeros, the two are equal.
    puts(memcmp(&before, &after, sizeof after) == 0 ? "does not hold" : "holds");
    return 0;
}
