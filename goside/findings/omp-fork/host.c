// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int team(void) {
    int threads = 0;
#pragma omp parallel num_threads(2)
#pragma omp atomic
    threads++;
    return threads;
}

int main(void) {
    team();
    pid_t child = fork();
    if (child == 0)
        _exit(team());
    for (int tenths = 0; tenths < 30; tenths++) {
        int status;
        if (waitpid(child, &status, WNOHANG) == child) {
            printf("a parallel region in a forked child: %d threads\ndoes not hold\n", WEXITSTATUS(status));
            return 0;
        }
        usleep(100000);
    }
    kill(child, SIGKILL);
    puts("a parallel region in a forked child: not done after 3 s\nholds");
    return 0;
}
