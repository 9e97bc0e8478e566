// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"testing"
)

func TestSignificant(t *testing.T) {
	for x, want := range map[float64]string{0.0612345: "0.0612", 1: "1.00", 12.345: "12.3", 123.45: "123", 1234.5: "1234", 0: "0", 9.999: "10.00"} {
		if got := Significant(x); got != want {
			t.Errorf("significant(%v) = %s, want %s", x, got, want)
		}
	}
}
