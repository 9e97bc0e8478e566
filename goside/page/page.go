// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package page prints what a reader sees of a record: headings, tables, sentences and answers, as plain text or as
// Markdown. number.go shows numbers, each unit in one way; warnings.go says what may be wrong with a record.
package page

import (
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/record"
)

// Foot says where the record was measured, and what may be wrong with it.
func (p *Page) Foot() {
	get := p.Record.Get
	if !p.Markdown {
		cores := get("cores") + " cores"
		if confined := p.Record.Confined(); confined != "" {
			cores += ", held to " + confined
		}
		p.Explain(fmt.Sprintf("Machine: %s, %s, %s; %s. Toll %s.", get("cpu"), cores, get("os"), get("go"), get("revision")))
	}
	p.Warnings()
}

// Prose is the texts of a part: the blocks of a template that lies beside its code.
type Prose struct{ t *template.Template }

// NewProse returns the texts of a template. It panics if text is none: that is a mistake in the part.
func NewProse(text string) *Prose { return &Prose{template.Must(template.New("prose").Parse(text))} }

// Text returns a block, in one line.
func (prose *Prose) Text(block string, data any) string {
	var b strings.Builder
	if err := prose.t.ExecuteTemplate(&b, block, data); err != nil {
		panic(fmt.Sprintf("page: %v", err))
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Tell prints a block of a part's texts.
func (p *Page) Tell(prose *Prose, block string, data any) { p.Explain(prose.Text(block, data)) }

// Rows returns the rows of a benchmark, in the record's order.
func (p *Page) Rows(benchmark string) []*record.Row { return p.Record.Of(benchmark) }

// Heading prints a section's title.
func (p *Page) Heading(title string) {
	switch {
	case p.HTML != nil:
		p.htmlHeading(title)
	case p.Markdown:
		fmt.Fprintf(p, "## %s\n\n", title)
	default:
		fmt.Fprintf(p, "%s\n%s\n\n", strings.ToUpper(title), strings.Repeat("=", len(title)))
	}
}

// Subheading prints the title of a part of a section.
func (p *Page) Subheading(title string) {
	switch {
	case p.HTML != nil:
		fmt.Fprintf(p, "<h4>%s</h4>\n", inline(title))
	case p.Markdown:
		fmt.Fprintf(p, "### %s\n\n", title)
	default:
		fmt.Fprintf(p, "%s\n%s\n\n", title, strings.Repeat("-", len(title)))
	}
}

// Say prints what a table shows: one plain sentence, made from its figures.
func (p *Page) Say(format string, args ...any) {
	p.Explain(fmt.Sprintf(format, args...))
}

// Explain prints what a section's tables hold.
func (p *Page) Explain(s string) {
	switch {
	case p.HTML != nil:
		fmt.Fprint(p, block(s))
		return
	case !p.Markdown:
		s = Wrapped(s)
	}
	fmt.Fprintf(p, "%s\n\n", s)
}

// Wrapped breaks a text into lines that a terminal has room for.
func Wrapped(s string) string {
	lines := strings.Split(text.WrapSoft(s, terminal-2), "\n")
	for k := range lines {
		lines[k] = strings.TrimRight(lines[k], " ")
	}
	return strings.Join(lines, "\n")
}

// List prints a list of sentences.
func (p *Page) List(items []string) {
	if p.HTML != nil {
		p.htmlList(items)
		return
	}
	for _, item := range items {
		if p.Markdown {
			fmt.Fprintf(p, "- %s\n", item)
		} else {
			fmt.Fprintln(p, Wrapped(item))
		}
	}
	fmt.Fprintln(p)
}

// Picture prints, in a page, the picture of that name that toll draw layout makes beside the record.
func (p *Page) Picture(name, alt string) {
	switch {
	case p.HTML != nil:
		p.htmlPicture(name, alt)
	case p.Markdown:
		fmt.Fprintf(p, "![%s](%s%s.svg)\n\n", alt, p.Prefix, name)
	}
}

// Question is something that is asked, with what answers it from a record, or returns "".
type Question struct {
	Text   string
	Answer func(*Page) string
}

// Answers prints the answers that the record has.
func (p *Page) Answers(questions []Question) {
	var lines [][]string
	for _, q := range questions {
		if answer := q.Answer(p); answer != "" {
			lines = append(lines, []string{q.Text, answer})
		}
	}
	if lines == nil {
		return
	}
	if p.HTML != nil {
		for _, line := range lines {
			fmt.Fprintf(p, "<details class=\"answer\">\n<summary>%s</summary>\n%s</details>\n", inline(line[0]), block(line[1]))
		}
		return
	}
	if !p.Brief {
		p.Heading("In short")
	}
	if !p.Markdown {
		for _, line := range lines {
			p.Explain(line[0] + " " + line[1])
		}
		return
	}
	items := make([]string, len(lines))
	for k, line := range lines {
		items[k] = fmt.Sprintf("**%s** %s", line[0], line[1])
	}
	p.List(items)
}

// Style is how tables are shown.
type Style struct {
	Baseline string // route that ratios are taken to; the record's first if that is not in it
	Markdown bool   // and wide as a page, not as a terminal
	HTML     *HTML  // how it is a part of a page in HTML, if it is; then Markdown is true, too, for what a page has room for
	Brief    bool   // only the times, or the answers in short
	Headline bool   // only what belongs on a first screen
	Source   string // file of the record, as it is to be named
	Prefix   string // what the names of the pictures' files begin with
}

// Page prints a record.
type Page struct {
	io.Writer
	Style
	Record *record.Record
	Limits *record.Limits
}

// New returns a page of a record that prints to w.
func New(w io.Writer, r *record.Record, style Style) *Page {
	return &Page{Writer: w, Style: style, Record: r, Limits: r.Limits()}
}

// Head is what the template of a page's head is made with.
type Head struct {
	*record.Record
	Title        string
	Source, Page string // files of the record and of the page
}

// Claim is something published, and its source.
type Claim struct {
	Text, Title, URL string
	Here             func(*Page) (found, verdict string) // what a record says of it; "" if it cannot tell
	Each             func(*Page) []Finding               // instead of Here, if it is judged for several things
}

// Finding is what a record says of a claim about one thing.
type Finding struct{ Of, Found, Verdict string }

func (c *Claim) findings(p *Page) []Finding {
	if c.Each != nil {
		return c.Each(p)
	}
	if found, verdict := c.Here(p); found != "" {
		return []Finding{{Found: found, Verdict: verdict}}
	}
	return nil
}

// Claims prints the claims that the record can judge.
func (p *Page) Claims(title string, claims []Claim) {
	var lines [][]string
	count := map[bool]int{}
	missing := 0
	for _, c := range claims {
		source := c.Title
		if p.Markdown && c.URL != "" {
			source = fmt.Sprintf("[%s](%s)", c.Title, c.URL)
		}
		judged := false
		for _, f := range c.findings(p) {
			judged = true
			count[strings.HasPrefix(f.Verdict, "holds")]++
			lines = append(lines, []string{strings.TrimSpace(c.Text + " " + f.Of), source, f.Found, f.Verdict})
		}
		if !judged {
			missing++
		}
	}
	if lines == nil {
		return
	}
	p.Heading(title)
	p.Texts([]string{"claim", "source", "here", "verdict"}, lines)
	rest := ""
	if missing > 0 {
		rest = fmt.Sprintf(" To judge %d more, this record lacks what is needed.", missing)
	}
	p.Say("Of %d published claims that this record can judge, %d hold here, some of them with a restriction, and %d do not.%s", len(lines),
		count[true], count[false], rest)
}
