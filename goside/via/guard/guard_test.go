// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package guard

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
)

// touches reports whether reading so many bytes behind the start of p is a fault.
func touches(p []float64, bytes int) (fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { fault = recover() != nil }()
	seen = Shifted(p, bytes)[0]
	return false
}

var seen float64

// TestPlace: memory ends at a fault, or begins behind one, and the room around it is as large as was said.
func TestPlace(t *testing.T) {
	a, err := New(3, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	page := os.Getpagesize()
	if n := len(a.Bytes()); n != page {
		t.Fatalf("the arena has %d bytes, want a page", n)
	}
	for _, c := range []struct {
		side               Side
		size, apart, slack int
		before, behind     bool // a fault directly there
	}{
		{After, 80, 0, 128, false, true},
		{After, 80, 24, 128, false, false},
		{Before, 80, 0, 128, true, false},
		{Before, 80, 24, 128, false, false},
		{Before, page, 0, 0, true, true},
	} {
		r, err := a.Place(c.side, c.size, c.apart, c.slack)
		if err != nil {
			t.Fatal(err)
		}
		p := As[float64](r.Memory())
		if len(p) != c.size/8 || len(r.Around) != c.size+c.apart+c.slack {
			t.Errorf("%v: %d numbers in %d bytes, want %d in %d", c, len(p), len(r.Around), c.size/8, c.size+c.apart+c.slack)
		}
		if before, behind := touches(p, -8), touches(p, c.size); before != c.before || behind != c.behind {
			t.Errorf("%v: faults before %v and behind %v, want %v and %v", c, before, behind, c.before, c.behind)
		}
		for k := range r.Around { // which all have access
			r.Around[k] = 1
		}
	}
	if _, err := a.Place(After, page, 1, 0); err == nil {
		t.Error("more bytes than there are have a place, want an error")
	}
	if _, err := New(-1, 1); err == nil {
		t.Error("an arena of -1 bytes is there, want an error")
	}
}

// TestNotice: what one mapping notes, another reads.
func TestNotice(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "notices"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	mine, err := NewNotice(file, 2)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := NewNotice(file, 2)
	if err != nil {
		t.Fatal(err)
	}
	mine[1].Begin([]byte("toll"))
	mine[1].Mark(3, 1<<40)
	if text, p, q := theirs[1].Read(); string(text) != "toll" || p != 3 || q != 1<<40 {
		t.Errorf("read %q, %d, %d, want what was noted", text, p, q)
	}
	mine[1].Begin(make([]byte, 2*noticeText))
	if text, p, _ := theirs[1].Read(); len(text) != noticeText || p != 0 {
		t.Errorf("read %d bytes and %d, want a text cut to %d, and 0", len(text), p, noticeText)
	}
	if text, _, _ := theirs[0].Read(); len(text) != 0 {
		t.Errorf("read %q, want nothing", text)
	}
}
