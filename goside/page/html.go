// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"bytes"
	"fmt"
	"html"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"toll/goside/record"
)

// HTML is what a record's part of a page in HTML is made with, and what is there when it is made.
type HTML struct {
	ID      string                            // its anchors begin with it
	Records []*record.Record                  // all of the page, in its order; nil if the part's record is the only one
	Unfold  bool                              // the first section is open
	Draw    func(name string) (string, error) // returns a picture as an element svg, "" if the record has nothing that it shows
	Err     error                             // of the first picture that could not be drawn

	titles []string // of the sections printed
	places map[*record.Row]string
	drawn  []string // names of pictures
	open   bool     // a section is
}

// End ends the last section.
func (p *Page) End() {
	if p.HTML != nil && p.HTML.open {
		fmt.Fprintln(p, "</details>")
		p.HTML.open = false
	}
}

// htmlHeading begins a section, which is folded unless it is the first of a study that shows nothing before its sections: a reader
// opens those of interest.
func (p *Page) htmlHeading(title string) {
	p.End()
	p.HTML.titles = append(p.HTML.titles, title)
	open := ""
	if p.HTML.Unfold && len(p.HTML.titles) == 1 {
		open = " open"
	}
	fmt.Fprintf(p, "<details class=\"section\" id=\"%s-%s\"%s>\n<summary><h3>%s</h3></summary>\n", p.HTML.ID, slug(title), open, inline(title))
	p.HTML.open = true
}

// slug returns a title as an anchor.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "-")
}

func (p *Page) htmlList(items []string) {
	fmt.Fprintln(p, "<ul>")
	for _, item := range items {
		fmt.Fprintf(p, "<li>%s</li>\n", inline(item))
	}
	fmt.Fprintln(p, "</ul>")
}

func (p *Page) htmlPicture(name, alt string) {
	if p.HTML.Draw == nil || slices.Contains(p.HTML.drawn, name) { // one that a study's part of the page begins with is not drawn again
		return
	}
	p.HTML.drawn = append(p.HTML.drawn, name)
	svg, err := p.HTML.Draw(name)
	if err != nil && p.HTML.Err == nil {
		p.HTML.Err = err
	}
	if svg == "" {
		return
	}
	caption := html.EscapeString(alt)
	fmt.Fprintf(p, "<figure class=\"picture\">\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Picture: %s\">%s</div>\n<figcaption>%s</figcaption>\n</figure>\n",
		caption, svg, caption)
}

// htmlTable prints a table. A figure says the rows that it is made from, by their numbers in the record, or RECORD:ROW in another;
// of more than a reader is told of, it says how many. In a table that filters each line says the kernel, the language and the
// crossing that all of its figures have. The page's script shows and filters by them.
func (p *Page) htmlTable(of *Table, prose bool) {
	class := "grid"
	if prose {
		class = "texts"
	}
	name := of.Title
	if name == "" && len(p.HTML.titles) > 0 {
		name = p.HTML.titles[len(p.HTML.titles)-1]
	}
	caption := ""
	if of.Title != "" {
		caption = "<figcaption>" + inline(of.Title) + "</figcaption>"
	}
	sorts := ""
	if !prose && len(of.Lines) >= 4 && !slices.ContainsFunc(of.Lines, func(line []Cell) bool { return line == nil }) {
		sorts = " data-sorts"
	}
	fmt.Fprintf(p, "<figure class=\"%s\">%s<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table: %s\"><table%s><thead><tr>",
		class, caption, html.EscapeString(name), sorts)
	side := func(column int) string { // the first column is flush left, the others are right
		if column == 0 || column >= of.Left || prose {
			return ""
		}
		return " class=\"l\""
	}
	for k, title := range of.Header {
		if title == "" {
			fmt.Fprint(p, "<td></td>")
		} else {
			fmt.Fprintf(p, "<th scope=\"col\"%s>%s</th>", side(k), inline(title))
		}
	}
	fmt.Fprint(p, "</tr></thead><tbody>")
	for _, line := range of.Lines {
		if line == nil {
			fmt.Fprint(p, "</tbody><tbody>")
			continue
		}
		common := ""
		if of.Filter {
			common = commonOf(line)
		}
		fmt.Fprintf(p, "<tr%s>", common)
		for k := range line {
			if k == 0 && !prose {
				fmt.Fprintf(p, "<th%s>%s</th>", side(k), inline(line[k].Text))
			} else {
				fmt.Fprintf(p, "<td%s%s>%s</td>", side(k), p.attributes(&line[k]), line[k].html())
			}
		}
		fmt.Fprintln(p, "</tr>")
	}
	fmt.Fprint(p, "</tbody></table></div></figure>\n")
}

// commonOf returns the attributes of a line: what its figures have in common, as the first rows that they are made from say.
func commonOf(line []Cell) string {
	var b strings.Builder
	for _, common := range []struct {
		name string
		of   func(*record.Row) string
	}{
		{"kernel", func(r *record.Row) string { return strings.TrimSpace(r.What() + " " + r.Layout) }},
		{"lang", func(r *record.Row) string { return r.Lang }},
		{"via", func(r *record.Row) string { return r.Via }},
	} {
		var values []string
		for _, c := range line {
			if len(c.From) > 0 && c.From[0].Study != record.LimitsName {
				values = record.AppendNew(values, common.of(c.From[0]))
			}
		}
		if len(values) == 1 && values[0] != "" {
			fmt.Fprintf(&b, " data-%s=\"%s\"", common.name, html.EscapeString(values[0]))
		}
	}
	return b.String()
}

// told is of how many rows a reader is told that a figure is made from.
const told = 3

// attributes returns those of a cell: its rows.
func (p *Page) attributes(c *Cell) string {
	var places []string
	for _, r := range c.From {
		if place := p.place(r); place != "" {
			places = record.AppendNew(places, place)
		}
	}
	if len(places) > told {
		places = append(places[:told], fmt.Sprintf("+%d", len(places)-told))
	}
	if places == nil {
		return ""
	}
	return fmt.Sprintf(" data-r=\"%s\"", strings.Join(places, " "))
}

// place returns which row of which record one is; "" if the page has it not.
func (p *Page) place(r *record.Row) string {
	if p.HTML.places == nil {
		p.HTML.places = map[*record.Row]string{}
		for number, rec := range p.HTML.Records {
			for k := range rec.Rows {
				p.HTML.places[&rec.Rows[k]] = fmt.Sprintf("%d:%d", number, k)
			}
		}
		for k := range p.Record.Rows {
			p.HTML.places[&p.Record.Rows[k]] = strconv.Itoa(k)
		}
	}
	return p.HTML.places[r]
}

func (c *Cell) html() string {
	text := inline(c.Text)
	switch {
	case strings.HasPrefix(c.Text, "~"):
		text = "<span class=\"same\">" + text + "</span>"
	case c.Bar > 0:
		text = fmt.Sprintf("<span class=\"bar\"><span style=\"width:%.0f%%\"></span></span>%s", 100*min(c.Bar, 1), text)
	}
	return text
}

// markdown turns the parts' texts into HTML. Links to files are not links there: a page in HTML stands alone. What looks like
// HTML is text: records may hold anything.
var markdown = goldmark.New(goldmark.WithParser(parser.NewParser(
	parser.WithBlockParsers(without(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser())...),
	parser.WithInlineParsers(without(parser.DefaultInlineParsers(), parser.NewRawHTMLParser())...),
	parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	parser.WithASTTransformers(util.Prioritized(unlinked{}, 100)))))

// without returns the parsers less one.
func without(parsers []util.PrioritizedValue, one any) []util.PrioritizedValue {
	return slices.DeleteFunc(parsers, func(p util.PrioritizedValue) bool { return reflect.TypeOf(p.Value) == reflect.TypeOf(one) })
}

type unlinked struct{}

func (unlinked) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	var files []*ast.Link
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering && !bytes.Contains(link.Destination, []byte("://")) {
			files = append(files, link)
		}
		return ast.WalkContinue, nil
	})
	for _, link := range files {
		parent := link.Parent()
		for link.FirstChild() != nil {
			parent.InsertBefore(parent, link, link.FirstChild())
		}
		parent.RemoveChild(parent, link)
	}
}

// block returns Markdown as HTML.
func block(s string) string {
	var b strings.Builder
	if err := markdown.Convert([]byte(s), &b); err != nil { // of a strings.Builder, none
		panic(fmt.Sprintf("page: %v", err))
	}
	return b.String()
}

// inline returns a line of Markdown as HTML.
func inline(s string) string {
	if !strings.ContainsAny(s, "`*_[&<>\\!\"") { // most are such
		return s
	}
	one := strings.TrimSpace(block(s))
	if text, ok := strings.CutPrefix(one, "<p>"); ok && strings.Count(one, "<p>") == 1 {
		return strings.TrimSuffix(text, "</p>")
	}
	return html.EscapeString(s)
}
