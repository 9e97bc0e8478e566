// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// glibc includes this file many times, for a part of it each time: it gets all, the first time.
#ifndef TOLL_STDDEF_H
#define TOLL_STDDEF_H
typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef __WCHAR_TYPE__ wchar_t;
typedef unsigned int wint_t;
typedef struct {
    long long a;
    long double b;
} max_align_t;
#define NULL ((void *)0)
#define offsetof(type, member) ((size_t)&(((type *)0)->member))
#endif
