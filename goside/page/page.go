// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package page prints what a reader sees of a record: headings, tables, sentences and answers, as plain text or as
// Markdown. number.go shows numbers, each unit in one way; warnings.go says what may be wrong with a record.
package page

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/record"
)

// Foot says where the record was measured, and what may be wrong with it.
func (p *Page) Foot() {
	get := p.Record.Get
	if !p.Markdown {
		p.Explain(fmt.Sprintf("Machine: %s, %s cores, %s; %s. Toll %s.", get("cpu"), get("cores"), get("os"), get("go"), get("revision")))
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
	if p.Markdown {
		fmt.Fprintf(p, "## %s\n\n", title)
	} else {
		fmt.Fprintf(p, "%s\n%s\n\n", strings.ToUpper(title), strings.Repeat("=", len(title)))
	}
}

// Grid prints a table: the first column to the left, the others to the right.
// A title of "" leaves none.
func (p *Page) Grid(title string, header []string, lines [][]string) {
	t := p.NewTable()
	configs := make([]table.ColumnConfig, 0, len(header))
	for k := range header {
		if k > 0 {
			configs = append(configs, table.ColumnConfig{Number: k + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(cells(header))
	for _, line := range lines {
		t.AppendRow(cells(line))
	}
	p.Render(title, t)
}

// terminal is how many columns a terminal has.
const terminal = 120

// Texts prints a table of prose, whose lines are broken where it is not Markdown.
func (p *Page) Texts(header []string, lines [][]string) {
	t := p.NewTable()
	if !p.Markdown {
		t.Style().Options.SeparateRows = true
		configs := make([]table.ColumnConfig, len(header))
		for k := range header {
			configs[k] = table.ColumnConfig{Number: k + 1, WidthMax: (terminal-1)/len(header) - 3, WidthMaxEnforcer: text.WrapSoft}
		}
		t.SetColumnConfigs(configs)
	}
	t.AppendHeader(cells(header))
	for _, line := range lines {
		t.AppendRow(cells(line))
	}
	p.Render("", t)
}

func cells(texts []string) table.Row {
	row := make(table.Row, len(texts))
	for k, text := range texts {
		row[k] = text
	}
	return row
}

// Say prints what a table shows: one plain sentence, made from its figures.
func (p *Page) Say(format string, args ...any) {
	p.Explain(fmt.Sprintf(format, args...))
}

// Explain prints what a section's tables hold.
func (p *Page) Explain(s string) {
	if !p.Markdown {
		lines := strings.Split(text.WrapSoft(s, 118), "\n")
		for k := range lines {
			lines[k] = strings.TrimRight(lines[k], " ")
		}
		s = strings.Join(lines, "\n")
	}
	fmt.Fprintf(p, "%s\n\n", s)
}

// Lines prints a table of the lines that have anything beside their label, and reports whether there were any.
func (p *Page) Lines(title string, header []string, lines [][]string) bool {
	lines = slices.DeleteFunc(lines, func(line []string) bool {
		return !slices.ContainsFunc(line[1:], func(cell string) bool { return cell != "" })
	})
	if len(lines) > 0 {
		p.Grid(title, header, lines)
	}
	return len(lines) > 0
}

// Picture prints, in a page, the picture of that name that toll draw layout makes beside the record.
func (p *Page) Picture(name, alt string) {
	if p.Markdown {
		fmt.Fprintf(p, "![%s](%s.svg)\n\n", alt, name)
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
	if !p.Brief {
		p.Heading("In short")
	}
	if !p.Markdown {
		for _, line := range lines {
			p.Explain(line[0] + " " + line[1])
		}
		return
	}
	for _, line := range lines {
		fmt.Fprintf(p, "- **%s** %s\n", line[0], line[1])
	}
	fmt.Fprintln(p)
}

// Style is how tables are shown.
type Style struct {
	Baseline string // route that ratios are taken to; the record's first if that is not in it
	Markdown bool
	Brief    bool   // only the times, or the answers in short
	Headline bool   // only what belongs on a first screen
	Source   string // file of the record, as it is to be named
}

// Page prints a record.
type Page struct {
	io.Writer
	Style
	Record *record.Record
	Limits *record.Limits
}

// New returns a page of a record that prints to w.
func New(w io.Writer, r *record.Record, style Style) *Page { return &Page{w, style, r, r.Limits()} }

// Head is what the template of a page's head is made with.
type Head struct {
	*record.Record
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

// NewTable returns a table in the style of all.
func (p *Page) NewTable() table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	return t
}

// Render prints a table under a title, unless that is "".
func (p *Page) Render(title string, t table.Writer) {
	switch {
	case p.Markdown && title == "":
		fmt.Fprintf(p, "%s\n\n", t.RenderMarkdown())
	case p.Markdown:
		fmt.Fprintf(p, "**%s**\n\n%s\n\n", title, t.RenderMarkdown())
	case title == "":
		fmt.Fprintf(p, "%s\n\n", t.Render())
	default:
		fmt.Fprintf(p, "%s\n%s\n\n", title, t.Render())
	}
}
