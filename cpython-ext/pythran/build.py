# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
"""The build of toll's Pythran module."""

BUILD = "@BUILD@"
