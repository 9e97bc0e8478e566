# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""Programs that toll profile runs under profilers, and what reads the profiles that only Python can read.

julia and ols are the book's programs in Toll's words; shares alternates calls of a binding and work of its own. Each is a
script, and writes what it found into a file.
"""
