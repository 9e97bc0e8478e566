// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package machine

import (
	"os"
	"path/filepath"
	"strings"
)

// Emulated returns the name of the program that emulates the processor for this process, such as "qemu-aarch64", or "" if
// none is known to. An emulator returns the same bits as a processor, but its times are its own.
func Emulated() string { return emulator(os.Readlink) }

// emulator reads links as Linux has them. QEMU's user mode answers for /proc/self/exe, but not for the same file by another
// name, which the kernel then answers for.
func emulator(readlink func(string) (string, error)) string {
	own, err := readlink("/proc/thread-self/exe")
	if err != nil {
		return ""
	}
	said, err := readlink("/proc/self/exe")
	if name := filepath.Base(own); err == nil && said != own && strings.HasPrefix(name, "qemu-") {
		return strings.TrimSuffix(name, "-static")
	}
	return ""
}
