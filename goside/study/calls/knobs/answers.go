// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"slices"

	"toll/goside/page"
)

func answerDirectives(p *page.Page) string {
	s := newRows(p)
	local, heap, noop := plain("first").but(choice{memory: "stack"}), plain("first"), plain("noop")
	alone := s.gives(local.but(choice{directives: "noescape"}), local, false)
	both := s.gives(local.but(choice{directives: "both"}), local, false)
	onHeap := s.gives(heap.but(choice{directives: "both"}), heap, true)
	nothing := s.gives(noop.but(choice{directives: "nocallback"}), noop, false)
	if slices.Contains([]string{alone, both, onHeap, nothing}, "") {
		return ""
	}
	return "When a local array's address is passed, noescape alone " + alone + "; with nocallback it " + both + ". " +
		"When an address on the heap is passed, both together " + onHeap + ". When nothing is passed, nocallback " + nothing + "."
}

func answerPinning(p *page.Page) string {
	s := newRows(p)
	array := plain("first")
	each := s.gives(array.but(choice{memory: "pinned-each"}), array, false)
	once := s.gives(array.but(choice{memory: "pinned-once"}), array, false)
	if each == "" || once == "" {
		return ""
	}
	return "Pinning for each call " + each + "; pinning once for all calls " + once + ". " +
		"A pointer that is an argument needs no pinning; a pointer inside what is passed does."
}
