# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The build of toll's Cython modules."""

BUILD = "@BUILD@"
