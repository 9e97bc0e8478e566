# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
