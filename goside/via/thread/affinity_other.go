// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !linux

package thread

// cpus are those that a thread may run on, which only Linux tells.
type cpus struct{}

func affinity() cpus { return cpus{} }

func (*cpus) putBack() {}

func (*cpus) String() string { return "unknown" }
