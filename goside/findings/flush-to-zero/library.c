// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
int nothing(void) { return 0; }
