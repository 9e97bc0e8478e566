// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !freebsd

package guard

import "golang.org/x/sys/unix"

const noReserve = unix.MAP_NORESERVE
