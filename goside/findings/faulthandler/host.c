/* SPDX-FileCopyrightText: 2026 The Toll authors
 * SPDX-License-Identifier: MIT
 */
#include <Python.h>

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf recovered;
static volatile int code;

/* As Go's handler does, it looks why the signal came, and goes on in the program. */
static void handle(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)context;
    code = info->si_code;
    siglongjmp(recovered, 1);
}

static void dereference(const volatile int *p) {
    if (sigsetjmp(recovered, 1) == 0)
        printf("%d\n", *p);
}

/* A signal that a process sends has a code of at most 0; that of a fault has more. */
static const char *why(void) { return code > 0 ? "a fault" : "sent by a process"; }

int main(void) {
    static int *volatile nil;
    const struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    Py_InitializeEx(0);
    dereference(nil);
    const int before = code;
    printf("CPython %s: a read of NULL: %s; ", PY_VERSION, why());
    PyRun_SimpleString("import faulthandler, os\nfaulthandler.enable(open(os.devnull, 'w'))");
    dereference(nil);
    printf("after faulthandler.enable(): %s\n", why());
    puts(before > 0 && code <= 0 ? "holds" : "does not hold");
    return 0;
}
