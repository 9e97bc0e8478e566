// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package machine

import (
	"io/fs"
	"testing"
)

func TestEmulator(t *testing.T) {
	for _, c := range []struct{ own, said, want string }{
		{"/usr/bin/qemu-aarch64", "/home/me/toll", "qemu-aarch64"},
		{"/usr/libexec/qemu-binfmt/qemu-aarch64-static", "/home/me/toll", "qemu-aarch64"},
		{"/home/me/toll", "/home/me/toll", ""},
		{"/home/me/qemu-toll", "/home/me/qemu-toll", ""},
		{"/usr/bin/toll", "/home/me/toll", ""},
		{"", "", ""},
	} {
		links := map[string]string{"/proc/thread-self/exe": c.own, "/proc/self/exe": c.said}
		got := emulator(func(name string) (string, error) {
			if links[name] == "" {
				return "", fs.ErrNotExist
			}
			return links[name], nil
		})
		if got != c.want {
			t.Errorf("a process of %q that is told %q is emulated by %q, want %q", c.own, c.said, got, c.want)
		}
	}
}
