// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <dlfcn.h>
#include <stdio.h>

static int version(void *library) {
    int (*f)(void) = (int (*)(void))dlsym(library, "version");
    return f ? f() : -1;
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    void *old = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!old || rename(argv[2], argv[1]))
        return 1;
    int again = version(dlopen(argv[1], RTLD_NOW | RTLD_LOCAL));
    dlclose(old);
    dlclose(old);
    int closed = version(dlopen(argv[1], RTLD_NOW | RTLD_LOCAL));
    printf("after version 2 took the file's name: version %d; after each handle was closed: %d\n", again,
           closed);
    puts(again == 1 && closed == 2 ? "holds" : "does not hold");
    return 0;
}
