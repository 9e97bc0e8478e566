// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build unix

package stdout

/*
#include <fcntl.h>

static int closed;

__attribute__((constructor)) static void look(void) { closed = fcntl(1, F_GETFD) == -1; }

static int was_closed(void) { return closed; }
*/
import "C"

// Known says whether this program can tell: not without cgo.
const Known = true

// Closed reports whether standard output was closed when the program started; false if that is not known.
func Closed() bool { return C.was_closed() != 0 }
