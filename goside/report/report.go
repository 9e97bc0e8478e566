// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package report makes a page in HTML of records: the toll board, then what each study says, shows and draws, then the
// machine, the method, and the records themselves. The page is one file, which needs no network and no script; with its
// script, figures tell the lines of the record that they are made from, and tables sort and filter. It knows no study:
// all that it shows comes by study.Study.
package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/html"
	"github.com/tdewolff/minify/v2/svg"
	"gonum.org/v1/plot/vg"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study"
)

// Source is a record that a page is made from.
type Source struct {
	File   string
	Text   []byte // of the file, unpacked
	Record *record.Record
	Study  *study.Study
}

//go:embed page.html
var layout string

//go:embed style.css
var style string

//go:embed script.js
var script string

var layoutOf = template.Must(template.New("page").Parse(layout))

// document is what the layout is filled with.
type document struct {
	Style      template.CSS
	Script     template.JS
	Machine    string // of the board's record, else of the first
	Board      *board
	Good, Rows int // verified, of all that verification speaks of
	Silent     int // other rows
	Studies    []*chapter
	Records    []embedded
	Method     template.HTML
	Ranks      template.JS // of the ends of intervals, by the number of samples
}

// board is the first screen: its picture, for wide and for narrow windows, and its sentences.
type board struct {
	Wide, Narrow template.HTML
	Says         []template.HTML
	Figures      template.HTML // as a table
	Number       int           // of its record
	crossings    int
	said         []string // as they are
}

// chapter is what the records of one study show.
type chapter struct {
	ID, Title string
	Compared  template.HTML // the records with each other, if there are several
	Parts     []part
}

// part is what one record shows.
type part struct {
	Number   int
	File, On string
	Several  bool // records are of this study
	HTML     template.HTML
}

// embedded is a record in the page.
type embedded struct {
	File   string
	Study  string
	Facts  []measure.Fact
	Packed template.HTML
}

// Write writes the page, and returns the sentences that it begins with. Ratios are to the baseline; sources of one study must be
// neighbours. method is Markdown.
func Write(w io.Writer, sources []Source, baseline, method string) (says []string, err error) {
	d := &document{Style: template.CSS(style), Script: template.JS(script)} //nolint:gosec // they are the page's own
	records := make([]*record.Record, len(sources))
	for k := range sources {
		records[k] = sources[k].Record
	}
	for k := range sources {
		if err := d.add(k, sources, records, baseline); err != nil {
			return nil, err
		}
	}
	d.Method = template.HTML(page.Document(method)) //nolint:gosec // it is this program's own document
	d.Ranks = ranks(records)
	var b bytes.Buffer
	if err := layoutOf.Execute(&b, d); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	light, dark := chart.Inks(b.String(), false), chart.Inks(b.String(), true)
	text := strings.NewReplacer("--inks:light;", light, "--inks:dark;", dark).Replace(b.String())
	if err := minifier().Minify("text/html", w, strings.NewReader(text)); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if d.Board == nil {
		return nil, nil
	}
	return d.Board.said, nil
}

// minifier returns what leaves out of a page the bytes that make no difference. It leaves the script alone: of that, package js
// of minify v2.24 made one that uses a constant before it is there.
func minifier() *minify.M {
	m := minify.New()
	m.Add("text/html", &html.Minifier{KeepDocumentTags: true, KeepDefaultAttrVals: true})
	m.Add("image/svg+xml", &svg.Minifier{Precision: 5})
	m.AddFunc("text/css", css.Minify)
	return m
}

// add adds a record to the page.
func (d *document) add(k int, sources []Source, records []*record.Record, baseline string) error {
	s := &sources[k]
	if k == 0 {
		d.Machine = machine(s.Record)
	}
	good, rows, silent := s.Record.Verified()
	d.Good, d.Rows, d.Silent = d.Good+good, d.Rows+rows, d.Silent+silent
	packed, err := pack(s.Text)
	if err != nil {
		return fmt.Errorf("report: %s: %w", s.File, err)
	}
	d.Records = append(d.Records, embedded{filepath.Base(s.File), s.Study.Name, s.Record.Facts, template.HTML(packed)})
	if k == 0 || sources[k-1].Study != s.Study {
		d.Studies = append(d.Studies, &chapter{ID: s.Study.Name, Title: s.Study.Title})
	}
	c := d.Studies[len(d.Studies)-1]
	var b bytes.Buffer
	of := &page.HTML{ID: fmt.Sprintf("%s-%d", c.ID, len(c.Parts)+1), Records: records}
	if err := s.Study.Print(&b, s.Record, page.Style{Baseline: baseline, Markdown: true, HTML: of, Source: s.File}); err != nil {
		return err
	}
	if of.Err != nil {
		return of.Err
	}
	c.Parts = append(c.Parts, part{
		Number: k, File: filepath.Base(s.File), HTML: template.HTML(b.String()), //nolint:gosec // package page has escaped it
		On: machine(s.Record),
	})
	if last := k+1 == len(sources) || sources[k+1].Study != s.Study; last && len(c.Parts) > 1 {
		c.compare(sources[k+1-len(c.Parts):k+1], records)
	}
	return d.addBoard(k, s, baseline)
}

// compare sets a study's records side by side.
func (c *chapter) compare(sources []Source, records []*record.Record) {
	var named []study.Named
	for k := range sources {
		named = append(named, study.Named{Name: filepath.Base(sources[k].File), Record: sources[k].Record})
		c.Parts[k].Several = true
	}
	var b bytes.Buffer
	p := page.New(&b, sources[0].Record, page.Style{Markdown: true, HTML: &page.HTML{ID: c.ID, Records: records, Unfold: true}})
	p.Heading("Records side by side")
	study.SideBySide(p, named)
	p.End()
	c.Compared = template.HTML(b.String()) //nolint:gosec // package page has escaped it
}

// machine says where and when a record was measured, and with what, as far as it says so.
func machine(r *record.Record) string {
	var said []string
	for _, fact := range []struct{ key, form string }{{"cpu", "%s"}, {"cores", "%s cores"}, {"os", "%s"}, {"go", "%s"}, {"revision", "Toll %s"}, {"date", "%s"}} {
		if value := r.Get(fact.key); value != "" {
			said = append(said, fmt.Sprintf(fact.form, value))
		}
		if confined := r.Confined(); fact.key == "cores" && confined != "" {
			said = append(said, "held to "+confined)
		}
	}
	return strings.Join(said, "; ")
}

// addBoard makes the board of a record, unless one of more crossings is there.
func (d *document) addBoard(number int, s *Source, baseline string) error {
	if s.Study.Board == nil {
		return nil
	}
	of := s.Study.Board(page.New(io.Discard, s.Record, page.Style{Baseline: baseline, Markdown: true}))
	if of == nil || d.Board != nil && d.Board.crossings >= len(of.Crossings) {
		return nil
	}
	d.Machine = machine(s.Record)
	b := &board{Number: number, crossings: len(of.Crossings)}
	var tolls []chart.Toll
	var lines [][]page.Cell
	for _, t := range of.Crossings {
		tolls = append(tolls, chart.Toll{Name: t.Crossing, Median: t.Call.Median, Lo: t.Call.Lo, Hi: t.Call.Hi})
		lines = append(lines, []page.Cell{page.Word(t.Crossing), page.Figure(page.TimeAndSpread(t.Call), t.Row)})
	}
	var figures bytes.Buffer
	page.New(&figures, s.Record, page.Style{Markdown: true, HTML: &page.HTML{}}).Grid("", []string{"way to call", "a call that passes nothing"}, lines)
	b.Figures = template.HTML(figures.String())                                         //nolint:gosec // package page has escaped it
	for width, to := range map[vg.Length]*template.HTML{540: &b.Wide, 270: &b.Narrow} { // points: 720 and 360 pixels
		svg, err := chart.Tolls(tolls, of.Floor, width).Element()
		if err != nil {
			return err
		}
		*to = template.HTML(svg) //nolint:gosec // package chart has made it
	}
	b.said = of.Says
	for _, sentence := range of.Says {
		b.Says = append(b.Says, template.HTML(page.Inline(sentence))) //nolint:gosec // package page has escaped it
	}
	d.Board = b
	return nil
}

// ranks returns, for each number of samples that a row has, which of the samples in order are the ends of the median's
// interval, as package measure takes them.
func ranks(records []*record.Record) template.JS {
	var counts []int
	for _, r := range records {
		for k := range r.Rows {
			if n := len(r.Rows[k].Samples); !slices.Contains(counts, n) {
				counts = append(counts, n)
			}
		}
	}
	slices.Sort(counts)
	var all []string
	for _, n := range counts {
		order := make([]float64, n)
		for k := range order {
			order[k] = float64(k)
		}
		if i := measure.Median(order); !math.IsInf(i.Hi, 0) {
			all = append(all, fmt.Sprintf("%d:[%s,%s]", n, strconv.FormatFloat(i.Lo, 'f', -1, 64), strconv.FormatFloat(i.Hi, 'f', -1, 64)))
		}
	}
	return template.JS("{" + strings.Join(all, ",") + "}") //nolint:gosec // it is numbers
}
