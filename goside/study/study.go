// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package study runs and shows studies. A study is a list of parts; a part is one package below this one and
// holds its experiments, tables, answers, claims and pictures. What parts share is here: verified routes and
// subjects (subjects.go), child programs (programs.go), and the laboratory that measures them (lab.go) and says how far it
// is (progress.go).
//
// Each kernel and function is verified before it is timed; what fails is not timed.
package study

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/seam"
)

// Study is what one command measures and shows.
type Study struct {
	Name  string // of the command, and in its records
	Title string // of what its records show
	Short string // of the command, in a line
	About string // of the command, in full
	// Example is of the command, a line each.
	Example string
	// Page is the page under docs that a record of it makes, and Head the template of what the page begins with. Its data
	// are a [page.Head].
	Page, Head string
	Prefix     string // what the names of its pictures' files begin with, if another study has the same part
	Parts      []Part
	Claims     string                    // heading of the table of claims, "" if no part has any
	Foot       func(p *page.Page)        // prints what is below the tables, if that is not page.Page.Foot
	Headline   func(p *page.Page)        // prints what belongs on a first screen; nil if nothing does
	Lead       string                    // name of the picture that a page in HTML begins with, if it is of the record
	Board      func(p *page.Page) *Board // returns what a record has for the toll board, or nil; nil if no record has anything
	Pictures   []Picture                 // of more than one part
}

// Board is what a reader sees first: what a call that passes nothing costs through each crossing.
type Board struct {
	Crossings []Toll
	Floor     float64  // the noise floor, +Inf if it is unknown
	Says      []string // three sentences, made from the figures
}

// Toll is what a call costs through one crossing.
type Toll struct {
	Crossing string
	Row      *record.Row
	Call     measure.Interval // ns
}

// Part is what belongs together in a study.
type Part struct {
	Name        string // of its folder
	Experiments []Experiment
	Benchmarks  []string // names of the benchmarks that its records hold
	Facts       []string // keys of the facts that its problems state, beside record.Facts
	Sections    []func(*page.Page)
	Answers     []page.Question
	Claims      []page.Claim
	Pictures    []Picture
	Children    []Child
}

// Experiment is what is measured in one go. If what it needs is not there, its error is a seam.ErrUnavailable, beside
// what it could measure.
type Experiment struct {
	Name        string
	Quick, Full time.Duration // about how long it takes on two cores, by default and with --full
	Asked       bool          // it is run only if a flag of its name asks for it
	Free        bool          // it has goroutines of its own, and is not to be locked to a thread
	Run         func(*Lab) ([]measure.Series, error)
}

// Picture is drawn from a record.
type Picture struct {
	Name string // of the file
	Alt  string // what is to be seen, for who does not see it
	Draw func(r *record.Record) (*chart.Picture, error)
}

// Child is a program that experiments run in a process of its own, as toll child.
type Child struct {
	Name string
	Run  func(out io.Writer, args []string) error
}

// Facts returns the keys of the facts that problems of the study's records state.
func (s *Study) Facts() []string {
	keys := slices.Clone(record.ProblemFacts)
	for _, p := range s.Parts {
		keys = append(keys, p.Facts...)
	}
	return keys
}

// Made reports whether a record is one of this study. A record that does not say so, such as what go test prints, is of
// the study that has its benchmarks.
func (s *Study) Made(r *record.Record) bool {
	if name := r.Get("study"); name != "" {
		return name == s.Name
	}
	return slices.ContainsFunc(s.Parts, func(p Part) bool {
		return slices.ContainsFunc(r.Rows, func(row record.Row) bool { return slices.Contains(p.Benchmarks, row.Study) })
	})
}

// Print prints what a record shows: tables and answers; as Markdown, a page.
func (s *Study) Print(w io.Writer, r *record.Record, style page.Style) error {
	style.Prefix = s.Prefix
	p := page.New(w, r, style)
	var answers []page.Question
	var claims []page.Claim
	var sections []func(*page.Page)
	for _, part := range s.Parts {
		answers, claims, sections = append(answers, part.Answers...), append(claims, part.Claims...), append(sections, part.Sections...)
	}
	if style.Headline {
		if s.Headline == nil {
			return seam.Usagef("study: toll %s has no headline", s.Name)
		}
		s.Headline(p)
		return nil
	}
	if style.Brief && answers != nil {
		p.Answers(answers)
		return nil
	}
	switch {
	case style.HTML != nil:
		defer p.End()
		style.HTML.Draw = func(name string) (string, error) { return s.element(r, name) }
		style.HTML.Unfold = answers == nil && s.Lead == ""
		p.Answers(answers)
		s.lead(p)
	case style.Markdown && !style.Brief:
		if err := s.head(p); err != nil {
			return err
		}
		p.Answers(answers)
	}
	for _, section := range sections {
		section(p)
	}
	p.Claims(s.Claims, claims)
	if !style.Markdown { // where what comes last is what one sees
		p.Answers(answers)
	}
	if s.Foot != nil {
		s.Foot(p)
	} else {
		p.Foot()
	}
	return nil
}

// head prints what a page begins with.
func (s *Study) head(p *page.Page) error {
	t, err := template.New(s.Name).Parse(s.Head)
	if err != nil {
		return fmt.Errorf("study: the head of %s: %w", s.Name, err)
	}
	source := filepath.ToSlash(p.Source)
	if source == "" {
		source = "RECORD"
	}
	var text bytes.Buffer
	if err := t.Execute(&text, page.Head{Record: p.Record, Title: s.Title, Source: source, Page: strings.TrimSuffix(source, filepath.Base(source)) + s.Page}); err != nil {
		return fmt.Errorf("study: the head of %s: %w", s.Name, err)
	}
	fmt.Fprintf(p, "%s\n\n", strings.TrimSpace(text.String()))
	return nil
}

// lead prints the picture that a page in HTML begins with.
func (s *Study) lead(p *page.Page) {
	for _, picture := range s.pictures() {
		if picture.Name == s.Lead {
			p.Picture(picture.Name, picture.Alt)
		}
	}
}

// pictures returns those of the study and of its parts.
func (s *Study) pictures() []Picture {
	all := slices.Clone(s.Pictures)
	for _, part := range s.Parts {
		all = append(all, part.Pictures...)
	}
	return all
}

// element draws the picture of that name, for a page in HTML.
func (s *Study) element(r *record.Record, name string) (string, error) {
	for _, picture := range s.pictures() {
		if picture.Name != name {
			continue
		}
		drawn, err := picture.Draw(r)
		if errors.Is(err, chart.ErrNothing) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("study: picture %s: %w", name, err)
		}
		return drawn.Element()
	}
	return "", fmt.Errorf("study: %s has no picture %s", s.Name, name)
}

// Draw draws the pictures that a record has results for, each as SVG and PNG, into a folder. It returns their files.
func (s *Study) Draw(r *record.Record, folder string) ([]string, error) {
	var files []string
	for _, picture := range s.pictures() {
		drawn, err := picture.Draw(r)
		if errors.Is(err, chart.ErrNothing) {
			continue
		}
		if err != nil {
			return files, fmt.Errorf("study: picture %s: %w", picture.Name, err)
		}
		for _, extension := range []string{".svg", ".png"} {
			file := filepath.Join(folder, s.Prefix+picture.Name+extension)
			if err := drawn.Save(file); err != nil {
				return files, err
			}
			files = append(files, file)
		}
	}
	return files, nil
}

// choose returns the experiments of the parts, or with the names, that match one of the patterns, without those that must
// be asked for and are not; and about how long they take.
func (s *Study) choose(lab *Lab) (chosen []Experiment, takes time.Duration, err error) {
	var all []string
	for _, p := range s.Parts {
		part, err := Matches(lab.Parts, p.Name)
		if err != nil {
			return nil, 0, err
		}
		for _, e := range p.Experiments {
			if e.Asked && !lab.Asked[e.Name] {
				continue
			}
			all = append(all, e.Name)
			if itself, _ := Matches(lab.Parts, e.Name); !part && !itself && lab.Parts != nil {
				continue
			}
			chosen = append(chosen, e)
			if lab.Full {
				takes += e.Full
			} else {
				takes += e.Quick
			}
		}
	}
	if len(chosen) == 0 {
		return nil, 0, seam.Usagef("no part matches %q, want one of %s, or a pattern", lab.Parts, strings.Join(all, ", "))
	}
	return chosen, takes, nil
}
