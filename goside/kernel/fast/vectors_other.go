// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !amd64 || noasm

package fast

// There is no level but the baseline, which is Go alone.

func has(name string) bool { return name == "baseline" }

var levels = map[string]Level{"baseline": baseline}

func (*Level) pass(*work, int, int, int, float64, float64, float64, float64, float64) (alive, done int) {
	panic("fast: no vectors")
}
