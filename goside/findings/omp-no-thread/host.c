// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <omp.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {1 << 26, 1 << 26}; // 64 MiB of addresses
        setrlimit(RLIMIT_AS, &limit);
        int threads = 0;
#pragma omp parallel num_threads(64)
#pragma omp atomic
        threads++;
        _exit(threads == 64 ? 2 : 3);
    }
    int status;
    waitpid(child, &status, 0);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    printf("a parallel region for which threads could not be made: the process ended with status %d\n", code);
    puts(code == 1 ? "holds" : "does not hold");
    return 0;
}
