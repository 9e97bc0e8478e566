// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"slices"
	"testing"
)

// TestSquares: where memory is small, the largest squares are left out, with the reason; with much of it none is.
func TestSquares(t *testing.T) {
	const gib = 1 << 30
	sides := []int{32, 2048, 2904, 8192}
	for _, c := range []struct {
		memory int
		want   []int
		note   string
	}{
		{24 * gib, sides, ""},
		{13 * gib, sides, ""},
		{0, sides, ""},
		{2 * gib, sides[:3], "squares from 8192 on are left out: they take 8 GiB and more, and the process may use 2 GiB"},
		{gib, sides[:2], "squares from 2904 on are left out: they take 1 GiB and more, and the process may use 1 GiB"},
		{gib / 2, sides[:1], "squares from 2048 on are left out: they take 512 MiB and more, and the process may use 512 MiB"},
		{100, nil, "squares from 32 on are left out: they take 128 KiB and more, and the process may use 100 B"},
	} {
		if got, note := squares(sides, c.memory); !slices.Equal(got, c.want) || note != c.note {
			t.Errorf("with %d bytes: %v, %q; want %v, %q", c.memory, got, note, c.want, c.note)
		}
	}
}
