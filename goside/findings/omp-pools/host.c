// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <omp.h>
#include <pthread.h>
#include <stdio.h>

enum { callers = 8, team = 4 };
static pthread_barrier_t called, counted;

static void *call(void *unused) {
    (void)unused;
    int threads = 0;
#pragma omp parallel num_threads(team)
#pragma omp atomic
    threads++;
    pthread_barrier_wait(&called);
    pthread_barrier_wait(&counted);
    return NULL;
}

int main(void) {
    pthread_t threads[callers];
    pthread_barrier_init(&called, NULL, callers + 1);
    pthread_barrier_init(&counted, NULL, callers + 1);
    for (int k = 0; k < callers; k++)
        pthread_create(&threads[k], NULL, call, NULL);
    pthread_barrier_wait(&called);
    int n = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *task; (task = readdir(tasks));)
        n += task->d_name[0] != '.';
    pthread_barrier_wait(&counted);
    for (int k = 0; k < callers; k++)
        pthread_join(threads[k], NULL);
    printf("%d threads have called with %d threads each: %d threads are left\n", callers, team, n);
    puts(n > 1 + callers + team ? "holds" : "does not hold");
    return 0;
}
