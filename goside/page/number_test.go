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

func TestBinary(t *testing.T) {
	for bytes, want := range map[string]string{"0": "0 B", "1": "1 B", "1000": "1000 B", "1023": "1023 B", "1024": "1 KiB", "4096": "4 KiB", "600000": "585.9 KiB",
		"1048576": "1 MiB", "3500000000": "3.26 GiB", "some": "some"} {
		if got := BytesOf(bytes); got != want {
			t.Errorf("%s bytes are shown as %s, want %s", bytes, got, want)
		}
	}
}

func TestNanoseconds(t *testing.T) {
	for ns, want := range map[float64]string{0: "0 ns", 0.5: "0.500 ns", 1.5: "1.50 ns", 34.06: "34.1 ns", 999: "999 ns", 1000: "1.00 µs", 1.2e6: "1.20 ms", 2.5e9: "2.50 s", 7e12: "7000 s"} {
		if got := Nanoseconds(ns); got != want {
			t.Errorf("%v ns are shown as %s, want %s", ns, got, want)
		}
	}
}
