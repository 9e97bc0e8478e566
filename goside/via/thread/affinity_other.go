// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//go:build !linux

package thread

// cpus are the CPUs that a thread may run on, known on Linux only.
type cpus struct{}

func affinity() cpus { return cpus{} }

func (*cpus) putBack() {}

func (*cpus) String() string { return "unknown" }
