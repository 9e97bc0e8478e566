// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !linux

package machine

import (
	"errors"
	"io/fs"
)

func bounds(fs.FS, int) Bounds { return Bounds{Unread: errors.ErrUnsupported} }
