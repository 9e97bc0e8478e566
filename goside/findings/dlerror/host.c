// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void *load(void *path) { return dlopen(path, RTLD_NOW); }

int main(void) {
    pthread_t thread;
    void *library;
    load("./mine.so");
    pthread_create(&thread, NULL, load, "./theirs.so");
    pthread_join(thread, &library);
    const char *reason = dlerror();
    printf("the last to fail was theirs.so; the reason on this thread: %s\n", reason ? reason : "none");
    puts(library == NULL && (!reason || !strstr(reason, "theirs")) ? "holds" : "does not hold");
    return 0;
}
