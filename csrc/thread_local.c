// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
//
// A library with thread-local data, of which the tests load many: a thread that was there before must enlarge
// its table of such data at its next access to any, inside __tls_get_addr.

_Thread_local char toll_tls[4096];

char *toll_tls_address(void) { return toll_tls; }
