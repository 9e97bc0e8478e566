// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"fmt"
	"strings"
)

// Inline returns a line of Markdown as HTML.
func Inline(markdown string) string { return inline(markdown) }

// Document returns a document in Markdown as HTML, for a section of a page: without its title, and with each of its sections
// folded.
func Document(markdown string) string {
	var b strings.Builder
	intro, rest, _ := strings.Cut("\n"+markdown, "\n## ")
	if title, text, ok := strings.Cut(strings.TrimSpace(intro), "\n"); ok && strings.HasPrefix(title, "# ") {
		intro = text
	}
	b.WriteString(block(intro))
	for section := range strings.SplitSeq(rest, "\n## ") {
		title, text, ok := strings.Cut(section, "\n")
		if !ok {
			continue
		}
		body := strings.NewReplacer("<h3>", "<h4>", "</h3>", "</h4>").Replace(block(text))
		fmt.Fprintf(&b, "<details class=\"section\" id=\"method-%s\">\n<summary><h3>%s</h3></summary>\n%s</details>\n", slug(title), inline(title), body)
	}
	return b.String()
}
