// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package malloc

import (
	"testing"

	"github.com/ebitengine/purego"
)

// TestInUse: what is allocated counts, in arenas and in mappings, until it is freed.
func TestInUse(t *testing.T) {
	f := glibc()
	if f == nil {
		t.Fatal("glibc's allocator is not there")
	}
	inUse := func() int64 {
		n, ok := InUse()
		if !ok {
			t.Fatal("it is not known how much is in use")
		}
		return n
	}
	for _, c := range []struct{ number, size int64 }{{20_000, 1000}, {10, 10 << 20}} {
		before := inUse()
		var all []uintptr
		for range c.number {
			p, _, _ := purego.SyscallN(f.malloc, uintptr(c.size))
			if p == 0 {
				t.Fatalf("malloc(%d) has no memory", c.size)
			}
			all = append(all, p)
		}
		grown := inUse() - before
		if least, most := c.number*c.size, c.number*c.size*21/20; grown < least || grown > most {
			t.Errorf("%d blocks of %d bytes: %d more are in use, want %d to %d", c.number, c.size, grown, least, most)
		}
		for _, p := range all {
			purego.SyscallN(f.free, p)
		}
		Trim()
		if left := inUse() - before; left > 1<<20 {
			t.Errorf("%d blocks of %d bytes were freed: %d bytes more are in use, want none", c.number, c.size, left)
		}
	}
}
