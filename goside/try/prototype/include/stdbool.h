// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

#ifndef TOLL_STDBOOL_H
#define TOLL_STDBOOL_H
#define bool _Bool
#define true 1
#define false 0
#endif
