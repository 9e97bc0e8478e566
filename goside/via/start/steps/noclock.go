// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !linux && !darwin

package steps

// monotonic returns 0: no clock here has a plain name and is shared by two processes. The programs are built for such
// systems only to see that they build.
func monotonic() int64 { return 0 }
