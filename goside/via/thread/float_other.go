// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !amd64 && !arm64

package thread

// FromControl returns the environment of a control word: here the default, since no control word is known.
func FromControl(uint64) Float { return 0 }

func toControl(Float) uint64 { return 0 }

func control() uint64 { return 0 }

func setControl(uint64) {}
