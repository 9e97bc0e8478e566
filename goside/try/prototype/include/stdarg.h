// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

#ifndef TOLL_STDARG_H
#define TOLL_STDARG_H
typedef __builtin_va_list va_list;
typedef __builtin_va_list __gnuc_va_list;
#define va_start(list, last)
#define va_arg(list, type) (*(type *)(list))
#define va_end(list)
#define va_copy(to, from)
#endif
