// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"fmt"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/record"
)

// Cell is what a table holds in one place.
type Cell struct {
	Text string
	From []*record.Row // the rows of the record that the figure is made from; nil of a word
	Bar  float64       // the share of a whole that a page in HTML draws as a bar; 0: none
}

// Word returns a cell that holds no figure.
func Word(text string) Cell { return Cell{Text: text} }

// Words returns cells that hold no figures.
func Words(texts ...string) []Cell {
	line := make([]Cell, len(texts))
	for k, text := range texts {
		line[k].Text = text
	}
	return line
}

// Lines returns lines of cells that hold no figures.
func Lines(texts [][]string) [][]Cell {
	lines := make([][]Cell, len(texts))
	for k, line := range texts {
		lines[k] = Words(line...)
	}
	return lines
}

// Figure returns a cell with a figure, and the rows that it is made from.
func Figure(text string, from ...*record.Row) Cell {
	return Cell{Text: text, From: slices.DeleteFunc(from, func(r *record.Row) bool { return r == nil })}
}

// Table is what is printed as one.
type Table struct {
	Title  string // "" for none
	Header []string
	Lines  [][]Cell // nil for a rule between two
	Left   int      // columns that are flush left; the others are flush right
	Filter bool     // a page in HTML lets its reader choose lines by kernel, language and crossing
}

// Grid prints a table: the first column to the left, the others to the right. A title of "" leaves none.
func (p *Page) Grid(title string, header []string, lines [][]Cell) {
	p.Table(&Table{Title: title, Header: header, Lines: lines, Left: 1})
}

// Lines prints a table of the lines that have anything beside their label, and reports whether there were any.
func (p *Page) Lines(title string, header []string, lines [][]Cell) bool {
	lines = slices.DeleteFunc(lines, func(line []Cell) bool {
		return !slices.ContainsFunc(line[1:], func(c Cell) bool { return c.Text != "" })
	})
	if len(lines) > 0 {
		p.Grid(title, header, lines)
	}
	return len(lines) > 0
}

// Table prints a table.
func (p *Page) Table(of *Table) {
	if p.HTML != nil {
		p.htmlTable(of, false)
		return
	}
	t := newTable()
	configs := make([]table.ColumnConfig, 0, len(of.Header))
	for k := of.Left; k < len(of.Header); k++ {
		configs = append(configs, table.ColumnConfig{Number: k + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(configs)
	p.render(of, t)
}

// terminal is how many columns a terminal has.
const terminal = 120

// Texts prints a table of prose, whose lines are broken where it is not Markdown.
func (p *Page) Texts(header []string, lines [][]string) {
	of := &Table{Header: header, Lines: Lines(lines), Left: len(header)}
	if p.HTML != nil {
		p.htmlTable(of, true)
		return
	}
	t := newTable()
	if !p.Markdown {
		t.Style().Options.SeparateRows = true
		configs := make([]table.ColumnConfig, len(header))
		for k := range header {
			configs[k] = table.ColumnConfig{Number: k + 1, WidthMax: (terminal-1)/len(header) - 3, WidthMaxEnforcer: text.WrapSoft}
		}
		t.SetColumnConfigs(configs)
	}
	p.render(of, t)
}

// newTable returns a table in the style of all.
func newTable() table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	return t
}

// render fills a table and prints it under its title.
func (p *Page) render(of *Table, t table.Writer) {
	header := make(table.Row, len(of.Header))
	for k, name := range of.Header {
		header[k] = name
	}
	t.AppendHeader(header)
	for _, line := range of.Lines {
		if line == nil {
			t.AppendSeparator()
			continue
		}
		row := make(table.Row, len(line))
		for k := range line {
			row[k] = line[k].Text
		}
		t.AppendRow(row)
	}
	if of.Title != "" && p.Markdown {
		fmt.Fprintf(p, "**%s**\n\n", of.Title)
	} else if of.Title != "" {
		fmt.Fprintln(p, of.Title)
	}
	if p.Markdown {
		fmt.Fprintf(p, "%s\n\n", t.RenderMarkdown())
	} else {
		fmt.Fprintf(p, "%s\n\n", t.Render())
	}
}
