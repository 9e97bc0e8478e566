// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build cgo

package faulty

import (
	"toll/goside/seam"
	"toll/goside/via/cgo"
)

// openCgo opens by cgo what is not linked in: the crossing calls through a table in any case.
func openCgo(file, lang string) (*seam.Library, error) {
	t, err := table(file, lang)
	if err != nil {
		return nil, err
	}
	return cgo.At(t, lang, file)
}
