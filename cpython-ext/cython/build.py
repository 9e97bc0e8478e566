# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""What toll's Cython modules were built with."""

BUILD = "@BUILD@"
