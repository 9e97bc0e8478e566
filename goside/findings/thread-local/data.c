// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
_Thread_local char data[1000];

char *address(void) { return data; }
