# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# julia() over lists, for a module that has calculate_z(). The arrays become lists of Python's numbers: the copy is
# part of what it costs to give a list to code that was written for lists.

from operator import index


def julia(out, zs, cs, lo, hi, maxiter, threads, schedule):
    check.julia(out, zs, cs, lo, hi, maxiter, threads, schedule)
    out[lo:hi] = calculate_z(index(maxiter), zs[lo:hi].tolist(), cs[lo:hi].tolist())
