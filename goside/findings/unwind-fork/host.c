/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

void __register_frame(void *table); /* of libgcc: a JIT compiler calls it for what it has compiled */

/* The unwind table of a function: what all functions have in common, the function's own entry, and the end.
 */
typedef struct __attribute__((packed)) {
    uint32_t common_length, common_id;
    uint8_t common[12];
    uint32_t length, back;
    void *start;
    uint64_t size;
    uint32_t nothing, end;
} table;

enum { FUNCTIONS = 4000, BYTES = 64, TRIES = 30 };

static char code[FUNCTIONS * BYTES];

static void compile(void *start) {
    table *t = malloc(sizeof *t);
    if (!t)
        exit(1);
    *t = (table){
        .common_length = 16,
        .common = {1, 0, 1, 0x78, 16, 0x0c, 7, 8, 0x90, 1}, /* version 1; at its start CFA = rsp + 8 */
        .length = 24,
        .back = 24,
        .start = start,
        .size = BYTES};
    __register_frame(t);
}

static void *leave(void *unused) { pthread_exit(unused); }

/* Forks a child that compiles. Returns whether that was done within 2 s. */
static int compiles_in_child(void) {
    const pid_t child = fork();
    if (child == 0) {
        compile(code);
        _exit(0);
    }
    int status;
    for (int k = 0; k < 200; k++) {
        if (waitpid(child, &status, WNOHANG) == child)
            return 1;
        usleep(10000);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return 0;
}

int main(void) {
    for (int n = 1; n <= TRIES; n++) {
        for (int k = 0; k < FUNCTIONS; k++)
            compile(code + (size_t)k * BYTES);
        pthread_t thread;
        if (pthread_create(&thread, NULL, leave, NULL) != 0)
            return 1;
        usleep((useconds_t)(1000 *
                            n)); /* it unwinds its stack, and libgcc sorts the tables first, under a lock */
        const int during = compiles_in_child();
        pthread_join(thread, NULL);
        const int after = compiles_in_child();
        if (!during && after) {
            puts("__register_frame in a child forked while a thread ended: not done after 2 s; forked "
                 "afterwards: done");
            puts("holds");
            return 0;
        }
    }
    printf("__register_frame in %d children, forked while a thread ended: done\ndoes not hold\n", TRIES);
    return 0;
}
