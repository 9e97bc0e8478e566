// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

static sem_t opened;
static double (*twice)(double);

static void *open_library(const char *path) {
    void *library = dlopen(path, RTLD_NOW);
    if (!library) {
        puts(dlerror());
        exit(1);
    }
    return library;
}

static void *call(void *unused) {
    (void)unused;
    sem_wait(&opened);
    double first = twice(1), second = twice(1);
    printf("twice(1) = %g, then %g\n%s\n", first, second, first == 2 ? "does not hold" : "holds");
    return NULL;
}

int main(void) {
    if (!__builtin_cpu_supports("avx512vl")) {
        puts("unavailable: this processor has no AVX-512");
        return 0;
    }
    pthread_t thread;
    sem_init(&opened, 0, 0);
    pthread_create(&thread, NULL, call, NULL);
    for (int k = 1; k <= 20; k++) {
        char path[32];
        snprintf(path, sizeof path, "./data%d.so", k);
        open_library(path);
    }
    twice = (double (*)(double))dlsym(open_library("./libtwice.so"), "twice");
    sem_post(&opened);
    pthread_join(thread, NULL);
    return 0;
}
