// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package borders

import (
	"fmt"
	"strings"

	"toll/goside/page"
)

// answer says what a call of Python takes, one from Python, and both.
func answer(p *page.Page) string {
	t := tablesOf(p)
	var said []string
	if text := t.saidNoop(); text != "" {
		said = append(said, "A"+strings.TrimPrefix(text, "a"))
	}
	if all := t.borders(rowName("noop", "", fromPython, 1)); len(all) > 0 {
		said = append(said, fmt.Sprintf("A native no-op called from Python takes %s.", all.span(page.Nanoseconds)))
	}
	if all := t.shares(); len(all) > 0 {
		said = append(said, fmt.Sprintf("Both borders take %s of a 512 x 512 diffusion step called from Go, without the bindings that copy.",
			all.span(page.Share)))
	}
	return strings.Join(said, " ")
}
