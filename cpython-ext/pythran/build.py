# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""What toll's Pythran module was built with."""

BUILD = "@BUILD@"
