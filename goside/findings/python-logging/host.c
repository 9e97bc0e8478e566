// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
#include <Python.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static PyThreadState *main_state;
static sem_t imported, never;

// As a host does that keeps a thread's state for its next call.
static void *import(void *unused) {
    (void)unused;
    PyThreadState *state = PyThreadState_New(main_state->interp);
    PyEval_RestoreThread(state);
    PyRun_SimpleString("import logging");
    PyEval_SaveThread();
    sem_post(&imported);
    sem_wait(&never);
    return NULL;
}

static void late(int unused) {
    (void)unused;
    static const char text[] = ", has not come back after 3 s\nholds\n";
    _exit(write(1, text, sizeof text - 1) < 0);
}

int main(void) {
    pthread_t thread;
    sem_init(&imported, 0, 0);
    sem_init(&never, 0, 0);
    Py_InitializeEx(0);
    printf("CPython %.*s: Py_Finalize, after another thread imported logging",
           (int)strcspn(Py_GetVersion(), " "), Py_GetVersion());
    fflush(stdout);
    main_state = PyEval_SaveThread();
    pthread_create(&thread, NULL, import, NULL);
    sem_wait(&imported);
    PyEval_RestoreThread(main_state);
    signal(SIGALRM, late);
    alarm(3);
    Py_Finalize();
    puts(", comes back\ndoes not hold");
    fflush(stdout);
    _exit(0);
}
