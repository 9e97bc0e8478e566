// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !linux && !darwin

package steps

// monotonic returns 0: there is no clock here that two processes share by a plain name. The programs are only
// built for such systems, to see that they can be.
func monotonic() int64 { return 0 }
